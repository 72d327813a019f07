//! Process groups: containers of one image that each run on machines of their own.
//!
//! Groups have their own command, size, volume, services and checks. The image, its entrypoint, the environment and
//! the files are the app's, and with them the containers can't differ. (Source: how flyctl makes the machine config of
//! a group.)

mod commands;
mod messages;

use super::annotations::Annotations;
use super::annotations::messages::{annotation_beside_processes, annotation_without_processes, unknown_container};
use super::files::FileNames;
use super::parts::{AppParts, Task};
use super::{build, checks, containers, env, files, mounts, vm};
use crate::diagnostic::Diagnostics;
use crate::fly::config::{Service, Vm};
use crate::map::SortedMap;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::resolve::ResolvedContainer;
use crate::score::Workload;

/// Whether annotations ask for process groups. What only containers side by side can do is reported.
pub(super) fn are_asked_for(workload: &Workload, annotations: &Annotations, diagnostics: &mut Diagnostics) -> bool {
    let asked = annotations.app.processes.as_ref().filter(|set| set.value);
    let ports = annotations.ports.values().filter_map(|port| port.processes.as_ref());
    let Some(asked) = asked else {
        for set in ports {
            diagnostics.push(annotation_without_processes(&set.key));
        }
        return false;
    };
    for set in ports {
        for name in set.value.iter().filter(|name| !workload.containers.contains_key(*name)) {
            let names = workload.containers.keys().map(String::as_str);
            diagnostics.push(unknown_container(&set.key, name, names));
        }
    }
    if let Some(set) = &annotations.app.container {
        diagnostics.push(annotation_beside_processes(&set.key, &asked.key));
    }
    for need in containers::needs(workload).filter(|need| !need.is_of_several()) {
        need.at(|at| diagnostics.push(messages::needs_containers(at, need, &asked.key)));
    }
    true
}

/// Converts the containers at `at`, each to a process group of its name.
pub(super) fn convert(tasks: &[Task<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let Some((first, others)) = tasks.split_first() else { return };
    let names: Vec<String> = tasks.iter().map(|task| task.name.to_owned()).collect();
    let at_image = at.key(first.name);
    let at_image = at_image.key("image");
    app.config.build = build::convert(&first.container.written.image, first.options, &at_image, diagnostics);
    for other in others.iter().filter(|other| other.container.written.image != first.container.written.image) {
        diagnostics.push(messages::two_images(&at.key(other.name).key("image"), &at_image));
    }
    commands::convert(tasks, at, &mut app.config, diagnostics);
    for service in &mut app.config.services {
        if service.processes.is_empty() {
            service.processes = serving(tasks, service).unwrap_or_else(|| {
                diagnostics.push(messages::unclear(service, first.workload, first.name));
                names.clone()
            });
        }
    }
    for restart in &mut app.config.restart {
        restart.processes.clone_from(&names);
    }
    for metric in app.config.metrics.iter_mut().filter(|metric| metric.processes.is_empty()) {
        metric.processes.clone_from(&names);
    }
    app.config.vm = machines(tasks, diagnostics);
    convert_volumes(tasks, at, app, diagnostics);
    convert_shared(tasks, at, app, diagnostics);
    for task in tasks {
        checks::convert(task, Some(task.name), &at.key(task.name), &mut app.config, diagnostics);
    }
}

/// The groups that a service leads to: those with a probe at its target, or else the one whose variable `PORT` names it.
fn serving(tasks: &[Task<'_>], service: &Service) -> Option<Vec<String>> {
    let target = service.internal_port?;
    let names = |those: Vec<&Task<'_>>| those.iter().map(|task| task.name.to_owned()).collect();
    let probes = |task: &&Task<'_>| {
        let written = task.container.written;
        let probes = [&written.readiness_probe, &written.liveness_probe].into_iter().flatten();
        probes.filter_map(|probe| probe.http_get.as_ref()).any(|http| http.port == target)
    };
    let listens = |task: &&Task<'_>| {
        let port = task.container.variables.get("PORT").and_then(Option::as_ref);
        port.and_then(|port| port.value.public()).is_some_and(|port| port.parse() == Ok(target))
    };
    let asked: Vec<_> = tasks.iter().filter(probes).collect();
    let listening: Vec<_> = tasks.iter().filter(listens).collect();
    match (asked.len(), listening.len(), tasks) {
        (1.., ..) => Some(names(asked)),
        (0, 1, _) => Some(names(listening)),
        (.., [only]) => Some(vec![only.name.to_owned()]),
        _ => None,
    }
}

