//! Which resources a provisioner is for.

use serde::{Deserialize, Serialize};

use super::Uid;
use crate::prelude::*;
use crate::score::form::{Form, RESOURCE_CLASS, RESOURCE_ID, RESOURCE_NAME, RESOURCE_TYPE, WORKLOAD_NAME};

/// A type, and perhaps a class and an id: what a resource must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Selector {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The class; unset: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The id; unset: any. A resource without an id of its own has `workload.name`.
    #[serde(default, rename = "resource_id", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
}

/// A part of a selector that no resource can have: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: {rule}")]
pub struct InvalidSelector {
    text: String,
    what: &'static str,
    rule: &'static str,
}

impl Selector {
    /// Whether there can be a resource that it matches, by the Score schema.
    ///
    /// # Errors
    /// If its type, class or id is none that a resource can have.
    pub fn check(&self) -> Result<(), InvalidSelector> {
        let has_form = |form: &Form, text: &str, accepted: bool| {
            let error = || InvalidSelector { text: text.to_owned(), what: form.what, rule: form.rule };
            accepted.then_some(()).ok_or_else(error)
        };
        has_form(&RESOURCE_TYPE, &self.kind, (RESOURCE_TYPE.accepts)(&self.kind))?;
        if let Some(class) = &self.class {
            has_form(&RESOURCE_CLASS, class, (RESOURCE_CLASS.accepts)(class))?;
        }
        if let Some(id) = &self.resource_id {
            let of_workload = id
                .split_once('.')
                .is_some_and(|(workload, name)| (WORKLOAD_NAME.accepts)(workload) && (RESOURCE_NAME.accepts)(name));
            has_form(&RESOURCE_ID, id, of_workload || (RESOURCE_ID.accepts)(id))?;
        }
        Ok(())
    }

    /// Whether the resource is one of those.
    pub fn matches(&self, uid: &Uid) -> bool {
        self.kind == uid.kind()
            && self.class.as_deref().is_none_or(|class| class == uid.class())
            && self.resource_id.as_deref().is_none_or(|id| id == uid.id())
    }
}

/// The first of `items` whose selector matches: later ones are for what those before leave over.
pub fn first_match<'p, T>(
    items: impl IntoIterator<Item = &'p T>,
    selector: impl Fn(&T) -> &Selector,
    uid: &Uid,
) -> Option<&'p T> {
    items.into_iter().find(|item| selector(item).matches(uid))
}
