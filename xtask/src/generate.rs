//! `cargo xtask gen`.

use crate::shell::{Result, cargo, run};

/// Writes the generated files anew. The tests that compare them are also what writes them, so the
/// two can't differ.
pub(crate) fn write() -> Result {
    run(cargo(["test", "--workspace", "--test", "generated"]).env("UPDATE_GENERATED", "1"))
}
