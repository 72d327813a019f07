//! Waiting for the state of a machine. fly-go: `flaps/flaps_machines_wait.go`.

use std::time::Duration;

use serde::Deserialize;

use super::{Machine, MachineCalls, MachineState};
use crate::call::{Method, Repeat};
use crate::error::{Error, Kind};
use crate::json::{or_default, words};

words! {
    /// What can be waited for.
    pub enum WaitState {
        /// It runs.
        Started = "started",
        /// It rests.
        Stopped = "stopped",
        /// It sleeps.
        Suspended = "suspended",
        /// It is gone.
        Destroyed = "destroyed",
        /// It failed.
        Failed = "failed",
        /// Any state in which it stays.
        Settled = "settled",
    }
}

/// What to wait for, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    states: Vec<WaitState>,
    version: Option<String>,
    after_event: Option<String>,
    within: Duration,
    fresh: bool,
}

/// How long a single call waits at most: Fly's proxy cuts longer ones off.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a machine that was just created may not be found.
const FRESH: Duration = Duration::from_secs(60);

impl Wait {
    /// For one state, for five minutes.
    pub fn state(state: WaitState) -> Self {
        Self { states: vec![state], version: None, after_event: None, within: Duration::from_secs(300), fresh: false }
    }

    /// Also for this state.
    pub fn or(mut self, state: WaitState) -> Self {
        self.states.push(state);
        self
    }

    /// Only of this version. Without it, what is seen may still be the version before.
    pub fn version(mut self, version: &str) -> Self {
        self.version = Some(version.to_owned());
        self
    }

    /// Only by what happens after this event.
    pub fn after_event(mut self, event: &str) -> Self {
        self.after_event = Some(event.to_owned());
        self
    }

    /// So long at most, on the client's clock.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// The machine was just created, so it may not be found for a while.
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }
}

/// How waiting ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Reached {
    /// The state.
    #[serde(deserialize_with = "or_default")]
    pub state: MachineState,
    /// The version that the machine has.
    #[serde(deserialize_with = "or_default")]
    pub version: String,
    /// The last event.
    #[serde(deserialize_with = "or_default")]
    pub event_id: String,
}

impl MachineCalls<'_> {
    /// Waits until the machine is as wanted. One call after the other waits at Fly, so it is known at once.
    ///
    /// # Errors
    ///
    /// [`Kind::TimedOut`] if it is not in time, with Fly's word on what it is instead.
    pub fn wait(&self, wait: &Wait) -> Result<Reached, Error> {
        let client = self.client();
        let began = client.now();
        let mut pause = Duration::from_millis(500);
        loop {
            let left = wait.within.saturating_sub(client.now().saturating_sub(began));
            let error = match self.wait_once(wait, left) {
                Ok(reached) => return Ok(reached),
                Err(error) => error,
            };
            let waited = client.now().saturating_sub(began);
            let passes = match error.kind() {
                Kind::TimedOut => true,
                Kind::NotFound => wait.fresh && waited < FRESH,
                _ => false,
            };
            if !passes || waited + pause >= wait.within {
                return Err(error);
            }
            // What timed out has waited already.
            if !matches!(error.kind(), Kind::TimedOut) {
                client.sleep(pause)?;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
        }
    }

    fn wait_once(&self, wait: &Wait, left: Duration) -> Result<Reached, Error> {
        let states: Vec<_> = wait.states.iter().map(WaitState::as_str).collect();
        let seconds = left.clamp(Duration::from_secs(1), LONGEST).as_secs();
        let what = format!("wait for {} of", states.join(" or "));
        let call = self
            .call(Method::Get, "/wait", "machines.wait", &what)
            .param("state", &states.join(","))
            .param("timeout", &seconds.to_string())
            .maybe("version", wait.version.as_deref())
            .maybe("from_event_id", wait.after_event.as_deref());
        let call = call.repeat(Repeat::UnlessTimedOut).timeout(Duration::from_secs(seconds + 15));
        self.client().send(&call)
    }

    /// Reads a machine that was just created, and may not be found for a while.
    ///
    /// # Errors
    ///
    /// If it is not found within a minute, or the call fails in another way.
    pub fn get_fresh(&self) -> Result<Machine, Error> {
        self.client().patiently(FRESH, Error::is_not_found, || self.get())
    }
}
