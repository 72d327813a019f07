//! What only some deploys do: groups and counts, volumes, secrets, addresses, machines that are not as they should
//! be.

use score_fly_core::deploy::{
    Action, Host, MachineRef, Observed, ObservedMachine, ObservedRelease, ObservedSecret, ObservedVolume, Policy,
};
use serde_json::{Value, json};

use crate::support::{carried_out, deployed, desired, options, options_with, planned, told};

const WEB: &str = "app = 'shop'\nprimary_region = 'fra'\n[http_service]\ninternal_port = 8080\n";
const WORKER: &str = "app = 'shop'\nprimary_region = 'fra'\n";
const DATABASE: &str = "app = 'shop'\nprimary_region = 'fra'\n[mounts]\nsource = 'data'\ndestination = '/data'\n";

#[track_caller]
fn steps(toml: &str, more: Value, observed: &Observed, policy: Value) -> Vec<String> {
    let policy: Policy = serde_json::from_value(policy).unwrap();
    told(&planned(&desired(toml, &options_with(more)), observed, &policy))
}

fn metadata(machine: &mut ObservedMachine) -> &mut serde_json::Map<String, Value> {
    machine.config.as_mut().unwrap()["metadata"].as_object_mut().unwrap()
}

/// As flyctl leaves it, which knows nothing of our labels.
fn as_by_flyctl(observed: &mut Observed) {
    for machine in &mut observed.machines {
        let metadata = metadata(machine);
        metadata.retain(|key, _| !key.starts_with("score_fly_"));
        metadata.insert("fly_release_version".to_owned(), json!("7"));
        metadata.insert("fly_flyctl_version".to_owned(), json!("0.3.1"));
    }
}

#[test]
fn an_app_of_flyctl_is_labelled_and_nothing_else() {
    let mut observed = deployed(WEB, &options());
    as_by_flyctl(&mut observed);
    let labels = "score_fly_config,score_fly_deploy,score_fly_secrets,score_fly_version [Release] None";
    let expected = [format!("label Id(\"app/1\") {labels}"), format!("label Id(\"app/2\") {labels}")];
    assert_eq!(steps(WEB, json!({}), &observed, json!({})), expected);
}

#[test]
fn groups_come_and_go() {
    let observed = deployed(WORKER, &options());
    let toml = "app = 'shop'\nprimary_region = 'fra'\n[processes]\nweb = 'serve'\n[http_service]\ninternal_port = 8080\n\
                processes = ['web']\n";
    let expected = [
        "create web in fra [Missing] None",
        "create web in fra [Missing] None",
        "label New(\"web/1\") score_fly_unfinished [Unfinished] None",
        "destroy app/1 [GroupGone] Replacement",
        "destroy app/2 [GroupGone] Replacement",
    ];
    assert_eq!(steps(toml, json!({}), &observed, json!({})), expected);
    let only_updates = steps(toml, json!({}), &observed, json!({ "updateOnly": true }));
    assert_eq!(only_updates, [""; 0]);
}

#[test]
fn counts_are_kept_unless_they_are_said() {
    let observed = deployed(WEB, &options_with(json!({ "scale": { "regions": { "ams": 2, "fra": 1 } } })));
    assert_eq!(steps(WEB, json!({}), &observed, json!({})), [""; 0]);
    let cases: [(Value, &[&str]); 5] = [
        (json!({ "count": 3 }), &[]),
        (json!({ "count": 2 }), &["destroy app/2 [Surplus] None"]),
        (json!({ "count": 4 }), &["create app in fra [Missing] None"]),
        (
            json!({ "count": 5, "regions": { "fra": 1, "gru": 1 } }),
            &["create app in gru [Missing] None", "create app in fra [Missing] None"],
        ),
        (
            json!({ "regions": { "fra": 2 } }),
            &["create app in fra [Missing] None", "destroy app/1 [Surplus] None", "destroy app/2 [Surplus] None"],
        ),
    ];
    for (scale, expected) in cases {
        assert_eq!(steps(WEB, json!({ "scale": scale }), &observed, json!({})), expected, "{scale}");
    }
}

