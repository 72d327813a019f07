//! What the parts of a controller know of each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use score_fly_api::Timestamp;
use serde::{Serialize, Serializer};

use crate::files::{Reference, Repository};
use crate::sync::{Entry, Health, State};

use super::hooks::{Delivery, known_as};

/// So much history is kept.
const MOST_EVENTS: usize = 200;

/// What the parts of a controller know of each other.
#[derive(Debug, Default)]
pub(super) struct Board {
    now: Mutex<Now>,
    woken: Condvar,
}

/// How things are.
#[derive(Debug, Default)]
pub(super) struct Now {
    /// What is known of each app, by name.
    pub(super) apps: BTreeMap<String, Standing>,
    /// What the last look at the tree found; nothing before the first.
    pub(super) look: Option<Look>,
    /// Whether one is under way.
    pub(super) is_looking: bool,
    /// Why the last look could not even begin.
    pub(super) trouble: Option<String>,
    /// What is wrong with the database.
    pub(super) broken: Option<String>,
    /// What happened to apps, the newest first.
    pub(super) events: VecDeque<Event>,
    /// The repositories that matter, and what of them.
    pub(super) repositories: Vec<Repository>,
    /// Apps that were to be taken away and could not be.
    pub(super) left: BTreeSet<String>,
    pub(super) counts: Counts,
    /// When workers last looked for something to do.
    pub(super) alive: Option<Instant>,
    /// Whether a look at the tree is to be put into the queue as soon as that works.
    pub(super) owes_look: bool,
    /// Whether something may be there to be done.
    is_woken: bool,
}

/// What a look at the tree found.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    /// When it ended, in seconds since 1970, and how long it took.
    pub(super) at: u64,
    pub(super) took: Duration,
    /// What tells the tree from any other.
    pub(super) digest: String,
    /// The commit of the tree, if it is in a repository.
    pub(super) commit: Option<String>,
    /// Whether the whole tree could be read.
    pub(super) whole: bool,
    /// Mistakes that are those of no single app.
    pub(super) mistakes: Vec<String>,
    /// Why nothing was taken away.
    pub(super) not_pruned: Option<String>,
}

/// What is known of an app.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) entry: Entry,
    pub(super) phase: Phase,
    /// When it was found to be so, in seconds since 1970.
    pub(super) since: u64,
    /// The tree for which it was planned, so that the next look need not.
    pub(super) planned: Option<String>,
}

/// What is being done about an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "phase", rename_all = "camelCase")]
pub(super) enum Phase {
    /// Nothing is to be done, or nothing can.
    Rests,
    /// It waits to be brought in step.
    Queued,
    /// That is under way.
    Running,
    /// It failed, and is tried again.
    Again {
        /// When, in seconds since 1970.
        #[serde(serialize_with = "as_time")]
        at: u64,
        /// How often it was tried.
        tries: u32,
        /// With which tree.
        #[serde(skip)]
        digest: String,
    },
    /// It failed too often. A new commit is a reason to try again, and so is an hour.
    GaveUp {
        /// When, in seconds since 1970.
        #[serde(serialize_with = "as_time")]
        at: u64,
        /// With which tree.
        #[serde(skip)]
        digest: String,
    },
    /// Another app comes first.
    After {
        /// Which one.
        #[serde(rename = "after")]
        app: String,
    },
    /// It may not be changed at this time.
    Closed,
    /// Somebody has changed it at Fly, and that is to stay.
    Kept,
}

/// Something that happened to an app.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    /// In seconds since 1970.
    #[serde(serialize_with = "as_time")]
    pub(super) at: u64,
    pub(super) app: String,
    pub(super) state: State,
    pub(super) summary: String,
    /// The commit of the tree.
    pub(super) commit: Option<String>,
}

/// What was counted since the start.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    pub(super) hooks: BTreeMap<Heard, u64>,
    pub(super) jobs: BTreeMap<&'static str, u64>,
    pub(super) looks: u64,
    pub(super) failed_looks: u64,
    pub(super) running: u64,
    pub(super) unsent: u64,
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heard {
    /// A look waits in the queue because of it.
    Wakes,
    /// It is about something that does not matter here.
    Ignored,
    /// It came before.
    Repeated,
    /// Its signature or its body is not what it has to be.
    Refused,
    /// It is too large.
    TooLarge,
    /// It could not be kept, and nobody was told that it was.
    Unkept,
}

impl Heard {
    pub(super) const ALL: [Self; 6] =
        [Self::Wakes, Self::Ignored, Self::Repeated, Self::Refused, Self::TooLarge, Self::Unkept];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Wakes => "accepted",
            Self::Ignored => "ignored",
            Self::Repeated => "repeated",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
            Self::Unkept => "unkept",
        }
    }
}

impl Board {
    pub(super) fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, heard: Heard) {
        *self.now().counts.hooks.entry(heard).or_default() += 1;
    }

    /// Whether a webhook is about something that matters here. Before the first look, nobody knows what does.
    pub(super) fn matters(&self, delivery: &Delivery) -> bool {
        let now = self.now();
        let is_known = now.look.is_some();
        delivery.is_push && (!is_known || now.repositories.iter().any(|known| is_about(delivery, known)))
    }

    /// Says that there may be something to be done.
    pub(super) fn wake(&self) {
        self.now().is_woken = true;
        self.woken.notify_all();
    }

    /// Waits that long, or until there may be something to be done.
    pub(super) fn wait(&self, time: Duration) {
        let waited = self.woken.wait_timeout_while(self.now(), time, |now| !now.is_woken);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_woken = false;
    }
}

