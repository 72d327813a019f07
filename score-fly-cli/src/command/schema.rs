//! `score-fly schema`

use clap::{Args, ValueEnum};
use score_fly_core::{facade, score};

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Reporter, Stream};

/// Print the JSON Schema of Score files, or of the libraries' requests and responses
///
/// The libraries for Rust, Python and JavaScript share them.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// What the schema is of
    #[arg(value_enum, default_value_t)]
    name: Name,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Name {
    /// A Score file
    #[default]
    Score,
    /// What every operation of the libraries takes
    Request,
    /// The answer of a conversion
    ConvertResponse,
    /// The answer of a check
    CheckResponse,
    /// The answer to what a Score file needs
    RequirementsResponse,
}

/// Runs it.
pub(crate) fn run(args: &Schema, global: Global) -> Exit {
    let reporter = Reporter::new(global, Stream::Stderr);
    reporter.data(&match args.name {
        Name::Score => score::SCHEMA.to_owned(),
        Name::Request => of_facade("Request"),
        Name::ConvertResponse => of_facade("ConvertResponse"),
        Name::CheckResponse => of_facade("CheckResponse"),
        Name::RequirementsResponse => of_facade("RequirementsResponse"),
    });
    reporter.finish()
}

/// The schema of one of the facade's types. It stands by itself: all others are in its `$defs`.
fn of_facade(name: &str) -> String {
    let mut schema = facade::schema();
    schema["title"] = name.into();
    schema["$ref"] = format!("#/$defs/{name}").into();
    format!("{schema:#}\n")
}
