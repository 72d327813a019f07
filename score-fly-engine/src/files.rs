//! Writing files so that they are there in full or not at all: what a workload becomes, the state of a
//! project, and all else that score-fly writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
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
    /// A complete file without a name, which a kill can't leave behind. If something is in its place already, it
    /// needs a name for a moment, in this folder.
    #[cfg(target_os = "linux")]
    Unnamed { file: File, folder: PathBuf, path: PathBuf },
    /// A complete file under another name.
    Named { written: TempPath, path: PathBuf },
    /// What is there already.
    Same,
    /// A pipe or a device: nothing that a file could be put in place of.
    Stream { file: File, content: Vec<u8> },
}

impl Staged {
    /// Writes `content` for `path`, and makes the folders above it. Until it is under its name it is in `scratch`, if
    /// that can be, or next to its place.
    pub(crate) fn new(path: &Path, content: &[u8], access: Access, scratch: Option<&Path>) -> io::Result<Self> {
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
        if existing.as_ref().is_some_and(|existing| existing.permissions().readonly()) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if existing.as_ref().is_some_and(|existing| is_same(&path, existing, content, access)) {
            return Ok(Self(Target::Same));
        }
        let made = Made::folders(folder_of(&path))?;
        let folder = scratch.filter(|scratch| are_on_one_disk(scratch, folder_of(&path)));
        let folder = folder.unwrap_or(folder_of(&path)).to_owned();
        let staged = Self::write(path, content, access, existing.as_ref(), folder)?;
        made.keep();
        Ok(staged)
    }

    fn write(
        path: PathBuf,
        content: &[u8],
        access: Access,
        existing: Option<&fs::Metadata>,
        folder: PathBuf,
    ) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(mut file) = unnamed(&folder, access, existing) {
            file.write_all(content)?;
            file.sync_all()?;
            return Ok(Self(Target::Unnamed { file, folder, path }));
        }
        let mut builder = builder();
        restrict(&mut builder, access, existing);
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        Ok(Self(Target::Named { written: file.into_temp_path(), path }))
    }

    /// Puts the file in its place, in one step, to stay there even if the machine crashes in the next moment.
    pub(crate) fn commit(self) -> io::Result<()> {
        match self.0 {
            #[cfg(target_os = "linux")]
            Target::Unnamed { file, folder, path } => {
                match link(&file, &path) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        let named = builder().make_in(folder, |name| link(&file, name))?;
                        named.into_temp_path().persist(&path)?;
                    }
                    linked => linked?,
                }
                sync_folder(&path)
            }
            Target::Named { written, path } => {
                written.persist(&path)?;
                sync_folder(&path)
            }
            Target::Same => Ok(()),
            Target::Stream { mut file, content } => file.write_all(&content),
        }
    }
}

/// Writes a file in one step: whatever happens, there is the old content or the new one.
pub(crate) fn write(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    Staged::new(path, content, access, None)?.commit()
}

/// Writes another content into a file that users keep by hand. If it has several names, it keeps them all, and is not
/// written in one step then.
pub(crate) fn rewrite(path: &Path, content: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let found = fs::metadata(path)?;
        if found.is_file() && found.nlink() > 1 {
            let mut file = OpenOptions::new().write(true).open(path)?;
            file.write_all(content)?;
            file.set_len(content.len() as u64)?;
            return file.sync_all();
        }
    }
    write(path, content, Access::Usual)
}

/// Reads a file of at most so many bytes. It may be a pipe or a device.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_all(File::open(path)?, limit)
}