#[test]
fn a_standby_follows_the_machine_for_which_it_stands_in() {
    let mut observed = deployed(WORKER, &options());
    let active = &mut observed.machines[0];
    active.host_status = Host("unreachable".to_owned());
    active.incomplete_config = active.config.take();
    let plan = planned(&desired(WORKER, &options()), &observed, &Policy::default());
    assert_eq!(told(&plan), ["replace app/1 [HostDown] Replacement", "update app/2 as it is [Standby] None"]);
    let Action::UpdateMachine { standby_for, .. } = &plan.steps[1].action else { panic!("{plan:#?}") };
    assert_eq!(*standby_for, [MachineRef::New("app/3".to_owned())]);
    let after = carried_out(&observed, &plan);
    let standby = after.machines.iter().find(|machine| machine.id == "app/2").unwrap().config.as_ref().unwrap();
    assert_eq!((&standby["standbys"], &standby["env"]["FLY_STANDBY_FOR"]), (&json!(["app/3"]), &json!("app/3")));
}

#[test]
fn a_host_that_is_down_with_a_volume_needs_somebody_to_decide() {
    let mut observed = deployed(DATABASE, &options());
    let machine = &mut observed.machines[0];
    machine.host_status = Host("unreachable".to_owned());
    machine.incomplete_config = machine.config.take();
    let blocked = "blocked: the host of machine app/2 does not answer, and its volume is there [HostDown] None";
    assert_eq!(steps(DATABASE, json!({}), &observed, json!({})), [blocked]);
    assert_eq!(steps(DATABASE, json!({}), &observed, json!({ "excludeMachines": ["app/2"] })), [""; 0]);
}

#[test]
fn volumes_come_grow_and_stay() {
    let observed = deployed(DATABASE, &options());
    // One of its own for each machine, and a free one is taken before a new one is made.
    let mut with_free = observed.clone();
    with_free.volumes.push(ObservedVolume {
        id: "vol_free".to_owned(),
        name: "data".to_owned(),
        state: "created".to_owned(),
        region: "fra".to_owned(),
        size_gb: 1,
        ..ObservedVolume::default()
    });
    let two = json!({ "scale": { "count": 2 } });
    let created = ["create volume data 1 GB in fra [Missing] None", "create app in fra [Missing] None"];
    assert_eq!(steps(DATABASE, two.clone(), &observed, json!({})), created);
    assert_eq!(steps(DATABASE, two, &with_free, json!({})), ["create app in fra [Missing] None"]);
    // Larger, and never smaller.
    let larger = format!("{DATABASE}initial_size = '5gb'\n");
    assert_eq!(steps(&larger, json!({}), &observed, json!({})), ["extend data/1 from 1 to 5 [Changed] Restart"]);
    let large = deployed(&larger, &options());
    assert_eq!(steps(DATABASE, json!({}), &large, json!({})), [""; 0]);
    // Only by name: the machine, and then the volume.
    let none = json!({ "scale": { "count": 0 } });
    let blocked = "blocked: machine app/2 would go, and nothing else mounts volume data/1 [Surplus] None";
    assert_eq!(steps(DATABASE, none.clone(), &observed, json!({})), [blocked]);
    let lose = json!({ "lose": { "machines": ["app/2"], "volumes": ["data/1"] } });
    let expected = ["destroy app/2 [Surplus] Data", "destroy volume data/1 [Asked] Data"];
    assert_eq!(steps(DATABASE, none, &observed, lose), expected);
    let in_use = "blocked: volume data/1 would be destroyed, and machine app/2 mounts it [Asked] None";
    assert_eq!(steps(DATABASE, json!({}), &observed, json!({ "lose": { "volumes": ["data/1"] } })), [in_use]);
}

