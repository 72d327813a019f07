//! Where files and volumes are mounted.

use alloc::borrow::Cow;

use crate::map::Growing;
use crate::prelude::*;

/// Why a target can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetFault {
    /// It does not start with `/`.
    Relative,
    /// It has a `..`.
    Parent,
    /// It has a character that no path should have.
    Control,
    /// It is the root.
    Root,
    /// It ends in `/`, so it can't be a file's.
    Folder,
}

/// `target` without empty segments and `.`: `/etc//app/./conf` is `/etc/app/conf`.
///
/// `..` is not resolved, since what it leads to depends on links in the image.
pub(super) fn normalise(target: &str) -> Result<String, TargetFault> {
    let Some(relative) = target.strip_prefix('/') else {
        return Err(TargetFault::Relative);
    };
    if relative.contains(char::is_control) {
        return Err(TargetFault::Control);
    }
    let mut path = String::new();
    for segment in relative.split('/').filter(|segment| !matches!(*segment, "" | ".")) {
        if segment == ".." {
            return Err(TargetFault::Parent);
        }
        path.push('/');
        path.push_str(segment);
    }
    if path.is_empty() { Err(TargetFault::Root) } else { Ok(path) }
}

/// The same for a file, which can't stand where a folder is meant.
pub(super) fn normalise_file(target: &str) -> Result<String, TargetFault> {
    let path = normalise(target)?;
    if target.ends_with('/') || target.ends_with("/.") { Err(TargetFault::Folder) } else { Ok(path) }
}

/// What is known of the taken path that can't stand beside `path`: they are equal, or one of them would be a folder.
pub(super) fn clash(taken: &Growing<'_>, path: &str) -> Option<usize> {
    let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    let below = format!("{path}/");
    let found = folders.chain([path]).find_map(|folder| taken.get(folder)).or_else(|| {
        let (next, found) = taken.range(Cow::Borrowed(below.as_str())..).next()?;
        next.starts_with(&below).then_some(found)
    });
    found.copied()
}

/// Paths of files that are taken, so that the next one gets a place of its own.
///
/// Upper and lower case of the letters of ASCII count as the same: the file systems of macOS and Windows see it so.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What stands in each folder, by its number and the name in lower case: the number of a folder in it,
    /// or [`FILE`].
    taken: Growing<'static>,
    /// The number that was last put to a name in a folder, with a `/` behind it for a folder; none below it is
    /// free for such an entry.
    last: Growing<'static>,
    folders: usize,
}

/// Stands for a file. As a folder's number it is that of the outermost, which stands in no other.
const FILE: usize = 0;

impl Names {
    /// Takes `name`, or if it can't stand there, `name` with the first number that makes it so: behind the
    /// file's name, or behind that of a folder which is a file already.
    pub(super) fn take(&mut self, name: &str) -> String {
        let mut path = String::with_capacity(name.len());
        let mut folder = 0;
        let mut segments = name.split('/').peekable();
        while let Some(segment) = segments.next() {
            let is_file = segments.peek().is_none();
            let (free, entry) = self.free(folder, &anywhere(segment), is_file);
            path.push_str(&free);
            if !is_file {
                path.push('/');
                folder = entry;
            }
        }
        path
    }

    /// The first name that an entry of a folder can have, and the entry. Each number is tried once for all, so
    /// this ends, and a thousand equal names are as fast as different ones.
    fn free(&mut self, folder: usize, segment: &str, is_file: bool) -> (String, usize) {
        let kind = if is_file { "" } else { "/" };
        let last = format!("{folder}/{}{kind}", segment.to_ascii_lowercase());
        let mut number = self.last.get(last.as_str()).copied().unwrap_or(1);
        let entry = loop {
            let candidate = format!("{folder}/{}", numbered(segment, number).to_ascii_lowercase());
            match self.taken.get(candidate.as_str()) {
                Some(&id) if !is_file && id != FILE => break id,
                Some(_) => number += 1,
                None => {
                    let entry = if is_file { FILE } else { self.new_folder() };
                    self.taken.insert(Cow::Owned(candidate), entry);
                    break entry;
                }
            }
        };
        if number > 1 {
            self.last.insert(Cow::Owned(last), number);
        }
        (numbered(segment, number), entry)
    }

    fn new_folder(&mut self) -> usize {
        self.folders += 1;
        self.folders
    }
}

