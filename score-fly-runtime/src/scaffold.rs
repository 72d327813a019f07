//! New functions.

use std::fmt::Write as _;

use score_fly_core::{Diagnostics, Outcome};

use crate::build::SCORE;
use crate::files::Files;
use crate::function::{FUNCTION, FUNKO, Function};
use crate::runtime::Runtime;
use crate::yaml::scalar;
use crate::{messages, score};

/// Makes the files of a new function: those that its runtime starts with, a Score file, and
/// `function.yaml`, which says what it is built with.
///
/// `reference` is how the function calls its runtime, and `commit` the one that it is at, if it comes
/// from git.
pub fn scaffold(name: &str, runtime: &Runtime, reference: &str, commit: Option<&str>) -> Outcome<Files> {
    let invalid: Diagnostics = score_fly_core::score::check_name(name).into_iter().collect();
    if invalid.has_errors() {
        return Outcome::failed(invalid);
    }
    runtime.templates(name, None).fill(&runtime.template).and_then(|files| {
        let mut files = files.called(name);
        let mut diagnostics = Diagnostics::new();
        // A funko.yml would call the runtime as FaaSO does.
        let funko = files.text(FUNKO).and_then(|text| text.into_parts().0);
        let _ = files.remove(FUNKO);
        let mut function = header(&runtime.description, reference, commit);
        match &funko {
            None => function.push_str(&all_options(runtime)),
            Some(source) => {
                let (funko, found) = Function::read(source).into_parts();
                diagnostics.extend(found);
                function.push_str(&funko.map(|funko| written_options(&funko)).unwrap_or_default());
            }
        }
        let function = (FUNCTION, function);
        let score = (SCORE, score::file(name, &runtime.contract, &[]));
        for (path, text) in [function, score] {
            if files.contains(path) {
                continue;
            }
            if let Err(invalid) = files.insert(path, text) {
                diagnostics.push(messages::invalid_path(&invalid));
            }
        }
        Outcome::new(files, diagnostics)
    })
}

/// The beginning of `function.yaml`.
pub(crate) fn header(description: &str, reference: &str, commit: Option<&str>) -> String {
    let mut text = format!("# What this folder is built with: {description}.\nruntime: {}\n", scalar(reference));
    if let Some(commit) = commit {
        let _ = writeln!(text, "# The commit at which the runtime is taken.\ncommit: {commit}");
    }
    text
}

/// The options of a runtime, with what they are if nobody says anything.
fn all_options(runtime: &Runtime) -> String {
    let mut text = String::new();
    let options: Vec<_> = runtime.options.options().collect();
    if !options.is_empty() {
        text.push_str("options:\n");
    }
    for option in options {
        let form = option.form.as_str();
        for line in wrapped(option.description.unwrap_or(form)) {
            let _ = writeln!(text, "  # {line}");
        }
        let name = scalar(option.name);
        let _ = match option.default {
            Some(default) => writeln!(text, "  # {name}: {default}"),
            None if option.required => writeln!(text, "  {name}: # needed: {form}"),
            None => writeln!(text, "  # {name}: # {form}"),
        };
    }
    text
}

/// A text in lines that are not too long for a comment.
fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 96;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The options that a function says, as they stand in `function.yaml`.
pub(crate) fn written_options(function: &Function<'_>) -> String {
    let options = function.written_options();
    let mut text = String::new();
    if !options.is_empty() {
        text.push_str("options:\n");
    }
    for (name, value) in options {
        let value = value.as_str().map_or_else(|| value.to_string(), scalar);
        let _ = writeln!(text, "  {}: {value}", scalar(&name));
    }
    text
}
