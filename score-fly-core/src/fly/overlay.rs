//! Laying a part of a configuration over a whole one.

use alloc::collections::BTreeMap;

use super::Duration;
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

impl<T: Overlay> Overlay for BTreeMap<String, T> {
    fn overlay(&mut self, fragment: Self) {
        for (key, fragment) in fragment {
            match self.get_mut(&key) {
                Some(value) => value.overlay(fragment),
                None => {
                    self.insert(key, fragment);
                }
            }
        }
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

replaced!(bool, u8, u16, u32, f64, String, Duration, serde_json::Value);
