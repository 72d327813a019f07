use score_fly_core::map::{SortedMap, SortedSet};
use serde_json::{Map, Value, json};

use super::{Change, ResourceRecord, State};
use crate::store::{Document, Kept};

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is no mapping") };
    map
}

fn resource(needs: &[&str]) -> ResourceRecord {
    ResourceRecord {
        guid: "g".to_owned(),
        source_workload: "web".to_owned(),
        params: None,
        metadata: None,
        needs: needs.iter().map(|uid| uid.parse().unwrap()).collect(),
        provisioner: None,
        pending: false,
        state: Map::new(),
        outputs: SortedMap::new(),
        secret_outputs: SortedSet::new(),
        secrets: SortedMap::new(),
    }
}

fn document(name: &str, bytes: impl Into<Vec<u8>>) -> Document {
    Document { name: name.into(), bytes: bytes.into() }
}

/// A state that is new but for what a journal says, or what is wrong with that.
fn replayed(journal: impl Into<Vec<u8>>) -> Result<State, String> {
    let state = document("state.yaml", State::new("").write().unwrap());
    let read = State::read(&Kept { state, journal: Some(document("journal.jsonl", journal)) }, None);
    read.map(|read| {
        assert!(read.is_changed);
        read.state
    })
    .map_err(|error| error.to_string())
}

/// Values that YAML could take for something else, or lose.
#[test]
fn what_is_written_is_read_back() {
    let mut state = State::new("0644");
    let texts = [
        "",
        " ",
        "~",
        "null",
        "yes",
        "on",
        "0644",
        "0o17",
        "0x1F",
        "1_000",
        "1.0",
        "1e3",
        ".inf",
        "2001-01-01",
        "a: b",
        "- a",
        "# a",
        "a #b",
        "'",
        "\"",
        "\\",
        "line\nline\n",
        "\n",
        "  indented\n",
        "\ttab",
        "é🔐",
        "\u{85}\u{2028}",
        "\u{0}\u{1b}",
        "!tag",
        "&a",
        "*a",
        "<<",
        "=",
        "%",
        "@",
        "`",
        "---",
        "...",
        "[",
        "{}",
    ];
    let mut resource = resource(&[]);
    for (index, text) in texts.iter().enumerate() {
        resource.outputs.insert(format!("text{index}"), json!(text));
        resource.state.insert((*text).to_owned(), json!([text, {"in": text}]));
    }
    let numbers = json!([0, -1, i64::MIN, u64::MAX, 0.1, 1.0, -0.5, 1e300, 5e-324, 1e21]);
    resource.outputs.insert("numbers".to_owned(), numbers);
    resource.outputs.insert("others".to_owned(), json!([null, true, false, [], {}]));
    state.resources.insert("redis.default#web.cache".parse().unwrap(), resource);
    let kept = Kept { state: document("state.yaml", state.write().unwrap()), journal: None };
    let read = State::read(&kept, None).unwrap();
    assert_eq!((read.state, read.is_changed), (state, false));
}

#[test]
fn a_journal_may_be_read_twice() {
    let uid = |uid: &str| uid.parse().unwrap();
    let change = |id: &str, resource: Option<ResourceRecord>, shared| match resource {
        Some(resource) => Change::made(uid(id), resource, map(shared)),
        None => Change::gone(uid(id), map(shared)),
    };
    let changes = [
        change("a.default#x", Some(resource(&[])), json!({"n": 1, "deep": {"a": 1}})),
        change("b.default#x", Some(resource(&[])), json!({"n": null, "deep": {"b": 2}})),
        change("a.default#x", None, json!({"deep": 3})),
    ];
    let lines: Vec<Vec<u8>> = changes.iter().map(|change| change.write(&[]).unwrap()).collect();
    for lines in [lines.concat(), lines.concat().repeat(2)] {
        let state = replayed(lines).unwrap();
        assert_eq!(state.resources.keys().map(ToString::to_string).collect::<Vec<_>>(), ["b.default#x"]);
        assert_eq!(state.shared_state, map(json!({"deep": 3})));
    }
}

#[test]
fn only_the_last_line_of_a_journal_may_be_cut_short() {
    let line = "{\"uid\":\"a.default#x\",\"resource\":null,\"shared\":{\"n\":1}}\n";
    let state = replayed(format!("{line}{}", &line[..20])).unwrap();
    assert_eq!(state.shared_state, map(json!({"n": 1})));
    let error = replayed(format!("{}\n{line}", &line[..20])).unwrap_err();
    assert!(error.starts_with("journal.jsonl:1:20: ") && error.contains("is damaged: this can't be read"), "{error}");
}

/// Also within a character.
#[test]
fn a_journal_may_be_cut_short_anywhere() {
    let line = "{\"uid\":\"a.default#x\",\"resource\":null,\"shared\":{\"n\":\"é🔐\"}}\n";
    for end in 0..line.len() {
        let state = replayed([line.as_bytes(), &line.as_bytes()[..end]].concat()).unwrap();
        assert_eq!(state.shared_state, map(json!({"n": "é🔐"})));
    }
}

#[test]
fn orphans_come_before_what_they_need() {
    let mut state = State::new("");
    for (uid, needs) in [
        ("c.d#1", &["b.d#1", "a.d#1"][..]),
        ("b.d#1", &["a.d#1"]),
        ("a.d#1", &[]),
        ("x.d#1", &["y.d#1"]),
        ("y.d#1", &["x.d#1"]),
    ] {
        state.resources.insert(uid.parse().unwrap(), resource(needs));
    }
    let order: Vec<String> = state.orphans().iter().map(ToString::to_string).collect();
    assert_eq!(order, ["c.d#1", "b.d#1", "a.d#1", "x.d#1", "y.d#1"]);
}
