//! The page of each code in `docs/diagnostics/`, one test for each: its example yields the code,
//! and what it advises instead does not.
//!
//! The blocks of a section make a request by their titles: `score.yaml` (also without a title),
//! `overrides.yaml`, `override-property`, `outputs.yaml`, `fly.toml` (one to write over), any other
//! name for a file that the workload mounts, and `request.json` for further fields of the request.
//! A section with nothing but a `fly.toml` is about that, and is not converted but checked; as
//! `import/fly.toml` it is imported.
//! Under `Instead`, a file that is not given anew stays as in the example.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use score_fly_core::{Code, Severity, facade};
use score_fly_fixtures::markdown::{Block, blocks};
use serde_json::{Value, json};

/// Codes without examples, since no request can show them.
const NOT_SHOWN: &[Code] = &[
    // A request is text already; faces that read bytes report this.
    Code::InvalidEncoding,
];

/// Codes of files and of a project's runs, which a conversion of one Score file can't show. The tests of the
/// resource graph, of the engine and of the command line do.
const OF_PROJECTS: &[Code] = &[
    Code::UnreadableFile,
    Code::UnwritableFile,
    Code::NoProject,
    Code::InvalidProvisioner,
    Code::InvalidEnvFile,
    Code::InvalidState,
    Code::MissingIdentity,
    Code::ConflictingResource,
    Code::ResourceCycle,
    Code::NoProvisioner,
    Code::UnsupportedParam,
    Code::ProvisionerChanged,
    Code::ResourceNotProvisioned,
];

/// Codes of runtimes and functions: a test of score-fly-runtime runs their pages.
const OF_FUNCTIONS: &[Code] = &[
    Code::UnknownRuntime,
    Code::InvalidRuntime,
    Code::InvalidFunction,
    Code::InvalidOption,
    Code::TemplateFailed,
    Code::PathConflict,
    Code::FileReplaced,
    Code::RuntimeMoved,
    Code::FaasoDifference,
];

/// Codes of trees of apps: the tests of score-fly-gitops show them.
const OF_TREES: &[Code] = &[Code::InvalidTree, Code::ShadowedApp, Code::FlycdDifference];

fn main() {
    let mut trials: Vec<Trial> =
        Code::ALL.iter().map(|code| Trial::test(code.as_str(), || check_page(*code))).collect();
    trials.push(Trial::test("no page without a code", every_page_has_a_code));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics")
}

fn every_page_has_a_code() -> Result<(), Failed> {
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "README.md" && name.strip_suffix(".md").and_then(Code::from_name).is_none() {
            return Err(format!("{name} is the page of no code").into());
        }
    }
    Ok(())
}

fn check_page(code: Code) -> Result<(), Failed> {
    let path = folder().join(format!("{code}.md"));
    let page = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if !page.starts_with(&format!("# {code}\n")) {
        return Err(format!("the page does not begin with `# {code}`").into());
    }
    if [NOT_SHOWN, OF_PROJECTS, OF_FUNCTIONS, OF_TREES].iter().any(|others| others.contains(&code)) {
        return Ok(());
    }

    let blocks = blocks(&page);
    let example = files_under(&blocks, "Example")?;
    let found = convert(&example)?;
    let mut expected = BTreeSet::new();
    if code.severity() == Severity::Error {
        expected.insert(code.as_str());
    }
    if found.errors() != expected || !found.codes().contains(code.as_str()) {
        return Err(format!("the example yields:\n{found}").into());
    }

    let mut mended = example;
    mended.extend(files_under(&blocks, "Instead")?);
    let found = convert(&mended)?;
    if !found.errors().is_empty() || found.codes().contains(code.as_str()) {
        return Err(format!("what stands under `Instead` yields:\n{found}").into());
    }
    Ok(())
}

/// The blocks of a section by their titles.
fn files_under<'b>(blocks: &'b [Block<'_>], heading: &str) -> Result<BTreeMap<&'b str, &'b str>, Failed> {
    let mut files = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.heading == heading) {
        if files.insert(block.title.unwrap_or("score.yaml"), block.text.as_str()).is_some() {
            return Err(format!("line {}: the same file twice in one section", block.line).into());
        }
    }
    if files.is_empty() { Err(format!("there are no blocks under `{heading}`").into()) } else { Ok(files) }
}

/// The diagnostics of a response.
struct Found(Vec<Value>);

impl Found {
    fn codes(&self) -> BTreeSet<&str> {
        self.0.iter().filter_map(|diagnostic| diagnostic["code"].as_str()).collect()
    }

    fn errors(&self) -> BTreeSet<&str> {
        let errors = self.0.iter().filter(|diagnostic| diagnostic["severity"] == "error");
        errors.filter_map(|diagnostic| diagnostic["code"].as_str()).collect()
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            let text = |key: &str| diagnostic[key].as_str().unwrap_or_default();
            writeln!(f, "{} at `{}`: {}", text("code"), text("pointer"), text("message"))?;
        }
        Ok(())
    }
}

fn convert(files: &BTreeMap<&str, &str>) -> Result<Found, Failed> {
    let of_fly = |text: &str| json!({ "config": { "name": "fly.toml", "text": text } }).to_string();
    let response = match (files.get("fly.toml"), files.get("import/fly.toml")) {
        (Some(text), _) if files.len() == 1 => facade::check_fly_json(&of_fly(text)),
        (None, Some(text)) => facade::import_fly_json(&of_fly(text)),
        _ => facade::convert_json(&request(files)?.to_string()),
    };
    let mut response: Value = serde_json::from_str(&response)?;
    match response["diagnostics"].take() {
        Value::Array(diagnostics) => Ok(Found(diagnostics)),
        _ => Err(format!("the response has no diagnostics: {response:#}").into()),
    }
}

fn request(files: &BTreeMap<&str, &str>) -> Result<Value, Failed> {
    let mut request = json!({ "score": { "name": "score.yaml", "text": "" } });
    for (&name, &text) in files {
        let source = json!({ "name": name, "text": text });
        match name {
            "score.yaml" => request["score"] = source,
            "overrides.yaml" => request["overrides"] = json!([source]),
            "override-property" => request["overrideProperties"] = json!([text.trim_end()]),
            "outputs.yaml" => request["outputsText"] = source,
            "fly.toml" => request["existing"] = source,
            "request.json" => {}
            _ => request["files"][name] = json!({ "text": text }),
        }
    }
    if let Some(text) = files.get("request.json") {
        let further: BTreeMap<String, Value> = serde_json::from_str(text)?;
        for (field, value) in further {
            request[field] = value;
        }
    }
    Ok(request)
}
