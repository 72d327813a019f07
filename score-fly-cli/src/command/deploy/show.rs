//! Plans, and what came of them, for people.

use std::fmt::Write as _;

use score_fly_core::deploy::{Line, Mark, Plan};
use score_fly_core::resource::Uid;
use score_fly_engine::deploy::{Deployed, Stands};
use score_fly_engine::ops::plan::Planned;

use crate::untrusted::clean;

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
    let Planned { plan, sends_secrets, builds_image, awaits } = planned;
    for line in plan.lines() {
        let _ = writeln!(text, "{}{}{PLAIN}", colour(&line), clean(&line.to_string()));
    }
    if !awaits.is_empty() {
        let uids: Vec<&str> = awaits.iter().map(Uid::as_str).collect();
        let _ = writeln!(text, "\nThese resources are made first: {}", clean(&uids.join(", ")));
    }
    if !sends_secrets.is_empty() {
        let names = clean(&sends_secrets.join(", "));
        let _ = writeln!(
            text,
            "\nNobody remembers the values of these secrets, so they are sent, and machines restart if Fly finds another \
             value among them: {names}"
        );
    }
    if *builds_image {
        text.push_str("\nThe image is not built yet, so machines are shown with the one that they have.\n");
    }
}

/// A plan without colours.
pub(crate) fn lines_of(plan: &Plan) -> String {
    let mut text = String::new();
    for line in plan.lines() {
        let _ = writeln!(text, "{}", clean(&line.to_string()));
    }
    text
}

fn colour(line: &Line) -> &'static str {
    match line.mark {
        Mark::Add | Mark::Run => "\u{1b}[32m",
        Mark::Change | Mark::Replace => "\u{1b}[33m",
        Mark::Remove | Mark::Blocked => "\u{1b}[31m",
        Mark::Detail => "\u{1b}[2m",
        _ => "",
    }
}

/// What will be done, in one line.
pub(crate) fn planned(plan: &Plan) -> String {
    format!("{}: {}", plan.app, plan.summary())
}

/// What came of the deploys of several apps.
pub(crate) fn deployed_all(done: &[String], failed: &[String], left: &[String]) -> String {
    let count = done.len() + failed.len() + left.len();
    let of = |what: &str, apps: &[String]| match apps {
        [] => String::new(),
        apps => format!("; {what}: {}", apps.join(", ")),
    };
    let (failed, left) = (of("failed", failed), of("left as they are", left));
    format!("{} of {count} apps are as they are to be{failed}{left}", done.len())
}

/// What came of a deploy, line by line.
pub(crate) fn deployed(deployed: &Deployed) -> Vec<String> {
    let Deployed { app, release, version, machines, unchanged, url, failure, .. } = deployed;
    let release = release.map(|number| format!(", release {number}")).unwrap_or_default();
    let version = version.as_ref().map(|version| format!(", version {}", clean(version))).unwrap_or_default();
    let release = format!("{release}{version}");
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
            let mut lines = vec![format!("{app} was not deployed{release}{machines_line}")];
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
