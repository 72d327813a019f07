//! `[env]`, and the secrets that stand in for variables.

use super::secrets;
use crate::diagnostic::{Diagnostics, messages};
use crate::fly::{App, names};
use crate::pointer::Path;
use crate::resolve::ResolvedContainer;
use crate::score::Container;
use crate::secret::Sensitive;

/// Each variable goes into `[env]`, or becomes the secret of its name if a secret took part in it:
/// Fly puts secrets into the environment.
pub(super) fn convert(
    container: &Container,
    resolved: &ResolvedContainer,
    at: &Path<'_>,
    app: &mut App,
    diagnostics: &mut Diagnostics,
) {
    let at = at.key("variables");
    for name in container.variables.keys() {
        let at = at.key(name);
        if !names::is_identifier(name) {
            diagnostics.push(messages::convert::invalid_variable_name(&at, name));
        } else if names::is_reserved_variable(name) {
            diagnostics.push(messages::convert::reserved_variable(&at, name));
        } else {
            match resolved.variables.get(name) {
                Some(Sensitive::Public(value)) => {
                    app.config.env.insert(name.clone(), value.clone());
                }
                Some(Sensitive::Secret(value)) => secrets::add(app, name.clone(), value.clone(), &at, diagnostics),
                // It could not be resolved, which has been reported.
                None => {}
            }
        }
    }
}
