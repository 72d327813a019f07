//! Amounts of CPU and memory, read exactly.
//!
//! Both readers take what the Score schema takes and nothing else. What is not whole in the unit
//! that they give is rounded up, so that a workload never gets less than it asks for; what is too
//! large saturates.

/// Thousandths of a CPU in an amount such as `2`, `0.5` or `500m`.
///
/// `None` if the text is not such an amount: `.5`, `1.`, `1.5m` and `1e3` are not.
pub fn cpu_millis(text: &str) -> Option<u64> {
    let millis = if let Some(millis) = text.strip_suffix('m') {
        is_digits(millis).then(|| scale(millis, "", 1))?
    } else {
        let (whole, fraction) = decimal(text)?;
        scale(whole, fraction, 1000)
    };
    Some(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// Bytes in an amount such as `512Mi`, `1.5G` or `1048576`.
///
/// `None` if the text is not such an amount: `0`, `01M`, `.5G` and `512MB` are not.
pub fn memory_bytes(text: &str) -> Option<u128> {
    let (number, unit) =
        UNITS.iter().find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, *unit))).unwrap_or((text, 1));
    let (whole, fraction) = decimal(number)?;
    let leads_with_zero = whole.starts_with('0');
    let is_fraction_of_one = whole == "0" && !fraction.is_empty();
    (!leads_with_zero || is_fraction_of_one).then(|| scale(whole, fraction, unit))
}

/// The suffixes of memory. None ends another, so their order does not matter.
const UNITS: [(&str, u128); 12] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
    ("K", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
];

/// The digits before and after the point of a decimal number.
fn decimal(text: &str) -> Option<(&str, &str)> {
    match text.split_once('.') {
        Some((whole, fraction)) => (is_digits(whole) && is_digits(fraction)).then_some((whole, fraction)),
        None => is_digits(text).then_some((text, "")),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `whole.fraction` times `unit`, rounded up.
fn scale(whole: &str, fraction: &str, unit: u128) -> u128 {
    let digit = |byte: u8| u128::from(byte.saturating_sub(b'0'));
    let whole = whole.bytes().fold(0_u128, |sum, byte| sum.saturating_mul(10).saturating_add(digit(byte)));
    // Long multiplication from the last digit, which stays exact for any number of them: what is
    // carried past the point is whole, and any digit that stays behind it rounds up.
    let (carried, left) = fraction.bytes().rev().fold((0, false), |(carried, left), byte| {
        let product = digit(byte) * unit + carried;
        (product / 10, left || !product.is_multiple_of(10))
    });
    whole.saturating_mul(unit).saturating_add(carried + u128::from(left))
}

#[cfg(test)]
mod tests {
    use super::{cpu_millis, memory_bytes};

    #[test]
    fn reads_cpu() {
        for (text, millis) in [
            ("0", 0),
            ("01", 1000),
            ("2", 2000),
            ("0.24", 240),
            ("2.3", 2300),
            ("1.001", 1001),
            ("1.0019", 1002),
            ("0.0005", 1),
            ("500m", 500),
            ("1000m", 1000),
            ("99999999999999999999999999999999999999999999", u64::MAX),
        ] {
            assert_eq!(cpu_millis(text), Some(millis), "{text}");
        }
        for text in ["", "m", ".5", "1.", "1.5m", "1e3", "-1", "+1", " 1", "1 ", "1M", "Inf", "١", "1.2.3", "500mm"] {
            assert_eq!(cpu_millis(text), None, "{text}");
        }
    }

    #[test]
    fn reads_memory() {
        for (text, bytes) in [
            ("1", 1),
            ("1K", 1_000),
            ("1M", 1_000_000),
            ("128M", 128_000_000),
            ("123Mi", 128_974_848),
            ("1.5Gi", 1_610_612_736),
            ("0.5Ki", 512),
            ("0.0", 0),
            ("1.5", 2),
            ("1.0001Ki", 1025),
            ("1T", 1_000_000_000_000),
            ("2P", 2_000_000_000_000_000),
            ("1E", 1_000_000_000_000_000_000),
            ("1Pi", 1_125_899_906_842_624),
            ("16Ei", 18_446_744_073_709_551_616),
            ("0.00000000000000000000000000000000000000000000000001Ei", 1),
            ("0.99999999999999999999999999999999999999999999999999E", 1_000_000_000_000_000_000),
            ("999999999999999999999999999999999999999999999999Ei", u128::MAX),
        ] {
            assert_eq!(memory_bytes(text), Some(bytes), "{text}");
        }
        for text in
            ["", "0", "01M", "00.5G", ".5G", "1.G", "0Mi", "512MB", "512m", "1k", "-1Mi", "1 Gi", "Gi", "1e3", "1iK"]
        {
            assert_eq!(memory_bytes(text), None, "{text}");
        }
    }
}
