use crate::Code;
use crate::fly::LoadedConfig;
use crate::local::{Base, LocalFile, LocalFiles, Need};
use crate::prelude::*;
use crate::source::Source;

/// `code /pointer` of what is found in a fly.toml, in the order of where it stands.
fn found(text: &str, files: &LocalFiles) -> Vec<String> {
    let diagnostics = LoadedConfig::read(&Source::new("fly.toml", text)).check(files);
    assert!(diagnostics.iter().all(|found| found.location.is_some()), "{diagnostics:#?}");
    diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect()
}

#[track_caller]
fn assert_found(text: &str, expected: &[&str]) {
    assert_eq!(found(text, &LocalFiles::new()), expected, "{text}");
}

#[test]
fn an_app_without_mistakes() {
    assert_found(
        r#"
app = "shop"
primary_region = "ams"
kill_signal = "SIGTERM"
kill_timeout = "30s"

[build]
dockerfile = "Dockerfile"

[deploy]
strategy = "rolling"
max_unavailable = 0.5
release_command = "bin/migrate --all"

[env]
PORT = "8080"
AWS_ACCESS_KEY_ID = "AKIA"

[processes]
web = "bin/web"
worker = "bin/worker 'two words'"

[[mounts]]
source = "data"
destination = "/data"
initial_size = "10gb"
auto_extend_size_threshold = 80
auto_extend_size_increment = "5GB"
auto_extend_size_limit = "100GB"
processes = ["web"]

[http_service]
internal_port = 8080
force_https = true
processes = ["web"]

[[http_service.checks]]
interval = "15s"
timeout = "2s"
grace_period = "0s"
path = "/healthz"

[[services]]
protocol = "tcp"
internal_port = 5432
processes = ["web"]

[[services.ports]]
port = 5432
handlers = ["pg_tls"]
tls_options = { alpn = ["postgresql"] }

[[services]]
protocol = "udp"
internal_port = 8080
processes = ["web"]

[[services.ports]]
port = 8080

[checks.alive]
type = "http"
path = "/alive"
interval = "15s"
timeout = "2s"
processes = ["web"]

[[files]]
guest_path = "/etc/app.conf"
local_path = "app.conf"

[[restart]]
policy = "on-failure"
retries = 3
processes = ["web"]

[[vm]]
size = "shared-cpu-2x"
memory = "1gb"

[[metrics]]
port = 9091
path = "/metrics"
processes = ["web"]
"#,
        &[],
    );
}

#[test]
fn settings_of_the_app() {
    assert_found("app = 'My App'\n", &["invalid-app-name /app"]);
    assert_found("app = ''\nprimary_region = ''\n", &[]);
    assert_found("primary_region = 'sea'\n", &["retired-region /primary_region"]);
    assert_found("primary_region = 'Amsterdam'\n", &["invalid-fly-value /primary_region"]);
    assert_found("kill_signal = 'sigterm'\n", &["invalid-fly-value /kill_signal"]);
    assert_found("kill_timeout = '10m'\n", &["out-of-range /kill_timeout"]);
    assert_found("console_command = \"it's\"\n", &["invalid-command /console_command"]);
    assert_found("[[restart]]\nretries = 1\n", &["missing-field /restart/0/policy"]);
    assert_found("[[restart]]\npolicy = 'always'\nretries = 1\n", &["ineffective-setting /restart/0/retries"]);
    assert_found("[[statics]]\n", &["missing-field /statics/0/guest_path", "missing-field /statics/0/url_prefix"]);
    let eleven = "[[statics]]\nguest_path = '/a'\nurl_prefix = '/a'\n".repeat(11);
    assert_found(&eleven, &["invalid-fly-value /statics/10"]);
    assert_found("[[metrics]]\nport = 1\n[[metrics]]\nport = 2\n", &["ineffective-setting /metrics/1"]);
}

