//! Whether a machine works.

use std::time::Duration;

use score_fly_api::logs::LogFilter;
use score_fly_api::machines::{CheckStatus, Machine, MachineState, Wait, WaitState};
use score_fly_api::{Client, Error, Kind};
use score_fly_core::fly::config::Strategy;

use super::outcome::Stands;
use super::run::Run;
use super::trouble::{Check, Ended, Sick, Trouble};
use crate::progress::MachinePhase;

/// How long to wait before looking whether a machine will ever start.
const LOOK: Duration = Duration::from_secs(10);

/// How long machines are watched for crashes: flyctl's smoke checks.
const SMOKE: Duration = Duration::from_secs(10);

/// How long checks that have no result yet are waited for, once all others pass.
const MISSING: Duration = Duration::from_secs(15);

/// How often to look.
const PAUSE: Duration = Duration::from_secs(1);

/// How many lines of the logs go along with bad news.
const LINES: usize = 10;

/// A machine that was created or changed, and is to work.
struct Patient<'p> {
    client: &'p Client,
    /// The answer to the change.
    made: &'p Machine,
    group: &'p str,
}

impl Run<'_> {
    /// Waits until a machine has started and works: its checks pass, or it does not crash for a while.
    pub(super) fn healthy(
        &self,
        client: &Client,
        made: &Machine,
        group: &str,
        skip_launch: bool,
    ) -> Result<(), Trouble> {
        let patient = Patient { client, made, group };
        if self.settings.detach || self.settings.strategy == Strategy::Immediate {
            self.tell(&made.id, group, &made.region, MachinePhase::Done);
            return Ok(());
        }
        let result = if skip_launch { self.settle(&patient) } else { self.start(&patient) };
        match result {
            Ok(()) => {
                let phase = if skip_launch { MachinePhase::Done } else { MachinePhase::Healthy };
                self.tell(&made.id, group, &made.region, phase);
                if skip_launch { Ok(()) } else { self.look_for_listeners(client, made, group) }
            }
            Err(Stop::Trouble(trouble)) => Err(trouble),
            Err(Stop::Sick(sick)) => {
                self.stands(&made.id, group, &made.region, Stands::Failed);
                self.tell(&made.id, group, &made.region, MachinePhase::Failed);
                let (machine, group, region) = (made.id.clone(), group.to_owned(), made.region.clone());
                Err(Trouble::Sick { machine, group, region, sick: Box::new(sick) })
            }
        }
    }

    /// Waits until a machine that stays at rest has what it was given. One that was just created has nothing to go
    /// back to.
    fn settle(&self, patient: &Patient<'_>) -> Result<(), Stop> {
        if self.before(&patient.made.id).is_none() {
            return Ok(());
        }
        let wait = Wait::state(WaitState::Settled).version(&patient.made.instance_id);
        let calls = patient.client.app(self.app());
        let deadline = patient.client.now() + self.settings.wait_timeout;
        loop {
            match calls.machine(&patient.made.id).wait(&wait.clone().within(LOOK)) {
                Err(error) if !is_about_the_machine(&error) => return Err(error.into()),
                _ => {}
            }
            let machine = self.look(patient)?;
            if machine.state.is_settled() {
                return Ok(());
            }
            if patient.client.now() >= deadline {
                return Err(self.not_started(patient, &machine));
            }
        }
    }

    fn start(&self, patient: &Patient<'_>) -> Result<(), Stop> {
        let Patient { client, made, group } = patient;
        self.tell(&made.id, group, &made.region, MachinePhase::Starting);
        let deadline = client.now() + self.settings.wait_timeout;
        let wait = Wait::state(WaitState::Started).or(WaitState::Failed).version(&made.instance_id).fresh();
        loop {
            let left = deadline.saturating_sub(client.now()).min(LOOK);
            match client.app(self.app()).machine(&made.id).wait(&wait.clone().within(left)) {
                Ok(reached) if reached.state == MachineState::Started => break,
                Ok(_) => {}
                Err(error) if is_about_the_machine(&error) => {}
                Err(error) => return Err(error.into()),
            }
            let machine = self.look(patient)?;
            match &machine.state {
                MachineState::Started => break,
                MachineState::Failed | MachineState::LaunchFailed => return Err(self.not_started(patient, &machine)),
                MachineState::Stopped => match Ended::of(&machine) {
                    Some(exit) if exit.code != 0 => return Err(self.not_started(patient, &machine)),
                    // It ran and has rested since, as one does that Fly's proxy stops when nobody needs it.
                    _ => return Ok(()),
                },
                _ if client.now() >= deadline => return Err(self.not_started(patient, &machine)),
                _ => {}
            }
        }
        if let Some(sick) = self.machine_checks(client, made, group).map_err(Stop::Trouble)? {
            return Err(sick.into());
        }
        self.watch_health(patient)
    }

    /// Looks at a machine until its checks pass, or until it has not crashed for a while if it has none.
    fn watch_health(&self, patient: &Patient<'_>) -> Result<(), Stop> {
        let Patient { client, made, group } = patient;
        let expected = made.config.as_ref().map_or(0, score_fly_api::machines::ConfigJson::check_count);
        let began = client.now();
        loop {
            let machine = self.look(patient)?;
            if let Some(exit) = crash(&machine) {
                return Err(Sick::Crashing { exit, lines: self.lines(patient) }.into());
            }
            let waited = client.now().saturating_sub(began);
            if expected == 0 {
                if !self.settings.smoke || waited >= SMOKE || machine.state != MachineState::Started {
                    return Ok(());
                }
            } else {
                let (total, passing) = count(&machine);
                let phase = MachinePhase::Checking { passing, total: total.max(expected) };
                self.tell(&made.id, group, &made.region, phase);
                if total > 0 && passing == total && (total >= expected || waited >= MISSING) {
                    return Ok(());
                }
                if waited >= self.settings.wait_timeout {
                    return Err(self.failing(patient, &machine, waited));
                }
            }
            client.sleep(PAUSE).map_err(Stop::from)?;
        }
    }

    /// Reads a machine, which must still be of the version that it was given, with its image.
    fn look(&self, patient: &Patient<'_>) -> Result<Machine, Stop> {
        let Patient { client, made, .. } = patient;
        let machine = match client.app(self.app()).machine(&made.id).get_fresh() {
            Ok(machine) => machine,
            Err(error) if error.is_not_found() => return Err(Sick::Gone.into()),
            Err(error) => return Err(error.into()),
        };
        if machine.state.is_gone() {
            return Err(Sick::Gone.into());
        }
        let wanted = made.config.as_ref().and_then(|config| config.image()).unwrap_or_default();
        let digest = wanted.split_once('@').map_or(made.image_ref.digest.as_str(), |(_, digest)| digest);
        let runs = &machine.image_ref.digest;
        let is_other_image = !digest.is_empty() && !runs.is_empty() && runs != digest;
        if machine.instance_id != made.instance_id || is_other_image {
            return Err(Sick::Reverted {
                wanted: wanted.to_owned(),
                runs: machine.image_ref.to_string(),
                why: self.why_reverted(patient),
            }
            .into());
        }
        Ok(machine)
    }

    /// What Fly notes about a machine that went back, as far as it does.
    fn why_reverted(&self, patient: &Patient<'_>) -> Option<String> {
        let events = self.cleanup.app(self.app()).machine(&patient.made.id).events(20).ok()?;
        let bad = events.into_iter().find(|event| event.status.contains("fail") || event.kind.contains("fail"))?;
        Some(format!("{} {}", bad.kind, bad.status))
    }

    fn not_started(&self, patient: &Patient<'_>, machine: &Machine) -> Stop {
        let (state, exit) = (machine.state.to_string(), Ended::of(machine));
        Sick::NotStarted { state, exit, lines: self.lines(patient) }.into()
    }

    fn failing(&self, patient: &Patient<'_>, machine: &Machine, waited: Duration) -> Stop {
        let bad = machine.real_checks().filter(|check| check.status != CheckStatus::Passing);
        let checks = bad
            .map(|check| Check {
                name: check.name.clone(),
                status: check.status.to_string(),
                output: check.output.clone(),
            })
            .collect();
        Sick::Failing { checks, waited, lines: self.lines(patient) }.into()
    }

    /// What a machine said last. Without it, the rest is of use as well.
    fn lines(&self, patient: &Patient<'_>) -> Vec<String> {
        self.last_lines(&patient.made.id)
    }

    pub(super) fn last_lines(&self, machine: &str) -> Vec<String> {
        let filter = LogFilter { machine: Some(machine.to_owned()), ..LogFilter::default() };
        let page = self.cleanup.app(self.app()).logs(&filter);
        let lines: Vec<String> = page.into_iter().flat_map(|page| page.lines).map(|line| line.message).collect();
        lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().to_vec()
    }
}

