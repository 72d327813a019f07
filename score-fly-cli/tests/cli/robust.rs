//! What happens to a project when something goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// Four resources: `first`; `left` and `right`, which need it; and `last`, which needs both.
const SCORE: &str = "\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  main: {image: nginx, variables: {ALL: '${resources.last.out}'}}
resources:
  first: {type: slow}
  left: {type: slow, params: {from: '${resources.first.out}'}}
  right: {type: slow, params: {from: '${resources.first.out}'}}
  last: {type: slow, params: {from: '${resources.left.out}+${resources.right.out}'}}
";

/// Says when it starts and ends, with the resource and the guid that it was told.
const SLOW: &str = r#"
request=$(cat)
field() { echo "$request" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
id=$(field resource_id)
echo "start $id $(field resource_uid)" >> calls.log
sleep 0.1
echo "end $id $(field resource_uid)" >> calls.log
case "$request" in *'"from"'*) from=$(field from);; *) from=;; esac
echo "{\"state\": {\"made\": \"$id\"}, \"values\": {\"out\": \"$id($from)\"}}"
"#;

fn project() -> Sandbox {
    let sandbox = Sandbox::new([("score.yaml", SCORE), ("slow.sh", SLOW), ("calls.log", "")]);
    sandbox.run(&["init", "--fly-app-prefix", "ex-", "--no-sample"]).ends_with(0);
    sandbox.run(&["provisioners", "add", "slow", "slow", "--cmd-binary", "sh", "--cmd-args", "slow.sh"]).ends_with(0);
    sandbox
}

fn start(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    let mut command = sandbox.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until `condition` holds.
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}: waited for too long");
        thread::sleep(Duration::from_millis(2));
    }
}

