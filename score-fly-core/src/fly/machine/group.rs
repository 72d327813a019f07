//! A process group, of whose machines the config is made.

use crate::fly::config::Config;
use crate::local::LocalFiles;

/// A process group of a configuration.
pub(super) struct Group<'s> {
    pub(super) config: &'s Config,
    pub(super) name: &'s str,
    pub(super) files: &'s LocalFiles,
}
