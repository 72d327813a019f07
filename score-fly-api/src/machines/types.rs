//! Machines as Fly shows them. fly-go: `machine_types.go`.

use std::collections::BTreeMap;
use std::fmt;

use score_fly_core::secret::Secret;
use serde::Deserialize;

use super::config::ConfigJson;
use crate::json::{maybe_secret, millis, or_default, seconds, time, words};
use crate::time::Timestamp;

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Machine {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it does.
    #[serde(deserialize_with = "or_default")]
    pub state: MachineState,
    /// Where it is. It stays there.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// Which version of its config it has: another one after each update.
    #[serde(deserialize_with = "or_default")]
    pub instance_id: String,
    /// Its address in the private network.
    #[serde(deserialize_with = "or_default")]
    pub private_ip: String,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[serde(deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// What it is made from. It is not there if the host does not answer, and in summaries.
    pub config: Option<ConfigJson>,
    /// What is known of its config while the host does not answer. Never the base for an update.
    pub incomplete_config: Option<ConfigJson>,
    /// What happened to it, the newest first.
    #[serde(deserialize_with = "or_default")]
    pub events: Vec<MachineEvent>,
    /// What its checks found last.
    #[serde(deserialize_with = "or_default")]
    pub checks: Vec<CheckResult>,
    /// The image that it runs.
    #[serde(deserialize_with = "or_default")]
    pub image_ref: ImageRef,
    /// The nonce of the lease that it was created with.
    #[serde(deserialize_with = "maybe_secret")]
    pub nonce: Option<Secret<String>>,
    /// Who has its lease, if that was asked for.
    pub lease: Option<LeaseInfo>,
    /// Whether Fly's proxy leaves it out.
    #[serde(deserialize_with = "or_default")]
    pub cordoned: bool,
    /// Whether its host answers.
    #[serde(deserialize_with = "or_default")]
    pub host_status: HostStatus,
    /// Its containers.
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<ContainerState>,
    /// Its app, in lists of more than one.
    #[serde(deserialize_with = "or_default")]
    pub app_name: String,
}

words! {
    /// <https://fly.io/docs/machines/machine-states/>
    pub enum MachineState {
        /// It is there, and did not start yet.
        Created = "created",
        /// It is being made.
        Creating = "creating",
        /// It starts.
        Starting = "starting",
        /// It runs.
        Started = "started",
        /// It stops.
        Stopping = "stopping",
        /// It rests.
        Stopped = "stopped",
        /// It is put to sleep.
        Suspending = "suspending",
        /// It sleeps, with its memory.
        Suspended = "suspended",
        /// It starts again.
        Restarting = "restarting",
        /// Its config changes.
        Updating = "updating",
        /// It gets another version.
        Replacing = "replacing",
        /// It has another id now.
        Replaced = "replaced",
        /// It is on another host now.
        Migrated = "migrated",
        /// It did not start.
        LaunchFailed = "launch_failed",
        /// It failed.
        Failed = "failed",
        /// It goes.
        Destroying = "destroying",
        /// It is gone.
        Destroyed = "destroyed",
    }
}

impl MachineState {
    /// Whether it is gone, or about to be.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Destroying | Self::Destroyed | Self::Replaced | Self::Migrated)
    }

    /// Whether it stays so unless somebody does something.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Started | Self::Stopped | Self::Suspended | Self::Failed | Self::LaunchFailed)
            || matches!(self, Self::Destroyed | Self::Replaced | Self::Migrated)
    }
}

words! {
    /// Whether a host answers.
    pub enum HostStatus {
        /// It does.
        Ok = "ok",
        /// Nobody knows.
        Unknown = "unknown",
        /// It does not.
        Unreachable = "unreachable",
    }
}

words! {
    /// What a check found.
    pub enum CheckStatus {
        /// All is well.
        Passing = "passing",
        /// Not quite.
        Warning = "warning",
        /// It failed.
        Critical = "critical",
    }
}

/// The last result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CheckResult {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it found.
    #[serde(deserialize_with = "or_default")]
    pub status: CheckStatus,
    /// What it saw.
    #[serde(deserialize_with = "or_default")]
    pub output: String,
    /// When.
    #[serde(deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
}

/// An image, as its registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ImageRef {
    /// The host of the registry.
    #[serde(deserialize_with = "or_default")]
    pub registry: String,
    /// The path of the repository.
    #[serde(deserialize_with = "or_default")]
    pub repository: String,
    /// The tag.
    #[serde(deserialize_with = "or_default")]
    pub tag: String,
    /// The digest, such as `sha256:…`.
    #[serde(deserialize_with = "or_default")]
    pub digest: String,
    /// Its labels.
    #[serde(deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
}

/// The reference, with tag and digest as far as they are known.
impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if !self.tag.is_empty() {
            write!(f, ":{}", self.tag)?;
        }
        if self.digest.is_empty() { Ok(()) } else { write!(f, "@{}", self.digest) }
    }
}