fn stderr_of(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What matters in the end: all files but the log and the lock, and the state without guids.
fn result(sandbox: &Sandbox) -> (BTreeMap<String, Vec<u8>>, Value) {
    let mut files = sandbox.files();
    let state = files.remove(".score-fly/state.yaml").unwrap();
    files.remove(".score-fly/lock");
    files.remove("calls.log");
    let mut state: Value = serde_yaml::from_slice(&state).unwrap();
    for resource in state["resources"].as_object_mut().unwrap().values_mut() {
        assert!(resource.as_object_mut().unwrap().remove("guid").is_some());
    }
    (files, state)
}

/// The guids that each resource was called with.
fn guids(sandbox: &Sandbox) -> BTreeMap<String, BTreeSet<String>> {
    let mut guids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in sandbox.read("calls.log").lines() {
        let [_, id, guid] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        guids.entry(id.to_owned()).or_default().insert(guid.to_owned());
    }
    guids
}

/// Kills a run at a moment, checks that nothing is lost, and runs again to the end.
fn killed(when: &str, moment: impl FnOnce(&Sandbox)) {
    let sandbox = project();
    let mut run = start(&sandbox, &["generate", "score.yaml"]);
    moment(&sandbox);
    run.kill().unwrap();
    run.wait().unwrap();
    // What was called is on record, by the guid that it was called with.
    let known: Value = serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap();
    for (id, guids) in guids(&sandbox) {
        let guid = known["resources"][format!("slow.default#{id}")]["guid"].as_str().map(str::to_owned);
        assert_eq!(guids, guid.into_iter().collect(), "{when}: {id}");
    }
    let listed = sandbox.run(&["resources", "list", "--format", "json"]).ends_with(0);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let made = |id: &str| {
        let uid = format!("slow.default#web.{id}");
        let resource = listed.as_array().unwrap().iter().find(|resource| resource["UID"] == uid.as_str()).unwrap();
        resource["Outputs"]["out"].is_string()
    };
    // So is every answer that something else was made with.
    let called = guids(&sandbox);
    for (user, needs) in [("left", &["first"][..]), ("right", &["first"]), ("last", &["left", "right"])] {
        if called.contains_key(&format!("web.{user}")) {
            assert!(needs.iter().all(|need| made(need)), "{when}: {listed}");
        }
    }

    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    for (id, guids) in guids(&sandbox) {
        assert_eq!(guids.len(), 1, "{when}: {id} was made twice");
    }
    let whole = project();
    whole.run(&["generate", "score.yaml"]).ends_with(0);
    assert_eq!(result(&sandbox), result(&whole), "{when}");
    assert!(sandbox.read("fly_web.toml").contains("web.last(web.left(web.first())+web.right(web.first()))"));
}

/// There are four calls, so eight lines in the log of a whole run.
#[test]
fn a_run_that_is_killed_at_a_call_is_taken_up_again() {
    for lines in 1..=8 {
        killed(&format!("after line {lines}"), |sandbox| {
            wait_until("calls", || sandbox.read("calls.log").lines().count() >= lines);
        });
    }
}

#[test]
fn a_run_that_is_killed_at_any_time_is_taken_up_again() {
    for milliseconds in (0..60).step_by(6) {
        killed(&format!("after {milliseconds} ms"), |_| thread::sleep(Duration::from_millis(milliseconds)));
    }
}

/// Sends a signal to a run, and gives its exit code and what it said.
fn signalled(mut run: Child, signal: &str) -> (Option<i32>, String) {
    assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
    let said = stderr_of(&mut run);
    (run.wait().unwrap().code(), said)
}

/// Whether a process that wrote its id into a file is alive.
fn is_alive(sandbox: &Sandbox, file: &str) -> bool {
    Command::new("kill").args(["-0", sandbox.read(file).trim()]).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn a_signal_ends_provisioners_and_the_next_run_goes_on() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let sandbox = project();
        // One of its children does not listen.
        let hang = "case $id in web.left|web.right)
            sh -c 'trap \"\" TERM INT; echo $$ > '$id'.pid; while :; do sleep 0.1; done' & wait;; esac";
        sandbox.write("slow.sh", SLOW.replace("sleep 0.1", hang));
        let run = start(&sandbox, &["generate", "score.yaml"]);
        let ready = |name: &str| sandbox.path().join(name).exists() && sandbox.read(name).ends_with('\n');
        wait_until("both provisioners", || ready("web.left.pid") && ready("web.right.pid"));
        let (ended, said) = signalled(run, signal);
        assert_eq!(
            (ended, said.as_str()),
            (Some(code), "error: interrupted: 1 of 4 resources are provisioned, and the next run goes on from there\n")
        );
        wait_until("their end", || !is_alive(&sandbox, "web.left.pid") && !is_alive(&sandbox, "web.right.pid"));
        assert!(
            !sandbox.path().join(".score-fly/journal.jsonl").exists() && !sandbox.path().join("fly_web.toml").exists()
        );
        let state: Value = serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap();
        let pending = |id: &str| state["resources"][format!("slow.default#web.{id}")]["pending"] == true;
        assert_eq!(["first", "left", "right", "last"].map(pending), [false, true, true, true]);

        sandbox.write("slow.sh", SLOW);
        sandbox.run(&["generate", "--only-new"]).ends_with(0);
        // The first one was done, and all are those that they were.
        assert_eq!(sandbox.read("calls.log").matches("start web.first").count(), 1);
        assert!(guids(&sandbox).values().all(|guids| guids.len() == 1));
    }
}

/// Who listens may say what there is.
#[test]
fn what_is_answered_on_a_signal_is_kept() {
    let sandbox = project();
    sandbox.write(
        "slow.sh",
        "trap 'echo \"{\\\"state\\\": {\\\"half\\\": 1}}\"; exit 1' TERM; echo > ready; while :; do sleep 0.05; done",
    );
    let run = start(&sandbox, &["generate", "score.yaml"]);
    wait_until("the provisioner", || sandbox.path().join("ready").exists());
    assert_eq!(signalled(run, "-TERM").0, Some(143));
    let state: Value = serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap();
    let first = &state["resources"]["slow.default#web.first"];
    assert_eq!((&first["state"]["half"], &first["pending"]), (&1.into(), &true.into()));
}

#[test]
fn taking_down_can_be_interrupted() {
    let sandbox = project();
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    sandbox.run(&["workloads", "remove", "web"]).ends_with(0);
    sandbox.write("slow.sh", format!("{SLOW}[ $id = web.last ] || {{ echo > ready; exec sleep 60; }}"));
    let run = start(&sandbox, &["resources", "prune", "--yes"]);
    wait_until("the provisioner", || sandbox.path().join("ready").exists());
    let (code, said) = signalled(run, "-INT");
    let says = "took down slow.default#web.last\nerror: interrupted: what was not taken down is still there\n";
    assert_eq!((code, said.as_str()), (Some(130), says));
    sandbox.write("slow.sh", SLOW);
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert_eq!(run.stderr.lines().count(), 3, "{}", run.stderr);
}

