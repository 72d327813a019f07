//! Reading documents, and writing scalars.

use score_fly_core::document::{self, Document, Mapping, Node, Value};
use score_fly_core::pointer::Path;
use score_fly_core::{Diagnostics, Outcome, Source};

use crate::messages::{self, Form};

/// Reads a text, does something with the document, and locates what both found.
pub(crate) fn with_document<'s, T>(
    source: &'s Source,
    next: impl FnOnce(&Document<'s>, &mut Diagnostics) -> Option<T>,
) -> Outcome<(T, Document<'s>)> {
    let (document, diagnostics) = document::parse(source).into_parts();
    let Some(document) = document else {
        return Outcome::failed(diagnostics).locate(&Document::without_root(source));
    };
    let outcome = Outcome::new((), diagnostics).and_then(|()| {
        let mut found = Diagnostics::new();
        match next(&document, &mut found) {
            Some(value) => Outcome::new(value, found),
            None => Outcome::failed(found),
        }
    });
    let located = outcome.locate(&document);
    located.map(|value| (value, document))
}

/// A mapping while it is read.
pub(crate) struct Fields<'n, 's, 'd> {
    /// Whose mapping it is, which decides how mistakes are called.
    pub(crate) form: Form,
    mapping: Option<&'n Mapping<'s>>,
    diagnostics: &'d mut Diagnostics,
}

impl<'n, 's, 'd> Fields<'n, 's, 'd> {
    /// Starts reading a mapping, which has no other keys than these.
    pub(crate) fn new(
        form: Form,
        node: &'n Node<'s>,
        at: &Path<'_>,
        keys: &[&str],
        diagnostics: &'d mut Diagnostics,
    ) -> Self {
        let mapping = node.as_mapping();
        match mapping {
            None => diagnostics.push(messages::wrong_type(form, at, "a mapping", &node.value)),
            Some(mapping) => {
                for entry in mapping.entries.iter().filter(|entry| !keys.contains(&&*entry.key.text)) {
                    diagnostics.push(messages::unknown_key(form, &at.key(&entry.key.text), &entry.key.text, keys));
                }
            }
        }
        Self { form, mapping, diagnostics }
    }

    /// The value of a key, if it is there and not null.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node<'s>> {
        self.mapping?.get(key).filter(|node| node.value != Value::Null)
    }

    /// The value of a key that must be there.
    pub(crate) fn required(&mut self, key: &str, at: &Path<'_>, example: &str) -> Option<&'n Node<'s>> {
        let node = self.get(key);
        if node.is_none() && self.mapping.is_some() {
            self.diagnostics.push(messages::missing_key(self.form, &at.key(key), key, example));
        }
        node
    }

    /// A text, if the node is one.
    pub(crate) fn text<'t>(&mut self, node: &'t Node<'_>, at: &Path<'_>) -> Option<&'t str> {
        let text = node.as_str();
        if text.is_none() {
            self.diagnostics.push(messages::wrong_type(self.form, at, "a string", &node.value));
        }
        text
    }

    /// Reports something.
    pub(crate) fn push(&mut self, diagnostic: score_fly_core::Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// A text as a scalar that YAML reads as just this text.
pub(crate) fn scalar(text: &str) -> String {
    let is_plain_start = |c: char| c.is_ascii_alphabetic() || c == '/' || c == '.';
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c) || c == '#';
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n" | ".inf" | ".nan"
    );
    // A number may start with a dot.
    let is_number = text.parse::<f64>().is_ok();
    if text.starts_with(is_plain_start) && text.chars().all(is_plain) && !is_word && !is_number {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use score_fly_core::{Source, document};

    use super::scalar;

    #[test]
    fn scalars_read_back_as_they_were() {
        for text in [
            "",
            "flask",
            "./a b",
            "../x",
            "true",
            "No",
            "1",
            ".5",
            ".inf",
            "a: b",
            "a #b",
            "a#b",
            "https://h/r#v1:p",
            "git@h:r",
            "- a",
            "\"",
            "'",
            "ä",
            "a\nb",
            "~",
            "null",
            "2024-01-01",
            "#a",
            "0x1",
            "1e3",
            "/a",
            "e",
            "inf",
        ] {
            let source = Source::new("it", scalar(text));
            let (document, _) = document::parse(&source).into_result().expect(text);
            assert_eq!(document.root.as_str(), Some(text), "{}", source.text);
        }
    }
}
