//! What templates can do beyond Jinja's own filters.

use minijinja::{Environment, Error, ErrorKind, Value};

use super::OUTPUT;

/// Adds `random(length)`, for passwords to be kept in `state`, and the filters `b64encode` and
/// `urlencode`.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_function("random", random);
    environment.add_filter("b64encode", b64encode);
    environment.add_filter("urlencode", urlencode);
    // As MiniJinja's own, with an end to what they make.
    environment.add_filter("replace", replace);
    environment.add_filter("join", join);
    environment.add_filter("indent", indent);
    environment.remove_filter("format");
}

/// An error, if that many bytes are more than a text may have.
fn bounded(bytes: usize) -> Result<(), Error> {
    if bytes <= OUTPUT { Ok(()) } else { Err(Error::new(ErrorKind::InvalidOperation, "the text becomes too long")) }
}

fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    bounded(text.len() + text.matches(from).count().saturating_mul(to.len()))?;
    Ok(text.replace(from, to))
}

fn join(items: &Value, between: Option<&str>) -> Result<String, Error> {
    let mut text = String::new();
    for (index, item) in items.try_iter()?.enumerate() {
        if item.is_undefined() {
            return Err(ErrorKind::UndefinedError.into());
        }
        text.push_str(if index == 0 { "" } else { between.unwrap_or_default() });
        match item.as_str() {
            Some(item) => text.push_str(item),
            None => text.push_str(&item.to_string()),
        }
        bounded(text.len())?;
    }
    Ok(text)
}

/// Sets in all lines but the first, and those that are empty.
fn indent(text: &str, width: usize, first: Option<bool>, blank: Option<bool>) -> Result<String, Error> {
    bounded(text.len() + text.lines().count().saturating_mul(width))?;
    let (first, blank) = (first.unwrap_or_default(), blank.unwrap_or_default());
    let lines = text.lines().enumerate().map(|(index, line)| {
        let is_set_in = if index == 0 { first } else { blank || !line.is_empty() };
        format!("{}{line}", " ".repeat(if is_set_in { width } else { 0 }))
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

const LETTERS_AND_DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// That many random letters and digits, 16 by default: each has not quite six bits.
fn random(length: Option<u16>) -> Result<String, Error> {
    let length = usize::from(length.unwrap_or(16));
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("no random numbers: {error}")))?;
        // Six bits of each byte; what is above the last letter is thrown away, since to wrap it
        // around would make some letters more likely.
        let letters = bytes.iter().filter_map(|byte| LETTERS_AND_DIGITS.get(usize::from(byte & 0b11_1111)));
        text.extend(letters.take(length - text.len()).map(|letter| char::from(*letter)));
    }
    Ok(text)
}

/// The text in base64.
fn b64encode(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// The text as any part of a URL can have it (RFC 3986, section 2.3). Unlike the filter of Python's
/// Jinja it leaves no `/`, which would end a password there.
fn urlencode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}
