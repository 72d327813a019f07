use score_fly_core::Diagnostic;

use crate::support::{Try, annotated, at_annotation, config, indent, workload};

fn fragment(toml: &str) -> String {
    format!("fly.score.dev/config: |\n{}", indent(toml))
}

#[test]
fn a_fragment_is_merged_last() {
    let annotations = format!(
        "fly.score.dev/primary-region: ams\n{}",
        fragment("primary_region = 'fra'\n[env]\nB = '2'\n[[metrics]]\nport = 9091\npath = '/metrics'")
    );
    let case = Try::new(annotated(&annotations, "variables: { A: '1' }", ""));
    let expected = "primary_region = 'fra'\n[env]\nA = '1'\nB = '2'\n[[metrics]]\nport = 9091\npath = '/metrics'";
    assert_eq!(case.app().config, config(expected));
}

#[test]
fn a_broken_fragment_is_refused() {
    for toml in ["app = ", "colour = 'red'", "[deploy]\nstrategy = 'slow'", "kill_timeout = 'soon'"] {
        let case = Try::new(annotated(&fragment(toml), "", ""));
        assert_eq!(case.found(), [at_annotation("invalid-fly-config", "config")], "{toml}");
    }
}

/// Each code with the text that it is about, in the order of where it stands.
fn marked(annotations: &str, container: &str, root: &str) -> Vec<(String, String)> {
    let case = Try::new(annotated(annotations, container, root));
    let text = |found: &Diagnostic| found.location.as_ref().unwrap().span.slice(&case.score).to_owned();
    case.run().1.iter().map(|found| (found.code.to_string(), text(found))).collect()
}

#[test]
fn what_fly_does_not_take_is_found_in_the_fragment() {
    let udp = "[[services]]\nprotocol = 'udp'\ninternal_port = 53\n[[services.ports]]\nport = 54\nhandlers = ['tls']";
    let mounts = "[[mounts]]\nsource = 'a'\ndestination = '/a'\n[[mounts]]\nsource = 'b'\ndestination = '/b'\nprocesses = ['app']";
    for (toml, expected) in [
        ("app = 'My App'", &[("invalid-app-name", "'My App'")][..]),
        ("[env]\nFLY_PROCESS_GROUP = 'x'", &[("reserved-variable", "FLY_PROCESS_GROUP")]),
        ("[env]\n'a-b' = 'x'", &[("invalid-variable-name", "'a-b'")]),
        ("[[mounts]]\nsource = 'a-b'\ndestination = '/data'", &[("invalid-volume", "'a-b'")]),
        ("# first\n[[vm]]\ncpus = 3\nmemory = '1gb'", &[("invalid-guest", "3")]),
        ("kill_signal = \"SIGFOO\"", &[("invalid-fly-value", "\"SIGFOO\"")]),
        (udp, &[("udp-port-mismatch", "54"), ("udp-handlers", "handlers")]),
        (mounts, &[("too-many-volumes", "[[mounts]]")]),
        ("[http_service]\ninternal_prt = 80", &[("invalid-fly-config", "internal_prt")]),
        ("kill_timeout = 5", &[("implied-unit", "5")]),
        // The second of two lines that are alike.
        (
            "[[vm]]\ncpus = 2\nmemory = '1gb'\n[[vm]]\ncpus = 2",
            &[("ineffective-setting", "[[vm]]"), ("invalid-guest", "2")],
        ),
    ] {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect();
        assert_eq!(marked(&fragment(toml), "", ""), expected, "{toml}");
    }
}

