use score_fly_core::convert::{Containers, Options};
use score_fly_core::fly::{self, App, LoadedConfig};
use score_fly_core::local::LocalFiles;
use score_fly_core::{Code, Diagnostics, Source};
use serde_json::{Value, json};

use crate::support::{Try, at_annotation, config, workload};

/// A Score file `shop` with these containers, as lines of a mapping, and with these further lines.
fn containers(containers: &str, root: &str) -> String {
    let containers: String = containers.lines().flat_map(|line| ["  ", line, "\n"]).collect();
    format!("apiVersion: score.dev/v1b1\nmetadata: {{ name: shop }}\ncontainers:\n{containers}{root}")
}

/// The same with annotations.
fn annotated(annotations: &str, text: &str) -> String {
    containers(text, "").replace("name: shop }", &format!("name: shop, annotations: {{ {annotations} }} }}"))
}

fn with(containers: Containers) -> Options {
    Options { containers, ..Options::default() }
}

/// The containers of an app, by position.
fn machine(app: &App) -> Value {
    let path = app.config.machine_config.as_deref().unwrap();
    let text = if path.starts_with('{') { path.as_bytes() } else { app.files[path].as_slice() };
    serde_json::from_slice::<Value>(text).unwrap()["containers"].take()
}

/// The app of a workload that runs in containers, of which there is nothing else to say.
#[track_caller]
fn app(case: &Try) -> App {
    let (app, notes) = case.app_with_notes();
    assert!(matches!(&*notes, [note] if note.starts_with("uses-containers ")), "{notes:?}");
    app
}

const NEEDS: &str = "init:\n  image: a\n  before: { web: { ready: complete } }\n\
                     web:\n  image: b\n  readinessProbe: { exec: { command: [check] } }\n  \
                     files:\n    /run.sh: { content: x, mode: '0755' }";

#[test]
fn one_note_tells_the_first_reason() {
    let note = |text: &str| Try::new(containers(text, "")).only();
    for (text, pointer, reason) in [
        (NEEDS, "/containers", "it has 2 containers"),
        (
            "web:\n  image: a\n  livenessProbe: { exec: { command: [a] } }",
            "/containers/web/livenessProbe/exec",
            "a probe runs a command",
        ),
        (
            "web:\n  image: a\n  files: { /a: { content: x, mode: '644' } }",
            "/containers/web/files/~1a/mode",
            "a file has permissions of its own",
        ),
    ] {
        let note = note(text);
        assert_eq!((note.code.as_str(), note.pointer.as_str()), ("uses-containers", pointer));
        assert_eq!(note.message, format!("the workload runs in Fly's containers, since {reason}"));
    }
}

#[test]
fn where_they_are_not_allowed_each_need_is_an_error() {
    assert_eq!(
        Try { options: with(Containers::Never), ..Try::new(containers(NEEDS, "")) }.found(),
        [
            "needs-containers /containers",
            "needs-containers /containers/init/before",
            "needs-containers /containers/web/readinessProbe/exec",
            "needs-containers /containers/web/files/~1run.sh/mode",
        ]
    );
    let plain = Try { options: with(Containers::Never), ..Try::new(workload("", "")) };
    assert_eq!(plain.app(), Try::new(workload("", "")).app());
}

#[test]
fn where_they_are_wanted_a_plain_workload_has_one() {
    let container = "args: [serve]\nvariables: { A: '1' }\nlivenessProbe: { httpGet: { path: /, port: 80 } }";
    let case = Try { options: with(Containers::Always), ..Try::new(workload(container, "")) };
    let app = case.app();
    assert_eq!(app.config, config("machine_config = 'fly_shop.machine.json'\ncontainer = 'web'"));
    let expected = json!([{
        "name": "web",
        "image": ".",
        "exec": null,
        "entrypoint": null,
        "cmd": ["serve"],
        "user": null,
        "env": { "A": "1" },
        "secrets": [],
        "env_from": null,
        "files": null,
        "restart": { "policy": "always", "max_retries": null },
        "stop": null,
        "depends_on": null,
        "healthchecks": [{
            "name": "liveness",
            "interval": null,
            "grace_period": null,
            "success_threshold": null,
            "failure_threshold": null,
            "timeout": null,
            "kind": "liveness",
            "unhealthy": "stop",
            "http": {
                "port": 80,
                "method": null,
                "path": "/",
                "headers": null,
                "scheme": "http",
                "tls_skip_verify": null,
                "tls_server_name": null,
            },
            "tcp": null,
            "exec": null,
        }],
        "mounts": null,
    }]);
    assert_eq!(machine(&app), expected);
}

