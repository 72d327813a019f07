//! How a run is done.

use std::collections::BTreeSet;

use score_fly_engine::session::FlyOptions;

/// How a run is done.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Options {
    /// Only these apps; all of them if none is named.
    pub apps: BTreeSet<String>,
    /// Whether nothing is done, and only said what would be.
    pub dry_run: bool,
    /// Whether nothing is planned where one look tells that something is to be done, and nobody looks for apps that are not
    /// in the tree any more, unless they are to go. No app waits for another one. It is for runs that do nothing.
    pub glance: bool,
    /// Whether apps are destroyed that were deployed from this tree and are not in it any more, and volumes that nothing
    /// asks for and that may go.
    pub prune: bool,
    /// Whether each app is looked at in full, also where what was deployed last is what is wanted.
    pub thorough: bool,
    /// Whether apps that somebody has changed at Fly are left as they are.
    pub keep_drift: bool,
    /// The name of the tree; without it, that of its only outermost project.
    pub name: Option<String>,
    /// The time, in seconds since 1970.
    pub now: u64,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}
