//! Programs: shell scripts, good and bad.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use score_fly_core::secret::Secret;
use score_fly_engine::CancelToken;
use score_fly_engine::provisioner::{Answer, Call, Cmd, Error, Kind, Mode, Protocol, Timeout};
use serde_json::{Value, json};

use crate::support::{GUID, answer, call, error, map, provision, redis, surrounded, values};

/// A script that is called as score-flyio calls it.
fn script(text: &str) -> Kind {
    let args = ["-c", text, "script", "$SCORE_PROVISIONER_MODE"].map(str::to_owned).to_vec();
    Kind::Cmd(Cmd { binary: "sh".to_owned(), args, ..Cmd::default() })
}

fn impatient(text: &str) -> Kind {
    let Kind::Cmd(cmd) = script(text) else { unreachable!() };
    Kind::Cmd(Cmd { timeout: Some(Timeout::from_millis(300)), ..cmd })
}

#[test]
fn answers_values_secrets_state_and_shared() {
    let answered = answer(
        script(r#"echo '{"values":{"port":6379},"secrets":{"password":"x"},"state":{"a":1},"shared":{"n":null}}'"#),
        &redis(),
    );
    assert_eq!(answered.values, Some(values(json!({"port": 6379}))));
    assert_eq!(answered.secrets["password"], Secret::new(json!("x")));
    assert_eq!(answered.state, Some(map(json!({"a": 1}))));
    assert_eq!(answered.shared, map(json!({"n": null})));
}

#[test]
fn is_told_everything_of_the_protocol() {
    let mut request = redis();
    request.state = map(json!({"old": true}));
    request.shared = map(json!({"network": "n"}));
    request.metadata = values(json!({"owner": "team"}));
    // The input itself becomes an output.
    let answered = answer(
        script(r#"printf '{"values":{"in":%s,"mode":"%s","arg":"%s"}}' "$(cat)" "$SCORE_PROVISIONER_MODE" "$1""#),
        &request,
    );
    let told = json!({
        "resource_uid": GUID,
        "resource_type": "redis",
        "resource_class": "default",
        "resource_id": "main-cache",
        "resource_params": {"size": 3},
        "resource_metadata": {"owner": "team"},
        "state": {"old": true},
        "shared": {"network": "n"},
    });
    assert_eq!(answered.values, Some(values(json!({"in": told, "mode": "provision", "arg": "provision"}))));
}

#[test]
fn is_told_what_score_compose_tells() {
    let mut request = redis();
    request.state = map(json!({"old": true}));
    let args = ["-c", r#"printf '{"resource_outputs":{"in":%s,"mode":"%s"}}' "$(cat)" "$1""#, "script", "<mode>"];
    let cmd = Cmd {
        binary: "sh".to_owned(),
        args: args.map(str::to_owned).to_vec(),
        protocol: Protocol::ScoreCompose,
        timeout: None,
    };
    let answered = answer(Kind::Cmd(cmd), &request);
    let port = |name: &str, port: u16, target: u16| json!({"name": name, "port": port, "target_port": target, "protocol": "TCP"});
    let told = json!({
        "resource_uid": "redis.default#main-cache",
        "resource_type": "redis",
        "resource_class": "default",
        "resource_id": "main-cache",
        "resource_params": {"size": 3},
        "resource_metadata": {},
        "resource_state": {"old": true},
        "shared_state": {},
        "source_workload": "shop",
        "workload_services": {
            "shop": {"ServiceName": "acme-shop.internal", "ports": {
                "web": port("web", 8080, 80), "8080": port("web", 8080, 80),
                "admin": port("admin", 9000, 9000), "9000": port("admin", 9000, 9000),
            }},
            "worker": {"ServiceName": "acme-worker.internal", "ports": {}},
        },
        "compose_project_name": "acme",
        "mount_directory_path": "",
    });
    assert_eq!(answered.values, Some(values(json!({"in": told, "mode": "provision"}))));
    // What it does not answer is empty from now on.
    assert_eq!(answered.state, Some(map(json!({}))));
}

#[test]
fn what_score_compose_makes_beside_the_workload_is_refused() {
    let answering = |text: &str| {
        let args = vec!["-c".to_owned(), format!("echo '{text}'")];
        Kind::Cmd(Cmd { binary: "sh".to_owned(), args, protocol: Protocol::ScoreCompose, timeout: None })
    };
    let empty = r#"{"resource_outputs":{"a":1},"compose_services":{},"relative_directories":null}"#;
    assert_eq!(answer(answering(empty), &redis()).values, Some(values(json!({"a": 1}))));
    let message = error(answering(r#"{"compose_services":{"redis":{"image":"redis"}}}"#), &redis());
    assert!(message.starts_with("the provisioner answered `compose_services`"), "{message}");
    assert!(
        error(answering(r#"{"values":{}}"#), &redis())
            .ends_with("unknown key `values`; an answer has `resource_state`, `resource_outputs`, `shared_state`")
    );
}

#[test]
fn a_program_of_score_compose_that_knows_no_modes_takes_nothing_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |args: &[&str]| {
        let trace = folder.path().join("trace");
        let text = format!("echo called >> {}; echo '{{}}'", trace.display());
        let args = [&["-c", &text], args].concat().into_iter().map(str::to_owned).collect();
        let cmd = Cmd { binary: "sh".to_owned(), args, protocol: Protocol::ScoreCompose, timeout: None };
        call(Kind::Cmd(cmd), Mode::Deprovision, &redis()).0.expect("an answer");
        fs::read_to_string(trace).unwrap_or_default()
    };
    assert_eq!(run(&[]), "");
    assert_eq!(run(&["script", "<mode>"]), "called\n");
}

#[test]
fn takes_down_without_a_word() {
    let (result, _) = call(script(r#"test "$1" = deprovision"#), Mode::Deprovision, &redis());
    assert_eq!(result.expect("an answer"), Answer::default());
    assert_eq!(error(script("true"), &redis()), "the provisioner answered nothing, where one JSON object is expected");
}

#[test]
fn what_follows_the_answer_does_not_count() {
    assert_eq!(answer(script(r#"echo '{"values":{}} done'"#), &redis()).values, Some(values(json!({}))));
}

#[test]
fn garbage_is_not_shown() {
    for (garbage, reason) in [
        ("password=hunter2", "no JSON in line 1, column 1"),
        (r#"{"values": hunter2}"#, "no JSON in line 1, column 12"),
        (r#"["hunter2"]"#, "it is a list, not an object"),
        (r#"{"values": "hunter2"}"#, "`values` is text, not an object"),
        (
            r#"{"vaules": {"a": "hunter2"}}"#,
            "unknown key `vaules`; an answer has `state`, `values`, `secrets`, `shared`",
        ),
    ] {
        let message = error(script(&format!("echo '{garbage}'")), &redis());
        assert_eq!(message, format!("the provisioner's answer is not of the form that answers have: {reason}"));
    }
}

#[test]
fn a_failure_keeps_what_was_answered() {
    let failure = provision(script(r#"echo '{"state":{"half":true}}'; exit 3"#), &redis()).expect_err("a failure");
    assert_eq!(failure.error.to_string(), "`sh` ended with exit status: 3");
    assert_eq!(failure.answer.and_then(|answer| answer.state), Some(map(json!({"half": true}))));
    let failure = provision(script("echo nonsense; exit 3"), &redis()).expect_err("a failure");
    assert_eq!(failure.error.to_string(), "`sh` ended with exit status: 3");
    assert!(failure.answer.is_none());
}

#[test]
fn a_crash_names_the_signal() {
    let message = error(script("kill -SEGV $$"), &redis());
    assert!(message.starts_with("`sh` ended with signal: 11"), "{message}");
}

#[test]
fn a_program_that_is_not_there() {
    let cmd = Cmd { binary: "/no/such/program".to_owned(), ..Cmd::default() };
    assert_eq!(error(Kind::Cmd(cmd), &redis()), "cannot run `/no/such/program`: No such file or directory");
}

#[test]
fn standard_error_is_passed_on_line_by_line() {
    let (result, said) = call(script(r"echo one >&2; printf 'two\r\nthree' >&2; echo '{}'"), Mode::Provision, &redis());
    result.expect("an answer");
    assert_eq!(said, ["one", "two", "three"]);
}

#[test]
fn needs_not_read_its_input() {
    let mut request = redis();
    request.state = map(json!({"large": "x".repeat(1 << 20)}));
    assert_eq!(answer(script(r#"echo '{"values":{"a":1}}'"#), &request).values, Some(values(json!({"a": 1}))));
}

/// What it has started ends with it, though it is not its child any more.
#[test]
fn one_that_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid_file = folder.path().join("pid");
    let started = Instant::now();
    let text = format!("sleep 60 & echo $! > {}; wait", pid_file.display());
    assert_eq!(error(impatient(&text), &redis()), "the provisioner did not answer within 300ms");
    assert!(started.elapsed() < Duration::from_secs(10));
    let pid = fs::read_to_string(pid_file).expect("a process id");
    assert!(is_gone(pid.trim()));
}

#[test]
fn one_that_ignores_the_request_to_end_is_killed() {
    let started = Instant::now();
    let text = "trap '' TERM; while :; do sleep 1; done";
    assert_eq!(error(impatient(text), &redis()), "the provisioner did not answer within 300ms");
    assert!(started.elapsed() < Duration::from_secs(10));
}

fn is_gone(pid: &str) -> bool {
    let until = Instant::now() + Duration::from_secs(5);
    // One that ended but was not collected by its parent yet is a zombie.
    let is_running = || {
        let status = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z ")
    };
    while is_running() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    !is_running()
}

#[test]
fn a_hundred_megabytes_are_cut_off() {
    let started = Instant::now();
    let message = error(script("head -c 100000000 /dev/zero; sleep 60"), &redis());
    assert_eq!(message, "the provisioner answered more than 1048576 bytes");
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// A server that stays behind has inherited the output, and never closes it.
#[test]
fn what_stays_behind_is_not_waited_for() {
    let started = Instant::now();
    let answered = answer(script(r#"sleep 30 & echo '{"values":{"a":1}}'"#), &redis());
    assert_eq!(answered.values, Some(values(json!({"a": 1}))));
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// The program that is cancelled may say what it has made so far, and the other one knows nothing of it.
#[test]
fn one_call_is_cancelled_and_another_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ready, go) = (folder.path().join("ready"), folder.path().join("go"));
    let text = |name: &str| {
        let (ready, go) = (ready.display(), go.display());
        let answer = r#"echo '{"state":{"half":1}}'; exit 1"#;
        format!(
            "trap '{}' TERM; echo > {ready}-{name}; until [ -e {go} ]; do sleep 0.02; done; echo '{{}}'",
            answer.replace('\'', r"'\''")
        )
    };
    let call = |name: &str, cancel: &CancelToken| {
        surrounded(cancel, |surroundings| {
            crate::support::provisioner(script(&text(name))).provision(&redis(), Call { surroundings, said: &|_| {} })
        })
    };
    let (one, other) = (CancelToken::new(), CancelToken::new());
    let is_ready = |name: &str| Path::new(&format!("{}-{name}", ready.display())).exists();
    let (cancelled, done) = thread::scope(|scope| {
        let first = scope.spawn(|| call("one", &one));
        let second = scope.spawn(|| call("other", &other));
        while !(is_ready("one") && is_ready("other")) {
            thread::sleep(Duration::from_millis(2));
        }
        one.cancel();
        let cancelled = first.join().expect("no panic");
        fs::write(&go, "").expect("a file");
        (cancelled, second.join().expect("no panic"))
    });
    let failure = cancelled.expect_err("a failure");
    assert!(matches!(failure.error, Error::Interrupted), "{}", failure.error);
    assert_eq!(failure.answer.and_then(|answer| answer.state), Some(map(json!({"half": 1}))));
    assert!(done.is_ok() && call("third", &CancelToken::new()).is_ok());
}

#[test]
fn every_output_that_is_missing_is_named() {
    let answer = r#"echo '{"values":{"host":"h"},"state":{"made":true}}'"#;
    let mut provisioner = crate::support::provisioner(script(answer));
    let mut message = |names: &[&str]| {
        provisioner.expected_outputs = Some(names.iter().map(|name| (*name).to_owned()).collect());
        let failure = surrounded(&CancelToken::new(), |surroundings| {
            provisioner.provision(&redis(), Call { surroundings, said: &|_| {} }).expect_err("a failure")
        });
        // It has been called, so what it made must not be forgotten.
        let state: Option<Value> = failure.answer.and_then(|answer| answer.state).map(Value::Object);
        assert_eq!(state, Some(json!({"made": true})));
        failure.error.to_string()
    };
    assert_eq!(message(&["host", "port"]), "the provisioner did not answer the output `port`, which is expected of it");
    assert_eq!(
        message(&["host", "port", "name"]),
        "the provisioner did not answer the outputs `name`, `port`, which are expected of it"
    );
}
