//! Trying again what does not work yet, because what was just made is not known everywhere.

use std::time::Duration;

use crate::client::Client;
use crate::error::Error;

/// How long to wait between two attempts.
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);

impl Client {
    /// Does something again and again while it fails in a way that may pass, until it works or this time
    /// on the client's clock is over.
    ///
    /// # Errors
    ///
    /// The last failure, or the first one that does not pass.
    pub fn patiently<T>(
        &self,
        within: Duration,
        passes: impl Fn(&Error) -> bool,
        work: impl Fn() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let deadline = self.now() + within;
        let mut pause = FIRST;
        loop {
            match work() {
                Err(error) if passes(&error) && self.now() + pause <= deadline => self.sleep(pause)?,
                other => return other,
            }
            pause = (pause * 2).min(LONGEST);
        }
    }
}
