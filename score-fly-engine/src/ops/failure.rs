//! What could not be done, and why.

use std::fmt;
use std::path::PathBuf;

use score_fly_core::diagnostic::Remedy;
use score_fly_core::pointer::Path;
#[cfg(feature = "project")]
use score_fly_core::resource::Uid;
use score_fly_core::{Code, Diagnostic};

#[cfg(feature = "project")]
use crate::env_name::EnvName;
use crate::faults::Faults;
#[cfg(any(feature = "project", feature = "functions"))]
use crate::faults::io_failed;
#[cfg(feature = "functions")]
use crate::function::FunctionError;
#[cfg(feature = "project")]
use crate::project::ProjectError;
#[cfg(feature = "project")]
use crate::run::DeprovisionError;
#[cfg(feature = "project")]
use crate::state::StateError;
#[cfg(feature = "project")]
use crate::store::StoreError;

/// What could not be done, and why: one sentence. What to do about it is up to whoever shows it: the command line
/// names its flags and commands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Diagnostics say it: a file can't be read or written, or a project's state can't be used. A report has
    /// them among what was found.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// Two files are standard input.
    #[error("`-` stands for standard input, which can be read only once")]
    StandardInputTwice,
    /// Two texts go to standard output.
    #[error("fly.toml and secrets can't both go to standard output")]
    StandardOutputTwice,
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
    /// There is something in the way.
    #[error("`{}` is there already", path.display())]
    IsThere {
        /// The file.
        path: PathBuf,
    },
    /// A fly.toml is there that score-fly did not write, or that was changed since.
    #[error("`{}` is not as score-fly has written it: nothing is written", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A file is read in this run, and would be written over.
    #[error("`{}` is read in this run, and would be written over: nothing is written", path.display())]
    WrittenAndRead {
        /// The file.
        path: PathBuf,
    },
    /// A file would be written for two purposes.
    #[error("`{}` would be written twice: nothing is written", path.display())]
    WrittenTwice {
        /// The file.
        path: PathBuf,
    },
    /// There is a project, and this program was built without what it takes.
    #[error("there is a project in this folder, and this score-fly was built without projects")]
    NoProjects,
    /// An image can't be pushed, or its archive can't be read.
    #[cfg(feature = "image")]
    #[error(transparent)]
    Image(Box<score_fly_image::Error>),
    /// There is no token for Fly that is of use.
    #[cfg(feature = "image")]
    #[error(transparent)]
    Token(#[from] score_fly_api::token::NoToken),
    /// Fly refuses something, or can't be reached.
    #[cfg(feature = "deploy")]
    #[error(transparent)]
    Fly(#[from] score_fly_api::Error),
    /// A variable that names one of Fly's servers names none.
    #[cfg(feature = "deploy")]
    #[error(transparent)]
    Host(#[from] score_fly_api::InvalidHost),
    /// Something about an app at Fly.
    #[cfg(feature = "deploy")]
    #[error(transparent)]
    App(#[from] AboutApp),
    /// Something about a release.
    #[cfg(feature = "deploy")]
    #[error(transparent)]
    Release(#[from] super::about_release::AboutRelease),
    /// A deploy ended before it was done.
    #[cfg(feature = "deploy")]
    #[error("app {app}: {trouble}")]
    Deploy {
        /// The app.
        app: String,
        /// Why.
        trouble: Box<crate::deploy::Trouble>,
    },
    /// There is no password for a user of a registry.
    #[cfg(feature = "image")]
    #[error("there is no password for the user `{user}` of the registry")]
    NoPassword {
        /// The user.
        user: String,
    },
    /// Something about a function or a runtime.
    #[cfg(feature = "functions")]
    #[error(transparent)]
    Function(FunctionError),
    /// Something that is done in a project only.
    #[cfg(feature = "project")]
    #[error(transparent)]
    InProject(#[from] InProject),
}

/// What could not be done with an app at Fly, and why.
#[cfg(feature = "deploy")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AboutApp {
    /// Nothing says which app is meant.
    #[error("nothing says which app is meant")]
    None,
    /// Several apps are meant, where only one can be.
    #[error("only one app can be meant here, and these are: {}", apps.join(", "))]
    Several {
        /// Their names.
        apps: Vec<String>,
    },
    /// A fly.toml names no app.
    #[error("`{}` names no app", path.display())]
    NotInFile {
        /// The file.
        path: PathBuf,
    },
    /// No files are named, and there is none to take instead.
    #[error("no file says what is to be deployed")]
    NoFiles,
    /// Nothing says which image to deploy.
    #[error("`{}` says that the image of app {app} is built, and nothing says which one that is", path.display())]
    NoImage {
        /// The file.
        path: PathBuf,
        /// The app.
        app: String,
    },
    /// Two files are about one app.
    #[error("two files say what app {app} is to be")]
    Twice {
        /// The app.
        app: String,
    },
    /// An app was left as it is.
    #[error(
        "app {app} is left as it is, {}",
        if failed.is_empty() {
            "since the run was interrupted".to_owned()
        } else {
            format!("since it needs {}, and that failed", failed.join(", "))
        }
    )]
    Left {
        /// The app.
        app: String,
        /// Those that it needs and that were not deployed.
        failed: Vec<String>,
    },
    /// An app has the name of a preview's, and is none.
    #[error("app {app} stays: its machines do not say that it belongs to the preview {name}")]
    NoPreview {
        /// The app.
        app: String,
        /// The preview.
        name: String,
    },
    /// flyctl is not there.
    #[error("flyctl is not installed, or not in PATH")]
    NoFlyctl,
    /// flyctl did not do what it was asked for.
    #[error("`{command}` {what}")]
    Flyctl {
        /// What it was called with, without flags.
        command: String,
        /// What became of it.
        what: String,
    },
    /// There is no such image.
    #[error("Fly finds no image {image}")]
    NoSuchImage {
        /// The image.
        image: String,
    },
    /// Something would have to be done that can't be, so nothing is.
    #[error(
        "nothing is done with app {app}: {}",
        blocked.iter().map(|(what, help)| format!("{what}: {help}")).collect::<Vec<_>>().join("; ")
    )]
    Blocked {
        /// The app.
        app: String,
        /// What can't be done, and what to do instead.
        blocked: Vec<(String, String)>,
    },
    /// An app was not destroyed, since nobody confirmed that.
    #[error("app {app} stays, since nobody confirmed that it goes")]
    NotConfirmed {
        /// The app.
        app: String,
    },
    /// Nothing says which organization a new app is for.
    #[error(
        "nothing says which organization the app is for{}",
        if organizations.is_empty() { String::new() } else { format!("; there are {}", organizations.join(", ")) }
    )]
    WhichOrganization {
        /// Those that there are, as far as the token may see them.
        organizations: Vec<String>,
    },
    /// These can't be names of secrets.
    #[error("{} can't be the name of a secret: it may have letters, digits and `_`", names.join(", "))]
    InvalidSecretNames {
        /// The names.
        names: Vec<String>,
    },
    /// No secrets are named.
    #[error("no secrets are named")]
    NoSecrets,
    /// There are no such secrets.
    #[error("app {app} has no secret called {}", names.join(", "))]
    UnknownSecrets {
        /// The app.
        app: String,
        /// The names.
        names: Vec<String>,
    },
    /// No value is given for these secrets.
    #[error("the environment has no variable {}", names.join(", "))]
    NoValues {
        /// The names.
        names: Vec<String>,
    },
}

