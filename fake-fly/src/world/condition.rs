//! How long things take, what is wrong with the world, and what runs in machines.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Durations are milliseconds in JSON.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

/// How long things take. In JSON, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timings {
    /// Until an answer.
    #[serde(with = "millis")]
    pub latency: Duration,
    /// From creation to starting.
    #[serde(with = "millis")]
    pub created: Duration,
    /// How long a machine that is created but not launched stays in `created`, and can't be started.
    #[serde(with = "millis")]
    pub prepared: Duration,
    /// From starting to started.
    #[serde(with = "millis")]
    pub starting: Duration,
    /// How long an update takes, in which a machine can't be started.
    #[serde(with = "millis")]
    pub replacing: Duration,
    /// From stopping to stopped, and from suspending to suspended.
    #[serde(with = "millis")]
    pub stopping: Duration,
    /// From destroying to destroyed.
    #[serde(with = "millis")]
    pub destroying: Duration,
    /// How long a volume is held after its machine is gone.
    #[serde(with = "millis")]
    pub detaching: Duration,
    /// From the start to the first result of a check.
    #[serde(with = "millis")]
    pub first_check: Duration,
    /// From an exit to the restart.
    #[serde(with = "millis")]
    pub restarting: Duration,
    /// How long add-ons that are made in the background take.
    #[serde(with = "millis")]
    pub add_on: Duration,
    /// How long a Managed Postgres cluster takes.
    #[serde(with = "millis")]
    pub cluster: Duration,
}

/// As others measured against the live service (INTENTIUS/mudflaps; flyctl #4618), else guesses of the
/// same size.
impl Default for Timings {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            created: Duration::from_millis(500),
            prepared: Duration::from_secs(9),
            starting: Duration::from_millis(1500),
            replacing: Duration::from_millis(3500),
            stopping: Duration::from_secs(1),
            destroying: Duration::from_secs(1),
            detaching: Duration::from_secs(2),
            first_check: Duration::from_secs(2),
            restarting: Duration::from_secs(1),
            add_on: Duration::from_secs(4),
            cluster: Duration::from_secs(60),
        }
    }
}

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "they are switches, and have nothing to do with each other")]
pub struct Conditions {
    /// Regions in which no machine finds a place.
    pub full_regions: BTreeSet<String>,
    /// Machines (ids) on whose host there is no room for an update.
    pub full_hosts: BTreeSet<String>,
    /// Machines (ids) whose host is not reachable.
    pub unreachable: BTreeSet<String>,
    /// Parts of references of images that the registry does not have.
    pub missing_images: BTreeSet<String>,
    /// Parts of references of images that the registry has, but hosts can't pull.
    pub unpullable_images: BTreeSet<String>,
    /// How long a machine is not found after it was created.
    #[serde(with = "millis")]
    pub fresh_not_found: Duration,
    /// How long an app is not found after it was created.
    #[serde(with = "millis")]
    pub app_not_found: Duration,
    /// How many machines an organization may have.
    pub machine_limit: Option<usize>,
    /// How many apps an organization may have.
    pub app_limit: Option<usize>,
    /// Whether rate limits are kept.
    pub rate_limits: bool,
    /// Whether unknown fields, unknown parameters and missing headers are refused.
    pub strict: bool,
    /// Whether configs come back with what Fly fills in.
    pub fills_in: bool,
    /// Whether an organization may make blue-green deployments.
    pub bluegreen: bool,
    /// What commands that are run in machines answer; the first one that fits counts.
    pub commands: Vec<CommandResult>,
}

/// What a command answers that has a text in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandResult {
    /// The text.
    pub contains: String,
    /// Its exit code.
    #[serde(default)]
    pub exit_code: i32,
    /// What it prints.
    #[serde(default)]
    pub stdout: String,
    /// What it prints as errors.
    #[serde(default)]
    pub stderr: String,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            full_regions: BTreeSet::new(),
            full_hosts: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            missing_images: BTreeSet::new(),
            unpullable_images: BTreeSet::new(),
            fresh_not_found: Duration::ZERO,
            app_not_found: Duration::ZERO,
            machine_limit: None,
            app_limit: None,
            rate_limits: true,
            strict: true,
            fills_in: true,
            bluegreen: true,
            commands: Vec::new(),
        }
    }
}

impl Conditions {
    pub(crate) fn is_missing(&self, image: &str) -> bool {
        self.missing_images.iter().any(|part| image.contains(part.as_str()))
    }

    /// `mudflaps/unpullable` is the name that another fake of this API gave such an image.
    pub(crate) fn is_unpullable(&self, image: &str) -> bool {
        image.contains("mudflaps/unpullable") || self.unpullable_images.iter().any(|part| image.contains(part.as_str()))
    }
}

/// What runs in the machines that fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Program {
    /// Machines of this app,
    pub app: Option<String>,
    /// whose image has this in its reference,
    pub image: Option<String>,
    /// that belong to this process group,
    pub group: Option<String>,
    /// and have this environment variable.
    pub env: Option<String>,
    /// What it does.
    pub behaviour: Behaviour,
}

/// What a program does. Unless told otherwise, it runs forever and passes its checks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// It exits.
    pub exit: Option<Exit>,
    /// How its checks go.
    pub checks: Checks,
    /// What it prints when it starts.
    pub prints: Vec<String>,
    /// The TCP ports on which it listens; those of its services if none are named.
    pub listens: Option<Vec<u16>>,
}

/// How a program exits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// Its exit code.
    pub code: i32,
    /// How long after its start. In JSON, in milliseconds.
    #[serde(with = "millis")]
    pub after: Duration,
    /// Whether it had too little memory.
    #[serde(default)]
    pub oom: bool,
}

/// How checks go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checks {
    /// They pass from the first time on.
    #[default]
    Pass,
    /// They never pass.
    Never,
    /// They pass so long after the start; in JSON, milliseconds.
    After(#[serde(with = "millis")] Duration),
    /// They warn.
    Warn,
}

impl Program {
    fn is_of(&self, app: &str, config: &Value) -> bool {
        let text = |pointer: &str| config.pointer(pointer).and_then(Value::as_str);
        let env = |name: &String| config.get("env").is_some_and(|env| env.get(name).is_some());
        self.app.as_ref().is_none_or(|name| name == app)
            && self.image.as_ref().is_none_or(|part| text("/image").is_some_and(|image| image.contains(part.as_str())))
            && self.group.as_ref().is_none_or(|group| text("/metadata/fly_process_group") == Some(group))
            && self.env.as_ref().is_none_or(env)
    }
}

impl super::World {
    /// What runs in a machine of this config. Release commands and test commands end well after a second
    /// unless told otherwise.
    pub(crate) fn behaviour(&self, app: &str, config: &Value) -> Behaviour {
        if let Some(program) = self.programs.iter().rev().find(|program| program.is_of(app, config)) {
            return program.behaviour.clone();
        }
        let has = |name: &str| config.get("env").is_some_and(|env| env.get(name).is_some());
        let ends = has("RELEASE_COMMAND") || has("FLY_TEST_COMMAND");
        let exit = ends.then_some(Exit { code: 0, after: Duration::from_secs(1), oom: false });
        Behaviour { exit, ..Behaviour::default() }
    }
}
