//! A Fly of one's own, and a client whose time is its.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_fly::{FakeFly, Pace};
use score_fly_api::machines::{ConfigJson, Launch, Machine, Wait, WaitState};
use score_fly_api::trace::{Event, Observer};
use score_fly_api::{Client, Hosts, NewApp, Options, Token};

use crate::clock::FakeClock;

/// What was seen, a line for each event.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<String>>);

impl Observer for Seen {
    fn observe(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push(event.to_string());
    }
}

impl Seen {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, words: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(words)).count()
    }
}

pub(crate) struct World {
    pub(crate) fly: FakeFly,
    pub(crate) client: Client,
    pub(crate) seen: Arc<Seen>,
}

pub(crate) fn client(fly: &FakeFly, token: &str) -> (Client, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let options = Options {
        hosts: Hosts::all_at(&fly.url()),
        clock: Arc::new(FakeClock(fly.clock())),
        observer: Some(seen.clone()),
        ..Options::default()
    };
    (Client::new(Token::parse(token).unwrap(), options), seen)
}

/// A world with the app `shop`.
pub(crate) fn start() -> World {
    let fly = FakeFly::start(Pace::Skipping);
    let (client, seen) = client(&fly, FakeFly::TOKEN);
    let new = NewApp { name: "shop".to_owned(), org_slug: "personal".to_owned(), ..NewApp::default() };
    client.create_app(&new).unwrap();
    fly.forget_calls();
    World { fly, client, seen }
}

/// A machine of `nginx` in `fra`.
pub(crate) fn launch() -> Launch {
    Launch { config: ConfigJson::new("nginx"), region: "fra".to_owned(), ..Launch::default() }
}

/// A machine that has started.
pub(crate) fn started(client: &Client) -> Machine {
    let app = client.app("shop");
    let machine = app.create_machine(&launch()).unwrap();
    app.machine(&machine.id).wait(&Wait::state(WaitState::Started).version(&machine.instance_id)).unwrap();
    app.machine(&machine.id).get().unwrap()
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
