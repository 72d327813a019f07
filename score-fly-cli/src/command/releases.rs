//! `score-fly releases` and `score-fly release`

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use score_fly_core::release::{Release, ReleaseChanges};
use score_fly_engine::ops;
use score_fly_engine::ops::releases::{Difference, Options};
use serde_json::{Value, json};

use crate::args::Global;
use crate::exit::Exit;
use crate::fly::{self, AppArgs, OneArgs};
use crate::process::Process;
use crate::table;
use crate::untrusted::clean;

/// List the releases of an app: versions, commits, images, who made them and when, and which machines have them
///
/// Fly's release history, the machines, and the project's ledger are put together; each of them is enough.
#[derive(Debug, Args)]
pub(crate) struct Releases {
    #[command(flatten)]
    app: AppArgs,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

/// Show a release, or what is different between two
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    #[command(subcommand)]
    command: ReleaseCommand,
}

#[derive(Debug, Subcommand)]
enum ReleaseCommand {
    Show(Show),
    Diff(Diff),
}

/// Show a release with its configuration
#[derive(Debug, Args)]
struct Show {
    /// The release: a number, a version, or the beginning of a commit
    release: String,

    #[command(flatten)]
    app: OneArgs,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

/// Say what is different between two releases: the image, each value of the configuration, and secrets by their names
#[derive(Debug, Args)]
struct Diff {
    /// The one: a number, a version, or the beginning of a commit
    from: String,

    /// The other
    to: String,

