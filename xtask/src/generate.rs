//! `cargo xtask gen`.

use crate::shell::{Result, cargo, program, run};
use crate::{npm, python};

/// Writes what is made from the code: documentation, and from its schema the types of other
/// languages. What compares it in the tests is also what writes it, so the two can't differ.
pub(crate) fn write() -> Result {
    let core = ["test", "--quiet", "--package", "score-fly-core", "--all-features", "--test", "generated"];
    run(cargo(core).env("UPDATE_DOCS", "1"))?;
    run(cargo(["test", "--quiet", "--package", "score-fly-cli", "--test", "cli", "reference"]).env("UPDATE_DOCS", "1"))?;
    run(&mut program("python3", ["score-fly-py/scripts/types.py"]))?;
    python::write_stub()?;
    npm::write_types()
}
