//! First deploys, further ones, and those with nothing to do.

use serde_json::json;

use crate::world::World;

/// A web service without checks.
pub(crate) const SHOP: &str = r#"app = "shop"
primary_region = "fra"

[build]
image = "nginx:1.27"

[env]
LOG_LEVEL = "info"

[http_service]
internal_port = 80
force_https = true

[[http_service.checks]]
path = "/up"
interval = "1s"
"#;

#[test]
fn an_app_is_deployed_from_nothing() {
    let world = World::new([("fly.toml", SHOP)]);
    let run = world.done(&["deploy"]);
    let machines = world.fly.machines("shop");
    assert_eq!(machines.len(), 2, "{}", run.stderr);
    for machine in &machines {
        assert_eq!(machine["region"], json!("fra"));
        assert_eq!(machine["state"], json!("started"));
        assert_eq!(machine["config"]["image"], json!("nginx:1.27"));
        assert_eq!(machine["config"]["metadata"]["fly_platform_version"], json!("v2"));
        assert_eq!(machine["config"]["metadata"]["fly_release_version"], json!("1"));
    }
    let kinds: Vec<_> = world.fly.addresses("shop").iter().map(|address| address["shared"].clone()).collect();
    assert_eq!(kinds.len(), 2);
    assert_eq!(world.fly.releases("shop")[0]["status"], json!("complete"));
    assert_eq!(world.fly.leases(), Vec::<String>::new());

    let again = world.done(&["deploy"]);
    assert!(again.stderr.contains("Nothing to do"), "{}", again.stderr);
    assert_eq!(world.fly.machines("shop"), machines);

    world.sandbox.write("fly.toml", SHOP.replace("info", "debug"));
    let plan = world.run(&["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(2), "{}", plan.stderr);
    world.done(&["deploy"]);
    let plan = world.run(&["plan", "--exit-code"]);
    assert_eq!(plan.code, Some(0), "{}{}", plan.stdout, plan.stderr);
    for machine in world.fly.machines("shop") {
        assert_eq!(machine["config"]["env"]["LOG_LEVEL"], json!("debug"));
        assert_eq!(machine["config"]["metadata"]["fly_release_version"], json!("2"));
    }
}
