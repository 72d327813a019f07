//! Each rule of the Score schema, with what it accepts and what it rejects, and the rules beyond it.

mod score_support;

use score_support::{container, errors, place, ports, read, resources, root, workload};

#[track_caller]
fn accepts(text: &str) {
    assert_eq!(errors(text), Vec::<String>::new(), "{text}");
}

#[track_caller]
fn rejects(text: &str, expected: &str) {
    assert_eq!(errors(text), [expected], "{text}");
}

/// Checks one field of the container `web`: values that it can have, and those that it can't with
/// the code and the pointer below the container.
#[track_caller]
fn field(accepted: &[&str], rejected: &[(&str, &str)]) {
    for fields in accepted {
        accepts(&container(fields));
    }
    for (fields, expected) in rejected {
        rejects(&container(fields), &expected.replacen(" /", " /containers/web/", 1));
    }
}

#[test]
fn root_has_its_fields() {
    accepts(&root("containers: { web: { image: nginx } }"));
    rejects("[]", "wrong-type ");
    rejects("hello", "wrong-type ");
    assert_eq!(errors("{}"), ["missing-field /apiVersion", "missing-field /containers", "missing-field /metadata"]);
    rejects(&workload("x-common: {}"), "unknown-field /x-common");
    rejects(&workload("8080: {}"), "non-string-key /8080");
    rejects(&workload("service: null"), "wrong-type /service");
    rejects(&workload("service: { prots: {} }"), "unknown-field /service/prots");
    rejects(&workload("resources: ~"), "wrong-type /resources");
    rejects(&workload("resources: []"), "wrong-type /resources");
    accepts(&workload("service: {}\nresources: {}"));
}

#[test]
fn api_version_is_the_only_one() {
    let text = |version: &str| {
        format!("apiVersion: {version}\nmetadata: {{ name: ab }}\ncontainers: {{ ab: {{ image: . }} }}")
    };
    accepts(&text("score.dev/v1b1"));
    rejects(&text("score.dev/v1b2"), "invalid-value /apiVersion");
    rejects(&text("scoreXdev/v1b1"), "invalid-value /apiVersion");
    rejects(&text("1"), "wrong-type /apiVersion");
}

#[test]
fn metadata_is_open() {
    let text = |metadata: &str| {
        format!("apiVersion: score.dev/v1b1\nmetadata: {metadata}\ncontainers: {{ ab: {{ image: . }} }}")
    };
    accepts(&text("{ name: ab, team: { 1: x, true: null }, 8080: y }"));
    accepts(&text("{ name: ab, annotations: {} }"));
    rejects(&text("{}"), "missing-field /metadata/name");
    rejects(&text("[]"), "wrong-type /metadata");
    rejects(&text("{ name: ab, annotations: { ab: 1 } }"), "wrong-type /metadata/annotations/ab");
    rejects(&text("{ name: ab, annotations: null }"), "wrong-type /metadata/annotations");
}

#[test]
fn names_have_their_form() {
    let longest = "a".repeat(63);
    for name in ["ab", "a1", "1a", "00x", "a-b", "a--b", longest.as_str()] {
        accepts(&format!(
            "{{ apiVersion: score.dev/v1b1, metadata: {{ name: {name} }}, containers: {{ {name}: {{ image: . }} }} }}"
        ));
    }
    let too_long = "a".repeat(64);
    for name in ["\"\"", "a", "-ab", "ab-", "Ab", "a_b", "a.b", "aé", "\"ab\\n\"", "a٣b", too_long.as_str()] {
        let text = format!(
            "{{ apiVersion: score.dev/v1b1, metadata: {{ name: {name} }}, containers: {{ ab: {{ image: . }} }} }}"
        );
        rejects(&text, "invalid-name /metadata/name");
    }
    rejects(&root("containers: { My_Web: { image: . } }"), "invalid-name /containers/My_Web");
    rejects(&ports("{ w: { port: 1 } }"), "invalid-name /service/ports/w");
    rejects(&resources("{ my.db: { type: redis } }"), "invalid-name /resources/my.db");
}