/// A server can't be made to end; it is not waited for.
#[test]
fn a_signal_does_not_wait_for_servers() {
    let sandbox = project();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    sandbox.run(&["provisioners", "add", "web", "slow", "--http-url", &url]).ends_with(0);
    let run = start(&sandbox, &["generate", "score.yaml"]);
    let _connection = server.accept().unwrap();
    assert_eq!(signalled(run, "-INT").0, Some(130));
}

/// What a kill leaves in the middle of a write.
#[test]
fn what_is_half_written_does_not_count() {
    let sandbox = project();
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let before = result(&sandbox);
    sandbox.write(".score-fly/state.yaml.new", "version: 1\napp_pre");
    sandbox.write(
        ".score-fly/journal.jsonl",
        "{\"uid\":\"slow.default#web.left\",\"resource\":null}\n{\"uid\":\"slow.default#web.right\",\"resou",
    );
    let listed = sandbox.run(&["resources", "list"]).ends_with(0);
    assert!(!listed.stdout.contains("web.left") && listed.stdout.contains("web.right"), "{}", listed.stdout);
    sandbox.run(&["generate"]).ends_with(0);
    assert_eq!(result(&sandbox), before);
}

/// As on a full disk: files may have 40 or 80 KiB, since shells count differently, and each answer has 30.
#[test]
fn what_cannot_be_written_down_ends_a_run() {
    let sandbox = project();
    let long = SLOW.replace("{\\\"made\\\"", "{\\\"long\\\": \\\"$(printf %030000d 0)\\\", \\\"made\\\"");
    sandbox.write("slow.sh", long);
    let script = "trap '' XFSZ; ulimit -f 80; exec \"$0\" generate score.yaml";
    let limited = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_score-fly")])
        .current_dir(sandbox.path())
        .output()
        .unwrap();
    let said = String::from_utf8(limited.stderr).unwrap();
    assert_eq!(said, "error[unwritable-file]: cannot write `.score-fly/journal.jsonl`: File too large\n\n1 error\n");
    assert_eq!(limited.status.code(), Some(1));
    // Half a line would make the next one unreadable.
    let journal = sandbox.read(".score-fly/journal.jsonl");
    assert!(journal.ends_with('\n'), "{journal}");
    assert!(!sandbox.read("calls.log").contains("start web.last"));

    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    assert!(guids(&sandbox).values().all(|guids| guids.len() == 1));
}

#[test]
fn one_run_at_a_time() {
    let sandbox = project();
    sandbox.write("slow.sh", "until [ -e go ]; do sleep 0.01; done\necho '{\"values\": {\"out\": \"x\"}}'");
    let mut first = start(&sandbox, &["generate", "score.yaml"]);
    wait_until("the first run", || sandbox.read(".score-fly/state.yaml").contains("pending"));

    let run = sandbox.run(&["generate", "--no-wait"]).ends_with(1);
    let holder = format!("error: another run of score-fly, process {}, is at work in this project\n", first.id());
    assert_eq!(run.stderr, holder);
    // Looking needs no lock.
    sandbox.run(&["resources", "list"]).ends_with(0);

    let mut second = start(&sandbox, &["generate"]);
    thread::sleep(Duration::from_millis(50));
    assert!(second.try_wait().unwrap().is_none(), "the second run waits");
    sandbox.write("go", "");
    assert!(first.wait().unwrap().success());
    let said = stderr_of(&mut second);
    assert!(second.wait().unwrap().success());
    let waiting = format!("waiting for another run of score-fly in this project, process {}\n", first.id());
    assert!(said.starts_with(&waiting), "{said}");
}

/// Six resources of a type, `res0` to `res5`.
fn six_of(kind: &str) -> String {
    let lines: Vec<String> = (0..6).map(|index| format!("  res{index}: {{type: {kind}}}\n")).collect();
    lines.concat()
}

