//! What goes wrong, one thing at a time, and what the client makes of it.

use fake_fly::{Access, Behaviour, Effect, Exit, FakeFly, Fault, Program};
use score_fly_api::machines::{ConfigJson, Launch, MachineFilter, MachineState, Marker, Wait, WaitState};
use score_fly_api::{Kind, NewApp};

use crate::common::{World, client, launch, seconds, start, started};

const MARKER: Marker<'static> = Marker { key: "score_fly_deploy", value: "01JX" };

fn creations(world: &World) -> usize {
    world.fly.counts().get("machines.create").copied().unwrap_or_default()
}

/// What stands before Fly's servers answers 503, whether it was done or not: in the end there is one.
#[test]
fn creating_happens_once() {
    for (effect, tries) in [
        (Effect::Refuse { status: 503, message: "no healthy upstream".to_owned(), code: None }, 2),
        (Effect::CommitThen { status: 503, message: "no healthy upstream".to_owned() }, 1),
        (Effect::CommitThen { status: 408, message: "request timed out".to_owned() }, 1),
        (Effect::CommitThen { status: 502, message: "bad gateway".to_owned() }, 1),
        (Effect::HangUp, 2),
        (Effect::CommitThenHangUp, 1),
    ] {
        let world = start();
        world.fly.fault(Fault::on("machines.create", effect.clone()));
        let machine = world.client.app("shop").create_machine_once(&launch(), MARKER).unwrap();
        assert_eq!(machine.config.unwrap().label(MARKER.key), Some(MARKER.value));
        assert_eq!((world.fly.machines("shop").len(), creations(&world)), (1, tries), "{effect:?}");
    }
}

/// Without a way to find out, it is not repeated, and the error says that nobody knows.
#[test]
fn creating_blindly_is_not_repeated() {
    let world = start();
    world.fly.fault(Fault::commit_then("machines.create", 503, "no healthy upstream"));
    let error = world.client.app("shop").create_machine(&launch()).unwrap_err();
    assert!(error.may_have_happened());
    assert_eq!((error.kind(), error.status(), error.attempts()), (&Kind::Unavailable, Some(503), 1));
    assert_eq!(creations(&world), 1);
    let request = error.request_id().unwrap();
    assert_eq!(
        error.to_string(),
        format!("can't create a machine of app shop: no healthy upstream (status 503, request {request})")
    );
}

/// A machine that does not appear at once in lists is looked for a while.
#[test]
fn what_was_created_may_appear_late() {
    let world = start();
    world.fly.with(|world| world.conditions.fresh_not_found = seconds(1));
    world.fly.fault(Fault::commit_then("machines.create", 408, "request timed out"));
    world.client.app("shop").create_machine_once(&launch(), MARKER).unwrap();
    assert_eq!(creations(&world), 1);
}

#[test]
fn a_fresh_machine_may_not_be_found() {
    let world = start();
    world.fly.with(|world| world.conditions.fresh_not_found = seconds(1));
    let app = world.client.app("shop");
    let machine = app.create_machine(&launch()).unwrap();
    let calls = app.machine(&machine.id);
    assert_eq!(*calls.get().unwrap_err().kind(), Kind::NotFound);
    assert_eq!(*calls.wait(&Wait::state(WaitState::Started)).unwrap_err().kind(), Kind::NotFound);
    calls.wait(&Wait::state(WaitState::Started).fresh()).unwrap();
    let machine = app.create_machine(&launch()).unwrap();
    assert_eq!(app.machine(&machine.id).get_fresh().unwrap().id, machine.id);
}

#[test]
fn an_app_is_created_once() {
    let new = NewApp { name: "blog".to_owned(), org_slug: "personal".to_owned(), ..NewApp::default() };
    let world = start();
    world.fly.fault(Fault::on("apps.create", Effect::CommitThenHangUp));
    assert_eq!(world.client.create_app(&new).unwrap().name, "blog");
    assert_eq!(*world.client.create_app(&new).unwrap_err().kind(), Kind::NameTaken);
    world.fly.fault(Fault::on("apps.create", Effect::HangUp));
    let error = world.client.create_app(&NewApp { name: "other".to_owned(), ..new }).unwrap_err();
    assert!(error.may_have_happened() && *error.kind() == Kind::Network);
}

#[test]
fn updating_happens_once() {
    for (effect, tries) in [
        (Effect::Refuse { status: 503, message: String::new(), code: None }, 2),
        (Effect::CommitThen { status: 503, message: String::new() }, 1),
        (Effect::HangUp, 2),
        (Effect::CommitThenHangUp, 1),
    ] {
        let world = start();
        let machine = started(&world.client);
        world.fly.fault(Fault::on("machines.update", effect.clone()));
        let mut change = launch();
        change.config.set_image("nginx:2");
        change.current_version = Some(machine.instance_id.clone());
        let app = world.client.app("shop");
        let updated = app.machine(&machine.id).update_once(&change, MARKER, None).unwrap();
        assert_ne!(updated.instance_id, machine.instance_id);
        assert_eq!(world.fly.counts()["machines.update"], tries, "{effect:?}");
        assert_eq!(app.machine(&machine.id).versions().unwrap().len(), 2);
        let error = app.machine(&machine.id).update_once(&change, MARKER, None).unwrap_err();
        assert!(matches!(error.kind(), Kind::VersionMoved | Kind::Busy), "{error}");
    }
}

