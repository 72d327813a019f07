//! Wording of what is wrong with placeholders, resources and files.

use alloc::borrow::Cow;

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Part};
use crate::local::LocalFile;
use crate::map::SortedMap;
use crate::placeholder::{Placeholder, join_keys, split_keys};
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::lookup::NotFound;
use crate::resource::{ResourceOutputs, ResourceRequest};
use crate::score::Resource;
use crate::suggest::nearest;

/// A placeholder that starts with neither of the two roots.
pub(crate) fn unknown_root(at: &Path<'_>, placeholder: &Placeholder<'_>) -> Diagnostic {
    let message = format!("{} refers to neither `metadata` nor `resources`", quoted(placeholder));
    Diagnostic::new(Code::InvalidPlaceholder, at, message)
        .on_text(placeholder.text)
        .with_help(unknown_root_help(placeholder.body))
}

fn unknown_root_help(body: &str) -> String {
    let literal = format!("write `$${{{}}}` for the text itself", one_line(body));
    let trimmed = body.trim().trim_start_matches('{').trim();
    let root = trimmed.split('.').next().unwrap_or_default();
    let rest = trimmed.strip_prefix(root).unwrap_or_default();
    if matches!(root, "metadata" | "resources") && !rest.is_empty() {
        let what = if trimmed.len() == body.trim().len() { "blanks" } else { "further braces" };
        return format!("write `${{{}}}`, without {what}", one_line(trimmed));
    }
    if let Some(variable) = shell_variable(body) {
        return format!(
            "{literal}; or declare a resource of type `environment`, say `env`, and write \
             `${{resources.env.{variable}}}`"
        );
    }
    match root {
        "externals" => format!("`resources` took the place of `externals`: write `${{resources{}}}`", one_line(rest)),
        "env" | "environment" => format!(
            "declare a resource of type `environment`, say `env`, and write `${{resources.env{}}}`",
            one_line(rest)
        ),
        "value" | "values" => {
            "Score has no values: write the value itself, and change it with an override where it differs".to_owned()
        }
        _ => match nearest(root, ["metadata", "resources"]) {
            Some(known) if !rest.is_empty() => format!("did you mean `${{{known}{}}}`?", one_line(rest)),
            _ => literal,
        },
    }
}

/// The variable that a shell would read: `VAR`, or `VAR:-default` and its like.
fn shell_variable(body: &str) -> Option<&str> {
    let end = body.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).unwrap_or(body.len());
    let (name, rest) = body.split_at_checked(end)?;
    let is_name = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_');
    let is_end = rest.is_empty() || rest.starts_with([':', '-', '?', '+', '=']);
    (is_name && is_end).then_some(name)
}

/// `${metadata}`.
pub(crate) fn no_metadata_key(at: &Path<'_>, placeholder: &Placeholder<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidPlaceholder, at, format!("{} names no metadata key", quoted(placeholder)))
        .on_text(placeholder.text)
        .with_help("name one, as in `${metadata.name}`")
}

/// `${resources}`.
pub(crate) fn no_resource_name(
    at: &Path<'_>,
    placeholder: &Placeholder<'_>,
    resources: &SortedMap<String, Resource>,
) -> Diagnostic {
    Diagnostic::new(Code::InvalidPlaceholder, at, format!("{} names no resource", quoted(placeholder)))
        .on_text(placeholder.text)
        .with_help(format!("name a resource and its output; {}", known_resources(resources)))
}

/// `${resources.db}`, where a value must come out.
pub(crate) fn no_output(
    at: &Path<'_>,
    placeholder: &Placeholder<'_>,
    resource: &str,
    outputs: Option<&ResourceOutputs>,
) -> Diagnostic {
    let help = match outputs.map(|outputs| list(outputs.names())) {
        Some(names) if !names.is_empty() => format!("name an output; `{resource}` has {names}"),
        _ => format!("name an output, as in `${{resources.{resource}.host}}`"),
    };
    Diagnostic::new(Code::InvalidPlaceholder, at, format!("{} names no output of the resource", quoted(placeholder)))
        .on_text(placeholder.text)
        .with_help(help)
        .because_of(&Path::ROOT.key("resources").key(resource))
}

/// Adds to the help of a placeholder in the content of a file that the file may be meant as it is.
pub(crate) fn in_file(mut diagnostic: Diagnostic) -> Diagnostic {
    if diagnostic.code == Code::InvalidPlaceholder {
        let advice = "set `noExpand: true` on the file to leave all of its placeholders as they are";
        diagnostic.help = Some(match diagnostic.help {
            Some(help) => format!("{help}; or {advice}"),
            None => advice.to_owned(),
        });
    }
    diagnostic
}

