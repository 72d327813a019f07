//! Wording of what is wrong with requests.

use crate::diagnostic::{Code, Diagnostic};
use crate::pointer::Path;
use crate::prelude::*;

/// The request is not JSON.
pub(super) fn invalid_request(error: &serde_json::Error) -> Diagnostic {
    Diagnostic::new(Code::InvalidRequest, &Path::ROOT, format!("the request is not JSON: {error}"))
}

/// A part of the request is not of its type. What serde quotes of it may be a secret.
pub(super) fn not_of_the_type(at: &Path<'_>, error: &serde_json::Error) -> Diagnostic {
    let text = error.to_string();
    let message = match text.split_once("expected ") {
        Some((before, after)) if before.starts_with("invalid ") => format!("expected {after}"),
        _ => text,
    };
    let part = at.last_key().unwrap_or_default();
    Diagnostic::new(Code::InvalidRequest, at, format!("`{part}` can't be read: {message}"))
}

/// The content of a file is given in no way, or in several.
pub(super) fn not_one_content(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidRequest, at, "a file has one of `text`, `base64` and `unreadable`")
        .with_help("write null for a file that does not exist")
}

/// The content of a file is not base64.
pub(super) fn not_base64(path: &str) -> Diagnostic {
    // A pointer that no Score file has, so that it hides nothing that is wrong there.
    let at = Path::ROOT.key("files");
    Diagnostic::new(Code::InvalidRequest, &at.key(path), format!("the content given for `{path}` is not base64"))
}
