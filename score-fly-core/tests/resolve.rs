//! Filling the placeholders of a workload.

use score_fly_core::diagnostic::Part;
use score_fly_core::map::SortedMap;
use score_fly_core::resolve::{
    Given, Missing, ResolvedContainer, ResolvedContent, ResolvedSource, resolve, resolve_params,
};
use score_fly_core::resource::Outputs;
use score_fly_core::score::Workload;
use score_fly_core::secret::Sensitive;
use score_fly_core::{Code, Diagnostic, Diagnostics};
use serde_json::{Value, json};

/// A workload whose container `main` has these further fields.
fn workload(container: Value, resources: Value) -> Workload {
    let mut score = json!({
        "apiVersion": "score.dev/v1b1",
        "metadata": {"name": "web", "team": "shop", "annotations": {"x.io/y": "ann"}},
        "containers": {},
    });
    score["containers"]["main"] = container;
    score["containers"]["main"]["image"] = json!("nginx");
    score["resources"] = resources;
    serde_json::from_value(score).unwrap()
}

fn database() -> Value {
    json!({"db": {"type": "postgres"}})
}

fn given(outputs: Value) -> Given {
    let (outputs, _) = Outputs::from_json(&serde_json::from_value(outputs).unwrap()).into_result().unwrap();
    Given { outputs, ..Given::default() }
}

fn database_outputs() -> Value {
    json!({"db": {
        "values": {"host": "h", "port": 5432, "password": "public"},
        "secrets": {"password": "s3cr3t", "tls": {"key": "k3y", "name": "n4me"}},
    }})
}

fn with_files<const N: usize>(given: Given, files: [(&str, &[u8]); N]) -> Given {
    let files = files.into_iter().map(|(source, content)| (source.to_owned(), content.to_vec())).collect();
    Given { files, ..given }
}

/// The container `main`, which borrows from its workload: in a test, that may live for ever.
fn resolved(workload: Workload, given: &Given) -> ResolvedContainer<'static> {
    let (mut resolved, diagnostics) = resolve(Box::leak(Box::new(workload)), given).into_result().unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    resolved.containers.remove("main").unwrap()
}

fn value<'c>(container: &'c ResolvedContainer<'_>, variable: &str) -> &'c Sensitive<String> {
    &container.variables[variable].as_ref().unwrap().value
}

fn volume<'w>(container: &ResolvedContainer<'w>, target: &str) -> ResolvedSource<'w> {
    container.volumes[target].source.clone().unwrap()
}

fn errors(workload: &Workload, given: &Given) -> Vec<Diagnostic> {
    resolve(workload, given).into_result().unwrap_err().into_iter().collect()
}

fn error(workload: &Workload, given: &Given) -> Diagnostic {
    let [error] = <[Diagnostic; 1]>::try_from(errors(workload, given)).unwrap();
    error
}

fn summary(diagnostics: &[Diagnostic]) -> Vec<(Code, &str)> {
    diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.pointer.as_str())).collect()
}

fn variable(value: &str) -> Value {
    json!({"variables": {"V": value}})
}

