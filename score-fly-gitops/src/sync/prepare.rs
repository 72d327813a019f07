//! An app with its files, in a folder of its own for the time of a deploy.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use score_fly_core::fly::LoadedConfig;
use score_fly_core::local::{LocalFile, LocalFiles};
use score_fly_core::secret::Secret;
use score_fly_core::{Input, Loaded, Source};
use score_fly_engine::{Environment, Root};
use tempfile::TempDir;

use crate::app::{App, Kind};
use crate::files::{Place, resolve};
use crate::read::{Cache, Commit, Gathered};
use crate::settings::{AppSource, SecretSource};

/// An app, ready to be planned or deployed.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The text of its file: fly.toml's keys as JSON, or a Score file.
    text: String,
    kind: Kind,
    /// The folder from which its files count.
    folder: String,
    /// The local files that it names, by their paths from where its source begins.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The values of its secrets.
    pub(super) secrets: BTreeMap<String, Secret<String>>,
    /// The commit of its source.
    pub(super) commit: Option<String>,
    /// Where its source is.
    pub(super) repository: Option<String>,
}

/// Where files of apps come from.
pub(super) struct Store<'s> {
    pub(super) root: &'s Root,
    pub(super) gathered: &'s Gathered,
    pub(super) cache: &'s Cache,
    pub(super) environment: &'s Environment,
}

/// A file that a machine is to have is not larger than that.
const LARGEST: u64 = 8 << 20;

impl Store<'_> {
    /// Gets all that an app needs.
    pub(super) fn prepare(&self, app: &App) -> Result<Prepared, Vec<String>> {
        let (secrets, missing) = self.secrets(app);
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut repository = None;
        let (commit, folder) = match &app.settings.source {
            AppSource::Git { repository: from, path } => {
                repository = Some(from.url.clone());
                let commit = self.cache.fetch(from).map_err(|error| {
                    vec![format!("{} of the repository `{}` can't be had: {error}", from.reference, from.url)]
                })?;
                (Some(commit), resolve("", path))
            }
            AppSource::Folder(path) => (self.gathered.commits.get(&app.place).cloned(), resolve(app.folder(), path)),
            _ => (self.gathered.commits.get(&app.place).cloned(), app.folder().to_owned()),
        };
        let text = match app.kind {
            Kind::Fly => fly_text(app)?,
            Kind::Score => self.score_text(app)?,
        };
        let source = Source::new(name(&app.kind), text.clone());
        let mut files = BTreeMap::new();
        let mut wrong = Vec::new();
        let mut get = |path: &str| match self.file(app, commit.as_ref(), &folder, path) {
            Ok(Some((place, bytes))) => {
                files.insert(place, bytes.clone());
                LocalFile::Content(bytes)
            }
            Ok(None) => LocalFile::Absent,
            Err(error) => {
                wrong.push(error.clone());
                LocalFile::Unreadable(error)
            }
        };
        let loaded_fly;
        let loaded_score;
        let mut needs = match app.kind {
            Kind::Fly => {
                loaded_fly = LoadedConfig::read(&source);
                loaded_fly.needs(LocalFiles::new())
            }
            Kind::Score => {
                loaded_score = Loaded::read(Input::new(&source));
                loaded_score.needs(LocalFiles::new())
            }
        };
        while let Some(path) = needs.next().map(|need| need.path.clone()) {
            let file = get(&path);
            needs.give(path, file);
        }
        drop(needs);
        for path in &app.settings.outputs {
            if get(path) == LocalFile::Absent {
                return Err(vec![format!("there is no file `{path}` with outputs")]);
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        // What stands in the tree is known by its content; a commit says something only of another repository.
        let commit = commit.filter(|_| repository.is_some()).map(|commit| commit.id);
        Ok(Prepared { text, kind: app.kind.clone(), folder, files, secrets, commit, repository })
    }

    fn secrets(&self, app: &App) -> (BTreeMap<String, Secret<String>>, Vec<String>) {
        let (mut secrets, mut missing) = (BTreeMap::new(), Vec::new());
        for (name, from) in &app.settings.secrets {
            let value = match from {
                SecretSource::Value(value) => Some(value.clone()),
                SecretSource::Env(variable) => {
                    let value = self.environment.variable(variable).and_then(|value| value.to_str());
                    if value.is_none() {
                        missing.push(format!("the environment has no variable {variable}, for the secret `{name}`"));
                    }
                    value.map(str::to_owned)
                }
            };
            secrets.extend(value.map(|value| (name.clone(), Secret::new(value))));
        }
        (secrets, missing)
    }

    fn score_text(&self, app: &App) -> Result<String, Vec<String>> {
        let text = self.gathered.tree.texts.iter().find(|text| text.name == app.file);
        text.map(|text| text.text.clone()).ok_or_else(|| vec![format!("`{}` is not there any more", app.file)])
    }

    /// A file of an app's source, and where it is there.
    fn file(
        &self,
        app: &App,
        commit: Option<&Commit>,
        folder: &str,
        path: &str,
    ) -> Result<Option<(String, Vec<u8>)>, String> {
        let whole = resolve(folder, path);
        if whole.starts_with('/') || whole == ".." || whole.starts_with("../") {
            return Err(format!("the file `{path}` lies outside of the tree"));
        }
        if let Some(commit) = commit {
            return Ok(self.cache.file(commit, &whole)?.map(|bytes| (whole, bytes)));
        }
        if app.place != Place::Here {
            return Err(format!("the repository of `{path}` is not known"));
        }
        let real = self.root.at(Path::new(&whole));
        match fs::metadata(&real) {
            Ok(file) if !file.is_file() => Err(format!("`{whole}` is no file")),
            Ok(file) if file.len() > LARGEST => Err(format!("the file `{whole}` is larger than 8 MiB")),
            Ok(_) => fs::read(&real)
                .map(|bytes| Some((whole, bytes)))
                .map_err(|error| format!("cannot read `{path}`: {error}")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read `{path}`: {error}")),
        }
    }
}

fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Fly => "fly.json",
        Kind::Score => "score.yaml",
    }
}

/// The text of an app in fly.toml's keys, with the image that it has.
fn fly_text(app: &App) -> Result<String, Vec<String>> {
    let mut config: serde_json::Value = serde_json::from_str(&app.config()).unwrap_or_default();
    if let (AppSource::Image(image), Some(table)) = (&app.settings.source, config.as_object_mut()) {
        table.insert("build".to_owned(), serde_json::json!({ "image": image }));
    }
    let image = config.pointer("/build/image").and_then(serde_json::Value::as_str).unwrap_or_default();
    if image.is_empty() {
        return Err(vec![
            "nothing names its image, and none is built here: have it built and pushed elsewhere, and name it as \
             `build.image`, best by its digest"
                .to_owned(),
        ]);
    }
    Ok(config.to_string())
}

impl Prepared {
    /// Writes everything into a folder, which goes when the answer does. Gives the folder in which the app is, and its
    /// file there.
    pub(super) fn write(&self) -> std::io::Result<(TempDir, PathBuf, PathBuf)> {
        let all = tempfile::Builder::new().prefix("score-fly-").tempdir()?;
        let inside =
            if self.folder.starts_with('/') || self.folder.starts_with("..") { "" } else { self.folder.as_str() };
        let folder = all.path().join(inside);
        fs::create_dir_all(&folder)?;
        for (path, bytes) in &self.files {
            let path = all.path().join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, bytes)?;
        }
        let file = PathBuf::from(name(&self.kind));
        fs::write(folder.join(&file), &self.text)?;
        Ok((all, folder, file))
    }
}