/// Go decodes into what is there: a null before the list is what clears it.
#[test]
fn what_a_machine_had_before_is_cleared() {
    let app = Try { options: with(Containers::Always), ..Try::new(workload("", "")) }.app();
    let text = std::str::from_utf8(&app.files["fly_shop.machine.json"]).unwrap();
    assert!(text.starts_with("{\n  \"containers\": null,\n  \"containers\": [\n"), "{text}");
    assert!(text.ends_with("\n  ]\n}\n"), "{text}");
}

#[test]
fn who_waits_depends_on_who_comes_first() {
    let text = "first:\n  image: a\n  before: { last: { ready: started } }\n\
                init:\n  image: a\n  before: { last: { ready: complete }, first: { ready: complete } }\n\
                last:\n  image: a\n\
                probed:\n  image: a\n  livenessProbe: { exec: { command: [a] } }\n  before: { last: { ready: healthy } }";
    let machine = machine(&app(&Try::new(containers(text, ""))));
    let depends_on: Vec<_> = (0..4).map(|index| machine[index]["depends_on"].clone()).collect();
    assert_eq!(
        depends_on,
        [
            json!([{ "name": "init", "condition": "exited_successfully" }]),
            Value::Null,
            json!([
                { "name": "first", "condition": "started" },
                { "name": "init", "condition": "exited_successfully" },
                { "name": "probed", "condition": "healthy" },
            ]),
            Value::Null,
        ]
    );
    let restart: Vec<_> = (0..4).map(|index| machine[index]["restart"]["policy"].clone()).collect();
    assert_eq!(restart, [Value::Null, "no".into(), Value::Null, "always".into()]);
}

#[test]
fn the_order_must_be_possible() {
    let text = "aa:\n  image: a\n  before: { bb: { ready: started }, gone: { ready: started } }\n\
                bb:\n  image: a\n  before: { aa: { ready: healthy } }";
    let mut found = Try::new(containers(text, "")).found();
    found.retain(|found| !found.starts_with("uses-containers"));
    assert_eq!(
        found,
        [
            "before-cycle /containers/aa/before/bb",
            "unknown-container /containers/aa/before/gone",
            "missing-probe /containers/bb/before/aa/ready",
        ]
    );
}

