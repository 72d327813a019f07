//! What use cases of functions have in common.

use std::path::Path;

use score_fly_core::Diagnostics;
use score_fly_runtime::{Files, Reference, Runtime};

use super::context::Context;
use super::inputs;
use super::report::Log;
use crate::function::{self, FunctionError};
use crate::git::Git;

/// A runtime that can be used.
pub(super) struct Fetched {
    pub(super) runtime: Runtime,
    /// Its files; none if it is built in.
    pub(super) files: Files,
    /// The commit at which it was taken, if it is from git.
    pub(super) commit: Option<String>,
    /// The commit that the reference is at now, if that is another one.
    pub(super) moved: Option<String>,
}

/// Where a runtime is that a user called so.
pub(super) fn place(written: &str) -> Result<Reference, FunctionError> {
    Reference::parse(written).map_err(|reason| FunctionError::Reference { reason })
}

/// Fetches a runtime, as it is called in the folder `base`. There is none if there is something wrong with it.
pub(super) fn fetch(
    context: &Context<'_>,
    reference: &Reference,
    base: &Path,
    commit: Option<&str>,
    log: &mut Log<'_>,
) -> Option<Fetched> {
    let git = Git { root: context.root, environment: context.environment, cancel: context.cancel };
    let function::Fetched { runtime, files, commit, moved } =
        log.take(function::fetch(git, reference, base, commit))?;
    let (runtime, diagnostics) = runtime.into_parts();
    note(&diagnostics, &[&files], log);
    let runtime = runtime.filter(|_| !diagnostics.has_errors())?;
    Some(Fetched { runtime, files, commit, moved })
}

/// Notes what was found in files.
pub(super) fn note(diagnostics: &Diagnostics, files: &[&Files], log: &mut Log<'_>) {
    log.find(diagnostics, || {
        files.iter().flat_map(|files| files.sources_of(diagnostics)).map(|source| inputs::text(&source)).collect()
    });
}
