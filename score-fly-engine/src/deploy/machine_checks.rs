//! Commands that are run against a machine that was changed, each on a machine of its own.

use score_fly_api::Client;
use score_fly_api::machines::Machine;
use score_fly_core::deploy::{DesiredCheck, label};
use score_fly_core::fly::config::Strategy;
use serde_json::Value;

use super::machines::Fresh;
use super::run::Run;
use super::trouble::{Sick, Trouble};

impl Run<'_> {
    /// Runs the checks of a group against one of its machines, one after the other. The answer is what the first one
    /// that fails says about it.
    ///
    /// As with flyctl, new machines that wait beside old ones are not looked at like that.
    pub(super) fn machine_checks(&self, client: &Client, made: &Machine, group: &str) -> Result<Option<Sick>, Trouble> {
        if self.settings.strategy == Strategy::BlueGreen {
            return Ok(None);
        }
        let checks = self.desired.groups.get(group).map(|group| group.checks.as_slice()).unwrap_or_default();
        for (number, check) in checks.iter().enumerate() {
            self.interrupted()?;
            if let Some(sick) = self.machine_check(client, made, group, (number, check))? {
                return Ok(Some(sick));
            }
        }
        Ok(None)
    }

    fn machine_check(
        &self,
        client: &Client,
        made: &Machine,
        group: &str,
        (number, check): (usize, &DesiredCheck),
    ) -> Result<Option<Sick>, Trouble> {
        let command = check.command.join(" ");
        self.say(&format!("checking machine {} of `{group}`: {command}", made.id));
        let tested = made.config.as_ref().map(|config| Value::Object(config.0.clone())).unwrap_or_default();
        let mut config = check.config(&tested, &made.private_ip);
        let key = format!("{}/check{number}", made.id);
        if let Some(labels) = config.get_mut("metadata").and_then(Value::as_object_mut) {
            labels.extend(self.labels(Some(&key)).into_iter().map(|(key, value)| (key.to_owned(), value.into())));
        }
        let (group, region) = (label::TEST_COMMAND_GROUP, Some(made.region.as_str()));
        let fresh = Fresh { key: &key, group, region, config, skip_launch: false, cordoned: false };
        let ended = self.run_alone(client, &fresh, Some(self.settings.wait_timeout), "machine check")?;
        Ok(ended.failure().map(|(code, lines)| Sick::Refuted { command, code, lines }))
    }
}