#[test]
fn annotation_keys_have_their_form() {
    let text =
        |key: &str| resources(&format!("{{ db: {{ type: redis, metadata: {{ annotations: {{ \"{key}\": x }} }} }} }}"));
    let long = format!("{}/{}", "a".repeat(63), "B".repeat(63));
    for key in ["ab", "Ab.C_d-1", "ab.io/bb", "a-b.c1/X.y", "ab.cd.ef/gh", long.as_str()] {
        accepts(&text(key));
    }
    let long_prefix = [&*"a".repeat(63); 4].join(".");
    let too_long = [format!("{long_prefix}/{}", "b".repeat(62)), "b".repeat(64)];
    let malformed =
        ["", "a", "x.io/yy", "ab.io/b", "AB.io/bb", "ab..io/bb", "/ab", "ab/", "ab/cd/ef", "_ab", "a b", "é.io/ab"];
    for key in malformed.into_iter().chain(too_long.iter().map(String::as_str)) {
        let pointer = format!("/resources/db/metadata/annotations/{}", key.replace('/', "~1"));
        rejects(&text(key), &format!("invalid-name {pointer}"));
    }
    accepts(&text(&format!("{long_prefix}/{}", "b".repeat(60))));
}

#[test]
fn ports_have_numbers() {
    accepts(&ports("{}"));
    for port in ["1", "65535", "80.0", "8e1", "0120"] {
        accepts(&ports(&format!("{{ web: {{ port: {port}, targetPort: {port} }} }}")));
    }
    for port in ["0", "65536", "-1", "18446744073709551615", "1e300"] {
        rejects(&ports(&format!("{{ web: {{ port: {port} }} }}")), "out-of-range /service/ports/web/port");
        rejects(
            &ports(&format!("{{ web: {{ port: 1, targetPort: {port} }} }}")),
            "out-of-range /service/ports/web/targetPort",
        );
    }
    for port in ["80.5", "\"80\"", "null", "true", "[80]"] {
        rejects(&ports(&format!("{{ web: {{ port: {port} }} }}")), "wrong-type /service/ports/web/port");
    }
    rejects(&ports("{ web: {} }"), "missing-field /service/ports/web/port");
    rejects(&ports("{ web: 80 }"), "wrong-type /service/ports/web");
    rejects(&ports("[{ port: 80 }]"), "wrong-type /service/ports");
    rejects(&ports("null"), "wrong-type /service/ports");
    rejects(&ports("{ web: { port: 80, name: x } }"), "unknown-field /service/ports/web/name");
    rejects(&ports("{ 8080: { port: 80 } }"), "non-string-key /service/ports/8080");
    accepts(&ports("{ web: { port: 80, protocol: TCP }, dns: { port: 53, protocol: UDP } }"));
    rejects(&ports("{ web: { port: 80, protocol: tcp } }"), "invalid-value /service/ports/web/protocol");
    rejects(&ports("{ web: { port: 80, protocol: null } }"), "wrong-type /service/ports/web/protocol");
}

#[test]
fn integral_floats_are_their_integers() {
    let (workload, _) = read(&ports("{ web: { port: 1e3, targetPort: 80.0 } }"));
    let service = workload.unwrap().service.unwrap();
    assert_eq!((service.ports["web"].port, service.ports["web"].target()), (1000, 80));
}

#[test]
fn containers_have_an_image() {
    rejects(&root("containers: {}"), "invalid-value /containers");
    rejects(&root("containers: null"), "wrong-type /containers");
    rejects(&root("containers: [{ image: x }]"), "wrong-type /containers");
    rejects(&root("containers: { web: null }"), "wrong-type /containers/web");
    rejects(&root("containers: { web: {} }"), "missing-field /containers/web/image");
    rejects(&root("containers: { web: { imge: nginx } }"), "unknown-field /containers/web/imge");
    assert_eq!(
        errors(&root("containers: { web: { comand: [a] } }")),
        ["missing-field /containers/web/image", "unknown-field /containers/web/comand"],
        "the misspelt field is another than the missing one"
    );
    for image in ["null", "\"\""] {
        rejects(&root(&format!("containers: {{ web: {{ image: {image} }} }}")), "invalid-value /containers/web/image");
    }
    rejects(&root("containers: { web: { image: 1.2 } }"), "wrong-type /containers/web/image");
    field(&[], &[("imgae: x", "unknown-field /imgae")]);
}

