//! fly-go: `flaps/flaps_machines.go` and `machine_types.go`;
//! <https://fly.io/docs/machines/api/machines-resource/>.

use serde_json::{Value, json};

use super::{Context, Route, done, flaps, ok};
use crate::config::CONFIG;
use crate::http::Answer;
use crate::limits::Rate;
use crate::refusal::{Refusal, Result, invalid, not_found, precondition};
use crate::shape::Shape::{Bool, Count, Map, Object, Or, Text, Time};
use crate::shape::{Shape, TEXTS, may, must};
use crate::world::{App, Launch, Machine, Phase, World};

const LAUNCH: Shape = Object(&[
    must("config", CONFIG),
    may("region", Text),
    may("name", Text),
    may("skip_launch", Bool),
    may("skip_service_registration", Bool),
    may("lease_ttl", Count),
    may("skip_secrets", Bool),
    may("min_secrets_version", Count),
    may("current_version", Text),
    may("lsvd", Bool),
]);

const EXEC: Shape = Object(&[
    may("command", TEXTS),
    may("cmd", Text),
    may("stdin", Text),
    may("timeout", Count),
    may("container", Text),
    may("machine", Bool),
]);

/// fly-go's Kill sends a number.
const SIGNAL: Shape = Object(&[must("signal", Or(&Text, &Count))]);

const STOP: Shape = Object(&[may("id", Text), may("signal", Text), may("timeout", Time)]);

const METADATA: Shape = Object(&[must("metadata", Map(&Text)), may("machine_version", Text), may("updated_at", Text)]);

pub(super) const ROUTES: &[Route] = &[
    flaps("GET", "/v1/apps/{app}/machines", "machines.list", list).query(&[
        "include_deleted",
        "include_leases",
        "region",
        "state",
        "summary",
        "metadata.*",
    ]),
    flaps("POST", "/v1/apps/{app}/machines", "machines.create", create).must(LAUNCH),
    flaps("GET", "/v1/apps/{app}/machines/{id}", "machines.get", get)
        .query(&["include_leases"])
        .rate(Rate::GET_MACHINE),
    flaps("POST", "/v1/apps/{app}/machines/{id}", "machines.update", update).must(LAUNCH),
    flaps("DELETE", "/v1/apps/{app}/machines/{id}", "machines.delete", delete).query(&["force", "kill"]),
    flaps("POST", "/v1/apps/{app}/machines/{id}/start", "machines.start", start),
    flaps("POST", "/v1/apps/{app}/machines/{id}/stop", "machines.stop", stop).may(STOP),
    flaps("POST", "/v1/apps/{app}/machines/{id}/suspend", "machines.suspend", suspend),
    flaps("POST", "/v1/apps/{app}/machines/{id}/restart", "machines.restart", restart).query(&[
        "timeout",
        "signal",
        "force_stop",
    ]),
    flaps("POST", "/v1/apps/{app}/machines/{id}/signal", "machines.signal", signal).must(SIGNAL),
    flaps("POST", "/v1/apps/{app}/machines/{id}/cordon", "machines.cordon", cordon),
    flaps("POST", "/v1/apps/{app}/machines/{id}/uncordon", "machines.uncordon", uncordon),
    flaps("POST", "/v1/apps/{app}/machines/{id}/exec", "machines.exec", exec).must(EXEC),
    flaps("GET", "/v1/apps/{app}/machines/{id}/ps", "machines.ps", ps).query(&["sort_by", "order"]),
    flaps("GET", "/v1/apps/{app}/machines/{id}/events", "machines.events", events).query(&["limit"]),
    flaps("GET", "/v1/apps/{app}/machines/{id}/versions", "machines.versions", versions),
    flaps("GET", "/v1/apps/{app}/machines/{id}/metadata", "metadata.get", metadata),
    flaps("PUT", "/v1/apps/{app}/machines/{id}/metadata", "metadata.replace", replace_metadata).must(METADATA),
    flaps("PATCH", "/v1/apps/{app}/machines/{id}/metadata", "metadata.merge", merge_metadata).must(METADATA),
    flaps("GET", "/v1/apps/{app}/machines/{id}/metadata/{key}", "metadata.get_key", metadata_key),
    flaps("POST", "/v1/apps/{app}/machines/{id}/metadata/{key}", "metadata.set_key", set_metadata)
        .must(Object(&[must("value", Text)])),
    flaps("DELETE", "/v1/apps/{app}/machines/{id}/metadata/{key}", "metadata.delete_key", delete_metadata),
];

