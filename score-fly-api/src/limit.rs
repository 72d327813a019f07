//! Staying below Fly's rate limits, which are for each action on each machine, or on each app where there
//! is no machine.

use std::collections::BTreeMap;
use std::time::Duration;

/// How many requests a second, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    every: Duration,
    burst: u32,
}

/// Requests may come closer together on their way. This much more than the limit asks for keeps most of
/// them from being refused for that.
const MARGIN: Duration = Duration::from_millis(10);

impl Rate {
    /// <https://fly.io/docs/machines/api/working-with-machines-api/>, "Rate limits".
    pub(crate) const USUAL: Self = Self { every: Duration::from_secs(1), burst: 3 };
    pub(crate) const GET_MACHINE: Self = Self { every: Duration::from_millis(200), burst: 10 };
    pub(crate) const DELETE_APP: Self = Self { every: Duration::from_millis(600), burst: 100 };
}

/// When the next request of each kind may go.
///
/// That of a bucket is kept as one moment: when it would be full again. Each request moves it on, and may
/// go as soon as it is not further away than the burst.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    full_at: BTreeMap<(&'static str, String), Duration>,
}

/// From here on, buckets that are full again are forgotten.
const MANY: usize = 1000;

impl Limits {
    /// How long one more request has to wait. It counts from now on.
    pub(crate) fn wait(&mut self, action: &'static str, id: &str, rate: Rate, now: Duration) -> Duration {
        if self.full_at.len() >= MANY {
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        let every = rate.every + MARGIN;
        let full_at = self.full_at.entry((action, id.to_owned())).or_default();
        let earliest = full_at.saturating_sub(every * (rate.burst - 1)).max(now);
        *full_at = (*full_at).max(now) + every;
        earliest.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, MANY, Rate};

    fn waits(limits: &mut Limits, rate: Rate, now: u64, count: usize) -> Vec<u128> {
        let now = Duration::from_millis(now);
        (0..count).map(|_| limits.wait("get", "a", rate, now).as_millis()).collect()
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_in_turn() {
        let mut limits = Limits::default();
        assert_eq!(waits(&mut limits, Rate::USUAL, 0, 5), [0, 0, 0, 1010, 2020]);
        assert_eq!(limits.wait("get", "b", Rate::USUAL, Duration::ZERO), Duration::ZERO, "others have their own");
        assert_eq!(limits.wait("stop", "a", Rate::USUAL, Duration::ZERO), Duration::ZERO);
        // Five went, and the last one at 2.02 s.
        assert_eq!(waits(&mut limits, Rate::USUAL, 2020, 1), [1010]);
        assert_eq!(waits(&mut limits, Rate::USUAL, 60_000, 4), [0, 0, 0, 1010]);
        let mut limits = Limits::default();
        assert_eq!(waits(&mut limits, Rate::GET_MACHINE, 0, 11)[9..], [0, 210]);
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let mut limits = Limits::default();
        for n in 0..=MANY {
            limits.wait("get", &n.to_string(), Rate::USUAL, Duration::from_secs(n as u64 * 10));
        }
        assert_eq!(limits.full_at.len(), 1);
    }
}
