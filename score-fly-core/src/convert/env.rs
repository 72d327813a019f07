//! `[env]`, and the secrets that stand in for variables.

use super::parts::AppParts;
use super::{messages, secrets};
use crate::diagnostic::Diagnostics;
use crate::fly::names;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::ResolvedContainer;
use crate::secret::Sensitive;

/// Each variable goes into `[env]`, or becomes the secret of its name if a secret took part in it:
/// Fly puts secrets into the environment.
pub(super) fn convert(
    container: &ResolvedContainer<'_>,
    at: &Path<'_>,
    app: &mut AppParts,
    diagnostics: &mut Diagnostics,
) {
    let at = at.key("variables");
    for (name, value) in variables(container, &at, diagnostics) {
        match value {
            Sensitive::Public(value) => {
                app.config.env.insert(name.to_owned(), value.clone());
            }
            Sensitive::Secret(value) => secrets::add(app, name.to_owned(), value.clone(), &at.key(name), diagnostics),
        }
    }
}

/// The variables at `at` whose names Fly takes. One that could not be resolved is not among them,
/// and has been reported.
pub(super) fn variables<'r>(
    container: &'r ResolvedContainer<'_>,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'r str, &'r Sensitive<String>)> {
    let mut variables = Vec::new();
    for (name, variable) in &container.variables {
        if !names::is_identifier(name) {
            diagnostics.push(messages::invalid_variable_name(&at.key(name), name));
        } else if let Some(variable) = variable {
            variables.push((*name, &variable.value));
        }
    }
    variables
}
