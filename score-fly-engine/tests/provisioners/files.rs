//! Provisioner files, and where they come from.

use std::fs;

use score_fly_core::Source;
use score_fly_core::secret::Secret;
use score_fly_engine::provisioner::{Builtin, Cmd, Http, Kind, Protocol, Provisioner, Static, read_file};
use score_fly_engine::{CancelToken, Faults};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::support::{answer, redis, surrounded, values};

fn read(text: &str) -> Vec<Provisioner> {
    let (provisioners, found) = read_file(&Source::new("it", text)).into_parts();
    assert!(found.is_empty(), "{found:?}");
    provisioners.expect("provisioners")
}

/// What is wrong, one line each: the place, what it is and what to do about it.
fn problems(text: &str) -> Vec<String> {
    let source = Source::new("a.provisioners.yaml", text);
    let (_, diagnostics) = read_file(&source).into_parts();
    let problems = Faults { diagnostics, texts: vec![source] }.to_string();
    problems.lines().map(str::to_owned).collect()
}

#[test]
fn reads_every_kind() {
    let found = read(
        r"
- uri: template://default/redis
  type: redis
  class: small
  id: main
  description: A cache.
  supported_params: [size]
  expected_outputs: [host]
  init: 'a: 1'
  state: 'a: 1'
  shared: 'a: 1'
  outputs: 'host: {{ Id }}'
  secrets: 'password: x'
- uri: cmd://python3#dns
  type: dns
  args: [-c, print, <mode>]
  timeout: 30s
- {uri: 'static://mail', type: smtp, values: {host: h}, secrets: {password: p}}
- {uri: 'https://me:pw@example.com:8443/redis?token=t#x', type: redis, timeout: 5m}
- {uri: 'builtin://service-port'}
- {uri: 'local-env://all', type: env}
",
    );
    let ids: Vec<&str> = found.iter().map(|provisioner| provisioner.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "template://default/redis",
            "cmd://python3#dns",
            "static://mail",
            // Without what may be secret.
            "https://example.com:8443/redis#x",
            "builtin://service-port",
            "local-env://all"
        ]
    );
    let first = &found[0];
    assert_eq!((first.selector.kind.as_str(), first.selector.class.as_deref()), ("redis", Some("small")));
    assert_eq!(first.selector.resource_id.as_deref(), Some("main"));
    assert_eq!(first.description.as_deref(), Some("A cache."));
    assert_eq!(json!([first.supported_params, first.expected_outputs]), json!([["size"], ["host"]]));
    assert_eq!(answer(first.kind.clone(), &redis()).values, Some(values(json!({"host": "main-cache"}))));
    let cmd = Cmd {
        binary: "python3".to_owned(),
        args: ["-c", "print", "<mode>"].map(str::to_owned).to_vec(),
        protocol: Protocol::ScoreCompose,
        timeout: "30s".parse().ok(),
    };
    assert_eq!(found[1].kind, Kind::Cmd(cmd));
    let outputs = Static {
        values: values(json!({"host": "h"})),
        secrets: [("password".to_owned(), Secret::new(json!("p")))].into(),
    };
    assert_eq!(found[2].kind, Kind::Static(outputs));
    let url = "https://me:pw@example.com:8443/redis?token=t#x".to_owned();
    assert_eq!(found[3].kind, Kind::Http(Http { url, timeout: "5m".parse().ok() }));
    assert_eq!(
        (&found[4].kind, found[4].selector.kind.as_str()),
        (&Kind::Builtin(Builtin::ServicePort), "service-port")
    );
    assert_eq!((&found[5].kind, found[5].selector.kind.as_str()), (&Kind::Builtin(Builtin::Environment), "env"));
}

#[test]
fn programs_are_named_as_score_compose_names_them() {
    for (uri, binary) in [
        ("cmd:///usr/bin/x", "/usr/bin/x"),
        ("cmd://~/bin/x#label", "~/bin/x"),
        ("cmd://./x", "./x"),
        ("cmd://../x", "../x"),
        ("cmd://bash", "bash"),
    ] {
        let Kind::Cmd(cmd) = &read(&format!("- {{uri: '{uri}', type: a}}"))[0].kind else { panic!("{uri}") };
        assert_eq!(cmd.binary, binary);
    }
    for (uri, problem) in [
        (
            "cmd://bash/x",
            "`uri` names a program in `PATH`, so no path can follow: for a path start with `cmd:///`, `cmd://./` or `cmd://~/`",
        ),
        ("cmd://me@bash", "`uri` has to be a program, without a user, a port and a query"),
        ("cmd://bash:80", "`uri` has to be a program, without a user, a port and a query"),
        ("cmd://bash?x=1", "`uri` has to be a program, without a user, a port and a query"),
        ("cmd://", "`uri` names no program"),
    ] {
        let expected = format!("a.provisioners.yaml:1:9: {problem}");
        assert_eq!(problems(&format!("- {{uri: '{uri}', type: a}}")), [expected]);
    }
}