#[test]
fn experimental() {
    assert_found("[experimental]\nenable_consul = true\n", &["former-key /experimental/enable_consul"]);
    assert_found("[experimental]\nexec = ['a']\ncmd = ['b']\n", &["ineffective-setting /experimental/cmd"]);
    assert_found("[experimental]\ncmd = ['b']\n[processes]\na = 'x'\n", &["ineffective-setting /experimental/cmd"]);
    assert_found("[experimental]\ncmd = ['b']\n[processes]\na = ''\n", &[]);
    assert_found("[experimental]\ncontainer = 'a'\n", &["unknown-fly-key /experimental/container"]);
}

#[test]
fn build_and_deploy() {
    assert_found("[build]\nimage = 'a'\ndockerfile = 'b'\n", &["ineffective-setting /build/dockerfile"]);
    assert_found("[build]\ndockerfile = '/a/Dockerfile'\nignorefile = '/a/.dockerignore'\n", &[]);
    assert_found("[build]\ndockerfile = 'https://example.com/Dockerfile'\n", &[]);
    assert_found(
        "[build]\ncompression = 'lz4'\ncompression_level = 10\n",
        &["invalid-fly-value /build/compression", "out-of-range /build/compression_level"],
    );
    let mount = "[[mounts]]\nsource = 'data'\ndestination = '/data'\n";
    assert_found(&format!("[deploy]\nstrategy = 'canary'\n{mount}"), &["strategy-conflict /deploy/strategy"]);
    assert_found("[deploy]\nstrategy = 'bluegreen'\n", &["strategy-conflict /deploy/strategy"]);
    assert_found("[deploy]\nstrategy = 'bluegreen'\n[checks.a]\ntype = 'tcp'\nport = 1\n", &[]);
    assert_found(
        "[deploy]\nstrategy = 'immediate'\nmax_unavailable = 1\n",
        &["ineffective-setting /deploy/max_unavailable"],
    );
    assert_found("[deploy]\nmax_unavailable = 0\n", &["invalid-fly-value /deploy/max_unavailable"]);
    assert_found("[deploy]\nrelease_command = 'a \"b'\n", &["invalid-command /deploy/release_command"]);
    assert_found(
        "[deploy]\nrelease_command = 'a'\n[deploy.release_command_vm]\nsize = 'huge'\n",
        &["invalid-guest /deploy/release_command_vm/size"],
    );
    assert_found(
        "[deploy.release_command_vm]\nsize = 'shared-cpu-1x'\n",
        &["ineffective-setting /deploy/release_command_vm"],
    );
}

#[test]
fn variables() {
    assert_found(
        "[env]\n'MY-VAR' = '1'\nFLY_APP_NAME = 'x'\nAPI_KEY = 'abc'\nDATABASE_URL = ''\nPRIMARY_REGION = 'ams'\n",
        &["invalid-variable-name /env/MY-VAR", "plaintext-secret /env/API_KEY"],
    );
    // What flyctl sets as well.
    assert_found("primary_region = 'ams'\n[env]\nPRIMARY_REGION = 'ams'\nFLY_REGION = 'x'\n", &[]);
    assert_found(
        "primary_region = 'fra'\n[env]\nPRIMARY_REGION = 'ams'\nFLY_PROCESS_GROUP = 'a'\n",
        &["reserved-variable /env/PRIMARY_REGION", "reserved-variable /env/FLY_PROCESS_GROUP"],
    );
    assert_found(
        "[env]\nPASSWORD_MIN_LENGTH = '12'\nCACHE = 'redis://:hunter2@cache:6379'\n",
        &["plaintext-secret /env/CACHE"],
    );
}

