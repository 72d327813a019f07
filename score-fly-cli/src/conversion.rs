//! From the path of a Score file to what it becomes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use score_fly_core::convert::Options;
use score_fly_core::diagnostic::Outcome;
use score_fly_core::document::overrides::Override;
use score_fly_core::fly::{self, App};
use score_fly_core::resolve::{Given, Missing, SourceFiles};
use score_fly_core::resource::{self, Outputs};
use score_fly_core::{Diagnostics, Input, Source};

use crate::cli::ScoreArgs;
use crate::diagnostics::Text;
use crate::inputs::{self, Decoded, STDIN};
use crate::output::Reporter;
use crate::paths::{folder, relate};

/// What is the same for all Score files of a run.
#[derive(Debug)]
pub(crate) struct Shared {
    overrides: Vec<Override>,
    outputs: Outputs,
    /// Whether all outputs could be understood. If not, asking for them would be an echo.
    outputs_complete: bool,
    options: Options,
}

impl Shared {
    /// Reads everything that flags name. Mistakes in it are reported; there is nothing to go on
    /// with if a file can't be read.
    pub(crate) fn read(args: &ScoreArgs, inline_files: bool, reporter: &mut Reporter) -> Option<Self> {
        let mut sound = true;
        let mut overrides = Vec::new();
        for path in &args.overrides_file {
            match read(path, reporter) {
                Some(source) => overrides.push(Override::File(source)),
                None => sound = false,
            }
        }
        overrides.extend(args.override_property.iter().map(Override::property));

        let mut outputs = Outputs::default();
        let mut outputs_complete = true;
        for path in &args.outputs {
            let Some(source) = read(path, reporter) else {
                sound = false;
                continue;
            };
            let (read, diagnostics) = Outputs::read(&source).into_parts();
            outputs_complete &= !diagnostics.has_errors();
            outputs.0.extend(read.unwrap_or_default().0);
            reporter.report(&diagnostics, &[Text { quotable: false, ..text(&source) }]);
        }
        let options = Options {
            app_prefix: args.fly_app_prefix.clone().unwrap_or_default(),
            image: args.image.clone(),
            // A variable that is set to nothing is as good as none.
            region: args.region.clone().filter(|region| !region.is_empty()),
            inline_files,
            ..Options::default()
        };
        sound.then_some(Self { overrides, outputs, outputs_complete, options })
    }
}

/// Reads a text, and reports why that can't be done.
fn read(path: &Path, reporter: &mut Reporter) -> Option<Source> {
    match inputs::read(path) {
        Ok(Decoded { source, diagnostics }) => {
            reporter.detail(&format!("read {}", path.display()));
            reporter.report(&diagnostics, &[Text { quotable: false, ..text(&source) }]);
            (!diagnostics.has_errors()).then_some(source)
        }
        Err(sentence) => {
            reporter.fail(&sentence);
            None
        }
    }
}

fn text(source: &Source) -> Text<'_> {
    Text { source, is_file: source.name != STDIN, quotable: true }
}

/// What became of a Score file.
#[derive(Debug, Default)]
pub(crate) struct Attempt {
    /// The workload's name, as far as the file could be read.
    pub(crate) workload: Option<String>,
    /// What it became, if there are no errors.
    pub(crate) product: Option<Product>,
    sources: Vec<Source>,
    files_read: Vec<PathBuf>,
    diagnostics: Diagnostics,
    failure: Option<String>,
}

/// A Fly app, ready to be written.
#[derive(Debug)]
pub(crate) struct Product {
    /// The app.
    pub(crate) app: App,
    /// fly.toml.
    pub(crate) toml: String,
}

impl Attempt {
    fn failed(failure: String) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// Says everything that was found.
    pub(crate) fn report(&self, shared: &Shared, reporter: &mut Reporter) {
        for path in &self.files_read {
            reporter.detail(&format!("read {}", path.display()));
        }
        let mut texts: Vec<Text<'_>> = self.sources.iter().map(text).collect();
        texts.extend(shared.overrides.iter().map(|change| Text {
            is_file: matches!(change, Override::File(_)) && change.source().name != STDIN,
            ..text(change.source())
        }));
        reporter.report(&self.diagnostics, &texts);
        if let Some(failure) = &self.failure {
            reporter.fail(failure);
        }
    }
}

