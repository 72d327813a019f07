use crate::fly::{emit, read};
use crate::prelude::*;
use crate::source::Source;

/// Reads `text`, expects the form of today and `code /pointer` of what is said about it.
#[track_caller]
fn assert_read(text: &str, expected: &str, found: &[&str]) {
    let (file, diagnostics) = read(&Source::new("fly.toml", text)).into_parts();
    assert_eq!(emit(&file.unwrap().config), expected, "{diagnostics:#?}");
    let said: Vec<String> =
        diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.pointer)).collect();
    assert_eq!(said, found);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.location.is_some()), "{diagnostics:#?}");
}

#[test]
fn a_single_table_is_a_list_of_one() {
    assert_read(
        "[mounts]\nsource = 'data'\n[vm]\ncpus = 1\n[metrics]\nport = 1\n[services]\nprotocol = 'tcp'\n\
         [services.ports]\nport = 80\n[services.tcp_checks]\ninterval = '5s'\n",
        "[[mounts]]\nsource = \"data\"\n\n[[services]]\nprotocol = \"tcp\"\n\n[[services.ports]]\nport = 80\n\n\
         [[services.tcp_checks]]\ninterval = \"5s\"\n\n[[vm]]\ncpus = 1\n\n[[metrics]]\nport = 1\n",
        &[],
    );
}

#[test]
fn older_names_are_gathered() {
    assert_read(
        "[[mount]]\nsource = 'a'\n[[mounts]]\nsource = 'b'\n[[compute]]\ncpus = 1\n[build]\nbuild_target = 'x'\n",
        "[build]\nbuild-target = \"x\"\n\n[[mounts]]\nsource = \"a\"\n\n[[mounts]]\nsource = \"b\"\n\n[[vm]]\ncpus = 1\n",
        &["deprecated-form /mount", "deprecated-form /compute", "deprecated-form /build/build_target"],
    );
}

#[test]
fn experimental_keys_move() {
    assert_read(
        "[experimental]\nkill_timeout = 30\nmetrics_port = 9\nmetrics_path = '/m'\ncmd = 'a'\nexec = 'a b'\n",
        "kill_timeout = \"30s\"\n\n[experimental]\ncmd = [\"a\"]\nexec = [\"a b\"]\n\n[[metrics]]\nport = 9\npath = \"/m\"\n",
        &[
            "deprecated-form /experimental/kill_timeout",
            "implied-unit /kill_timeout",
            "deprecated-form /experimental/metrics_port",
            "deprecated-form /experimental/metrics_path",
            "unsplit-command /experimental/exec",
        ],
    );
    // What stands at the place of today wins.
    assert_read(
        "kill_timeout = '5s'\n[experimental]\nkill_timeout = '30s'\n",
        "kill_timeout = \"5s\"\n",
        &["deprecated-form /experimental/kill_timeout"],
    );
}

#[test]
fn a_bare_duration_has_the_unit_of_its_place() {
    assert_read(
        "kill_timeout = 1.5\n[deploy]\nwait_timeout = 600\n[[services]]\n[[services.tcp_checks]]\ninterval = 15000\n\
         timeout = '2s'\ngrace_period = ''\n[http_service]\n[[http_service.checks]]\ninterval = 30000\n\
         [checks.a]\ntimeout = 500.0\n",
        "kill_timeout = \"1s\"\n\n[deploy]\nwait_timeout = \"600ns\"\n\n[[http_service.checks]]\ninterval = \"30us\"\n\n\
         [[services]]\n\n[[services.tcp_checks]]\ninterval = \"15s\"\ntimeout = \"2s\"\n\n[checks.a]\ntimeout = \"500ms\"\n",
        &[
            "implied-unit /kill_timeout",
            "bare-duration /deploy/wait_timeout",
            "implied-unit /services/0/tcp_checks/0/interval",
            "bare-duration /http_service/checks/0/interval",
            "implied-unit /checks/a/timeout",
        ],
    );
}

#[test]
fn variables_become_text() {
    assert_read(
        "[env]\nA = 'x'\nB = 8080\nC = true\nD = 1e21\nE = [1]\n",
        "[env]\nA = \"x\"\nB = \"8080\"\nC = \"true\"\nD = \"1e+21\"\nE = \"[1]\"\n",
        &["env-not-text /env/D", "env-not-text /env/E"],
    );
    // By the rules of Go's `%v`, in the order of the keys.
    assert_read(
        "[env]\nL = ['a b', 1, true, [], 1e6]\nT = { z = 1, a = { k = 'v' } }\n",
        "[env]\nL = \"[a b 1 true [] 1e+06]\"\nT = \"map[a:map[k:v] z:1]\"\n",
        &["env-not-text /env/L", "env-not-text /env/T"],
    );
    // `time.Time` prints so; go-toml has types of its own for dates without an offset, which print what was read.
    assert_read(
        "[env]\nA = 1979-05-27T07:32:00Z\nB = 1979-05-27T00:32:00.50-07:30\nC = 1979-05-27T07:32:00\nD = 1979-05-27\n\
         E = 07:32:00\nF = '1979-05-27T07:32:00Z'\n",
        "[env]\nA = \"1979-05-27 07:32:00 +0000 UTC\"\nB = \"1979-05-27 00:32:00.5 -0730 -0730\"\n\
         C = \"1979-05-27T07:32:00\"\nD = \"1979-05-27\"\nE = \"07:32:00\"\nF = \"1979-05-27T07:32:00Z\"\n",
        &["env-not-text /env/A", "env-not-text /env/B"],
    );
    assert_read(
        "[[env]]\nA = '1'\nB = '1'\n[[env]]\nB = '2'\n",
        "[env]\nA = \"1\"\nB = \"2\"\n",
        &["deprecated-form /env"],
    );
}

