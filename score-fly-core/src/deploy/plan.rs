//! A plan: what is done, in which order, and why.

use serde::Serialize;
use serde_json::Value;

use super::observed::AddressKind;
use crate::map::SortedMap;
use crate::pointer::Pointer;
use crate::prelude::*;

/// What a deploy does, in the order in which it does it. Steps on different machines of a group that follow one
/// another may be done at the same time, as far as the strategy says so.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Plan {
    /// The app.
    pub app: String,
    /// The steps. There are none if all is as it is to be.
    pub steps: Vec<Step>,
    /// How many machines are as they are to be.
    pub unchanged: u32,
    /// What is there and is not touched, though it is not asked for.
    pub left_alone: Vec<LeftAlone>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// Why.
    pub causes: Vec<Cause>,
    /// What becomes different, field by field.
    pub changes: Vec<Change>,
    /// What it means for those who use the app.
    pub impact: Impact,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Creates the app.
    CreateApp {
        /// Its name.
        name: String,
        /// The slug of the organization that it belongs to.
        organization: String,
        /// Its private network, if it has one of its own.
        network: Option<String>,
    },
    /// Gives the app an address.
    AllocateAddress {
        /// Of this kind.
        kind: AddressKind,
    },
    /// Sets secrets and removes others, in one call. Machines see it when they are changed next; plans make sure
    /// that they are.
    SetSecrets {
        /// Those that are set, by name, with the fingerprints of their values as far as there are any.
        set: SortedMap<String, Option<String>>,
        /// The names of those that are removed.
        unset: Vec<String>,
    },
    /// Runs the release command. If it fails, nothing behind it is done.
    RunReleaseCommand {
        /// The command's words.
        command: Vec<String>,
        /// Where it runs.
        region: Option<String>,
        /// The whole config of the machine that it runs on.
        config: Box<Value>,
    },
    /// Creates a volume.
    CreateVolume(NewVolume),
    /// Makes a volume larger.
    ExtendVolume {
        /// Its id.
        volume: String,
        /// Its name.
        name: String,
        /// Its size in gigabytes.
        from_gb: u32,
        /// The new one.
        to_gb: u32,
        /// The machine that mounts it, which may need a restart for it: Fly says whether it does.
        machine: Option<String>,
    },
    /// Creates a machine.
    CreateMachine(Box<NewMachine>),
    /// Gives a machine another config. Its name and its region stay.
    UpdateMachine {
        /// Its id.
        machine: String,
        /// Its process group.
        group: String,
        /// Where it is.
        region: String,
        /// The version of its config that this was decided on; if it has another one by now, plan again.
        version: String,
        /// The whole new config. [`Action::config`] puts in what is only known once it is carried out.
        config: Box<Value>,
        /// The machines for which it stands in, if it is a standby.
        standby_for: Vec<MachineRef>,
        /// Whether it stays as it is, started or not; without it, it is started.
        skip_launch: bool,
    },
    /// Creates a machine in the place of another, and then destroys that.
    ReplaceMachine {
        /// The id of the old one.
        machine: String,
        /// The new one.
        new: Box<NewMachine>,
    },
    /// Sets labels of a machine, without changing anything else about it.
    LabelMachine {
        /// The machine.
        machine: MachineRef,
        /// The labels by name; null removes one.
        labels: SortedMap<String, Option<String>>,
    },
    /// Destroys a machine. A volume that it mounts stays.
    DestroyMachine {
        /// Its id.
        machine: String,
        /// Its process group.
        group: String,
        /// Where it is.
        region: String,
    },
    /// Gives an address back. Nobody knows whether it can be had again.
    ReleaseAddress {
        /// The address.
        ip: String,
    },
    /// Destroys a volume, with everything in it.
    DestroyVolume {
        /// Its id.
        volume: String,
        /// Its name.
        name: String,
        /// Where it is.
        region: String,
    },
    /// Something that would have to be done and can't be, or must be asked for by name. A plan with such a step
    /// is not carried out.
    Blocked {
        /// What can't be done: a sentence in lower case, without a full stop.
        what: String,
        /// What to do instead.
        help: String,
    },
}

/// A volume that is to be created.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewVolume {
    /// What other steps of the plan call it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// Its size in gigabytes.
    pub size_gb: u32,
    /// Days that snapshots are kept.
    pub snapshot_retention: Option<u8>,
    /// Whether snapshots are taken daily.
    pub scheduled_snapshots: Option<bool>,
    /// The size of the machine that will mount it, so that its host has room.
    pub guest: Option<Value>,
}

