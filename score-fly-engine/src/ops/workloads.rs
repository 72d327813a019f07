//! The workloads of a project.

use std::path::PathBuf;

use score_fly_core::convert::Output;

use super::context::Context;
use super::failure::InProject;
use super::options::OpenOptions;
use super::project::{self, note_orphans, open, save};
use super::report::{Log, Note, Report};

/// A workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The app that it becomes.
    pub app: String,
    /// The Score file that it came from.
    pub file: PathBuf,
}

/// Lists all workloads, by name.
pub fn list(context: &Context<'_>) -> Report<Vec<Listed>> {
    let mut log = context.log();
    let listed = project::read(context, &mut log).map(|state| {
        let all = state.workloads.into_iter();
        all.map(|(name, record)| Listed { app: format!("{}{name}", state.app_prefix), name, file: record.file })
            .collect()
    });
    log.report(listed)
}

/// Forgets a workload. Files that were written for it stay, and so do its resources, until they are taken down.
pub fn remove(context: &Context<'_>, name: &str, options: &OpenOptions) -> Report<()> {
    let mut log = context.log();
    let removed = forget(context, name, options, &mut log);
    log.report(removed)
}

fn forget(context: &Context<'_>, name: &str, options: &OpenOptions, log: &mut Log<'_>) -> Option<()> {
    let mut project = open(context, options, log)?;
    let is_awaited = project.state.awaited.remove(name);
    if project.state.workloads.remove(name).is_none() && !is_awaited {
        log.fail(InProject::UnknownWorkload { name: name.to_owned() });
        return None;
    }
    save(&mut project, log)?;
    log.note(Note::RemovedWorkload(name.to_owned()));
    for output in Output::ALL {
        let path = context.root.output().join(output.name(name));
        if context.root.at(&path).exists() {
            log.note(Note::Left { path, secrets: output == Output::Secrets });
        }
    }
    note_orphans(&project.state, log);
    Some(())
}
