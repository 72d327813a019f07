//! From text to the model.

use super::config::Config;
use super::field::Field as _;
use super::upgrade;
use crate::diagnostic::{Code, Diagnostics, Outcome};
use crate::document::{self, Document, Locator, Toml};
use crate::map::SortedMap;
use crate::pointer::{Path, Pointer};
use crate::source::Source;

/// A fly.toml that has been read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConfigFile {
    /// What flyctl makes of it.
    pub config: Config,
    /// What stands under keys that flyctl doesn't know, and ignores.
    pub unknown: SortedMap<Pointer, serde_json::Value>,
}

/// A text whose form is right, with its places.
#[derive(Debug, Clone)]
pub(crate) struct Text<'s> {
    /// What it says, if it is a table.
    pub(crate) file: Option<ConfigFile>,
    /// Its nodes, by the pointers of today's form.
    pub(crate) document: Document<'s>,
    /// What mending changes, if it is TOML.
    pub(super) toml: Option<Toml<'s>>,
}

/// Reads a text, and keeps its places. Diagnostics are not located yet.
pub(crate) fn open(source: &Source) -> Outcome<Text<'_>> {
    let is = |suffix: &str| source.name.ends_with(suffix);
    let parsed = if is(".json") || is(".yaml") {
        document::parse(source).map(|document| (document, None))
    } else {
        document::read_toml(source).map(|(document, toml)| (document, Some(toml)))
    };
    parsed.and_then(|(document, toml)| {
        upgrade::upgrade(document, toml.as_ref()).and_then(|document| {
            let (file, diagnostics) = decode(&document).into_parts();
            Outcome::new(Text { file, document, toml }, diagnostics)
        })
    })
}

