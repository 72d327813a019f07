//! Writing what a workload becomes.

use std::fs;
use std::path::{Path, PathBuf};

use score_fly_core::convert::{self, Output};
use score_fly_core::fly::{App, secrets};
use score_fly_core::resolve::Missing;
use score_fly_core::resource::Outputs;
use score_fly_core::secret::Secret;

use super::super::clashes::refuse_clashes;
use super::super::context::Context;
use super::super::conversion::{self, Attempt, Product};
use super::super::failure::Failure;
use super::super::report::{Generated, Log, Note, Secrets, Toml, Unfinished};
use super::super::score_file::ScoreFile;
use super::mark;
use super::options::{Existing, Options, SecretsTo, TomlTo};
use crate::faults::unwritable_file;
use crate::files::{Access, Staged};
use crate::root::folder;

/// Where workloads are written.
#[derive(Clone, Copy)]
pub(super) struct Target<'t> {
    pub(super) context: &'t Context<'t>,
    pub(super) options: &'t Options,
}

/// A file to be written, by the path that people know.
struct File<'f> {
    path: PathBuf,
    shown: PathBuf,
    content: &'f [u8],
    access: Access,
}

impl Target<'_> {
    /// Converts a Score file for where it is to be written.
    pub(super) fn convert(
        &self,
        file: &ScoreFile<'_>,
        options: &convert::Options,
        outputs: (Outputs, Missing),
    ) -> Attempt {
        let existing = |workload: &str| {
            let toml = self.toml_path(workload);
            toml.filter(|toml| self.options.existing == Existing::Update && self.context.root.at(toml).exists())
        };
        let attempt = conversion::convert(self.context, file, options, outputs, &self.folder(), existing);
        if self.options.toml == TomlTo::Caller { attempt } else { attempt.with_toml(mark::updated) }
    }

    /// Writes what workloads became, as long as nobody asks for an end.
    pub(super) fn write_all(
        &self,
        files: &[ScoreFile<'_>],
        products: &[(&str, Product)],
        log: &mut Log<'_>,
    ) -> Vec<Generated> {
        let sides = products.iter().flat_map(|(_, product)| product.app.files.keys().map(PathBuf::from));
        let named = products.iter().flat_map(|(name, product)| {
            let secrets = !product.app.secrets.is_empty() || self.options.secrets != SecretsTo::Beside;
            self.named_files(name, secrets)
        });
        let written: Vec<PathBuf> = sides.chain(named).collect();
        let mut generated = Vec::new();
        if !self.refuse_clashes(files, &written, log) {
            return generated;
        }
        // What is half done when a signal comes is done first.
        let _listening = self.context.cancel.listen();
        for (name, product) in products {
            if self.context.cancel.is_cancelled() {
                log.note(Note::Cancelled(Unfinished::Writing { written: generated.len(), workloads: files.len() }));
                break;
            }
            generated.extend(self.write(name, product, log));
        }
        generated
    }

    /// The files that a workload becomes in any case, and the one with its secrets, if it has some.
    fn named_files(&self, workload: &str, secrets: bool) -> Vec<PathBuf> {
        let secrets = match &self.options.secrets {
            SecretsTo::Beside => Some(self.path(Output::Secrets, workload)),
            SecretsTo::File(path) => Some(path.clone()),
            SecretsTo::Caller => None,
        }
        .filter(|_| secrets);
        self.toml_path(workload).into_iter().chain(secrets).collect()
    }

    /// Refuses to write over a fly.toml that score-fly has not written, or that was changed since. Nobody asks for
    /// provisioners' work that can't be written then.
    pub(super) fn refuse_foreign<'w>(&self, workloads: impl Iterator<Item = &'w str>, log: &mut Log<'_>) -> bool {
        if self.options.existing != Existing::Ours {
            return true;
        }
        let foreign = workloads.filter_map(|workload| self.toml_path(workload)).filter(|path| {
            let path = self.context.root.at(path);
            path.is_file() && fs::read(&path).is_ok_and(|there| !str::from_utf8(&there).is_ok_and(mark::is_ours))
        });
        let foreign: Vec<PathBuf> = foreign.collect();
        let is_none = foreign.is_empty();
        for path in foreign {
            log.fail(Failure::NotOurs { path });
        }
        is_none
    }

    /// As [`refuse_clashes`](Self::refuse_clashes), for what is known of the files before resources are provisioned.
    #[cfg(feature = "project")]
    pub(super) fn refuse_known_clashes(&self, files: &[ScoreFile<'_>], log: &mut Log<'_>) -> bool {
        let to_file = matches!(self.options.secrets, SecretsTo::File(_));
        let names = files.iter().filter_map(ScoreFile::name);
        let written: Vec<PathBuf> = names.flat_map(|name| self.named_files(name, to_file)).collect();
        self.refuse_clashes(files, &written, log)
    }

    /// Refuses to write over what this run reads, and to write a file twice.
    fn refuse_clashes(&self, files: &[ScoreFile<'_>], written: &[PathBuf], log: &mut Log<'_>) -> bool {
        let sources = files.iter().flat_map(|file| file.files_read.iter().chain([&file.path]));
        let state = self.context.root.state();
        let read = sources.map(PathBuf::as_path).chain(self.options.files_read()).chain([state.as_path()]);
        refuse_clashes(self.context, read, written.iter().map(PathBuf::as_path), log)
    }

    /// Writes what a workload became, or nothing of it.
    fn write(&self, workload: &str, product: &Product, log: &mut Log<'_>) -> Option<Generated> {
        let Product { app: App { config, secrets, files, .. }, toml } = product;
        let text = secrets::encode(secrets);
        let beside = self.path(Output::Secrets, workload);
        let secrets_go = match &self.options.secrets {
            SecretsTo::Beside if secrets.is_empty() => Secrets::None,
            SecretsTo::Beside => Secrets::In(beside.clone()),
            SecretsTo::File(path) => Secrets::In(path.clone()),
            SecretsTo::Caller => Secrets::Text(Secret::new(text.clone())),
        };
        let toml_path = self.toml_path(workload);

        let mut all = Vec::new();
        for (path, content) in files {
            all.push(self.file(Path::new(path), content, Access::Usual));
        }
        if let Secrets::In(path) = &secrets_go {
            all.push(self.file(path, text.as_bytes(), Access::Owner));
        }
        // Last, so that a fly.toml never speaks of files that are not there yet.
        all.extend(toml_path.iter().map(|path| self.file(path, toml.as_bytes(), Access::Usual)));
        log.take(write(&all, self.scratch().as_deref()))?;
        for file in all {
            log.note(Note::Wrote(file.shown));
        }
        if secrets.is_empty() && self.options.secrets == SecretsTo::Beside && self.context.root.at(&beside).exists() {
            log.note(Note::Useless(beside));
        }
        let app = config.app.clone().unwrap_or_default();
        let secrets =
            if secrets.is_empty() && !matches!(secrets_go, Secrets::Text(_)) { Secrets::None } else { secrets_go };
        let toml = toml_path.map_or_else(|| Toml::Text(toml.clone()), Toml::In);
        let generated = Generated { workload: workload.to_owned(), app, toml, secrets };
        log.note(Note::Generated(generated.clone()));
        Some(generated)
    }

    fn file<'f>(&self, path: &Path, content: &'f [u8], access: Access) -> File<'f> {
        File { path: self.context.root.at(path), shown: self.shown(path), content, access }
    }

    /// The project's folder, which the next run cleans, and git leaves alone.
    fn scratch(&self) -> Option<PathBuf> {
        let folder = self.context.root.at(folder(&self.context.root.state()));
        (cfg!(feature = "project") && folder.is_dir()).then_some(folder)
    }

    /// The folder to write into; empty for the one in which all happens.
    fn folder(&self) -> PathBuf {
        match (&self.options.toml, &self.options.folder) {
            (TomlTo::File(path), _) => folder(path).to_owned(),
            (_, Some(folder)) => folder.clone(),
            (_, None) => self.context.root.output(),
        }
    }

    /// Where fly.toml goes, unless that is to the caller.
    fn toml_path(&self, workload: &str) -> Option<PathBuf> {
        match &self.options.toml {
            TomlTo::Folder => Some(self.path(Output::Toml, workload)),
            TomlTo::File(path) => Some(path.clone()),
            TomlTo::Caller => None,
        }
    }

    fn path(&self, output: Output, workload: &str) -> PathBuf {
        self.folder().join(output.name(workload))
    }

    /// A path as people know it: fly.toml names files from the folder in which all happens, wherever the folder
    /// to write into is, and those in that folder are shown as it was given.
    fn shown(&self, path: &Path) -> PathBuf {
        let way = self.context.root.relate(Path::new(""), &self.folder()).toml_from_work;
        match path.strip_prefix(&way) {
            Ok(inside) if !way.is_empty() => self.folder().join(inside),
            _ => path.to_owned(),
        }
    }
}

/// Notes what became of Score files. Gives the apps, by workload, of those that are `writable`.
pub(super) fn products<'f>(
    files: &'f [ScoreFile<'_>],
    attempts: Vec<Attempt>,
    writable: impl Fn(&ScoreFile<'_>) -> bool,
    log: &mut Log<'_>,
) -> Vec<(&'f str, Product)> {
    let mut products = Vec::new();
    for (file, attempt) in files.iter().zip(attempts) {
        let product = attempt.note(file, log);
        if let (Some(name), Some(product), true) = (file.name(), product, writable(file)) {
            products.push((name, product));
        }
    }
    products
}

/// Writes all files in full before the first one takes its place. Until then, secrets are in `scratch`, if there is
/// such a folder.
fn write(files: &[File<'_>], scratch: Option<&Path>) -> Result<(), Failure> {
    let mut staged = Vec::new();
    for file in files {
        let failed = |error| unwritable_file(&file.shown, &error);
        let scratch = scratch.filter(|_| file.access == Access::Owner);
        staged.push((Staged::new(&file.path, file.content, file.access, scratch).map_err(failed)?, file));
    }
    for (ready, file) in staged {
        ready.commit().map_err(|error| unwritable_file(&file.shown, &error))?;
    }
    Ok(())
}
