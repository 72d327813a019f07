//! Lines that are not to be shown, since a secret stands in them.

use score_fly_core::fly::plaintext;

/// Where the lines start that seem to hold a secret: by what they set, or by a name alone if `by_name` says
/// so. They are told by the text itself, since a file that can't be parsed has secrets as well.
pub(super) fn secret_lines(text: &str, by_name: fn(&str) -> bool) -> Vec<usize> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let holds_secret = |line: &str| {
        let sets = line.match_indices(['=', ':']).any(|(end, mark)| {
            let before = line[..end].trim_end_matches(|c| !is_of_name(c));
            let name = before.rsplit(|c| !is_of_name(c)).next().unwrap_or_default();
            let value = line[end + mark.len()..].trim().trim_matches(['"', '\'', ',']);
            !name.is_empty() && (by_name(name) || plaintext::is_secret(name, value))
        });
        sets || line.split(['"', '\'', ' ', ',']).any(|word| plaintext::is_secret("", word))
    };
    let starts = text.split_inclusive('\n').scan(0, |end, line| {
        let start = *end;
        *end += line.len();
        Some((start, line))
    });
    starts.filter(|(_, line)| holds_secret(line)).map(|(start, _)| start).collect()
}
