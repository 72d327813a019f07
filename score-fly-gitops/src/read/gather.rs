//! Loading a tree, with all that it needs.

use std::collections::BTreeMap;
use std::path::Path;

use score_fly_core::{Outcome, Source};
use score_fly_engine::Root;

use super::cache::{Cache, Commit};
use super::disk;
use crate::files::{Files, Forest, Need, Place, Reference, Repository, resolve};
use crate::import::{Imported, import_flycd};
use crate::load::{Tree, load};

/// Where a tree begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// With a folder or a file of this machine, as it counts from the root.
    Path(String),
    /// In a repository, with a folder or a file in it.
    Repository {
        /// Which one.
        repository: Repository,
        /// Where in it.
        path: String,
    },
}

/// A tree, and where its files come from.
#[derive(Debug)]
pub struct Gathered {
    /// The tree.
    pub tree: Tree,
    /// The commits of the repositories that it refers to.
    pub commits: BTreeMap<Place, Commit>,
}

/// A tree does not lead from repository to repository more often than that.
const MOST_STEPS: usize = 64;

/// Loads a tree, and fetches the repositories of its projects. What can't be had is among the tree's diagnostics.
pub fn gather(root: &Root, begin: &Begin, cache: &Cache) -> Gathered {
    let (mut forest, mut commits) = (Forest::default(), BTreeMap::new());
    let start = match begin {
        Begin::Path(path) => {
            let start = resolve("", path);
            let mut files = Files::default();
            let folder = if root.at(Path::new(&start)).is_file() { crate::app::folder(&start) } else { &start };
            let read = disk::read(root.path(), folder, &mut files).map(|()| files);
            forest.trees.insert(Place::Here, read);
            start
        }
        Begin::Repository { repository, path } => {
            let files = fetch(cache, repository, "").map(|(commit, files)| {
                commits.insert(Place::Here, commit);
                files
            });
            forest.trees.insert(Place::Here, files);
            resolve("", path)
        }
    };
    let mut tree = load(&forest, &start);
    for _ in 0..MOST_STEPS {
        if tree.needs.is_empty() {
            break;
        }
        for need in &tree.needs {
            match need {
                Need::Repository(repository) => {
                    let place = Place::Git(repository.clone());
                    let files = fetch(cache, repository, &shown(repository)).map(|(commit, files)| {
                        commits.insert(place.clone(), commit);
                        files
                    });
                    forest.trees.insert(place, files);
                }
                Need::Folder(folder) => {
                    let here = matches!(begin, Begin::Path(_));
                    let files = forest.trees.get_mut(&Place::Here).and_then(|files| files.as_mut().ok());
                    let read = files.filter(|_| here).map(|files| disk::read(root.path(), folder, files));
                    if !matches!(read, Some(Ok(()))) {
                        forest.missing.insert(folder.clone());
                    }
                }
            }
        }
        tree = load(&forest, &start);
    }
    Gathered { tree, commits }
}

fn fetch(cache: &Cache, repository: &Repository, name: &str) -> Result<(Commit, Files), String> {
    let commit = cache.fetch(repository)?;
    let files = cache.files(&commit, name)?;
    Ok((commit, files))
}

/// A repository for people: its address, and what of it is meant.
fn shown(repository: &Repository) -> String {
    match &repository.reference {
        Reference::Head => repository.url.clone(),
        Reference::Branch(name) | Reference::Tag(name) => format!("{}@{name}", repository.url),
        Reference::Commit(id) => format!("{}@{}", repository.url, id.chars().take(12).collect::<String>()),
    }
}

/// The files of a folder of FlyCD's in our form: those that change, and what there is to know about each.
///
/// # Errors
/// If the folder can't be read.
pub fn import_folder(root: &Root, folder: &str) -> Result<Vec<(Source, Outcome<Imported>)>, String> {
    let mut files = Files::default();
    disk::read(root.path(), &resolve("", folder), &mut files)?;
    let texts = files.files.into_iter().filter_map(|(path, text)| Some(Source::new(path, text.ok()?)));
    let all = texts.map(|source| {
        let imported = import_flycd(&source);
        (source, imported)
    });
    Ok(all.filter(|(_, imported)| imported.value().is_some() || imported.diagnostics().has_errors()).collect())
}

/// Writes a file that is there anew, in one step.
///
/// # Errors
/// If the system says so.
pub fn replace(root: &Root, path: &str, text: &str) -> std::io::Result<()> {
    let path = root.at(Path::new(path));
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map(|_| ()).map_err(|error| error.error)
}
