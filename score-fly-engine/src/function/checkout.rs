//! Repositories of runtimes, at a commit.

use std::ffi::OsStr;

use tempfile::TempDir;

use crate::git::Git;
use crate::system::words;

impl Git<'_> {
    /// The files of a repository at a branch, a tag or a commit, or at its head, in a folder of their own; and
    /// which commit that is. If `at` is given, the files are those of that commit, but the answer is still which
    /// commit the reference is at.
    pub(crate) fn check_out(
        self,
        repository: &str,
        reference: Option<&str>,
        at: Option<&str>,
    ) -> Result<CheckedOut, String> {
        let folder = tempfile::tempdir().map_err(|error| words(&error))?;
        // A folder of templates could bring hooks.
        let init = ["init", "--quiet", "--template="].map(OsStr::new);
        self.run(&init.into_iter().chain([folder.path().as_os_str()]).collect::<Vec<_>>())?;
        let tip = match self.fetch(&folder, repository, reference.unwrap_or("HEAD")) {
            Err(_) if reference.is_some_and(is_hash) => {
                self.find(&folder, repository, reference.unwrap_or_default())?
            }
            fetched => fetched?,
        };
        if let Some(commit) = at.filter(|commit| **commit != tip) {
            let fetched = self.fetch(&folder, repository, commit).or_else(|_| self.find(&folder, repository, commit));
            fetched.map_err(|reason| format!("the recorded commit {commit} is not to be had: {reason}"))?;
        }
        // The same bytes on every system; and links as files, so that none leads anywhere.
        let commit = at.unwrap_or(&tip);
        let settings = ["-c", "core.autocrlf=false", "-c", "core.symlinks=false", "-c", "advice.detachedHead=false"];
        let checkout: Vec<&str> = settings.into_iter().chain(["checkout", "--quiet", "--detach", commit]).collect();
        self.within(&folder, &checkout)?;
        Ok(CheckedOut { folder, tip })
    }

    /// Fetches a reference or commit, and gives the commit that it is at.
    fn fetch(self, folder: &TempDir, repository: &str, reference: &str) -> Result<String, String> {
        self.within(folder, &["fetch", "--quiet", "--depth=1", "--no-tags", "--", repository, reference])?;
        self.commit(folder, "FETCH_HEAD")
    }

    /// Finds a commit that the server does not give by its hash: below whatever branch or tag it stands.
    fn find(self, folder: &TempDir, repository: &str, commit: &str) -> Result<String, String> {
        let is_shallow = folder.path().join(".git/shallow").exists();
        let mut fetch = vec!["fetch", "--quiet"];
        fetch.extend(is_shallow.then_some("--unshallow"));
        fetch.extend(["--", repository, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]);
        self.within(folder, &fetch)?;
        self.commit(folder, commit).map_err(|_| "it is below no branch and no tag".to_owned())
    }

    /// The commit that something stands for.
    fn commit(self, folder: &TempDir, name: &str) -> Result<String, String> {
        let commit = self.within(folder, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
        Ok(String::from_utf8_lossy(&commit).trim().to_owned())
    }

    fn within(self, folder: &TempDir, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let folder = [OsStr::new("-C"), folder.path().as_os_str()];
        let arguments = arguments.iter().map(OsStr::new);
        self.run(&folder.into_iter().chain(arguments).collect::<Vec<_>>())
    }
}

/// Whether a reference is a commit's full hash.
fn is_hash(reference: &str) -> bool {
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The files of a repository.
#[derive(Debug)]
pub(crate) struct CheckedOut {
    /// Where they are, until this is dropped.
    pub(crate) folder: TempDir,
    /// The commit that the reference is at.
    pub(crate) tip: String,
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::cancel::CancelToken;
    use crate::environment::Environment;
    use crate::git::Git;
    use crate::root::Root;

    fn in_world<T>(next: impl FnOnce(Git<'_>) -> T) -> T {
        let (root, cancel) = (Root::new("/"), CancelToken::new());
        let environment = Environment::new(std::env::vars_os());
        next(Git { root: &root, environment: &environment, cancel: &cancel })
    }

    #[expect(clippy::disallowed_methods, reason = "the repository is made by the test")]
    fn git(folder: &Path, args: &[&str]) -> String {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
        let mut command = std::process::Command::new("git");
        let output = command.current_dir(folder).args(identity).args(args).output().expect("git");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// Commits a text, and gives the commit.
    fn commit(folder: &Path, text: &str) -> String {
        fs::write(folder.join("a"), text).expect("a file");
        git(folder, &["add", "."]);
        git(folder, &["commit", "--quiet", "-m", text]);
        git(folder, &["rev-parse", "HEAD"])
    }

    #[test]
    fn takes_a_reference_a_commit_or_the_head() {
        let repository = tempfile::tempdir().expect("a folder");
        git(repository.path(), &["init", "--quiet"]);
        let one = commit(repository.path(), "one");
        git(repository.path(), &["tag", "-a", "v1", "-m", "v1"]);
        let two = commit(repository.path(), "two");
        let three = commit(repository.path(), "three");
        let url = format!("file://{}", repository.path().display());
        for (reference, at, text, tip) in [
            (None, None, "three", &three),
            (Some("main"), None, "three", &three),
            (Some("v1"), None, "one", &one),
            (Some(two.as_str()), None, "two", &two),
            (Some("main"), Some(two.as_str()), "two", &three),
            (Some("main"), Some(three.as_str()), "three", &three),
            (None, Some(one.as_str()), "one", &three),
        ] {
            let found = in_world(|git| git.check_out(&url, reference, at)).expect("it is there");
            assert_eq!(fs::read_to_string(found.folder.path().join("a")).expect("a file"), text);
            assert_eq!(&found.tip, tip);
        }
    }

    #[test]
    fn says_what_is_not_there() {
        let repository = tempfile::tempdir().expect("a folder");
        git(repository.path(), &["init", "--quiet"]);
        commit(repository.path(), "one");
        let url = format!("file://{}", repository.path().display());
        let error = |reference, at| in_world(|git| git.check_out(&url, reference, at)).expect_err("it is not there");
        assert!(error(Some("v9"), None).contains("v9"), "{}", error(Some("v9"), None));
        let gone = "0".repeat(39) + "1";
        let told = error(None, Some(&gone));
        assert!(told.starts_with(&format!("the recorded commit {gone} is not to be had: ")), "{told}");
        let none = in_world(|git| git.check_out("file:///no/such/repository", None, None)).expect_err("none");
        assert!(none.starts_with("fatal: "), "{none}");
    }
}
