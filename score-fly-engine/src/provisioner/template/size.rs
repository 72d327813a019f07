//! Templates that would take more than they can be worth: these are refused before they are parsed, since the parser and
//! all behind it go as deep as what they read.

use std::collections::BTreeMap;

use super::TEXT;

/// How many operators, brackets and names there may be between `{{` and `}}` or `{%` and `%}`.
const WORDS: usize = 500;

/// How many blocks there may be: they can stand in each other.
const BLOCKS: usize = 500;

/// Why a template is refused.
pub(super) fn too_large(text: &str) -> Option<String> {
    if text.len() > TEXT {
        return Some(format!("is longer than {} KiB", TEXT >> 10));
    }
    let mut blocks = 0;
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let is_block = rest[at..].starts_with("{%");
        let inside = &rest[at + 2..];
        let (words, length) = measure(inside, if is_block { "%}" } else { "}}" });
        if words > WORDS {
            return Some(format!("has an expression of more than {WORDS} words and signs"));
        }
        blocks += usize::from(is_block);
        rest = &inside[length..];
    }
    if self::blocks(text).any(sets_a_block) {
        return Some("sets a name to a block, which could grow without end: write `{% set x = … %}`".to_owned());
    }
    if blocks > BLOCKS {
        return Some(format!("has more than {BLOCKS} blocks"));
    }
    multiplies(text).then(|| "joins what it has set with itself again and again, which has no end".to_owned())
}

/// How often a name may go into what is set, by way of other names.
const OFTEN: u64 = 1_000;

/// Whether names are set from names in such a way that a text could double again and again. Loops are taken to run a few
/// times, which shows what has no end.
fn multiplies(text: &str) -> bool {
    const ROUNDS: usize = 14;
    let settings: Vec<(Vec<&str>, Vec<&str>)> = blocks(text).filter_map(setting).collect();
    let mut parts: BTreeMap<&str, u64> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for (names, from) in &settings {
            let sum =
                from.iter().filter_map(|word| parts.get(word)).fold(0, |sum: u64, parts| sum.saturating_add(*parts));
            if sum > OFTEN {
                return true;
            }
            for name in names {
                let known = parts.entry(name).or_insert(1);
                *known = sum.max(*known);
            }
        }
    }
    false
}

/// Whether it is the `{% set x %}` of a block.
fn sets_a_block(block: &str) -> bool {
    block.trim_start_matches(['-', '+']).trim_start().strip_prefix("set ").is_some_and(|rest| !rest.contains('='))
}

/// What stands between `{%` and `%}`.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("{%").skip(1).map(|block| {
        let (_, length) = measure(block, "%}");
        &block[..length]
    })
}

/// The names that a block sets, and all words from which it does.
fn setting(block: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let block = block.trim_start_matches(['-', '+']).trim_start();
    let rest = ["set ", "for ", "with "].into_iter().find_map(|begin| block.strip_prefix(begin))?;
    let end = rest.find('=').into_iter().chain(rest.find(" in ")).min().unwrap_or(rest.len());
    let (names, from) = rest.split_at(end);
    let others = from.match_indices('=').filter_map(|(at, _)| words(&from[..at]).last());
    Some((words(names).chain(others).collect(), words(from).collect()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// How many words and signs there are up to `end`, and how long that is.
fn measure(text: &str, end: &str) -> (usize, usize) {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut words, mut in_word, mut quote) = (0, false, None);
    for (at, c) in text.char_indices() {
        if let Some(open) = quote {
            // What is escaped closes nothing; a quote that is taken for the end makes the rest count, which is safe.
            if c == open {
                quote = None;
            }
            continue;
        }
        if text[at..].starts_with(end) {
            return (words, at + end.len());
        }
        if matches!(c, '"' | '\'') {
            quote = Some(c);
        }
        let goes_on = is_of_word(c) && in_word;
        words += usize::from(!c.is_whitespace() && !goes_on);
        in_word = is_of_word(c);
    }
    (words, text.len())
}

#[cfg(test)]
mod tests {
    use super::too_large;

    #[test]
    fn templates_of_people_are_not_too_large() {
        let long = format!("{{{{ \"{}\" ~ State.x }}}}", "- ".repeat(5_000));
        for text in ["", "{{ State.password | default(random(16)) }}", "{", "{{", "a: {% if x %}b{% endif %}", &long] {
            assert_eq!(too_large(text), None, "{text}");
        }
    }

    #[test]
    fn texts_that_double_are_refused() {
        for text in [
            "{% set a = 'x' %}".to_owned() + &"{% set a = a ~ a %}".repeat(30),
            "{% set a = 'x' %}{% for i in range(40) %}{% set a = a ~ a %}{% endfor %}".to_owned(),
            "{% set n = namespace(a='x') %}{% for i in range(40) %}{% set n.a = n.a ~ n.a %}{% endfor %}".to_owned(),
            "{% set a = 'x' %}{% for i in range(40) %}{% set b = a ~ a %}{% set a = b %}{% endfor %}".to_owned(),
        ] {
            assert!(too_large(&text).is_some(), "{text}");
        }
        let plain = "{% set a = Params.x %}{% set b = a ~ '-' ~ Id %}{% for x in a %}{% set b = b ~ x %}{% endfor %}";
        assert_eq!(too_large(plain), None);
    }

    #[test]
    fn depth_is_bounded() {
        for text in [
            format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
            format!("{{{{ {}1 }}}}", "-".repeat(20_000)),
            format!("{{{{ {}1 }}}}", "not ".repeat(10_000)),
            format!("{{{{ x{} }}}}", ".a".repeat(10_000)),
            format!("{{{{ {}{} }}}}", "[".repeat(1_000), "]".repeat(1_000)),
            format!("{}{}", "{% if x %}".repeat(1_000), "{% endif %}".repeat(1_000)),
        ] {
            assert!(too_large(&text).is_some());
        }
    }
}