#[test]
fn reading_and_removing_are_repeated() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    let calls = app.machine(&machine.id);
    for effect in [Effect::HangUp, Effect::Refuse { status: 502, message: String::new(), code: None }] {
        world.fly.fault(Fault::on("machines.get", effect).times(2));
        assert_eq!(calls.get().unwrap().id, machine.id);
    }
    // The first time has done it, so the second one finds nothing.
    world.fly.fault(Fault::on("machines.delete", Effect::CommitThenHangUp));
    calls.delete(true, None).unwrap();
    world.fly.fault(Fault::on("apps.delete", Effect::CommitThenHangUp));
    app.delete().unwrap();
    assert_eq!(*app.delete().unwrap_err().kind(), Kind::NotFound, "the first time, that is a failure");
}

#[test]
fn repeating_has_an_end() {
    let world = start();
    world.fly.fault(Fault::refuse("apps.get", 503, "down").times(u32::MAX));
    let began = world.client.now();
    let error = world.client.app("shop").get().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (&Kind::Unavailable, 6));
    assert!(error.to_string().ends_with(", 6 attempts)"), "{error}");
    let took = world.client.now() - began;
    assert!(took > seconds(3) && took < seconds(20), "{took:?}");
    assert_eq!(world.seen.count("to try again"), 5);
}

#[test]
fn waiting_is_slow_or_in_vain() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    let calls = app.machine(&machine.id);
    // Each call waits a minute at most, so three minutes are three calls.
    let began = world.client.now();
    let error = calls.wait(&Wait::state(WaitState::Stopped).within(seconds(180))).unwrap_err();
    assert_eq!(*error.kind(), Kind::TimedOut);
    assert!(error.message().contains("currently started"), "{error}");
    assert!(world.client.now() - began <= seconds(181));
    assert_eq!(world.fly.counts()["machines.wait"], 4);
    world.fly.fault(Fault::on("machines.wait", Effect::Delay { millis: 20_000 }));
    calls.wait(&Wait::state(WaitState::Started)).unwrap();
    world.fly.fault(Fault::on("machines.wait", Effect::HangUp).times(2));
    calls.wait(&Wait::state(WaitState::Started)).unwrap();
}

/// A machine can't be started for a while after it was created or changed.
#[test]
fn starting_too_early() {
    let world = start();
    let app = world.client.app("shop");
    let machine = app.create_machine(&Launch { skip_launch: true, ..launch() }).unwrap();
    let calls = app.machine(&machine.id);
    assert_eq!(*calls.start(None).unwrap_err().kind(), Kind::WrongState);
    let is_early = |error: &score_fly_api::Error| *error.kind() == Kind::WrongState;
    world.client.patiently(seconds(30), is_early, || calls.start(None)).unwrap();
    calls.wait(&Wait::state(WaitState::Started)).unwrap();
    calls.update(&Launch { skip_launch: true, ..launch() }, None).unwrap();
    assert_eq!(*calls.start(None).unwrap_err().kind(), Kind::WrongState);
    assert_eq!(*calls.update(&launch(), None).unwrap_err().kind(), Kind::Busy);
}

#[test]
fn no_room() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    world.fly.with(|world| {
        world.conditions.full_regions.insert("fra".to_owned());
        world.conditions.full_hosts.insert(machine.id.clone());
    });
    assert_eq!(*app.create_machine(&launch()).unwrap_err().kind(), Kind::Capacity);
    assert_eq!(*app.machine(&machine.id).update(&launch(), None).unwrap_err().kind(), Kind::HostFull);
    let elsewhere = Launch { region: "fra,ams".to_owned(), ..launch() };
    assert_eq!(app.create_machine(&elsewhere).unwrap().region, "ams");
    let nowhere = Launch { region: "xxx".to_owned(), ..launch() };
    assert_eq!(*app.create_machine(&nowhere).unwrap_err().kind(), Kind::Region);
    world.fly.with(|world| world.conditions.machine_limit = Some(2));
    assert_eq!(*app.create_machine(&elsewhere).unwrap_err().kind(), Kind::Limit);
}

