//! Creating and changing machines so that it happens once, also if answers get lost.

use std::time::Duration;

use super::{Launch, Machine, MachineCalls, MachineFilter, Nonce};
use crate::apps::AppCalls;
use crate::error::{Error, Kind};

/// A label that only this machine has, by which it is found again: its key and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker<'m> {
    /// The key.
    pub key: &'m str,
    /// The value, which is never used twice.
    pub value: &'m str,
}

/// How long to look for a machine whose creation was not answered: it may appear late.
const LOOK_FOR: Duration = Duration::from_secs(5);

/// How often to create it at most.
const ATTEMPTS: u32 = 4;

impl AppCalls<'_> {
    /// Creates a machine with this label. If an answer gets lost, the machine is looked for by it before it
    /// is created once more, so in the end there is one.
    ///
    /// # Errors
    ///
    /// As [`AppCalls::create_machine`]. If [`Error::may_have_happened`], it was looked for and not found.
    pub fn create_machine_once(&self, launch: &Launch, marker: Marker<'_>) -> Result<Machine, Error> {
        let mut launch = launch.clone();
        launch.config.set_label(marker.key, marker.value);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match self.create_machine(&launch) {
                Ok(machine) => return Ok(machine),
                Err(error) => error,
            };
            let is_ours = match error.kind() {
                // The name may be taken by the machine of an attempt before.
                Kind::MachineNameTaken { .. } => attempt > 1,
                _ => error.may_have_happened(),
            };
            if !is_ours || *error.kind() == Kind::Stopped {
                return Err(error);
            }
            if let Some(machine) = self.find_machine(marker, LOOK_FOR)? {
                return Ok(machine);
            }
            if attempt >= ATTEMPTS {
                return Err(error);
            }
        }
    }

    /// The machine with this label, looked for this long on the client's clock.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn find_machine(&self, marker: Marker<'_>, within: Duration) -> Result<Option<Machine>, Error> {
        let labels = vec![(marker.key.to_owned(), marker.value.to_owned())];
        let filter = MachineFilter { labels, ..MachineFilter::default() };
        let deadline = self.client.now() + within;
        let mut pause = Duration::from_millis(500);
        loop {
            let mut machines = self.machines(&filter)?;
            machines.retain(|machine| !machine.state.is_gone());
            if !machines.is_empty() || self.client.now() + pause > deadline {
                return Ok(machines.into_iter().next());
            }
            self.client.sleep(pause)?;
            pause *= 2;
        }
    }
}

impl MachineCalls<'_> {
    /// Changes the machine, which gets this label, and must have the version that `launch` names as the
    /// current one. If the answer gets lost, the machine is read: if it has the label, all is well, and if
    /// it has the old version, it is changed once more.
    ///
    /// # Errors
    ///
    /// As [`MachineCalls::update`].
    pub fn update_once(&self, launch: &Launch, marker: Marker<'_>, nonce: Option<&Nonce>) -> Result<Machine, Error> {
        let mut launch = launch.clone();
        launch.config.set_label(marker.key, marker.value);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match self.update(&launch, nonce) {
                Ok(machine) => return Ok(machine),
                Err(error) => error,
            };
            let moved = attempt > 1 && *error.kind() == Kind::VersionMoved;
            if *error.kind() == Kind::Stopped || !(error.may_have_happened() || moved) {
                return Err(error);
            }
            let machine = self.get()?;
            let is_old = launch.current_version.as_ref() == Some(&machine.instance_id);
            let label = machine.config.as_ref().and_then(|config| config.label(marker.key));
            if !is_old && label == Some(marker.value) {
                return Ok(machine);
            }
            if !is_old || attempt >= ATTEMPTS {
                return Err(error);
            }
            self.client().sleep(Duration::from_millis(500))?;
        }
    }
}
