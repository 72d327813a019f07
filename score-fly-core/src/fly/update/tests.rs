use super::super::config::{Build, Config};
use super::super::emit;
use super::super::sample::{Dice, Sample, config as read};
use super::update;
use crate::diagnostic::Code;
use crate::prelude::*;
use crate::source::{Source, Span};

fn updated(existing: &str, config: &Config) -> String {
    let (text, diagnostics) = update(&Source::new("fly.toml", existing), config).into_result().unwrap();
    assert!(diagnostics.is_empty());
    text
}

/// Updates `existing` with the configuration that reads `config`, and expects `expected`; a second
/// time changes nothing.
#[track_caller]
fn assert_update(existing: &str, config: &str, expected: &str) {
    let config = read(config);
    let text = updated(existing, &config);
    assert_eq!(text, expected);
    assert_eq!(updated(&text, &config), text);
}

#[test]
fn keeps_comments_layout_order_and_foreign_keys() {
    assert_update(
        r#"# Written by us.
app = "old" # the name
kill_signal = 'SIGTERM'

# Where it comes from.
[build]
  image    = "nginx:1" # pinned
  [build.args]
  A = "1"

[deploy]
strategy = "rolling"

# What it listens to.
[[services]]
  internal_port = 8080
  protocol = "tcp"
  processes = ["app"] # by hand
  auto_stop_machines = "stop"

  [[services.ports]]
    port = 80 # plain
    handlers = ["http"]
    force_https = true

  [[services.ports]]
    port = 443
    handlers = [
      "tls",
      "http", # after TLS
    ]
    tls_options = { alpn = ["h2"] }

[env]
  MINE = "kept" # by hand
  PORT = "1"

[[vm]]
  cpus = 1
  cpu_kind = "shared"
  memory_mb = 256
  persist_rootfs = "always"
# The end.
"#,
        r#"
app = "new"
primary_region = "ams"
[build]
image = "nginx:2"
[env]
PORT = "8080"
NEW = "x"
[[services]]
protocol = "tcp"
internal_port = 8080
[[services.ports]]
port = 443
handlers = ["tls", "http"]
[[services.ports]]
port = 80
[[vm]]
memory = "512mb"
cpu_kind = "shared"
cpus = 1
"#,
        r#"# Written by us.
app = "new" # the name
kill_signal = 'SIGTERM'
primary_region = "ams"

# Where it comes from.
[build]
  image    = "nginx:2" # pinned
  [build.args]
  A = "1"

[deploy]
strategy = "rolling"

# What it listens to.
[[services]]
  internal_port = 8080
  protocol = "tcp"
  processes = ["app"] # by hand
  auto_stop_machines = "stop"

  [[services.ports]]
    port = 80 # plain
    force_https = true

  [[services.ports]]
    port = 443
    handlers = [
      "tls",
      "http", # after TLS
    ]
    tls_options = { alpn = ["h2"] }

[env]
  MINE = "kept" # by hand
  PORT = "8080"
NEW = "x"

[[vm]]
  cpus = 1
  cpu_kind = "shared"
  persist_rootfs = "always"
memory = "512mb"
# The end.
"#,
    );
}

#[test]
fn what_the_workload_no_longer_has_goes() {
    assert_update(
        r#"app = "web"

[experimental]
cmd = ["a"]
entrypoint = ["b"]

[build]
image = "nginx"
dockerfile = "Dockerfile"
ignorefile = ".dockerignore"

[[mounts]]
source = "data"
destination = "/data"

[checks.alive]
type = "tcp"
port = 1

[[files]]
guest_path = "/a"
raw_value = "a"

[[files]]
guest_path = "/b"
raw_value = "b"

[[services]]
internal_port = 1
protocol = "tcp"

[[services.http_checks]]
path = "/"

[[services]]
internal_port = 2
protocol = "tcp"

[[vm]]
cpus = 2

[metrics]
port = 9
path = "/metrics"
"#,
        r#"
app = "web"
[build]
image = "nginx"
[[files]]
guest_path = "/b"
secret_name = "B"
[[services]]
internal_port = 1
protocol = "tcp"
"#,
        r#"app = "web"

[build]
image = "nginx"

[[files]]
guest_path = "/b"
secret_name = "B"

[[services]]
internal_port = 1
protocol = "tcp"

[metrics]
port = 9
path = "/metrics"
"#,
    );
}

#[test]
fn variables_added_by_hand_stay() {
    assert_update(
        "app = 'web'\n\n[env]\nMINE = 'x'\nPORT = 80 # a number\n",
        "app = 'web'\n[env]\nPORT = '80'\n",
        "app = 'web'\n\n[env]\nMINE = 'x'\nPORT = \"80\" # a number\n",
    );
    assert_update("app = 'web'\n[env]\nMINE = 'x'\n", "app = 'web'\n", "app = 'web'\n[env]\nMINE = 'x'\n");
}

