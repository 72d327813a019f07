//! What machines do as time passes, and what they are told to do.

use std::time::Duration;

use serde_json::{Value, json};

use super::machine::{Machine, Phase};
use super::{Event, World};
use crate::refusal::{Refusal, Result, not_found, precondition};

/// What happens to a machine next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// It begins to start.
    Start,
    /// It has started.
    Started,
    /// It comes to rest.
    Settle(Phase),
    /// Its update is done. It starts if it shall; what it did before counts if the image can't be pulled.
    Replaced {
        start: bool,
        before: Phase,
    },
    /// What runs in it exits.
    Exit {
        code: i32,
        oom: bool,
    },
    Destroyed,
}

/// fly-go: `machine_types.go`, `MachineRestart`: on failure, unless told otherwise.
const MAX_RETRIES: u64 = 10;

impl World {
    /// Lets something happen to a machine in a while, unless something else is asked of it before.
    pub(crate) fn then(&mut self, app: &str, id: &str, after: Duration, step: Step) {
        let machine = self.apps.get_mut(app).and_then(|app| app.machines.get_mut(id));
        let Some(machine) = machine else { return };
        machine.generation += 1;
        let generation = machine.generation;
        let event = Event::Machine { app: app.to_owned(), id: id.to_owned(), generation, step };
        self.schedule(after, event);
    }

    fn set(&mut self, app: &str, id: &str, phase: Phase) {
        if let Some(machine) = self.apps.get_mut(app).and_then(|app| app.machines.get_mut(id)) {
            machine.phase = phase;
        }
    }

    pub(super) fn step(&mut self, app: &str, id: &str, generation: u64, step: Step) {
        let machine = self.apps.get(app).and_then(|app| app.machines.get(id));
        let Some(machine) = machine.filter(|machine| machine.generation == generation) else { return };
        let image = Machine::text(machine.config(), "/image").unwrap_or_default();
        let unpullable = self.conditions.is_unpullable(image);
        match step {
            Step::Start if unpullable => {
                self.set(app, id, Phase::Failed);
                self.note((app, id), "launch", "failed", "flyd", None);
            }
            Step::Start => {
                self.set(app, id, Phase::Starting);
                self.then(app, id, self.timings.starting, Step::Started);
            }
            Step::Started => self.started(app, id),
            Step::Settle(phase) => {
                self.set(app, id, phase);
                if phase == Phase::Suspended {
                    self.note((app, id), "suspend", "suspended", "flyd", None);
                }
            }
            Step::Replaced { start, before } if unpullable => self.revert(app, id, start, before),
            Step::Replaced { start: true, .. } => {
                self.set(app, id, Phase::Starting);
                self.then(app, id, Duration::ZERO, Step::Started);
            }
            Step::Replaced { start: false, .. } => self.set(app, id, Phase::Stopped),
            Step::Exit { code, oom } => self.exited(app, id, code, oom),
            Step::Destroyed => self.destroyed(app, id),
        }
    }

    /// superfly/flyctl #4878: after an image that can't be pulled, the former version runs again, and
    /// nothing says so.
    fn revert(&mut self, app: &str, id: &str, start: bool, before: Phase) {
        let machine = self.apps.get_mut(app).and_then(|app| app.machines.get_mut(id));
        if let Some((former, machine)) = machine.and_then(|machine| Some((machine.former.pop()?, machine))) {
            machine.version = former;
        }
        if start || before == Phase::Started {
            self.started(app, id);
        } else {
            self.set(app, id, Phase::Stopped);
        }
    }

    fn started(&mut self, app: &str, id: &str) {
        let now = self.now;
        let Some(entry) = self.apps.get_mut(app) else { return };
        let Some(machine) = entry.machines.get_mut(id) else { return };
        machine.phase = Phase::Started;
        machine.started_at = Some(now);
        machine.held_back = false;
        let (config, region) = (machine.config().clone(), machine.region.clone());
        let behaviour = self.behaviour(app, &config);
        if let Some(entry) = self.apps.get_mut(app) {
            for line in &behaviour.prints {
                entry.log(now, id, &region, line);
            }
        }
        self.note((app, id), "start", "started", "flyd", None);
        if let Some(exit) = behaviour.exit {
            self.then(app, id, exit.after, Step::Exit { code: exit.code, oom: exit.oom });
        }
    }

