//! Holding options to their schema.

use std::collections::BTreeSet;

use score_fly_core::Diagnostics;
use score_fly_core::document::{Node, Value};
use score_fly_core::pointer::Path;
use serde_json::{Map, Value as Json};

use super::{Additional, Rule, Schema, Type};
use crate::messages;

impl Schema {
    /// The options that stand at a node, with defaults for those that don't.
    pub(crate) fn apply(
        &self,
        node: Option<&Node<'_>>,
        at: &Path<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Map<String, Json> {
        let mut options = Map::new();
        match node {
            // A mapping of which all entries are comments.
            None | Some(Node { value: Value::Null, .. }) => self.rule.missing(|_| false, at, diagnostics),
            Some(node) => {
                self.rule.check(node, at, diagnostics);
                if let Json::Object(given) = node.to_json() {
                    options = given;
                }
            }
        }
        self.rule.fill(&mut options);
        options
    }
}

impl Rule {
    /// Reports whatever of a node is against the rule.
    pub(super) fn check(&self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) {
        let value = &node.value;
        if !self.types.is_empty() && !self.types.iter().any(|one| one.is_of(value)) {
            diagnostics.push(messages::option_of_other_type(at, &self.form(), value));
            return;
        }
        if let Some(choices) = &self.choices
            && !choices.iter().any(|choice| canonical(choice) == canonical(&node.to_json()))
        {
            diagnostics.push(messages::option_not_a_choice(at, &node.to_json(), choices));
            return;
        }
        match value {
            Value::Number(number) => {
                let number = number.as_f64();
                if self.minimum.is_some_and(|least| number < least) || self.maximum.is_some_and(|most| number > most) {
                    diagnostics.push(messages::option_out_of_range(at, &value_of(node), &self.form()));
                }
            }
            Value::String(text) => {
                let length = text.chars().count();
                let bounds = (self.min_length, self.max_length);
                if !is_within(length, bounds) {
                    diagnostics.push(messages::option_of_wrong_size(at, length, bounds, "characters"));
                }
            }
            Value::Sequence(items) => self.check_items(items, at, diagnostics),
            Value::Mapping(mapping) => {
                for entry in &mapping.entries {
                    let name = &*entry.key.text;
                    match (self.properties.get(name), &self.additional) {
                        (Some(rule), _) => rule.check(&entry.value, &at.key(name), diagnostics),
                        (None, Additional::Of(rule)) => rule.check(&entry.value, &at.key(name), diagnostics),
                        (None, Additional::Any) => {}
                        (None, Additional::None) => {
                            let known: Vec<&str> = self.properties.keys().map(String::as_str).collect();
                            diagnostics.push(messages::unknown_option(&at.key(name), name, &known));
                        }
                    }
                }
                self.missing(|name| mapping.get(name).is_some(), at, diagnostics);
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_items(&self, items: &[Node<'_>], at: &Path<'_>, diagnostics: &mut Diagnostics) {
        let bounds = (self.min_items, self.max_items);
        if !is_within(items.len(), bounds) {
            diagnostics.push(messages::option_of_wrong_size(at, items.len(), bounds, "items"));
        }
        for (index, item) in items.iter().enumerate() {
            if let Some(rule) = &self.items {
                rule.check(item, &at.index(index), diagnostics);
            }
        }
        if self.unique_items {
            let mut seen = BTreeSet::new();
            for (index, item) in items.iter().map(Node::to_json).enumerate() {
                if !seen.insert(canonical(&item)) {
                    diagnostics.push(messages::option_repeated(&at.index(index), &item));
                }
            }
        }
    }

    /// Reports what must be there, and is not.
    fn missing(&self, is_there: impl Fn(&str) -> bool, at: &Path<'_>, diagnostics: &mut Diagnostics) {
        for name in self.required.iter().filter(|name| !is_there(name)) {
            let rule = self.properties.get(name);
            // A default is as good as a value; so a schema may say both.
            if rule.is_none_or(|rule| rule.default.is_none()) {
                let form = rule.map_or_else(|| "anything".to_owned(), Self::form);
                diagnostics.push(messages::missing_option(&at.key(name), name, &form));
            }
        }
    }
}

impl Type {
    fn is_of(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Array, Value::Sequence(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Null, Value::Null)
            | (Self::Number, Value::Number(_))
            | (Self::Object, Value::Mapping(_))
            | (Self::String, Value::String(_)) => true,
            // `1.0` is whole in JSON Schema.
            (Self::Integer, Value::Number(number)) => number.as_f64().fract() == 0.0,
            _ => false,
        }
    }
}

fn is_within(size: usize, (least, most): (Option<usize>, Option<usize>)) -> bool {
    least.is_none_or(|least| size >= least) && most.is_none_or(|most| size <= most)
}

fn value_of(node: &Node<'_>) -> String {
    node.to_json().to_string()
}

/// A text that two values have in common if they are the same in JSON Schema, for which `1` and `1.0` are.
#[expect(clippy::cast_possible_truncation, reason = "the range is looked at before")]
fn canonical(value: &Json) -> String {
    match value {
        Json::Number(number) => match number.as_f64() {
            // Beyond this, a float is not one whole number but many.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
                (float as i64).to_string()
            }
            _ => number.to_string(),
        },
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        _ => value.to_string(),
    }
}
