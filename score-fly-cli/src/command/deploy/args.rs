//! The flags that planning and deploying have in common.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use score_fly_core::deploy::{self, AddressKind, Lose, Policy, Scale};
use score_fly_core::fly;
use score_fly_core::fly::names::is_region;
use score_fly_engine::ops;
use score_fly_engine::ops::stamp::{self, VersionFrom};

use crate::args::{Global, ProvisioningArgs, ScoreArgs};

/// What is planned or deployed.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The files: Score files, or fly.toml files as `score-fly check` tells them
    ///
    /// Without any, it is all workloads of the project in this folder, or else `fly.toml`.
    files: Vec<PathBuf>,

    #[command(flatten)]
    score: ScoreArgs,

    #[command(flatten)]
    scale: ScaleArgs,

    #[command(flatten)]
    release: StampArgs,

    #[command(flatten)]
    only: OnlyArgs,

    #[command(flatten)]
    lose: LoseArgs,

    #[command(flatten)]
    provisioning: ProvisioningArgs,
}

/// What there is to be.
#[derive(Debug, Args)]
#[command(next_help_heading = "What there is to be")]
struct ScaleArgs {
    /// The name of the app, instead of the one in the file
    #[arg(short, long, value_name = "NAME")]
    app: Option<String>,

    /// The organization of an app that is not there yet; the only one that there is, if none is named
    #[arg(short, long, value_name = "SLUG", env = "FLY_ORG", hide_env_values = true)]
    org: Option<String>,

    /// A private network of its own, for an app that is not there yet
    #[arg(long, value_name = "NAME")]
    network: Option<String>,

    /// How many machines, and where: `3`, `ams=2,fra=1`, or `worker:2` for one process group; may be repeated
    ///
    /// What is not said stays as it is. A group without machines gets one if it has a volume, two if it has services,
    /// and else one with a standby.
    #[arg(long = "scale", value_name = "[GROUP:]COUNT|REGION=COUNT,…", value_parser = scale)]
    scales: Vec<(Option<String>, Scale)>,

    /// Whether process groups that have no machines yet get a spare one
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set)]
    ha: Option<bool>,

    /// Give a new app no public addresses
    #[arg(long, conflicts_with = "addresses")]
    no_public_ips: bool,

    /// Give the app a private address, for Flycast, and no public ones
    #[arg(long, conflicts_with_all = ["addresses", "no_public_ips"])]
    flycast: bool,

    /// Which kinds of addresses there are to be; may be repeated
    ///
    /// Without it, a new app gets what its services need. A dedicated IPv4 address costs.
    #[arg(long = "address", value_name = "KIND", value_enum)]
    addresses: Vec<Address>,

    /// The size of new volumes in gigabytes, where the file says none
    #[arg(long, value_name = "GB", value_parser = clap::value_parser!(u32).range(1..=500))]
    volume_initial_size: Option<u32>,
}

/// What is noted about the release.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is noted about the release")]
struct StampArgs {
    /// Its version, by the rules of semver.org, such as 1.4.2
    ///
    /// A version that an earlier release has with another image or configuration is refused.
    #[arg(id = "release-version", long = "version", value_name = "VERSION")]
    version: Option<String>,

    /// Where its version is from
    #[arg(long, value_name = "WHERE", value_enum, conflicts_with = "release-version")]
    version_from: Option<VersionSource>,

    /// What is new in it, in a line: `score-fly releases` shows it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Where versions are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum VersionSource {
    /// The newest tag of the repository that is a version; of commits behind it, one between it and the next
    Git,
    /// The annotation `fly.score.dev/version` of the workload
    Annotation,
}

impl StampArgs {
    fn options(self) -> stamp::Options {
        let from = self.version_from.map(|from| match from {
            VersionSource::Git => VersionFrom::Git,
            VersionSource::Annotation => VersionFrom::Annotation,
        });
        stamp::Options { version: self.version.map(VersionFrom::Given).or(from), note: self.note }
    }
}

/// What is meant.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is meant")]
struct OnlyArgs {
    /// How machines are replaced; as the file says, or else rolling
    #[arg(long, value_name = "STRATEGY", value_enum)]
    strategy: Option<Strategy>,

    /// How many machines of a group may be away at once: below 1 a fraction, otherwise a count
    #[arg(long, value_name = "NUMBER", value_parser = share)]
    max_unavailable: Option<f64>,

    /// Leave out the release command
    #[arg(long)]
    skip_release_command: bool,

    /// Only change machines that are there: create none, and destroy none
    #[arg(long)]
    update_only: bool,

    /// Only machines in these regions
    #[arg(long, visible_alias = "regions", value_name = "CODE,…", value_delimiter = ',', value_parser = region)]
    only_regions: Vec<String>,

    /// No machines in these regions
    #[arg(long, value_name = "CODE,…", value_delimiter = ',', value_parser = region)]
    exclude_regions: Vec<String>,

    /// Only these process groups
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    process_groups: Vec<String>,

    /// Only these machines
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    only_machines: Vec<String>,

    /// Not these machines
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    exclude_machines: Vec<String>,
}

/// What may be lost.
#[derive(Debug, Args)]
#[command(next_help_heading = "What may be lost, by name")]
struct LoseArgs {
    /// A machine with a volume that may go, or lose its mount; the volume stays
    #[arg(id = "lose-machine", long = "lose-machine", value_name = "ID")]
    machines: Vec<String>,

    /// A volume to destroy, with everything in it
    #[arg(id = "lose-volume", long = "lose-volume", value_name = "ID")]
    volumes: Vec<String>,

