//! What is found when a fly.toml becomes a Score file.

use crate::diagnostic::{Code, Diagnostic};
use crate::fly::messages::subject;
use crate::pointer::Path;
use crate::prelude::*;

pub(crate) fn kept(at: &Path<'_>) -> Diagnostic {
    let message =
        format!("{} stands in the annotation `config`: Score and other annotations can't say all of it", subject(at));
    Diagnostic::new(Code::KeptAsConfig, at, message).on_key()
}

pub(crate) fn not_in_score(at: &Path<'_>) -> Diagnostic {
    let message = format!("{} will not be what it is here", subject(at));
    let diagnostic = Diagnostic::new(Code::NotInScore, at, message).on_key();
    match at.last_key() {
        Some("app") => {
            diagnostic.with_help("a workload has a name, which becomes that of the app: write the one that you want")
        }
        _ => diagnostic,
    }
}

pub(crate) fn not_convertible(message: &str) -> Diagnostic {
    Diagnostic::new(Code::NotInScore, &Path::ROOT, format!("no Score file can say this: {message}"))
}
