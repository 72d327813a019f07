//! Durations as flyctl writes them.

use core::fmt;

use crate::prelude::*;

/// A duration in the syntax of Go: `1m30s`, `500ms`. Always text: flyctl reads a bare integer as
/// nanoseconds in some places, milliseconds in others and seconds elsewhere.
///
/// It is never longer than Go's longest, which is 2⁶³ − 1 nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration {
    nanoseconds: u64,
}

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const MAX: u64 = i64::MAX.unsigned_abs();

impl Duration {
    /// That many milliseconds, or the longest duration if that is too long.
    pub const fn from_millis(milliseconds: u64) -> Self {
        let nanoseconds = milliseconds.saturating_mul(1_000_000);
        Self { nanoseconds: if nanoseconds > MAX { MAX } else { nanoseconds } }
    }

    /// That many seconds, or the longest duration if that is too long.
    pub const fn from_secs(seconds: u64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// That many nanoseconds, or the longest duration if that is too long.
    pub const fn from_nanos(nanoseconds: u64) -> Self {
        Self { nanoseconds: if nanoseconds > MAX { MAX } else { nanoseconds } }
    }

    /// The duration in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.nanoseconds
    }

    /// Reads Go's syntax: numbers with a unit (`ns`, `us`, `µs`, `ms`, `s`, `m`, `h`), one after
    /// another, each with a fraction or not. `None` for anything else, negative ones included.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        // The only number that needs no unit.
        if rest == "0" {
            return Some(Self { nanoseconds: 0 });
        }
        if rest.is_empty() {
            return None;
        }
        let mut nanoseconds = 0_u64;
        while !rest.is_empty() {
            let (whole, after) = split_digits(rest);
            let (fraction, after) = after.strip_prefix('.').map_or(("", after), split_digits);
            if whole.is_empty() && fraction.is_empty() {
                return None;
            }
            let unit_length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
            let (unit, after) = after.split_at_checked(unit_length)?;
            let unit = nanoseconds_in(unit)?;
            let whole = if whole.is_empty() { 0 } else { whole.parse().ok()? };
            nanoseconds = unit.checked_mul(whole)?.checked_add(part_of(unit, fraction))?.checked_add(nanoseconds)?;
            rest = after;
        }
        (nanoseconds <= MAX).then_some(Self { nanoseconds })
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(length).unwrap_or((text, ""))
}

fn nanoseconds_in(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        // The micro sign, and the Greek letter that looks like it.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    })
}

/// The nanoseconds in a decimal fraction of `unit`, rounded down. Go computes this in floating
/// point, so that `0.3333333333333333333h` is 20 minutes; so do we, to get the same.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product is positive and less than a unit; digits beyond the precision don't count in Go either"
)]
fn part_of(unit: u64, digits: &str) -> u64 {
    let (mut fraction, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.bytes() {
        let Some(longer) = fraction.checked_mul(10).and_then(|f| f.checked_add(u64::from(digit - b'0'))) else { break };
        if longer > MAX {
            break;
        }
        fraction = longer;
        scale *= 10.0;
    }
    (fraction as f64 * (unit as f64 / scale)) as u64
}

/// The shortest form: hours, minutes and seconds without those that are zero, the seconds with a
/// fraction where needed: `1h30m`, `1.5s`. Below a second, the largest of `ms`, `us` and `ns` that
/// leaves a whole part: `500ms`, `1.5us`. [`Duration::parse`] reads exactly the same duration from it.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.nanoseconds;
        match nanoseconds {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{nanoseconds}ns"),
            1_000..1_000_000 => write_decimal(f, nanoseconds, 1_000, "us"),
            1_000_000..SECOND => write_decimal(f, nanoseconds, 1_000_000, "ms"),
            _ => {
                let (hours, rest) = (nanoseconds / HOUR, nanoseconds % HOUR);
                let (minutes, seconds) = (rest / MINUTE, rest % MINUTE);
                if hours > 0 {
                    write!(f, "{hours}h")?;
                }
                if minutes > 0 {
                    write!(f, "{minutes}m")?;
                }
                if seconds > 0 { write_decimal(f, seconds, SECOND, "s") } else { Ok(()) }
            }
        }
    }
}

