//! The app itself, and what it has besides machines and volumes.

use super::{Planner, step};
use crate::deploy::config;
use crate::deploy::messages;
use crate::deploy::observed::{Address, ObservedMachine};
use crate::deploy::plan::{Action, Cause, Impact, LeftAlone};
use crate::fly::config::Strategy;
use crate::prelude::*;

/// The organization of a person, which has this name in places instead of its own.
const PERSONAL: &str = "personal";

impl Planner<'_> {
    pub(super) fn app(&mut self) {
        let desired = self.desired;
        let name = &desired.app;
        let Some(app) = &self.observed.app else {
            let Some(organization) = desired.organization.clone() else {
                self.block(Cause::Missing, messages::no_organization(name));
                return;
            };
            let action = Action::CreateApp { name: name.clone(), organization, network: desired.network.clone() };
            self.phases.app.push(step(action, Cause::Missing, Impact::None));
            return;
        };
        let slug = &app.organization.slug;
        let other = desired
            .organization
            .as_ref()
            .filter(|wanted| !slug.is_empty() && *wanted != slug && *wanted != PERSONAL && slug != PERSONAL);
        if let Some(wanted) = other {
            self.block(Cause::Changed, messages::other_organization(name, slug, wanted));
        }
        let network = desired.network.as_ref().filter(|wanted| !app.network.is_empty() && **wanted != app.network);
        if let Some(wanted) = network {
            self.block(Cause::Changed, messages::other_network(name, &app.network, wanted));
        }
    }

    /// A kind of address that the caller asks for is always there; one that only the services need is given to an
    /// app that is new.
    pub(super) fn addresses(&mut self) {
        let wanted = &self.desired.addresses;
        let is_new = !self.observed.machines.iter().any(|machine| machine.is_managed() && !machine.is_gone());
        let begins = is_new && self.touches_machines;
        if !wanted.asked && !begins {
            return;
        }
        let cause = if wanted.asked { Cause::Asked } else { Cause::Services };
        let stays = |address: &&Address| !self.policy.lose.addresses.contains(&address.ip);
        let mut there: Vec<_> = self.observed.addresses.iter().filter(stays).filter_map(Address::kind).collect();
        for kind in &wanted.kinds {
            if !there.contains(kind) {
                there.push(*kind);
                self.phases.addresses.push(step(Action::AllocateAddress { kind: *kind }, cause, Impact::None));
            }
        }
    }

    /// A secret is set unless its fingerprint is that of the value that was set last, and nobody has set another
    /// one since.
    pub(super) fn secrets(&mut self) {
        let observed = self.observed;
        let digest = |name: &str| observed.secrets.iter().find(|secret| secret.name == name).map(|s| &s.digest);
        let is_set = |name: &str, fingerprint: Option<&String>| {
            let remembered = observed.remembered.get(name);
            remembered.is_some_and(|set| Some(&set.fingerprint) == fingerprint && Some(&set.digest) == digest(name))
        };
        let wanted = self.desired.secrets.iter();
        let set = wanted.filter(|(name, fingerprint)| !is_set(name, fingerprint.as_ref()));
        self.set_secrets = set.map(|(name, fingerprint)| (name.clone(), fingerprint.clone())).collect();
        let unwanted = observed.secrets.iter().filter(|secret| !self.desired.secrets.contains_key(&secret.name));
        for secret in unwanted {
            if self.policy.lose.secrets.contains(&secret.name) {
                self.unset_secrets.push(secret.name.clone());
            } else if observed.remembered.contains_key(&secret.name) {
                let (kind, id) = ("secret".to_owned(), secret.name.clone());
                let why = "it was set by an earlier deploy, and is not asked for any more".to_owned();
                self.left_alone.push(LeftAlone { kind, id, why });
            }
        }
        self.unset_secrets.sort_unstable();
        let cause = match (self.set_secrets.is_empty(), self.unset_secrets.is_empty()) {
            (true, true) => return,
            (false, _) => Cause::Changed,
            (true, false) => Cause::Asked,
        };
        let impact = if self.unset_secrets.is_empty() { Impact::None } else { Impact::Data };
        let (set, unset) = (self.set_secrets.clone(), self.unset_secrets.clone());
        self.phases.secrets.push(step(Action::SetSecrets { set, unset }, cause, impact));
    }

    pub(super) fn sets_secrets(&self) -> bool {
        !self.set_secrets.is_empty() || !self.unset_secrets.is_empty()
    }

    /// Whether secrets were set since a machine was changed last, so that it does not have them yet. A machine that
    /// another tool deployed does not say which it has: then times tell, if both are known.
    pub(super) fn has_staged_secrets(&self, machine: &ObservedMachine) -> bool {
        match machine.label(crate::deploy::label::SECRETS) {
            Some(hash) => hash != crate::deploy::hash::secrets_hash(&self.observed.secrets),
            None => {
                let released = self.observed.release.as_ref().and_then(|release| moment(&release.created_at));
                let mut set = self.observed.secrets.iter().filter_map(|secret| moment(&secret.updated_at));
                released.is_some_and(|released| set.any(|set| set > released))
            }
        }
    }

    /// What a strategy can't do is refused before anything happens.
    pub(super) fn strategy(&mut self) {
        if self.touches_volumes && matches!(self.strategy, Strategy::BlueGreen | Strategy::Canary) {
            self.block(Cause::Changed, messages::strategy_with_volumes(self.strategy.as_str()));
        }
    }

    /// The release command runs if machines are to change.
    pub(super) fn release_command(&mut self) {
        let desired = self.desired;
        let Some(release) = &desired.release_command else { return };
        if self.policy.skip_release_command || !self.touches_machines {
            return;
        }
        let Some(_) = &desired.image else {
            self.block(Cause::Deploy, messages::no_image("the release command"));
            return;
        };
        let config = Box::new(config::for_release_command(desired, release).to_json());
        let (command, region) = (release.command.clone(), desired.region.clone());
        let action = Action::RunReleaseCommand { command, region, config };
        self.phases.release.push(step(action, Cause::Deploy, Impact::None));
    }

    /// A check without a command fails once machines have changed, so they don't.
    pub(super) fn checks(&mut self) {
        let desired = self.desired;
        let meant = desired.groups.iter().filter(|(name, _)| self.policy.means_group(name));
        let empty = meant.filter(|(_, group)| group.checks.iter().any(|check| check.command.is_empty()));
        for (name, _) in empty.filter(|_| self.touches_machines).collect::<Vec<_>>() {
            self.block(Cause::Asked, messages::empty_check(name));
        }
    }

    /// What was asked to be lost, and nothing else.
    pub(super) fn lost(&mut self) {
        let mut addresses: Vec<&String> = self.observed.addresses.iter().map(|address| &address.ip).collect();
        addresses.sort_unstable();
        for ip in addresses.into_iter().filter(|ip| self.policy.lose.addresses.contains(ip)) {
            self.phases.lost.push(step(Action::ReleaseAddress { ip: ip.clone() }, Cause::Asked, Impact::Data));
        }
        self.lost_volumes();
    }
}

/// A time as it can be compared: Fly's are in UTC, with fractions of a second or without.
fn moment(time: &str) -> Option<&str> {
    time.strip_suffix('Z').and_then(|time| time.get(..19))
}
