//! Sizes, as flyctl reads them.

/// Memory in MiB: a whole number, or one with a binary unit such as `512mb`, `1.5gb` or `1GiB`.
/// `512Mi` is none. Fractions of a MiB are dropped.
pub(crate) fn mebibytes(text: &str) -> Option<u64> {
    parse(text, 1024, 1 << 20)
}

/// Gigabytes: a whole number, or one with a decimal unit such as `500mb` or `1.5GB`. Fractions of a
/// gigabyte are dropped.
pub(crate) fn gigabytes(text: &str) -> Option<u64> {
    parse(text, 1000, 1_000_000_000)
}

/// A whole number counts `whole` bytes each; any other has a unit, with `step` between units.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "flyctl computes in floating point too; the number is not negative, and a cast saturates"
)]
fn parse(text: &str, step: u64, whole: u64) -> Option<u64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let last = text.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '))?;
    let (number, unit) = text.split_at_checked(last + 1)?;
    let number: f64 = number.strip_suffix(' ').unwrap_or(number).parse().ok()?;
    if !(number.is_finite() && number >= 0.0) {
        return None;
    }
    let unit = unit.to_ascii_lowercase();
    let (prefix, rest) = if unit.is_empty() || unit == "b" { ("", "") } else { unit.split_at_checked(1)? };
    let power = ["", "k", "m", "g", "t", "p"].iter().position(|known| *known == prefix)?;
    if !matches!(rest, "" | "b" | "ib") {
        return None;
    }
    let bytes = number * step.pow(u32::try_from(power).ok()?) as f64;
    Some(bytes as u64 / whole)
}

#[cfg(test)]
mod tests {
    use super::{gigabytes, mebibytes};

    /// What flyctl's own code gave for these.
    #[test]
    fn reads_sizes_as_flyctl_does() {
        for (text, expected) in [
            ("512", Some(512)),
            ("512mb", Some(512)),
            ("512MiB", Some(512)),
            ("512m", Some(512)),
            ("512 MB", Some(512)),
            ("1.5gb", Some(1536)),
            ("0.1gb", Some(102)),
            ("256000000b", Some(244)),
            ("1tb", Some(1 << 20)),
            ("256k", Some(0)),
            ("512.5", Some(0)),
            ("512Mi", None),
            ("1Gi", None),
            (" 512", None),
            ("", None),
            ("mb", None),
            ("-1gb", None),
            ("1xb", None),
        ] {
            assert_eq!(mebibytes(text), expected, "{text}");
        }
        for (text, expected) in [
            ("10", Some(10)),
            ("10gb", Some(10)),
            ("10GiB", Some(10)),
            ("1.5gb", Some(1)),
            ("500mb", Some(0)),
            ("2TB", Some(2000)),
            ("30Gi", None),
        ] {
            assert_eq!(gigabytes(text), expected, "{text}");
        }
    }
}
