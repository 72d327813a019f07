//! `score-fly generate`

use std::path::{Path, PathBuf};

use clap::Args;
use score_fly_engine::ops;
use score_fly_engine::ops::generate::{Existing, Options, SecretsTo, TomlTo};
use score_fly_engine::ops::{Secrets, Toml};

use crate::args::{Global, ScoreArgs};
use crate::exit::Exit;
use crate::process::Process;

/// Write the fly.toml, the secrets and the other files that Score files convert to
///
/// Each workload becomes `fly_<workload>.toml` and, where needed, a folder `fly_<workload>_files`,
/// `fly_<workload>.machine.json` with its containers, and `fly_<workload>.env`, which only its owner
/// may read and which `fly secrets import` takes.
/// Files are replaced atomically. Nothing is written for a Score file that has errors, and a fly.toml that score-fly
/// did not write, or that was changed since, is only overwritten with --update or --force.
///
/// The files are meant for `fly deploy -c <file>` in the directory in which you run score-fly.
///
/// In a project, which `score-fly init` creates, the Score files join its workloads or replace
/// those of the same name. Then the resources of all workloads are provisioned, and all
/// workloads are written. If any of them has errors, nothing is provisioned. Without a project,
/// the outputs of resources come from --outputs alone.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The Score files; `-` is standard input. Optional in a project
    files: Vec<PathBuf>,

    #[command(flatten)]
    score: ScoreArgs,

    /// The fly.toml to write, for a single workload, with its other files next to it; `-` is standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "output_folder")]
    output: Option<PathBuf>,

    /// The folder to write to [default: the current folder, or in an environment the folder of its name]
    #[arg(long, value_name = "FOLDER")]
    output_folder: Option<PathBuf>,

    /// The file to write secrets to, even if there are none; `-` is standard output
    #[arg(long, value_name = "FILE")]
    secrets_file: Option<PathBuf>,

    /// Write files and containers into fly.toml itself where possible
    #[arg(long)]
    inline_files: bool,

    /// Keep the comments, the order and the other keys of existing fly.toml files
    #[arg(long, conflicts_with = "force")]
    update: bool,

    /// Replace fly.toml files that score-fly did not write, or that were changed since
    #[arg(long)]
    force: bool,

    #[cfg(feature = "deploy")]
    #[command(flatten)]
    flyctl: FlyctlArgs,

    #[cfg(feature = "project")]
    #[command(flatten)]
    provisioning: crate::args::ProvisioningArgs,

    #[cfg(feature = "project")]
    #[command(flatten, next_help_heading = "In a project")]
    wait: crate::args::WaitArgs,
}

/// What flyctl is to do with what was written.
#[cfg(feature = "deploy")]
#[derive(Debug, Args)]
struct FlyctlArgs {
    /// Deploy the result with flyctl, which creates missing apps and sets their secrets
    ///
    /// `score-fly deploy` does not need flyctl, and does more.
    #[arg(long)]
    deploy: bool,

    /// An argument for `fly deploy`; may be repeated
    #[arg(
        long = "deploy-arg",
        visible_alias = "deploy-args",
        value_name = "ARG",
        requires = "deploy",
        allow_hyphen_values = true
    )]
    arguments: Vec<String>,
}

/// Runs it.
pub(crate) fn run(args: Generate, global: Global) -> Exit {
    #[cfg(feature = "project")]
    let process = Process::heeding(global);
    #[cfg(not(feature = "project"))]
    let process = Process::new(global, crate::output::Stream::Stderr);
    #[cfg(feature = "deploy")]
    if args.flyctl.deploy {
        if args.output.as_deref().is_some_and(|path| path == Path::new("-")) {
            process.fail("flyctl can't deploy what goes to standard output: leave out --output, or name a file");
            return process.finish();
        }
        let (organization, arguments) = (None, args.flyctl.arguments.clone());
        let options = ops::via_flyctl::Options { generate: args.options(), organization, arguments };
        ops::via_flyctl(&process.context(), &options);
        return process.finish();
    }
    let generated = ops::generate(&process.context(), &args.options()).result;
    for workload in generated.into_iter().flatten() {
        if let Toml::Text(text) = &workload.toml {
            process.data(text);
        }
        if let Secrets::Text(text) = &workload.secrets {
            process.data(text.expose());
        }
    }
    process.finish()
}

impl Generate {
    fn options(self) -> Options {
        Options {
            files: self.files,
            score: self.score.options(),
            folder: self.output_folder,
            toml: match self.output {
                None => TomlTo::Folder,
                Some(path) if path == Path::new("-") => TomlTo::Caller,
                Some(path) => TomlTo::File(path),
            },
            secrets: match self.secrets_file {
                None => SecretsTo::Beside,
                Some(path) if path == Path::new("-") => SecretsTo::Caller,
                Some(path) => SecretsTo::File(path),
            },
            inline_files: self.inline_files,
            existing: match (self.update, self.force) {
                (true, _) => Existing::Update,
                (_, true) => Existing::Replace,
                _ => Existing::Ours,
            },
            #[cfg(feature = "project")]
            project: self.provisioning.options(self.wait.no_wait),
        }
    }
}
