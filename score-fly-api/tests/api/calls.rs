//! Each call, once.

use std::collections::{BTreeMap, BTreeSet};

use fake_fly::{Behaviour, Checks, CommandResult, FakeFly, Program};
use score_fly_api::addresses::AddressKind;
use score_fly_api::apps::AppStatus;
use score_fly_api::logs::LogFilter;
use score_fly_api::machines::{CheckStatus, ConfigJson, Exec, MachineFilter, MachineState, Wait, WaitState, label};
use score_fly_api::volumes::NewVolume;
use score_fly_api::{Kind, NameProbe, NewApp, Secret};
use serde_json::json;

use crate::common::{launch, seconds, start, started};

#[test]
fn apps() {
    let world = start();
    let client = &world.client;
    world.fly.with(|world| world.add_foreign_app("theirs"));
    let app = client.app("shop").get().unwrap();
    assert_eq!(
        (app.status.clone(), app.is_deployed(), app.hostname().as_str()),
        (AppStatus::Pending, false, "shop.fly.dev")
    );
    assert_eq!(app.organization.slug, "personal");
    assert_eq!(client.list_apps("personal").unwrap(), std::slice::from_ref(&app));
    assert_eq!(client.probe_app_name("shop").unwrap(), NameProbe::Yours(Box::new(app)));
    assert_eq!(client.probe_app_name("theirs").unwrap(), NameProbe::Theirs);
    assert_eq!(client.probe_app_name("free").unwrap(), NameProbe::Free);
    let token = client.app("shop").create_deploy_token("1h").unwrap();
    assert!(token.expose().starts_with("fake-deploy-"));
    client.app("shop").delete().unwrap();
    assert_eq!(*client.app("shop").get().unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn a_new_app_is_waited_for() {
    let world = start();
    world.fly.with(|world| world.conditions.app_not_found = seconds(3));
    let new = NewApp { name: "late".to_owned(), org_slug: "personal".to_owned(), ..NewApp::default() };
    world.client.create_app(&new).unwrap();
    assert!(world.client.app("late").get().is_err());
    assert_eq!(world.client.wait_for_app("late", seconds(10)).unwrap().name, "late");
}

#[test]
fn machines_live_and_die() {
    let world = start();
    let app = world.client.app("shop");
    let machine = started(&world.client);
    let calls = app.machine(&machine.id);
    assert_eq!(
        (machine.state.clone(), machine.region.as_str(), machine.is_reachable()),
        (MachineState::Started, "fra", true)
    );
    assert_eq!(machine.image_ref.repository, "library/nginx");
    assert_eq!(machine.events[0].kind, "start");
    assert_eq!(app.get().unwrap().status, AppStatus::Deployed);

    let mut change = launch();
    change.config.set_image("nginx:2");
    change.config.set_label(label::PROCESS_GROUP, "web");
    change.current_version = Some(machine.instance_id.clone());
    let updated = calls.update(&change, None).unwrap();
    assert_ne!(updated.instance_id, machine.instance_id);
    assert_eq!(updated.config.as_ref().unwrap().process_group(), Some("web"));
    let reached = calls.wait(&Wait::state(WaitState::Started).version(&updated.instance_id)).unwrap();
    assert_eq!((reached.state, reached.version), (MachineState::Started, updated.instance_id.clone()));
    let versions = calls.versions().unwrap();
    assert_eq!(versions[0].user_config, updated.config.unwrap(), "with what Fly fills in");
    assert_eq!(versions[1].version, machine.instance_id);

    calls.stop(Some("SIGINT"), Some(seconds(10)), None).unwrap();
    calls.wait(&Wait::state(WaitState::Stopped)).unwrap();
    assert_eq!(calls.start(None).unwrap().previous_state, MachineState::Stopped);
    calls.wait(&Wait::state(WaitState::Started)).unwrap();
    calls.suspend(None).unwrap();
    calls.wait(&Wait::state(WaitState::Suspended).or(WaitState::Stopped)).unwrap();
    calls.start(None).unwrap();
    calls.wait(&Wait::state(WaitState::Started)).unwrap();
    calls.restart(None).unwrap();
    calls.wait(&Wait::state(WaitState::Settled)).unwrap();
    calls.cordon(None).unwrap();
    assert!(calls.get().unwrap().cordoned);
    calls.uncordon(None).unwrap();
    assert!(!calls.get().unwrap().cordoned);
    let events = calls.events(50).unwrap();
    assert_eq!(events.last().unwrap().kind, "launch");
    let reached = calls.wait(&Wait::state(WaitState::Settled)).unwrap();
    calls.signal("SIGKILL").unwrap();
    let exited = calls.wait(&Wait::state(WaitState::Started).after_event(&reached.event_id)).unwrap();
    assert!(exited.event_id > reached.event_id);
    let exit = calls.events(5).unwrap().into_iter().find(|event| event.kind == "exit").unwrap();
    assert_eq!(exit.exit().unwrap().exit_code, 137);

    assert_eq!(*calls.delete(false, None).unwrap_err().kind(), Kind::WrongState);
    calls.delete(true, None).unwrap();
    calls.wait(&Wait::state(WaitState::Destroyed)).unwrap();
    assert_eq!(app.machines(&MachineFilter::default()).unwrap(), []);
    let all = MachineFilter { include_deleted: true, ..MachineFilter::default() };
    assert!(app.machines(&all).unwrap()[0].state.is_gone());
}

#[test]
fn lists_are_filtered() {
    let world = start();
    let app = world.client.app("shop");
    let mut web = launch();
    web.config.set_label("group of", "web&co");
    let id = app.create_machine(&web).unwrap().id;
    let ams = app.create_machine(&score_fly_api::machines::Launch { region: "ams".to_owned(), ..launch() }).unwrap().id;
    app.machine(&id).wait(&Wait::state(WaitState::Started)).unwrap();
    let lease = app.machine(&id).acquire_lease(seconds(60), "deploy").unwrap();
    let ids = |filter: MachineFilter| {
        let machines = app.machines(&filter).unwrap();
        machines.into_iter().map(|machine| machine.id).collect::<BTreeSet<_>>()
    };
    let labels = vec![("group of".to_owned(), "web&co".to_owned())];
    assert_eq!(ids(MachineFilter { labels, ..MachineFilter::default() }), [id.clone()].into());
    assert_eq!(ids(MachineFilter { region: Some("ams".to_owned()), ..MachineFilter::default() }), [ams.clone()].into());
    let states = vec![MachineState::Stopped, MachineState::Started];
    assert!(ids(MachineFilter { states, ..MachineFilter::default() }).contains(&id));
    assert_eq!(ids(MachineFilter { states: vec![MachineState::Failed], ..MachineFilter::default() }), [].into());
    let filter = MachineFilter { include_leases: true, summary: true, ..MachineFilter::default() };
    let machines = app.machines(&filter).unwrap();
    let leased = machines.iter().find(|machine| machine.id == id).unwrap();
    assert_eq!((leased.config.is_none(), leased.lease.as_ref().map(|l| l.owner.clone())), (true, Some(lease.owner)));
    assert_eq!(world.client.organization_machines("personal").unwrap().len(), 2);
}

#[test]
fn leases() {
    let world = start();
    let machine = started(&world.client);
    let calls = world.client.app("shop");
    let calls = calls.machine(&machine.id);
    assert_eq!(calls.lease_info().unwrap(), None);
    let lease = calls.acquire_lease(seconds(13), "deploy of shop").unwrap();
    assert_eq!(lease.version, machine.instance_id);
    let info = calls.lease_info().unwrap().unwrap();
    assert_eq!((info.owner.as_str(), info.description.as_str()), (lease.owner.as_str(), "deploy of shop"));
    assert_eq!(info.expires_at, lease.expires_at);
    world.client.sleep(seconds(4)).unwrap();
    let renewed = calls.renew_lease(seconds(13), &lease.nonce).unwrap();
    assert_eq!(renewed.nonce, lease.nonce);
    assert_eq!(renewed.expires_at.unwrap().since(lease.expires_at.unwrap()), seconds(4));

    let error = calls.update(&launch(), None).unwrap_err();
    let Kind::LeaseHeld(holder) = error.kind() else { panic!("{error:?}") };
    assert_eq!((holder.owner.as_deref(), holder.until), (Some(lease.owner.as_str()), renewed.expires_at));
    assert_eq!(error.status(), Some(409));
    calls.update(&launch(), Some(&lease.nonce)).unwrap();
    calls.release_lease(&lease.nonce).unwrap();
    calls.release_lease(&lease.nonce).unwrap();
    assert_eq!(*calls.renew_lease(seconds(13), &lease.nonce).unwrap_err().kind(), Kind::NotFound);
    assert!(world.fly.leases().is_empty());
}

#[test]
fn a_held_lease_is_waited_for() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    let calls = app.machine(&machine.id);
    calls.acquire_lease(seconds(13), "").unwrap();
    let began = world.client.now();
    let error = calls.acquire_lease_within(seconds(13), "", seconds(5)).unwrap_err();
    assert!(matches!(error.kind(), Kind::LeaseHeld(_)) && world.client.now() - began <= seconds(5));
    calls.acquire_lease_within(seconds(13), "", seconds(20)).unwrap();
    assert!(world.client.now() - began < seconds(18));
    // Without the nonce, it is not refused but kept waiting.
    let began = world.client.now();
    calls.stop(None, None, None).unwrap();
    assert!(world.client.now() - began > seconds(10));
}

#[test]
fn labels() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    let calls = app.machine(&machine.id);
    calls.set_label("score_fly/deploy", "01J x").unwrap();
    assert_eq!(calls.labels().unwrap(), [("score_fly/deploy".to_owned(), "01J x".to_owned())].into());
    let change = BTreeMap::from([("score_fly/deploy".to_owned(), None), ("a".to_owned(), Some("1".to_owned()))]);
    assert_eq!(*calls.change_labels(&change, Some("01JOLD")).unwrap_err().kind(), Kind::VersionMoved);
    calls.change_labels(&change, Some(&machine.instance_id)).unwrap();
    calls.set_label("b", "2").unwrap();
    calls.remove_label("b").unwrap();
    assert_eq!(calls.get().unwrap().config.unwrap().labels().collect::<Vec<_>>(), [("a", "1")]);
    assert_eq!(calls.get().unwrap().instance_id, machine.instance_id);
}

