//! Where files and volumes are mounted.

use alloc::collections::BTreeMap;

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

/// Paths of files that are taken, each with something to know about it.
pub(super) type Taken<T> = BTreeMap<String, T>;

/// The taken path that can't stand beside `path`: they are equal, or one of them would be a folder.
pub(super) fn clash<'t, T>(taken: &'t Taken<T>, path: &str) -> Option<&'t T> {
    let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    let below = format!("{path}/");
    folders.chain([path]).find_map(|folder| taken.get(folder)).or_else(|| {
        let (next, found) = taken.range(below.clone()..).next()?;
        next.starts_with(&below).then_some(found)
    })
}

/// Names that are taken, with the last number that was put to each.
///
/// Upper and lower case count as the same: the file systems of macOS and Windows see it so.
#[derive(Debug, Default)]
pub(super) struct Names(Taken<u32>);

impl Names {
    /// Takes `name`, or if that is not free, `name` with the first number that makes it so.
    pub(super) fn take(&mut self, name: &str) -> String {
        let lower = name.to_lowercase();
        let mut number = self.0.get(&lower).copied().unwrap_or(1);
        let mut candidate = name.to_owned();
        while clash(&self.0, &candidate.to_lowercase()).is_some() {
            number += 1;
            candidate = format!("{name}_{number}");
        }
        self.0.insert(candidate.to_lowercase(), 1);
        if let Some(last) = self.0.get_mut(&lower) {
            *last = number;
        }
        candidate
    }
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
        let taken = Taken::from([("/a/b".to_owned(), 1), ("/a/b-c".to_owned(), 2)]);
        assert_eq!(clash(&taken, "/a/b"), Some(&1));
        assert_eq!(clash(&taken, "/a/b/c/d"), Some(&1));
        assert_eq!(clash(&taken, "/a"), Some(&1));
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
    }
}
