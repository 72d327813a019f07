//! Leases that are held for as long as some work takes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::lease::Nonce;
use crate::client::Client;
use crate::clock::Stop;
use crate::error::{Error, Kind};

/// For how long leases are taken, and how often they are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// How long a lease lasts: whoever is killed blocks others for this time.
    pub ttl: Duration,
    /// How often it is renewed.
    pub every: Duration,
}

/// As flyctl has it: 13 seconds, renewed every 4.
impl Default for Term {
    fn default() -> Self {
        Self { ttl: Duration::from_secs(13), every: Duration::from_secs(4) }
    }
}

/// Leases of machines of one app. They are renewed in the background, and given back when this is dropped.
///
/// Renewing and giving back go on after [`Client::stop`], by [`Client::cleanup`]: what was begun can be undone
/// with the leases in hand.
pub struct Leases {
    held: Arc<Held>,
    renewing: Option<JoinHandle<()>>,
}

struct Held {
    client: Client,
    app: String,
    term: Term,
    description: String,
    leases: Mutex<BTreeMap<String, State>>,
    done: Stop,
}

enum State {
    Held(Nonce),
    /// It could not be renewed. Somebody else may be at work.
    Lost(Error),
}

/// How many leases are renewed at once: all of them must be, within the time that they last.
const AT_ONCE: usize = 16;

impl fmt::Debug for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leases")
            .field("app", &self.held.app)
            .field("machines", &self.machines())
            .finish_non_exhaustive()
    }
}

impl Leases {
    /// None yet. `description` says what for, to whoever finds a machine leased.
    pub fn new(client: &Client, app: &str, description: &str, term: Term) -> Self {
        let held = Arc::new(Held {
            client: client.cleanup(),
            app: app.to_owned(),
            term,
            description: description.to_owned(),
            leases: Mutex::default(),
            done: Stop::default(),
        });
        let renewing = Arc::clone(&held);
        Self { held, renewing: Some(thread::spawn(move || renewing.renew_until_done())) }
    }

    /// Takes the lease of a machine, and waits for it this long if somebody else has it. `client` makes the
    /// call: if it is stopped, so is this.
    ///
    /// # Errors
    ///
    /// [`Kind::LeaseHeld`] if somebody else still has it.
    pub fn acquire(&self, client: &Client, machine: &str, within: Duration) -> Result<Nonce, Error> {
        let Held { app, term, description, .. } = &*self.held;
        let lease = client.app(app).machine(machine).acquire_lease_within(term.ttl, description, within)?;
        self.adopt(machine, lease.nonce.clone());
        Ok(lease.nonce)
    }

    /// Looks after a lease that was taken otherwise, such as with the creation of the machine.
    pub fn adopt(&self, machine: &str, nonce: Nonce) {
        self.held.leases().insert(machine.to_owned(), State::Held(nonce));
    }

    /// What to send along with changes of a machine. Nothing if there is no lease, or none any more.
    pub fn nonce(&self, machine: &str) -> Option<Nonce> {
        match self.held.leases().get(machine) {
            Some(State::Held(nonce)) => Some(nonce.clone()),
            _ => None,
        }
    }

    /// Why the lease of a machine was lost, if it was.
    pub fn loss(&self, machine: &str) -> Option<Error> {
        match self.held.leases().get(machine) {
            Some(State::Lost(error)) => Some(error.clone()),
            _ => None,
        }
    }

    /// The machines whose leases are held.
    pub fn machines(&self) -> Vec<String> {
        self.held.nonces().into_iter().map(|(machine, _)| machine).collect()
    }

    /// Gives a lease back.
    ///
    /// # Errors
    ///
    /// If the call fails. The lease expires then.
    pub fn release(&self, machine: &str) -> Result<(), Error> {
        self.held.release(machine)
    }

    /// Looks no longer after a lease, since its machine is gone.
    pub fn forget(&self, machine: &str) {
        self.held.leases().remove(machine);
    }

    /// Gives all leases back, several at once.
    ///
    /// # Errors
    ///
    /// Those of the calls that failed. These leases expire.
    pub fn release_all(&self) -> Result<(), Vec<Error>> {
        let failed = self.held.each(|held, machine, _| held.release(machine).err());
        let failed: Vec<_> = failed.into_iter().flatten().collect();
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        self.held.done.set();
        if let Some(renewing) = self.renewing.take() {
            let _ = renewing.join();
        }
        // Those that can't be given back expire.
        let _ = self.release_all();
    }
}

impl Held {
    fn leases(&self) -> MutexGuard<'_, BTreeMap<String, State>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn nonces(&self) -> Vec<(String, Nonce)> {
        let leases = self.leases();
        let held = leases.iter().filter_map(|(machine, state)| match state {
            State::Held(nonce) => Some((machine.clone(), nonce.clone())),
            State::Lost(_) => None,
        });
        held.collect()
    }

    /// Does something for each lease that is held, for several at once.
    fn each<T: Send>(&self, work: impl Fn(&Self, &str, &Nonce) -> T + Sync) -> Vec<T> {
        let nonces = self.nonces();
        let share = nonces.len().div_ceil(AT_ONCE).max(1);
        thread::scope(|scope| {
            let workers: Vec<_> = nonces
                .chunks(share)
                .map(|part| {
                    scope.spawn(|| part.iter().map(|(machine, nonce)| work(self, machine, nonce)).collect::<Vec<_>>())
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        })
    }

    fn renew_until_done(&self) {
        while self.client.clock().sleep(self.term.every, &self.done) {
            self.each(Self::renew);
        }
    }

    fn renew(&self, machine: &str, nonce: &Nonce) {
        if self.done.is_set() {
            return;
        }
        let renewed = self.client.app(&self.app).machine(machine).renew_lease(self.term.ttl, nonce);
        let Err(error) = renewed else { return };
        // What passes is tried again next time; the lease may last until then.
        if !matches!(error.kind(), Kind::NotFound | Kind::LeaseHeld(_)) {
            return;
        }
        let mut leases = self.leases();
        // It may have been given back meanwhile.
        if matches!(leases.get(machine), Some(State::Held(held)) if held == nonce) {
            leases.insert(machine.to_owned(), State::Lost(error));
        }
    }

    fn release(&self, machine: &str) -> Result<(), Error> {
        let Some(State::Held(nonce)) = self.leases().remove(machine) else { return Ok(()) };
        self.client.app(&self.app).machine(machine).release_lease(&nonce)
    }
}
