//! The options that a runtime takes, in a subset of JSON Schema.
//!
//! Checked by hand, since a JSON Schema engine would be larger than all the rest. What these keywords
//! mean is JSON Schema's, draft 2020-12; others are refused, so that none is silently without effect.

mod check;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The options of a runtime: a mapping, the values of which have rules.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    pub(crate) rule: Rule,
}

/// An option.
#[derive(Debug, Clone, PartialEq)]
pub struct Opt<'s> {
    /// Its name.
    pub name: &'s str,
    /// What it is for.
    pub description: Option<&'s str>,
    /// Its value where none is given.
    pub default: Option<&'s Value>,
    /// Whether one must be given.
    pub required: bool,
    /// What it can be, in words.
    pub form: String,
}

impl Schema {
    /// That of a runtime without options.
    pub(crate) fn none() -> Self {
        Self { rule: Rule { types: vec![Type::Object], additional: Additional::None, ..Rule::default() } }
    }

    /// The options, in the order of their names.
    pub fn options(&self) -> impl Iterator<Item = Opt<'_>> {
        self.rule.properties.iter().map(|(name, rule)| Opt {
            name,
            description: rule.description.as_deref(),
            default: rule.default.as_ref(),
            required: self.rule.required.contains(name) && rule.default.is_none(),
            form: rule.form(),
        })
    }

    /// The options as they are where none are given.
    pub fn defaults(&self) -> Map<String, Value> {
        let mut options = Map::new();
        self.rule.fill(&mut options);
        options
    }
}

impl Schema {
    /// Options that are certainly all there: the defaults, and something for those that have none.
    pub(crate) fn samples(&self) -> Map<String, Value> {
        let mut options = self.defaults();
        for (name, rule) in &self.rule.properties {
            options.entry(name.as_str()).or_insert_with(|| rule.sample());
        }
        options
    }
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rule {
    /// Empty for any.
    pub(crate) types: Vec<Type>,
    pub(crate) description: Option<String>,
    pub(crate) default: Option<Value>,
    pub(crate) choices: Option<Vec<Value>>,
    pub(crate) minimum: Option<f64>,
    pub(crate) maximum: Option<f64>,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) items: Option<Box<Self>>,
    pub(crate) min_items: Option<usize>,
    pub(crate) max_items: Option<usize>,
    pub(crate) unique_items: bool,
    pub(crate) properties: BTreeMap<String, Self>,
    pub(crate) required: BTreeSet<String>,
    pub(crate) additional: Additional,
}

/// What the keys may be that `properties` does not have.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Additional {
    #[default]
    Any,
    None,
    Of(Box<Rule>),
}

/// A type of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Array,
    Boolean,
    Integer,
    Null,
    Number,
    Object,
    String,
}

impl Type {
    pub(crate) const ALL: [Self; 7] =
        [Self::Array, Self::Boolean, Self::Integer, Self::Null, Self::Number, Self::Object, Self::String];

    /// Its name in a schema.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Null => "null",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }

    /// What a value of it is called in messages.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Array => "a list",
            Self::Boolean => "a boolean",
            Self::Integer => "a whole number",
            Self::Null => "null",
            Self::Number => "a number",
            Self::Object => "a mapping",
            Self::String => "a string",
        }
    }
}

impl Rule {
    /// What it can be, in words.
    fn form(&self) -> String {
        if let Some(choices) = &self.choices {
            let choices: Vec<String> = choices.iter().map(Value::to_string).collect();
            return choices.join(" or ");
        }
        let types: Vec<&str> = self.types.iter().map(|one| one.words()).collect();
        let mut form = if types.is_empty() { "anything".to_owned() } else { types.join(" or ") };
        if let Some(items) = self.items.as_ref().filter(|_| self.types == [Type::Array]) {
            form = format!("{form}, each item of which is {}", items.form());
        }
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) => format!("{form} from {least} to {most}"),
            (Some(least), None) => format!("{form} from {least}"),
            (None, Some(most)) => format!("{form} up to {most}"),
            (None, None) => form,
        }
    }

    /// A value of one of its types.
    fn sample(&self) -> Value {
        let choice = self.choices.as_ref().and_then(|choices| choices.first().cloned());
        choice.unwrap_or_else(|| match self.types.first() {
            Some(Type::Array) => Value::Array(self.items.iter().map(|items| items.sample()).collect()),
            Some(Type::Boolean) => true.into(),
            Some(Type::Integer | Type::Number) => self.minimum.or(self.maximum).unwrap_or(1.0).into(),
            Some(Type::Object) => {
                let properties = self.properties.iter();
                Value::Object(properties.map(|(name, rule)| (name.clone(), rule.sample())).collect())
            }
            Some(Type::Null) => Value::Null,
            Some(Type::String) | None => "x".repeat(self.min_length.unwrap_or(1).max(1)).into(),
        })
    }

    /// Puts the defaults into a mapping where it has nothing.
    pub(crate) fn fill(&self, mapping: &mut Map<String, Value>) {
        for (name, rule) in &self.properties {
            match (mapping.get_mut(name), &rule.default) {
                (Some(Value::Object(inner)), _) => rule.fill(inner),
                (None, Some(default)) => {
                    mapping.insert(name.clone(), default.clone());
                }
                _ => {}
            }
        }
    }
}
