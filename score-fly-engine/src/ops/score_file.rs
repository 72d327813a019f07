//! Score files with what they mount: all that is read before they are converted. Each is parsed once.

use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};

use score_fly_core::document::overrides::Override;
use score_fly_core::local::LocalFiles;
use score_fly_core::map::SortedSet;
use score_fly_core::resolve::{Given, Missing};
use score_fly_core::resource::Outputs;
use score_fly_core::score::Workload;
use score_fly_core::{Diagnostics, Input, Loaded};

use super::context::Context;
use super::failure::Failure;
use super::fly_file::is_toml;
use super::inputs::{self, Decoded, STDIN, text};
use super::overrides::Overrides;
use super::report::{Log, Text};
use crate::parallel;
use crate::root::folder;

/// The text of a Score file.
#[derive(Debug)]
pub(super) struct ScoreText {
    /// Where it is: what it mounts is found from there.
    path: PathBuf,
    content: Decoded,
    overrides: Overrides,
}

impl ScoreText {
    /// Reads the file at `path`.
    pub(super) fn read(context: &Context<'_>, path: &Path) -> Result<Self, Failure> {
        if is_toml(path) {
            return Err(Failure::NoScoreFile { path: path.to_owned() });
        }
        Ok(Self::new(path, inputs::read(context, path)?))
    }

    /// The file at `path`, which holds this.
    pub(super) fn new(path: &Path, content: Decoded) -> Self {
        Self { path: path.to_owned(), content, overrides: Overrides::default() }
    }

    /// With these overrides.
    pub(super) fn with_overrides(self, overrides: Overrides) -> Self {
        Self { overrides, ..self }
    }

    /// Where it is.
    #[cfg(feature = "project")]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says; nothing, if it is no text.
    #[cfg(feature = "project")]
    pub(super) fn source(&self) -> &score_fly_core::Source {
        &self.content.source
    }

    /// Reads several files at once, and notes those that can't be read.
    pub(super) fn read_all(context: &Context<'_>, paths: &[PathBuf], log: &mut Log<'_>) -> Vec<Self> {
        let texts = parallel::map(paths, parallel::all_cores(), |path| Self::read(context, path));
        texts.into_iter().filter_map(|text| log.take(text)).collect()
    }
}

/// A Score file that was read.
#[derive(Debug)]
pub(super) struct ScoreFile<'t> {
    /// Where it is, or was.
    pub(super) path: PathBuf,
    /// The file with its overrides; nothing if it is no text.
    pub(super) loaded: Option<Loaded<'t>>,
    /// The image of containers whose `image` is `.`.
    pub(super) image: Option<String>,
    /// The files that it mounts.
    pub(super) files: LocalFiles,
    /// What was read.
    pub(super) files_read: Vec<PathBuf>,
    /// Its resources that provisioners make, and not the conversion.
    pub(super) made_elsewhere: SortedSet<String>,
    /// Its text with its overrides, unless it is recorded.
    from: Option<&'t ScoreText>,
}

impl<'t> ScoreFile<'t> {
    /// Reads a Score file with its overrides, and the files that it mounts.
    pub(super) fn load(context: &Context<'_>, text: &'t ScoreText, image: Option<&str>) -> Self {
        let ScoreText { path, content, overrides } = text;
        let input = Input { score: &content.source, overrides: &overrides.read };
        let loaded = (!content.diagnostics.has_errors()).then(|| Loaded::read(input).with_levels(context.levels));
        let file = Self::new(context, path, loaded, iter::once(path).chain(&overrides.files).cloned());
        Self { from: Some(text), image: image.map(str::to_owned), ..file }
    }

    /// A workload of a project as it was when its Score file was last read.
    #[cfg(feature = "project")]
    pub(super) fn recorded(context: &Context<'_>, record: &crate::state::WorkloadRecord) -> Self {
        let path = &record.file;
        let name = if inputs::is_dash(path) { STDIN.into() } else { path.to_string_lossy() };
        let loaded = Loaded::from_workload(format!("{name} (as recorded)"), &record.spec);
        Self::new(context, path, Some(loaded), iter::empty())
    }

    fn new(
        context: &Context<'_>,
        path: &Path,
        loaded: Option<Loaded<'t>>,
        read: impl Iterator<Item = PathBuf>,
    ) -> Self {
        let needs = loaded.as_ref().map(|loaded| loaded.needs(LocalFiles::new()));
        let (files, mounted) = needs.map(|needs| inputs::read_local(context, needs, folder(path))).unwrap_or_default();
        Self {
            path: path.to_owned(),
            loaded,
            image: None,
            files,
            files_read: read.chain(mounted).collect(),
            made_elsewhere: SortedSet::new(),
            from: None,
        }
    }

    /// Its workload, as far as the file could be read.
    pub(super) fn workload(&self) -> Option<&Workload> {
        self.loaded.as_ref()?.workload()
    }

    /// The workload's name.
    pub(super) fn name(&self) -> Option<&str> {
        self.workload().map(|workload| workload.metadata.name.as_str())
    }

    /// Its overrides, unless it is recorded.
    #[cfg(feature = "project")]
    pub(super) fn overrides(&self) -> Option<&Overrides> {
        self.from.map(|text| &text.overrides)
    }

    /// What the world answers to it.
    pub(super) fn given(&self, outputs: Outputs, missing: Missing) -> Given {
        Given { outputs, files: self.files.clone(), missing, made_elsewhere: self.made_elsewhere.clone() }
    }

    /// Whether it was read, and is not a workload as it was recorded.
    #[cfg(feature = "deploy")]
    pub(super) fn is_read(&self) -> bool {
        self.from.is_some()
    }

    /// Why it is no text, if it is none.
    pub(super) fn undecodable(&self) -> Diagnostics {
        self.from.map(|text| text.content.diagnostics.clone()).unwrap_or_default()
    }

    /// The texts that diagnostics may point into.
    pub(super) fn texts(&self) -> Vec<Text> {
        let Some(ScoreText { content, overrides, .. }) = self.from else {
            let made = self.loaded.iter().flat_map(Loaded::sources);
            return made.map(|source| Text { is_file: false, ..text(source) }).collect();
        };
        let overrides = overrides.read.iter().map(|change| Text {
            is_file: matches!(change, Override::File(_)) && change.source().name != STDIN,
            ..text(change.source())
        });
        iter::once(text(&content.source)).chain(overrides).collect()
    }
}

/// The workloads that several files have, with the names of these files.
pub(super) fn named_alike<'f>(files: &'f [ScoreFile<'_>]) -> BTreeMap<&'f str, String> {
    let mut by_workload: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        if let Some(name) = file.name() {
            by_workload.entry(name).or_default().push(format!("`{}`", file.path.display()));
        }
    }
    by_workload.retain(|_, files| files.len() > 1);
    by_workload.into_iter().map(|(name, files)| (name, files.join(" and "))).collect()
}