#[test]
fn elements_are_known_by_what_they_are() {
    // Services by port and protocol, of which TCP is the default.
    assert_update(
        "[[services]]\ninternal_port = 53\nprotocol = 'udp'\n\n[[services]]\ninternal_port = 53\nprocesses = ['a']\n",
        "[[services]]\ninternal_port = 53\nprotocol = 'tcp'\n",
        "\n[[services]]\ninternal_port = 53\nprocesses = ['a']\nprotocol = \"tcp\"\n",
    );
    // A volume by its name, or by its place if it got another name.
    assert_update(
        "[[mounts]]\nsource = 'a'\ndestination = '/a'\ninitial_size = '5gb'\n",
        "[[mounts]]\nsource = 'b'\ndestination = '/a'\n",
        "[[mounts]]\nsource = \"b\"\ndestination = '/a'\ninitial_size = '5gb'\n",
    );
    // Ranges of ports by both ends.
    assert_update(
        "[[services]]\ninternal_port = 1\n[[services.ports]]\nstart_port = 1\nend_port = 5\nforce_https = true\n",
        "[[services]]\ninternal_port = 1\n[[services.ports]]\nstart_port = 1\nend_port = 6\n",
        "[[services]]\ninternal_port = 1\n\n[[services.ports]]\nstart_port = 1\nend_port = 6\n",
    );
}

#[test]
fn every_form_of_a_section_is_updated_in_place() {
    // One table instead of a list, and under an old name.
    assert_update(
        "[mount] # data\nsource = 'data'\ndestination = '/old'\ninitial_size = '5gb'\n\n[compute]\nmemory = '1gb'\n",
        "[[mounts]]\nsource = 'data'\ndestination = '/new'\n[[vm]]\nmemory = '512mb'\n",
        "[mount] # data\nsource = 'data'\ndestination = \"/new\"\ninitial_size = '5gb'\n\n[compute]\nmemory = \"512mb\"\n",
    );
    assert_update(
        "[services]\ninternal_port = 1\nprocesses = ['app']\n",
        "[[services]]\ninternal_port = 1\n[[services]]\ninternal_port = 2\n",
        "[[services]]\ninternal_port = 1\nprocesses = ['app']\n\n[[services]]\ninternal_port = 2\n",
    );
    // Inline.
    assert_update(
        "env = { A = '1', MINE = 'x' }\nbuild.image = 'a' # dotted\n[[services]]\ninternal_port = 1\nports = [\n  { port = 80, force_https = true }, # web\n]\n",
        "[env]\nA = '2'\n[build]\nimage = 'b'\n[build.args]\nX = '1'\n[[services]]\ninternal_port = 1\n[[services.ports]]\nport = 80\nhandlers = ['http']\n[[services.ports]]\nport = 81\n[services.ports.tls_options]\nalpn = ['h2']\n",
        "env = { A = \"2\", MINE = 'x' }\nbuild.image = \"b\" # dotted\nbuild.args = { X = \"1\" }\n[[services]]\ninternal_port = 1\nports = [\n  { port = 80, force_https = true , handlers = [\"http\"] }, { port = 81, tls_options = { alpn = [\"h2\"] } }, # web\n]\n",
    );
    // A form that has no place for what is wanted.
    assert_update(
        "checks = 1\n[[env]]\nA = '1'\n",
        "[env]\nB = '2'\n[checks.a]\ntype = 'tcp'\n",
        "[env]\nB = \"2\"\n\n[checks.a]\ntype = \"tcp\"\n",
    );
}

#[test]
fn http_service_gives_way_to_services() {
    let existing = "app = 'web'\n\n[http_service]\ninternal_port = 80\n\n[http_service.concurrency]\nsoft_limit = 1\n";
    assert_update(existing, "app = 'web'\n", existing);
    assert_update(
        existing,
        "app = 'web'\n[[services]]\ninternal_port = 80\n",
        "app = 'web'\n\n[[services]]\ninternal_port = 80\n",
    );
}

#[test]
fn keys_go_before_the_first_section() {
    assert_update("# the image\n[build]\nimage = 'a'\n", "app = 'web'\n", "app = \"web\"\n");
    assert_update(
        "# mine\n[deploy]\nstrategy = 'canary'\n",
        "app = 'web'\nkill_signal = 'SIGTERM'\n",
        "app = \"web\"\nkill_signal = \"SIGTERM\"\n\n# mine\n[deploy]\nstrategy = 'canary'\n",
    );
}

#[test]
fn an_empty_file_gets_everything() {
    let config = "app = \"web\"\n\n[env]\nA = \"1\"\n";
    assert_update("", config, config);
    assert_update("# mine\n\n", config, &format!("# mine\n\n{config}"));
    assert_update("# mine", config, &format!("# mine\n{config}"));
}

#[test]
fn line_ends_become_line_feeds() {
    assert_update(
        "# mine\r\napp = 'a' # name\r\n\r\n[env]\r\nA = \"\"\"\r\n1\r\n\"\"\"\r\n# end\r\n",
        "app = 'b'\n[env]\nA = \"1\\n\"\nB = '2'\n",
        "# mine\napp = \"b\" # name\n\n[env]\nA = \"\"\"\n1\n\"\"\"\nB = \"2\"\n# end\n",
    );
}

