//! `score-fly explain`

use clap::Args;
use score_fly_core::Code;
use score_fly_core::convert::annotations::{Annotation, PREFIX, TABLE};

use crate::args::{Global, code};
use crate::exit::Exit;
use crate::output::{Reporter, Stream};

/// Explain a diagnostic code, or list all of them
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code, which is shown in brackets after `error`, `warning` or `note`
    #[arg(value_parser = code)]
    code: Option<Code>,

    /// List all annotations that a Score file can have, with what each sets and the values it takes
    #[arg(long, conflicts_with = "code")]
    annotations: bool,
}

/// Runs it.
pub(crate) fn run(args: &Explain, global: Global) -> Exit {
    let reporter = Reporter::new(global, Stream::Stderr);
    reporter.data(&match args.code {
        _ if args.annotations => annotations(),
        Some(code) => code.page().to_owned(),
        None => list(),
    });
    reporter.finish()
}

/// All annotations, each with what it is for.
fn annotations() -> String {
    let about = |row: &Annotation| {
        let Annotation { name, sets, values, example, .. } = row;
        format!("{PREFIX}{name}\n  sets {sets}\n  takes {values}; for example `{example}`\n")
    };
    TABLE.iter().map(about).collect::<Vec<_>>().join("\n")
}

/// All codes, one a line.
fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    let line = |code: &Code| format!("{:width$}  {:7}  {}\n", code.as_str(), code.severity().as_str(), code.summary());
    Code::ALL.iter().map(line).collect()
}
