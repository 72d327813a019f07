//! Provisioner files in git repositories, by the git of the system: it knows how to log in.

use std::ffi::OsStr;
use std::path::{Component, Path};

use super::call::Surroundings;
use super::kind::Provisioner;
use super::local::from_path;
use crate::faults::{Faults, unreadable};
use crate::git::Git;
use crate::system::words;
use crate::web;

/// Fetches a file or folder at the head of a repository: `rest` is `host/repository.git/path`.
pub(super) fn fetch(scheme: &str, rest: &str, surroundings: Surroundings<'_>) -> Result<Vec<Provisioner>, Faults> {
    let shown = web::printable(&format!("git-{scheme}://{rest}"));
    let failed = |reason: &str| Faults::from(unreadable(&shown, reason));
    let Some((repository, path)) = split(rest) else {
        return Err(failed("the repository's name has to end in `.git`, and `/` and a path may follow"));
    };
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(failed("the path has to stay within the repository"));
    }
    fetch_from(&format!("{scheme}://{repository}"), path, &shown, surroundings)
}

/// What comes before and after the first `.git` that ends a part.
fn split(rest: &str) -> Option<(&str, &str)> {
    match rest.split_once(".git/") {
        Some((repository, path)) => Some((rest.get(..repository.len() + ".git".len())?, path.trim_end_matches('/'))),
        None => rest.strip_suffix(".git").map(|_| (rest, "")),
    }
}

/// Clones the head of `repository` for a moment, and reads `path` there.
fn fetch_from(
    repository: &str,
    path: &str,
    shown: &str,
    surroundings: Surroundings<'_>,
) -> Result<Vec<Provisioner>, Faults> {
    let failed = |reason: &str| Faults::from(unreadable(shown, reason));
    let folder = tempfile::tempdir().map_err(|error| failed(&words(&error)))?;
    let Surroundings { root, environment, cancel } = surroundings;
    let clone = ["clone", "--quiet", "--depth=1", "--no-tags", "--", repository].map(OsStr::new);
    let arguments: Vec<&OsStr> = clone.into_iter().chain([folder.path().as_os_str()]).collect();
    Git { root, environment, cancel }.run(&arguments).map_err(|reason| failed(&reason))?;
    let found = folder.path().join(path);
    // A link may lead out of the repository.
    let (Ok(root), Ok(real)) = (folder.path().canonicalize(), found.canonicalize()) else {
        return Err(failed(&format!("there is no `{path}` in it")));
    };
    if !real.starts_with(root) {
        return Err(failed("the path has to stay within the repository"));
    }
    from_path(&found, shown)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::{Surroundings, split};
    use crate::cancel::CancelToken;
    use crate::environment::Environment;
    use crate::faults::Faults;
    use crate::provisioner::Provisioner;
    use crate::root::Root;

    fn in_world<T>(next: impl FnOnce(Surroundings<'_>) -> T) -> T {
        let (root, cancel) = (Root::new("/"), CancelToken::new());
        let environment = Environment::new(std::env::vars_os());
        next(Surroundings { root: &root, environment: &environment, cancel: &cancel })
    }

    fn fetch(scheme: &str, rest: &str) -> Result<Vec<Provisioner>, Faults> {
        in_world(|surroundings| super::fetch(scheme, rest, surroundings))
    }

    fn fetch_from(repository: &str, path: &str, shown: &str) -> Result<Vec<Provisioner>, Faults> {
        in_world(|surroundings| super::fetch_from(repository, path, shown, surroundings))
    }

    #[test]
    fn finds_the_end_of_the_repository() {
        assert_eq!(split("host/a/b.git/c/d.yaml"), Some(("host/a/b.git", "c/d.yaml")));
        assert_eq!(split("host/b.git"), Some(("host/b.git", "")));
        assert_eq!(split("host/b.git/"), Some(("host/b.git", "")));
        assert_eq!(split("host/b/c.yaml"), None);
    }

    #[test]
    fn does_not_leave_the_repository() {
        let error = fetch("https", "host.invalid/a.git/../../etc").expect_err("an error");
        assert!(error.to_string().ends_with("the path has to stay within the repository"), "{error}");
    }

    fn git(folder: &Path, args: &[&str]) {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
        let status = Command::new("git").current_dir(folder).args(identity).args(args).status().expect("git");
        assert!(status.success());
    }

    #[test]
    fn reads_the_head_of_a_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("sub")).expect("a folder");
        let text = "- uri: static://cache\n  type: redis\n  values: {host: h}\n";
        fs::write(folder.path().join("sub/a.provisioners.yaml"), text).expect("a file");
        fs::write(folder.path().join("sub/README.md"), "not YAML: {").expect("a file");
        git(folder.path(), &["init", "--quiet"]);
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "--quiet", "-m", "Add"]);
        let url = format!("file://{}", folder.path().display());
        for path in ["sub", "sub/a.provisioners.yaml"] {
            let found = fetch_from(&url, path, "it").expect("provisioners");
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].id, "static://cache");
        }
        let error = fetch_from(&url, "other", "it").expect_err("an error");
        assert_eq!(error.to_string(), "cannot read `it`: there is no `other` in it");
        let error = fetch_from("file:///no/such/repository", "", "it").expect_err("an error");
        assert!(error.to_string().starts_with("cannot read `it`: fatal: "), "{error}");
    }
}
