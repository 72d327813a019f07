//! Wording of what reading texts and applying overrides reports.

use alloc::borrow::Cow;

use toml_edit::TomlError;

use crate::diagnostic::{Code, Diagnostic};
use crate::pointer::Path;
use crate::prelude::*;
use crate::source::{Origin, Position, Span};

fn at_origin(code: Code, path: &Path<'_>, origin: Origin, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, path, message).at(origin)
}

/// Bytes that are not text.
pub(crate) fn invalid_encoding(encoding: &str, at: Position) -> Diagnostic {
    let Position { line, column, .. } = at;
    let message = format!("the bytes at line {line}, column {column} are not {encoding} text");
    Diagnostic::new(Code::InvalidEncoding, &Path::ROOT, message).with_help("save the file as UTF-8")
}

/// The text is not well-formed.
pub(crate) fn invalid_yaml(origin: Origin, message: &str, help: &str) -> Diagnostic {
    at_origin(Code::InvalidYaml, &Path::ROOT, origin, message).with_help(help)
}

/// The text is longer than any Score file.
pub(crate) fn input_too_large(origin: Origin, limit: usize) -> Diagnostic {
    let message = format!("the text is larger than {} MiB", limit / 1024 / 1024);
    at_origin(Code::DocumentLimit, &Path::ROOT, origin, message)
        .with_help("keep large content in files of its own, and name them in `source`")
}

/// Mappings and lists stand within each other too many times.
pub(crate) fn nested_too_deeply(origin: Origin, limit: usize) -> Diagnostic {
    let message = format!("mappings and lists are nested more than {limit} levels deep");
    at_origin(Code::DocumentLimit, &Path::ROOT, origin, message)
}

/// There are more nodes than any Score file has.
pub(crate) fn too_many_nodes(origin: Origin) -> Diagnostic {
    at_origin(Code::DocumentLimit, &Path::ROOT, origin, "the document holds too many values")
}

/// Aliases would copy more than any Score file holds.
pub(crate) fn aliases_too_large(origin: Origin) -> Diagnostic {
    let message = "anchors and aliases make the document too large";
    at_origin(Code::DocumentLimit, &Path::ROOT, origin, message)
        .with_help("use fewer aliases of large or nested anchors")
}

/// A key is longer than any key of a Score file.
pub(crate) fn key_too_long(origin: Origin, limit: usize) -> Diagnostic {
    at_origin(Code::DocumentLimit, &Path::ROOT, origin, format!("a key is longer than {limit} bytes"))
}

/// There is nothing to read.
pub(crate) fn empty_document(origin: Origin) -> Diagnostic {
    at_origin(Code::EmptyDocument, &Path::ROOT, origin, "the document is empty")
        .with_help("a Score file has at least `apiVersion`, `metadata` and `containers`")
}

/// There is a second document.
pub(crate) fn multiple_documents(origin: Origin) -> Diagnostic {
    at_origin(Code::MultipleDocuments, &Path::ROOT, origin, "a second document starts here")
        .with_help("put each workload into a file of its own")
}

/// An alias without an anchor.
pub(crate) fn unknown_anchor(origin: Origin, path: &Path<'_>, name: &str) -> Diagnostic {
    at_origin(Code::UnknownAnchor, path, origin, format!("there is no anchor `{}` before this alias", shorten(name)))
        .with_help(format!(
            "define it with `&{0}` on an earlier value, or quote the value if `*{0}` is meant as text",
            shorten(name)
        ))
}

/// An alias within the anchor that it refers to.
pub(crate) fn self_containing_alias(origin: Origin, path: &Path<'_>, name: &str) -> Diagnostic {
    let message = format!("the value of anchor `{}` contains itself", shorten(name));
    at_origin(Code::UnknownAnchor, path, origin, message)
}

/// A key that stood in the same mapping before.
pub(crate) fn duplicate_key(path: &Path<'_>, key: &str, origin: Origin, first: Origin) -> Diagnostic {
    at_origin(Code::DuplicateKey, path, origin, format!("the key `{}` stands here a second time", shorten(key)))
        .on_key()
        .with_related_origin(first, "it stands here first")
        .with_help("remove one of the two")
}

/// A mapping or list as a key.
pub(crate) fn collection_as_key(path: &Path<'_>, origin: Origin, kind: &str) -> Diagnostic {
    at_origin(Code::NonStringKey, path, origin, format!("a key must be a string, not {kind}"))
        .with_help("quote the key if it is meant as text")
}

