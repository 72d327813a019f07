//! The apps of a project.

use std::path::Path;

use score_fly_core::resolve::Missing;
use score_fly_core::resource::Outputs;

use super::super::context::Context;
use super::super::conversion::{self, Shared};
use super::super::failure::InProject;
use super::super::generate::ProjectOptions;
use super::super::members;
use super::super::project::{imagine, note_orphans, open, read_env_files};
use super::super::provisioning::{Wishes, provision};
use super::super::report::Log;
use super::super::score_file::{ScoreFile, ScoreText};
use super::super::wanted::{Wanted, of_product};
use super::memory::Memory;
use super::model::{Aim, Said, Unordered};
use crate::parallel;

/// Provisions the resources of the project, and adds the apps that are meant to the fleet: those of the Score files, or
/// all if there are none. An app that lacks a resource is in it as one of which nothing is known.
pub(super) fn read(
    context: &Context<'_>,
    said: Said<'_>,
    mut shared: Shared,
    texts: Vec<ScoreText>,
    fleet: &mut Unordered,
    log: &mut Log<'_>,
) -> Option<Memory> {
    let ProjectOptions { jobs, only_new, no_overrides, env_files, open: open_options } = said.project;
    let aim = said.aim;
    let mut project = match aim {
        Aim::Look => imagine(context, open_options, log),
        Aim::Do => open(context, open_options, log),
    }?;
    log.take(shared.suit(&project.state, said.score.app_prefix.as_deref()))?;
    let forgets = *no_overrides || said.score.has_overrides();
    let texts = members::with_overrides(context, &project.state, texts, &shared, forgets, log)?;
    let mut files = members::gather(context, &texts, &shared, &project.state, log)?;
    files.sort_by(|a, b| a.name().cmp(&b.name()));
    if files.is_empty() {
        note_orphans(&project.state, log);
        log.fail(InProject::NoWorkloads);
        return None;
    }
    let environment = read_env_files(context, env_files, log)?;
    let looks = aim == Aim::Look;
    if looks {
        members::remember(context, &mut project, &files, &mut Log::new(&(), context.root));
    } else {
        members::remember(context, &mut project, &files, log);
    }
    let wishes = Wishes { jobs: *jobs, only_new: *only_new, looks, only: None, environment };
    let provisioned = provision(context, &mut project, &files, &shared.outputs, wishes, log)?;

    fleet.learn_needs(files.iter().filter_map(ScoreFile::workload));
    let meant: Vec<&ScoreFile<'_>> = files.iter().filter(|file| texts.is_empty() || file.is_read()).collect();
    let attempts = parallel::map(&meant, parallel::all_cores(), |file| {
        let lacks = members::uses_any(file, &provisioned.failed);
        let missing = if lacks { Missing::Assume } else { Missing::Report };
        let outputs = file.workload().map(|workload| provisioned.outputs.for_workload(workload));
        let outputs = (outputs.unwrap_or_else(Outputs::default), missing);
        conversion::convert(context, file, &shared.options, outputs, Path::new(""), |_| None)
    });
    for (file, attempt) in meant.into_iter().zip(attempts) {
        let (product, Some(name)) = (attempt.note(file, log), file.name()) else { continue };
        let wanted = product.and_then(|product| of_product(context, &file.path, product, said.image, log));
        let awaits = members::resources(file).filter(|uid| provisioned.foreseen.contains(uid)).collect();
        let wanted = wanted.map(|wanted| Wanted { awaits, ..wanted });
        let app = format!("{}{name}", project.state.app_prefix);
        fleet.members.push((app, wanted, Some(name.to_owned())));
    }
    if aim == Aim::Do {
        note_orphans(&project.state, log);
    }
    Some(Memory::of(project))
}