/// A name that Windows takes, too: it has none that end in a dot or a space, and keeps some for devices, whatever
/// follows a dot in them.
fn anywhere(name: &str) -> Cow<'_, str> {
    let (stem, rest) = name.split_once('.').unwrap_or((name, ""));
    let stem = stem.trim_end_matches(' ');
    let is_device = match stem.split_at_checked(3) {
        Some((word, "")) => ["con", "prn", "aux", "nul"].iter().any(|device| word.eq_ignore_ascii_case(device)),
        Some((word, number)) => {
            ["com", "lpt"].iter().any(|device| word.eq_ignore_ascii_case(device))
                && matches!(number.as_bytes(), [b'1'..=b'9'])
        }
        None => false,
    };
    if is_device && name.len() > stem.len() {
        Cow::Owned(format!("{stem}_.{rest}"))
    } else if is_device || name.ends_with(['.', ' ']) {
        Cow::Owned(format!("{name}_"))
    } else {
        Cow::Borrowed(name)
    }
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}_{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises() {
        for same in ["/etc/app/conf", "//etc///app/conf", "/etc/./app/./conf"] {
            assert_eq!(normalise_file(same).as_deref(), Ok("/etc/app/conf"), "{same}");
        }
        assert_eq!(normalise("/data/").as_deref(), Ok("/data"));
        for (target, fault) in [
            ("", TargetFault::Relative),
            ("etc/conf", TargetFault::Relative),
            ("./conf", TargetFault::Relative),
            ("/etc/../conf", TargetFault::Parent),
            ("/..", TargetFault::Parent),
            ("/a\nb", TargetFault::Control),
            ("/", TargetFault::Root),
            ("/./", TargetFault::Root),
            ("/etc/", TargetFault::Folder),
            ("/etc/.", TargetFault::Folder),
        ] {
            assert_eq!(normalise_file(target), Err(fault), "{target}");
        }
    }

    #[test]
    fn tells_clashes() {
        let taken = Growing::from([("/a/b".into(), 1), ("/a/b-c".into(), 2)]);
        assert_eq!(clash(&taken, "/a/b"), Some(1));
        assert_eq!(clash(&taken, "/a/b/c/d"), Some(1));
        assert_eq!(clash(&taken, "/a"), Some(1));
        for free in ["/a/bc", "/a/c", "/b", "/a/b-", "/a/b.c"] {
            assert_eq!(clash(&taken, free), None, "{free}");
        }
    }

    #[test]
    fn takes_free_names() {
        let mut names = Names::default();
        assert_eq!(names.take("etc/A"), "etc/A");
        assert_eq!(names.take("etc/a"), "etc/a_2");
        assert_eq!(names.take("ETC/a"), "ETC/a_3");
        assert_eq!(names.take("etc/b"), "etc/b");
        assert_eq!(names.take("etc"), "etc_2");
        assert_eq!(names.take("etc"), "etc_3");
        assert_eq!(names.take("etc/a_2"), "etc/a_2_2");
        assert_eq!(names.take("etc/b/c"), "etc/b_2/c");
        assert_eq!(names.take("etc/B/d/e"), "etc/B_2/d/e");
        assert_eq!(names.take("etc/b_2"), "etc/b_2_2");
        assert_eq!(names.take("/srv/README"), "/srv/README");
        assert_eq!(names.take("/srv/readme/index.html"), "/srv/readme_2/index.html");
    }

    #[test]
    fn names_are_such_that_windows_has_them() {
        let mut names = Names::default();
        for (name, taken) in [
            ("etc/CON", "etc/CON_"),
            ("etc/con.conf.d/a", "etc/con_.conf.d/a"),
            ("etc/Com1.txt", "etc/Com1_.txt"),
            ("etc/nul", "etc/nul_"),
            ("etc/x.", "etc/x._"),
            ("etc/y ", "etc/y _"),
            ("etc/console", "etc/console"),
            ("etc/com10", "etc/com10"),
            ("etc/con_", "etc/con__2"),
        ] {
            assert_eq!(names.take(name), taken);
        }
    }

    #[test]
    fn equal_names_are_found_in_their_turn() {
        let mut names = Names::default();
        let taken: Vec<String> = (0..20_000).map(|_| names.take("a/b")).collect();
        assert_eq!(taken.last().map(String::as_str), Some("a/b_20000"));
    }
}
