//! How `fly secrets import` reads, after flyctl's `internal/command/secrets/parser.go`.

use std::collections::BTreeMap;

/// The longest line that its scanner takes, without the line feed.
const MAX_LINE: usize = 65_535;

/// The secrets in a text; an error where flyctl has one, or panics.
pub(crate) fn import(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut secrets = BTreeMap::new();
    // A line that is too long ends the reading without a word.
    let scanned = text.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or(line));
    let mut lines =
        scanned.take_while(|line| line.len() <= MAX_LINE).map(|line| line.strip_suffix('\r').unwrap_or(line));
    while let Some(line) = lines.next() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let (name, value) = line.split_once('=').ok_or("a line without `=`")?;
        let mut value = value.trim_start_matches(' ');
        if let Some(at) = value.find('#').filter(|at| value[..*at].matches('"').count() % 2 == 0) {
            value = value[..at].trim_end();
        }
        let value = match value.strip_prefix("\"\"\"") {
            Some(rest) => match rest.strip_suffix("\"\"\"") {
                Some(inside) => inside.to_owned(),
                None => {
                    let mut whole = vec![rest];
                    loop {
                        // Without an end, the secret is lost without a word.
                        let Some(line) = lines.next() else { return Ok(secrets) };
                        if let Some(last) = line.strip_suffix("\"\"\"") {
                            whole.push(last);
                            break whole.join("\n");
                        }
                        whole.push(line);
                    }
                }
            },
            None => match value.as_bytes() {
                [b'"' | b'\''] => return Err("flyctl panics at a quote alone".to_owned()),
                [first @ (b'"' | b'\''), .., last] if first == last => value[1..value.len() - 1].to_owned(),
                _ => value.to_owned(),
            },
        };
        secrets.insert(name.trim().to_owned(), value);
    }
    Ok(secrets)
}
