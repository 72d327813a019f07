//! Where runtimes come from.

use score_fly_core::pointer::Path;
use score_fly_core::{Diagnostics, Outcome};

use crate::files::Files;
use crate::runtime::{MANIFEST, Runtime};
use crate::{builtin, faaso, manifest, messages};

impl Runtime {
    /// The names of those that are built in.
    pub fn builtins() -> impl Iterator<Item = &'static str> {
        builtin::names()
    }

    /// The built-in one of that name.
    pub fn builtin(name: &str) -> Outcome<Self> {
        match builtin::files(name) {
            Some(files) => Self::read(&files),
            None => Outcome::failed(Diagnostics::from_iter([messages::unknown_runtime(&Path::ROOT, name)])),
        }
    }

    /// Reads a runtime from the files of its folder: with `runtime.yaml`, or one of FaaSO's.
    pub fn read(files: &Files) -> Outcome<Self> {
        let outcome = if let Some(source) = files.text(MANIFEST) {
            source.and_then(|source| manifest::read(&source, files))
        } else if faaso::is_runtime(files) {
            Outcome::new(faaso::runtime(files), Diagnostics::new())
        } else {
            Outcome::failed(Diagnostics::from_iter([messages::no_runtime(files)]))
        };
        outcome.and_then(|runtime| {
            let mut diagnostics = Diagnostics::new();
            runtime.check_files(&mut diagnostics);
            Outcome::new(runtime, diagnostics)
        })
    }
}
