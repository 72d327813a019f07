//! Where the Score file says what stands in the fly.toml that it becomes.

use alloc::borrow::Cow;
use core::cell::OnceCell;

use super::annotations::{Annotations, PortAnnotations, Set};
use super::target;
use crate::fly::config::{Config, Mount, Protocol, Service};
use crate::fly::names;
use crate::map::SortedMap;
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::resolve::{ResolvedContainer, ResolvedVariable, ResolvedWorkload};
use crate::score::{self, Container, Port};

/// What is made when it is first asked for.
type Index<K, V> = OnceCell<SortedMap<K, V>>;

/// A port of the workload's service, with its name.
type Declared<'a> = (&'a str, &'a Port);

type PortKey = (Option<u16>, Protocol);

/// A volume's name on Fly, and where it is mounted.
type VolumeKey = (Option<String>, Option<String>);

/// What a configuration was made from.
pub(super) struct Origins<'a> {
    resolved: &'a ResolvedWorkload<'a>,
    annotations: &'a Annotations,
    config: &'a Config,
    // Of each there may be thousands, and as many to look for.
    /// Ports of the workload's service, by their numbers.
    by_number: Index<PortKey, Declared<'a>>,
    /// The same by their targets.
    by_target: Index<PortKey, Vec<Declared<'a>>>,
    /// Volumes.
    volumes: Index<VolumeKey, Pointer>,
    /// Files, by where they are put.
    files: Index<String, Pointer>,
}

impl<'a> Origins<'a> {
    pub(super) fn new(resolved: &'a ResolvedWorkload<'a>, annotations: &'a Annotations, config: &'a Config) -> Self {
        Self {
            resolved,
            annotations,
            config,
            by_number: OnceCell::new(),
            by_target: OnceCell::new(),
            volumes: OnceCell::new(),
            files: OnceCell::new(),
        }
    }

    /// The node from which what stands at a pointer into the configuration was made, if that is known.
    pub(super) fn of(&self, pointer: &Pointer) -> Option<Pointer> {
        let segments: Vec<_> = pointer.segments().collect();
        let keys: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let app = &self.annotations.app;
        let index = |text: &str| text.parse::<usize>().ok();
        match keys.as_slice() {
            ["app", ..] => Some(path(&["metadata", "name"])),
            ["primary_region", ..] => annotation(app.primary_region.as_ref()),
            ["kill_signal", ..] => annotation(app.kill_signal.as_ref()),
            ["kill_timeout", ..] => annotation(app.kill_timeout.as_ref()),
            ["swap_size_mb", ..] => annotation(app.swap_size.as_ref()),
            ["restart", ..] => annotation(app.restart.as_ref()),
            ["deploy", "release_command", ..] => annotation(app.release_command.as_ref()),
            ["deploy", "release_command_vm", ..] => annotation(app.release_command_vm.as_ref()),
            ["deploy", "release_command_timeout", ..] => annotation(app.release_command_timeout.as_ref()),
            ["deploy", ..] => annotation(app.deploy_strategy.as_ref()),
            ["statics", ..] => annotation(app.statics.as_ref()),
            ["metrics", ..] => annotation(app.metrics.as_ref()),
            ["processes", group, ..] => self.command(group),
            ["build", "args", ..] => annotation(app.build_args.as_ref()),
            ["vm", ..] => annotation(app.vm_size.as_ref())
                .or_else(|| annotation(app.vm_cpu_kind.as_ref()))
                .or_else(|| self.in_container(|container| container.resources.is_some(), &["resources"])),
            ["build", ..] => Some(path(&["containers", self.main()?, "image"])),
            ["experimental", "cmd", ..] => Some(path(&["containers", self.main()?, "args"])),
            ["experimental", ..] => Some(path(&["containers", self.main()?, "command"])),
            ["env", name, ..] => self.variable(name).map(|(container, _)| variable(container, name)),
            ["mounts", at, ..] => self.volume(self.config.mounts.get(index(at)?)?),
            ["files", at, ..] => self.file(self.config.files.get(index(at)?)?.guest_path.as_deref()?),
            ["services", at, rest @ ..] => self.service(self.config.services.get(index(at)?)?, rest),
            ["checks", name, field @ ..] => self.check(name, field),
            ["container", ..] => annotation(app.container.as_ref()).or_else(|| Some(path(&["containers"]))),
            ["machine_config", "containers", container, "env", name] => Some(variable(container, name)),
            ["machine_config", ..] => Some(path(&["containers"])),
            _ => None,
        }
    }

