//! What must hold for every shared case, whatever it expects, and for what becomes of it when it
//! is written another way, broken or cut off.

mod mutation;
mod random;
mod sound;
mod yaml;

use std::collections::BTreeSet;
use std::fmt::Display;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use libtest_mimic::{Arguments, Failed, Trial};
use score_fly_core::document::parse;
use score_fly_core::facade::{self, Answer, Conversion, FileContent, Request, SourceText};
use score_fly_core::fly::{self, LoadedConfig};
use score_fly_core::local::LocalFiles;
use score_fly_core::resolve::Given;
use score_fly_core::{Code, Input, Severity, Source, convert};
use score_fly_fixtures::{Case, cases};
use serde_json::Value;

use random::Dice;
use yaml::Style;

fn main() {
    let properties: [(&str, Property); 10] = [
        ("the_same_input_gives_the_same_bytes", repeats),
        ("checking_finds_what_converting_finds", checks),
        ("emitted_toml_reads_back_equal", reads_back),
        ("what_converts_passes_the_rules_of_fly", passes_the_rules),
        ("style_changes_nothing", ignores_style),
        ("overriding_with_itself_changes_nothing", ignores_itself_as_override),
        ("secrets_are_not_published", hides_secrets),
        ("answers_are_sound", is_sound),
        ("any_broken_node_is_survived", survives_mutations),
        ("any_cut_is_survived", survives_cuts),
    ];
    let mut trials: Vec<Trial> = properties
        .into_iter()
        .map(|(name, property)| {
            Trial::test(name, move || {
                let mut problems = Problems::default();
                let cases = cases();
                for case in &cases {
                    problems.case.clone_from(&case.name);
                    property(case, &mut problems);
                }
                problems.into_result()
            })
        })
        .collect();
    trials.push(Trial::test("what_converts_of_random_workloads_passes_the_rules_of_fly", random_workloads));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Adds what is wrong with a case.
type Property = fn(&Case, &mut Problems);

/// What went wrong, over all cases.
#[derive(Default)]
struct Problems {
    case: String,
    found: Vec<String>,
    /// Texts that were tried already: many cases begin alike.
    tried: BTreeSet<String>,
}

impl Problems {
    fn add(&mut self, what: impl Display) {
        self.found.push(format!("{}: {what}", self.case));
    }

    /// Adds what is wrong with the answer for another Score file, unless that was tried before.
    fn try_score(&mut self, request: &Request, text: &str) {
        if !self.tried.insert(text.to_owned()) {
            return;
        }
        for problem in sound::problems(&with_score(request, text.to_owned())) {
            self.add(format!("{problem} in\n{text}"));
        }
    }

    fn into_result(self) -> Result<(), Failed> {
        const SHOWN: usize = 20;
        if self.found.is_empty() {
            return Ok(());
        }
        let shown: Vec<&str> = self.found.iter().take(SHOWN).map(String::as_str).collect();
        Err(format!("{} problems, the first of which are\n{}", self.found.len(), shown.join("\n")).into())
    }
}

/// The request of a case.
fn request(case: &Case) -> Request {
    Request::from_json(&case.request).into_parts().0.expect("a case has a request of the facade's shape")
}

/// The case with another Score file.
fn with_score(request: &Request, text: String) -> Request {
    Request { score: SourceText { name: request.score.name.clone(), text }, ..request.clone() }
}

fn repeats(case: &Case, problems: &mut Problems) {
    let request = case.request_json();
    if facade::convert_json(&request) != facade::convert_json(&request) {
        problems.add("two answers to one request");
    }
}

fn checks(case: &Case, problems: &mut Problems) {
    let request = request(case);
    // What only the outputs, the files and the fly.toml of the caller bring about is not looked for.
    if request.existing.is_some() {
        return;
    }
    let converted = facade::convert(request.clone());
    let checked = facade::check(request);
    let (converted, checked) = (converted.diagnostics(), checked.diagnostics());
    for diagnostic in converted {
        let needs_world = matches!(diagnostic.code, Code::MissingResourceOutputs | Code::MissingSourceFile);
        if needs_world == checked.contains(diagnostic) {
            problems.add(format!("differs in {diagnostic:?}"));
        }
    }
    if let Some(more) = checked.iter().find(|diagnostic| !converted.contains(diagnostic)) {
        problems.add(format!("only checking finds {more:?}"));
    }
}

fn reads_back(case: &Case, problems: &mut Problems) {
    let request = request(case);
    let updates = request.existing.is_some();
    let Some(Conversion { toml, config, .. }) = facade::convert(request).into_value() else { return };
    if updates {
        return;
    }
    match fly::read(&Source::new("fly.toml", toml)).into_result() {
        Ok((read, _)) if read.config == *config => {}
        Ok((read, _)) => problems.add(format!("emitted {config:?}\n  but read {read:?}")),
        Err(found) => problems.add(format!("{found:?}")),
    }
}

fn passes_the_rules(case: &Case, problems: &mut Problems) {
    let request = request(case);
    // What is written over keeps what Score does not speak of, right or wrong.
    if request.existing.is_some() {
        return;
    }
    let Some(Conversion { toml, files, .. }) = facade::convert(request).into_value() else { return };
    let content = |content: FileContent| match content {
        FileContent::Text(text) => text.into_bytes(),
        FileContent::Base64(text) => BASE64.decode(text).expect("what comes out is base64"),
    };
    let files = files.into_iter().map(|(path, file)| (path, content(file))).collect();
    for error in errors_of_fly(&toml, &files) {
        problems.add(format!("{error}\n{toml}"));
    }
}

/// What is wrong with a fly.toml.
fn errors_of_fly(toml: &str, files: &LocalFiles) -> Vec<String> {
    let found = LoadedConfig::read(&Source::new("fly.toml", toml)).check(files);
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| format!("{} {}: {}", found.code, found.pointer, found.message)).collect()
}