#[test]
fn a_mount_of_another_volume_needs_another_machine() {
    let observed = deployed(WORKER, &options_with(json!({ "scale": { "ha": false } })));
    let expected = ["create volume data 1 GB in fra [Missing] None", "replace app/1 [Mount, Changed] Replacement"];
    assert_eq!(steps(DATABASE, json!({}), &observed, json!({})), expected);
    let observed = deployed(DATABASE, &options());
    let renamed = DATABASE.replace("'data'", "'files'");
    let expected = ["create volume files 1 GB in fra [Missing] None", "replace app/2 [Mount, Changed] Data"];
    assert_eq!(steps(&renamed, json!({}), &observed, json!({ "lose": { "machines": ["app/2"] } })), expected);
    // Another path is no other volume.
    let moved = DATABASE.replace("'/data'", "'/srv'");
    assert_eq!(steps(&moved, json!({}), &observed, json!({})), ["update app/2 [Changed] Downtime"]);
    let canary =
        "blocked: strategy `canary` needs a second machine beside each, and a volume has only one [Changed] None";
    assert_eq!(steps(&moved, json!({}), &observed, json!({ "strategy": "canary" }))[0], canary);
}

#[test]
fn secrets_reach_each_machine_once() {
    let secrets = |value: &str| json!({ "secrets": { "TOKEN": value } });
    let observed = deployed(WEB, &options_with(secrets("one")));
    assert_eq!(steps(WEB, secrets("one"), &observed, json!({})), [""; 0]);
    let expected =
        ["set TOKEN unset  [Changed] None", "update app/1 [Secrets] Restart", "update app/2 [Secrets] Restart"];
    assert_eq!(steps(WEB, secrets("two"), &observed, json!({})), expected);
    // Without a fingerprint, nobody knows whether it is another one.
    assert_eq!(steps(WEB, json!({ "secrets": { "TOKEN": null } }), &observed, json!({})), expected);
    // Somebody else has set it since, and so it is set again.
    let mut changed = observed.clone();
    changed.secrets[0].digest = "other".to_owned();
    assert_eq!(steps(WEB, secrets("one"), &changed, json!({})), expected);
    // What is not asked for any more stays, unless it is named.
    assert_eq!(steps(WEB, json!({}), &observed, json!({})), [""; 0]);
    let removed = steps(WEB, json!({}), &observed, json!({ "lose": { "secrets": ["TOKEN"] } }));
    assert_eq!(removed[0], "set  unset TOKEN [Asked] Data");
    // Somebody has staged one.
    let mut staged = observed;
    staged.secrets.push(ObservedSecret { name: "OTHER".to_owned(), ..ObservedSecret::default() });
    let expected = ["update app/1 [StagedSecrets] Restart", "update app/2 [StagedSecrets] Restart"];
    assert_eq!(steps(WEB, secrets("one"), &staged, json!({})), expected);
}

#[test]
fn times_tell_of_staged_secrets_where_no_label_does() {
    let mut observed = deployed(WEB, &options());
    as_by_flyctl(&mut observed);
    let released = ObservedRelease { created_at: "2026-08-21T10:00:00Z".to_owned(), ..ObservedRelease::default() };
    observed.release = Some(released);
    for (updated_at, is_staged) in [("2026-08-21T10:00:01.5Z", true), ("2026-08-21T09:59:59Z", false), ("", false)] {
        let updated_at = updated_at.to_owned();
        observed.secrets = vec![ObservedSecret { name: "TOKEN".to_owned(), updated_at, ..ObservedSecret::default() }];
        let steps = steps(WEB, json!({}), &observed, json!({}));
        assert_eq!(steps[0].contains("StagedSecrets"), is_staged, "{steps:?}");
    }
}

