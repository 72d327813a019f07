use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value, json};

use super::{Change, Journal, ResourceRecord, State, StateFile, merge};

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
        outputs: BTreeMap::new(),
        secret_outputs: BTreeSet::new(),
        secrets: BTreeMap::new(),
    }
}

/// Values that YAML could take for something else, or lose.
#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = StateFile::new(folder.path());
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
    file.write(&state).unwrap();
    assert_eq!(file.read().unwrap(), state);
}

#[test]
fn a_journal_may_be_read_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::new(folder.path());
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
    for change in &changes {
        journal.append(change, &[], true).unwrap();
    }
    let mut state = State::new("");
    for _ in 0..2 {
        assert!(journal.replay(&mut state, None).unwrap());
        assert_eq!(state.resources.keys().map(ToString::to_string).collect::<Vec<_>>(), ["b.default#x"]);
        assert_eq!(state.shared_state, map(json!({"deep": 3})));
    }
    journal.clear().unwrap();
    assert!(!journal.replay(&mut state, None).unwrap());
}

#[test]
fn only_the_last_line_of_a_journal_may_be_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::new(folder.path());
    let line = "{\"uid\":\"a.default#x\",\"resource\":null,\"shared\":{\"n\":1}}\n";
    let path = folder.path().join("journal.jsonl");
    fs::write(&path, format!("{line}{}", &line[..20])).unwrap();
    let mut state = State::new("");
    assert!(journal.replay(&mut state, None).unwrap());
    assert_eq!(state.shared_state, map(json!({"n": 1})));
    fs::write(&path, format!("{}\n{line}", &line[..20])).unwrap();
    let error = journal.replay(&mut state, None).unwrap_err().to_string();
    assert!(error.contains("is damaged: line 1"), "{error}");
}

/// Also within a character.
#[test]
fn a_journal_may_be_cut_short_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::new(folder.path());
    let line = "{\"uid\":\"a.default#x\",\"resource\":null,\"shared\":{\"n\":\"é🔐\"}}\n";
    for end in 0..line.len() {
        fs::write(folder.path().join("journal.jsonl"), [line.as_bytes(), &line.as_bytes()[..end]].concat()).unwrap();
        let mut state = State::new("");
        assert!(journal.replay(&mut state, None).unwrap());
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

/// The examples of RFC 7386, appendix A, of which target and patch are mappings.
#[test]
fn merges_as_the_rfc_says() {
    for (target, patch, result) in [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
        (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
        (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
        (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
    ] {
        let mut merged = map(target);
        merge(&mut merged, &map(patch));
        assert_eq!(merged, map(result));
    }
}
