//! The time of a Fly on this machine, for clients of it. Tests of other crates take this file as well.

use std::time::Duration;

use score_fly_api::{Clock, Stop};

/// The clock of the fake.
#[derive(Debug)]
pub(crate) struct FakeClock(pub(crate) fake_fly::Clock);

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.now().millis())
    }

    fn sleep(&self, time: Duration, stop: &Stop) -> bool {
        self.0.sleep_unless(time, &|| stop.is_set())
    }
}
