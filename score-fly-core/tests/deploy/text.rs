//! Plans as people read them.

use score_fly_core::deploy::{Observed, Policy};
use serde_json::json;

use crate::support::{deployed, desired, options, options_with, planned};

const WEB: &str = r#"
app = "shop"
primary_region = "fra"
[deploy]
release_command = "bin/migrate --all"
[env]
COLOUR = "red"
API_KEY = "hush"
[http_service]
internal_port = 8080
"#;

#[track_caller]
fn assert_reads(toml: &str, options: serde_json::Value, observed: &Observed, policy: &Policy, expected: &str) {
    let plan = planned(&desired(toml, &options_with(options)), observed, policy);
    assert_eq!(plan.to_string(), expected.trim_start_matches('\n'));
}

#[test]
fn a_first_deploy() {
    let expected = "
shop:
  + create app `shop` in organization `acme`
  + allocate an IPv6 address
      the services need it
  + allocate a shared IPv4 address
      the services need it
  + set secrets DATABASE_URL
  > run the release command `bin/migrate --all`
  + create 2 machines of `app` in fra

2 to create.
";
    let secrets = json!({ "secrets": { "DATABASE_URL": "f1" } });
    assert_reads(WEB, secrets, &Observed::default(), &Policy::default(), expected);
}

#[test]
fn an_update_hides_what_may_be_secret() {
    let mut observed = deployed(WEB, &options());
    observed.machines[1].config.as_mut().unwrap()["env"]["COLOUR"] = json!("green");
    let toml = WEB.replace("red", "blue").replace("hush", "quiet");
    let expected = r#"
shop:
  > run the release command `bin/migrate --all`
  ~ update machine of `app`: app/1 in fra (restarts)
      /env/API_KEY: "… (4 bytes)" -> "… (5 bytes)"
      /env/COLOUR: "red" -> "blue"
  ~ update machine of `app`: app/2 in fra (restarts)
      somebody else has changed it since it was deployed
      /env/API_KEY: "… (4 bytes)" -> "… (5 bytes)"
      /env/COLOUR: "green" -> "blue"

2 to update.
"#;
    assert_reads(&toml, json!({}), &observed, &Policy::default(), expected);
}

#[test]
fn nothing_to_do() {
    let observed = deployed(WEB, &options());
    assert_reads(WEB, json!({}), &observed, &Policy::default(), "Nothing to do: 2 machines stay as they are.\n");
}

#[test]
fn what_can_not_be_done() {
    let toml = "app = 'shop'\nprimary_region = 'fra'\n[mounts]\nsource = 'data'\ndestination = '/data'\n";
    let observed = deployed(toml, &options());
    let expected = "
shop:
  ! machine app/2 mounts volume `data`, and would get `files` instead, without what is in it
      help: keep the mount as it was, or name the machine among what may be lost; the volume stays

1 can't be done. Nothing is done before that is settled.
";
    assert_reads(&toml.replace("'data'", "'files'"), json!({}), &observed, &Policy::default(), expected);
}