/// Says where in a local file a placeholder stands, since the Score file has only the file's name.
pub(crate) fn in_source_file(mut diagnostic: Diagnostic, source: &str, content: &str) -> Diagnostic {
    if let Part::Text(placeholder) = &diagnostic.part
        && let Some((before, _)) = content.split_once(placeholder)
    {
        let line = before.matches('\n').count() + 1;
        diagnostic.message = format!("{}, in line {line} of `{}`", diagnostic.message, one_line(source));
    }
    diagnostic.part = Part::Value;
    diagnostic
}

/// A reference in `args` or `command`, which Score leaves as they are.
pub(crate) fn placeholder_kept(at: &Path<'_>, field: &str, placeholder: &Placeholder<'_>) -> Diagnostic {
    let message =
        format!("placeholders are not filled in `{field}`: the program gets `{}` as it stands", placeholder.text);
    Diagnostic::new(Code::PlaceholderKept, at, message)
        .on_text(placeholder.text)
        .with_help("give it to a variable, which the program or its shell can read")
}

/// `${metadata.…}` with keys under which there is nothing.
pub(crate) fn unknown_metadata(
    at: &Path<'_>,
    placeholder: &Placeholder<'_>,
    keys: &[Cow<'_, str>],
    not_found: &NotFound<'_>,
) -> Diagnostic {
    let first = keys.first().map_or("", AsRef::as_ref);
    let message = missing_key("metadata", keys, not_found);
    Diagnostic::new(Code::UnknownMetadata, at, message)
        .on_text(placeholder.text)
        .with_help(known_keys("metadata", keys, not_found))
        .because_of(&Path::ROOT.key("metadata").key(first))
}

/// `${resources.x.…}` with an `x` that is not declared.
pub(crate) fn unknown_resource(
    at: &Path<'_>,
    placeholder: &Placeholder<'_>,
    name: &str,
    resources: &SortedMap<String, Resource>,
) -> Diagnostic {
    let help = match nearest(name, resources.keys().map(String::as_str)) {
        Some(known) => format!("did you mean `{known}`? {}", known_resources(resources)),
        None => format!("declare it under `resources`; {}", known_resources(resources)),
    };
    Diagnostic::new(Code::UnknownResource, at, format!("the workload has no resource `{}`", one_line(name)))
        .on_text(placeholder.text)
        .with_help(help)
        .because_of(&Path::ROOT.key("resources").key(name))
}

/// `${resources.db.…}` with keys under which there is nothing.
pub(crate) fn unknown_output(
    at: &Path<'_>,
    placeholder: &Placeholder<'_>,
    resource: &str,
    keys: &[Cow<'_, str>],
    not_found: &NotFound<'_>,
) -> Diagnostic {
    let root = format!("resources.{}", join_keys([resource]));
    let message = match (not_found, keys) {
        (NotFound { depth: 0, .. }, [output, ..]) => {
            format!("resource `{resource}` has no output `{}`", one_line(output))
        }
        _ => missing_key(&root, keys, not_found),
    };
    Diagnostic::new(Code::UnknownOutput, at, message)
        .on_text(placeholder.text)
        .with_help(known_keys(&root, keys, not_found))
        .because_of(&Path::ROOT.key("resources").key(resource))
}

fn missing_key(root: &str, keys: &[Cow<'_, str>], not_found: &NotFound<'_>) -> String {
    let found = keys.iter().take(not_found.depth).map(AsRef::as_ref);
    let parent = if not_found.depth == 0 { root.to_owned() } else { format!("{root}.{}", join_keys(found)) };
    let key = keys.get(not_found.depth).map(|key| one_line(key)).unwrap_or_default();
    match not_found.known {
        Some(_) => format!("`{parent}` has no key `{key}`"),
        None => format!("`{parent}` is not a mapping, so it has no key `{key}`"),
    }
}

fn known_keys(root: &str, keys: &[Cow<'_, str>], not_found: &NotFound<'_>) -> String {
    let (found, rest) = keys.split_at_checked(not_found.depth).unwrap_or((keys, &[]));
    let Some(known) = &not_found.known else {
        return format!("write `${{{root}.{}}}` for the whole value", join_keys(found.iter().map(AsRef::as_ref)));
    };
    let dotted = rest.join(".");
    if rest.len() > 1 && known.contains(&dotted.as_str()) {
        let path = join_keys(found.iter().map(AsRef::as_ref).chain([dotted.as_str()]));
        return format!(r"write a dot inside of a key as `\.`: `${{{root}.{path}}}`");
    }
    let key = rest.first().map_or("", AsRef::as_ref);
    let all = match list(known.iter().copied()) {
        names if names.is_empty() => "there are no keys to look up".to_owned(),
        names => format!("there is {names}"),
    };
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => all,
    }
}

/// Outputs that the workload needs.
pub(crate) fn missing_resource_outputs(request: &ResourceRequest) -> Diagnostic {
    let ResourceRequest { name, outputs, .. } = request;
    let message = format!(
        "the outputs of resource `{name}` were not given, of which {} used",
        match outputs.len() {
            1 => format!("{} is", list(outputs.iter().map(String::as_str))),
            _ => format!("{} are", list(outputs.iter().map(String::as_str))),
        }
    );
    let mut keys: Vec<Cow<'_, str>> = outputs.iter().filter_map(|path| split_keys(path).next()).collect();
    keys.dedup();
    let values: Vec<String> = keys.iter().map(|key| format!("{}: …", Value::from(key.as_ref()))).collect();
    let example =
        format!("{{{}: {{\"values\": {{{}}}, \"secrets\": {{}}}}}}", Value::from(name.as_str()), values.join(", "));
    Diagnostic::new(Code::MissingResourceOutputs, &Path::ROOT.key("resources").key(name), message)
        .on_key()
        .with_help(format!("give its outputs, the secret ones under `secrets`: `{example}`"))
}

/// A file that was not given.
pub(crate) fn missing_source_file(at: &Path<'_>, source: &str, file: Option<&LocalFile>) -> Diagnostic {
    let source = one_line(source);
    let message = match file {
        Some(LocalFile::Absent) => format!("there is no file `{source}`"),
        Some(LocalFile::Unreadable(reason)) => format!("the file `{source}` could not be read: {}", one_line(reason)),
        Some(LocalFile::Content(_)) | None => format!("the file `{source}` could not be read"),
    };
    Diagnostic::new(Code::MissingSourceFile, at, message)
        .with_help("a relative path starts from the folder of the Score file, and holds no placeholders")
}

/// A file in which placeholders can't be filled.
pub(crate) fn source_not_text(at: &Path<'_>, source: &str) -> Diagnostic {
    let message = format!("the file `{}` holds placeholders, but is not text in UTF-8", one_line(source));
    Diagnostic::new(Code::SourceNotText, at, message)
        .with_help("save it as UTF-8, or set `noExpand: true` on the file to leave its placeholders as they are")
}

/// `binaryContent` that can't be decoded.
pub(crate) fn invalid_base64(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidBase64, at, "`binaryContent` is not base64").with_help(
        "use the standard alphabet with its `=` at the end, as `base64` writes it; `content` takes plain text",
    )
}

/// A volume whose name would be a secret.
pub(crate) fn secret_volume_source(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::SecretNotAllowed, at, "the source of a volume is made from a secret output")
        .with_help("a volume's name stands in fly.toml: give it as one of the resource's `values`")
}

/// A route that would be a secret.
pub(crate) fn secret_route_param(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::SecretNotAllowed, at, "a secret takes part in where a route leads, which is public")
        .with_help("use an output that is no secret")
}

fn known_resources(resources: &SortedMap<String, Resource>) -> String {
    match list(resources.keys().map(String::as_str)) {
        names if names.is_empty() => "the workload declares no resources".to_owned(),
        names => format!("the workload declares {names}"),
    }
}

/// A placeholder for a sentence.
fn quoted(placeholder: &Placeholder<'_>) -> String {
    format!("`${{{}}}`", one_line(placeholder.body))
}

/// The user's text, if it is short enough for a sentence; else how it starts.
fn one_line(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 80;
    let end = text.char_indices().find(|(at, char)| *at >= LONGEST || char.is_control()).map(|(at, _)| at);
    match end.and_then(|end| text.get(..end)) {
        Some(start) => Cow::Owned(format!("{start}…")),
        None => Cow::Borrowed(text),
    }
}

/// Names in backticks: "`a`, `b` and `c`".
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    /// More than that nobody reads, and each diagnostic has all of them.
    const MOST: usize = 20;
    let mut names = names.into_iter();
    let mut shown: Vec<String> = names.by_ref().take(MOST).map(|name| format!("`{}`", one_line(name))).collect();
    let more = names.count();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    let mut names = shown;
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        last => last.unwrap_or_default(),
    }
}
