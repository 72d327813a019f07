//! Every annotation, in one place: its name, what it sets, and how its value is read.

use super::model::{Annotations, AppAnnotations, PortAnnotations, ProbeAnnotations, Set, VolumeAnnotations};
use super::values;
use crate::prelude::*;

/// An annotation of a workload.
#[derive(Debug)]
#[non_exhaustive]
pub struct Annotation {
    /// Its name after the prefix. `<port>`, `<probe>` and `<volume>` stand for names.
    pub name: &'static str,
    /// What it sets, with the key of fly.toml.
    pub sets: &'static str,
    /// Which values it takes.
    pub values: &'static str,
    /// A value that it takes.
    pub example: &'static str,
    /// Whether it is also taken under the prefix of score-flyio.
    pub in_score_flyio: bool,
    pub(super) read: Read,
}

impl Annotation {
    /// What the name in angle brackets stands for: `port`, `probe` or `volume`.
    pub fn subject(&self) -> Option<&'static str> {
        let (_, rest) = self.name.split_once('<')?;
        rest.split_once('>').map(|(subject, _)| subject)
    }

    /// The name that `name` has in the place of the angle brackets, empty if there are none; `None`
    /// if it is another annotation.
    pub(super) fn subject_in<'n>(&self, name: &'n str) -> Option<&'n str> {
        match (self.name.split_once('<'), self.name.split_once('>')) {
            (Some((start, _)), Some((_, end))) => name.strip_prefix(start)?.strip_suffix(end),
            _ => (name == self.name).then_some(""),
        }
    }

    /// Its name for one subject.
    pub(super) fn name_for(&self, subject: &str) -> String {
        match (self.name.split_once('<'), self.name.split_once('>')) {
            (Some((start, _)), Some((_, end))) => format!("{start}{subject}{end}"),
            _ => self.name.to_owned(),
        }
    }
}

/// An annotation as written.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    key: &'a str,
    value: &'a str,
}

/// Where a value goes, or what is wrong with it: `is not a number`.
type Result = core::result::Result<(), String>;

impl Written<'_> {
    fn into<T>(self, slot: &mut Option<Set<T>>, read: fn(&str) -> core::result::Result<T, String>) -> Result {
        *slot = Some(Set { key: self.key.to_owned(), value: read(self.value)? });
        Ok(())
    }
}

