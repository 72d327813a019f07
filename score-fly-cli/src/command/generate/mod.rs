//! `score-fly generate`

mod in_project;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use clap::Args;
use score_fly_core::convert::Options;
use score_fly_core::fly::{App, secrets};
use score_fly_core::resolve::Missing;
use score_fly_core::resource::Outputs;
use score_fly_engine::files::{Access, Staged};
use score_fly_engine::{FileStore, Store as _, parallel};

use crate::Exit;
use crate::cli::{EnvFileArgs, Global, OpenArgs, ScoreArgs, only_one_file};
use crate::conversion::{self, Attempt, Product, Shared};
use crate::inputs::{cannot, is_dash, refuse_two_dashes};
use crate::output::{Reporter, Stream};
use crate::paths::relate;
use crate::score_file::ScoreFile;

/// Write the fly.toml, secrets and further files that Score files become
///
/// Each workload becomes `fly_<workload>.toml` and, where needed, a folder `fly_<workload>_files`,
/// `fly_<workload>.machine.json` with its containers, and `fly_<workload>.env`, which only its owner
/// may read and which `fly secrets import` takes.
/// Each file is replaced in one step. Nothing is written for a Score file that has errors.
///
/// What is written is meant for `fly deploy -c <file>` in the directory in which score-fly runs.
///
/// In a project, which `score-fly init` makes, the Score files are added to its workloads, or
/// replace those of the same name; then the resources of all workloads are provisioned, and all
/// workloads are written. Nothing is provisioned if one of them has errors. Without a project,
/// outputs of resources come from --outputs alone.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The Score files; `-` is standard input. A project may do without
    files: Vec<PathBuf>,

    #[command(flatten)]
    score: ScoreArgs,

    /// The folder to write into, instead of the current one
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// The file to write secrets to, even if there are none; `-` is standard output
    #[arg(long, value_name = "FILE")]
    secrets_file: Option<PathBuf>,

    /// Write the content of files, and containers, into fly.toml where they can stand there
    #[arg(long)]
    inline_files: bool,

    /// Keep comments, order and further keys of fly.toml files that are already there
    #[arg(long)]
    update: bool,

    #[command(flatten)]
    provisioning: Provisioning,
}

/// How resources are provisioned.
#[derive(Debug, Args)]
#[command(next_help_heading = "In a project")]
pub(crate) struct Provisioning {
    /// How many provisioners may be at work at once
    #[arg(short, long, value_name = "NUMBER", default_value = "8")]
    pub(crate) jobs: NonZero<usize>,

    /// Call no provisioner for resources of which everything is known already
    ///
    /// That is so if their params and metadata are what they were, and no workload refers to their
    /// secrets, which are kept only if the state is encrypted.
    #[arg(long)]
    pub(crate) only_new: bool,

    #[command(flatten)]
    pub(crate) env_file: EnvFileArgs,

    #[command(flatten)]
    pub(crate) open: OpenArgs,
}

/// Runs it.
pub(crate) fn run(args: &Generate, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    if let Some(sentence) = args.refuse() {
        reporter.fail(&sentence);
        return reporter.finish();
    }
    let Some(shared) = Shared::read(&args.score, args.inline_files, &mut reporter) else { return reporter.finish() };
    if FileStore::new("").exists() {
        in_project::run(args, shared, &mut reporter);
    } else if !args.provisioning.env_file.is_empty() {
        reporter.fail(
            "--env-file is for the resources of a project, and there is none in this folder: run `score-fly init` \
             first, or give the outputs with --outputs",
        );
    } else if args.files.is_empty() {
        reporter.fail("there is no project in this folder: name Score files, or run `score-fly init` first");
    } else {
        without_project(args, &shared, &mut reporter);
    }
    reporter.finish()
}

/// Writes what each Score file becomes by itself.
fn without_project(args: &Generate, shared: &Shared, reporter: &mut Reporter) {
    let files = read_all(&args.files, shared, reporter);
    let attempts = parallel::map(&files, parallel::all_cores(), |file| {
        args.convert(file, &shared.options, shared.outputs_of(file))
    });
    let twice = name_twice(&files);
    for (file, attempt) in files.iter().zip(attempts) {
        attempt.report(file, reporter);
        let (Some(name), Some(product)) = (file.name(), attempt.product) else { continue };
        if !twice.contains_key(name) {
            args.write(name, &product, reporter);
        }
    }
    for (name, files) in twice {
        reporter.fail(&format!("the workloads of {files} are both called `{name}`: nothing is written for them"));
    }
}

/// Reads Score files, and reports those that can't be.
fn read_all<'o>(paths: &[PathBuf], shared: &'o Shared, reporter: &mut Reporter) -> Vec<ScoreFile<'o>> {
    let files = parallel::map(paths, parallel::all_cores(), |path| ScoreFile::read(path, shared));
    let mut read = Vec::new();
    for file in files {
        match file {
            Ok(file) => read.push(file),
            Err(sentence) => reporter.fail(&sentence),
        }
    }
    read
}

/// The workloads that several files have, with the names of these files.
fn name_twice<'f>(files: &'f [ScoreFile<'_>]) -> BTreeMap<&'f str, String> {
    let mut by_workload: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        if let Some(name) = file.name() {
            by_workload.entry(name).or_default().push(format!("`{}`", file.path.display()));
        }
    }
    by_workload
        .into_iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(name, files)| (name, files.join(" and ")))
        .collect()
}

impl Generate {
    /// What is wrong with the flags, if anything.
    fn refuse(&self) -> Option<String> {
        let flag = self.score.flag_for_one_file().or(self.secrets_file.as_ref().map(|_| "--secrets-file"));
        let several = flag.filter(|_| self.files.len() > 1).map(only_one_file);
        several.or_else(|| refuse_two_dashes(self.score.files().chain(self.files.iter().map(PathBuf::as_path))))
    }

    /// Converts a Score file for where it is to be written.
    fn convert(&self, file: &ScoreFile<'_>, options: &Options, outputs: (Outputs, Missing)) -> Attempt {
        let existing = |workload: &str| Some(self.toml(workload)).filter(|toml| self.update && toml.exists());
        conversion::convert(file, options, outputs, self.folder(), existing)
    }

    /// The folder to write into; empty for the current one.
    fn folder(&self) -> &Path {
        self.output.as_deref().unwrap_or(Path::new(""))
    }

    /// A path as people know it: fly.toml names files from the working directory, wherever the folder
    /// to write into is, and those in that folder are shown as it was given.
    fn shown(&self, path: &Path) -> PathBuf {
        let way = relate(Path::new(""), self.folder()).toml_from_work;
        match path.strip_prefix(&way) {
            Ok(inside) if !way.is_empty() => self.folder().join(inside),
            _ => path.to_owned(),
        }
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
            reporter.say(&format!("wrote {}", self.shown(path).display()));
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
