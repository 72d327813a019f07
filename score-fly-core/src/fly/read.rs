//! From text to the model.

use toml_edit::de;

use super::Config;
use crate::suggest;

/// Why a text is not a fly.toml, or a fragment of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}{}", self.line.map(|line| format!(" in line {line}")).unwrap_or_default())]
pub struct InvalidConfig {
    /// What is wrong, in one sentence. Keys are quoted in it, values are not.
    problem: String,
    /// Where, from 1.
    line: Option<usize>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Config {
    /// Reads a fly.toml, or a fragment of one.
    ///
    /// # Errors
    /// The first mistake: what is not TOML, a key that flyctl doesn't read, or a value of another
    /// type than this model has for it.
    pub fn from_toml(text: &str) -> Result<Self, InvalidConfig> {
        de::from_str(text).map_err(|error| InvalidConfig::new(error, text))
    }
}

impl InvalidConfig {
    fn new(mut error: de::Error, text: &str) -> Self {
        let line = error.span().map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            before.matches('\n').count() + 1
        });
        // Without its input, the error prints the keys on the way to it instead of an excerpt.
        error.set_input(None);
        let printed = error.to_string();
        let path = printed.rsplit_once("\nin `").map(|(_, path)| path.trim_end().trim_end_matches('`'));
        let (problem, help) = explain(error.message(), path);
        Self { problem, line, help }
    }
}

/// What serde says, in words for people who write fly.toml.
fn explain(message: &str, path: Option<&str>) -> (String, Option<String>) {
    let place = path.map_or_else(|| "fly.toml".to_owned(), |path| format!("`{path}`"));
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    if let Some(field) = quoted(found, "unknown field `") {
        let known = expected.split('`').skip(1).step_by(2);
        let help = suggest::nearest(field, known).map(|near| format!("did you mean `{near}`?"));
        return (format!("{place} has no key `{field}`"), help);
    }
    if ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "].iter().any(|p| found.starts_with(p))
    {
        return (format!("{place} must be {}", type_name(expected)), None);
    }
    match path {
        // An enum that is given neither text nor a table.
        Some(_) if message == "wanted string or table" => (format!("{place} must be text"), None),
        // What an untagged enum has as its `expecting`.
        Some(_) if message.starts_with("text, ") => (format!("{place} must be {message}"), None),
        Some(_) => (format!("{place} is not valid: {message}"), None),
        None => (format!("it is not valid TOML: {message}"), None),
    }
}

/// What stands between `before` and the next backtick.
fn quoted<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    text.strip_prefix(before)?.split('`').next()
}

/// What serde calls a type, without Rust's names.
pub(crate) fn type_name(expected: &str) -> String {
    match expected {
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "f64" => "a number".to_owned(),
        "a string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        _ if expected.starts_with("struct ") => "a table".to_owned(),
        _ => expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn explains_mistakes() {
        let cases = [
            ("app = 5", "`app` must be text in line 1", None),
            ("\n[env]\nA = 1", "`env.A` must be text in line 3", None),
            (
                "[[services]]\ninternal_port = '80'",
                "`services.internal_port` must be a whole number from 0 to 65535 in line 2",
                None,
            ),
            (
                "[[services]]\ninternal_port = 65536",
                "`services.internal_port` must be a whole number from 0 to 65535 in line 2",
                None,
            ),
            ("[[services]]\nprotocol = 'sctp'", "`services.protocol` must be `tcp` or `udp` in line 2", None),
            ("[[services]]\nauto_stop_machines = true", "`services.auto_stop_machines` must be text in line 2", None),
            (
                "[[services]]\nauto_stop_machines = 'yes'",
                "`services.auto_stop_machines` must be one of `off`, `stop`, `suspend` in line 2",
                None,
            ),
            ("[http_service]\nforce_https = 1", "`http_service.force_https` must be `true` or `false` in line 2", None),
            (
                "[checks.a]\ninterval = 5",
                "`checks.a.interval` must be a duration such as `10s` or `1m30s` in line 2",
                None,
            ),
            (
                "[checks.a]\ninterval = '5'",
                "`checks.a.interval` must be a duration such as `10s` or `1m30s` in line 2",
                None,
            ),
            ("[deploy]\nmax_unavailable = 'x'", "`deploy.max_unavailable` must be a number in line 2", None),
            ("build = 'x'", "`build` must be a table in line 1", None),
            ("[vm]\ncpus = 1", "`vm` must be a list in line 1", None),
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
            ("[deploy]\nwidget = 1", "`deploy` has no key `widget` in line 2", None),
        ];
        for (text, expected, help) in cases {
            let error = Config::from_toml(text).unwrap_err();
            assert_eq!((error.to_string().as_str(), error.help.as_deref()), (expected, help), "{text}");
        }
    }

    #[test]
    fn explains_what_is_not_toml() {
        for text in ["app = ", "app = 'x", "[env", "a = 1\na = 2", "\u{1}"] {
            let error = Config::from_toml(text).unwrap_err().to_string();
            assert!(error.starts_with("it is not valid TOML: "), "{error}");
            assert!(error.contains(" in line "), "{error}");
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
            let error = Config::from_toml(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