#[test]
fn probes_are_checks_of_the_container_and_readiness_is_the_machines_too() {
    let text = "api:\n  image: a\n  readinessProbe:\n    httpGet: { path: ready, port: 8080, scheme: HTTPS, host: shop.example }\n  \
                livenessProbe: { exec: { command: [alive, now] } }\n\
                web:\n  image: b\n  readinessProbe:\n    exec: { command: [check] }\n    httpGet: { path: /, port: 9090 }";
    let annotations = "fly.score.dev/probe-readiness-interval: 2500ms, fly.score.dev/probe-readiness-timeout: 1500ms, \
                       fly.score.dev/probe-liveness-interval: 1m, fly.score.dev/probe-liveness-grace-period: 10s";
    let score = annotated(annotations, text) + "service: { ports: { www: { port: 80, targetPort: 8080 } } }\n";
    let app = app(&Try::new(score));
    let timings = "interval = '2.5s'\ntimeout = '1.5s'\n";
    let expected = format!(
        "machine_config = 'fly_shop.machine.json'\ncontainer = 'api'\n\
         [[services]]\nprotocol = 'tcp'\ninternal_port = 8080\nports = [{{ port = 80, handlers = ['http'] }}]\n\
         [[services.http_checks]]\n{timings}path = '/ready'\nprotocol = 'https'\ntls_server_name = 'shop.example'\n\
         headers = {{ Host = 'shop.example' }}\n\
         [checks.web-readiness]\nport = 9090\ntype = 'http'\n{timings}path = '/'\n[build]\nimage = 'a'"
    );
    assert_eq!(app.config, config(&expected));
    let machine = machine(&app);
    let api = &machine[0]["healthchecks"];
    // Whole seconds: fractions are rounded up.
    assert_eq!((&api[0]["name"], &api[0]["interval"], &api[0]["timeout"]), (&json!("readiness"), &json!(3), &json!(2)));
    let http = json!({
        "port": 8080,
        "method": null,
        "path": "/ready",
        "headers": [{ "name": "Host", "values": ["shop.example"] }],
        "scheme": "https",
        "tls_skip_verify": null,
        "tls_server_name": "shop.example",
    });
    assert_eq!(api[0]["http"], http);
    assert_eq!((&api[1]["interval"], &api[1]["grace_period"]), (&json!(60), &json!(10)));
    assert_eq!((&api[1]["unhealthy"], &api[1]["exec"]), (&json!("stop"), &json!({ "command": ["alive", "now"] })));
    let web = &machine[1]["healthchecks"];
    assert_eq!((&web[0]["name"], &web[0]["http"]["port"]), (&json!("readiness"), &json!(9090)));
    assert_eq!((&web[1]["name"], &web[1]["exec"]["command"]), (&json!("readiness-exec"), &json!(["check"])));
    assert_eq!(web[1]["unhealthy"], Value::Null);
}

#[test]
fn what_probes_can_not_be() {
    let text = "web:\n  image: a\n  readinessProbe: { exec: { command: [] } }";
    let score = annotated(
        "fly.score.dev/probe-readiness-interval: 500ms, fly.score.dev/probe-readiness-tls-skip-verify: 'true'",
        text,
    );
    assert_eq!(
        Try::new(score).found(),
        [
            at_annotation("invalid-annotation", "probe-readiness-interval"),
            at_annotation("invalid-annotation", "probe-readiness-tls-skip-verify"),
            "uses-containers /containers/web/readinessProbe/exec".to_owned(),
            "invalid-value /containers/web/readinessProbe/exec/command".to_owned(),
        ]
    );
}

#[test]
fn a_timing_that_none_takes_is_one_mistake() {
    let probe = "\n  image: a\n  readinessProbe: { httpGet: { path: /, port: 80 } }\n";
    let http = format!("aa:{probe}bb:{probe}");
    let helps = |timing: &str, text: &str| {
        let (_, found) = Try::new(annotated(&format!("fly.score.dev/probe-readiness-{timing}"), text)).run();
        let faults = found.into_iter().filter(|found| found.code == Code::InvalidAnnotation);
        faults.map(|found| found.help.unwrap_or_default()).collect::<Vec<_>>()
    };
    // Of the container's check and that in `[checks]`, the narrower limits.
    assert_eq!(helps("interval: 500ms", &http), ["it takes `2s` to `24h`"]);
    assert_eq!(helps("timeout: 2m", &http), ["it takes `1s` to `1m`"]);
    assert_eq!(helps("timeout: 2m", "web:\n  image: a\n  readinessProbe: { exec: { command: [a] } }"), [""; 0]);
}

