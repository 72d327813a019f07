//! What to generate.

#[cfg(feature = "project")]
use std::num::NonZero;
use std::path::{Path, PathBuf};

#[cfg(feature = "project")]
use super::super::options::OpenOptions;
use super::super::options::ScoreOptions;

/// What to generate.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The Score files. A project may do without.
    pub files: Vec<PathBuf>,
    /// What is done to them on their way.
    pub score: ScoreOptions,
    /// The folder to write into, if it is another than the one in which the use case works.
    pub folder: PathBuf,
    /// Where secrets go.
    pub secrets: SecretsTo,
    /// Whether to write the content of files, and containers, into fly.toml where they can stand there.
    pub inline_files: bool,
    /// Whether to keep comments, order and further keys of fly.toml files that are already there.
    pub update: bool,
    /// How resources are provisioned.
    #[cfg(feature = "project")]
    pub project: ProjectOptions,
}

impl Options {
    /// The files that these options name to be read, without Score files.
    pub(super) fn files_read(&self) -> impl Iterator<Item = &Path> {
        #[cfg(feature = "project")]
        let in_project = self.project.env_files.iter().chain(&self.project.open.identities).map(PathBuf::as_path);
        #[cfg(not(feature = "project"))]
        let in_project = std::iter::empty();
        self.score.files().chain(in_project)
    }
}

/// Where secrets go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SecretsTo {
    /// Into a file beside fly.toml, if there are any.
    #[default]
    Beside,
    /// Into this file, even if there are none.
    File(PathBuf),
    /// To the caller, in what is reported.
    Caller,
}

/// How resources are provisioned.
#[cfg(feature = "project")]
#[derive(Debug, Clone)]
pub struct ProjectOptions {
    /// How many provisioners may be at work at once.
    pub jobs: NonZero<usize>,
    /// Whether to call no provisioner for resources of which everything is known already.
    pub only_new: bool,
    /// Files of variables for resources of type `environment`; later ones win.
    pub env_files: Vec<PathBuf>,
    /// How the project is opened.
    pub open: OpenOptions,
}

#[cfg(feature = "project")]
impl Default for ProjectOptions {
    fn default() -> Self {
        const JOBS: NonZero<usize> = NonZero::new(8).unwrap();
        Self { jobs: JOBS, only_new: false, env_files: Vec::new(), open: OpenOptions::default() }
    }
}
