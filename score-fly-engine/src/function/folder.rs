//! Folders as data, and back.

use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use score_fly_runtime::{File, Files};

use super::FunctionError;
use crate::system::words;

/// More than that is no few files of code.
const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 256 << 20;

/// Reads the files of a folder: those in it and in the folders in it that `takes` wants, by their paths.
/// `shown` is how to call the folder.
pub(crate) fn read(folder: &Path, shown: &Path, takes: &dyn Fn(&str) -> bool) -> Result<Files, FunctionError> {
    let failed = |error: &io::Error| FunctionError::Io { act: "read", path: shown.to_owned(), reason: words(error) };
    if !fs::metadata(folder).map_err(|error| failed(&error))?.is_dir() {
        return Err(FunctionError::NoFolder { path: shown.to_owned() });
    }
    let real = folder.canonicalize().map_err(|error| failed(&error))?;
    let mut walk = Walk { shown, real, takes, files: Files::new(shown.to_string_lossy()), count: 0, bytes: 0 };
    walk.folder(folder, "")?;
    Ok(walk.files)
}

/// Reads those of these files of a folder that are there.
pub(crate) fn read_some(folder: &Path, shown: &Path, paths: &[&str]) -> Result<Files, FunctionError> {
    read(folder, shown, &|path| paths.contains(&path))
}

struct Walk<'w> {
    shown: &'w Path,
    real: PathBuf,
    takes: &'w dyn Fn(&str) -> bool,
    files: Files,
    count: usize,
    bytes: u64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<(), FunctionError> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<DirEntry>>>);
        let entries = entries.map_err(|error| self.failed(prefix, &error))?;
        for entry in entries {
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let path = self.shown.join(prefix).join(&name);
                return Err(FunctionError::Unusual { path, what: "has a name that is not text in UTF-8" });
            };
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            if (self.takes)(&path) {
                let kind = entry.file_type().map_err(|error| self.failed(&path, &error))?;
                self.entry(&entry.path(), &path, kind)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, at: &Path, path: &str, kind: FileType) -> Result<(), FunctionError> {
        if kind.is_dir() {
            return self.folder(at, path);
        }
        let metadata = fs::metadata(at).map_err(|error| self.failed(path, &error))?;
        if kind.is_symlink() {
            let real = at.canonicalize().map_err(|error| self.failed(path, &error))?;
            if metadata.is_dir() || !real.starts_with(&self.real) {
                return Err(self.unusual(path, "is a link that leads to a folder or out of this one"));
            }
        }
        if !metadata.is_file() {
            return Err(self.unusual(path, "is neither a file nor a folder"));
        }
        self.count += 1;
        self.bytes = self.bytes.saturating_add(metadata.len());
        let limit = match (self.count > MOST_FILES, self.bytes > MOST_BYTES) {
            (true, _) => "20,000 files",
            (_, true) => "256 MiB",
            _ => "",
        };
        if !limit.is_empty() {
            return Err(FunctionError::TooLarge { path: self.shown.to_owned(), limit });
        }
        let content = fs::read(at).map_err(|error| self.failed(path, &error))?;
        let file = File { content: content.into(), executable: is_executable(&metadata) };
        let inserted = self.files.insert(path, file);
        inserted.map_err(|_| self.unusual(path, "has a name that not every system can have"))
    }

    fn failed(&self, path: &str, error: &io::Error) -> FunctionError {
        FunctionError::Io { act: "read", path: self.shown.join(path), reason: words(error) }
    }

    fn unusual(&self, path: &str, what: &'static str) -> FunctionError {
        FunctionError::Unusual { path: self.shown.join(path), what }
    }
}

/// Writes files as a folder, which is there in full or not at all. One that is there is replaced.
pub(crate) fn write(folder: &Path, shown: &Path, files: &Files) -> Result<(), FunctionError> {
    let failed = |error: io::Error| FunctionError::Io { act: "write", path: shown.to_owned(), reason: words(&error) };
    write_whole(folder, files).map_err(failed)
}

fn write_whole(folder: &Path, files: &Files) -> io::Result<()> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    // Beside it, so that it can be put in place in one step.
    let unfinished = tempfile::Builder::new().prefix(".score-fly-").suffix(".tmp").tempdir_in(parent)?;
    let (new, old) = (unfinished.path().join("new"), unfinished.path().join("old"));
    make_folder(&new)?;
    for (path, file) in files.iter() {
        let path = new.join(path);
        for folder in path.ancestors().skip(1).collect::<Vec<_>>().into_iter().rev() {
            if !folder.exists() {
                make_folder(folder)?;
            }
        }
        fs::write(&path, &file.content)?;
        set_mode(&path, if file.executable { 0o755 } else { 0o644 })?;
    }
    match fs::rename(folder, &old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(&new, folder).inspect_err(|_| {
        // What was there is better than nothing.
        let _ = fs::rename(&old, folder);
    })
}

fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    set_mode(path, 0o755)
}

/// The same everywhere, whatever the umask is: whoever runs in the image must be able to read it.
#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use score_fly_runtime::{File, Files};

    use super::{read, write};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("a/context");
        let mut files = Files::new("shown");
        files.insert("x/y/z.txt", "z").expect("a path");
        files.insert("run.sh", File { content: b"#!/bin/sh\n".into(), executable: true }).expect("a path");
        write(&target, Path::new("shown"), &files).expect("it is written");
        assert_eq!(read(&target, Path::new("shown"), &|_| true).expect("it is read"), files);
        assert_eq!((mode(&target), mode(&target.join("x/y")), mode(&target.join("x/y/z.txt"))), (0o755, 0o755, 0o644));
        assert_eq!(mode(&target.join("run.sh")), 0o755);

        // The next one takes its place, and nothing else is left.
        let mut files = Files::new("shown");
        files.insert("other", "o").expect("a path");
        write(&target, Path::new("shown"), &files).expect("it is written");
        assert_eq!(read(&target, Path::new("shown"), &|_| true).expect("it is read"), files);
        assert_eq!(fs::read_dir(folder.path().join("a")).expect("a folder").count(), 1);
    }

    #[test]
    fn what_fails_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("file"), "f").expect("a file");
        let mut files = Files::new("shown");
        files.insert("a", "").expect("a path");
        write(&folder.path().join("file/context"), Path::new("shown"), &files).expect_err("a file is in the way");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1);
    }

    #[test]
    fn links_do_not_lead_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("function");
        fs::create_dir(&inside).expect("a folder");
        fs::write(inside.join("a"), "a").expect("a file");
        symlink("a", inside.join("b")).expect("a link");
        let files = read(&inside, Path::new("f"), &|_| true).expect("it is read");
        assert_eq!(files.get("b"), Some(&File::from("a")));

        fs::write(folder.path().join("secret"), "s").expect("a file");
        for target in ["../secret", "/etc/hostname", "../function"] {
            let link = inside.join("c");
            symlink(target, &link).expect("a link");
            let error = read(&inside, Path::new("f"), &|_| true).expect_err(target);
            assert!(error.to_string().starts_with("`f/c` is a link that leads "), "{error}");
            fs::remove_file(&link).expect("it is there");
        }
    }

    #[test]
    fn what_is_not_wanted_is_not_even_looked_at() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("node_modules")).expect("a folder");
        symlink("/", folder.path().join("node_modules/root")).expect("a link");
        fs::write(folder.path().join("a"), "a").expect("a file");
        let files = read(folder.path(), Path::new("f"), &|path| path != "node_modules").expect("it is read");
        assert_eq!(files.iter().count(), 1);
    }
}
