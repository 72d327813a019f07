use crate::support::{Try, annotated, at_annotation, config, indent};

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

#[test]
fn what_flyctl_takes_but_fly_does_not_is_refused() {
    for toml in [
        "app = 'My App'",
        "[env]\nFLY_REGION = 'x'",
        "[env]\n'a-b' = 'x'",
        "[[mounts]]\nsource = 'a-b'\ndestination = '/data'",
    ] {
        let case = Try::new(annotated(&fragment(toml), "", ""));
        assert_eq!(case.found(), [at_annotation("invalid-fly-config", "config")], "{toml}");
    }
}

#[test]
fn process_groups_need_services_that_name_them() {
    let service = "service:\n  ports:\n    www: { port: 80 }\n";
    let groups = "[processes]\nweb = 'serve'\nworker = 'work'\n";
    let case = Try::new(annotated(&fragment(groups), "", service));
    assert_eq!(case.found(), [at_annotation("invalid-fly-config", "config")]);
    let whole = format!(
        "{groups}[[services]]\nprotocol = 'tcp'\ninternal_port = 80\nprocesses = ['web']\n\
         [[services.ports]]\nport = 80\nhandlers = ['http']"
    );
    assert_eq!(Try::new(annotated(&fragment(&whole), "", service)).app().config, config(&whole));
}

#[test]
fn a_strategy_of_a_fragment_must_fit_too() {
    let case = Try::new(annotated(&fragment("[deploy]\nstrategy = 'canary'"), "volumes:\n  /d: { source: d }", ""));
    assert_eq!(case.found(), [at_annotation("invalid-annotation", "config")]);
}
