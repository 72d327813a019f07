//! What is done: looks at the tree, bringing apps in step, and taking away what is not in the tree any more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::board::{Look, Phase};
use super::decide::{Grounds, is_ready, wanted};
use super::keys::hex;
use super::options::{Said, first, now};
use super::work::{APP, Outcome, PRUNE, Works};
use crate::app::App;
use crate::files::Place;
use crate::queue::Job;
use crate::read::{Begin, Gathered, gather};
use crate::sync::{self, Entry, State, SyncReport, errors, sync, take_away};

impl Works<'_> {
    fn memory(&self) -> MutexGuard<'_, Option<(String, Arc<Gathered>)>> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tree as it is now.
    fn gather(&self) -> (String, Arc<Gathered>) {
        let mut gathered = gather(self.context.root, &self.options.begin, self.cache);
        gathered.tree = gathered.tree.with_levels(self.context.levels);
        (digest(&gathered), Arc::new(gathered))
    }

    /// The tree for which a job was asked for, if it is the one that was seen last, or else as it is now.
    fn tree(&self, digest: &str) -> (String, Arc<Gathered>) {
        let mut memory = self.memory();
        match &*memory {
            Some(known) if known.0 == digest => known.clone(),
            _ => {
                let now = self.gather();
                *memory = Some(now.clone());
                now
            }
        }
    }

    /// How a run over some apps is done; over all of them, if none is named.
    fn options(&self, apps: BTreeSet<String>) -> sync::Options {
        sync::Options { apps, now: now(), ..self.options.sync.clone() }
    }

    /// Looks at the tree and at Fly, and has done what is to be done.
    pub(super) fn look(&self) -> Outcome {
        let start = Instant::now();
        self.board.now().is_looking = true;
        let looked = self.find();
        let mut now = self.board.now();
        now.is_looking = false;
        now.counts.looks += 1;
        let trouble = match looked {
            Ok((report, queued)) => {
                now.trouble = None;
                let took = start.elapsed();
                if let Some(look) = &mut now.look {
                    look.took = took;
                }
                drop(now);
                (self.said)(&Said::Looked(&report, queued, took));
                return Outcome::Done;
            }
            Err(None) => return Outcome::Interrupted,
            Err(Some(trouble)) => trouble,
        };
        now.counts.failed_looks += 1;
        now.trouble = Some(trouble.clone());
        drop(now);
        (self.said)(&Said::Trouble(&trouble));
        Outcome::Failed
    }

    /// Finds what is to be done. The error says why that was not possible; nothing if the end came in between.
    fn find(&self) -> Result<(SyncReport, usize), Option<String>> {
        let (digest, gathered) = self.gather();
        let tree = &gathered.tree;
        let is_there = matches!(self.options.begin, Begin::Path(_)) || gathered.commits.contains_key(&Place::Here);
        let mistakes = errors(&tree.diagnostics, &tree.texts);
        if self.is_cancelled() {
            return Err(None);
        }
        if !is_there {
            return Err(Some(mistakes.into_iter().next().unwrap_or_else(|| "the tree can't be had".to_owned())));
        }
        *self.memory() = Some((digest.clone(), Arc::clone(&gathered)));
        let options = sync::Options { dry_run: true, glance: true, ..self.options(BTreeSet::new()) };
        let report = sync(self.context, &gathered, self.cache, &options, &|_| ());
        let mut report = report.map_err(|failure| Some(failure.to_string()))?;
        if self.is_cancelled() {
            return Err(None);
        }
        let phases = self.decide(&gathered, &report, &digest);
        self.plan(&gathered, &mut report, &phases, &digest);
        let look = Look {
            at: now(),
            took: Duration::ZERO,
            digest: digest.clone(),
            commit: gathered.commits.get(&Place::Here).map(|commit| commit.id.clone()),
            whole: report.whole,
            mistakes,
            not_pruned: report.not_pruned.clone(),
        };
        self.board.now().repositories =
            first(&self.options.begin).into_iter().chain(tree.repositories().into_keys()).collect();
        let queued = self.note(look, &report, &phases);
        for name in &queued {
            let asked = self.with(|queue| queue.enqueue(&format!("{APP}{name}"), &digest, Duration::ZERO));
            asked.ok_or_else(|| Some("the database does not work".to_owned()))?;
        }
        self.ask_to_prune(&report);
        self.board.wake();
        Ok((report, queued.len()))
    }

    /// What is to be done about each app.
    fn decide(&self, gathered: &Gathered, report: &SyncReport, digest: &str) -> BTreeMap<String, Phase> {
        let found: BTreeMap<&str, &Entry> = report.apps.iter().map(|entry| (entry.app.as_str(), entry)).collect();
        let before = self.board.now().apps.clone();
        let sync::Options { dry_run, keep_drift, .. } = self.options.sync;
        let grounds = Grounds { found: &found, before: &before, digest, now: now(), dry_run, keep_drift };
        let decide = |app: &App| Some((app.name.clone(), grounds.decide(app, found.get(app.name.as_str())?)));
        gathered.tree.apps.iter().filter_map(decide).collect()
    }

    /// Plans what differs and is left as it is, so that people see what it is about. What was planned for this tree stands.
    fn plan(&self, gathered: &Gathered, report: &mut SyncReport, phases: &BTreeMap<String, Phase>, digest: &str) {
        let mut names = BTreeSet::new();
        {
            let now = self.board.now();
            for entry in report.apps.iter_mut().filter(|entry| entry.state == State::OutOfSync) {
                if !matches!(phases.get(&entry.app), Some(Phase::Rests | Phase::Closed | Phase::Kept)) {
                    continue;
                }
                let known = now.apps.get(&entry.app).filter(|one| one.planned.as_ref() == Some(&wanted(digest, entry)));
                match known {
                    Some(known) => *entry = Entry { health: entry.health, ..known.entry.clone() },
                    None => drop(names.insert(entry.app.clone())),
                }
            }
        }
        if names.is_empty() {
            return;
        }
        let options = sync::Options { dry_run: true, ..self.options(names) };
        let Ok(planned) = sync(self.context, gathered, self.cache, &options, &|_| ()) else { return };
        for planned in planned.apps {
            if let Some(entry) = report.apps.iter_mut().find(|entry| entry.app == planned.app) {
                *entry = planned;
            }
        }
    }

    /// Notes what a look has found. Gives the apps that are to be queued.
    fn note(&self, look: Look, report: &SyncReport, phases: &BTreeMap<String, Phase>) -> Vec<String> {
        let mut board = self.board.now();
        let (at, digest) = (look.at, look.digest.clone());
        board.look = Some(look);
        let mut queued = Vec::new();
        let found: BTreeSet<&String> = report.apps.iter().map(|entry| &entry.app).collect();
        if report.whole {
            board.apps.retain(|name, standing| found.contains(name) || standing.phase == Phase::Running);
        }
        for entry in &report.apps {
            let phase = phases.get(&entry.app).cloned().unwrap_or(Phase::Rests);
            if phase == Phase::Queued {
                queued.push(entry.app.clone());
            }
            // What is under way says itself what came of it.
            if board.apps.get(&entry.app).is_some_and(|standing| standing.phase == Phase::Running) {
                continue;
            }
            let planned = (!entry.details.is_empty()).then(|| wanted(&digest, entry));
            let event = board.note(at, entry.clone(), phase);
            if let Some(standing) = board.apps.get_mut(&entry.app) {
                standing.planned = planned;
            }
            if let Some(event) = event {
                (self.said)(&Said::App(entry));
                self.notifier.tell(event);
            }
        }
        queued
    }

    /// Brings an app in step.
    pub(super) fn app(&self, name: &str, job: &Job) -> Outcome {
        let (digest, gathered) = self.tree(&job.body);
        // It may have gone from the tree since.
        let Some(app) = gathered.tree.app(name) else { return Outcome::Done };
        self.board.now().phase(name, Phase::Running);
        if let Some(outcome) = self.waits(app, &gathered) {
            return outcome;
        }
        let report = sync(self.context, &gathered, self.cache, &self.options([name.to_owned()].into()), &|_| ());
        let entry = match report {
            Ok(report) => report.apps.into_iter().next(),
            Err(failure) => Some(Entry {
                details: vec![failure.to_string()],
                ..Entry::new(app, State::Failed, "there is no way to Fly")
            }),
        };
        let is_interrupted = self.is_cancelled();
        let Some(entry) = entry.filter(|entry| !is_interrupted || entry.state != State::Failed) else {
            self.board.now().phase(name, Phase::Queued);
            return Outcome::Interrupted;
        };
        let at = now();
        let failed = entry.state == State::Failed && app.is_sound();
        let retries = self.options.retries;
        let phase = match entry.state {
            State::Failed if failed && job.attempts >= retries.most => {
                Phase::GaveUp { at, digest: wanted(&digest, &entry) }
            }
            State::Failed if failed => {
                let (at, tries) = (at + retries.delay(job.attempts).as_secs(), job.attempts);
                Phase::Again { at, tries, digest: wanted(&digest, &entry) }
            }
            State::Waiting => Phase::Closed,
            State::OutOfSync => Phase::Kept,
            _ => Phase::Rests,
        };
        let event = self.board.now().note(at, entry.clone(), phase);
        if let Some(event) = event {
            (self.said)(&Said::App(&entry));
            self.notifier.tell(event);
        }
        if is_ready(&entry) {
            self.ask_for_those_after(name, &digest, &gathered);
        }
        if failed { Outcome::Failed } else { Outcome::Done }
    }

    /// What becomes of a job whose app has to wait for another one; nothing if it need not.
    fn waits(&self, app: &App, gathered: &Gathered) -> Option<Outcome> {
        if app.settings.depends_on.is_empty() {
            return None;
        }
        let options = sync::Options {
            dry_run: true,
            glance: true,
            ..self.options(app.settings.depends_on.iter().cloned().collect())
        };
        let Ok(report) = sync(self.context, gathered, self.cache, &options, &|_| ()) else {
            self.board.now().phase(&app.name, Phase::Queued);
            return Some(Outcome::Failed);
        };
        let first = report.apps.iter().find(|entry| !is_ready(entry))?;
        // Whoever brings that one in step asks for this one again.
        self.board.now().phase(&app.name, Phase::After { app: first.app.clone() });
        Some(Outcome::Done)
    }

    /// Has those brought in step that depend on an app, unless they are known to be.
    fn ask_for_those_after(&self, name: &str, digest: &str, gathered: &Gathered) {
        for app in gathered.tree.apps.iter().filter(|app| app.settings.depends_on.iter().any(|first| first == name)) {
            let is_due = self.board.now().apps.get(&app.name).is_none_or(|standing| {
                !is_ready(&standing.entry) && matches!(standing.phase, Phase::After { .. } | Phase::Queued)
            });
            if is_due && !self.options.sync.dry_run {
                self.with(|queue| queue.enqueue(&format!("{APP}{}", app.name), digest, Duration::ZERO));
                self.board.now().phase(&app.name, Phase::Queued);
            }
        }
    }

    /// Has taken away what is not in the tree any more, if that is wanted.
    fn ask_to_prune(&self, report: &SyncReport) {
        let surplus: BTreeSet<String> =
            report.apps.iter().filter(|entry| entry.state == State::Surplus).map(|entry| entry.app.clone()).collect();
        let sync::Options { prune, dry_run, .. } = self.options.sync;
        let is_new = !surplus.is_subset(&self.board.now().left);
        if prune && !dry_run && is_new {
            self.with(|queue| queue.enqueue(PRUNE, "", Duration::ZERO));
        }
    }

    /// Takes away what is not in the tree any more.
    pub(super) fn prune(&self) -> Outcome {
        let ask = |gathered: &Gathered, options: sync::Options| {
            let found =
                take_away(self.context, gathered, self.cache, &options).map_err(|failure| failure.to_string())?;
            found.map_err(|reason| format!("nothing is taken away: {reason}"))
        };
        // An app may have come into the tree, and to Fly, just now: what was at Fly before the tree is read once more, and is
        // not in it then, is not in it any more.
        let (_, gathered) = self.gather();
        let found = ask(&gathered, sync::Options { dry_run: true, ..self.options(BTreeSet::new()) });
        let done = found.and_then(|found| {
            let apps: BTreeSet<String> = found.into_iter().map(|entry| entry.app).collect();
            let (_, gathered) = self.gather();
            if apps.is_empty() { Ok(Vec::new()) } else { ask(&gathered, self.options(apps)) }
        });
        if self.is_cancelled() {
            return Outcome::Interrupted;
        }
        let entries = match done {
            Ok(entries) => entries,
            Err(trouble) => {
                (self.said)(&Said::Trouble(&trouble));
                return Outcome::Failed;
            }
        };
        let at = now();
        let left =
            entries.iter().filter(|entry| entry.state == State::Surplus).map(|entry| entry.app.clone()).collect();
        self.board.now().left = left;
        for entry in entries {
            let event = self.board.now().note(at, entry.clone(), Phase::Rests);
            if let Some(event) = event {
                (self.said)(&Said::App(&entry));
                self.notifier.tell(event);
            }
        }
        Outcome::Done
    }
}

/// What tells a tree from any other.
fn digest(gathered: &Gathered) -> String {
    let mut hash = Sha256::new();
    for (place, commit) in &gathered.commits {
        hash.update(format!("{place:?} {}\n", commit.id));
    }
    for text in &gathered.tree.texts {
        hash.update(format!("{} {}\n", text.name, text.text.len()));
        hash.update(&text.text);
    }
    hex(&hash.finalize())
}
