//! The machine config of Fly's Machines API, in the order in which flyctl writes it.
//!
//! Sources: fly-go's `machine_types.go`, and the public description of the Machines API for what that
//! lacks.

use super::container::MachineContainer;
use super::extras::{CacheDrive, MachineDns, MachineProcess, MachineRootfs, MachineVolume, Spot};
use super::shared::{MachineFile, MachineHeader, MachineRestart, StopConfig};
use crate::diagnostic::Diagnostics;
use crate::document::{Node, Value};
use crate::fly::Duration;
use crate::fly::config::{Concurrency, ServicePort};
use crate::fly::field::Field;
use crate::fly::messages;
use crate::fly::sections::sections;
use crate::fly::words::{AutoStop, CheckKind, CheckType, CpuKind, PersistRootfs, Protocol, Schedule};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

sections! {
    /// What a machine is made from. flyctl fills in further metadata, and the image once it is built.
    pub struct MachineConfig {
        /// Environment variables.
        env: SortedMap<String, String>,
        /// What it runs.
        init: MachineInit,
        /// Its size; without it, it keeps the size that it has.
        guest: Option<MachineGuest>,
        /// Labels, by which flyctl knows its machines.
        metadata: SortedMap<String, String>,
        /// Volumes.
        mounts: Vec<MachineMount>,
        /// What Fly's proxy serves.
        services: Vec<MachineService>,
        /// Where Prometheus metrics are scraped.
        metrics: Option<MachineMetrics>,
        /// Checks that no service owns.
        checks: SortedMap<String, MachineConfigCheck>,
        /// Static files served by Fly's proxy.
        statics: Vec<MachineStatic>,
        /// The image.
        image: Option<String>,
        /// Files put into it.
        files: Vec<MachineFile>,
        /// When it runs, if not always.
        schedule: Option<Schedule>,
        /// Whether it goes when it stops.
        auto_destroy: Option<bool>,
        /// When it restarts.
        restart: Option<MachineRestart>,
        /// Names.
        dns: Option<MachineDns>,
        /// Processes beside the main one.
        processes: Vec<MachineProcess>,
        /// The machines for which it stands in.
        standbys: Vec<String>,
        /// How it stops.
        stop_config: Option<StopConfig>,
        /// Its containers.
        containers: Vec<MachineContainer>,
        /// What containers can mount.
        volumes: Vec<MachineVolume>,
        /// Its root file system.
        rootfs: Option<MachineRootfs>,
        /// Its cache.
        cache_drive: Option<CacheDrive>,
        /// What it may cost.
        spot: Option<Spot>,
        /// The name of its size; `guest` says it today.
        size: Option<String>,
        /// Whether the proxy starts it; `autostart` of services says it today.
        disable_machine_autostart: Option<bool>,
        /// What its host must have.
        required_host_features: Vec<String>,
    }

    /// What a machine runs.
    pub struct MachineInit {
        /// Replaces the image's ENTRYPOINT and CMD.
        exec: Vec<String>,
        /// Replaces the image's ENTRYPOINT.
        entrypoint: Vec<String>,
        /// Replaces the image's CMD.
        cmd: Vec<String>,
        /// Whether it has a terminal.
        tty: Option<bool>,
        /// Swap in MiB.
        swap_size_mb: Option<u32>,
        /// Arguments for the kernel.
        kernel_args: Vec<String>,
    }

    /// A machine's size.
    pub struct MachineGuest {
        /// Shares of cores, or whole ones.
        cpu_kind: Option<CpuKind>,
        /// How many.
        cpus: Option<u32>,
        /// Memory in MiB.
        memory_mb: Option<u32>,
        /// Memory that it can grow to.
        max_memory_mb: Option<u32>,
        /// GPUs, which Fly no longer sells.
        gpus: Option<u8>,
        /// Their model.
        gpu_kind: Option<String>,
        /// Dedicated host to run on.
        host_dedication_id: Option<String>,
        /// Whether the root file system survives.
        persist_rootfs: Option<PersistRootfs>,
        /// Arguments for the kernel.
        kernel_args: Vec<String>,
    }

    /// A volume in a machine.
    pub struct MachineMount {
        /// Whether it is encrypted.
        encrypted: Option<bool>,
        /// Where it is mounted.
        path: Option<String>,
        /// Its size when it is created, in gigabytes.
        size_gb: Option<u32>,
        /// The volume's id, which flyctl fills in.
        volume: Option<String>,
        /// The volume's name.
        name: Option<String>,
        /// Fill level in percent at which it grows.
        extend_threshold_percent: Option<u8>,
        /// By how many gigabytes.
        add_size_gb: Option<u32>,
        /// Up to how many gigabytes.
        size_gb_limit: Option<u32>,
        /// By how many percent of its size it grows.
        add_size_percent: Option<u8>,
        /// By how many gigabytes at least.
        min_add_size_gb: Option<u32>,
    }

    /// A service of Fly's proxy.
    pub struct MachineService {
        /// `tcp` or `udp`.
        protocol: Option<Protocol>,
        /// The port in the machine.
        internal_port: Option<u16>,
        /// What the proxy does with idle machines.
        autostop: Option<MachineAutostop>,
        /// Whether the proxy starts machines.
        autostart: Option<bool>,
        /// How many machines keep running in the primary region.
        min_machines_running: Option<u32>,
        /// External ports.
        ports: Vec<ServicePort>,
        /// Checks on it.
        checks: Vec<MachineConfigCheck>,
        /// Load limits.
        concurrency: Option<Concurrency>,
        /// Sends requests with this key to one machine.
        force_instance_key: Option<String>,
        /// What the key is for.
        force_instance_description: Option<String>,
    }

    /// A health check.
    pub struct MachineConfigCheck {
        /// The port in the machine.
        port: Option<u16>,
        /// `http` or `tcp`.
        kind as "type": Option<CheckType>,
        /// What happens when it fails; of a check that no service owns.
        consequence as "kind": Option<CheckKind>,
        /// Time between checks.
        interval: Option<Duration>,
        /// How long one may take.
        timeout: Option<Duration>,
        /// Time after start in which failures do not count.
        grace_period: Option<Duration>,
        /// The HTTP method.
        method: Option<String>,
        /// The path.
        path: Option<String>,
        /// `http` or `https`.
        protocol: Option<String>,
        /// Take any certificate.
        tls_skip_verify: Option<bool>,
        /// The name to verify the certificate against.
        tls_server_name: Option<String>,
        /// Headers to send.
        headers: Vec<MachineHeader>,
    }

    /// Where metrics are scraped.
    pub struct MachineMetrics {
        /// The port in the machine.
        port: Option<u16>,
        /// The path.
        path: Option<String>,
        /// Scrape by HTTPS.
        https: Option<bool>,
    }

    /// Static files.
    pub struct MachineStatic {
        /// The directory in the machine.
        guest_path: String,
        /// The URL prefix.
        url_prefix: String,
        /// A bucket instead of the machine.
        tigris_bucket: String,
        /// Served for a directory.
        index_document: String,
    }

}