#[test]
fn commands_processes_and_logs() {
    let world = start();
    world.fly.with(|world| {
        let result = CommandResult {
            contains: "psql".to_owned(),
            exit_code: 1,
            stdout: "x\n".to_owned(),
            stderr: String::new(),
        };
        world.conditions.commands.push(result);
        let prints = vec!["listening".to_owned(), "ready".to_owned()];
        let behaviour = Behaviour { prints, listens: Some(vec![8080]), ..Behaviour::default() };
        world.programs.push(Program { behaviour, ..Program::default() });
    });
    let machine = started(&world.client);
    let app = world.client.app("shop");
    let calls = app.machine(&machine.id);
    let secret = |text: &str| Secret::new(text.to_owned());
    let request = Exec {
        command: vec![secret("psql"), secret("-c"), secret("create user a password 'swordfish'")],
        stdin: Some(secret("more")),
        timeout: seconds(60),
        container: None,
    };
    let output = calls.exec(&request).unwrap();
    assert_eq!((output.exit_code, output.stdout.as_str()), (1, "x\n"));
    let run = world.fly.with(|world| world.executed.clone());
    assert_eq!(run, [(machine.id.clone(), "psql -c create user a password 'swordfish'".to_owned())]);
    assert_eq!(calls.processes().unwrap()[0].listen_sockets[0].address, "[::]:8080");

    let page = app.logs(&LogFilter { machine: Some(machine.id.clone()), ..LogFilter::default() }).unwrap();
    assert_eq!(page.lines.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), ["listening", "ready"]);
    assert_eq!(page.lines[0].instance, machine.id);
    let next = app.logs(&LogFilter { after: page.next.clone(), ..LogFilter::default() }).unwrap();
    assert_eq!((next.lines.len(), next.next), (0, page.next));
}

