//! `score-fly status`

use std::fmt::Write as _;

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::status::{AppStatus, MachineStatus, Options};

use crate::args::Global;
use crate::exit::Exit;
use crate::fly::{self, WhichArgs};
use crate::process::Process;
use crate::table;
use crate::untrusted::clean;

/// Show how apps are: machines, checks, volumes, addresses, and secrets that are not deployed yet
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    which: WhichArgs,

    /// Look again every two seconds, until Ctrl-C
    #[arg(short, long)]
    watch: bool,

    /// Print JSON: an array, and one for each look with --watch
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(crate) fn run(args: Status, global: Global) -> Exit {
    let process = Process::heeding(global);
    let Status { which, watch, json } = args;
    let options = Options { which: which.which(), fly: fly::options(global) };
    if watch {
        let anew = if process.writes_to_terminal() && !json { "\u{1b}[H\u{1b}[2J" } else { "" };
        let show = |apps: &[AppStatus]| {
            let text = if json { format!("{}\n", serde_json::json!(apps)) } else { render(apps) };
            process.data(&format!("{anew}{text}"));
        };
        ops::status::watch(&process.context(), &options, &show);
        return process.finish_quietly();
    }
    if let Some(apps) = ops::status(&process.context(), &options).result {
        process.data(&if json { format!("{:#}\n", serde_json::json!(apps)) } else { render(&apps) });
    }
    process.finish()
}

fn render(apps: &[AppStatus]) -> String {
    let mut text = String::new();
    for (index, app) in apps.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        one(app, &mut text);
    }
    text
}

fn one(app: &AppStatus, text: &mut String) {
    if app.organization.is_empty() && app.machines.is_empty() {
        let _ = writeln!(text, "{} ({})", clean(&app.app), app.status);
        return;
    }
    let _ = writeln!(text, "{} ({}), organization {}", clean(&app.app), app.status, clean(&app.organization));
    if let Some(release) = &app.release {
        let when = release.created_at.map(|time| format!(" at {time}")).unwrap_or_default();
        let who = if release.user.is_empty() { String::new() } else { format!(" by {}", clean(&release.user)) };
        let _ = writeln!(text, "release {}: {}{who}{when}", release.version, clean(&release.status));
    }
    if !app.addresses.is_empty() {
        let addresses: Vec<_> =
            app.addresses.iter().map(|address| format!("{} ({})", address.ip, address.kind)).collect();
        let _ = writeln!(text, "https://{}, {}", app.hostname, addresses.join(", "));
    }
    if app.machines.is_empty() {
        text.push_str("no machines\n");
    } else {
        let rows: Vec<_> = app.machines.iter().map(row).collect();
        text.push_str(&table::render(["MACHINE", "GROUP", "REGION", "STATE", "CHECKS", "RELEASE", "IMAGE"], &rows));
    }
    for machine in &app.machines {
        trouble(machine, text);
    }
    if !app.volumes.is_empty() {
        let rows: Vec<_> = app
            .volumes
            .iter()
            .map(|volume| {
                let machine = volume.machine.clone().unwrap_or_else(|| "-".to_owned());
                [
                    volume.id.clone(),
                    volume.name.clone(),
                    volume.region.clone(),
                    format!("{} GB", volume.size_gb),
                    machine,
                ]
            })
            .collect();
        text.push_str(&table::render(["VOLUME", "NAME", "REGION", "SIZE", "MACHINE"], &rows));
    }
    if !app.staged_secrets.is_empty() {
        let _ = writeln!(text, "set, and not deployed yet: {}", app.staged_secrets.join(", "));
    }
}

fn row(machine: &MachineStatus) -> [String; 7] {
    let passing = machine.checks.iter().filter(|check| check.status == "passing").count();
    let checks = if machine.checks.is_empty() { "-".to_owned() } else { format!("{passing}/{}", machine.checks.len()) };
    [
        machine.id.clone(),
        machine.group.clone().unwrap_or_else(|| "(unmanaged)".to_owned()),
        machine.region.clone(),
        machine.state.clone(),
        checks,
        match (&machine.release, &machine.version) {
            (Some(release), Some(version)) => format!("{release} ({})", clean(version)),
            (release, version) => clean(release.as_ref().or(version.as_ref()).map_or("-", String::as_str)),
        },
        clean(&short(&machine.image)),
    ]
}

/// An image with as much of its digest as tells it apart.
fn short(image: &str) -> String {
    match image.split_once("@sha256:") {
        Some((name, digest)) => format!("{name}@{}", digest.chars().take(12).collect::<String>()),
        None => image.to_owned(),
    }
}

/// What is wrong with a machine, a line for each thing.
fn trouble(machine: &MachineStatus, text: &mut String) {
    let id = &machine.id;
    if !machine.reachable {
        let _ = writeln!(text, "{id}: its host does not answer");
    }
    if machine.cordoned {
        let _ = writeln!(text, "{id}: Fly's proxy leaves it out");
    }
    if let Some(exit) = machine.last_exit.as_ref().filter(|exit| !exit.requested) {
        let memory = if exit.out_of_memory { ", out of memory" } else { "" };
        let _ = writeln!(text, "{id}: it ended with exit code {}{memory}", exit.code);
    }
    for check in machine.checks.iter().filter(|check| check.status != "passing") {
        let _ =
            writeln!(text, "{id}: check {} is {}: {}", clean(&check.name), clean(&check.status), clean(&check.output));
    }
}
