//! A folder and a Fly of its own to run the binary with.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use fake_fly::{FakeFly, Pace};
use serde_json::Value;

use crate::sandbox::Sandbox;

/// A folder and a Fly.
pub(crate) struct World {
    pub(crate) fly: FakeFly,
    pub(crate) sandbox: Sandbox,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Variables that decide how Fly is talked to.
const VARIABLES: [&str; 12] = [
    "FLY_ACCESS_TOKEN",
    "FLY_API_TOKEN",
    "FLY_API_BASE_URL",
    "FLY_APP",
    "FLY_CONFIG_DIR",
    "FLY_FLAPS_BASE_URL",
    "FLY_ORG",
    "FLY_ORGANIZATION",
    "FLY_REGION_NAME",
    "FLY_REGISTRY_HOST",
    "FLY_UIEX_BASE_URL",
    "SCORE_FLY_IDENTITY",
];

impl World {
    /// A folder with these files, and a Fly on which things take milliseconds.
    pub(crate) fn new<const N: usize>(files: [(&str, &str); N]) -> Self {
        let fly = FakeFly::start(Pace::Real);
        fly.with(|world| {
            let millis = std::time::Duration::from_millis;
            let timings = &mut world.timings;
            timings.created = millis(5);
            timings.prepared = millis(20);
            timings.starting = millis(10);
            timings.replacing = millis(10);
            timings.stopping = millis(5);
            timings.destroying = millis(5);
            timings.detaching = millis(5);
            timings.first_check = millis(20);
            timings.restarting = millis(10);
            world.conditions.rate_limits = false;
        });
        Self { fly, sandbox: Sandbox::new(files) }
    }

    /// The binary in the folder, with this Fly and no other.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        for name in VARIABLES {
            command.env_remove(name);
        }
        command.env("HOME", self.sandbox.path()).envs(self.fly.env());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments).spawn().expect("the binary starts"))
    }

    /// The machines that are not about to go.
    pub(crate) fn staying(&self, app: &str) -> Vec<Value> {
        let mut machines = self.fly.machines(app);
        machines.retain(|machine| machine["state"] != "destroying");
        machines
    }

    /// The versions of these machines.
    pub(crate) fn versions(&self, app: &str) -> Vec<Value> {
        self.staying(app).into_iter().map(|machine| machine["instance_id"].clone()).collect()
    }

    /// A run that must end well.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
        run
    }

    /// A run that reads this.
    pub(crate) fn with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().expect("the binary starts");
        let written = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        written.expect("it reads");
        finish(child)
    }
}

pub(crate) fn finish(child: Child) -> Run {
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Run {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {}\n{}", self.stdout, self.stderr))
    }
}
