//! Our checks by hand, compared with a JSON Schema of Score, on documents that are right and on
//! thousands that are broken at random.

mod score_support;

use score_fly_core::score::Workload;
use score_fly_core::{Code, Severity};
use score_support::read;
use serde_json::{Map, Value, json};

/// Uses every field of Score.
const FULL: &str = r#"
apiVersion: score.dev/v1b1
metadata:
  name: shop-front
  team: web
  annotations: { example.com/Owner_1: someone, plain: "yes" }
service:
  ports:
    web: { port: 80, targetPort: 8080, protocol: TCP }
    udp-in: { port: 5353, protocol: UDP }
containers:
  web:
    image: registry.example.com/shop/front:1.2
    command: [/bin/front]
    args: ["--listen", ":8080"]
    variables: { LOG_LEVEL: debug, DB_HOST: "${resources.db.host}" }
    files:
      /etc/front.conf: { content: "level = 3", mode: "0640", noExpand: true }
      /etc/logo.png: { binaryContent: aGVsbG8= }
      /etc/extra.conf: { source: ./extra.conf, mode: "600" }
    volumes:
      /data: { source: "${resources.data}", path: sub, readOnly: false }
    resources:
      requests: { cpu: 250m, memory: 128Mi }
      limits: { cpu: "0.5", memory: 1.5G }
    livenessProbe: { exec: { command: [/bin/true] } }
    readinessProbe:
      httpGet:
        host: shop.example.com
        scheme: HTTPS
        path: /ready
        port: 8080
        httpHeaders: [{ name: X-Probe, value: "1" }]
  migrate:
    image: .
    before: { web: { ready: complete } }
resources:
  db: { type: postgres, class: large, id: shared.db-1, metadata: { annotations: { team: web } }, params: { size: 3 } }
  data: { type: volume }
"#;

/// As little as there can be.
const SMALL: &str = "{ apiVersion: score.dev/v1b1, metadata: { name: ab }, containers: { c1: { image: . } } }";

/// The deprecated list forms.
const LISTS: &str = r#"
apiVersion: score.dev/v1b1
metadata: { name: old-style }
containers:
  main:
    image: busybox
    files:
      - { target: /etc/one, content: [first, second, 3, true] }
      - { target: /etc/two, source: two.txt, mode: "0644" }
      - { target: /etc/three, content: text, noExpand: false }
    volumes:
      - { target: /data, source: data, read_only: true }
      - { target: /logs, source: logs, path: x, readOnly: true }
"#;

fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("../../docs/schema/score-v1b1.schema.json")).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn documents() -> Vec<Value> {
    [FULL, SMALL, LISTS].map(|text| serde_yaml::from_str(text).unwrap()).to_vec()
}

/// Whether a schema could have found this.
fn is_structural(code: Code) -> bool {
    !matches!(code, Code::UnknownContainer | Code::BeforeCycle | Code::MissingProbe | Code::InvalidPlaceholder)
}

/// Panics if we and the schema do not agree; otherwise says whether both accept.
fn verdict(schema: &jsonschema::Validator, document: &Value) -> bool {
    let text = document.to_string();
    let (_, diagnostics) = read(&text);
    let errors: Vec<_> = diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error && is_structural(found.code))
        .map(|found| format!("{} at {}", found.message, found.pointer))
        .collect();
    let accepted = schema.is_valid(document);
    // Of items with the same target the last one is used, and the others are not looked at.
    let is_lenient = diagnostics.iter().any(|found| found.code == Code::DuplicateTarget);
    assert!(
        accepted == errors.is_empty() || (!accepted && is_lenient),
        "the schema {} this, and we found {errors:#?}\n{text}",
        if accepted { "accepts" } else { "rejects" }
    );
    accepted
}

#[test]
fn accepts_what_the_schema_accepts() {
    let schema = schema();
    for document in documents() {
        assert!(verdict(&schema, &document), "{document}");
    }
}

