//! Wording of what runtimes and functions report.

use score_fly_core::document::Value;
use score_fly_core::pointer::Path;
use score_fly_core::source::Span;
use score_fly_core::suggest::nearest;
use score_fly_core::{Code, Diagnostic, Source};
use serde_json::Value as Json;

use crate::faaso::names::RUNTIMES;
use crate::files::{Files, InvalidPath};
use crate::{builtin, reference};

/// Which kind of file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Runtime,
    Function,
}

impl Form {
    const fn code(self) -> Code {
        match self {
            Self::Runtime => Code::InvalidRuntime,
            Self::Function => Code::InvalidFunction,
        }
    }
}

/// Something that has no place in a text.
fn nowhere(code: Code, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, &Path::ROOT, message)
}

fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn with_near(diagnostic: Diagnostic, name: &str, known: &[&str], what: &str) -> Diagnostic {
    match nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.with_help(format!("there are no {what}")),
        None => diagnostic.with_help(format!("the {what} are {}", quoted_list(known.iter().copied()))),
    }
}

// Runtimes and functions as folders.

/// A name that is none of those that are built in.
pub(crate) fn unknown_runtime(at: &Path<'_>, name: &str) -> Diagnostic {
    let known: Vec<&str> = builtin::names().collect();
    let diagnostic = Diagnostic::new(Code::UnknownRuntime, at, format!("there is no runtime `{name}`"));
    let folder = format!("a folder is written with a slash, as `./{name}`, and a repository as `https://…#ref:path`");
    match nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None if RUNTIMES.contains(&name) => diagnostic.with_help(
            "it is one of FaaSO's: give the folder that it is in, or the repository as `https://…#ref:runtimes/kemal`",
        ),
        None => diagnostic.with_help(format!("built in are {}; {folder}", quoted_list(known))),
    }
}

/// A name in a `funko.yml`, where it means one of FaaSO's.
pub(crate) fn runtime_of_faaso(at: &Path<'_>, name: &str) -> Diagnostic {
    let help = format!(
        "say where it is: a folder such as `../faaso/runtimes/{name}`, or `https://github.com/ralsina/faaso#main:runtimes/{name}`"
    );
    Diagnostic::new(Code::UnknownRuntime, at, format!("FaaSO's own runtime `{name}` is not built in")).with_help(help)
}

/// A runtime that has to be fetched, where nothing can be.
pub(crate) fn runtime_elsewhere(at: &Path<'_>, reference: &str) -> Diagnostic {
    let message = format!("`{reference}` can't be read here, where only the built-in runtimes are");
    let help = format!(
        "name one of {}; `score-fly build` takes runtimes from folders and git repositories",
        quoted_list(builtin::names())
    );
    Diagnostic::new(Code::UnknownRuntime, at, message).with_help(help)
}

/// A branch or tag that is another commit now.
pub(crate) fn runtime_moved(at: &Path<'_>, reference: &str, recorded: &str, now: &str) -> Diagnostic {
    let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
    let message = format!("`{reference}` is at {} now, and is taken at {}", short(now), short(recorded));
    Diagnostic::new(Code::RuntimeMoved, at, message)
        .with_help("`score-fly build --update-runtime` takes it as it is now, and records that commit")
}

/// A folder without a description of a runtime.
pub(crate) fn no_runtime(files: &Files) -> Diagnostic {
    nowhere(Code::InvalidRuntime, format!("there is no runtime in `{}`", files.root()))
        .with_help("a runtime is a folder with `runtime.yaml`, `template` and `build`, or one of FaaSO's")
}

/// A folder without a description of a function.
pub(crate) fn no_function(files: &Files) -> Diagnostic {
    nowhere(Code::InvalidFunction, format!("there is no function in `{}`", files.root()))
        .with_help("a function has a `function.yaml`, which says its runtime; FaaSO's have a `funko.yml`")
}

/// A path that would leave its folder.
pub(crate) fn invalid_path(invalid: &InvalidPath) -> Diagnostic {
    nowhere(Code::PathConflict, invalid.to_string())
}

/// Two files of a runtime that come to the same place.
pub(crate) fn path_twice(name: &str, path: &str) -> Diagnostic {
    nowhere(Code::PathConflict, format!("`{name}` is not the only file that becomes `{path}`"))
        .with_help("keep one of them: in `template` if it is the user's, or else in `build`")
}

/// A file of a runtime where another one of its needs a folder, or the other way around.
pub(crate) fn runtime_path_blocked(name: &str, other: &str) -> Diagnostic {
    nowhere(Code::PathConflict, format!("`{name}` can't be where it is to be, because of `{other}`"))
        .with_help("a path is that of a file or of a folder: rename one of the two")
}

