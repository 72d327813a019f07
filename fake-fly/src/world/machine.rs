//! Machines as they are.

use serde_json::{Value, json};

use super::{ImageRef, World};
use crate::moment::Moment;
use crate::refusal::{Refusal, Result, not_found};

/// <https://fly.io/docs/machines/machine-states/>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Created,
    Starting,
    Started,
    Stopping,
    Stopped,
    Suspending,
    Suspended,
    Replacing,
    Restarting,
    Failed,
    Destroying,
    Destroyed,
}

impl Phase {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Starting => "starting",
            Self::Started => "started",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Suspending => "suspending",
            Self::Suspended => "suspended",
            Self::Replacing => "replacing",
            Self::Restarting => "restarting",
            Self::Failed => "failed",
            Self::Destroying => "destroying",
            Self::Destroyed => "destroyed",
        }
    }

    /// Whether it stays so unless somebody does something: what `settled` stands for.
    pub(crate) fn is_resting(self) -> bool {
        matches!(self, Self::Started | Self::Stopped | Self::Suspended | Self::Failed | Self::Destroyed)
    }
}

/// A machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) phase: Phase,
    pub(crate) version: Version,
    /// The versions before, the newest last.
    pub(crate) former: Vec<Version>,
    /// The newest last.
    pub(crate) events: Vec<Happened>,
    pub(crate) lease: Option<Lease>,
    pub(crate) cordoned: bool,
    pub(crate) private_ip: String,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    pub(crate) started_at: Option<Moment>,
    pub(crate) restarts: u64,
    /// The secrets that it has.
    pub(crate) secrets_version: u64,
    /// Whether it was changed while it rested, and not to be started.
    pub(crate) held_back: bool,
    /// Counts what was asked of it, so that what was under way before is no more.
    pub(crate) generation: u64,
}

/// What a machine is made of at a time.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) config: Value,
    pub(crate) image: ImageRef,
}

/// What happened to a machine.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    pub(crate) source: &'static str,
    pub(crate) at: Moment,
    pub(crate) request: Option<Value>,
}

/// A lease.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) nonce: String,
    pub(crate) owner: String,
    pub(crate) description: String,
    pub(crate) expires: Moment,
}

impl Machine {
    pub(crate) fn config(&self) -> &Value {
        &self.version.config
    }

    /// The lease, if it has not expired.
    pub(crate) fn lease(&self, now: Moment) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.expires > now)
    }

    /// The lease, if it is held by somebody else than who has this nonce.
    pub(crate) fn held_by_other(&self, nonce: Option<&str>, now: Moment) -> Option<&Lease> {
        self.lease(now).filter(|lease| nonce != Some(lease.nonce.as_str()))
    }

    /// The refusal of what nobody else may do while there is a lease.
    ///
    /// Measured against the live service by others: update, start and a second lease are refused at once.
    pub(crate) fn check_lease(&self, nonce: Option<&str>, now: Moment) -> Result<()> {
        let Some(lease) = self.held_by_other(nonce, now) else { return Ok(()) };
        let message =
            format!("machine ID {} lease currently held by {}, expires at {}", self.id, lease.owner, lease.expires);
        Err(Refusal::new(409, message))
    }

    /// The volumes that it mounts.
    pub(crate) fn volumes(config: &Value) -> impl Iterator<Item = &str> {
        let mounts = config.get("mounts").and_then(Value::as_array);
        mounts.into_iter().flatten().filter_map(|mount| mount.get("volume")?.as_str())
    }

    pub(crate) fn text<'c>(config: &'c Value, pointer: &str) -> Option<&'c str> {
        config.pointer(pointer)?.as_str()
    }
}

impl World {
    /// A machine that can be found.
    pub(crate) fn machine(&self, app: &str, id: &str) -> Result<&Machine> {
        let machine = self.app(app)?.machines.get(id);
        let machine = machine.filter(|machine| !self.is_fresh(machine.created_at, self.conditions.fresh_not_found));
        machine.ok_or_else(|| not_found("machine not found"))
    }

    pub(crate) fn machine_mut(&mut self, app: &str, id: &str) -> Result<&mut Machine> {
        self.machine(app, id)?;
        self.app_mut(app)?.machines.get_mut(id).ok_or_else(|| not_found("machine not found"))
    }

    /// Notes that something happened to a machine.
    pub(crate) fn note(
        &mut self,
        (app, id): (&str, &str),
        kind: &'static str,
        status: &'static str,
        source: &'static str,
        request: Option<Value>,
    ) {
        let happened = Happened { id: self.ulid(), kind, status, source, at: self.now, request };
        if let Some(machine) = self.apps.get_mut(app).and_then(|app| app.machines.get_mut(id)) {
            machine.updated_at = happened.at;
            machine.events.push(happened);
        }
    }

    /// Takes a lease, or holds on to it.
    pub(crate) fn lease(
        &mut self,
        app: &str,
        id: &str,
        nonce: Option<&str>,
        ttl: std::time::Duration,
        owner: &str,
        description: &str,
    ) -> Result<Lease> {
        let now = self.now;
        let fresh = self.hex(12);
        let machine = self.machine_mut(app, id)?;
        machine.check_lease(nonce, now)?;
        let held = machine.lease(now).filter(|lease| nonce == Some(lease.nonce.as_str()));
        if nonce.is_some() && held.is_none() {
            // Whoever renews what has expired does not hold it.
            return Err(not_found("lease not found"));
        }
        let lease = Lease {
            nonce: held.map_or(fresh, |lease| lease.nonce.clone()),
            owner: owner.to_owned(),
            description: held.map_or_else(|| description.to_owned(), |lease| lease.description.clone()),
            expires: now + ttl,
        };
        machine.lease = Some(lease.clone());
        Ok(lease)
    }
}

impl Happened {
    /// fly-go: `machine_types.go`, `MachineEvent`.
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({
            "id": self.id,
            "type": self.kind,
            "status": self.status,
            "source": self.source,
            "timestamp": self.at.millis(),
        });
        if let (Some(request), Some(object)) = (&self.request, json.as_object_mut()) {
            object.insert("request".to_owned(), request.clone());
        }
        json
    }
}
