//! `score-fly completion`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::Exit;
use crate::cli::{Cli, Global};
use crate::output::{Reporter, Stream};

/// Print a script that completes commands and flags in a shell
///
/// For bash, for example: `source <(score-fly completion bash)`
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell
    shell: Shell,
}

/// Runs it.
pub(crate) fn run(args: &Completion, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    // Into memory first: the generator panics if it can't write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "score-fly", &mut script);
    reporter.data(&String::from_utf8_lossy(&script));
    reporter.finish()
}
