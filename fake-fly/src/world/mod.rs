//! What there is at Fly, and what happens to it as time passes.

mod app;
mod condition;
mod image;
mod launch;
mod lifecycle;
mod machine;
mod managed;
mod place;
mod proxy;
mod sql;
mod view;
mod volume;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(crate) use app::{Address, App, Certificate, Release, Secrets};
pub use condition::{Behaviour, Checks, CommandResult, Conditions, Exit, Program, Timings};
pub(crate) use image::ImageRef;
pub(crate) use launch::Launch;
pub(crate) use lifecycle::Step;
pub(crate) use machine::{Happened, Lease, Machine, Phase};
pub(crate) use managed::{AddOn, Cluster};
pub(crate) use place::{NEAREST, REGIONS};
pub(crate) use sql::Postgres;
pub(crate) use volume::{NewVolume, RETENTIONS, Volume};

use crate::moment::Moment;

/// What a token may do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everything in every organization that there is: a person who logged in.
    Everything,
    /// Everything in one organization, as its deploy token.
    Organization(String),
    /// One app: it can deploy it, but create none.
    App(String),
}

/// All that Fly knows.
#[derive(Debug)]
pub struct World {
    /// What time it is.
    pub now: Moment,
    /// How long things take.
    pub timings: Timings,
    /// What is not as it should be.
    pub conditions: Conditions,
    /// What runs in machines; the last one that fits counts.
    pub programs: Vec<Program>,
    pub(crate) orgs: BTreeMap<String, Org>,
    pub(crate) tokens: BTreeMap<String, Access>,
    /// Whose tokens they are, by their addresses, as far as that matters.
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) apps: BTreeMap<String, App>,
    /// Names of apps in organizations that nobody here may see.
    pub(crate) foreign: BTreeSet<String>,
    pub(crate) add_ons: BTreeMap<String, AddOn>,
    pub(crate) clusters: BTreeMap<String, Cluster>,
    /// Digests of references that have been pushed anew.
    pub(crate) images: BTreeMap<String, String>,
    /// The commands that were run in machines, with their ids.
    pub executed: Vec<(String, String)>,
    /// Builds, by number.
    pub(crate) builds: BTreeMap<u64, String>,
    counter: u64,
    due: BTreeMap<(Moment, u64), Event>,
}

/// An organization.
#[derive(Debug, Clone)]
pub(crate) struct Org {
    pub(crate) number: u64,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) personal: bool,
}

/// What happens by itself, in time.
#[derive(Debug)]
pub(crate) enum Event {
    /// Something in the life of a machine, unless something else came between since.
    Machine {
        app: String,
        id: String,
        generation: u64,
        step: Step,
    },
    /// A volume is free again.
    Detach {
        app: String,
        volume: String,
    },
    AddOnReady(String),
    ClusterReady(String),
    ClusterGone(String),
}

/// The token with which everything may be done.
pub(crate) const TOKEN: &str = "test-token";

impl World {
    pub(crate) fn new(now: Moment) -> Self {
        let mut world = Self {
            now,
            timings: Timings::default(),
            conditions: Conditions::default(),
            programs: Vec::new(),
            orgs: BTreeMap::new(),
            tokens: BTreeMap::from([(TOKEN.to_owned(), Access::Everything)]),
            users: BTreeMap::new(),
            apps: BTreeMap::new(),
            foreign: BTreeSet::new(),
            add_ons: BTreeMap::new(),
            clusters: BTreeMap::new(),
            images: BTreeMap::new(),
            executed: Vec::new(),
            builds: BTreeMap::new(),
            counter: 0,
            due: BTreeMap::new(),
        };
        world.add_org("personal", true);
        world
    }

    /// Adds an organization.
    pub fn add_org(&mut self, slug: &str, personal: bool) {
        let number = self.next();
        let org = Org { number, id: format!("org{number:09x}"), name: slug.to_owned(), personal };
        self.orgs.insert(slug.to_owned(), org);
    }

    /// Adds a token.
    pub fn add_token(&mut self, token: &str, access: Access) {
        self.tokens.insert(token.to_owned(), access);
    }

    /// Adds a token of a person, who is known by this address: releases have it.
    pub fn add_person(&mut self, token: &str, address: &str) {
        self.add_token(token, Access::Everything);
        self.users.insert(token.to_owned(), address.to_owned());
    }

    /// Takes a token away: from now on it is refused.
    pub fn remove_token(&mut self, token: &str) {
        self.tokens.remove(token);
    }

    /// Lets somebody else have an app of this name.
    pub fn add_foreign_app(&mut self, name: &str) {
        self.foreign.insert(name.to_owned());
    }

    /// Lets happen what is due until `now`, each at its time.
    pub(crate) fn settle(&mut self, now: Moment) {
        while let Some(entry) = self.due.first_entry() {
            let (at, _) = *entry.key();
            if at > now {
                break;
            }
            let event = entry.remove();
            self.now = self.now.max(at);
            self.happen(event);
        }
        self.now = self.now.max(now);
    }

    /// When something happens by itself next.
    pub(crate) fn next_event(&self) -> Option<Moment> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    pub(crate) fn schedule(&mut self, after: Duration, event: Event) {
        let number = self.next();
        self.due.insert((self.now + after, number), event);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Machine { app, id, generation, step } => self.step(&app, &id, generation, step),
            Event::Detach { app, volume } => {
                let volume = self.apps.get_mut(&app).and_then(|app| app.volumes.get_mut(&volume));
                if let Some(volume) = volume {
                    volume.attached_to = None;
                }
            }
            Event::AddOnReady(name) => {
                if let Some(add_on) = self.add_ons.get_mut(&name) {
                    "ready".clone_into(&mut add_on.status);
                }
            }
            Event::ClusterReady(id) => {
                if let Some(cluster) = self.clusters.get_mut(&id) {
                    "ready".clone_into(&mut cluster.status);
                }
            }
            Event::ClusterGone(id) => {
                if let Some(cluster) = self.clusters.get_mut(&id) {
                    "deleted".clone_into(&mut cluster.status);
                }
            }
        }
    }

    /// A number that was never given before.
    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id of so many hexadecimal digits, at most 16.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let scrambled = self.next().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let text = format!("{scrambled:016x}");
        text.get(..digits).unwrap_or(&text).to_owned()
    }

    /// A ULID: the time and a number, in Crockford's base 32.
    pub(crate) fn ulid(&mut self) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let value = (u128::from(self.now.millis()) << 80) | u128::from(self.next());
        let digit = |place: u32| (value >> (5 * place)) & 31;
        let digits = (0..26).rev().map(digit);
        digits.filter_map(|digit| DIGITS.get(usize::try_from(digit).ok()?)).map(|digit| char::from(*digit)).collect()
    }
}

/// A hash that stays the same, for digests of what is not really there (FNV-1a).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
