//! What comes of a workload when it is converted.

use crate::convert::{self, Options};
use crate::diagnostic::Diagnostics;
use crate::fly::{App, Config};
use crate::resolve::{self, Given, Missing};
use crate::score::Workload;

/// The canonical fly.toml that a workload becomes.
pub(super) fn convert(workload: &Workload) -> (Config, Diagnostics) {
    let given = Given { missing: Missing::Assume, ..Given::default() };
    let options = Options { inline_files: true, ..Options::default() };
    let outcome = resolve::resolve(workload, &given);
    let (app, diagnostics) = outcome.and_then(|resolved| convert::convert(&resolved, &options)).into_parts();
    (app.map_or_else(Config::default, |App { config, .. }| config).canonical(), diagnostics)
}
