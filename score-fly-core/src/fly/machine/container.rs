//! The containers of a machine config, and the JSON by which a fly.toml brings them along.

use super::shared::{ContainerSecret, EnvFrom, MachineFile, MachineHeader, MachineRestart, StopConfig};
use crate::document::{Mapping, Value};
use crate::fly::field::Field;
use crate::fly::sections::sections;
use crate::fly::words::{DependencyCondition, HealthcheckKind};
use crate::map::SortedMap;
use crate::prelude::*;

sections! {
    /// One of the containers that a machine runs side by side. They share its network.
    pub struct MachineContainer {
        /// Its name.
        name: Option<String>,
        /// Its image; `.` is the one that is deployed.
        image: Option<String>,
        /// Replaces the image's ENTRYPOINT and CMD.
        exec: Vec<String>,
        /// Replaces the image's ENTRYPOINT.
        entrypoint: Vec<String>,
        /// Replaces the image's CMD.
        cmd: Vec<String>,
        /// Replaces the image's user.
        user: Option<String>,
        /// Environment variables; those of the machine win.
        env: SortedMap<String, String>,
        /// The app's secrets that it gets. Without a list it gets all.
        secrets: Option<Vec<ContainerSecret>>,
        /// Environment variables that say something about the machine.
        env_from: Vec<EnvFrom>,
        /// Files put into it.
        files: Vec<MachineFile>,
        /// When it restarts.
        restart: Option<MachineRestart>,
        /// How it stops.
        stop: Option<StopConfig>,
        /// What must have happened before it starts.
        depends_on: Vec<ContainerDependency>,
        /// Whether it is ready, and whether it is alive.
        healthchecks: Vec<ContainerHealthcheck>,
        /// Volumes of the machine config in it.
        mounts: Vec<ContainerMount>,
    }

    /// A container that must come first.
    pub struct ContainerDependency {
        /// Its name.
        name: Option<String>,
        /// How far it must be.
        condition: Option<DependencyCondition>,
    }

    /// A check on a container: one of `http`, `tcp` and `exec`.
    pub struct ContainerHealthcheck {
        /// Its name, of which there is one in a container.
        name: Option<String>,
        /// Seconds between checks.
        interval: Option<u32>,
        /// Seconds after start in which failures do not count.
        grace_period: Option<u32>,
        /// How many successes make it healthy.
        success_threshold: Option<u32>,
        /// How many failures make it unhealthy.
        failure_threshold: Option<u32>,
        /// How many seconds one may take.
        timeout: Option<u32>,
        /// What it is about.
        kind: Option<HealthcheckKind>,
        /// What happens when it is unhealthy: `stop`, after which the restart policy holds.
        unhealthy: Option<String>,
        /// A request.
        http: Option<HttpHealthcheck>,
        /// A connection.
        tcp: Option<TcpHealthcheck>,
        /// A command.
        exec: Option<ExecHealthcheck>,
    }

    /// A check by HTTP.
    pub struct HttpHealthcheck {
        /// The port.
        port: Option<u16>,
        /// The HTTP method.
        method: Option<String>,
        /// The path.
        path: Option<String>,
        /// Headers to send.
        headers: Vec<MachineHeader>,
        /// `http` or `https`.
        scheme: Option<String>,
        /// Take any certificate.
        tls_skip_verify: Option<bool>,
        /// The name to verify the certificate against.
        tls_server_name: Option<String>,
    }

    /// A check by connecting.
    pub struct TcpHealthcheck {
        /// The port.
        port: Option<u16>,
    }

    /// A check by a command.
    pub struct ExecHealthcheck {
        /// The command and its arguments.
        command: Vec<String>,
    }

    /// A volume of the machine config in a container.
    pub struct ContainerMount {
        /// The volume's name.
        name: Option<String>,
        /// Where it is mounted.
        path: Option<String>,
    }
}

/// The machine config of these containers, as the text that `machine_config` takes.
///
/// flyctl decodes it into the config that a machine has, as Go does: what the text does not speak
/// of stays, elements of lists are paired by position, and keys of maps are added to those that
/// are there. So every key is written, null where there is nothing to say; and before the
/// containers stands a null in their place, which clears what Go would keep all the same: a
/// variable that is gone, a text, a number. (JSON lets a name stand twice, and Go reads both in
/// turn. Readers that take one of them take the last.)
pub fn containers_json(containers: &Vec<MachineContainer>) -> String {
    let mut config = Mapping::default();
    config.push("containers", Value::Null);
    config.push("containers", containers.tree(true));
    // A tree of text keys and finite numbers always serialises.
    serde_json::to_string_pretty(&Value::Mapping(config)).unwrap_or_default() + "\n"
}
