//! One machine tried out before all others.

use std::collections::BTreeSet;

use score_fly_core::deploy::{Action, Step, label};
use serde_json::Value;

use super::machines::Fresh;
use super::run::Run;
use super::trouble::Trouble;

impl Run<'_> {
    /// Tries what the machines of each group become on a machine of its own, which goes again in any case.
    pub(super) fn canary(&self, steps: &[&Step]) -> Result<(), Trouble> {
        let mut tried = BTreeSet::new();
        for step in steps {
            if let Action::UpdateMachine { group, region, skip_launch: false, .. } = &step.action
                && tried.insert(group)
            {
                self.interrupted()?;
                self.try_out(&step.action, group, region)?;
            }
        }
        Ok(())
    }

    fn try_out(&self, action: &Action, group: &str, region: &str) -> Result<(), Trouble> {
        self.say(&format!("trying out a canary of `{group}`"));
        let key = format!("{group}/canary");
        let mut config = self.config(action, &key, None, &[]);
        if let Some(labels) = config.get_mut("metadata").and_then(Value::as_object_mut) {
            labels.insert(label::TEMPORARY.to_owned(), "canary".into());
            labels.insert(label::FLYCTL_CANARY.to_owned(), "true".into());
        }
        let fresh = Fresh { key: &key, group, region: Some(region), config, skip_launch: false, cordoned: false };
        let made = self.create(self.client, &fresh)?;
        let result = self.healthy(self.client, &made, group, false);
        let gone = self.destroy(&self.cleanup, &made.id, group, &made.region);
        self.forget(&made.id);
        result.and(gone)
    }
}