    /// Whether an output of a resource takes part in the variable that a pointer is about.
    pub(super) fn is_filled(&self, pointer: &Pointer) -> bool {
        let segments: Vec<_> = pointer.segments().collect();
        let Some(name) = segments.last() else { return false };
        let variable = match segments.as_slice() {
            [_, _, container, ..] => {
                let parts = self.containers().find(|(name, _)| *name == &**container);
                parts.and_then(|(_, parts)| parts.variables.get(&**name)?.as_ref())
            }
            _ => self.variable(name).and_then(|(_, variable)| variable),
        };
        variable.is_some_and(|variable| variable.has_outputs)
    }

    /// The containers with their names.
    fn containers(&self) -> impl Iterator<Item = (&'a str, &'a ResolvedContainer<'a>)> {
        self.resolved.containers.iter().map(|(name, container)| (*name, container))
    }

    /// A node of the first container that has one.
    fn in_container(&self, has: impl Fn(&Container) -> bool, keys: &[&str]) -> Option<Pointer> {
        let (name, _) = self.containers().find(|(_, container)| has(container.written))?;
        Some(["containers", name].into_iter().chain(keys.iter().copied()).collect())
    }

    /// What a process group runs.
    fn command(&self, group: &str) -> Option<Pointer> {
        let (name, container) = self.containers().find(|(name, _)| *name == group)?;
        let written = container.written;
        let given = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let key = [("args", &written.args), ("command", &written.command)].into_iter().find(|(_, list)| given(list));
        Some(["containers", name].into_iter().chain(key.map(|(key, _)| key)).collect())
    }

    /// The container that gets the deployed image.
    fn main(&self) -> Option<&str> {
        self.config.container.as_deref().or_else(|| self.containers().next().map(|(name, _)| name))
    }

    /// The variable of that name, with its container.
    fn variable(&self, name: &str) -> Option<(&'a str, Option<&'a ResolvedVariable>)> {
        self.containers().find_map(|(container, parts)| Some((container, parts.variables.get(name)?.as_ref())))
    }

    fn volume(&self, mount: &Mount) -> Option<Pointer> {
        let volumes = self.volumes.get_or_init(|| {
            let all = self.containers().flat_map(|(name, container)| {
                container.volumes.iter().map(move |(written, volume)| {
                    let source = volume.source.as_ref().and_then(|source| names::volume_name(&source.name));
                    let place = (source.map(Cow::into_owned), target::normalise(written).ok());
                    (place, path(&["containers", name, "volumes", written]))
                })
            });
            first_of_each(all)
        });
        volumes.get(&(mount.source.clone(), mount.destination.clone())).cloned()
    }

    fn file(&self, guest_path: &str) -> Option<Pointer> {
        let files = self.files.get_or_init(|| {
            let all = self.containers().flat_map(|(name, container)| {
                let targets = container.files.keys();
                targets.filter_map(move |written| {
                    Some((target::normalise_file(written).ok()?, path(&["containers", name, "files", written])))
                })
            });
            first_of_each(all)
        });
        files.get(guest_path).cloned()
    }

    /// A part of a check: an annotation, or a probe.
    fn check(&self, name: &str, field: &[&str]) -> Option<Pointer> {
        // Before it may stand the name of a container.
        let kind = if name.ends_with("liveness") { "liveness" } else { "readiness" };
        let annotated = self.annotations.probes.get(kind).and_then(|probe| match field {
            ["interval", ..] => annotation(probe.interval.as_ref()),
            ["timeout", ..] => annotation(probe.timeout.as_ref()),
            ["grace_period", ..] => annotation(probe.grace_period.as_ref()),
            ["tls_skip_verify", ..] => annotation(probe.tls_skip_verify.as_ref()),
            _ => None,
        });
        let probe = format!("{kind}Probe");
        annotated.or_else(|| match name.strip_suffix(kind).and_then(|start| start.strip_suffix('-')) {
            Some(container) => Some(path(&["containers", container, &probe])),
            None if kind == "liveness" => {
                self.in_container(|container| container.liveness_probe.is_some(), &["livenessProbe"])
            }
            None => self.in_container(|container| container.readiness_probe.is_some(), &["readinessProbe"]),
        })
    }

