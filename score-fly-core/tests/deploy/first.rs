//! First deploys: what flyctl creates for each kind of process group (`deploy_first.go`,
//! `machines_deploymachinesapp.go`).

use score_fly_core::deploy::{Action, Observed, Policy};
use serde_json::{Value, json};

use crate::support::{desired, options, options_with, planned, told};

const WEB: &str = r#"
app = "shop"
primary_region = "fra"
[http_service]
internal_port = 8080
"#;

#[test]
fn a_group_with_services_gets_two_machines() {
    let plan = planned(&desired(WEB, &options()), &Observed::default(), &Policy::default());
    let expected = [
        "create app shop in acme [Missing] None",
        "allocate v6 [Services] None",
        "allocate shared_v4 [Services] None",
        "create app in fra [Missing] None",
        "create app in fra [Missing] None",
        "label New(\"app/1\") score_fly_unfinished [Unfinished] None",
    ];
    assert_eq!(told(&plan), expected);
    let Action::CreateMachine(new) = &plan.steps[3].action else { panic!("{plan:#?}") };
    let metadata = &new.config["metadata"];
    let hash = metadata["score_fly_config"].as_str().unwrap();
    assert_eq!((hash.len(), &hash[..2]), (34, "1."));
    assert_eq!(
        new.config,
        json!({
            "env": { "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "fra" },
            "image": "registry.fly.io/shop@sha256:aa",
            "init": {},
            "metadata": {
                "fly_platform_version": "v2", "fly_process_group": "app", "score_fly_version": "1.0.0",
                "score_fly_deploy": "d1", "score_fly_config": hash, "score_fly_unfinished": "true",
            },
            "services": [{
                "protocol": "tcp", "internal_port": 8080,
                "ports": [{ "port": 80, "handlers": ["http"] }, { "port": 443, "handlers": ["http", "tls"] }],
            }],
        })
    );
}

#[test]
fn what_a_new_group_gets_depends_on_what_it_does() {
    let worker = "app = 'shop'\nprimary_region = 'fra'\n";
    let database = "app = 'shop'\nprimary_region = 'fra'\n[mounts]\nsource = 'data'\ndestination = '/data'\n\
                    initial_size = '10gb'\n";
    let cases: [(&str, Value, &[&str]); 5] = [
        (worker, json!({}), &["create app in fra", "create app standby in fra"]),
        (worker, json!({ "scale": { "ha": false } }), &["create app in fra"]),
        (WEB, json!({ "scale": { "ha": false } }), &["create app in fra"]),
        (database, json!({}), &["create volume data 10 GB in fra", "create app in fra"]),
        (
            WEB,
            json!({ "scale": { "regions": { "ams": 2, "fra": 1 } } }),
            &["create app in ams", "create app in ams", "create app in fra"],
        ),
    ];
    for (toml, options, expected) in cases {
        let plan = planned(&desired(toml, &options_with(options)), &Observed::default(), &Policy::default());
        let created: Vec<String> = told(&plan).into_iter().filter(|step| step.ends_with("[Missing] None")).collect();
        let created: Vec<&str> = created.iter().map(|step| step.trim_end_matches(" [Missing] None")).collect();
        assert_eq!(&created[1..], expected, "{toml}");
    }
}
