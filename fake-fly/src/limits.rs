//! Rate limits: for each action, on each machine, or on each app where there is no machine.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::moment::Moment;

/// Requests a second, and how many may come at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) burst: f64,
}

impl Rate {
    /// <https://fly.io/docs/machines/api/working-with-machines-api/>, "Rate limits".
    pub(crate) const USUAL: Self = Self { per_second: 1.0, burst: 3.0 };
    pub(crate) const GET_MACHINE: Self = Self { per_second: 5.0, burst: 10.0 };
    /// Deletions of apps: 100 a minute.
    pub(crate) const DELETE_APP: Self = Self { per_second: 100.0 / 60.0, burst: 100.0 };
}

/// From here on, buckets that are full again are forgotten.
const MANY: usize = 10_000;

/// The buckets.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: BTreeMap<(&'static str, String), Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Moment,
}

impl Limits {
    /// Whether one more request may be worked on; it counts if so.
    pub(crate) fn allow(&mut self, action: &'static str, id: &str, rate: Rate, now: Moment) -> bool {
        if self.buckets.len() >= MANY {
            // After this time, every bucket is.
            self.buckets.retain(|_, bucket| now.since(bucket.filled) < Duration::from_secs(60));
        }
        let full = Bucket { tokens: rate.burst, filled: now };
        let bucket = self.buckets.entry((action, id.to_owned())).or_insert(full);
        let gained = now.since(bucket.filled).as_secs_f64() * rate.per_second;
        bucket.tokens = (bucket.tokens + gained).min(rate.burst);
        bucket.filled = now;
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, Rate};
    use crate::moment::Moment;

    #[test]
    fn three_at_once_and_then_one_a_second() {
        let mut limits = Limits::default();
        let start = Moment::from_millis(0);
        let mut at =
            |millis, id| limits.allow("machines.update", id, Rate::USUAL, start + Duration::from_millis(millis));
        assert_eq!([0, 0, 0, 0].map(|millis| at(millis, "a")), [true, true, true, false]);
        assert!(at(0, "b"), "another machine has its own");
        assert!(!at(999, "a"));
        assert!(at(1000, "a"));
        assert!(!at(1000, "a"));
        assert_eq!([60_000; 4].map(|millis| at(millis, "a")), [true, true, true, false]);
    }
}
