//! What Fly takes: every number that it sets a limit to, in one table.
//!
//! Sources: <https://fly.io/docs/reference/configuration/>, the Machines API's description, and what
//! flyctl itself enforces where these say nothing, or different things.

use core::ops::RangeInclusive;

use super::Duration;
use super::words::CpuKind;

/// What machines with one kind of cpu can have.
#[derive(Debug)]
pub(crate) struct GuestLimits {
    /// The kind of cpu.
    pub(crate) kind: CpuKind,
    /// What the names of its sizes begin with.
    pub(crate) name: &'static str,
    /// The numbers of cpus, in ascending order.
    pub(crate) cpus: &'static [u16],
    /// More of them, which only some organizations can have.
    pub(crate) cpus_on_request: &'static [u16],
    /// The memory for each cpu, in MiB.
    pub(crate) memory: RangeInclusive<u32>,
    /// Memory comes in multiples of this many MiB.
    pub(crate) step: u32,
}

/// All machines, from small to large.
///
/// For the memory of performance machines Fly's sources name three different steps: 2048 MiB in the
/// sizing guide, 256 in the API's description, and 1024 in flyctl, which is what `fly machine update`
/// goes by.
pub(crate) const GUESTS: [GuestLimits; 2] = [
    GuestLimits {
        kind: CpuKind::Shared,
        name: "shared-cpu",
        cpus: &[1, 2, 4, 6, 8],
        cpus_on_request: &[],
        memory: 256..=2048,
        step: 256,
    },
    GuestLimits {
        kind: CpuKind::Performance,
        name: "performance",
        cpus: &[1, 2, 4, 6, 8, 10, 12, 14, 16],
        cpus_on_request: &[32, 64, 128],
        memory: 2048..=8192,
        step: 1024,
    },
];

/// What Fly takes as the timings of a check. A grace period may also be zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckLimits {
    /// The time between checks.
    pub(crate) interval: RangeInclusive<Duration>,
    /// How long one may take.
    pub(crate) timeout: RangeInclusive<Duration>,
    /// The time after a start in which failures don't count.
    pub(crate) grace_period: RangeInclusive<Duration>,
}

impl CheckLimits {
    /// What both take, for what becomes two checks.
    pub(crate) fn narrowed_to(self, other: &Self) -> Self {
        let both = |one: &RangeInclusive<Duration>, other: &RangeInclusive<Duration>| {
            *one.start().max(other.start())..=*one.end().min(other.end())
        };
        Self {
            interval: both(&self.interval, &other.interval),
            timeout: both(&self.timeout, &other.timeout),
            grace_period: both(&self.grace_period, &other.grace_period),
        }
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A day, for what has no limit that anybody knows of.
const LONG: Duration = secs(86_400);

/// Of a check on a service. flyctl says that Fly raises or lowers all that lies outside.
pub(crate) const SERVICE_CHECK: CheckLimits =
    CheckLimits { interval: secs(1)..=secs(60), timeout: secs(1)..=secs(60), grace_period: secs(1)..=secs(60) };

/// Of one of `[checks]`. flyctl refuses what lies outside.
pub(crate) const TOP_LEVEL_CHECK: CheckLimits = CheckLimits {
    interval: secs(2)..=LONG,
    timeout: Duration::from_millis(1)..=secs(60),
    grace_period: Duration::from_millis(1)..=LONG,
};

/// Of a check on a container, which counts whole seconds.
pub(crate) const CONTAINER_CHECK: CheckLimits =
    CheckLimits { interval: secs(1)..=LONG, timeout: secs(1)..=LONG, grace_period: secs(1)..=LONG };

/// Fly's regions in August 2026. (Source: <https://fly.io/docs/reference/regions/>.)
pub(crate) const REGIONS: [&str; 18] = [
    "ams", "arn", "bom", "cdg", "dfw", "ewr", "fra", "gru", "iad", "jnb", "lax", "lhr", "nrt", "ord", "sin", "sjc",
    "syd", "yyz",
];

/// How long Fly waits for a machine to stop.
pub(crate) const KILL_TIMEOUT: RangeInclusive<Duration> = secs(0)..=secs(300);

/// The size of a volume, in gigabytes.
pub(crate) const VOLUME_SIZE: RangeInclusive<u16> = 1..=500;

/// By how many gigabytes a volume grows at once.
pub(crate) const VOLUME_INCREMENT: RangeInclusive<u16> = 1..=100;

/// How full a volume is when it grows, in percent.
pub(crate) const VOLUME_THRESHOLD: RangeInclusive<u8> = 50..=99;

/// How many days the snapshots of a volume are kept.
pub(crate) const SNAPSHOT_RETENTION: RangeInclusive<u8> = 1..=60;

/// How many `[[statics]]` there can be.
pub(crate) const STATICS: usize = 10;

/// The number of a port.
pub(crate) const PORT: RangeInclusive<u16> = 1..=u16::MAX;

/// The levels of compression of an image.
pub(crate) const COMPRESSION_LEVEL: RangeInclusive<u8> = 0..=9;

/// The least seconds that a cached replay is kept.
pub(crate) const REPLAY_TTL: u32 = 10;