fn list(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let world = &turn.world;
    let app = world.app(context.app())?;
    let summary = context.flag("summary");
    let machines = app.machines.values().filter(|machine| is_wanted(context, world, machine));
    let machines = machines.map(|machine| {
        let mut json = view(context, world, app, machine);
        if let (true, Some(object)) = (summary, json.as_object_mut()) {
            object.remove("config");
        }
        json
    });
    ok(&machines.collect())
}

fn is_wanted(context: &Context<'_>, world: &World, machine: &Machine) -> bool {
    let gone = machine.phase == Phase::Destroyed;
    let fresh = world.is_fresh(machine.created_at, world.conditions.fresh_not_found);
    let states = context.param("state").map(|states| states.split(',').collect::<Vec<_>>());
    let labels = context.query.iter().filter_map(|(key, value)| Some((key.strip_prefix("metadata.")?, value)));
    (context.flag("include_deleted") || !gone)
        && !fresh
        && context.param("region").is_none_or(|region| region == machine.region)
        && states.is_none_or(|states| states.contains(&machine.phase.name()))
        && labels.into_iter().all(|(key, value)| {
            machine.config().get("metadata").and_then(|labels| labels.get(key)?.as_str()) == Some(value)
        })
}

/// A machine as it is shown, with its lease if that was asked for.
fn view(context: &Context<'_>, world: &World, app: &App, machine: &Machine) -> Value {
    let mut json = world.machine_json(app, machine);
    let lease = machine.lease(world.now).filter(|_| context.flag("include_leases"));
    if let (Some(lease), Some(object)) = (lease, json.as_object_mut()) {
        let lease = json!({
            "owner": lease.owner, "expires_at": lease.expires.seconds(), "description": lease.description,
        });
        object.insert("lease".to_owned(), lease);
    }
    json
}

fn launch<'c>(context: &'c Context<'_>, config: &'c Value) -> Launch<'c> {
    Launch {
        config,
        region: context.text("region"),
        name: context.text("name"),
        held_back: context.is_set("skip_launch"),
        cordoned: context.is_set("skip_service_registration"),
        lease_ttl: context.count("lease_ttl"),
        min_secrets_version: context.count("min_secrets_version"),
        current_version: context.body.get("current_version").and_then(Value::as_str).filter(|text| !text.is_empty()),
        owner: &context.owner,
    }
}

/// A machine right after something was asked of it, whether it is found yet or not.
fn answer(world: &World, app: &str, id: &str) -> Result<Value> {
    let app = world.app(app)?;
    let machine = app.machines.get(id).ok_or_else(|| not_found("machine not found"))?;
    Ok(world.machine_json(app, machine))
}

fn create(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let config = context.body.get("config").cloned().unwrap_or_default();
    let id = turn.world.create_machine(context.app(), &launch(context, &config))?;
    ok(&with_nonce(&turn.world, context, &id)?)
}

/// The answer to a change, with the `nonce` of the lease if one was asked for.
fn with_nonce(world: &World, context: &Context<'_>, id: &str) -> Result<Value> {
    let mut json = answer(world, context.app(), id)?;
    let machine = world.apps.get(context.app()).and_then(|app| app.machines.get(id));
    let lease = machine.and_then(|machine| machine.lease.as_ref()).filter(|_| context.count("lease_ttl").is_some());
    if let (Some(lease), Some(object)) = (lease, json.as_object_mut()) {
        object.insert("nonce".to_owned(), json!(lease.nonce));
    }
    Ok(json)
}

fn get(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let app = turn.world.app(context.app())?;
    let machine = turn.world.machine(context.app(), context.id())?;
    ok(&view(context, &turn.world, app, machine))
}