/// Converts the Score file at `path` for a fly.toml in `toml_folder`. `existing` answers, for the
/// workload's name, which fly.toml to write over, if any.
pub(crate) fn convert(
    path: &Path,
    shared: &Shared,
    toml_folder: &Path,
    existing: impl FnOnce(&str) -> Option<PathBuf>,
) -> Attempt {
    attempt(path, shared, |input, given, workload, attempt| {
        let options = Options { paths: relate(folder(path), toml_folder), ..shared.options.clone() };
        if given.missing == Missing::Assume {
            return score_fly_core::check(input, given, &options).map(|()| None);
        }
        let app = score_fly_core::convert(input, given, &options);
        let existing = workload.and_then(existing).map(|path| (inputs::read(&path), path));
        match existing {
            None => app.map(|app| Some(Product { toml: fly::emit(&app.config), app })),
            Some((Ok(existing), path)) => {
                attempt.files_read.push(path);
                let Decoded { source, diagnostics } = existing;
                let undecodable = diagnostics.has_errors();
                let product = app.and_then(|app| {
                    if undecodable {
                        return Outcome::failed(diagnostics);
                    }
                    fly::update(&source, &app.config).map(|toml| Some(Product { app, toml }))
                });
                attempt.sources.push(source);
                product
            }
            Some((Err(failure), _)) => {
                attempt.failure = Some(failure);
                app.map(|_| None)
            }
        }
    })
}

/// Looks for mistakes in the Score file at `path`. Outputs and files that are not there are taken
/// to exist.
pub(crate) fn check(path: &Path, shared: &Shared) -> Attempt {
    attempt(path, shared, |input, given, _, _| score_fly_core::check(input, given, &shared.options).map(|()| None))
}

fn attempt(
    path: &Path,
    shared: &Shared,
    work: impl FnOnce(Input<'_>, &Given, Option<&str>, &mut Attempt) -> Outcome<Option<Product>>,
) -> Attempt {
    let (score, diagnostics) = match inputs::read(path) {
        Ok(Decoded { source, diagnostics }) => (source, diagnostics),
        Err(failure) => return Attempt::failed(failure),
    };
    let mut attempt = Attempt { files_read: vec![path.to_owned()], ..Attempt::default() };
    if diagnostics.has_errors() {
        return Attempt { sources: vec![score], diagnostics, ..attempt };
    }

    let input = Input { score: &score, overrides: &shared.overrides };
    // What this finds is found again by the work itself.
    let (workload, _) = score_fly_core::load(input).into_parts();
    let requirements = workload.as_ref().map(resource::requirements).unwrap_or_default();
    let mut files = SourceFiles::new();
    let mut unreadable = BTreeMap::new();
    for request in requirements.files {
        let path = folder(path).join(&request.source);
        match inputs::read_mounted(&path) {
            Ok(content) => {
                files.insert(request.source, content);
                attempt.files_read.push(path);
            }
            Err(error) => {
                unreadable.insert(request.source, inputs::reason(&error));
            }
        }
    }
    let missing = if shared.outputs_complete { Missing::Report } else { Missing::Assume };
    let given = Given { outputs: shared.outputs.clone(), files, unreadable, missing };
    attempt.workload = workload.map(|workload| workload.metadata.name);

    let name = attempt.workload.clone();
    let outcome = work(input, &given, name.as_deref(), &mut attempt);
    match outcome.into_result() {
        Ok((product, diagnostics)) => {
            attempt.product = product;
            attempt.diagnostics = diagnostics;
        }
        Err(diagnostics) => attempt.diagnostics = diagnostics,
    }
    attempt.sources.insert(0, score);
    attempt
}

/// The names of an app's secrets, for people.
pub(crate) fn names<T>(secrets: &BTreeMap<String, T>) -> String {
    let names: Vec<String> = secrets.keys().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