/// A machine that is to be created.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewMachine {
    /// What other steps of the plan call it.
    pub key: String,
    /// Its process group.
    pub group: String,
    /// Where it is; without it Fly chooses.
    pub region: Option<String>,
    /// Its whole config. [`Action::config`] puts in what is only known once it is carried out.
    pub config: Value,
    /// The volume that it mounts.
    pub volume: Option<VolumeRef>,
    /// The machines for which it stands in, if it is a standby.
    pub standby_for: Vec<MachineRef>,
    /// Whether it is created without being started.
    pub skip_launch: bool,
}

/// A machine that is there, or that an earlier step of the same plan creates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MachineRef {
    /// The machine with this id.
    Id(String),
    /// The new machine that the plan calls so.
    New(String),
}

/// A volume that is there, or that an earlier step of the same plan creates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum VolumeRef {
    /// The volume with this id.
    Id(String),
    /// The new volume that the plan calls so.
    New(String),
}

/// Why something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Cause {
    /// It is not there.
    Missing,
    /// It is to be different from now on.
    Changed,
    /// Somebody else has changed it since it was last deployed.
    Drifted,
    /// Secrets are set or removed by this plan, and it must see them.
    Secrets,
    /// Secrets were set or removed since it was last changed, and it does not see them yet.
    StagedSecrets,
    /// Others took over from it, or it was left behind, when an earlier deploy was cut off.
    Unfinished,
    /// There are more than there are to be.
    Surplus,
    /// Its process group is not there any more.
    GroupGone,
    /// It failed, and nothing runs in it.
    Failed,
    /// Its host does not answer.
    HostDown,
    /// It mounts another volume than before, which only a new machine can.
    Mount,
    /// It has to run on another host.
    Host,
    /// The machines for which it stands in are others now.
    Standby,
    /// It is labelled with another release.
    Release,
    /// Machines are about to change.
    Deploy,
    /// It was asked for by name.
    Asked,
    /// The services need it.
    Services,
}

/// What becomes different about one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The field, in the machine's config.
    pub pointer: Pointer,
    /// What it is; null if it is not there.
    pub before: Value,
    /// What it becomes; null if it goes. What may be a secret is shown by its length only, here and in
    /// `before`.
    pub after: Value,
}

/// What a step means for those who use the app. Later ones are worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Impact {
    /// Nothing.
    None,
    /// A machine restarts, while others go on.
    Restart,
    /// A machine goes and another one takes over from it, or nothing needs it any more.
    Replacement,
    /// The only machine of a group restarts, or all of them at once: it is not there for a while.
    Downtime,
    /// Something is lost for good.
    Data,
}

/// Something that is there and is not touched, though it is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeftAlone {
    /// What kind of thing it is: `machine`, `volume`, `secret` or `address`.
    pub kind: String,
    /// Its id or name.
    pub id: String,
    /// Why it is left alone, as the end of a sentence.
    pub why: String,
}

impl Plan {
    /// Whether there is something that can't be done, so that nothing of the plan is.
    pub fn is_blocked(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.action, Action::Blocked { .. }))
    }

    /// Whether all is as it is to be.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl Action {
    /// The config to send, with what is only known once the plan is carried out: the id of the volume that the
    /// machine mounts, those of the machines for which it stands in, and labels such as those of the release. Null
    /// for an action that sends none.
    pub fn config(&self, volume: Option<&str>, standby_for: &[String], labels: &[(&str, &str)]) -> Value {
        let mut config = match self {
            Self::CreateMachine(new) | Self::ReplaceMachine { new, .. } => new.config.clone(),
            Self::UpdateMachine { config, .. } | Self::RunReleaseCommand { config, .. } => (**config).clone(),
            _ => return Value::Null,
        };
        let Some(table) = config.as_object_mut() else { return config };
        if let Some(mount) = table.get_mut("mounts").and_then(|mounts| mounts.get_mut(0)?.as_object_mut())
            && let Some(volume) = volume
        {
            mount.insert("volume".to_owned(), volume.into());
        }
        if !standby_for.is_empty() {
            table.insert("standbys".to_owned(), standby_for.into());
            let env = table.entry("env").or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Some(env) = env.as_object_mut() {
                env.insert("FLY_STANDBY_FOR".to_owned(), standby_for.join(",").into());
            }
        }
        let metadata = table.entry("metadata").or_insert_with(|| Value::Object(serde_json::Map::new()));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.extend(labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())));
        }
        config
    }
}
