//! Diagnostics with the lines that they are about.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use score_fly_core::diagnostic::{DiagnosticView, Location, LocationView};
use score_fly_core::source::{Position, Span};
use score_fly_core::{Diagnostic, Severity};

use super::text::{Text, Texts};
use crate::untrusted::{clean, one_line, without_c1};

/// The diagnostic, of which `view` is the view, in several lines, and an empty one.
pub(crate) fn render(diagnostic: &Diagnostic, view: &DiagnosticView, texts: &Texts<'_, '_>, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(one_line(&diagnostic.message)).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);

    let mut places = Places::default();
    if let (Some(location), Some(view)) = (&diagnostic.location, &view.location) {
        places.add(location, view, AnnotationKind::Primary, None);
    }
    for (related, view) in diagnostic.related.iter().zip(&view.related) {
        if let (Some(location), Some(view)) = (&related.location, &view.location) {
            places.add(location, view, AnnotationKind::Context, Some(&related.message));
        }
    }
    for (location, places) in &places.0 {
        group = match texts.of(location).and_then(|text| snippet(text, places)) {
            Some(snippet) => group.element(snippet),
            None => group.elements(places.iter().map(|Place { start, .. }| {
                Origin::path(one_line(&location.source)).line(start.line as usize).char_column(start.column as usize)
            })),
        };
    }
    for related in &view.related {
        if related.location.is_none() {
            group = group.element(Level::NOTE.message(one_line(&related.message)));
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(one_line(help)));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n\n", renderer.render(&[group]))
}

/// A failure on a line of its own.
pub(crate) fn failure(sentence: &str, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n", renderer.render(&[Group::with_title(Level::ERROR.primary_title(without_c1(sentence)))]))
}

/// What is wrong with something that has no text.
#[cfg(feature = "image")]
pub(crate) fn refusal(code: &str, sentence: &str, help: Option<&str>, colour: bool) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(without_c1(sentence)).id(code));
    if let Some(help) = help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n", renderer.render(&[group]))
}

/// Something to underline.
struct Place<'d> {
    span: Span,
    start: Position,
    kind: AnnotationKind,
    label: Option<&'d str>,
}

/// What to underline, with a place for each text; that of the diagnostic itself comes first.
#[derive(Default)]
struct Places<'d>(Vec<(&'d Location, Vec<Place<'d>>)>);

impl<'d> Places<'d> {
    fn add(&mut self, location: &'d Location, view: &LocationView, kind: AnnotationKind, label: Option<&'d str>) {
        let place = Place { span: location.span, start: view.start, kind, label };
        match self.0.iter_mut().find(|(other, _)| other.id == location.id) {
            Some((_, places)) => places.push(place),
            None => self.0.push((location, vec![place])),
        }
    }
}

/// How many bytes are quoted at most. A file may be all in one line, and each diagnostic in it would
/// take as long as the file.
const LONGEST: usize = 16 * 1024;

/// The lines of a text from the first to the last place, unless that is too much or a secret.
fn snippet<'t>(text: &Text<'t>, places: &[Place<'t>]) -> Option<Snippet<'t, Annotation<'t>>> {
    let source = text.source.text.as_str();
    let at = |offset: u32| boundary(source, offset as usize);
    let first = places.iter().map(|place| at(place.span.start)).min().unwrap_or(0);
    let last = places.iter().map(|place| at(place.span.end)).max().unwrap_or(0).max(first);
    let start = source[..first].rfind('\n').map_or(0, |newline| newline + 1);
    let end = source[last..].find('\n').map_or(source.len(), |length| last + length);
    if end - start > LONGEST || !text.quotable.holds(&(start..end)) {
        return None;
    }
    let line = places.iter().map(|place| place.start.line).min().unwrap_or(1);
    let annotations = places.iter().map(|place| {
        let from = at(place.span.start) - start;
        let to = (at(place.span.end) - start).max(from);
        place.kind.span(from..to).label(place.label.map(clean))
    });
    let snippet = Snippet::source(without_c1(&source[start..end])).path(one_line(&text.source.name));
    Some(snippet.line_start(line as usize).annotations(annotations))
}

/// The nearest place at or before `offset` that lies between two characters.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0)
}
