//! The annotation `config`: a fragment of fly.toml that is merged last, and what must hold for the
//! whole after that.

use super::annotations::{AppAnnotations, Set};
use crate::convert::annotations::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::Strategy;
use crate::fly::{self, Config, names};
use crate::source::Source;

/// Merges the fragment over `config`, if there is one, and checks what one part of a fly.toml asks
/// of another.
pub(super) fn merge(config: Config, annotations: &AppAnnotations, diagnostics: &mut Diagnostics) -> Config {
    let merged = match &annotations.config {
        Some(Set { key, value }) => {
            let source = Source::new("config", value);
            let (file, found) = fly::read(&source).into_parts();
            diagnostics.extend(found.iter().map(|found| messages::in_fragment(key, &source, found)).collect());
            let fragment = file.unwrap_or_default().config;
            check_names(key, &fragment, diagnostics);
            config.merge(fragment)
        }
        None => config,
    };
    check_strategy(&merged, annotations, diagnostics);
    if let Some(Set { key, .. }) = &annotations.config {
        check_process_groups(key, &merged, diagnostics);
    }
    merged
}

/// flyctl takes any names; Fly's API does not.
fn check_names(key: &str, fragment: &Config, diagnostics: &mut Diagnostics) {
    if let Some(app) = fragment.app.as_deref().filter(|app| !names::is_app_name(app)) {
        diagnostics.push(messages::invalid_app_name_in_fragment(key, app));
    }
    for name in fragment.env.keys() {
        if !names::is_identifier(name) || names::is_reserved_variable(name) {
            diagnostics.push(messages::invalid_variable_in_fragment(key, name));
        }
    }
    for name in fragment.mounts.iter().filter_map(|mount| mount.source.as_deref()) {
        if !names::is_volume_name(name) {
            diagnostics.push(messages::invalid_volume_in_fragment(key, name));
        }
    }
}

/// A canary and a second set of machines need volumes that are not there; and only checks tell when
/// the second set is ready.
fn check_strategy(config: &Config, annotations: &AppAnnotations, diagnostics: &mut Diagnostics) {
    let Some(strategy) = config.deploy.as_ref().and_then(|deploy| deploy.strategy) else { return };
    let by_fragment = annotations.config.as_ref().map(|config| &config.key);
    let Some(key) = annotations.deploy_strategy.as_ref().map(|strategy| &strategy.key).or(by_fragment) else { return };
    if matches!(strategy, Strategy::Canary | Strategy::BlueGreen) && !config.mounts.is_empty() {
        diagnostics.push(messages::strategy_with_volume(key, strategy));
    } else if strategy == Strategy::BlueGreen && !config.has_checks() {
        diagnostics.push(messages::strategy_without_checks(key, strategy));
    }
}

/// Once there are process groups, flyctl wants every service to say whose it is.
fn check_process_groups(key: &str, config: &Config, diagnostics: &mut Diagnostics) {
    let unassigned = config.services.iter().any(|service| service.processes.is_empty())
        || config.http_service.as_ref().is_some_and(|service| service.processes.is_empty());
    if !config.processes.is_empty() && unassigned {
        diagnostics.push(messages::services_without_processes(key));
    }
}