/// A file of a function where the runtime needs a folder, or the other way around.
pub(crate) fn function_path_blocked(name: &str, owner: &str) -> Diagnostic {
    nowhere(Code::PathConflict, format!("`{name}` stands in the way of the runtime's `{owner}`"))
        .with_help(format!("rename `{name}`"))
}

/// A file of a function that is used instead of the runtime's.
pub(crate) fn file_replaced(name: &str, runtime: &str, path: &str) -> Diagnostic {
    nowhere(Code::FileReplaced, format!("`{name}` is used instead of the `{path}` of the runtime `{runtime}`"))
        .with_help("keep it if you mean to go your own way there; else remove or rename it")
}

pub(crate) fn no_dockerfile(name: &str) -> Diagnostic {
    nowhere(Code::InvalidRuntime, "the runtime has no Dockerfile").with_help(format!("add `{name}`"))
}

/// A folder of FaaSO's that is to be enough for itself.
pub(crate) fn context_without_dockerfile(files: &Files) -> Diagnostic {
    nowhere(Code::InvalidFunction, format!("there is no Dockerfile in `{}`, and no runtime that has one", files.root()))
        .with_help("add one, or say a `runtime`")
}

pub(crate) fn runs_as_root(name: &str, user: &str) -> Diagnostic {
    nowhere(Code::InvalidRuntime, format!("the last stage of `{name}` runs as root"))
        .with_help(format!("end it with `USER {user}`, before `CMD`"))
}

// runtime.yaml, function.yaml and funko.yml.

pub(crate) fn wrong_type(form: Form, at: &Path<'_>, wanted: &str, actual: &Value<'_>) -> Diagnostic {
    Diagnostic::new(form.code(), at, format!("this must be {wanted}, but is {}", actual.kind()))
}

pub(crate) fn unknown_key(form: Form, at: &Path<'_>, key: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(form.code(), at, format!("`{key}` is not a key that can stand here")).on_key();
    with_near(diagnostic, key, known, "keys that can")
}

pub(crate) fn missing_key(form: Form, at: &Path<'_>, key: &str, example: &str) -> Diagnostic {
    Diagnostic::new(form.code(), at, format!("`{key}` is missing")).with_help(format!("add it, such as `{example}`"))
}

pub(crate) fn malformed(form: Form, at: &Path<'_>, key: &str, written: &str, wanted: &str) -> Diagnostic {
    Diagnostic::new(form.code(), at, format!("`{key}` can't be `{written}`")).with_help(format!("it is {wanted}"))
}

pub(crate) fn invalid_reference(at: &Path<'_>, written: &str, reason: &str) -> Diagnostic {
    let written = reference::printable(written);
    Diagnostic::new(Code::InvalidFunction, at, format!("`{written}` does not say where a runtime is: {reason}"))
        .with_help(
            "write the name of one that is built in, the path of a folder, or `https://host/repository#ref:path`",
        )
}

// Schemas.

pub(crate) fn not_of_type(at: &Path<'_>, wanted: &str, actual: &Value<'_>) -> Diagnostic {
    wrong_type(Form::Runtime, at, wanted, actual)
}

pub(crate) fn options_not_an_object(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidRuntime, at, "options are always a mapping")
        .with_help("leave `type` out here, and describe each option under `properties`")
}

pub(crate) fn unknown_keyword(at: &Path<'_>, key: &str, known: &[&str]) -> Diagnostic {
    let message = format!("`{key}` is not a keyword of JSON Schema that has a meaning here");
    with_near(Diagnostic::new(Code::InvalidRuntime, at, message).on_key(), key, known, "keywords that have")
}

pub(crate) fn unknown_type(at: &Path<'_>, name: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidRuntime, at, format!("`{name}` is not a type of JSON Schema"));
    with_near(diagnostic, name, known, "types")
}

/// What is wrong with a default, by the rule that it stands in.
pub(crate) fn invalid_default(found: Diagnostic) -> Diagnostic {
    let message = format!("the default is not one that the schema allows: {}", found.message);
    let mut diagnostic = Diagnostic::new(Code::InvalidRuntime, &Path::ROOT, message).at_pointer(found.pointer);
    diagnostic.help = found.help;
    diagnostic
}

// Options.

fn option(at: &Path<'_>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::InvalidOption, at, message)
}

pub(crate) fn unknown_option(at: &Path<'_>, name: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = option(at, format!("the runtime has no option `{name}`")).on_key();
    with_near(diagnostic, name, known, "options that it has")
}

