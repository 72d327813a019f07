//! FaaSO's runtimes and functions as ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use score_fly_core::{Diagnostics, Outcome};
use serde_json::{Map, Value, json};

use super::brackets::with_brackets;
use super::{contract, description};
use crate::build::SCORE;
use crate::files::{File, Files};
use crate::function::{FUNCTION, FUNKO, Function};
use crate::runtime::{Contract, MANIFEST, Runtime};
use crate::template::SUFFIX;
use crate::yaml::scalar;
use crate::{messages, scaffold, score};

/// Makes one of our functions of one of FaaSO's: `funko.yml` becomes `function.yaml` and `score.yaml`,
/// and all other files stay. Notes say what will be different.
///
/// `reference` is how the function calls its runtime from now on, and `commit` the one that it is at.
/// One without a runtime, which brings its own Dockerfile, needs neither.
pub fn import_function(files: &Files, reference: Option<&str>, commit: Option<&str>) -> Outcome<Files> {
    Function::source(files).and_then(|source| {
        Function::read(&source).and_then(|function| {
            let mut diagnostics = Diagnostics::new();
            let written = function.name.as_deref().unwrap_or_default();
            let name = written.to_ascii_lowercase();
            if name != written {
                diagnostics.push(messages::name_in_lower_case(written, &name));
            }
            if let Some(invalid) = score_fly_core::score::check_name(&name) {
                diagnostics.push(invalid);
            }
            let mut imported = files.filtered(|path| path != FUNKO && !path.starts_with('.'));
            if let Some(reference) = reference {
                let described = function.runtime.as_ref().map_or_else(String::new, ToString::to_string);
                let text = scaffold::header(&format!("FaaSO's {described}"), reference, commit);
                let text = text + &scaffold::written_options(&function);
                add(&mut imported, FUNCTION, text, &mut diagnostics);
            }
            let secrets = secrets(files);
            add(&mut imported, SCORE, score::file(&name, &contract(), &secrets), &mut diagnostics);
            diagnostics.push(messages::stops_when_idle());
            if !secrets.is_empty() {
                diagnostics.push(messages::secrets_of_faaso(&secrets));
            }
            Outcome::new(imported, diagnostics)
        })
    })
}

/// Makes one of our runtimes of one of FaaSO's: its options get a schema, from what its templates use
/// and what a new function has. Notes say what will be different.
pub fn import_runtime(files: &Files) -> Outcome<Files> {
    let runtime = super::runtime(files);
    let mut diagnostics = Diagnostics::new();
    let options = options(&runtime, &mut diagnostics);
    let mut imported = Files::new(files.root());
    add(&mut imported, MANIFEST, manifest(&runtime, files, &options), &mut diagnostics);
    for (folder, part) in [("template", &runtime.template), ("build", &runtime.build)] {
        for (path, file) in part.iter() {
            let name = path.strip_suffix(SUFFIX).unwrap_or(path);
            let to = match (folder, name) {
                ("template", FUNKO) => continue,
                // What says what the runtime is, is no part of what it makes.
                ("build", "README.md") => path.to_owned(),
                _ => format!("{folder}/{path}"),
            };
            let text = std::str::from_utf8(&file.content).ok().filter(|_| path.ends_with(SUFFIX));
            let content =
                text.map_or_else(|| file.content.clone(), |text| with_brackets(text).text.into_bytes().into());
            if let Err(invalid) = imported.insert(to, File { content, executable: file.executable }) {
                diagnostics.push(messages::invalid_path(&invalid));
            }
            if name == "Dockerfile" && text.is_some_and(|text| text.contains("HEALTHCHECK")) {
                diagnostics.push(messages::health_check_of_docker(&part.name_of(path)));
            }
        }
    }
    diagnostics.push(messages::stops_when_idle());
    Outcome::new(imported, diagnostics)
}

fn add(files: &mut Files, path: &str, text: String, diagnostics: &mut Diagnostics) {
    if let Err(invalid) = files.insert(path, text) {
        diagnostics.push(messages::invalid_path(&invalid));
    }
}

/// The options of a runtime with their defaults: those of a new function, and those that templates use.
fn options(runtime: &Runtime, diagnostics: &mut Diagnostics) -> BTreeMap<String, Value> {
    let (filled, found) = runtime.templates("example", None).fill(&runtime.template).into_parts();
    diagnostics.extend(found);
    let funko = filled.and_then(|files| files.text(FUNKO)?.into_parts().0);
    let written = funko.map_or_else(Map::new, |source| {
        let (function, found) = Function::read(&source).into_parts();
        diagnostics.extend(found);
        function.map(|function| function.written_options()).unwrap_or_default()
    });
    let mut options: BTreeMap<String, Value> = written.into_iter().collect();
    for (path, _) in runtime.build.iter().filter(|(path, _)| path.ends_with(SUFFIX)) {
        let Some(text) = runtime.build.text(path).and_then(|text| text.into_parts().0) else { continue };
        for (name, rest) in after(&text.text, "options.") {
            let is_list = rest.trim_start().strip_prefix('|').is_some_and(|rest| rest.trim_start().starts_with("join"));
            options.entry(name.to_owned()).or_insert_with(|| if is_list { json!([]) } else { json!("") });
        }
    }
    options
}

/// `runtime.yaml` of a runtime of FaaSO's.
fn manifest(runtime: &Runtime, files: &Files, options: &BTreeMap<String, Value>) -> String {
    let Contract { port, health, user, stop_signal } = contract();
    let mut text = format!("name: {}\ndescription: {}\n", scalar(&runtime.name), scalar(&description(files)));
    let _ =
        write!(text, "contract:\n  port: {port}\n  health: {health}\n  user: {user}\n  stopSignal: {stop_signal}\n");
    if !options.is_empty() {
        text.push_str("options:\n  properties:\n");
    }
    for (name, default) in options {
        let form = if default.is_array() { "type: array\n      items: {type: string}" } else { "type: string" };
        let _ = write!(text, "    {}:\n      {form}\n      default: {default}\n", scalar(name));
    }
    text
}

/// The names of the secrets that a function reads.
fn secrets(files: &Files) -> Vec<String> {
    let texts = files.iter().filter_map(|(_, file)| std::str::from_utf8(&file.content).ok());
    let names: BTreeSet<String> =
        texts.flat_map(|text| after(text, "/secrets/").map(|(name, _)| name.to_owned())).collect();
    names.into_iter().collect()
}

/// The names that stand behind each `start`, with what follows.
fn after<'t>(text: &'t str, start: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    text.match_indices(start).filter_map(move |(at, _)| {
        let rest = text.get(at + start.len()..)?;
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let name = rest.get(..rest.len() - behind.len())?;
        (!name.is_empty()).then_some((name, behind))
    })
}
