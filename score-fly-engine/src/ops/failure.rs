//! What could not be done, and why.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "project")]
use score_fly_core::resource::Uid;

use crate::system::words;

/// What could not be done, and why: one sentence. What to do about it is up to whoever shows it: the command line
/// names its flags and commands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A file can't be read or written.
    #[error("cannot {act} {}: {reason}", named(path))]
    Io {
        /// What could not be done.
        act: &'static str,
        /// The file, or `-`.
        path: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
    /// Two files are standard input.
    #[error("`-` stands for standard input, which can be read only once")]
    StandardInputTwice,
    /// A Score file is wanted, and this is one of Fly's.
    #[error("`{}` is one of Fly's files, and no Score file", path.display())]
    NoScoreFile {
        /// The file.
        path: PathBuf,
    },
    /// One of Fly's files is wanted, and this is a Score file.
    #[error("`{}` is a Score file, and not one of Fly's", path.display())]
    NoFlyFile {
        /// The file.
        path: PathBuf,
    },
    /// An option speaks of one Score file, and there are several.
    #[error("{setting} is meant for one Score file, and several are given")]
    ForOneFile {
        /// The option.
        setting: Setting,
    },
    /// An option speaks of a Score file, and this is one of Fly's.
    #[error("{setting} is meant for a Score file, and `{}` is one of Fly's", path.display())]
    ForScoreFile {
        /// The option.
        setting: Setting,
        /// The file.
        path: PathBuf,
    },
    /// There is nothing that could be mended.
    #[error("only fly.toml files can be mended, and none is given")]
    NothingToFix,
    /// Two files have workloads of one name.
    #[error("the workloads of {files} are both called `{name}`{}", if *others_are_written { ": nothing is written for them" } else { "" })]
    SameName {
        /// The name.
        name: String,
        /// The files, for people.
        files: String,
        /// Whether other workloads are written nevertheless.
        others_are_written: bool,
    },
    /// There is no project, and no file.
    #[error("there is no project in this folder, and no Score file is given")]
    NothingToGenerate,
    /// There is something in the way.
    #[error("`{}` is there already", path.display())]
    IsThere {
        /// The file.
        path: PathBuf,
    },
    /// There is a project, and this program was built without what it takes.
    #[error("there is a project in this folder, and this score-fly was built without projects")]
    NoProjects,
    /// Something about a function or a runtime.
    #[cfg(feature = "functions")]
    #[error(transparent)]
    Function(#[from] crate::function::FunctionError),
    /// Something that is done in a project only.
    #[cfg(feature = "project")]
    #[error(transparent)]
    InProject(#[from] InProject),
}

/// What could not be done in a project, and why.
#[cfg(feature = "project")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InProject {
    /// The project can't be used.
    #[error(transparent)]
    Project(#[from] crate::project::ProjectError),
    /// An identity file can't be used.
    #[error("{from}: {error}")]
    Identity {
        /// Where it is from, for people.
        from: String,
        /// Why not.
        error: crate::encryption::InvalidIdentity,
    },
    /// Identities in the environment are no text.
    #[error("{} is not text in UTF-8", crate::encryption::IDENTITY_VARIABLE)]
    IdentityVariable,
    /// Variables are given where there is no project.
    #[error("files of variables are for the resources of a project, and there is none in this folder")]
    EnvFileWithoutProject,
    /// Another prefix than the project's is given.
    #[error("the prefix of this project is `{prefix}`, which can't be changed")]
    OtherPrefix {
        /// The project's.
        prefix: String,
    },
    /// No prefix is given for a new project.
    #[error("a new project needs a prefix: what to put before a workload's name to make its app's")]
    NoPrefix,
    /// No app's name can begin like that.
    #[error(
        "`{prefix}` can't begin an app's name: it may have `a-z`, `0-9` and `-`, and starts with a letter or digit"
    )]
    InvalidPrefix {
        /// The prefix.
        prefix: String,
    },
    /// There are no workloads.
    #[error("there is no workload in this project yet: name a Score file")]
    NoWorkloads,
    /// There is no such workload.
    #[error("there is no workload `{name}` in this project")]
    UnknownWorkload {
        /// Its name.
        name: String,
    },
    /// A file for the secrets of one workload is named, and there are several.
    #[error("a file for secrets is meant for one workload, and this project has {workloads}")]
    OneSecretsFile {
        /// How many there are.
        workloads: usize,
    },
    /// Something can be taken over only where nothing is.
    #[error("this project has provisioners or resources already: only a new one can take over others")]
    NotNew,
    /// That can't be a provisioner's id.
    #[error("`{id}` can't be a provisioner's id: it needs a character, and none may be a space")]
    InvalidId {
        /// The id.
        id: String,
    },
    /// No resources can be selected like that.
    #[error(transparent)]
    Selector(#[from] score_fly_core::resource::InvalidSelector),
    /// A server's address is none.
    #[error("the URL is no address of a server")]
    NoServer,
    /// A program is not there.
    #[error("there is no program `{program}`")]
    NoProgram {
        /// The program.
        program: String,
    },
    /// There is no such provisioner.
    #[error("there is no provisioner `{id}` in this project")]
    UnknownProvisioner {
        /// Its id.
        id: String,
    },
    /// A provisioner has something to take down, which nobody else can.
    #[error("`{uid}` {} `{id}`, and only it can take that down", if *answered { "was made by" } else { "was begun with" })]
    Needed {
        /// The resource.
        uid: Uid,
        /// The provisioner.
        id: String,
        /// Whether it ever answered.
        answered: bool,
    },
    /// There is no such resource.
    #[error("there is no resource `{uid}` in this project")]
    UnknownResource {
        /// Its uid.
        uid: Uid,
    },
    /// A resource is used by nobody, so its secrets can't be asked for.
    #[error("no workload uses `{uid}` any more, so its provisioner is not asked")]
    Unused {
        /// The resource.
        uid: Uid,
    },
    /// A resource was not taken down.
    #[error(transparent)]
    NotTakenDown(#[from] crate::run::DeprovisionError),
    /// A resource was left, since another one that was not taken down needs it.
    #[error("`{uid}` was left, since `{user}` needs it")]
    StillNeeded {
        /// The resource.
        uid: Uid,
        /// The one that needs it.
        user: Uid,
    },
}

/// An option that not every file can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// A file to merge over the Score file.
    Overrides,
    /// A single value to set in it.
    OverrideProperty,
    /// The image of containers whose `image` is `.`.
    Image,
    /// Where secrets go.
    Secrets,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overrides => "an overrides file",
            Self::OverrideProperty => "a single value",
            Self::Image => "an image",
            Self::Secrets => "a file for secrets",
        })
    }
}

impl Failure {
    pub(crate) fn io(act: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::Io { act, path: path.to_owned(), reason: words(error) }
    }
}

/// A path for people.
fn named(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { format!("`{}`", path.display()) }
}

#[cfg(feature = "project")]
impl From<crate::project::ProjectError> for Failure {
    fn from(error: crate::project::ProjectError) -> Self {
        InProject::from(error).into()
    }
}

#[cfg(feature = "project")]
impl From<crate::state::StateError> for Failure {
    fn from(error: crate::state::StateError) -> Self {
        crate::project::ProjectError::from(error).into()
    }
}

#[cfg(feature = "project")]
impl From<crate::run::DeprovisionError> for Failure {
    fn from(error: crate::run::DeprovisionError) -> Self {
        InProject::from(error).into()
    }
}
