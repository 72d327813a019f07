//! What all connections share, behind one lock: the world, the clock, the faults and the log.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::faults::Faults;
use crate::limits::Limits;
use crate::log::Log;
use crate::moment::Moment;
use crate::world::World;

/// How time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As it does: for people, and for clients that know nothing of this clock.
    Real,
    /// Only when it is told to, by [`Clock::advance`].
    Manual,
    /// It stands while somebody works, and jumps to the next moment at which something happens once
    /// everybody waits. A minute of waiting takes a millisecond then. Clients must sleep on this clock,
    /// with [`Clock::sleep`].
    Skipping,
}

/// Everybody waits if nothing has happened for so long,
const QUIET: Duration = Duration::from_millis(1);

/// or for so long, if a client got an answer and has neither asked nor slept since: it may be at work.
const THINKING: Duration = Duration::from_millis(40);

/// When clocks that don't show real time start: 2026-08-21T10:00:00Z.
const START: Moment = Moment::from_millis(1_787_306_400_000);

#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) calls: Log,
    pub(crate) stopped: bool,
    time: Time,
}

#[derive(Debug)]
struct Time {
    pace: Pace,
    started: Instant,
    /// Who waits until when.
    waiting: BTreeMap<u64, Moment>,
    tickets: u64,
    /// Requests that are worked on and don't wait.
    busy: usize,
    /// Clients that got an answer and have not been heard of since.
    thinking: usize,
    last: Instant,
}

impl Shared {
    pub(crate) fn new(pace: Pace) -> Self {
        let now = Instant::now();
        let time = Time { pace, started: now, waiting: BTreeMap::new(), tickets: 0, busy: 0, thinking: 0, last: now };
        let start = if pace == Pace::Real { real_time() } else { START };
        let state = State {
            world: World::new(start),
            faults: Faults::default(),
            limits: Limits::default(),
            calls: Log::default(),
            stopped: false,
            time,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The state as it is now: what was due has happened.
    pub(crate) fn turn(&self) -> Turn<'_> {
        let mut turn = Turn { shared: self, state: Some(self.state.lock().unwrap_or_else(PoisonError::into_inner)) };
        turn.settle();
        turn
    }

    /// A request comes in.
    pub(crate) fn begin(&self) {
        let mut turn = self.turn();
        turn.time.busy += 1;
        turn.time.thinking = turn.time.thinking.saturating_sub(1);
        turn.time.last = Instant::now();
    }

    /// Its answer went out.
    pub(crate) fn end(&self) {
        let mut turn = self.turn();
        turn.time.busy = turn.time.busy.saturating_sub(1);
        turn.time.thinking += 1;
        turn.time.last = Instant::now();
    }

    /// Nobody waits for anything any more.
    pub(crate) fn stop(&self) {
        self.turn().stopped = true;
    }
}

/// The state, locked. Whoever waits looks again when it is given back.
pub(crate) struct Turn<'s> {
    shared: &'s Shared,
    /// Nothing only while it waits.
    state: Option<MutexGuard<'s, State>>,
}

impl Deref for Turn<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.state.as_deref().unwrap_or_else(|| unreachable!("nobody looks while it waits"))
    }
}

impl DerefMut for Turn<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.state.as_deref_mut().unwrap_or_else(|| unreachable!("nobody looks while it waits"))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.shared.changed.notify_all();
    }
}

