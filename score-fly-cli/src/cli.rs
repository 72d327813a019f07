//! The arguments that commands share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use score_fly_core::Source;
use score_fly_core::fly::names::is_region;
use score_fly_engine::Wait;
use score_fly_engine::encryption::{IDENTITY_VARIABLE, Identities};
use score_fly_engine::faults::unreadable_file;
use score_fly_engine::{Faults, env_file};

use crate::command::{
    check, completion, convert, explain, generate, import, init, machine, provisioners, resources, schema, workloads,
};
use crate::inputs::cannot;
use crate::output::Reporter;

/// Deploys Score workloads to Fly.io
///
/// Converts Score files (score.dev) into what `fly deploy` takes: fly.toml, secrets and the files
/// that go with them.
#[derive(Debug, Parser)]
#[command(name = "score-fly", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the command line is wrong, or something could not be read or written
  2  the input has errors, or a resource was not provisioned
  130, 143  interrupted by Ctrl-C or SIGTERM while provisioners were at work";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Convert(convert::Convert),
    Generate(generate::Generate),
    Check(check::Check),
    Machine(machine::Machine),
    Import(import::Import),
    Init(init::Init),
    Provisioners(provisioners::Provisioners),
    Resources(resources::Resources),
    Workloads(workloads::Workloads),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completion(completion::Completion),
}

/// Flags that every command takes, before or after its name.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// How to show what is wrong or noteworthy
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) diagnostics: Format,

    /// Say more: which files are read, and which commands come next
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

/// How diagnostics are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// With the lines that are meant, in colour on a terminal
    #[default]
    Human,
    /// One line each, `file:line:column: severity[code]: message`
    Plain,
    /// One JSON object for the whole run
    Json,
    /// As annotations of a GitHub Actions run
    Github,
}

/// What is done to a Score file on its way.
#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// A YAML file to merge over the Score file; repeat for more, later ones win
    #[arg(long, value_name = "FILE")]
    pub(crate) overrides_file: Vec<PathBuf>,

    /// A single value to set after all overrides files; an empty VALUE removes what is at PATH
    ///
    /// PATH is separated by dots; `\.` is a dot within a key. VALUE is YAML. May be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) override_property: Vec<String>,

    /// The image of containers whose `image` is `.`
    ///
    /// Without it, such a container is built from the Dockerfile next to the Score file.
    #[arg(short, long, value_parser = image)]
    pub(crate) image: Option<String>,

    /// A YAML or JSON file with the outputs of resources, by name or by uid; may be repeated
    ///
    /// `{db: {values: {host: …}, secrets: {password: …}}}`. A bare map is taken as values. A
    /// resource in a later file replaces the same one in an earlier file. `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) outputs: Vec<PathBuf>,

    /// What to put before a workload's name to make its app's
    #[arg(long, value_name = "PREFIX")]
    pub(crate) fly_app_prefix: Option<String>,

    /// The primary region, unless a workload's annotation names another
    #[arg(long, env = "FLY_REGION_NAME", hide_env_values = true, value_parser = region)]
    pub(crate) region: Option<String>,

    /// Whether workloads run in Fly's containers, side by side on one machine
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(crate) containers: Containers,
}

/// An image, which can't be empty.
fn image(text: &str) -> Result<String, String> {
    let image = Some(text.to_owned()).filter(|text| !text.is_empty());
    image.ok_or_else(|| "give an image, or leave the flag out to build one from the Dockerfile".to_owned())
}

/// The code of a region. A variable that is set to nothing is as good as none.
fn region(text: &str) -> Result<String, String> {
    if text.is_empty() || is_region(text) {
        return Ok(text.to_owned());
    }
    Err("a region's code has three lower-case letters, such as `ams`; it comes from the flag, or else from the \
         variable FLY_REGION_NAME"
        .to_owned())
}

/// When workloads run in Fly's containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Containers {
    /// If they need it: several containers, `before`, probes by command, permissions of files
    #[default]
    Auto,
    /// Always
    Always,
    /// Never: what needs it is an error
    Never,
}

