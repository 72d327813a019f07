//! `score-fly gitops install`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use score_fly_core::secret::Secret;
use score_fly_gitops::install::{CONTROLLER_TOKEN, Installed, NotInstalled, Options, install, origin};
use score_fly_gitops::{Reference, Repository};
use serde_json::json;

use crate::args::Global;
use crate::command::deploy::duration;
use crate::exit::Exit;
use crate::failures;
use crate::fly;
use crate::process::Process;
use crate::untrusted::clean;

/// Put a controller for a tree into your organization at Fly: an app that runs `gitops serve`
///
/// It gets a volume, and secrets of which two are shown, once: what webhooks are signed with, and what lets people see its
/// page. Run again, it gets another image, and its secrets stay as they are. What the variables
/// `SCORE_FLY_GIT_CREDENTIALS`, `SCORE_FLY_GIT_SSH_KEY`, `SCORE_FLY_GIT_KNOWN_HOSTS`, `SCORE_FLY_NOTIFY_URL` and
/// `SCORE_FLY_SLACK_URL` hold becomes a secret of it, and the token in `SCORE_FLY_CONTROLLER_TOKEN` is what it talks to Fly
/// with; without one, it is yours.
#[derive(Debug, Args)]
pub(super) struct Install {
    /// The folder in which the tree begins: in a clone of its repository, or with --repo in the repository itself
    #[arg(default_value = ".")]
    path: String,

    /// The name of the controller's app
    #[arg(short, long, value_name = "NAME")]
    app: String,

    /// The organization of an app that is not there yet; the only one that there is, if none is named
    #[arg(short, long, value_name = "SLUG", env = "FLY_ORG", hide_env_values = true)]
    org: Option<String>,

    /// The region of an app that is not there yet
    #[arg(short, long, value_name = "CODE")]
    region: Option<String>,

    /// Its image, best by its digest: one with score-fly, git and ssh
    #[arg(short, long, value_name = "IMAGE", required_unless_present = "image_archive")]
    image: Option<String>,

    /// An archive with its image, which is pushed first
    #[arg(long, value_name = "FILE", conflicts_with = "image")]
    image_archive: Option<PathBuf>,

    /// The repository with the tree, by its address; that of `origin` in PATH, if none is named
    #[arg(long, value_name = "URL")]
    repo: Option<String>,

    /// The branch of the repository; the one that is checked out in PATH, or with --repo its usual one
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,

    /// A variable of the environment that the controller is to have as a secret, for secrets of apps; may be repeated
    #[arg(long = "secret", value_name = "NAME")]
    secrets: Vec<String>,

    #[command(flatten)]
    follow: FollowArgs,

    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

/// How the controller follows the tree.
#[derive(Debug, Args)]
struct FollowArgs {
    /// How long the controller waits from look to look, if nothing is pushed
    #[arg(long, value_name = "TIME", value_parser = duration)]
    every: Option<Duration>,

    /// Have the controller destroy what is not in the tree any more, as `gitops sync --prune` does
    #[arg(long)]
    prune: bool,

    /// Have the controller leave apps as they are that somebody has changed at Fly
    #[arg(long)]
    keep_drift: bool,
}

impl FollowArgs {
    /// As arguments of `gitops serve`.
    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        arguments.extend(self.prune.then(|| "--prune".to_owned()));
        arguments.extend(self.keep_drift.then(|| "--keep-drift".to_owned()));
        arguments
            .extend(self.every.into_iter().flat_map(|every| ["--every".to_owned(), format!("{}s", every.as_secs())]));
        arguments
    }
}

impl Install {
    fn options(self, process: &Process, global: Global) -> Result<Options, String> {
        let Self { path, app, org, region, image, image_archive, repo, branch, secrets, follow, .. } = self;
        let (found, inside) = match repo {
            Some(url) => (Repository { url, reference: Reference::Head }, path.trim_start_matches("./").to_owned()),
            None => origin(&process.context(), &path)?,
        };
        let repository = Repository { reference: branch.map_or(found.reference, Reference::Branch), ..found };
        Ok(Options {
            app,
            organization: org,
            region,
            image,
            archive: image_archive,
            repository,
            path: inside,
            arguments: follow.arguments(),
            secrets,
            dry_run: self.dry_run,
            fly: fly::options(global),
        })
    }
}

/// Runs it.
pub(super) fn run(args: Install, global: Global) -> Exit {
    let process = Process::heeding(global);
    let (as_json, dry_run) = (args.json, args.dry_run);
    let options = match args.options(&process, global) {
        Ok(options) => options,
        Err(error) => {
            process.fail(&format!("{error}; --repo names a repository"));
            return process.finish();
        }
    };
    match install(&process.context(), &options) {
        Ok(installed) if as_json => process.data(&format!("{:#}\n", view(&installed))),
        Ok(installed) => {
            if installed.shares_token {
                process.say(&format!(
                    "the controller talks to Fly with your token: `fly tokens create org` makes one of its own, for \
                     {CONTROLLER_TOKEN}"
                ));
            }
            process.data(&if dry_run { lines(&installed) } else { told(&installed, &options.repository) });
        }
        Err(NotInstalled::Failure(failure)) => process.fail(&failures::sentence(&failure)),
        Err(NotInstalled::Other(said)) => process.fail(&said),
        Err(_) => process.fail("it can't be installed"),
    }
    process.finish()
}

fn lines(installed: &Installed) -> String {
    installed.plan.iter().fold(String::new(), |text, line| text + &clean(line) + "\n")
}

/// What there is to know now. Secrets are shown where that was what the run was for, and nowhere else.
fn told(installed: &Installed, repository: &Repository) -> String {
    let Installed { address, webhook, webhook_secret, page_token, is_done, .. } = installed;
    let mut text = if *is_done { format!("{address} follows {}\n", clean(&repository.url)) } else { String::new() };
    let mut show = |what: &str, at: &str, word: &str, secret: &Option<Secret<String>>| {
        if let Some(secret) = secret {
            let _ = writeln!(text, "\n{what}  {at}\n{word}  {}", secret.expose());
        }
    };
    show("webhook", webhook, "secret ", webhook_secret);
    show("page   ", &format!("{address}/"), "token  ", page_token);
    if webhook_secret.is_some() || page_token.is_some() {
        text += "\nKeep them now: they can't be shown again.\n";
    }
    text
}

fn view(installed: &Installed) -> serde_json::Value {
    let open = |secret: &Option<Secret<String>>| secret.as_ref().map(|secret| secret.expose().clone());
    json!({
        "address": installed.address,
        "webhook": installed.webhook,
        "webhookSecret": open(&installed.webhook_secret),
        "pageToken": open(&installed.page_token),
        "plan": installed.plan,
        "done": installed.is_done,
    })
}
