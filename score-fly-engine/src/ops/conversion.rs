//! From a Score file that was read to what it becomes.

use std::path::{Path, PathBuf};

use score_fly_core::convert::Options;
use score_fly_core::diagnostic::Outcome;
use score_fly_core::fly::{self, App};
use score_fly_core::resolve::Missing;
use score_fly_core::resource::Outputs;
use score_fly_core::{Diagnostics, Source};

use super::context::Context;
use super::failure::Failure;
use super::fly_file::without_secrets;
use super::inputs::{self, Decoded, read_text, unquotable};
use super::options::ScoreOptions;
use super::overrides::Overrides;
use super::report::Log;
use super::score_file::ScoreFile;
use crate::root::folder;

/// What is the same for all Score files of a run.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) overrides: Overrides,
    pub(super) outputs: Outputs,
    /// Whether all outputs could be understood. If not, asking for them would be an echo.
    outputs_complete: bool,
    pub(super) options: Options,
}

impl Shared {
    /// Reads everything that the options name. Mistakes in it are noted; there is nothing to go on
    /// with if a file can't be read.
    pub(super) fn read(
        context: &Context<'_>,
        options: &ScoreOptions,
        inline_files: bool,
        log: &mut Log<'_>,
    ) -> Option<Self> {
        let overrides = Overrides::read(context, &options.overrides, &options.override_properties, log);
        let mut sound = true;
        let mut outputs = Outputs::default();
        let mut outputs_complete = true;
        for path in &options.outputs {
            let Some(source) = read_text(context, path, log) else {
                sound = false;
                continue;
            };
            let (read, diagnostics) = Outputs::read(&source).into_parts();
            outputs_complete &= !diagnostics.has_errors();
            outputs.0.extend(read.unwrap_or_default().0);
            log.find(&diagnostics, || vec![unquotable(&source)]);
        }
        let options = options.conversion(inline_files);
        overrides.filter(|_| sound).map(|overrides| Self { overrides, outputs, outputs_complete, options })
    }

    /// Has the apps called as a project calls them, and put where it says unless something else is said.
    #[cfg(feature = "project")]
    pub(super) fn suit(
        &mut self,
        state: &crate::state::State,
        given_prefix: Option<&str>,
    ) -> Result<(), super::failure::InProject> {
        let prefix = &state.app_prefix;
        if given_prefix.is_some_and(|given| given != prefix) {
            return Err(super::failure::InProject::OtherPrefix { prefix: prefix.clone() });
        }
        self.options.app_prefix.clone_from(prefix);
        self.options.region = self.options.region.take().or_else(|| state.region.clone());
        Ok(())
    }

    /// Outputs of resources, as far as they are given.
    pub(super) fn outputs_of(&self, file: &ScoreFile<'_>) -> (Outputs, Missing) {
        let outputs = file.workload().map(|workload| self.outputs.for_workload(workload));
        let missing = if self.outputs_complete { Missing::Report } else { Missing::Assume };
        (outputs.unwrap_or_default(), missing)
    }
}

/// What became of a Score file.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// What it became, if there are no errors.
    pub(super) product: Option<Product>,
    pub(super) diagnostics: Diagnostics,
    /// The fly.toml that was to be written over.
    existing: Option<(PathBuf, Source)>,
    failure: Option<Failure>,
}

/// A Fly app, ready to be written.
#[derive(Debug)]
pub(super) struct Product {
    /// The app.
    pub(super) app: App,
    /// fly.toml.
    pub(super) toml: String,
}

/// Converts a Score file for a fly.toml in `toml_folder`, with the outputs of its resources.
/// `existing` answers, for the workload's name, which fly.toml to write over, if any.
pub(super) fn convert(
    context: &Context<'_>,
    file: &ScoreFile<'_>,
    options: &Options,
    (outputs, missing): (Outputs, Missing),
    toml_folder: &Path,
    existing: impl FnOnce(&str) -> Option<PathBuf>,
) -> Attempt {
    let Some(loaded) = &file.loaded else { return Attempt::of(Outcome::failed(file.undecodable())) };
    let paths = context.root.relate(folder(&file.path), toml_folder);
    let options = Options { paths, image: file.image.clone(), ..options.clone() };
    let given = file.given(outputs, missing);
    if missing == Missing::Assume {
        return Attempt::of(loaded.check(&given, &options).map(|()| None));
    }
    let app = loaded.convert(&given, &options);
    let Some(path) = file.name().and_then(existing) else {
        return Attempt::of(app.map(|app| Some(Product { toml: fly::emit(&app.config), app })));
    };
    match inputs::read(context, &path) {
        Ok(Decoded { source, diagnostics }) => {
            let undecodable = diagnostics.has_errors();
            let product = app.and_then(|app| {
                if undecodable {
                    return Outcome::failed(diagnostics);
                }
                fly::update(&source, &app.config).map(|toml| Some(Product { app, toml }))
            });
            Attempt { existing: Some((path, source)), ..Attempt::of(product) }
        }
        Err(failure) => Attempt { failure: Some(failure), ..Attempt::of(app.map(|_| None)) },
    }
}

/// Looks for mistakes in a Score file. Outputs and files that are not there are taken to exist.
pub(super) fn check(file: &ScoreFile<'_>, options: &Options, outputs: Outputs) -> Attempt {
    let Some(loaded) = &file.loaded else { return Attempt::of(Outcome::failed(file.undecodable())) };
    let options = Options { image: file.image.clone(), ..options.clone() };
    let given = file.given(outputs, Missing::Assume);
    Attempt::of(loaded.check(&given, &options).map(|()| None))
}

impl Attempt {
    fn of(outcome: Outcome<Option<Product>>) -> Self {
        match outcome.into_result() {
            Ok((product, diagnostics)) => Self { product, diagnostics, ..Self::default() },
            Err(diagnostics) => Self { diagnostics, ..Self::default() },
        }
    }

    /// With another text for fly.toml, which is made of the one that was to be written over, and of this one.
    pub(super) fn with_toml(mut self, make: impl FnOnce(Option<&Source>, &str) -> String) -> Self {
        if let Some(product) = &mut self.product {
            product.toml = make(self.existing.as_ref().map(|(_, source)| source), &product.toml);
        }
        self
    }

    /// Notes what was read and found. Gives what the file became, and why there is nothing to write over.
    pub(super) fn note(self, file: &ScoreFile<'_>, log: &mut Log<'_>) -> Option<Product> {
        let existing = self.existing.iter().map(|(path, _)| path);
        for path in file.files_read.iter().chain(existing) {
            log.read(path);
        }
        let existing = self.existing.as_ref().map(|(_, source)| source);
        log.find(&self.diagnostics, || file.texts().into_iter().chain(existing.map(without_secrets)).collect());
        if let Some(failure) = self.failure {
            log.fail(failure);
        }
        self.product
    }
}
