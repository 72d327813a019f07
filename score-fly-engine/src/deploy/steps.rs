//! The steps of a plan, one after the other.

use std::collections::BTreeMap;

use score_fly_api::addresses::{AddressKind, NewAddress};
use score_fly_api::machines::MachineFilter;
use score_fly_api::volumes::NewVolume as ApiVolume;
use score_fly_api::{Error, Kind, NewApp, Timestamp};
use score_fly_core::deploy::{Action, MachineRef, NewVolume, Step, label, secrets_hash};
use score_fly_core::fly::config::Strategy;
use score_fly_core::secret::Secret;

use super::outcome::Stands;
use super::run::Run;
use super::trouble::Trouble;
use crate::ops::apps::APPEARS;
use crate::parallel;
use crate::progress::MachinePhase;

/// How many leases are taken at once.
const LEASES_AT_ONCE: std::num::NonZero<usize> = std::num::NonZero::new(16).unwrap();

/// How long what is right after something else may be refused.
const SETTLES: std::time::Duration = std::time::Duration::from_secs(30);

impl Run<'_> {
    /// Does what comes before machines: the app, its addresses and its secrets.
    pub(super) fn prepare(&self) -> Result<(), Trouble> {
        self.ask_for_twice_as_many()?;
        for step in self.plan.steps.iter().filter(|step| is_preparation(&step.action)) {
            self.interrupted()?;
            match &step.action {
                Action::CreateApp { name, organization, network } => {
                    self.create_app(name, organization, network.as_deref())?;
                }
                Action::AllocateAddress { kind } => self.allocate(kind.as_str())?,
                Action::SetSecrets { set, unset } => {
                    let names: Vec<&str> = set.keys().map(String::as_str).collect();
                    self.set_secrets(&names, unset)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Asks whether the organization may have a second machine beside each. If Fly does not say, it shows soon enough.
    fn ask_for_twice_as_many(&self) -> Result<(), Trouble> {
        let doubles =
            self.settings.strategy == Strategy::BlueGreen && self.plan.steps.iter().any(|s| is_change(&s.action));
        if doubles && matches!(self.client.app(self.app()).may_deploy_bluegreen(), Ok(false)) {
            return Err(Trouble::NoBluegreen);
        }
        Ok(())
    }

    /// Takes the leases of all machines that will be changed: if somebody else is at work, nothing is done.
    pub(super) fn hold(&self) -> Result<(), Trouble> {
        let machines: Vec<&str> = self.plan.steps.iter().filter_map(|step| changed(&step.action)).collect();
        let within = self.settings.lease_wait.unwrap_or_default();
        let unreachable = |id: &str| self.before(id).is_some_and(|machine| !machine.host_status.is_ok());
        let machines: Vec<&str> = machines.into_iter().filter(|id| !unreachable(id)).collect();
        let taken = parallel::map(&machines, LEASES_AT_ONCE, |id| {
            let known = self.before(id).and_then(|machine| machine.lease.as_ref());
            if let Some(lease) = known.filter(|_| !within.is_zero()) {
                let until = Timestamp::from_seconds(i64::try_from(lease.expires_at).unwrap_or(i64::MAX));
                self.say(&format!(
                    "machine {id} is held by {} until {until}: waiting up to {} s",
                    lease.owner,
                    within.as_secs()
                ));
            }
            self.leases.acquire(self.client, id, within)
        });
        taken.into_iter().try_for_each(|taken| taken.map(|_| ()).map_err(Trouble::from))
    }

    /// Notes which machines were to be changed, and are as they were since their turn did not come.
    pub(super) fn note_untouched(&self) {
        let known: Vec<String> = self.now().outcome.machines.iter().map(|machine| machine.id.clone()).collect();
        let due = self.plan.steps.iter().filter_map(|step| changed(&step.action));
        for machine in due.filter(|id| known.iter().all(|known| known != id)).filter_map(|id| self.before(id)) {
            self.stands(&machine.id, machine.group().unwrap_or_default(), &machine.region, Stands::Untouched);
        }
    }

    /// Does everything else.
    pub(super) fn steps(&self) -> Result<(), Trouble> {
        let steps: Vec<&Step> = self.plan.steps.iter().filter(|step| !is_preparation(&step.action)).collect();
        let mut rest = steps.as_slice();
        while let Some(step) = rest.first() {
            self.interrupted()?;
            let batch = rest.iter().take_while(|step| is_change(&step.action)).count();
            let (now, later) = rest.split_at(batch.max(1));
            if batch == 0 {
                self.one(&step.action)?;
            } else {
                self.change(now)?;
            }
            rest = later;
        }
        Ok(())
    }

    /// Whether somebody asked for the end.
    pub(super) fn interrupted(&self) -> Result<(), Trouble> {
        if self.client.is_stopped() { Err(Trouble::Interrupted) } else { Ok(()) }
    }

    fn one(&self, action: &Action) -> Result<(), Trouble> {
        match action {
            Action::RunReleaseCommand { command, region, .. } => {
                self.release_command(action, command, region.as_deref())
            }
            Action::CreateVolume(new) => self.create_volume(new),
            Action::CreateMachine(new) => {
                let config = self.new_config(action, new);
                let made = self.create(self.client, &super::machines::Fresh::of(new, config))?;
                self.healthy(self.client, &made, &new.group, new.skip_launch)?;
                self.stands(&made.id, &new.group, &made.region, Stands::Created);
                Ok(())
            }
            Action::LabelMachine { machine, labels } => self.label(machine, labels),
            Action::DestroyMachine { machine, group, region } => self.destroy(self.client, machine, group, region),
            Action::ReleaseAddress { ip } => {
                self.say(&format!("giving back address {ip}"));
                Ok(self.client.app(self.app()).release_address(ip)?)
            }
            Action::DestroyVolume { volume, name, .. } => {
                self.say(&format!("destroying volume {name} ({volume})"));
                let calls = self.client.app(self.app());
                // It may be held for some seconds after its machine is gone.
                let held = |error: &Error| matches!(error.kind(), Kind::VolumeInUse { .. } | Kind::WrongState);
                Ok(self.client.patiently(SETTLES, held, || calls.delete_volume(volume))?)
            }
            _ => Ok(()),
        }
    }

    /// Changes machines, several at once.
    fn change(&self, steps: &[&Step]) -> Result<(), Trouble> {
        let mut restarts = Vec::new();
        for step in steps {
            if let Action::ExtendVolume { volume, name, to_gb, machine, .. } = &step.action {
                self.say(&format!("extending volume {name} ({volume}) to {to_gb} GB"));
                let extended = self.client.app(self.app()).extend_volume(volume, u64::from(*to_gb))?;
                restarts.extend(machine.as_ref().filter(|_| extended.needs_restart));
            }
        }
        let machines: Vec<&Step> =
            steps.iter().copied().filter(|step| !matches!(step.action, Action::ExtendVolume { .. })).collect();
        match self.settings.strategy {
            Strategy::BlueGreen => self.exchange(&machines)?,
            Strategy::Canary => {
                self.canary(&machines)?;
                self.roll(&machines)?;
            }
            Strategy::Immediate => self.all_at_once(&machines)?,
            _ => self.roll(&machines)?,
        }
        // Those that were changed have restarted.
        restarts.retain(|machine| machines.iter().all(|step| changed(&step.action) != Some(machine.as_str())));
        for machine in restarts {
            let nonce = self.leases.acquire(self.client, machine, self.settings.lease_wait.unwrap_or_default())?;
            self.client.app(self.app()).machine(machine).restart(Some(&nonce))?;
        }
        Ok(())
    }

    fn create_app(&self, name: &str, organization: &str, network: Option<&str>) -> Result<(), Trouble> {
        self.say(&format!("creating app {name} in organization {organization}"));
        let network = network.unwrap_or_default().to_owned();
        let new = NewApp { name: name.to_owned(), org_slug: organization.to_owned(), network, app_role_id: None };
        self.client.create_app(&new)?;
        self.client.wait_for_app(name, APPEARS)?;
        Ok(())
    }

    /// Gives the app an address. If the answer gets lost, it is looked whether there is one more of that kind.
    fn allocate(&self, kind: &str) -> Result<(), Trouble> {
        self.say(&format!("allocating a {kind} address"));
        let calls = self.client.app(self.app());
        let kind = AddressKind::from(kind);
        let mut new = NewAddress::from(kind.clone());
        if kind == AddressKind::PrivateV6 {
            let organization = self.observed.app.as_ref().map(|app| app.organization.slug.clone());
            new.org_slug = organization.or_else(|| self.desired.organization.clone()).unwrap_or_default();
        }
        match calls.allocate_address(&new) {
            Ok(_) => Ok(()),
            Err(error) if error.may_have_happened() && !self.client.is_stopped() => {
                // Plans allocate a kind only if there is none of it.
                if calls.addresses()?.iter().all(|address| address.kind() != kind) {
                    calls.allocate_address(&new)?;
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Sets secrets and removes others, all at once.
    fn set_secrets(&self, set: &[&str], unset: &[String]) -> Result<(), Trouble> {
        let mut values: BTreeMap<String, Option<Secret<String>>> =
            unset.iter().map(|name| (name.clone(), None)).collect();
        for name in set {
            let value = self.settings.secrets.get(*name);
            let value = value.ok_or_else(|| Trouble::NoValue { name: (*name).to_owned() })?;
            values.insert((*name).to_owned(), Some(value.clone()));
        }
        let names: Vec<&str> = values.keys().map(String::as_str).collect();
        self.say(&format!("setting secrets {}", names.join(", ")));
        let changed = self.client.app(self.app()).set_secrets(&values)?;
        let hash = secrets_hash(&super::observed_secrets(&changed.secrets));
        let digests = changed.secrets.iter().filter(|secret| set.contains(&secret.name.as_str()));
        let digests = digests.map(|secret| (secret.name.clone(), secret.digest.clone())).collect();
        self.learn_secrets(changed.version, hash, digests);
        Ok(())
    }

    /// Creates a volume. If the answer gets lost, it is looked for among those that were not there before.
    fn create_volume(&self, new: &NewVolume) -> Result<(), Trouble> {
        self.say(&format!("creating volume {} of {} GB in {}", new.name, new.size_gb, new.region));
        let calls = self.client.app(self.app());
        let wanted = ApiVolume {
            name: new.name.clone(),
            region: new.region.clone(),
            size_gb: Some(u64::from(new.size_gb)),
            encrypted: Some(true),
            snapshot_retention: new.snapshot_retention.map(u64::from),
            auto_backup_enabled: new.scheduled_snapshots,
            compute: new.guest.clone(),
            compute_image: self.desired.image.clone(),
            ..ApiVolume::default()
        };
        let before = calls.volumes()?;
        let volume = match calls.create_volume(&wanted) {
            Err(error) if error.may_have_happened() && !self.client.is_stopped() => {
                let is_new = |id: &str| before.iter().all(|old| old.id != id);
                let found = calls.volumes()?.into_iter().find(|volume| {
                    volume.name == wanted.name
                        && volume.region == wanted.region
                        && volume.is_free()
                        && is_new(&volume.id)
                });
                match found {
                    Some(volume) => Ok(volume),
                    None => calls.create_volume(&wanted),
                }
            }
            other => other,
        };
        let volume = volume.map_err(|error| self.no_room(error, new.guest.as_ref()))?;
        self.learn(&new.key, &volume.id);
        Ok(())
    }

    fn label(
        &self,
        machine: &MachineRef,
        labels: &score_fly_core::map::SortedMap<String, Option<String>>,
    ) -> Result<(), Trouble> {
        let Some(id) = self.resolve(machine) else { return Ok(()) };
        let mut labels: BTreeMap<String, Option<String>> =
            labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        if label::RELEASE.iter().any(|key| labels.contains_key(*key)) {
            // What Fly did not write down is not the one before.
            labels.extend([label::RELEASE_ID, label::RELEASE_VERSION].map(|key| (key.to_owned(), None)));
            labels.extend(self.release_labels().into_iter().map(|(key, value)| (key.to_owned(), Some(value))));
        }
        let calls = self.client.app(self.app());
        let passes = |error: &Error| matches!(error.kind(), Kind::Busy | Kind::NotFound | Kind::VersionMoved);
        Ok(self.client.patiently(SETTLES, passes, || calls.machine(&id).change_labels(&labels, None))?)
    }

    /// The id of a machine that a step speaks of.
    pub(super) fn resolve(&self, machine: &MachineRef) -> Option<String> {
        match machine {
            MachineRef::Id(id) => Some(self.id(id).unwrap_or_else(|| id.clone())),
            MachineRef::New(key) => self.id(key),
        }
    }

    /// Destroys a machine, whatever it does.
    pub(super) fn destroy(
        &self,
        client: &score_fly_api::Client,
        machine: &str,
        group: &str,
        region: &str,
    ) -> Result<(), Trouble> {
        self.tell(machine, group, region, MachinePhase::Destroying);
        let nonce = self.nonce(machine)?;
        let passes = |error: &Error| matches!(error.kind(), Kind::Busy);
        let calls = client.app(self.app());
        match client.patiently(SETTLES, passes, || calls.machine(machine).delete(true, nonce.as_ref())) {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
        self.leases.forget(machine);
        self.stands(machine, group, region, Stands::Destroyed);
        self.tell(machine, group, region, MachinePhase::Destroyed);
        Ok(())
    }

    /// The machines with a label.
    pub(super) fn labelled(&self, key: &str, value: &str) -> Result<Vec<score_fly_api::machines::Machine>, Error> {
        let labels = vec![(key.to_owned(), value.to_owned())];
        self.cleanup.app(self.app()).machines(&MachineFilter { labels, ..MachineFilter::default() })
    }
}

fn is_preparation(action: &Action) -> bool {
    matches!(action, Action::CreateApp { .. } | Action::AllocateAddress { .. } | Action::SetSecrets { .. })
}

/// Whether it is one of those that are done several at once.
fn is_change(action: &Action) -> bool {
    matches!(action, Action::UpdateMachine { .. } | Action::ReplaceMachine { .. } | Action::ExtendVolume { .. })
}

/// The machine that is there and that a step changes.
pub(super) fn changed(action: &Action) -> Option<&str> {
    match action {
        Action::UpdateMachine { machine, .. }
        | Action::ReplaceMachine { machine, .. }
        | Action::DestroyMachine { machine, .. } => Some(machine),
        _ => None,
    }
}