/// How a value is read, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Read {
    Port(fn(&mut PortAnnotations, Written<'_>) -> Result),
    Probe(fn(&mut ProbeAnnotations, Written<'_>) -> Result),
    Volume(fn(&mut VolumeAnnotations, Written<'_>) -> Result),
    App(fn(&mut AppAnnotations, Written<'_>) -> Result),
}

impl Read {
    pub(super) fn into_slot(self, annotations: &mut Annotations, subject: &str, key: &str, value: &str) -> Result {
        let written = Written { key, value };
        match self {
            Self::Port(read) => annotations.ports.get_mut(subject).map_or(Ok(()), |port| read(port, written)),
            Self::Probe(read) => annotations.probes.get_mut(subject).map_or(Ok(()), |probe| read(probe, written)),
            Self::Volume(read) => annotations.volumes.get_mut(subject).map_or(Ok(()), |volume| read(volume, written)),
            Self::App(read) => read(&mut annotations.app, written),
        }
    }
}

/// Every annotation.
pub const TABLE: &[Annotation] = &[
    Annotation {
        name: "service-<port>-handlers",
        sets: "what Fly's proxy does with connections to the port: `handlers`",
        values: "a comma-separated list of `tls`, `http`, `pg_tls` and `proxy_proto`; nothing for raw TCP",
        example: "tls, http",
        in_score_flyio: true,
        read: Read::Port(|port, written| written.into(&mut port.handlers, values::handlers)),
    },
    Annotation {
        name: "service-<port>-http-options",
        sets: "how the port's `http` handler works: `http_options`",
        values: "a JSON object with the keys of `http_options`",
        example: r#"{"compress": true, "response": {"pristine": true}}"#,
        in_score_flyio: true,
        read: Read::Port(|port, written| written.into(&mut port.http_options, values::http_options)),
    },
    Annotation {
        name: "service-<port>-tls-options",
        sets: "how the port's `tls` handler works: `tls_options`",
        values: "a JSON object with the keys of `tls_options`",
        example: r#"{"alpn": ["h2", "http/1.1"], "versions": ["TLSv1.3"]}"#,
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.tls_options, values::tls_options)),
    },
    Annotation {
        name: "service-<port>-concurrency",
        sets: "the load limits of the port's service: `concurrency`",
        values: "a JSON object with the keys of `concurrency`",
        example: r#"{"type": "requests", "soft_limit": 20, "hard_limit": 25}"#,
        in_score_flyio: true,
        read: Read::Port(|port, written| written.into(&mut port.concurrency, values::concurrency)),
    },
    Annotation {
        name: "service-<port>-force-https",
        sets: "whether the port's `http` handler redirects to HTTPS: `force_https`",
        values: "`true` or `false`",
        example: "true",
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.force_https, values::boolean)),
    },
    Annotation {
        name: "service-<port>-proxy-proto",
        sets: "the version of the PROXY protocol for the port's `proxy_proto` handler: `proxy_proto_options`",
        values: "`v1` or `v2`",
        example: "v2",
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.proxy_proto, values::proxy_proto)),
    },
    Annotation {
        name: "service-<port>-auto-stop",
        sets: "what Fly's proxy does with idle machines: `auto_stop_machines`",
        values: "`off`, `stop` or `suspend`",
        example: "suspend",
        in_score_flyio: true,
        read: Read::Port(|port, written| written.into(&mut port.auto_stop, values::auto_stop)),
    },
    Annotation {
        name: "service-<port>-auto-start",
        sets: "whether Fly's proxy starts stopped machines: `auto_start_machines`",
        values: "`true` or `false`",
        example: "true",
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.auto_start, values::boolean)),
    },
    Annotation {
        name: "service-<port>-min-running",
        sets: "how many machines keep running in the primary region: `min_machines_running`",
        values: "a whole number from 0",
        example: "1",
        in_score_flyio: true,
        read: Read::Port(|port, written| written.into(&mut port.min_running, values::count)),
    },
    Annotation {
        name: "service-<port>-tcp-check",
        sets: "a check that connects to the port's target: `tcp_checks`",
        values: "a JSON object with the keys of a TCP check, or `{}` for Fly's timings",
        example: r#"{"interval": "15s", "timeout": "2s", "grace_period": "5s"}"#,
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.tcp_check, values::tcp_check)),
    },
    Annotation {
        name: "service-<port>-processes",
        sets: "which process groups serve the port, where the annotation `processes` makes some: `processes`",
        values: "names of containers with commas between them",
        example: "web",
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.processes, values::names)),
    },
    Annotation {
        name: "service-<port>-exposure",
        sets: "whether the port is served to the internet, or only on the organization's private network",
        values: "`public` or `private`",
        example: "private",
        in_score_flyio: false,
        read: Read::Port(|port, written| written.into(&mut port.exposure, values::exposure)),
    },
    Annotation {
        name: "probe-<probe>-interval",
        sets: "the time between the checks of the `liveness` or `readiness` probe: `interval`",
        values: "a duration",
        example: "15s",
        in_score_flyio: false,
        read: Read::Probe(|probe, written| written.into(&mut probe.interval, values::duration)),
    },
    Annotation {
        name: "probe-<probe>-timeout",
        sets: "how long a check may take: `timeout`",
        values: "a duration",
        example: "2s",
        in_score_flyio: false,
        read: Read::Probe(|probe, written| written.into(&mut probe.timeout, values::duration)),
    },
    Annotation {
        name: "probe-<probe>-grace-period",
        sets: "the time after a start in which failing checks don't count: `grace_period`",
        values: "a duration",
        example: "10s",
        in_score_flyio: false,
        read: Read::Probe(|probe, written| written.into(&mut probe.grace_period, values::duration)),
    },
    Annotation {
        name: "probe-<probe>-tls-skip-verify",
        sets: "whether a check by HTTPS takes any certificate: `tls_skip_verify`",
        values: "`true` or `false`",
        example: "true",
        in_score_flyio: false,
        read: Read::Probe(|probe, written| written.into(&mut probe.tls_skip_verify, values::boolean)),
    },
    Annotation {
        name: "vm-size",
        sets: "the least size of the machine; requests and limits may ask for more: `[[vm]]`",
        values: "a size of Fly's from `shared-cpu-1x` to `shared-cpu-8x` or `performance-1x` to `performance-16x`",
        example: "shared-cpu-2x",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.vm_size, values::vm_size)),
    },
    Annotation {
        name: "vm-cpu-kind",
        sets: "the kind of the machine's cpus: `[[vm]] cpu_kind`",
        values: "`shared` or `performance`",
        example: "performance",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.vm_cpu_kind, values::cpu_kind)),
    },
    Annotation {
        name: "primary-region",
        sets: "the region of new machines: `primary_region`",
        values: "a region's code of three lower-case letters",
        example: "ams",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.primary_region, values::region)),
    },
    Annotation {
        name: "regions",
        sets: "where machines are, and how many in each region; fly.toml can't say it, so `score-fly deploy` and `plan` \
               use it and `fly deploy` does not",
        values: "regions' codes with commas between them, each with `=` and a number, or without for one machine",
        example: "ams=2, fra=1",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.regions, values::regions)),
    },
    Annotation {
        name: "count",
        sets: "how many machines there are in all, for `score-fly deploy` and `plan`; with `regions`, new ones go into \
               these by turns, and the numbers there don't matter",
        values: "a whole number from 0",
        example: "3",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.count, values::count)),
    },
    Annotation {
        name: "ha",
        sets: "whether the first deploy makes a spare machine, as `fly deploy --ha` does; it does unless this is `false`",
        values: "`true` or `false`",
        example: "false",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.ha, values::boolean)),
    },
    Annotation {
        name: "version",
        sets: "the workload's version, for `score-fly deploy --version-from annotation`",
        values: "a version by the rules of semver.org",
        example: "1.4.2",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.version, values::text)),
    },
    Annotation {
        name: "kill-signal",
        sets: "the signal that stops the machine: `kill_signal`",
        values: "`SIGHUP`, `SIGINT`, `SIGQUIT`, `SIGKILL`, `SIGUSR1`, `SIGUSR2` or `SIGTERM`",
        example: "SIGTERM",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.kill_signal, values::signal)),
    },
    Annotation {
        name: "kill-timeout",
        sets: "the time between that signal and the end: `kill_timeout`",
        values: "a duration of at most `300s`",
        example: "30s",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.kill_timeout, values::kill_timeout)),
    },
    Annotation {
        name: "swap-size",
        sets: "the machine's swap space: `swap_size_mb`",
        values: "a whole number with `mb` or `gb`, or of MiB",
        example: "512mb",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.swap_size, values::mebibytes)),
    },
    Annotation {
        name: "restart",
        sets: "when a machine that stopped is started again: `[[restart]] policy`",
        values: "`always`, `never` or `on-failure`",
        example: "always",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.restart, values::restart)),
    },
    Annotation {
        name: "deploy-strategy",
        sets: "how machines are replaced: `[deploy] strategy`",
        values: "`canary`, `rolling`, `immediate` or `bluegreen`",
        example: "bluegreen",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.deploy_strategy, values::strategy)),
    },
    Annotation {
        name: "release-command",
        sets: "a command that runs once before each release: `[deploy] release_command`",
        values: "a command line, with quotes as in a shell",
        example: "bin/migrate --all",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.release_command, values::command_line)),
    },
    Annotation {
        name: "release-command-timeout",
        sets: "how long the release command may take: `[deploy] release_command_timeout`",
        values: "a duration",
        example: "10m",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.release_command_timeout, values::duration)),
    },
    Annotation {
        name: "release-command-vm",
        sets: "the machine on which the release command runs: `[deploy.release_command_vm]`",
        values: "a JSON object with the keys of `[[vm]]`",
        example: r#"{"size": "shared-cpu-2x", "memory": "1gb"}"#,
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.release_command_vm, values::vm)),
    },
    Annotation {
        name: "build-args",
        sets: "arguments for building the Dockerfile: `[build.args]`",
        values: "a JSON object with texts as values",
        example: r#"{"NODE_VERSION": "22"}"#,
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.build_args, values::build_args)),
    },
    Annotation {
        name: "statics",
        sets: "files of the image that Fly's proxy serves by itself: `[[statics]]`",
        values: "a JSON list of objects with the keys of `[[statics]]`, or one such object",
        example: r#"{"guest_path": "/app/public", "url_prefix": "/static/"}"#,
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.statics, values::statics)),
    },
    Annotation {
        name: "metrics",
        sets: "where Fly's Prometheus collects metrics: `[[metrics]]`",
        values: "a JSON object with the keys of `[[metrics]]`, or a list of them",
        example: r#"{"port": 9091, "path": "/metrics"}"#,
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.metrics, values::metrics)),
    },
    Annotation {
        name: "processes",
        sets: "whether the containers, which have one image, become process groups with machines of their own: `[processes]`",
        values: "`true` or `false`",
        example: "true",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.processes, values::boolean)),
    },
    Annotation {
        name: "container",
        sets: "which of several containers gets the deployed image, and runs the release command: `container`",
        values: "the name of a container",
        example: "web",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.container, |text| Ok(text.to_owned()))),
    },
    Annotation {
        name: "volume-<volume>-size",
        sets: "the volume's size when it is created: `initial_size`",
        values: "whole gigabytes from 1 to 500, with or without `gb`",
        example: "10gb",
        in_score_flyio: false,
        read: Read::Volume(|volume, written| written.into(&mut volume.size, values::volume_size)),
    },
    Annotation {
        name: "volume-<volume>-auto-extend",
        sets: "when and how far the volume grows: `auto_extend_size_threshold`, `_increment` and `_limit`",
        values: "a JSON object with `threshold` (percent, 50 to 99), `increment` (1 to 100 gigabytes) and `limit` (up \
                 to 500 gigabytes)",
        example: r#"{"threshold": 80, "increment": "5gb", "limit": "100gb"}"#,
        in_score_flyio: false,
        read: Read::Volume(|volume, written| written.into(&mut volume.auto_extend, values::auto_extend)),
    },
    Annotation {
        name: "volume-<volume>-snapshot-retention",
        sets: "how many days the volume's snapshots are kept: `snapshot_retention`",
        values: "a whole number from 1 to 60",
        example: "14",
        in_score_flyio: false,
        read: Read::Volume(|volume, written| written.into(&mut volume.snapshot_retention, values::snapshot_retention)),
    },
    Annotation {
        name: "config",
        sets: "anything else: a fragment of fly.toml that is merged over the result",
        values: "TOML with the keys of fly.toml",
        example: "console_command = \"/bin/bash\"",
        in_score_flyio: false,
        read: Read::App(|app, written| written.into(&mut app.config, |text| Ok(text.to_owned()))),
    },
];
