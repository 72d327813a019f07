//! Fly.io's APIs on this machine: the Machines API, the REST part of api.fly.io and its GraphQL, on one
//! port. For tests, and for trying deploys without an account.
//!
//! Nothing runs in its machines, but they are created, started, checked, leased, updated and destroyed as
//! Fly's are, in a time that tests can move. It is made after Fly's documentation, the sources of flyctl
//! and fly-go, and what others measured; what a client sends beyond that is refused, so that a client's
//! mistakes are noticed here and not at Fly.
//!
//! ```
//! use fake_fly::{FakeFly, Fault, Pace};
//!
//! let fly = FakeFly::start(Pace::Skipping);
//! fly.with(|world| world.add_org("acme", false));
//! fly.fault(Fault::refuse("machines.create", 503, "no healthy upstream"));
//! for (name, value) in fly.env() {
//!     println!("export {name}={value}");
//! }
//! ```
#![warn(missing_docs)]

mod api;
mod config;
mod faults;
mod http;
mod limits;
mod log;
mod moment;
mod refusal;
mod server;
mod shape;
mod shared;
mod world;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde_json::Value;

pub use faults::{Effect, Fault};
pub use log::Call;
pub use moment::Moment;
pub use shared::{Clock, Pace};
pub use world::{Access, Behaviour, Checks, CommandResult, Conditions, Exit, Program, Timings, World};

use http::Server;
use server::Service;
use shared::Shared;

/// A Fly of one's own, until it is dropped.
#[derive(Debug)]
pub struct FakeFly {
    shared: Arc<Shared>,
    server: Server,
}

