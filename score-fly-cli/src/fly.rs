//! What commands about apps at Fly have in common.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use score_fly_api::trace::Event;
use score_fly_engine::ops::target::Which;
use score_fly_engine::session::FlyOptions;

use crate::args::Global;
use crate::untrusted::clean;

/// Which app is meant, or which ones.
#[derive(Debug, Args)]
pub(crate) struct WhichArgs {
    /// Score files or fly.toml files that say which apps are meant
    ///
    /// Without them and without --app, it is the app of the variable `FLY_APP`, or those of the project, or that of
    /// `fly.toml` in this folder.
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) named: NamedArgs,
}

/// An app by its name.
#[derive(Debug, Args)]
pub(crate) struct NamedArgs {
    /// The name of the app
    #[arg(short, long, value_name = "NAME", conflicts_with = "files")]
    pub(crate) app: Option<String>,

    /// What stands before a workload's name in its app's, where no project says it
    #[arg(long, value_name = "PREFIX")]
    pub(crate) fly_app_prefix: Option<String>,
}

/// Which single app is meant, where other words stand on the command line.
#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    /// The name of the app
    ///
    /// Without it and without --config, it is that of the variable `FLY_APP`, or of the project's only workload, or of
    /// `fly.toml` in this folder.
    #[arg(short, long, value_name = "NAME", conflicts_with = "config")]
    app: Option<String>,

    /// A Score file or fly.toml that says which app is meant
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// What stands before a workload's name in its app's, where no project says it
    #[arg(long, value_name = "PREFIX")]
    fly_app_prefix: Option<String>,
}

/// An app by its name alone, or by what says it.
#[derive(Debug, Args)]
pub(crate) struct AppArgs {
    /// The name of the app
    #[arg(value_name = "APP", conflicts_with_all = ["app", "config"])]
    name: Option<String>,

    #[command(flatten)]
    one: OneArgs,
}

impl AppArgs {
    pub(crate) fn which(self) -> Which {
        let which = self.one.which();
        Which { app: self.name.or(which.app), ..which }
    }
}

impl WhichArgs {
    pub(crate) fn which(self) -> Which {
        let NamedArgs { app, fly_app_prefix } = self.named;
        Which { app, files: self.files, app_prefix: fly_app_prefix }
    }
}

impl OneArgs {
    pub(crate) fn which(self) -> Which {
        Which { app: self.app, files: self.config.into_iter().collect(), app_prefix: self.fly_app_prefix }
    }
}

/// How Fly is talked to: with `-vv`, every request and answer is shown. There are no tokens and no secrets in them.
pub(crate) fn options(global: Global) -> FlyOptions {
    let trace = (global.verbose > 1).then(|| {
        let show = |event: &Event<'_>| {
            // If that can't be written, nobody is left to tell.
            let _ = writeln!(io::stderr().lock(), "{}", clean(&event.to_string()));
        };
        Arc::new(show) as Arc<dyn score_fly_api::trace::Observer>
    });
    FlyOptions { trace, ..FlyOptions::default() }
}
