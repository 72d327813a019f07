//! The command line as a whole.

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::args::{Global, LevelArgs};
#[cfg(feature = "gitops")]
use crate::command::gitops;
#[cfg(feature = "image")]
use crate::command::image;
#[cfg(feature = "deploy")]
use crate::command::{apps, deploy, destroy, logs, preview, releases, rollback, secrets, status};
#[cfg(feature = "functions")]
use crate::command::{build, new, runtime};
use crate::command::{check, completion, convert, explain, generate, import, machine, schema, version};
#[cfg(feature = "project")]
use crate::command::{env, init, provisioners, resources, workloads};
use crate::exit::Exit;

/// Deploys Score workloads to Fly.io
///
/// Plans and deploys Score files (score.dev) and fly.toml files, finds the mistakes in them, and converts one into
/// the other.
#[derive(Debug, Parser)]
#[command(name = "score-fly", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(flatten)]
    pub(crate) levels: LevelArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the command line is wrong, or something could not be read or written
  2  the input has errors, or a resource was not provisioned
  130, 143  interrupted by Ctrl-C or SIGTERM while provisioners were running; likewise for other signals";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Convert(convert::Convert),
    Generate(generate::Generate),
    Check(check::Check),
    Machine(machine::Machine),
    Import(import::Import),
    #[cfg(feature = "functions")]
    New(new::New),
    #[cfg(feature = "functions")]
    #[command(visible_alias = "export")]
    Build(build::Build),
    #[cfg(feature = "functions")]
    Runtime(runtime::RuntimeArgs),
    #[cfg(feature = "image")]
    Image(image::ImageArgs),
    #[cfg(feature = "deploy")]
    #[command(visible_alias = "diff")]
    Plan(deploy::Plan),
    #[cfg(feature = "deploy")]
    Deploy(deploy::Deploy),
    #[cfg(feature = "deploy")]
    Releases(releases::Releases),
    #[cfg(feature = "deploy")]
    Release(releases::ReleaseArgs),
    #[cfg(feature = "deploy")]
    Rollback(rollback::Rollback),
    #[cfg(feature = "deploy")]
    Preview(preview::PreviewArgs),
    #[cfg(feature = "deploy")]
    Status(status::Status),
    #[cfg(feature = "deploy")]
    Logs(logs::Logs),
    #[cfg(feature = "deploy")]
    Secrets(secrets::SecretsArgs),
    #[cfg(feature = "deploy")]
    Apps(apps::AppsArgs),
    #[cfg(feature = "deploy")]
    Destroy(destroy::Destroy),
    #[cfg(feature = "gitops")]
    Gitops(gitops::GitopsArgs),
    #[cfg(feature = "project")]
    Init(init::Init),
    #[cfg(feature = "project")]
    Env(env::EnvArgs),
    #[cfg(feature = "project")]
    Provisioners(provisioners::Provisioners),
    #[cfg(feature = "project")]
    Resources(resources::Resources),
    #[cfg(feature = "project")]
    Workloads(workloads::Workloads),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completion(completion::Completion),
    Version(version::Version),
    CheckVersion(version::CheckVersion),
}

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Exit {
    let Cli { global, levels, command } = cli;
    let global = Global { levels: levels.levels(), ..global };
    match command {
        Command::Convert(args) => convert::run(args, global),
        Command::Generate(args) => generate::run(args, global),
        Command::Check(args) => check::run(args, global),
        Command::Machine(args) => machine::run(args, global),
        Command::Import(args) => import::run(args, global),
        #[cfg(feature = "functions")]
        Command::New(args) => new::run(args, global),
        #[cfg(feature = "functions")]
        Command::Build(args) => build::run(args, global),
        #[cfg(feature = "functions")]
        Command::Runtime(args) => runtime::run(args, global),
        #[cfg(feature = "image")]
        Command::Image(args) => image::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Plan(args) => deploy::plan(args, global),
        #[cfg(feature = "deploy")]
        Command::Deploy(args) => deploy::deploy(args, global),
        #[cfg(feature = "deploy")]
        Command::Releases(args) => releases::list(args, global),
        #[cfg(feature = "deploy")]
        Command::Release(args) => releases::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Rollback(args) => rollback::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Preview(args) => preview::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Status(args) => status::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Logs(args) => logs::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Secrets(args) => secrets::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Apps(args) => apps::run(args, global),
        #[cfg(feature = "deploy")]
        Command::Destroy(args) => destroy::run(args, global),
        #[cfg(feature = "gitops")]
        Command::Gitops(args) => gitops::run(args, global),
        #[cfg(feature = "project")]
        Command::Init(args) => init::run(args, global),
        #[cfg(feature = "project")]
        Command::Env(args) => env::run(args, global),
        #[cfg(feature = "project")]
        Command::Provisioners(args) => provisioners::run(args, global),
        #[cfg(feature = "project")]
        Command::Resources(args) => resources::run(args, global),
        #[cfg(feature = "project")]
        Command::Workloads(args) => workloads::run(args, global),
        Command::Explain(args) => explain::run(&args, global),
        Command::Schema(args) => schema::run(&args, global),
        Command::Completion(args) => completion::run(&args, Cli::command(), global),
        Command::Version(args) => version::run(&args, global),
        Command::CheckVersion(args) => version::check(&args, global),
    }
}
