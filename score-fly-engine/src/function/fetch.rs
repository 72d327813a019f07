//! Runtimes from wherever they are.

use std::path::{Path, PathBuf};

use score_fly_core::Outcome;
use score_fly_runtime::{Files, Reference, Runtime};

use super::{FunctionError, folder};
use crate::git::Git;
use crate::root::Root;
use crate::web;

/// A runtime as it was found.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The runtime, and what is wrong with it.
    pub(crate) runtime: Outcome<Runtime>,
    /// Its files; none if it is built in.
    pub(crate) files: Files,
    /// The commit at which it was taken, if it is from git.
    pub(crate) commit: Option<String>,
    /// The commit that the reference is at now, if that is another one.
    pub(crate) moved: Option<String>,
}

/// Fetches a runtime. A folder counts from `base`; from git, it is taken at `commit` if one is given.
pub(crate) fn fetch(
    git: Git<'_>,
    reference: &Reference,
    base: &Path,
    commit: Option<&str>,
) -> Result<Fetched, FunctionError> {
    match reference {
        Reference::Builtin(name) => {
            let files = Files::new(name.as_str());
            Ok(Fetched { runtime: Runtime::builtin(name), files, commit: None, moved: None })
        }
        Reference::Folder(path) => {
            let shown = base.join(path);
            let files = folder::read(&git.root.at(&shown), &shown, &is_own)?;
            Ok(Fetched { runtime: Runtime::read(&files), files, commit: None, moved: None })
        }
        Reference::Git { repository, reference, path } => {
            let shown = web::printable(repository);
            let failed = |reason| FunctionError::Git { repository: shown.clone(), reason };
            let checked_out = git.check_out(repository, reference.as_deref(), commit).map_err(failed)?;
            let path = path.as_deref().unwrap_or_default();
            let folder = checked_out.folder.path().join(path);
            if !folder.is_dir() {
                return Err(FunctionError::NotInRepository { path: path.to_owned(), repository: shown });
            }
            let name = PathBuf::from(web::printable(repository)).join(path);
            let files = folder::read(&folder, &name, &is_own)?;
            let tip = checked_out.tip;
            let moved = commit.is_some_and(|commit| commit != tip).then(|| tip.clone());
            let commit = commit.map_or(tip, str::to_owned);
            Ok(Fetched { runtime: Runtime::read(&files), files, commit: Some(commit), moved })
        }
    }
}

/// Whether something in the folder of a runtime is part of it.
fn is_own(path: &str) -> bool {
    path != ".git"
}

/// How a function in `function` calls a runtime that is called so in the folder in which all happens.
pub(crate) fn reference_from(root: &Root, function: &Path, reference: &Reference) -> Reference {
    match reference {
        Reference::Folder(path) if Path::new(path).is_relative() => {
            let way = root.way(function, Path::new(path));
            let is_plain = !way.starts_with('.') && !way.contains('/');
            Reference::Folder(if is_plain { format!("./{way}") } else { way })
        }
        other => other.clone(),
    }
}
