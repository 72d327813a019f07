//! Volumes that may go, and the machines that stand in their way.

use std::collections::BTreeSet;

use score_fly_api::Client;
use score_fly_api::volumes::Volume;
use score_fly_core::deploy::{Action, Plan, VolumeRef};

use crate::app::App;

/// The volumes that an app's file names as those that may go.
pub(super) fn named(client: &Client, app: &App) -> Vec<Volume> {
    // Of an app that is not there, there are none either.
    let volumes = client.app(&app.name).volumes().unwrap_or_default();
    volumes.into_iter().filter(|volume| app.settings.allow_delete.contains(&volume.name)).collect()
}

/// The machine that mounts a volume.
fn user(volume: &Volume) -> Option<&str> {
    volume.attached_machine_id.as_deref().filter(|id| !id.is_empty())
}

/// The machines that mount them. These may go, or mount something else, if that is what the app asks for.
pub(super) fn machines(named: &[Volume]) -> Vec<String> {
    named.iter().filter_map(user).map(str::to_owned).collect()
}

/// Those of them for which a plan has no use: nothing mounts them, or what does goes, and nothing new takes them.
pub(super) fn volumes(named: &[Volume], plan: &Plan) -> Vec<String> {
    let left: BTreeSet<&str> =
        plan.left_alone.iter().filter(|alone| alone.kind == "volume").map(|alone| alone.id.as_str()).collect();
    let (mut going, mut used) = (BTreeSet::new(), BTreeSet::new());
    for step in &plan.steps {
        let new = match &step.action {
            Action::DestroyMachine { machine, .. } => {
                going.insert(machine.as_str());
                continue;
            }
            Action::ReplaceMachine { machine, new } => {
                going.insert(machine.as_str());
                new
            }
            Action::CreateMachine(new) => new,
            _ => continue,
        };
        if let Some(VolumeRef::Id(id)) = &new.volume {
            used.insert(id.as_str());
        }
    }
    let has_no_use = |volume: &&Volume| match user(volume) {
        None => left.contains(volume.id.as_str()) && volume.is_free(),
        Some(machine) => going.contains(machine) && !used.contains(volume.id.as_str()),
    };
    named.iter().filter(has_no_use).map(|volume| volume.id.clone()).collect()
}
