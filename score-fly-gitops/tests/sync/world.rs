//! A folder with a tree, and a Fly of its own.

use std::ffi::OsString;
use std::fs;
use std::process::Command;
use std::sync::Arc;

use fake_fly::{FakeFly, Pace};
use score_fly_core::diagnostic::Levels;
use score_fly_engine::ops::Context;
use score_fly_engine::session::FlyOptions;
use score_fly_engine::{CancelToken, Environment, Root};
use score_fly_gitops::sync::{Entry, Options, State, SyncReport, sync};
use score_fly_gitops::{Begin, Cache, gather};
use tempfile::TempDir;

use crate::clock::FakeClock;

pub(crate) struct World {
    pub(crate) fly: FakeFly,
    pub(crate) folder: TempDir,
    pub(crate) variables: Vec<(OsString, OsString)>,
}

impl World {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let fly = FakeFly::start(Pace::Skipping);
        fly.with(|world| world.conditions.rate_limits = false);
        let mut variables: Vec<(OsString, OsString)> =
            fly.env().into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let keep = ["PATH"].into_iter().filter_map(|name| Some((name.into(), std::env::var_os(name)?)));
        variables.extend(keep);
        let world = Self { fly, folder: tempfile::tempdir().unwrap(), variables };
        world.write(files);
        world
    }

    pub(crate) fn write(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.folder.path().join("tree").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.folder.path().join("tree").join(path)).unwrap();
    }

    /// Calls a use case with what there is, and with a clock that passes over all waiting.
    pub(crate) fn with<T>(&self, call: impl FnOnce(&Context<'_>, FlyOptions) -> T) -> T {
        let root = Root::new(self.folder.path().canonicalize().unwrap());
        let environment = Environment::new(self.variables.clone());
        let cancel = CancelToken::new();
        let levels = Levels::default();
        let context =
            Context { root: &root, environment: &environment, observer: &(), levels: &levels, cancel: &cancel };
        let clock = Arc::new(FakeClock(self.fly.clock()));
        call(&context, FlyOptions { clock: Some(clock), ..FlyOptions::default() })
    }

    pub(crate) fn run(&self, begin: &Begin, options: &Options) -> SyncReport {
        self.with(|context, fly| {
            let cache = Cache::new(self.folder.path().join("cache"), context.environment, context.cancel);
            let gathered = gather(context.root, begin, &cache);
            sync(context, &gathered, &cache, &Options { fly, ..options.clone() }, &|_| ()).unwrap()
        })
    }

    pub(crate) fn sync(&self, options: &Options) -> SyncReport {
        self.run(&Begin::Path("tree".into()), options)
    }

    pub(crate) fn git(&self, folder: &str, arguments: &[&str]) {
        let folder = self.folder.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").args(who).args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn commit(&self, folder: &str) {
        if !self.folder.path().join(folder).join(".git").exists() {
            self.git(folder, &["init", "--quiet"]);
        }
        self.git(folder, &["add", "--all"]);
        self.git(folder, &["commit", "--quiet", "--allow-empty", "--message", "x"]);
    }

    pub(crate) fn env_of(&self, app: &str, name: &str) -> serde_json::Value {
        self.fly.machines(app)[0]["config"]["env"][name].clone()
    }
}

pub(crate) fn states(report: &SyncReport) -> Vec<(&str, State)> {
    report.apps.iter().map(|entry| (entry.app.as_str(), entry.state)).collect()
}

pub(crate) fn entry<'r>(report: &'r SyncReport, app: &str) -> &'r Entry {
    report.apps.iter().find(|entry| entry.app == app).unwrap_or_else(|| panic!("{report:?}"))
}

pub(crate) const PROJECT: &str =
    "project: all\ndefaults:\n  primary_region: ams\n  build: {image: nginx}\n  env: {LEVEL: info}\n";

pub(crate) fn app(name: &str) -> String {
    format!("app: {name}\nhttp_service: {{internal_port: 80, force_https: true}}\n")
}
