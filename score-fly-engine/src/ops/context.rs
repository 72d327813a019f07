//! Where a use case works.

use std::fmt;

use score_fly_core::diagnostic::Levels;

use super::report::{Log, Observer};
use crate::cancel::CancelToken;
use crate::environment::Environment;
use crate::root::Root;

/// Where a use case works, what it may see, and who watches it and may end it.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The folder in which it works.
    pub root: &'c Root,
    /// What it may see of the world around the process.
    pub environment: &'c Environment,
    /// Who watches.
    pub observer: &'c dyn Observer,
    /// Which diagnostics are not told, and which are errors.
    pub levels: &'c Levels,
    /// Who ends it early.
    pub cancel: &'c CancelToken,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("root", self.root).finish_non_exhaustive()
    }
}

impl<'c> Context<'c> {
    pub(super) fn log(&self) -> Log<'c> {
        Log::new(self.observer, self.root)
    }
}
