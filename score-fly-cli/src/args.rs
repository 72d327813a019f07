//! The arguments that commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use score_fly_core::diagnostic::Levels;
use score_fly_core::fly::names::is_region;
use score_fly_core::{Code, convert};
use score_fly_engine::EnvName;
use score_fly_engine::ops::ScoreOptions;
#[cfg(feature = "project")]
use score_fly_engine::{Wait, ops::OpenOptions};

/// Flags that every command takes, before or after its name.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// How to show errors, warnings and notes
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) diagnostics: Format,

    /// Say more: which files are read, and which commands to run next
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Show errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// The environment of the project to work in, such as `staging`
    ///
    /// Each environment has its own state, app prefix and region, and its files go into a folder of its name.
    #[cfg_attr(
        feature = "project",
        arg(long, global = true, value_name = "NAME", env = "SCORE_FLY_ENV", hide_env_values = true, value_parser = env)
    )]
    #[cfg_attr(not(feature = "project"), arg(skip))]
    pub(crate) env: Option<&'static str>,

    /// Which diagnostics are not told, and which are errors; the usual ones if nothing is said
    #[arg(skip)]
    pub(crate) levels: Option<&'static Levels>,
}

impl Global {
    /// The environment of the project. A variable that is set to nothing is as good as none.
    pub(crate) fn env(self) -> Option<EnvName> {
        self.env?.parse().ok()
    }
}

/// The name of an environment, or nothing. It lasts as long as the process, so that what holds for every command can
/// be copied.
#[cfg(feature = "project")]
fn env(text: &str) -> Result<&'static str, score_fly_engine::env_name::InvalidEnvName> {
    if text.is_empty() {
        return Ok("");
    }
    Ok(Box::leak(text.parse::<EnvName>()?.to_string().into_boxed_str()))
}

/// What commands are told about codes, after their own flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct LevelArgs {
    /// Silence diagnostics with this code; may be repeated
    ///
    /// `score-fly explain` lists the codes. To silence a single line, put the comment `# score-fly: allow(CODE)` on it
    /// or above it. In a fly.toml anything can be silenced; in a Score file, warnings and notes.
    #[arg(long, global = true, value_name = "CODE", value_parser = code)]
    allow: Vec<Code>,

    /// Treat diagnostics with this code as errors; may be repeated
    #[arg(long, global = true, value_name = "CODE", value_parser = code)]
    deny: Vec<Code>,

    /// Treat all warnings as errors
    #[arg(long, global = true)]
    deny_warnings: bool,
}

impl LevelArgs {
    /// As options. They last as long as the process, so that what holds for every command can be copied.
    pub(crate) fn levels(&self) -> Option<&'static Levels> {
        let Self { allow, deny, deny_warnings } = self;
        let levels = Levels {
            allow: allow.iter().copied().collect(),
            deny: deny.iter().copied().collect(),
            deny_warnings: *deny_warnings,
        };
        (levels != Levels::default()).then(|| &*Box::leak(Box::new(levels)))
    }
}

/// A code of diagnostics.
pub(crate) fn code(name: &str) -> Result<Code, String> {
    Code::from_name(name).ok_or_else(|| match Code::nearest(name) {
        Some(code) => format!("there is no such code; did you mean `{code}`?"),
        None => "there is no such code; `score-fly explain` lists all of them".to_owned(),
    })
}

/// How diagnostics are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// With the lines in question, in colour on a terminal
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
    /// A YAML file to merge over the Score file; may be repeated, later ones win
    #[arg(long, value_name = "FILE")]
    pub(crate) overrides_file: Vec<PathBuf>,

    /// A single value to set after merging overrides files; an empty VALUE removes what is at PATH
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
    /// `{db: {values: {host: …}, secrets: {password: …}}}`. A bare map is read as values. A
    /// resource in a later file replaces the same one in an earlier file. `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) outputs: Vec<PathBuf>,

    /// The prefix that turns a workload's name into its app's name
    #[arg(long, value_name = "PREFIX")]
    pub(crate) fly_app_prefix: Option<String>,

    /// The primary region, unless a workload's annotation names another
    #[arg(long, env = "FLY_REGION_NAME", hide_env_values = true, value_parser = region)]
    pub(crate) region: Option<String>,

    /// Whether to run workloads in Fly's containers, side by side on one machine
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
    if text.is_empty() { Ok(String::new()) } else { region_code(text) }
}

