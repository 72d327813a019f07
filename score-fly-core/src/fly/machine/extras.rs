//! What a machine config can say and fly.toml can't: `fly machine run` sets it, and a deploy keeps it.

use super::shared::{ContainerSecret, EnvFrom};
use crate::fly::sections::sections;
use crate::fly::words::{PersistRootfs, StorageType};
use crate::map::SortedMap;
use crate::prelude::*;

sections! {
    /// How a machine looks up names, and how it is looked up itself.
    pub struct MachineDns {
        /// Leaves it out of the names of the organization's network.
        skip_registration: Option<bool>,
        /// Servers that it asks.
        nameservers: Vec<String>,
        /// Domains that it tries.
        searches: Vec<String>,
        /// Options of its resolver.
        options: Vec<DnsOption>,
        /// Names that it asks other servers for.
        dns_forward_rules: Vec<DnsForwardRule>,
        /// Its own name.
        hostname: Option<String>,
        /// Its own name with the domain.
        hostname_fqdn: Option<String>,
    }

    /// An option of the resolver.
    pub struct DnsOption {
        /// Its name.
        name: Option<String>,
        /// Its value.
        value: Option<String>,
    }

    /// Names for which another server is asked.
    pub struct DnsForwardRule {
        /// What they end in.
        basename: Option<String>,
        /// The server's address.
        addr: Option<String>,
    }

    /// A process of a machine.
    pub struct MachineProcess {
        /// Replaces the image's ENTRYPOINT and CMD.
        exec: Vec<String>,
        /// Replaces the image's ENTRYPOINT.
        entrypoint: Vec<String>,
        /// Replaces the image's CMD.
        cmd: Vec<String>,
        /// Replaces the image's user.
        user: Option<String>,
        /// Environment variables.
        env: SortedMap<String, String>,
        /// Secrets that it gets.
        secrets: Vec<ContainerSecret>,
        /// Whether it gets these secrets only.
        ignore_app_secrets: Option<bool>,
        /// Environment variables that say something about the machine.
        env_from: Vec<EnvFrom>,
    }

    /// What containers can mount: a directory that is gone with the machine, or an image.
    pub struct MachineVolume {
        /// Its name.
        name: Option<String>,
        /// A directory.
        temp_dir: Option<TempDir>,
        /// An image.
        image: Option<String>,
    }

    /// A directory that is gone with the machine.
    pub struct TempDir {
        /// Where it lies.
        storage_type: Option<StorageType>,
        /// Its size in MiB, if it lies on disk.
        size_mb: Option<u32>,
    }

    /// The root file system of a machine.
    pub struct MachineRootfs {
        /// Whether it survives.
        persist: Option<PersistRootfs>,
        /// Its size in gigabytes.
        size_gb: Option<u32>,
    }

    /// The cache of a machine.
    pub struct CacheDrive {
        /// Its size in MiB.
        size_mb: Option<u32>,
    }

    /// What a machine may cost.
    pub struct Spot {
        /// The part of the usual price.
        max_price_fraction: Option<f64>,
    }
}