impl Now {
    /// Notes how an app is, and says whether that is news.
    pub(super) fn note(&mut self, at: u64, entry: Entry, phase: Phase) -> Option<Event> {
        let before = self.apps.get(&entry.app);
        let differs = before.is_none_or(|one| one.entry.state != entry.state || one.entry.summary != entry.summary);
        let is_news = match entry.state {
            State::Deployed | State::Destroyed => true,
            State::OutOfSync => differs && phase != Phase::Queued,
            // What was deployed is in step, and so is what the first look finds so.
            State::InSync => before.is_some_and(|one| !matches!(one.entry.state, State::Deployed | State::InSync)),
            _ => differs,
        };
        let since = before.filter(|_| !differs).map_or(at, |one| one.since);
        let event = is_news.then(|| Event {
            at,
            app: entry.app.clone(),
            state: entry.state,
            summary: entry.summary.clone(),
            commit: self.look.as_ref().and_then(|look| look.commit.clone()),
        });
        if let Some(event) = event.clone() {
            self.events.push_front(event);
        }
        self.events.truncate(MOST_EVENTS);
        self.apps.insert(entry.app.clone(), Standing { entry, phase, since, planned: None });
        event
    }

    /// Notes what is being done about an app.
    pub(super) fn phase(&mut self, app: &str, phase: Phase) {
        if let Some(standing) = self.apps.get_mut(app) {
            standing.phase = phase;
        }
    }

    /// Whether nothing is known of the tree, not even that it can't be had, and nobody here is about to find out.
    pub(super) fn is_blind(&self) -> bool {
        self.look.is_none() && self.trouble.is_none() && !self.is_looking
    }

    /// How many apps are in a state.
    pub(super) fn count(&self, state: State) -> usize {
        self.apps.values().filter(|one| one.entry.state == state).count()
    }

    /// How many apps are so.
    pub(super) fn health(&self, health: Health) -> usize {
        self.apps.values().filter(|one| one.entry.health == Some(health)).count()
    }
}

/// A time as RFC 3339 writes it, from seconds since 1970.
pub(super) fn time(at: u64) -> String {
    Timestamp::from_seconds(i64::try_from(at).unwrap_or(i64::MAX / 1000)).to_string()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn as_time<S: Serializer>(at: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time(*at))
}

fn is_about(delivery: &Delivery, repository: &Repository) -> bool {
    if !delivery.repositories.contains(&known_as(&repository.url)) {
        return false;
    }
    let is_pushed = |reference: String| delivery.references.is_empty() || delivery.references.contains(&reference);
    match &repository.reference {
        // Nobody knows which branch that is.
        Reference::Head => true,
        Reference::Branch(name) => is_pushed(format!("refs/heads/{name}")),
        Reference::Tag(name) => is_pushed(format!("refs/tags/{name}")),
        Reference::Commit(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, Look, Phase};
    use crate::files::{Reference, Repository};
    use crate::serve::hooks::Delivery;
    use crate::sync::{Entry, State};

    #[test]
    fn only_pushes_to_what_is_followed_matter() {
        let board = Board::default();
        let repository = |reference| Repository { url: "https://github.com/acme/tree.git".into(), reference };
        let push = |repository: &str, reference: &str| Delivery {
            id: None,
            is_push: true,
            repositories: vec![repository.into()],
            references: vec![reference.into()],
        };
        assert!(board.matters(&push("github.com/acme/else", "refs/heads/main")), "nobody knows yet");
        board.now().look = Some(Look::default());
        board.now().repositories = vec![repository(Reference::Branch("main".into()))];
        assert!(board.matters(&push("github.com/acme/tree", "refs/heads/main")));
        assert!(!board.matters(&push("github.com/acme/tree", "refs/heads/other")));
        assert!(!board.matters(&push("github.com/acme/tree", "refs/tags/main")));
        assert!(!board.matters(&push("github.com/acme/else", "refs/heads/main")));
        let issue = Delivery { is_push: false, ..push("github.com/acme/tree", "refs/heads/main") };
        assert!(!board.matters(&issue));
        // A sender that does not say which branch means all of them.
        assert!(board.matters(&Delivery { references: Vec::new(), ..push("github.com/acme/tree", "") }));
        board.now().repositories = vec![repository(Reference::Head)];
        assert!(board.matters(&push("github.com/acme/tree", "refs/heads/any")));
        board.now().repositories = vec![repository(Reference::Commit("0".repeat(40)))];
        assert!(!board.matters(&push("github.com/acme/tree", "refs/heads/main")));
    }

    #[test]
    fn history_has_what_is_new_and_no_more() {
        let board = Board::default();
        let mut now = board.now();
        let mut note = |state, summary: &str, phase| {
            let entry = Entry {
                app: "shop".into(),
                file: String::new(),
                state,
                summary: summary.into(),
                details: Vec::new(),
                commit: None,
                drifted: false,
                health: None,
            };
            now.note(7, entry, phase).is_some()
        };
        assert!(!note(State::InSync, "as the tree says", Phase::Rests), "the first look");
        assert!(!note(State::OutOfSync, "it is not", Phase::Queued), "what is about to be done");
        assert!(note(State::Deployed, "1 to update", Phase::Rests));
        assert!(note(State::Deployed, "1 to update", Phase::Rests), "each time");
        assert!(!note(State::InSync, "as the tree says", Phase::Rests));
        assert!(note(State::Failed, "it can't be planned", Phase::Queued));
        assert!(!note(State::Failed, "it can't be planned", Phase::Queued), "once");
        assert!(note(State::InSync, "as the tree says", Phase::Rests), "it is mended");
        for _ in 0..1000 {
            note(State::Deployed, "1 to update", Phase::Rests);
        }
        assert_eq!(now.events.len(), super::MOST_EVENTS);
    }
}