    fn exited(&mut self, app: &str, id: &str, code: i32, oom: bool) {
        let Some(machine) = self.apps.get_mut(app).and_then(|app| app.machines.get_mut(id)) else { return };
        let config = machine.config().clone();
        let policy = Machine::text(&config, "/restart/policy").unwrap_or("on-failure");
        let most = config.pointer("/restart/max_retries").and_then(Value::as_u64).filter(|most| *most > 0);
        let restarting = match policy {
            "always" => true,
            "on-failure" => code != 0 && machine.restarts < most.unwrap_or(MAX_RETRIES),
            _ => false,
        };
        let ends = !restarting && config.get("auto_destroy").and_then(Value::as_bool).unwrap_or_default();
        machine.restarts += u64::from(restarting);
        let request = self.exit_request(app, id, code, oom, restarting);
        let status = if restarting { "restarting" } else { "stopped" };
        self.note((app, id), "exit", status, "flyd", Some(request));
        let region = self.apps.get(app).and_then(|app| app.machines.get(id)).map(|machine| machine.region.clone());
        let now = self.now;
        if let Some(entry) = self.apps.get_mut(app) {
            let message = format!("Main child exited normally with code: {code}");
            entry.log(now, id, &region.unwrap_or_default(), &message);
        }
        if restarting {
            self.set(app, id, Phase::Restarting);
            self.then(app, id, self.timings.restarting, Step::Started);
        } else if ends {
            self.set(app, id, Phase::Destroying);
            self.then(app, id, self.timings.destroying, Step::Destroyed);
        } else {
            self.set(app, id, Phase::Stopped);
        }
    }

    /// fly-go: `machine_types.go`, `MachineRequest`. Release commands report the same once more as
    /// `MonitorEvent`; every exit has an `exit_event`, which flyctl does not check for.
    fn exit_request(&self, app: &str, id: &str, code: i32, oom: bool, restarting: bool) -> Value {
        let exit = json!({
            "exit_code": code,
            "guest_exit_code": code,
            "guest_signal": -1,
            "oom_killed": oom,
            "requested_stop": false,
            "restarting": restarting,
            "signal": -1,
            "exited_at": self.now.to_string(),
        });
        let machine = self.apps.get(app).and_then(|app| app.machines.get(id));
        let restarts = machine.map_or(0, |machine| machine.restarts);
        let is_release = machine.is_some_and(|machine| {
            Machine::text(machine.config(), "/metadata/fly_process_group") == Some("fly_app_release_command")
        });
        let mut request = json!({ "exit_event": exit, "restart_count": restarts });
        if let (true, Some(object)) = (is_release, request.as_object_mut()) {
            object.insert("MonitorEvent".to_owned(), json!({ "exit_event": exit }));
        }
        request
    }

    fn destroyed(&mut self, app: &str, id: &str) {
        self.set(app, id, Phase::Destroyed);
        self.note((app, id), "destroy", "destroyed", "flyd", None);
        let Some(entry) = self.apps.get_mut(app) else { return };
        if let Some(machine) = entry.machines.get_mut(id) {
            machine.lease = None;
        }
        let held = entry.volumes.values().filter(|volume| volume.attached_to.as_deref() == Some(id));
        let held: Vec<_> = held.map(|volume| volume.id.clone()).collect();
        for volume in held {
            self.schedule(self.timings.detaching, Event::Detach { app: app.to_owned(), volume });
        }
    }