fn update(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let config = context.body.get("config").cloned().unwrap_or_default();
    turn.world.update_machine(context.app(), context.id(), &launch(context, &config), context.nonce())?;
    ok(&with_nonce(&turn.world, context, context.id())?)
}

/// Waits until nobody else holds the lease. Stop and delete are not refused but kept waiting, as was
/// measured against the live service by others.
fn wait_for_lease<'c>(context: &'c Context<'_>) -> Result<super::Turn<'c>> {
    let mut turn = context.turn();
    loop {
        let now = turn.world.now;
        let machine = turn.world.machine(context.app(), context.id())?;
        let Some(lease) = machine.held_by_other(context.nonce(), now) else { return Ok(turn) };
        let until = lease.expires;
        turn.wait_for(until, |state| {
            let now = state.world.now;
            let machine = state.world.machine(context.app(), context.id()).ok();
            machine.is_none_or(|machine| machine.held_by_other(context.nonce(), now).is_none()).then_some(())
        });
        if turn.stopped {
            return Err(Refusal::new(503, "shutting down"));
        }
    }
}

/// fly-go sends `kill`, the pages say `force`.
fn delete(context: &Context<'_>) -> Result<Answer> {
    let mut turn = wait_for_lease(context)?;
    let force = context.flag("force") || context.flag("kill");
    turn.world.destroy_machine(context.app(), context.id(), force)?;
    done()
}

fn start(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let before = turn.world.start_machine(context.app(), context.id(), context.nonce())?;
    ok(&json!({ "previous_state": before, "migrated": false, "new_host": "" }))
}

fn stop(context: &Context<'_>) -> Result<Answer> {
    let mut turn = wait_for_lease(context)?;
    turn.world.halt_machine(context.app(), context.id(), false)?;
    done()
}

fn suspend(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let now = turn.world.now;
    turn.world.machine(context.app(), context.id())?.check_lease(context.nonce(), now)?;
    turn.world.halt_machine(context.app(), context.id(), true)?;
    done()
}

fn restart(context: &Context<'_>) -> Result<Answer> {
    context.turn().world.restart_machine(context.app(), context.id(), context.nonce())?;
    done()
}

fn signal(context: &Context<'_>) -> Result<Answer> {
    let signal = context.body.get("signal").cloned().unwrap_or_default();
    let number = match (signal.as_str(), signal.as_i64()) {
        (Some("SIGHUP"), _) => 1,
        (Some("SIGINT"), _) => 2,
        (Some("SIGQUIT"), _) => 3,
        (Some("SIGKILL"), _) | (_, Some(9)) => 9,
        (Some("SIGUSR1"), _) => 10,
        (Some("SIGUSR2"), _) => 12,
        (Some("SIGTERM"), _) | (_, Some(15)) => 15,
        _ => return Err(invalid("invalid_argument: unknown signal")),
    };
    context.turn().world.signal_machine(context.app(), context.id(), number)?;
    done()
}

fn cordon(context: &Context<'_>) -> Result<Answer> {
    context.turn().world.machine_mut(context.app(), context.id())?.cordoned = true;
    done()
}

fn uncordon(context: &Context<'_>) -> Result<Answer> {
    context.turn().world.machine_mut(context.app(), context.id())?.cordoned = false;
    done()
}

/// Nothing really runs here. What commands answer can be set; others succeed and say nothing.
fn exec(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    if turn.world.machine(context.app(), context.id())?.phase != Phase::Started {
        return Err(precondition("machine not running"));
    }
    let words = context.body.get("command").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let words: Vec<&str> = words.collect();
    let command = if context.text("cmd").is_empty() { words.join(" ") } else { context.text("cmd").to_owned() };
    if command.is_empty() {
        return Err(invalid("invalid_argument: command is required"));
    }
    let known = turn.world.conditions.commands.iter().find(|known| command.contains(&known.contains)).cloned();
    turn.world.executed.push((context.id().to_owned(), command));
    let known = known.map(|known| (known.exit_code, known.stdout, known.stderr));
    let printed = known
        .or_else(|| turn.world.in_postgres(context.app(), context.id(), &words, context.text("stdin")))
        .unwrap_or_default();
    let (code, stdout, stderr) = printed;
    ok(&json!({ "exit_code": code, "exit_signal": 0, "stdout": stdout, "stderr": stderr }))
}

