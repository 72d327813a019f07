//! Diagnostics stand in the text that they are about, also where several have the same name.

use score_fly_core::facade;
use serde_json::{Value, json};

const SCORE: &str = "\
apiVersion: score.dev/v1b1
metadata:
  name: web
containers:
  web:
    image: nginx
";

/// The code, the source and the line and columns of each diagnostic.
fn check(request: &Value) -> Vec<String> {
    let response: Value = serde_json::from_str(&facade::check_json(&request.to_string())).unwrap();
    let diagnostics = response["diagnostics"].as_array().unwrap();
    let place = |found: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let at = &found["location"];
        let (start, end) = (&at["start"], &at["end"]);
        let (code, source) = (text(&found["code"]), text(&at["source"]));
        format!("{code} {source} {}:{}-{}", start["line"], start["column"], end["column"])
    };
    diagnostics.iter().map(place).collect()
}

#[test]
fn of_two_overrides_files_with_one_name() {
    let first = "containers:\n  web:\n    command: run\n";
    let second = "# the other one\n\n\ncontainers:\n  web:\n    args: all\n";
    let overrides = |texts: &[&str]| -> Vec<Value> {
        texts.iter().map(|text| json!({ "name": "overrides.yaml", "text": text })).collect()
    };
    let request =
        |overrides: Vec<Value>| json!({ "score": { "name": "score.yaml", "text": SCORE }, "overrides": overrides });
    let expected = ["wrong-type overrides.yaml 3:14-17", "wrong-type overrides.yaml 6:11-14"];
    assert_eq!(check(&request(overrides(&[first, second]))), expected);
    // What is merged later comes later, whatever stands in it.
    assert_eq!(check(&request(overrides(&[second, first]))), [expected[1], expected[0]]);
}

#[test]
fn of_an_override_with_the_name_of_the_score_file() {
    let same = "containers:\n  web:\n    command: run\n";
    let request = json!({
        "score": { "name": "x", "text": SCORE.replace("nginx", "1") },
        "overrides": [{ "name": "x", "text": same }],
        "outputsText": { "name": "x", "text": "\n\n\ndb: 1\n" },
    });
    let expected = ["invalid-outputs x 4:5-6", "wrong-type x 6:12-13", "wrong-type x 3:14-17"];
    assert_eq!(check(&request), expected);
}

#[test]
fn of_two_properties_for_one_path() {
    let request = json!({
        "score": { "name": "score.yaml", "text": SCORE },
        "overrideProperties": ["containers.web.command=run", "containers.web.command=run it", "containers.web.command="],
    });
    assert!(check(&request).is_empty());
    let request = json!({
        "score": { "name": "score.yaml", "text": SCORE },
        "overrideProperties": ["containers.web.args=[ééé]", "containers.web.args=all"],
    });
    assert_eq!(check(&request), ["wrong-type --override-property containers.web.args 1:21-24"]);
    let request = json!({
        "score": { "name": "score.yaml", "text": SCORE },
        "overrideProperties": ["containers.web.args=[a", "containers.web.args=[a, b, *c]"],
    });
    let expected = [
        "invalid-yaml --override-property containers.web.args 1:21-22",
        "unknown-anchor --override-property containers.web.args 1:28-30",
    ];
    assert_eq!(check(&request), expected);
}
