//! Readers: each takes a node and gives a typed value, or reports why there is none.
//!
//! A reader is a function from a [`Decoder`], a node and its path to an `Option`. Those for strings,
//! numbers, lists and maps are here; the ones for the parts of a workload are made from them.

use serde_json::Value as Json;

use super::super::form::Form;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Document, Mapping, Node, Value};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::messages;
use crate::suggest::nearest;

/// What is wanted of a value, in the words of messages.
pub(super) const STRING: &str = "a string";
pub(super) const LIST: &str = "a list";
pub(super) const MAPPING: &str = "a mapping";

/// Gathers what readers find.
#[derive(Debug)]
pub(crate) struct Decoder<'d> {
    document: &'d Document<'d>,
    pub(crate) diagnostics: Diagnostics,
}

impl<'d> Decoder<'d> {
    pub(crate) fn new(document: &'d Document<'d>) -> Self {
        Self { document, diagnostics: Diagnostics::new() }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A scalar as its source spells it: `0644`, and not the number that it stands for.
    pub(crate) fn written(&self, node: &Node<'_>) -> String {
        let source = self.document.source(node.origin.source);
        match source.map(|source| node.origin.span.slice(&source.text).trim()) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => serde_json::to_string(&node.value).unwrap_or_default(),
        }
    }

    pub(crate) fn string(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
        self.string_or(node, at, |written| written)
    }

    /// A string. What is proposed for a number or boolean is made from how it was written.
    fn string_or(&mut self, node: &Node<'_>, at: &Path<'_>, propose: impl FnOnce(String) -> String) -> Option<String> {
        match &node.value {
            Value::String(text) => Some(text.to_string()),
            Value::Bool(_) | Value::Number(_) => {
                let proposed = propose(self.written(node));
                self.report(messages::unquoted(at, &node.value, &proposed));
                None
            }
            other => {
                self.report(messages::wrong_type(at, STRING, other));
                None
            }
        }
    }

    pub(crate) fn non_empty(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
        let text = self.string(node, at)?;
        if text.is_empty() {
            self.report(messages::empty_string(at));
        }
        Some(text)
    }

