//! Commands with a machine of their own, such as the one that runs before others change.

use std::time::Duration;

use score_fly_api::machines::{Machine, MachineState, Wait, WaitState};
use score_fly_api::{Client, Error, Kind};
use score_fly_core::deploy::{Action, label};

use super::machines::Fresh;
use super::run::Run;
use super::trouble::{Sick, Trouble};
use crate::progress::MachinePhase;

/// How long the machine may take to be ready, and to start.
const READY: Duration = Duration::from_secs(120);

/// As good as without an end: a week.
const LONG: Duration = Duration::from_secs(7 * 86_400);

/// How often to look at the logs while it runs.
const PAUSE: Duration = Duration::from_secs(2);

/// What the plan calls its machine.
const KEY: &str = "release_command";

/// How a command ended that had a machine of its own.
pub(super) struct Ended {
    /// Its exit code; nothing if it did not end in time.
    code: Option<i32>,
    /// What it said last, if it failed.
    lines: Vec<String>,
}

impl Ended {
    /// The exit code of one that failed, if it ended, and what it said last.
    pub(super) fn failure(self) -> Option<(Option<i32>, Vec<String>)> {
        (self.code != Some(0)).then_some((self.code, self.lines))
    }
}

impl Run<'_> {
    /// Runs the release command, on a machine of its own, which goes again in any case.
    pub(super) fn release_command(
        &self,
        action: &Action,
        command: &[String],
        region: Option<&str>,
    ) -> Result<(), Trouble> {
        self.say(&format!("running the release command: {}", command.join(" ")));
        let config = self.config(action, KEY, None, &[]);
        let group = label::RELEASE_COMMAND_GROUP;
        let fresh = Fresh { key: KEY, group, region, config, skip_launch: true, cordoned: false };
        let ended = self.run_alone(self.client, &fresh, self.settings.release_timeout, "release command")?;
        match ended.failure() {
            None => Ok(()),
            Some((code, lines)) => Err(Trouble::ReleaseCommand { code, lines }),
        }
    }

    /// Runs what a new machine is made for, within this time, if there is a limit. The machine goes in any case. `what`
    /// stands before what it says.
    pub(super) fn run_alone(
        &self,
        client: &Client,
        fresh: &Fresh<'_>,
        within: Option<Duration>,
        what: &str,
    ) -> Result<Ended, Trouble> {
        let made = self.create(client, fresh)?;
        let result = self.watch_alone(client, &made, fresh, within, what);
        // It destroys itself at its end, unless that did not come.
        let is_over = matches!(result, Ok(Ended { code: Some(0), .. }));
        if is_over || self.destroy(&self.cleanup, &made.id, fresh.group, &made.region).is_ok() {
            self.leases.forget(&made.id);
            self.forget(&made.id);
        }
        result
    }

    fn watch_alone(
        &self,
        client: &Client,
        made: &Machine,
        fresh: &Fresh<'_>,
        within: Option<Duration>,
        what: &str,
    ) -> Result<Ended, Trouble> {
        let calls = client.app(self.app());
        let machine = calls.machine(&made.id);
        if fresh.skip_launch {
            let nonce = self.nonce(&made.id)?;
            let stopped = Wait::state(WaitState::Stopped).version(&made.instance_id).within(READY).fresh();
            machine.wait(&stopped)?;
            let passes = |error: &Error| matches!(error.kind(), Kind::WrongState | Kind::Busy);
            client.patiently(READY, passes, || machine.start(nonce.as_ref()))?;
        }
        self.tell(&made.id, fresh.group, &made.region, MachinePhase::Running);
        let deadline = client.now() + within.unwrap_or(LONG);
        let mut seen = 0;
        loop {
            seen = self.show_lines(&made.id, seen, what);
            let left = deadline.saturating_sub(client.now()).min(PAUSE);
            let destroyed = Wait::state(WaitState::Destroyed).within(left);
            match machine.wait(&destroyed) {
                Ok(_) => break,
                Err(error) if error.is_not_found() => break,
                Err(error) if *error.kind() == Kind::TimedOut => {}
                Err(error) => return Err(error.into()),
            }
            // One that does not destroy itself has ended as well, or never began.
            if let Some(machine) = machine.get().ok().filter(at_rest) {
                self.show_lines(&made.id, seen, what);
                return match machine.last_exit() {
                    Some(exit) => Ok(self.ended(made, fresh.group, Some(exit.exit_code))),
                    None => Err(self.never_ran(&machine, fresh.group)),
                };
            }
            if client.now() >= deadline {
                return Ok(self.ended(made, fresh.group, None));
            }
        }
        self.show_lines(&made.id, seen, what);
        let code = self.exit_code(client, made)?;
        Ok(self.ended(made, fresh.group, code))
    }

    fn ended(&self, made: &Machine, group: &str, code: Option<i32>) -> Ended {
        let phase = if code == Some(0) { MachinePhase::Done } else { MachinePhase::Failed };
        self.tell(&made.id, group, &made.region, phase);
        let lines = if code == Some(0) { Vec::new() } else { self.last_lines(&made.id) };
        Ended { code, lines }
    }

    fn never_ran(&self, machine: &Machine, group: &str) -> Trouble {
        let (state, lines) = (machine.state.to_string(), self.last_lines(&machine.id));
        Trouble::Sick {
            machine: machine.id.clone(),
            group: group.to_owned(),
            region: machine.region.clone(),
            sick: Box::new(Sick::NotStarted { state, exit: None, lines }),
        }
    }

    /// How it ended, if that gets known. The event may come some moments after the machine is gone.
    fn exit_code(&self, client: &Client, made: &Machine) -> Result<Option<i32>, Trouble> {
        let calls = client.app(self.app());
        let until = client.now() + READY;
        loop {
            let machine = calls.machine(&made.id).get();
            let exit = machine.as_ref().ok().and_then(|machine| machine.last_exit().cloned());
            match (exit, machine) {
                (Some(exit), _) => return Ok(Some(exit.exit_code)),
                (None, Err(error)) if !error.is_not_found() => return Err(error.into()),
                (None, _) if client.now() >= until => return Ok(None),
                (None, _) => client.sleep(Duration::from_millis(500))?,
            }
        }
    }

    /// Shows what it said since the last time.
    fn show_lines(&self, machine: &str, seen: usize, what: &str) -> usize {
        let filter = score_fly_api::logs::LogFilter { machine: Some(machine.to_owned()), ..Default::default() };
        let Ok(page) = self.cleanup.app(self.app()).logs(&filter) else { return seen };
        for line in page.lines.iter().skip(seen) {
            self.say(&format!("{what} | {}", line.message));
        }
        page.lines.len().max(seen)
    }
}

/// Whether a machine has come to rest: by itself, or since it can't be started.
fn at_rest(machine: &Machine) -> bool {
    match machine.state {
        MachineState::Stopped => machine.last_exit().is_some(),
        MachineState::Failed | MachineState::LaunchFailed => true,
        _ => false,
    }
}