#[test]
fn files_have_their_modes_and_a_folder_for_each_container() {
    let text = "api:\n  image: a\n  files:\n    /a: { content: x, mode: '0755' }\n    /b: { source: b.txt, mode: '400' }\n\
                web:\n  image: b\n  files: { /a: { content: y } }";
    let case = Try { files: vec![("b.txt", b"b")], ..Try::new(containers(text, "")) };
    let app = app(&case);
    let machine = machine(&app);
    let file = |guest_path: &str, local_path: &str, mode: Option<u32>| {
        json!({
            "guest_path": guest_path,
            "raw_value": null,
            "secret_name": null,
            "image_config": null,
            "local_path": local_path,
            "mode": mode,
        })
    };
    // 0755 and 0400 in decimal.
    let api = json!([file("/a", "fly_shop_files/api/a", Some(493)), file("/b", "b.txt", Some(256))]);
    assert_eq!(machine[0]["files"], api);
    assert_eq!(machine[1]["files"], json!([file("/a", "fly_shop_files/web/a", None)]));
    let names: Vec<&str> = app.files.keys().map(String::as_str).collect();
    assert_eq!(names, ["fly_shop.machine.json", "fly_shop_files/api/a", "fly_shop_files/web/a"]);
    assert_eq!(app.config.files, []);
}

#[test]
fn inline_everything_stands_in_fly_toml() {
    let container = "files:\n  /run.sh: { content: 'echo \"it\"', mode: '0755' }\n  \
                     /empty: { content: '' }\n  /logo: { binaryContent: /wA= }";
    let options = Options { inline_files: true, ..Options::default() };
    let app = app(&Try { options, ..Try::new(workload(container, "")) });
    assert_eq!(app.files.len(), 0);
    let contents: Vec<_> =
        machine(&app)[0]["files"].as_array().unwrap().iter().map(|file| file["raw_value"].clone()).collect();
    assert_eq!(contents, ["", "/wA=", "ZWNobyAiaXQi"]);
    // Nothing in it is escaped once more.
    let toml = fly::emit(&app.config);
    assert!(toml.contains("machine_config = '''\n{\n  \"containers\": null,\n"), "{toml}");
}

#[test]
fn secrets_go_to_who_uses_them() {
    let text = "api-1:\n  image: a\n  variables:\n    SAME: '${resources.db.p}'\n    DIFFERENT: 'a${resources.db.p}'\n    \
                HALF: '${resources.db.p}'\n\
                web:\n  image: b\n  variables:\n    SAME: '${resources.db.p}'\n    DIFFERENT: 'b${resources.db.p}'\n    \
                HALF: public\n  files: { /a: { content: '${resources.db.p}' } }\n\
                zz:\n  image: c\n  files: { /a: { content: 'z${resources.db.p}', mode: '0600' } }";
    let case = Try {
        outputs: "db: { secrets: { p: hunter2 } }",
        ..Try::new(containers(text, "resources: { db: { type: db } }\n"))
    };
    let app = app(&case);
    let machine = machine(&app);
    let secret = |env_var: &str, name: &str| json!({ "env_var": env_var, "name": name });
    assert_eq!(
        machine[0]["secrets"],
        json!([secret("DIFFERENT", "API_1_DIFFERENT"), secret("HALF", "API_1_HALF"), secret("SAME", "SAME")])
    );
    assert_eq!(machine[1]["secrets"], json!([secret("DIFFERENT", "WEB_DIFFERENT"), secret("SAME", "SAME")]));
    assert_eq!(machine[1]["env"], json!({ "HALF": "public" }));
    assert_eq!(machine[1]["files"][0]["secret_name"], "WEB_FILE_A");
    assert_eq!(machine[2]["secrets"], json!([]));
    assert_eq!(
        (&machine[2]["files"][0]["secret_name"], &machine[2]["files"][0]["mode"]),
        (&json!("ZZ_FILE_A"), &json!(384))
    );
    let secrets: Vec<(&str, &str)> =
        app.secrets.iter().map(|(name, value)| (name.as_str(), value.expose().as_str())).collect();
    assert_eq!(
        secrets,
        [
            ("API_1_DIFFERENT", "ahunter2"),
            ("API_1_HALF", "hunter2"),
            ("SAME", "hunter2"),
            ("WEB_DIFFERENT", "bhunter2"),
            // base64 of `hunter2` and `zhunter2`
            ("WEB_FILE_A", "aHVudGVyMg=="),
            ("ZZ_FILE_A", "emh1bnRlcjI="),
        ]
    );
    assert!(!format!("{machine}").contains("hunter2"));
}