    /// A string of a form. One that lacks it is still the value: later stages report no more of it.
    pub(crate) fn formed(&mut self, form: &Form, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
        // In quotes alone, `.5` and `0o644` would be the next mistake.
        let text = self.string_or(node, at, |written| match form.mended(&written) {
            Some(mended) if !(form.accepts)(&written) => mended,
            _ => written,
        })?;
        if !(form.accepts)(&text) {
            self.report(messages::malformed(at, form, &text));
        }
        Some(text)
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        choices: &[(&'static str, T)],
        node: &Node<'_>,
        at: &Path<'_>,
    ) -> Option<T> {
        let text = self.string(node, at)?;
        let choice = choices.iter().find(|(name, _)| *name == text);
        if choice.is_none() {
            self.report(messages::not_a_choice(at, &text, choices.iter().map(|(name, _)| *name)));
        }
        choice.map(|(_, value)| *value)
    }

    pub(crate) fn boolean(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<bool> {
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        self.report(messages::not_a_boolean(at, &node.value));
        None
    }

    /// A whole number from 1 to 65535. The schema takes `80.0` for one.
    pub(crate) fn port_number(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<u16> {
        let number = match node.value {
            Value::Number(number) => number.as_whole(),
            _ => None,
        };
        let Some(number) = number else {
            self.report(messages::not_a_port(at, &node.value));
            return None;
        };
        let port = u16::try_from(number).ok().filter(|port| *port > 0);
        if port.is_none() {
            let written = self.written(node);
            self.report(messages::port_out_of_range(at, &written));
        }
        port
    }

    pub(crate) fn list<T>(
        &mut self,
        node: &Node<'_>,
        at: &Path<'_>,
        mut read: impl FnMut(&mut Self, &Node<'_>, &Path<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Sequence(items) = &node.value else {
            self.report(messages::wrong_type(at, LIST, &node.value));
            return None;
        };
        Some(items.iter().enumerate().filter_map(|(index, item)| read(self, item, &at.index(index))).collect())
    }

    /// A map with keys of a form. An entry whose key lacks it is kept, so that more can be found
    /// in it.
    pub(crate) fn map<T>(
        &mut self,
        key: &Form,
        node: &Node<'_>,
        at: &Path<'_>,
        mut read: impl FnMut(&mut Self, &Node<'_>, &Path<'_>) -> Option<T>,
    ) -> Option<SortedMap<String, T>> {
        let mapping = self.mapping(node, at)?;
        let entries = mapping.entries.iter().filter_map(|entry| {
            let at = at.key(&entry.key.text);
            if !entry.key.is_string {
                self.report(messages::non_string_key(&at, &entry.key.text));
            } else if !(key.accepts)(&entry.key.text) {
                self.report(messages::malformed(&at, key, &entry.key.text).on_key());
            }
            Some((entry.key.text.to_string(), read(self, &entry.value, &at)?))
        });
        Some(entries.collect())
    }

    /// A map that may hold anything.
    pub(crate) fn open_map(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<SortedMap<String, Json>> {
        Some(open_entries(self.mapping(node, at)?, &[]))
    }

    pub(crate) fn mapping<'n>(&mut self, node: &'n Node<'n>, at: &Path<'_>) -> Option<&'n Mapping<'n>> {
        let mapping = node.as_mapping();
        if mapping.is_none() {
            self.report(messages::wrong_type(at, MAPPING, &node.value));
        }
        mapping
    }

    /// The fields of a mapping that has a fixed set of them.
    pub(crate) fn fields<'f>(&'f mut self, node: &'f Node<'f>, at: &'f Path<'f>) -> Option<Fields<'f, 'd>> {
        let mapping = self.mapping(node, at)?;
        Some(Fields { decoder: self, mapping, at, known: Vec::new(), missing: Vec::new() })
    }
}

/// The data of a map without positions, but for the entries of the keys in `except`.
pub(crate) fn open_entries(mapping: &Mapping<'_>, except: &[&str]) -> SortedMap<String, Json> {
    let entries = mapping.entries.iter().filter(|entry| !except.contains(&&*entry.key.text));
    entries.map(|entry| (entry.key.text.to_string(), entry.value.to_json())).collect()
}

/// The fields of a mapping. Those that are asked for are the ones that it may have.
#[derive(Debug)]
pub(crate) struct Fields<'f, 'd> {
    decoder: &'f mut Decoder<'d>,
    mapping: &'f Mapping<'f>,
    at: &'f Path<'f>,
    known: Vec<&'static str>,
    missing: Vec<Missing>,
}

/// One of some fields must be there, and none is.
#[derive(Debug)]
struct Missing {
    any_of: Vec<&'static str>,
    diagnostic: Diagnostic,
}

impl<'d> Fields<'_, 'd> {
    /// The value of a field that may be absent.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Decoder<'d>, &Node<'_>, &Path<'_>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(name);
        let node = self.mapping.get(name)?;
        read(self.decoder, node, &self.at.key(name))
    }

    /// The value of a field that must be there; `example` shows how it is written.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        example: &str,
        read: impl FnOnce(&mut Decoder<'d>, &Node<'_>, &Path<'_>) -> Option<T>,
    ) -> Option<T> {
        if !self.has(name) {
            self.missing(&[name], messages::missing_field(&self.at.key(name), name, example));
        }
        self.optional(name, read)
    }

    /// Reports that none of some fields is there, unless it turns out that one is misspelt.
    pub(crate) fn missing(&mut self, any_of: &[&'static str], diagnostic: Diagnostic) {
        self.missing.push(Missing { any_of: any_of.to_vec(), diagnostic });
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.mapping.get(name).is_some()
    }

    /// Reports a fault of the mapping as a whole.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.decoder.report(diagnostic);
    }

    /// Reports every field that was not asked for. `remedy` knows what to do about those that
    /// people often write.
    pub(crate) fn finish(mut self, remedy: fn(&str) -> Option<&'static str>) {
        let mapping = self.mapping;
        for entry in &mapping.entries {
            let name: &str = &entry.key.text;
            if self.known.contains(&name) {
                continue;
            }
            let at = self.at.key(name);
            let diagnostic = if !entry.key.is_string {
                messages::non_string_key(&at, name)
            } else if let Some(remedy) = remedy(name) {
                messages::unknown_field(&at, name, remedy)
            } else if let Some(meant) = nearest(name, self.known.iter().copied()) {
                self.misspelt(&at, name, meant)
            } else {
                messages::field_unlike_any(&at, name, &self.known)
            };
            self.decoder.report(diagnostic);
        }
        self.finish_open();
    }

    /// Ends a mapping that may have any further field.
    pub(crate) fn finish_open(self) {
        for missing in self.missing {
            self.decoder.report(missing.diagnostic);
        }
    }

    /// One typing error is one diagnostic: the field that was meant is not also missing.
    fn misspelt(&mut self, at: &Path<'_>, name: &str, meant: &'static str) -> Diagnostic {
        let diagnostic = messages::misspelt_field(at, name, meant);
        if self.has(meant) {
            return diagnostic;
        }
        self.missing.retain(|missing| !missing.any_of.contains(&meant));
        diagnostic.instead_of(&self.at.key(meant))
    }
}