#[test]
fn lists_with_names_become_tables() {
    assert_read(
        "[[processes]]\nname = 'web'\ncommand = 'run'\n[[checks]]\nname = 'alive'\ntype = 'http'\n\
         [[checks.headers]]\nname = 'Host'\nvalue = 'x'\n",
        "[processes]\nweb = \"run\"\n\n[checks.alive]\ntype = \"http\"\n\n[checks.alive.headers]\nHost = \"x\"\n",
        &["deprecated-form /processes", "deprecated-form /checks", "deprecated-form /checks/alive/headers"],
    );
}

#[test]
fn what_is_empty_says_nothing() {
    assert_read("kill_timeout = ''\n[[processes]]\n[[processes]]\ncommand = 'a'\n", "", &[]);
    assert_read("processes = []\n[[vm]]\nmemory = ''\n", "[[vm]]\nmemory = \"\"\n", &[]);
}

#[test]
fn services_are_cast() {
    assert_read(
        "[[services]]\n[[services]]\ninternal_port = '8080'\nauto_stop_machines = true\nconcurrency = '20,25'\n\
         ports = [{ port = '80' }]\n[[services.http_checks]]\nheaders = { A = 1 }\n[http_service]\nauto_stop_machines = false\n",
        "[http_service]\nauto_stop_machines = \"off\"\n\n[[services]]\ninternal_port = 8080\nauto_stop_machines = \"stop\"\n\n\
         [[services.ports]]\nport = 80\n\n[services.concurrency]\ntype = \"requests\"\nhard_limit = 25\nsoft_limit = 20\n\n\
         [[services.http_checks]]\n\n[services.http_checks.headers]\nA = \"1\"\n",
        &["deprecated-form /services/0/concurrency"],
    );
}

#[test]
fn sizes_may_be_numbers() {
    assert_read(
        "[mounts]\ninitial_size = 10\n[vm]\nmemory = 512\n",
        "[[mounts]]\ninitial_size = \"10\"\n\n[[vm]]\nmemory = \"512\"\n",
        &[],
    );
}

#[test]
fn what_flyctl_can_not_take_stays_a_mistake() {
    for (text, pointer) in [
        ("[files]\nguest_path = '/a'\n", "/files"),
        ("[restart]\npolicy = 'always'\n", "/restart"),
        ("[[vm]]\nkernel_args = 'a b'\n", "/vm/0/kernel_args"),
        ("[deploy.release_command_vm]\nmemory = 512\n", "/deploy/release_command_vm/memory"),
        ("[http_service]\nauto_stop_machines = 'true'\n", "/http_service/auto_stop_machines"),
        ("[http_service]\ninternal_port = '80'\n", "/http_service/internal_port"),
        ("[http_service.checks]\npath = '/'\n", "/http_service/checks"),
        ("[[mounts]]\nauto_extend_size_increment = 5\n", "/mounts/0/auto_extend_size_increment"),
        ("kill_timeout = -1\n", "/kill_timeout"),
    ] {
        let diagnostics = read(&Source::new("fly.toml", text)).into_result().unwrap_err();
        let pointers: Vec<&str> = diagnostics.iter().map(|found| found.pointer.as_str()).collect();
        assert_eq!(pointers, [pointer], "{text}");
    }
}

/// What flyctl's code gave for these.
#[test]
fn numbers_are_what_the_format_makes_of_them() {
    let read = |name: &str, text: &str| {
        let (file, diagnostics) = read(&Source::new(name, text)).into_parts();
        let said: Vec<String> = diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect();
        (emit(&file.unwrap().config), said)
    };
    let json = r#"{"env": {"A": 2592000, "B": 8080, "C": 123456, "D": 0.00001, "E": 1.5}}"#;
    let env = "[env]\nA = \"2.592e+06\"\nB = \"8080\"\nC = \"123456\"\nD = \"1e-05\"\nE = \"1.5\"\n";
    let said = ["env-not-text /env/A", "env-not-text /env/D", "env-not-text /env/E"].map(str::to_owned);
    assert_eq!(read("fly.json", json), (env.to_owned(), said.to_vec()));
    assert_eq!(read("fly.yaml", "env:\n  A: 2592000\n"), ("[env]\nA = \"2592000\"\n".to_owned(), Vec::new()));

    let yaml = "kill_timeout: 5\nchecks:\n  a: {type: tcp, port: 1, interval: 5000, timeout: 2s}\n";
    let toml = "[checks.a]\nport = 1\ntype = \"tcp\"\ntimeout = \"2s\"\n";
    let said = ["bare-duration /kill_timeout", "bare-duration /checks/a/interval"].map(str::to_owned);
    assert_eq!(read("fly.yaml", yaml), (toml.to_owned(), said.to_vec()));
}

#[test]
fn older_names_come_first() {
    let text = "[[vm]]\ncpus = 1\n[[computes]]\ncpus = 2\n[[compute]]\ncpus = 4\n";
    let (file, _) = read(&Source::new("fly.toml", text)).into_parts();
    let cpus: Vec<_> = file.unwrap().config.vm.into_iter().filter_map(|vm| vm.cpus).collect();
    assert_eq!(cpus, [4, 2, 1]);
}
