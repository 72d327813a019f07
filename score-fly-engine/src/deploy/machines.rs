//! Creating machines, changing them, and exchanging them.

use std::time::Duration;

use score_fly_api::machines::{ConfigJson, Launch, Machine, Marker, Nonce};
use score_fly_api::platform::Placement;
use score_fly_api::{Client, Error, Kind};
use score_fly_core::deploy::{Action, MachineRef, NewMachine, VolumeRef, label};
use serde_json::Value;

use super::outcome::Stands;
use super::run::{Run, Touched};
use super::trouble::Trouble;
use crate::progress::MachinePhase;

/// How long what is not settled yet may be refused.
const SETTLES: Duration = Duration::from_secs(30);

/// A machine to be created.
#[derive(Debug)]
pub(super) struct Fresh<'f> {
    /// What the plan calls it.
    pub(super) key: &'f str,
    pub(super) group: &'f str,
    pub(super) region: Option<&'f str>,
    pub(super) config: Value,
    pub(super) skip_launch: bool,
    /// Whether Fly's proxy leaves it out at first.
    pub(super) cordoned: bool,
}

impl<'f> Fresh<'f> {
    pub(super) fn of(new: &'f NewMachine, config: Value) -> Self {
        Self {
            key: &new.key,
            group: &new.group,
            region: new.region.as_deref(),
            config,
            skip_launch: new.skip_launch,
            cordoned: false,
        }
    }
}

