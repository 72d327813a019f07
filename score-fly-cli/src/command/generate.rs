//! `score-fly generate`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use score_fly_core::fly::{App, secrets};
use score_fly_engine::parallel;

use crate::Exit;
use crate::cli::{Global, ScoreArgs, only_one_file};
use crate::conversion::{self, Attempt, Product, Shared};
use crate::files::{Access, Staged};
use crate::inputs::{cannot, is_dash, refuse_two_dashes};
use crate::output::{Reporter, Stream};

/// Write the fly.toml, secrets and further files that Score files become
///
/// Each workload becomes `fly_<workload>.toml` and, where needed, a folder `fly_<workload>_files`
/// and `fly_<workload>.env`, which only its owner may read and which `fly secrets import` takes.
/// Each file is replaced in one step. Nothing is written for a Score file that has errors.
///
/// What is written is meant for `fly deploy -c <file>` in the directory in which score-fly runs.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The Score files; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    score: ScoreArgs,

    /// The folder to write into, instead of the current one
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// The file to write secrets to, even if there are none; `-` is standard output
    #[arg(long, value_name = "FILE")]
    secrets_file: Option<PathBuf>,

    /// Write the content of files into fly.toml where it can stand there
    #[arg(long)]
    inline_files: bool,

    /// Keep comments, order and further keys of fly.toml files that are already there
    #[arg(long)]
    update: bool,
}

/// Runs it.
pub(crate) fn run(args: &Generate, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    if let Some(sentence) = args.refuse() {
        reporter.fail(&sentence);
        return reporter.finish();
    }
    let Some(shared) = Shared::read(&args.score, args.inline_files, &mut reporter) else { return reporter.finish() };
    let attempts = parallel::map(&args.files, parallel::all_cores(), |file| {
        let existing = |workload: &str| Some(args.toml(workload)).filter(|toml| args.update && toml.exists());
        conversion::convert(file, &shared, args.folder(), existing)
    });

    let mut by_workload: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
    for (file, attempt) in args.files.iter().zip(&attempts) {
        if let Some(workload) = &attempt.workload {
            by_workload.entry(workload.clone()).or_default().push(file);
        }
    }
    for attempt in attempts {
        attempt.report(&shared, &mut reporter);
        let Attempt { workload: Some(workload), product: Some(product), .. } = attempt else { continue };
        if by_workload.get(&workload).is_some_and(|files| files.len() == 1) {
            args.write(&workload, &product, &mut reporter);
        }
    }
    for (workload, files) in by_workload {
        if files.len() > 1 {
            let files: Vec<String> = files.iter().map(|file| format!("`{}`", file.display())).collect();
            let files = files.join(" and ");
            reporter
                .fail(&format!("the workloads of {files} are both called `{workload}`: nothing is written for them"));
        }
    }
    reporter.finish()
}

impl Generate {
    /// What is wrong with the flags, if anything.
    fn refuse(&self) -> Option<String> {
        let flag = self.score.flag_for_one_file().or(self.secrets_file.as_ref().map(|_| "--secrets-file"));
        let several = flag.filter(|_| self.files.len() > 1).map(only_one_file);
        several.or_else(|| refuse_two_dashes(self.score.files().chain(self.files.iter().map(PathBuf::as_path))))
    }

    /// The folder to write into; empty for the current one.
    fn folder(&self) -> &Path {
        self.output.as_deref().unwrap_or(Path::new(""))
    }

    fn toml(&self, workload: &str) -> PathBuf {
        self.folder().join(format!("fly_{workload}.toml"))
    }

    /// Writes what a workload became, or nothing of it.
    fn write(&self, workload: &str, product: &Product, reporter: &mut Reporter) {
        let Product { app: App { config, secrets, files }, toml } = product;
        let env = self.folder().join(format!("fly_{workload}.env"));
        let mut content: Vec<(PathBuf, &[u8], Access)> = Vec::new();
        for (path, bytes) in files {
            content.push((path.into(), bytes, Access::Usual));
        }
        let secrets_text = secrets::encode(secrets);
        let secrets_path = match &self.secrets_file {
            Some(path) => Some(path.clone()),
            None => (!secrets.is_empty()).then(|| env.clone()),
        };
        if let Some(path) = secrets_path.as_ref().filter(|path| !is_dash(path)) {
            content.push((path.clone(), secrets_text.as_bytes(), Access::Owner));
        }
        // Last, so that a fly.toml never speaks of files that are not there yet.
        let toml_path = self.toml(workload);
        content.push((toml_path.clone(), toml.as_bytes(), Access::Usual));

        if let Err(sentence) = write_all(&content) {
            reporter.fail(&sentence);
            return;
        }
        for (path, _, _) in &content {
            reporter.say(&format!("wrote {}", path.display()));
        }
        if secrets_path.as_deref().is_some_and(is_dash) {
            reporter.data(&secrets_text);
        }
        if secrets.is_empty() && self.secrets_file.is_none() && env.exists() {
            // It may hold the only copy of a secret, so it is not ours to remove.
            reporter.say(&format!("{} is of no use any more: the workload has no secrets", env.display()));
        }
        next_steps(config.app.as_deref(), secrets_path.filter(|_| !secrets.is_empty()), &toml_path, reporter);
    }
}

/// Writes all files in full before the first one takes its place.
fn write_all(content: &[(PathBuf, &[u8], Access)]) -> Result<(), String> {
    let mut staged = Vec::new();
    for (path, bytes, access) in content {
        staged.push((Staged::new(path, bytes, *access).map_err(|error| cannot("write", path, &error))?, path));
    }
    for (file, path) in staged {
        file.commit().map_err(|error| cannot("write", path, &error))?;
    }
    Ok(())
}

/// Names the commands that deploy what was written.
fn next_steps(app: Option<&str>, secrets: Option<PathBuf>, toml: &Path, reporter: &Reporter) {
    let toml = quote(&toml.display().to_string());
    let app = app.unwrap_or_default();
    reporter.detail("next:");
    reporter.detail(&format!("  fly apps create {app}"));
    if let Some(secrets) = secrets.filter(|path| !is_dash(path)) {
        let secrets = quote(&secrets.display().to_string());
        reporter.detail(&format!("  fly secrets import --stage -a {app} < {secrets}"));
    }
    reporter.detail(&format!("  fly deploy -c {toml}"));
}

/// `text` as one word of a shell.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
