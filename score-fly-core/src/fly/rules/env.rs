//! `[env]`.

use super::facts::Facts;
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::names;
use crate::pointer::Path;

/// flyctl takes any names; Fly does not.
pub(super) fn names(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("env");
    for name in facts.config.env.keys() {
        if !names::is_identifier(name) {
            report.push(messages::variable_name(&at.key(name), name));
        } else if names::is_reserved_variable(name) {
            report.push(messages::reserved_variable(&at.key(name), name));
        }
    }
}

pub(super) fn plaintext_secrets(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("env");
    for (name, value) in &facts.config.env {
        if names::seems_secret(name) && !value.is_empty() {
            report.push(messages::plaintext_secret(&at.key(name), name));
        }
    }
}
