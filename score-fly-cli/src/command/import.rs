//! `score-fly import`

use std::path::PathBuf;

use clap::Args;
#[cfg(any(feature = "functions", feature = "gitops"))]
use clap::Subcommand;
use score_fly_engine::ops;
use score_fly_engine::ops::import::Options;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::Stream;
use crate::process::Process;

/// Convert a fly.toml to a Score file
///
/// `score-fly convert` turns the result into the same app again. What neither Score nor other annotations
/// can express goes into the annotation `fly.score.dev/config`, with a note for each part. Comments are not
/// carried over.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Import {
    #[cfg(any(feature = "functions", feature = "gitops"))]
    #[command(subcommand)]
    from: Option<From>,

    /// The fly.toml, or its `.json` or `.yaml` form; `-` is standard input
    #[arg(default_value = "fly.toml")]
    file: PathBuf,

    /// The Score file to write [default: print it]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Overwrite the file that --output names
    #[arg(long, requires = "output")]
    force: bool,
}

#[cfg(any(feature = "functions", feature = "gitops"))]
#[derive(Debug, Subcommand)]
enum From {
    #[cfg(feature = "functions")]
    Faaso(Faaso),
    #[cfg(feature = "gitops")]
    Flycd(super::gitops::Flycd),
}

/// Make a function or a runtime of one of FaaSO's
///
/// Of a function, `funko.yml` becomes `function.yaml` and `score.yaml`; of a runtime, its options get a schema in
/// `runtime.yaml`. All else stays. Notes say what will be different.
#[cfg(feature = "functions")]
#[derive(Debug, Args)]
struct Faaso {
    /// The folder of the function or of the runtime
    folder: PathBuf,

    /// The folder to write
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,

    /// Where the function's runtime is: a folder, or `https://host/repository#ref:path`
    #[arg(short, long)]
    runtime: Option<String>,
}

/// Runs it.
pub(crate) fn run(args: Import, global: Global) -> Exit {
    #[cfg(any(feature = "functions", feature = "gitops"))]
    match args.from {
        #[cfg(feature = "functions")]
        Some(From::Faaso(Faaso { folder, output, runtime })) => {
            let process = Process::heeding(global);
            let options = ops::import_faaso::Options { folder, output, runtime };
            ops::import_faaso(&process.context(), &options);
            return process.finish();
        }
        #[cfg(feature = "gitops")]
        Some(From::Flycd(flycd)) => return super::gitops::import(&flycd, global),
        None => {}
    }
    let process = Process::new(global, Stream::Stderr);
    let options = Options { file: args.file, output: args.output, force: args.force };
    let imported = ops::import(&process.context(), &options).result;
    if let Some(imported) = imported.filter(|_| options.output.is_none()) {
        process.data(&imported.text);
    }
    process.finish()
}