#[test]
fn agrees_with_the_schema_on_every_single_change() {
    let schema = schema();
    let (mut accepted, mut rejected) = (0, 0);
    for document in documents() {
        each_change(&document, |changed| {
            let count = if verdict(&schema, changed) { &mut accepted } else { &mut rejected };
            *count += 1;
        });
    }
    assert!(accepted > 1000 && rejected > 5000, "{accepted} accepted, {rejected} rejected");
}

/// Every node replaced by each of the values, every map with each of the keys added, and without
/// each of its own.
fn each_change(document: &Value, mut check: impl FnMut(&Value)) {
    let values = STRINGS.iter().map(|text| json!(text)).chain(odd_values());
    let values: Vec<Value> = values.collect();
    let mut pointers = Vec::new();
    paths(document, "", &mut pointers);
    for pointer in &pointers {
        let mut changed = document.clone();
        for value in &values {
            *changed.pointer_mut(pointer).unwrap() = value.clone();
            check(&changed);
        }
        let Some(Value::Object(map)) = document.pointer(pointer) else { continue };
        let mut with = |map: Map<String, Value>| {
            *changed.pointer_mut(pointer).unwrap() = Value::Object(map);
            check(&changed);
        };
        for key in KEYS {
            for value in [json!("ab"), json!(true)] {
                let mut map = map.clone();
                map.insert((*key).to_owned(), value);
                with(map);
            }
        }
        for entry in map.keys() {
            let mut map = map.clone();
            map.remove(entry);
            with(map);
        }
    }
}

#[test]
fn agrees_with_the_schema_on_broken_documents() {
    let schema = schema();
    let mut random = Random(0x5c0_4ef1);
    let (mut accepted, mut rejected) = (0, 0);
    for document in documents() {
        for round in 0..1000 {
            let mut broken = document.clone();
            for _ in 0..=round % 3 {
                mutate(&mut broken, &mut random);
            }
            let count = if verdict(&schema, &broken) { &mut accepted } else { &mut rejected };
            *count += 1;
        }
    }
    // A comparison in which one side never occurs would show nothing.
    assert!(accepted > 200 && rejected > 1000, "{accepted} accepted, {rejected} rejected");
}

#[test]
fn is_read_by_serde_as_well() {
    let by_serde: Workload = serde_yaml::from_str(FULL).unwrap();
    let (by_us, diagnostics) = read(FULL);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(Some(by_serde), by_us);
}

#[test]
fn is_written_by_serde_as_it_is_read() {
    let (workload, _) = read(FULL);
    let text = serde_yaml::to_string(&workload.unwrap()).unwrap();
    let written: Value = serde_yaml::from_str(&text).unwrap();
    let original: Value = serde_yaml::from_str(FULL).unwrap();
    assert_eq!(written, original);
}

/// A xorshift generator: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const KEYS: &[&str] = &[
    "",
    "a",
    "ab",
    "A",
    "Ab",
    "a_b",
    "-a",
    "a-",
    "a.b",
    "ab.cd/ef",
    "a.cd/ef",
    "AB.cd/ef",
    "ab/c",
    "a=b",
    "x-y",
    "é",
    "a\n",
    "apiVersion",
    "metadata",
    "name",
    "annotations",
    "service",
    "ports",
    "port",
    "targetPort",
    "protocol",
    "containers",
    "image",
    "command",
    "args",
    "variables",
    "files",
    "volumes",
    "before",
    "ready",
    "resources",
    "limits",
    "requests",
    "memory",
    "cpu",
    "livenessProbe",
    "readinessProbe",
    "httpGet",
    "exec",
    "host",
    "scheme",
    "path",
    "httpHeaders",
    "value",
    "mode",
    "source",
    "content",
    "binaryContent",
    "noExpand",
    "readOnly",
    "read_only",
    "target",
    "type",
    "class",
    "id",
    "params",
    "properties",
    "web",
    "main",
    "/etc/one",
];

