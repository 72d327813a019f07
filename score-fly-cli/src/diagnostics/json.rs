//! Diagnostics as one JSON object: `{"diagnostics": […], "failures": […]}`, and `mended` if anything was.

use score_fly_core::diagnostic::DiagnosticView;
use serde_json::json;

/// Everything that a run has to say.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// What was found in the input. Columns and offsets count characters.
    pub(crate) diagnostics: Vec<DiagnosticView>,
    /// What was mended, with the places where it was.
    pub(crate) mended: Vec<DiagnosticView>,
    /// What could not be done, such as reading a file: one sentence each.
    pub(crate) failures: Vec<String>,
}

impl Document {
    /// The object, on one line.
    pub(crate) fn render(&self) -> String {
        let mut document = json!({ "diagnostics": self.diagnostics, "failures": self.failures });
        if !self.mended.is_empty() {
            document["mended"] = json!(self.mended);
        }
        format!("{document}\n")
    }
}
