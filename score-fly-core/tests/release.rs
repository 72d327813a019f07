//! Releases: what several places know of them, put together.

use score_fly_core::deploy::{Observed, Stamp};
use score_fly_core::facade;
use score_fly_core::fly::LoadedConfig;
use score_fly_core::release::{Caution, History, NotFound, Release, SecretChange};
use score_fly_core::{Source, fly};
use serde_json::{Map, Value, json};

fn read(json: Value) -> Release {
    serde_json::from_value(json).unwrap()
}

/// A release as Fly's history tells it.
fn told(number: u64, status: &str) -> Release {
    read(json!({
        "number": number, "id": format!("rel{number}"), "image": format!("registry.fly.io/shop:{number}"),
        "user": "me@acme", "at": format!("2026-08-21T10:{number:02}:00Z"), "status": status,
        "config": { "app": "shop", "env": { "LEVEL": number.to_string() } }, "knownFrom": ["fly"],
    }))
}

/// A machine's config, labelled by a deploy.
fn config(number: u64, version: &str, deploy: &str) -> Map<String, Value> {
    let config = json!({
        "image": format!("registry.fly.io/shop:{number}@sha256:{number}"),
        "metadata": {
            "fly_platform_version": "v2", "fly_process_group": "app", "fly_release_id": format!("rel{number}"),
            "fly_release_version": number.to_string(), "score_fly_version": version,
            "score_fly_revision": format!("{number}a7c9d1"), "score_fly_deploy": format!("{deploy}.3287eeeb342085"),
        },
    });
    config.as_object().unwrap().clone()
}

fn numbers(history: &History) -> Vec<Option<u64>> {
    history.releases().iter().map(|release| release.number).collect()
}

#[test]
fn places_are_put_together() {
    let machines = [
        Release::of_machine(&config(2, "1.1.0", "D2"), Some("m1")).unwrap(),
        Release::of_machine(&config(2, "1.1.0", "D2"), Some("m2")).unwrap(),
        Release::of_machine(&config(1, "1.0.0", "D1"), None).unwrap(),
    ];
    let ledger = [
        read(json!({
            "number": 1, "stamp": { "deploy": "D1", "note": "First" }, "at": "2026-08-21T10:01:01Z", "status": "complete",
        })),
        // Fly did not write this one down.
        read(json!({ "stamp": { "deploy": "D9", "version": "1.0.1" }, "at": "2026-08-21T10:01:30Z" })),
    ];
    let history = History::of([vec![told(2, "complete"), told(1, "running")], machines.to_vec(), ledger.to_vec()]);
    assert_eq!(numbers(&history), [Some(2), None, Some(1)]);
    let [newest, between, first] = history.releases() else { panic!("{history:?}") };
    assert_eq!(newest.machines, ["m1", "m2"]);
    assert_eq!(newest.image.as_deref(), Some("registry.fly.io/shop:2@sha256:2"), "a digest says more");
    assert_eq!(between.name(), "1.0.1");
    assert_eq!((first.stamp.note.as_deref(), first.stamp.version.as_deref()), (Some("First"), Some("1.0.0")));
    assert_eq!(first.status.as_deref(), Some("complete"), "the ledger knows how it ended");
    assert_eq!(first.user.as_deref(), Some("me@acme"));
    assert_eq!(first.title(), "release 1 (1.0.0)");

    // The same number and another deploy is another release.
    let other = read(json!({ "number": 2, "stamp": { "deploy": "D7" }, "at": "2025-01-01T00:00:00Z" }));
    let history = History::of([vec![told(2, "complete")], machines.to_vec(), vec![other]]);
    assert_eq!(numbers(&history), [Some(2), Some(2), Some(1)]);
}

