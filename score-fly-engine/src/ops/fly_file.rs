//! fly.toml files with the local files that they name. Each is parsed once.

use std::path::{Path, PathBuf};

use score_fly_core::diagnostic::Outcome;
use score_fly_core::fly::{Fixed, LoadedConfig, MachineConfig, names};
use score_fly_core::local::LocalFiles;
use score_fly_core::score::Workload;
use score_fly_core::{Diagnostics, Source, document};

use super::context::Context;
use super::failure::Failure;
use super::inputs::{self, Decoded, text_without};
use super::report::{Findings, Log, Text};
use crate::root::folder;

/// The text of a fly.toml, or of the same as JSON or YAML.
#[derive(Debug)]
pub(super) struct FlyText {
    /// Where it is.
    pub(super) path: PathBuf,
    content: Decoded,
}

impl FlyText {
    /// Reads the file at `path`.
    pub(super) fn read(context: &Context<'_>, path: &Path) -> Result<Self, Failure> {
        let decoded = inputs::read(context, path)?;
        if !is_toml(path) && is_score(&decoded.source) {
            return Err(Failure::NoFlyFile { path: path.to_owned() });
        }
        Ok(Self::new(path, decoded))
    }

    /// The file at `path`, which holds this.
    pub(super) fn new(path: &Path, content: Decoded) -> Self {
        Self { path: path.to_owned(), content }
    }

    /// The text itself.
    pub(super) fn source(&self) -> &Source {
        &self.content.source
    }

    /// The same file with another text.
    pub(super) fn with(&self, text: String) -> Self {
        let source = Source { text, ..self.content.source.clone() };
        Self { path: self.path.clone(), content: Decoded { source, diagnostics: Diagnostics::new() } }
    }
}

/// A fly.toml that was read.
#[derive(Debug)]
pub(super) struct FlyFile<'t> {
    text: &'t FlyText,
    /// What it says, or why it is no text.
    loaded: Result<LoadedConfig<'t>, Diagnostics>,
    local: LocalFiles,
    files_read: Vec<PathBuf>,
}

/// Whether a file is one of Fly's, and not a Score file: its name ends in `.toml`; or it starts with
/// `fly` and ends in `.json` or `.yaml`, and `apiVersion` is not one of Score's.
pub(super) fn is_fly_file(path: &Path, source: &Source) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends_in = |end: &str| path.extension().is_some_and(|extension| extension == end);
    is_toml(path) || name.starts_with("fly") && (ends_in("json") || ends_in("yaml")) && !is_score(source)
}

/// Whether a file has the name of a TOML file, which no Score file has.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

fn is_score(source: &Source) -> bool {
    let (document, _) = document::parse(source).into_parts();
    let version = document.as_ref().and_then(|document| document.root.as_mapping()?.get("apiVersion")?.as_str());
    version.is_some_and(|version| version.starts_with("score.dev/"))
}

impl<'t> FlyFile<'t> {
    /// Reads a fly.toml, and the local files that it names.
    pub(super) fn load(context: &Context<'_>, text: &'t FlyText) -> Self {
        let Decoded { source, diagnostics } = &text.content;
        let mut file = Self {
            text,
            loaded: Err(diagnostics.clone()),
            local: LocalFiles::new(),
            files_read: vec![text.path.clone()],
        };
        if !diagnostics.has_errors() {
            let loaded = LoadedConfig::read(source).with_levels(context.levels);
            let (local, read) = inputs::read_local(context, loaded.needs(LocalFiles::new()), folder(&text.path));
            file.local = local;
            file.files_read.extend(read);
            file.loaded = Ok(loaded);
        }
        file
    }

    /// What it says; nothing if it can't be read.
    #[cfg(feature = "deploy")]
    pub(super) fn config(&self) -> Option<&score_fly_core::fly::Config> {
        self.loaded.as_ref().ok()?.file().map(|file| &file.config)
    }

    /// The local files that it names.
    #[cfg(feature = "deploy")]
    pub(super) fn local(&self) -> &LocalFiles {
        &self.local
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Diagnostics {
        match &self.loaded {
            Ok(loaded) => loaded.check(&self.local),
            Err(undecodable) => undecodable.clone(),
        }
    }

    /// The machine config that flyctl sends for a process group.
    pub(super) fn machine_config(&self, group: Option<&str>) -> Outcome<MachineConfig> {
        match &self.loaded {
            Ok(loaded) => loaded.machine_config(group, &self.local),
            Err(undecodable) => Outcome::failed(undecodable.clone()),
        }
    }

    /// The workload that becomes an equal fly.toml.
    pub(super) fn import(&self) -> Outcome<Workload> {
        match &self.loaded {
            Ok(loaded) => score_fly_core::import(loaded),
            Err(undecodable) => Outcome::failed(undecodable.clone()),
        }
    }

    /// Mends what there is only one way to mend of what was found. The file on the disk stays.
    pub(super) fn fix(&self, found: &Diagnostics) -> Option<Fixed> {
        self.loaded.as_ref().ok()?.fix(found)
    }

    /// The files that were read.
    pub(super) fn files_read(&self) -> &[PathBuf] {
        &self.files_read
    }

    /// What was found, to be noted.
    pub(super) fn looked(self, diagnostics: Diagnostics) -> Looked {
        let text = || vec![without_secrets(self.text.source())];
        let texts = if diagnostics.is_empty() { Vec::new() } else { text() };
        Looked { read: self.files_read, findings: Findings { diagnostics, texts } }
    }
}

/// A text of which all may be shown but secrets.
pub(super) fn without_secrets(source: &Source) -> Text {
    text_without(source, names::seems_secret)
}

/// What was read, and what was found in it; lines in which a secret seems to stand are not to be shown.
#[derive(Debug)]
pub(super) struct Looked {
    read: Vec<PathBuf>,
    findings: Findings,
}

impl Looked {
    /// Notes it.
    pub(super) fn note(self, log: &mut Log<'_>) {
        for path in &self.read {
            log.read(path);
        }
        log.find(&self.findings.diagnostics, || self.findings.texts);
    }
}