#[test]
fn commands_are_lists_of_strings() {
    for name in ["command", "args"] {
        accepts(&container(&format!("{name}: []")));
        accepts(&container(&format!("{name}: [a, \"\"]")));
        for value in ["null", "run it", "{}"] {
            rejects(&container(&format!("{name}: {value}")), &format!("wrong-type /containers/web/{name}"));
        }
        for item in ["1", "null", "[]", "true"] {
            rejects(&container(&format!("{name}: [a, {item}]")), &format!("wrong-type /containers/web/{name}/1"));
        }
    }
}

#[test]
fn variables_are_strings() {
    field(
        &["variables: {}", "variables: { A: \"\", lower-case.name: x, \" \": y }"],
        &[
            ("variables: null", "wrong-type /variables"),
            ("variables: [A=b]", "wrong-type /variables"),
            ("variables: { A: 1 }", "wrong-type /variables/A"),
            ("variables: { A: true }", "wrong-type /variables/A"),
            ("variables: { A: null }", "wrong-type /variables/A"),
            ("variables: { A: {} }", "wrong-type /variables/A"),
            ("variables: { \"A=B\": x }", "invalid-name /variables/A=B"),
            ("variables: { \"\": x }", "invalid-name /variables/"),
            ("variables: { 1: x }", "non-string-key /variables/1"),
        ],
    );
}

#[test]
fn files_have_one_content() {
    field(
        &[
            "files: {}",
            "files: { /a: { content: \"\" } }",
            "files: { \"\": { content: x }, relative: { binaryContent: \"\" } }",
            "files: { /a: { source: x, mode: \"644\", noExpand: true } }",
            "files: { /a: { source: x, mode: \"0777\" } }",
        ],
        &[
            ("files: null", "wrong-type /files"),
            ("files: { /a: null }", "wrong-type /files/~1a"),
            ("files: { /a: {} }", "conflicting-fields /files/~1a"),
            ("files: { /a: { content: x, source: y } }", "conflicting-fields /files/~1a"),
            ("files: { /a: { content: x, binaryContent: y } }", "conflicting-fields /files/~1a"),
            ("files: { /a: { source: \"\" } }", "invalid-value /files/~1a/source"),
            ("files: { /a: { content: [x] } }", "wrong-type /files/~1a/content"),
            ("files: { /a: { content: 5 } }", "wrong-type /files/~1a/content"),
            ("files: { /a: { content: x, target: /a } }", "unknown-field /files/~1a/target"),
            ("files: { /a: { content: x, noExpand: \"true\" } }", "wrong-type /files/~1a/noExpand"),
            ("files: { /a: { content: x, mode: 0644 } }", "wrong-type /files/~1a/mode"),
            ("files: { /a: { content: x, mode: \"0o644\" } }", "invalid-value /files/~1a/mode"),
            ("files: { /a: { content: x, mode: \"4755\" } }", "invalid-value /files/~1a/mode"),
            ("files: { /a: { content: x, mode: \"0888\" } }", "invalid-value /files/~1a/mode"),
            ("files: { /a: { content: x, mode: \"00644\" } }", "invalid-value /files/~1a/mode"),
            ("files: { /a: { content: x, mode: \"64\" } }", "invalid-value /files/~1a/mode"),
        ],
    );
}