#[test]
fn machines_of_release_commands_and_by_hand_say_nothing() {
    let with = |key: &str, value: &str| {
        let mut config = config(1, "1.0.0", "D1");
        config["metadata"][key] = value.into();
        Release::of_machine(&config, None)
    };
    assert_eq!(with("fly_process_group", "fly_app_release_command"), None);
    assert_eq!(with("score_fly_temporary", "canary"), None);
    assert!(!with("fly_process_group", "app").unwrap().made_from.is_empty());
    // Its hash says that somebody has changed it since, so it is not what was released.
    assert!(with("score_fly_config", "1.0123456789abcdef0123456789abcdef").unwrap().made_from.is_empty());
}

#[test]
fn releases_have_names() {
    let label = |mut release: Release, version: &str, revision: &str, back_to: Option<&str>| {
        let (version, revision) = (Some(version.to_owned()), Some(revision.to_owned()));
        release.stamp = Stamp { version, revision, back_to: back_to.map(str::to_owned), ..Stamp::default() };
        release
    };
    let history = History::of([vec![
        label(told(5, "complete"), "1.0.0", "aaaa1111", Some("1")),
        label(told(4, "failed"), "1.2.0", "cccc3333", None),
        label(told(3, "complete"), "1.2.0", "cccc3333", None),
        label(told(2, "complete"), "1.1.0", "aaaa2222-dirty", None),
        label(told(1, "complete"), "1.0.0", "aaaa1111", None),
    ]]);
    let found = |wanted: &str| history.find(wanted).map(|release| release.number.unwrap());
    for (wanted, number) in
        [("4", 4), ("1.2.0", 3), ("v1.2.0", 3), ("cccc", 3), ("AAAA2", 2), ("1.0.0", 1), ("aaaa1111", 1)]
    {
        assert_eq!(found(wanted), Ok(number), "{wanted}");
    }
    let several = found("aaaa").unwrap_err();
    assert!(matches!(&several, NotFound::Several { releases, .. } if releases.len() == 3), "{several}");
    for wanted in ["9", "2.0.0", "cc", "dddd", ""] {
        assert!(matches!(found(wanted), Err(NotFound::None { .. })), "{wanted}");
    }
    assert_eq!(history.current().unwrap().number, Some(5));
    assert_eq!(history.before_current().unwrap().number, Some(3), "what failed is none to go back to");
    assert_eq!(History::of([vec![told(1, "complete")]]).before_current(), Err(NotFound::NothingBefore));
}

#[test]
fn differences_are_named() {
    let mut old = told(1, "complete");
    let mut new = told(2, "complete");
    new.config = Some(json!({
        "app": "shop", "build": { "image": "x" }, "env": { "LEVEL": "2", "API_KEY": "hunter2" },
    }));
    let secrets = |pairs: &[(&str, &str)]| {
        Some(pairs.iter().map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned())).collect())
    };
    old.secrets = secrets(&[("A", "1"), ("B", "1"), ("C", "1")]);
    new.secrets = secrets(&[("B", "2"), ("C", "1"), ("D", "1")]);
    let changes = old.changes_to(&new);
    let image = |number: u64| Some(format!("registry.fly.io/shop:{number}"));
    assert_eq!(changes.image, Some((image(1), image(2))));
    let pointers: Vec<_> = changes.config.as_ref().unwrap().iter().map(|change| change.pointer.as_str()).collect();
    assert_eq!(pointers, ["/env/API_KEY", "/env/LEVEL"], "the image is no part of it");
    assert!(!format!("{changes:?}").contains("hunter2"), "{changes:?}");
    let named = |name: &str| name.to_owned();
    let expected =
        [SecretChange::Changed(named("B")), SecretChange::Added(named("D")), SecretChange::Removed(named("A"))];
    assert_eq!(changes.secrets.unwrap(), expected);
    // One image by two names.
    old.image = Some("a@sha256:1".to_owned());
    new.image = Some("b@sha256:1".to_owned());
    assert_eq!(old.changes_to(&new).image, None);
    // And one by a name that says the registry, where another one leaves it out.
    old.image = Some("nginx:1.27".to_owned());
    new.image = Some("registry-1.docker.io/library/nginx:1.27@sha256:1".to_owned());
    assert_eq!(old.changes_to(&new).image, None);
    // Where nobody knows, that is said.
    (old.config, old.secrets) = (None, None);
    let changes = old.changes_to(&new);
    assert_eq!((changes.config, changes.secrets, changes.secrets_differ), (None, None, None));
    assert!(!format!("{}", new.shown_config().unwrap()).contains("hunter2"));
}

