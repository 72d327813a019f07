//! What templates can do beyond Jinja's own filters.

use minijinja::{Environment, Error, ErrorKind};

/// Adds `random(length)`, for passwords to be kept in `state`, and the filters `b64encode` and
/// `urlencode`.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_function("random", random);
    environment.add_filter("b64encode", b64encode);
    environment.add_filter("urlencode", urlencode);
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
