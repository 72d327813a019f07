//! Machines. <https://fly.io/docs/machines/api/machines-resource/>; fly-go: `flaps/flaps_machines.go`.

mod careful;
mod config;
mod lease;
mod leases;
mod metadata;
mod types;
mod wait;

use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};

pub use careful::Marker;
pub use config::{ConfigJson, label};
pub use lease::{Lease, Nonce};
pub use leases::{Leases, Term};
pub use types::{
    CheckResult, CheckStatus, ContainerState, EventRequest, ExecOutput, ExitEvent, HostStatus, ImageRef, LeaseInfo,
    ListenSocket, Machine, MachineEvent, MachineState, MachineVersion, MonitorEvent, Process,
};
pub use wait::{Reached, Wait, WaitState};

use crate::apps::AppCalls;
use crate::call::{Body, Call, Method, Repeat, encode};
use crate::client::Client;
use crate::error::Error;
use crate::limit::Rate;

/// What a machine is created or changed with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Launch {
    /// The whole config. An update does not merge.
    pub config: ConfigJson,
    /// Where: a code, or when it is created also a list of codes, or `eu`, `na`, `sa`, `us` or `any`. With
    /// none, it is near to whoever asks.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Its name, unique in its app. With none, Fly makes one up.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it stays at rest.
    #[serde(skip_serializing_if = "is_false")]
    pub skip_launch: bool,
    /// Whether Fly's proxy leaves it out until it is uncordoned.
    #[serde(skip_serializing_if = "is_false")]
    pub skip_service_registration: bool,
    /// For how many seconds it is leased to whoever creates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_ttl: Option<u64>,
    /// Whether it gets none of the app's secrets.
    pub skip_secrets: bool,
    /// The least version of the app's secrets that it gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_secrets_version: Option<u64>,
    /// For an update: which version the machine must have, so that nobody else's change gets lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Which machines to list. Unless told otherwise, all that are not destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MachineFilter {
    /// Also those that are destroyed.
    pub include_deleted: bool,
    /// With who has their leases.
    pub include_leases: bool,
    /// Without their configs.
    pub summary: bool,
    /// Only in this region.
    pub region: Option<String>,
    /// Only those in one of these states.
    pub states: Vec<MachineState>,
    /// Only those with these labels.
    pub labels: Vec<(String, String)>,
}

/// A command to run in a machine. It may have secrets in it, so it does not show itself.
#[derive(Debug, Clone)]
pub struct Exec {
    /// The program and its arguments.
    pub command: Vec<Secret<String>>,
    /// What it reads.
    pub stdin: Option<Secret<String>>,
    /// How long it may take, in whole seconds.
    pub timeout: Duration,
    /// The container to run it in.
    pub container: Option<String>,
}

/// How a machine was started.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Started {
    /// What it did before.
    #[serde(deserialize_with = "crate::json::or_default")]
    pub previous_state: MachineState,
    /// Whether it went to another host for that.
    #[serde(deserialize_with = "crate::json::or_default")]
    pub migrated: bool,
}

/// How long creating, changing or starting a machine may take: its image is pulled meanwhile.
const LAUNCH: Duration = Duration::from_secs(120);

/// How long stopping and deleting may take: they wait for the lease of somebody else.
const HALT: Duration = Duration::from_secs(75);

impl<'c> AppCalls<'c> {
    /// The calls about one machine. Nothing is sent for this.
    pub fn machine(&self, id: &'c str) -> MachineCalls<'c> {
        MachineCalls { app: *self, id }
    }

    /// The machines of the app.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn machines(&self, filter: &MachineFilter) -> Result<Vec<Machine>, Error> {
        let call = self.call(Method::Get, "/machines", "machines.list", "list the machines");
        let states: Vec<_> = filter.states.iter().map(MachineState::as_str).collect();
        let states = (!states.is_empty()).then(|| states.join(","));
        let mut call = call
            .flag("include_deleted", filter.include_deleted)
            .flag("include_leases", filter.include_leases)
            .flag("summary", filter.summary)
            .maybe("region", filter.region.as_deref())
            .maybe("state", states.as_deref());
        for (key, value) in &filter.labels {
            call = call.param(&format!("metadata.{key}"), value);
        }
        self.client.send::<Option<Vec<Machine>>>(&call).map(Option::unwrap_or_default)
    }

