//! <https://fly.io/docs/machines/api/machines-resource/>, "Wait for a Machine to reach a specified
//! state"; fly-go: `flaps/flaps_machines_wait.go`.

use std::time::Duration;

use serde_json::json;

use super::{Context, Route, flaps, ok};
use crate::http::Answer;
use crate::refusal::{Refusal, Result, invalid, precondition};
use crate::world::{Machine, Phase};

pub(super) const ROUTES: &[Route] = &[flaps("GET", "/v1/apps/{app}/machines/{id}/wait", "machines.wait", wait)
    .query(&["state", "timeout", "version", "instance_id", "from_event_id"])];

const STATES: [&str; 6] = ["started", "stopped", "suspended", "destroyed", "failed", "settled"];

/// What is waited for.
struct Wanted<'c> {
    states: Vec<&'c str>,
    version: Option<&'c str>,
    after_event: Option<&'c str>,
}

impl Wanted<'_> {
    fn is_reached(&self, machine: &Machine) -> bool {
        let reached =
            |state: &&str| *state == machine.phase.name() || *state == "settled" && machine.phase.is_resting();
        let newer = |event: &str| machine.events.last().is_some_and(|last| last.id.as_str() > event);
        if let Some(version) = self.version.filter(|version| *version != machine.version.id) {
            // A version that was replaced runs no more.
            return machine.former.iter().any(|former| former.id == version)
                && self.states.iter().any(|state| matches!(*state, "stopped" | "destroyed" | "settled"));
        }
        self.states.iter().any(reached) && self.after_event.is_none_or(newer)
    }
}

fn wait(context: &Context<'_>) -> Result<Answer> {
    let states = context.query.iter().filter(|(key, _)| key == "state");
    let mut states: Vec<_> = states.flat_map(|(_, value)| value.split(',')).filter(|state| !state.is_empty()).collect();
    if states.is_empty() {
        states.push("started");
    }
    if let Some(unknown) = states.iter().find(|state| !STATES.contains(*state)) {
        return Err(invalid(format!("invalid_argument: can't wait for state {unknown}")));
    }
    let seconds = context.param("timeout").map(|timeout| timeout.trim_end_matches('s').parse::<u64>());
    let timeout = match seconds {
        None => 60,
        Some(Ok(seconds @ 1..=60)) => seconds,
        Some(_) => return Err(invalid("invalid_argument: timeout must be between 1 and 60 seconds")),
    };
    let version = context.param("version").or_else(|| context.param("instance_id"));
    let wanted = Wanted { states, version, after_event: context.param("from_event_id") };
    let mut turn = context.turn();
    let machine = turn.world.machine(context.app(), context.id())?;
    if wanted.states == ["started"] && machine.held_back && machine.phase != Phase::Started {
        // Measured by others: it was updated while it rested, so nobody starts it.
        return Err(invalid("invalid_argument: machine was updated without being launched"));
    }
    if wanted.states == ["stopped"] && wanted.version.is_none() && machine.phase == Phase::Destroyed {
        return Err(precondition("machine is destroyed"));
    }
    let deadline = turn.world.now + Duration::from_secs(timeout);
    let found = turn.wait_for(deadline, |state| {
        let machine = state.world.machine(context.app(), context.id()).ok()?;
        wanted.is_reached(machine).then(|| {
            let event = machine.events.last().map(|event| event.id.clone());
            json!({ "ok": true, "state": machine.phase.name(), "version": machine.version.id, "event_id": event })
        })
    });
    if let Some(found) = found {
        return ok(&found);
    }
    let state = turn.world.machine(context.app(), context.id())?.phase.name();
    let states = wanted.states.join(" or ");
    let message = format!("deadline_exceeded: machine failed to reach desired state, {states}, currently {state}");
    Err(Refusal::new(408, message))
}
