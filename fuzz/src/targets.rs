//! What is fed, and what must hold.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, OnceLock};

use score_fly_core::fly::secrets;
use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resource::Outputs;
use score_fly_core::secret::{Secret, Sensitive};
use score_fly_core::{Diagnostics, Outcome, Source, document, facade};
use score_fly_engine::encryption::Identities;
use score_fly_engine::provisioner::{Call, Params, ProjectView, Request, Surroundings, read_file};
use score_fly_engine::{CancelToken, Environment, FileStore, Project, Root, Wait, env_file, store};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::{secrets as model, seeds};

/// Something that is fed with texts.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) seeds: fn() -> Vec<String>,
    /// The error is what does not hold.
    pub(crate) run: fn(&str) -> Result<(), String>,
}

/// What stands between the parts of an input that has two.
const BETWEEN: &str = "\n=====\n";

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "yaml", seeds: seeds::scores, run: yaml },
    Target { name: "requests", seeds: seeds::requests, run: requests },
    Target { name: "placeholders", seeds: seeds::scores, run: placeholders },
    Target { name: "overrides", seeds: || seeds::doubles(BETWEEN), run: overrides },
    Target { name: "fly", seeds: seeds::tomls, run: fly },
    Target { name: "fix", seeds: seeds::tomls, run: fix },
    Target { name: "machine", seeds: seeds::tomls, run: machine },
    Target { name: "import", seeds: seeds::tomls, run: import },
    Target { name: "update", seeds: || seeds::pairs(BETWEEN), run: update },
    Target { name: "provisioners", seeds: seeds::provisioners, run: provisioners },
    Target { name: "templates", seeds: seeds::templates, run: templates },
    Target { name: "outputs", seeds: seeds::outputs, run: outputs },
    Target { name: "env", seeds: seeds::env_files, run: env },
    Target { name: "state", seeds: seeds::states, run: state },
    Target { name: "secrets", seeds: seeds::secrets, run: secret },
];

fn yaml(text: &str) -> Result<(), String> {
    same(&|source| document::parse(source).map(|document| document.root.to_json()), &Source::new("a.yaml", text))
}

/// What is read twice is the same, and so is what is found.
fn same<'t, T: PartialEq>(read: &dyn Fn(&'t Source) -> Outcome<T>, source: &'t Source) -> Result<(), String> {
    let messages = |found: Diagnostics| found.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
    let ((one, found), (other, again)) = (read(source).into_parts(), read(source).into_parts());
    if one == other && messages(found) == messages(again) {
        Ok(())
    } else {
        Err("it is read differently the second time".to_owned())
    }
}

/// An answer has a status that fits its diagnostics.
fn answer(text: &str) -> Result<Value, String> {
    let answer: Value = serde_json::from_str(text).map_err(|error| format!("an answer is no JSON: {error}"))?;
    let errors = errors(&answer);
    match answer["status"].as_str() {
        Some("success") if errors == 0 => Ok(answer),
        Some("failure") if errors > 0 => Ok(answer),
        status => Err(format!("{errors} errors, and the status {status:?}")),
    }
}

fn errors(answer: &Value) -> usize {
    let all = answer["diagnostics"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|one| one["severity"] == "error").count()
}

fn requests(text: &str) -> Result<(), String> {
    let operations = [
        facade::convert_json,
        facade::check_json,
        facade::requirements_json,
        facade::needs_json,
        facade::check_fly_json,
        facade::machine_config_json,
        facade::import_fly_json,
        facade::fly_needs_json,
        facade::stamp_json,
    ];
    operations.iter().try_for_each(|operation| answer(&operation(text)).map(|_| ()))
}

fn score(text: &str) -> Value {
    json!({"score": {"name": "score.yaml", "text": text}, "outputs": {"db": {"values": {"host": "h"}, "secrets": {"p": "x"}}}})
}

/// What is emitted passes the check.
fn converted(request: &Value) -> Result<Option<String>, String> {
    let answer = answer(&facade::convert_json(&request.to_string()))?;
    let Some(toml) = answer["toml"].as_str() else { return Ok(None) };
    let checked = checked(toml)?;
    if errors(&checked) > 0 {
        return Err(format!("what is emitted has errors: {:#}\n{toml}", checked["diagnostics"]));
    }
    Ok(Some(toml.to_owned()))
}

fn checked(toml: &str) -> Result<Value, String> {
    answer(&facade::check_fly_json(&json!({"config": {"name": "fly.toml", "text": toml}}).to_string()))
}

fn placeholders(text: &str) -> Result<(), String> {
    converted(&score(text))?;
    // And in a place where any text can stand.
    let quoted = json!(text);
    let around = format!(
        "apiVersion: score.dev/v1b1\nmetadata: {{name: web}}\ncontainers:\n  main: {{image: nginx, variables: {{A: {quoted}}}}}\n\
         resources: {{db: {{type: db}}}}\n"
    );
    converted(&score(&around)).map(|_| ())
}

fn overrides(text: &str) -> Result<(), String> {
    let (base, over) = text.split_once(BETWEEN).unwrap_or((text, ""));
    let mut request = score(base);
    request["overrides"] = json!([{"name": "over.yaml", "text": over}]);
    request["overrideProperties"] =
        json!([over.lines().next().unwrap_or_default(), over.lines().last().unwrap_or_default()]);
    converted(&request).map(|_| ())
}

fn fly(text: &str) -> Result<(), String> {
    checked(text)?;
    for name in ["fly.json", "fly.yaml"] {
        answer(&facade::check_fly_json(&json!({"config": {"name": name, "text": text}}).to_string()))?;
    }
    Ok(())
}