    #[command(flatten)]
    app: OneArgs,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

/// Lists releases.
pub(crate) fn list(args: Releases, global: Global) -> Exit {
    let process = Process::heeding(global);
    let options = Options { which: args.app.which(), fly: fly::options(global) };
    if let Some(known) = ops::releases(&process.context(), &options).result {
        process.data(&if args.json { format!("{:#}\n", json!(known)) } else { rows(&known.releases) });
    }
    process.finish()
}

/// Shows one, or what is different between two.
pub(crate) fn run(args: ReleaseArgs, global: Global) -> Exit {
    let process = Process::heeding(global);
    match args.command {
        ReleaseCommand::Show(Show { release, app, json }) => {
            let options = Options { which: app.which(), fly: fly::options(global) };
            if let Some(release) = ops::releases::show(&process.context(), &options, &release).result {
                process.data(&if json { format!("{:#}\n", json!(release)) } else { whole(&release) });
            }
        }
        ReleaseCommand::Diff(Diff { from, to, app, json }) => {
            let options = Options { which: app.which(), fly: fly::options(global) };
            if let Some(difference) = ops::releases::diff(&process.context(), &options, &from, &to).result {
                process.data(&if json { format!("{:#}\n", json!(difference)) } else { different(&difference) });
            }
        }
    }
    process.finish()
}

fn rows(releases: &[Release]) -> String {
    let rows: Vec<_> = releases.iter().map(row).collect();
    let headings = ["RELEASE", "VERSION", "COMMIT", "STATUS", "WHEN", "WHO", "IMAGE", "STRATEGY", "MACHINES", "NOTE"];
    table::render(headings, &rows)
}

fn row(release: &Release) -> [String; 10] {
    let or_dash = |text: Option<&str>| text.filter(|text| !text.is_empty()).map_or_else(|| "-".to_owned(), clean);
    let machines = if release.machines.is_empty() { "-".to_owned() } else { release.machines.join(",") };
    [
        release.number.map_or_else(|| "-".to_owned(), |number| number.to_string()),
        or_dash(release.stamp.version.as_deref()),
        or_dash(release.stamp.revision.as_deref().map(short_commit).as_deref()),
        or_dash(release.status.as_deref()),
        or_dash(release.at.as_deref().map(|at| at.get(..19).unwrap_or(at))),
        or_dash(release.user.as_deref()),
        or_dash(release.image.as_deref().map(short_image).as_deref()),
        or_dash(release.strategy.as_deref().map(str::to_lowercase).as_deref()),
        machines,
        note(release),
    ]
}

/// What is new in it, and what it went back to.
fn note(release: &Release) -> String {
    let back = release.stamp.back_to.as_ref().map(|to| format!("back to {to}"));
    let parts: Vec<String> = back.into_iter().chain(release.stamp.note.clone()).collect();
    clean(&parts.join(": "))
}

fn short_commit(revision: &str) -> String {
    match revision.split_once('-') {
        Some((commit, dirty)) => format!("{}-{dirty}", commit.chars().take(9).collect::<String>()),
        None => revision.chars().take(9).collect(),
    }
}

fn short_image(image: &str) -> String {
    match image.split_once("@sha256:") {
        Some((name, digest)) => format!("{name}@{}", digest.chars().take(12).collect::<String>()),
        None => image.to_owned(),
    }
}

fn whole(release: &Release) -> String {
    let mut text = String::new();
    let Release { stamp, image, strategy, user, at, status, machines, secrets, volumes, config, known_from, .. } =
        release;
    let mut line = |what: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(text, "{what:<11}{}", clean(value));
        }
    };
    line("release", release.number.map(|number| number.to_string()).as_deref());
    line("version", stamp.version.as_deref());
    line("commit", stamp.revision.as_deref());
    line("source", stamp.source.as_deref());
    line("note", stamp.note.as_deref());
    line("back to", stamp.back_to.as_deref());
    line("status", status.as_deref());
    line("when", at.as_deref());
    line("who", user.as_deref());
    line("image", image.as_deref());
    line("strategy", strategy.as_deref().map(str::to_lowercase).as_deref());
    line("deploy", stamp.deploy.as_deref());
    line("machines", Some(&machines.join(", ")));
    let names = secrets.iter().flat_map(|secrets| secrets.keys().cloned()).collect::<Vec<_>>();
    line("secrets", Some(&names.join(", ")));
    let sizes = volumes.iter().flatten().map(|(id, size)| format!("{id} ({size} GB)")).collect::<Vec<_>>();
    line("volumes", Some(&sizes.join(", ")));
    let places: Vec<String> =
        known_from.iter().map(|from| json!(from).as_str().unwrap_or_default().to_owned()).collect();
    line("known from", Some(&places.join(", ")));
    if let Some(config) = config {
        let _ = writeln!(text, "\n{}", clean_lines(&format!("{config:#}")));
    }
    text
}

/// A text of several lines.
fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

fn different(difference: &Difference) -> String {
    let Difference { app, from, to, changes } = difference;
    let ReleaseChanges { image, config, secrets, secrets_differ, .. } = changes;
    let mut text = format!("{}: from {} to {}\n", clean(app), clean(from), clean(to));
    let mut line = |line: String| {
        let _ = writeln!(text, "  {}", clean(&line));
    };
    if let Some((old, new)) = image {
        let name = |image: &Option<String>| image.clone().unwrap_or_else(|| "(unknown)".to_owned());
        line(format!("image: {} -> {}", name(old), name(new)));
    }
    let value = |value: &Value| if value.is_null() { "(none)".to_owned() } else { value.to_string() };
    match config {
        Some(changes) => {
            for change in changes {
                line(format!("{}: {} -> {}", change.pointer, value(&change.before), value(&change.after)));
            }
        }
        None => line("nobody knows both configurations".to_owned()),
    }
    match (secrets, secrets_differ) {
        (Some(changes), _) => changes.iter().for_each(|change| line(format!("secret {change}"))),
        (None, Some(true)) => line("secrets are others; nobody remembers which".to_owned()),
        (None, Some(false)) => {}
        (None, None) => line("nobody remembers the secrets of both".to_owned()),
    }
    if text.lines().count() == 1 {
        text.push_str("  nothing is different\n");
    }
    text
}
