//! What came of a run.

use serde::Serialize;

use crate::app::App;

/// What came of a run over a tree.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SyncReport {
    /// Each app, in the order of their names.
    pub apps: Vec<Entry>,
    /// Why nothing was taken away that is not in the tree any more, if that was asked for.
    pub not_pruned: Option<String>,
    /// Whether the whole tree could be read.
    pub whole: bool,
}

/// What came of an app.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its name, or its file's, if that does not say it.
    pub app: String,
    /// Its file.
    pub file: String,
    /// What came of it.
    pub state: State,
    /// In one line.
    pub summary: String,
    /// What there is to say about it, line by line: the plan, or what went wrong.
    pub details: Vec<String>,
    /// The commit of its source, if it is in a repository.
    pub commit: Option<String>,
    /// Whether somebody has changed it at Fly since it was deployed.
    pub drifted: bool,
    /// How its machines are, if they were looked at.
    pub health: Option<Health>,
}

/// How the machines of an app are, whatever they are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    /// All that run pass their checks.
    Healthy,
    /// One does not run that has not ended by itself, or does not pass a check.
    Failing,
    /// One is on its way.
    Starting,
    /// All rest until somebody needs them.
    Asleep,
    /// There are none.
    Missing,
}

impl Health {
    /// In one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Failing => "failing",
            Self::Starting => "starting",
            Self::Asleep => "asleep",
            Self::Missing => "missing",
        }
    }
}

/// What came of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It is as it is to be.
    InSync,
    /// It is not, and nothing was done, since only a plan was asked for.
    OutOfSync,
    /// It was deployed.
    Deployed,
    /// It is not in the tree any more, and was destroyed.
    Destroyed,
    /// It is not in the tree any more.
    Surplus,
    /// Nothing is done with it, as its file says.
    Suspended,
    /// It is not as it is to be, and may not be changed at this time.
    Waiting,
    /// An app that has to be deployed before it was not.
    Skipped,
    /// Its files have mistakes, or it could not be deployed.
    Failed,
}

impl Entry {
    /// An app of which nothing else is to be said.
    pub(crate) fn new(app: &App, state: State, summary: impl Into<String>) -> Self {
        let (summary, details) = (summary.into(), Vec::new());
        let (app, file) = (app.name.clone(), app.file.clone());
        Self { app, file, state, summary, details, commit: None, drifted: false, health: None }
    }
}

impl State {
    /// In one word, or two.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InSync => "in sync",
            Self::OutOfSync => "out of sync",
            Self::Deployed => "deployed",
            Self::Destroyed => "destroyed",
            Self::Surplus => "surplus",
            Self::Suspended => "suspended",
            Self::Waiting => "waiting",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    /// Whether those that depend on it can go on.
    pub(crate) const fn is_good(self) -> bool {
        matches!(self, Self::InSync | Self::OutOfSync | Self::Deployed | Self::Suspended)
    }
}

impl SyncReport {
    /// How many apps are in a state.
    pub fn count(&self, state: State) -> usize {
        self.apps.iter().filter(|entry| entry.state == state).count()
    }

    /// Whether something failed, or could not be read.
    pub fn has_failures(&self) -> bool {
        !self.whole
            || self.not_pruned.is_some()
            || self.apps.iter().any(|one| matches!(one.state, State::Failed | State::Skipped))
    }

    /// Whether Fly is not as the tree says.
    pub fn has_differences(&self) -> bool {
        let differs = |state| matches!(state, State::OutOfSync | State::Waiting | State::Surplus);
        self.apps.iter().any(|entry| differs(entry.state))
    }
}