#[test]
fn names_of_secrets_stay_apart() {
    let text = "'11':\n  image: a\n  variables: { P: '${resources.db.p}' }\n\
                aa:\n  image: b\n  variables: { P: '2${resources.db.p}', AA_P: '3${resources.db.p}' }";
    let case =
        Try { outputs: "db: { secrets: { p: s } }", ..Try::new(containers(text, "resources: { db: { type: db } }\n")) };
    let app = app(&case);
    assert_eq!(app.secrets.keys().collect::<Vec<_>>(), ["AA_P", "AA_P_2", "_11_P"]);
    assert_eq!(app.secrets["AA_P"].expose(), "3s");
}

#[test]
fn names_of_secrets_are_none_that_others_have() {
    let variables = |text: &str| format!("\n  image: a\n  variables: {{ {text} }}\n");
    let text = format!(
        "fly:{}primary:{}web:{}",
        variables("APP_NAME: '1${resources.db.p}', WEB_P: public"),
        variables("APP_NAME: '2${resources.db.p}', REGION: '1${resources.db.p}'"),
        variables("P: '1${resources.db.p}', REGION: '2${resources.db.p}'"),
    );
    let text = text + "zz:" + &variables("P: '2${resources.db.p}'");
    let case = Try {
        outputs: "db: { secrets: { p: s } }",
        ..Try::new(containers(&text, "resources: { db: { type: db } }\n"))
    };
    // Fly has `FLY_APP_NAME` and `PRIMARY_REGION` itself.
    let expected = ["PRIMARY_APP_NAME", "WEB_P_2", "WEB_REGION", "ZZ_P", "_FLY_APP_NAME", "_PRIMARY_REGION"];
    assert_eq!(app(&case).secrets.keys().collect::<Vec<_>>(), expected);
}

#[test]
fn the_main_container_is_predictable() {
    let main = |score: String| {
        let app = app(&Try::new(score));
        let build = app.config.build.unwrap();
        (app.config.container.unwrap(), build.image.or(build.dockerfile).unwrap())
    };
    let expected = |name: &str, image: &str| (name.to_owned(), image.to_owned());
    let three = "aa:\n  image: a\n  before: { bb: { ready: complete } }\nbb:\n  image: b\ncc:\n  image: c";
    assert_eq!(main(containers(three, "")), expected("bb", "b"));
    assert_eq!(main(containers(&three.replace("cc:", "shop:"), "")), expected("shop", "c"));
    assert_eq!(main(containers(&three.replace("image: c", "image: ."), "")), expected("cc", "Dockerfile"));
    assert_eq!(main(annotated("fly.score.dev/container: aa", three)), expected("aa", "a"));
    // Of two that are built, the one that lasts, and then the one that serves.
    let built = "aa:\n  image: .\n  before: { cc: { ready: complete } }\nbb:\n  image: .\ncc:\n  image: .\n  \
                 readinessProbe: { httpGet: { path: /, port: 8080 } }";
    let options = Options { image: Some("shop:1".to_owned()), ..Options::default() };
    for (service, name) in [("", "bb"), ("service: { ports: { www: { port: 80, targetPort: 8080 } } }\n", "cc")] {
        let app = app(&Try { options: options.clone(), ..Try::new(containers(built, service)) });
        assert_eq!(app.config.container.as_deref(), Some(name));
    }
    for text in [three, "web:\n  image: a"] {
        let found = Try::new(annotated("fly.score.dev/container: dd", text)).found();
        assert_eq!(found.first(), Some(&at_annotation("invalid-annotation", "container")));
    }
}

