//! Why the state of a project can't be used.

use std::fmt::Display;
use std::path::Path;

use score_fly_core::diagnostic::Remedy;
use score_fly_core::pointer;
use score_fly_core::source::Span;
use score_fly_core::{Code, Diagnostic, Source};

use super::migrate::VERSION;
use crate::depth::MAX_DEPTH;
use crate::encryption::{Identities, Recipient};
use crate::faults::Faults;
use crate::store::{Document, StoreError};

/// Why the state of a project can't be used. Nothing is ever written over a state that can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is damaged or not ours, or its secrets can't be decrypted.
    #[error(transparent)]
    Unusable(#[from] Faults),
}

/// A text in which something is wrong.
#[derive(Clone, Copy)]
pub(super) struct Text<'d> {
    document: &'d Document,
}

impl<'d> Text<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document }
    }

    /// The state is not what was written, for a reason that may be known to start at a byte of it.
    pub(super) fn corrupt(self, reason: impl Display, at: Option<usize>) -> StateError {
        let message = format!("`{}` is damaged: {reason}", self.document.name.display());
        let help = "restore it from a backup, or move it away and make a project anew; resources that were made are \
                    forgotten then, and have to be taken down by hand";
        self.at(invalid(message).with_help(help).with_remedy(Remedy::StartProject), at)
    }

    /// The journal of an interrupted run is not what was written.
    pub(super) fn corrupt_journal(self, reason: impl Display, at: usize) -> StateError {
        let name = self.document.name.display();
        let message = format!("`{name}`, which an interrupted run has left, is damaged: {reason}");
        let help = "restore it from a backup, or move it away; provisioners are then asked again for what that run \
                    has made";
        self.at(invalid(message).with_help(help), Some(at))
    }

    /// What is encrypted in it does not belong to the rest, as after a merge of two versions.
    pub(super) fn mixed(self) -> StateError {
        let name = self.document.name.display();
        let message = format!(
            "what is encrypted in `{name}`, under `sealed`, does not belong to the rest of it: two versions were merged"
        );
        let help = format!(
            "take all of the file from one of them, as `git checkout --ours {name}` does after a merge, or \
             `git checkout BRANCH -- {name}`; then run again for what the other one had made"
        );
        Faults::from(invalid(message).with_help(help)).into()
    }

    /// A later score-fly wrote it.
    pub(super) fn newer(self, version: u64) -> StateError {
        let name = self.document.name.display();
        let message = format!(
            "`{name}` was written by a later score-fly, in version {version} of its form, and this one knows versions \
             up to {VERSION}"
        );
        Faults::from(invalid(message).with_help("use the later score-fly")).into()
    }

    /// It was not written by score-fly.
    pub(super) fn foreign(self) -> StateError {
        let message = format!("`{}` is not a state file of score-fly", self.document.name.display());
        let diagnostic = invalid(message).with_help("move it away, and make a project here");
        Faults::from(diagnostic.with_remedy(Remedy::StartProject)).into()
    }

    /// None of the identities decrypts it.
    pub(super) fn locked(self, recipients: &[Recipient], identities: &Identities) -> StateError {
        let name = self.document.name.display();
        let (message, help) = if identities.is_empty() {
            (format!("the secrets in `{name}` are encrypted"), "give an identity that can decrypt them")
        } else {
            let message = format!("the secrets in `{name}` can't be decrypted by the identity that is given");
            (message, "give another identity")
        };
        let diagnostic = Diagnostic::new(Code::MissingIdentity, &pointer::Path::ROOT, message)
            .with_help(format!("{help}; they are encrypted to {}", list(recipients)))
            .with_remedy(Remedy::GiveIdentity);
        Faults::from(diagnostic).into()
    }

    /// At a byte of the text, in which there may be secrets: it is never shown.
    fn at(self, diagnostic: Diagnostic, at: Option<usize>) -> StateError {
        let Some(at) = at else { return Faults::from(diagnostic).into() };
        let text = String::from_utf8_lossy(&self.document.bytes);
        let source = Source::new(self.document.name.to_string_lossy(), text);
        let at = at.min(source.text.len());
        Faults::at(diagnostic, source, Span::from(at..at)).into()
    }
}

/// It is not a state of score-flyio, which it was taken for.
pub(super) fn not_importable(shown: &Path, text: String, error: &serde_yaml::Error) -> StateError {
    let message = format!("`{}` can't be read as a state of score-flyio: {}", shown.display(), reason(error));
    let at = error.location().map_or(0, |location| location.index()).min(text.len());
    Faults::at(invalid(message), Source::new(shown.to_string_lossy(), text), Span::from(at..at)).into()
}

/// Something in it has more levels than a state of ours keeps.
pub(super) fn too_deep_to_import(shown: &Path, what: &str) -> StateError {
    let message =
        format!("`{}` can't be taken over: {what} is nested more than {MAX_DEPTH} levels deep", shown.display());
    Faults::from(invalid(message)).into()
}

/// What is wrong in a text, without its place, and without values: they may be secrets.
pub(super) fn reason(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let start = ["invalid type: ", "invalid value: "].into_iter().find_map(|begin| text.find(begin));
    match (start, text.rfind("expected ")) {
        (Some(start), Some(expected)) if start < expected => format!("{}{}", &text[..start], &text[expected..]),
        _ => text.to_owned(),
    }
}

fn invalid(message: String) -> Diagnostic {
    Diagnostic::new(Code::InvalidState, &pointer::Path::ROOT, message)
}

fn list(recipients: &[Recipient]) -> String {
    let recipients: Vec<String> = recipients.iter().map(|recipient| format!("`{recipient}`")).collect();
    recipients.join(" and ")
}
