//! `[env]`.

use super::facts::Facts;
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::Config;
use crate::fly::{names, plaintext};
use crate::pointer::Path;
use crate::prelude::*;

/// flyctl takes any names; Fly does not.
pub(super) fn names(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("env");
    for (name, value) in &facts.config.env {
        if !names::is_identifier(name) {
            report.push(messages::variable_name(&at.key(name), name));
        } else if let Some(instead) = overwritten(name, value, facts.config) {
            report.push(messages::reserved_variable(&at.key(name), name, &instead));
        }
    }
}

/// What flyctl puts in the place of a variable's value, if it does and that is another one. It sets
/// variables of its own after those of `[env]`, and the mark of a release command in its machine only.
fn overwritten(name: &str, value: &str, config: &Config) -> Option<String> {
    match name {
        "FLY_PROCESS_GROUP" => Some("the process group".to_owned()),
        "PRIMARY_REGION" => {
            config.primary_region.as_deref().filter(|region| *region != value).map(|region| format!("`{region}`"))
        }
        _ => None,
    }
}

pub(super) fn plaintext_secrets(facts: &Facts<'_>, report: &mut Diagnostics) {
    let at = Path::ROOT.key("env");
    for (name, value) in &facts.config.env {
        if plaintext::is_secret(name, value) {
            report.push(messages::plaintext_secret(&at.key(name), name));
        }
    }
}