/// Who has a machine's lease.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LeaseInfo {
    /// The owner of the token.
    #[serde(deserialize_with = "or_default")]
    pub owner: String,
    /// What for.
    #[serde(deserialize_with = "or_default")]
    pub description: String,
    /// Until when.
    #[serde(deserialize_with = "seconds")]
    pub expires_at: Option<Timestamp>,
}

/// A container of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ContainerState {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it does.
    #[serde(deserialize_with = "or_default")]
    pub state: String,
}

/// Something that happened to a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MachineEvent {
    /// Its id. Later ones are greater.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// What happened: `launch`, `start`, `exit`, `stop`, `update`, and others.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// How it went.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// Who did it: `user`, `flyd`, and others.
    #[serde(deserialize_with = "or_default")]
    pub source: String,
    /// When.
    #[serde(rename = "timestamp", deserialize_with = "millis")]
    pub at: Option<Timestamp>,
    /// More about it.
    pub request: Option<EventRequest>,
}

/// What an event tells of an exit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EventRequest {
    /// The exit.
    pub exit_event: Option<ExitEvent>,
    /// The exit of a release command.
    #[serde(rename = "MonitorEvent")]
    pub monitor_event: Option<MonitorEvent>,
    /// How often it was restarted.
    #[serde(deserialize_with = "or_default")]
    pub restart_count: u64,
}

/// The exit of a release command.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MonitorEvent {
    /// The exit.
    pub exit_event: Option<ExitEvent>,
}

/// How what ran in a machine ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExitEvent {
    /// Its exit code.
    #[serde(deserialize_with = "or_default")]
    pub exit_code: i32,
    /// The exit code inside the machine.
    #[serde(deserialize_with = "or_default")]
    pub guest_exit_code: i32,
    /// The signal that ended it; -1 if none did.
    #[serde(deserialize_with = "or_default")]
    pub signal: i32,
    /// Whether it had too little memory.
    #[serde(deserialize_with = "or_default")]
    pub oom_killed: bool,
    /// Whether somebody asked for it.
    #[serde(deserialize_with = "or_default")]
    pub requested_stop: bool,
    /// Whether it is started again.
    #[serde(deserialize_with = "or_default")]
    pub restarting: bool,
    /// When.
    #[serde(deserialize_with = "time")]
    pub exited_at: Option<Timestamp>,
}

impl MachineEvent {
    /// How it ended, if it is an exit.
    pub fn exit(&self) -> Option<&ExitEvent> {
        let request = self.request.as_ref()?;
        let monitored = request.monitor_event.as_ref().and_then(|event| event.exit_event.as_ref());
        monitored.or(request.exit_event.as_ref())
    }
}

impl Machine {
    /// Whether its host answers. A machine that says nothing of it does, too.
    pub fn is_reachable(&self) -> bool {
        matches!(&self.host_status, HostStatus::Ok) || self.host_status.as_str().is_empty()
    }

    /// The config as far as it is known, to look at.
    pub fn known_config(&self) -> Option<&ConfigJson> {
        self.config.as_ref().or(self.incomplete_config.as_ref())
    }

    /// Its checks, without those that the server makes up for old clients.
    pub fn real_checks(&self) -> impl Iterator<Item = &CheckResult> {
        self.checks.iter().filter(|check| !check.name.starts_with("bg_deployments_compat"))
    }

    /// The newest exit, if there was one since the newest start.
    pub fn last_exit(&self) -> Option<&ExitEvent> {
        let since_start = self.events.iter().take_while(|event| event.kind != "start");
        since_start.filter(|event| event.kind == "exit").find_map(MachineEvent::exit)
    }
}

/// One version of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MachineVersion {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub version: String,
    /// The config that it had.
    #[serde(deserialize_with = "or_default")]
    pub user_config: ConfigJson,
}

/// A program that runs in a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Process {
    /// Its number.
    #[serde(deserialize_with = "or_default")]
    pub pid: i64,
    /// What it is.
    #[serde(deserialize_with = "or_default")]
    pub command: String,
    /// Where it listens.
    #[serde(deserialize_with = "or_default")]
    pub listen_sockets: Vec<ListenSocket>,
}

/// Where a program listens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ListenSocket {
    /// `tcp` or `udp`.
    #[serde(deserialize_with = "or_default")]
    pub proto: String,
    /// Such as `[::]:8080`.
    #[serde(deserialize_with = "or_default")]
    pub address: String,
}

/// What a command said that was run in a machine. It may repeat secrets, so it does not show itself.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExecOutput {
    /// Its exit code.
    #[serde(deserialize_with = "or_default")]
    pub exit_code: i32,
    /// The signal that ended it.
    #[serde(deserialize_with = "or_default")]
    pub exit_signal: i32,
    /// What it printed.
    #[serde(deserialize_with = "or_default")]
    pub stdout: String,
    /// What it printed as errors.
    #[serde(deserialize_with = "or_default")]
    pub stderr: String,
}

impl fmt::Debug for ExecOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecOutput")
            .field("exit_code", &self.exit_code)
            .field("stdout", &format_args!("… ({} bytes)", self.stdout.len()))
            .field("stderr", &format_args!("… ({} bytes)", self.stderr.len()))
            .finish_non_exhaustive()
    }
}
