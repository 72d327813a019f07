//! Laying a fragment of fly.toml over a whole one.

use alloc::collections::BTreeMap;

use super::config::{
    AutoStop, CheckType, ConcurrencyType, Config, CpuKind, Protocol, ResponseHeader, RestartPolicy, Setting, Strategy,
};
use super::duration::Duration;
use super::machine::{Autostop, DependencyCondition, HealthcheckKind};
use crate::prelude::*;

/// Takes over what `fragment` says. Sections and maps merge key by key, everything else, lists
/// among it, is replaced.
pub(super) trait Overlay {
    fn overlay(&mut self, fragment: Self);
}

impl Config {
    /// This configuration with `fragment` laid over it: tables merge key by key, values and lists
    /// are replaced.
    pub fn merge(mut self, fragment: Self) -> Self {
        self.overlay(fragment);
        self
    }
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

macro_rules! replaced {
    ($($type:ty),* $(,)?) => {
        $(impl Overlay for $type {
            fn overlay(&mut self, fragment: Self) {
                *self = fragment;
            }
        })*
    };
}

replaced! {
    bool, u8, u16, u32, f64, String, Duration, Setting, ResponseHeader,
    serde_json::Value, Autostop, AutoStop, Protocol, ConcurrencyType, CheckType, RestartPolicy, Strategy, CpuKind,
    DependencyCondition, HealthcheckKind,
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::fly::sample::config;

    fn merged(base: &str, fragment: &str) -> Config {
        config(base).merge(config(fragment))
    }

    #[test]
    fn tables_merge_and_values_are_replaced() {
        let base = r#"
            app = "web"
            kill_signal = "SIGINT"
            [build]
            image = "nginx"
            [env]
            A = "1"
            B = "2"
            [checks.alive]
            type = "http"
            port = 80
            [checks.alive.headers]
            Host = "a"
        "#;
        let fragment = r#"
            kill_signal = "SIGTERM"
            [build]
            dockerfile = "Dockerfile"
            [env]
            B = "3"
            C = "4"
            [checks.alive]
            port = 8080
            [checks.alive.headers]
            Accept = "*/*"
        "#;
        let expected = r#"
            app = "web"
            kill_signal = "SIGTERM"
            [build]
            image = "nginx"
            dockerfile = "Dockerfile"
            [env]
            A = "1"
            B = "3"
            C = "4"
            [checks.alive]
            type = "http"
            port = 8080
            [checks.alive.headers]
            Host = "a"
            Accept = "*/*"
        "#;
        assert_eq!(merged(base, fragment), config(expected));
    }

    #[test]
    fn lists_are_replaced() {
        let base = "[experimental]\ncmd = ['a', 'b']\nentrypoint = ['e']\n[[vm]]\ncpus = 1\nmemory = '1gb'\n";
        let fragment = "[experimental]\ncmd = []\n[[vm]]\ncpus = 2\n";
        let expected = "[experimental]\ncmd = []\nentrypoint = ['e']\n[[vm]]\ncpus = 2\n";
        assert_eq!(merged(base, fragment), config(expected));
    }

    #[test]
    fn an_empty_fragment_changes_nothing() {
        let base = "app = 'web'\n[[services]]\ninternal_port = 80\n";
        assert_eq!(merged(base, ""), config(base));
    }
}