/// Whatever converts without errors, Fly takes. Most fragments are refused, and for many reasons, so
/// that the property says something.
fn random_workloads() -> Result<(), Failed> {
    const WORKLOADS: u64 = 2500;
    let mut problems = Problems::default();
    let (mut converted, mut with_fragment) = (0, 0);
    let mut refused: BTreeSet<Code> = BTreeSet::new();
    for seed in 0..WORKLOADS {
        let mut dice = Dice::new(seed);
        let score = Source::new("score.yaml", random::workload(&mut dice));
        let options = random::options(&mut dice);
        let (app, found) = convert(Input::new(&score), &Given::default(), &options).into_parts();
        refused.extend(found.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code));
        let Some(app) = app.filter(|_| !found.has_errors()) else { continue };
        converted += 1;
        with_fragment += u32::from(score.text.contains("/config: |"));
        let toml = fly::emit(&app.config);
        let files = app.files.into_iter().collect();
        problems.case = format!("seed {seed}");
        for error in errors_of_fly(&toml, &files) {
            problems.add(format!("{error}\n{}\n{toml}", score.text));
        }
    }
    if converted < 700 || with_fragment < 200 || refused.len() < 20 {
        problems.add(format!("{converted} convert, {with_fragment} with a fragment; refused for {refused:?}"));
    }
    problems.into_result()
}

fn ignores_style(case: &Case, problems: &mut Problems) {
    let request = request(case);
    let source = Source::new("score.yaml", case.score());
    // Another style has no mistakes of style.
    let Ok((document, _)) = parse(&source).into_result() else { return };
    let expected = essence(&facade::convert(request.clone()));
    for style in Style::ALL {
        let text = yaml::write(&document.root, style);
        let got = essence(&facade::convert(with_score(&request, text.clone())));
        if got != expected {
            problems.add(format!("as {style:?}\n{text}\n  expected {expected:#?}\n  got {got:#?}"));
        }
    }
}

fn ignores_itself_as_override(case: &Case, problems: &mut Problems) {
    let request = request(case);
    let source = Source::new("score.yaml", case.score());
    let Ok((document, _)) = parse(&source).into_result() else { return };
    // What is no mapping is no override either.
    if document.root.as_mapping().is_none() {
        return;
    }
    let expected = essence(&facade::convert(request.clone()));
    let mut again = request.clone();
    let itself = SourceText { name: "itself.yaml".into(), text: request.score.text };
    again.overrides.insert(0, itself);
    let got = essence(&facade::convert(again));
    if got != expected {
        problems.add(format!("expected {expected:#?}\n  got {got:#?}"));
    }
}

fn hides_secrets(case: &Case, problems: &mut Problems) {
    let request = request(case);
    let mut secrets = Vec::new();
    for outputs in request.outputs.values() {
        if let Some(given) = outputs.get("secrets") {
            scalars(given, &mut secrets);
        }
    }
    let Ok(mut response) = serde_json::to_value(facade::convert(request)) else { return };
    if let Some(response) = response.as_object_mut() {
        response.remove("secrets");
        response.remove("secretsText");
    }
    let mut published = Vec::new();
    scalars(&response, &mut published);
    for secret in secrets.iter().flat_map(|secret| secret.lines()).filter(|line| line.len() >= 4) {
        if let Some(text) = published.iter().find(|text| text.contains(secret)) {
            problems.add(format!("`{secret}` stands in `{text}`"));
        }
    }
}

/// The texts and numbers in a value, as text.
fn scalars(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => found.push(number.to_string()),
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Object(object) => object.values().for_each(|value| scalars(value, found)),
    }
}

fn is_sound(case: &Case, problems: &mut Problems) {
    let request = request(case);
    for problem in sound::problems(&request) {
        problems.add(problem);
    }
}

fn survives_mutations(case: &Case, problems: &mut Problems) {
    let request = request(case);
    let source = Source::new("score.yaml", case.score());
    let (Some(document), _) = parse(&source).into_parts() else { return };
    for mutant in mutation::mutants(&document.root) {
        problems.try_score(&request, &yaml::write(&mutant, Style::Json));
    }
}

fn survives_cuts(case: &Case, problems: &mut Problems) {
    let request = request(case);
    let text = case.score();
    for (end, _) in text.char_indices() {
        problems.try_score(&request, &text[..end]);
    }
}

/// What stays the same when a text is written another way: what comes out, and what is found but
/// not where.
#[derive(Debug, PartialEq)]
struct Essence {
    outcome: Option<Value>,
    found: Vec<(Code, String, String)>,
}

fn essence(response: &Answer<Conversion>) -> Essence {
    let success = matches!(response, Answer::Success { .. });
    let mut outcome = serde_json::to_value(response).ok().filter(|_| success);
    if let Some(response) = outcome.as_mut().and_then(Value::as_object_mut) {
        response.remove("diagnostics");
    }
    let mut found: Vec<_> = response
        .diagnostics()
        .iter()
        // How scalars are spelt is style.
        .filter(|diagnostic| diagnostic.code != Code::AmbiguousScalar)
        .map(|diagnostic| (diagnostic.code, diagnostic.pointer.to_string(), diagnostic.message.clone()))
        .collect();
    found.sort();
    Essence { outcome, found }
}
