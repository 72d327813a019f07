//! Which resources a provisioner is for.

use serde::{Deserialize, Serialize};

use super::Uid;

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

impl Selector {
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
