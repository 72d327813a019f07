//! A plan as text.

use core::fmt;

use serde_json::Value;

use super::label;
use super::observed::AddressKind;
use super::plan::{Action, Cause, Change, Impact, MachineRef, NewMachine, Plan, Step};
use crate::map::SortedMap;
use crate::prelude::*;

/// A line of a plan's text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// What kind of line it is, which may be shown by a colour.
    pub mark: Mark,
    /// How many steps it is indented.
    pub depth: usize,
    /// What it says.
    pub text: String,
}

/// What a line of a plan is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// Something comes.
    Add,
    /// Something changes.
    Change,
    /// Something goes and comes again.
    Replace,
    /// Something goes.
    Remove,
    /// Something runs.
    Run,
    /// Something can't be done.
    Blocked,
    /// More about the line above.
    Detail,
    /// What there is to say about the whole, and an empty line.
    Note,
}

impl Mark {
    /// The character at the beginning of the line, if it has one.
    pub const fn as_char(self) -> Option<char> {
        match self {
            Self::Add => Some('+'),
            Self::Change => Some('~'),
            Self::Replace => Some('±'),
            Self::Remove => Some('-'),
            Self::Run => Some('>'),
            Self::Blocked => Some('!'),
            Self::Detail | Self::Note => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..self.depth {
            f.write_str("  ")?;
        }
        if let Some(mark) = self.mark.as_char() {
            write!(f, "{mark} ")?;
        }
        f.write_str(&self.text)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Plan {
    /// The plan as lines of text, for people. Steps that are alike are told together.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let shown: Vec<&Step> = self.steps.iter().filter(|step| !is_bookkeeping(step)).collect();
        for steps in shown.chunk_by(|one, other| are_alike(one, other)) {
            let Some(first) = steps.first() else { continue };
            let (mark, text) = head(steps, first);
            lines.push(Line { mark, depth: 1, text });
            details(first, &mut lines);
        }
        let note = |text: String| Line { mark: Mark::Note, depth: 0, text };
        if !lines.is_empty() {
            lines.insert(0, note(format!("{}:", self.app)));
            lines.push(note(String::new()));
        }
        lines.push(note(self.summary()));
        if !self.left_alone.is_empty() {
            lines.push(note(String::new()));
            lines.push(note("Left alone:".to_owned()));
            let alone = self.left_alone.iter().map(|alone| format!("{} {}: {}", alone.kind, alone.id, alone.why));
            lines.extend(alone.map(|text| Line { mark: Mark::Detail, depth: 1, text }));
        }
        lines
    }

    /// How much there is to do, in one sentence.
    pub fn summary(&self) -> String {
        let stay = match self.unchanged {
            0 => String::new(),
            1 => "1 machine stays as it is".to_owned(),
            many => format!("{many} machines stay as they are"),
        };
        if self.is_empty() {
            return if stay.is_empty() { "Nothing to do.".to_owned() } else { format!("Nothing to do: {stay}.") };
        }
        let count = |is_one: fn(&Action) -> bool| self.steps.iter().filter(|step| is_one(&step.action)).count();
        let counts = [
            (count(|action| matches!(action, Action::Blocked { .. })), "can't be done"),
            (count(|action| matches!(action, Action::CreateMachine(_))), "to create"),
            (count(|action| matches!(action, Action::UpdateMachine { .. })), "to update"),
            (count(|action| matches!(action, Action::ReplaceMachine { .. })), "to replace"),
            (count(|action| matches!(action, Action::DestroyMachine { .. })), "to destroy"),
        ];
        let counted: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let counted = if counted.is_empty() { "no machine changes".to_owned() } else { counted.join(", ") };
        let blocked = if self.is_blocked() { " Nothing is done before that is settled." } else { "" };
        if stay.is_empty() { format!("{counted}.{blocked}") } else { format!("{counted}; {stay}.{blocked}") }
    }
}

/// Whether a step only notes how far the deploy is.
fn is_bookkeeping(step: &Step) -> bool {
    matches!(&step.action, Action::LabelMachine { labels, .. } if labels.keys().all(|key| key == label::UNFINISHED))
}

/// Whether two steps can be told as one.
fn are_alike(one: &Step, other: &Step) -> bool {
    let told = |step: &Step| (step.causes.clone(), step.impact);
    let same = match (&one.action, &other.action) {
        (Action::CreateMachine(a), Action::CreateMachine(b)) => {
            a.group == b.group && a.volume.is_none() && b.volume.is_none() && a.skip_launch == b.skip_launch
        }
        (
            Action::UpdateMachine { group: a, skip_launch: c, .. },
            Action::UpdateMachine { group: b, skip_launch: d, .. },
        ) => a == b && c == d,
        (Action::DestroyMachine { group: a, .. }, Action::DestroyMachine { group: b, .. }) => a == b,
        (Action::LabelMachine { labels: a, .. }, Action::LabelMachine { labels: b, .. }) => a == b,
        _ => false,
    };
    same && told(one) == told(other) && one.changes == other.changes
}

/// What a step does, in a few words.
pub(super) fn told(step: &Step) -> String {
    head(&[step], step).1
}

/// What steps that are alike do.
fn head(steps: &[&Step], first: &Step) -> (Mark, String) {
    let many = steps.len();
    let names = || {
        let names = steps.iter().filter_map(|step| match &step.action {
            Action::UpdateMachine { machine, region, .. } | Action::DestroyMachine { machine, region, .. } => {
                Some(format!("{machine} in {region}"))
            }
            Action::LabelMachine { machine: MachineRef::Id(id) | MachineRef::New(id), .. } => Some(id.clone()),
            _ => None,
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let machines = |group: &str| {
        if many == 1 { format!("machine of `{group}`") } else { format!("{many} machines of `{group}`") }
    };
    let (mark, text) = match &first.action {
        Action::CreateApp { name, organization, network } => {
            let network = network.as_ref().map(|network| format!(", in network `{network}`")).unwrap_or_default();
            (Mark::Add, format!("create app `{name}` in organization `{organization}`{network}"))
        }
        Action::AllocateAddress { kind } => (Mark::Add, format!("allocate {}", address(*kind))),
        Action::SetSecrets { set, unset } => {
            let list = |names: Vec<&str>| names.join(", ");
            let set = list(set.keys().map(String::as_str).collect());
            let unset = list(unset.iter().map(String::as_str).collect());
            match (set.is_empty(), unset.is_empty()) {
                (false, false) => (Mark::Change, format!("set secrets {set}, and remove {unset}")),
                (true, _) => (Mark::Remove, format!("remove secrets {unset}")),
                (_, true) => (Mark::Add, format!("set secrets {set}")),
            }
        }
        Action::RunReleaseCommand { command, .. } => {
            (Mark::Run, format!("run the release command `{}`", command.join(" ")))
        }
        Action::CreateVolume(new) => {
            (Mark::Add, format!("create volume `{}` of {} GB in {}", new.name, new.size_gb, new.region))
        }
        Action::ExtendVolume { volume, name, from_gb, to_gb, .. } => {
            (Mark::Change, format!("extend volume `{name}` ({volume}) from {from_gb} to {to_gb} GB"))
        }
        Action::CreateMachine(new) if !new.standby_for.is_empty() => {
            (Mark::Add, format!("create a standby for `{}` in {}", new.group, place(new)))
        }
        Action::CreateMachine(new) => (Mark::Add, format!("create {} in {}", machines(&new.group), places(steps))),
        Action::UpdateMachine { group, .. } => (Mark::Change, format!("update {}: {}", machines(group), names())),
        Action::ReplaceMachine { machine, new } => {
            (Mark::Replace, format!("replace machine of `{}`: {machine} in {}", new.group, place(new)))
        }
        Action::LabelMachine { .. } => (Mark::Change, format!("label {}", names())),
        Action::DestroyMachine { group, .. } => (Mark::Remove, format!("destroy {}: {}", machines(group), names())),
        Action::ReleaseAddress { ip } => (Mark::Remove, format!("release address {ip}")),
        Action::DestroyVolume { volume, name, region } => {
            (Mark::Remove, format!("destroy volume `{name}` ({volume}) in {region}, with everything in it"))
        }
        Action::Blocked { what, .. } => (Mark::Blocked, what.clone()),
    };
    let impact = match first.impact {
        Impact::Downtime => " (not there while it restarts)",
        Impact::Restart if many == 1 => " (restarts)",
        Impact::Restart => " (they restart)",
        Impact::Data if matches!(first.action, Action::DestroyMachine { .. } | Action::ReplaceMachine { .. }) => {
            " (its volume stays, and nothing mounts it)"
        }
        _ => "",
    };
    (mark, text + impact)
}

/// Where new machines go, and how many where that is not all of them.
fn places(steps: &[&Step]) -> String {
    let new = steps.iter().filter_map(|step| match &step.action {
        Action::CreateMachine(new) => Some((place(new), ())),
        _ => None,
    });
    let places = SortedMap::grouped(new);
    let counted = places.iter().map(|(place, machines)| match machines.len() {
        many if many > 1 && places.len() > 1 => format!("{place} ({many})"),
        _ => place.clone(),
    });
    counted.collect::<Vec<_>>().join(", ")
}

fn place(new: &NewMachine) -> String {
    new.region.clone().unwrap_or_else(|| "the nearest region".to_owned())
}

fn address(kind: AddressKind) -> &'static str {
    match kind {
        AddressKind::V6 => "an IPv6 address",
        AddressKind::SharedV4 => "a shared IPv4 address",
        AddressKind::V4 => "an IPv4 address of its own, which costs $2 a month",
        AddressKind::PrivateV6 => "a private IPv6 address for Flycast",
    }
}

/// Why, and what becomes different.
fn details(step: &Step, lines: &mut Vec<Line>) {
    let mut add = |text: String| lines.push(Line { mark: Mark::Detail, depth: 3, text });
    if let Action::Blocked { help, .. } = &step.action {
        add(format!("help: {help}"));
        return;
    }
    if let Action::LabelMachine { labels, .. } = &step.action
        && step.changes.is_empty()
    {
        let shown = |key: &&String| label::RELEASE.iter().chain(&label::PREVIEWS).any(|own| own == key);
        for (key, value) in labels.iter().filter(|(key, _)| shown(key)) {
            add(format!("{key}: {}", value.as_deref().unwrap_or("(none)")));
        }
    }
    step.causes.iter().filter_map(|cause| why(*cause)).for_each(|why| add(why.to_owned()));
    for Change { pointer, before, after } in &step.changes {
        add(format!("{pointer}: {} -> {}", value(before), value(after)));
    }
}

/// What there is to say about a cause that the step itself does not say.
fn why(cause: Cause) -> Option<&'static str> {
    Some(match cause {
        Cause::Missing | Cause::Changed | Cause::Asked | Cause::Deploy | Cause::Release => return None,
        Cause::Drifted => "somebody else has changed it since it was deployed",
        Cause::Secrets => "it must see the secrets that are set",
        Cause::StagedSecrets => "secrets were set since it was changed last, and it does not see them yet",
        Cause::Unfinished => "it is left over from a deploy that was cut off",
        Cause::Surplus => "there are more than are asked for",
        Cause::GroupGone => "its process group is gone",
        Cause::Failed => "it failed, and nothing runs in it",
        Cause::HostDown => "its host does not answer",
        Cause::Mount => "it is to mount another volume, which only a new machine can",
        Cause::Host => "it is to run on another host, which only a new machine can",
        Cause::Standby => "the machines for which it stands in are others now",
        Cause::Services => "the services need it",
    })
}

fn value(value: &Value) -> String {
    if value.is_null() { "(none)".to_owned() } else { value.to_string() }
}
