//! `score-fly secrets`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use score_fly_engine::ops::secrets::{self, From, Known, Options, SetOptions};

use crate::args::{Global, ListFormat};
use crate::exit::Exit;
use crate::fly::{self, OneArgs};
use crate::output::Stream;
use crate::process::Process;
use crate::table;

/// Show and change the secrets of an app
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct SecretsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Set(Set),
    Unset(Unset),
}

/// List the secrets of an app: names, digests and whether machines may not have them yet
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    which: OneArgs,

    /// How to show the list
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    format: ListFormat,
}

/// Set secrets of an app, all at once
///
/// Values never stand on the command line, where other programs and the shell's history would have them. Machines get
/// them with the next deploy.
#[derive(Debug, Args)]
struct Set {
    /// What to set: `NAME` takes the value from the environment variable of that name, `NAME=-` from standard
    /// input, and `NAME=@FILE` from a file
    #[arg(value_name = "NAME[=-|=@FILE]", value_parser = source, required_unless_present = "env_file")]
    secrets: Vec<(String, From)>,

    /// A file with lines `NAME=value`, or `-` for standard input; may be repeated
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,

    #[command(flatten)]
    which: OneArgs,
}

/// Remove secrets of an app, all at once; machines keep them until the next deploy
#[derive(Debug, Args)]
struct Unset {
    /// Their names
    #[arg(required = true)]
    names: Vec<String>,

    #[command(flatten)]
    which: OneArgs,
}

/// Where the value of a secret comes from. The text may be one, so nothing repeats it.
fn source(text: &str) -> Result<(String, From), String> {
    let Some((name, from)) = text.split_once('=') else { return Ok((text.to_owned(), From::Variable)) };
    let from = match from.strip_prefix('@') {
        Some(path) if !path.is_empty() => From::File(path.into()),
        _ if from == "-" => From::StandardInput,
        _ => return Err(VALUE_ON_COMMAND_LINE.to_owned()),
    };
    Ok((name.to_owned(), from))
}

const VALUE_ON_COMMAND_LINE: &str = "a value on the command line can be seen by other programs, and stays in the \
                                     shell's history: give NAME=- and the value on standard input, NAME=@FILE, or NAME \
                                     alone for a variable";

/// Runs it.
pub(crate) fn run(args: SecretsArgs, global: Global) -> Exit {
    let process = Process::new(global, Stream::Stderr);
    let common = |which: OneArgs| Options { which: which.which(), fly: fly::options(global) };
    match args.command {
        Command::List(List { which, format }) => {
            if let Some(known) = secrets::list(&process.context(), &common(which)).result {
                process.data(&render(&known, format));
            }
        }
        Command::Set(Set { secrets: values, env_file, which }) => {
            let options = SetOptions { common: common(which), values, files: env_file };
            secrets::set(&process.context(), &options);
        }
        Command::Unset(Unset { names, which }) => {
            secrets::unset(&process.context(), &common(which), &names);
        }
    }
    process.finish()
}

fn render(known: &[Known], format: ListFormat) -> String {
    match format {
        ListFormat::Table => {
            let row = |secret: &Known| {
                let updated = secret.updated_at.map(|time| time.to_string()).unwrap_or_default();
                let state = if secret.staged { "staged" } else { "released" };
                [secret.name.clone(), secret.digest.clone(), updated, state.to_owned()]
            };
            table::render(["NAME", "DIGEST", "SET", "STATE"], &known.iter().map(row).collect::<Vec<_>>())
        }
        ListFormat::Json => format!("{:#}\n", serde_json::json!(known)),
    }
}
