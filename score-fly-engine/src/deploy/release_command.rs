//! The command that runs before machines change.

use std::time::Duration;

use score_fly_api::machines::{ExitEvent, Machine, MachineState, Wait, WaitState};
use score_fly_api::{Error, Kind};
use score_fly_core::deploy::{Action, label};

use super::machines::Fresh;
use super::run::Run;
use super::trouble::Trouble;
use crate::progress::MachinePhase;

/// How long the machine may take to be ready, and to start.
const READY: Duration = Duration::from_secs(120);

/// As good as without an end: a week.
const LONG: Duration = Duration::from_secs(7 * 86_400);

/// How often to look at the logs while it runs.
const PAUSE: Duration = Duration::from_secs(2);

/// What the plan calls its machine.
const KEY: &str = "release_command";

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
        let made = self.create(self.client, &fresh)?;
        let result = self.run_command(&made);
        // It destroys itself at its end, unless that did not come.
        let gone = result.is_ok() || self.destroy(&self.cleanup, &made.id, group, &made.region).is_ok();
        if gone {
            self.leases.forget(&made.id);
            self.forget(&made.id);
        }
        result
    }

    fn run_command(&self, made: &Machine) -> Result<(), Trouble> {
        let client = self.client;
        let calls = client.app(self.app());
        let machine = calls.machine(&made.id);
        let nonce = self.nonce(&made.id)?;
        let stopped = Wait::state(WaitState::Stopped).version(&made.instance_id).within(READY).fresh();
        machine.wait(&stopped)?;
        let passes = |error: &Error| matches!(error.kind(), Kind::WrongState | Kind::Busy);
        client.patiently(READY, passes, || machine.start(nonce.as_ref()))?;
        self.tell(&made.id, label::RELEASE_COMMAND_GROUP, &made.region, MachinePhase::Running);
        let deadline = client.now() + self.settings.release_timeout.unwrap_or(LONG);
        let mut seen = 0;
        loop {
            seen = self.show_lines(&made.id, seen);
            let left = deadline.saturating_sub(client.now()).min(PAUSE);
            let destroyed = Wait::state(WaitState::Destroyed).within(left);
            match machine.wait(&destroyed) {
                Ok(_) => break,
                Err(error) if error.is_not_found() => break,
                Err(error) if *error.kind() == Kind::TimedOut => {}
                Err(error) => return Err(error.into()),
            }
            // One that does not destroy itself has ended as well.
            if let Some(code) = machine.get().ok().and_then(|machine| at_rest(&machine)) {
                self.show_lines(&made.id, seen);
                return self.ended(made, Some(code));
            }
            if client.now() >= deadline {
                return self.ended(made, None);
            }
        }
        self.show_lines(&made.id, seen);
        let exit = self.exit(made)?;
        self.ended(made, Some(exit.exit_code))
    }

    fn ended(&self, made: &Machine, code: Option<i32>) -> Result<(), Trouble> {
        if code == Some(0) {
            self.tell(&made.id, label::RELEASE_COMMAND_GROUP, &made.region, MachinePhase::Done);
            return Ok(());
        }
        self.tell(&made.id, label::RELEASE_COMMAND_GROUP, &made.region, MachinePhase::Failed);
        Err(Trouble::ReleaseCommand { machine: made.id.clone(), code, lines: self.last_lines(&made.id) })
    }

    /// How it ended. The event may come some moments after the machine is gone.
    fn exit(&self, made: &Machine) -> Result<ExitEvent, Trouble> {
        let calls = self.client.app(self.app());
        let until = self.client.now() + READY;
        loop {
            let machine = calls.machine(&made.id).get();
            let exit = machine.as_ref().ok().and_then(|machine| machine.last_exit().cloned());
            match (exit, machine) {
                (Some(exit), _) => return Ok(exit),
                (None, Err(error)) if !error.is_not_found() => return Err(error.into()),
                (None, _) if self.client.now() >= until => {
                    return self.ended(made, None).map(|()| ExitEvent::default());
                }
                (None, _) => self.client.sleep(Duration::from_millis(500))?,
            }
        }
    }

    /// Shows what it said since the last time.
    fn show_lines(&self, machine: &str, seen: usize) -> usize {
        let filter = score_fly_api::logs::LogFilter { machine: Some(machine.to_owned()), ..Default::default() };
        let Ok(page) = self.cleanup.app(self.app()).logs(&filter) else { return seen };
        for line in page.lines.iter().skip(seen) {
            self.say(&format!("release command | {}", line.message));
        }
        page.lines.len().max(seen)
    }
}

/// The exit code of a machine that has come to rest.
fn at_rest(machine: &Machine) -> Option<i32> {
    let rests = matches!(machine.state, MachineState::Stopped | MachineState::Failed | MachineState::LaunchFailed);
    machine.last_exit().filter(|_| rests).map(|exit| exit.exit_code)
}