/// Why to look at a machine no longer.
enum Stop {
    Sick(Sick),
    Trouble(Trouble),
}

impl From<Sick> for Stop {
    fn from(sick: Sick) -> Self {
        Self::Sick(sick)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Trouble(error.into())
    }
}

/// Whether an error of waiting says something about the machine, which is then looked at.
fn is_about_the_machine(error: &Error) -> bool {
    matches!(error.kind(), Kind::TimedOut | Kind::Invalid | Kind::WrongState | Kind::NotFound | Kind::VersionMoved)
}

/// superfly/flyctl: `internal/machine/machine_set.go`, smoke checks: it has crashed more than once, and is started
/// again; or it has crashed for good.
fn crash(machine: &Machine) -> Option<Ended> {
    // What ended before it was changed is another one's business.
    let mut since = machine.events.iter().take_while(|event| !matches!(event.kind.as_str(), "update" | "launch"));
    let exit = since.find(|event| event.kind == "exit")?;
    let restarts = exit.request.as_ref().map_or(0, |request| request.restart_count);
    let how = exit.exit()?;
    let again = how.restarting && restarts > 1;
    let for_good =
        matches!(machine.state, MachineState::Stopped | MachineState::Failed) && machine.last_exit().is_some();
    let bad = !how.requested_stop && how.exit_code != 0 && (again || for_good);
    bad.then_some(Ended { code: how.exit_code, out_of_memory: how.oom_killed })
}

/// How many checks have results, and how many pass.
fn count(machine: &Machine) -> (usize, usize) {
    let passing = machine.real_checks().filter(|check| check.status == CheckStatus::Passing).count();
    (machine.real_checks().count(), passing)
}
