//! A controller as an app.

use score_fly_engine::session::FlyOptions;
use score_fly_gitops::install::{Installed, NotInstalled, Options, install, origin};
use score_fly_gitops::{Reference, Repository};
use serde_json::json;

use crate::world::World;

fn options(image: &str) -> Options {
    Options {
        app: "control-1".into(),
        organization: None,
        region: Some("ams".into()),
        image: Some(image.into()),
        archive: None,
        repository: Repository {
            url: "https://github.com/me/apps.git".into(),
            reference: Reference::Branch("main".into()),
        },
        path: "live".into(),
        arguments: vec!["--prune".into()],
        secrets: Vec::new(),
        dry_run: false,
        fly: FlyOptions::default(),
    }
}

fn run(world: &World, options: &Options) -> Result<Installed, NotInstalled> {
    world.with(|context, fly| install(context, &Options { fly, ..options.clone() }))
}

fn refused(world: &World, options: &Options) -> String {
    match run(world, options) {
        Err(NotInstalled::Other(said)) => said,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_controller_is_installed_once_and_then_gets_other_images() {
    let mut world = World::new(&[]);
    world.variables.push(("SCORE_FLY_GIT_CREDENTIALS".into(), "https://me:hush@github.com".into()));

    let dry = run(&world, &Options { dry_run: true, ..options("registry.example/score-fly:1") }).unwrap();
    assert!(dry.is_done && dry.webhook_secret.is_none() && world.fly.app("control-1").is_null(), "{dry:?}");
    let plan = dry.plan.join("\n");
    assert!(plan.contains("create app `control-1`") && plan.contains("create volume `gitops`"), "{plan}");
    assert!(!plan.contains("hush"), "{plan}");

    let first = run(&world, &options("registry.example/score-fly:1")).unwrap();
    assert!(first.is_done && first.shares_token, "{first:?}");
    assert_eq!(first.address, "https://control-1.fly.dev");
    assert_eq!(first.webhook, "https://control-1.fly.dev/hooks/github");
    let secrets = world.fly.secrets("control-1");
    let made = |secret: &Option<score_fly_core::secret::Secret<String>>| secret.as_ref().unwrap().expose().clone();
    assert_eq!(secrets["SCORE_FLY_WEBHOOK_SECRET"], made(&first.webhook_secret));
    assert_eq!(secrets["SCORE_FLY_GITOPS_TOKEN"], made(&first.page_token));
    assert_eq!(secrets["SCORE_FLY_GIT_CREDENTIALS"], "https://me:hush@github.com");
    assert_eq!(secrets["FLY_API_TOKEN"], fake_fly::FakeFly::TOKEN);
    assert_ne!(secrets["SCORE_FLY_GITOPS_KEY"], secrets["SCORE_FLY_GITOPS_TOKEN"]);
    assert_eq!(secrets["SCORE_FLY_WEBHOOK_SECRET"].len(), 64);

    let machines = world.fly.machines("control-1");
    assert_eq!(machines.len(), 1, "{machines:?}");
    let (machine, config) = (&machines[0], &machines[0]["config"]);
    assert_eq!((&machine["region"], &config["image"]), (&json!("ams"), &json!("registry.example/score-fly:1")));
    assert_eq!(config["init"]["entrypoint"], json!(["score-fly"]));
    let command = "gitops serve live --listen 0.0.0.0:8080 --repo https://github.com/me/apps.git --branch main --prune";
    assert_eq!(config["init"]["cmd"], json!(command.split(' ').collect::<Vec<_>>()));
    assert_eq!(config["mounts"][0]["path"], "/data");
    assert_eq!(config["env"]["SCORE_FLY_GITOPS_DATABASE"], "/data/gitops.db");
    assert_eq!(config["services"][0]["autostop"], false);
    assert!(!config.to_string().contains("hush"));

    // Again, with another image, a token of its own, and nothing else in the environment.
    world.variables.retain(|(name, _)| name != "SCORE_FLY_GIT_CREDENTIALS");
    world.variables.push(("SCORE_FLY_CONTROLLER_TOKEN".into(), "fm2_own".into()));
    world.variables.push(("MY_KEY".into(), "of an app".into()));
    let again = Options { region: None, secrets: vec!["MY_KEY".into()], ..options("registry.example/score-fly:2") };
    let second = run(&world, &again).unwrap();
    assert!(second.is_done && second.webhook_secret.is_none() && second.page_token.is_none(), "{second:?}");
    assert!(!second.shares_token);
    let after = world.fly.secrets("control-1");
    for name in
        ["SCORE_FLY_WEBHOOK_SECRET", "SCORE_FLY_GITOPS_TOKEN", "SCORE_FLY_GITOPS_KEY", "SCORE_FLY_GIT_CREDENTIALS"]
    {
        assert_eq!(secrets[name], after[name], "{name}");
    }
    assert_eq!((after["FLY_API_TOKEN"].as_str(), after["MY_KEY"].as_str()), ("fm2_own", "of an app"));
    let machines = world.fly.machines("control-1");
    assert_eq!((machines.len(), &machines[0]["id"]), (1, &machine["id"]));
    let image = machines[0]["config"]["image"].as_str().unwrap();
    assert!(image.starts_with("registry.example/score-fly:2"), "{image}");
    assert_eq!(world.fly.volumes("control-1").len(), 1);
}

/// Secrets can't be asked for once they are set, so they are told also if what comes after them fails.
#[test]
fn secrets_are_told_even_if_the_controller_does_not_start() {
    let world = World::new(&[]);
    world.fly.with(|world| world.conditions.unpullable_images.insert("score-fly".into()));
    let first = run(&world, &options("registry.example/score-fly:1")).unwrap();
    assert!(!first.is_done);
    let set = world.fly.secrets("control-1");
    assert_eq!(set.contains_key("SCORE_FLY_WEBHOOK_SECRET"), first.webhook_secret.is_some(), "{first:?}");
    world.fly.with(|world| world.conditions.unpullable_images.clear());
    let second = run(&world, &options("registry.example/score-fly:1")).unwrap();
    assert!(second.is_done, "{second:?}");
    let told = first.webhook_secret.or(second.webhook_secret).unwrap();
    assert_eq!(world.fly.secrets("control-1")["SCORE_FLY_WEBHOOK_SECRET"], *told.expose());
}

#[test]
fn what_is_missing_is_said_before_anything_is_done() {
    let world = World::new(&[("web/app.yaml", "app: control-1\nprimary_region: ams\nbuild: {image: nginx}\n")]);
    let plain = options("registry.example/score-fly:1");
    assert!(refused(&world, &Options { region: None, ..plain.clone() }).contains("in which region"));
    let ssh = Repository { url: "git@github.com:me/apps.git".into(), reference: Reference::Head };
    assert!(refused(&world, &Options { repository: ssh, ..plain.clone() }).contains("SCORE_FLY_GIT_SSH_KEY"));
    let secrets = Options { secrets: vec!["NOT_THERE".into()], ..plain.clone() };
    assert!(refused(&world, &secrets).contains("no variable NOT_THERE"));
    assert!(world.fly.app("control-1").is_null());
    // An app of that name that is something else.
    world.sync(&score_fly_gitops::sync::Options::default());
    assert!(refused(&world, &plain).contains("is no controller"));
}

#[test]
fn the_repository_is_that_of_the_folder() {
    let world = World::new(&[("live/app.yaml", "app: a-1\n")]);
    let said = |path: &str| world.with(|context, _| origin(context, path));
    assert!(said("tree").unwrap_err().contains("is in no clone of a repository"));
    world.commit("tree");
    assert!(said("tree").unwrap_err().contains("no remote called `origin`"));
    world.git("tree", &["remote", "add", "origin", "https://example.com/me/apps.git"]);
    let url = "https://example.com/me/apps.git".to_owned();
    let repository = Repository { url, reference: Reference::Branch("main".into()) };
    assert_eq!(said("tree/live"), Ok((repository.clone(), "live".to_owned())));
    assert_eq!(said("tree"), Ok((repository, String::new())));
    world.git("tree", &["remote", "set-url", "origin", "https://me:hush@example.com/me/apps.git"]);
    let refused = said("tree").unwrap_err();
    assert!(refused.contains("SCORE_FLY_GIT_CREDENTIALS") && !refused.contains("hush"), "{refused}");
    assert!(said("nowhere").unwrap_err().contains("no folder"));
}