    /// <https://fly.io/docs/machines/api/machines-resource/>, "Start a Machine". The answer is the state
    /// before.
    pub(crate) fn start_machine(&mut self, app: &str, id: &str, nonce: Option<&str>) -> Result<&'static str> {
        let machine = self.machine(app, id)?;
        machine.check_lease(nonce, self.now)?;
        let phase = machine.phase;
        match phase {
            Phase::Stopped | Phase::Suspended | Phase::Failed => {}
            Phase::Destroyed => return Err(not_found("machine not found")),
            Phase::Replacing => return Err(precondition("machine getting replaced, refusing to start")),
            other => {
                let message = format!("unable to start machine from current state: '{}'", other.name());
                return Err(precondition(&message));
            }
        }
        if self.conditions.full_hosts.contains(id) {
            let message = "aborted: could not reserve resource for machine: insufficient CPUs available to fulfill \
                           request on the current host";
            return Err(Refusal::new(409, message));
        }
        self.note((app, id), "start", "starting", "user", None);
        self.set(app, id, Phase::Starting);
        self.then(app, id, self.timings.starting, Step::Started);
        Ok(phase.name())
    }

    /// "Stop a Machine" and "Suspend a Machine" there.
    pub(crate) fn halt_machine(&mut self, app: &str, id: &str, suspend: bool) -> Result<()> {
        let phase = self.machine(app, id)?.phase;
        match phase {
            Phase::Started | Phase::Starting | Phase::Restarting => {}
            Phase::Stopped | Phase::Stopping if !suspend => return Ok(()),
            Phase::Suspended | Phase::Suspending if suspend => return Ok(()),
            Phase::Destroyed => return Err(not_found("machine not found")),
            other => {
                let what = if suspend { "suspend" } else { "stop" };
                return Err(precondition(&format!("unable to {what} machine from current state: '{}'", other.name())));
            }
        }
        if suspend {
            self.set(app, id, Phase::Suspending);
            self.then(app, id, self.timings.stopping, Step::Settle(Phase::Suspended));
            return Ok(());
        }
        self.note((app, id), "stop", "stopping", "user", None);
        self.set(app, id, Phase::Stopping);
        let exit = json!({
            "exit_code": 0, "guest_exit_code": 0, "guest_signal": -1, "oom_killed": false, "requested_stop": true,
            "restarting": false, "signal": -1, "exited_at": self.now.to_string(),
        });
        self.note((app, id), "exit", "stopped", "flyd", Some(json!({ "exit_event": exit, "restart_count": 0 })));
        self.then(app, id, self.timings.stopping, Step::Settle(Phase::Stopped));
        Ok(())
    }

    /// "Restart a Machine" there.
    pub(crate) fn restart_machine(&mut self, app: &str, id: &str, nonce: Option<&str>) -> Result<()> {
        let machine = self.machine(app, id)?;
        machine.check_lease(nonce, self.now)?;
        if machine.phase != Phase::Started {
            let message = format!("unable to restart machine from current state: '{}'", machine.phase.name());
            return Err(precondition(&message));
        }
        self.note((app, id), "restart", "restarting", "user", None);
        self.set(app, id, Phase::Restarting);
        self.then(app, id, self.timings.restarting, Step::Started);
        Ok(())
    }

    /// "Send a signal" there. Signals that end a program do.
    pub(crate) fn signal_machine(&mut self, app: &str, id: &str, number: i32) -> Result<()> {
        if self.machine(app, id)?.phase != Phase::Started {
            return Err(precondition("machine is not running"));
        }
        if matches!(number, 2 | 3 | 9 | 15) {
            self.then(app, id, Duration::ZERO, Step::Exit { code: 128 + number, oom: false });
            let now = self.now;
            self.settle(now);
        }
        Ok(())
    }

    /// "Delete a Machine" there.
    pub(crate) fn destroy_machine(&mut self, app: &str, id: &str, force: bool) -> Result<()> {
        match self.machine(app, id)?.phase {
            Phase::Destroyed => return Err(not_found("machine not found")),
            Phase::Destroying => return Ok(()),
            Phase::Stopped | Phase::Suspended | Phase::Failed | Phase::Created => {}
            _ if force => {}
            _ => {
                let message = "unable to destroy machine, not currently stopped, suspended, failed or created";
                return Err(precondition(message));
            }
        }
        self.note((app, id), "destroy", "destroying", "user", None);
        self.set(app, id, Phase::Destroying);
        self.then(app, id, self.timings.destroying, Step::Destroyed);
        Ok(())
    }
}