#[test]
fn one_image_is_built() {
    let text = "aa:\n  image: .\nbb:\n  image: .";
    let case = Try::new(containers(text, ""));
    assert_eq!(case.found(), ["uses-containers /containers", "invalid-value /containers/bb/image"]);
    // An image that is given can be anywhere.
    let options = Options { image: Some("shop:1".to_owned()), ..Options::default() };
    let app = app(&Try { options, ..case });
    assert_eq!(app.config.build.as_ref().unwrap().image.as_deref(), Some("shop:1"));
    let machine = machine(&app);
    assert_eq!((&machine[0]["image"], &machine[1]["image"]), (&json!("."), &json!("shop:1")));
}

#[test]
fn every_container_is_checked_for_itself() {
    let text = "aa:\n  image: ''\n  variables: { 2X: x }\n  files: { /same: { content: x } }\n\
                bb:\n  image: ''\n  variables: { 1X: x }\n  files: { /same: { content: x }, same: { content: x } }\n  \
                readinessProbe:\n    httpGet:\n      path: /\n      port: 80\n      httpHeaders:\n        \
                - { name: A, value: '1' }\n        - { name: A, value: '2' }";
    let mut found = Try::new(containers(text, "")).found();
    found.retain(|found| !found.ends_with("/image"));
    assert_eq!(
        found,
        [
            "uses-containers /containers",
            "invalid-variable-name /containers/aa/variables/2X",
            "invalid-variable-name /containers/bb/variables/1X",
            "relative-target /containers/bb/files/same",
            "duplicate-header /containers/bb/readinessProbe/httpGet/httpHeaders/1/name",
        ]
    );
}

#[test]
fn requests_of_containers_add_up() {
    let case = |cpu: &str| {
        let resources = format!("resources: {{ limits: {{ cpu: '{cpu}', memory: 200Mi }} }}");
        Try::new(containers(&format!("aa:\n  image: a\n  {resources}\nbb:\n  image: b\n  {resources}"), ""))
    };
    let vm = app(&case("500m")).config.vm;
    assert_eq!((vm[0].cpus, vm[0].memory.as_deref()), (Some(1), Some("512mb")));
    assert_eq!(case("8.5").found(), ["uses-containers /containers", "no-guest-fits /containers/aa/resources"]);
}

#[test]
fn a_volume_is_the_machines() {
    let found = |other: &str| {
        let text = format!(
            "aa:\n  image: a\n  volumes: {{ /data: {{ source: data }} }}\nbb:\n  image: b\n  volumes: {{ {other} }}"
        );
        Try::new(containers(&text, "")).found()
    };
    let same = ["uses-containers /containers", "volume-in-containers /containers/aa/volumes"].map(str::to_owned);
    assert_eq!(found("/data: { source: data }"), same);
    let too_many = [&same[..], &["too-many-volumes /containers/bb/volumes/~1data".to_owned()]].concat();
    assert_eq!(found("/data: { source: other }"), too_many);
    let two_targets = [&same[..], &["invalid-volume /containers/bb/volumes".to_owned()]].concat();
    assert_eq!(found("/other: { source: data }"), two_targets);

    let alone =
        "web:\n  image: a\n  files: { /a: { content: x, mode: '0600' } }\n  volumes: { /data: { source: data } }";
    assert_eq!(app(&Try::new(containers(alone, ""))).config.mounts.len(), 1);
}

#[test]
fn two_containers_can_not_listen_on_one_port() {
    let probe = |port: u16| format!("readinessProbe: {{ httpGet: {{ path: /, port: {port} }} }}");
    let found = |first: &str, second: &str| {
        let mut found =
            Try::new(containers(&format!("aa:\n  image: a\n  {first}\nbb:\n  image: b\n  {second}"), "")).found();
        found.retain(|found| found.starts_with("container-port-conflict"));
        found
    };
    let at_probe = ["container-port-conflict /containers/bb/readinessProbe/httpGet/port"];
    assert_eq!(found(&probe(80), &probe(80)), at_probe);
    assert_eq!(found("variables: { PORT: '80' }", &probe(80)), at_probe);
    assert_eq!(
        found("variables: { PORT: '80' }", "variables: { PORT: '80' }"),
        ["container-port-conflict /containers/bb/variables/PORT"]
    );
    assert_eq!(found(&probe(80), &probe(81)), [""; 0]);
    assert_eq!(found("variables: { PORT: http }", "variables: { PORT: http }"), [""; 0]);
    // It has ended when the other one starts.
    let init = "variables: { PORT: '80' }\n  before: { bb: { ready: complete } }";
    assert_eq!(found(init, &probe(80)), [""; 0]);
}

