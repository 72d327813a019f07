//! What the messages say about what people really write, and what they tell them to write instead.

mod score_support;

use score_fly_core::document::overrides::Override;
use score_fly_core::{Input, Source, load};
use score_support::{container, only, ports, read, resources, root, workload};

/// Checks the help of the only diagnostic.
#[track_caller]
fn helps(text: &str, help: &str) {
    assert_eq!(only(text).help.as_deref(), Some(help), "{text}");
}

/// Checks that the help of the only diagnostic speaks of something.
#[track_caller]
fn mentions(text: &str, part: &str) {
    let found = only(text);
    let help = found.help.unwrap_or_else(|| panic!("there is no help for {text}"));
    assert!(help.contains(part), "{help}");
}

#[test]
fn images_set_by_the_pipeline() {
    for image in ["", "\"\"", "~"] {
        let text = root(&format!("containers: {{ web: {{ image: {image} }} }}"));
        helps(&text, "write `image: .` and give the image when you convert, or have it built from a Dockerfile");
    }
    for image in ["nginx:${VERSION:-latest}", "${value.app.image}"] {
        let text = root(&format!("containers: {{ web: {{ image: \"{image}\" }} }}"));
        helps(
            &text,
            "write `image: .` and give the image when you convert, or set it by the override property `containers.web.image=…`",
        );
    }
}

#[test]
fn resources_of_other_years() {
    helps(
        &resources("{ db: { type: postgres, properties: { host: null } } }"),
        "remove it: Score gave it up in 2024, and placeholders alone say which outputs are used",
    );
    helps(&resources("{ db: null }"), "give `db` a `type`, or remove it");
    helps(
        &workload("resources:\n#  db:\n#    type: redis"),
        "remove the key `resources`, since there is nothing under it",
    );
}

#[test]
fn names_are_mended() {
    let text = |name: &str| {
        format!("{{ apiVersion: score.dev/v1b1, metadata: {{ name: {name} }}, containers: {{ web: {{ image: . }} }} }}")
    };
    mentions(&text("my_app"), "write `my-app`: ");
    mentions(&text("MyApp"), "write `myapp`: ");
    mentions(&text("\"My app!\""), "write `my-app`: ");
    mentions(&text("\"__\""), "a workload name is 2 to 63 characters");
    mentions(&root("containers: { My_Web: { image: . } }"), "write `my-web`: a container name is");
}

#[test]
fn fields_of_kubernetes() {
    let cases = [
        ("pullPolicy: Always", "remove it: Score has no pull policy"),
        ("imagePullPolicy: Always", "remove it: Score has no pull policy"),
        ("env: []", "write `variables`"),
        ("volumeMounts: []", "write `volumes: {"),
        ("limits: {}", "write `resources: { limits: {"),
    ];
    for (field, help) in cases {
        mentions(&container(field), help);
    }
}

#[test]
fn dialects_with_kind_and_spec() {
    let text = "apiVersion: score.dev/v1b1\nkind: Workload\nmetadata: { name: ab }\nspec: { containers: {} }\n";
    let (_, diagnostics) = read(text);
    let found: Vec<(&str, &str)> =
        diagnostics.iter().map(|found| (found.pointer.as_str(), found.help.as_deref().unwrap())).collect();
    let skeleton =
        "{ apiVersion: score.dev/v1b1, metadata: { name: my-app }, containers: { main: { image: my-image } } }";
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], ("/containers", "add it, such as `containers: { main: { image: my-image } }`"));
    assert_eq!(found[1], ("/kind", "remove it: every Score file describes one workload"));
    assert!(found[2].0 == "/spec" && found[2].1.contains(skeleton), "{found:?}");
    mentions(&workload("workloads: {}"), skeleton);
    mentions(&workload("x-common: {}"), "move it under `metadata`");
    helps(
        "{ apiVersion: score.dev/v1, metadata: { name: ab }, containers: { web: { image: . } } }",
        "write `apiVersion: score.dev/v1b1`",
    );
}

