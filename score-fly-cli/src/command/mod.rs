//! One file for each command.

pub(crate) mod check;
pub(crate) mod completion;
pub(crate) mod convert;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod machine;
pub(crate) mod provisioners;
pub(crate) mod resources;
pub(crate) mod schema;
pub(crate) mod workloads;

use crate::Exit;
use crate::cli::{Cli, Command};

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    match command {
        Command::Convert(args) => convert::run(&args, global),
        Command::Generate(args) => generate::run(&args, global),
        Command::Init(args) => init::run(&args, global),
        Command::Provisioners(args) => provisioners::run(&args, global),
        Command::Resources(args) => resources::run(&args, global),
        Command::Workloads(args) => workloads::run(&args, global),
        Command::Check(args) => check::run(&args, global),
        Command::Import(args) => import::run(&args, global),
        Command::Machine(args) => machine::run(&args, global),
        Command::Explain(args) => explain::run(&args, global),
        Command::Schema(args) => schema::run(&args, global),
        Command::Completion(args) => completion::run(&args, global),
    }
}
