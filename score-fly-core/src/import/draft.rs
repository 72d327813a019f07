//! What the parts of a fly.toml may be in Score.

use alloc::borrow::Cow;

use super::attempt::convert;
use super::residue;
use crate::convert::annotations::PREFIX;
use crate::convert::services::usual_handlers;
use crate::document::Value;
use crate::fly::config::{Check, CheckType, Config, CpuKind, Experimental, Protocol, Service, ServicePort};
use crate::fly::field::Field;
use crate::fly::{names, size};
use crate::map::SortedMap;
use crate::prelude::*;
use crate::score;
use crate::score::form::WORKLOAD_NAME;
use crate::score::{
    Container, ContainerFile, ContainerResources, HttpGet, HttpHeader, Port, Probe, ResourceAmounts, Scheme, Volume,
    Workload,
};

/// The name of a workload whose app has none that Score takes.
const NAME: &str = "app";

/// The name of its container.
const CONTAINER: &str = "main";

/// Adds a part of a configuration to a workload, if there is that part.
type Part = fn(&Config, &mut Draft) -> Option<()>;

const PARTS: &[Part] = &[command, variables, files, volume, machine, services, readiness, liveness];

/// Annotations of the whole app, with the values that they have for a configuration.
type Setting = (&'static str, fn(&Config) -> Option<String>);

const SETTINGS: &[Setting] = &[
    ("primary-region", |config| config.primary_region.clone()),
    ("kill-signal", |config| config.kill_signal.clone()),
    ("kill-timeout", |config| Some(config.kill_timeout?.to_string())),
    ("swap-size", |config| Some(format!("{}mb", config.swap_size_mb?))),
    ("restart", |config| Some(config.restart.first()?.policy?.as_str().to_owned())),
    ("deploy-strategy", |config| Some(config.deploy.as_ref()?.strategy?.as_str().to_owned())),
    ("release-command", |config| config.deploy.as_ref()?.release_command.clone()),
];

/// The workload of a canonical configuration, with every part from which the conversion makes nothing
/// but what is wanted.
pub(super) fn workload(config: &Config) -> Workload {
    let mut draft = Draft::new(config);
    // The name is what it is, and no part's fault.
    let wanted = Config { app: Some(draft.name.clone()), ..config.clone() };
    let wanted = wanted.write();
    for part in PARTS {
        let mut tried = draft.clone();
        if part(config, &mut tried).is_some() {
            draft.become_if_right(tried, &wanted);
        }
    }
    for (annotation, value) in SETTINGS {
        let mut tried = draft.clone();
        if let Some(value) = value(config) {
            tried.annotate(annotation, value);
            draft.become_if_right(tried, &wanted);
        }
    }
    draft.workload()
}

/// A workload with one container.
#[derive(Clone)]
struct Draft {
    name: String,
    annotations: Vec<(String, String)>,
    ports: Vec<(String, Port)>,
    container: Container,
}

impl Draft {
    fn new(config: &Config) -> Self {
        let name = config.app.as_deref().filter(|name| (WORKLOAD_NAME.accepts)(name)).unwrap_or(NAME);
        let image = config.build.as_ref().and_then(|build| build.image.as_deref()).filter(|image| !image.is_empty());
        Self {
            name: name.to_owned(),
            annotations: Vec::new(),
            ports: Vec::new(),
            container: Container { image: image.unwrap_or(".").to_owned(), ..Container::default() },
        }
    }

    /// Takes over `tried` if nothing is made of it but what is wanted.
    fn become_if_right(&mut self, tried: Self, wanted: &Value<'_>) {
        let (made, found) = convert(&tried.clone().workload());
        if !found.has_errors() && residue::fits(&made.write(), wanted) {
            *self = tried;
        }
    }

    fn annotate(&mut self, name: &str, value: impl Into<String>) {
        self.annotations.push((format!("{PREFIX}{name}"), value.into()));
    }

    fn workload(self) -> Workload {
        Workload {
            api_version: "score.dev/v1b1".to_owned(),
            metadata: score::Metadata {
                name: self.name,
                annotations: self.annotations.into_iter().collect(),
                extra: SortedMap::new(),
            },
            service: (!self.ports.is_empty()).then(|| score::Service { ports: self.ports.into_iter().collect() }),
            containers: SortedMap::from([(CONTAINER.to_owned(), self.container)]),
            resources: SortedMap::new(),
        }
    }
}

/// A text in which nothing is a placeholder.
fn literal(text: &str) -> String {
    if text.contains("${") || text.contains("$$") { text.replace('$', "$$") } else { text.to_owned() }
}

fn command(config: &Config, draft: &mut Draft) -> Option<()> {
    let Experimental { cmd, entrypoint, exec, .. } = config.experimental.clone()?;
    let container = &mut draft.container;
    (container.command, container.args) = if exec.is_some() { (exec, cmd) } else { (entrypoint, cmd) };
    Some(())
}

fn variables(config: &Config, draft: &mut Draft) -> Option<()> {
    let env = config.env.iter().filter(|(name, _)| names::is_identifier(name));
    draft.container.variables = env.map(|(name, value)| (name.clone(), literal(value))).collect();
    (!config.env.is_empty()).then_some(())
}

fn files(config: &Config, draft: &mut Draft) -> Option<()> {
    let files = config.files.iter().map(|file| {
        let no_expand = |text: &str| text.contains('$').then_some(true);
        let written = match (&file.local_path, &file.raw_value) {
            // What stands in the file is not known here.
            (Some(path), None) => {
                ContainerFile { source: Some(path.clone()), no_expand: Some(true), ..ContainerFile::default() }
            }
            (None, Some(text)) => {
                ContainerFile { content: Some(text.clone()), no_expand: no_expand(text), ..ContainerFile::default() }
            }
            _ => return None,
        };
        Some((file.guest_path.clone()?, written))
    });
    draft.container.files = files.collect::<Option<_>>()?;
    Some(())
}

fn volume(config: &Config, draft: &mut Draft) -> Option<()> {
    let mount = config.mounts.first()?;
    let source = mount.source.clone()?;
    let mut annotate = |setting: &str, value: String| draft.annotate(&format!("volume-{source}-{setting}"), value);
    if let Some(size) = &mount.initial_size {
        annotate("size", size.clone());
    }
    if let Some(days) = mount.snapshot_retention {
        annotate("snapshot-retention", days.to_string());
    }
    if let (Some(threshold), Some(increment)) = (mount.auto_extend_size_threshold, &mount.auto_extend_size_increment) {
        let limit = mount.auto_extend_size_limit.as_ref();
        let limit = limit.map(|limit| format!(r#", "limit": "{limit}""#)).unwrap_or_default();
        annotate("auto-extend", format!(r#"{{"threshold": {threshold}, "increment": "{increment}"{limit}}}"#));
    }
    let volume = Volume { source, ..Volume::default() };
    draft.container.volumes.insert(mount.destination.clone()?, volume);
    Some(())
}

fn machine(config: &Config, draft: &mut Draft) -> Option<()> {
    let vm = config.vm.first()?;
    let memory = size::mebibytes(vm.memory.as_deref()?)?;
    let requests = ResourceAmounts { cpu: Some(vm.cpus?.to_string()), memory: Some(format!("{memory}Mi")) };
    draft.container.resources = Some(ContainerResources { requests: Some(requests), limits: None });
    if vm.cpu_kind == Some(CpuKind::Performance) {
        draft.annotate("vm-cpu-kind", CpuKind::Performance.as_str());
    }
    Some(())
}

/// All services with their ports. The check of one of them is the readiness probe.
fn services(config: &Config, draft: &mut Draft) -> Option<()> {
    for service in &config.services {
        for (index, port) in service.ports.iter().enumerate() {
            let name = add_port(service, port, draft)?;
            if index == 0 {
                annotate_service(service, &name, draft);
            }
        }
        if let Some(check) = service.http_checks.first() {
            draft.container.readiness_probe =
                Some(probe(&Check::from(check.clone()), service.internal_port?, "readiness", draft)?);
        }
    }
    Some(())
}

fn add_port(service: &Service, port: &ServicePort, draft: &mut Draft) -> Option<String> {
    let (number, target) = (port.port?, service.internal_port?);
    let (protocol, name) = match (service.protocol?, number) {
        (Protocol::Udp, _) => (Some(score::PortProtocol::Udp), format!("udp-{number}")),
        (Protocol::Tcp, 80) => (None, "http".to_owned()),
        (Protocol::Tcp, 443) => (None, "https".to_owned()),
        (Protocol::Tcp, _) => (None, format!("tcp-{number}")),
    };
    let mut annotate = |setting: &str, value: String| draft.annotate(&format!("service-{name}-{setting}"), value);
    if port.handlers != usual_handlers(number) && protocol.is_none() {
        annotate("handlers", port.handlers.iter().map(|handler| handler.as_str()).collect::<Vec<_>>().join(", "));
    }
    if let Some(force) = port.force_https {
        annotate("force-https", force.to_string());
    }
    if let Some(options) = &port.http_options {
        annotate("http-options", json(options));
    }
    if let Some(options) = &port.tls_options {
        annotate("tls-options", json(options));
    }
    if let Some(version) = port.proxy_proto_options.as_ref().and_then(|options| options.version.clone()) {
        annotate("proxy-proto", version);
    }
    let target_port = (target != number).then_some(target);
    draft.ports.push((name.clone(), Port { port: number, target_port, protocol }));
    Some(name)
}

fn annotate_service(service: &Service, port: &str, draft: &mut Draft) {
    let mut annotate = |setting: &str, value: String| draft.annotate(&format!("service-{port}-{setting}"), value);
    if let Some(stop) = service.auto_stop_machines {
        annotate("auto-stop", stop.as_str().to_owned());
    }
    if let Some(start) = service.auto_start_machines {
        annotate("auto-start", start.to_string());
    }
    if let Some(count) = service.min_machines_running {
        annotate("min-running", count.to_string());
    }
    if let Some(concurrency) = &service.concurrency {
        annotate("concurrency", json(concurrency));
    }
}

/// A section as JSON, which always serialises.
fn json(section: &impl Field) -> String {
    serde_json::to_string(&section.write()).unwrap_or_default()
}

/// A check of a probe's name in `[checks]` is that probe.
fn readiness(config: &Config, draft: &mut Draft) -> Option<()> {
    draft.container.readiness_probe = Some(top_level_probe(config, "readiness", draft)?);
    Some(())
}

fn liveness(config: &Config, draft: &mut Draft) -> Option<()> {
    draft.container.liveness_probe = Some(top_level_probe(config, "liveness", draft)?);
    Some(())
}

fn top_level_probe(config: &Config, name: &str, draft: &mut Draft) -> Option<Probe> {
    let check = config.checks.get(name).filter(|check| check.kind == Some(CheckType::Http))?;
    probe(check, check.port?, name, draft)
}

fn probe(check: &Check, port: u16, name: &str, draft: &mut Draft) -> Option<Probe> {
    let timings = [("interval", check.interval), ("timeout", check.timeout), ("grace-period", check.grace_period)];
    for (setting, value) in timings {
        if let Some(value) = value {
            draft.annotate(&format!("probe-{name}-{setting}"), value.to_string());
        }
    }
    if let Some(skip) = check.tls_skip_verify {
        draft.annotate(&format!("probe-{name}-tls-skip-verify"), skip.to_string());
    }
    let mut headers: SortedMap<Cow<'_, str>, &String> =
        check.headers.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), value)).collect();
    let host = headers.remove("Host").cloned();
    let http_headers = headers.into_iter().map(|(name, value)| HttpHeader { name: name.into(), value: value.clone() });
    let http_get = HttpGet {
        host,
        scheme: check.protocol.as_deref().filter(|protocol| *protocol == "https").map(|_| Scheme::Https),
        path: check.path.clone()?,
        port,
        http_headers: http_headers.collect(),
    };
    Some(Probe { http_get: Some(http_get), exec: None })
}
