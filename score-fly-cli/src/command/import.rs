//! `score-fly import`

use std::path::{Path, PathBuf};

use clap::Args;
use score_fly_core::import::to_yaml;
use score_fly_engine::files::{self, Access};

use crate::Exit;
use crate::cli::Global;
use crate::fly_file::FlyFile;
use crate::inputs::cannot;
use crate::output::{Reporter, Stream};

/// Make a Score file of a fly.toml
///
/// What `score-fly convert` makes of it is the same app again: what Score and its annotations have no
/// words for stands in the annotation `fly.score.dev/config`, and is told in notes. Comments are not
/// taken over.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The fly.toml, or the same as `.json` or `.yaml`; `-` is standard input
    #[arg(default_value = "fly.toml")]
    file: PathBuf,

    /// The Score file to write, instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Replace the file of --output if there is one
    #[arg(long, requires = "output")]
    force: bool,
}

/// Runs it.
pub(crate) fn run(args: &Import, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    match FlyFile::read(&args.file) {
        Ok(file) => import(&file, args, &mut reporter),
        Err(sentence) => reporter.fail(&sentence),
    }
    reporter.finish()
}

fn import(file: &FlyFile, args: &Import, reporter: &mut Reporter) {
    let (workload, diagnostics) = file.import().into_parts();
    file.report(&diagnostics, reporter);
    let Some(text) = workload.filter(|_| !diagnostics.has_errors()).map(|workload| to_yaml(&workload)) else { return };
    match &args.output {
        None => reporter.data(&text),
        Some(path) if path.exists() && !args.force => {
            reporter.fail(&format!("`{}` is there already: --force replaces it", path.display()));
        }
        Some(path) => write(path, &text, reporter),
    }
}

fn write(path: &Path, text: &str, reporter: &mut Reporter) {
    match files::write(path, text.as_bytes(), Access::Usual) {
        Ok(()) => reporter.say(&format!("wrote {}", path.display())),
        Err(error) => reporter.fail(&cannot("write", path, &error)),
    }
}
