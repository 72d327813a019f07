//! Apps that were deployed from a tree, and are not in it any more.

use std::collections::BTreeSet;

use score_fly_api::machines::MachineFilter;
use score_fly_api::{Client, Error};
use score_fly_core::deploy::label;
use score_fly_engine::ops::{self, Context};

use super::look::is_managed;
use super::options::Options;
use super::report::{Entry, State};

/// The apps of a tree that are at Fly and no longer in the tree: all their machines say that they are from it.
pub(super) fn surplus(client: &Client, tree: &str, names: &BTreeSet<&str>) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let prefix = format!("{tree}.");
    for organization in client.organizations()? {
        for app in client.list_apps(&organization.slug)? {
            if names.contains(app.name.as_str()) {
                continue;
            }
            let machines = client.app(&app.name).machines(&MachineFilter::default())?;
            let mut managed = machines.iter().filter(|machine| is_managed(machine)).peekable();
            let is_of_tree = managed.peek().is_some()
                && managed.all(|machine| {
                    let label = machine.known_config().and_then(|config| config.label(label::TREE));
                    label.is_some_and(|label| label.starts_with(&prefix))
                });
            if is_of_tree {
                found.push(app.name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Destroys such an app, unless something would be lost with it.
pub(super) fn destroy(context: &Context<'_>, app: String, options: &Options) -> Entry {
    let which = ops::target::Which { app: Some(app.clone()), ..ops::target::Which::default() };
    let destroy = ops::destroy::Options { which, fly: options.fly.clone() };
    let report = ops::destroy(context, &destroy, &|loss| loss.volumes.is_empty());
    let details: Vec<String> = report.failures().map(ToString::to_string).collect();
    let (state, summary) = if report.result.is_some_and(|gone| !gone.is_empty()) {
        (State::Destroyed, "it is not in the tree any more".to_owned())
    } else {
        let help =
            format!("it has volumes, or could not be destroyed; look at it, and run `score-fly destroy --app {app}`");
        (State::Surplus, help)
    };
    Entry { app, file: String::new(), state, summary, details, commit: None, drifted: false, health: None }
}

/// An app that would be destroyed.
pub(super) fn would_go(app: String) -> Entry {
    let summary = "it is not in the tree any more; --prune destroys it".to_owned();
    Entry {
        app,
        file: String::new(),
        state: State::Surplus,
        summary,
        details: Vec::new(),
        commit: None,
        drifted: false,
        health: None,
    }
}
