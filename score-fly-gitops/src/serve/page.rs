//! What people see of a controller, and the same as data.

use std::fmt::Write as _;

use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::board::{Event, Look, Now, Phase, Standing, time};
use crate::sync::{Health, State};

/// The states, what asks for people first.
pub(super) const STATES: [State; 9] = [
    State::Failed,
    State::Skipped,
    State::OutOfSync,
    State::Waiting,
    State::Surplus,
    State::Suspended,
    State::Deployed,
    State::Destroyed,
    State::InSync,
];

const STYLE: &str = include_str!("page.css");

/// Without it the page is the same, and is loaded anew by hand.
const SCRIPT: &str = include_str!("page.js");

/// What there is to say where nobody can log in.
pub(super) const NO_TOKEN: &str =
    "nobody can read this: give the controller a token, in the variable SCORE_FLY_GITOPS_TOKEN";

/// Which apps are shown.
#[derive(Debug, Default)]
pub(super) struct Filter {
    state: Option<State>,
    text: String,
}

impl Filter {
    /// As a query says.
    pub(super) fn of(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "state" => filter.state = STATES.into_iter().find(|state| state.as_str() == value),
                "find" => value.trim().clone_into(&mut filter.text),
                _ => {}
            }
        }
        filter
    }

    fn shows(&self, name: &str, standing: &Standing) -> bool {
        self.state.is_none_or(|state| standing.entry.state == state) && name.contains(&self.text)
    }
}

/// Everything, as data.
pub(super) fn data(now: &Now) -> Value {
    let look = now.look.as_ref().map(|look| {
        json!({
            "at": time(look.at),
            "tookSeconds": look.took.as_secs_f64(),
            "commit": look.commit,
            "whole": look.whole,
            "mistakes": look.mistakes,
            "notPruned": look.not_pruned,
        })
    });
    let app = |standing: &Standing| {
        let mut value = json!(standing.entry);
        if let (Value::Object(value), Value::Object(phase)) = (&mut value, json!(standing.phase)) {
            value.extend(phase);
            value.insert("since".to_owned(), time(standing.since).into());
        }
        value
    };
    json!({
        "version": 1,
        "look": look,
        "isLooking": now.is_looking,
        "trouble": now.trouble,
        "databaseTrouble": now.broken,
        "apps": now.apps.values().map(app).collect::<Vec<_>>(),
        "history": now.events,
    })
}

/// What browsers may do with a page: nothing but show it, and ask for it anew.
pub(super) fn policy() -> String {
    let hash = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn top(title: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width, \
         initial-scale=1\"><title>{title}</title><style>{STYLE}</style>"
    )
}

/// The page for those who are not known yet.
pub(super) fn login(is_impossible: bool, has_failed: bool) -> String {
    let mut page = top("Log in");
    page.push_str("<main><div class=door><h1>score-fly gitops</h1>");
    if is_impossible {
        let _ = write!(page, "<p>Now {NO_TOKEN}.</p></div></main></html>");
        return page;
    }
    if has_failed {
        page.push_str("<p class=\"banner bad\" role=alert>That is not the token.</p>");
    }
    page.push_str(
        "<form method=post action=/login><label for=token>Token</label><input id=token name=token type=password \
         autocomplete=current-password required autofocus><button>Log in</button></form></div></main></html>",
    );
    page
}

/// The page for people. It needs nothing from elsewhere.
pub(super) fn html(now: &Now, at: u64, filter: &Filter) -> String {
    let failed = now.count(State::Failed);
    let title = if failed > 0 { format!("({failed} failed) Apps") } else { "Apps".to_owned() };
    let mut page = top(&title);
    page.push_str("<header><div><h1>Apps</h1>");
    let _ = write!(page, "<p id=about role=status>{}</p>", about(now, at));
    page.push_str("<form method=post action=/logout><button>Log out</button></form></div></header><main>");
    if now.apps.len() > 10 || !filter.text.is_empty() {
        let _ = write!(
            page,
            "<form class=find role=search><input type=search name=find aria-label=\"Name of an app\" placeholder=\"Name of an \
             app\" value=\"{}\"><button>Find</button></form>",
            escape(&filter.text)
        );
    }
    page.push_str("<div id=live>");
    banners(&mut page, now);
    counts(&mut page, now, filter);
    apps(&mut page, now, at, filter);
    history(&mut page, now, at);
    let _ = write!(page, "</div><footer class=faint>The same as data: <a href=/api/apps>/api/apps</a></footer></main>");
    let _ = write!(page, "<script>{SCRIPT}</script></html>");
    page
}

fn about(now: &Now, at: u64) -> String {
    let running = if now.is_looking { " A look is under way." } else { "" };
    match &now.look {
        None => format!("The tree was not looked at yet.{running}"),
        Some(look) => {
            let Look { commit, took, .. } = look;
            let commit = commit.as_ref().map(|commit| format!(" at commit <code>{}</code>", escape(short(commit))));
            let (commit, seconds) = (commit.unwrap_or_default(), took.as_secs_f64());
            format!("Last look {}{commit}; it took {seconds:.1} s.{running}", ago(at, look.at))
        }
    }
}