/// What the proxy does with idle machines: the API has booleans for two of the three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged))]
pub enum MachineAutostop {
    /// `false` leaves them, `true` stops them.
    Stop(bool),
    /// `suspend`.
    Suspend(Suspend),
}

/// The word `suspend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Suspend {
    /// Suspends them to disk.
    #[cfg_attr(feature = "schema", schemars(rename = "suspend"))]
    Suspend,
}

impl From<AutoStop> for MachineAutostop {
    fn from(word: AutoStop) -> Self {
        match word {
            AutoStop::Off => Self::Stop(false),
            AutoStop::Stop => Self::Stop(true),
            AutoStop::Suspend => Self::Suspend(Suspend::Suspend),
        }
    }
}

impl Field for MachineAutostop {
    fn blank() -> Self {
        Self::Stop(false)
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        let stop = match &node.value {
            Value::Bool(stop) => Some(Self::Stop(*stop)),
            Value::String(word) => AutoStop::from_word(word).map(Self::from),
            _ => None,
        };
        let Some(stop) = stop else {
            diagnostics.push(messages::wrong_type(at, "`off`, `stop`, `suspend`, `true` or `false`", &node.value));
            return false;
        };
        *self = stop;
        true
    }

    fn tree(&self, _: bool) -> Value<'_> {
        match self {
            Self::Stop(stop) => Value::Bool(*stop),
            Self::Suspend(_) => Value::String("suspend".into()),
        }
    }
}

impl serde::Serialize for MachineConfig {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write().serialize(serializer)
    }
}
