//! `cargo xtask gen`.

use crate::shell::{Result, cargo, run};

/// Writes the documentation that is made from the code. The tests that compare it are also what
/// writes it, so the two can't differ.
pub(crate) fn write() -> Result {
    run(cargo(["test", "--quiet", "--package", "score-fly-core", "--test", "generated"]).env("UPDATE_DOCS", "1"))?;
    run(cargo(["test", "--quiet", "--package", "score-fly-cli", "--test", "cli", "reference"]).env("UPDATE_DOCS", "1"))
}
