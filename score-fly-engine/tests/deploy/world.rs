//! A Fly of one's own, in whose time the engine works.

use std::sync::Arc;
use std::time::Duration;

use fake_fly::{FakeFly, Pace};
use score_fly_api::{Client, Error, Hosts, Options, Retries, Token};
use score_fly_core::Source;
use score_fly_core::deploy::{self, Desired, Observed, Plan, Policy, plan};
use score_fly_core::fly::LoadedConfig;
use score_fly_core::fly::config::Strategy;
use score_fly_core::local::LocalFiles;
use score_fly_engine::deploy::{Deployed, Failed, Run, Settings, observe};
use score_fly_engine::progress::Progress;

use crate::clock::FakeClock;

/// A web service, with a version that changes.
pub(crate) fn shop(version: &str) -> String {
    format!(
        r#"app = "shop"
primary_region = "fra"

[build]
image = "registry.fly.io/shop:{version}"

[http_service]
internal_port = 8080

[[http_service.checks]]
path = "/up"
"#
    )
}

/// A service with a volume on each machine.
pub(crate) fn store(version: &str) -> String {
    format!("{}\n[[mounts]]\nsource = \"data\"\ndestination = \"/data\"\n", shop(version))
}

pub(crate) struct World {
    pub(crate) fly: FakeFly,
}

/// How long leases last.
pub(crate) const LEASE: Duration = Duration::from_secs(300);

/// How a deploy ended.
pub(crate) type Ended = Result<Deployed, Failed>;

impl World {
    pub(crate) fn new() -> Self {
        Self { fly: FakeFly::start(Pace::Skipping) }
    }

    /// A client whose time is the fake's.
    pub(crate) fn client(&self) -> Client {
        let options = Options {
            hosts: Hosts::all_at(&self.fly.url()),
            clock: Arc::new(FakeClock(self.fly.clock())),
            // Whoever is not heard any more is not heard after many attempts either.
            retries: Retries { attempts: 3, ..Retries::default() },
            ..Options::default()
        };
        Client::new(Token::parse(FakeFly::TOKEN).unwrap(), options)
    }

    /// What is to be done for this fly.toml.
    pub(crate) fn decide(
        &self,
        toml: &str,
        scale: impl Into<Option<u32>>,
        settings: &Settings,
    ) -> Result<(Desired, Observed, Plan), Error> {
        let source = Source::new("fly.toml", toml);
        let loaded = LoadedConfig::read(&source);
        let mut options = deploy::Options { organization: Some("personal".to_owned()), ..deploy::Options::default() };
        options.scale.count = scale.into();
        options.stamp.deploy = Some(settings.deploy.to_string());
        let config = &loaded.file().unwrap().config;
        let desired = Desired::new(config, &LocalFiles::new(), &options).into_result().unwrap().0;
        let observed = observe(&self.client(), "shop")?;
        let policy = Policy { strategy: Some(settings.strategy), ..Policy::default() };
        let plan = plan(&desired, &observed, &policy).into_result().unwrap().0;
        Ok((desired, observed, plan))
    }

    /// Deploys this fly.toml.
    pub(crate) fn deploy(&self, toml: &str, scale: impl Into<Option<u32>>, strategy: Strategy) -> Option<Ended> {
        let settings = settings(toml, strategy);
        let (desired, observed, plan) = self.decide(toml, scale, &settings).ok()?;
        assert!(!plan.is_blocked(), "{plan}");
        let client = self.client();
        let watch = |_: Progress<'_>| {};
        let run = Run::new(&client, (&desired, &observed, &plan), &settings, &watch);
        Some(run.carry_out().map_err(|failed| *failed))
    }

    /// A deploy that must go well.
    #[track_caller]
    pub(crate) fn deployed(&self, toml: &str, scale: impl Into<Option<u32>>, strategy: Strategy) -> Deployed {
        match self.deploy(toml, scale, strategy).expect("Fly answers") {
            Ok(deployed) => deployed,
            Err(failed) => panic!("{}: {:?}", failed.trouble, failed.deployed),
        }
    }

    /// The machines that stay, as tests compare them: image, state and whether Fly's proxy uses them.
    pub(crate) fn machines(&self) -> Vec<(String, String, bool)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let machines = self.fly.machines("shop");
        let mut machines: Vec<_> = machines
            .iter()
            .filter(|machine| machine["state"] != "destroying")
            .map(|machine| {
                let cordoned = machine["cordoned"].as_bool().unwrap_or_default();
                (text(&machine["config"]["image"]), text(&machine["state"]), cordoned)
            })
            .collect();
        machines.sort();
        machines
    }
}

pub(crate) fn settings(toml: &str, strategy: Strategy) -> Settings {
    let source = Source::new("fly.toml", toml);
    let loaded = LoadedConfig::read(&source);
    let mut settings = Settings::new(&loaded.file().unwrap().config);
    settings.strategy = strategy;
    settings.wait_timeout = Duration::from_secs(60);
    // This clock jumps while others are slow to ask, so that a lease that lasts no longer than usual may run out.
    settings.term.ttl = LEASE;
    settings
}