fn banners(page: &mut String, now: &Now) {
    if let Some(trouble) = &now.trouble {
        let _ = write!(page, "<p class=\"banner bad\">The last look was not possible: {}</p>", escape(trouble));
    }
    if let Some(broken) = &now.broken {
        let _ = write!(page, "<p class=\"banner bad\">{}</p>", escape(broken));
    }
    let Some(look) = &now.look else { return };
    if !look.mistakes.is_empty() {
        page.push_str("<div class=\"banner bad\">There are mistakes in the tree:<ul>");
        for mistake in &look.mistakes {
            let _ = write!(page, "<li>{}</li>", escape(mistake));
        }
        page.push_str("</ul></div>");
    }
    if !look.whole {
        page.push_str(
            "<p class=\"banner warn\">Not all of the tree can be read. What can be is kept in step, and nothing is taken away.</p>",
        );
    }
    if let Some(reason) = &look.not_pruned {
        let _ = write!(page, "<p class=\"banner warn\">Nothing is taken away: {}.</p>", escape(reason));
    }
}

fn counts(page: &mut String, now: &Now, filter: &Filter) {
    if now.apps.is_empty() {
        return;
    }
    let current = |is: bool| if is { " aria-current=true" } else { "" };
    let count = now.apps.len();
    let _ = write!(
        page,
        "<ul class=counts><li><a class=calm href=\"/\"{}><b>{count}</b> in all</a></li>",
        current(filter.state.is_none())
    );
    for state in STATES {
        let count = now.count(state);
        if count > 0 {
            let (class, name) = (class(state), state.as_str());
            let (link, current) = (name.replace(' ', "+"), current(filter.state == Some(state)));
            let _ =
                write!(page, "<li><a class={class} href=\"/?state={link}\"{current}><b>{count}</b> {name}</a></li>");
        }
    }
    page.push_str("</ul>");
}

fn apps(page: &mut String, now: &Now, at: u64, filter: &Filter) {
    let mut shown: Vec<(&String, &Standing)> =
        now.apps.iter().filter(|(name, standing)| filter.shows(name, standing)).collect();
    if shown.is_empty() {
        let why = match (&now.look, now.apps.is_empty()) {
            (None, _) => "Nothing is known yet.",
            (_, true) => "There are no apps in the tree.",
            _ => "There is no such app.",
        };
        let _ = write!(page, "<p class=empty>{why}</p>");
        return;
    }
    let rank = |state: State| STATES.iter().position(|known| *known == state);
    shown.sort_by_key(|(_, standing)| (!is_moving(&standing.phase), rank(standing.entry.state)));
    page.push_str(
        "<div class=list><div class=\"row head\" aria-hidden=true><span>App</span><span>State</span><span>Machines</span>\
         <span></span><time>Since</time></div>",
    );
    for (name, standing) in shown {
        app(page, name, standing, at);
    }
    page.push_str("</div>");
}

/// Whether something is about to change.
fn is_moving(phase: &Phase) -> bool {
    matches!(phase, Phase::Running | Phase::Queued)
}

fn app(page: &mut String, name: &str, standing: &Standing, at: u64) {
    let Standing { entry, phase, since, .. } = standing;
    let state = entry.state;
    let health = entry.health.map_or_else(String::new, |health| {
        format!("<span class=\"chip {}\">{}</span>", class_of(health), health.as_str())
    });
    let drift = if entry.drifted { "changed at Fly since it was deployed" } else { "" };
    let more: Vec<String> = [doing(phase, at), drift.to_owned()].into_iter().filter(|text| !text.is_empty()).collect();
    let more = if more.is_empty() { String::new() } else { format!("<small>{}</small>", escape(&more.join("; "))) };
    let row = format!(
        "<span class=name>{}</span><span class=\"chip {}\">{}</span><span>{health}</span><span class=what>{}{more}</span>{}",
        escape(name),
        class(state),
        state.as_str(),
        escape(&entry.summary),
        ago(at, *since)
    );
    let open = if state == State::Failed { " open" } else { "" };
    let commit =
        entry.commit.as_ref().map(|commit| format!(", source at commit <code>{}</code>", escape(short(commit))));
    let _ = write!(
        page,
        "<details id=\"app-{}\"{open}><summary class=row>{row}</summary><div><p>{}{}</p>",
        escape(name),
        escape(&entry.file),
        commit.unwrap_or_default()
    );
    if !entry.details.is_empty() {
        let _ = write!(page, "<pre>{}</pre>", escape(&entry.details.join("\n")));
    }
    page.push_str("</div></details>");
}