#[test]
fn volumes_have_a_source() {
    field(
        &[
            "volumes: {}",
            "volumes: { /a: { source: \"\" } }",
            "volumes: { /a: { source: x, path: y, readOnly: true } }",
        ],
        &[
            ("volumes: { /a: {} }", "missing-field /volumes/~1a/source"),
            ("volumes: { /a: { source: null } }", "wrong-type /volumes/~1a/source"),
            ("volumes: { /a: { source: x, path: null } }", "wrong-type /volumes/~1a/path"),
            ("volumes: { /a: { source: x, readOnly: 1 } }", "wrong-type /volumes/~1a/readOnly"),
            ("volumes: { /a: { source: x, read_only: true } }", "unknown-field /volumes/~1a/read_only"),
        ],
    );
}

#[test]
fn amounts_are_strings_of_their_form() {
    let text = |amount: &str| container(&format!("resources: {{ limits: {{ {amount} }} }}"));
    for amount in
        ["", "cpu: \"0\"", "cpu: \"01\"", "cpu: \"0.24\"", "cpu: 500m", "memory: 1Gi", "memory: 1.5P", "memory: \"1\""]
    {
        accepts(&text(amount));
    }
    for cpu in ["\".5\"", "1.", "1.5m", "1e3x", "\"\"", "-1m"] {
        let code = if cpu == "1." { "wrong-type" } else { "invalid-value" };
        rejects(&text(&format!("cpu: {cpu}")), &format!("{code} /containers/web/resources/limits/cpu"));
    }
    for memory in ["0Mi", "01Mi", "1MB", "1k", ".5Gi", "1 Gi", "\"\""] {
        rejects(&text(&format!("memory: {memory}")), "invalid-value /containers/web/resources/limits/memory");
    }
    rejects(&text("cpu: 1"), "wrong-type /containers/web/resources/limits/cpu");
    rejects(&text("memory: null"), "wrong-type /containers/web/resources/limits/memory");
    rejects(&text("disk: 1G"), "unknown-field /containers/web/resources/limits/disk");
    field(
        &["resources: {}", "resources: { requests: {} }"],
        &[
            ("resources: null", "wrong-type /resources"),
            ("resources: { limits: null }", "wrong-type /resources/limits"),
            ("resources: { cpu: \"1\" }", "unknown-field /resources/cpu"),
        ],
    );
}

#[test]
fn probes_ask_by_http_or_command() {
    for probe in ["livenessProbe", "readinessProbe"] {
        let case = |body: &str| container(&format!("{probe}: {body}"));
        let get = |fields: &str| case(&format!("{{ httpGet: {{ {fields} }} }}"));
        let at = |code: &str, rest: &str| format!("{code} /containers/web/{probe}{rest}");
        accepts(&get("path: \"\", port: 80"));
        accepts(&get("path: /, port: 80.0, host: h, scheme: HTTPS, httpHeaders: []"));
        accepts(&get("path: /, port: 80, httpHeaders: [{ name: X-Y_1, value: v }]"));
        accepts(&case("{ exec: { command: [] } }"));
        accepts(&case("{ exec: { command: [a] }, httpGet: { path: /, port: 80 } }"));
        rejects(&case("{}"), &at("missing-field", "/httpGet"));
        rejects(&case("null"), &at("wrong-type", ""));
        rejects(&case("{ exec: {} }"), &at("missing-field", "/exec/command"));
        rejects(&case("{ exec: { command: null } }"), &at("wrong-type", "/exec/command"));
        rejects(&case("{ exec: { command: [a] }, tcpSocket: {} }"), &at("unknown-field", "/tcpSocket"));
        rejects(&get("path: /"), &at("missing-field", "/httpGet/port"));
        rejects(&get("port: 80"), &at("missing-field", "/httpGet/path"));
        rejects(&get("path: /, port: http"), &at("wrong-type", "/httpGet/port"));
        rejects(&get("path: /, port: \"80\""), &at("wrong-type", "/httpGet/port"));
        rejects(&get("path: /, port: 0"), &at("out-of-range", "/httpGet/port"));
        rejects(&get("path: /, port: 80, host: \"\""), &at("invalid-value", "/httpGet/host"));
        rejects(&get("path: /, port: 80, scheme: http"), &at("invalid-value", "/httpGet/scheme"));
        rejects(&get("path: /, port: 80, httpHeaders: {}"), &at("wrong-type", "/httpGet/httpHeaders"));
        rejects(
            &get("path: /, port: 80, httpHeaders: [{ name: a }]"),
            &at("missing-field", "/httpGet/httpHeaders/0/value"),
        );
        rejects(
            &get("path: /, port: 80, httpHeaders: [{ value: a }]"),
            &at("missing-field", "/httpGet/httpHeaders/0/name"),
        );
        rejects(
            &get("path: /, port: 80, httpHeaders: [{ name: \"a:\", value: b }]"),
            &at("invalid-name", "/httpGet/httpHeaders/0/name"),
        );
        rejects(
            &get("path: /, port: 80, httpHeaders: [{ name: a, value: \"\" }]"),
            &at("invalid-value", "/httpGet/httpHeaders/0/value"),
        );
    }
}

