//! The content of files.

use base64ct::{Base64, Encoding as _};

use super::model::{Given, Missing, ResolvedContent};
use super::scope::{Findings, Scope};
use crate::diagnostic::Diagnostic;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::messages;
use crate::score::ContainerFile;
use crate::secret::Sensitive;

/// The content of the file that is declared at `at`.
pub(super) fn resolve_content<'w>(
    file: &'w ContainerFile,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    given: &Given,
    findings: &mut Findings<'w>,
) -> Option<ResolvedContent<'w>> {
    let expand = !file.no_expand.unwrap_or(false);
    if let Some(content) = &file.content {
        let bytes = if expand {
            expanded(content, &at.key("content"), scope, findings, messages::in_file)?
        } else {
            Sensitive::Public(content.clone().into_bytes())
        };
        return Some(ResolvedContent { bytes, unchanged_source: None });
    }
    if let Some(content) = &file.binary_content {
        let Some(content) = decode_base64(content) else {
            findings.diagnostics.push(messages::invalid_base64(&at.key("binaryContent")));
            return None;
        };
        return Some(ResolvedContent { bytes: Sensitive::Public(content), unchanged_source: None });
    }
    let source = file.source.as_ref()?;
    let at = at.key("source");
    let Some(bytes) = given.files.content(source) else {
        if given.missing == Missing::Report {
            findings.diagnostics.push(messages::missing_source_file(&at, source, given.files.get(source)));
        }
        return Some(ResolvedContent { bytes: Sensitive::Public(Vec::new()), unchanged_source: Some(source) });
    };
    let content =
        if expand { expanded_source(source, bytes, &at, scope, findings)? } else { Sensitive::Public(bytes.to_vec()) };
    let unchanged = content.public().map(Vec::as_slice) == Some(bytes);
    Some(ResolvedContent { bytes: content, unchanged_source: unchanged.then_some(source) })
}

/// A local file with its placeholders filled.
///
/// The reference implementations disagree on files that are not UTF-8: some refuse them, one mounts
/// them as they are. Most of them are images, archives and keys that nobody wants expanded, so they
/// are mounted as they are; only one in which a placeholder would be left unfilled is refused.
fn expanded_source<'w>(
    source: &str,
    bytes: &[u8],
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
) -> Option<Sensitive<Vec<u8>>> {
    if let Ok(text) = core::str::from_utf8(bytes) {
        return expanded(text, at, scope, findings, |diagnostic| {
            messages::in_source_file(messages::in_file(diagnostic), source, text)
        });
    }
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    if holds("${metadata.") || holds("${resources.") {
        findings.diagnostics.push(messages::source_not_text(at, source));
        return None;
    }
    Some(Sensitive::Public(bytes.to_vec()))
}

fn expanded<'w>(
    text: &str,
    at: &Path<'_>,
    scope: &Scope<'w, '_>,
    findings: &mut Findings<'w>,
    reword: impl FnMut(Diagnostic) -> Diagnostic,
) -> Option<Sensitive<Vec<u8>>> {
    let mut here = Findings::default();
    let filled = scope.fill(text, at, &mut here);
    findings.without_outputs.append(&mut here.without_outputs);
    findings.diagnostics.extend(here.diagnostics.into_iter().map(reword).collect());
    filled.map(|filled| filled.text.map(String::into_bytes))
}

/// Decodes the standard alphabet with padding. Line breaks and blanks, as YAML's blocks of lines
/// put them in, are skipped.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|char| !char.is_ascii_whitespace()).collect();
    Base64::decode_vec(&text).ok()
}
