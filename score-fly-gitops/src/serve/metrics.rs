//! Metrics, in Prometheus' text format.

use std::fmt::Write as _;

use super::board::{Heard, Now};
use super::page::STATES;
use crate::sync::Health;

/// All of them.
pub(super) fn text(now: &Now) -> String {
    let mut text = String::new();
    let mut metric = |name: &str, kind: &str, help: &str, values: Vec<(String, f64)>| {
        let _ = writeln!(text, "# HELP score_fly_gitops_{name} {help}\n# TYPE score_fly_gitops_{name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(text, "score_fly_gitops_{name}{labels} {value}");
        }
    };
    let labeled = |label: &str, value: &str| format!("{{{label}=\"{}\"}}", value.replace(' ', "_"));
    let plain = |value: f64| vec![(String::new(), value)];
    let flag = |is: bool| plain(f64::from(u8::from(is)));
    let size = |count: usize| number(u64::try_from(count).unwrap_or(u64::MAX));
    let apps = STATES.iter().map(|state| (labeled("state", state.as_str()), size(now.count(*state)))).collect();
    metric("apps", "gauge", "Apps, by what came of them last.", apps);
    let health = [Health::Healthy, Health::Asleep, Health::Starting, Health::Failing, Health::Missing];
    let health = health.iter().map(|health| (labeled("health", health.as_str()), size(now.health(*health)))).collect();
    metric("apps_health", "gauge", "Apps, by how their machines were last.", health);
    metric("looks_total", "counter", "Looks at the tree.", plain(number(now.counts.looks)));
    metric("failed_looks_total", "counter", "Looks that were not possible.", plain(number(now.counts.failed_looks)));
    if let Some(look) = &now.look {
        metric("last_look_timestamp_seconds", "gauge", "When the last look ended.", plain(number(look.at)));
        metric("last_look_duration_seconds", "gauge", "How long the last look took.", plain(look.took.as_secs_f64()));
        metric("tree_whole", "gauge", "Whether the last look could read the whole tree.", flag(look.whole));
    }
    metric("database_up", "gauge", "Whether the database did what it was last asked for.", flag(now.broken.is_none()));
    metric("jobs_running", "gauge", "Jobs under way in this process.", plain(number(now.counts.running)));
    let jobs = ["done", "failed", "given_up", "interrupted", "lost"];
    let jobs = jobs.iter().map(|what| (labeled("outcome", what), count(now.counts.jobs.get(what)))).collect();
    metric("jobs_total", "counter", "Jobs, by what came of them.", jobs);
    let hooks = Heard::ALL.iter();
    let hooks = hooks.map(|heard| (labeled("outcome", heard.as_str()), count(now.counts.hooks.get(heard)))).collect();
    metric("webhooks_total", "counter", "Webhooks, by what became of them.", hooks);
    metric(
        "unsent_notifications_total",
        "counter",
        "Notifications that nobody took.",
        plain(number(now.counts.unsent)),
    );
    text
}

fn count(known: Option<&u64>) -> f64 {
    number(known.copied().unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "no counter gets so large")]
fn number(count: u64) -> f64 {
    count as f64
}