/// What could not be done in a project, and why.
#[cfg(feature = "project")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InProject {
    /// The project can't be used.
    #[error(transparent)]
    Project(ProjectError),
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
    /// Another prefix than the project's is given.
    #[error("the prefix of this project is `{prefix}`, which can't be changed")]
    OtherPrefix {
        /// The project's.
        prefix: String,
    },
    /// No app's name can begin like that.
    #[error(
        "`{prefix}` can't begin an app's name: it may have `a-z`, `0-9` and `-`, and starts with a letter or digit"
    )]
    InvalidPrefix {
        /// The prefix.
        prefix: String,
    },
    /// There are environments, and not the one that is meant.
    #[error(
        "{}{}",
        match env {
            Some(env) => format!("there is no environment `{env}` in this project"),
            None => "this project has environments, and none is named".to_owned(),
        },
        if known.is_empty() {
            String::new()
        } else {
            format!("; there are {}", known.iter().map(EnvName::as_str).collect::<Vec<_>>().join(", "))
        }
    )]
    OtherEnvironments {
        /// The one that is meant.
        env: Option<EnvName>,
        /// Those that there are.
        known: Vec<EnvName>,
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
    /// A file for one workload is named, and there are several.
    #[error("{setting} is meant for one workload, and this project has {workloads}")]
    ForOneWorkload {
        /// What it is for.
        setting: Setting,
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
    /// A provisioner that is there has something to take down, which the one that is to take its place can't.
    #[error(
        "`{uid}` {} the provisioner `{id}` that is there, and the one that is to take its place could not take that down",
        if *answered { "was made by" } else { "was begun with" }
    )]
    Replaced {
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
    /// Nobody confirmed that resources may go.
    #[error("nothing was taken down, since nobody confirmed it")]
    NotConfirmed,
    /// A resource was not taken down.
    #[error(transparent)]
    NotTakenDown(DeprovisionError),
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
    /// An archive with the image of an app.
    ImageArchive,
    /// The name of an app.
    App,
    /// Where secrets go.
    Secrets,
    /// Where fly.toml goes.
    Output,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overrides => "an overrides file",
            Self::OverrideProperty => "a single value",
            Self::Image => "an image",
            Self::ImageArchive => "an archive with an image",
            Self::App => "the name of an app",
            Self::Secrets => "a file for secrets",
            Self::Output => "a file for fly.toml",
        })
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Faults::from(diagnostic).into()
    }
}

#[cfg(feature = "image")]
impl From<score_fly_image::Error> for Failure {
    fn from(error: score_fly_image::Error) -> Self {
        Self::Image(Box::new(error))
    }
}

#[cfg(feature = "functions")]
impl From<FunctionError> for Failure {
    fn from(error: FunctionError) -> Self {
        match error {
            FunctionError::Io { act, path, reason } => io_failed(act, &path, &reason).into(),
            error => Self::Function(error),
        }
    }
}

#[cfg(feature = "project")]
impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::None => no_project("make one, or work in the folder of one").into(),
            ProjectError::State(error) => error.into(),
            error @ ProjectError::Exists => InProject::Project(error).into(),
        }
    }
}

#[cfg(feature = "project")]
impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Unusable(faults) => faults.into(),
            StateError::Store(StoreError::Io { act, path, reason }) => io_failed(act, &path, &reason).into(),
            error @ StateError::Store(_) => InProject::Project(error.into()).into(),
        }
    }
}

#[cfg(feature = "project")]
impl From<DeprovisionError> for Failure {
    fn from(error: DeprovisionError) -> Self {
        match error {
            DeprovisionError::State(error) => error.into(),
            error => InProject::NotTakenDown(error).into(),
        }
    }
}

/// There is no project in the folder.
pub(super) fn no_project(help: &str) -> Diagnostic {
    Diagnostic::new(Code::NoProject, &Path::ROOT, "there is no project in this folder")
        .with_help(help)
        .with_remedy(Remedy::StartProject)
}