/// Mending leaves no more errors, and nothing that it would mend again.
fn fix(text: &str) -> Result<(), String> {
    let before = checked(text)?;
    let Some(fixed) = before["fixed"].as_str() else { return Ok(()) };
    let after = checked(fixed)?;
    if errors(&after) > errors(&before) {
        return Err(format!("{} errors became {}:\n{fixed}", errors(&before), errors(&after)));
    }
    match after["fixed"].as_str() {
        Some(again) if again != fixed => Err(format!("it is mended twice:\n{fixed}\nand\n{again}")),
        _ => Ok(()),
    }
}

fn machine(text: &str) -> Result<(), String> {
    answer(&facade::machine_config_json(&json!({"config": {"name": "fly.toml", "text": text}}).to_string())).map(|_| ())
}

/// What a fly.toml without errors is imported to converts.
fn import(text: &str) -> Result<(), String> {
    let imported =
        answer(&facade::import_fly_json(&json!({"config": {"name": "fly.toml", "text": text}}).to_string()))?;
    let Some(score) = imported["score"].as_str().filter(|_| errors(&checked(text).unwrap_or_default()) == 0) else {
        return Ok(());
    };
    let request = json!({"score": {"name": "score.yaml", "text": score}});
    answer(&facade::convert_json(&request.to_string())).map(|_| ())
}

/// An update is as sound as what it changes, and changes nothing the second time.
fn update(text: &str) -> Result<(), String> {
    let (base, existing) = text.split_once(BETWEEN).unwrap_or((text, ""));
    let update = |existing: &str| {
        let mut request = score(base);
        request["existing"] = json!({"name": "fly.toml", "text": existing});
        let answer = answer(&facade::convert_json(&request.to_string()))?;
        Ok::<_, String>(answer["toml"].as_str().map(str::to_owned))
    };
    let Some(once) = update(existing)? else { return Ok(()) };
    match update(&once)? {
        Some(twice) if twice == once => Ok(()),
        twice => Err(format!("a second update changes something:\n{once}\n---\n{}", twice.unwrap_or_default())),
    }
}

fn provisioners(text: &str) -> Result<(), String> {
    same(&read_file, &Source::new("a.provisioners.yaml", text))
}

fn templates(text: &str) -> Result<(), String> {
    let file = format!("- {{uri: 'template://t', type: db, outputs: {}}}", json!(text));
    let (read, _) = read_file(&Source::new("a.provisioners.yaml", file)).into_parts();
    let request = Request {
        uid: "db.default#web.db".parse().map_err(|error| format!("{error}"))?,
        guid: "g".to_owned(),
        params: Params(Sensitive::Public(SortedMap::from([
            ("size".to_owned(), json!(3)),
            ("list".to_owned(), json!(["a", "b"])),
        ]))),
        metadata: SortedMap::new(),
        source_workload: "web".to_owned(),
        wanted: SortedSet::new(),
        state: Map::new(),
        outputs: SortedMap::new(),
        shared: Map::new(),
        project: Arc::new(ProjectView::default()),
    };
    let (root, environment, cancel) = (Root::new("/"), Environment::default(), CancelToken::new());
    for provisioner in read.unwrap_or_default() {
        let surroundings = Surroundings { root: &root, environment: &environment, cancel: &cancel };
        // Whatever it answers will do, as long as it answers.
        let _ = provisioner.provision(&request, Call { surroundings, said: &|_| {} });
    }
    Ok(())
}

fn outputs(text: &str) -> Result<(), String> {
    same(&Outputs::read, &Source::new("outputs.yaml", text))
}

fn env(text: &str) -> Result<(), String> {
    same(&env_file::read, &Source::new(".env", text))
}

/// A state that can be read can be written, and is the same then.
fn state(text: &str) -> Result<(), String> {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"))).path();
    let place = folder.join(".score-fly/state.yaml");
    fs::create_dir_all(folder.join(".score-fly"))
        .and_then(|()| fs::write(&place, text))
        .map_err(|error| error.to_string())?;
    let kept = FileStore::new(folder);
    let Ok(read) = Project::read(&kept) else { return Ok(()) };
    let cancel = CancelToken::new();
    let waiting = store::Waiting { wait: Wait::Never, cancel: &cancel, told: &|_| {} };
    let Ok(mut project) = Project::open(&kept, &Identities::default(), waiting) else { return Ok(()) };
    if project.save().is_err() {
        let now = fs::read_to_string(&place).unwrap_or_default();
        return if now == text { Ok(()) } else { Err("a state was lost that could not be written".to_owned()) };
    }
    match Project::read(&kept) {
        Ok(again) if again == read => Ok(()),
        Ok(_) => Err("the state is another one when it is written".to_owned()),
        Err(error) => Err(format!("what was written can't be read: {error}")),
    }
}

/// What can be encoded comes out of `fly secrets import` as it went in.
fn secret(text: &str) -> Result<(), String> {
    let first = ("A".to_owned(), Secret::new(text.to_owned()));
    let second = ("B_2".to_owned(), Secret::new(text.chars().rev().collect::<String>()));
    let secrets: SortedMap<String, Secret<String>> = [first, second].into_iter().collect();
    let mut expected = BTreeMap::new();
    for (name, value) in &secrets {
        if secrets::encodable(name, value).is_ok() {
            expected.insert(name.clone(), value.expose().clone());
        }
    }
    let read = model::import(&secrets::encode(&secrets))?;
    if read == expected { Ok(()) } else { Err(format!("{expected:?} became {read:?}")) }
}
