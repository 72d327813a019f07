//! Which app is meant.

use std::path::{Path, PathBuf};

use score_fly_core::Loaded;

use super::context::Context;
use super::failure::AboutApp;
use super::fly_file::{FlyFile, FlyText, is_fly_file};
use super::inputs;
use super::project;
use super::report::Log;
use super::score_file::{ScoreFile, ScoreText};

/// Which app is meant, or which ones.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// The app's name.
    pub app: Option<String>,
    /// Files that say it: a fly.toml, or a Score file with the prefix below.
    pub files: Vec<PathBuf>,
    /// What stands before a workload's name in its app's. A project has its own.
    pub app_prefix: Option<String>,
}

/// The file of an app where nothing else is named.
const USUAL: &str = "fly.toml";

impl Which {
    /// The names of the apps: the one that is named; else those of the files; else that of the variable
    /// `FLY_APP`; else those of the project, or of `fly.toml`.
    pub(super) fn apps(&self, context: &Context<'_>, log: &mut Log<'_>) -> Option<Vec<String>> {
        if let Some(app) = &self.app {
            return Some(vec![app.clone()]);
        }
        let has_project = project::exists(context, log)?;
        if self.files.is_empty() {
            if let Some(app) = context.environment.text("FLY_APP") {
                return Some(vec![app]);
            }
            if has_project {
                let state = project::read(context, log)?;
                if !state.workloads.is_empty() {
                    return Some(state.workloads.keys().map(|name| format!("{}{name}", state.app_prefix)).collect());
                }
            } else if context.root.at(Path::new(USUAL)).is_file() {
                return self.of_file(context, Path::new(USUAL), "", log).map(|app| vec![app]);
            }
            log.fail(AboutApp::None);
            return None;
        }
        let prefix = if has_project { project::read(context, log)?.app_prefix } else { String::new() };
        let prefix = self.app_prefix.clone().unwrap_or(prefix);
        let mut apps = Vec::new();
        for path in &self.files {
            apps.push(self.of_file(context, path, &prefix, log));
        }
        apps.into_iter().collect()
    }

    /// The name of the one app that is meant.
    pub(super) fn app(&self, context: &Context<'_>, log: &mut Log<'_>) -> Option<String> {
        let mut apps = self.apps(context, log)?;
        if apps.len() > 1 {
            log.fail(AboutApp::Several { apps });
            return None;
        }
        apps.pop()
    }

    #[allow(clippy::unused_self, reason = "it reads as what it is")]
    fn of_file(&self, context: &Context<'_>, path: &Path, prefix: &str, log: &mut Log<'_>) -> Option<String> {
        let decoded = log.take(inputs::read(context, path))?;
        log.read(path);
        if is_fly_file(path, &decoded.source) {
            let text = FlyText::new(path, decoded);
            let file = FlyFile::load(context, &text);
            let app = file.config().and_then(|config| config.app.clone()).filter(|app| !app.is_empty());
            if app.is_none() {
                log.fail(AboutApp::NotInFile { path: path.to_owned() });
            }
            return app;
        }
        let text = ScoreText::new(path, decoded);
        let file = ScoreFile::load(context, &text, None);
        let Some(name) = file.name() else {
            let found = file.loaded.as_ref().map_or_else(|| file.undecodable(), Loaded::diagnostics);
            log.find(&found, || file.texts());
            return None;
        };
        Some(format!("{prefix}{name}"))
    }
}