#[test]
fn images_that_are_not_there_or_cant_be_pulled() {
    let world = start();
    let machine = started(&world.client);
    let app = world.client.app("shop");
    world.fly.with(|world| {
        world.conditions.missing_images.insert("missing".to_owned());
        world.conditions.unpullable_images.insert("broken".to_owned());
    });
    let with = |image: &str| Launch { config: ConfigJson::new(image), ..launch() };
    assert_eq!(*app.create_machine(&with("missing")).unwrap_err().kind(), Kind::Image);
    let broken = app.create_machine(&with("broken")).unwrap();
    app.machine(&broken.id).wait(&Wait::state(WaitState::Failed)).unwrap();
    // An update goes back to what ran before, and only who asks for the version notices.
    let calls = app.machine(&machine.id);
    let updated = calls.update(&with("broken"), None).unwrap();
    calls.wait(&Wait::state(WaitState::Started)).unwrap();
    let wait = Wait::state(WaitState::Started).version(&updated.instance_id).within(seconds(5));
    assert_eq!(*calls.wait(&wait).unwrap_err().kind(), Kind::TimedOut);
    assert_eq!(calls.get().unwrap().image_ref, machine.image_ref);
}

#[test]
fn crashes_are_told_with_their_exit_code() {
    let world = start();
    world.fly.with(|world| {
        let exit = Exit { code: 3, after: seconds(1), oom: false };
        world
            .programs
            .push(Program { behaviour: Behaviour { exit: Some(exit), ..Behaviour::default() }, ..Program::default() });
    });
    let app = world.client.app("shop");
    let machine = app.create_machine(&launch()).unwrap();
    let calls = app.machine(&machine.id);
    calls.wait(&Wait::state(WaitState::Stopped)).unwrap();
    let machine = calls.get().unwrap();
    let exit = machine.last_exit().unwrap();
    assert_eq!((exit.exit_code, exit.requested_stop, exit.restarting), (3, false, false));
    assert_eq!(machine.events[0].request.as_ref().unwrap().restart_count, 10);
}

#[test]
fn a_host_that_is_down() {
    let world = start();
    let machine = started(&world.client);
    world.fly.with(|world| world.conditions.unreachable.insert(machine.id.clone()));
    let app = world.client.app("shop");
    let seen = app.machine(&machine.id).get().unwrap();
    assert!(!seen.is_reachable() && seen.config.is_none());
    assert_eq!(seen.known_config().unwrap().image(), Some("nginx"));
    let error = app.machine(&machine.id).update(&launch(), None).unwrap_err();
    assert_eq!(*error.kind(), Kind::TimedOut);
}

#[test]
fn tokens_that_may_not() {
    let world = start();
    let (wrong, _) = client(&world.fly, "wrong-token");
    let error = wrong.app("shop").get().unwrap_err();
    assert_eq!((error.kind(), error.status()), (&Kind::Unauthorized, Some(401)));
    assert_eq!(*wrong.app("shop").resolve_image("nginx").unwrap_err().kind(), Kind::Unauthorized);
    world.fly.with(|world| world.add_token("deployer", Access::App("shop".to_owned())));
    let (deployer, _) = client(&world.fly, "deployer");
    deployer.app("shop").get().unwrap();
    let new = NewApp { name: "new".to_owned(), org_slug: "personal".to_owned(), ..NewApp::default() };
    assert_eq!(*deployer.create_app(&new).unwrap_err().kind(), Kind::Forbidden);
    assert_eq!(*deployer.app("shop").delete().unwrap_err().kind(), Kind::Forbidden);
    assert_eq!(deployer.token_info().unwrap()[0].apps, ["shop"]);
}

#[test]
fn a_server_that_is_not_there() {
    let fly = FakeFly::start(fake_fly::Pace::Skipping);
    let (client, seen) = client(&fly, FakeFly::TOKEN);
    let options = score_fly_api::Options {
        hosts: score_fly_api::Hosts::all_at("http://127.0.0.1:1"),
        clock: std::sync::Arc::new(crate::clock::FakeClock(fly.clock())),
        ..score_fly_api::Options::default()
    };
    drop((client, seen));
    let client = score_fly_api::Client::new(score_fly_api::Token::parse("a").unwrap(), options);
    let error = client.app("shop").create_machine(&launch()).unwrap_err();
    assert_eq!((error.kind(), error.may_have_happened(), error.attempts()), (&Kind::Network, false, 6));
    assert!(error.to_string().starts_with("can't create a machine of app shop: the connection failed: "), "{error}");
}

/// What can't be understood is no reason to panic, and is not shown: there may be secrets in it.
#[test]
fn answers_that_make_no_sense() {
    let world = start();
    world.fly.fault(Fault::on("apps.get", Effect::Refuse { status: 200, message: "secret".to_owned(), code: None }));
    let error = world.client.app("shop").get();
    assert_eq!(error.unwrap().name, "", "what is missing is empty");
    world.fly.fault(Fault::refuse("machines.list", 200, "secret"));
    let error = world.client.app("shop").machines(&MachineFilter::default()).unwrap_err();
    assert_eq!(*error.kind(), Kind::Answer);
    assert!(
        error.message().starts_with("the answer is not as expected, at line 1") && !error.message().contains("secret")
    );
}

#[test]
fn words_that_are_new_are_kept() {
    assert_eq!(MachineState::from("dreaming"), MachineState::Other("dreaming".to_owned()));
    assert_eq!(MachineState::from("dreaming").as_str(), "dreaming");
}