#[test]
fn resources_have_a_type() {
    let text = |fields: &str| resources(&format!("{{ db: {{ {fields} }} }}"));
    accepts(&text("type: Postgres-15, class: Large, id: a-b.c--d, metadata: { 1: x }, params: { size: 3, 2: null }"));
    accepts(&text("type: pg, metadata: {}, params: {}"));
    rejects(&resources("{ db: null }"), "wrong-type /resources/db");
    rejects(&resources("{ db: postgres }"), "wrong-type /resources/db");
    rejects(&text(""), "missing-field /resources/db/type");
    for name in ["type", "class"] {
        let other = if name == "type" { "" } else { "type: ab, " };
        for value in ["a", "a_b", "-ab", "ab-", "a.b"] {
            rejects(&text(&format!("{other}{name}: {value}")), &format!("invalid-value /resources/db/{name}"));
        }
    }
    for id in ["a", "Ab", "a_b", "a..b", ".ab", "ab.", "a-.b", "-ab"] {
        rejects(&text(&format!("type: ab, id: {id}")), "invalid-value /resources/db/id");
    }
    rejects(&text("type: ab, params: null"), "wrong-type /resources/db/params");
    rejects(&text("type: ab, params: []"), "wrong-type /resources/db/params");
    rejects(&text("type: ab, metadata: null"), "wrong-type /resources/db/metadata");
    rejects(
        &text("type: ab, metadata: { annotations: { ab: 1 } }"),
        "wrong-type /resources/db/metadata/annotations/ab",
    );
    rejects(&text("type: ab, properties: {}"), "unknown-field /resources/db/properties");
}

/// Containers `aa`, `bb` and so on, each with these fields besides its image.
fn containers(fields: &[&str]) -> String {
    let names = ["aa", "bb", "cc", "dd"];
    let lines: Vec<String> =
        names.iter().zip(fields).map(|(name, fields)| format!("  {name}: {{ image: nginx, {fields} }}")).collect();
    root(&format!("containers:\n{}", lines.join("\n")))
}

const PROBE: &str = "readinessProbe: { exec: { command: [a] } }";

#[test]
fn before_names_a_state() {
    accepts(&containers(&["before: {}", "before: { aa: { ready: started } }"]));
    rejects(&containers(&["", "before: { aa: {} }"]), "missing-field /containers/bb/before/aa/ready");
    rejects(&containers(&["", "before: { aa: { ready: Started } }"]), "invalid-value /containers/bb/before/aa/ready");
    rejects(&containers(&["", "before: { aa: started }"]), "wrong-type /containers/bb/before/aa");
    rejects(&containers(&["", "before: [aa]"]), "wrong-type /containers/bb/before");
}

