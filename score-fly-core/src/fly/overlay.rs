//! Laying a part of a configuration over a whole one.

use super::Duration;
use crate::map::SortedMap;
use crate::prelude::*;

/// Takes over what `fragment` says. Sections and maps merge key by key, everything else, lists
/// among it, is replaced.
pub(crate) trait Overlay {
    fn overlay(&mut self, fragment: Self);
}

impl<T: Overlay> Overlay for Option<T> {
    fn overlay(&mut self, fragment: Self) {
        match (self.as_mut(), fragment) {
            (Some(value), Some(fragment)) => value.overlay(fragment),
            (_, fragment) => *self = fragment,
        }
    }
}

impl<T: Overlay> Overlay for SortedMap<String, T> {
    fn overlay(&mut self, fragment: Self) {
        let mut added = Vec::new();
        for (key, fragment) in fragment {
            match self.get_mut(&key) {
                Some(value) => value.overlay(fragment),
                None => added.push((key, fragment)),
            }
        }
        self.extend(added);
    }
}

impl<T> Overlay for Vec<T> {
    fn overlay(&mut self, fragment: Self) {
        *self = fragment;
    }
}

/// Values that are replaced as a whole.
macro_rules! replaced {
    ($($type:ty),* $(,)?) => {
        $(impl $crate::fly::overlay::Overlay for $type {
            fn overlay(&mut self, fragment: Self) {
                *self = fragment;
            }
        })*
    };
}

pub(crate) use replaced;

replaced!(bool, u8, u16, u32, f64, String, Duration);