    /// A part of a service: an annotation, or a port of the workload's service.
    fn service(&self, service: &Service, rest: &[&str]) -> Option<Pointer> {
        let protocol = service.protocol.unwrap_or(Protocol::Tcp);
        let by_target = self.by_target.get_or_init(|| {
            SortedMap::grouped(
                self.ports().map(|(name, port, protocol)| ((Some(port.target()), protocol), (name, port))),
            )
        });
        let ports = by_target.get(&(service.internal_port, protocol)).map(Vec::as_slice).unwrap_or_default();
        let annotated = |set: fn(&PortAnnotations) -> Option<&str>| {
            let key = ports.iter().find_map(|(name, _)| set(self.annotations.ports.get(*name)?))?;
            Some(path(&["metadata", "annotations", key]))
        };
        let found = match rest {
            ["ports", index, field @ ..] => {
                let number = service.ports.get(index.parse::<usize>().ok()?)?.port;
                let by_number = self.by_number.get_or_init(|| {
                    first_of_each(
                        self.ports().map(|(name, port, protocol)| ((Some(port.port), protocol), (name, port))),
                    )
                });
                let own = by_number.get(&(number, protocol)).copied();
                let own = own.filter(|(_, port)| Some(port.target()) == service.internal_port);
                // The ports of the web can be those of a route.
                let (name, port) = own.or_else(|| ports.first().copied())?;
                return self.port(name, port, service.protocol, field);
            }
            ["auto_stop_machines", ..] => annotated(|port| key(port.auto_stop.as_ref())),
            ["auto_start_machines", ..] => annotated(|port| key(port.auto_start.as_ref())),
            ["min_machines_running", ..] => annotated(|port| key(port.min_running.as_ref())),
            ["concurrency", ..] => annotated(|port| key(port.concurrency.as_ref())),
            ["tcp_checks", ..] => annotated(|port| key(port.tcp_check.as_ref())),
            ["processes", ..] => annotated(|port| key(port.processes.as_ref())),
            ["http_checks", _, field @ ..] => self.check("readiness", field),
            _ => None,
        };
        found.or_else(|| Some(path(&["service", "ports", ports.first()?.0])))
    }

    /// The ports of the workload's service.
    fn ports(&self) -> impl Iterator<Item = (&'a str, &'a Port, Protocol)> + use<'a> {
        let declared = self.resolved.workload.service.iter().flat_map(|service| &service.ports);
        declared.map(|(name, port)| {
            let protocol = match port.protocol.unwrap_or_default() {
                score::PortProtocol::Tcp => Protocol::Tcp,
                score::PortProtocol::Udp => Protocol::Udp,
            };
            (name.as_str(), port, protocol)
        })
    }

    fn port(&self, name: &str, port: &Port, protocol: Option<Protocol>, field: &[&str]) -> Option<Pointer> {
        let annotated = self.annotations.ports.get(name);
        let of = |set: fn(&PortAnnotations) -> Option<&str>| {
            Some(path(&["metadata", "annotations", annotated.and_then(set)?]))
        };
        let found = match field {
            ["handlers", ..] => of(|port| key(port.handlers.as_ref())),
            ["force_https", ..] => of(|port| key(port.force_https.as_ref())),
            ["http_options", ..] => of(|port| key(port.http_options.as_ref())),
            ["tls_options", ..] => of(|port| key(port.tls_options.as_ref())),
            ["proxy_proto_options", ..] => of(|port| key(port.proxy_proto.as_ref())),
            ["port", ..] if protocol == Some(Protocol::Udp) && port.target_port.is_some() => {
                Some(path(&["service", "ports", name, "targetPort"]))
            }
            ["port", ..] => Some(path(&["service", "ports", name, "port"])),
            _ => None,
        };
        found.or_else(|| Some(path(&["service", "ports", name])))
    }
}

/// Of entries with one key, the first.
fn first_of_each<K: Ord, V>(entries: impl Iterator<Item = (K, V)>) -> SortedMap<K, V> {
    let mut entries: Vec<(K, V)> = entries.collect();
    entries.reverse();
    entries.into_iter().collect()
}

fn path(keys: &[&str]) -> Pointer {
    keys.iter().copied().collect()
}

fn variable(container: &str, name: &str) -> Pointer {
    path(&["containers", container, "variables", name])
}

fn key<T>(set: Option<&Set<T>>) -> Option<&str> {
    set.map(|set| set.key.as_str())
}

fn annotation<T>(set: Option<&Set<T>>) -> Option<Pointer> {
    Some(path(&["metadata", "annotations", key(set)?]))
}
