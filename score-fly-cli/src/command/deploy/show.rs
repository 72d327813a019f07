//! Plans, and what came of them, for people.

use std::fmt::Write as _;

use score_fly_core::deploy::{Action, Cause, Change, Impact, NewMachine, Plan, Step, VolumeRef};
use score_fly_engine::deploy::{Deployed, Stands};
use score_fly_engine::ops::plan::Planned;
use serde_json::Value;

use crate::untrusted::clean;

const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const RED: &str = "\u{1b}[31m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// Plans, one below the other.
pub(super) fn plans(apps: &[Planned]) -> String {
    let mut text = String::new();
    for (index, planned) in apps.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        one(planned, &mut text);
    }
    text
}

fn one(planned: &Planned, text: &mut String) {
    let Planned { plan, sends_secrets, builds_image } = planned;
    let _ = writeln!(text, "{BOLD}{}{PLAIN}", clean(&plan.app));
    for step in &plan.steps {
        show(step, text);
    }
    for left in &plan.left_alone {
        let _ =
            writeln!(text, "  {DIM}. {} {}: left alone, since {}{PLAIN}", left.kind, clean(&left.id), clean(&left.why));
    }
    if !sends_secrets.is_empty() {
        let names = sends_secrets.join(", ");
        let _ = writeln!(
            text,
            "  {YELLOW}?{PLAIN} secrets {names}: sent anew, and machines restart if Fly finds another value among them",
        );
    }
    if *builds_image {
        let _ = writeln!(
            text,
            "  {DIM}. the image is not built yet, so machines are shown with the one that they have{PLAIN}"
        );
    }
    let _ = writeln!(text, "{}", planned_line(plan));
}

/// What will be done, in one line.
pub(crate) fn planned(plan: &Plan) -> String {
    format!("{}: {}", plan.app, planned_line(plan))
}

fn planned_line(plan: &Plan) -> String {
    let count = |is: fn(&Action) -> bool| plan.steps.iter().filter(|step| is(&step.action)).count();
    let kinds = [
        (count(|action| matches!(action, Action::Blocked { .. })), "in the way"),
        (count(|action| matches!(action, Action::CreateMachine(_))), "to create"),
        (count(|action| matches!(action, Action::UpdateMachine { .. })), "to update"),
        (count(|action| matches!(action, Action::ReplaceMachine { .. })), "to replace"),
        (count(|action| matches!(action, Action::DestroyMachine { .. })), "to destroy"),
        (usize::try_from(plan.unchanged).unwrap_or_default(), "as they are to be"),
    ];
    let parts: Vec<String> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(n, what)| format!("{n} {what}")).collect();
    match (plan.is_empty(), parts.is_empty()) {
        (true, true) => "nothing to do".to_owned(),
        (true, false) => format!("nothing to do; machines: {}", parts.join(", ")),
        (false, true) => "no machines change".to_owned(),
        (false, false) => format!("machines: {}", parts.join(", ")),
    }
}

fn show(step: &Step, text: &mut String) {
    let (colour, sign) = sign(&step.action);
    let _ = write!(text, "  {colour}{sign}{PLAIN} {}", clean(&what(&step.action)));
    let causes: Vec<&str> = step.causes.iter().map(|cause| why(*cause)).collect();
    if !matches!(step.action, Action::Blocked { .. }) && !causes.is_empty() {
        let _ = write!(text, "{DIM}: {}{PLAIN}", causes.join(", "));
    }
    if let Some((colour, impact)) = impact(step.impact) {
        let _ = write!(text, " {colour}[{impact}]{PLAIN}");
    }
    text.push('\n');
    if let Action::Blocked { help, .. } = &step.action {
        let _ = writeln!(text, "      {}", clean(help));
    }
    for change in &step.changes {
        let _ = writeln!(text, "      {}", difference(change));
    }
}

fn difference(Change { pointer, before, after }: &Change) -> String {
    let field = pointer.as_str().trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
    let field = clean(&field);
    match (before, after) {
        (Value::Null, after) => format!("{GREEN}+{PLAIN} {field} = {}", value(after)),
        (before, Value::Null) => format!("{RED}-{PLAIN} {field} = {}", value(before)),
        (before, after) => format!("{YELLOW}~{PLAIN} {field} = {} → {}", value(before), value(after)),
    }
}

/// A value, without what is too long to be read in a line.
fn value(value: &Value) -> String {
    const LONGEST: usize = 90;
    let text = value.to_string();
    let short: String = text.chars().take(LONGEST).collect();
    clean(&if short.len() < text.len() { format!("{short}…") } else { text })
}

fn sign(action: &Action) -> (&'static str, &'static str) {
    match action {
        Action::Blocked { .. } => (RED, "!"),
        Action::DestroyMachine { .. } | Action::ReleaseAddress { .. } | Action::DestroyVolume { .. } => (RED, "-"),
        Action::UpdateMachine { .. } | Action::ExtendVolume { .. } | Action::SetSecrets { .. } => (YELLOW, "~"),
        Action::ReplaceMachine { .. } => (YELLOW, "±"),
        Action::LabelMachine { .. } => (DIM, "~"),
        Action::RunReleaseCommand { .. } => (GREEN, ">"),
        _ => (GREEN, "+"),
    }
}