impl From<Containers> for score_fly_core::convert::Containers {
    fn from(containers: Containers) -> Self {
        match containers {
            Containers::Auto => Self::Auto,
            Containers::Always => Self::Always,
            Containers::Never => Self::Never,
        }
    }
}

impl ScoreArgs {
    /// The files that these flags name.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.overrides_file.iter().chain(&self.outputs).map(PathBuf::as_path)
    }

    /// A flag that is given and speaks of one Score file. Like other Score tools, score-fly does
    /// not apply it to several: what fits one workload seldom fits another.
    pub(crate) fn flag_for_one_file(&self) -> Option<&'static str> {
        let flags = [
            ("--overrides-file", !self.overrides_file.is_empty()),
            ("--override-property", !self.override_property.is_empty()),
            ("--image", self.image.is_some()),
        ];
        flags.into_iter().find_map(|(flag, given)| given.then_some(flag))
    }
}

/// How lists are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// Columns
    #[default]
    Table,
    /// One JSON array
    Json,
}

/// How a project is opened to change it.
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// Fail if another run is at work in this project, instead of waiting for its end
    #[arg(long)]
    no_wait: bool,

    /// An identity file of age, to decrypt the secrets in the state of the project; may be repeated
    ///
    /// Further identities may stand in the environment, as `SCORE_FLY_IDENTITY`: the identities
    /// themselves, in the form of such a file.
    #[arg(long, value_name = "FILE")]
    identity: Vec<PathBuf>,
}

/// Variables for resources of type `environment`.
#[derive(Debug, Args)]
pub(crate) struct EnvFileArgs {
    /// A file of variables for resources of type `environment`, in lines `NAME=value`; may be
    /// repeated, later ones win. Variables that the environment has itself win over all of them
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
}

impl EnvFileArgs {
    /// Whether no file is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.env_file.is_empty()
    }

    /// The variables, or nothing if a file can't be read.
    pub(crate) fn read(&self, reporter: &mut Reporter) -> Option<BTreeMap<String, String>> {
        let mut variables = BTreeMap::new();
        let mut sound = true;
        for path in &self.env_file {
            let Some(source) = read_env_file(path, reporter) else {
                sound = false;
                continue;
            };
            let (read, diagnostics) = env_file::read(&source).into_parts();
            sound &= !diagnostics.has_errors();
            variables.extend(read.unwrap_or_default());
            reporter.faults(&Faults { diagnostics, texts: vec![source] });
        }
        sound.then_some(variables)
    }
}

fn read_env_file(path: &Path, reporter: &mut Reporter) -> Option<Source> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            reporter.faults(&unreadable_file(path, &error).into());
            return None;
        }
    };
    let (source, diagnostics) = Source::from_bytes(path.to_string_lossy(), bytes).into_parts();
    let (source, undecodable) = (source.unwrap_or_default(), diagnostics.has_errors());
    reporter.faults(&Faults { diagnostics, texts: vec![source.clone()] });
    (!undecodable).then_some(source)
}

impl OpenArgs {
    pub(crate) fn wait(&self) -> Wait {
        if self.no_wait { Wait::Never } else { Wait::UntilFree }
    }

    /// All identities that are given. The error is one sentence.
    pub(crate) fn identities(&self) -> Result<Identities, String> {
        let mut identities = Identities::default();
        for path in &self.identity {
            let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
            identities.read(&text).map_err(|error| format!("`{}`: {error}", path.display()))?;
        }
        match env::var(IDENTITY_VARIABLE) {
            Ok(text) if !text.trim().is_empty() => {
                identities.read(&text).map_err(|error| format!("{IDENTITY_VARIABLE}: {error}"))?;
            }
            Err(env::VarError::NotUnicode(_)) => return Err(format!("{IDENTITY_VARIABLE} is not text in UTF-8")),
            Ok(_) | Err(env::VarError::NotPresent) => {}
        }
        Ok(identities)
    }
}

/// Says that `flag` takes one Score file.
pub(crate) fn only_one_file(flag: &str) -> String {
    format!("{flag} is meant for one Score file, and several are given: run score-fly once for each")
}