impl Turn<'_> {
    /// Lets happen what is due, at its time.
    fn settle(&mut self) {
        let now = if self.time.pace == Pace::Real { real_time() } else { self.world.now };
        self.world.settle(now);
    }

    /// Moves time on. What is due until then happens, each at its time.
    pub(crate) fn advance(&mut self, time: Duration) {
        let to = self.world.now + time;
        self.jump(to);
    }

    fn jump(&mut self, to: Moment) {
        self.world.settle(to);
        self.shared.changed.notify_all();
    }

    /// Waits, as the work on a request, until `check` finds something; until `deadline` at most.
    pub(crate) fn wait_for<T>(
        &mut self,
        deadline: Moment,
        mut check: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        self.time.busy = self.time.busy.saturating_sub(1);
        let found = self.wait(deadline, &mut check, None);
        self.time.busy += 1;
        found
    }

    fn wait<T>(
        &mut self,
        deadline: Moment,
        check: &mut dyn FnMut(&mut State) -> Option<T>,
        cut_short: Option<&dyn Fn() -> bool>,
    ) -> Option<T> {
        let ticket = self.time.tickets;
        self.time.tickets += 1;
        self.time.waiting.insert(ticket, deadline);
        self.shared.changed.notify_all();
        let found = loop {
            self.settle();
            let found = check(self);
            if found.is_some() || self.stopped || self.world.now >= deadline {
                break found;
            }
            if cut_short.is_some_and(|cut_short| cut_short()) {
                break None;
            }
            self.pass(cut_short.is_some());
        };
        self.time.waiting.remove(&ticket);
        self.time.last = Instant::now();
        found
    }

    /// Lets a bit of time pass.
    fn pass(&mut self, watchful: bool) {
        let next = self.time.waiting.values().copied().chain(self.world.next_event()).min();
        let patience = match self.time.pace {
            Pace::Real => next.map_or(Duration::from_secs(1), |next| next.since(self.world.now)),
            Pace::Manual => Duration::from_secs(1),
            Pace::Skipping => {
                let quiet = if self.time.thinking > 0 { THINKING } else { QUIET };
                let left = quiet.saturating_sub(self.time.last.elapsed());
                match next {
                    // Whoever waits until now or before is about to wake up.
                    Some(next) if self.time.busy == 0 && left.is_zero() && next > self.world.now => {
                        self.time.thinking = 0;
                        self.time.last = Instant::now();
                        return self.jump(next);
                    }
                    _ => left.max(Duration::from_micros(200)),
                }
            }
        };
        let patience = if watchful { patience.min(Duration::from_millis(10)) } else { patience };
        if let Some(state) = self.state.take() {
            let (state, _) = (self.shared.changed)
                .wait_timeout(state, patience.max(Duration::from_micros(100)))
                .unwrap_or_else(PoisonError::into_inner);
            self.state = Some(state);
        }
    }
}

/// The fake's clock, for tests and for clients that share their time with it.
#[derive(Debug, Clone)]
pub struct Clock {
    pub(crate) shared: Arc<Shared>,
}

impl Clock {
    /// What time it is.
    pub fn now(&self) -> Moment {
        self.shared.turn().world.now
    }

    /// Lets time pass in another way from now on. It never goes back.
    pub fn set_pace(&self, pace: Pace) {
        self.shared.turn().time.pace = pace;
    }

    /// Moves time on. What is due until then happens, each at its time.
    pub fn advance(&self, time: Duration) {
        self.shared.turn().advance(time);
    }

    /// How many wait on this clock for a moment that is yet to come. Who was waiting for one that has come is about to
    /// wake up, and does not count.
    pub fn waiting(&self) -> usize {
        let turn = self.shared.turn();
        turn.time.waiting.values().filter(|until| **until > turn.world.now).count()
    }

    /// Waits so long on this clock, as a client does between two requests.
    pub fn sleep(&self, time: Duration) {
        self.sleep_unless(time, &|| false);
    }

    /// Waits so long, or until `cut_short` says so, which is asked every few milliseconds. The answer
    /// is whether it was left to sleep.
    pub fn sleep_unless(&self, time: Duration, cut_short: &dyn Fn() -> bool) -> bool {
        let mut turn = self.shared.turn();
        turn.time.thinking = turn.time.thinking.saturating_sub(1);
        turn.time.last = Instant::now();
        let deadline = turn.world.now + time;
        turn.wait::<()>(deadline, &mut |_| None, Some(cut_short));
        turn.time.thinking += 1;
        turn.time.last = Instant::now();
        turn.world.now >= deadline
    }

    /// How long this clock has run in real time.
    pub fn real_time(&self) -> Duration {
        self.shared.turn().time.started.elapsed()
    }
}

fn real_time() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(u64::try_from(since.as_millis()).unwrap_or_default())
}
