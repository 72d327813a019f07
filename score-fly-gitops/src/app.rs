//! Apps as they come out of a tree.

use std::fmt;
use std::sync::Arc;

use score_fly_core::diagnostic::Code;
use score_fly_core::fly::LoadedConfig;
use score_fly_core::fly::names::is_app_name;
use score_fly_core::local::LocalFiles;
use score_fly_core::{Diagnostics, Input, Loaded, Source};

use crate::emit;
use crate::fields::wrong;
use crate::files::Place;
use crate::flycd;
use crate::merge::lay;
use crate::node::{self, Map, Node, Origin, Value};
use crate::project::{Project, mark};
use crate::settings::{self, Settings};

/// An app as its tree has it, with everything that projects say about it.
#[derive(Clone)]
#[non_exhaustive]
pub struct App {
    /// Its name.
    pub name: String,
    /// Where its file is.
    pub place: Place,
    /// The path of its file there.
    pub path: String,
    /// How its file is called for people.
    pub file: String,
    /// What its file is.
    pub kind: Kind,
    /// The names of the projects that it belongs to, from the outermost on.
    pub projects: Vec<String>,
    /// What came of everything, with where each value came from: fly.toml's keys and the section `gitops`. Of a Score
    /// file, only that section.
    pub effective: Node,
    /// The section `gitops`.
    pub settings: Settings,
    /// What was found in its files.
    pub diagnostics: Diagnostics,
}

/// What kind of file says what an app is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// fly.toml's keys, in whatever form.
    Fly,
    /// A Score file.
    Score,
}

impl fmt::Debug for App {
    /// There may be secrets in its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("name", &self.name).field("file", &self.file).finish_non_exhaustive()
    }
}

impl App {
    /// Whether it can be deployed as far as its files say.
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.has_errors()
    }

    /// The folder of its file.
    pub fn folder(&self) -> &str {
        folder(&self.path)
    }

    /// Its configuration as JSON, in fly.toml's keys.
    pub fn config(&self) -> String {
        let mut config = self.effective.clone();
        config.take("gitops");
        config.to_json().to_string()
    }

    /// What came of everything, as YAML, with where each value came from behind it. The values of secrets are left out.
    pub fn with_origins(&self) -> String {
        let mut shown = self.effective.clone();
        let section = shown.as_map_mut().and_then(|map| map.get_mut("gitops"));
        let secrets = section.and_then(|section| section.node.as_map_mut()?.get_mut("secrets"));
        for secret in secrets.and_then(|secrets| secrets.node.as_map_mut()).into_iter().flat_map(Map::values_mut) {
            if let Some(value) = secret.node.as_map_mut().and_then(|map| map.get_mut("value")) {
                value.node.value = Value::Text("…".to_owned());
            }
        }
        emit::with_origins(&shown)
    }
}

/// The folder of a file.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// An app that can't even be called by its name.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Its file.
    pub file: String,
    /// What is wrong.
    pub diagnostics: Diagnostics,
}

/// What is known of an app's file.
pub(crate) struct Text<'t> {
    pub(crate) place: &'t Place,
    pub(crate) path: &'t str,
    pub(crate) source: Source,
    pub(crate) kind: Kind,
    /// What stands beside a Score file.
    pub(crate) beside: Option<Source>,
    /// What was found so far.
    pub(crate) found: Diagnostics,
}

/// Reads an app, and lays what projects say over and below it.
pub(crate) fn read(text: Text<'_>, projects: &[Arc<Project>]) -> Result<App, Broken> {
    let Text { place, path, source, kind, beside, mut found } = text;
    let file = source.name.clone();
    let source = Arc::new(source);
    let own = match kind {
        Kind::Fly => node::read(&source, &mut found),
        Kind::Score => Some(beside_score(&source, beside, &mut found)),
    };
    let Some(mut own) = own else { return Err(Broken { file, diagnostics: found }) };
    if let Some(lists) =
        own.as_map_mut().and_then(|map| map.get_mut("gitops")).and_then(|entry| entry.node.take("lists"))
    {
        let lists = settings::lists(&lists.node, &mut found);
        mark(&mut own, "", &lists);
    }
    let mut effective = merge(own, projects, &mut found);
    if kind == Kind::Score {
        let section = effective.take("gitops");
        effective.value = Value::Map(section.into_iter().map(|entry| ("gitops".to_owned(), entry)).collect());
    } else {
        flycd::lift(&mut effective, &mut found);
    }
    let settings = match effective.get("gitops") {
        Some(section) => settings::read(section, &mut found),
        None => Settings::default(),
    };
    let name = match kind {
        Kind::Fly => fly_name(&effective, &mut found),
        Kind::Score => score_name(&source, &settings, &mut found),
    };
    let Some(name) = name else { return Err(Broken { file, diagnostics: found }) };
    if kind == Kind::Fly {
        check(&effective, &mut found);
    }
    let projects = projects.iter().map(|project| project.name.clone()).collect();
    let place = place.clone();
    Ok(App { name, place, path: path.to_owned(), file, kind, projects, effective, settings, diagnostics: found })
}

