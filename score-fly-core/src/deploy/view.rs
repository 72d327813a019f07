//! A plan as data for other languages: the same as its text, and no machine configs.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::plan::{Action, Cause, Change, Impact, LeftAlone, MachineRef, NewMachine, NewVolume, Plan, Step};
use super::text;
use crate::pointer::Path;
use crate::prelude::*;

/// What a deploy does, in the order in which it does it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Plan"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlanView {
    /// The app.
    pub app: String,
    /// Whether there is something that can't be done, so that nothing of the plan is.
    pub blocked: bool,
    /// The steps. There are none if all is as it is to be.
    pub steps: Vec<StepView>,
    /// How many machines are as they are to be.
    pub unchanged: u32,
    /// What is there and is not touched, though it is not asked for.
    pub left_alone: Vec<LeftAlone>,
    /// All of it as text, for people.
    pub text: String,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Step"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StepView {
    /// What is done.
    pub action: ActionKind,
    /// To what: the id of a machine or volume, or what the plan calls a new one; the app's name, an address, its
    /// kind if it is new, or a command. Empty for secrets, whose names are in `changes`.
    pub target: String,
    /// The process group, if it is about a machine.
    pub group: Option<String>,
    /// Where it is, if it has a place.
    pub region: Option<String>,
    /// Why.
    pub causes: Vec<Cause>,
    /// What becomes different, field by field: of a machine's config, or of whatever else it is.
    pub changes: Vec<Change>,
    /// What it means for those who use the app.
    pub impact: Impact,
    /// What is done, in a few words.
    pub text: String,
    /// What to do instead, if it can't be done.
    pub help: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Action"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ActionKind {
    /// Creates the app.
    CreateApp,
    /// Gives the app an address.
    AllocateAddress,
    /// Sets secrets and removes others.
    SetSecrets,
    /// Runs the release command.
    RunReleaseCommand,
    /// Creates a volume.
    CreateVolume,
    /// Makes a volume larger.
    ExtendVolume,
    /// Creates a machine.
    CreateMachine,
    /// Gives a machine another config.
    UpdateMachine,
    /// Creates a machine in the place of another, and then destroys that.
    ReplaceMachine,
    /// Sets labels of a machine, without changing anything else about it.
    LabelMachine,
    /// Destroys a machine. A volume that it mounts stays.
    DestroyMachine,
    /// Gives an address back.
    ReleaseAddress,
    /// Destroys a volume, with everything in it.
    DestroyVolume,
    /// Can't be done, or must be asked for by name.
    Blocked,
}

impl Plan {
    /// The plan as data for other languages, without machine configs.
    pub fn view(&self) -> PlanView {
        PlanView {
            app: self.app.clone(),
            blocked: self.is_blocked(),
            steps: self.steps.iter().map(StepView::of).collect(),
            unchanged: self.unchanged,
            left_alone: self.left_alone.clone(),
            text: self.to_string(),
        }
    }
}

/// As [`Plan::view`].
impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl StepView {
    fn of(step: &Step) -> Self {
        let mut view = Self {
            action: ActionKind::Blocked,
            target: String::new(),
            group: None,
            region: None,
            causes: step.causes.clone(),
            changes: step.changes.clone(),
            impact: step.impact,
            text: text::told(step),
            help: None,
        };
        let mut is = |action: ActionKind, target: &str| {
            view.action = action;
            target.clone_into(&mut view.target);
        };
        match &step.action {
            Action::CreateApp { name, organization, network } => {
                is(ActionKind::CreateApp, name);
                view.becomes("organization", Value::Null, organization.as_str().into());
                if let Some(network) = network {
                    view.becomes("network", Value::Null, network.as_str().into());
                }
            }
            Action::AllocateAddress { kind } => is(ActionKind::AllocateAddress, kind.as_str()),
            Action::SetSecrets { set, unset } => {
                is(ActionKind::SetSecrets, "");
                let set = set.keys().map(|name| (name, Value::Null, hidden()));
                let unset = unset.iter().map(|name| (name, hidden(), Value::Null));
                set.chain(unset).for_each(|(name, before, after)| view.becomes(name, before, after));
            }
            Action::RunReleaseCommand { command, region, .. } => {
                is(ActionKind::RunReleaseCommand, &command.join(" "));
                view.region.clone_from(region);
            }
            Action::CreateVolume(NewVolume { key, name, region, size_gb, .. }) => {
                is(ActionKind::CreateVolume, key);
                view.region = Some(region.clone());
                view.becomes("name", Value::Null, name.as_str().into());
                view.becomes("size_gb", Value::Null, (*size_gb).into());
            }
            Action::ExtendVolume { volume, from_gb, to_gb, .. } => {
                is(ActionKind::ExtendVolume, volume);
                view.becomes("size_gb", (*from_gb).into(), (*to_gb).into());
            }
            Action::CreateMachine(new) => {
                is(ActionKind::CreateMachine, &new.key);
                view.place(new);
            }
            Action::UpdateMachine { machine, group, region, .. } => {
                is(ActionKind::UpdateMachine, machine);
                (view.group, view.region) = (Some(group.clone()), Some(region.clone()));
            }
            Action::ReplaceMachine { machine, new } => {
                is(ActionKind::ReplaceMachine, machine);
                view.place(new);
            }
            Action::LabelMachine { machine: MachineRef::Id(id) | MachineRef::New(id), labels } => {
                is(ActionKind::LabelMachine, id);
                view.changes.clear();
                let value = |value: &Option<String>| value.clone().map_or(Value::Null, Value::from);
                labels.iter().for_each(|(key, now)| view.becomes(key, Value::Null, value(now)));
            }
            Action::DestroyMachine { machine, group, region } => {
                is(ActionKind::DestroyMachine, machine);
                (view.group, view.region) = (Some(group.clone()), Some(region.clone()));
            }
            Action::ReleaseAddress { ip } => is(ActionKind::ReleaseAddress, ip),
            Action::DestroyVolume { volume, region, .. } => {
                is(ActionKind::DestroyVolume, volume);
                view.region = Some(region.clone());
            }
            Action::Blocked { help, .. } => view.help = Some(help.clone()),
        }
        view
    }

    fn becomes(&mut self, key: &str, before: Value, after: Value) {
        self.changes.push(Change { pointer: Path::ROOT.key(key).to_pointer(), before, after });
    }

    fn place(&mut self, new: &NewMachine) {
        (self.group, self.region) = (Some(new.group.clone()), new.region.clone());
    }
}

/// What is shown of a value that nobody may see.
fn hidden() -> Value {
    "…".into()
}
