//! Why a function or a runtime can't be had.

use std::path::PathBuf;

/// What could not be done with the folder of a function or of a runtime, and why: one sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FunctionError {
    /// Something in it can't be read or written.
    #[error("cannot {act} `{}`: {reason}", path.display())]
    Io {
        /// What could not be done.
        act: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why, in the system's words.
        reason: String,
    },
    /// It is no folder.
    #[error("`{}` is not a folder", path.display())]
    NoFolder {
        /// What should be one.
        path: PathBuf,
    },
    /// There is something where a new folder should be.
    #[error("`{}` is there already: choose another name, or remove it first", path.display())]
    IsThere {
        /// The folder.
        path: PathBuf,
    },
    /// There is something else where a context should be, or another context.
    #[error("`{}` is there already: --force replaces it", path.display())]
    CouldReplace {
        /// The folder.
        path: PathBuf,
    },
    /// Replacing it would take the function away, or its runtime, or what surrounds them.
    #[error("the context can't be written to `{}`, where the function or its runtime is: give another folder with --output", path.display())]
    IsFunction {
        /// The folder.
        path: PathBuf,
    },
    /// Something in it is neither a file nor a folder, or a link that leads somewhere else.
    #[error("`{}` {what}, which can't be part of an image", path.display())]
    Unusual {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// There is more in it than any function has.
    #[error("`{}` has more than {limit}: a runtime leaves out what `ignore` in its runtime.yaml names", path.display())]
    TooLarge {
        /// The folder.
        path: PathBuf,
        /// What it has too much of.
        limit: &'static str,
    },
    /// No folder's name.
    #[error("`{}` does not say how the function is called: give a folder to make, such as `hello`", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// It does not say where a runtime is.
    #[error("that does not say where a runtime is: {reason}")]
    Reference {
        /// Why not.
        reason: &'static str,
    },
    /// Git failed.
    #[error("git can't fetch `{repository}`: {reason}")]
    Git {
        /// The repository.
        repository: String,
        /// Why.
        reason: String,
    },
    /// There is no such folder in a repository.
    #[error("there is no folder `{path}` in `{repository}`")]
    NotInRepository {
        /// The folder.
        path: String,
        /// The repository.
        repository: String,
    },
}
