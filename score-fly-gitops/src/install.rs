//! The controller as an app at Fly, in one's own organization.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use score_fly_api::Error;
use score_fly_api::machines::{Machine, MachineFilter};
use score_fly_core::deploy::{self, Scale};
use score_fly_core::secret::Secret;
use score_fly_engine::Root;
use score_fly_engine::git::Git;
use score_fly_engine::ops::{self, Context, Failure};
use score_fly_engine::session::{FlyOptions, Session};
use serde_json::{Value, json};

use crate::files::{Reference, Repository};

/// What the controller signs its webhooks with, and what lets people in.
const WEBHOOK_SECRET: &str = "SCORE_FLY_WEBHOOK_SECRET";
const PAGE_TOKEN: &str = "SCORE_FLY_GITOPS_TOKEN";

/// Those that nobody has to think of. The last one is the key with which secrets are compared.
const MADE: [&str; 3] = [WEBHOOK_SECRET, PAGE_TOKEN, "SCORE_FLY_GITOPS_KEY"];

/// Those that are handed on if the environment has them.
const HANDED_ON: [&str; 5] = [
    "SCORE_FLY_GIT_CREDENTIALS",
    "SCORE_FLY_GIT_KNOWN_HOSTS",
    "SCORE_FLY_GIT_SSH_KEY",
    "SCORE_FLY_NOTIFY_URL",
    "SCORE_FLY_SLACK_URL",
];

/// What the controller talks to Fly with.
const FLY_TOKEN: &str = "FLY_API_TOKEN";

/// The variable with a token for the controller, where it is to have one of its own.
pub const CONTROLLER_TOKEN: &str = "SCORE_FLY_CONTROLLER_TOKEN";

/// A variable that only the controller has.
const CACHE: &str = "SCORE_FLY_CACHE";

/// What to install, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The app.
    pub app: String,
    /// The organization of an app that is not there yet.
    pub organization: Option<String>,
    /// The region of an app that is not there yet.
    pub region: Option<String>,
    /// The image, which has `score-fly`, `git` and `ssh`.
    pub image: Option<String>,
    /// An archive with the image, which is pushed to the app's registry.
    pub archive: Option<PathBuf>,
    /// The repository with the tree.
    pub repository: Repository,
    /// The folder in it in which the tree begins.
    pub path: String,
    /// Further arguments of `gitops serve`.
    pub arguments: Vec<String>,
    /// The variables of the environment that the controller is to have as secrets, for secrets of apps.
    pub secrets: Vec<String>,
    /// Whether nothing is done, and only said what would be.
    pub dry_run: bool,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// What came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Installed {
    /// Where the controller is.
    pub address: String,
    /// Where webhooks go to.
    pub webhook: String,
    /// What webhooks are signed with, if that was made by this run. Nobody can ask for it later.
    pub webhook_secret: Option<Secret<String>>,
    /// What lets people see the page, likewise.
    pub page_token: Option<Secret<String>>,
    /// Whether the controller has the token of whoever runs this, since there is none of its own.
    pub shares_token: bool,
    /// What would be done, line by line, if nothing was to be done.
    pub plan: Vec<String>,
    /// Whether all went well. What did not was told to the observer.
    pub is_done: bool,
}

/// The repository that a folder of this machine is a clone of, as its git says: with the branch that is checked out, and
/// where in it the folder is.
///
/// # Errors
/// A sentence without its end, if there is none.
pub fn origin(context: &Context<'_>, path: &str) -> Result<(Repository, String), String> {
    let folder = Root::new(context.root.at(Path::new(path)));
    if !folder.path().is_dir() {
        return Err(format!("there is no folder `{path}`"));
    }
    let git = Git { root: &folder, environment: context.environment, cancel: context.cancel };
    let ask = |arguments: &[&str]| {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        git.run(&arguments).map(|said| String::from_utf8_lossy(&said).trim().to_owned())
    };
    let inside = ask(&["rev-parse", "--show-prefix"])
        .map_err(|error| format!("the folder `{path}` is in no clone of a repository: {error}"))?;
    let url = ask(&["config", "--get", "remote.origin.url"]).map_err(|_| {
        "this repository has no remote called `origin`, from which a controller could fetch it".to_owned()
    })?;
    let authority = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    if authority.and_then(|authority| authority.rsplit_once('@')).is_some_and(|(user, _)| user.contains(':')) {
        return Err(
            "a password stands in the address of `origin`: name the repository without it, and put the password \
                    into SCORE_FLY_GIT_CREDENTIALS"
                .to_owned(),
        );
    }
    let branch = ask(&["symbolic-ref", "--quiet", "--short", "HEAD"]).ok();
    let reference = branch.map_or(Reference::Head, Reference::Branch);
    Ok((Repository { url, reference }, inside.trim_end_matches('/').to_owned()))
}