#[test]
fn a_secret_makes_all_of_a_variable_secret() {
    let workload = workload(
        json!({"variables": {
            "PLAIN": "on port ${resources.db.port}",
            "URL": "postgres://${resources.db.host}:${resources.db.password}@x",
            "NESTED": "${resources.db.tls.key}",
            "MAP": "${resources.db.tls}",
        }}),
        database(),
    );
    let container = resolved(workload, &given(database_outputs()));
    assert_eq!(*value(&container, "PLAIN"), Sensitive::Public("on port 5432".to_owned()));
    let secret = |name: &str| match value(&container, name) {
        Sensitive::Secret(secret) => secret.expose().as_str(),
        Sensitive::Public(_) => panic!("{name} is public"),
    };
    assert_eq!(secret("URL"), "postgres://h:s3cr3t@x");
    assert_eq!(secret("NESTED"), "k3y");
    assert_eq!(secret("MAP"), r#"{"key":"k3y","name":"n4me"}"#);
}

#[test]
fn secrets_are_neither_debugged_nor_reported() {
    let workload = workload(
        json!({
            "variables": {
                "A": "${resources.db.password}",
                "B": "${resources.db.password.x}",
                "C": "${resources.db.tls.kez}",
                "D": "${resources.db.nothing}",
                "E": "${resources.db}",
            },
            "files": {"/f": {"content": "${resources.db.tls}"}, "/g": {"content": "${resources.db.password.x}"}},
            "volumes": {"/v": {"source": "${resources.db.password}"}},
        }),
        json!({"db": {"type": "postgres"}, "x": {"type": "x", "params": {"p": "${resources.db.tls.key}"}}}),
    );
    let given = given(database_outputs());
    let outcome = resolve(&workload, &given);
    assert_eq!(outcome.diagnostics().len(), 6, "{outcome:?}");
    let params = resolve_params(&workload, "x", &given);
    let shown = format!("{given:?} {outcome:?} {params:?}");
    for hidden in ["s3cr3t", "k3y", "n4me"] {
        assert!(!shown.contains(hidden), "{hidden} is shown");
    }
    // The keys inside a secret are not listed either, while the names of outputs are.
    let help = |pointer: &str| {
        let found = outcome.diagnostics().iter().find(|diagnostic| diagnostic.pointer.as_str() == pointer);
        found.unwrap().help.clone().unwrap()
    };
    assert!(!help("/containers/main/variables/C").contains("key`"));
    assert!(help("/containers/main/variables/D").contains("`host`, `password`, `port` and `tls`"));
}

#[test]
fn missing_outputs_are_reported_once_for_each_resource() {
    let container = json!({
        "variables": {"A": "${resources.db.host} ${resources.db.tls.key}", "B": "${resources.db.host}"},
        "volumes": {"/data": {"source": "${resources.data}"}},
    });
    let resources = json!({
        "db": {"type": "postgres"},
        "data": {"type": "s3"},
        "unused": {"type": "redis", "params": {"host": "${resources.other.host}"}},
        "other": {"type": "dns"},
    });
    let workload = workload(container, resources);
    let found = errors(&workload, &Given::default());
    assert_eq!(
        summary(&found),
        [(Code::MissingResourceOutputs, "/resources/data"), (Code::MissingResourceOutputs, "/resources/db")]
    );
    assert!(found[0].message.contains("`source` is used"), "{}", found[0].message);
    assert!(found[1].message.contains("`host` and `tls.key` are used"), "{}", found[1].message);
    let help = found[1].help.as_deref().unwrap();
    assert!(help.contains(r#"{"db": {"values": {"host": …, "tls": …}, "secrets": {}}}"#), "{help}");

    let assumed = Given { missing: Missing::Assume, ..Given::default() };
    let container = resolved(workload, &assumed);
    assert_eq!(*value(&container, "B"), Sensitive::Public("${resources.db.host}".to_owned()));
    assert_eq!(volume(&container, "/data").name, "data");
}

#[test]
fn outputs_by_uid_are_found() {
    let workload = workload(variable("${resources.db.host}"), json!({"db": {"type": "postgres", "id": "main"}}));
    let container = resolved(workload, &given(json!({"postgres.default#main": {"host": "shared"}})));
    assert_eq!(*value(&container, "V"), Sensitive::Public("shared".to_owned()));
}

#[test]
fn unknown_names_come_with_the_nearest_known_one() {
    for (template, code, words) in [
        ("${resources.bd.host}", Code::UnknownResource, "did you mean `db`?"),
        ("${resources.cache.host}", Code::UnknownResource, "declare it under `resources`"),
        ("${resources.db.hots}", Code::UnknownOutput, "did you mean `host`?"),
        ("${resources.db.zzz}", Code::UnknownOutput, "there is `host`, `password`, `port` and `tls`"),
        ("${metadata.tea}", Code::UnknownMetadata, "did you mean `team`? there is `annotations`, `name` and `team`"),
        ("${metadata.annotations.x.io/y}", Code::UnknownMetadata, r"`${metadata.annotations.x\.io/y}`"),
        ("${metadata}", Code::InvalidPlaceholder, "`${metadata.name}`"),
        ("${metadata.name.x}", Code::UnknownMetadata, "write `${metadata.name}`"),
        ("${resources.db.port.x}", Code::UnknownOutput, "write `${resources.db.port}`"),
        ("${resources}", Code::InvalidPlaceholder, "declares `db`"),
        ("${resources.db}", Code::InvalidPlaceholder, "name an output; `db` has `host`"),
    ] {
        let error = error(&workload(variable(template), database()), &given(database_outputs()));
        assert_eq!(error.code, code, "{template}");
        assert_eq!(error.part, Part::Text(template.to_owned()));
        assert!(error.help.as_ref().unwrap().contains(words), "{template}: {:?}", error.help);
    }
}

#[test]
fn placeholders_of_other_languages_get_the_right_advice() {
    for (template, words) in [
        ("${ metadata.name }", "write `${metadata.name}`, without blanks"),
        ("${{metadata.name}}", "write `${metadata.name}`, without further braces"),
        ("${externals.dns.host}", "write `${resources.dns.host}`"),
        ("${resource.db.host}", "did you mean `${resources.db.host}`?"),
        ("${Metadata.name}", "did you mean `${metadata.name}`?"),
        ("${HOME}", "write `$${HOME}` for the text itself"),
        ("${PORT:-80}", "`${resources.env.PORT}`"),
        ("${PORT:-80}", "write `$${PORT:-80}` for the text itself"),
        ("${env.HOME}", "write `${resources.env.HOME}`"),
        ("${values.app.tag}", "Score has no values"),
        ("${value.app.tag}", "Score has no values"),
        ("${}", "write `$${}` for the text itself"),
        ("${a b}", "write `$${a b}` for the text itself"),
    ] {
        let error = error(&workload(variable(template), database()), &Given::default());
        assert_eq!(error.code, Code::InvalidPlaceholder, "{template}");
        assert!(error.help.as_ref().unwrap().contains(words), "{template}: {:?}", error.help);
        assert!(!error.help.unwrap().contains("noExpand"));
    }
}

fn with_file(file: &Value) -> Workload {
    workload(json!({"files": {"/f": file}}), database())
}

fn file(file: &Value, given: &Given) -> ResolvedContent<'static> {
    resolved(with_file(file), given).files.remove("/f").unwrap().content.unwrap()
}

#[test]
fn the_content_of_files_is_filled() {
    let given = with_files(
        given(database_outputs()),
        [
            ("template", b"$$ ${metadata.name}"),
            ("plain", b"no placeholders, 5 $"),
            ("secret", b"${resources.db.password}"),
            ("image.png", b"\x89PNG ${x} $$"),
        ],
    );
    for (declared, content, unchanged) in [
        (json!({"content": "$$ ${metadata.name}"}), "$ web", false),
        (json!({"content": "$$ ${metadata.name}", "noExpand": true}), "$$ ${metadata.name}", false),
        (json!({"content": "$$ ${metadata.name}", "noExpand": false}), "$ web", false),
        (json!({"source": "template"}), "$ web", false),
        (json!({"source": "template", "noExpand": true}), "$$ ${metadata.name}", true),
        (json!({"source": "plain"}), "no placeholders, 5 $", true),
        (json!({"binaryContent": "JCQgJHttZXRhZGF0YS5uYW1lfQ=="}), "$$ ${metadata.name}", false),
        (json!({"binaryContent": "JCQgJHttZXRh\n  ZGF0YS5u YW1lfQ==\n"}), "$$ ${metadata.name}", false),
        (json!({"binaryContent": ""}), "", false),
        (json!({"content": ""}), "", false),
    ] {
        let file = file(&declared, &given);
        assert_eq!(file.bytes, Sensitive::Public(content.as_bytes().to_vec()), "{declared}");
        let source = declared.get("source").and_then(Value::as_str).filter(|_| unchanged);
        assert_eq!(file.unchanged_source, source, "{declared}");
    }
    let secret = file(&json!({"source": "secret"}), &given);
    assert!(matches!(&secret.bytes, Sensitive::Secret(content) if content.expose() == b"s3cr3t"));
    assert_eq!(secret.unchanged_source, None);
    let image = file(&json!({"source": "image.png"}), &given);
    assert_eq!(image.bytes, Sensitive::Public(b"\x89PNG ${x} $$".to_vec()));
    assert_eq!(image.unchanged_source, Some("image.png"));
}

#[test]
fn files_that_cannot_be_filled_are_reported() {
    let files = with_files(
        given(database_outputs()),
        [("latin1", b"caf\xe9 ${metadata.name}"), ("script", b"#!/bin/sh\n\necho ${HOME}")],
    );
    for (declared, code, pointer) in [
        (json!({"source": "latin1"}), Code::SourceNotText, "/containers/main/files/~1f/source"),
        (json!({"source": "gone"}), Code::MissingSourceFile, "/containers/main/files/~1f/source"),
        (json!({"source": "script"}), Code::InvalidPlaceholder, "/containers/main/files/~1f/source"),
        (json!({"content": "${HOME}"}), Code::InvalidPlaceholder, "/containers/main/files/~1f/content"),
        (json!({"binaryContent": "?"}), Code::InvalidBase64, "/containers/main/files/~1f/binaryContent"),
        (json!({"binaryContent": "YQ"}), Code::InvalidBase64, "/containers/main/files/~1f/binaryContent"),
        (json!({"binaryContent": "_-__"}), Code::InvalidBase64, "/containers/main/files/~1f/binaryContent"),
    ] {
        let error = error(&with_file(&declared), &files);
        assert_eq!((error.code, error.pointer.as_str()), (code, pointer), "{declared}");
        if declared.get("source") == Some(&json!("script")) {
            assert!(error.message.ends_with("in line 3 of `script`"), "{}", error.message);
        }
        if code == Code::InvalidPlaceholder {
            assert!(error.help.unwrap().contains("set `noExpand: true`"), "{declared}");
        }
    }
    let raw = file(&json!({"source": "latin1", "noExpand": true}), &files);
    assert_eq!(raw.unchanged_source, Some("latin1"));
    let assumed = file(&json!({"source": "gone"}), &Given { missing: Missing::Assume, ..Given::default() });
    assert_eq!(assumed.unchanged_source, Some("gone"));
}

#[test]
fn volumes_take_their_source_from_resources() {
    let resources = json!({"data": {"type": "volume"}, "my-bucket": {"type": "s3"}});
    let none = json!({});
    for (source, outputs, expected) in [
        ("plain", &none, "plain"),
        ("${metadata.name}-data", &none, "web-data"),
        ("${resources.data}", &none, "data"),
        ("${resources.data.source}", &none, "data"),
        ("${resources.data}", &json!({"data": {"source": "vol", "name": "n"}}), "vol"),
        ("${resources.data.source}", &json!({"data": {"source": "vol", "name": "n"}}), "vol"),
        ("${resources.data}", &json!({"data": {"name": "n"}}), "n"),
        ("${resources.data}", &json!({"data": {"source": null}}), "data"),
        ("${resources.data.source}", &json!({"data": {"size": "3gb"}}), "data"),
        ("${resources.my-bucket}", &json!({"my-bucket": {"name": "b"}}), "b"),
        ("${resources.my-bucket.name}", &json!({"my-bucket": {"name": "b"}}), "b"),
        ("x-${resources.my-bucket.name}", &json!({"my-bucket": {"name": "b"}}), "x-b"),
    ] {
        let workload = workload(json!({"volumes": {"/v": {"source": source}}}), resources.clone());
        let container = resolved(workload, &given(outputs.clone()));
        assert_eq!(volume(&container, "/v").name, expected, "{source} {outputs}");
    }
}

#[test]
fn the_settings_of_a_volume_are_its_public_outputs() {
    let outputs = json!({"data": {"values": {"source": "vol", "size": 3, "key": "x"}, "secrets": {"key": "s3cr3t"}}});
    let public = SortedMap::from([("source".to_owned(), json!("vol")), ("size".to_owned(), json!(3))]);
    for (source, settings) in [
        ("${resources.data}", public.clone()),
        ("${resources.data.source}", public.clone()),
        ("${resources.data.size}", public),
        ("vol", SortedMap::new()),
        ("x${resources.data.source}", SortedMap::new()),
    ] {
        let workload = workload(json!({"volumes": {"/v": {"source": source}}}), json!({"data": {"type": "volume"}}));
        let container = resolved(workload, &given(outputs.clone()));
        assert_eq!(volume(&container, "/v").settings, settings, "{source}");
    }
}

#[test]
fn volumes_without_a_usable_source_are_reported() {
    let secret = json!({"data": {"secrets": {"source": "s3cr3t"}}});
    let resources = json!({"data": {"type": "volume"}, "my-bucket": {"type": "s3"}});
    for (source, outputs, code, pointer) in [
        ("${resources.data}", &secret, Code::SecretNotAllowed, "/containers/main/volumes/~1v/source"),
        ("${resources.data.source}", &secret, Code::SecretNotAllowed, "/containers/main/volumes/~1v/source"),
        ("x${resources.data.source}", &secret, Code::SecretNotAllowed, "/containers/main/volumes/~1v/source"),
        ("${resources.dat}", &secret, Code::UnknownResource, "/containers/main/volumes/~1v/source"),
        ("${data}", &secret, Code::InvalidPlaceholder, "/containers/main/volumes/~1v/source"),
        (
            "${resources.my-bucket}",
            &json!({"my-bucket": {}}),
            Code::UnknownOutput,
            "/containers/main/volumes/~1v/source",
        ),
        (
            "${resources.my-bucket.source}",
            &json!({"my-bucket": {"name": "n"}}),
            Code::UnknownOutput,
            "/containers/main/volumes/~1v/source",
        ),
        ("${resources.my-bucket}", &json!({}), Code::MissingResourceOutputs, "/resources/my-bucket"),
        ("x-${resources.data.id}", &json!({}), Code::MissingResourceOutputs, "/resources/data"),
    ] {
        let workload = workload(json!({"volumes": {"/v": {"source": source}}}), resources.clone());
        let error = error(&workload, &given(outputs.clone()));
        assert_eq!((error.code, error.pointer.as_str()), (code, pointer), "{source} {outputs}");
    }
}

#[test]
fn everything_else_stays_as_it_is() {
    let written = json!({"image": "nginx", "command": ["${x}"], "args": ["$$", "${metadata.name}"]});
    let workload = workload(written, json!({}));
    let (resolved, diagnostics) = resolve(&workload, &Given::default()).into_result().unwrap();
    // Of what would be a placeholder elsewhere, people are told.
    let told: Vec<Diagnostic> = diagnostics.into_iter().collect();
    assert_eq!(summary(&told), [(Code::PlaceholderKept, "/containers/main/args/1")]);
    assert_eq!(*resolved.workload, workload);
}

#[test]
fn all_mistakes_are_found_at_once() {
    let workload = workload(
        json!({
            "variables": {"A": "${a} ${b}", "B": "${metadata.x}"},
            "files": {"/f": {"source": "gone"}, "/g": {"binaryContent": "!"}},
            "volumes": {"/v": {"source": "${resources.x}"}},
        }),
        json!({"db": {"type": "postgres", "params": {"a": ["${b}", {"c": "${resources.x.y}"}], "d": "${e}"}}}),
    );
    assert_eq!(
        summary(&errors(&workload, &Given::default())),
        [
            (Code::InvalidPlaceholder, "/containers/main/variables/A"),
            (Code::InvalidPlaceholder, "/containers/main/variables/A"),
            (Code::UnknownMetadata, "/containers/main/variables/B"),
            (Code::MissingSourceFile, "/containers/main/files/~1f/source"),
            (Code::InvalidBase64, "/containers/main/files/~1g/binaryContent"),
            (Code::UnknownResource, "/containers/main/volumes/~1v/source"),
            (Code::InvalidPlaceholder, "/resources/db/params/a/0"),
            (Code::UnknownResource, "/resources/db/params/a/1/c"),
            (Code::InvalidPlaceholder, "/resources/db/params/d"),
        ]
    );
}

#[test]
fn params_are_filled_everywhere_but_in_keys() {
    let params = json!({
        "${metadata.name}": "$$ ${metadata.name}",
        "list": [1, null, "${resources.db.port}", {"x": "${metadata.team}"}],
    });
    let workload = workload(json!({}), json!({"db": {"type": "postgres"}, "app": {"type": "x", "params": params}}));
    let given = given(database_outputs());
    let (params, _) = resolve_params(&workload, "app", &given).into_result().unwrap();
    let expected = json!({
        "${metadata.name}": "$ web",
        "list": [1, null, "5432", {"x": "shop"}],
    });
    assert_eq!(params, Sensitive::Public(serde_json::from_value(expected).unwrap()));
    let (none, _) = resolve_params(&workload, "db", &given).into_result().unwrap();
    assert_eq!(none, Sensitive::Public(SortedMap::new()));
}

#[test]
fn params_made_from_a_secret_are_secret() {
    let resources = json!({
        "db": {"type": "postgres"},
        "app": {"type": "x", "params": {"a": "b", "c": ["${resources.db.password}"]}},
    });
    let workload = workload(json!({}), resources);
    let (params, _) = resolve_params(&workload, "app", &given(database_outputs())).into_result().unwrap();
    let Sensitive::Secret(params) = params else { panic!("params are public") };
    assert_eq!(params.expose()["c"], json!(["s3cr3t"]));

    let diagnostics: Diagnostics = resolve_params(&workload, "app", &Given::default()).into_result().unwrap_err();
    let diagnostics: Vec<Diagnostic> = diagnostics.into_iter().collect();
    assert_eq!(summary(&diagnostics), [(Code::MissingResourceOutputs, "/resources/db")]);
}
