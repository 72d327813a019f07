//! What people write: where mutations start.

use std::fs;
use std::path::Path;

use score_fly_fixtures::{cases, fly_files};

/// Whole requests of a conversion.
pub(crate) fn requests() -> Vec<String> {
    cases().iter().map(score_fly_fixtures::Case::request_json).collect()
}

/// Score files.
pub(crate) fn scores() -> Vec<String> {
    cases().iter().map(|case| case.score().to_owned()).collect()
}

/// fly.toml files.
pub(crate) fn tomls() -> Vec<String> {
    fly_files().into_iter().map(|(_, text)| text).collect()
}

/// Score files, each with a fly.toml behind it.
pub(crate) fn pairs(between: &str) -> Vec<String> {
    scores().into_iter().zip(tomls().into_iter().cycle()).map(|(one, other)| one + between + &other).collect()
}

/// Score files, each with another one behind it.
pub(crate) fn doubles(between: &str) -> Vec<String> {
    let scores = scores();
    let others = scores.clone().into_iter().skip(7);
    scores.into_iter().zip(others).map(|(one, other)| one + between + &other).collect()
}

pub(crate) fn provisioners() -> Vec<String> {
    texts(&[
        "- uri: static://cache\n  type: redis\n  values: {host: h}\n  secrets: {password: x}\n",
        "- uri: cmd://sh#db\n  type: db\n  class: c\n  id: i\n  args: ['-c', '<mode>']\n  timeout: 30s\n  protocol: score-flyio\n",
        "- uri: https://host/path\n  type: s3\n  description: d\n  supported_params: [a, b]\n  expected_outputs: [c]\n",
        "- uri: template://db\n  type: db\n  init: 'a: 1'\n  state: 'p: {{ State.p | default(random(16)) }}'\n  outputs: 'h: x'\n",
    ])
}

pub(crate) fn templates() -> Vec<String> {
    texts(&[
        "host: {{ Id | replace(\".\", \"_\") }}\nport: {{ Params.size * 2 }}\n",
        "{% set a = Params.size %}{% for i in range(a) %}x{{ i }}: {{ i }}\n{% endfor %}",
        "p: {{ State.p | default(random(16)) }}\nq: {{ Params | tojson }}\nr: {{ Shared.x | default('') | b64encode }}\n",
        "{% if Params.size is defined %}a: [{{ Params.list | join(', ') }}]{% else %}b: 1{% endif %}",
        "{% set n = namespace(a='x') %}{% for i in [1,2,3] %}{% set n.a = n.a ~ i %}{% endfor %}a: {{ n.a }}",
    ])
}

pub(crate) fn outputs() -> Vec<String> {
    texts(&[
        "db:\n  values: {host: db.internal, port: 5432}\n  secrets: {password: hunter2}\n",
        "{\"db\": {\"host\": \"h\", \"nested\": {\"a\": [1, 2.5, null, true]}}}",
        "postgres.default#web.db: {host: h}\nother: {values: {}, secrets: {}}\n",
    ])
}

pub(crate) fn env_files() -> Vec<String> {
    texts(&["A=b\nexport C='d # e'\n# remark\nF=\"g\\n\\\"h\\\"\" # i\nJ=\n", "A=b=c\r\nB=$C\nD=#e\n \n"])
}

/// States, as tests keep them.
pub(crate) fn states() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../score-fly-engine/tests/state");
    let versions = ["v1", "v1-encrypted"].map(|version| folder.join(version));
    versions.iter().filter_map(|version| fs::read_to_string(version.join("state.yaml")).ok()).collect()
}

pub(crate) fn secrets() -> Vec<String> {
    texts(&[
        "plain",
        "a#b",
        "\"a\"#b\"c",
        "line\nline\n",
        "'",
        "\"\"\"",
        "a\"\"\"\nb",
        "a\r\nb",
        " a ",
        "\n",
        "=",
        "",
        "a\tb\\n",
    ])
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