#[test]
fn a_stopped_machine_stays_stopped_and_the_only_one_is_missed() {
    let one = json!({ "scale": { "ha": false } });
    let mut observed = deployed(WEB, &options_with(one.clone()));
    let toml = format!("{WEB}[env]\nA = '1'\n");
    assert_eq!(steps(&toml, one.clone(), &observed, json!({})), ["update app/1 [Changed] Downtime"]);
    observed.machines[0].state = "stopped".to_owned();
    assert_eq!(steps(&toml, one, &observed, json!({})), ["update app/1 as it is [Changed] None"]);
}

#[test]
fn what_a_deploy_left_behind_goes_or_takes_over() {
    let whole = deployed(WEB, &options());
    let left = |change: &dyn Fn(&mut ObservedMachine)| {
        let mut observed = whole.clone();
        let mut machine = observed.machines[0].clone();
        machine.id = "new".to_owned();
        metadata(&mut machine).insert("score_fly_replaces".to_owned(), json!("app/1"));
        change(&mut machine);
        observed.machines.push(machine);
        steps(WEB, json!({}), &observed, json!({}))
    };
    assert_eq!(left(&|_| {}), ["destroy app/1 [Unfinished] None"]);
    assert_eq!(left(&|new| new.cordoned = true), ["destroy new [Unfinished] None"]);
    assert_eq!(left(&|new| new.state = "starting".to_owned()), ["destroy new [Unfinished] None"]);
    let canary = |key: &'static str| {
        left(&move |new| {
            metadata(new).remove("score_fly_replaces");
            metadata(new).insert(key.to_owned(), json!("true"));
        })
    };
    assert_eq!(canary("fly_canary"), ["destroy new [Unfinished] None"]);
    assert_eq!(canary("score_fly_temporary"), ["destroy new [Unfinished] None"]);
    let release = |state: &'static str| {
        left(&move |new| {
            metadata(new).insert("fly_process_group".to_owned(), json!("fly_app_release_command"));
            state.clone_into(&mut new.state);
        })
    };
    assert_eq!(release("stopped"), ["destroy new [Unfinished] None"]);
    assert_eq!(release("started"), [""; 0]);
}

#[test]
fn what_can_not_be_is_said() {
    let nothing = Observed::default();
    let blocked = |toml: &str, more: Value| steps(toml, more, &nothing, json!({}))[0].clone();
    let nobody =
        "blocked: there is no app `shop`, and nobody says to which organization it is to belong [Missing] None";
    assert_eq!(blocked(WEB, json!({ "organization": null })), nobody);
    let image = "blocked: a new machine of `app` needs an image, and none is known yet [Missing] None";
    assert_eq!(blocked(WEB, json!({ "image": null })), image);
    let region = "blocked: volume `data` must be in the region of its machine, and no region is known [Missing] None";
    assert_eq!(blocked(&DATABASE.replace("primary_region = 'fra'\n", ""), json!({})), region);
    let mut observed = deployed(WEB, &options());
    observed.app.as_mut().unwrap().organization.slug = "other".to_owned();
    let other = "blocked: app `shop` belongs to organization `other`, and not to `acme` [Changed] None";
    assert_eq!(steps(WEB, json!({}), &observed, json!({})), [other]);
}

#[test]
fn addresses_are_for_new_apps_and_for_those_who_ask() {
    let raw = "app = 'shop'\n[[services]]\nprotocol = 'tcp'\ninternal_port = 25\nports = [{ port = 25 }]\n";
    let allocated = |toml: &str, more: Value, observed: &Observed| {
        let steps = steps(toml, more, observed, json!({}));
        steps.into_iter().filter(|step| step.starts_with("allocate")).collect::<Vec<_>>()
    };
    let nothing = Observed::default();
    assert_eq!(allocated(raw, json!({}), &nothing), ["allocate v6 [Services] None", "allocate v4 [Services] None"]);
    assert_eq!(allocated(WORKER, json!({}), &nothing), [""; 0]);
    assert_eq!(allocated(WEB, json!({ "addresses": [] }), &nothing), [""; 0]);
    let mut observed = deployed(WEB, &options());
    observed.addresses.clear();
    assert_eq!(allocated(WEB, json!({}), &observed), [""; 0]);
    let flycast = json!({ "addresses": ["private_v6"] });
    assert_eq!(allocated(WEB, flycast, &observed), ["allocate private_v6 [Asked] None"]);
}

