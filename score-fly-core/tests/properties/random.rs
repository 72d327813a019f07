//! Random workloads with random fragments of fly.toml: more right than wrong, so that both happen often.

use std::fmt::Write as _;

use score_fly_core::convert::{Containers, Options};

/// A source of repeatable randomness (splitmix64).
pub(crate) struct Dice {
    state: u64,
    /// How often what is right is left for something else.
    daring: usize,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self { state: seed, daring: 1 };
        dice.daring = [1, 8, 32][dice.below(3)];
        dice
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("it is below a usize")
    }

    /// Once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of some choices, of which the first is right.
    fn one_of<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        let wild = self.once_in(self.daring);
        choices[if wild { self.below(choices.len()) } else { 0 }]
    }

    /// `text` with each `<a|b|c>` in it replaced by one of the choices.
    fn fill(&mut self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, choices)) = rest.split_once('<') {
            let (choices, after) = choices.split_once('>').expect("choices have an end");
            let choices: Vec<&str> = choices.split('|').collect();
            filled += before;
            filled += self.one_of(&choices);
            rest = after;
        }
        filled + rest
    }
}

/// What the caller of a conversion decides.
pub(crate) fn options(dice: &mut Dice) -> Options {
    let containers = [Containers::Auto, Containers::Auto, Containers::Always][dice.below(3)];
    Options { inline_files: dice.once_in(2), containers, ..Options::default() }
}

/// A Score file.
pub(crate) fn workload(dice: &mut Dice) -> String {
    let mut text = dice.fill("apiVersion: score.dev/v1b1\nmetadata:\n  name: <web|shop|a-b>\n");
    let mut annotations = Vec::new();
    for line in ANNOTATIONS {
        if dice.once_in(16) {
            annotations.push(dice.fill(line));
        }
    }
    let fragment = fragment(dice);
    if !annotations.is_empty() || !fragment.is_empty() {
        text += "  annotations:\n";
    }
    for line in annotations {
        writeln!(text, "    fly.score.dev/{line}").expect("a text takes all");
    }
    if !fragment.is_empty() {
        text += "    fly.score.dev/config: |\n";
        for line in fragment.lines() {
            writeln!(text, "      {line}").expect("a text takes all");
        }
    }
    if !dice.once_in(3) {
        text += "service:\n  ports:\n";
        text += &dice.fill("    www: { port: <80|80|443|8080>, targetPort: <80|8080|8080> }\n");
        if dice.once_in(3) {
            text += &dice.fill("    other: { port: <53|80|443>, targetPort: <53|8080>, protocol: <UDP|TCP> }\n");
        }
    }
    text += "containers:\n";
    text += &container(dice, "main");
    if dice.once_in(4) {
        text += &container(dice, "side");
    }
    text
}

/// Annotations about what a workload probably has.
const ANNOTATIONS: &[&str] = &[
    "primary-region: <ams|fra>",
    "kill-signal: <SIGTERM|SIGINT>",
    "kill-timeout: <5s|5m>",
    "deploy-strategy: <rolling|immediate|canary|bluegreen>",
    "release-command: <migrate|bin/migrate --all>",
    "vm-size: <shared-cpu-2x|performance-1x>",
    "vm-cpu-kind: <shared|performance>",
    "restart: <always|never>",
    "swap-size: 512mb",
    "service-www-handlers: <'http'|tls|'tls, http'|''>",
    "service-www-force-https: <'true'|'false'>",
    "service-www-auto-stop: <stop|suspend|off>",
    "service-www-concurrency: '{\"soft_limit\": <5|20|30>, \"hard_limit\": <25|20>}'",
    "service-www-http-options: '{\"replay_cache\": [{\"path_prefix\": \"/\", \"ttl_seconds\": <5|10>, \"type\": \"cookie\"}]}'",
    "service-other-auto-stop: <stop|off>",
    "probe-readiness-interval: <5s|15s|90s>",
    "volume-data-size: <1gb|500>",
];

fn container(dice: &mut Dice, name: &str) -> String {
    let mut text = dice.fill(&format!("  {name}:\n    image: <nginx|nginx|.>\n"));
    for part in [
        "    command: [<serve|sh>]\n",
        "    args: [<a|--all>]\n",
        "    variables: { <LOG_LEVEL|API_KEY|FLY_REGION|A>: <info|\"1\"|''> }\n",
        "    files:\n      <//etc/app.conf|/etc/app.conf|/a>: { content: <'a: 1'|''|SGVsbG8gV29ybGQgYWdhaW4=> }\n",
        "    volumes:\n      <//data|/data|/>: { source: <data|data|my-data> }\n",
        "    volumes:\n      /data: { source: data }\n<|      /other: { source: other }\n>",
        "    resources: { requests: { cpu: <\"1\"|500m|\"9\">, memory: <256Mi|1Gi|5Gi|17Gi|33Gi> } }\n",
        "    readinessProbe: { httpGet: { path: /up, port: <80|8080|9000> } }\n",
        "    livenessProbe: { httpGet: { path: /up, port: <80|8080|9000>, scheme: <HTTP|HTTPS> } }\n",
    ] {
        if dice.once_in(4) && !(part.starts_with("    volumes") && text.contains("volumes")) {
            text += &dice.fill(part);
        }
    }
    text
}