    /// An address to give back
    #[arg(id = "lose-address", long = "lose-address", value_name = "IP")]
    addresses: Vec<String>,

    /// A secret to remove
    #[arg(id = "lose-secret", long = "lose-secret", value_name = "NAME")]
    secrets: Vec<String>,
}

/// How machines are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Strategy {
    /// As many at once as may be away, and the next ones when these work
    Rolling,
    /// All at once, without waiting for them
    Immediate,
    /// First one more that is only tried out, and then rolling
    Canary,
    /// New ones beside the old ones, which go when all of the new ones work
    Bluegreen,
}

/// Kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Address {
    /// IPv6
    V6,
    /// IPv4 that is shared with other apps: for HTTP and TLS
    #[value(name = "shared_v4")]
    SharedV4,
    /// IPv4 of its own, which costs
    V4,
    /// IPv6 in the private network, for Flycast
    #[value(name = "private_v6")]
    PrivateV6,
}

fn scale(text: &str) -> Result<(Option<String>, Scale), String> {
    const FORM: &str = "give a count such as `3`, regions such as `ams=2,fra=1`, or either of one process group, such \
                        as `worker:2`";
    let (group, rest) = match text.split_once(':') {
        Some((group, rest)) => (Some(group.to_owned()), rest),
        None => (None, text),
    };
    if let Ok(count) = rest.parse() {
        return Ok((group, Scale { count: Some(count), ..Scale::default() }));
    }
    let of_region = |part: &str| {
        let (region, count) = part.split_once('=')?;
        Some((region.to_owned(), count.parse().ok()?)).filter(|(region, _)| is_region(region))
    };
    let regions: Option<BTreeMap<String, u32>> = rest.split(',').map(of_region).collect();
    let regions = regions.ok_or(FORM)?.into_iter().collect();
    Ok((group, Scale { regions, ..Scale::default() }))
}

fn region(text: &str) -> Result<String, String> {
    let known = Some(text.to_owned()).filter(|code| is_region(code));
    known.ok_or_else(|| "give regions by their codes, such as `ams` or `ams,fra`".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| share.is_finite() && *share > 0.0);
    share.ok_or_else(|| "give a number above 0: below 1 it is a fraction, otherwise a count".to_owned())
}

/// A duration as flyctl takes it: `5m`, `90s`, or a number of seconds.
pub(crate) fn duration(text: &str) -> Result<std::time::Duration, String> {
    let seconds = text.parse().ok().map(fly::Duration::from_secs);
    let duration = seconds.or_else(|| fly::Duration::parse(text));
    let duration = duration.ok_or("give a time with a unit, such as `5m` or `90s`, or a number of seconds")?;
    Ok(std::time::Duration::from_nanos(duration.as_nanos()))
}

impl PlanArgs {
    /// As options, for a run that waits for others or does not.
    pub(crate) fn options(self, no_wait: bool, global: Global) -> ops::plan::Options {
        let Self { files, score, scale, release, only, lose, provisioning } = self;
        let ScaleArgs { app, org, network, scales, ha, no_public_ips, flycast, addresses, volume_initial_size } = scale;
        let usual = scales.iter().find(|(group, _)| group.is_none()).map(|(_, scale)| scale.clone());
        let groups = scales.into_iter().filter_map(|(group, scale)| Some((group?, scale))).collect();
        let addresses: Vec<AddressKind> = addresses.into_iter().map(Address::kind).collect();
        let addresses = match (no_public_ips, flycast) {
            (true, _) => Some(Vec::new()),
            (_, true) => Some(vec![AddressKind::PrivateV6]),
            _ => Some(addresses).filter(|addresses| !addresses.is_empty()),
        };
        let beyond = deploy::Options {
            app,
            organization: org,
            network,
            image: score.image.clone(),
            region: score.region.clone(),
            scale: Scale { ha, ..usual.unwrap_or_default() },
            groups,
            addresses,
            volume_size_gb: volume_initial_size,
            ..deploy::Options::default()
        };
        let OnlyArgs {
            strategy,
            max_unavailable,
            skip_release_command,
            update_only,
            only_regions,
            exclude_regions,
            process_groups,
            only_machines,
            exclude_machines,
        } = only;
        let policy = Policy {
            strategy: strategy.map(Strategy::of_fly),
            max_unavailable,
            skip_release_command,
            update_only,
            only_regions,
            exclude_regions,
            only_groups: process_groups,
            only_machines,
            exclude_machines,
            lose: Lose {
                machines: lose.machines,
                volumes: lose.volumes,
                addresses: lose.addresses,
                secrets: lose.secrets,
            },
        };
        // Of a Score file that is built, the image says which one is meant; of any other, it takes the place of the one
        // that is named there.
        let score = score.options();
        let project = provisioning.options(no_wait);
        let (stamp, fly) = (release.options(), crate::fly::options(global));
        ops::plan::Options { files, score, project, beyond, policy, stamp, secrets: BTreeMap::new(), fly }
    }
}

impl Strategy {
    pub(crate) fn of_fly(self) -> fly::config::Strategy {
        match self {
            Self::Rolling => fly::config::Strategy::Rolling,
            Self::Immediate => fly::config::Strategy::Immediate,
            Self::Canary => fly::config::Strategy::Canary,
            Self::Bluegreen => fly::config::Strategy::BlueGreen,
        }
    }
}

impl Address {
    fn kind(self) -> AddressKind {
        match self {
            Self::V6 => AddressKind::V6,
            Self::SharedV4 => AddressKind::SharedV4,
            Self::V4 => AddressKind::V4,
            Self::PrivateV6 => AddressKind::PrivateV6,
        }
    }
}