/// Reads at most so many bytes.
pub(crate) fn read_all(from: impl io::Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

/// There are more bytes than are read.
pub(crate) fn too_large(limit: u64) -> io::Error {
    let reason = if limit < 1 << 20 { format!("{limit} bytes") } else { format!("{} MiB", limit >> 20) };
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {reason}"))
}

/// Whether a file is there that has this content, for nobody else's eyes.
fn is_same(path: &Path, existing: &fs::Metadata, content: &[u8], access: Access) -> bool {
    #[cfg(unix)]
    let is_closed = matches!(std::os::unix::fs::PermissionsExt::mode(&existing.permissions()) & 0o77, 0);
    #[cfg(not(unix))]
    let is_closed = true;
    (access == Access::Usual || is_closed)
        && existing.len() == content.len() as u64
        && fs::read(path).is_ok_and(|there| there == content)
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
    builder
}

/// A new file without a name, where the system and the disk have such.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path, access: Access, existing: Option<&fs::Metadata>) -> Option<File> {
    use rustix::fs::{Mode, OFlags};

    let mode = match access {
        Access::Owner => Mode::from_raw_mode(0o600),
        Access::Usual => Mode::from_raw_mode(0o666),
    };
    let file = File::from(rustix::fs::open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, mode).ok()?);
    if let (Access::Usual, Some(existing)) = (access, existing) {
        file.set_permissions(existing.permissions()).ok()?;
    }
    // Where this can't be seen, it can't be named either.
    fs::metadata(name_of(&file)).is_ok().then_some(file)
}

/// By what name the system knows an open file.
#[cfg(target_os = "linux")]
fn name_of(file: &File) -> String {
    use std::os::fd::AsRawFd as _;

    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Gives a file without a name this one, unless it is taken.
#[cfg(target_os = "linux")]
fn link(file: &File, name: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};

    Ok(linkat(CWD, name_of(file), CWD, name, AtFlags::SYMLINK_FOLLOW)?)
}

/// Folders that were made for a file, and go again if it can't be written.
struct Made(Vec<PathBuf>);

impl Made {
    /// Makes a folder and those above it.
    fn folders(folder: &Path) -> io::Result<Self> {
        let missing = folder.ancestors().take_while(|folder| {
            !folder.as_os_str().is_empty()
                && fs::symlink_metadata(folder).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        });
        let made = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(folder)?;
        Ok(made)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in &self.0 {
            // What somebody else has put something into stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(unix)]
fn are_on_one_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    matches!((fs::metadata(one), fs::metadata(other)), (Ok(one), Ok(other)) if one.is_dir() && one.dev() == other.dev())
}

#[cfg(not(unix))]
fn are_on_one_disk(_: &Path, _: &Path) -> bool {
    false
}

/// Has a file opened so that a link is not followed and nothing is waited for, and made for its owner alone.
#[cfg(all(unix, feature = "project"))]
pub(crate) fn for_owner(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;

    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    options.mode(0o600).custom_flags(flags.bits().cast_signed());
}

#[cfg(all(not(unix), feature = "project"))]
pub(crate) fn for_owner(_: &mut OpenOptions) {}

/// Sees to it that a file which may have been there is a file, and its owner's alone.
#[cfg(feature = "project")]
pub(crate) fn keep_to_owner(file: &File) -> io::Result<()> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
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
        let staged = Staged::new(&folder.path().join("a"), b"new", Access::Usual, None).unwrap();
        drop(staged);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn the_old_file_stays_until_the_new_one_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let staged = Staged::new(&path, b"new", Access::Usual, None).unwrap();
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
        Staged::new(&path, b"new", Access::Usual, None).unwrap().commit().unwrap();
        assert_eq!(mode(&path), 0o640);
        let staged = Staged::new(&path, b"new", Access::Owner, None).unwrap();
        let others = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|entry| *entry != path);
        assert!(others.into_iter().all(|other| mode(&other) == 0o600), "before it has its name");
        staged.commit().unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        Staged::new(&link, b"new", Access::Usual, None).unwrap().commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn a_file_keeps_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        fs::write(&one, "a longer text").unwrap();
        fs::hard_link(&one, &other).unwrap();
        super::rewrite(&one, b"new").unwrap();
        assert_eq!((fs::read(&one).unwrap(), fs::read(&other).unwrap()), (b"new".to_vec(), b"new".to_vec()));
        fs::remove_file(&other).unwrap();
        super::rewrite(&one, b"newer").unwrap();
        assert_eq!(fs::read(&one).unwrap(), b"newer");
    }

    #[test]
    fn a_device_stays_a_device() {
        Staged::new(Path::new("/dev/null"), b"new", Access::Owner, None).unwrap().commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