#[test]
fn cautions_come_first() {
    let text = "app = 'shop'\n[[mounts]]\nsource = 'data'\ndestination = '/data'\ninitial_size = '1gb'\n[deploy]\n\
                release_command = 'migrate'\n";
    let source = Source::new("fly.toml", text);
    let config: fly::Config = LoadedConfig::read(&source).into_file().into_result().unwrap().0.config;
    let observed: Observed = serde_json::from_value(json!({
        "volumes": [{ "id": "vol_1", "name": "data", "size_gb": 3 }, { "id": "vol_2", "name": "data", "size_gb": 1 }],
        "secrets": [
            { "name": "OLD", "digest": "1", "updated_at": "2026-08-21T10:00:59.999Z" },
            { "name": "NEW", "digest": "2", "updated_at": "2026-08-21T10:01:00.001Z" },
        ],
    }))
    .unwrap();
    let release = told(1, "complete");
    let cautions = release.cautions(&observed, Some(&config));
    let image = "registry.fly.io/shop:1".to_owned();
    let grown = Caution::VolumeGrown { volume: "vol_1".to_owned(), name: "data".to_owned(), then_gb: 1, now_gb: 3 };
    let expected = [
        Caution::ImageByName { image },
        Caution::SecretsChanged { secrets: vec![SecretChange::Changed("NEW".to_owned())] },
        grown,
        Caution::ReleaseCommand { command: "migrate".to_owned() },
    ];
    assert_eq!(cautions, expected);
    assert!(cautions[2].to_string().contains("volumes never shrink"));

    // Who noted the sizes knows better, also that a volume is gone; and a hash tells only that secrets are others.
    let mut noted = release.clone();
    noted.at = None;
    noted.image = Some("registry.fly.io/shop@sha256:1".to_owned());
    noted.secrets_hash = Some("1.0".to_owned());
    noted.volumes = Some([("vol_1".to_owned(), 3), ("vol_0".to_owned(), 1)].into_iter().collect());
    let expected = [Caution::SomeSecretsChanged, Caution::VolumeGone { volume: "vol_0".to_owned() }];
    assert_eq!(noted.cautions(&observed, None), expected);
}

#[test]
fn stamps_are_read_from_machines_configs_and_labels() {
    let config = Value::Object(config(9, "1.4.2", "01JABC"));
    for machine in [
        json!({ "id": "3287eeeb342085", "state": "started", "config": config }),
        json!({ "config": null, "incomplete_config": config }),
        json!({ "version": "01J", "user_config": config }),
        config.clone(),
        config["metadata"].clone(),
    ] {
        let answer = facade::stamp_json(&json!({ "machine": machine }).to_string());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let expected = json!({
            "release": 9, "version": "1.4.2", "revision": "9a7c9d1", "source": null, "note": null, "backTo": null,
            "deploy": "01JABC", "config": null,
        });
        assert_eq!(answer, json!({ "status": "success", "stamp": expected, "diagnostics": [] }));
    }
    for machine in [json!({}), json!(null), json!("x"), json!({ "metadata": { "a": "b" } }), json!({ "metadata": 1 })] {
        let answer = facade::stamp_json(&json!({ "machine": machine }).to_string());
        assert!(answer.contains(r#""stamp":null"#), "{machine}: {answer}");
    }
    assert!(facade::stamp_json("{}").contains("invalid-request"));
}
