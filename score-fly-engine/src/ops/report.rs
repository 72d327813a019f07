//! What use cases say while they run, and what they report in the end.

use std::path::{Path, PathBuf};

#[cfg(feature = "deploy")]
use score_fly_core::Severity;
use score_fly_core::resource::Uid;
use score_fly_core::secret::Secret;
use score_fly_core::{Diagnostic, Diagnostics, Source};

use super::failure::Failure;
use crate::faults::Faults;
use crate::progress::Progress;
use crate::root::Root;

/// Watches a run. What it is told comes from one thread at a time, or from several while provisioners are
/// called.
pub trait Observer: Sync {
    /// Something was found, done, or could not be done. It will be in the report as well.
    fn noted(&self, note: &Note) {
        let _ = note;
    }

    /// Something is going on, which nobody needs to know later.
    fn progressed(&self, progress: Progress<'_>) {
        let _ = progress;
    }
}

/// Nobody watches.
impl Observer for () {}

/// Something that was found, done, or could not be done. Paths are as they were given, or relative to the
/// folder in which the use case works.
#[derive(Debug)]
#[non_exhaustive]
pub enum Note {
    /// A file was read.
    Read(PathBuf),
    /// Something was found in what was read.
    Found(Findings),
    /// Mistakes were found, and are gone now. The text is the one that had them.
    Mended(Findings),
    /// Something could not be done.
    Failed(Failure),
    /// The run was cancelled before it was done.
    Cancelled(Unfinished),
    /// A file was written.
    Wrote(PathBuf),
    /// All files of a workload were written.
    Generated(Generated),
    /// A file with secrets is there, and its workload has none any more. It may hold the only copy of one, so it
    /// stays.
    Useless(PathBuf),
    /// A file of a workload that was removed is still there.
    Left {
        /// The file, or folder.
        path: PathBuf,
        /// Whether it holds secrets.
        secrets: bool,
    },
    /// A workload comes from another file than before.
    Moved {
        /// The workload.
        workload: String,
        /// The file that it came from.
        from: PathBuf,
        /// The one that it comes from now.
        to: PathBuf,
    },
    /// A function's file says now at which commit its runtime is taken.
    RecordedRuntime(PathBuf),
    /// A workload was removed from the project.
    RemovedWorkload(String),
    /// Provisioners were called for so many resources of all that there are.
    Called {
        /// For how many.
        calls: usize,
        /// Of how many.
        resources: usize,
    },
    /// What a provisioner that failed said last.
    Said {
        /// The resource.
        uid: Uid,
        /// The lines.
        lines: Vec<String>,
    },
    /// A resource is used by no workload any more. It is there until it is taken down.
    Orphan(Uid),
    /// A resource was taken down.
    TookDown(Uid),
    /// A resource was dropped from the state. Whatever its provisioner made stays.
    Forgot {
        /// The resource.
        uid: Uid,
        /// The provisioner, if it was given to one.
        provisioner: Option<String>,
    },
    /// A provisioner was added.
    AddedProvisioner(String),
    /// A provisioner took the place of another one of that id.
    ReplacedProvisioner(String),
    /// A provisioner was removed.
    RemovedProvisioner(String),
    /// The secrets in a file were encrypted anew.
    Encrypted(PathBuf),
    /// An image was pushed.
    #[cfg(feature = "image")]
    Pushed(score_fly_image::Pushed),
    /// An app was created.
    #[cfg(feature = "deploy")]
    CreatedApp {
        /// Its name.
        app: String,
        /// Its organization.
        organization: String,
    },
    /// An app was destroyed.
    #[cfg(feature = "deploy")]
    DestroyedApp(String),
    /// An app was to be destroyed, and is not there.
    #[cfg(feature = "deploy")]
    NoApp(String),
    /// It is decided what is done with an app.
    #[cfg(feature = "deploy")]
    Planned(Box<score_fly_core::deploy::Plan>),
    /// An app was deployed, or a deploy of it ended before it was done.
    #[cfg(feature = "deploy")]
    Deployed(Box<crate::deploy::Deployed>),
    /// Several apps were deployed, or were to be.
    #[cfg(feature = "deploy")]
    DeployedAll {
        /// Those that are as they are to be.
        done: Vec<String>,
        /// Those of which the deploy failed.
        failed: Vec<String>,
        /// Those that were left as they are.
        left: Vec<String>,
    },
    /// One of those who tell of an app's releases does not; the others are asked nevertheless.
    #[cfg(feature = "deploy")]
    NoHistory {
        /// The app.
        app: String,
        /// Who.
        from: score_fly_core::release::KnownFrom,
        /// Why.
        why: String,
    },
    /// The project's ledger could not be written. The deploy goes on.
    #[cfg(feature = "deploy")]
    NotWrittenDown {
        /// The app.
        app: String,
        /// Why.
        why: String,
    },
    /// There are changes that are in no commit, and the version is taken from one.
    #[cfg(feature = "deploy")]
    DirtyTree {
        /// The commit.
        commit: String,
        /// The version that was made of it.
        version: String,
    },
    /// Secrets of an app were set or removed.
    #[cfg(feature = "deploy")]
    ChangedSecrets {
        /// The app.
        app: String,
        /// The names of those that have another value than before, or none any more.
        names: Vec<String>,
        /// How many were given.
        of: usize,
    },
    /// There is a state of score-flyio, which could be taken over.
    CouldTakeOver(PathBuf),
    /// What stands before the names of a new project's apps, since nobody named a prefix.
    OfferedPrefix(String),
    /// A state of score-flyio was taken over.
    TookOver {
        /// The file.
        from: PathBuf,
        /// How many provisioners.
        provisioners: usize,
        /// How many resources.
        resources: usize,
        /// What could not be taken over, one sentence each.
        left: Vec<String>,
        /// The workloads that are to be generated again from their Score files.
        workloads: Vec<String>,
    },
}