fn decode(document: &Document<'_>) -> Outcome<ConfigFile> {
    let mut diagnostics = Diagnostics::new();
    let Some(config) = Config::read(&document.root, &Path::ROOT, &mut diagnostics) else {
        return Outcome::failed(diagnostics);
    };
    let mut locator = Locator::new(document);
    let unknown = diagnostics.iter().filter(|found| found.code == Code::UnknownFlyKey).filter_map(|found| {
        let node = locator.node(&found.pointer)?;
        Some((found.pointer.clone(), node.to_json()))
    });
    let unknown = unknown.collect();
    Outcome::new(ConfigFile { config, unknown }, diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fly::read;
    use crate::prelude::*;
    use crate::source::{Position, PositionEncoding};

    /// What is wrong with a fly.toml, with the line.
    fn problems(text: &str) -> Vec<(String, Option<String>)> {
        let (_, diagnostics) = read(&Source::new("fly.toml", text)).into_parts();
        let line = |offset| Position::of(text, offset, PositionEncoding::Utf8).line;
        diagnostics
            .into_iter()
            .map(|found| {
                (format!("{} in line {}", found.message, line(found.location.unwrap().span.start)), found.help)
            })
            .collect()
    }

    #[test]
    fn explains_mistakes() {
        let cases = [
            ("app = 5", "`app` must be text in line 1", Some("write it in quotes")),
            ("\n[build.args]\nA = 1", "`build.args.A` must be text in line 3", Some("write it in quotes")),
            (
                "[experimental]\ncmd = [1]",
                "an item of `experimental.cmd` must be text in line 2",
                Some("write it in quotes"),
            ),
            (
                "[http_service]\ninternal_port = '80'",
                "`http_service.internal_port` must be a whole number from 0 to 65535 in line 2",
                None,
            ),
            (
                "[[services]]\ninternal_port = 65536",
                "`services.internal_port` must be a whole number from 0 to 65535 in line 2",
                None,
            ),
            (
                "[[services]]\ninternal_port = 8.5",
                "`services.internal_port` must be a whole number from 0 to 65535 in line 2",
                None,
            ),
            ("[[services]]\nprotocol = 'sctp'", "`services.protocol` must be one of `tcp`, `udp` in line 2", None),
            (
                "[[services]]\nauto_stop_machines = 'yes'",
                "`services.auto_stop_machines` must be one of `off`, `stop`, `suspend` in line 2",
                None,
            ),
            ("[http_service]\nforce_https = 1", "`http_service.force_https` must be `true` or `false` in line 2", None),
            (
                "[checks.a]\ninterval = '5'",
                "`checks.a.interval` must be a duration such as `10s` or `1m30s` in line 2",
                None,
            ),
            ("[deploy]\nmax_unavailable = 'x'", "`deploy.max_unavailable` must be a number in line 2", None),
            (
                "[deploy]\nmax_unavailable = inf",
                "`deploy.max_unavailable` is not a number that flyctl can read in line 2",
                None,
            ),
            ("build = 'x'", "`build` must be a table in line 1", None),
            ("env = 'x'", "`env` must be a table in line 1", None),
            ("[files]\nguest_path = '/a'", "`files` must be a list in line 1", None),
            (
                "[http_service.http_options.response.headers]\nA = 1",
                "`http_service.http_options.response.headers.A` must be text, a list of text, or `false` in line 2",
                None,
            ),
            ("ap = 'x'", "fly.toml has no key `ap` in line 1", Some("did you mean `app`?")),
            (
                "[[services]]\n[[services.ports]]\nhandler = []",
                "`services.ports` has no key `handler` in line 3",
                Some("did you mean `handlers`?"),
            ),
            (
                "[build.compose]\nwidget = 1",
                "`build.compose` has no key `widget` in line 2",
                Some("the keys are `file`"),
            ),
        ];
        for (text, expected, help) in cases {
            let expected = (expected.to_owned(), help.map(str::to_owned));
            assert_eq!(problems(text), [expected], "{text}");
        }
    }

    #[test]
    fn explains_all_mistakes_and_keeps_the_rest() {
        let text = "app = 'web'\nkill_signal = 1\nwidget = 2\n[[services]]\nprotocol = 'x'\ninternal_port = 80\n";
        assert_eq!(problems(text).len(), 3);
        let ConfigFile { config, unknown } = read(&Source::new("fly.toml", text)).into_parts().0.unwrap();
        assert_eq!(unknown.into_iter().collect::<Vec<_>>(), [(["widget"].into_iter().collect(), 2.into())]);
        assert_eq!(config.app.as_deref(), Some("web"));
        assert_eq!(config.services.first().and_then(|service| service.internal_port), Some(80));
    }

    #[test]
    fn explains_what_is_not_toml() {
        for text in ["app = ", "app = 'x", "[env", "a = 1\na = 2", "\u{1}"] {
            let problems = problems(text);
            assert!(
                problems.iter().all(|(problem, _)| problem.starts_with("this is not valid TOML: ")),
                "{problems:?}"
            );
            assert_eq!(problems.len(), 1);
        }
    }

    #[test]
    fn shows_no_values() {
        for text in [
            "app = 'hunter2\n",
            "[checks.a]\ninterval = 'hunter2'",
            "swap_size_mb = 'hunter2'",
            "[[vm]]\ncpu_kind = 'hunter2'",
        ] {
            let problems = problems(text);
            assert!(!problems.is_empty());
            assert!(!format!("{problems:?}").contains("hunter2"), "{problems:?}");
        }
    }

    #[test]
    fn json_and_yaml_are_the_same() {
        let toml = read(&Source::new("fly.toml", "app = 'web'\n[env]\nA = '1'\n[[vm]]\ncpus = 2\n"));
        let json = read(&Source::new(
            "fly.json",
            r#"{"app": "web", "env": {"A": "1"}, "vm": [{"cpus": 2.0}], "build": null}"#,
        ));
        let yaml = read(&Source::new("fly.yaml", "app: web\nenv:\n  A: '1'\nvm:\n- cpus: 2\n"));
        let config = toml.into_result().unwrap();
        assert_eq!(json.into_result().unwrap(), config);
        assert_eq!(yaml.into_result().unwrap(), config);
    }
}
