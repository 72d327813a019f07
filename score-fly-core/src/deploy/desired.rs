//! What is to be.

use super::machine_check::DesiredCheck;
use super::observed::AddressKind;
use super::options::Stamp;
use crate::fly::{Config, Duration, MachineConfig};
use crate::map::SortedMap;
use crate::prelude::*;

/// An app as it is to be.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Desired {
    /// Its name.
    pub app: String,
    /// The organization that it belongs to, by its slug: needed to create it, and never changed.
    pub organization: Option<String>,
    /// Its private network, if it is to have one of its own. Never changed.
    pub network: Option<String>,
    /// The configuration that all this comes from, which a release keeps.
    pub config: Config,
    /// The image to send, best by its digest. Without it, machines keep the image that they have.
    pub image: Option<String>,
    /// The region of new machines, if nothing else is said; without it Fly chooses.
    pub region: Option<String>,
    /// The process groups by name.
    pub groups: SortedMap<String, DesiredGroup>,
    /// What runs before machines change.
    pub release_command: Option<ReleaseCommand>,
    /// The addresses by which it is reached.
    pub addresses: Addresses,
    /// The secrets by name, each with a fingerprint of its value if there is one: two values are the same if their
    /// fingerprints are. A secret without a fingerprint is set each time.
    pub secrets: SortedMap<String, Option<String>>,
    /// What machines are labelled with.
    pub stamp: Stamp,
}

/// A process group as it is to be.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct DesiredGroup {
    /// What its machines are made from: what flyctl sends, with the image, and without volumes' ids.
    pub machine: MachineConfig,
    /// The volume that each of its machines mounts.
    pub volume: Option<DesiredVolume>,
    /// How many machines there are to be, and where.
    pub placement: Placement,
    /// What is run against each machine that was changed.
    pub checks: Vec<DesiredCheck>,
}

/// A volume that a machine mounts. Each machine has one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DesiredVolume {
    /// Its name.
    pub name: String,
    /// Its least size in gigabytes, if that is said. A volume never shrinks.
    pub size_gb: Option<u32>,
    /// Days that snapshots are kept.
    pub snapshot_retention: Option<u8>,
    /// Whether snapshots are taken daily.
    pub scheduled_snapshots: Option<bool>,
}

/// How many machines of a group there are to be, and where. Standbys are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// So many in each region, and none in others.
    Regions(SortedMap<String, u32>),
    /// So many in all, and in which regions new ones go by turns; the app's region if there are none.
    Count(u32, Vec<String>),
    /// What is there stays. A group without machines gets what flyctl gives it: one machine if it mounts
    /// a volume; otherwise, with `ha`, two if it has services, and else one with a standby.
    Keep {
        /// Whether a group without machines gets a spare one.
        ha: bool,
    },
}

impl Default for Placement {
    fn default() -> Self {
        Self::Keep { ha: true }
    }
}

/// A command that runs before machines change, on a machine that is made for it and goes with it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ReleaseCommand {
    /// The command's words.
    pub command: Vec<String>,
    /// What its machine is made from, as flyctl makes it.
    pub machine: MachineConfig,
    /// How long it may take.
    pub timeout: Option<Duration>,
}

/// The addresses of an app.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Addresses {
    /// Which kinds there are to be.
    pub kinds: Vec<AddressKind>,
    /// Whether they were asked for by name. If not, only an app without machines gets them: of others nobody
    /// knows whether an address was taken away on purpose.
    pub asked: bool,
}
