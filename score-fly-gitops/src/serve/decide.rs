//! What is to be done about an app, after a look at it.

use std::collections::BTreeMap;

use crate::app::App;
use crate::sync::{Entry, State};
use crate::window::may_change;

use super::board::{Phase, Standing};

/// What a decision is made from, beside the app.
#[derive(Debug)]
pub(super) struct Grounds<'g> {
    /// What the look has found, by app.
    pub(super) found: &'g BTreeMap<&'g str, &'g Entry>,
    /// What was known before it.
    pub(super) before: &'g BTreeMap<String, Standing>,
    /// What tells the tree from any other.
    pub(super) digest: &'g str,
    /// In seconds since 1970.
    pub(super) now: u64,
    pub(super) dry_run: bool,
    pub(super) keep_drift: bool,
}

/// An app that failed too often is tried again after so many seconds, with the same tree.
const REST: u64 = 3600;

impl Grounds<'_> {
    /// Decides about an app that is as `entry` says.
    pub(super) fn decide(&self, app: &App, entry: &Entry) -> Phase {
        let is_to_do = match entry.state {
            State::OutOfSync => true,
            // Mistakes in files do not go away by trying.
            State::Failed => app.is_sound(),
            _ => false,
        };
        if !is_to_do || self.dry_run {
            return Phase::Rests;
        }
        if entry.drifted && self.keep_drift {
            return Phase::Kept;
        }
        if !may_change(&app.settings.windows, self.now) {
            return Phase::Closed;
        }
        let is_bad = |name: &&String| self.found.get(name.as_str()).is_some_and(|entry| !is_ready(entry));
        if let Some(first) = app.settings.depends_on.iter().find(is_bad) {
            return Phase::After { app: first.clone() };
        }
        match self.before.get(&app.name).map(|standing| &standing.phase) {
            Some(again @ Phase::Again { digest, .. }) if *digest == wanted(self.digest, entry) => again.clone(),
            Some(given_up @ Phase::GaveUp { at, digest })
                if *digest == wanted(self.digest, entry) && self.now.saturating_sub(*at) < REST =>
            {
                given_up.clone()
            }
            _ => Phase::Queued,
        }
    }
}

/// What tells what is tried from what was tried: the tree, and the commit of the app's own source.
pub(super) fn wanted(tree: &str, entry: &Entry) -> String {
    format!("{tree} {}", entry.commit.as_deref().unwrap_or_default())
}

/// Whether what depends on an app can be deployed.
pub(super) fn is_ready(entry: &Entry) -> bool {
    matches!(entry.state, State::InSync | State::Deployed | State::Suspended)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Grounds;
    use crate::files::{Files, Forest, Place};
    use crate::load::load;
    use crate::serve::board::{Phase, Standing};
    use crate::sync::{Entry, State};

    fn entry(app: &str, state: State) -> Entry {
        let (app, file, summary) = (app.to_owned(), String::new(), String::new());
        Entry { app, file, state, summary, details: Vec::new(), commit: None, drifted: false, health: None }
    }

    #[test]
    fn what_is_not_in_step_is_queued_unless_something_speaks_against_it() {
        let mut files = Files::default();
        files.folders.extend([String::new(), "a".into(), "b".into(), "c".into(), "d".into()]);
        let mut write = |folder: &str, text: &str| files.files.insert(format!("{folder}/app.yaml"), Ok(text.into()));
        write("a", "app: first\n");
        write("b", "app: second\ngitops: {depends_on: [first]}\n");
        write("c", "app: closed\ngitops: {windows: [{days: [sun], from: '00:00', to: '01:00'}]}\n");
        write("d", "app: broken\nhttp_service: {internal_port: many}\n");
        let tree = load(&Forest { trees: [(Place::Here, Ok(files))].into(), ..Forest::default() }, "");
        let app = |name: &str| tree.app(name).unwrap();
        let (first, fine) = (entry("first", State::OutOfSync), entry("first", State::InSync));
        let found = BTreeMap::from([("first", &first)]);
        let all_is_well = BTreeMap::from([("first", &fine)]);
        let mut before = BTreeMap::new();
        // A Saturday.
        let now = 1_795_262_400;
        let grounds = Grounds { found: &found, before: &before, digest: "d", now, dry_run: false, keep_drift: false };

        assert_eq!(grounds.decide(app("first"), &first), Phase::Queued);
        assert_eq!(grounds.decide(app("first"), &fine), Phase::Rests);
        assert_eq!(grounds.decide(app("first"), &entry("first", State::Suspended)), Phase::Rests);
        // Fly may not have answered, which will pass; a mistake does not.
        assert_eq!(grounds.decide(app("first"), &entry("first", State::Failed)), Phase::Queued);
        assert_eq!(grounds.decide(app("broken"), &entry("broken", State::Failed)), Phase::Rests);
        assert_eq!(grounds.decide(app("closed"), &entry("closed", State::OutOfSync)), Phase::Closed);
        let sunday = Grounds { now: now + 45_000, ..grounds };
        assert_eq!(sunday.decide(app("closed"), &entry("closed", State::OutOfSync)), Phase::Queued);
        let second = entry("second", State::OutOfSync);
        assert_eq!(sunday.decide(app("second"), &second), Phase::After { app: "first".into() });
        assert_eq!(Grounds { found: &all_is_well, ..sunday }.decide(app("second"), &second), Phase::Queued);
        let sunday = Grounds { dry_run: true, ..sunday };
        assert_eq!(sunday.decide(app("first"), &first), Phase::Rests);
        let sunday = Grounds { dry_run: false, keep_drift: true, ..sunday };
        assert_eq!(sunday.decide(app("first"), &Entry { drifted: true, ..first.clone() }), Phase::Kept);
        assert_eq!(sunday.decide(app("first"), &first), Phase::Queued);

        let mut decide = |phase: Phase, digest: &str, later: u64| {
            let standing = Standing { entry: first.clone(), phase, since: now, planned: None };
            before.insert("first".to_owned(), standing);
            let (now, keep_drift) = (now + later, false);
            Grounds { found: &found, before: &before, digest, now, dry_run: false, keep_drift }
                .decide(app("first"), &first)
        };
        let again = Phase::Again { at: now + 10, tries: 1, digest: "d ".into() };
        assert_eq!(decide(again.clone(), "d", 60), again, "a look takes nothing from the time between two tries");
        assert_eq!(decide(again, "e", 60), Phase::Queued, "another tree is worth a try");
        let given_up = Phase::GaveUp { at: now, digest: "d ".into() };
        assert_eq!(decide(given_up.clone(), "d", 3599), given_up);
        assert_eq!(decide(given_up.clone(), "d", 3600), Phase::Queued);
        assert_eq!(decide(given_up, "e", 1), Phase::Queued);
    }
}
