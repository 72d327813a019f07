//! New machines beside the old ones, which go once all of the new ones work.

use std::time::Duration;

use score_fly_api::machines::{Machine, Wait, WaitState};
use score_fly_core::deploy::{Action, Step, label};
use serde_json::Value;

use super::machines::Fresh;
use super::outcome::Stands;
use super::rolling::first;
use super::run::Run;
use super::trouble::Trouble;
use crate::parallel;
use crate::progress::MachinePhase;

/// How long Fly's proxy may take to know of a change. superfly/flyctl: `strategy_bluegreen.go`.
const PROXY: Duration = Duration::from_secs(10);

/// How long a machine may take to stop.
const STOPS: Duration = Duration::from_secs(60);

/// A machine and the one that takes over from it.
struct Pair<'p> {
    blue: &'p str,
    group: &'p str,
    region: &'p str,
    fresh: Fresh<'p>,
}

/// What a step's new machine is called.
struct Keyed<'s> {
    step: &'s Step,
    key: String,
}

impl Run<'_> {
    /// Exchanges machines. Until Fly's proxy is told of all new ones, the old ones go on as if nothing had happened.
    pub(super) fn exchange(&self, steps: &[&Step]) -> Result<(), Trouble> {
        let keyed: Vec<Keyed<'_>> = steps.iter().map(|step| Keyed { step, key: key(&step.action) }).collect();
        let pairs: Vec<Pair<'_>> = keyed.iter().filter_map(|keyed| self.pair(keyed)).collect();
        let greens = parallel::map(&pairs, self.settings.max_concurrent, |pair| {
            self.interrupted()?;
            let made = self.create(self.client, &pair.fresh)?;
            self.healthy(self.client, &made, pair.group, pair.fresh.skip_launch)?;
            Ok(made)
        });
        let (mut made, mut failed) = (Vec::new(), Vec::new());
        for green in greens {
            match green {
                Ok(green) => made.push(green),
                Err(trouble) => failed.push(Err(trouble)),
            }
        }
        first(failed)?;
        self.interrupted()?;
        self.uncordon(&pairs, &made)?;
        // From here on, the new machines serve, so they stay.
        for green in &made {
            self.settle_one(&green.id);
        }
        self.say("the new machines serve; taking the old ones away");
        self.retire(&pairs)
    }

    fn pair<'p>(&self, keyed: &'p Keyed<'_>) -> Option<Pair<'p>> {
        let action = &keyed.step.action;
        let (blue, group, region, mut config, skip_launch) = match action {
            Action::UpdateMachine { machine, group, region, standby_for, skip_launch, .. } => {
                (machine, group, region, self.config(action, &keyed.key, None, standby_for), *skip_launch)
            }
            Action::ReplaceMachine { machine, new } => {
                let region = new.region.as_ref()?;
                (machine, &new.group, region, self.new_config(action, new), new.skip_launch)
            }
            _ => return None,
        };
        if let Some(labels) = config.get_mut("metadata").and_then(Value::as_object_mut) {
            labels.insert(label::REPLACES.to_owned(), blue.as_str().into());
        }
        let fresh = Fresh { key: &keyed.key, group, region: Some(region), config, skip_launch, cordoned: true };
        Some(Pair { blue, group, region, fresh })
    }

    /// Lets Fly's proxy use the new machines.
    fn uncordon(&self, pairs: &[Pair<'_>], greens: &[Machine]) -> Result<(), Trouble> {
        let calls = self.client.app(self.app());
        for green in greens {
            let nonce = self.nonce(&green.id)?;
            calls.machine(&green.id).uncordon(nonce.as_ref())?;
        }
        for (pair, green) in pairs.iter().zip(greens) {
            self.learn(pair.blue, &green.id);
            self.stands(&green.id, pair.group, &green.region, Stands::Created);
        }
        Ok(())
    }

    /// Takes the old machines out of service, and away. A wish for the end does not end this: what is left over would
    /// serve side by side with what is new.
    fn retire(&self, pairs: &[Pair<'_>]) -> Result<(), Trouble> {
        let client = &self.cleanup;
        let calls = client.app(self.app());
        client.sleep(PROXY)?;
        for pair in pairs {
            let nonce = self.nonce(pair.blue)?;
            if let Err(error) = calls.machine(pair.blue).cordon(nonce.as_ref()) {
                self.warn(error.to_string());
            }
        }
        client.sleep(PROXY)?;
        first(parallel::map(pairs, self.settings.max_concurrent, |pair| {
            let nonce = self.nonce(pair.blue)?;
            let blue = calls.machine(pair.blue);
            self.tell(pair.blue, pair.group, pair.region, MachinePhase::Stopping);
            let stopped = blue
                .stop(None, None, nonce.as_ref())
                .and_then(|()| blue.wait(&Wait::state(WaitState::Stopped).within(STOPS)).map(|_| ()));
            if let Err(error) = stopped.as_ref().err().filter(|error| !error.is_not_found()).map_or(Ok(()), Err) {
                self.warn(format!("{error}; it is destroyed nevertheless"));
            }
            self.destroy(client, pair.blue, pair.group, pair.region)
        }))
    }
}

fn key(action: &Action) -> String {
    match action {
        Action::ReplaceMachine { new, .. } => new.key.clone(),
        Action::UpdateMachine { machine, .. } => format!("{machine}/green"),
        _ => String::new(),
    }
}