/// Why nothing was done.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotInstalled {
    /// Fly, or the way to it.
    Failure(Failure),
    /// Something else: a sentence without its end.
    Other(String),
}

impl From<Failure> for NotInstalled {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for NotInstalled {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

/// Puts a controller into an organization, with its volume and its secrets, or gives one that is there another image. Its
/// secrets then stay as they are, except those that the environment has.
///
/// # Errors
/// If there is no way to Fly, or something is missing, or the app is something else.
pub fn install(context: &Context<'_>, options: &Options) -> Result<Installed, NotInstalled> {
    let session = Session::open(context, &options.fly)?;
    let calls = session.client.app(&options.app);
    let names = || -> Result<BTreeSet<String>, Error> {
        match calls.secrets(None) {
            Ok(secrets) => Ok(secrets.into_iter().map(|secret| secret.name).collect()),
            Err(error) if error.is_not_found() => Ok(BTreeSet::new()),
            Err(error) => Err(error),
        }
    };
    let before = names()?;
    let region = region(calls.machines(&MachineFilter::default()), options)?;
    let (secrets, shares_token) = secrets(context, &session, options, &before)?;

    let folder = tempfile::Builder::new().prefix("score-fly-").tempdir();
    let folder = folder.map_err(|error| NotInstalled::Other(format!("there is no room to work in: {error}")))?;
    let file = PathBuf::from("fly.json");
    fs::write(folder.path().join(&file), config(options, &region).to_string())
        .map_err(|error| NotInstalled::Other(format!("there is no room to work in: {error}")))?;
    let root = Root::new(folder.path());
    let context = Context { root: &root, ..*context };
    let plan = ops::plan::Options {
        files: vec![file],
        beyond: deploy::Options {
            app: Some(options.app.clone()),
            organization: options.organization.clone(),
            scale: Scale { count: Some(1), ha: Some(false), ..Scale::default() },
            ..deploy::Options::default()
        },
        secrets: secrets.clone(),
        fly: options.fly.clone(),
        ..ops::plan::Options::default()
    };
    let address = format!("https://{}.fly.dev", options.app);
    let mut installed = Installed {
        webhook: format!("{address}/hooks/{}", forge(&options.repository.url)),
        address,
        webhook_secret: None,
        page_token: None,
        shares_token,
        plan: Vec::new(),
        is_done: false,
    };
    if options.dry_run {
        let report = ops::plan(&context, &plan);
        let planned = report.result.as_deref().unwrap_or_default();
        installed.is_done = report.is_sound() && planned.iter().all(|planned| !planned.plan.is_blocked());
        installed.plan = planned.iter().flat_map(|one| one.plan.lines()).map(|line| line.to_string()).collect();
        return Ok(installed);
    }
    let archive = options.archive.clone();
    let report = ops::deploy(&context, &ops::deploy::Options { plan, archive, ..ops::deploy::Options::default() });
    installed.is_done = report.is_sound();
    // Also if it went wrong afterwards: what is set can't be asked for any more.
    let after = names()?;
    let shown = |name: &str| secrets.get(name).filter(|_| !before.contains(name) && after.contains(name)).cloned();
    (installed.webhook_secret, installed.page_token) = (shown(WEBHOOK_SECRET), shown(PAGE_TOKEN));
    Ok(installed)
}

/// Where the controller is, or is to be.
fn region(machines: Result<Vec<Machine>, Error>, options: &Options) -> Result<String, NotInstalled> {
    let machines = match machines {
        Err(error) if error.is_not_found() => Vec::new(),
        machines => machines?,
    };
    let is_controller = |machine: &Machine| {
        machine.known_config().is_some_and(|config| config.pointer(&format!("/env/{CACHE}")).is_some())
    };
    if !machines.is_empty() && !machines.iter().any(is_controller) {
        let said = format!("the app `{}` is there already, and is no controller: give another name", options.app);
        return Err(NotInstalled::Other(said));
    }
    let known = machines.into_iter().next().map(|machine| machine.region);
    known.or_else(|| options.region.clone()).ok_or_else(|| {
        NotInstalled::Other("nothing says in which region the controller is to be, such as `ams`".to_owned())
    })
}

/// The secrets to set, and whether the token among them is that of whoever runs this.
fn secrets(
    context: &Context<'_>,
    session: &Session,
    options: &Options,
    before: &BTreeSet<String>,
) -> Result<(BTreeMap<String, Secret<String>>, bool), NotInstalled> {
    let given = |name: &str| {
        let text = context.environment.variable(name).and_then(|text| text.to_str());
        text.filter(|text| !text.trim().is_empty()).map(|text| Secret::new(text.to_owned()))
    };
    let mut secrets = BTreeMap::new();
    for name in MADE.into_iter().filter(|name| !before.contains(*name)) {
        secrets.insert(name.to_owned(), random()?);
    }
    for name in HANDED_ON {
        secrets.extend(given(name).map(|value| (name.to_owned(), value)));
    }
    for name in &options.secrets {
        let value = given(name);
        let missing = || NotInstalled::Other(format!("the environment has no variable {name}, for a secret"));
        secrets.insert(name.clone(), value.ok_or_else(missing)?);
    }
    let own = given(CONTROLLER_TOKEN);
    let shares_token = own.is_none() && !before.contains(FLY_TOKEN);
    let token = own.or_else(|| shares_token.then(|| session.client.token().text()));
    secrets.extend(token.map(|token| (FLY_TOKEN.to_owned(), token)));
    let needs_key = !options.repository.url.contains("://") || options.repository.url.starts_with("ssh://");
    let key = "SCORE_FLY_GIT_SSH_KEY";
    if needs_key && !secrets.contains_key(key) && !before.contains(key) {
        return Err(NotInstalled::Other(format!(
            "the repository `{}` is fetched by ssh, and there is no key for that: put one that may read it into the variable \
             {key}, and the server's into SCORE_FLY_GIT_KNOWN_HOSTS",
            options.repository.url
        )));
    }
    Ok((secrets, shares_token))
}

/// 256 bits that nobody can guess, as hexadecimal digits.
fn random() -> Result<Secret<String>, NotInstalled> {
    use std::fmt::Write as _;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| NotInstalled::Other(format!("there are no random numbers: {error}")))?;
    Ok(Secret::new(bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })))
}