pub(crate) fn missing_option(at: &Path<'_>, name: &str, form: &str) -> Diagnostic {
    option(at, format!("the option `{name}` is missing")).with_help(format!("it has no default, and is {form}"))
}

pub(crate) fn option_of_other_type(at: &Path<'_>, form: &str, actual: &Value<'_>) -> Diagnostic {
    let diagnostic = option(at, format!("this must be {form}, but is {}", actual.kind()));
    match actual {
        Value::Number(_) | Value::Bool(_) if form.starts_with("a string") => diagnostic.with_help("put it in quotes"),
        Value::String(text) if form.starts_with("a list") => {
            diagnostic.with_help(format!("write `[{}]`", Json::from(&**text)))
        }
        _ => diagnostic,
    }
}

pub(crate) fn option_not_a_choice(at: &Path<'_>, written: &Json, choices: &[Json]) -> Diagnostic {
    let choices: Vec<String> = choices.iter().map(Json::to_string).collect();
    let known: Vec<&str> = choices.iter().map(String::as_str).collect();
    with_near(option(at, format!("this can't be `{written}`")), &written.to_string(), &known, "values that it can have")
}

pub(crate) fn option_out_of_range(at: &Path<'_>, written: &str, form: &str) -> Diagnostic {
    option(at, format!("this is {written}, but must be {form}"))
}

pub(crate) fn option_of_wrong_size(
    at: &Path<'_>,
    size: usize,
    (least, most): (Option<usize>, Option<usize>),
    what: &str,
) -> Diagnostic {
    let wanted = match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, most) => format!("at most {}", most.unwrap_or_default()),
    };
    option(at, format!("this has {size} {what}, but must have {wanted}"))
}

pub(crate) fn option_repeated(at: &Path<'_>, item: &Json) -> Diagnostic {
    option(at, format!("`{item}` stands in the list a second time")).with_help("remove it")
}

// Templates.

/// A name that a template uses, and nobody gives.
pub(crate) fn name_not_there(source: &Source, span: Span, name: &str, known: &[String]) -> Diagnostic {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let diagnostic = template_failed(source, span, &format!("`{name}` is not there"));
    with_near(diagnostic, name, &known, "names that can be used")
}

pub(crate) fn template_without_end(source: &Source, span: Span) -> Diagnostic {
    template_failed(source, span, "the template takes too many steps")
}

pub(crate) fn unknown_filter(source: &Source, span: Span) -> Diagnostic {
    let name = span.slice(&source.text).split('(').next().unwrap_or_default().trim();
    let message = format!("there is no filter `{name}`");
    template_failed(source, span, &message).with_help("the filters are MiniJinja's, and `shell`, which quotes words")
}

/// Something that is no Jinja.
pub(crate) fn invalid_template(source: &Source, span: Span, reason: &str) -> Diagnostic {
    let diagnostic = template_failed(source, span, &format!("this is no Jinja: {reason}"));
    let argument = span.slice(&source.text);
    let before = source.text.get(..span.start as usize).unwrap_or_default().trim_end();
    let filter = before.rsplit('|').next().unwrap_or_default().trim();
    let is_argument = argument.starts_with(['"', '\'']) && before.len() > filter.len();
    if is_argument && !filter.is_empty() && filter.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return diagnostic.with_help(format!("write `{filter}({argument})`"));
    }
    diagnostic
}

pub(crate) fn template_failed(source: &Source, span: Span, message: &str) -> Diagnostic {
    nowhere(Code::TemplateFailed, message).in_source(source, span)
}

// FaaSO.

fn difference(message: impl Into<String>) -> Diagnostic {
    nowhere(Code::FaasoDifference, message)
}

pub(crate) fn stops_when_idle() -> Diagnostic {
    difference("FaaSO keeps functions running; here they stop when nobody asks for anything")
        .with_help("to keep one running, set `fly.score.dev/service-https-min-running` in `score.yaml` to \"1\"")
}

pub(crate) fn health_check_of_docker(name: &str) -> Diagnostic {
    difference(format!("Fly does not run the `HEALTHCHECK` of `{name}`"))
        .with_help("the readiness probe in `score.yaml` asks for `/ping` instead")
}

pub(crate) fn secrets_of_faaso(names: &[String]) -> Diagnostic {
    let names = quoted_list(names.iter().map(String::as_str));
    difference(format!("the values of the secrets {names} stay on FaaSO's server"))
        .with_help("`score.yaml` takes them from variables of the environment: give them with `--env-file`")
}

pub(crate) fn name_in_lower_case(written: &str, name: &str) -> Diagnostic {
    difference(format!("the function `{written}` is called `{name}`, since names of workloads are in lower case"))
}
