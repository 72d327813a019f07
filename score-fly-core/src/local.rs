//! Local files: which of them are needed, and what became of reading them.

use alloc::collections::VecDeque;
use core::fmt;

use serde::Serialize;

use crate::map::{SortedMap, SortedSet};
use crate::prelude::*;

/// What became of reading a local file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalFile {
    /// It holds this.
    Content(Vec<u8>),
    /// There is none.
    Absent,
    /// It can't be read, for this reason in the system's words.
    Unreadable(String),
}

impl From<Vec<u8>> for LocalFile {
    fn from(content: Vec<u8>) -> Self {
        Self::Content(content)
    }
}

/// Local files by path, as the document that names them has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalFiles(SortedMap<String, LocalFile>);

impl LocalFiles {
    /// No files.
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<String>, file: impl Into<LocalFile>) {
        self.0.insert(path.into(), file.into());
    }

    /// What became of reading a file; nothing if nobody tried.
    pub fn get(&self, path: &str) -> Option<&LocalFile> {
        self.0.get(path)
    }

    /// The content of a file.
    pub fn content(&self, path: &str) -> Option<&[u8]> {
        match self.get(path)? {
            LocalFile::Content(content) => Some(content),
            LocalFile::Absent | LocalFile::Unreadable(_) => None,
        }
    }

    /// Whether somebody tried to read a file, in vain.
    pub(crate) fn is_missing(&self, path: &str) -> bool {
        self.0.contains_key(path) && self.content(path).is_none()
    }
}

impl<F: Into<LocalFile>> FromIterator<(String, F)> for LocalFiles {
    fn from_iter<I: IntoIterator<Item = (String, F)>>(files: I) -> Self {
        Self(files.into_iter().map(|(path, file)| (path, file.into())).collect())
    }
}

impl<F: Into<LocalFile>, const N: usize> From<[(String, F); N]> for LocalFiles {
    fn from(files: [(String, F); N]) -> Self {
        files.into_iter().collect()
    }
}

/// A folder from which the path of a local file may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// The Score file's folder.
    Score,
    /// fly.toml's folder.
    Toml,
    /// The directory in which `fly deploy` runs.
    Work,
}

/// A local file that is needed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Need {
    /// Its path, as it is written, or in full.
    pub path: String,
    /// Where to look for it, in this order.
    pub from: &'static [Base],
}

impl Need {
    pub(crate) fn new(path: &str, from: &'static [Base]) -> Self {
        Self { path: path.to_owned(), from }
    }
}

/// Says which files are needed, one by one, until all are known: files may name further ones, so each
/// is to be [given](Self::give) before the next one is asked for.
///
/// ```
/// use score_fly_core::Source;
/// use score_fly_core::fly::LoadedConfig;
/// use score_fly_core::local::{LocalFile, LocalFiles};
///
/// let toml = Source::new("fly.toml", "app = \"web\"\nmachine_config = \"machine.json\"\n");
/// let loaded = LoadedConfig::read(&toml);
/// let mut asked = Vec::new();
/// let mut needs = loaded.needs(LocalFiles::new());
/// while let Some(need) = needs.next() {
///     let content = match &*need.path {
///         "machine.json" => br#"{"containers": [{"name": "app", "files": [{"local_path": "motd"}]}]}"#.to_vec(),
///         _ => b"hello".to_vec(),
///     };
///     needs.give(&*need.path, LocalFile::Content(content));
///     asked.push(need.path);
/// }
/// assert_eq!(asked, ["machine.json", "motd"]);
/// assert!(loaded.check(&needs.into_files()).is_empty());
/// ```
pub struct Needs<'n> {
    ask: Ask<'n>,
    known: LocalFiles,
    asked: SortedSet<String>,
    next: VecDeque<Need>,
}

/// Tells all that is needed, as far as it shows in what is known.
type Ask<'n> = Box<dyn Fn(&LocalFiles) -> Vec<Need> + 'n>;

impl<'n> Needs<'n> {
    pub(crate) fn new(known: LocalFiles, ask: impl Fn(&LocalFiles) -> Vec<Need> + 'n) -> Self {
        let asked = known.0.keys().cloned().collect();
        Self { ask: Box::new(ask), known, asked, next: VecDeque::new() }
    }

    /// Says what became of reading a file.
    pub fn give(&mut self, path: impl Into<String>, file: impl Into<LocalFile>) {
        self.known.insert(path, file);
    }

    /// All files that were given.
    pub fn into_files(self) -> LocalFiles {
        self.known
    }
}

impl Iterator for Needs<'_> {
    type Item = Need;

    fn next(&mut self) -> Option<Need> {
        if self.next.is_empty() {
            // Given in their order, they come one behind the other. Of several for one path the first counts.
            let news = (self.ask)(&self.known).into_iter().rev().filter(|need| !self.asked.contains(&need.path));
            let news: SortedMap<String, Need> = news.map(|need| (need.path.clone(), need)).collect();
            self.asked.extend(news.keys().cloned());
            self.next.extend(news.into_values());
        }
        self.next.pop_front()
    }
}

impl fmt::Debug for Needs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Needs").field("known", &self.known).field("next", &self.next).finish_non_exhaustive()
    }
}
