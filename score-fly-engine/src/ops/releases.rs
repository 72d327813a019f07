//! Which releases an app had, what one of them was, and what is different between two.

use score_fly_core::map::SortedMap;
use score_fly_core::release::{History, Release, ReleaseChanges};
use serde::Serialize;

use super::about_release::AboutRelease;
use super::context::Context;
use super::history::gather_some;
use super::report::{Log, Report};
use super::target::Which;
use crate::session::{FlyOptions, Session};

/// Whose releases.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The app.
    pub which: Which,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// The releases of an app.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Releases {
    /// The app.
    pub app: String,
    /// The releases without their configurations, the newest first.
    pub releases: Vec<Release>,
}

/// What is different between two releases.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The app.
    pub app: String,
    /// What people call the one.
    pub from: String,
    /// What they call the other.
    pub to: String,
    /// What is different.
    #[serde(flatten)]
    pub changes: ReleaseChanges,
}

/// Lists the releases of an app.
pub fn releases(context: &Context<'_>, options: &Options) -> Report<Releases> {
    let mut log = context.log();
    let known = known(context, options, &mut log).map(|(app, history)| {
        let releases = history.releases().iter().cloned().map(|mut release| {
            (release.config, release.files, release.volumes) = (None, SortedMap::new(), None);
            release
        });
        Releases { app, releases: releases.collect() }
    });
    log.report(known)
}

/// Shows a release, which `wanted` names: a number, a version, or the beginning of a commit.
pub fn show(context: &Context<'_>, options: &Options, wanted: &str) -> Report<Release> {
    let mut log = context.log();
    let release = known(context, options, &mut log).and_then(|(app, history)| {
        let mut release = log.take(find(&app, &history, wanted)).cloned()?;
        release.config = release.shown_config();
        Some(release)
    });
    log.report(release)
}

/// Says what became different from one release to another.
pub fn diff(context: &Context<'_>, options: &Options, from: &str, to: &str) -> Report<Difference> {
    let mut log = context.log();
    let difference = known(context, options, &mut log).and_then(|(app, history)| {
        let from = log.take(find(&app, &history, from))?;
        let to = log.take(find(&app, &history, to))?;
        Some(Difference { from: from.title(), to: to.title(), changes: from.changes_to(to), app })
    });
    log.report(difference)
}

fn known(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<(String, History)> {
    let app = options.which.app(context, log)?;
    let session = log.take(Session::open(context, &options.fly))?;
    let _listening = context.cancel.listen();
    let history = gather_some(context, &session.client, &app, log)?;
    Some((app, history))
}

/// The release that somebody means.
pub(super) fn find<'h>(app: &str, history: &'h History, wanted: &str) -> Result<&'h Release, AboutRelease> {
    history.find(wanted).map_err(|why| AboutRelease::NotFound { app: app.to_owned(), why })
}