#[test]
fn process_groups() {
    assert_found("[processes]\na = \"it's\"\n", &["invalid-command /processes/a"]);
    assert_found(
        "[processes]\na = ''\n[http_service]\ninternal_port = 80\n",
        &["service-without-processes /http_service/processes"],
    );
    assert_found(
        "[http_service]\ninternal_port = 80\nprocesses = ['web']\n[[restart]]\npolicy = 'never'\nprocesses = ['web']\n",
        &["unknown-process-group /http_service/processes/0", "unknown-process-group /restart/0/processes/0"],
    );
    assert_found(
        "[[vm]]\ncpus = 1\nprocesses = ['web']\n[checks.a]\ntype = 'tcp'\nport = 1\nprocesses = ['web']\n",
        &["ineffective-processes /vm/0/processes/0", "ineffective-processes /checks/a/processes/0"],
    );
    assert_found(
        "[processes]\na = ''\nb = ''\n[[restart]]\npolicy = 'never'\n[[vm]]\ncpus = 1\n",
        &["ineffective-processes /restart/0"],
    );
    assert_found(
        "[processes]\na = ''\nb = ''\n[[files]]\nguest_path = '/a'\nraw_value = 'a'\nprocesses = ['b']\n",
        &["ineffective-processes /files/0/processes"],
    );
}

#[test]
fn machines() {
    for (vm, expected) in [
        ("size = 'shared-cpu-3x'", "invalid-guest /vm/0/size"),
        ("size = 'a10'", "invalid-guest /vm/0/size"),
        ("gpu_kind = 'l40s'", "invalid-guest /vm/0/gpu_kind"),
        ("gpus = 1", "invalid-guest /vm/0/gpus"),
        ("memory = '512Mi'", "invalid-guest /vm/0/memory"),
        ("memory = '0'", "invalid-guest /vm/0/memory"),
        ("memory = '300mb'", "invalid-guest /vm/0/memory"),
        ("memory_mb = 4096", "invalid-guest /vm/0/memory_mb"),
        ("cpus = 2", "invalid-guest /vm/0/cpus"),
        ("cpus = 3\nmemory = '1gb'", "invalid-guest /vm/0/cpus"),
        ("cpu_kind = 'performance'", "invalid-guest /vm/0/cpu_kind"),
        ("memory = '1gb'\nmemory_mb = 512", "ineffective-setting /vm/0/memory"),
        ("persist_rootfs = 'sometimes'", "invalid-fly-value /vm/0/persist_rootfs"),
    ] {
        assert_found(&format!("[[vm]]\n{vm}\n"), &[expected]);
    }
    let both = ["invalid-guest /vm/0/memory", "invalid-guest /vm/0/cpus"];
    assert_found("[[vm]]\nmemory = '512Mi'\ncpus = 3\n", &both);
    assert_found("[[vm]]\ncpus = 1\n[[vm]]\ncpus = 1\n", &["ineffective-setting /vm/1"]);
    assert_found(
        "[processes]\na = ''\n[[vm]]\ncpus = 1\n[[vm]]\ncpus = 1\nprocesses = ['a']\n[[vm]]\ncpus = 1\nprocesses = ['a']\n",
        &["ineffective-setting /vm/2"],
    );
}

#[test]
fn volumes() {
    for (mount, expected) in [
        ("source = 'my-data'\ndestination = '/d'", "invalid-volume /mounts/0/source"),
        ("source = 'data'", "missing-field /mounts/0/destination"),
        ("destination = '/d'", "missing-field /mounts/0/source"),
        ("source = 'data'\ndestination = 'd'", "relative-target /mounts/0/destination"),
        ("source = 'data'\ndestination = '/'", "invalid-volume /mounts/0/destination"),
        ("source = 'data'\ndestination = '/d'\ninitial_size = '500mb'", "invalid-volume /mounts/0/initial_size"),
        ("source = 'data'\ndestination = '/d'\ninitial_size = 501", "invalid-volume /mounts/0/initial_size"),
        ("source = 'data'\ndestination = '/d'\nsnapshot_retention = 61", "out-of-range /mounts/0/snapshot_retention"),
        (
            "source = 'data'\ndestination = '/d'\nauto_extend_size_threshold = 80",
            "missing-field /mounts/0/auto_extend_size_increment",
        ),
        (
            "source = 'data'\ndestination = '/d'\nauto_extend_size_threshold = 20\nauto_extend_size_increment = '1GB'",
            "out-of-range /mounts/0/auto_extend_size_threshold",
        ),
        (
            "source = 'data'\ndestination = '/d'\nauto_extend_size_threshold = 80\nauto_extend_size_increment = '200GB'",
            "invalid-volume /mounts/0/auto_extend_size_increment",
        ),
    ] {
        assert_found(&format!("[[mounts]]\n{mount}\n"), &[expected]);
    }
    let two = "[[mounts]]\nsource = 'a'\ndestination = '/a'\n[[mounts]]\nsource = 'b'\ndestination = '/b'\n";
    assert_found(two, &["too-many-volumes /mounts/1"]);
}

