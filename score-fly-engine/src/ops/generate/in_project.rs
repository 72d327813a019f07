//! Generating in a project.

use score_fly_core::convert;
use score_fly_core::resolve::Missing;
use score_fly_core::resource::Outputs;

use super::super::context::Context;
use super::super::conversion::Shared;
use super::super::failure::InProject;
use super::super::members;
use super::super::project::{note_orphans, open, read_env_files};
use super::super::provisioning::{Wishes, provision};
use super::super::report::{Generated, Log};
use super::super::score_file::{ScoreFile, ScoreText};
use super::options::{Options, ProjectOptions};
use super::write::{Target, products};
use crate::parallel;
use crate::run::Provisioned;

/// Runs it. Nothing is provisioned, and nothing is remembered, if a Score file has errors.
pub(super) fn run(
    context: &Context<'_>,
    options: &Options,
    mut shared: Shared,
    log: &mut Log<'_>,
) -> Option<Vec<Generated>> {
    let ProjectOptions { jobs, only_new, no_overrides, env_files, open: open_options } = &options.project;
    let mut project = open(context, open_options, log)?;
    log.take(shared.suit(&project.state, options.score.app_prefix.as_deref()))?;
    let texts = ScoreText::read_all(context, &options.files, log);
    let forgets = *no_overrides || options.score.has_overrides();
    let texts = members::with_overrides(context, &project.state, texts, &shared, forgets, log)?;
    let files = members::gather(context, &texts, &shared, &project.state, log)?;
    if files.is_empty() {
        note_orphans(&project.state, log);
        log.fail(InProject::NoWorkloads);
        return None;
    }
    if let Some(setting) = options.for_one_workload().filter(|_| files.len() > 1) {
        log.fail(InProject::ForOneWorkload { setting, workloads: files.len() });
        return None;
    }
    let target = Target { context, options };
    let names = files.iter().filter_map(ScoreFile::name);
    if !target.refuse_known_clashes(&files, log) || !target.refuse_foreign(names, log) {
        return None;
    }
    let environment = read_env_files(context, env_files, log)?;
    members::remember(context, &mut project, &files, log);
    let wishes = Wishes { jobs: *jobs, only_new: *only_new, only: None, looks: false, environment };
    let provisioned = provision(context, &mut project, &files, &shared.outputs, wishes, log)?;
    let generated = write(context, options, &files, &shared.options, &provisioned, log);
    note_orphans(&project.state, log);
    Some(generated)
}

/// Writes what the workloads become. Those that lack a resource are only looked through.
fn write(
    context: &Context<'_>,
    options: &Options,
    files: &[ScoreFile<'_>],
    conversion: &convert::Options,
    Provisioned { outputs, failed, .. }: &Provisioned,
    log: &mut Log<'_>,
) -> Vec<Generated> {
    let target = Target { context, options };
    let attempts = parallel::map(files, parallel::all_cores(), |file| {
        let missing = if members::uses_any(file, failed) { Missing::Assume } else { Missing::Report };
        let outputs = file.workload().map(|workload| outputs.for_workload(workload));
        target.convert(file, conversion, (outputs.unwrap_or_else(Outputs::default), missing))
    });
    let products = products(files, attempts, |_| true, log);
    target.write_all(files, &products, log)
}