#[test]
fn what_is_not_toml_is_located() {
    let source = Source::new("fly.toml", "app = 'web'\n[env]\nPASSWORD = hunter2\n");
    let (text, diagnostics) = update(&source, &Config::default()).into_parts();
    assert_eq!(text, None);
    let diagnostic = diagnostics.iter().next().unwrap();
    assert_eq!(diagnostic.code, Code::InvalidFlyConfig);
    assert_eq!(diagnostic.location.as_ref().unwrap().span, Span { start: 29, end: 36 });
    assert!(diagnostic.message.starts_with("this is not valid TOML: "));
    assert!(!diagnostic.message.contains("hunter2"), "{}", diagnostic.message);
}

#[test]
fn a_file_that_says_the_same_stays_byte_for_byte() {
    let mut dice = Dice::new(4);
    for _ in 0..60 {
        let config = Config::sample(&mut dice);
        let text = emit(&config);
        assert_eq!(updated(&text, &config), text);
    }
}

#[test]
fn any_update_says_what_the_workload_says_and_is_final() {
    let mut dice = Dice::new(5);
    for round in 0..60 {
        let existing = emit(&Config::sample(&mut dice));
        let wanted = Config { app: Some("web".to_owned()), ..Config::sample(&mut dice) };
        let text = updated(&existing, &wanted);
        assert_eq!(updated(&text, &wanted), text, "{round}\n{existing}\n---\n{}", emit(&wanted));
        let read = read(&text);
        assert_eq!(read.app, wanted.app);
        assert_eq!(read.checks.keys().collect::<Vec<_>>(), wanted.checks.keys().collect::<Vec<_>>());
        assert_eq!(read.files.len(), wanted.files.len());
        assert_eq!(read.services.len(), wanted.services.len());
        let image = |config: &Config| config.build.as_ref().and_then(|Build { image, .. }| image.clone());
        assert_eq!(image(&read), image(&wanted));
        for (name, value) in &wanted.env {
            assert_eq!(read.env.get(name), Some(value));
        }
    }
}

#[test]
fn whatever_is_toml_stays_toml() {
    const LINES: &[&str] = &[
        "app = 1",
        "build.image = 'a'",
        "build = { image = 'a', args = { A = '1' } }",
        "[build]",
        "[build.args]",
        "build = 1",
        "env = { A = '1' }",
        "env.A = '1'",
        "[env]",
        "A = 1",
        "[[env]]",
        "mounts = []",
        "mount.source = 'a'",
        "[mount]",
        "[mounts]",
        "[[mounts]]",
        "source = 'a'",
        "services = [{ internal_port = 1, ports = { port = 80 } }]",
        "[services]",
        "[[services]]",
        "internal_port = 1",
        "ports = [{ port = 80 }]",
        "[[services.ports]]",
        "[services.ports]",
        "port = 80",
        "services.ports.port = 80",
        "[services.concurrency]",
        "[[services.http_checks]]",
        "[http_service]",
        "[checks]",
        "[checks.a]",
        "[checks.a.headers]",
        "checks.a.type = 'tcp'",
        "[[checks]]",
        "vm = { cpus = 1 }",
        "[vm]",
        "[[vm]]",
        "[[compute]]",
        "files = [1, { guest_path = '/a' }]",
        "[[files]]",
        "[experimental]",
        "experimental.cmd = 'a'",
        "cmd = ['a', # one\n'b']",
        "# comment",
        "",
        "[other.deep]",
        "\u{feff}",
    ];
    let wanted = read(
        "app = 'web'\n[build]\nimage = 'b'\n[build.args]\nX = '1'\n[env]\nA = '2'\n[[mounts]]\nsource = 'a'\n[[vm]]\ncpus = 2\n\
         [[services]]\ninternal_port = 1\n[[services.ports]]\nport = 80\n[services.ports.tls_options]\nalpn = ['h2']\n\
         [checks.a]\ntype = 'http'\n[checks.a.headers]\nHost = 'x'\n[[files]]\nguest_path = '/a'\nraw_value = 'x'\n",
    );
    let mut dice = Dice::new(6);
    let mut valid = 0;
    for _ in 0..3_000 {
        let existing: Vec<&str> = (0..=dice.below(6)).map(|_| dice.one_of(LINES)).collect();
        let source = Source::new("fly.toml", existing.join("\n"));
        if toml_edit::Document::parse(source.text.as_str()).is_err() {
            continue;
        }
        let text = updated(&source.text, &wanted);
        let document = text.parse::<toml_edit::DocumentMut>();
        let document = document.unwrap_or_else(|error| panic!("{}\n---\n{text}\n{error}", source.text));
        assert_eq!(document["app"].as_str(), Some("web"));
        assert_eq!(document["build"]["args"]["X"].as_str(), Some("1"), "{text}");
        assert_eq!(document["env"]["A"].as_str(), Some("2"), "{text}");
        assert_eq!(updated(&text, &wanted), text, "{}", source.text);
        valid += 1;
    }
    assert!(valid > 700, "{valid}");
}
