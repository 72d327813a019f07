//! fly.toml as types: every field that flyctl reads, in the order in which flyctl writes them.
//!
//! Sources: flyctl's configuration code and <https://fly.io/docs/reference/configuration/>. Where
//! the two differ, what flyctl does is what counts. Fields are `Option`s and lists that stay away
//! from the text when empty; durations are always text with a unit.

use alloc::borrow::Cow;

use super::Duration;
use super::field::Field;
use super::messages;
use super::sections::sections;
pub use super::words::{AutoStop, CheckType, ConcurrencyType, CpuKind, Handler, Protocol, RestartPolicy, Strategy};
use crate::diagnostic::Diagnostics;
use crate::document::{Node, Number, Value};
use crate::map::SortedMap;
use crate::pointer::Path;

mod service;
#[cfg(all(test, feature = "schema"))]
mod tests;

pub use self::service::{
    Check, Concurrency, HttpCheck, HttpOptions, HttpResponseOptions, HttpService, MachineCheck, ProxyProtoOptions,
    ReplayCache, ResponseHeader, Service, ServicePort, TcpCheck, TlsOptions,
};
use crate::prelude::*;

sections! {
    /// A whole fly.toml.
    pub struct Config {
        /// The app's name.
        app: Option<String>,
        /// Region code for new machines, also `PRIMARY_REGION` in their environment.
        primary_region: Option<String>,
        /// Signal that stops a machine; Fly's default is `SIGINT`.
        kill_signal: Option<String>,
        /// Time between the signal and the kill; Fly's default is 5 s, at most 300 s.
        kill_timeout: Option<Duration>,
        /// Swap in MiB.
        swap_size_mb: Option<u32>,
        /// What `fly console` runs.
        console_command: Option<String>,
        /// Dedicated host to run on.
        host_dedication_id: Option<String>,
        /// Machine config as inline JSON, or the path of a `.json` file; carries several containers.
        machine_config: Option<String>,
        /// The container that gets the deployed image.
        container: Option<String>,
        /// Entrypoint and command of the image.
        experimental: Option<Experimental>,
        /// Where the image comes from.
        build: Option<Build>,
        /// How releases roll out.
        deploy: Option<Deploy>,
        /// Environment variables.
        env: SortedMap<String, String>,
        /// Commands by process group.
        processes: SortedMap<String, String>,
        /// Volumes.
        mounts: Vec<Mount>,
        /// The usual web service on ports 80 and 443.
        http_service: Option<HttpService>,
        /// Services.
        services: Vec<Service>,
        /// Checks that no service owns.
        checks: SortedMap<String, Check>,
        /// Files put into the machine.
        files: Vec<File>,
        /// Commands run once for each deploy.
        machine_checks: Vec<MachineCheck>,
        /// When machines restart.
        restart: Vec<Restart>,
        /// Machine sizes.
        vm: Vec<Vm>,
        /// Static files served by Fly's proxy.
        statics: Vec<Static>,
        /// Where Prometheus metrics are scraped.
        metrics: Vec<Metric>,
    }

    /// `[experimental]`.
    pub struct Experimental {
        /// Replaces the image's CMD.
        cmd: Option<Vec<String>>,
        /// Replaces the image's ENTRYPOINT.
        entrypoint: Option<Vec<String>>,
        /// Replaces both.
        exec: Option<Vec<String>>,
        /// Read by nothing today.
        auto_rollback: Option<bool>,
        /// Read by nothing today.
        enable_consul: Option<bool>,
        /// Read by nothing today.
        enable_etcd: Option<bool>,
        /// Like `machine_config` at the top, and wins over it.
        machine_config: Option<String>,
        /// What the app shares with others.
        attached: Option<Attached>,
    }

    /// `[experimental.attached]`.
    pub struct Attached {
        /// Secrets that it shares.
        secrets: Option<AttachedSecrets>,
    }

    /// `[experimental.attached.secrets]`.
    pub struct AttachedSecrets {
        /// Names of secrets by the name under which they are shared.
        export: SortedMap<String, String>,
    }

    /// `[build]`.
    pub struct Build {
        /// A buildpack builder.
        builder: Option<String>,
        /// Build arguments.
        args: SortedMap<String, String>,
        /// Buildpacks.
        buildpacks: Vec<String>,
        /// A ready image.
        image: Option<String>,
        /// Settings of a builtin.
        settings: SortedMap<String, Setting>,
        /// A builtin.
        builtin: Option<String>,
        /// A Dockerfile, relative to fly.toml.
        dockerfile: Option<String>,
        /// A file like .dockerignore, relative to fly.toml.
        ignorefile: Option<String>,
        /// The stage of the Dockerfile.
        build_target as "build-target": Option<String>,
        /// A compose file.
        compose: Option<Compose>,
        /// `gzip` or `zstd`.
        compression: Option<String>,
        /// 0 to 9.
        compression_level: Option<u8>,
    }

    /// `[build.compose]`.
    pub struct Compose {
        /// The compose file.
        file: Option<String>,
    }

    /// `[deploy]`.
    pub struct Deploy {
        /// How machines are replaced.
        strategy: Option<Strategy>,
        /// Below 1 a fraction of the machines, otherwise a count.
        max_unavailable: Option<f64>,
        /// How long to wait for a machine.
        wait_timeout: Option<Duration>,
        /// Run once before a release.
        release_command: Option<String>,
        /// How long that may take.
        release_command_timeout: Option<Duration>,
        /// The machine on which it runs.
        release_command_vm: Option<Vm>,
        /// Run once before the first release.
        seed_command: Option<String>,
    }

    /// `[[mounts]]`.
    pub struct Mount {
        /// The volume's name.
        source: Option<String>,
        /// Where it is mounted.
        destination: Option<String>,
        /// Size at creation, such as `10gb`.
        initial_size: Option<String>,
        /// Days that snapshots are kept, 1 to 60.
        snapshot_retention: Option<u8>,
        /// Whether snapshots are taken daily.
        scheduled_snapshots: Option<bool>,
        /// Fill level in percent at which the volume grows, 50 to 99.
        auto_extend_size_threshold: Option<u8>,
        /// By how much, 1GB to 100GB.
        auto_extend_size_increment: Option<String>,
        /// Up to how much, at most 500GB.
        auto_extend_size_limit: Option<String>,
        /// The process groups.
        processes: Vec<String>,
    }

    /// `[[files]]`: exactly one of `local_path`, `secret_name` and `raw_value`.
    pub struct File {
        /// Where it is put; absolute.
        guest_path: Option<String>,
        /// A local file, relative to the directory in which flyctl runs.
        local_path: Option<String>,
        /// An app secret that holds the content in base64.
        secret_name: Option<String>,
        /// The content as text: flyctl encodes it.
        raw_value: Option<String>,
        /// The process groups.
        processes: Vec<String>,
    }

    /// `[[restart]]`.
    pub struct Restart {
        /// When.
        policy: Option<RestartPolicy>,
        /// How often, for `on-failure`.
        retries: Option<u32>,
        /// The process groups.
        processes: Vec<String>,
    }

    /// `[[vm]]`.
    pub struct Vm {
        /// A named size, such as `shared-cpu-1x`.
        size: Option<String>,
        /// Memory, such as `512mb`.
        memory: Option<String>,
        /// `shared` or `performance`.
        cpu_kind: Option<CpuKind>,
        /// How many.
        cpus: Option<u16>,
        /// Memory in MiB; wins over `memory`.
        memory_mb: Option<u32>,
        /// Read by nothing today.
        max_memory_mb: Option<u32>,
        /// GPUs, which Fly no longer sells.
        gpus: Option<u8>,
        /// The GPU model.
        gpu_kind: Option<String>,
        /// Dedicated host to run on.
        host_dedication_id: Option<String>,
        /// Whether the root file system survives: `never`, `restart` or `always`.
        persist_rootfs: Option<String>,
        /// Arguments for the kernel.
        kernel_args: Vec<String>,
        /// The process groups.
        processes: Vec<String>,
    }

    /// `[[statics]]`.
    pub struct Static {
        /// The directory in the machine.
        guest_path: Option<String>,
        /// The URL prefix.
        url_prefix: Option<String>,
        /// A bucket instead of the machine.
        tigris_bucket: Option<String>,
        /// Served for a directory.
        index_document: Option<String>,
    }

    /// `[[metrics]]`.
    pub struct Metric {
        /// The port in the machine.
        port: Option<u16>,
        /// The path.
        path: Option<String>,
        /// Scrape by HTTPS.
        https: Option<bool>,
        /// The process groups.
        processes: Vec<String>,
    }
}

/// A setting of a builtin.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged))]
pub enum Setting {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// Text.
    Text(String),
}

impl Field for Setting {
    fn blank() -> Self {
        Self::Flag(false)
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        *self = match &node.value {
            Value::Bool(value) => Self::Flag(*value),
            Value::Number(Number::Int(number)) => Self::Integer(*number),
            Value::Number(number) => Self::Number(number.as_f64()),
            Value::String(text) => Self::Text(text.to_string()),
            other => {
                diagnostics.push(messages::wrong_type(at, "text, a number, or `true` or `false`", other));
                return false;
            }
        };
        true
    }

    fn tree(&self, _: bool) -> Value<'_> {
        match self {
            Self::Flag(value) => Value::Bool(*value),
            Self::Integer(number) => Value::Number(Number::Int(*number)),
            Self::Number(number) => Value::Number(Number::Float(*number)),
            Self::Text(text) => Value::String(Cow::Borrowed(text)),
        }
    }
}

impl serde::Serialize for Config {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write().serialize(serializer)
    }
}
