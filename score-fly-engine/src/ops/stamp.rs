//! What a release is labelled with: its version, and the commit that it comes from.

use std::ffi::OsStr;

use score_fly_core::deploy;
use score_fly_core::release::Version;

use super::about_release::AboutRelease;
use super::context::Context;
use super::failure::Failure;
use super::report::{Log, Note};
use super::wanted::Wanted;
use crate::git::Git;

/// What a release is labelled with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Where its version is from. Without it, it has none.
    pub version: Option<VersionFrom>,
    /// What is new, in a line.
    pub note: Option<String>,
}

/// Where a version is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionFrom {
    /// It is given.
    Given(String),
    /// From the newest tag of the repository that is a version.
    Git,
    /// From the annotation of the workload.
    Annotation,
}

/// How long a note may be, in characters: it is a line in lists.
const NOTE_LIMIT: usize = 200;

/// What the repository says, if the folder is in one.
#[derive(Debug)]
pub(super) struct Repository {
    /// The commit, and whether there are changes that are in none.
    revision: Option<(String, bool)>,
    source: Option<String>,
    description: Option<String>,
}

impl Repository {
    /// Looks at the repository of the folder. That there is none, or no git, is no mistake.
    pub(super) fn read(context: &Context<'_>) -> Self {
        let Context { root, environment, cancel, .. } = *context;
        let git = |arguments: &[&str]| {
            // A repository may name a program that git is to ask about files.
            let arguments = ["-c", "core.fsmonitor=false"].iter().chain(arguments);
            let arguments: Vec<&OsStr> = arguments.map(OsStr::new).collect();
            let said = Git { root, environment, cancel }.run(&arguments).ok()?;
            String::from_utf8(said).ok().map(|text| text.trim().to_owned())
        };
        let Some(commit) = git(&["rev-parse", "--verify", "HEAD"]).filter(|commit| !commit.is_empty()) else {
            return Self { revision: None, source: None, description: None };
        };
        let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
        Self {
            revision: Some((commit, changes.is_none_or(|changes| !changes.is_empty()))),
            source: git(&["config", "--get", "remote.origin.url"]).map(|address| without_credentials(&address)),
            description: git(&["describe", "--tags", "--long", "--match", "v[0-9]*", "--match", "[0-9]*"]),
        }
    }
}

/// An address that everybody in the organization may see.
fn without_credentials(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// What the release of an app is labelled with. Notes why it can't be.
pub(super) fn stamp(
    options: &Options,
    repository: &Repository,
    wanted: &Wanted,
    log: &mut Log<'_>,
) -> Option<deploy::Stamp> {
    let version = log.take(version(options, repository, wanted))?;
    let note = log.take(note(options.note.as_deref()))?;
    if let (Some(VersionFrom::Git), Some((commit, true))) = (&options.version, &repository.revision) {
        log.note(Note::DirtyTree { commit: commit.clone(), version: version.clone().unwrap_or_default() });
    }
    let revision = repository.revision.as_ref();
    Some(deploy::Stamp {
        version,
        revision: revision.map(|(commit, dirty)| format!("{commit}{}", if *dirty { "-dirty" } else { "" })),
        source: repository.source.clone(),
        note,
        ..deploy::Stamp::default()
    })
}

/// With what the caller knows better than the folder: the tree of apps, and the commit of a source elsewhere.
pub(super) fn with_given(stamp: deploy::Stamp, given: &deploy::Stamp) -> deploy::Stamp {
    deploy::Stamp {
        revision: given.revision.clone().or(stamp.revision),
        source: given.source.clone().or(stamp.source),
        tree: given.tree.clone(),
        preview: given.preview.clone(),
        owner: given.owner.clone(),
        expires: given.expires.clone(),
        ..stamp
    }
}

fn version(options: &Options, repository: &Repository, wanted: &Wanted) -> Result<Option<String>, Failure> {
    let parse = |text: &str| text.parse::<Version>().map_err(AboutRelease::Version);
    let version = match &options.version {
        None => return Ok(None),
        Some(VersionFrom::Given(text)) => parse(text)?,
        Some(VersionFrom::Annotation) => {
            let app = || AboutRelease::NoAnnotation { path: wanted.path.clone() };
            parse(wanted.version.as_deref().ok_or_else(app)?)?
        }
        Some(VersionFrom::Git) => {
            let Some((_, dirty)) = repository.revision else { return Err(AboutRelease::NoRepository.into()) };
            let description = repository.description.as_deref().ok_or(AboutRelease::NoTag)?;
            let version = Version::of_description(description, dirty).map_err(|_| AboutRelease::NoTag)?;
            version.map_err(AboutRelease::Version)?
        }
    };
    Ok(Some(version.to_string()))
}

/// A note as it is labelled.
pub(super) fn note(note: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(note) = note.map(str::trim).filter(|note| !note.is_empty()) else { return Ok(None) };
    if note.chars().any(char::is_control) || note.chars().count() > NOTE_LIMIT {
        return Err(AboutRelease::Note { limit: NOTE_LIMIT }.into());
    }
    Ok(Some(note.to_owned()))
}