const STRINGS: &[&str] = &[
    "",
    "a",
    "ab",
    "AB",
    "a_b",
    "a-",
    "a..b",
    "a.b",
    "0644",
    "644",
    "0o644",
    "1644",
    "888",
    "TCP",
    "tcp",
    "UDP",
    "HTTP",
    "https",
    "HTTPS",
    "started",
    "healthy",
    "complete",
    "0",
    "01",
    "1",
    ".5",
    "0.5",
    "1.",
    "1.5m",
    "500m",
    "1Gi",
    "01Gi",
    "1.5Gi",
    "0Mi",
    "0.1Mi",
    "0.0K",
    "1MB",
    "1e3",
    "80",
    "score.dev/v1b1",
    "score.dev/v1b2",
    "${x.y}",
    "a b",
    "é",
    "/etc/one",
];

/// Values other than strings.
fn odd_values() -> Vec<Value> {
    let scalars = [json!(null), json!(true), json!(0), json!(1), json!(80), json!(65535), json!(65536), json!(-1)];
    let numbers = [i64::MAX, i64::MIN].map(|number| json!(number)).into_iter();
    let floats = [80.0, 80.5, 1e3, 1e300, -0.0, 65536.0].map(|number| json!(number));
    let composed = [json!([]), json!({}), json!(["ab"]), json!([null, 1]), json!({ "ab": "ab" }), json!(u64::MAX)];
    scalars.into_iter().chain(numbers).chain(floats).chain(composed).collect()
}

fn value(random: &mut Random) -> Value {
    match random.below(2) {
        0 => random.pick(&odd_values()).clone(),
        _ => json!(random.pick(STRINGS)),
    }
}

/// Every node, by the way to it.
fn paths(value: &Value, at: &str, paths: &mut Vec<String>) {
    paths.push(at.to_owned());
    let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| self::paths(item, &format!("{at}/{index}"), paths));
        }
        Value::Object(map) => {
            map.iter().for_each(|(key, item)| self::paths(item, &format!("{at}/{}", escape(key)), paths));
        }
        _ => {}
    }
}

fn mutate(document: &mut Value, random: &mut Random) {
    let mut all = Vec::new();
    paths(document, "", &mut all);
    let other = document.pointer(random.pick(&all).as_str()).unwrap().clone();
    let node = document.pointer_mut(random.pick(&all).as_str()).unwrap();
    match (node, random.below(8)) {
        (node, 0) => *node = value(random),
        (node, 1) => *node = other,
        (Value::Object(map), 2..=4) => mutate_map(map, random),
        (Value::Array(items), 2) => items.push(value(random)),
        (Value::Array(items), 3) if !items.is_empty() => drop(items.remove(random.below(items.len()))),
        (Value::Array(items), 4) if !items.is_empty() => items.push(random.pick(items).clone()),
        (Value::String(text), 2..=5) => mutate_text(text, random),
        (Value::Number(number), 2..=5) => {
            let changed = number.as_f64().unwrap() * random.pick(&[1.0, 2.0, -1.0, 0.5, 1000.0]);
            *number = serde_json::Number::from_f64(changed).unwrap();
        }
        _ => {}
    }
}

fn mutate_map(map: &mut Map<String, Value>, random: &mut Random) {
    let keys: Vec<String> = map.keys().cloned().collect();
    match random.below(3) {
        0 => drop(map.insert((*random.pick(KEYS)).to_owned(), value(random))),
        _ if keys.is_empty() => {}
        1 => drop(map.remove(random.pick(&keys))),
        _ => {
            let mut key = random.pick(&keys).clone();
            let value = map.remove(&key).unwrap();
            if random.below(2) == 0 {
                mutate_text(&mut key, random);
            } else {
                key = String::from(*random.pick(KEYS));
            }
            map.insert(key, value);
        }
    }
}

fn mutate_text(text: &mut String, random: &mut Random) {
    let mut chars: Vec<char> = text.chars().collect();
    let new = *random.pick(&['a', 'Z', '0', '8', '9', '-', '.', '_', '/', '=', ' ', '\n', 'é', '٣', 'm', 'i']);
    match random.below(4) {
        0 => chars.insert(random.below(chars.len() + 1), new),
        1 => chars = chars.repeat(random.below(30)),
        _ if chars.is_empty() => {}
        2 => drop(chars.remove(random.below(chars.len()))),
        _ => {
            let index = random.below(chars.len());
            chars[index] = new;
        }
    }
    *text = chars.into_iter().collect();
}
