//! `score-fly import flycd`

use std::path::PathBuf;

use clap::Args;
use score_fly_gitops::{import_folder, replace};

use super::tree::tell;
use crate::args::Global;
use crate::exit::Exit;
use crate::process::Process;

/// Write the files of a tree that was made for FlyCD in score-fly's own form
///
/// Such trees work as they are; in the new form they say more, and nothing behaves in a way that surprises. Without
/// --write, what would be written is printed. Comments are not taken over.
#[derive(Debug, Args)]
pub(crate) struct Flycd {
    /// The folder in which the tree begins
    #[arg(default_value = ".")]
    folder: PathBuf,

    /// Replace the files
    #[arg(long)]
    write: bool,
}

/// Runs it.
pub(crate) fn import(args: &Flycd, global: Global) -> Exit {
    let process = Process::heeding(global);
    let root = process.context().root.clone();
    let files = match import_folder(&root, &args.folder.to_string_lossy()) {
        Ok(files) => files,
        Err(reason) => {
            process.fail(&format!("cannot read `{}`: {reason}", args.folder.display()));
            return process.finish();
        }
    };
    if files.is_empty() {
        process.say("there is nothing in FlyCD's form here");
    }
    for (source, imported) in &files {
        tell(&process, imported.diagnostics(), std::slice::from_ref(source));
    }
    // All of them, or none.
    if files.iter().all(|(_, imported)| imported.value().is_some()) {
        for (index, (source, imported)) in files.iter().enumerate() {
            let text = imported.value().map(|imported| imported.text.as_str()).unwrap_or_default();
            if !args.write {
                let gap = if index > 0 { "---\n" } else { "" };
                process.data(&format!("{gap}# {}\n{text}", source.name));
                continue;
            }
            match replace(&root, &source.name, text) {
                Ok(()) => process.say(&format!("wrote {}", source.name)),
                Err(error) => process.fail(&format!("cannot write `{}`: {error}", source.name)),
            }
        }
    }
    process.finish()
}
