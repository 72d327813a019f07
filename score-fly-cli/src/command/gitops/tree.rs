//! What a tree says.

use std::path::PathBuf;

use clap::Args;
use score_fly_core::{Diagnostics, Source};
use score_fly_engine::ops::{Findings, Note, Quotable, Text};
use score_fly_gitops::{App, Begin, Cache, Gathered, Reference, Tree, gather};
use serde_json::{Value, json};

use super::TreeArgs;
use crate::args::Global;
use crate::exit::Exit;
use crate::process::Process;
use crate::table;
use crate::untrusted::clean;

/// Show what an app is to be, with where each value came from
///
/// That is its file, with what its projects lay below and over it, as YAML.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// The app, as it is called at Fly
    app: String,

    #[command(flatten)]
    tree: TreeArgs,

    /// Print JSON: one object, without where values came from
    #[arg(long)]
    json: bool,
}

/// List the repositories that a tree refers to, and the files that need them
#[derive(Debug, Args)]
pub(super) struct Repos {
    #[command(flatten)]
    tree: TreeArgs,

    /// Print JSON: an array
    #[arg(long)]
    json: bool,
}

impl TreeArgs {
    /// Loads the tree.
    pub(super) fn gather(&self, process: &Process) -> Gathered {
        let context = process.context();
        let cache = Cache::new(self.cache_folder(), context.environment, context.cancel);
        let Gathered { tree, commits } = gather(context.root, &Begin::Path(self.path.clone()), &cache);
        Gathered { tree: tree.with_levels(context.levels), commits }
    }

    pub(super) fn cache_folder(&self) -> PathBuf {
        let usual = || {
            let known = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
            let known = known.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
            known.unwrap_or_else(std::env::temp_dir).join("score-fly").join("git")
        };
        self.cache.clone().unwrap_or_else(usual)
    }
}

/// Shows what was found in some of a tree's texts.
pub(super) fn tell(process: &Process, diagnostics: &Diagnostics, texts: &[Source]) {
    if diagnostics.is_empty() {
        return;
    }
    let mentioned = |source: &&Source| {
        diagnostics.iter().any(|found| {
            let related = found.related.iter().filter_map(|related| related.location.as_ref());
            found.location.iter().chain(related).any(|at| at.source == source.name)
        })
    };
    let text = |source: &Source| {
        let quotable = if Tree::may_hold_secrets(source) { Quotable::None } else { Quotable::All };
        Text { source: source.clone(), is_file: true, quotable }
    };
    let texts = texts.iter().filter(mentioned).map(text).collect();
    process.context().observer.noted(&Note::Found(Findings { diagnostics: diagnostics.clone(), texts }));
}

/// Shows what was found in a tree, and in those of its apps.
pub(super) fn tell_all<'a>(process: &Process, tree: &Tree, apps: impl IntoIterator<Item = &'a App>) {
    let mut all = tree.diagnostics.clone();
    apps.into_iter().for_each(|app| all.extend(app.diagnostics.clone()));
    tree.broken.iter().for_each(|broken| all.extend(broken.diagnostics.clone()));
    tell(process, &all, &tree.texts);
}

/// Shows an app.
pub(super) fn render(args: &Render, global: Global) -> Exit {
    let process = Process::heeding(global);
    let tree = args.tree.gather(&process).tree;
    match tree.app(&args.app) {
        Some(app) => {
            tell(&process, &app.diagnostics, &tree.texts);
            if args.json {
                process.data(&format!("{:#}\n", view(app)));
            } else {
                process.data(&format!("# {}, from {}\n{}", app.name, clean(&app.file), app.with_origins()));
            }
        }
        None => {
            // What keeps it from being found may stand in any file.
            tell_all(&process, &tree, &tree.apps);
            process.fail(&format!("there is no app `{}` in this tree", args.app));
        }
    }
    process.finish()
}

fn view(app: &App) -> Value {
    json!({
        "app": app.name,
        "file": app.file,
        "projects": app.projects,
        "config": serde_json::from_str::<Value>(&app.config()).unwrap_or_default(),
        "gitops": app.settings,
    })
}

/// Lists repositories.
pub(super) fn repos(args: &Repos, global: Global) -> Exit {
    let process = Process::heeding(global);
    let tree = args.tree.gather(&process).tree;
    tell_all(&process, &tree, &tree.apps);
    let all = tree.repositories();
    if args.json {
        let rows = all.iter().map(|(repository, files)| {
            json!({
                "url": repository.url,
                "reference": reference(&repository.reference),
                "files": files,
            })
        });
        process.data(&format!("{:#}\n", rows.collect::<Value>()));
    } else if all.is_empty() {
        process.say("this tree refers to no repositories");
    } else {
        let rows: Vec<_> = all
            .iter()
            .map(|(repository, files)| {
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                [clean(&repository.url), clean(&reference(&repository.reference)), clean(&files.join(", "))]
            })
            .collect();
        process.data(&table::render(["REPOSITORY", "REFERENCE", "NEEDED BY"], &rows));
    }
    process.finish()
}

fn reference(reference: &Reference) -> String {
    match reference {
        Reference::Head => "HEAD".to_owned(),
        other => other.to_string(),
    }
}
