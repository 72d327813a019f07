//! Repositories, in bare caches that are fetched into.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use score_fly_engine::git::Git;
use score_fly_engine::{CancelToken, Environment, Root};
use sha2::{Digest, Sha256};

use super::disk::LARGEST;
use super::login::{Login, explain};
use crate::files::{Files, NAMES, Reference, Repository, SKIPPED};

/// Where repositories are kept. Each is fetched into, a commit deep, and never checked out.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    login: Login,
    cancel: CancelToken,
    /// One at a time works on a repository; other processes are kept out by a lock on a file.
    locks: Mutex<BTreeMap<String, Arc<Mutex<()>>>>,
}

/// A commit that is in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: String,
    folder: PathBuf,
}

/// A list of files is not longer than that.
const LONGEST_LIST: usize = 64 << 20;

/// All files of a tree in one repository are not larger than that.
const MOST: usize = 256 << 20;

impl Cache {
    /// A cache in this folder, which is made if need be. Git is started with this environment, and logs in with what
    /// its variables `SCORE_FLY_GIT_CREDENTIALS`, `SCORE_FLY_GIT_SSH_KEY` and `SCORE_FLY_GIT_KNOWN_HOSTS` hold.
    pub fn new(folder: impl Into<PathBuf>, environment: &Environment, cancel: &CancelToken) -> Self {
        let (folder, login, cancel) = (folder.into(), Login::new(environment), cancel.clone());
        Self { folder, login, cancel, locks: Mutex::default() }
    }

    /// Fetches what of a repository is meant, if it is not there yet.
    ///
    /// # Errors
    /// A sentence without its end, if git says so. There are no passwords in it.
    pub fn fetch(&self, repository: &Repository) -> Result<Commit, String> {
        let key = digest(&repository.url);
        let lock =
            Arc::clone(self.locks.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default());
        let _alone = lock.lock().unwrap_or_else(PoisonError::into_inner);
        fs::create_dir_all(&self.folder)
            .map_err(|error| format!("{} can't be made: {error}", self.folder.display()))?;
        let guard = File::create(self.folder.join(format!("{key}.lock"))).and_then(|file| file.lock().map(|()| file));
        let _alone_of_all = guard.map_err(|error| format!("{} can't be locked: {error}", self.folder.display()))?;
        let folder = self.folder.join(format!("{key}.git"));
        if self.git(&folder, &["rev-parse", "--git-dir"]).is_err() {
            // None, or one that was left half-made.
            let _ = fs::remove_dir_all(&folder);
            let path = folder.to_string_lossy();
            self.git(&self.folder, &["init", "--quiet", "--bare", "--template=", &path])?;
        }
        let local = format!("refs/score-fly/{}", digest(&format!("{:?}", repository.reference)));
        let remote = match &repository.reference {
            Reference::Head => "HEAD".to_owned(),
            Reference::Branch(name) => format!("refs/heads/{name}"),
            Reference::Tag(name) => format!("refs/tags/{name}"),
            Reference::Commit(id) => {
                if let Ok(id) = self.commit(&folder, id) {
                    return Ok(Commit { id, folder });
                }
                id.clone()
            }
        };
        let url = self.login.address(&repository.url)?;
        let spec = format!("+{remote}:{local}");
        let arguments = ["fetch", "--quiet", "--depth", "1", "--no-tags", "--no-write-fetch-head", "--", &url, &spec];
        self.git(&folder, &arguments).map_err(|error| explain(&error, &repository.url))?;
        let id = self.commit(&folder, &local)?;
        Ok(Commit { id, folder })
    }