/// Something other than mappings under `<<`.
pub(crate) fn invalid_merge(path: &Path<'_>, origin: Origin) -> Diagnostic {
    at_origin(Code::InvalidMerge, path, origin, "`<<` can merge only a mapping, or a list of mappings")
        .with_help("write `<<: *anchor`, or quote the key if `<<` is meant as text")
}

/// A tag such as `!!int` on something else.
pub(crate) fn tag_does_not_fit(origin: Origin, path: &Path<'_>, tag: &str) -> Diagnostic {
    at_origin(Code::InvalidYaml, path, origin, format!("this value does not fit its tag `!!{}`", shorten(tag)))
        .with_help("remove the tag, or write a value of that type")
}

/// A number that JSON does not have.
pub(crate) fn not_finite(origin: Origin, path: &Path<'_>, text: &str) -> Diagnostic {
    at_origin(Code::InvalidNumber, path, origin, format!("`{text}` is not a number that a Score file can hold"))
        .with_help(format!("write \"{text}\" in quotes if it is meant as text"))
}

/// A plain scalar that looks like a date.
pub(crate) fn date(origin: Origin, path: &Path<'_>, text: &str) -> Diagnostic {
    let message = format!("other Score tools read `{}` as a date, not as text", shorten(text));
    at_origin(Code::AmbiguousScalar, path, origin, message).with_help(format!("quote it: \"{}\"", shorten(text)))
}

/// User text short enough to stand in a sentence, on one line.
fn shorten(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    Cow::Owned(short)
}

/// A `path=value` without a `=`.
pub(crate) fn override_without_value(origin: Origin) -> Diagnostic {
    at_origin(Code::InvalidOverride, &Path::ROOT, origin, "this override has no `=` between its path and its value")
        .with_help("write `path=value`, such as `containers.web.image=nginx`; an empty value removes the key")
}

/// An overrides file that is a list or a scalar.
pub(crate) fn overrides_not_a_mapping(origin: Origin, kind: &str) -> Diagnostic {
    at_origin(Code::InvalidOverride, &Path::ROOT, origin, format!("an overrides file must hold a mapping, not {kind}"))
        .with_help("write it like a Score file that holds only what changes")
}

/// More overrides than anyone writes.
pub(crate) fn too_many_overrides() -> Diagnostic {
    Diagnostic::new(Code::DocumentLimit, &Path::ROOT, "there are too many overrides")
}

/// A word as the index of a list.
pub(crate) fn override_index_not_a_number(origin: Origin, step: &str) -> Diagnostic {
    let message = format!("`{}` is not an index of the list that stands there", shorten(step));
    at_origin(Code::OverrideNotApplicable, &Path::ROOT, origin, message)
        .with_help("write a number from 0, or `-1` to append an item")
}

/// An index past the end of a list.
pub(crate) fn override_index_out_of_range(origin: Origin, step: &str, length: usize) -> Diagnostic {
    let items = match length {
        0 => "the list is empty".to_owned(),
        1 => "the list has one item".to_owned(),
        _ => format!("the list has {length} items"),
    };
    let message = format!("there is no item `{}`: {items}", shorten(step));
    at_origin(Code::OverrideNotApplicable, &Path::ROOT, origin, message)
        .with_help("count items from 0; `-1` as the last part of the path appends an item")
}

/// A path that goes on below a string, a number or null.
pub(crate) fn override_through_scalar(origin: Origin, step: &str, kind: &str) -> Diagnostic {
    let message = format!("`{}` can't be set, because its parent is {kind}", shorten(step));
    at_origin(Code::OverrideNotApplicable, &Path::ROOT, origin, message)
        .with_help("end the path one part earlier, and give a mapping as the value")
}

// TOML.

/// What messages call the value at a path. Values are left out of them: they may be secrets.
pub(crate) fn toml_subject(at: &Path<'_>) -> String {
    let name = at.dotted();
    match at.last_key() {
        Some(_) => format!("`{name}`"),
        None if name.is_empty() => "fly.toml".to_owned(),
        None => format!("an item of `{name}`"),
    }
}

/// What `toml_edit` says of a text quotes no values.
pub(crate) fn invalid_toml(error: &TomlError) -> Diagnostic {
    let message = format!("this is not valid TOML: {}", error.message());
    let span = error.span().map(Span::from).unwrap_or_default();
    Diagnostic::new(Code::InvalidFlyConfig, &Path::ROOT, message).at(Origin { span, ..Origin::default() })
}

/// Infinity, or no number at all.
pub(crate) fn not_finite_in_toml(at: &Path<'_>, origin: Origin) -> Diagnostic {
    let message = format!("{} is not a number that flyctl can read", toml_subject(at));
    Diagnostic::new(Code::InvalidFlyConfig, at, message).at(origin)
}
