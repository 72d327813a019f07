//! Texts that others wrote, on their way to a terminal.

use std::borrow::Cow;

use annotate_snippets::normalize_untrusted_str;

/// `text` without anything that a terminal would obey.
pub(crate) fn clean(text: &str) -> String {
    normalize_untrusted_str(&without_c1(text))
}

/// `text` on one line, without anything that a terminal, or a CI system that reads lines, would obey.
pub(crate) fn one_line(text: &str) -> String {
    clean(text).replace(['\n', '\r'], "␊")
}

/// `text` without the control characters from U+0080 to U+009F, one of which starts terminal
/// commands; what stands in for them has as many bytes, so places in the text stay right.
pub(crate) fn without_c1(text: &str) -> Cow<'_, str> {
    let is_c1 = |c| ('\u{80}'..='\u{9f}').contains(&c);
    if text.contains(is_c1) { Cow::Owned(text.replace(is_c1, "\u{b7}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::{clean, one_line, without_c1};

    #[test]
    fn terminals_get_no_commands() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}"), "a␛[31mb␇");
        assert_eq!(clean("a\u{9b}31m"), "a·31m");
        assert_eq!(one_line("a\n::error::b\u{1b}"), "a␊::error::b␛");
    }

    #[test]
    fn places_in_the_text_stay_right() {
        let text = "é\u{80}\u{9f}x";
        assert_eq!(without_c1(text).len(), text.len());
        assert_eq!(without_c1(text), "é··x");
    }
}
