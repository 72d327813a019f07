//! What there is to say about a deploy.

use crate::diagnostic::{Code, Diagnostic};
use crate::pointer::Path;
use crate::prelude::*;

pub(super) fn no_app() -> Diagnostic {
    Diagnostic::new(Code::InvalidAppName, &Path::ROOT.key("app"), "the app has no name")
        .with_help("write `app = \"<name>\"` at the top")
}

pub(super) fn unknown_group(group: &str, groups: &[&str]) -> Diagnostic {
    let known = groups.iter().map(|group| format!("`{group}`")).collect::<Vec<_>>().join(", ");
    let message = format!("there is no process group `{group}`, so it can't be scaled");
    Diagnostic::new(Code::UnknownProcessGroup, &Path::ROOT.key("processes"), message)
        .with_help(format!("there are {known}"))
}

// What can't be done, and what to do instead.

pub(super) fn no_organization(app: &str) -> (String, String) {
    let what = format!("there is no app `{app}`, and nobody says to which organization it is to belong");
    (what, "name the organization, by its slug".to_owned())
}

pub(super) fn other_organization(app: &str, is: &str, wanted: &str) -> (String, String) {
    let what = format!("app `{app}` belongs to organization `{is}`, and not to `{wanted}`");
    (what, format!("take another name for the app, or move it with `fly apps move {app} --org {wanted}`"))
}

pub(super) fn other_network(app: &str, is: &str, wanted: &str) -> (String, String) {
    let what = format!("app `{app}` is in network `{is}`, and not in `{wanted}`; an app stays in its network");
    (what, "take another name for the app, or leave the network out".to_owned())
}

pub(super) fn no_machine(app: &str, machine: &str) -> (String, String) {
    let what = format!("app `{app}` has no machine {machine}");
    (what, format!("take an id that `score-fly status -a {app}` shows"))
}

pub(super) fn no_image(of: &str) -> (String, String) {
    let what = format!("{of} needs an image, and none is known yet");
    (what, "say which image to deploy, or build it first".to_owned())
}

pub(super) fn empty_check(group: &str) -> (String, String) {
    let what = format!("a machine check of `{group}` has no command, so it can't be run");
    (what, "write `command = [\"<program>\", …]` in its `machine_checks`, or take it out".to_owned())
}

pub(super) fn no_region(volume: &str) -> (String, String) {
    let what = format!("volume `{volume}` must be in the region of its machine, and no region is known");
    (what, "write `primary_region = \"<code>\"` in fly.toml, or name the regions".to_owned())
}

pub(super) fn machine_has_volume(machine: &str, volume: Option<&str>) -> (String, String) {
    let volume = volume.map_or_else(|| "a volume".to_owned(), |volume| format!("volume {volume}"));
    let what = format!("machine {machine} would go, and nothing else mounts {volume}");
    (what, "name the machine among what may be lost; the volume stays, with all that is in it".to_owned())
}

pub(super) fn other_volume(machine: &str, is: &str, wanted: Option<&str>) -> (String, String) {
    let what = match wanted {
        Some(wanted) => {
            format!("machine {machine} mounts volume `{is}`, and would get `{wanted}` instead, without what is in it")
        }
        None => format!("machine {machine} mounts volume `{is}`, and would not any more"),
    };
    let help = "keep the mount as it was, or name the machine among what may be lost; the volume stays".to_owned();
    (what, help)
}

pub(super) fn volume_on_host(machine: &str) -> (String, String) {
    let what = format!("machine {machine} would have to go to another host, and its volume can't");
    (what, "leave the dedicated host as it was, or fork the volume".to_owned())
}

pub(super) fn host_down(machine: &str) -> (String, String) {
    let what = format!("the host of machine {machine} does not answer, and its volume is there");
    (what, "wait until the host is back, or leave the machine out; its volume can be forked meanwhile".to_owned())
}

pub(super) fn no_config(machine: &str) -> (String, String) {
    let what = format!("the config of machine {machine} is not known, so it can't be the base of another one");
    (what, "ask Fly for its machines with their configs, or leave the machine out".to_owned())
}

pub(super) fn volume_in_use(volume: &str, machine: &str) -> (String, String) {
    let what = format!("volume {volume} would be destroyed, and machine {machine} mounts it");
    (what, "name the machine among what may be lost as well, and ask for fewer machines".to_owned())
}

pub(super) fn strategy_with_volumes(strategy: &str) -> (String, String) {
    let what = format!("strategy `{strategy}` needs a second machine beside each, and a volume has only one");
    (what, "take the strategy `rolling`".to_owned())
}
