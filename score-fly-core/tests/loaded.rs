//! Score files that are read once, and workloads that no file has.

use score_fly_core::convert::Options;
use score_fly_core::document::overrides::Override;
use score_fly_core::local::LocalFiles;
use score_fly_core::resolve::Given;
use score_fly_core::score::Workload;
use score_fly_core::{Diagnostics, Input, Loaded, Source};
use score_fly_fixtures::cases;
use serde_json::json;

/// Each as `code text`, the text being what stands at its place.
fn found(loaded: &Loaded<'_>, diagnostics: &Diagnostics) -> Vec<String> {
    let describe = |found: &score_fly_core::Diagnostic| {
        let location = found.location.as_ref().unwrap();
        let source = loaded.sources().find(|source| source.name == location.source).unwrap();
        format!("{} {}", found.code, location.span.slice(&source.text))
    };
    diagnostics.iter().map(describe).collect()
}

#[test]
fn what_was_read_once_is_asked_again_and_again() {
    let score = Source::new(
        "score.yaml",
        "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers:\n  main:\n    image: nginx\n    imge: x\n    \
         variables: {A: '${resources.db.a}', B: '${resources.no.b}'}\nresources:\n  db: {type: postgres}\n",
    );
    let overrides = [Override::property("metadata.name=W")];
    let loaded = Loaded::read(Input { score: &score, overrides: &overrides });
    let read = ["invalid-name W", "unknown-field imge"];
    assert_eq!(found(&loaded, &loaded.diagnostics()), read);
    assert_eq!(loaded.workload().unwrap().metadata.name, "W");
    for _ in 0..2 {
        let (needed, diagnostics) = loaded.requirements(&LocalFiles::new()).into_parts();
        assert_eq!(found(&loaded, &diagnostics), read);
        assert_eq!(needed.unwrap().resources[0].uid, "postgres.default#W.db");

        let (given, options) = (Given::default(), Options::default());
        let (_, diagnostics) = loaded.check(&given, &options).into_parts();
        assert_eq!(found(&loaded, &diagnostics), [&read[..], &["unknown-resource ${resources.no.b}"]].concat());
        let (_, diagnostics) = loaded.convert(&given, &options).into_parts();
        let missing = ["unknown-resource ${resources.no.b}", "missing-resource-outputs db"];
        assert_eq!(found(&loaded, &diagnostics), [&read[..], &missing].concat());
        let (_, diagnostics) = loaded.params("db", &given).into_parts();
        assert!(diagnostics.is_empty());
    }
}

#[test]
fn a_text_without_a_workload_says_only_why() {
    let score = Source::new("score.yaml", "a: [\n");
    let loaded = Loaded::read(Input::new(&score));
    assert!(loaded.workload().is_none());
    assert_eq!(found(&loaded, &loaded.diagnostics()), ["invalid-yaml ["]);
    let (app, diagnostics) = loaded.convert(&Given::default(), &Options::default()).into_parts();
    assert!(app.is_none());
    assert_eq!(diagnostics, loaded.diagnostics());
}

/// A project keeps workloads, and not their files.
#[test]
fn a_workload_is_loaded_as_it_is() {
    let mut count = 0;
    for case in cases() {
        let score = Source::new("score.yaml", case.score());
        let Ok((workload, _)) = score_fly_core::load(Input::new(&score)).into_result() else { continue };
        let loaded = Loaded::from_workload("score.yaml (as recorded)", &workload);
        assert!(loaded.diagnostics().is_empty(), "{}: {:#?}", case.name, loaded.diagnostics());
        assert_eq!(loaded.workload(), Some(&workload), "{}", case.name);
        count += 1;
    }
    assert!(count > 100, "{count}");
}

/// One that a program made, or that somebody changed in a state file, may be wrong.
#[test]
fn mistakes_in_a_workload_have_places_in_its_text() {
    let workload: Workload = serde_json::from_value(json!({
        "apiVersion": "score.dev/v1b1",
        "metadata": {"name": "web"},
        "containers": {"ma in": {"image": "nginx", "variables": {"A": "${resources.db.a}"}}},
        "service": {"ports": {"http": {"port": 0}}},
    }))
    .unwrap();
    let loaded = Loaded::from_workload("web (as recorded)", &workload);
    assert_eq!(found(&loaded, &loaded.diagnostics()), ["invalid-name \"ma in\"", "out-of-range 0"]);
    let (_, diagnostics) = loaded.convert(&Given::default(), &Options::default()).into_parts();
    let all = ["invalid-name \"ma in\"", "unknown-resource ${resources.db.a}", "out-of-range 0"];
    assert_eq!(found(&loaded, &diagnostics), all);
}
