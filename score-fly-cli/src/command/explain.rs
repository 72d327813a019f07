//! `score-fly explain`

use clap::Args;
use score_fly_core::Code;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Reporter, Stream};

/// Explain a diagnostic code, or list all of them
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code, as it stands in brackets after `error`, `warning` or `note`
    #[arg(value_parser = parse)]
    code: Option<Code>,
}

/// Runs it.
pub(crate) fn run(args: &Explain, global: Global) -> Exit {
    let reporter = Reporter::new(global, Stream::Stderr);
    reporter.data(&match args.code {
        Some(code) => code.page().to_owned(),
        None => list(),
    });
    reporter.finish()
}

/// All codes, one a line.
fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    let line = |code: &Code| format!("{:width$}  {:7}  {}\n", code.as_str(), code.severity().as_str(), code.summary());
    Code::ALL.iter().map(line).collect()
}

fn parse(name: &str) -> Result<Code, String> {
    Code::from_name(name).ok_or_else(|| match Code::nearest(name) {
        Some(code) => format!("there is no such code; did you mean `{code}`?"),
        None => "there is no such code; `score-fly explain` lists all of them".to_owned(),
    })
}
