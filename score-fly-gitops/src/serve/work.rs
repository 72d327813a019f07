//! Those who work: they take jobs out of the queue, and say there what came of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use score_fly_engine::ops::Context;

use super::board::Board;
use super::clerk::{LOOK, Shared};
use super::notify::Notifier;
use super::options::{Options, Said, jittered};
use crate::queue::{self, Broken, Held, Job, Queue};
use crate::read::{Cache, Gathered};

/// What stands before the name of an app in the key of its job.
pub(super) const APP: &str = "app:";

/// The key of taking away what is not in the tree any more.
pub(super) const PRUNE: &str = "prune:";

/// For how long a job is its worker's, unless that says that it goes on. What a killed controller has begun in a database
/// that it shared is taken up by another one after this.
const LEASE: Duration = Duration::from_secs(30);

/// How often workers look for something that others have put there, or that is due now.
const BEAT: Duration = Duration::from_millis(500);

/// How long a controller waits that knows nothing of the tree, before it asks for a look once more.
const BLIND: Duration = Duration::from_secs(5);

/// A job that was taken so often from workers that ended in the middle of it may be what ended them.
const MOST_TAKEN: u32 = 20;

/// All that works.
pub(super) struct Works<'w> {
    pub(super) context: &'w Context<'w>,
    pub(super) cache: &'w Cache,
    pub(super) options: &'w Options,
    pub(super) said: &'w (dyn Fn(&Said<'_>) + Sync),
    pub(super) board: &'w Board,
    queue: &'w Shared,
    pub(super) notifier: &'w Notifier,
    /// What this process is called in the queue.
    worker: String,
    /// The tree as it was seen last, and what tells it from others.
    pub(super) tree: Mutex<Option<(String, Arc<Gathered>)>>,
    running: AtomicUsize,
    is_over: AtomicBool,
}

/// What came of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// It failed, and may not fail the next time.
    Failed,
    /// The end came in between.
    Interrupted,
}