#[test]
fn fields_of_docker_compose() {
    let cases = [
        ("environment: {}", "write `variables`"),
        ("ports: [\"80:80\"]", "service: { ports:"),
        ("build: .", "write `image: .`"),
        ("entrypoint: x", "write `command`"),
        ("depends_on: []", "write `before`"),
        ("healthcheck: {}", "`readinessProbe`"),
        ("restart: always", "fly.score.dev/restart"),
    ];
    for (field, help) in cases {
        mentions(&container(field), help);
    }
    mentions(&container("variables: [A=b]"), "variables: { LOG_LEVEL:");
    helps(&container("command: npm start"), r#"write `["/bin/sh", "-c", "npm start"]`"#);
    helps(&container("args: --port 80"), r#"write `["--port", "80"]`"#);
}

#[test]
fn probe_timings() {
    let cases = [
        ("initialDelaySeconds", "fly.score.dev/probe-readiness-grace-period"),
        ("periodSeconds", "fly.score.dev/probe-readiness-interval"),
        ("timeoutSeconds", "fly.score.dev/probe-readiness-timeout"),
        ("failureThreshold", "no thresholds"),
    ];
    for (field, help) in cases {
        mentions(&container(&format!("readinessProbe: {{ httpGet: {{ path: /, port: 80 }}, {field}: 5 }}")), help);
        mentions(&container(&format!("readinessProbe: {{ httpGet: {{ path: /, port: 80, {field}: 5 }} }}")), help);
    }
}

#[test]
fn probe_values() {
    let get = |fields: &str| container(&format!("readinessProbe: {{ httpGet: {{ path: /, {fields} }} }}"));
    helps(&get("port: 80, scheme: http"), "write `HTTP`");
    helps(&get("port: web"), "write the number that the container listens on, such as `8080`");
    helps(&get("port: \"80\""), "write it without quotes: `80`");
}

#[test]
fn scalars_of_the_wrong_type() {
    helps(&container("files: { /a: { content: x, mode: 0644 } }"), "quote it: `\"0644\"`");
    helps(&container("variables: { A: 1_000 }"), "quote it: `\"1_000\"`");
    helps(&container("variables: { A: True }"), "quote it: `\"True\"`");
    helps(&container("variables: { A: }"), "write `\"\"` for an empty value, or remove the variable");
    helps(&container("resources: { limits: { cpu: 0.5 } }"), "quote it: `\"0.5\"`");
    helps(&ports("{ web: { port: \"8080\" } }"), "write it without quotes: `8080`");
    helps(&ports("{ 8080: { port: 80 } }"), "quote it: `\"8080\"`");
    helps(&container("volumes: { /a: { source: x, readOnly: \"yes\" } }"), "write `true` without quotes");
    helps(&workload("service: ~"), "give `service` a value, or remove it");
}

#[test]
fn amounts_are_mended() {
    for (memory, mended) in
        [("512MB", "512M"), ("512mb", "512M"), ("1gib", "1Gi"), ("512 Mi", "512Mi"), (".5Gi", "0.5Gi"), ("1k", "1K")]
    {
        mentions(
            &container(&format!("resources: {{ limits: {{ memory: {memory} }} }}")),
            &format!("write `{mended}`: "),
        );
    }
    mentions(&container("resources: { limits: { memory: lots } }"), "an amount of memory is a number");
    mentions(&container("resources: { limits: { cpu: \".5\" } }"), "write `0.5`: ");
}

#[test]
fn lists_of_what_has_names() {
    mentions(&root("containers: [{ name: web, image: x }]"), "containers: { main: { image: my-image } }");
    mentions(&ports("[{ port: 80 }]"), "ports: { web: { port: 80, targetPort: 8080 } }");
    mentions(&workload("resources: [{ type: redis }]"), "resources: { my-db: { type: postgres } }");
}

#[test]
fn typing_errors() {
    helps(&container("comand: [a]"), "did you mean `command`?");
    helps(&container("livenesProbe: {}"), "did you mean `livenessProbe`?");
    helps(&ports("{ web: { port: 80, targetport: 80 } }"), "did you mean `targetPort`?");
    helps(
        &ports("{ web: { port: 80, zzzz: 80 } }"),
        "the fields that it can have are `port`, `targetPort`, `protocol`",
    );
    helps(&ports("{ web: { port: 80, protocol: udp } }"), "write `UDP`");
    helps(&ports("{ web: { port: 80, protocol: QUIC } }"), "write one of `TCP`, `UDP`");
}

#[test]
fn messages_name_what_is_wrong() {
    let cases = [
        (container("command: [a, 1]"), "an item of `command` must be a string, but is a number"),
        (container("comand: [a]"), "`comand` is not a field that `web` can have"),
        (root("containers: { web: {} }"), "`image` is missing in `web`"),
        ("[]".to_owned(), "a Score file must be a mapping, but is a list"),
        (ports("{ web: { port: 0x1FFFF } }"), "`port` is `0x1FFFF`, but ports go from 1 to 65535"),
        (
            container("files: { /a: { source: x, content: y } }"),
            "the file `/a` has more than one content: `source`, `content`",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(only(&text).message, message);
    }
    let missing = "{ metadata: { name: ab }, containers: { web: { image: . } } }";
    assert_eq!(only(missing).message, "`apiVersion` is missing");
    let unknown = workload("zzz: 1");
    assert_eq!(only(&unknown).message, "`zzz` is not a field that a Score file can have");
}

#[test]
fn values_of_overrides_are_quoted_as_they_were_written() {
    let source = Source::new("score.yaml", container("variables: { A: x }"));
    let overrides = [Override::property("containers.web.variables.A=0x1F")];
    let (_, diagnostics) = load(Input { score: &source, overrides: &overrides }).into_parts();
    let found = diagnostics.iter().next().unwrap();
    assert_eq!(found.help.as_deref(), Some("quote it: `\"0x1F\"`"));
    assert_eq!(found.location.as_ref().unwrap().source, "--override-property containers.web.variables.A");
}
