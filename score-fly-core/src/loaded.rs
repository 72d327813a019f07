//! Score files that are read once, and then asked as often as need be.

use serde_json::Value;

use crate::convert::{self, Options};
use crate::diagnostic::{Diagnostic, Diagnostics, Levels, Location, Outcome, Silenceable};
use crate::document::overrides::{self, Override};
use crate::document::{self, Document};
use crate::fly::App;
use crate::local::{Base, LocalFiles, Need, Needs};
use crate::map::SortedMap;
use crate::pointer::Pointer;
use crate::prelude::*;
use crate::resolve::{self, Given, Missing};
use crate::resource::{self, Requirements};
use crate::score::{self, Workload};
use crate::secret::Sensitive;
use crate::source::Source;

/// A Score file and what is done to it before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'s> {
    /// The Score file.
    pub score: &'s Source,
    /// Overrides, from left to right.
    pub overrides: &'s [Override],
}

impl<'s> Input<'s> {
    /// A Score file without overrides.
    pub fn new(score: &'s Source) -> Self {
        Self { score, overrides: &[] }
    }
}

/// A Score file that was read: its workload, where everything stands, and what is wrong so far.
///
/// All that is made of it comes with every diagnostic, those of reading included, in their places.
#[derive(Debug, Clone)]
pub struct Loaded<'s> {
    document: Document<'s>,
    /// What was found is not located, since more may come.
    workload: Outcome<Workload>,
    levels: Levels,
}

impl<'s> Loaded<'s> {
    /// Reads a Score file, applies its overrides, upgrades deprecated forms and decodes it.
    pub fn read(input: Input<'s>) -> Self {
        let (document, diagnostics) = document::parse(input.score)
            .and_then(|document| overrides::apply(document, input.overrides))
            .and_then(score::upgrade)
            .into_parts();
        match document {
            Some(document) => Self::decode(document, diagnostics),
            None => Self {
                document: Document::without_root(input.score),
                workload: Outcome::failed(diagnostics),
                levels: Levels::default(),
            },
        }
    }

    fn decode(document: Document<'s>, diagnostics: Diagnostics) -> Self {
        let workload = Outcome::new(&document, diagnostics).and_then(score::decode);
        Self { document, workload, levels: Levels::default() }
    }

    /// The same with what is to be silenced, and what is to be an error.
    #[must_use]
    pub fn with_levels(self, levels: &Levels) -> Self {
        Self { levels: levels.clone(), ..self }
    }

    /// Finds the places of all that was found, and silences what is not to be told.
    fn settle<T>(&self, outcome: Outcome<T>) -> Outcome<T> {
        let levels = |found: &mut Diagnostics| self.levels.apply(found, &mut self.sources(), Silenceable::Remarks);
        outcome.locate(&self.document).map_diagnostics(levels)
    }

    /// The workload; nothing if the text is too broken to have one. With errors among the
    /// [`diagnostics`](Self::diagnostics) it is only good enough to find more of them.
    pub fn workload(&self) -> Option<&Workload> {
        self.workload.value()
    }

    /// What was found while it was read.
    pub fn diagnostics(&self) -> Diagnostics {
        self.settle(self.workload.as_ref()).into_parts().1
    }

    /// The texts in which diagnostics may stand: the Score file, and its overrides.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.document.sources.iter().map(|source| &**source)
    }

    /// Says which of the files that it mounts are not known yet.
    pub fn needs(&self, known: LocalFiles) -> Needs<'_> {
        Needs::new(known, |_| {
            let containers = self.workload().into_iter().flat_map(|workload| workload.containers.values());
            let sources =
                containers.flat_map(|container| container.files.values()).filter_map(|file| file.source.as_deref());
            sources.map(|source| Need::new(source, &[Base::Score])).collect()
        })
    }

    /// Lists what it needs from the world. Outputs that only the content of `files` refers to are
    /// among it for those that are there.
    pub fn requirements(&self, files: &LocalFiles) -> Outcome<Requirements> {
        self.and_then(|workload| Outcome::new(resource::requirements_with(workload, files), Diagnostics::new()))
    }

    /// Finds every mistake that shows without the outputs of its resources and its files: those that
    /// are not given are taken to exist.
    pub fn check(&self, given: &Given, options: &Options) -> Outcome<()> {
        let given = Given { missing: Missing::Assume, ..given.clone() };
        self.convert(&given, options).map(|_| ())
    }

    /// Converts it into a Fly app.
    pub fn convert(&self, given: &Given, options: &Options) -> Outcome<App> {
        self.and_then(|workload| {
            resolve::resolve(workload, given).and_then(|resolved| convert::convert(&resolved, options))
        })
    }

    /// Fills the placeholders in the params of a resource: see
    /// [`resolve_params`](resolve::resolve_params). Only what is wrong with these is reported.
    pub fn params(&self, resource: &str, given: &Given) -> Outcome<Sensitive<SortedMap<String, Value>>> {
        match self.workload() {
            Some(workload) => self.settle(resolve::resolve_params(workload, resource, given)),
            None => Outcome::failed(self.diagnostics()),
        }
    }

    /// Runs `next` on the workload, and locates all that was found.
    fn and_then<T>(&self, next: impl FnOnce(&Workload) -> Outcome<T>) -> Outcome<T> {
        self.settle(self.workload.as_ref().and_then(next))
    }

    /// The workload, with what was found while it was read.
    fn into_workload(mut self) -> Outcome<Workload> {
        let workload = core::mem::replace(&mut self.workload, Outcome::failed(Diagnostics::new()));
        self.settle(workload)
    }

    /// Finds the place of a diagnostic about this document.
    pub(crate) fn locate(&self, diagnostic: &mut Diagnostic) {
        self.document.locate(diagnostic);
    }

    /// Where the key of a node stands.
    pub(crate) fn place(&self, pointer: &Pointer) -> Option<Location> {
        self.document.place(pointer)
    }
}

impl Loaded<'static> {
    /// A workload that no file has: one that a project recorded, or that a program made. What is wrong
    /// with it is found as in a file, and placed in a text that is made for it and called `name`.
    pub fn from_workload(name: impl Into<String>, workload: &Workload) -> Self {
        // It holds only maps with text keys and finite numbers, which always serialise.
        let data = serde_json::to_value(workload).unwrap_or_default();
        Self::decode(document::of_json(name, data), Diagnostics::new())
    }
}

/// Reads a Score file into its typed model.
pub fn load(input: Input<'_>) -> Outcome<Workload> {
    Loaded::read(input).into_workload()
}

/// Converts a Score file into a Fly app.
pub fn convert(input: Input<'_>, given: &Given, options: &Options) -> Outcome<App> {
    Loaded::read(input).convert(given, options)
}
