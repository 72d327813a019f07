//! Diagnostics as one JSON object: `{"diagnostics": […], "failures": […]}`, `mended` if anything was,
//! and `said` if provisioners that failed had something to say.

use score_fly_core::diagnostic::DiagnosticView;
use score_fly_core::resource::Uid;
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
    /// The last lines that provisioners which failed had for people, with their resources.
    pub(crate) said: Vec<(Uid, Vec<String>)>,
}

impl Document {
    /// The object, on one line.
    pub(crate) fn render(&self) -> String {
        let mut document = json!({ "diagnostics": self.diagnostics, "failures": self.failures });
        if !self.mended.is_empty() {
            document["mended"] = json!(self.mended);
        }
        if !self.said.is_empty() {
            let said = self.said.iter().map(|(uid, lines)| json!({ "resource": uid, "lines": lines }));
            document["said"] = said.collect();
        }
        format!("{document}\n")
    }
}
