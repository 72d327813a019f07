use super::super::config::{Attached, Build, Config, Experimental};
use super::super::read;
use super::super::sample::{Dice, Sample, config};
use super::emit;
use crate::source::Source;

/// Reads a text whose layout is the one that is wanted, and writes it again.
#[track_caller]
fn assert_layout(text: &str) {
    assert_eq!(emit(&config(text)), text);
}

#[test]
fn nothing_is_written_for_nothing() {
    assert_eq!(emit(&Config::default()), "");
    let empty = Config {
        build: Some(Build::default()),
        experimental: Some(Experimental { attached: Some(Attached::default()), ..Experimental::default() }),
        ..Config::default()
    };
    assert_eq!(emit(&empty), "");
}

#[test]
fn writes_a_whole_app() {
    assert_layout(
        r#"app = "web"
primary_region = "ams"
kill_signal = "SIGTERM"
kill_timeout = "1m30s"
swap_size_mb = 512
console_command = "/bin/sh"
machine_config = "machine.json"
container = "web"

[experimental]
cmd = ["-c", "sleep 1"]
entrypoint = ["/bin/sh"]

[build]
image = "nginx:1.27"

[build.args]
A = "1"

[deploy]
strategy = "rolling"
max_unavailable = 0.33
release_command = "migrate"
release_command_timeout = "5m"

[deploy.release_command_vm]
memory = "512mb"

[env]
HELLO = "world"
PORT = "8080"

[processes]
app = ""

[[mounts]]
source = "data"
destination = "/data"
initial_size = "10gb"

[http_service]
internal_port = 8080
force_https = true
auto_stop_machines = "stop"
auto_start_machines = true
min_machines_running = 0
processes = ["app"]

[http_service.concurrency]
type = "requests"
soft_limit = 200

[[http_service.checks]]
interval = "10s"
path = "/"

[[services]]
protocol = "tcp"
internal_port = 5432

[[services.ports]]
port = 80
handlers = ["http"]

[[services.ports]]
port = 443
handlers = ["tls", "http"]

[services.ports.tls_options]
alpn = ["h2", "http/1.1"]

[services.ports.http_options.response]
pristine = true

[services.ports.http_options.response.headers]
Server = false
X-A = ["1", "2"]

[services.concurrency]
type = "connections"
hard_limit = 25

[[services.http_checks]]
interval = "10s"
timeout = "500ms"
path = "/ready"

[services.http_checks.headers]
Host = "example.com"

[[services]]
protocol = "udp"
internal_port = 53

[[services.ports]]
port = 53

[checks.liveness]
port = 8080
type = "http"
path = "/alive"

[checks."with space"]
port = 8081
type = "tcp"

[[files]]
guest_path = "/etc/app.conf"
local_path = "files/app.conf"

[[files]]
guest_path = "/etc/motd"
raw_value = """
Hello
world
"""

[[restart]]
policy = "on-failure"
retries = 3

[[vm]]
memory = "512mb"
cpu_kind = "shared"
cpus = 1

[[statics]]
guest_path = "/app/public"
url_prefix = "/public"

[[metrics]]
port = 9091
path = "/metrics"
"#,
    );
}

#[test]
fn starts_without_a_blank_line() {
    assert_layout("[env]\nA = \"1\"\n");
    assert_layout("[checks.a]\ntype = \"tcp\"\n");
    assert_layout("[[vm]]\ncpus = 2\n");
}

#[test]
fn an_explicit_empty_list_stays() {
    assert_layout("[experimental]\ncmd = []\nentrypoint = [\"/bin/sh\"]\n");
}

#[test]
fn reads_back_what_it_writes() {
    let mut dice = Dice::new(1);
    let mut sections = 0;
    for round in 0..150 {
        let sample = Config::sample(&mut dice);
        let text = emit(&sample);
        assert_eq!(config(&text), sample, "{round}\n{text}");
        assert_eq!(emit(&config(&text)), text);
        assert!(!text.starts_with('\n'));
        sections += text.matches("\n[").count();
    }
    assert!(sections > 1_500, "{sections}");
}

#[test]
fn data_survives_json_too() {
    let mut dice = Dice::new(2);
    for _ in 0..50 {
        let sample = Config::sample(&mut dice);
        // JSON may hold these characters as they are, but YAML, by whose rules it is read, may not.
        let json = serde_json::to_string(&sample).unwrap().replace('\u{7f}', "\\u007f").replace('\u{80}', "\\u0080");
        let json = Source::new("fly.json", json);
        let (file, _) = read(&json).into_result().unwrap();
        assert_eq!(file.config, sample);
    }
}