/// The size of each group's machines. What says nothing of groups goes for all of them.
fn machines(tasks: &[Task<'_>], diagnostics: &mut Diagnostics) -> Vec<Vm> {
    let mut sizes: Vec<Vm> = Vec::new();
    for task in tasks {
        let own = [(task.name, task.container.written)];
        let Some(size) = vm::convert(&own, task.annotations, diagnostics) else { continue };
        let like = sizes
            .iter_mut()
            .find(|known| (&known.memory, known.cpu_kind, known.cpus) == (&size.memory, size.cpu_kind, size.cpus));
        let processes = match like {
            Some(like) => &mut like.processes,
            None => {
                sizes.push(size);
                let Some(size) = sizes.last_mut() else { continue };
                &mut size.processes
            }
        };
        processes.push(task.name.to_owned());
    }
    if let [only] = sizes.as_mut_slice()
        && only.processes.len() == tasks.len()
    {
        only.processes.clear();
    }
    sizes
}

/// Each group's machines have volumes of their own, so two groups can't share one.
fn convert_volumes(tasks: &[Task<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    for task in tasks {
        let at_container = at.key(task.name);
        for mut mount in mounts::convert(task.container, task.annotations, &at_container, diagnostics) {
            let of_another = app.config.mounts.iter().find(|other| {
                other.source == mount.source && other.processes.iter().all(|process| process != task.name)
            });
            if let Some(owner) = of_another.and_then(|other| other.processes.first()) {
                let at_owner = at.key(owner);
                diagnostics.push(messages::shared_volume(&at_container.key("volumes"), &at_owner.key("volumes")));
            }
            mount.processes = vec![task.name.to_owned()];
            app.config.mounts.push(mount);
        }
    }
}

/// Variables and files, which all groups get. Where several containers have the same one, it is that of the first.
fn convert_shared(tasks: &[Task<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let Some(first) = tasks.first() else { return };
    let mut names = FileNames::new(first, "");
    tasks.iter().skip(1).for_each(|task| names.keep_free_of(task.container));

    let indexed = || tasks.iter().enumerate();
    let variables = indexed().flat_map(|(index, task)| task.container.variables.keys().map(move |key| (*key, index)));
    let variables = SortedMap::grouped(variables);
    let files = indexed().flat_map(|(index, task)| task.container.files.keys().map(move |key| (*key, index)));
    let files = SortedMap::grouped(files);
    let place = |index: usize, kind: &str, key: &str| -> Pointer {
        let name = tasks.get(index).map_or("", |task| task.name);
        ["containers", name, kind, key].into_iter().collect()
    };
    let variable =
        |index: usize, key: &str| tasks.get(index)?.container.variables.get(key)?.as_ref().map(|it| &it.value);
    let content =
        |index: usize, key: &str| tasks.get(index)?.container.files.get(key)?.content.as_ref().map(|it| &it.bytes);
    let mut alone = Vec::new();
    let kinds = [("variables", "variable", &variables), ("files", "file", &files)];
    for (kind, word, owners) in kinds {
        for (key, indices) in owners {
            let Some((owner, others)) = indices.split_first() else { continue };
            for other in others {
                let differ = match kind {
                    "files" => differ(content(*owner, key), content(*other, key)),
                    _ => differ(variable(*owner, key), variable(*other, key)),
                };
                if differ {
                    diagnostics.push(messages::different(
                        place(*other, kind, key),
                        word,
                        key,
                        place(*owner, kind, key),
                    ));
                }
            }
            if indices.len() < tasks.len() {
                alone.push((word, *key, place(*owner, kind, key)));
            }
        }
    }
    if let Some((one, more)) = alone.split_first() {
        diagnostics.push(messages::shared(one, more));
    }

    for (index, task) in indexed() {
        let own = |owners: &SortedMap<&str, Vec<usize>>, key: &str| {
            owners.get(key).and_then(|indices| indices.first()) == Some(&index)
        };
        let container = task.container;
        let container = ResolvedContainer {
            variables: container
                .variables
                .iter()
                .filter(|(key, _)| own(&variables, key))
                .map(|(key, it)| (*key, it.clone()))
                .collect(),
            files: container
                .files
                .iter()
                .filter(|(key, _)| own(&files, key))
                .map(|(key, it)| (*key, it.clone()))
                .collect(),
            volumes: SortedMap::new(),
            written: container.written,
        };
        let at = at.key(task.name);
        env::convert(&container, &at, app, diagnostics);
        files::convert(&Task { container: &container, ..*task }, &mut names, &at, app, diagnostics);
    }
}

/// What could not be resolved has been reported, and differs from nothing.
fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}
