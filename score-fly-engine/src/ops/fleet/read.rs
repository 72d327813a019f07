//! From files and projects to apps as they are to be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::conversion::{self, Shared};
use super::super::failure::{AboutApp, Failure, Setting, no_project};
use super::super::fly_file::{FlyText, is_fly_file};
use super::super::inputs::{self, refuse_two_dashes};
use super::super::project;
use super::super::report::Log;
use super::super::score_file::{ScoreFile, ScoreText, named_alike};
use super::super::wanted::{Image, of_fly_file, of_product};
use super::in_project;
use super::memory::Memory;
use super::model::{Fleet, Said, Unordered};

/// The file of an app where nothing else is named.
const USUAL: &str = "fly.toml";

impl Fleet {
    /// Reads files, Score's and Fly's. In a project, the Score files become workloads of it, and the resources of all
    /// its workloads are provisioned; without files, all its workloads are meant. Notes what is wrong, and gives
    /// nothing if a file has mistakes.
    pub(in super::super) fn read(context: &Context<'_>, said: Said<'_>, log: &mut Log<'_>) -> Option<Self> {
        let Said { files, score, beyond, .. } = said;
        log.take(score.refuse_several(files.len()))?;
        log.take(refuse_two_dashes(score.files().chain(files.iter().map(PathBuf::as_path))))?;
        let has_project = project::exists(context, log)?;
        let usual = [PathBuf::from(USUAL)];
        let takes_usual = files.is_empty()
            && context.root.at(Path::new(USUAL)).is_file()
            && (!has_project || project::read(context, log)?.workloads.is_empty());
        let files = if takes_usual { &usual } else { files };
        if files.is_empty() && !has_project {
            log.fail(AboutApp::NoFiles);
            return None;
        }
        let shared = Shared::read(context, score, true, log)?;
        let (mut texts, mut fleet) = (Vec::new(), Unordered::default());
        for path in files {
            let Some(decoded) = log.take(inputs::read(context, path)) else { continue };
            if is_fly_file(path, &decoded.source) {
                if let Some(mut wanted) = of_fly_file(context, FlyText::new(path, decoded), log) {
                    if let Some(preview) = &beyond.stamp.preview {
                        wanted.config.app = Some(format!("{preview}-{}", wanted.app()));
                    }
                    fleet.members.push((wanted.app().to_owned(), Some(wanted), None));
                }
            } else {
                texts.push(ScoreText::new(path, decoded));
            }
        }
        let mut memory = Memory::default();
        if has_project && (files.is_empty() || !texts.is_empty()) {
            memory = in_project::read(context, said, shared, texts, &mut fleet, log)?;
        } else {
            if !said.project.env_files.is_empty() {
                let help =
                    "variables are for the resources of a project: make one, or give the outputs of resources instead";
                log.fail(no_project(help));
            }
            let over = |text: ScoreText| text.with_overrides(shared.overrides.clone());
            let texts: Vec<ScoreText> = texts.into_iter().map(over).collect();
            without_project(context, &shared, &texts, said.image, &mut fleet, log);
            if !log.is_sound() {
                return None;
            }
        }
        let mut members = fleet.ordered();
        let for_one = [(Setting::Image, beyond.image.is_some()), (Setting::App, beyond.app.is_some())];
        for (setting, given) in for_one {
            if given && members.len() > 1 {
                log.fail(Failure::ForOneFile { setting });
                return None;
            }
        }
        if let (Some(app), Some(member)) = (&beyond.app, members.first_mut()) {
            member.app.clone_from(app);
            member.wanted.iter_mut().for_each(|wanted| wanted.config.app = Some(app.clone()));
        }
        let mut names = BTreeSet::new();
        for member in &members {
            if !names.insert(&member.app) {
                log.fail(AboutApp::Twice { app: member.app.clone() });
                return None;
            }
        }
        Some(Self { members, memory })
    }
}

/// Converts each Score file by itself.
fn without_project(
    context: &Context<'_>,
    shared: &Shared,
    texts: &[ScoreText],
    image: Image,
    fleet: &mut Unordered,
    log: &mut Log<'_>,
) {
    let loaded: Vec<ScoreFile<'_>> =
        texts.iter().map(|text| ScoreFile::load(context, text, shared.options.image.as_deref())).collect();
    for (name, files) in named_alike(&loaded) {
        log.fail(Failure::SameName { name: name.to_owned(), files, others_are_written: false });
    }
    fleet.learn_needs(loaded.iter().filter_map(ScoreFile::workload));
    for file in &loaded {
        let outputs = shared.outputs_of(file);
        let attempt = conversion::convert(context, file, &shared.options, outputs, Path::new(""), |_| None);
        if let (Some(product), Some(name)) = (attempt.note(file, log), file.name())
            && let Some(wanted) = of_product(context, &file.path, product, image, log)
        {
            fleet.members.push((wanted.app().to_owned(), Some(wanted), Some(name.to_owned())));
        }
    }
}
