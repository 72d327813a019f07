//! What machines and their containers have in common.

use crate::fly::Duration;
use crate::fly::sections::sections;
use crate::fly::words::MachineRestartPolicy;
use crate::prelude::*;

sections! {
    /// A header of a check.
    pub struct MachineHeader {
        /// Its name.
        name: String,
        /// Its values.
        values: Vec<String>,
    }

    /// A file put into a machine.
    pub struct MachineFile {
        /// Where it is put.
        guest_path: Option<String>,
        /// The content, in base64.
        raw_value: Option<String>,
        /// An app secret that holds the content in base64.
        secret_name: Option<String>,
        /// An image whose configuration is the content.
        image_config: Option<String>,
        /// A local file with the content, which flyctl reads from the directory in which it runs.
        local_path: Option<String>,
        /// Permissions, as a number.
        mode: Option<u32>,
    }

    /// When a machine restarts.
    pub struct MachineRestart {
        /// When.
        policy: Option<MachineRestartPolicy>,
        /// How often, for `on-failure`.
        max_retries: Option<u32>,
    }

    /// How a machine stops.
    pub struct StopConfig {
        /// Time between the signal and the kill.
        timeout: Option<Duration>,
        /// The signal.
        signal: Option<String>,
    }

    /// A secret in the environment of a container or a process.
    pub struct ContainerSecret {
        /// The variable.
        env_var: Option<String>,
        /// The app secret.
        name: Option<String>,
    }

    /// A variable that says something about the machine.
    pub struct EnvFrom {
        /// The variable.
        env_var: Option<String>,
        /// What it says: `id`, `version`, `app_name`, `private_ip`, `region` or `image`.
        field_ref: Option<String>,
    }
}