fn what(action: &Action) -> String {
    match action {
        Action::CreateApp { name, organization, .. } => format!("app {name} in organization {organization}"),
        Action::AllocateAddress { kind } => format!("address {}{}", kind.as_str(), price(kind.as_str())),
        Action::SetSecrets { set, unset } => {
            let set = set.keys().map(|name| format!("+{name}"));
            let unset = unset.iter().map(|name| format!("-{name}"));
            format!("secrets {}", set.chain(unset).collect::<Vec<_>>().join(" "))
        }
        Action::RunReleaseCommand { command, .. } => format!("release command `{}`", command.join(" ")),
        Action::CreateVolume(new) => format!("volume {} of {} GB in {}", new.name, new.size_gb, new.region),
        Action::ExtendVolume { name, volume, from_gb, to_gb, .. } => {
            format!("volume {name} ({volume}) from {from_gb} to {to_gb} GB")
        }
        Action::CreateMachine(new) => format!("machine of `{}`{}", new.group, place(new)),
        Action::UpdateMachine { machine, group, region, skip_launch, .. } => {
            let rests = if *skip_launch { ", which rests and goes on resting" } else { "" };
            format!("machine {machine} of `{group}` in {region}{rests}")
        }
        Action::ReplaceMachine { machine, new } => {
            format!("machine {machine} of `{}`, by a new one{}", new.group, place(new))
        }
        Action::LabelMachine { machine, labels } => {
            let names: Vec<&str> = labels.keys().map(String::as_str).collect();
            let machine = match machine {
                score_fly_core::deploy::MachineRef::Id(id) => id,
                score_fly_core::deploy::MachineRef::New(_) => "that is new",
            };
            format!("labels of machine {machine}: {}", names.join(", "))
        }
        Action::DestroyMachine { machine, group, region } => format!("machine {machine} of `{group}` in {region}"),
        Action::ReleaseAddress { ip } => format!("address {ip}"),
        Action::DestroyVolume { volume, name, region } => {
            format!("volume {name} ({volume}) in {region}, with everything in it")
        }
        Action::Blocked { what, .. } => what.clone(),
        _ => "something that this version can't name".to_owned(),
    }
}

fn place(new: &NewMachine) -> String {
    let mut place = new.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    if !new.standby_for.is_empty() {
        place += ", as a standby";
    }
    match &new.volume {
        Some(VolumeRef::Id(volume)) => place.extend([", with volume ", volume]),
        Some(VolumeRef::New(_)) => place.push_str(", with a new volume"),
        None => {}
    }
    place
}

/// <https://fly.io/docs/about/pricing/#anycast-ip-addresses>
fn price(kind: &str) -> &'static str {
    if kind == "v4" { ", which costs $2 a month" } else { "" }
}

fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::Missing => "it is not there",
        Cause::Changed => "it is to be different",
        Cause::Drifted => "somebody else has changed it",
        Cause::Secrets => "it must see the secrets",
        Cause::StagedSecrets => "it does not see the newest secrets yet",
        Cause::Unfinished => "an earlier deploy was cut off",
        Cause::Surplus => "there are more than there are to be",
        Cause::GroupGone => "its process group is gone",
        Cause::HostDown => "its host does not answer",
        Cause::Mount => "it mounts another volume",
        Cause::Host => "it has to run on another host",
        Cause::Standby => "it stands in for others now",
        Cause::Release => "it is another release",
        Cause::Deploy => "machines are about to change",
        Cause::Asked => "it was asked for",
        Cause::Services => "its services need it",
        _ => "it has to be",
    }
}

fn impact(impact: Impact) -> Option<(&'static str, &'static str)> {
    match impact {
        Impact::None => None,
        Impact::Restart => Some((DIM, "restart")),
        Impact::Replacement => Some((DIM, "replacement")),
        Impact::Downtime => Some((YELLOW, "downtime")),
        Impact::Data => Some((RED, "loss of data")),
    }
}

/// What came of a deploy, line by line.
pub(crate) fn deployed(deployed: &Deployed) -> Vec<String> {
    let Deployed { app, release, machines, unchanged, url, failure, .. } = deployed;
    let release = release.map(|version| format!(", release {version}")).unwrap_or_default();
    let count = |stands: Stands| machines.iter().filter(|machine| machine.stands == stands).count();
    let kinds = [
        (Stands::Created, "created"),
        (Stands::Updated, "updated"),
        (Stands::Restored, "given back what they had"),
        (Stands::Untouched, "not touched"),
        (Stands::Destroyed, "destroyed"),
        (Stands::Failed, "not working"),
        (Stands::Unknown, "in a state that nobody knows"),
    ];
    let parts = kinds.iter().map(|(stands, what)| (count(*stands), *what));
    let parts = parts.chain([(usize::try_from(*unchanged).unwrap_or_default(), "as they were")]);
    let parts: Vec<String> = parts.filter(|(count, _)| *count > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let machines_line = if parts.is_empty() { String::new() } else { format!("; machines: {}", parts.join(", ")) };
    let at = url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
    match failure {
        None => vec![format!("{app} is deployed{at}{release}{machines_line}")],
        Some(_) => {
            let mut lines = vec![format!("{app} is not deployed{release}{machines_line}")];
            let bad = machines.iter().filter(|machine| matches!(machine.stands, Stands::Failed | Stands::Unknown));
            lines.extend(bad.map(|machine| {
                format!(
                    "  machine {} of `{}` in {} needs a look: `score-fly status -a {app}`",
                    machine.id, machine.group, machine.region
                )
            }));
            lines
        }
    }
}
