//! `score-fly schema`

use clap::{Args, ValueEnum};
use score_fly_core::facade;
use score_fly_core::score::Workload;

use crate::Exit;
use crate::cli::Global;
use crate::output::{Reporter, Stream};

/// Print the JSON Schemas of what score-fly reads and answers
///
/// Requests and responses are those of the libraries for Rust, Python and JavaScript.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The schema of one of them, instead of one document that has all under `$defs`
    name: Option<Name>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// What every operation takes
    Request,
    /// The answer of a conversion
    ConvertResponse,
    /// The answer of a check
    CheckResponse,
    /// The answer to what a Score file needs
    RequirementsResponse,
    /// A Score file, as score-fly reads it after deprecated forms are upgraded
    Workload,
}

/// Runs it.
pub(crate) fn run(args: &Schema, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    let schema = match args.name {
        None => facade::schema(),
        Some(Name::Request) => facade::schema_of_input::<facade::Request>(),
        Some(Name::ConvertResponse) => facade::schema_of_output::<facade::ConvertResponse>(),
        Some(Name::CheckResponse) => facade::schema_of_output::<facade::CheckResponse>(),
        Some(Name::RequirementsResponse) => facade::schema_of_output::<facade::RequirementsResponse>(),
        Some(Name::Workload) => facade::schema_of_input::<Workload>(),
    };
    reporter.data(&format!("{schema:#}\n"));
    reporter.finish()
}
