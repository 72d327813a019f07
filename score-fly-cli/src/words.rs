//! What use cases note, in the words of the command line.

use std::path::Path;

use score_fly_core::diagnostic::Fix;
use score_fly_engine::ops::{Generated, Note, Secrets, Toml, Unfinished};

#[cfg(feature = "image")]
use crate::bars::size;
use crate::untrusted::one_line;

/// Where outputs come from.
pub(crate) const MISSING_OUTPUTS: &str = "outputs come from a file given with --outputs; or, in a project \
                                          (`score-fly init`), `score-fly generate` has resources made";

/// Lines about what was done.
pub(crate) enum Said {
    /// For everybody.
    Always(Vec<String>),
    /// For those who ask for more.
    IfAsked(Vec<String>),
}

/// What was done to mend something.
pub(crate) fn fixed(fix: &Fix) -> String {
    match fix {
        Fix::Set(value) => format!("wrote `{value}`"),
        Fix::Rename(name) => format!("renamed it to `{name}`"),
        _ => "removed it".to_owned(),
    }
}

/// What is said of a note that is no diagnostic and no failure.
pub(crate) fn said(note: &Note) -> Said {
    let line = match note {
        Note::Read(path) => return Said::IfAsked(vec![format!("read {}", shown(path))]),
        Note::Called { calls, resources } => {
            return Said::IfAsked(vec![format!("called provisioners for {calls} of {resources} resources")]);
        }
        Note::Generated(generated) => return Said::IfAsked(next_steps(generated)),
        Note::TookOver { from, provisioners, resources, left, workloads } => {
            let from = shown(from);
            let mut lines = vec![format!("took over from {from}: provisioners {provisioners}, resources {resources}")];
            lines.extend(left.iter().cloned());
            if !workloads.is_empty() {
                lines.push(format!("generate these workloads again from their Score files: {}", workloads.join(", ")));
            }
            return Said::Always(lines);
        }
        Note::Wrote(path) => format!("wrote {}", shown(path)),
        // It may hold the only copy of a secret, so it is not ours to remove.
        Note::Useless(path) => format!("{} is of no use any more: the workload has no secrets", shown(path)),
        Note::Left { path, secrets } => {
            format!("{}{} is still there", shown(path), if *secrets { ", with secrets in it," } else { "" })
        }
        Note::Moved { workload, from, to } => {
            format!("the workload {workload} comes from {} now, and no longer from {}", shown(to), shown(from))
        }
        Note::RecordedRuntime(path) => format!("recorded the commit of its runtime in {}", shown(path)),
        Note::RemovedWorkload(name) => format!("removed the workload {name}"),
        Note::Orphan(uid) => {
            format!("{uid} is used by no workload any more: `score-fly resources prune` takes it down")
        }
        Note::TookDown(uid) => format!("took down {uid}"),
        Note::Forgot { uid, provisioner: Some(maker) } => {
            format!("forgot {uid}: whatever `{maker}` made for it stays")
        }
        Note::Forgot { uid, provisioner: None } => format!("forgot {uid}"),
        Note::AddedProvisioner(id) => format!("added the provisioner {id}"),
        Note::ReplacedProvisioner(id) => format!("replaced the provisioner {id}"),
        Note::RemovedProvisioner(id) => format!("removed the provisioner {id}"),
        Note::Encrypted(path) => format!("encrypted the secrets in {}", shown(path)),
        #[cfg(feature = "image")]
        Note::Pushed(pushed) => {
            let (layers, sent, size) = (pushed.layers, size(pushed.sent), size(pushed.size));
            format!("pushed {} as {}: {layers} layers of {size}, {sent} sent", pushed.config, pushed.tagged)
        }
        #[cfg(feature = "deploy")]
        Note::Planned(plan) => crate::command::deploy::planned(plan),
        #[cfg(feature = "deploy")]
        Note::Deployed(deployed) => return Said::Always(crate::command::deploy::deployed(deployed)),
        #[cfg(feature = "deploy")]
        Note::DeployedAll { done, failed, left } => crate::command::deploy::deployed_all(done, failed, left),
        #[cfg(feature = "deploy")]
        Note::CreatedApp { app, organization } => format!("created app {app} in organization {organization}"),
        #[cfg(feature = "deploy")]
        Note::DestroyedApp(app) => format!("destroyed app {app}"),
        #[cfg(feature = "deploy")]
        Note::NoApp(app) => format!("there is no app {app}"),
        #[cfg(feature = "deploy")]
        Note::NoHistory { app, from, why } => {
            let who = match from {
                score_fly_core::release::KnownFrom::Fly => "Fly does not tell its releases",
                score_fly_core::release::KnownFrom::Machines => "not all machines tell their releases",
                score_fly_core::release::KnownFrom::Ledger => "the project's ledger can't be read",
            };
            format!("app {app}: {who}, so what is known from elsewhere has to do: {why}")
        }
        #[cfg(feature = "deploy")]
        Note::NotWrittenDown { app, why } => format!("the release of app {app} is not in the project's ledger: {why}"),
        #[cfg(feature = "deploy")]
        Note::DirtyTree { commit, version } => format!(
            "there are changes that are in no commit, so version {version} is not what commit {} has",
            commit.chars().take(9).collect::<String>()
        ),
        #[cfg(feature = "deploy")]
        Note::ChangedSecrets { app, names, .. } if names.is_empty() => {
            format!("the secrets of app {app} have these values already")
        }
        #[cfg(feature = "deploy")]
        Note::ChangedSecrets { app, names, .. } => {
            format!("changed {} of app {app}: machines get that with the next deploy", names.join(", "))
        }
        Note::OfferedPrefix(prefix) => {
            let line = format!(
                "the apps of this project are called {prefix}NAME; for another prefix, remove .score-fly and run \
                 `score-fly init --fly-app-prefix PREFIX`"
            );
            return Said::Always(vec![line]);
        }
        Note::CouldTakeOver(path) => {
            let path = shown(path);
            format!("{path} is there: `score-fly init --import` takes over its provisioners and resources")
        }
        _ => return Said::Always(Vec::new()),
    };
    Said::Always(vec![line])
}