#[test]
fn before_names_another_container() {
    rejects(&containers(&["before: { aa: { ready: started } }"]), "before-cycle /containers/aa/before/aa");
    rejects(&containers(&["before: { zz: { ready: started } }"]), "unknown-container /containers/aa/before/zz");
    // A container that is broken is one all the same.
    rejects(
        &root("containers: { aa: { image: x, before: { bb: { ready: started } } }, bb: null }"),
        "wrong-type /containers/bb",
    );
}

#[test]
fn before_healthy_needs_a_probe() {
    let healthy = "before: { bb: { ready: healthy } }";
    accepts(&containers(&[&format!("{healthy}, {PROBE}"), ""]));
    rejects(&containers(&[healthy, PROBE]), "missing-probe /containers/aa/before/bb/ready");
    // A probe that is broken is one all the same.
    rejects(&containers(&[&format!("{healthy}, livenessProbe: null"), ""]), "wrong-type /containers/aa/livenessProbe");
}

#[test]
fn before_goes_round_in_no_circle() {
    let started = |name: &str| format!("before: {{ {name}: {{ ready: started }} }}");
    let circle = containers(&[&started("bb"), &started("cc"), &started("aa"), &started("aa")]);
    rejects(&circle, "before-cycle /containers/aa/before/bb");
    let (_, diagnostics) = read(&circle);
    let found = diagnostics.iter().next().unwrap();
    assert_eq!(
        found.message,
        "these containers wait for each other in a circle: `aa` before `bb` before `cc` before `aa`"
    );
    let related: Vec<&str> = found.related.iter().map(|related| related.pointer.as_str()).collect();
    assert_eq!(related, ["/containers/bb/before/cc", "/containers/cc/before/aa"]);

    let two = containers(&[&started("bb"), &started("aa"), &started("dd"), &started("cc")]);
    assert_eq!(errors(&two), ["before-cycle /containers/aa/before/bb", "before-cycle /containers/cc/before/dd"]);

    // Two ways to the same container are no circle.
    let both = "before: { bb: { ready: started }, cc: { ready: started } }";
    accepts(&containers(&[both, &started("dd"), &started("dd"), ""]));
}

#[test]
fn images_have_no_placeholders() {
    let text = root("containers: { web: { image: \"nginx:${VERSION:-latest}\" } }");
    rejects(&text, "invalid-placeholder /containers/web/image");
    let (_, diagnostics) = read(&text);
    // The placeholder itself is marked: after `containers: { web: { image: "nginx:`.
    assert_eq!(place(&text, diagnostics.iter().next().unwrap()), "3:36");
}

#[test]
fn ten_mistakes_are_ten_diagnostics() {
    let text = "\
apiVersion: score.dev/v1
metadata:
  name: My_App
service:
  ports:
    web:
      port: 99999
containers:
  web:
    image: nginx
    variabels: {}
    variables:
      PORT: 8080
    files:
      /etc/app.conf:
        content: x
        mode: 0644
    readinessProbe:
      httpGet:
        path: /
        port: 80
        scheme: http
  worker:
    image:
    before:
      wbe: { ready: started }
resources:
  db:
";
    let (workload, diagnostics) = read(text);
    let found: Vec<String> =
        diagnostics.iter().map(|found| format!("{} {} {}", place(text, found), found.code, found.pointer)).collect();
    assert_eq!(
        found,
        [
            "1:13 invalid-value /apiVersion",
            "3:9 invalid-name /metadata/name",
            "7:13 out-of-range /service/ports/web/port",
            "11:5 unknown-field /containers/web/variabels",
            "13:13 wrong-type /containers/web/variables/PORT",
            "17:15 wrong-type /containers/web/files/~1etc~1app.conf/mode",
            "22:17 invalid-value /containers/web/readinessProbe/httpGet/scheme",
            "24:5 invalid-value /containers/worker/image",
            "26:7 unknown-container /containers/worker/before/wbe",
            "28:3 wrong-type /resources/db",
        ]
    );
    let workload = workload.unwrap();
    assert_eq!(workload.metadata.name, "My_App");
    assert_eq!(workload.containers.keys().collect::<Vec<_>>(), ["web", "worker"]);
}