/// Makes the substitutions of projects in the text of an app.
pub(crate) fn substitute(source: &mut Source, projects: &[Arc<Project>], found: &mut Diagnostics) {
    // An inner project's takes the place of an outer one's for the same pattern.
    let all: Vec<_> = projects.iter().flat_map(|project| &project.substitutions).collect();
    for (index, one) in all.iter().enumerate() {
        if all.iter().skip(index + 1).any(|later| later.pattern == one.pattern) {
            continue;
        }
        match one.apply(&source.text) {
            Some(text) => source.text = text,
            None => {
                let at = Origin { source: Arc::new(source.clone()), span: score_fly_core::source::Span::default() };
                let message = format!("the substitution of `{}` makes this file larger than 4 MiB", one.pattern);
                found.push(at.say(Code::InvalidTree, message).with_help("match less, or put less in its place"));
            }
        }
    }
}

/// Beside a Score file stands what there is to say beyond it.
fn beside_score(source: &Arc<Source>, beside: Option<Source>, found: &mut Diagnostics) -> Node {
    let origin = Origin { source: Arc::clone(source), span: score_fly_core::source::Span::default() };
    let mut own = Node::new(Value::Map(Map::new()), origin);
    if let Some(section) = beside.and_then(|beside| node::read(&Arc::new(beside), found)) {
        own.put("gitops", section);
    }
    own
}

/// Lays the parts over one another: defaults, the app, overrides, and what is final. Of several projects, the inner
/// one's part is laid over the outer one's; but what is final in an outer project stays.
fn merge(own: Node, projects: &[Arc<Project>], found: &mut Diagnostics) -> Node {
    fn fold<'p>(parts: impl Iterator<Item = Option<&'p Node>>, found: &mut Diagnostics) -> Option<Node> {
        let mut parts = parts.flatten().cloned();
        let mut all = parts.next()?;
        parts.for_each(|part| lay(&mut all, part, found));
        Some(all)
    }
    let defaults = fold(projects.iter().map(|project| project.defaults.as_ref()), found);
    let overrides = fold(projects.iter().map(|project| project.overrides.as_ref()), found);
    let last = fold(projects.iter().rev().map(|project| project.last.as_ref()), found);
    let mut effective = match defaults {
        Some(mut defaults) => {
            lay(&mut defaults, own, found);
            defaults
        }
        None => own,
    };
    for part in [overrides, last].into_iter().flatten() {
        lay(&mut effective, part, found);
    }
    effective
}

fn fly_name(effective: &Node, found: &mut Diagnostics) -> Option<String> {
    let help = "write `app: NAME`, or in TOML `app = \"NAME\"`";
    let Some(node) = effective.get("app") else {
        found.push(wrong(effective, "this app has no name", help));
        return None;
    };
    match node.as_str().filter(|name| is_app_name(name)) {
        Some(name) => Some(name.to_owned()),
        None => {
            let message = format!("{} can't be the name of an app", node.to_json());
            found.push(wrong(
                node,
                message,
                "it may have up to 63 of `a-z`, `0-9` and `-`, and begins with a letter or digit",
            ));
            None
        }
    }
}

fn score_name(source: &Arc<Source>, settings: &Settings, found: &mut Diagnostics) -> Option<String> {
    let loaded = Loaded::read(Input::new(source));
    found.extend(loaded.diagnostics());
    let mut unused = Diagnostics::new();
    let document = node::read(source, &mut unused)?;
    let name = document.get("metadata")?.get("name")?.as_str()?;
    let name = format!("{}{name}", settings.app_prefix.as_deref().unwrap_or_default());
    if !is_app_name(&name) {
        let message = format!("`{name}` can't be the name of an app");
        found.push(wrong(document.get("metadata")?.get("name")?, message, "look at `app_prefix` and `metadata.name`"));
        return None;
    }
    Some(name)
}

/// Has Fly's rules looked at.
fn check(effective: &Node, found: &mut Diagnostics) {
    let mut config = effective.clone();
    config.take("gitops");
    let emitted = emit::json(&config, "fly.json");
    let loaded = LoadedConfig::read(&emitted.source);
    for diagnostic in loaded.check(&LocalFiles::new()) {
        found.push(emitted.settle(diagnostic));
    }
}