/// The app, in fly.toml's keys. There is one machine: it always runs, and what it has to remember is on a volume.
fn config(options: &Options, region: &str) -> Value {
    let path = if options.path.is_empty() { "." } else { &options.path };
    let mut command = ["gitops", "serve", path, "--listen", "0.0.0.0:8080", "--repo", &options.repository.url]
        .map(str::to_owned)
        .to_vec();
    if let Reference::Branch(name) = &options.repository.reference {
        command.extend(["--branch".to_owned(), name.clone()]);
    }
    command.extend(options.arguments.iter().cloned());
    let mut config = json!({
        "app": options.app,
        "primary_region": region,
        // What is deployed just then ends in good order.
        "kill_signal": "SIGTERM",
        "kill_timeout": "5m",
        "experimental": {"entrypoint": ["score-fly"], "cmd": command},
        "env": {CACHE: "/data/cache", "SCORE_FLY_GITOPS_DATABASE": "/data/gitops.db"},
        "mounts": [{"source": "gitops", "destination": "/data"}],
        "vm": [{"size": "shared-cpu-1x", "memory": "512mb"}],
        "http_service": {
            "internal_port": 8080,
            "force_https": true,
            "auto_stop_machines": "off",
            "min_machines_running": 1,
            "checks": [{"method": "GET", "path": "/healthz", "interval": "15s", "timeout": "5s", "grace_period": "30s"}],
        },
    });
    if let (Some(image), Some(table)) = (&options.image, config.as_object_mut()) {
        table.insert("build".to_owned(), json!({ "image": image }));
    }
    config
}

/// How the controller calls the forge of a repository.
fn forge(url: &str) -> &'static str {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    match host.rsplit('@').next().unwrap_or_default() {
        "gitlab.com" => "gitlab",
        "bitbucket.org" => "bitbucket",
        "codeberg.org" => "gitea",
        _ => "github",
    }
}
