//! Apps to plan for.

use score_fly_core::Source;
use score_fly_core::deploy::{Action, Desired, Observed, Options, Plan, Policy, plan, simulate};
use score_fly_core::fly;
use score_fly_core::local::LocalFiles;
use serde_json::{Value, json};

/// The organization, the image and the deploy that tests have in common.
pub(crate) fn options() -> Options {
    serde_json::from_value(json!({
        "organization": "acme",
        "image": "registry.fly.io/shop@sha256:aa",
        "stamp": { "version": "1.0.0", "deploy": "d1" },
    }))
    .expect("options")
}

/// Options with these keys besides.
pub(crate) fn options_with(more: Value) -> Options {
    let mut options = serde_json::to_value(options()).expect("options");
    merge(&mut options, more);
    serde_json::from_value(options).expect("options")
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// What a fly.toml asks for.
#[track_caller]
pub(crate) fn desired(toml: &str, options: &Options) -> Desired {
    let source = Source::new("fly.toml", toml);
    let (file, _) = fly::read(&source).into_result().expect("a fly.toml");
    Desired::new(&file.config, &LocalFiles::new(), options).into_result().expect("what is to be").0
}

/// A plan without mistakes in what it is made from.
#[track_caller]
pub(crate) fn planned(desired: &Desired, observed: &Observed, policy: &Policy) -> Plan {
    plan(desired, observed, policy).into_result().expect("a plan").0
}

/// What there is after all steps.
pub(crate) fn carried_out(observed: &Observed, plan: &Plan) -> Observed {
    plan.steps.iter().fold(observed.clone(), |observed, step| simulate(&observed, step))
}

/// What there is after a fly.toml was deployed.
#[track_caller]
pub(crate) fn deployed(toml: &str, options: &Options) -> Observed {
    let desired = desired(toml, options);
    let observed = Observed::default();
    let plan = planned(&desired, &observed, &Policy::default());
    assert!(!plan.is_blocked(), "{plan:#?}");
    let observed = carried_out(&observed, &plan);
    assert_eq!(planned(&desired, &observed, &Policy::default()).steps, []);
    observed
}

/// The steps in a few words each.
pub(crate) fn told(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {:?} {:?}", action(&step.action), step.causes, step.impact)).collect()
}

fn action(action: &Action) -> String {
    match action {
        Action::CreateApp { name, organization, .. } => format!("create app {name} in {organization}"),
        Action::AllocateAddress { kind } => format!("allocate {}", kind.as_str()),
        Action::SetSecrets { set, unset } => {
            format!("set {} unset {}", set.keys().cloned().collect::<Vec<_>>().join(","), unset.join(","))
        }
        Action::RunReleaseCommand { command, .. } => format!("run {}", command.join(" ")),
        Action::CreateVolume(new) => format!("create volume {} {} GB in {}", new.name, new.size_gb, new.region),
        Action::ExtendVolume { volume, from_gb, to_gb, .. } => format!("extend {volume} from {from_gb} to {to_gb}"),
        Action::CreateMachine(new) => {
            let standby = if new.standby_for.is_empty() { "" } else { " standby" };
            format!("create {}{standby} in {}", new.group, new.region.as_deref().unwrap_or("any"))
        }
        Action::UpdateMachine { machine, skip_launch, .. } => {
            format!("update {machine}{}", if *skip_launch { " as it is" } else { "" })
        }
        Action::ReplaceMachine { machine, .. } => format!("replace {machine}"),
        Action::LabelMachine { machine, labels } => {
            format!("label {machine:?} {}", labels.keys().cloned().collect::<Vec<_>>().join(","))
        }
        Action::DestroyMachine { machine, .. } => format!("destroy {machine}"),
        Action::ReleaseAddress { ip } => format!("release {ip}"),
        Action::DestroyVolume { volume, .. } => format!("destroy volume {volume}"),
        Action::Blocked { what, .. } => format!("blocked: {what}"),
        other => panic!("{other:?}"),
    }
}