/// A workload whose files were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The workload's name.
    pub workload: String,
    /// The app's.
    pub app: String,
    /// Its fly.toml.
    pub toml: Toml,
    /// Its secrets.
    pub secrets: Secrets,
}

/// Where the fly.toml of a workload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toml {
    /// In a file.
    In(PathBuf),
    /// Here, for the caller.
    Text(String),
}

/// Where the secrets of a workload are, in the form that `fly secrets import` takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secrets {
    /// It has none.
    None,
    /// In a file.
    In(PathBuf),
    /// Here, for the caller.
    Text(Secret<String>),
}

/// What a run that was cancelled did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfinished {
    /// Only some resources were made; the next run goes on from there.
    Provisioning {
        /// How many there are.
        made: usize,
        /// How many there should be.
        resources: usize,
    },
    /// Only some resources were taken down.
    TakingDown,
    /// An image was not tagged. Its layers that have arrived are not sent again.
    Pushing,
    /// Only some workloads were written.
    Writing {
        /// How many.
        written: usize,
        /// Of how many.
        workloads: usize,
    },
}

/// Diagnostics with the texts that they point into.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What was found.
    pub diagnostics: Diagnostics,
    /// The texts; none if nothing was found.
    pub texts: Vec<Text>,
}

/// A text that diagnostics may point into.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text.
    pub source: Source,
    /// Whether it is a file under its name, and not a flag or standard input.
    pub is_file: bool,
    /// Which of its lines may be shown.
    pub quotable: Quotable,
}

/// Which lines of a text may be shown: those with secrets may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quotable {
    /// All.
    All,
    /// Those in which none of these bytes stands, which are in order.
    Without(Vec<usize>),
    /// None.
    None,
}

/// What came of a use case.
#[derive(Debug)]
pub struct Report<T> {
    /// The result, if there is one. A use case that could do only a part of its work has one as well.
    pub result: Option<T>,
    /// What was found, done, and could not be done, in that order.
    pub notes: Vec<Note>,
}

impl<T> Report<T> {
    /// Whether all was done, and no errors were found.
    pub fn is_sound(&self) -> bool {
        self.notes.iter().all(Note::is_sound)
    }

