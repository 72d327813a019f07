//! Wording of what reading YAML and applying overrides reports.

use crate::diagnostic::{Code, Diagnostic};
use crate::pointer::Path;

/// The request is not JSON, or not of the facade's shape. What serde quotes of it may be a secret.
pub(crate) fn invalid_request(error: &serde_json::Error) -> Diagnostic {
    let text = error.to_string();
    let message = match text.split_once("expected ") {
        Some((before, after)) if before.starts_with("invalid ") => format!("expected {after}"),
        _ => text,
    };
    Diagnostic::new(Code::InvalidRequest, &Path::ROOT, format!("the request can't be read: {message}"))
}

/// A file in the request is not base64.
pub(crate) fn invalid_request_file(path: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidRequest, &Path::ROOT, format!("the content given for `{path}` is not base64"))
}
