//! The folder in which a use case works.

use std::path::{Component, Path, PathBuf};

use score_fly_core::convert::Paths;

use crate::env_name::EnvName;

/// Where a project keeps its state.
pub(crate) const PROJECT_STATE: &str = ".score-fly/state.yaml";

/// The folder with those of its environments.
pub(crate) const ENVS: &str = ".score-fly/envs";

/// The folder in which a use case works: paths that it is given count from there, wherever the process runs.
/// It is also where `fly deploy` is to run, so paths in fly.toml count from there as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    path: PathBuf,
    /// Without links, to see that a path in full leads here by another way.
    real: PathBuf,
    env: Option<EnvName>,
}

impl Root {
    /// Works in `folder`, which is a path in full: another one would count from wherever the process runs.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let path = folder.into();
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        Self { path, real, env: None }
    }

    /// Works in an environment of the project in that folder, and not in the project itself.
    #[must_use]
    pub fn in_env(self, env: Option<EnvName>) -> Self {
        Self { env, ..self }
    }

    /// The environment.
    pub fn env(&self) -> Option<&EnvName> {
        self.env.as_ref()
    }

    /// Where the state of the project, or of its environment, is kept.
    pub(crate) fn state(&self) -> PathBuf {
        match &self.env {
            None => PathBuf::from(PROJECT_STATE),
            Some(env) => Path::new(ENVS).join(env.as_str()).join("state.yaml"),
        }
    }

    /// Where files are written unless somebody names a folder: here, or in a folder that is called as the
    /// environment.
    pub(crate) fn output(&self) -> PathBuf {
        self.env.as_ref().map(|env| PathBuf::from(env.as_str())).unwrap_or_default()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where to find what is known as `path`.
    pub fn at(&self, path: &Path) -> PathBuf {
        self.path.join(path)
    }

    /// What `fly deploy`, run in this folder, needs to know about a Score file in `score` and a fly.toml
    /// in `toml` (both folders).
    ///
    /// All of it is computed from how the paths are written, without asking the file system: flyctl
    /// joins paths in the same way.
    pub(crate) fn relate(&self, score: &Path, toml: &Path) -> Paths {
        let work = &self.real;
        let (score, toml) = (normal(work, score), normal(work, toml));
        Paths {
            score_from_work: relative(work, &score),
            score_from_toml: relative(&toml, &score),
            toml_from_work: relative(work, &toml),
        }
    }

    /// The way from one folder to another, as they are known here, with slashes; empty if they are the same.
    #[cfg(feature = "functions")]
    pub(crate) fn way(&self, from: &Path, to: &Path) -> String {
        relative(&normal(&self.real, from), &normal(&self.real, to))
    }

    /// Whether there is a project in it, or something that may be one.
    #[cfg(not(feature = "project"))]
    pub(crate) fn has_project(&self) -> bool {
        let found = std::fs::symlink_metadata(self.at(&self.state()));
        found.map_or_else(|error| error.kind() != std::io::ErrorKind::NotFound, |_| true)
    }

    /// Whether two paths, as they are written, lead to the same place.
    #[cfg(feature = "project")]
    pub(crate) fn is_same(&self, one: &Path, other: &Path) -> bool {
        one == other || normal(&self.real, one) == normal(&self.real, other)
    }
}

/// The folder of a file; of a plain name, the one in which all happens.
pub(crate) fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// `path` as seen from `work`, without `.` and `..`.
fn normal(work: &Path, path: &Path) -> PathBuf {
    // A path in full may lead to the folder by way of links, which hides that they are
    // related. One that starts from here is kept as it is written.
    let path = match path.canonicalize() {
        Ok(real) if path.is_absolute() => real,
        _ => work.join(path),
    };
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The way from one folder to another, with slashes; empty if they are the same. Both are in full
/// and normal.
fn relative(from: &Path, to: &Path) -> String {
    let common = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    if common == 0 {
        return to.to_string_lossy().into_owned();
    }
    let up = from.components().skip(common).map(|_| "..".into());
    let down = to.components().skip(common).map(|component| component.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{normal, relative};

    #[test]
    fn finds_the_way() {
        for (from, to, way) in [
            ("/a/b", "/a/b", ""),
            ("/a/b", "/a/b/c/d", "c/d"),
            ("/a/b", "/a", ".."),
            ("/a/b/c", "/a/x", "../../x"),
            ("/", "/a", "a"),
            ("/a", "/", ".."),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), way, "{from} -> {to}");
        }
    }

    #[test]
    fn cleans_paths_as_they_are_written() {
        let work = Path::new("/no-such-folder/work");
        for (path, clean) in [
            ("", "/no-such-folder/work"),
            (".", "/no-such-folder/work"),
            ("./a/../b/", "/no-such-folder/work/b"),
            ("../x", "/no-such-folder/x"),
            ("../../../..", "/"),
            ("/no-such-folder/./y", "/no-such-folder/y"),
        ] {
            assert_eq!(normal(work, Path::new(path)), Path::new(clean), "{path}");
        }
    }
}
