//! `score-fly completion`

use clap::{Args, Command};
use clap_complete::Shell;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Reporter, Stream};

/// Print a script that completes commands and flags in a shell
///
/// For bash, for example: `source <(score-fly completion bash)`
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell
    shell: Shell,
}

/// Runs it, for the command line as a whole.
pub(crate) fn run(args: &Completion, mut command: Command, global: Global) -> Exit {
    let reporter = Reporter::new(global, Stream::Stderr);
    // Into memory first: the generator panics if it can't write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "score-fly", &mut script);
    reporter.data(&String::from_utf8_lossy(&script));
    reporter.finish()
}
