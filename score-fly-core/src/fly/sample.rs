//! Random configurations for tests: the model's macros make one for every section.

use super::config::{AutoStop, Config, ResponseHeader, Setting};
use super::duration::Duration;
use super::machine::MachineAutostop;
use crate::map::SortedMap;
use crate::prelude::*;
use crate::source::Source;

/// The configuration that a fly.toml without mistakes holds.
#[track_caller]
pub(super) fn config(text: &str) -> Config {
    let (file, _) = super::read(&Source::new("fly.toml", text)).into_result().unwrap();
    assert_eq!(file.unknown, SortedMap::new());
    file.config
}

/// A source of repeatable randomness.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `limit` (splitmix64).
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }

    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Text of what formats stumble over.
    pub(super) fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.one_of(pieces)).collect()
    }
}

/// What a TOML writer can stumble over.
const AWKWARD: &[&str] = &[
    "a", "Z9_-", " ", "\n", "\r\n", "\r", "\t", "\"", "'", "\"\"\"", "'''", "\\", "\\n", "#", "=", ".", "[", "]", "{",
    "}", ",", "$", "\u{0}", "\u{8}", "\u{1b}", "\u{7f}", "\u{80}", "\u{feff}", "é", "日本", "\u{2028}", "😀", "true",
    "1",
];

/// A random value.
pub(crate) trait Sample {
    fn sample(dice: &mut Dice) -> Self;

    /// Whether it's a section without keys, which isn't written.
    fn says_nothing(&self) -> bool {
        false
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(dice: &mut Dice) -> Self {
        (dice.below(3) == 0).then(|| T::sample(dice)).filter(|value| !value.says_nothing())
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(dice: &mut Dice) -> Self {
        let length = dice.one_of(&[0, 0, 1, 2, 3]);
        (0..length).map(|_| T::sample(dice)).collect()
    }
}

impl<T: Sample> Sample for SortedMap<String, T> {
    fn sample(dice: &mut Dice) -> Self {
        let length = dice.one_of(&[0, 0, 1, 2, 3]);
        (0..length)
            .map(|_| (String::sample(dice), T::sample(dice)))
            .filter(|(_, value)| !value.says_nothing())
            .collect()
    }
}

impl Sample for String {
    fn sample(dice: &mut Dice) -> Self {
        dice.text(AWKWARD, 6)
    }
}

impl Sample for bool {
    fn sample(dice: &mut Dice) -> Self {
        dice.below(2) == 0
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {
        $(impl Sample for $type {
            fn sample(dice: &mut Dice) -> Self {
                let some = <$type>::try_from(dice.below(<$type>::MAX as usize)).unwrap();
                dice.one_of(&[0, 1, 10, some, <$type>::MAX])
            }
        })*
    };
}

numbers!(u8, u16, u32);

impl Sample for f64 {
    fn sample(dice: &mut Dice) -> Self {
        dice.one_of(&[0.0, 0.33, 1.0, -2.5, 1e21, 1e-7, f64::MAX])
    }
}

impl Sample for Duration {
    fn sample(dice: &mut Dice) -> Self {
        let some = dice.below(10_000_000) as u64;
        Self::from_millis(dice.one_of(&[0, 500, 1000, 90_000, some, u64::MAX]))
    }
}

impl Sample for Setting {
    fn sample(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self::Flag(Sample::sample(dice)),
            1 => Self::Integer(dice.one_of(&[0, 1, -1, i64::MIN, i64::MAX])),
            2 => Self::Number(Sample::sample(dice)),
            _ => Self::Text(Sample::sample(dice)),
        }
    }
}

impl Sample for MachineAutostop {
    fn sample(dice: &mut Dice) -> Self {
        Self::from(dice.one_of(AutoStop::ALL))
    }
}

impl Sample for ResponseHeader {
    fn sample(dice: &mut Dice) -> Self {
        match dice.below(3) {
            0 => Self::Keep(false),
            1 => Self::Set(Sample::sample(dice)),
            _ => Self::SetAll(Sample::sample(dice)),
        }
    }
}