#[test]
fn a_place_in_the_fragment_is_found_however_the_fragment_is_written() {
    let guest = |text: &str| ("invalid-guest".to_owned(), text.to_owned());
    for (annotation, expected) in [
        ("fly.score.dev/config: '[[vm]]\n\n      cpus = 3'", "3"),
        ("fly.score.dev/config: \"[[vm]]\\ncpus = 3\\nmemory = '1gb'\"", "3"),
        ("fly.score.dev/config: vm = [{cpus = 3}]", "3"),
        // Where the lines are spelt otherwise, the whole is meant.
        ("fly.score.dev/config: \"[[\\x76m]]\\ncpus = 3\"", "\"[[\\x76m]]\\ncpus = 3\""),
    ] {
        assert_eq!(marked(annotation, "", ""), [guest(expected)], "{annotation}");
    }
}

#[test]
fn what_the_fragment_breaks_is_its_doing() {
    let service = "service:\n  ports:\n    www: { port: 80 }\n";
    let groups = "[processes]\nweb = 'serve'\nworker = 'work'\n";
    let case = Try::new(annotated(&fragment(groups), "", service));
    assert_eq!(case.found(), [at_annotation("service-without-processes", "config")]);
    let about: Vec<String> = case.only().related.iter().map(|related| related.pointer.to_string()).collect();
    assert_eq!(about, ["/service/ports/www"]);
    let whole = format!(
        "{groups}[[services]]\nprotocol = 'tcp'\ninternal_port = 80\nprocesses = ['web']\n\
         [[services.ports]]\nport = 80\nhandlers = ['http']"
    );
    assert_eq!(Try::new(annotated(&fragment(&whole), "", service)).app().config, config(&whole));
}

#[test]
fn what_the_fragment_mends_is_no_mistake() {
    let annotations = format!("fly.score.dev/deploy-strategy: canary\n{}", fragment("[deploy]\nstrategy = 'rolling'"));
    Try::new(annotated(&annotations, "volumes:\n  /d: { source: d }", "")).app();
}

#[test]
fn a_strategy_of_a_fragment_must_fit_too() {
    let canary = "[deploy]\nstrategy = 'canary'";
    let found = marked(&fragment(canary), "volumes:\n  /d: { source: d }", "");
    assert_eq!(found, [("strategy-conflict".to_owned(), "'canary'".to_owned())]);

    let volume = fragment("[[mounts]]\nsource = 'd'\ndestination = '/d'");
    let case = Try::new(annotated(&format!("fly.score.dev/deploy-strategy: canary\n{volume}"), "", ""));
    assert_eq!(case.found(), [at_annotation("strategy-conflict", "config")]);
    let about: Vec<&str> =
        case.only().related.iter().map(|related| related.location.as_ref().unwrap().span.slice(&case.score)).collect();
    assert_eq!(about, ["fly.score.dev/deploy-strategy", "[[mounts]]"]);
}

#[test]
fn a_mistake_of_the_workload_is_said_once() {
    let container = "volumes:\n  /d: { source: d }\n  /e: { source: e }";
    let case = Try::new(annotated(&fragment("console_command = 'sh'"), container, ""));
    assert_eq!(case.found(), ["too-many-volumes /containers/web/volumes/~1e"]);
}

#[test]
fn what_a_resource_gives_is_told_unless_it_is_a_secret() {
    let root = "resources:\n  db: { type: postgres }\n";
    let variables = "variables: { DB_PASSWORD: 'x ${resources.db.password}', API_KEY: plain }";
    let case = |outputs| Try { outputs, ..Try::new(workload(variables, root)) };
    let helps = |case: &Try| -> Vec<String> {
        case.run()
            .1
            .iter()
            .map(|found| found.help.as_deref().unwrap_or_default().split(':').next().unwrap().to_owned())
            .collect()
    };
    let plain = case("db: { password: hunter2 }");
    let both = ["DB_PASSWORD", "API_KEY"].map(|name| format!("plaintext-secret /containers/web/variables/{name}"));
    assert_eq!(plain.found(), both);
    assert_eq!(helps(&plain)[0], "its outputs are plain values");
    assert_eq!(case("db: { secrets: { password: hunter2 } }").found(), both[1..]);
}
