//! Writing files so that they are there in full or not at all: what a workload becomes, the state of a
//! project, and all else that score-fly writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever may read the file that it replaces, or a new file.
    Usual,
    /// Its owner, from the moment at which it is created.
    Owner,
}

/// A file that is written, and not yet under its name. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Staged(Target);

/// How the names of files begin and end that are not complete yet.
const UNFINISHED: (&str, &str) = (".score-fly-", ".tmp");

#[derive(Debug)]
enum Target {
    /// A complete file next to the one that it becomes.
    File { written: TempPath, path: PathBuf },
    /// A pipe or a device: nothing that a file could be put in place of.
    Stream { file: File, content: Vec<u8> },
}

impl Staged {
    /// Writes `content` next to `path`, and makes the folders above it.
    pub(crate) fn new(path: &Path, content: &[u8], access: Access) -> io::Result<Self> {
        // A link stays a link: what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let existing = fs::metadata(&path).ok();
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(Self(Target::Stream { file, content: content.to_owned() }));
        }
        let folder = folder_of(&path);
        fs::create_dir_all(folder)?;
        let mut builder = Builder::new();
        builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
        restrict(&mut builder, access, existing.as_ref());
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        Ok(Self(Target::File { written: file.into_temp_path(), path }))
    }

    /// Puts the file in its place, in one step, to stay there even if the machine crashes in the next moment.
    pub(crate) fn commit(self) -> io::Result<()> {
        match self.0 {
            Target::File { written, path } => {
                written.persist(&path)?;
                sync_folder(&path)
            }
            Target::Stream { mut file, content } => file.write_all(&content),
        }
    }
}

/// Writes a file in one step: whatever happens, there is the old content or the new one.
pub(crate) fn write(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    Staged::new(path, content, access)?.commit()
}

/// Makes sure that the name of a new file survives a crash of the machine.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder_of(file))?.sync_all() } else { Ok(()) }
}

/// Removes what runs that were killed left half-written in a folder. No other run may be at work there.
#[cfg(feature = "project")]
pub(crate) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let (begin, end) = UNFINISHED;
        if name.to_str().is_some_and(|name| name.starts_with(begin) && name.ends_with(end)) {
            remove(&folder.join(name))?;
        }
    }
    Ok(())
}

/// Removes a file, if it is there.
#[cfg(feature = "project")]
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        None => Path::new("."),
        Some(here) if here.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
    }
}

/// Sets the permissions with which a file is created.
#[cfg(unix)]
fn restrict(builder: &mut Builder<'_, '_>, access: Access, existing: Option<&fs::Metadata>) {
    use std::os::unix::fs::PermissionsExt as _;

    builder.permissions(match (access, existing) {
        (Access::Owner, _) => fs::Permissions::from_mode(0o600),
        (Access::Usual, Some(existing)) => existing.permissions(),
        // The process's umask takes from this what it takes from every new file.
        (Access::Usual, None) => fs::Permissions::from_mode(0o666),
    });
}

/// Elsewhere, folders say who may read the files in them.
#[cfg(not(unix))]
fn restrict(_: &mut Builder<'_, '_>, _: Access, _: Option<&fs::Metadata>) {}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use super::{Access, Staged};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_dropped_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let staged = Staged::new(&folder.path().join("a"), b"new", Access::Usual).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        drop(staged);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn the_old_file_stays_until_the_new_one_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let staged = Staged::new(&path, b"new", Access::Usual).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        staged.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn permissions_are_kept_or_the_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        Staged::new(&path, b"new", Access::Usual).unwrap().commit().unwrap();
        assert_eq!(mode(&path), 0o640);
        let staged = Staged::new(&path, b"new", Access::Owner).unwrap();
        let written = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|entry| *entry != path);
        assert_eq!(mode(&written.unwrap()), 0o600, "before it has its name");
        staged.commit().unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        Staged::new(&link, b"new", Access::Usual).unwrap().commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn a_device_stays_a_device() {
        Staged::new(Path::new("/dev/null"), b"new", Access::Owner).unwrap().commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
