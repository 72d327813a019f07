//! A fly.toml that is read once, and then asked as often as need be.

use super::fix::{self, Fixed};
use super::local;
use super::machine::{MachineConfig, machine_config};
use super::messages::settle;
use super::read::{ConfigFile, Text, open};
use super::rules;
use crate::diagnostic::{Diagnostics, Levels, Outcome, Silenceable};
use crate::document::{Document, Toml};
use crate::local::{LocalFiles, Need, Needs};
use crate::prelude::*;
use crate::source::Source;

/// Reads a configuration, or a fragment of one: JSON or YAML if the source's name ends in `.json`
/// or `.yaml`, and TOML otherwise, as flyctl does. Older forms that flyctl takes are read too.
///
/// There is a value if the text is well-formed. What has another type than flyctl wants is missing
/// from it.
pub fn read(source: &Source) -> Outcome<ConfigFile> {
    LoadedConfig::read(source).into_file()
}

/// A fly.toml that was read: what it says, where everything stands, and what is wrong so far.
///
/// All that is made of it comes with every diagnostic, those of reading included, in their places.
#[derive(Debug, Clone)]
pub struct LoadedConfig<'s> {
    source: &'s Source,
    document: Document<'s>,
    toml: Option<Toml<'s>>,
    /// What was found is not located, since more may come.
    file: Outcome<ConfigFile>,
    levels: Levels,
}

impl<'s> LoadedConfig<'s> {
    /// Reads a fly.toml, as [`read`] does.
    pub fn read(source: &'s Source) -> Self {
        let (text, diagnostics) = open(source).into_parts();
        match text {
            Some(Text { file, document, toml }) => {
                let file = match file {
                    Some(file) => Outcome::new(file, diagnostics),
                    None => Outcome::failed(diagnostics),
                };
                Self { source, document, toml, file, levels: Levels::default() }
            }
            None => {
                let document = Document::without_root(source);
                Self { source, document, toml: None, file: Outcome::failed(diagnostics), levels: Levels::default() }
            }
        }
    }

    /// The same with what is to be silenced, and what is to be an error.
    #[must_use]
    pub fn with_levels(self, levels: &Levels) -> Self {
        Self { levels: levels.clone(), ..self }
    }

    /// What it says; nothing if the text is not well-formed.
    pub fn file(&self) -> Option<&ConfigFile> {
        self.file.value()
    }

    /// What it says, with what was found while it was read.
    pub fn into_file(self) -> Outcome<ConfigFile> {
        self.file.locate(&self.document)
    }

    /// All local files that it names, as far as that shows in those that are `known`.
    pub fn local_files(&self, known: &LocalFiles) -> Vec<Need> {
        self.file().map(|file| local::files(&file.config, known)).unwrap_or_default()
    }

    /// Says which of its local files are not known yet.
    pub fn needs(&self, known: LocalFiles) -> Needs<'_> {
        Needs::new(known, |known| self.local_files(known))
    }

    /// Finds its mistakes: what flyctl can't read, and what [`check`](super::check()) finds in the rest.
    /// Files that are not listed are taken to exist.
    pub fn check(&self, files: &LocalFiles) -> Diagnostics {
        self.and_then(|file| Outcome::new((), rules::check(&file.config, files))).into_parts().1
    }

    /// Mends what [`check`](Self::check) found, as far as there is only one way to do it.
    ///
    /// `None` if there is nothing to mend. JSON and YAML are never mended.
    pub fn fix(&self, found: &Diagnostics) -> Option<Fixed> {
        fix::fix(self.source, &self.document, self.toml.as_ref()?, found)
    }

    /// What flyctl sends for the machines of a process group: see
    /// [`machine_config`](super::machine_config()). `files` must hold the content of all that it needs.
    pub fn machine_config(&self, group: Option<&str>, files: &LocalFiles) -> Outcome<MachineConfig> {
        self.and_then(|file| machine_config(&file.config, group, files)).map(MachineConfig::without_empty_secrets)
    }

    /// Runs `next` on what it says, and locates all that was found.
    pub(crate) fn and_then<T>(&self, next: impl FnOnce(&ConfigFile) -> Outcome<T>) -> Outcome<T> {
        self.file.as_ref().and_then(next).map_diagnostics(|found| self.place(found))
    }

    /// Locates all that was found, once it is complete.
    fn place(&self, found: &mut Diagnostics) {
        settle(found);
        found.locate(&self.document);
        self.levels.apply(found, &mut core::iter::once(self.source), Silenceable::All);
    }
}
