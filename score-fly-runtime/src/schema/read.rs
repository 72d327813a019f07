//! Reading a schema from a runtime's description.

use score_fly_core::Diagnostics;
use score_fly_core::document::{Mapping, Node, Number, Value};
use score_fly_core::pointer::Path;

use super::{Additional, Rule, Schema, Type};
use crate::messages;

/// The keywords that have a meaning here.
const KEYWORDS: [&str; 15] = [
    "additionalProperties",
    "default",
    "description",
    "enum",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "properties",
    "required",
    "type",
    "uniqueItems",
];

impl Schema {
    /// Reads the schema of all options: that of a mapping that has no other keys than `properties`.
    pub(crate) fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Self {
        let mut reader = Reader { diagnostics };
        let mut rule = reader.rule(node, at);
        if rule.types.iter().any(|one| *one != Type::Object) {
            reader.diagnostics.push(messages::options_not_an_object(&at.key("type")));
        }
        rule.types = vec![Type::Object];
        if rule.additional == Additional::Any {
            rule.additional = Additional::None;
        }
        Self { rule }
    }
}

struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Reader<'_> {
    fn rule(&mut self, node: &Node<'_>, at: &Path<'_>) -> Rule {
        let mut rule = Rule::default();
        let Some(mapping) = node.as_mapping() else {
            self.diagnostics.push(messages::not_of_type(
                at,
                "a schema: a mapping with keys such as `type`",
                &node.value,
            ));
            return rule;
        };
        for entry in &mapping.entries {
            let (key, value) = (&*entry.key.text, &entry.value);
            let at = at.key(key);
            match key {
                "type" => rule.types = self.types(value, &at),
                "description" => rule.description = self.text(value, &at),
                "default" => rule.default = Some(value.to_json()),
                "enum" => rule.choices = self.items(value, &at).map(|all| all.iter().map(Node::to_json).collect()),
                "minimum" => rule.minimum = self.number(value, &at),
                "maximum" => rule.maximum = self.number(value, &at),
                "minLength" => rule.min_length = self.count(value, &at),
                "maxLength" => rule.max_length = self.count(value, &at),
                "minItems" => rule.min_items = self.count(value, &at),
                "maxItems" => rule.max_items = self.count(value, &at),
                "uniqueItems" => rule.unique_items = self.boolean(value, &at).unwrap_or_default(),
                "items" => rule.items = Some(Box::new(self.rule(value, &at))),
                "properties" => {
                    if let Some(mapping) = self.mapping(value, &at) {
                        let properties = mapping.entries.iter();
                        rule.properties = properties
                            .map(|one| (one.key.text.to_string(), self.rule(&one.value, &at.key(&one.key.text))))
                            .collect();
                    }
                }
                "required" => {
                    let names = self.items(value, &at).unwrap_or_default().iter().enumerate();
                    rule.required = names.filter_map(|(index, name)| self.text(name, &at.index(index))).collect();
                }
                "additionalProperties" => rule.additional = self.additional(value, &at),
                _ => self.diagnostics.push(messages::unknown_keyword(&at, key, &KEYWORDS)),
            }
        }
        self.default(&rule, mapping, at);
        rule
    }

    /// A default has to keep to its own rule.
    fn default(&mut self, rule: &Rule, mapping: &Mapping<'_>, at: &Path<'_>) {
        let Some(default) = mapping.get("default") else { return };
        let mut found = Diagnostics::new();
        rule.check(default, &at.key("default"), &mut found);
        for one in found {
            self.diagnostics.push(messages::invalid_default(one));
        }
    }

    fn types(&mut self, node: &Node<'_>, at: &Path<'_>) -> Vec<Type> {
        let mut named = |node: &Node<'_>, at: &Path<'_>| {
            let name = self.text(node, at)?;
            let found = Type::ALL.into_iter().find(|one| one.name() == name);
            if found.is_none() {
                self.diagnostics.push(messages::unknown_type(at, &name, &Type::ALL.map(Type::name)));
            }
            found
        };
        match &node.value {
            Value::Sequence(items) => {
                items.iter().enumerate().filter_map(|(index, item)| named(item, &at.index(index))).collect()
            }
            _ => named(node, at).into_iter().collect(),
        }
    }

    fn additional(&mut self, node: &Node<'_>, at: &Path<'_>) -> Additional {
        match &node.value {
            Value::Bool(true) => Additional::Any,
            Value::Bool(false) => Additional::None,
            _ => Additional::Of(Box::new(self.rule(node, at))),
        }
    }

    fn text(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<String> {
        let text = node.as_str().map(str::to_owned);
        self.reported(text, node, at, "a string")
    }

    fn boolean(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<bool> {
        let value = if let Value::Bool(value) = node.value { Some(value) } else { None };
        self.reported(value, node, at, "a boolean")
    }

    fn number(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<f64> {
        let value = if let Value::Number(number) = node.value { Some(number.as_f64()) } else { None };
        self.reported(value, node, at, "a number")
    }

    fn count(&mut self, node: &Node<'_>, at: &Path<'_>) -> Option<usize> {
        let value =
            if let Value::Number(Number::Int(number)) = node.value { usize::try_from(number).ok() } else { None };
        self.reported(value, node, at, "a whole number from 0")
    }

    fn items<'n, 's>(&mut self, node: &'n Node<'s>, at: &Path<'_>) -> Option<&'n [Node<'s>]> {
        let items = if let Value::Sequence(items) = &node.value { Some(items.as_slice()) } else { None };
        self.reported(items, node, at, "a list")
    }

    fn mapping<'n, 's>(&mut self, node: &'n Node<'s>, at: &Path<'_>) -> Option<&'n Mapping<'s>> {
        self.reported(node.as_mapping(), node, at, "a mapping")
    }

    /// The value, or none and a diagnostic.
    fn reported<T>(&mut self, value: Option<T>, node: &Node<'_>, at: &Path<'_>, wanted: &str) -> Option<T> {
        if value.is_none() {
            self.diagnostics.push(messages::not_of_type(at, wanted, &node.value));
        }
        value
    }
}