fn history(page: &mut String, now: &Now, at: u64) {
    if now.events.is_empty() {
        return;
    }
    page.push_str("<h2>What happened</h2><div class=\"list past\">");
    for Event { at: then, app, state, summary, commit } in &now.events {
        let commit = commit.as_ref().map(|commit| format!("<small>commit {}</small>", escape(short(commit))));
        let _ = write!(
            page,
            "<div class=row><span class=name>{}</span><span class=\"chip {}\">{}</span><span class=what>{}{}</span>{}</div>",
            escape(app),
            class(*state),
            state.as_str(),
            escape(summary),
            commit.unwrap_or_default(),
            ago(at, *then)
        );
    }
    page.push_str("</div>");
}

fn class(state: State) -> &'static str {
    match state {
        State::Failed | State::Skipped => "bad",
        State::InSync | State::Deployed => "good",
        State::Suspended | State::Destroyed => "calm",
        State::OutOfSync | State::Waiting | State::Surplus => "warn",
    }
}

fn class_of(health: Health) -> &'static str {
    match health {
        Health::Healthy => "good",
        Health::Failing => "bad",
        Health::Starting => "warn",
        Health::Asleep | Health::Missing => "calm",
    }
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

fn ago(now: u64, then: u64) -> String {
    let text = match now.saturating_sub(then) {
        seconds @ 0..60 => format!("{seconds} s ago"),
        seconds @ 60..3_600 => format!("{} min ago", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} days ago", seconds / 86_400),
    };
    let exact = time(then);
    format!("<time datetime=\"{exact}\" title=\"{exact}\">{text}</time>")
}

/// What is being done about an app, and nothing where there is nothing to say.
fn doing(phase: &Phase, now: u64) -> String {
    match phase {
        Phase::Rests => String::new(),
        Phase::Queued => "waits for its turn".to_owned(),
        Phase::Running => "under way".to_owned(),
        Phase::Again { at, tries, .. } => {
            let times = if *tries == 1 { "once".to_owned() } else { format!("{tries} times") };
            format!("failed {times}, tried again {}", soon(now, *at))
        }
        Phase::GaveUp { .. } => "given up until the next commit, or for an hour".to_owned(),
        Phase::After { app } => format!("waits for {app}"),
        Phase::Closed => "waits until it may be changed".to_owned(),
        Phase::Kept => "left as it is".to_owned(),
    }
}

/// When something is to come.
fn soon(now: u64, then: u64) -> String {
    match then.saturating_sub(now) {
        0 => "now".to_owned(),
        seconds @ 1..60 => format!("in {seconds} s"),
        seconds => format!("in {} min", seconds.div_ceil(60)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Filter, html, login, policy};
    use crate::serve::board::{Look, Now, Phase};
    use crate::sync::{Entry, State};

    fn entry(app: &str, state: State, detail: &str) -> Entry {
        let details = vec![detail.to_owned()];
        let (app, file, summary) = (app.to_owned(), "<file>".to_owned(), "it is so".to_owned());
        Entry { app, file, state, summary, details, commit: None, drifted: false, health: None }
    }

    #[test]
    fn what_is_asked_for_is_shown_and_nothing_of_it_is_markup() {
        let mut now = Now::default();
        now.look = Some(Look { at: 1000, whole: true, ..Look::default() });
        for n in 0..11 {
            now.note(1000, entry(&format!("fine-{n}"), State::InSync, "a"), Phase::Rests);
        }
        let again = Phase::Again { at: 1090, tries: 2, digest: String::new() };
        now.note(1000, entry("bad-1", State::Failed, "<script>alert('\"&')</script>"), again);
        let page = |query: &str| html(&now, 1061, &Filter::of(query));
        let shows = |page: &str, app: &str| page.contains(&format!("<details id=\"app-{app}\""));
        let all = page("");
        assert!(shows(&all, "fine-3") && shows(&all, "bad-1") && all.contains("<title>(1 failed) Apps</title>"));
        assert!(all.find("app-bad-1") < all.find("app-fine-0"), "what asks for people comes first");
        assert!(all.contains("&lt;script&gt;alert('&quot;&amp;')&lt;/script&gt;") && !all.contains("<script>alert"));
        assert!(all.contains("failed 2 times, tried again in 29 s") && all.contains(">1 min ago</time>"), "{all}");
        let failed = page("state=failed");
        assert!(shows(&failed, "bad-1") && !shows(&failed, "fine-3"));
        let found = page("find=fine-1&state=");
        assert!(
            shows(&found, "fine-1") && shows(&found, "fine-10") && !shows(&found, "fine-2") && !shows(&found, "bad-1")
        );
        assert!(page("find=%22%3E%3Cb%3E").contains("value=\"&quot;&gt;&lt;b&gt;\""));
        assert!(html(&Now::default(), 0, &Filter::default()).contains("Nothing is known yet."));
    }

    #[test]
    fn browsers_run_nothing_but_what_is_in_the_page() {
        let policy = policy();
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
        assert!(!login(true, false).contains("<form") && login(false, true).contains("role=alert"));
    }
}
