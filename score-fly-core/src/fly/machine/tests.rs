use serde_json::{Value as Json, json};

use super::*;
use crate::fly::LoadedConfig;
use crate::fly::field::Field;
use crate::fly::sample::{Dice, Sample, config};
use crate::source::Source;

/// The machine config of a fly.toml without mistakes, as data.
#[track_caller]
fn machine(text: &str, group: Option<&str>) -> Json {
    let files = LocalFiles::from([
        ("app.conf".to_owned(), b"hello".to_vec()),
        ("m.json".to_owned(), br#"{"init": {"tty": true}, "dns": {"skip_registration": true}}"#.to_vec()),
    ]);
    let (machine, diagnostics) = machine_config(&config(text), group, &files).into_result().unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    serde_json::to_value(&machine).unwrap()
}

/// `code /pointer` of what keeps a fly.toml from becoming a machine.
fn faults(text: &str, group: Option<&str>) -> Vec<String> {
    let (_, diagnostics) =
        LoadedConfig::read(&Source::new("fly.toml", text)).machine_config(group, &LocalFiles::new()).into_parts();
    diagnostics.iter().map(|found| format!("{} {}", found.code, found.pointer)).collect()
}

#[test]
fn the_least_machine() {
    let expected = json!({
        "env": { "FLY_PROCESS_GROUP": "app" },
        "init": {},
        "metadata": { "fly_platform_version": "v2", "fly_process_group": "app" },
    });
    assert_eq!(machine("app = 'web'\n", None), expected);
}

#[test]
fn a_whole_machine() {
    let text = r#"
app = "web"
primary_region = "ams"
kill_signal = "SIGTERM"
kill_timeout = "90s"
swap_size_mb = 512
[build]
image = "nginx:1"
[experimental]
cmd = ["serve"]
entrypoint = ["/entry"]
[env]
PORT = "8080"
PRIMARY_REGION = "fra"
[[mounts]]
source = "data"
destination = "/data"
initial_size = "10gb"
auto_extend_size_threshold = 80
auto_extend_size_increment = "5GB"
auto_extend_size_limit = "100GB"
[http_service]
internal_port = 8080
force_https = true
auto_stop_machines = "stop"
auto_start_machines = true
min_machines_running = 0
http_options = { compress = true }
tls_options = { alpn = ["h2"] }
[http_service.concurrency]
type = "requests"
soft_limit = 20
[[http_service.checks]]
interval = "15s"
method = "get"
path = "/healthz"
headers = { B = "2", A = "1" }
[[services]]
protocol = "tcp"
internal_port = 5432
auto_stop_machines = "suspend"
[[services.ports]]
port = 5432
handlers = ["pg_tls"]
force_https = false
[[services.http_checks]]
path = "/"
[[services.tcp_checks]]
interval = "10s"
[checks.alive]
type = "http"
method = "get"
path = "/alive"
[[files]]
guest_path = "/a"
raw_value = "first"
[[files]]
guest_path = "/b"
local_path = "app.conf"
[[files]]
guest_path = "/c"
secret_name = "C"
[[files]]
guest_path = "/a"
raw_value = "Hello World"
[[restart]]
policy = "on-failure"
retries = 3
[[restart]]
policy = "never"
[[vm]]
size = "shared-cpu-2x"
memory = "1gb"
[[statics]]
guest_path = "/public"
url_prefix = "/s"
[[metrics]]
port = 9091
path = "/metrics"
"#;
    let expected = json!({
        "env": { "FLY_PROCESS_GROUP": "app", "PORT": "8080", "PRIMARY_REGION": "ams" },
        "init": { "entrypoint": ["/entry"], "cmd": ["serve"], "swap_size_mb": 512 },
        "guest": { "cpu_kind": "shared", "cpus": 2, "memory_mb": 1024 },
        "metadata": { "fly_platform_version": "v2", "fly_process_group": "app" },
        "mounts": [{
            "path": "/data", "name": "data", "extend_threshold_percent": 80, "add_size_gb": 5, "size_gb_limit": 100,
        }],
        "services": [
            {
                "protocol": "tcp",
                "internal_port": 8080,
                "autostop": true,
                "autostart": true,
                "min_machines_running": 0,
                "ports": [
                    { "port": 80, "handlers": ["http"], "force_https": true, "http_options": { "compress": true } },
                    {
                        "port": 443,
                        "handlers": ["http", "tls"],
                        "tls_options": { "alpn": ["h2"] },
                        "http_options": { "compress": true },
                    },
                ],
                "checks": [{
                    "type": "http",
                    "interval": "15s",
                    "method": "get",
                    "path": "/healthz",
                    "headers": [{ "name": "A", "values": ["1"] }, { "name": "B", "values": ["2"] }],
                }],
                "concurrency": { "type": "requests", "soft_limit": 20 },
            },
            {
                "protocol": "tcp",
                "internal_port": 5432,
                "autostop": "suspend",
                "ports": [{ "port": 5432, "handlers": ["pg_tls"] }],
                "checks": [{ "type": "tcp", "interval": "10s" }, { "type": "http", "path": "/" }],
            },
        ],
        "metrics": { "port": 9091, "path": "/metrics" },
        "checks": { "alive": { "port": 8080, "type": "http", "method": "GET", "path": "/alive" } },
        "statics": [{ "guest_path": "/public", "url_prefix": "/s", "tigris_bucket": "", "index_document": "" }],
        "image": "nginx:1",
        "files": [
            { "guest_path": "/a", "raw_value": "SGVsbG8gV29ybGQ=" },
            { "guest_path": "/b", "raw_value": "aGVsbG8=" },
            { "guest_path": "/c", "secret_name": "C" },
        ],
        "restart": { "policy": "no" },
        "stop_config": { "timeout": "1m30s", "signal": "SIGTERM" },
    });
    assert_eq!(machine(text, None), expected);
}

#[test]
fn what_belongs_to_a_group() {
    let text = r#"
[experimental]
cmd = ["image"]
[processes]
web = ""
worker = "bin/worker 'two words' # comment"
[[mounts]]
source = "data"
destination = "/data"
processes = ["worker"]
[http_service]
internal_port = 8080
processes = ["web"]
[checks.alive]
type = "tcp"
port = 1
[[files]]
guest_path = "/a"
raw_value = "a"
processes = ["web"]
[[restart]]
policy = "always"
[[vm]]
size = "shared-cpu-1x"
[[vm]]
size = "shared-cpu-2x"
processes = ["worker"]
"#;
    let web = machine(text, None);
    // The first by name is the default group, since none is called `app`.
    assert_eq!(web["metadata"]["fly_process_group"], "web");
    assert_eq!(web["init"]["cmd"], json!(["image"]));
    assert_eq!(web["guest"]["cpus"], 1);
    assert_eq!(web["services"][0]["internal_port"], 8080);
    assert_eq!(web["checks"]["alive"]["port"], 1);
    assert_eq!(web["restart"]["policy"], "always");
    assert_eq!(web["mounts"], Json::Null);

    let worker = machine(text, Some("worker"));
    assert_eq!(worker["env"]["FLY_PROCESS_GROUP"], "worker");
    assert_eq!(worker["init"]["cmd"], json!(["bin/worker", "two words"]));
    assert_eq!(worker["guest"]["cpus"], 2);
    assert_eq!(worker["mounts"][0]["name"], "data");
    for absent in ["services", "checks", "restart"] {
        assert_eq!(worker[absent], Json::Null, "{absent}");
    }
    // Whatever `processes` says.
    assert_eq!(worker["files"][0]["guest_path"], "/a");

    assert_eq!(faults(text, Some("cron")), ["unknown-process-group /processes"]);
}

#[test]
fn a_machine_config_lies_below() {
    let text = r#"
container = "web"
machine_config = '''{
    "env": {"GONE": "1"},
    "init": {"cmd": ["gone"], "tty": true, "kernel_args": ["quiet"]},
    "guest": {"cpus": 4, "cpu_kind": "shared", "memory_mb": 1024},
    "metadata": {"team": "a"},
    "restart": {"policy": "always"},
    "services": [{"internal_port": 1}],
    "schedule": "daily",
    "unknown": 1,
    "containers": [
        {"name": "log", "image": "log:1", "files": [{"guest_path": "/a", "local_path": "app.conf", "mode": 420}]},
        {"name": "web"}
    ]
}'''
[build]
image = "nginx:1"
"#;
    let expected = json!({
        "env": { "FLY_PROCESS_GROUP": "app" },
        "init": { "tty": true, "kernel_args": ["quiet"] },
        "guest": { "cpu_kind": "shared", "cpus": 4, "memory_mb": 1024 },
        "metadata": { "fly_platform_version": "v2", "fly_process_group": "app", "team": "a" },
        "image": "nginx:1",
        "schedule": "daily",
        "containers": [
            { "name": "log", "image": "log:1", "files": [{ "guest_path": "/a", "mode": 420, "raw_value": "aGVsbG8=" }] },
            { "name": "web", "image": "nginx:1" },
        ],
    });
    assert_eq!(machine(text, None), expected);

    let from_file = machine("machine_config = 'm.json'\n", None);
    assert_eq!(from_file["init"]["tty"], true);
    assert_eq!(from_file["dns"]["skip_registration"], true);
}

#[test]
fn what_can_not_become_a_machine() {
    for (text, expected) in [
        ("[[vm]]\nsize = 'shared-cpu-3x'\n", "invalid-guest /vm/0/size"),
        ("[processes]\napp = \"it's\"\n", "invalid-command /processes/app"),
        ("[checks.a]\ntype = 'tcp'\n", "missing-field /checks/a/port"),
        ("[[files]]\nguest_path = '/a'\nlocal_path = 'gone'\n", "missing-source-file /files/0/local_path"),
        ("machine_config = 'gone.json'\n", "missing-source-file /machine_config"),
        ("machine_config = 'a.yaml'\n", "invalid-machine-config /machine_config"),
        ("machine_config = '{]'\n", "invalid-machine-config /machine_config"),
        ("machine_config = '{\"init\": 1}'\n", "invalid-machine-config /machine_config"),
        ("machine_config = '{\"containers\": []}'\ncontainer = 'a'\n", "invalid-machine-config /container"),
        ("[build.compose]\nfile = 'compose.yml'\n", "invalid-machine-config /build/compose"),
    ] {
        assert_eq!(faults(text, None), [expected], "{text}");
    }
}

#[test]
fn a_machine_reads_back() {
    let mut dice = Dice::new(6);
    for _ in 0..50 {
        let sample = MachineConfig::sample(&mut dice);
        let mut diagnostics = Diagnostics::new();
        let read = MachineConfig::read(&sample.write().into(), &Path::ROOT, &mut diagnostics);
        assert_eq!(read, Some(sample));
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema = schemars::schema_for!(MachineConfig).to_value();
    for (name, keys) in
        model::SECTIONS.iter().chain(shared::SECTIONS).chain(extras::SECTIONS).chain(container::SECTIONS)
    {
        let section = match *name {
            "MachineConfig" => &schema,
            name => &schema["$defs"][name],
        };
        let properties = section["properties"].as_object().unwrap();
        assert_eq!(properties.len(), keys.len(), "{name}");
        assert!(keys.iter().all(|key| properties.contains_key(*key)), "{name}");
    }
}

/// What the types of fly-go say: `omitempty` on numbers leaves out zeros, on pointers it does not, and `ReplayCache` has it
/// on its last field only.
#[test]
fn zeros_are_left_out_where_go_leaves_them_out() {
    let text = "\
[[services]]
protocol = \"tcp\"
internal_port = 0
min_machines_running = 0
concurrency = { type = \"requests\", hard_limit = 0, soft_limit = 5 }
[[services.ports]]
port = 0
[[services.ports.http_options.replay_cache]]
ttl_seconds = 20
allow_bypass = false
[[metrics]]
port = 0
path = \"\"
";
    let machine = machine(text, None);
    let expected = json!([{
        "protocol": "tcp",
        "min_machines_running": 0,
        "concurrency": { "type": "requests", "soft_limit": 5 },
        "ports": [{
            "port": 0,
            "http_options": {
                "replay_cache": [{ "path_prefix": "", "ttl_seconds": 20, "type": "", "name": "" }],
            },
        }],
    }]);
    assert_eq!(machine["services"], expected);
    assert_eq!(machine["metrics"], json!({}));
}

#[test]
fn an_empty_list_of_secrets_is_not_sent() {
    let text = "machine_config = '{\"containers\": [{\"name\": \"a\", \"secrets\": [], \"image\": \"x\"}]}'\n";
    let source = Source::new("fly.toml", text);
    let (sent, _) = LoadedConfig::read(&source).machine_config(None, &LocalFiles::new()).into_parts();
    let sent = serde_json::to_value(sent.unwrap()).unwrap();
    assert_eq!(sent["containers"], json!([{ "name": "a", "image": "." }]));
}
