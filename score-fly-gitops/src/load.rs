//! From the files of a tree to its apps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use score_fly_core::diagnostic::{Code, Levels, Location};
use score_fly_core::pointer::Path;
use score_fly_core::source::Span;
use score_fly_core::{Diagnostic, Diagnostics, Source};

use crate::app::{self, App, Broken, Kind, Text, folder};
use crate::files::{
    APP_TOML, APP_YAML, FLY, Files, Forest, Need, PROJECT_TOML, PROJECT_YAML, Place, Repository, SCORE, SETTINGS, join,
    resolve,
};
use crate::order;
use crate::project::{self, Project, ProjectSource, whole_path};
use crate::settings::AppSource;

/// A tree: all that came of its files.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Tree {
    /// Its name: that of the only project in which all others stand.
    pub name: Option<String>,
    /// The apps by name.
    pub apps: Vec<App>,
    /// Apps that can't even be called by their names.
    pub broken: Vec<Broken>,
    /// The projects, in the order in which they were found.
    pub projects: Vec<Arc<Project>>,
    /// What was found in projects, and in the tree as a whole.
    pub diagnostics: Diagnostics,
    /// What is missing to go on: once it is there, load the tree again.
    pub needs: BTreeSet<Need>,
    /// All texts, into which diagnostics point.
    pub texts: Vec<Source>,
}

impl Tree {
    /// Whether all of it is known. If not, nobody knows which apps there are to be, and none may be taken away.
    pub fn is_whole(&self) -> bool {
        self.needs.is_empty()
            && self.broken.is_empty()
            && !self.diagnostics.has_errors()
            && self.apps.iter().all(App::is_sound)
    }

    /// With what is to be silenced, and what is to be an error. Comments in the files have their say, too.
    #[must_use]
    pub fn with_levels(mut self, levels: &Levels) -> Self {
        let parts = self.apps.iter_mut().map(|app| &mut app.diagnostics);
        let parts = parts.chain(self.broken.iter_mut().map(|broken| &mut broken.diagnostics));
        for found in parts.chain([&mut self.diagnostics]).filter(|found| !found.is_empty()) {
            let names: BTreeSet<String> =
                found.iter().filter_map(|one| one.location.as_ref()).map(|at| at.source.clone()).collect();
            levels.settle(found, self.texts.iter().filter(|text| names.contains(&text.name)));
        }
        self
    }

    /// Whether there may be secrets in a text, so that none of its lines are to be shown.
    pub fn may_hold_secrets(text: &Source) -> bool {
        text.text.contains("secrets")
    }

    /// The app of that name.
    pub fn app(&self, name: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.name == name)
    }

    /// The repositories that the tree refers to, and by which files.
    pub fn repositories(&self) -> BTreeMap<Repository, BTreeSet<String>> {
        let mut all: BTreeMap<Repository, BTreeSet<String>> = BTreeMap::new();
        for project in &self.projects {
            if let ProjectSource::Git { repository, .. } = &project.source {
                all.entry(repository.clone()).or_default().insert(project.file.clone());
            }
        }
        for app in &self.apps {
            if let AppSource::Git { repository, .. } = &app.settings.source {
                all.entry(repository.clone()).or_default().insert(app.file.clone());
            }
        }
        all
    }
}

/// Projects in projects go no deeper than that.
const MOST_PROJECTS: usize = 32;

/// Loads a tree from what is known of its files. It begins at [`Place::Here`], in the folder `start` or with the file
/// of that path. What else it needs is among its needs.
pub fn load(forest: &Forest, start: &str) -> Tree {
    let mut walk =
        Walk { forest, tree: Tree::default(), files: BTreeSet::new(), projects: BTreeMap::new(), outermost: 0 };
    let name = start.rsplit('/').next().unwrap_or_default();
    let here = Place::Here;
    if [APP_YAML, APP_TOML, SCORE, FLY, PROJECT_YAML, PROJECT_TOML].contains(&name) {
        let level = Level { only: Some(name), ..Level::default() };
        walk.level(&here, folder(start), &[], level, None);
    } else {
        walk.level(&here, start, &[], Level::default(), None);
    }
    let Walk { mut tree, .. } = walk;
    tree.apps.sort_by(|one, other| one.name.cmp(&other.name));
    order::check(&mut tree.apps);
    tree
}

struct Walk<'f> {
    forest: &'f Forest,
    tree: Tree,
    /// The files that were read, so that circles end.
    files: BTreeSet<(Place, String)>,
    /// The names of projects, and where they stand.
    projects: BTreeMap<String, Location>,
    /// How many projects stand in no other.
    outermost: usize,
}

/// What is in a folder and below it.
#[derive(Default)]
struct Level<'n> {
    /// Only the file of this name counts, and no folders.
    only: Option<&'n str>,
    projects: Vec<String>,
    apps: Vec<String>,
}

