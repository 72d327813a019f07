//! Files as data: paths with their content, in the order of their paths.

use std::borrow::Cow;
use std::collections::BTreeMap;

use score_fly_core::{Diagnostics, Outcome, Source};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    /// What is in it.
    pub content: Cow<'static, [u8]>,
    /// Whether it is a program, or a script that can be run.
    pub executable: bool,
}

impl From<&'static [u8]> for File {
    fn from(content: &'static [u8]) -> Self {
        Self { content: content.into(), executable: false }
    }
}

impl From<Vec<u8>> for File {
    fn from(content: Vec<u8>) -> Self {
        Self { content: content.into(), executable: false }
    }
}

impl From<&'static str> for File {
    fn from(text: &'static str) -> Self {
        text.as_bytes().into()
    }
}

impl From<String> for File {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

/// The files of a folder and all folders in it.
///
/// A path is relative and has `/` between its parts on every system, so the same files are the same
/// data everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    root: String,
    files: BTreeMap<String, File>,
}

impl Files {
    /// No files. `root` is how messages call the folder; without one, files are called by their paths.
    pub fn new(root: impl Into<String>) -> Self {
        Self { root: root.into(), files: BTreeMap::new() }
    }

    /// How messages call the folder.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The same files in a folder that messages call otherwise.
    pub fn called(self, root: impl Into<String>) -> Self {
        Self { root: root.into(), ..self }
    }

    /// Adds a file, or puts it in the place of the one with that path.
    ///
    /// # Errors
    /// If the path is absolute, leaves the folder, or has parts that not every system can have.
    pub fn insert(&mut self, path: impl Into<String>, file: impl Into<File>) -> Result<(), InvalidPath> {
        let path = path.into();
        if !is_path(&path) {
            return Err(InvalidPath(path));
        }
        self.files.insert(path, file.into());
        Ok(())
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: &str) -> Option<File> {
        self.files.remove(path)
    }

    /// The file of that path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// Whether there is a file of that path.
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// All files, in the order of their paths' bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How messages call a file.
    pub fn name_of(&self, path: &str) -> String {
        match self.root.as_str() {
            "" => path.to_owned(),
            root => format!("{}/{path}", root.trim_end_matches('/')),
        }
    }

    /// The file of that path as a text, if there is one; without a value if it is not text.
    pub fn text(&self, path: &str) -> Option<Outcome<Source>> {
        let content = self.get(path)?.content.to_vec();
        Some(Source::from_bytes(self.name_of(path), content))
    }

    /// The texts in which something was found.
    pub fn sources_of(&self, found: &Diagnostics) -> Vec<Source> {
        let related = found.iter().flat_map(|one| one.related.iter().filter_map(|related| related.location.as_ref()));
        let places: Vec<&str> = found
            .iter()
            .filter_map(|one| one.location.as_ref())
            .chain(related)
            .map(|location| location.source.as_str())
            .collect();
        let paths = self.files.keys().filter(|path| places.contains(&self.name_of(path).as_str()));
        paths.filter_map(|path| self.text(path)?.into_parts().0).collect()
    }

    /// The files of a folder in it, by their paths from there.
    pub(crate) fn below(&self, folder: &str) -> Self {
        let files = self.files.iter().filter_map(|(path, file)| {
            let path = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some((path.to_owned(), file.clone()))
        });
        Self { root: self.name_of(folder), files: files.collect() }
    }

    /// Those files for which `keep` is true of their paths.
    pub(crate) fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        let files = self.files.iter().filter(|(path, _)| keep(path));
        Self { root: self.root.clone(), files: files.map(|(path, file)| (path.clone(), file.clone())).collect() }
    }

    /// The file that stands where `path` needs a folder, or the first one below `path`.
    pub(crate) fn in_the_way_of(&self, path: &str) -> Option<&str> {
        let above = path.match_indices('/').filter_map(|(end, _)| self.files.get_key_value(path.get(..end)?));
        let below = format!("{path}/");
        let mut inside = self.files.range(below.clone()..).take_while(|(inside, _)| inside.starts_with(&below));
        above.map(|(path, _)| path.as_str()).next().or_else(|| inside.next().map(|(path, _)| path.as_str()))
    }
}

/// A path that a file can't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPath(pub String);

impl std::fmt::Display for InvalidPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not the path of a file within the folder", self.0)
    }
}

impl std::error::Error for InvalidPath {}

/// Whether a path stays within its folder, on all systems.
fn is_path(path: &str) -> bool {
    let is_part = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']) && !part.contains(char::is_control)
    };
    path.split('/').all(is_part)
}

/// Whether something in a function's folder can be part of the function, by its path from there: what git keeps
/// is not, and neither is what score-fly writes, in which there may be secrets.
pub fn can_be_part(path: &str) -> bool {
    let is_written = |name: &str| {
        let ends = [".toml", ".env", ".machine.json", "_files", "_context"];
        name == ".score-fly" || name.starts_with("fly_") && ends.iter().any(|end| name.ends_with(end))
    };
    let top = path.split('/').next().unwrap_or_default();
    !is_written(top) && path.split('/').all(|part| part != ".git")
}

#[cfg(test)]
mod tests {
    use super::{File, Files};

    #[test]
    fn paths_stay_within_the_folder() {
        let mut files = Files::new("it");
        for path in ["", "/etc/passwd", "../up", "a/../../b", "a//b", "./a", "a/", r"a\b", "c:x", "a\nb"] {
            assert!(files.insert(path, File::default()).is_err(), "{path}");
        }
        for path in ["a", ".gitignore", "a/b/c d.txt", "ä"] {
            assert_eq!(files.insert(path, File::default()), Ok(()), "{path}");
        }
    }

    #[test]
    fn a_file_is_in_the_way_of_a_folder_and_a_folder_of_a_file() {
        let mut files = Files::new("");
        for path in ["src", "lib/a.rs", "lib.rs"] {
            files.insert(path, File::default()).expect("a path");
        }
        assert_eq!(files.in_the_way_of("src/main.rs"), Some("src"));
        assert_eq!(files.in_the_way_of("lib"), Some("lib/a.rs"));
        assert_eq!(files.in_the_way_of("lib.rs"), None);
        assert_eq!(files.in_the_way_of("li"), None);
    }
}