/// Whose end is waited for.
pub(crate) fn waiting(holder: &str) -> String {
    format!("waiting for another run of score-fly in this project, process {holder}")
}

/// What comes of it that a run was cancelled.
pub(crate) fn cancelled(unfinished: Unfinished) -> String {
    let consequence = match unfinished {
        Unfinished::Provisioning { made, resources } => {
            format!("{made} of {resources} resources are provisioned, and the next run goes on from there")
        }
        Unfinished::Pushing => "nothing is tagged, and layers that have arrived are not sent again".to_owned(),
        Unfinished::TakingDown => "what was not taken down is still there".to_owned(),
        Unfinished::Writing { written, workloads } => format!("{written} of {workloads} workloads are written"),
        _ => "not everything is done".to_owned(),
    };
    format!("interrupted: {consequence}")
}

/// The names of things, for people.
pub(crate) fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The commands that deploy what was written.
fn next_steps(Generated { app, toml, secrets, .. }: &Generated) -> Vec<String> {
    let mut lines = vec!["next:".to_owned(), format!("  fly apps create {app}")];
    if let Secrets::In(path) = secrets {
        lines.push(format!("  fly secrets import --stage -a {app} < {}", quote(path)));
    }
    if let Toml::In(toml) = toml {
        lines.push(format!("  fly deploy -c {}", quote(toml)));
    }
    lines
}

/// A path as one word of a shell.
fn quote(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    if text.chars().any(char::is_control) {
        return format!("$'{}'", text.escape_default());
    }
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A path, for people.
fn shown(path: &Path) -> String {
    one_line(&path.display().to_string())
}