/// Writes `value` in units of `unit`, a power of ten.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str) -> fmt::Result {
    write!(f, "{}", value / unit)?;
    let fraction = value % unit;
    if fraction > 0 {
        let width = unit.ilog10() as usize;
        let digits = format!("{fraction:0width$}");
        write!(f, ".{}", digits.trim_end_matches('0'))?;
    }
    f.write_str(name)
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Duration {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A duration in the syntax of Go: `1m30s`, `500ms`."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(text: &str) -> Option<u64> {
        Duration::parse(text).map(Duration::as_nanos)
    }

    /// The cases of Go's own `time.ParseDuration` tests, without the negative ones.
    #[test]
    fn reads_like_go() {
        let cases = [
            ("0", 0),
            ("+0", 0),
            ("5s", 5 * SECOND),
            ("30s", 30 * SECOND),
            ("1478s", 1478 * SECOND),
            ("+5s", 5 * SECOND),
            ("5.0s", 5 * SECOND),
            ("5.6s", 5_600_000_000),
            ("5.s", 5 * SECOND),
            (".5s", SECOND / 2),
            ("1.0s", SECOND),
            ("1.00s", SECOND),
            ("1.004s", 1_004_000_000),
            ("1.0040s", 1_004_000_000),
            ("100.00100s", 100_001_000_000),
            ("10ns", 10),
            ("11us", 11_000),
            ("12\u{b5}s", 12_000),
            ("12\u{3bc}s", 12_000),
            ("13ms", 13_000_000),
            ("14s", 14 * SECOND),
            ("15m", 15 * MINUTE),
            ("16h", 16 * HOUR),
            ("3h30m", 3 * HOUR + 30 * MINUTE),
            ("10.5s4m", 4 * MINUTE + 10_500_000_000),
            ("1h2m3s4ms5us6ns", HOUR + 2 * MINUTE + 3 * SECOND + 4_005_006),
            ("39h9m14.425s", 39 * HOUR + 9 * MINUTE + 14_425_000_000),
            ("52763797000ns", 52_763_797_000),
            ("0.3333333333333333333h", 20 * MINUTE),
            ("9007199254740993ns", (1 << 53) + 1),
            ("9223372036854775807ns", MAX),
            ("9223372036854775.807us", MAX),
            ("9223372036s854ms775us807ns", MAX),
            ("0.100000000000000000000h", 6 * MINUTE),
            ("0.830103483285477580700h", 49 * MINUTE + 48 * SECOND + 372_539_827),
        ];
        for (text, expected) in cases {
            assert_eq!(nanos(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        let cases = [
            "",
            "3",
            "-",
            "s",
            ".",
            "-.",
            ".s",
            "+.s",
            "1d",
            "\u{85}\u{85}",
            "\u{ffff}",
            "hello \u{ffff} world",
            "9223372036854775810ns",
            "9223372036854775808ns",
            "9223372036854775.808us",
            "9223372036854ms775us808ns",
            "99999999999999999999h",
            "3000000h",
            " 5s",
            "5s ",
            "5 s",
            "++5s",
            "1m5",
            "5S",
        ];
        for text in cases {
            assert_eq!(nanos(text), None, "{text:?}");
        }
        // Go takes negative durations, which make no sense here.
        assert_eq!(nanos("-5s"), None);
    }

    #[test]
    fn writes_the_shortest_form() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1us"),
            (2_200_000, "2.2ms"),
            (500_000_000, "500ms"),
            (SECOND, "1s"),
            (SECOND + SECOND / 2, "1.5s"),
            (3_300_000_000, "3.3s"),
            (MINUTE, "1m"),
            (MINUTE + 30 * SECOND, "1m30s"),
            (HOUR, "1h"),
            (HOUR + SECOND, "1h1s"),
            (4 * MINUTE + 5_001_000_000, "4m5.001s"),
            (MAX, "2562047h47m16.854775807s"),
        ];
        for (nanoseconds, expected) in cases {
            assert_eq!(Duration { nanoseconds }.to_string(), expected);
        }
    }

    #[test]
    fn reads_what_it_writes() {
        let mut state = 1_u64;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let nanoseconds = (state >> 1) >> (state % 62);
            let duration = Duration { nanoseconds };
            assert_eq!(Duration::parse(&duration.to_string()), Some(duration), "{nanoseconds}");
        }
        assert_eq!(nanos(&Duration { nanoseconds: MAX }.to_string()), Some(MAX));
    }

    #[test]
    fn never_overflows() {
        assert_eq!(Duration::from_millis(1500).to_string(), "1.5s");
        assert_eq!(Duration::from_secs(90).to_string(), "1m30s");
        assert_eq!(Duration::from_millis(u64::MAX).as_nanos(), MAX);
        assert_eq!(Duration::from_secs(u64::MAX).as_nanos(), MAX);
    }
}
