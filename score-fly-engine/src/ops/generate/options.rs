//! What to generate.

#[cfg(feature = "project")]
use std::num::NonZero;
use std::path::{Path, PathBuf};

use super::super::failure::Setting;
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
    /// The folder to write into, if it is another than the one in which the use case works; in an environment, than
    /// the folder of its name in there.
    pub folder: Option<PathBuf>,
    /// Where fly.toml goes.
    pub toml: TomlTo,
    /// Where secrets go.
    pub secrets: SecretsTo,
    /// Whether to write the content of files, and containers, into fly.toml where they can stand there.
    pub inline_files: bool,
    /// What becomes of fly.toml files that are there already.
    pub existing: Existing,
    /// How resources are provisioned.
    #[cfg(feature = "project")]
    pub project: ProjectOptions,
}

impl Options {
    /// A place for what one workload becomes, which can't be there for several.
    pub(super) fn for_one_workload(&self) -> Option<Setting> {
        match self {
            Self { toml: TomlTo::File(_) | TomlTo::Caller, .. } => Some(Setting::Output),
            Self { secrets: SecretsTo::File(_) | SecretsTo::Caller, .. } => Some(Setting::Secrets),
            _ => None,
        }
    }

    /// The files that these options name to be read, without Score files.
    pub(super) fn files_read(&self) -> impl Iterator<Item = &Path> {
        #[cfg(feature = "project")]
        let in_project = self.project.env_files.iter().chain(&self.project.open.identities).map(PathBuf::as_path);
        #[cfg(not(feature = "project"))]
        let in_project = std::iter::empty();
        self.score.files().chain(in_project)
    }
}

/// Where fly.toml goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TomlTo {
    /// Into the folder, under the workload's name.
    #[default]
    Folder,
    /// Into this file, and all that goes with it into the same folder. There is one workload then.
    File(PathBuf),
    /// To the caller, in what is reported. There is one workload then.
    Caller,
}

/// What becomes of a fly.toml that is there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced if score-fly wrote it and nobody has changed it since; or else nothing is written.
    #[default]
    Ours,
    /// Its comments, order and further keys are kept.
    Update,
    /// It is replaced, whoever wrote it.
    Replace,
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
    /// Whether to forget the overrides that the project remembers of the Score files.
    pub no_overrides: bool,
    /// Files of variables for resources of type `environment`; later ones win.
    pub env_files: Vec<PathBuf>,
    /// How the project is opened.
    pub open: OpenOptions,
}

#[cfg(feature = "project")]
impl Default for ProjectOptions {
    fn default() -> Self {
        const JOBS: NonZero<usize> = NonZero::new(8).unwrap();
        Self { jobs: JOBS, only_new: false, no_overrides: false, env_files: Vec::new(), open: OpenOptions::default() }
    }
}
