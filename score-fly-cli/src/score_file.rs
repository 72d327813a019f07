//! Score files with what they mount: all that is read before they are converted.

use std::path::{Path, PathBuf};

use score_fly_core::document::overrides::Override;
use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resolve::{Given, Missing, SourceFiles};
use score_fly_core::resource::{self, Outputs};
use score_fly_core::score::Workload;
use score_fly_core::{Diagnostics, Input, Loaded, Source};
use score_fly_engine::state::WorkloadRecord;
use score_fly_engine::system::words;

use crate::conversion::{Attempt, Shared, text};
use crate::diagnostics::Text;
use crate::fly_file::is_toml;
use crate::inputs::{self, Decoded, STDIN, is_dash};
use crate::paths::folder;

/// A Score file.
#[derive(Debug)]
pub(crate) struct ScoreFile<'o> {
    /// Where it is, or was: what it mounts is found from there.
    pub(crate) path: PathBuf,
    /// Its workload, as far as the file could be read.
    pub(crate) workload: Option<Workload>,
    /// The image of containers whose `image` is `.`.
    pub(crate) image: Option<String>,
    /// The files that it mounts.
    pub(crate) files: SourceFiles,
    /// What was read.
    pub(crate) files_read: Vec<PathBuf>,
    /// Its resources that provisioners make, and not the conversion.
    pub(crate) made_elsewhere: SortedSet<String>,
    source: Source,
    overrides: &'o [Override],
    /// Why the bytes are no text, if they are none.
    undecodable: Diagnostics,
    /// Why other files could not be read.
    unreadable: SortedMap<String, String>,
    /// Whether it comes from the state of a project.
    recorded: bool,
}

impl<'o> ScoreFile<'o> {
    /// Reads the file at `path`. The error is one sentence.
    pub(crate) fn read(path: &Path, shared: &'o Shared) -> Result<Self, String> {
        if is_toml(path) {
            let path = path.display();
            return Err(format!("`{path}` is no Score file: of a fly.toml, `score-fly import` makes one"));
        }
        Ok(Self::decoded(path, inputs::read(path)?, shared))
    }

    /// The file that was read at `path`.
    pub(crate) fn decoded(path: &Path, Decoded { source, diagnostics }: Decoded, shared: &'o Shared) -> Self {
        let image = shared.options.image.clone();
        let file = Self::new(path.to_owned(), source, &shared.overrides, diagnostics, image);
        Self { files_read: [vec![path.to_owned()], file.files_read].concat(), ..file }
    }

    /// A workload of a project as it was when its Score file was last read.
    pub(crate) fn recorded(record: &WorkloadRecord) -> Self {
        let path = &record.file;
        let name = if is_dash(path) { STDIN.into() } else { path.to_string_lossy() };
        // JSON is YAML, and says of every text that it is one.
        let text = serde_json::to_string_pretty(&record.spec).unwrap_or_default();
        let source = Source::new(format!("{name} (as recorded)"), text);
        Self { recorded: true, ..Self::new(path.clone(), source, &[], Diagnostics::new(), None) }
    }

    fn new(
        path: PathBuf,
        source: Source,
        overrides: &'o [Override],
        undecodable: Diagnostics,
        image: Option<String>,
    ) -> Self {
        let mut file = Self {
            path,
            workload: None,
            image,
            files: SourceFiles::new(),
            files_read: Vec::new(),
            made_elsewhere: SortedSet::new(),
            source,
            overrides,
            undecodable,
            unreadable: SortedMap::new(),
            recorded: false,
        };
        if !file.undecodable.has_errors() {
            // What this finds is found again by whoever works with the file.
            file.workload = file.load().workload().cloned();
            file.read_mounted();
        }
        file
    }

    fn read_mounted(&mut self) {
        let requirements = self.workload.as_ref().map(resource::requirements).unwrap_or_default();
        for request in requirements.files {
            let path = folder(&self.path).join(&request.source);
            match inputs::read_mounted(&path) {
                Ok(content) => {
                    self.files.insert(request.source, content);
                    self.files_read.push(path);
                }
                Err(error) => {
                    self.unreadable.insert(request.source, words(&error));
                }
            }
        }
    }

    /// The workload's name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.workload.as_ref().map(|workload| workload.metadata.name.as_str())
    }

    /// The file with its overrides, read.
    pub(crate) fn load(&self) -> Loaded<'_> {
        Loaded::read(Input { score: &self.source, overrides: self.overrides })
    }

    /// What the world answers to it.
    pub(crate) fn given(&self, outputs: Outputs, missing: Missing) -> Given {
        Given {
            outputs,
            files: self.files.clone(),
            unreadable: self.unreadable.clone(),
            missing,
            made_elsewhere: self.made_elsewhere.clone(),
        }
    }

    /// All that can be said of it if it is no text.
    pub(crate) fn undecodable(&self) -> Option<Attempt> {
        let diagnostics = self.undecodable.clone();
        diagnostics.has_errors().then(|| Attempt::faulty(diagnostics))
    }

    /// The texts that diagnostics may point into.
    pub(crate) fn texts(&self) -> Vec<Text<'_>> {
        let score = Text { is_file: !self.recorded && self.source.name != STDIN, ..text(&self.source) };
        let overrides = self.overrides.iter().map(|change| Text {
            is_file: matches!(change, Override::File(_)) && change.source().name != STDIN,
            ..text(change.source())
        });
        std::iter::once(score).chain(overrides).collect()
    }
}