    fn commit(&self, folder: &Path, name: &str) -> Result<String, String> {
        let id = self.git(folder, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
        Ok(String::from_utf8_lossy(&id).trim().to_owned())
    }

    /// Reads what of a commit matters to a tree.
    ///
    /// # Errors
    /// If git says so, or there is too much.
    pub fn files(&self, commit: &Commit, name: &str) -> Result<Files, String> {
        let mut files = Files { name: name.to_owned(), commit: Some(commit.id.clone()), ..Files::default() };
        files.folders.insert(String::new());
        let mut wanted = Vec::new();
        for Listed { mode, id, path } in self.list(commit, "")? {
            let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
            if folders.clone().any(|folder| SKIPPED.contains(&folder.rsplit('/').next().unwrap_or_default())) {
                continue;
            }
            files.folders.extend(folders.map(str::to_owned));
            // A link is a file with a path in it.
            let is_file = mode == "100644" || mode == "100755";
            if is_file && NAMES.contains(&path.rsplit('/').next().unwrap_or_default()) {
                wanted.push((path, id));
            }
        }
        let ids: Vec<&str> = wanted.iter().map(|(_, id)| id.as_str()).collect();
        let contents = self.read(commit, &ids)?;
        for ((path, _), content) in wanted.into_iter().zip(contents) {
            let text = match content {
                Some(bytes) if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST => {
                    Err("it is larger than 4 MiB".to_owned())
                }
                Some(bytes) => String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned()),
                None => Err("git does not have it".to_owned()),
            };
            files.files.insert(path, text);
        }
        Ok(files)
    }

    /// The content of a file, if it is one: no link, and no folder.
    ///
    /// # Errors
    /// If git says so.
    pub fn file(&self, commit: &Commit, path: &str) -> Result<Option<Vec<u8>>, String> {
        let listed = self.list(commit, path)?;
        let Some(found) = listed.into_iter().find(|listed| listed.path == path && listed.mode.starts_with("100"))
        else {
            return Ok(None);
        };
        Ok(self.read(commit, &[&found.id])?.pop().flatten())
    }

    /// What tells a folder's content at a commit from any other; nothing if there is no such folder.
    pub fn folder_id(&self, commit: &Commit, path: &str) -> Option<String> {
        let id =
            self.git(&commit.folder, &["rev-parse", "--verify", "--quiet", &format!("{}:{path}", commit.id)]).ok()?;
        Some(String::from_utf8_lossy(&id).trim().to_owned())
    }

    fn list(&self, commit: &Commit, path: &str) -> Result<Vec<Listed>, String> {
        let mut arguments = vec!["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", &commit.id];
        if !path.is_empty() {
            arguments.extend(["--", path]);
        }
        let printed = self.git_with(&commit.folder, &arguments, Vec::new(), LONGEST_LIST)?;
        let text = String::from_utf8_lossy(&printed);
        let listed = text.split('\0').filter_map(|line| {
            let (about, path) = line.split_once('\t')?;
            let mut words = about.split(' ');
            let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
            Some(Listed { mode: mode.to_owned(), id: id.to_owned(), path: path.to_owned() })
        });
        Ok(listed.collect())
    }

    /// The contents of blobs, in the order of their ids.
    fn read(&self, commit: &Commit, ids: &[&str]) -> Result<Vec<Option<Vec<u8>>>, String> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let input: String = ids.iter().flat_map(|id| [*id, "\n"]).collect();
        let printed = self.git_with(&commit.folder, &["cat-file", "--batch"], input.into_bytes(), MOST)?;
        let mut rest = printed.as_slice();
        let mut contents = Vec::new();
        for _ in ids {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or("git answered too little")?;
            let (head, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let head = String::from_utf8_lossy(head);
            let Some(size) = head.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok()) else {
                contents.push(None);
                continue;
            };
            contents.push(Some(rest.get(..size).ok_or("git answered too little")?.to_vec()));
            rest = rest.get(size + 1..).unwrap_or_default();
        }
        Ok(contents)
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
        self.git_with(folder, arguments, Vec::new(), 1 << 20)
    }

    fn git_with(&self, folder: &Path, arguments: &[&str], input: Vec<u8>, most: usize) -> Result<Vec<u8>, String> {
        if !folder.is_dir() {
            return Err("it is not there".to_owned());
        }
        let root = Root::new(folder);
        let git = Git { root: &root, environment: self.login.environment(), cancel: &self.cancel };
        // Without this, git would take a repository further up for a bare one that is broken.
        let mut all: Vec<&OsStr> = Vec::new();
        if folder.extension().is_some_and(|extension| extension == "git") {
            all.push(OsStr::new("--git-dir=."));
        }
        all.extend(arguments.iter().map(OsStr::new));
        git.run_with(&all, input, most)
    }
}

#[derive(Debug)]
struct Listed {
    mode: String,
    id: String,
    path: String,
}

/// A name for a file that is made of a text.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
