//! Floating-point numbers as text.

use crate::prelude::*;

/// The significant digits of a number, with a point behind the first, and its power of ten: `2.592` and 6 of
/// 2592000. `None` if it is infinite or no number.
///
/// It is what `{:e}` prints, made of what `{}` prints: the package for browsers is spared a second printer of
/// floats.
pub(crate) fn scientific(number: f64) -> Option<(String, i32)> {
    if !number.is_finite() {
        return None;
    }
    let plain = number.to_string();
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |plain| ("-", plain));
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    let zeros = digits.len() - significant.len();
    let mut rest = significant.trim_end_matches('0').chars();
    let Some(first) = rest.next() else { return Some((format!("{sign}0"), 0)) };
    // A number has at most 309 digits before its point, and 1,074 behind it.
    let power = i32::try_from(whole.len()).ok()? - 1 - i32::try_from(zeros).ok()?;
    let point = if rest.as_str().is_empty() { "" } else { "." };
    Some((format!("{sign}{first}{point}{}", rest.as_str()), power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_the_standard_library_prints() {
        let numbers =
            [0.0, -0.0, 1.0, -1.5, 10.0, 123.45, 2_592_000.0, 1e-5, -1.25e-7, 1e21, 5e-324, f64::MAX, 0.1, 9.99e99];
        for number in numbers {
            let (digits, power) = scientific(number).unwrap();
            assert_eq!(format!("{digits}e{power}"), format!("{number:e}"));
        }
        for number in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert_eq!(scientific(number), None);
        }
    }
}
