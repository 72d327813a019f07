//! Fly's containers, which run side by side on one machine: `machine_config` and `container`.
//!
//! They have what a machine by itself has not: an order, probes by command, liveness checks that
//! restart, and permissions of files. Services, checks on traffic, the volume and the size stay the
//! machine's. (Source: fly-go's `ContainerConfig`, and what flyctl does with `machine_config`.)

mod main_container;
pub(super) mod need;
mod needs;
mod order;
mod ports;
mod secrets;
mod volume;

use core::mem;

use base64ct::{Base64, Encoding as _};

pub(super) use main_container::check as check_main_container;
pub(super) use needs::{are_used, needs};

use self::order::{dependencies, is_init};
use self::secrets::Wanted;
use super::files::{self, FileNames, Holder, Placed};
use super::outputs::Output;
use super::parts::{AppParts, Task};
use super::{build, checks, env, paths, process};
use crate::diagnostic::Diagnostics;
use crate::fly::config::RestartPolicy;
use crate::fly::machine::{MachineContainer, MachineFile, MachineRestart, StopConfig, containers_json};
use crate::pointer::Path;
use crate::prelude::*;
use crate::secret::Sensitive;

/// Converts the containers at `at`, which are sorted by name. So their order is the same from one
/// deploy to the next, and flyctl pairs them by position.
pub(super) fn convert(tasks: &[Task<'_>], at: &Path<'_>, app: &mut AppParts, diagnostics: &mut Diagnostics) {
    let Some(main) = main_container::choose(tasks) else { return };
    ports::check(tasks, diagnostics);
    volume::convert(tasks, at, app, diagnostics);
    let mut dependencies = dependencies(tasks);
    let mut wanted = Wanted::default();
    let mut containers = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let at = at.key(task.name);
        let mut container = parts(task, (index, tasks.len() > 1), &at, &mut wanted, app, diagnostics);
        container.depends_on = dependencies.get_mut(task.name).map(mem::take).unwrap_or_default();
        if task.name == main {
            app.config.build =
                build::convert(&task.container.written.image, task.options, &at.key("image"), diagnostics);
            container.image = Some(".".to_owned());
        } else {
            container.image =
                build::ready_image(&task.container.written.image, task.options, main, &at.key("image"), diagnostics);
        }
        containers.push(container);
    }
    wanted.settle(&mut containers, app, diagnostics);

    app.config.container = Some(main.to_owned());
    let json = containers_json(&containers);
    let Some(Task { workload, options, .. }) = tasks.first() else { return };
    app.config.machine_config = Some(if options.inline_files {
        json
    } else {
        let name = Output::Machine.name(&workload.metadata.name);
        let path = paths::join(&options.paths.toml_from_work, &name);
        app.files.push((path.clone(), json.into_bytes()));
        path
    });
}

/// What stands in a container without a look at the others: all but the image, what it waits for,
/// and the names of its secrets.
fn parts<'w>(
    task: &Task<'w>,
    (index, several): (usize, bool),
    at: &Path<'_>,
    wanted: &mut Wanted<'w>,
    app: &mut AppParts,
    diagnostics: &mut Diagnostics,
) -> MachineContainer {
    let command = process::convert(task.container.written).unwrap_or_default();
    let mut converted = MachineContainer {
        name: Some(task.name.to_owned()),
        exec: command.exec.unwrap_or_default(),
        entrypoint: command.entrypoint.unwrap_or_default(),
        cmd: command.cmd.unwrap_or_default(),
        // Without a list, it would get all secrets of the app.
        secrets: Some(Vec::new()),
        restart: restart(task),
        stop: stop(task),
        ..MachineContainer::default()
    };
    let at_variables = at.key("variables");
    for (name, value) in env::variables(task.container, &at_variables, diagnostics) {
        match value {
            Sensitive::Public(value) => {
                wanted.public(name);
                converted.env.insert(name.to_owned(), value.clone());
            }
            Sensitive::Secret(value) => wanted.variable((index, task.name), name, value.clone()),
        }
    }
    let below = if several { format!("/{}", task.name) } else { String::new() };
    let mut names = FileNames::new(task, &below);
    for Placed { target, guest_path, mode, holder } in files::placed(task, &mut names, &at.key("files"), diagnostics) {
        let mut file = MachineFile { guest_path: Some(guest_path.clone()), ..MachineFile::default() };
        file.mode = mode.and_then(|mode| u32::from_str_radix(mode, 8).ok());
        match holder {
            Holder::Secret { name, value } => {
                wanted.file((index, task.name), name, target, converted.files.len(), value);
            }
            Holder::Source(path) => file.local_path = Some(path),
            Holder::Content(content) if task.options.inline_files => {
                file.raw_value = Some(Base64::encode_string(content));
            }
            Holder::Content(content) => {
                let path = names.side_file(&guest_path);
                app.files.push((path.clone(), content.to_vec()));
                file.local_path = Some(path);
            }
        }
        converted.files.push(file);
    }
    // Checks of the machine have one name each.
    let check = if several { format!("{}-readiness", task.name) } else { "readiness".to_owned() };
    converted.healthchecks = checks::convert_in_container(task, &check, at, &mut app.config, diagnostics);
    converted
}

/// A container that only prepares others runs once. One whose liveness check fails is stopped, and
/// must be started again whatever it then ends with. For all others holds what annotations say, or
/// Fly's default.
fn restart(task: &Task<'_>) -> Option<MachineRestart> {
    let annotated = task.annotations.app.restart.as_ref().map(|set| set.value);
    let policy = match (is_init(task.container.written), &task.container.written.liveness_probe) {
        (true, _) => RestartPolicy::Never,
        (false, Some(_)) => RestartPolicy::Always,
        (false, None) => annotated?,
    };
    Some(MachineRestart { policy: Some(policy.in_machine()), max_retries: None })
}

/// What annotations say about stopping the machine goes for the containers in it.
fn stop(task: &Task<'_>) -> Option<StopConfig> {
    let app = &task.annotations.app;
    let timeout = app.kill_timeout.as_ref().map(|set| set.value);
    let signal = app.kill_signal.as_ref().map(|set| set.value.clone());
    (timeout.is_some() || signal.is_some()).then_some(StopConfig { timeout, signal })
}