impl<'w> Works<'w> {
    pub(super) fn new(
        context: &'w Context<'w>,
        cache: &'w Cache,
        options: &'w Options,
        said: &'w (dyn Fn(&Said<'_>) + Sync),
        board: &'w Board,
        queue: &'w Shared,
        notifier: &'w Notifier,
    ) -> Self {
        let (tree, running, is_over) = (Mutex::default(), AtomicUsize::new(0), AtomicBool::new(false));
        let worker = name(context, &options.database);
        Self { context, cache, options, said, board, queue, notifier, worker, tree, running, is_over }
    }

    /// Works until it is cancelled, and until all that is under way then is in order.
    pub(super) fn run(&self) {
        self.take_up();
        thread::scope(|scope| {
            scope.spawn(|| self.beat());
            scope.spawn(|| self.notifier.send_all(&self.is_over));
            let (mut next_look, mut asked) = (Instant::now(), Instant::now());
            while !self.is_cancelled() {
                self.board.now().alive = Some(Instant::now());
                // Another controller may have taken the first look, of which this one knows nothing.
                let is_blind = self.board.now().is_blind() && asked.elapsed() >= BLIND;
                if Instant::now() >= next_look || self.board.now().owes_look || is_blind {
                    asked = Instant::now();
                    let is_kept = self.with(|queue| queue.enqueue(LOOK, "it is time", Duration::ZERO));
                    if is_kept.is_some() {
                        self.board.now().owes_look = false;
                        next_look = Instant::now() + jittered(self.options.every);
                    }
                }
                // One more than was asked for, so that a look need not wait for an app.
                while self.running.load(Ordering::SeqCst) <= self.options.at_once.max(1) && !self.is_cancelled() {
                    let Some(Some(job)) = self.with(|queue| queue.claim(&self.worker, LEASE)) else { break };
                    self.running.fetch_add(1, Ordering::SeqCst);
                    scope.spawn(move || {
                        self.work(&job);
                        self.running.fetch_sub(1, Ordering::SeqCst);
                        self.board.wake();
                    });
                }
                self.board.wait(BEAT);
            }
            (self.said)(&Said::Ending);
            while self.running.load(Ordering::SeqCst) > 0 {
                self.board.wait(BEAT);
            }
            self.is_over.store(true, Ordering::SeqCst);
        });
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.context.cancel.is_cancelled()
    }

    /// Takes up what was left by a controller of this name, which is no more.
    fn take_up(&self) {
        self.with(|queue| queue.beat(&self.worker, Duration::ZERO));
        thread::sleep(Duration::from_millis(10));
        self.with(|queue| queue.recover(MOST_TAKEN));
    }

    /// Says again and again that what is under way goes on, and takes up what others have left.
    fn beat(&self) {
        let mut last = Instant::now();
        while !self.is_over.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(100));
            if last.elapsed() >= LEASE / 6 {
                self.with(|queue| queue.beat(&self.worker, LEASE));
                self.with(|queue| queue.recover(MOST_TAKEN));
                last = Instant::now();
            }
        }
    }

    /// Does something with the queue, and notes whether that works.
    pub(super) fn with<T>(&self, what: impl FnOnce(&mut dyn Queue) -> Result<T, Broken>) -> Option<T> {
        let done = what(self.queue.lock().unwrap_or_else(PoisonError::into_inner).as_mut());
        let trouble = done.as_ref().err().map(|broken| format!("the database does not work: {broken}"));
        let is_news = {
            let mut now = self.board.now();
            let is_news = trouble.is_some() && now.broken != trouble;
            now.broken.clone_from(&trouble);
            is_news
        };
        if let Some(trouble) = trouble.filter(|_| is_news) {
            (self.said)(&Said::Trouble(&trouble));
        }
        done.ok()
    }

    /// Does a job, and settles it in the queue.
    fn work(&self, job: &Job) {
        self.board.now().counts.running += 1;
        let app = job.key.strip_prefix(APP);
        let done = catch_unwind(AssertUnwindSafe(|| match app {
            Some(name) => self.app(name, job),
            None if job.key == LOOK => self.look(),
            None if job.key == PRUNE => self.prune(),
            None => Outcome::Done,
        }));
        let outcome = done.unwrap_or_else(|_| {
            (self.said)(&Said::Trouble(&format!("the job {} ended in a mistake of this program", job.key)));
            Outcome::Failed
        });
        let name = match outcome {
            Outcome::Done => "done",
            Outcome::Failed if job.attempts >= self.options.retries.most => "given_up",
            Outcome::Failed => "failed",
            Outcome::Interrupted => "interrupted",
        };
        let settled = self.settle(job, outcome);
        let mut now = self.board.now();
        now.counts.running -= 1;
        *now.counts.jobs.entry(if settled == Some(Held::Lost) { "lost" } else { name }).or_default() += 1;
    }

    /// Says in the queue what came of a job. As long as that does not work, nobody else may take it for one that is under way.
    fn settle(&self, job: &Job, outcome: Outcome) -> Option<Held> {
        let retries = self.options.retries;
        loop {
            let settled = self.with(|queue| match outcome {
                Outcome::Done => queue.finish(job, &self.worker),
                Outcome::Failed => queue.retry(job, &self.worker, retries.delay(job.attempts), retries.most),
                Outcome::Interrupted => queue.retry(job, &self.worker, Duration::ZERO, u32::MAX),
            });
            if settled.is_some() || self.is_cancelled() {
                return settled;
            }
            thread::sleep(Duration::from_secs(1));
        }
    }
}

/// What a controller is called in the queue. One that begins takes up what was left under its name.
fn name(context: &Context<'_>, database: &queue::Place) -> String {
    let machine = context.environment.variable("FLY_MACHINE_ID").and_then(|id| id.to_str());
    match (database, machine) {
        // There is only one.
        (queue::Place::File(_), _) => "controller".to_owned(),
        (_, Some(machine)) if !machine.is_empty() => machine.to_owned(),
        _ => format!("controller {:016x}", getrandom::u64().unwrap_or_default()),
    }
}
