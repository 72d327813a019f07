//! Runs the shared cases through the binary: one test for each command that can be asked the same.

#[path = "cli/sandbox.rs"]
#[allow(dead_code, reason = "it is shared with the other tests, and this one uses a part")]
mod sandbox;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use libtest_mimic::{Arguments, Failed, Trial};
use score_fly_core::convert::{Options, Paths};
use score_fly_core::document::overrides::Override;
use score_fly_core::facade::{self, Answer, FileContent, FileRead, Request, SourceText};
use score_fly_core::source::PositionEncoding;
use score_fly_core::{Input, Source};
use score_fly_fixtures::{Case, cases, comparable, folders, index};
use serde_json::{Value, json};

use sandbox::{Run, Sandbox};

fn main() {
    let mut trials = Vec::new();
    let mut names = Vec::new();
    for case in cases() {
        let request: Request = Request::from_json(&case.request).into_parts().0.expect("a case has a request");
        let request = Request { position_encoding: PositionEncoding::Utf32, ..request };
        let expected = expected(&case, &request);
        let trial = |command: &str, test: fn(&Request, &Value) -> Result<(), Failed>| {
            let (request, expected) = (request.clone(), expected.clone());
            Trial::test(format!("{command} {}", case.name), move || test(&request, &expected))
        };
        trials.push(trial("generate", generate));
        trials.push(trial("check", check));
        if convert_means_the_same(&request, &expected) {
            trials.push(trial("convert", convert));
        }
        names.push(case.name);
    }
    trials.push(Trial::test("index", move || {
        // Both lists are read from the folder of cases, and neither may have been read wrongly.
        let all = !names.is_empty() && names == index() && names == folders();
        if all { Ok(()) } else { Err("these are not all cases".into()) }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// What must come out. The command counts characters, whatever the case counts.
fn expected(case: &Case, request: &Request) -> Value {
    if case.request["positionEncoding"] == "utf-32" {
        return case.expected();
    }
    comparable(&serde_json::to_value(facade::convert(request.clone())).expect("responses serialise"))
}

/// Whether `score-fly convert` is to print what the request asks for: it writes into this directory,
/// and puts into fly.toml the content of files that can stand there.
fn convert_means_the_same(request: &Request, expected: &Value) -> bool {
    let options = Options { inline_files: true, ..request.options.clone() };
    let inlined = facade::convert(Request { options, ..request.clone() });
    request.options.paths.toml_from_work.is_empty()
        && comparable(&serde_json::to_value(inlined).expect("responses serialise")) == *expected
}

fn generate(request: &Request, expected: &Value) -> Result<(), Failed> {
    let layout = Layout::new(request);
    let mut arguments = layout.arguments("generate");
    arguments.extend(request.options.inline_files.then(|| "--inline-files".to_owned()));
    arguments.extend(request.existing.is_some().then(|| "--update".to_owned()));
    arguments.extend(layout.output.as_ref().map(|folder| format!("--output-folder={folder}")));
    let mut files = layout.sandbox.files();
    let run = layout.run(&arguments);

    let text = |field: &str| expected[field].as_str().unwrap_or_default().as_bytes().to_vec();
    let exit = if expected["status"] == "success" {
        files.insert(layout.toml.clone(), text("toml"));
        if expected["secretsText"] != "" {
            files.insert(layout.toml.replace(".toml", ".env"), text("secretsText"));
        }
        let side_files: BTreeMap<String, FileContent> = serde_json::from_value(expected["files"].clone())?;
        files.extend(side_files.into_iter().map(|(path, content)| (path, bytes(&content))));
        0
    } else {
        2
    };
    same("exit code", &run.code, &exit)?;
    let mut written = layout.sandbox.files();
    if request.existing.is_none() && exit == 0 {
        // The line by which the command knows its file again; one that others wrote has none.
        let toml = written.remove(&layout.toml).unwrap_or_default();
        let (mark, rest) = toml.split_at(toml.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        same("mark", &mark.starts_with(b"# Made by score-fly (sha256:"), &true)?;
        written.insert(layout.toml.clone(), rest.to_owned());
    }
    same("files", &texts(&written), &texts(&files))?;
    same("standard output", run.stdout.as_str(), "")?;
    same("diagnostics", &found(&run.stderr)?, &layout.meant(&expected["diagnostics"]))
}

fn convert(request: &Request, expected: &Value) -> Result<(), Failed> {
    let layout = Layout::new(request);
    let mut arguments = layout.arguments("convert");
    arguments.extend(request.existing.is_some().then(|| format!("--update={}", layout.toml)));
    let files = layout.sandbox.files();
    let run = layout.run(&arguments);

    same("exit code", &run.code, &if expected["status"] == "success" { 0 } else { 2 })?;
    same("files", &texts(&layout.sandbox.files()), &texts(&files))?;
    same("standard output", run.stdout.as_str(), expected["toml"].as_str().unwrap_or_default())?;
    same("diagnostics", &found(&run.stderr)?, &layout.meant(&expected["diagnostics"]))
}

/// The cases do not say what `check` finds; it is what the facade's `check` finds.
fn check(request: &Request, _: &Value) -> Result<(), Failed> {
    let layout = Layout::new(request);
    let files = layout.sandbox.files();
    let run = layout.run(&layout.arguments("check"));

    // It writes nothing, so it is not told how and where.
    let options = Options { inline_files: false, paths: Paths::default(), ..request.options.clone() };
    let (exit, diagnostics) = match facade::check(Request { options, ..request.clone() }) {
        Answer::Success { diagnostics, .. } => (0, diagnostics),
        Answer::Failure { diagnostics, .. } => (2, diagnostics),
    };
    same("exit code", &run.code, &exit)?;
    same("files", &texts(&layout.sandbox.files()), &texts(&files))?;
    same("standard error", run.stderr.as_str(), "")?;
    same("diagnostics", &found(&run.stdout)?, &layout.meant(&json!(diagnostics)))
}

/// A request as files in a folder, and flags that name them.
struct Layout {
    sandbox: Sandbox,
    score: String,
    flags: Vec<String>,
    /// The folder for fly.toml, if it is another than the one in which the command runs.
    output: Option<String>,
    /// Where fly.toml goes, and where the one to write over is.
    toml: String,
    /// What texts are called in the case, and here.
    names: BTreeMap<String, String>,
}

/// The file with those outputs that a request has as data.
const OUTPUTS_AS_DATA: &str = "outputs-as-data.json";

impl Layout {
    fn new(request: &Request) -> Self {
        // Nothing is left out by `..`, so that a new field is given a flag.
        let Request {
            score,
            overrides,
            override_properties,
            outputs,
            outputs_text,
            files,
            options: Options { app_prefix, image, region, inline_files: _, containers, paths },
            existing,
            levels: _,
            position_encoding: _,
        } = request;
        // What leads from fly.toml to the Score file is for the command to find out.
        let Paths { score_from_work, score_from_toml: _, toml_from_work } = paths;

        let sandbox = Sandbox::new([]);
        let score_path = join(score_from_work, &score.name);
        sandbox.write(&score_path, &score.text);
        for (path, file) in files {
            let content = match file.clone() {
                Some(FileRead::Text(text)) => bytes(&FileContent::Text(text)),
                Some(FileRead::Base64(text)) => bytes(&FileContent::Base64(text)),
                Some(FileRead::Unreadable(_)) | None => continue,
            };
            sandbox.write(&join(score_from_work, path), content);
        }
        let mut flags = Vec::new();
        for SourceText { name, text } in overrides {
            sandbox.write(name, text);
            flags.push(format!("--overrides-file={name}"));
        }
        flags.extend(override_properties.iter().map(|property| format!("--override-property={property}")));
        if let Some(SourceText { name, text }) = outputs_text {
            sandbox.write(name, text);
            flags.push(format!("--outputs={name}"));
        }
        if !outputs.is_empty() {
            sandbox.write(OUTPUTS_AS_DATA, json!(outputs).to_string());
            flags.push(format!("--outputs={OUTPUTS_AS_DATA}"));
        }
        flags.push(format!("--fly-app-prefix={app_prefix}"));
        flags.extend(image.iter().map(|image| format!("--image={image}")));
        flags.extend(region.iter().map(|region| format!("--region={region}")));

        flags.push(format!("--containers={}", json!(containers).as_str().unwrap_or_default()));

        let toml = join(toml_from_work, &format!("fly_{}.toml", workload(request)));
        let mut names = BTreeMap::from([(score.name.clone(), score_path.clone())]);
        if let Some(SourceText { name, text }) = existing {
            sandbox.write(&toml, text);
            names.insert(name.clone(), toml.clone());
        }
        let output = (!toml_from_work.is_empty()).then(|| toml_from_work.clone());
        Self { sandbox, score: score_path, flags, output, toml, names }
    }

    fn arguments(&self, command: &str) -> Vec<String> {
        let start = [command, "--diagnostics=json", &self.score].map(str::to_owned);
        start.into_iter().chain(self.flags.iter().cloned()).collect()
    }

    fn run(&self, arguments: &[String]) -> Run {
        self.sandbox.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The diagnostics that a case asks for, as the command says them.
    fn meant(&self, diagnostics: &Value) -> Value {
        let mut diagnostics = diagnostics.clone();
        for diagnostic in list(&mut diagnostics) {
            // A text is called by the path of its file.
            for (name, path) in &self.names {
                let message = diagnostic["message"].as_str().unwrap_or_default();
                diagnostic["message"] = message.replace(&format!("`{name}`"), &format!("`{path}`")).into();
            }
            for location in locations(diagnostic) {
                if let Some(path) = location["source"].as_str().and_then(|name| self.names.get(name)) {
                    location["source"] = path.as_str().into();
                }
            }
        }
        diagnostics
    }
}

/// The diagnostics of a run, without what only a command can know.
fn found(printed: &str) -> Result<Value, Failed> {
    let mut run: Value = serde_json::from_str(printed)?;
    same("failures", &run["failures"], &json!([]))?;
    for diagnostic in list(&mut run["diagnostics"]) {
        // Outputs that are given as data have no place.
        for location in locations(diagnostic) {
            if location["source"] == OUTPUTS_AS_DATA {
                *location = Value::Null;
            }
        }
    }
    Ok(run["diagnostics"].take())
}

/// The workload's name, if it has one.
fn workload(request: &Request) -> String {
    let score = Source::from(request.score.clone());
    let files = request.overrides.iter().cloned().map(|text| Override::File(text.into()));
    let overrides: Vec<Override> = files.chain(request.override_properties.iter().map(Override::property)).collect();
    let (workload, _) = score_fly_core::load(Input { score: &score, overrides: &overrides }).into_parts();
    workload.map(|workload| workload.metadata.name).unwrap_or_default()
}

fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

fn bytes(content: &FileContent) -> Vec<u8> {
    match content {
        FileContent::Text(text) => text.clone().into_bytes(),
        FileContent::Base64(text) => BASE64.decode(text).expect("a case holds sound base64"),
    }
}

/// Files as something to read when they differ.
fn texts(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<&str, String> {
    files.iter().map(|(path, content)| (path.as_str(), content.escape_ascii().to_string())).collect()
}

fn list(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_array_mut().into_iter().flatten()
}

/// Where a diagnostic and what is related to it stand.
fn locations(diagnostic: &mut Value) -> Vec<&mut Value> {
    let Some(diagnostic) = diagnostic.as_object_mut() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in diagnostic {
        match key.as_str() {
            "location" if !value.is_null() => found.push(value),
            "related" => found.extend(list(value).map(|related| &mut related["location"]).filter(|at| !at.is_null())),
            _ => {}
        }
    }
    found
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, got: &T, expected: &T) -> Result<(), Failed> {
    if got == expected {
        return Ok(());
    }
    Err(format!("{what}\n--- expected:\n{expected:#?}\n--- got:\n{got:#?}").into())
}
