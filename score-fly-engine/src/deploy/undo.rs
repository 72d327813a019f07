//! Taking back what was begun, when a deploy fails.

use score_fly_api::machines::{ConfigJson, Launch, Wait, WaitState};
use score_fly_api::{Error, Kind};
use score_fly_core::deploy::{ObservedMachine, label};

use super::outcome::Stands;
use super::run::{Run, Touched};
use super::trouble::Trouble;
use crate::parallel;
use crate::progress::MachinePhase;

/// How long what is not settled yet may be refused.
const SETTLES: std::time::Duration = std::time::Duration::from_secs(30);

impl Run<'_> {
    /// Gives machines back what they were made from, and destroys new ones. It goes on after a wish for the end. Whatever
    /// can't be taken back is said.
    ///
    /// An app that had no machines has nothing to go back to: what was made of it stays, to be looked at.
    pub(super) fn undo(&self) {
        let touched = self.touched();
        if touched.is_empty() {
            return;
        }
        let is_first = !self.observed.machines.iter().any(|machine| machine.is_managed() && !machine.is_gone());
        if is_first {
            return;
        }
        let asked = self.client.is_stopped();
        self.say(if asked {
            "interrupted: taking back what was changed; interrupted once more, it ends at once"
        } else {
            "taking back what was changed"
        });
        parallel::map(&touched, self.settings.max_concurrent, |touched| match touched {
            Touched::Updated(before) => self.restore(before),
            Touched::Created { marker, id } => self.remove_created(marker, id.as_deref()),
        });
    }

    /// Gives a machine back what it was made from.
    fn restore(&self, before: &ObservedMachine) {
        let (id, group, region) = (&before.id, before.group().unwrap_or_default(), &before.region);
        match self.give_back(before) {
            Ok(stands) => {
                self.stands(id, group, region, stands);
                let phase = if stands == Stands::Restored { MachinePhase::Restored } else { MachinePhase::Done };
                self.tell(id, group, region, phase);
            }
            Err(trouble) => {
                self.stands(id, group, region, Stands::Unknown);
                self.tell(id, group, region, MachinePhase::Failed);
                let why = if self.cleanup.is_stopped() { String::new() } else { format!(": {trouble}") };
                self.warn(format!("machine {id} was not given back what it was made from{why}"));
            }
        }
    }

    fn give_back(&self, before: &ObservedMachine) -> Result<Stands, Trouble> {
        let client = &self.cleanup;
        let calls = client.app(self.app());
        let machine = calls.machine(&before.id);
        let now = match machine.get() {
            Ok(now) => now,
            // It was exchanged for another one, which is taken away by itself.
            Err(error) if error.is_not_found() => return Ok(Stands::Destroyed),
            Err(error) => return Err(error.into()),
        };
        if now.state.is_gone() {
            return Ok(Stands::Destroyed);
        }
        if now.instance_id == before.instance_id {
            return Ok(Stands::Untouched);
        }
        let Some(config) = before.config.clone() else { return Ok(Stands::Unknown) };
        self.tell(&before.id, before.group().unwrap_or_default(), &before.region, MachinePhase::Restoring);
        let ran = before.state == "started" || before.state == "starting";
        let launch = Launch {
            config: ConfigJson(config),
            region: before.region.clone(),
            skip_launch: !ran,
            min_secrets_version: None,
            ..Launch::default()
        };
        let nonce = self.nonce(&before.id)?;
        let passes = |error: &Error| matches!(error.kind(), Kind::Busy);
        let restored = client.patiently(SETTLES, passes, || machine.update(&launch, nonce.as_ref()))?;
        if ran {
            let wait = Wait::state(WaitState::Started).version(&restored.instance_id);
            machine.wait(&wait.within(self.settings.wait_timeout))?;
        }
        Ok(Stands::Restored)
    }

    /// Destroys a machine that was created, if it was.
    fn remove_created(&self, marker: &str, id: Option<&str>) {
        let found = match id {
            Some(id) => Ok(vec![id.to_owned()]),
            None => self.labelled(label::DEPLOY, marker).map(|found| found.into_iter().map(|m| m.id).collect()),
        };
        let removed = found.map_err(Trouble::from).and_then(|ids: Vec<String>| {
            for id in ids {
                let machine = self.cleanup.app(self.app()).machine(&id).get();
                let Ok(machine) = machine else { continue };
                if machine.state.is_gone() {
                    continue;
                }
                let group = machine.config.as_ref().and_then(|config| config.process_group()).unwrap_or_default();
                self.destroy(&self.cleanup, &id, group, &machine.region)?;
            }
            Ok(())
        });
        if let Err(trouble) = removed {
            self.warn(format!("a machine that was created could not be destroyed: {trouble}"));
        }
    }
}