/// A fragment of fly.toml: any of its keys, and of its sections. Empty as often as not.
fn fragment(dice: &mut Dice) -> String {
    if dice.once_in(2) {
        return String::new();
    }
    let some = 8 + dice.below(20);
    let mut text = String::new();
    for part in KEYS.iter().chain(SECTIONS) {
        let header = part.lines().next().filter(|line| line.starts_with('[') && !line.starts_with("[["));
        // No table stands twice.
        if dice.once_in(some) && !header.is_some_and(|header| text.contains(header)) {
            text += &dice.fill(part);
        }
    }
    text
}

const KEYS: &[&str] = &[
    "app = '<web|shop-1|Shop>'\n",
    "primary_region = '<ams|fra|nowhere>'\n",
    "kill_signal = '<SIGTERM|SIGUSR1|SIGFOO|sigterm>'\n",
    "kill_timeout = <'30s'|'5m'|'10m'|30>\n",
    "swap_size_mb = <512|0>\n",
    "console_command = '<sh|sh -c \"a b\"|sh -c \"a>'\n",
    "container = '<main|side|other>'\n",
    "machine_config = '<{\"containers\": [{\"name\": \"main\"}, {\"name\": \"side\", \"image\": \"a\"}]}|{\"containers\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}|{\"schedule\": \"daily\"}|{]|m.json|m.yaml>'\n",
    "unknown = 1\n",
];

const SECTIONS: &[&str] = &[
    "[build]\n<image = 'nginx'|dockerfile = 'Dockerfile'|dockerfile = '/Dockerfile'|compression = 'lzma'|compression_level = 10>\n",
    "[deploy]\nstrategy = '<rolling|canary|bluegreen|immediate>'\n<max_unavailable = 0.5|max_unavailable = 0.0|wait_timeout = '5m'>\n",
    "[deploy]\nrelease_command = '<migrate|it\"s>'\nrelease_command_vm = { <cpus = 2, memory = '512mb'|cpus = 3|size = 'large'|memory = '1Gi'> }\n",
    "[env]\n<A|FLY_REGION|a-b|DB_PASSWORD> = '<1|>'\n",
    "[processes]\n<app|web> = '<|serve|it\"s>'\n",
    "[processes]\nweb = 'serve'\nworker = 'work'\n",
    "[experimental]\n<cmd = ['a']|exec = ['a']|auto_rollback = true|machine_config = '{}'>\n",
    "[[mounts]]\nsource = '<data|my-data|other>'\ndestination = '<//data|/data|data|/>'\n<initial_size = '10gb'|initial_size = '501gb'|snapshot_retention = 61|auto_extend_size_threshold = 80|processes = ['app']>\n",
    "[[mounts]]\nsource = 'one'\ndestination = '/one'\n<|[[mounts]]\nsource = 'two'\ndestination = '/two'\n>",
    "[http_service]\n<internal_port = 8080|internal_port = 80|force_https = true>\n<processes = ['app']|processes = ['web']|auto_stop_machines = 'stop'>\n",
    "[[services]]\nprotocol = '<tcp|udp>'\ninternal_port = <53|54|8080>\n<auto_start_machines = true|processes = ['web']|concurrency = { soft_limit = 2, hard_limit = 1 }>\n[[services.ports]]\nport = <53|80|443>\n<handlers = ['http']|handlers = ['tls']|force_https = true|handlers = []>\n",
    "[[services]]\ninternal_port = 0\n<ports = [{ port = 80 }]|ports = [{ start_port = 9, end_port = 1 }]|ports = []>\n",
    "[checks.<alive|readiness>]\n<type = 'http'|type = 'tcp'>\n<port = 8080|port = 0|interval = '1s'|interval = '5s'|timeout = '2m'>\n",
    "[[files]]\nguest_path = '<//a|/a|a>'\n<raw_value = 'a'|raw_value = ''|local_path = 'a'|secret_name = 'A'|secret_name = 'a-b'>\n",
    "[[restart]]\npolicy = '<always|never|on-failure>'\n<retries = 3|processes = ['app']|processes = ['none']>\n",
    "[[vm]]\n<size = 'shared-cpu-2x'|size = 'shared-cpu-3x'|cpus = 3|cpus = 2|cpu_kind = 'performance'|gpu_kind = 'l40s'>\n<memory = '1gb'|memory = '512Mi'|memory = '1000mb'|memory_mb = 3072|persist_rootfs = 'always'>\n",
    "[[vm]]\ncpu_kind = 'performance'\ncpus = <1|2|3|16>\nmemory = '<2gb|3gb|5gb|16gb|200gb>'\n",
    "[[statics]]\nguest_path = '/a'\n<url_prefix = '/a'|index_document = 'a'>\n",
    "[[metrics]]\nport = 9091\npath = '/metrics'\n<https = true|processes = ['web']>\n",
];