#[test]
fn restarting_is_as_annotated_unless_something_else_must_be() {
    let text = "aa:\n  image: a\n  before: { bb: { ready: complete } }\nbb:\n  image: b\n\
                cc:\n  image: c\n  livenessProbe: { exec: { command: [c] } }";
    let policies = |annotation: &str| {
        let machine = machine(&app(&Try::new(annotated(annotation, text))));
        [0, 1, 2].map(|index| machine[index]["restart"]["policy"].clone())
    };
    assert_eq!(policies("fly.score.dev/restart: never"), ["no", "no", "always"]);
    assert_eq!(policies("fly.score.dev/restart: on-failure"), ["no", "on-failure", "always"]);
}

#[test]
fn stopping_the_machine_stops_its_containers_alike() {
    let score = annotated(
        "fly.score.dev/kill-signal: SIGTERM, fly.score.dev/kill-timeout: 90s",
        "aa:\n  image: a\nbb:\n  image: b",
    );
    let machine = machine(&app(&Try::new(score)));
    for index in 0..2 {
        assert_eq!(machine[index]["stop"], json!({ "timeout": "1m30s", "signal": "SIGTERM" }));
    }
}

/// What is written must stand the rules for what others have written.
#[test]
fn flys_side_understands_it() {
    let app = app(&Try::new(containers(NEEDS, "")));
    let toml = Source::new("fly.toml", fly::emit(&app.config));
    let files: LocalFiles = app.files.iter().map(|(path, content)| (path.clone(), content.clone())).collect();
    let loaded = LoadedConfig::read(&toml);
    assert_eq!(loaded.check(&files), Diagnostics::new());
    let (machine, found) = loaded.machine_config(None, &files).into_parts();
    assert_eq!(found, Diagnostics::new());
    let containers = serde_json::to_value(machine.unwrap()).unwrap()["containers"].take();
    // Without the empty lists of secrets, which flyctl leaves out.
    assert_eq!(
        containers,
        json!([
            { "name": "init", "image": "a", "restart": { "policy": "no" } },
            {
                "name": "web",
                "image": "b",
                "files": [{ "guest_path": "/run.sh", "raw_value": "eA==", "mode": 493 }],
                "depends_on": [{ "name": "init", "condition": "exited_successfully" }],
                "healthchecks": [{ "name": "readiness", "kind": "readiness", "exec": { "command": ["check"] } }],
            },
        ])
    );
}

#[test]
fn updating_leads_there_and_back() {
    let plain = Try::new(workload("variables: { A: '1' }", "")).app();
    let inside = Try { options: with(Containers::Always), ..Try::new(workload("variables: { A: '1' }", "")) }.app();
    let update =
        |text: &str, app: &App| fly::update(&Source::new("fly.toml", text), &app.config).into_parts().0.unwrap();
    let there = update("# ours\napp = 'shop'\n\n[build]\nimage = 'nginx'\n", &inside);
    assert_eq!(
        there,
        "# ours\napp = 'shop'\nmachine_config = \"fly_shop.machine.json\"\ncontainer = \"web\"\n\n[build]\nimage = 'nginx'\n"
    );
    assert_eq!(update(&there, &plain), "# ours\napp = 'shop'\n\n[build]\nimage = 'nginx'\n\n[env]\nA = \"1\"\n");
}