impl FakeFly {
    /// Starts on a free port of this machine. There is the organization `personal`, and the token
    /// [`FakeFly::TOKEN`] may do everything.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    pub fn start(pace: Pace) -> Self {
        Self::start_on(0, pace).unwrap_or_else(|error| panic!("no port to listen on: {error}"))
    }

    /// Starts on this port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If the port is taken.
    pub fn start_on(port: u16, pace: Pace) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(pace));
        let server = Server::start(port, Arc::new(Service { shared: Arc::clone(&shared) }))?;
        Ok(Self { shared, server })
    }

    /// The token with which everything may be done.
    pub const TOKEN: &'static str = world::TOKEN;

    /// Where it is: `http://127.0.0.1:` and the port.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The environment variables with which flyctl, and what uses the same ones, talk to this and to
    /// nobody else.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let mut env: Vec<_> = ["FLY_FLAPS_BASE_URL", "FLY_API_BASE_URL", "FLY_UIEX_BASE_URL"]
            .into_iter()
            .chain(["FLY_METRICS_BASE_URL", "FLY_SYNTHETICS_BASE_URL"])
            .map(|name| (name, self.url()))
            .collect();
        env.push(("FLY_API_TOKEN", Self::TOKEN.to_owned()));
        env.push(("FLY_TRACE_COLLECTOR_URL", "127.0.0.1:1".to_owned()));
        let off = ["FLY_SEND_METRICS", "FLY_SYNTHETICS_AGENT"].map(|name| (name, "0".to_owned()));
        let on = ["FLY_NO_UPDATE_CHECK", "FLY_NO_INCIDENTS_CHECK"].map(|name| (name, "1".to_owned()));
        env.extend(off.into_iter().chain(on));
        env
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        Clock { shared: Arc::clone(&self.shared) }
    }

    /// Looks at the world, or changes it, while nothing else happens.
    pub fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.shared.turn().world)
    }

    /// Lets something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.shared.turn().faults.add(fault);
    }

    /// From now on nothing goes wrong any more that [`FakeFly::fault`] asked for, and everybody is heard
    /// again.
    pub fn heal(&self) {
        self.shared.turn().faults.clear();
    }

    /// Whether nobody is heard any more, after [`Effect::Kill`] or [`Effect::CommitThenKill`].
    pub fn is_deaf(&self) -> bool {
        self.shared.turn().faults.deaf
    }

    /// Everything that was asked, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.turn().calls.iter().cloned().collect()
    }

    /// How often each kind of call was made.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.shared.turn().calls.iter() {
            *counts.entry(call.name.clone()).or_default() += 1;
        }
        counts
    }

    /// Forgets what was asked.
    pub fn forget_calls(&self) {
        self.shared.turn().calls.clear();
    }

    /// The names of all calls that are served.
    pub fn call_names() -> impl Iterator<Item = &'static str> {
        api::names().map(|(name, ..)| name).filter(|name| !name.starts_with("fake.") && !name.starts_with("side."))
    }

    /// The app, as the Machines API shows it; `null` if there is none.
    pub fn app(&self, name: &str) -> Value {
        let turn = self.shared.turn();
        turn.world.apps.get(name).map(|app| turn.world.app_json(app)).unwrap_or_default()
    }

    /// The machines of an app that are not destroyed, as the Machines API shows them.
    pub fn machines(&self, app: &str) -> Vec<Value> {
        let turn = self.shared.turn();
        let app = turn.world.apps.get(app);
        app.into_iter().flat_map(|app| app.alive().map(|machine| turn.world.machine_json(app, machine))).collect()
    }

    /// The volumes of an app, as the Machines API shows them.
    pub fn volumes(&self, app: &str) -> Vec<Value> {
        let turn = self.shared.turn();
        let app = turn.world.apps.get(app);
        app.into_iter().flat_map(|app| app.volumes.values()).map(|volume| turn.world.volume_json(volume)).collect()
    }

    /// The addresses of an app, as the Machines API shows them.
    pub fn addresses(&self, app: &str) -> Vec<Value> {
        let turn = self.shared.turn();
        let app = turn.world.apps.get(app);
        app.into_iter().flat_map(|app| &app.addresses).map(world::Address::json).collect()
    }

    /// The releases of an app, the newest first, as api.fly.io shows them.
    pub fn releases(&self, app: &str) -> Vec<Value> {
        let turn = self.shared.turn();
        let app = turn.world.apps.get(app);
        app.into_iter().flat_map(|app| app.releases.iter().rev()).map(world::Release::json).collect()
    }

    /// The secrets of an app, with their values.
    pub fn secrets(&self, app: &str) -> BTreeMap<String, String> {
        let turn = self.shared.turn();
        let entries = turn.world.apps.get(app).into_iter().flat_map(|app| &app.secrets.entries);
        entries.map(|(name, entry)| (name.clone(), entry.value.clone())).collect()
    }

    /// The names of all apps.
    pub fn apps(&self) -> Vec<String> {
        self.shared.turn().world.apps.keys().cloned().collect()
    }

    /// The names of all add-ons, such as Redis databases and buckets.
    pub fn add_ons(&self) -> Vec<String> {
        self.shared.turn().world.add_ons.keys().cloned().collect()
    }

    /// The names of the clusters of Managed Postgres that are not deleted, nor about to be.
    pub fn clusters(&self) -> Vec<String> {
        let turn = self.shared.turn();
        let clusters = turn.world.clusters.values();
        clusters.filter(|cluster| !cluster.status.starts_with("delet")).map(|cluster| cluster.name.clone()).collect()
    }

    /// The databases of an app that is a Postgres server, with their owners and those owners' passwords.
    pub fn databases(&self, app: &str) -> BTreeMap<String, (String, String)> {
        let turn = self.shared.turn();
        let server = turn.world.apps.get(app).map(|app| &app.postgres);
        let password = |owner: &String| server.and_then(|server| server.roles.get(owner)).cloned().unwrap_or_default();
        let databases = server.into_iter().flat_map(|server| &server.databases);
        databases.map(|(name, owner)| (name.clone(), (owner.clone(), password(owner)))).collect()
    }

    /// The ids of the machines that are leased now, in all apps.
    pub fn leases(&self) -> Vec<String> {
        let turn = self.shared.turn();
        let machines = turn.world.apps.values().flat_map(world::App::alive);
        machines.filter(|machine| machine.lease(turn.world.now).is_some()).map(|machine| machine.id.clone()).collect()
    }
}

impl Drop for FakeFly {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
