//! Diagnostics that are silenced, and those that are made errors.

use score_fly_core::facade;
use serde_json::{Value, json};

/// `severity code` of all that is found in a fly.toml.
fn of_fly(text: &str, levels: &Value) -> Vec<String> {
    let request = json!({ "config": { "name": "fly.toml", "text": text }, "levels": levels });
    codes(&facade::check_fly_json(&request.to_string()))
}

/// The same of converting a Score file, with the status.
fn of_score(text: &str, levels: &Value) -> (String, Vec<String>) {
    let request = json!({ "score": { "name": "score.yaml", "text": text }, "levels": levels });
    let answer = facade::convert_json(&request.to_string());
    let status = serde_json::from_str::<Value>(&answer).unwrap()["status"].as_str().unwrap().to_owned();
    (status, codes(&answer))
}

fn codes(answer: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let word = |found: &Value, key: &str| found[key].as_str().unwrap().to_owned();
    let found = answer["diagnostics"].as_array().unwrap().iter();
    found.map(|found| format!("{} {}", word(found, "severity"), word(found, "code"))).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn comments_silence_a_line() {
    let none = json!({});
    for text in [
        "primary_region = 'sea' # score-fly: allow(retired-region)\n",
        "# score-fly: allow(retired-region)\nprimary_region = 'sea'\n",
        "# We know. score-fly: allow(implied-unit, retired-region)\n\n# More.\nprimary_region = 'sea'\n",
        "[[vm]]\nmemory = '300mb' # score-fly: allow(invalid-guest)\n",
    ] {
        assert_eq!(of_fly(text, &none), NOTHING, "{text}");
    }
    // Another line, another code, and a code that does not exist.
    let other = "# score-fly: allow(retired-region)\napp = 'a'\nprimary_region = 'sea'\n";
    assert_eq!(of_fly(other, &none), ["warning retired-region"]);
    let other = "primary_region = 'sea' # score-fly: allow(implied-unit)\n";
    assert_eq!(of_fly(other, &none), ["warning retired-region"]);
    let other = "primary_region = 'ams' # score-fly: allow(retired-regoin)\n";
    assert_eq!(of_fly(other, &none), ["error unknown-code"]);
}

#[test]
fn unknown_codes_are_shown_in_their_place() {
    let text = "# score-fly: allow(bare-duration, nothing)\n";
    let request = json!({ "config": { "name": "fly.toml", "text": text } });
    let answer: Value = serde_json::from_str(&facade::check_fly_json(&request.to_string())).unwrap();
    let location = &answer["diagnostics"][0]["location"];
    assert_eq!((&location["start"]["offset"], &location["end"]["offset"]), (&json!(34), &json!(41)));
}

#[test]
fn callers_decide_for_all() {
    let text = "primary_region = 'sea'\nkill_timeout = 5\n";
    assert_eq!(of_fly(text, &json!({})), ["warning retired-region", "note implied-unit"]);
    assert_eq!(of_fly(text, &json!({ "allow": ["retired-region", "implied-unit"] })), NOTHING);
    assert_eq!(of_fly(text, &json!({ "denyWarnings": true })), ["error retired-region", "note implied-unit"]);
    assert_eq!(of_fly(text, &json!({ "deny": ["implied-unit"] })), ["warning retired-region", "error implied-unit"]);
    let both = json!({ "allow": ["retired-region"], "denyWarnings": true });
    assert_eq!(of_fly(text, &both), ["note implied-unit"]);
    assert_eq!(of_fly("", &json!({ "allow": ["retired-regoin"] })), ["error unknown-code"]);
}

#[test]
fn of_score_files_remarks_are_silenced() {
    let score = |volume: &str, variables: &str| {
        format!(
            "apiVersion: score.dev/v1b1\nmetadata: {{ name: web }}\ncontainers:\n  main:\n    image: nginx\n    \
             variables: {{ {variables} }}\n    volumes:\n      /data:\n        source: my-data{volume}\n"
        )
    };
    let none = json!({});
    let converted = |notes: &[&str]| ("success".to_owned(), notes.iter().map(|note| (*note).to_owned()).collect());
    assert_eq!(of_score(&score("", ""), &none), converted(&["note volume-renamed"]));
    assert_eq!(of_score(&score(" # score-fly: allow(volume-renamed)", ""), &none), converted(&[]));
    let denied = ("failure".to_owned(), vec!["error volume-renamed".to_owned()]);
    assert_eq!(of_score(&score("", ""), &json!({ "deny": ["volume-renamed"] })), denied);
    let broken = score(" # score-fly: allow(volume-renamed)", "a-b: x");
    let refused = ("failure".to_owned(), vec!["error invalid-variable-name".to_owned()]);
    assert_eq!(of_score(&broken, &json!({ "allow": ["invalid-variable-name"] })), refused);
}
