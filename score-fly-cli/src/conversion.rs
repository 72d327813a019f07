//! From the path of a Score file to what it becomes.

use std::path::{Path, PathBuf};

use score_fly_core::convert::Options;
use score_fly_core::diagnostic::Outcome;
use score_fly_core::document::overrides::Override;
use score_fly_core::fly::{self, App};
use score_fly_core::map::SortedMap;
use score_fly_core::resolve::Missing;
use score_fly_core::resource::Outputs;
use score_fly_core::{Code, Diagnostics, Source};

use crate::cli::ScoreArgs;
use crate::diagnostics::{Quotable, Text};
use crate::inputs::{self, Decoded, STDIN};
use crate::output::Reporter;
use crate::paths::{folder, relate};
use crate::score_file::ScoreFile;

/// What is the same for all Score files of a run.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) overrides: Vec<Override>,
    pub(crate) outputs: Outputs,
    /// Whether all outputs could be understood. If not, asking for them would be an echo.
    pub(crate) outputs_complete: bool,
    pub(crate) options: Options,
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
            reporter.report(&diagnostics, &[Text { quotable: Quotable::None, ..text(&source) }]);
        }
        let options = Options {
            app_prefix: args.fly_app_prefix.clone().unwrap_or_default(),
            image: args.image.clone(),
            // A variable that is set to nothing is as good as none.
            region: args.region.clone().filter(|region| !region.is_empty()),
            inline_files,
            containers: args.containers.into(),
            ..Options::default()
        };
        sound.then_some(Self { overrides, outputs, outputs_complete, options })
    }

    /// Outputs of resources, as far as the flags give them.
    pub(crate) fn outputs_of(&self, file: &ScoreFile<'_>) -> (Outputs, Missing) {
        let outputs = file.workload.as_ref().map(|workload| self.outputs.for_workload(workload));
        let missing = if self.outputs_complete { Missing::Report } else { Missing::Assume };
        (outputs.unwrap_or_default(), missing)
    }
}

/// Reads a text, and reports why that can't be done.
fn read(path: &Path, reporter: &mut Reporter) -> Option<Source> {
    match inputs::read(path) {
        Ok(Decoded { source, diagnostics }) => {
            reporter.detail(&format!("read {}", path.display()));
            reporter.report(&diagnostics, &[Text { quotable: Quotable::None, ..text(&source) }]);
            (!diagnostics.has_errors()).then_some(source)
        }
        Err(sentence) => {
            reporter.fail(&sentence);
            None
        }
    }
}

pub(crate) fn text(source: &Source) -> Text<'_> {
    Text { source, is_file: source.name != STDIN, quotable: Quotable::All }
}

/// What became of a Score file.
#[derive(Debug, Default)]
pub(crate) struct Attempt {
    /// What it became, if there are no errors.
    pub(crate) product: Option<Product>,
    pub(crate) diagnostics: Diagnostics,
    /// The fly.toml that was to be written over.
    existing: Option<(PathBuf, Source)>,
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

/// Where outputs come from.
const MISSING_OUTPUTS: &str = "outputs come from a file given with --outputs; or, in a project (`score-fly init`), \
     `score-fly generate` has resources made";

impl Attempt {
    /// Says everything that was found.
    pub(crate) fn report(&self, file: &ScoreFile<'_>, reporter: &mut Reporter) {
        let existing = self.existing.iter().map(|(path, _)| path);
        for path in file.files_read.iter().chain(existing) {
            reporter.detail(&format!("read {}", path.display()));
        }
        let mut texts = file.texts();
        texts.extend(self.existing.iter().map(|(_, source)| text(source)));
        reporter.report(&self.diagnostics, &texts);
        if self.diagnostics.iter().any(|found| found.code == Code::MissingResourceOutputs) {
            reporter.hint(MISSING_OUTPUTS);
        }
        if let Some(failure) = &self.failure {
            reporter.fail(failure);
        }
    }
}

/// Converts a Score file for a fly.toml in `toml_folder`, with the outputs of its resources.
/// `existing` answers, for the workload's name, which fly.toml to write over, if any.
pub(crate) fn convert(
    file: &ScoreFile<'_>,
    options: &Options,
    (outputs, missing): (Outputs, Missing),
    toml_folder: &Path,
    existing: impl FnOnce(&str) -> Option<PathBuf>,
) -> Attempt {
    if let Some(attempt) = file.undecodable() {
        return attempt;
    }
    let mut attempt = Attempt::default();
    let paths = relate(folder(&file.path), toml_folder);
    let options = Options { paths, image: file.image.clone(), ..options.clone() };
    let given = file.given(outputs, missing);
    if missing == Missing::Assume {
        return attempt.with(file.load().check(&given, &options).map(|()| None));
    }
    let app = file.load().convert(&given, &options);
    let existing = file.name().and_then(existing).map(|path| (inputs::read(&path), path));
    let product = match existing {
        None => app.map(|app| Some(Product { toml: fly::emit(&app.config), app })),
        Some((Ok(existing), path)) => {
            let Decoded { source, diagnostics } = existing;
            let undecodable = diagnostics.has_errors();
            let product = app.and_then(|app| {
                if undecodable {
                    return Outcome::failed(diagnostics);
                }
                fly::update(&source, &app.config).map(|toml| Some(Product { app, toml }))
            });
            attempt.existing = Some((path, source));
            product
        }
        Some((Err(failure), _)) => {
            attempt.failure = Some(failure);
            app.map(|_| None)
        }
    };
    attempt.with(product)
}

/// Looks for mistakes in a Score file. Outputs and files that are not there are taken to exist.
pub(crate) fn check(file: &ScoreFile<'_>, options: &Options, outputs: Outputs) -> Attempt {
    if let Some(attempt) = file.undecodable() {
        return attempt;
    }
    let options = Options { image: file.image.clone(), ..options.clone() };
    let given = file.given(outputs, Missing::Assume);
    Attempt::default().with(file.load().check(&given, &options).map(|()| None))
}

impl Attempt {
    /// Nothing came of it.
    pub(crate) fn faulty(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, ..Self::default() }
    }

    fn with(self, outcome: Outcome<Option<Product>>) -> Self {
        match outcome.into_result() {
            Ok((product, diagnostics)) => Self { product, diagnostics, ..self },
            Err(diagnostics) => Self { diagnostics, ..self },
        }
    }
}

/// The names of an app's secrets, for people.
pub(crate) fn names<T>(secrets: &SortedMap<String, T>) -> String {
    let names: Vec<String> = secrets.keys().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
