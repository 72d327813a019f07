//! The environments of a project.

use super::context::Context;
use super::project::{self, envs};
use super::report::{Log, Report};
use crate::env_name::EnvName;
use crate::root::Root;

/// An environment, or the project without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name; nothing for the project without one.
    pub name: Option<EnvName>,
    /// What stands before a workload's name in its app's.
    pub app_prefix: String,
    /// The primary region, if one is remembered.
    pub region: Option<String>,
    /// How many workloads it has.
    pub workloads: usize,
    /// How many resources.
    pub resources: usize,
}

/// Lists the project itself, if there is one without an environment, and then its environments by name.
pub fn list(context: &Context<'_>) -> Report<Vec<Listed>> {
    let mut log = context.log();
    let listed = list_all(context, &mut log);
    log.report(listed)
}

fn list_all(context: &Context<'_>, log: &mut Log<'_>) -> Option<Vec<Listed>> {
    let known = log.take(envs(context))?;
    let root = |env: Option<EnvName>| Root::new(context.root.path()).in_env(env);
    let plain = root(None);
    let has_plain = known.is_empty() || project::is_made(&Context { root: &plain, ..*context }, log)?;
    let names = has_plain.then_some(None).into_iter().chain(known.into_iter().map(Some));
    let mut listed = Vec::new();
    for name in names {
        let root = root(name.clone());
        let state = project::read(&Context { root: &root, ..*context }, log)?;
        listed.push(Listed {
            name,
            app_prefix: state.app_prefix,
            region: state.region,
            workloads: state.workloads.len(),
            resources: state.resources.len(),
        });
    }
    Some(listed)
}