#[test]
fn services() {
    let tcp = "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\n";
    assert_found("[http_service]\nforce_https = true\n", &["missing-setting /http_service/internal_port"]);
    assert_found(
        "[[services]]\ninternal_port = 80\n",
        &["service-without-ports /services/0", "missing-setting /services/0/protocol"],
    );
    assert_found(
        &format!("{tcp}[[services.ports]]\nport = 80\n{tcp}[[services.ports]]\nport = 81\n"),
        &["duplicate-service /services/1"],
    );
    assert_found(
        &format!("[http_service]\ninternal_port = 8080\n{tcp}[[services.ports]]\nstart_port = 400\nend_port = 500\n"),
        &["port-conflict /services/0/ports/0/start_port"],
    );
    assert_found(
        &format!("{tcp}[[services.ports]]\nport = 0\n[[services.ports]]\nhandlers = ['tls']\n"),
        &["out-of-range /services/0/ports/0/port", "missing-field /services/0/ports/1/port"],
    );
    assert_found(
        &format!("{tcp}[[services.ports]]\nstart_port = 9\nend_port = 8\n"),
        &["invalid-fly-value /services/0/ports/0/end_port"],
    );
    assert_found(
        &format!("{tcp}[[services.ports]]\nport = 443\nhandlers = ['tls']\nforce_https = true\n"),
        &["force-https-without-http /services/0/ports/0/force_https"],
    );
    assert_found(
        &format!(
            "{tcp}[[services.ports]]\nport = 443\nhttp_options = {{ compress = true }}\nproxy_proto_options = {{ version = 'v3' }}\n"
        ),
        &[
            "ineffective-setting /services/0/ports/0/http_options",
            "ineffective-setting /services/0/ports/0/proxy_proto_options",
            "invalid-fly-value /services/0/ports/0/proxy_proto_options/version",
        ],
    );
    assert_found(
        "[http_service]\ninternal_port = 80\nconcurrency = { soft_limit = 30, hard_limit = 20 }\n\
         [[http_service.http_options.replay_cache]]\ntype = 'body'\nttl_seconds = 5\n",
        &[
            "invalid-fly-value /http_service/concurrency/soft_limit",
            "invalid-fly-value /http_service/http_options/replay_cache/0/type",
            "invalid-fly-value /http_service/http_options/replay_cache/0/ttl_seconds",
        ],
    );
    assert_found(
        "[[services]]\nports = [{ port = 80 }]\n",
        &["missing-setting /services/0/internal_port", "missing-setting /services/0/protocol"],
    );
    // Checks that were meant for the other service.
    assert_found(
        "[http_service]\ninternal_port = 80\n[[services.http_checks]]\npath = '/'\n",
        &["ineffective-setting /services/0/http_checks"],
    );
    // Services of different groups don't get into each other's way.
    assert_found(
        "[processes]\na = ''\nb = ''\n\
         [[services]]\nprotocol = 'tcp'\ninternal_port = 80\nprocesses = ['a']\nports = [{ port = 80 }]\n\
         [[services]]\nprotocol = 'tcp'\ninternal_port = 80\nprocesses = ['b']\nports = [{ port = 80 }]\n",
        &[],
    );
}