    /// Creates a machine. If the answer gets lost, nobody knows whether there is one; see
    /// [`AppCalls::create_machine_once`].
    ///
    /// # Errors
    ///
    /// [`Kind::Capacity`](crate::Kind::Capacity) if the region is full,
    /// [`Kind::VolumeInUse`](crate::Kind::VolumeInUse) and others.
    pub fn create_machine(&self, launch: &Launch) -> Result<Machine, Error> {
        let call = self.call(Method::Post, "/machines", "machines.create", "create a machine");
        self.client.send(&call.timeout(LAUNCH).body(Body::of(launch)))
    }
}

/// One machine, and what can be done with it.
///
/// Changes take the nonce of the machine's lease, if there is one: without it, they are refused, and
/// [`stop`](MachineCalls::stop) and [`delete`](MachineCalls::delete) wait until it expires.
#[derive(Debug, Clone, Copy)]
pub struct MachineCalls<'c> {
    app: AppCalls<'c>,
    id: &'c str,
}

impl<'c> MachineCalls<'c> {
    /// Its id.
    pub fn id(&self) -> &'c str {
        self.id
    }

    /// Its app.
    pub fn app(&self) -> AppCalls<'c> {
        self.app
    }

    fn client(&self) -> &'c Client {
        self.app.client
    }

    fn call(&self, method: Method, rest: &str, limit: &'static str, what: &str) -> Call {
        let path = self.app.path(&format!("/machines/{}{rest}", encode(self.id)));
        let action = format!("{what} machine {} of app {}", self.id, self.app.name);
        Call::machines(method, path, (limit, self.id), action)
    }

    /// A change that can be made again.
    fn change(&self, rest: &str, limit: &'static str, what: &str, nonce: Option<&Nonce>) -> Call {
        self.call(Method::Post, rest, limit, what).nonce(nonce.map(Nonce::secret)).repeat(Repeat::Freely)
    }

    /// Reads the machine.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none, or if it was just created.
    pub fn get(&self) -> Result<Machine, Error> {
        self.client().send(&self.call(Method::Get, "", "machines.get", "read").rate(Rate::GET_MACHINE))
    }

    /// Changes the machine. If the answer gets lost, nobody knows whether it was changed; see
    /// [`MachineCalls::update_once`].
    ///
    /// # Errors
    ///
    /// [`Kind::LeaseHeld`](crate::Kind::LeaseHeld), [`Kind::VersionMoved`](crate::Kind::VersionMoved),
    /// [`Kind::HostFull`](crate::Kind::HostFull) and others.
    pub fn update(&self, launch: &Launch, nonce: Option<&Nonce>) -> Result<Machine, Error> {
        let call = self.change("", "machines.update", "update", nonce).repeat(Repeat::Never);
        self.client().send(&call.timeout(LAUNCH).body(Body::of(launch)))
    }

    /// Destroys the machine; with `force`, also while it runs.
    ///
    /// # Errors
    ///
    /// [`Kind::WrongState`](crate::Kind::WrongState) if it runs.
    pub fn delete(&self, force: bool, nonce: Option<&Nonce>) -> Result<(), Error> {
        let call = self.call(Method::Delete, "", "machines.delete", "delete").flag("force", force);
        self.client().send_only(&call.nonce(nonce.map(Nonce::secret)).timeout(HALT))
    }

    /// Starts the machine.
    ///
    /// # Errors
    ///
    /// [`Kind::WrongState`](crate::Kind::WrongState) if it can't be started now, such as for some seconds
    /// after it was created or changed.
    pub fn start(&self, nonce: Option<&Nonce>) -> Result<Started, Error> {
        self.client().send(&self.change("/start", "machines.start", "start", nonce).timeout(LAUNCH))
    }

    /// Stops the machine. With none, `signal` and `timeout` are those of its config.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn stop(&self, signal: Option<&str>, timeout: Option<Duration>, nonce: Option<&Nonce>) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Stop<'s> {
            #[serde(skip_serializing_if = "Option::is_none")]
            signal: Option<&'s str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            timeout: Option<String>,
        }
        let timeout = timeout.map(|timeout| format!("{}ms", timeout.as_millis()));
        let call = self.change("/stop", "machines.stop", "stop", nonce).timeout(HALT);
        self.client().send_only(&call.body(Body::of(&Stop { signal, timeout })))
    }

    /// Puts the machine to sleep, with its memory.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn suspend(&self, nonce: Option<&Nonce>) -> Result<(), Error> {
        self.client().send_only(&self.change("/suspend", "machines.suspend", "suspend", nonce).timeout(HALT))
    }

    /// Stops the machine and starts it again.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn restart(&self, nonce: Option<&Nonce>) -> Result<(), Error> {
        let call = self.change("/restart", "machines.restart", "restart", nonce).repeat(Repeat::Never);
        self.client().send_only(&call.timeout(LAUNCH))
    }

    /// Sends a signal, such as `SIGTERM`, to what runs in the machine.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn signal(&self, signal: &str) -> Result<(), Error> {
        let call = self.change("/signal", "machines.signal", "send a signal to", None).repeat(Repeat::Never);
        self.client().send_only(&call.body(Body::of(&serde_json::json!({ "signal": signal }))))
    }

    /// Lets Fly's proxy leave the machine out.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn cordon(&self, nonce: Option<&Nonce>) -> Result<(), Error> {
        self.client().send_only(&self.change("/cordon", "machines.cordon", "cordon", nonce))
    }

    /// Lets Fly's proxy use the machine.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn uncordon(&self, nonce: Option<&Nonce>) -> Result<(), Error> {
        self.client().send_only(&self.change("/uncordon", "machines.uncordon", "uncordon", nonce))
    }

    /// Runs a command in the machine.
    ///
    /// # Errors
    ///
    /// If it could not be run. That it failed is in the answer.
    pub fn exec(&self, exec: &Exec) -> Result<ExecOutput, Error> {
        let words = vec![""; exec.command.len()];
        let mut body = Body::of(&serde_json::json!({ "command": words, "timeout": exec.timeout.as_secs() }));
        for (n, word) in exec.command.iter().enumerate() {
            body = body.hide(&["command", &n.to_string()], word);
        }
        if let Some(stdin) = &exec.stdin {
            body = body.hide(&["stdin"], stdin);
        }
        if let Some(container) = &exec.container {
            body = body.set("container", container.as_str());
        }
        let call = self.change("/exec", "machines.exec", "run a command in", None).repeat(Repeat::Never);
        self.client().send(&call.timeout(exec.timeout + Duration::from_secs(15)).body(body))
    }

    /// The programs that run in the machine.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn processes(&self) -> Result<Vec<Process>, Error> {
        let call = self.call(Method::Get, "/ps", "machines.ps", "list the processes in");
        self.client().send::<Option<Vec<Process>>>(&call).map(Option::unwrap_or_default)
    }

    /// What happened to the machine, the newest first: 50 at most.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn events(&self, limit: u32) -> Result<Vec<MachineEvent>, Error> {
        let call = self.call(Method::Get, "/events", "machines.events", "read the events of");
        let call = call.param("limit", &limit.clamp(1, 50).to_string());
        self.client().send::<Option<Vec<MachineEvent>>>(&call).map(Option::unwrap_or_default)
    }

    /// The versions of the machine, with their whole configs.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn versions(&self) -> Result<Vec<MachineVersion>, Error> {
        let call = self.call(Method::Get, "/versions", "machines.versions", "read the versions of");
        self.client().send::<Option<Vec<MachineVersion>>>(&call).map(Option::unwrap_or_default)
    }
}
