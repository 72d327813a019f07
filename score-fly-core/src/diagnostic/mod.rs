//! Diagnostics: what is wrong or noteworthy, where, and what to write instead.
//!
//! This is the ground floor, on which all stages stand. They report by JSON Pointer;
//! [`Document::locate`](crate::document::Document::locate) turns pointers into places in the text,
//! once, at the end. Each kind of diagnostic is made by one function in the `messages` of the stage
//! that reports it, so its wording lives in one place. Whoever calls the stages makes diagnostics in
//! the same way, with [`Diagnostic::new`].
//!
//! Rules for the words: one sentence in lower case without a full stop; the user's text in
//! backticks; no Rust type names; advice goes into the help, and never a secret anywhere.

mod code;
mod levels;
mod model;
mod outcome;
mod remedy;
mod view;

pub use code::{Code, Severity};
pub use levels::Levels;
pub(crate) use levels::Silenceable;
pub use model::{Diagnostic, Fix, Location, Part, Related};
pub use outcome::{Diagnostics, Outcome};
pub use remedy::Remedy;
pub use view::{DiagnosticView, LocationView, RelatedView, Sources};