#[test]
fn independent_resources_are_made_at_the_same_time() {
    let resources = six_of("meet");
    let score = SCORE.split("resources:").next().unwrap().replace("${resources.last.out}", "x");
    let sandbox = project();
    sandbox.write("score.yaml", format!("{score}resources:\n{resources}"));
    // The first call shows how the provisioner answers; the other five each wait for all five.
    sandbox.write(
        "meet.sh",
        "echo x >> met.log; [ $(wc -l < met.log) = 1 ] || while [ $(wc -l < met.log) -lt 6 ]; do sleep 0.01; done; echo '{}'",
    );
    sandbox.run(&["provisioners", "add", "meet", "meet", "--cmd-binary", "sh", "--cmd-args", "meet.sh"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml", "--jobs", "5"]).ends_with(0);
}

/// Each call gives out the next number, so no two may see the same one.
#[test]
fn what_is_shared_is_changed_by_one_at_a_time() {
    let resources = six_of("number");
    let score = SCORE.split("resources:").next().unwrap().replace("${resources.last.out}", "x");
    let sandbox = project();
    sandbox.write("score.yaml", format!("{score}resources:\n{resources}"));
    sandbox.write(
        "number.sh",
        r#"n=$(sed -n 's/.*"shared":{"next":\([0-9]*\)}.*/\1/p'); sleep 0.02
        echo "{\"values\": {\"number\": ${n:-0}}, \"shared\": {\"next\": $((n + 1))}}""#,
    );
    sandbox.run(&["provisioners", "add", "n", "number", "--cmd-binary", "sh", "--cmd-args", "number.sh"]).ends_with(0);
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    let state: Value = serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap();
    for index in 0..6 {
        assert_eq!(state["resources"][format!("number.default#web.res{index}")]["outputs"]["number"], index);
    }
    assert_eq!(state["shared_state"]["next"], 6);
}

#[test]
fn a_failure_keeps_what_others_made() {
    let sandbox = project();
    sandbox.write("slow.sh", format!("{SLOW}[ $id != web.left ] || exit 3"));
    sandbox.write(
        "other.yaml",
        SCORE.replace("web", "other").replace("  left", "  lift").replace("resources.left", "resources.lift"),
    );
    let run = sandbox.run(&["generate", "score.yaml", "other.yaml"]).ends_with(2);
    let plain: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error")).collect();
    assert_eq!(
        plain,
        [
            "error[resource-not-provisioned]: the resource `slow.default#web.left` was not provisioned: `sh` ended with exit status: 3"
        ]
    );
    assert!(run.stderr.contains("score.yaml:7:3"), "{}", run.stderr);
    assert!(
        run.stderr.contains("wrote fly_other.toml") && !run.stderr.contains("wrote fly_web.toml"),
        "{}",
        run.stderr
    );

    let state: Value = serde_yaml::from_str(&sandbox.read(".score-fly/state.yaml")).unwrap();
    let resource = |name: &str| &state["resources"][format!("slow.default#web.{name}")];
    assert_eq!(resource("right")["outputs"]["out"], "web.right(web.first())");
    // What it said before it failed counts, and that it has to be asked again.
    assert_eq!((&resource("left")["state"]["made"], &resource("left")["pending"]), (&"web.left".into(), &true.into()));
    assert_eq!(resource("last")["pending"], true);

    sandbox.write("slow.sh", SLOW);
    sandbox.write("calls.log", "");
    sandbox.run(&["generate", "--only-new"]).ends_with(0);
    assert_eq!(guids(&sandbox).into_keys().collect::<Vec<_>>(), ["web.last", "web.left"]);
}

#[test]
fn answers_that_are_none_are_named() {
    for (answer, reason) in [
        ("true", "the provisioner answered nothing, where one JSON object is expected"),
        ("echo hello", "the provisioner's answer is not of the form that answers have"),
        ("echo '[]'", "the provisioner's answer is not of the form that answers have"),
        ("echo '{\"vals\": {}}'", "the provisioner's answer is not of the form that answers have"),
        ("kill -9 $$", "`sh` ended with signal: 9"),
    ] {
        let sandbox = project();
        sandbox.write("slow.sh", answer);
        let run = sandbox.run(&["generate", "score.yaml"]).ends_with(2);
        assert!(run.stderr.contains("`slow.default#web.first` was not provisioned"), "{}", run.stderr);
        assert!(run.stderr.contains(reason), "{answer}: {}", run.stderr);
        assert!(!sandbox.names().contains(&"fly_web.toml".to_owned()));
    }
}

/// The way out, which is told once.
const FORGET: &str = "`score-fly resources deprovision --forget UID` drops a resource without calling its \
                      provisioner: whatever that made stays\n";

#[test]
fn a_resource_that_cannot_be_taken_down_stays() {
    let sandbox = project();
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    sandbox.write("slow.sh", "exit 1");
    let uid = "slow.default#web.last";
    let run = sandbox.run(&["resources", "deprovision", "--yes", uid]).ends_with(1);
    assert_eq!(run.stderr, format!("error: `{uid}` was not taken down: `sh` ended with exit status: 1\n{FORGET}"));
    assert!(sandbox.read(".score-fly/state.yaml").contains(uid));
    // A provisioner need not answer anything to this.
    sandbox.write("slow.sh", "exit 0");
    sandbox.run(&["resources", "deprovision", "--yes", uid]).ends_with(0);
    assert!(!sandbox.read(".score-fly/state.yaml").contains(uid));
}

/// The order is the opposite of that in which they are made.
#[test]
fn what_is_needed_is_taken_down_last() {
    let sandbox = project();
    sandbox.run(&["generate", "score.yaml"]).ends_with(0);
    sandbox.run(&["workloads", "remove", "web"]).ends_with(0);
    sandbox.write("slow.sh", format!("{SLOW}[ $id != web.right ]"));
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(1);
    assert_eq!(
        run.stderr,
        "took down slow.default#web.last\n\
         took down slow.default#web.left\n\
         error: `slow.default#web.right` was not taken down: `sh` ended with exit status: 1\n\
         error: `slow.default#web.first` was left, since `slow.default#web.right` needs it\n"
            .to_owned()
            + FORGET
    );
    sandbox.write("slow.sh", SLOW);
    let run = sandbox.run(&["resources", "prune", "--yes"]).ends_with(0);
    assert_eq!(run.stderr, "took down slow.default#web.right\ntook down slow.default#web.first\n");
}

#[test]
fn a_state_that_cannot_be_used_is_left_alone() {
    let whole = {
        let sandbox = project();
        sandbox.run(&["generate", "score.yaml"]).ends_with(0);
        sandbox.read(".score-fly/state.yaml")
    };
    let half = &whole[..whole.len() / 2];
    let no_end = whole.strip_suffix("shared_state: {}\n").unwrap();
    let flyio = "app_prefix: x-\nprovisioners: []\nworkloads: {}\nresources: {}\nshared_state: {}\n";
    for (state, says) in [
        ("", "is damaged: it is empty"),
        (half, "is damaged"),
        (no_end, "is damaged: missing field `shared_state`"),
        ("version: 1\nfoo: [\n", "is damaged"),
        (&whole.replace("guid:", "gxid:"), "is damaged"),
        (&whole.replace("version: 1", "version: 2"), "was written by a later score-fly, in version 2"),
        (flyio, "is not a state file of score-fly"),
        ("hello", "is not a state file of score-fly"),
    ] {
        let sandbox = project();
        sandbox.write(".score-fly/state.yaml", state);
        for arguments in [
            &["generate", "score.yaml"][..],
            &["init", "--fly-app-prefix", "ex-"],
            &["provisioners", "add", "x", "redis", "--static-json", "{}"],
            &["resources", "prune", "--yes"],
            &["resources", "list"],
        ] {
            let run = sandbox.run(arguments).ends_with(1);
            assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
            assert_eq!(sandbox.read(".score-fly/state.yaml"), state);
        }
        assert!(sandbox.read("calls.log").is_empty());
    }
}

/// The place is told, and never the line, in which there may be a secret.
#[test]
fn what_is_wrong_in_a_state_has_its_place() {
    let sandbox = project();
    let broken = sandbox.read(".score-fly/state.yaml").replace("resources: {}", "resources: hunter2");
    let line = broken.lines().position(|line| line == "resources: hunter2").unwrap() + 1;
    sandbox.write(".score-fly/state.yaml", &broken);
    let list = |format: &str| {
        let run = sandbox.run(&["resources", "list", "--diagnostics", format]).ends_with(1);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        run.stderr
    };
    let plain = list("plain");
    let start = format!(".score-fly/state.yaml:{line}:12: error[invalid-state]: `.score-fly/state.yaml` is damaged: ");
    assert!(plain.starts_with(&start), "{plain}");
    assert!(plain.contains("expected a map") && plain.contains("(`score-fly init`)\n"), "{plain}");
    let human = list("human");
    assert!(human.contains(&format!("--> .score-fly/state.yaml:{line}:12\n")), "{human}");
    let github = list("github");
    let start = format!("::error title=score-fly invalid-state,file=.score-fly/state.yaml,line={line},");
    assert!(github.starts_with(&start), "{github}");
    let json: serde_json::Value = serde_json::from_str(&list("json")).unwrap();
    assert_eq!(json["diagnostics"][0]["code"], "invalid-state");
    assert_eq!(json["diagnostics"][0]["location"]["start"]["line"], line);
    assert_eq!(json["failures"], serde_json::json!([]));
}
