//! Runs the shared cases through the facade, one test for each.
//!
//! `UPDATE_FIXTURES=1 cargo test --test fixtures` writes what comes out as what must come out; the
//! difference in version control is then to be read, line by line.

use std::fmt::Write as _;

use libtest_mimic::{Arguments, Failed, Trial};
use score_fly_core::facade;
use score_fly_fixtures::{Case, cases, comparable, folders, index, update_index};
use serde_json::Value;

fn main() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1");
    if update {
        update_index();
    }
    let mut trials: Vec<Trial> =
        cases().into_iter().map(|case| Trial::test(case.name.clone(), move || run(&case, update))).collect();
    trials.push(Trial::test("index", || {
        let listed = index();
        if listed.is_empty() || listed != folders() {
            return Err("cases/index.json does not list the folders of cases".into());
        }
        Ok(())
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn run(case: &Case, update: bool) -> Result<(), Failed> {
    let from_json: Value = serde_json::from_str(&facade::convert_json(&case.request_json()))?;
    let (request, mistakes) = facade::Request::from_json(&case.request).into_parts();
    let request = request.ok_or_else(|| format!("{mistakes:#?}"))?;
    let typed = serde_json::to_value(facade::convert(request))?;
    if typed != from_json {
        return Err(difference("convert", &typed, "convert_json", &from_json));
    }
    let got = comparable(&from_json);
    if update {
        case.update(&got);
        return Ok(());
    }
    let expected = case.expected();
    if got == expected { Ok(()) } else { Err(difference("expected", &expected, "got", &got)) }
}

/// Both values as text, with TOML and other texts spread over lines.
fn difference(left_name: &str, left: &Value, right_name: &str, right: &Value) -> Failed {
    let lines = |value: &Value| format!("{value:#}").replace("\\n", "\n    ");
    let (left, right) = (lines(left), lines(right));
    let mut text = String::new();
    for (mark, name, here, there) in [("-", left_name, &left, &right), ("+", right_name, &right, &left)] {
        let _ = writeln!(text, "{mark} {name}, where they differ:");
        for line in here.lines().filter(|line| !there.lines().any(|other| other == *line)) {
            let _ = writeln!(text, "{mark} {line}");
        }
    }
    text.into()
}