/// The code of a region.
pub(crate) fn region_code(text: &str) -> Result<String, String> {
    if is_region(text) {
        return Ok(text.to_owned());
    }
    Err("a region's code has three lower-case letters, such as `ams`; it comes from the flag, or else from the \
         variable FLY_REGION_NAME"
        .to_owned())
}

/// When workloads run in Fly's containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Containers {
    /// If a workload needs it: several containers, `before`, probes by command, file modes
    #[default]
    Auto,
    /// Always
    Always,
    /// Never: a workload that needs it is an error
    Never,
}

impl From<Containers> for convert::Containers {
    fn from(containers: Containers) -> Self {
        match containers {
            Containers::Auto => Self::Auto,
            Containers::Always => Self::Always,
            Containers::Never => Self::Never,
        }
    }
}

impl ScoreArgs {
    /// As options.
    pub(crate) fn options(&self) -> ScoreOptions {
        ScoreOptions {
            overrides: self.overrides_file.clone(),
            override_properties: self.override_property.clone(),
            image: self.image.clone(),
            outputs: self.outputs.clone(),
            app_prefix: self.fly_app_prefix.clone(),
            region: self.region.clone(),
            containers: self.containers.into(),
        }
    }
}

/// How lists are shown.
#[cfg(feature = "project")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// Columns
    #[default]
    Table,
    /// One JSON array
    Json,
}

/// How a project is opened to change it.
#[cfg(feature = "project")]
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    identity: IdentityArgs,
}

/// Whether other runs are waited for.
#[cfg(feature = "project")]
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// Fail if another run is active in this project, instead of waiting for it
    #[arg(long)]
    pub(crate) no_wait: bool,
}

/// Who may decrypt secrets.
#[cfg(feature = "project")]
#[derive(Debug, Args)]
pub(crate) struct IdentityArgs {
    /// An age identity file, to decrypt the secrets in the project's state; may be repeated
    ///
    /// The environment variable `SCORE_FLY_IDENTITY` may hold more identities: their text, in the
    /// format of such a file.
    #[arg(long, value_name = "FILE")]
    identity: Vec<PathBuf>,
}

/// Variables for resources of type `environment`.
#[cfg(feature = "project")]
#[derive(Debug, Args)]
pub(crate) struct EnvFileArgs {
    /// A file of variables for resources of type `environment`, with lines `NAME=value`; may be
    /// repeated, later ones win. Variables set in the environment itself win over all of them
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
}

/// How resources are provisioned.
#[cfg(feature = "project")]
#[derive(Debug, Args)]
#[command(next_help_heading = "In a project")]
pub(crate) struct ProvisioningArgs {
    /// How many provisioners to run, and how many apps to deploy, at the same time
    #[arg(short, long, value_name = "NUMBER", default_value = "8")]
    jobs: std::num::NonZero<usize>,

    /// Call no provisioner for a resource whose outputs are already known
    ///
    /// They are known if its params and metadata are unchanged, and no workload refers to its
    /// secrets, which are only stored if the state is encrypted.
    #[arg(long)]
    only_new: bool,

    /// Forget the overrides that the project remembers for the Score files
    ///
    /// Without this, a Score file that is given without overrides gets the ones from last time.
    #[arg(long)]
    no_overrides: bool,

    #[command(flatten)]
    env_file: EnvFileArgs,

    #[command(flatten)]
    identity: IdentityArgs,
}

#[cfg(feature = "project")]
impl OpenArgs {
    /// As options.
    pub(crate) fn options(&self) -> OpenOptions {
        self.identity.options(self.wait.no_wait)
    }
}

#[cfg(feature = "project")]
impl IdentityArgs {
    fn options(&self, no_wait: bool) -> OpenOptions {
        let wait = if no_wait { Wait::Never } else { Wait::UntilFree };
        OpenOptions { wait, identities: self.identity.clone() }
    }
}

#[cfg(feature = "project")]
impl ProvisioningArgs {
    /// As options, for a run that waits for others or does not.
    pub(crate) fn options(self, no_wait: bool) -> score_fly_engine::ops::generate::ProjectOptions {
        score_fly_engine::ops::generate::ProjectOptions {
            jobs: self.jobs,
            only_new: self.only_new,
            no_overrides: self.no_overrides,
            env_files: self.env_file.env_file,
            open: self.identity.options(no_wait),
        }
    }
}