impl Walk<'_> {
    /// Visits what is in a folder and below it: projects first, so that an app that can be reached by way of one
    /// belongs to it.
    fn level(
        &mut self,
        place: &Place,
        start: &str,
        chain: &[Arc<Project>],
        mut level: Level<'_>,
        asked: Option<&Source>,
    ) {
        let forest = self.forest;
        let files = match forest.trees.get(place) {
            Some(Ok(files)) => files,
            Some(Err(error)) => return self.missing(place, error, asked),
            None => {
                let need = match place {
                    Place::Here => Need::Folder(start.to_owned()),
                    Place::Git(repository) => Need::Repository(repository.clone()),
                };
                self.tree.needs.insert(need);
                return;
            }
        };
        if !files.folders.contains(start) {
            let is_outside = start == ".." || start.starts_with("../") || start.starts_with('/');
            if *place == Place::Here && !forest.missing.contains(start) {
                self.tree.needs.insert(Need::Folder(start.to_owned()));
            } else {
                let what =
                    if is_outside && *place != Place::Here { "leads out of the repository" } else { "is not there" };
                self.say(asked, format!("the folder `{}` {what}", whole_path(&files.name, start)));
            }
            return;
        }
        collect(files, start, &mut level);
        for path in level.projects {
            self.project(place, files, &path, chain);
        }
        for path in level.apps {
            self.app(place, files, &path, chain);
        }
    }

    fn missing(&mut self, place: &Place, error: &str, asked: Option<&Source>) {
        let what = match place {
            Place::Here => "the tree".to_owned(),
            Place::Git(Repository { url, reference }) => format!("{reference} of the repository `{url}`"),
        };
        self.say(asked, format!("{what} can't be had: {error}"));
    }

    /// Says something about a project's source, or about the tree.
    fn say(&mut self, asked: Option<&Source>, message: String) {
        let diagnostic = Diagnostic::new(Code::InvalidTree, &Path::ROOT, message);
        self.tree.diagnostics.push(match asked {
            Some(source) => diagnostic.in_source(source, Span::default()),
            None => diagnostic,
        });
    }

    /// The text of a file, if it can be read and was not read before.
    fn text(&mut self, place: &Place, files: &Files, path: &str) -> Option<Source> {
        if !self.files.insert((place.clone(), path.to_owned())) {
            return None;
        }
        let name = whole_path(&files.name, path);
        match files.files.get(path)? {
            Ok(text) => Some(Source::new(name, text.clone())),
            Err(reason) => {
                let diagnostic =
                    Diagnostic::new(Code::UnreadableFile, &Path::ROOT, format!("cannot read `{name}`: {reason}"));
                self.tree.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn project(&mut self, place: &Place, files: &Files, path: &str, chain: &[Arc<Project>]) {
        let Some(source) = self.text(place, files, path) else { return };
        self.tree.texts.push(source.clone());
        let source = Arc::new(source);
        let Some(project) = project::read(&source, place, &mut self.tree.diagnostics) else { return };
        let at = Location::new(&source, Span::default());
        if let Some(first) = self.projects.get(&project.name) {
            let message = format!("the project `{}` is there already, and only the first one counts", project.name);
            let diagnostic = Diagnostic::new(Code::ShadowedApp, &Path::ROOT, message)
                .in_source(&source, Span::default())
                .with_related_in(first.clone(), "this is the first one");
            self.tree.diagnostics.push(diagnostic);
            return;
        }
        self.projects.insert(project.name.clone(), at);
        if chain.len() >= MOST_PROJECTS {
            self.say(
                Some(&source),
                format!("projects stand in one another {MOST_PROJECTS} times, and that is deep enough"),
            );
            return;
        }
        let project = Arc::new(project);
        self.tree.projects.push(Arc::clone(&project));
        if chain.is_empty() {
            self.outermost += 1;
            self.tree.name = Some(project.name.clone()).filter(|_| self.outermost == 1);
        }
        let mut chain = chain.to_vec();
        chain.push(Arc::clone(&project));
        match &project.source {
            ProjectSource::Folder(to) => {
                self.level(place, &resolve(folder(path), to), &chain, Level::default(), Some(&source));
            }
            ProjectSource::Git { repository, path } => {
                let place = Place::Git(repository.clone());
                self.level(&place, &resolve("", path), &chain, Level::default(), Some(&source));
            }
        }
    }

    fn app(&mut self, place: &Place, files: &Files, path: &str, chain: &[Arc<Project>]) {
        let Some(mut source) = self.text(place, files, path) else { return };
        let kind = if path.ends_with(SCORE) { Kind::Score } else { Kind::Fly };
        let beside = match kind {
            Kind::Score => {
                let beside = self.text(place, files, &join(folder(path), SETTINGS));
                self.tree.texts.extend(beside.clone());
                beside
            }
            Kind::Fly => None,
        };
        let mut found = Diagnostics::new();
        if kind == Kind::Fly {
            app::substitute(&mut source, chain, &mut found);
        }
        let shown = source.clone();
        self.tree.texts.push(source.clone());
        let app = match app::read(Text { place, path, source, kind, beside, found }, chain) {
            Ok(app) => app,
            Err(broken) => return self.tree.broken.push(broken),
        };
        if let Some(first) = self.tree.apps.iter_mut().find(|first| first.name == app.name) {
            let message =
                format!("the app `{}` is there already, in {}, and only the first one counts", app.name, first.file);
            let diagnostic = Diagnostic::new(Code::ShadowedApp, &Path::ROOT, message)
                .in_source(&shown, Span::default())
                .with_help("give one of them another name");
            first.diagnostics.push(diagnostic);
            return;
        }
        self.tree.apps.push(app);
    }
}

/// Finds the files of projects and apps in a folder and below it, in the order of their paths.
fn collect(files: &Files, start: &str, level: &mut Level<'_>) {
    let mut open = vec![start.to_owned()];
    while let Some(folder) = open.pop() {
        let has = |name: &str| files.get(&folder, name).is_some() && level.only.is_none_or(|only| only == name);
        level
            .projects
            .extend([PROJECT_YAML, PROJECT_TOML].iter().filter(|name| has(name)).map(|name| join(&folder, name)));
        // What is made for the whole comes before what it may be made from.
        let app = [APP_YAML, APP_TOML, SCORE, FLY].iter().find(|name| has(name));
        level.apps.extend(app.map(|name| join(&folder, name)));
        if level.only.is_some() {
            continue;
        }
        let below = files.below(&folder);
        let projects = join(&folder, "projects");
        if below.contains(&projects) {
            open.push(projects);
        } else {
            open.extend(below.into_iter().rev());
        }
    }
}