impl Run<'_> {
    /// The whole config of a new machine.
    pub(super) fn new_config(&self, action: &Action, new: &NewMachine) -> Value {
        let volume = match &new.volume {
            Some(VolumeRef::Id(id)) => Some(id.clone()),
            Some(VolumeRef::New(key)) => self.id(key),
            None => None,
        };
        self.config(action, &new.key, volume.as_deref(), &new.standby_for)
    }

    /// The whole config of a step, with everything that is known only now.
    pub(super) fn config(&self, action: &Action, key: &str, volume: Option<&str>, standby_for: &[MachineRef]) -> Value {
        let standby_for: Vec<String> = standby_for.iter().filter_map(|machine| self.resolve(machine)).collect();
        let labels = self.labels(Some(key));
        let labels: Vec<(&str, &str)> = labels.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let mut config = action.config(volume, &standby_for, &labels);
        if self.release_labels().is_empty()
            && let Some(known) = config.get_mut("metadata").and_then(Value::as_object_mut)
        {
            // Fly did not write it down, and it is not the one before.
            for key in [label::RELEASE_ID, label::RELEASE_VERSION] {
                known.remove(key);
            }
        }
        config
    }

    /// Creates a machine, once, and holds its lease.
    pub(super) fn create(&self, client: &Client, fresh: &Fresh<'_>) -> Result<Machine, Trouble> {
        let Fresh { key, group, region, config, skip_launch, cordoned } = fresh;
        let marker = self.marker(key);
        let region = region.unwrap_or_default();
        let mut config = ConfigJson::from_json(config.clone()).unwrap_or_default();
        config.set_label(label::DEPLOY, &marker);
        self.touch(Touched::Created { marker: marker.clone(), id: None });
        self.tell(key, group, region, MachinePhase::Creating);
        let launch = Launch {
            config,
            region: region.to_owned(),
            skip_launch: *skip_launch,
            skip_service_registration: *cordoned,
            lease_ttl: Some(self.settings.term.ttl.as_secs().max(1)),
            min_secrets_version: self.secrets_version(),
            ..Launch::default()
        };
        let calls = client.app(self.app());
        let unique = Marker { key: label::DEPLOY, value: &marker };
        // A volume is held for some seconds after its machine is gone, and an image that was just pushed may not be
        // known everywhere.
        let passes = |error: &Error| matches!(error.kind(), Kind::VolumeInUse { .. } | Kind::Image);
        let made = client.patiently(SETTLES, passes, || calls.create_machine_once(&launch, unique));
        let made = made.map_err(|error| self.no_room(error, launch.config.0.get("guest")))?;
        self.created(&marker, &made.id);
        self.learn(key, &made.id);
        self.stands(&made.id, group, &made.region, Stands::Unknown);
        if let Some(nonce) = made.nonce.clone() {
            self.leases.adopt(&made.id, Nonce::new(nonce));
        }
        self.tell(&made.id, group, &made.region, MachinePhase::Created { key });
        Ok(made)
    }

    /// Adds where there would be room to an error that says there is none.
    pub(super) fn no_room(&self, error: Error, guest: Option<&Value>) -> Trouble {
        if !matches!(error.kind(), Kind::Capacity) {
            return error.into();
        }
        let organization = self.observed.app.as_ref().map(|app| app.organization.slug.clone());
        let org_slug = organization.or_else(|| self.desired.organization.clone()).unwrap_or_default();
        let wanted = Placement { org_slug, count: 1, compute: guest.cloned(), ..Placement::default() };
        // It only helps to choose.
        let places = self.cleanup.placements(&wanted).unwrap_or_default();
        let elsewhere = places.into_iter().filter(|place| place.count > 0).map(|place| place.region).take(5).collect();
        Trouble::NoRoom { error, elsewhere }
    }

    /// Changes or exchanges a machine, and sees to it that it works.
    pub(super) fn renew(&self, action: &Action) -> Result<(), Trouble> {
        match action {
            Action::UpdateMachine { machine, group, region, skip_launch, .. } => {
                match self.update(action)? {
                    Updated::InPlace(updated) => {
                        self.healthy(self.client, &updated, group, *skip_launch)?;
                        self.stands(machine, group, region, Stands::Updated);
                    }
                    Updated::HostFull(error) => self.move_to_other_host(action, error)?,
                }
                Ok(())
            }
            Action::ReplaceMachine { machine, new } => {
                let fresh = Fresh::of(new, self.new_config(action, new));
                self.replace(machine, &fresh)
            }
            _ => Ok(()),
        }
    }

    /// Creates a machine in the place of another, and destroys that.
    fn replace(&self, machine: &str, fresh: &Fresh<'_>) -> Result<(), Trouble> {
        let made = self.create(self.client, fresh)?;
        self.healthy(self.client, &made, fresh.group, fresh.skip_launch)?;
        self.stands(&made.id, fresh.group, &made.region, Stands::Created);
        // Steps that follow mean the new one.
        self.learn(machine, &made.id);
        // Without the old one, the new one is needed.
        self.settle_one(&made.id);
        self.settle_one(machine);
        self.destroy(self.client, machine, fresh.group, &made.region)
    }

    fn update(&self, action: &Action) -> Result<Updated, Trouble> {
        let Action::UpdateMachine { machine, group, region, version, standby_for, skip_launch, .. } = action else {
            return Err(Trouble::Interrupted);
        };
        let nonce = self.nonce(machine)?;
        let key = machine.as_str();
        if let Some(before) = self.before(machine) {
            self.touch(Touched::Updated(Box::new(before.clone())));
        }
        self.stands(machine, group, region, Stands::Unknown);
        self.tell(machine, group, region, MachinePhase::Updating);
        let config = ConfigJson::from_json(self.config(action, key, None, standby_for)).unwrap_or_default();
        let launch = Launch {
            config,
            region: region.clone(),
            skip_launch: *skip_launch,
            min_secrets_version: self.secrets_version(),
            current_version: Some(version.clone()).filter(|version| !version.is_empty()),
            ..Launch::default()
        };
        let marker = self.marker(key);
        let unique = Marker { key: label::DEPLOY, value: &marker };
        let calls = self.client.app(self.app());
        let passes = |error: &Error| matches!(error.kind(), Kind::Busy | Kind::Image);
        let update = || calls.machine(machine).update_once(&launch, unique, nonce.as_ref());
        match self.client.patiently(SETTLES, passes, update) {
            Ok(updated) => Ok(Updated::InPlace(Box::new(updated))),
            Err(error) if *error.kind() == Kind::HostFull && launch.config.volumes().next().is_none() => {
                Ok(Updated::HostFull(error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Exchanges a machine on whose host there is no room for what it becomes.
    fn move_to_other_host(&self, action: &Action, error: Error) -> Result<(), Trouble> {
        let Action::UpdateMachine { machine, group, region, standby_for, skip_launch, .. } = action else {
            return Err(error.into());
        };
        self.say(&format!("there is no room on the host of machine {machine}, so another one takes its place"));
        let key = format!("{machine}/moved");
        let mut config = self.config(action, &key, None, standby_for);
        if let Some(labels) = config.get_mut("metadata").and_then(Value::as_object_mut) {
            labels.insert(label::REPLACES.to_owned(), machine.as_str().into());
        }
        let fresh =
            Fresh { key: &key, group, region: Some(region), config, skip_launch: *skip_launch, cordoned: false };
        self.replace(machine, &fresh)
    }
}

/// What became of an update.
enum Updated {
    InPlace(Box<Machine>),
    /// There is no room on its host.
    HostFull(Error),
}