#[test]
fn reports_all_that_is_wrong() {
    let found = problems(
        r"
- {type: redis}
- {uri: 'static://a'}
- {uri: 'static://b', type: a, values: [1], valeus: {}}
- {uri: 'static://b', type: a}
- {uri: 'static://b', type: a}
- 3
- {uri: 'helm://x', type: a}
- {uri: 'builtin://kafka', type: a}
- {uri: redis, type: a}
- {uri: 'cmd://x', type: a, args: [1], timeout: 30, protocol: other}
- {uri: 'http://', type: a}
- {uri: 'template://x', type: a, services: 'a: 1', outputs: 'a: {% if %}', info_logs: '-'}
- {uri: [], type: a}
",
    );
    let start = "a.provisioners.yaml:";
    let found: Vec<&str> = found.iter().map(|problem| problem.strip_prefix(start).expect("the place")).collect();
    assert_eq!(
        found,
        [
            "2:3: `uri` is missing; it starts with `template://`, `cmd://`, `static://`, `builtin://` or `https://`",
            "3:3: `type` is missing; give the type of the resources that it is for",
            "4:32: `values` is a list, not a mapping",
            "4:45: there is no key `valeus` for provisioners of this kind",
            "6:3: there is another entry with the `uri` `static://b`; append `#` and a label to tell them apart",
            "7:3: it is a number, not a mapping",
            "8:9: there are no provisioners of the kind `helm://`",
            "9:9: there is no built-in provisioner `kafka`",
            "10:9: `uri` has no kind; it starts with `template://`, `cmd://`, `static://`, `builtin://` or `https://`",
            "11:29: `args` has to be a list of texts",
            "11:49: `timeout` is a number, not text",
            "11:63: `protocol` has to be `score-compose` or `score-flyio`",
            "12:9: `uri` is no address of a server",
            "13:34: `services` are made beside a workload, and there is nothing like it on Fly",
            "13:61: the template `outputs` is no Jinja, in line 1: `a: {% if %}`",
            "14:4: `uri` is a list, not text",
        ]
    );
    assert_eq!(problems("# one\na: 1"), ["a.provisioners.yaml:2:1: it is an object, not a list of provisioners"]);
    let [message] = problems("- [").try_into().expect("one problem");
    assert!(message.starts_with("a.provisioners.yaml:1:"), "{message}");
    // By the rules that Score files have.
    let [message] = problems("- uri: static://a\n  type: a\n  type: b\n").try_into().expect("one problem");
    assert!(message.starts_with("a.provisioners.yaml:3:3: "), "{message}");
    assert!(read("# nothing yet").is_empty());
}

#[test]
fn go_templates_are_refused_with_how_to_write_them() {
    let found = problems(
        "- uri: template://x\n  type: redis\n  init: 'name: {{ splitList \".\" .Id | last }}'\n  outputs: 'a: {{ .Init.name }}'\n",
    );
    assert_eq!(found.len(), 2);
    assert!(found[1].contains("the template `outputs` is a Go template (`{{ .Init.name }}`)"), "{}", found[1]);
}

fn fetch(uri: &str) -> Result<Vec<Provisioner>, Faults> {
    surrounded(&CancelToken::new(), |surroundings| score_fly_engine::provisioner::fetch(uri, surroundings))
}

#[test]
fn fetches_a_folder_in_byte_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    for name in ["10-b", "9-a", "Z", "a"] {
        write(&format!("{name}.provisioners.yaml"), &format!("- {{uri: 'static://{name}', type: a}}"));
    }
    write("README.md", "{");
    let path = folder.path().display().to_string();
    for uri in [path.clone(), format!("file://{path}")] {
        let ids: Vec<String> =
            fetch(&uri).expect("provisioners").into_iter().map(|provisioner| provisioner.id).collect();
        assert_eq!(ids, ["static://10-b", "static://9-a", "static://Z", "static://a"]);
    }
    assert_eq!(fetch(&format!("{path}/Z.provisioners.yaml")).expect("provisioners").len(), 1);
    write("10-b.provisioners.yaml", "- 1");
    write("a.provisioners.yaml", "- 2");
    let message = fetch(&path).expect_err("an error").to_string();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 2, "{message}");
    assert_eq!(lines[0], format!("{path}/10-b.provisioners.yaml:1:3: it is a number, not a mapping"));
}

#[test]
fn says_what_can_not_be_fetched() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().display().to_string();
    let message = |uri: &str| fetch(uri).expect_err("an error").to_string();
    assert_eq!(message(&path), format!("cannot read `{path}`: there is no file `*.provisioners.yaml` in this folder"));
    assert_eq!(message("/no/such/file"), "cannot read `/no/such/file`: No such file or directory");
    assert!(message("oci://ghcr.io/x").starts_with("cannot read `oci://…`: this kind of address is not known; "));
    let binary = folder.path().join("binary");
    fs::write(&binary, [b'-', 0xff]).expect("a file");
    assert!(message(&binary.display().to_string()).contains("the bytes at line 1, column 2 are not UTF-8 text"));
    fs::write(&binary, " ".repeat((1 << 20) + 1)).expect("a file");
    assert!(message(&binary.display().to_string()).ends_with("it is larger than 1048576 bytes"));
}

#[test]
fn fetches_from_the_web() {
    let server = Server::answering(|_, request| match request.line.as_str() {
        "GET /a HTTP/1.1" => Reply::redirect(302, "/b"),
        "GET /b HTTP/1.1" => Reply::text(200, "- {uri: 'static://a', type: a}"),
        _ => Reply::text(404, "nothing"),
    });
    let at = |path: &str| format!("http://{}{path}", server.address);
    assert_eq!(fetch(&at("/a")).expect("provisioners")[0].id, "static://a");
    let message = fetch(&at("/c")).expect_err("an error").to_string();
    assert_eq!(message, format!("cannot read `{}`: the server answered with status 404", at("/c")));
    let message = fetch(&at("/c?token=hunter2").replace("//", "//me:hunter2@")).expect_err("an error").to_string();
    assert_eq!(message, format!("cannot read `{}`: the server answered with status 404", at("/c")));
}
