//! Updates: what flyctl lays over the config that a machine has (`machines_launchinput.go`).

use score_fly_core::deploy::{Action, Policy};
use serde_json::json;

use crate::support::{deployed, desired, options, options_with, planned, told};

const WEB: &str = r#"
app = "shop"
primary_region = "fra"
[env]
COLOUR = "red"
[http_service]
internal_port = 8080
"#;

#[test]
fn another_image_goes_to_each_machine() {
    let observed = deployed(WEB, &options());
    let desired = desired(WEB, &options_with(json!({ "image": "registry.fly.io/shop@sha256:bb" })));
    let plan = planned(&desired, &observed, &Policy::default());
    assert_eq!(told(&plan), ["update app/1 [Changed] Restart", "update app/2 [Changed] Restart"]);
    let change = &plan.steps[0].changes[0];
    assert_eq!(change.pointer.as_str(), "/image");
    assert_eq!(change.before, json!("registry.fly.io/shop@sha256:aa"));
    assert_eq!(change.after, json!("registry.fly.io/shop@sha256:bb"));
}

#[test]
fn what_others_changed_is_told_apart() {
    let mut observed = deployed(WEB, &options());
    let config = observed.machines[1].config.as_mut().unwrap();
    config["env"]["COLOUR"] = json!("blue");
    config.insert("unheard_of".to_owned(), json!({ "deep": [1] }));
    let plan = planned(&desired(WEB, &options()), &observed, &Policy::default());
    assert_eq!(told(&plan), ["update app/2 [Drifted] Restart"]);
    assert_eq!(plan.steps[0].changes.len(), 1);
    let Action::UpdateMachine { config, .. } = &plan.steps[0].action else { panic!() };
    assert_eq!(config["unheard_of"], json!({ "deep": [1] }));
}
