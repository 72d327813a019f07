//! What a request's body may look like. Anything else is refused, so that a client which sends what Fly
//! would ignore, or misread, is noticed.

use serde_json::Value;

/// The shape of a JSON value. `null` stands for what is left out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Any,
    Text,
    Bool,
    /// A whole number that is not negative.
    Count,
    Number,
    /// A duration of Go's, or nanoseconds.
    Time,
    OneOf(&'static [&'static str]),
    /// Either of two.
    Or(&'static Shape, &'static Shape),
    List(&'static Shape),
    /// Any keys.
    Map(&'static Shape),
    Object(&'static [Field]),
}

/// A key of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

/// A key that may be left out.
pub(crate) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

/// A key that must be there.
pub(crate) const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

pub(crate) const TEXTS: Shape = Shape::List(&Shape::Text);

impl Shape {
    /// What is wrong with a value, if anything is.
    pub(crate) fn check(&self, value: &Value, path: &str) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        let expected = |what: &str| Err(format!("{path}: expected {what}, but got {value}"));
        match self {
            Self::Any => Ok(()),
            Self::Text if value.is_string() => Ok(()),
            Self::Text => expected("a string"),
            Self::Bool if value.is_boolean() => Ok(()),
            Self::Bool => expected("true or false"),
            Self::Count if value.is_u64() => Ok(()),
            Self::Count => expected("a whole number"),
            Self::Number if value.is_number() => Ok(()),
            Self::Number => expected("a number"),
            Self::Time if value.is_u64() || value.as_str().is_some_and(|text| duration(text).is_some()) => Ok(()),
            Self::Time => expected("a duration such as 10s"),
            Self::OneOf(words) if value.as_str().is_some_and(|word| words.contains(&word)) => Ok(()),
            Self::OneOf(words) => expected(&format!("one of {}", words.join(", "))),
            Self::Or(one, other) => one.check(value, path).or_else(|_| other.check(value, path)),
            Self::List(shape) => match value.as_array() {
                Some(items) => {
                    items.iter().zip(0..).try_for_each(|(item, n)| shape.check(item, &format!("{path}[{n}]")))
                }
                None => expected("a list"),
            },
            Self::Map(shape) => match value.as_object() {
                Some(map) => map.iter().try_for_each(|(key, value)| shape.check(value, &format!("{path}.{key}"))),
                None => expected("an object"),
            },
            Self::Object(fields) => match value.as_object() {
                Some(object) => {
                    for (key, value) in object {
                        let field = fields.iter().find(|field| field.name == key);
                        let field = field.ok_or_else(|| format!("{path}: unknown field \"{key}\""))?;
                        field.shape.check(value, &format!("{path}.{key}"))?;
                    }
                    let missing = |field: &&Field| field.required && object.get(field.name).is_none_or(Value::is_null);
                    match fields.iter().find(missing) {
                        Some(field) => Err(format!("{path}: field \"{}\" is required", field.name)),
                        None => Ok(()),
                    }
                }
                None => expected("an object"),
            },
        }
    }
}

/// A duration as Go writes it, in milliseconds.
pub(crate) fn duration(text: &str) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let factor = match unit {
            "ns" => 1e-6,
            "us" | "µs" => 1e-3,
            "ms" => 1.0,
            "s" => 1e3,
            "m" => 60e3,
            "h" => 3_600e3,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = after;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Shape, duration, may, must};

    #[test]
    fn what_does_not_fit_is_named() {
        const SHAPE: Shape = Shape::Object(&[must("a", Shape::Text), may("b", Shape::List(&Shape::Count))]);
        assert_eq!(SHAPE.check(&json!({ "a": "", "b": [1] }), "body"), Ok(()));
        for (value, message) in [
            (json!({ "a": "", "c": 1 }), "body: unknown field \"c\""),
            (json!({ "a": null }), "body: field \"a\" is required"),
            (json!({ "a": "", "b": [1, -1] }), "body.b[1]: expected a whole number, but got -1"),
            (json!([]), "body: expected an object, but got []"),
        ] {
            assert_eq!(SHAPE.check(&value, "body"), Err(message.to_owned()));
        }
    }

    #[test]
    fn durations_are_gos() {
        assert_eq!(duration("1m30s"), Some(90_000.0));
        assert_eq!(duration("1.5s"), Some(1500.0));
        for wrong in ["", "1", "s", "1 s", "1x"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