#[test]
fn https() {
    let tcp = "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\n";
    let redirect = format!("{tcp}[[services.ports]]\nport = 80\nhandlers = ['http']\nforce_https = true\n");
    assert_found(&redirect, &["https-not-served /services/0/ports/0/force_https"]);
    for more in ["port = 443\nhandlers = ['tls', 'http']\n", "port = 443\n", "start_port = 440\nend_port = 450\n"] {
        assert_found(&format!("{redirect}[[services.ports]]\n{more}"), &[]);
    }
    assert_found(
        &format!("{tcp}[[services.ports]]\nport = 443\nhandlers = ['http']\n"),
        &["https-not-served /services/0/ports/0/handlers"],
    );
}

#[test]
fn machines_that_stop_must_start() {
    let service = "[http_service]\ninternal_port = 80\nauto_start_machines = false\n";
    let stops = ["never-started /http_service/auto_stop_machines"];
    assert_found(&format!("{service}auto_stop_machines = 'suspend'\n"), &stops);
    assert_found(&format!("{service}auto_stop_machines = true\nmin_machines_running = 0\n"), &stops);
    assert_found(&format!("{service}auto_stop_machines = 'stop'\nmin_machines_running = 1\n"), &[]);
    assert_found(&format!("{service}auto_stop_machines = 'off'\n"), &[]);
    assert_found("[http_service]\ninternal_port = 80\nauto_stop_machines = 'stop'\n", &[]);
}

#[test]
fn the_port_that_the_program_is_told() {
    let service = "[http_service]\ninternal_port = 8080\n";
    assert_found(&format!("{service}[env]\nPORT = '3000'\n"), &["port-mismatch /env/PORT"]);
    assert_found(&format!("{service}[env]\nPORT = 8080\n"), &[]);
    assert_found(&format!("{service}[env]\nPORT = 'http'\nHTTP_PORT = '3000'\n"), &[]);
    assert_found("[env]\nPORT = '3000'\n", &[]);
    // One of several may be another program's.
    let other = "[[services]]\nprotocol = 'tcp'\ninternal_port = 3000\nports = [{ port = 3000 }]\n";
    assert_found(&format!("{service}{other}[env]\nPORT = '3000'\n"), &[]);
}

#[test]
fn commands_run_without_a_shell() {
    for command in [
        "cd /app && run",
        "migrate && seed",
        "migrate; seed",
        "RAILS_ENV=production bin/migrate",
        "serve --port $PORT",
        "serve --port=${PORT}",
        "serve > /dev/null",
        "serve --host $(hostname)",
    ] {
        assert_found(&format!("[processes]\na = '{command}'\n"), &["needs-shell /processes/a"]);
        assert_found(&format!("[deploy]\nrelease_command = '{command}'\n"), &["needs-shell /deploy/release_command"]);
        assert_found(&format!("[build]\nbuilder = 'x'\n[processes]\na = '{command}'\n"), &[]);
        assert_found(&format!("[experimental]\nentrypoint = ['sh', '-c']\n[processes]\na = '{command}'\n"), &[]);
    }
    for command in [
        "sh -c \"cd /app && exec serve --port $PORT\"",
        "/bin/bash -lc 'serve $PORT'",
        "psql -c \"select 1;\"",
        "find /tmp -exec rm {} ;",
        "env RAILS_ENV=production bin/migrate",
        "serve --filter=a&b --price 5$ --regex ^a$",
        "envsubst $HOST",
    ] {
        assert_found(&format!("[processes]\na = \"\"\"{command}\"\"\"\n"), &[]);
    }
}

#[test]
fn udp() {
    let udp = "[[services]]\nprotocol = 'udp'\ninternal_port = 53\n";
    assert_found(
        &format!("{udp}auto_start_machines = true\n[[services.ports]]\nport = 54\nhandlers = ['tls']\n"),
        &[
            "udp-auto-start /services/0/auto_start_machines",
            "udp-port-mismatch /services/0/ports/0/port",
            "udp-handlers /services/0/ports/0/handlers",
        ],
    );
    assert_found(
        &format!("{udp}auto_stop_machines = 'stop'\n[[services.ports]]\nport = 53\n"),
        &["udp-auto-start /services/0/auto_stop_machines"],
    );
    assert_found(
        &format!("{udp}[[services.ports]]\nport = 53\n[[services.tcp_checks]]\ninterval = '5s'\n"),
        &["ineffective-setting /services/0/tcp_checks"],
    );
}

