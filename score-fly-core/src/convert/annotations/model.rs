//! What annotations say.

use crate::fly::config::{
    AutoStop, Concurrency, CpuKind, Handler, HttpOptions, Metric, RestartPolicy, Static, Strategy, TcpCheck,
    TlsOptions, Vm,
};
use crate::fly::{Duration, Guest};
use crate::map::SortedMap;
use crate::prelude::*;

/// The prefix of our annotations.
pub const PREFIX: &str = "fly.score.dev/";

/// The prefix of the annotations of score-flyio, of which we know those that it defines.
pub const SCORE_FLYIO_PREFIX: &str = "score-flyio.astromechza.github.com/";

/// A value together with the annotation that set it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::convert) struct Set<T> {
    /// The annotation's whole name.
    pub(in crate::convert) key: String,
    /// The value.
    pub(in crate::convert) value: T,
}

/// What the annotations of a workload say.
#[derive(Debug, Clone, Default)]
pub(in crate::convert) struct Annotations {
    /// By the port's name.
    pub(in crate::convert) ports: SortedMap<String, PortAnnotations>,
    /// By the probe.
    pub(in crate::convert) probes: SortedMap<String, ProbeAnnotations>,
    /// By the name that the annotation calls the volume.
    pub(in crate::convert) volumes: SortedMap<String, VolumeAnnotations>,
    /// Of the whole app.
    pub(in crate::convert) app: AppAnnotations,
}

#[derive(Debug, Clone, Default)]
pub(in crate::convert) struct PortAnnotations {
    pub(in crate::convert) handlers: Option<Set<Vec<Handler>>>,
    pub(in crate::convert) http_options: Option<Set<HttpOptions>>,
    pub(in crate::convert) tls_options: Option<Set<TlsOptions>>,
    pub(in crate::convert) concurrency: Option<Set<Concurrency>>,
    pub(in crate::convert) force_https: Option<Set<bool>>,
    pub(in crate::convert) proxy_proto: Option<Set<String>>,
    pub(in crate::convert) auto_stop: Option<Set<AutoStop>>,
    pub(in crate::convert) auto_start: Option<Set<bool>>,
    pub(in crate::convert) min_running: Option<Set<u32>>,
    pub(in crate::convert) tcp_check: Option<Set<TcpCheck>>,
    pub(in crate::convert) processes: Option<Set<Vec<String>>>,
    pub(in crate::convert) exposure: Option<Set<Exposure>>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::convert) struct ProbeAnnotations {
    pub(in crate::convert) interval: Option<Set<Duration>>,
    pub(in crate::convert) timeout: Option<Set<Duration>>,
    pub(in crate::convert) grace_period: Option<Set<Duration>>,
    pub(in crate::convert) tls_skip_verify: Option<Set<bool>>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::convert) struct VolumeAnnotations {
    pub(in crate::convert) size: Option<Set<u16>>,
    pub(in crate::convert) auto_extend: Option<Set<AutoExtend>>,
    pub(in crate::convert) snapshot_retention: Option<Set<u8>>,
}

#[derive(Debug, Clone, Default)]
pub(in crate::convert) struct AppAnnotations {
    pub(in crate::convert) vm_size: Option<Set<Guest>>,
    pub(in crate::convert) vm_cpu_kind: Option<Set<CpuKind>>,
    pub(in crate::convert) primary_region: Option<Set<String>>,
    pub(in crate::convert) kill_signal: Option<Set<String>>,
    pub(in crate::convert) kill_timeout: Option<Set<Duration>>,
    pub(in crate::convert) swap_size: Option<Set<u32>>,
    pub(in crate::convert) restart: Option<Set<RestartPolicy>>,
    pub(in crate::convert) deploy_strategy: Option<Set<Strategy>>,
    pub(in crate::convert) release_command: Option<Set<String>>,
    pub(in crate::convert) release_command_timeout: Option<Set<Duration>>,
    pub(in crate::convert) release_command_vm: Option<Set<Vm>>,
    pub(in crate::convert) build_args: Option<Set<SortedMap<String, String>>>,
    pub(in crate::convert) statics: Option<Set<Vec<Static>>>,
    pub(in crate::convert) metrics: Option<Set<Vec<Metric>>>,
    pub(in crate::convert) processes: Option<Set<bool>>,
    pub(in crate::convert) container: Option<Set<String>>,
    pub(in crate::convert) regions: Option<Set<SortedMap<String, u32>>>,
    pub(in crate::convert) count: Option<Set<u32>>,
    pub(in crate::convert) ha: Option<Set<bool>>,
    pub(in crate::convert) version: Option<Set<String>>,
    pub(in crate::convert) config: Option<Set<String>>,
}

/// Who reaches a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) enum Exposure {
    /// Everybody, through Fly's proxy.
    Public,
    /// The organization's other machines, directly.
    Private,
}

/// When and how far a volume grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) struct AutoExtend {
    /// Percent in use at which it grows.
    pub(in crate::convert) threshold: u8,
    /// By how many gigabytes.
    pub(in crate::convert) increment: u16,
    /// Up to how many gigabytes.
    pub(in crate::convert) limit: Option<u16>,
}
