//! Laying a fragment of fly.toml over a whole one.

use super::config::Config;
use super::field::Field as _;
use crate::diagnostic::Diagnostics;
use crate::document::{Node, overrides};
use crate::pointer::Path;

impl Config {
    /// This configuration with `fragment` laid over it: tables merge key by key, values and lists
    /// are replaced.
    pub fn merge(&self, fragment: &Self) -> Self {
        let mut tree = Node::from(self.write());
        overrides::merge(&mut tree, fragment.write().into());
        // Whatever was written can be read.
        Self::read(&tree, &Path::ROOT, &mut Diagnostics::new()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::fly::sample::config;

    fn merged(base: &str, fragment: &str) -> Config {
        config(base).merge(&config(fragment))
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