#[test]
fn checks() {
    let world = start();
    world.fly.with(|world| {
        let behaviour = Behaviour { checks: Checks::Never, ..Behaviour::default() };
        world.programs.push(Program { behaviour, ..Program::default() });
    });
    let config = json!({ "image": "nginx", "checks": { "up": { "type": "tcp", "port": 80, "interval": "15s", "timeout": "2s" } } });
    let mut with_checks = launch();
    with_checks.config = ConfigJson::from_json(config.clone()).unwrap();
    let app = world.client.app("shop");
    let machine = app.create_machine(&with_checks).unwrap();
    app.machine(&machine.id).wait(&Wait::state(WaitState::Started)).unwrap();
    world.client.sleep(seconds(5)).unwrap();
    let machine = app.machine(&machine.id).get().unwrap();
    let check = machine.real_checks().next().unwrap();
    assert_eq!((check.name.as_str(), &check.status), ("up", &CheckStatus::Critical));
    assert!(check.output.contains("refused") && check.updated_at.is_some());
}

#[test]
fn volumes() {
    let world = start();
    let app = world.client.app("shop");
    let new = NewVolume {
        name: "data".to_owned(),
        region: "fra".to_owned(),
        size_gb: Some(1),
        compute: Some(json!({ "cpu_kind": "shared", "cpus": 1, "memory_mb": 256 })),
        ..NewVolume::default()
    };
    let volume = app.create_volume(&new).unwrap();
    assert!(volume.is_free() && volume.encrypted && volume.id.starts_with("vol_"));
    assert_eq!((volume.size_gb, volume.region.as_str(), volume.snapshot_retention), (1, "fra", Some(5)));
    assert_eq!(app.volumes().unwrap(), std::slice::from_ref(&volume));
    assert_eq!(app.volume(&volume.id).unwrap(), volume);
    assert_eq!(app.update_volume(&volume.id, Some(7), Some(false)).unwrap().snapshot_retention, Some(7));
    let extended = app.extend_volume(&volume.id, 2).unwrap();
    assert_eq!((extended.volume.size_gb, extended.needs_restart), (2, false));
    app.create_snapshot(&volume.id).unwrap();
    assert_eq!(app.snapshots(&volume.id).unwrap()[0].retention_days, Some(7));
    assert_eq!(world.client.organization_volumes("personal").unwrap()[0].app_name, "shop");

    let mut with_volume = launch();
    let config = json!({ "image": "nginx", "mounts": [{ "volume": volume.id, "path": "/data" }] });
    with_volume.config = ConfigJson::from_json(config.clone()).unwrap();
    let machine = app.create_machine(&with_volume).unwrap();
    let error = app.create_machine(&with_volume).unwrap_err();
    assert_eq!(*error.kind(), Kind::VolumeInUse { machine: Some(machine.id.clone()) });
    let error = app.delete_volume(&volume.id).unwrap_err();
    assert_eq!(*error.kind(), Kind::VolumeInUse { machine: Some(machine.id.clone()) });
    app.machine(&machine.id).wait(&Wait::state(WaitState::Started)).unwrap();
    app.machine(&machine.id).delete(true, None).unwrap();
    let is_held = |error: &score_fly_api::Error| matches!(error.kind(), Kind::VolumeInUse { .. });
    world.client.patiently(seconds(30), is_held, || app.delete_volume(&volume.id)).unwrap();
    assert_eq!(app.volumes().unwrap(), []);
}