/// superfly/flyctl starts machines in this state, too: fly-api.md 4.3, `skip_launch`.
#[test]
fn machines_that_failed_are_started_anew() {
    let mut observed = deployed(WEB, &options());
    observed.machines[0].state = "failed".to_owned();
    let expected = ["update app/1 [Failed] Restart"];
    assert_eq!(steps(WEB, json!({}), &observed, json!({})), expected);
    // What stands in for others waits for its turn.
    let mut observed = deployed(WORKER, &options());
    observed.machines.iter_mut().filter(|machine| machine.standbys().next().is_some()).for_each(|machine| {
        "failed".clone_into(&mut machine.state);
    });
    assert_eq!(steps(WORKER, json!({}), &observed, json!({})), [""; 0]);
}

/// superfly/flyctl: `internal/appconfig/machines_test.go`, on `ToTestMachineConfig`; without the version of flyctl.
#[test]
fn machine_checks_run_on_machines_like_those_of_flyctl() {
    let toml = r#"
app = "shop"
primary_region = "mia"
kill_signal = "SIGINT"
swap_size_mb = 512
[processes]
web = "serve"
worker = "work"
[env]
COLOUR = "red"
[http_service]
internal_port = 8080
processes = ["web"]
[[http_service.machine_checks]]
image = "curlimages/curl"
entrypoint = ["/bin/sh"]
command = ["-c", "curl http://[$FLY_TEST_MACHINE_IP]:8080"]
kill_signal = "SIGKILL"
kill_timeout = "5s"
[[machine_checks]]
command = ["test"]
"#;
    let desired = desired(toml, &options());
    let tested = json!({ "image": "registry.fly.io/shop@sha256:aa", "guest": { "cpus": 4 } });
    let configs = |group: &str| {
        let checks = desired.groups[group].checks.iter();
        checks.map(|check| check.config(&tested, "fdaa::3")).collect::<Vec<_>>()
    };
    let env = json!({
        "COLOUR": "red", "PRIMARY_REGION": "mia", "FLY_TEST_COMMAND": "1",
        "FLY_PROCESS_GROUP": "fly_app_test_machine_command", "FLY_TEST_MACHINE_IP": "fdaa::3",
    });
    let metadata = json!({ "fly_platform_version": "v2", "fly_process_group": "fly_app_test_machine_command" });
    let curl = json!({
        "init": {
            "entrypoint": ["/bin/sh"], "cmd": ["-c", "curl http://[$FLY_TEST_MACHINE_IP]:8080"], "swap_size_mb": 512,
        },
        "image": "curlimages/curl", "env": env, "metadata": metadata, "restart": { "policy": "no" },
        "auto_destroy": true, "dns": { "skip_registration": true }, "guest": { "cpus": 4 },
        "stop_config": { "signal": "SIGKILL", "timeout": "5s" },
    });
    let own = json!({
        "init": { "cmd": ["test"], "swap_size_mb": 512 },
        "image": "registry.fly.io/shop@sha256:aa", "env": env, "metadata": metadata, "restart": { "policy": "no" },
        "auto_destroy": true, "dns": { "skip_registration": true }, "guest": { "cpus": 4 },
        "stop_config": { "signal": "SIGINT" },
    });
    assert_eq!(configs("web"), [curl, own.clone()]);
    assert_eq!(configs("worker"), [own]);
}

#[test]
fn a_machine_check_without_a_command_is_refused_before_anything_changes() {
    let toml = format!("{WEB}[[http_service.machine_checks]]\nimage = 'curlimages/curl'\n");
    let told = steps(&toml, json!({}), &Observed::default(), json!({}));
    assert_eq!(told[0], "blocked: a machine check of `app` has no command, so it can't be run [Asked] None");
}
