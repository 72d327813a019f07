//! Values as text, the way the Score reference implementations write them into a template: strings
//! as they are, and everything else as Go's `encoding/json` does.

use core::fmt::Write as _;

use serde_json::{Number, Value};

use crate::map;
use crate::number::scientific;
use crate::prelude::*;

/// Appends `value`, as it stands in a filled template.
pub(super) fn render(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        _ => json(value, out),
    }
}

/// Appends compact JSON with sorted keys.
fn json(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(value) => number(value, out),
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                json(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            // Sorted here, because any crate of a build can make serde_json keep another order.
            let mut entries: Vec<_> = map.iter().collect();
            map::sort_by(&mut entries, |(a, _), (b, _)| a.cmp(b));
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(key, out);
                out.push(':');
                json(value, out);
            }
            out.push('}');
        }
    }
}

/// Appends integers as they are, and floats without a fraction that is zero, with an exponent only
/// below 1e-6 and from 1e21.
fn number(number: &Number, out: &mut String) {
    let float = match number.as_f64() {
        Some(float) if number.is_f64() => float,
        _ => {
            out.push_str(&number.to_string());
            return;
        }
    };
    if let Some((digits, power)) = scientific(float).filter(|(_, power)| !(-6..21).contains(power)) {
        let sign = if power < 0 { "" } else { "+" };
        let _ = write!(out, "{digits}e{sign}{power}");
    } else {
        out.push_str(&float.to_string());
    }
}

/// Appends a quoted string in which the characters that mean something to HTML or JavaScript are
/// escaped too.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str(r#"\""#),
            '\\' => out.push_str(r"\\"),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            '\u{8}' => out.push_str(r"\b"),
            '\u{c}' => out.push_str(r"\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string never fails.
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;
    use crate::prelude::*;

    fn rendered(value: &serde_json::Value) -> String {
        let mut out = String::new();
        render(value, &mut out);
        out
    }

    #[test]
    fn writes_floats_as_go_does() {
        for (float, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (10.0, "10"),
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (-2.5e30, "-2.5e+30"),
            (0.000_001, "0.000001"),
            (1e-7, "1e-7"),
            (1.25e-10, "1.25e-10"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(rendered(&json!(float)), expected);
        }
    }

    #[test]
    fn writes_integers_in_full() {
        assert_eq!(rendered(&json!(u64::MAX)), "18446744073709551615");
        assert_eq!(rendered(&json!(i64::MIN)), "-9223372036854775808");
    }

    #[test]
    fn escapes_strings_inside_of_lists_and_maps_only() {
        assert_eq!(rendered(&json!("a\"<\n")), "a\"<\n");
        assert_eq!(
            rendered(&json!(["\"\\/", "\n\r\t\u{8}\u{c}\0\u{1f}\u{7f}", "<&>", "\u{2028}é\u{2029}"])),
            r#"["\"\\/","\n\r\t\b\f\u0000\u001f"#.to_owned() + "\u{7f}" + r#"","\u003c\u0026\u003e","\u2028é\u2029"]"#
        );
    }

    #[test]
    fn sorts_keys_and_leaves_out_blanks() {
        assert_eq!(
            rendered(&json!({"b": {"<": null}, "a": [true, false], "B": {}})),
            r#"{"B":{},"a":[true,false],"b":{"\u003c":null}}"#
        );
    }
}