#[test]
fn health_checks() {
    assert_found(
        "[http_service]\ninternal_port = 80\n[[http_service.checks]]\ninterval = '500ms'\ntimeout = '2m'\nprotocol = 'ftp'\n",
        &[
            "check-timing /http_service/checks/0/interval",
            "check-timing /http_service/checks/0/timeout",
            "invalid-fly-value /http_service/checks/0/protocol",
        ],
    );
    assert_found(
        "[http_service]\ninternal_port = 80\n[[http_service.checks]]\ninterval = '10s'\ntimeout = '15s'\npath = 'up'\nmethod = 'fetch'\n",
        &[
            "invalid-check /http_service/checks/0/timeout",
            "invalid-check /http_service/checks/0/path",
            "invalid-check /http_service/checks/0/method",
        ],
    );
    assert_found(
        "[checks.a]\ntype = 'http'\nport = 1\ninterval = '5s'\ntimeout = '5s'\npath = '/up'\nmethod = 'head'\n",
        &[],
    );
    // Of one value there is one opinion.
    assert_found(
        "[http_service]\ninternal_port = 80\n[[http_service.checks]]\ninterval = 10000\ntimeout = 15\n",
        &["bare-duration /http_service/checks/0/interval", "bare-duration /http_service/checks/0/timeout"],
    );
    assert_found("kill_timeout = 600\n", &["out-of-range /kill_timeout"]);
    assert_found("[checks.a]\nport = 80\n", &["missing-field /checks/a/type"]);
    assert_found("[checks.a]\ntype = 'tcp'\n", &["missing-field /checks/a/port"]);
    assert_found("[checks.a]\ntype = 'tcp'\n[http_service]\ninternal_port = 80\n", &[]);
    assert_found(
        "[checks.a]\ntype = 'tcp'\nport = 1\ninterval = '1s'\ntimeout = '61s'\npath = '/'\n",
        &["out-of-range /checks/a/interval", "out-of-range /checks/a/timeout", "ineffective-setting /checks/a/path"],
    );
    assert_found(
        "[checks.a]\ntype = 'http'\nport = 1\ntls_skip_verify = true\n",
        &["ineffective-setting /checks/a/tls_skip_verify"],
    );
}

#[test]
fn files() {
    assert_found("[[files]]\nguest_path = '/a'\n", &["conflicting-fields /files/0"]);
    assert_found("[[files]]\nguest_path = '/a'\nraw_value = ''\n", &["conflicting-fields /files/0"]);
    assert_found(
        "[[files]]\nguest_path = 'a'\nraw_value = 'a'\nsecret_name = 'MY-FILE'\n",
        &[
            "conflicting-fields /files/0",
            "relative-target /files/0/guest_path",
            "invalid-variable-name /files/0/secret_name",
        ],
    );
    assert_found("[[files]]\nraw_value = 'a'\n", &["missing-field /files/0/guest_path"]);
    assert_found(
        "[[files]]\nguest_path = '/a'\nraw_value = 'SGVsbG8gV29ybGQ='\n",
        &["double-base64 /files/0/raw_value"],
    );
    // It takes away the file of the image.
    assert_found("[[files]]\nguest_path = '/a'\nlocal_path = ''\n", &[]);
    let file = "[[files]]\nguest_path = '/a'\nlocal_path = 'a'\n";
    assert_found(&file.repeat(2), &["invalid-target /files/1/guest_path"]);
    let missing = LocalFiles::from([("a".to_owned(), LocalFile::Absent)]);
    assert_eq!(found(file, &missing), ["missing-source-file /files/0/local_path"]);
    let missing = LocalFiles::from([("Dockerfile".to_owned(), LocalFile::Absent)]);
    let compose = "[build.compose]\nfile = 'Dockerfile'\n";
    assert_eq!(found(compose, &missing), ["missing-source-file /build/compose/file"]);
    for path in ["Dockerfile", "/Dockerfile"] {
        let text = format!("[build]\ndockerfile = '{path}'\n");
        assert_eq!(found(&text, &missing), ["missing-source-file /build/dockerfile"]);
    }
}

