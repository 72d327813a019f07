//! Leases: so that only one changes a machine at a time. fly-go: `flaps/flaps_machines.go`.

use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::Deserialize;

use super::{LeaseInfo, MachineCalls};
use crate::call::{Body, Method, Repeat};
use crate::error::{Error, Kind};
use crate::json::{or_default, seconds, secret};
use crate::time::Timestamp;

/// What whoever has a lease sends along with changes. It never shows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(Secret<String>);

impl Nonce {
    /// A nonce that is known from elsewhere, such as from the machine that was created with a lease.
    pub fn new(nonce: Secret<String>) -> Self {
        Self(nonce)
    }

    /// What is sent.
    pub fn secret(&self) -> &Secret<String> {
        &self.0
    }
}

/// A lease that one has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// What to send along.
    pub nonce: Nonce,
    /// The owner of the token.
    pub owner: String,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// Which version the machine had.
    pub version: String,
}

#[derive(Debug, Deserialize)]
struct Envelope<T> {
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    data: Option<T>,
}

impl<T> Envelope<T> {
    /// superfly/flyctl takes anything but `success` for a failure.
    fn open(self) -> Result<T, Error> {
        match self.data {
            Some(data) if self.status == "success" => Ok(data),
            _ if self.message.is_empty() => Err(Error::new(Kind::Answer, "Fly says neither yes nor no")),
            _ => Err(Error::new(Kind::Other, self.message)),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Taken {
    #[serde(deserialize_with = "secret")]
    nonce: Secret<String>,
    #[serde(default, deserialize_with = "or_default")]
    owner: String,
    #[serde(default, deserialize_with = "seconds")]
    expires_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    version: String,
}

impl MachineCalls<'_> {
    /// Takes the lease of the machine, for this time in whole seconds.
    ///
    /// # Errors
    ///
    /// [`Kind::LeaseHeld`] if somebody else has it.
    pub fn acquire_lease(&self, ttl: Duration, description: &str) -> Result<Lease, Error> {
        // If an answer got lost, the lease is in its own way, but for no longer than it lasts.
        let call = self.change("/lease", "leases.acquire", "lease", None);
        let body = Body::of(&serde_json::json!({ "ttl": whole_seconds(ttl), "description": description }));
        self.lease(&call.body(body))
    }

    /// Takes the lease of the machine, and waits for it this long on the client's clock if somebody else
    /// has it.
    ///
    /// # Errors
    ///
    /// [`Kind::LeaseHeld`] if somebody else still has it.
    pub fn acquire_lease_within(&self, ttl: Duration, description: &str, within: Duration) -> Result<Lease, Error> {
        let is_held = |error: &Error| matches!(error.kind(), Kind::LeaseHeld(_));
        self.client().patiently(within, is_held, || self.acquire_lease(ttl, description))
    }

    /// Holds on to a lease, for this time from now on.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] if it has expired.
    pub fn renew_lease(&self, ttl: Duration, nonce: &Nonce) -> Result<Lease, Error> {
        let call = self.change("/lease", "leases.acquire", "renew the lease of", Some(nonce));
        self.lease(&call.body(Body::of(&serde_json::json!({ "ttl": whole_seconds(ttl) }))))
    }

    fn lease(&self, call: &crate::call::Call) -> Result<Lease, Error> {
        let taken = self.client().send::<Envelope<Taken>>(call)?.open();
        let Taken { nonce, owner, expires_at, version } = taken.map_err(|error| error.during(&call.action, 1))?;
        Ok(Lease { nonce: Nonce(nonce), owner, expires_at, version })
    }

    /// Who has the lease of the machine, if somebody has.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn lease_info(&self) -> Result<Option<LeaseInfo>, Error> {
        let call = self.call(Method::Get, "/lease", "leases.get", "read the lease of");
        match self.client().send::<Envelope<LeaseInfo>>(&call) {
            Ok(envelope) => envelope.open().map(Some).map_err(|error| error.during(&call.action, 1)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives the lease back. That it has expired is no failure.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn release_lease(&self, nonce: &Nonce) -> Result<(), Error> {
        let call = self.call(Method::Delete, "/lease", "leases.release", "give back the lease of");
        match self.client().send_only(&call.nonce(Some(nonce.secret())).repeat(Repeat::UntilGone)) {
            Err(error) if error.is_not_found() || error.status() == Some(400) => Ok(()),
            other => other,
        }
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().max(1)
}
