//! Whether an answer makes sense at all.

use std::panic::{AssertUnwindSafe, catch_unwind};

use score_fly_core::Source;
use score_fly_core::diagnostic::{DiagnosticView, LocationView};
use score_fly_core::document::overrides::{self, Override};
use score_fly_core::document::{Node, Value, parse};
use score_fly_core::facade::{self, Answer, Request};
use score_fly_core::pointer::Pointer;
use score_fly_core::score::upgrade;
use score_fly_core::source::{Position, PositionEncoding};

/// What is wrong with the answer to `request`: a panic, a failure without an error, or diagnostics
/// that lead nowhere.
pub(crate) fn problems(request: &Request) -> Vec<String> {
    let Ok(response) = catch_unwind(AssertUnwindSafe(|| facade::convert(request.clone()))) else {
        return vec!["panics".into()];
    };
    let (success, diagnostics) = match response {
        Answer::Success { diagnostics, .. } => (true, diagnostics),
        Answer::Failure { diagnostics, .. } => (false, diagnostics),
    };
    let errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == score_fly_core::Severity::Error);
    let mut problems = Vec::new();
    if success == errors {
        problems.push(format!("success: {success}, but errors: {errors}"));
    }
    let texts = Texts::new(request);
    for diagnostic in &diagnostics {
        let related = diagnostic.related.iter().filter_map(|related| related.location.as_ref());
        problems.extend(
            diagnostic.location.iter().chain(related).filter_map(|location| texts.misplaced(location, request)),
        );
        if diagnostic.location.is_none() && in_score(diagnostic, request) && diagnostic.pointer != Pointer::root() {
            problems.push(format!("nothing is located for {diagnostic:?}"));
        }
        if badly_worded(diagnostic) {
            problems.push(format!("the wording of {diagnostic:?}"));
        }
    }
    problems.extend(pointers_to_nowhere(request, &texts, &diagnostics));
    problems
}

/// Diagnostics whose pointer names neither a node of the document nor a missing child of one.
fn pointers_to_nowhere(request: &Request, texts: &Texts, diagnostics: &[DiagnosticView]) -> Vec<String> {
    let (Some(document), _) = parse(&texts.score).into_parts() else { return Vec::new() };
    let (Some(document), _) = overrides::apply(document, &texts.overrides).into_parts() else { return Vec::new() };
    let before_upgrade = document.root.clone();
    let upgraded = upgrade(document).into_parts().0;
    diagnostics
        .iter()
        .filter(|diagnostic| in_score(diagnostic, request))
        .filter(|diagnostic| {
            let leads = |root: &Node<'_>| leads_somewhere(root, &diagnostic.pointer);
            !leads(&before_upgrade) && !upgraded.as_ref().is_some_and(|document| leads(&document.root))
        })
        .map(|diagnostic| format!("the pointer of {diagnostic:?}"))
        .collect()
}

/// Whether a diagnostic is about the Score file and its overrides, and not about the outputs or the
/// fly.toml that came with them.
fn in_score(diagnostic: &DiagnosticView, request: &Request) -> bool {
    let others = request.outputs_text.iter().chain(&request.existing);
    let elsewhere = |source: &str| others.clone().any(|text| text.name == source);
    !diagnostic.pointer.as_str().starts_with("/outputs")
        && !diagnostic.location.as_ref().is_some_and(|location| elsewhere(&location.source))
}

/// Whether all of `pointer`, or all but its last segment, is in the document.
fn leads_somewhere(root: &Node<'_>, pointer: &Pointer) -> bool {
    let segments: Vec<_> = pointer.segments().collect();
    let Some((_, parents)) = segments.split_last() else { return true };
    let mut node = root;
    for segment in parents {
        let child = match &node.value {
            Value::Mapping(mapping) => mapping.get(segment),
            Value::Sequence(items) => segment.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        };
        match child {
            Some(child) => node = child,
            None => return false,
        }
    }
    true
}

/// Whether a message breaks the rules for messages: a sentence in lower case, but for
/// names, without a full stop.
fn badly_worded(diagnostic: &DiagnosticView) -> bool {
    let message = &diagnostic.message;
    message.is_empty()
        || message.ends_with(['.', ' '])
        || (message.starts_with(char::is_uppercase) && !message.starts_with("Fly"))
}

/// The texts of a request that diagnostics can point into.
struct Texts {
    score: Source,
    overrides: Vec<Override>,
    others: Vec<Source>,
}

impl Texts {
    fn new(request: &Request) -> Self {
        let files = request.overrides.iter().map(|text| Override::File(Source::new(&text.name, &text.text)));
        let overrides = files.chain(request.override_properties.iter().map(Override::property));
        let others = request.outputs_text.iter().chain(&request.existing);
        Self {
            score: Source::new(&request.score.name, &request.score.text),
            overrides: overrides.collect(),
            others: others.map(|text| Source::new(&text.name, &text.text)).collect(),
        }
    }

    /// What is wrong with a location, if anything is.
    fn misplaced(&self, location: &LocationView, request: &Request) -> Option<String> {
        let mut sources =
            std::iter::once(&self.score).chain(self.overrides.iter().map(Override::source)).chain(&self.others);
        let Some(source) = sources.find(|source| source.name == location.source) else {
            return Some(format!("no text is called `{}`", location.source));
        };
        let sound = location.start.offset <= location.end.offset
            && exists(&source.text, location.start, request.position_encoding)
            && exists(&source.text, location.end, request.position_encoding);
        (!sound).then(|| format!("the place {location:?}"))
    }
}

/// Whether `position` is a place in `text`, counted here a second time.
fn exists(text: &str, position: Position, encoding: PositionEncoding) -> bool {
    let mut here = Position { line: 1, column: 1, offset: 0 };
    for c in text.chars() {
        if here == position {
            return true;
        }
        let length = u32::try_from(encoding.len(c.encode_utf8(&mut [0; 4]))).expect("at most four");
        here.offset += length;
        if c == '\n' {
            here = Position { line: here.line + 1, column: 1, ..here };
        } else {
            here.column += length;
        }
    }
    here == position
}
