use score_fly_core::convert::{Options, Paths};

use crate::support::{Try, annotated, at_annotation, config, workload};

#[test]
fn a_bare_workload_is_a_name_and_an_image() {
    assert_eq!(Try::new(workload("", "")).app().config, config(""));
}

#[test]
fn the_app_is_called_by_prefix_and_name() {
    let mut case = Try::new(workload("", ""));
    case.options.app_prefix = "acme-".to_owned();
    assert_eq!(case.app().config.app.as_deref(), Some("acme-shop"));
}

#[test]
fn an_app_name_that_fly_does_not_take_is_refused() {
    for prefix in ["Acme-", "-", "a_", &"a".repeat(60)] {
        let mut case = Try::new(workload("", ""));
        case.options.app_prefix = prefix.to_owned();
        let error = case.only();
        assert_eq!((error.code.as_str(), error.pointer.as_str()), ("invalid-app-name", "/metadata/name"));
        assert!(error.message.contains(&format!("the prefix `{prefix}`")), "{}", error.message);
    }
}

#[test]
fn a_dot_is_the_image_that_is_given() {
    let mut case = Try::new(workload("", "").replace("image: nginx", "image: ."));
    case.options.image = Some("ghcr.io/acme/shop:1".to_owned());
    assert_eq!(case.app().config, config("build.image = 'ghcr.io/acme/shop:1'"));
    // It stands in for nothing else.
    case.score = workload("", "");
    assert_eq!(case.app().config, config(""));
}

#[test]
fn a_dot_without_an_image_is_the_dockerfile_beside_the_score_file() {
    let cases = [
        ("", "Dockerfile", ".dockerignore"),
        ("../services/shop", "../services/shop/Dockerfile", "../services/shop/.dockerignore"),
    ];
    for (score_from_toml, dockerfile, ignorefile) in cases {
        let mut case = Try::new(workload("", "").replace("image: nginx", "image: ."));
        case.options.paths = Paths { score_from_toml: score_from_toml.to_owned(), ..Paths::default() };
        let build = case.app().config.build.unwrap();
        assert_eq!(build.dockerfile.as_deref(), Some(dockerfile));
        assert_eq!(build.ignorefile.as_deref(), Some(ignorefile));
        assert_eq!(build.image, None);
    }
}

#[test]
fn an_empty_image_is_refused() {
    let mut case = Try::new(workload("", "").replace("image: nginx", "image: ."));
    case.options.image = Some(String::new());
    assert_eq!(case.found(), ["invalid-request "]);
    // Known since decoding, and said once.
    let empty = Try::new(workload("", "").replace("image: nginx", "image: ''"));
    assert_eq!(empty.found().len(), 1);
}

#[test]
fn command_and_args_replace_entrypoint_and_cmd() {
    let cases = [
        ("command: [/app]\nargs: [--port, '80']", "entrypoint = ['/app']\ncmd = ['--port', '80']"),
        ("args: [--port, '80']", "cmd = ['--port', '80']"),
        // The image's own CMD must not become arguments of the command.
        ("command: [/app, run]", "exec = ['/app', 'run']"),
        ("command: [/app]\nargs: []", "exec = ['/app']"),
        ("command: []\nargs: [run]", "cmd = ['run']"),
        // No shell splits or fills in anything.
        ("command: [sh, -c]\nargs: ['echo $HOME \"a b\"']", "entrypoint = ['sh', '-c']\ncmd = ['echo $HOME \"a b\"']"),
    ];
    for (container, experimental) in cases {
        let app = Try::new(workload(container, "")).app();
        assert_eq!(app.config, config(&format!("[experimental]\n{experimental}")), "{container}");
    }
    assert_eq!(Try::new(workload("command: []\nargs: []", "")).app().config, config(""));
}

#[test]
fn annotations_set_keys_of_the_app() {
    let annotations = "fly.score.dev/primary-region: ams\n\
                       fly.score.dev/kill-signal: SIGTERM\n\
                       fly.score.dev/kill-timeout: 2m\n\
                       fly.score.dev/swap-size: 1GB\n\
                       fly.score.dev/restart: on-failure\n\
                       fly.score.dev/deploy-strategy: rolling\n\
                       fly.score.dev/release-command: bin/migrate --all\n\
                       other.example.com/anything: x";
    let expected = "primary_region = 'ams'\nkill_signal = 'SIGTERM'\nkill_timeout = '2m'\nswap_size_mb = 1024\n\
                    [[restart]]\npolicy = 'on-failure'\n\
                    [deploy]\nstrategy = 'rolling'\nrelease_command = 'bin/migrate --all'";
    assert_eq!(Try::new(annotated(annotations, "", "")).app().config, config(expected));
}

#[test]
fn the_region_of_the_workload_wins() {
    let options = Options { region: Some("fra".to_owned()), ..Options::default() };
    let plain = Try { options: options.clone(), ..Try::new(workload("", "")) };
    assert_eq!(plain.app().config, config("primary_region = 'fra'"));
    let annotated = Try { options, ..Try::new(annotated("fly.score.dev/primary-region: ams", "", "")) };
    assert_eq!(annotated.app().config, config("primary_region = 'ams'"));
}

#[test]
fn a_region_is_three_letters() {
    for region in ["", "AMS", "amst", "am1"] {
        let mut case = Try::new(workload("", ""));
        case.options.region = Some(region.to_owned());
        assert_eq!(case.found(), ["invalid-request "], "{region}");
    }
}

#[test]
fn values_of_the_app_are_checked() {
    let wrong = [
        ("primary-region", "Amsterdam"),
        ("kill-signal", "TERM"),
        ("kill-signal", "SIGSTOP"),
        ("kill-timeout", "301s"),
        ("kill-timeout", "'30'"),
        ("swap-size", "512mib"),
        ("swap-size", "'0'"),
        ("swap-size", "4194304gb"),
        ("restart", "'no'"),
        ("deploy-strategy", "blue-green"),
        ("release-command", "echo it's"),
        ("release-command", "'# nothing'"),
        ("vm-size", "shared-cpu-3x"),
        ("vm-size", "a100-40gb"),
        ("vm-cpu-kind", "dedicated"),
    ];
    for (name, value) in wrong {
        let case = Try::new(annotated(&format!("fly.score.dev/{name}: {value}"), "", ""));
        assert_eq!(case.found(), [at_annotation("invalid-annotation", name)], "{value}");
    }
}

#[test]
fn some_strategies_need_what_the_app_does_not_have() {
    let volume = "volumes:\n  /data: { source: data }";
    let probe = "readinessProbe: { httpGet: { path: /, port: 80 } }";
    let cases = [
        ("bluegreen", "", false),
        ("bluegreen", probe, true),
        ("bluegreen", volume, false),
        ("canary", "", true),
        ("canary", volume, false),
        ("rolling", volume, true),
        ("immediate", volume, true),
    ];
    for (strategy, container, taken) in cases {
        let case = Try::new(annotated(&format!("fly.score.dev/deploy-strategy: {strategy}"), container, ""));
        let errors = if taken { vec![] } else { vec![at_annotation("strategy-conflict", "deploy-strategy")] };
        assert_eq!(case.found(), errors, "{strategy} {container}");
    }
}
