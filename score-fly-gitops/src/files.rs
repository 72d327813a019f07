//! The files of trees, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

/// Where files are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Where the tree begins: a folder of this machine, or the repository that holds the tree.
    Here,
    /// A repository.
    Git(Repository),
}

/// A repository, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// Its address.
    pub url: String,
    /// Which commit.
    pub reference: Reference,
}

/// Which commit of a repository is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum Reference {
    /// That of its usual branch.
    #[default]
    Head,
    /// The newest one of a branch.
    Branch(String),
    /// That of a tag.
    Tag(String),
    /// This one.
    Commit(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("its usual branch"),
            Self::Branch(name) => write!(f, "branch {name}"),
            Self::Tag(name) => write!(f, "tag {name}"),
            Self::Commit(id) => write!(f, "commit {id}"),
        }
    }
}

/// The files of one place, as far as they matter to a tree, by their paths with slashes.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// What stands before their paths for people: nothing, or the repository.
    pub name: String,
    /// The commit that they are at, if they are in a repository.
    pub commit: Option<String>,
    /// The files: their text, or why that can't be read.
    pub files: BTreeMap<String, Result<String, String>>,
    /// All folders that were looked into, with those that hold nothing of interest.
    pub folders: BTreeSet<String>,
}

/// All files that are known, and what became of those that could not be had.
#[derive(Debug, Clone, Default)]
pub struct Forest {
    /// By where they are; the error is a sentence without its end.
    pub trees: BTreeMap<Place, Result<Files, String>>,
    /// Folders outside of what was read at [`Place::Here`] that were asked for, and are not there.
    pub missing: BTreeSet<String>,
}

/// What is needed to go on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The files of a repository.
    Repository(Repository),
    /// The files in a folder at [`Place::Here`], and below it.
    Folder(String),
}

/// The names of files that a tree is made of.
pub const NAMES: [&str; 7] = [APP_YAML, APP_TOML, SCORE, FLY, SETTINGS, PROJECT_YAML, PROJECT_TOML];

pub(crate) const APP_YAML: &str = "app.yaml";
pub(crate) const APP_TOML: &str = "app.toml";
pub(crate) const SCORE: &str = "score.yaml";
pub(crate) const FLY: &str = "fly.toml";
/// What there is to say about a Score file's app.
pub(crate) const SETTINGS: &str = "gitops.yaml";
pub(crate) const PROJECT_YAML: &str = "project.yaml";
pub(crate) const PROJECT_TOML: &str = "project.toml";

/// Folders that hold nothing of a tree.
pub const SKIPPED: [&str; 5] = [".git", ".actions", ".idea", ".vscode", ".score-fly"];

impl Files {
    pub(crate) fn get(&self, folder: &str, name: &str) -> Option<&Result<String, String>> {
        self.files.get(&join(folder, name))
    }

    /// The folders right below one.
    pub(crate) fn below(&self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
        let inside = self.folders.range(prefix.clone()..).take_while(|path| path.starts_with(&prefix));
        let direct = inside.filter(|path| {
            let rest = path.get(prefix.len()..).unwrap_or_default();
            !rest.is_empty() && !rest.contains('/') && !SKIPPED.contains(&rest) && rest != ".."
        });
        direct.cloned().collect()
    }
}

/// A path in a folder.
pub(crate) fn join(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        "/" => format!("/{name}"),
        _ => format!("{folder}/{name}"),
    }
}

/// `path` as it counts from `folder`, without `.` and with `..` only in front.
pub(crate) fn resolve(folder: &str, path: &str) -> String {
    let rooted = path.starts_with('/');
    let joined = if rooted { path.to_owned() } else { format!("{folder}/{path}") };
    let absolute = rooted || folder.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if absolute { format!("/{path}") } else { path }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn paths_count_from_their_folder() {
        for (folder, path, whole) in [
            ("", "a", "a"),
            ("a/b", "..", "a"),
            ("a/b", "../../..", ".."),
            ("a", "./c//d/", "a/c/d"),
            ("", ".", ""),
            ("a", "/x/../y", "/y"),
            ("/a", "../..", "/"),
        ] {
            assert_eq!(resolve(folder, path), whole, "{folder} {path}");
        }
    }
}
