//! The line by which a fly.toml shows that score-fly wrote it, and that nobody has changed it since.

use score_fly_core::Source;
use sha2::{Digest as _, Sha256};

const BEGIN: &str = "# Made by score-fly (sha256:";
const END: &str = "). Change the Score file instead, or keep changes with --update.";

/// A fly.toml with the line in front.
pub(super) fn marked(toml: &str) -> String {
    format!("{BEGIN}{}{END}\n{toml}", digest(toml))
}

/// Whether a fly.toml is as score-fly has written it, or empty.
pub(super) fn is_ours(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some((line, rest)) = text.split_once('\n') else { return text.trim().is_empty() };
    let digest_of_line = line.trim_end_matches('\r').strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
    digest_of_line.map_or_else(|| text.trim().is_empty(), |written| written == digest(rest))
}

/// What was updated from `existing`, with a line that still tells the truth: what is kept of others makes it theirs.
pub(super) fn updated(existing: Option<&Source>, toml: &str) -> String {
    let bare: String = toml.split_inclusive('\n').filter(|line| !line.starts_with(BEGIN)).collect();
    if existing.is_none_or(|existing| is_ours(&existing.text)) { marked(&bare) } else { bare }
}

/// The first 64 bits of the SHA-256. Line ends, which git may change, don't count.
fn digest(toml: &str) -> String {
    let mut hash = Sha256::new();
    toml.split("\r\n").enumerate().for_each(|(index, part)| {
        if index > 0 {
            hash.update("\n");
        }
        hash.update(part);
    });
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    hash.finalize().iter().take(8).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Source, is_ours, marked, updated};

    #[test]
    fn what_was_written_is_known_until_it_is_changed() {
        let written = marked("app = \"web\"\n");
        assert!(written.ends_with("\napp = \"web\"\n") && is_ours(&written));
        assert!(is_ours(&written.replace('\n', "\r\n")), "git may change line ends");
        assert!(is_ours("") && is_ours("\n \n"));
        for changed in [written.replace("web", "shop"), format!("{written}# a note\n"), format!("\n{written}")] {
            assert!(!is_ours(&changed), "{changed}");
        }
        assert!(!is_ours("app = \"web\"\n") && !is_ours("app = \"web\""));
    }

    #[test]
    fn an_update_of_what_others_wrote_stays_theirs() {
        let update = |existing: &str, toml: &str| updated(Some(&Source::new("fly.toml", existing)), toml);
        let ours = marked("app = \"a\"\n");
        let again = update(&ours, &ours.replace("\"a\"", "\"b\""));
        assert_eq!(again, marked("app = \"b\"\n"));
        let theirs = format!("{ours}# mine\n");
        assert_eq!(update(&theirs, &theirs), "app = \"a\"\n# mine\n");
        assert!(!is_ours(&update(&theirs, &theirs)));
        assert_eq!(updated(None, "app = \"a\"\n"), ours);
    }
}