/// fly-go: `machine_types.go`, `ProcessStat`.
fn ps(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let machine = turn.world.machine(context.app(), context.id())?;
    if machine.phase != Phase::Started {
        return Err(precondition("machine not running"));
    }
    let services = machine.config().get("services").and_then(Value::as_array).into_iter().flatten();
    let ports = services.filter_map(|service| service.get("internal_port")?.as_u64());
    let listens = turn.world.behaviour(context.app(), machine.config()).listens;
    let ports = listens.map_or_else(|| ports.collect(), |ports| ports.into_iter().map(u64::from).collect::<Vec<_>>());
    let sockets = ports.iter().map(|port| json!({ "proto": "tcp", "address": format!("[::]:{port}") }));
    ok(&json!([{
        "pid": 514, "stime": 1, "rtime": 9, "command": "/app", "directory": "/", "cpu": 0, "rss": 9000,
        "listen_sockets": sockets.collect::<Vec<_>>(),
    }]))
}

fn events(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let limit = match context.param("limit").map(str::parse::<usize>) {
        None => 20,
        Some(Ok(limit @ 1..=50)) => limit,
        Some(_) => return Err(invalid("invalid_argument: limit must be between 1 and 50")),
    };
    let machine = turn.world.machine(context.app(), context.id())?;
    ok(&machine.events.iter().rev().take(limit).map(crate::world::Happened::json).collect())
}

/// The newest first.
fn versions(context: &Context<'_>) -> Result<Answer> {
    let turn = context.turn();
    let machine = turn.world.machine(context.app(), context.id())?;
    let versions = std::iter::once(&machine.version).chain(machine.former.iter().rev());
    ok(&versions.map(|version| json!({ "version": version.id, "user_config": version.config })).collect())
}

/// The labels of a machine. They can be changed without a new version, and whoever has its lease.
fn labels<'w>(turn: &'w mut super::Turn<'_>, context: &Context<'_>) -> Result<&'w mut serde_json::Map<String, Value>> {
    let machine = turn.world.machine_mut(context.app(), context.id())?;
    let config = machine.version.config.as_object_mut();
    let labels = config.and_then(|config| config.entry("metadata").or_insert_with(|| json!({})).as_object_mut());
    labels.ok_or_else(|| invalid("invalid_argument: metadata is no object"))
}

fn metadata(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let labels = labels(&mut turn, context)?.clone();
    ok(&labels.into())
}

fn metadata_key(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    let value = labels(&mut turn, context)?.get(context.part("key")).cloned();
    let value = value.ok_or_else(|| not_found("metadata key not found"))?;
    ok(&json!({ "value": value }))
}

fn set_metadata(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    labels(&mut turn, context)?.insert(context.part("key").to_owned(), json!(context.text("value")));
    Ok(Answer::empty(204))
}

fn delete_metadata(context: &Context<'_>) -> Result<Answer> {
    let mut turn = context.turn();
    labels(&mut turn, context)?.remove(context.part("key"));
    Ok(Answer::empty(204))
}

fn replace_metadata(context: &Context<'_>) -> Result<Answer> {
    change_metadata(context, true)
}

fn merge_metadata(context: &Context<'_>) -> Result<Answer> {
    change_metadata(context, false)
}

/// Refused if the machine is not of the version that was seen.
fn change_metadata(context: &Context<'_>, whole: bool) -> Result<Answer> {
    let mut turn = context.turn();
    let version = turn.world.machine(context.app(), context.id())?.version.id.clone();
    let seen = context.text("machine_version");
    if !seen.is_empty() && seen != version {
        return Err(precondition("machine version does not match"));
    }
    let labels = labels(&mut turn, context)?;
    if whole {
        labels.clear();
    }
    for (key, value) in context.body.get("metadata").and_then(Value::as_object).into_iter().flatten() {
        if value.is_null() {
            labels.remove(key);
        } else {
            labels.insert(key.clone(), value.clone());
        }
    }
    Ok(Answer::empty(204))
}
