//! What Fly's proxy does with machines that nobody asks, and with those that somebody does.
//!
//! <https://fly.io/docs/launch/autostop-autostart/> and
//! <https://fly.io/docs/reference/fly-proxy-autostop-autostart/>: every few minutes it looks for more machines than
//! are needed, and stops or suspends one where services say so, but for `min_machines_running` in the primary region.
//! A request that finds no machine running starts one, if services say that, too.

use serde_json::Value;

use super::World;
use super::machine::{Machine, Phase};
use crate::refusal::{Refusal, Result, not_found};

impl World {
    /// Nobody asks the app for anything until its proxy has stopped all machines that it may stop.
    pub fn fall_idle(&mut self, app: &str) {
        let Some(entry) = self.apps.get(app) else { return };
        let mut kept = std::collections::BTreeMap::<&str, u64>::new();
        let mut halted = Vec::new();
        for machine in entry.alive().filter(|machine| machine.phase == Phase::Started) {
            let Some(service) = services(machine).next() else { continue };
            let suspend = match service.get("autostop") {
                Some(Value::Bool(true)) => false,
                Some(Value::String(how)) if how == "stop" => false,
                Some(Value::String(how)) if how == "suspend" => true,
                _ => continue,
            };
            let group = Machine::text(machine.config(), "/metadata/fly_process_group").unwrap_or_default();
            let primary = Machine::text(machine.config(), "/env/PRIMARY_REGION");
            let least = service.get("min_machines_running").and_then(Value::as_u64).unwrap_or_default();
            let kept = kept.entry(group).or_default();
            if *kept < least && primary.is_none_or(|primary| primary == machine.region) {
                *kept += 1;
            } else {
                halted.push((machine.id.clone(), suspend));
            }
        }
        for (id, suspend) in halted {
            // It is started, so nothing stands in the way.
            let _ = self.halt_machine(app, &id, suspend);
        }
    }

    /// Somebody asks the app for something. The answer is the id of the machine that gets the request: one that
    /// runs, or else one that starts for it.
    ///
    /// # Errors
    ///
    /// If there is no such app, no machine runs, and none may be started.
    pub fn visit(&mut self, app: &str) -> std::result::Result<String, String> {
        self.serve(app).map_err(|refusal| refusal.message().to_owned())
    }

    pub(crate) fn serve(&mut self, app: &str) -> Result<String> {
        let entry = self.apps.get(app).ok_or_else(|| not_found("app not found"))?;
        let serving = || entry.alive().filter(|machine| !machine.cordoned && services(machine).next().is_some());
        if let Some(machine) = serving().find(|machine| machine.phase == Phase::Started) {
            return Ok(machine.id.clone());
        }
        let starts = |machine: &&Machine| {
            matches!(machine.phase, Phase::Stopped | Phase::Suspended)
                && services(machine).any(|service| service.get("autostart") == Some(&Value::Bool(true)))
        };
        let id = serving().find(starts).map(|machine| machine.id.clone());
        let id = id.ok_or_else(|| Refusal::new(503, "no machine runs, and none may be started"))?;
        self.start_machine(app, &id, None)?;
        Ok(id)
    }
}

fn services(machine: &Machine) -> impl Iterator<Item = &Value> {
    machine.config().get("services").and_then(Value::as_array).into_iter().flatten()
}