#[test]
fn keys_of_earlier_versions_are_one_remark() {
    let text = "[experimental]\nallowed_public_ports = []\nauto_rollback = true\n\
                [[services]]\nprotocol = 'tcp'\ninternal_port = 80\nscript_checks = []\nports = [{ port = 80 }]\n";
    assert_found(text, &["former-key /experimental/allowed_public_ports"]);
    let source = Source::new("fly.toml", text);
    let found = LoadedConfig::read(&source).check(&LocalFiles::new());
    let message = found.iter().map(|found| found.message.as_str()).next();
    assert_eq!(message, Some("flyctl no longer looks at `allowed_public_ports`, `auto_rollback`, `script_checks`"));
}

#[test]
fn keys_in_the_wrong_place() {
    for (text, help) in [
        ("app_name = 'a'\n", "did you mean `app`, at the top of fly.toml?"),
        ("[build]\nswap_size_mb = 512\n", "`swap_size_mb` stands at the top of fly.toml, before all sections"),
        ("[[vm]]\nmounts = []\n", "write `[[mounts]]`, which is a section of its own"),
        (
            "[http_service]\ninternal_port = 80\nmax_machines_running = 3\n",
            "fly.toml has no upper limit; `fly scale count` says how many machines there are",
        ),
        ("[http_service]\ninternal_port = 80\n[[http_service.http_checks]]\n", "write `[[http_service.checks]]`"),
    ] {
        let source = Source::new("fly.toml", text);
        let found = LoadedConfig::read(&source).check(&LocalFiles::new());
        let helps: Vec<_> = found.iter().filter_map(|found| found.help.as_deref()).collect();
        assert_eq!(helps, [help], "{text}");
    }
}

#[test]
fn machine_configs() {
    let secret = r#"'{"containers": [{"name": "web", "env": {"A": "x", "URL": "amqp://a:hunter2@b"}}]}'"#;
    assert_found(&format!("machine_config = {secret}\n"), &["plaintext-secret /machine_config/containers/web/env/URL"]);

    assert_found("machine_config = 'machine.yaml'\n", &["invalid-machine-config /machine_config"]);
    assert_found("machine_config = '{'\n", &["invalid-machine-config /machine_config"]);
    assert_found("machine_config = 'machine.json'\n", &[]);
    assert_found("container = 'web'\n", &["invalid-machine-config /container"]);
    let containers = r#"'{"containers": [{"name": "web"}, {"name": "log", "image": "log"}]}'"#;
    assert_found(&format!("machine_config = {containers}\ncontainer = 'web'\n"), &[]);
    assert_found(
        &format!("machine_config = {containers}\ncontainer = 'log'\n"),
        &["invalid-machine-config /machine_config"],
    );
    assert_found(
        &format!("machine_config = '{{}}'\n[experimental]\nmachine_config = {containers}\n"),
        &["ineffective-setting /machine_config"],
    );
    assert_found(&format!("machine_config = {containers}\n[experimental]\nmachine_config = ''\n"), &[]);
    // What flyctl can't decode: Go has text there.
    assert_found(
        "machine_config = '{\"containers\": [{\"name\": \"app\", \"env\": {\"A\": 1}}]}'\n",
        &["invalid-machine-config /machine_config"],
    );
    let given = |text: &str| LocalFiles::from([("m.json".to_owned(), text.as_bytes().to_vec())]);
    assert_eq!(found("machine_config = 'm.json'\n", &given("[]")), ["invalid-machine-config /machine_config"]);
    assert_eq!(found("machine_config = 'm.json'\n", &given("{}")), Vec::<String>::new());
    let missing = LocalFiles::from([("m.json".to_owned(), LocalFile::Absent)]);
    assert_eq!(found("machine_config = 'm.json'\n", &missing), ["missing-source-file /machine_config"]);
}

