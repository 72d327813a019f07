//! `score-fly schema`

use clap::{Args, ValueEnum};
use score_fly_core::facade;
use score_fly_core::score::SCHEMA;

use crate::Exit;
use crate::cli::Global;
use crate::output::{Reporter, Stream};

/// Print the JSON Schemas of what score-fly reads and answers
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Which one
    #[arg(value_enum, default_value_t = Name::Score)]
    name: Name,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// A Score file
    Score,
    /// The requests and responses of the libraries for Rust, Python and JavaScript
    Facade,
}

/// Runs it.
pub(crate) fn run(args: &Schema, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    match args.name {
        Name::Score => reporter.data(SCHEMA),
        Name::Facade => reporter.data(&format!("{:#}\n", facade::schema())),
    }
    reporter.finish()
}
