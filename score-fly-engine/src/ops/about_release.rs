//! What could not be done with a release, and why.

use std::path::PathBuf;

use score_fly_core::release::{InvalidVersion, NotFound};

/// What could not be done with a release, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AboutRelease {
    /// That is no version.
    #[error(transparent)]
    Version(#[from] InvalidVersion),
    /// The version is to be that of an annotation, and there is none.
    #[error("`{}` does not say which version it is", path.display())]
    NoAnnotation {
        /// The file.
        path: PathBuf,
    },
    /// The version is to be that of a repository, and there is none.
    #[error("this folder is in no git repository with a commit, or git is not installed")]
    NoRepository,
    /// The version is to be that of a tag, and there is none.
    #[error("no tag of the repository is a version")]
    NoTag,
    /// A note is no line, or a long one.
    #[error("a note is one line of at most {limit} characters")]
    Note {
        /// How long it may be.
        limit: usize,
    },
    /// An earlier release with this version is something else.
    #[error("{release} of app {app} has version {version} already, and something else in it")]
    Taken {
        /// The app.
        app: String,
        /// The version.
        version: String,
        /// The release.
        release: String,
    },
    /// There is no such release.
    #[error("app {app}: {why}")]
    NotFound {
        /// The app.
        app: String,
        /// Why not.
        why: NotFound,
    },
    /// There are no releases.
    #[error("app {app} has no releases")]
    None {
        /// The app.
        app: String,
    },
    /// Nobody knows the image of a release.
    #[error("app {app}: nobody knows the image of {release} any more")]
    NoImage {
        /// The app.
        app: String,
        /// The release.
        release: String,
    },
    /// The image of a release is gone.
    #[error("app {app}: the image of {release} is not in its registry any more: {image}")]
    ImageGone {
        /// The app.
        app: String,
        /// The release.
        release: String,
        /// The image.
        image: String,
    },
    /// Nobody knows the configuration of a release.
    #[error("app {app}: nobody knows the configuration of {release} any more")]
    NoConfig {
        /// The app.
        app: String,
        /// The release.
        release: String,
    },
    /// Files of a release are others now.
    #[error("app {app}: {release} had these files with another content, which nobody knows any more: {}", files.join(", "))]
    NoFiles {
        /// The app.
        app: String,
        /// The release.
        release: String,
        /// The files.
        files: Vec<String>,
    },
    /// Nobody confirmed it.
    #[error("app {app} stays as it is, since nobody confirmed that it goes back")]
    NotConfirmed {
        /// The app.
        app: String,
    },
}