/// The paths of files that are needed.
fn paths(needs: impl IntoIterator<Item = Need>) -> Vec<String> {
    needs.into_iter().map(|need| need.path).collect()
}

#[test]
fn local_files_are_listed() {
    let text = "machine_config = 'm.json'\n[build]\ndockerfile = 'Dockerfile'\n\
                [[files]]\nguest_path = '/b'\nlocal_path = 'b'\n[[files]]\nguest_path = '/a'\nlocal_path = 'a'\n";
    let source = Source::new("fly.toml", text);
    let loaded = LoadedConfig::read(&source);
    let listed = loaded.local_files(&LocalFiles::new());
    assert_eq!(listed[0].from, [Base::Toml]);
    assert!(listed[1..].iter().all(|need| *need.from == [Base::Work, Base::Toml]));
    assert_eq!(paths(listed), ["Dockerfile", "a", "b", "m.json"]);
    let machine = r#"{"containers": [{"files": [{"local_path": "c"}, {"local_path": "d", "raw_value": ""},
                      {"local_path": "e", "raw_value": null, "secret_name": null, "image_config": null}]}]}"#;
    let known = LocalFiles::from([("m.json".to_owned(), machine.as_bytes().to_vec())]);
    assert_eq!(paths(loaded.local_files(&known)), ["Dockerfile", "a", "b", "c", "e", "m.json"]);
    assert_eq!(paths(loaded.needs(known)), ["Dockerfile", "a", "b", "c", "e"]);
}

#[test]
fn what_is_given_may_need_more() {
    let source = Source::new("fly.toml", "machine_config = 'm.json'\n[[files]]\nguest_path = '/a'\nlocal_path = 'a'\n");
    let loaded = LoadedConfig::read(&source);
    let mut needs = loaded.needs(LocalFiles::new());
    let mut asked = Vec::new();
    while let Some(need) = needs.next() {
        match &*need.path {
            "m.json" => {
                let machine =
                    br#"{"containers": [{"name": "app", "files": [{"local_path": "a"}, {"local_path": "b"}]}]}"#;
                needs.give("m.json", machine.to_vec());
            }
            "a" => needs.give("a", LocalFile::Unreadable("it is not a file".to_owned())),
            _ => {}
        }
        asked.push(need.path);
    }
    // Nobody is asked again for what is not given.
    assert_eq!(asked, ["a", "m.json", "b"]);
    let found = loaded.check(&needs.into_files());
    let messages: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, ["the file `a` can't be read: it is not a file"; 2]);
}

#[test]
fn files_of_containers_must_exist() {
    let text = "container = 'app'
machine_config = '{\"containers\": [{\"name\": \"app\", \
                \"files\": [{\"guest_path\": \"/a\", \"local_path\": \"a\"}]}]}'\n";
    assert_found(text, &[]);
    let missing = LocalFiles::from([("a".to_owned(), LocalFile::Absent)]);
    assert_eq!(found(text, &missing), ["missing-source-file /machine_config"]);
}

#[test]
fn what_can_not_be_read_is_reported_once() {
    assert_found("[http_service]\ninternal_port = 'x'\n", &["invalid-fly-config /http_service/internal_port"]);
    assert_found("[checks.a]\ntype = 5\nport = 1\n", &["invalid-fly-config /checks/a/type"]);
}

#[test]
fn each_fix_is_of_its_code() {
    let text = "kill_signal = 'sigterm'\n[[vm]]\nmemory = '512Mi'\n[experimental]\nauto_rollback = true\n";
    let diagnostics = LoadedConfig::read(&Source::new("fly.toml", text)).check(&LocalFiles::new());
    let fixed: Vec<Code> = diagnostics.iter().filter(|found| found.fix.is_some()).map(|found| found.code).collect();
    assert_eq!(fixed, [Code::InvalidFlyValue, Code::InvalidGuest, Code::FormerKey]);
}