#[test]
fn secrets() {
    let world = start();
    let app = world.client.app("shop");
    let secret = |text: &str| Some(Secret::new(text.to_owned()));
    let set = |values: &[(&str, Option<Secret<String>>)]| {
        app.set_secrets(&values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()).unwrap()
    };
    assert_eq!(set(&[("A", secret("one")), ("B", secret("two"))]).version, 1);
    let changed = set(&[("A", secret("other")), ("B", None)]);
    assert_eq!((changed.version, changed.secrets.len()), (2, 1));
    assert_eq!(world.fly.secrets("shop"), [("A".to_owned(), "other".to_owned())].into());
    let listed = app.secrets(Some(2)).unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].digest.is_empty()), ("A", false));
    let mut launch = launch();
    launch.min_secrets_version = Some(2);
    app.create_machine(&launch).unwrap();
    launch.min_secrets_version = Some(3);
    assert_eq!(*app.create_machine(&launch).unwrap_err().kind(), Kind::WrongState);
}

#[test]
fn addresses() {
    let world = start();
    let app = world.client.app("shop");
    let kinds = [AddressKind::V6, AddressKind::SharedV4, AddressKind::V4, AddressKind::PrivateV6];
    for kind in kinds.clone() {
        assert_eq!(app.allocate_address(&kind.clone().into()).unwrap().kind(), kind);
        world.client.sleep(seconds(1)).unwrap();
    }
    let addresses = app.addresses().unwrap();
    assert_eq!(addresses.iter().map(score_fly_api::addresses::Address::kind).collect::<Vec<_>>(), kinds);
    app.release_address(&addresses[0].ip).unwrap();
    assert_eq!(app.addresses().unwrap().len(), 3);
}

#[test]
fn certificates() {
    let world = start();
    let app = world.client.app("shop");
    let made = app.request_certificate("shop.example.com").unwrap();
    assert!(!made.configured && made.acme_requested && made.dns_requirements.cname.ends_with(".shop.fly.dev"));
    assert_eq!(app.certificate("shop.example.com").unwrap(), made);
    assert_eq!(app.check_certificate("shop.example.com").unwrap(), made);
    let key = Secret::new("-----BEGIN PRIVATE KEY-----".to_owned());
    assert!(app.import_certificate("www.example.com", "-----BEGIN CERTIFICATE-----", &key).unwrap().configured);
    assert_eq!(app.certificates().unwrap().len(), 2);
    app.delete_certificate("www.example.com").unwrap();
    assert_eq!(app.certificates().unwrap(), [made]);
}

/// What the fake serves is what the client can ask, apart from what is said here.
#[test]
fn no_call_is_forgotten() {
    // flyctl's, and older ways to do the same.
    let others = BTreeSet::from([
        "builds.create",
        "builds.finish",
        "certificates.delete_acme",
        "certificates.delete_custom",
        "metadata.get_key",
        "metadata.replace",
        "postgres.delete_database",
        "releases.all_current",
        "secrets.delete",
        "secrets.get",
        "secrets.set_one",
    ]);
    let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/machines")).unwrap();
    let files = sources.chain(folders).map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let text: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let web = ["graphql", "logs.", "organizations.", "releases."];
    let missing: Vec<_> = FakeFly::call_names()
        .filter(|name| !others.contains(name) && !web.iter().any(|start| name.starts_with(start)))
        .filter(|name| !text.contains(&format!("\"{name}\"")))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
