//! The end of every conversion: Fly's rules on what came out of it.

use core::cell::OnceCell;

use super::annotations::Annotations;
use super::fragment::{Fragment, Places};
use super::messages;
use super::origins::Origins;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Related};
use crate::document::Document;
use crate::fly::config::Config;
use crate::fly::field::Field as _;
use crate::fly::{self, App};
use crate::local::LocalFiles;
use crate::map::SortedSet;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::resolve::ResolvedWorkload;

/// Merges the annotation `config` over the configuration, if there is one, and reports what Fly does
/// not take of the whole: in the annotation, or at what in the Score file has become of it.
pub(super) fn finish(
    mut app: App,
    resolved: &ResolvedWorkload<'_>,
    annotations: &Annotations,
    diagnostics: &mut Diagnostics,
) -> App {
    let Some(annotation) = &annotations.app.config else {
        let found = fly::check(&app.config, &side_files(&app));
        if !found.is_empty() {
            let origins = Origins::new(resolved, annotations, &app.config);
            diagnostics.extend_later(found.into_iter().map(|found| in_score(found, &origins)).collect());
        }
        return app;
    };
    let source = Fragment::source(annotation);
    let mut fragment = Fragment::read(annotation, &source);
    let merged = app.config.merge(&fragment.config);
    let base = core::mem::replace(&mut app.config, merged);
    build_as_in(&fragment.config, &mut app.config);

    let mut found = core::mem::take(&mut fragment.found);
    let read = found.len();
    let files = side_files(&app);
    found.extend_later(fly::check(&app.config, &files));
    if !found.is_empty() {
        let tree = Document { sources: Vec::new(), root: base.write().into() };
        let mut merged = Merged {
            fragment: fragment.pointer(),
            places: Places::new(&fragment, &tree),
            origins: Origins::new(resolved, annotations, &app.config),
            before: OnceCell::new(),
        };
        let before = || fly::check(&base, &files).into_iter().map(|found| (found.pointer, found.message)).collect();
        let found = found.into_iter().enumerate();
        let located = found.map(
            |(index, found)| {
                if index < read { merged.places.locate(found) } else { merged.locate(found, before) }
            },
        );
        diagnostics.extend_later(located.collect());
    }
    app
}

/// Where a fragment says how the image is built, the Dockerfile that `.` stands for is none: flyctl would take it
/// before what is built in.
fn build_as_in(fragment: &Config, merged: &mut Config) {
    if let (Some(said), Some(build)) = (&fragment.build, &mut merged.build)
        && (said.builder.is_some() || said.builtin.is_some())
    {
        build.dockerfile.clone_from(&said.dockerfile);
        build.ignorefile.clone_from(&said.ignorefile);
    }
}

/// The machine config, where it is a file of its own. No rule looks into what else is written beside
/// fly.toml, and what is not listed is taken to exist.
fn side_files(app: &App) -> LocalFiles {
    let path = app.config.machine_config.as_ref();
    path.and_then(|path| Some((path.clone(), app.files.get(path)?.clone()))).into_iter().collect()
}

/// A configuration with a fragment in it.
struct Merged<'s> {
    fragment: Pointer,
    places: Places<'s, 's>,
    origins: Origins<'s>,
    /// What was wrong before the fragment was merged, if anybody asked.
    before: OnceCell<SortedSet<(Pointer, String)>>,
}

impl Merged<'_> {
    /// A diagnostic about the configuration, where the Score file says what it is about.
    fn locate(&mut self, mut found: Diagnostic, before: impl FnOnce() -> SortedSet<(Pointer, String)>) -> Diagnostic {
        let is_fragments = self.places.are_of(&found.pointer);
        if !is_fragments {
            let said = (found.pointer.clone(), found.message.clone());
            if self.before.get_or_init(before).contains(&said) {
                return in_score(found, &self.origins);
            }
        }
        let related = core::mem::take(&mut found.related);
        let mut located = if is_fragments {
            self.places.locate(found)
        } else {
            let about = self.origins.of(&found.pointer);
            messages::clash_with_fragment(found, self.fragment.clone(), about)
        };
        located.related.extend(related.into_iter().filter_map(|related| self.locate_related(related)));
        located.because_of = cause(located.code);
        located
    }

    fn locate_related(&mut self, related: Related) -> Option<Related> {
        if self.places.are_of(&related.pointer) {
            return Some(self.places.locate_related(related));
        }
        Some(Related { pointer: self.origins.of(&related.pointer)?, ..related })
    }
}

/// A diagnostic about the configuration, at the node of the Score file that it comes from.
fn in_score(found: Diagnostic, origins: &Origins<'_>) -> Diagnostic {
    // What comes from a resource is a secret if the resource says so, and this one did not.
    let help = if found.code == Code::PlaintextSecret && origins.is_filled(&found.pointer) {
        Some("its outputs are plain values: let what makes the resource give this one among its secrets")
    } else {
        messages::advice(found.code)
    };
    let related = found.related.into_iter();
    let related = related.filter_map(|related| Some(Related { pointer: origins.of(&related.pointer)?, ..related }));
    let pointer = origins.of(&found.pointer);
    Diagnostic {
        related: related.collect(),
        // An error in the same place, or a part of it, has said it already.
        because_of: cause(found.code).or_else(|| pointer.clone()),
        pointer: pointer.unwrap_or_default(),
        help: help.map(str::to_owned).or(found.help),
        // The change is one to a fly.toml.
        fix: None,
        ..found
    }
}

/// What may be wrong in the Score file, when a rule misses something.
fn cause(code: Code) -> Option<Pointer> {
    (code == Code::StrategyConflict).then(|| Path::ROOT.key("containers").to_pointer())
}
