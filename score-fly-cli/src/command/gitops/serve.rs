//! `score-fly gitops serve`

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use score_fly_gitops::queue::Place;
use score_fly_gitops::serve::{Options, Retries, Said, Secrets, TOKEN, WEBHOOK_SECRET, repository, serve};
use score_fly_gitops::{Begin, Cache, sync};

use super::TreeArgs;
use crate::args::Global;
use crate::command::deploy::duration;
use crate::exit::Exit;
use crate::fly;
use crate::process::Process;
use crate::untrusted::clean;

/// Keep Fly in step with a tree: look at it again and again, and whenever a forge says that something was pushed
///
/// Webhooks come to /hooks/github, /hooks/gitlab, /hooks/gitea, /hooks/bitbucket or /hooks/generic, signed with what the
/// variable `SCORE_FLY_WEBHOOK_SECRET` holds. The page at / shows how the apps are, to whoever knows what
/// `SCORE_FLY_GITOPS_TOKEN` holds; /api/apps has the same as JSON, and /metrics is for Prometheus. What is to be done is
/// kept in a database, and goes on where it stopped if the controller ends.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    tree: TreeArgs,

    /// The repository that holds the tree, by its address or its folder; PATH is then a folder in it
    #[arg(long, value_name = "URL|PATH")]
    repo: Option<String>,

    /// The branch of that repository; its usual one, if none is named
    #[arg(long, value_name = "NAME", requires = "repo")]
    branch: Option<String>,

    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// How long to wait from look to look, if nothing is pushed
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = every)]
    every: Duration,

    /// Where jobs are kept: a file, or the postgres:// address of a database that several controllers share; without it,
    /// a file in the user's folder for state
    #[arg(
        long,
        value_name = "FILE|URL",
        env = "SCORE_FLY_GITOPS_DATABASE",
        hide_env_values = true,
        hide_default_value = true
    )]
    database: Option<String>,

    /// How many apps are deployed at once
    #[arg(long, value_name = "COUNT", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=64))]
    at_once: u16,

    /// How often an app is tried that can't be deployed, until the next commit or for an hour
    #[arg(long, value_name = "COUNT", default_value = "6", value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,

    /// Destroy apps that were deployed from this tree and are not in it any more, and volumes that `allow_delete` names
    ///
    /// That needs a tree that can be read as a whole, and that has a name and at least one app. Apps with volumes stay.
    #[arg(long)]
    prune: bool,

    /// Leave apps as they are that somebody has changed at Fly since they were deployed
    #[arg(long)]
    keep_drift: bool,

    /// Only show what is different, and do nothing about it
    #[arg(long)]
    dry_run: bool,

    /// The name of the tree, by which its apps are known at Fly; that of its outermost project, if none is given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

fn every(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    if time.is_zero() { Err("give a time that is longer than nothing".to_owned()) } else { Ok(time) }
}

/// Runs it.
pub(super) fn run(args: Serve, global: Global) -> Exit {
    let process = Process::heeding(global);
    let context = process.context();
    for (variable, without) in [
        (WEBHOOK_SECRET, "webhooks are not believed, and pushes are noticed by looking only"),
        (TOKEN, "nobody can see the page"),
    ] {
        if Secrets::of(context.environment, variable).is_empty() {
            process.say(&format!("the variable {variable} is not set, so {without}"));
        }
    }
    let cache = Cache::new(args.tree.cache_folder(), context.environment, context.cancel);
    let options = args.options(global);
    let served = serve(&context, &cache, &options, &|said| tell(&process, said));
    if let Err(error) = served {
        process.fail(&error);
    }
    process.finish_quietly()
}

impl Serve {
    fn options(self, global: Global) -> Options {
        let Self { tree, repo, branch, listen, every, database, at_once, tries, prune, keep_drift, dry_run, name } =
            self;
        let begin = match &repo {
            Some(repo) => {
                Begin::Repository { repository: repository(&address(repo), branch.as_deref()), path: tree.path.clone() }
            }
            None => Begin::Path(tree.path.clone()),
        };
        let database = match database.filter(|text| !text.is_empty()) {
            Some(text) => text.parse().unwrap_or_else(|never: std::convert::Infallible| match never {}),
            None => Place::File(state_folder().join("gitops.db")),
        };
        Options {
            begin,
            address: listen,
            every,
            database,
            at_once: at_once.into(),
            retries: Retries { most: tries, ..Retries::default() },
            sync: sync::Options {
                prune,
                keep_drift,
                dry_run,
                name,
                fly: fly::options(global),
                ..sync::Options::default()
            },
        }
    }
}

/// The address of a repository, which may be a folder of this machine.
fn address(repo: &str) -> String {
    match Path::new(repo).canonicalize() {
        Ok(path) if !repo.contains("://") => format!("file://{}", path.display()),
        _ => repo.to_owned(),
    }
}

fn state_folder() -> PathBuf {
    let known = env::var_os("XDG_STATE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let known = known.or_else(|| env::home_dir().map(|home| home.join(".local").join("state")));
    known.unwrap_or_else(env::temp_dir).join("score-fly")
}

fn tell(process: &Process, said: &Said<'_>) {
    let line = match said {
        Said::Listening(address) => format!("listening on http://{address}"),
        Said::App(entry) => {
            format!("{} ({}): {}", clean(&entry.app), entry.state.as_str(), clean(&entry.summary))
                + &entry.details.iter().fold(String::new(), |text, line| text + "\n  " + &clean(line))
        }
        Said::Looked(report, queued, took) => {
            let (count, seconds) = (report.apps.len(), took.as_secs_f64());
            format!("looked at {count} apps in {seconds:.1} s; {queued} to be brought in step")
        }
        Said::Trouble(trouble) => clean(trouble),
        Said::Ending => "ending, as soon as what is under way is in order".to_owned(),
        _ => return,
    };
    process.say(&line);
}