    /// Everything that was found, without what was mended.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.notes.iter().flat_map(|note| match note {
            Note::Found(findings) => findings.diagnostics.iter(),
            _ => [].iter(),
        })
    }

    /// What could not be done, and no diagnostic says.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.notes.iter().filter_map(|note| if let Note::Failed(failure) = note { Some(failure) } else { None })
    }

    /// The files that were written.
    pub fn written(&self) -> impl Iterator<Item = &Path> {
        self.notes.iter().filter_map(|note| if let Note::Wrote(path) = note { Some(path.as_path()) } else { None })
    }
}

impl Note {
    /// Whether it is neither an error, nor about something that was not done.
    fn is_sound(&self) -> bool {
        match self {
            Self::Found(findings) => !findings.diagnostics.has_errors(),
            Self::Failed(_) | Self::Cancelled(_) => false,
            _ => true,
        }
    }
}

/// What becomes a report: everything that is noted in it is told to whoever watches.
pub(crate) struct Log<'o> {
    observer: &'o dyn Observer,
    /// Where the files are that texts come from.
    root: &'o Root,
    notes: Vec<Note>,
}

impl<'o> Log<'o> {
    pub(crate) fn new(observer: &'o dyn Observer, root: &'o Root) -> Self {
        Self { observer, root, notes: Vec::new() }
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.observer.noted(&note);
        self.notes.push(note);
    }

    pub(crate) fn read(&mut self, path: &Path) {
        self.note(Note::Read(path.to_owned()));
    }

    pub(crate) fn fail(&mut self, failure: impl Into<Failure>) {
        match failure.into() {
            Failure::Faults(faults) => self.faults(faults),
            failure => self.note(Note::Failed(failure)),
        }
    }

    /// Notes what was found, if anything was. Texts are asked for only then.
    pub(crate) fn find(&mut self, diagnostics: &Diagnostics, texts: impl FnOnce() -> Vec<Text>) {
        if !diagnostics.is_empty() {
            self.note(Note::Found(Findings { diagnostics: diagnostics.clone(), texts: texts() }));
        }
    }

    /// Notes what keeps a run from its work. Lines of the texts are not to be shown: there may be secrets in them.
    pub(crate) fn faults(&mut self, Faults { diagnostics, texts }: Faults) {
        let root = self.root;
        self.find(&diagnostics, || {
            let text = |source: Source| {
                let is_file = root.at(Path::new(&source.name)).is_file();
                Text { is_file, quotable: Quotable::None, source }
            };
            texts.into_iter().map(text).collect()
        });
    }

    /// Adds what another log has: it was told already.
    #[cfg(feature = "deploy")]
    pub(crate) fn absorb(&mut self, other: Log<'_>) {
        self.notes.extend(other.notes);
    }

    /// Adds notes that were told already.
    #[cfg(feature = "deploy")]
    pub(crate) fn keep(&mut self, notes: Vec<Note>) {
        self.notes.extend(notes);
    }

    /// Why something was not done, as it was noted last.
    #[cfg(feature = "deploy")]
    pub(crate) fn last_failure(&self) -> Option<String> {
        self.notes.iter().rev().find_map(|note| match note {
            Note::Failed(failure) => Some(failure.to_string()),
            Note::Found(findings) => {
                let mut found = findings.diagnostics.iter().rev();
                found.find(|found| found.severity == Severity::Error).map(|error| error.message.clone())
            }
            _ => None,
        })
    }

    /// The value, or nothing and a note of why there is none.
    pub(crate) fn take<T>(&mut self, result: Result<T, impl Into<Failure>>) -> Option<T> {
        result.map_err(|failure| self.fail(failure)).ok()
    }

    /// Whether nothing went wrong so far.
    #[cfg(feature = "project")]
    pub(crate) fn is_sound(&self) -> bool {
        self.notes.iter().all(Note::is_sound)
    }

    pub(crate) fn report<T>(self, result: Option<T>) -> Report<T> {
        Report { result, notes: self.notes }
    }
}
