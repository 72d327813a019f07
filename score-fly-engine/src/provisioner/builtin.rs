//! Provisioners that are parts of score-fly.

use score_fly_core::map::SortedSet;
use serde::{Deserialize, Serialize};

use super::call::Sharing;

/// A provisioner that is part of score-fly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Builtin {
    /// The host name under which everybody reaches the workload.
    Dns,
    /// Environment variables, by their names. Those of a resource of class `secret` are secrets.
    Environment,
    /// A cluster of Fly's Managed Postgres.
    ManagedPostgres,
    /// A database on a Postgres server at Fly that the project's resources share.
    Postgres,
    /// A Postgres server at Fly, in an app of its own.
    PostgresInstance,
    /// A Redis database by Upstash, at Fly.
    Redis,
    /// A way to the workload's service from outside. It is the conversion that makes it.
    Route,
    /// A bucket by Tigris, at Fly.
    S3,
    /// The host name of the workload that the resource is named after.
    Service,
    /// The host name and the port of a workload's service.
    ServicePort,
    /// A volume of the workload, with the settings that its params have.
    Volume,
}

impl Builtin {
    /// All of them, by their names.
    pub const ALL: [Self; 11] = [
        Self::Dns,
        Self::Environment,
        Self::ManagedPostgres,
        Self::Postgres,
        Self::PostgresInstance,
        Self::Redis,
        Self::Route,
        Self::S3,
        Self::Service,
        Self::ServicePort,
        Self::Volume,
    ];

    /// How the addresses of built-in provisioners start in provisioner files.
    pub(super) const SCHEME: &str = "builtin://";

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|builtin| builtin.name() == name)
    }

    /// Its name, and the type of resources that it is for; but Managed Postgres is for the type of all databases of
    /// Postgres, and those who want it say where.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Environment => "environment",
            Self::ManagedPostgres => "managed-postgres",
            Self::Postgres => "postgres",
            Self::PostgresInstance => "postgres-instance",
            Self::Redis => "redis",
            Self::Route => "route",
            Self::S3 => "s3",
            Self::Service => "service",
            Self::ServicePort => "service-port",
            Self::Volume => "volume",
        }
    }

    /// Whether it makes something at Fly, which costs: a project has such a one only if it is asked for.
    pub const fn is_at_fly(self) -> bool {
        match self {
            Self::ManagedPostgres | Self::Postgres | Self::PostgresInstance | Self::Redis | Self::S3 => true,
            Self::Dns | Self::Environment | Self::Route | Self::Service | Self::ServicePort | Self::Volume => false,
        }
    }

    /// What it makes, for people.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Dns => "the host name on which Fly serves the workload",
            Self::Environment => "variables of the environment in which score-fly runs",
            Self::ManagedPostgres => "a cluster of Fly's Managed Postgres",
            Self::Postgres => "a database on the project's own Postgres server at Fly",
            Self::PostgresInstance => "a Postgres server at Fly, for one resource alone",
            Self::Redis => "a Redis database by Upstash, at Fly",
            Self::S3 => "a bucket by Tigris, at Fly",
            Self::Route => "the workload's service on the ports 80 and 443",
            Self::Service => "the workload of that name, on Fly's private network",
            Self::ServicePort => "a port of another workload, on Fly's private network",
            Self::Volume => "a volume of the workload",
        }
    }

    /// The params that it takes.
    pub fn supported_params(self) -> SortedSet<String> {
        let params: &[&str] = match self {
            Self::Dns | Self::Environment | Self::Service => &[],
            Self::ManagedPostgres => &["disk_size", "organization", "plan", "postgis", "region", "version"],
            Self::Postgres | Self::PostgresInstance => &["organization", "region", "volume_size"],
            Self::Redis => &["eviction", "organization", "region"],
            Self::S3 => &["organization", "public"],
            Self::Route => &["host", "path", "port"],
            Self::ServicePort => &["workload", "port"],
            // The outputs that the conversion takes of a volume: its name, and its settings.
            Self::Volume => &[
                "source",
                "name",
                "size",
                "snapshot_retention",
                "scheduled_snapshots",
                "auto_extend_size_threshold",
                "auto_extend_size_increment",
                "auto_extend_size_limit",
            ],
        };
        params.iter().map(|param| (*param).to_owned()).collect()
    }

    /// See [`Provisioner::leaves_traces`].
    pub(super) const fn leaves_traces(self) -> bool {
        self.is_at_fly()
    }

    /// See [`Provisioner::is_costly`].
    pub(super) const fn is_costly(self) -> bool {
        self.is_at_fly()
    }

    /// See [`Provisioner::sharing`].
    pub(super) const fn sharing(self) -> Sharing {
        if matches!(self, Self::Postgres) { Sharing::Always } else { Sharing::Never }
    }

    /// See [`Provisioner::leaves_it_to_conversion`].
    pub(super) const fn leaves_it_to_conversion(self) -> bool {
        match self {
            Self::Route => true,
            Self::Dns
            | Self::Environment
            | Self::ManagedPostgres
            | Self::Postgres
            | Self::PostgresInstance
            | Self::Redis
            | Self::S3
            | Self::Service
            | Self::ServicePort
            | Self::Volume => false,
        }
    }
}
