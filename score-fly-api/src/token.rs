//! Tokens: finding them where flyctl does, and sending them as it does.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::Deserialize;

use crate::time::Timestamp;

/// What Fly knows its caller by. It never shows itself.
///
/// A token can be several ones, divided by commas: macaroons, which begin with `fm1r`, `fm1a` or `fm2`, and
/// older ones.
#[derive(Clone)]
pub struct Token(Secret<Vec<String>>);

impl Token {
    /// Reads a token, with or without `Bearer` or `FlyV1` before it. Nothing if there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut text = text.trim();
        while let Some(rest) = without_scheme(text) {
            text = rest.trim_start();
        }
        let parts: Vec<_> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        // In a header, no more than these can stand.
        let is_sound = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_graphic()));
        (!parts.is_empty() && is_sound).then(|| Self(Secret::new(parts)))
    }

    /// The text of the token, without a scheme. Who logs in to a registry needs it as the password.
    pub fn text(&self) -> Secret<String> {
        Secret::new(self.0.expose().join(","))
    }

    /// The header for the Machines API and for logs: macaroons only, if there is one.
    pub(crate) fn for_machines(&self) -> Secret<String> {
        let parts = self.0.expose();
        let macaroons: Vec<_> = parts.iter().filter(|part| is_macaroon(part)).map(String::as_str).collect();
        Secret::new(match macaroons.as_slice() {
            [] => format!("Bearer {}", parts.join(",")),
            some => format!("FlyV1 {}", some.join(",")),
        })
    }

    /// The header for GraphQL.
    pub(crate) fn for_web(&self) -> Secret<String> {
        let parts = self.0.expose();
        let scheme = if parts.iter().any(|part| is_macaroon(part)) { "FlyV1" } else { "Bearer" };
        Secret::new(format!("{scheme} {}", parts.join(",")))
    }

    /// The header for the REST part of api.fly.io.
    pub(crate) fn for_rest(&self) -> Secret<String> {
        Secret::new(format!("Bearer {}", self.0.expose().join(",")))
    }

    /// What must not be shown, where somebody else repeats it.
    pub(crate) fn parts(&self) -> &[String] {
        self.0.expose()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// fly-go: `tokens/tokens.go`, `StripAuthorizationScheme`.
fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("flyv1")).then_some(rest)
}

fn is_macaroon(part: &str) -> bool {
    ["fm1r", "fm1a", "fm2"].iter().any(|start| part.starts_with(start))
}

/// Where a token may be. The caller looks there, so that this reads no environment and no files.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// What was given on the command line.
    pub flag: Option<&'a str>,
    /// Looks up an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The text of flyctl's configuration file, if it is there; see [`config_path`].
    pub config: Option<&'a str>,
    /// What time it is: logins get old.
    pub now: Timestamp,
}

impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources(…)")
    }
}

/// Where a token came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// This environment variable.
    Variable(&'static str),
    /// flyctl's configuration file.
    Config,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoToken {
    /// It is nowhere.
    #[error("there is no token for Fly: set FLY_API_TOKEN, or log in with `fly auth login`")]
    Missing,
    /// flyctl would not use this login any more either.
    #[error("the login of {} is older than 30 days: log in again with `fly auth login`", last_login)]
    OldLogin {
        /// When it was.
        last_login: Timestamp,
    },
    /// The configuration file can't be read.
    #[error("flyctl's configuration file is no YAML of the expected form")]
    InvalidConfig,
    /// What is there can't be a token.
    #[error("what {} has can't be a token for Fly", .0)]
    Invalid(&'static str),
}

/// After this time, flyctl wants people to log in again.
const LOGIN_LASTS: Duration = Duration::from_secs(30 * 86_400);

/// flyctl's configuration file, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    #[serde(deserialize_with = "crate::json::maybe_secret")]
    access_token: Option<Secret<String>>,
    #[serde(deserialize_with = "crate::json::time")]
    last_login: Option<Timestamp>,
    #[serde(deserialize_with = "crate::json::or_default")]
    app_secrets_minvers: std::collections::BTreeMap<String, u64>,
}

/// Finds the token as flyctl does: the command line, `FLY_ACCESS_TOKEN`, `FLY_API_TOKEN`, and then the
/// configuration file, if its login is not too old.
///
/// # Errors
///
/// If there is none, or it is of no use.
pub fn find(sources: &Sources<'_>) -> Result<(Token, Origin), NoToken> {
    if let Some(text) = sources.flag.filter(|text| !text.trim().is_empty()) {
        return Ok((Token::parse(text).ok_or(NoToken::Invalid("--access-token"))?, Origin::Flag));
    }
    for name in ["FLY_ACCESS_TOKEN", "FLY_API_TOKEN"] {
        if let Some(text) = (sources.env)(name).filter(|text| !text.trim().is_empty()) {
            return Ok((Token::parse(&text).ok_or(NoToken::Invalid(name))?, Origin::Variable(name)));
        }
    }
    let config = read(sources.config.unwrap_or_default())?;
    let token = config.access_token.filter(|token| !token.expose().trim().is_empty()).ok_or(NoToken::Missing)?;
    if let Some(last_login) = config.last_login.filter(|last| sources.now.since(*last) > LOGIN_LASTS) {
        return Err(NoToken::OldLogin { last_login });
    }
    Ok((Token::parse(token.expose()).ok_or(NoToken::Invalid("config.yml"))?, Origin::Config))
}

/// The versions of apps' secrets that flyctl has seen, by app, from the text of its configuration file.
/// flyctl asks for at least this version whenever it changes machines of the app.
///
/// # Errors
///
/// If the file is not of the expected form.
pub fn known_secrets_versions(config: &str) -> Result<std::collections::BTreeMap<String, u64>, NoToken> {
    read(config).map(|config| config.app_secrets_minvers)
}

fn read(text: &str) -> Result<Config, NoToken> {
    let config: Option<Config> = serde_yaml::from_str(text).map_err(|_| NoToken::InvalidConfig)?;
    Ok(config.unwrap_or_default())
}

/// Where flyctl's configuration file is: in the folder that `FLY_CONFIG_DIR` names, else in `.fly` in the
/// home folder.
pub fn config_path(env: impl Fn(&str) -> Option<String>, home: Option<&Path>) -> Option<PathBuf> {
    let folder = env("FLY_CONFIG_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    Some(folder.or_else(|| Some(home?.join(".fly")))?.join("config.yml"))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{NoToken, Origin, Sources, Token, config_path, find, known_secrets_versions};

    fn search(flag: Option<&str>, env: &[(&str, &str)], config: &str) -> Result<(String, Origin), NoToken> {
        let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let now = "2026-08-21T10:00:00Z".parse().unwrap();
        let (token, origin) = find(&Sources { flag, env: &env, config: Some(config), now })?;
        Ok((token.text().expose().clone(), origin))
    }

    #[test]
    fn is_found_where_flyctl_finds_it() {
        let env = [("FLY_ACCESS_TOKEN", "one"), ("FLY_API_TOKEN", "two")];
        let config = "access_token: FlyV1 fm2_three,fo1_x\nlast_login: 2026-08-20T23:10:00.5+02:00\n";
        assert_eq!(search(Some("zero"), &env, config), Ok(("zero".to_owned(), Origin::Flag)));
        assert_eq!(search(None, &env, config), Ok(("one".to_owned(), Origin::Variable("FLY_ACCESS_TOKEN"))));
        assert_eq!(search(None, &env[1..], config), Ok(("two".to_owned(), Origin::Variable("FLY_API_TOKEN"))));
        assert_eq!(
            search(Some(""), &[("FLY_API_TOKEN", " ")], config),
            Ok(("fm2_three,fo1_x".to_owned(), Origin::Config))
        );
        assert_eq!(search(None, &[], ""), Err(NoToken::Missing));
        assert_eq!(search(None, &[], "send_metrics: true\naccess_token:\n"), Err(NoToken::Missing));
        assert_eq!(search(None, &[], "- a\n"), Err(NoToken::InvalidConfig));
        assert_eq!(search(Some("a\nb"), &[], ""), Err(NoToken::Invalid("--access-token")));
    }

    #[test]
    fn an_old_login_counts_no_more() {
        let config = "access_token: a\nlast_login: 2026-07-01T00:00:00Z\n";
        let last_login = "2026-07-01T00:00:00Z".parse().unwrap();
        let error = search(None, &[], config).unwrap_err();
        assert_eq!(error, NoToken::OldLogin { last_login });
        assert!(error.to_string().starts_with("the login of 2026-07-01T00:00:00Z is older than 30 days"));
    }

    /// fly-go: `tokens/tokens.go`: `FlapsHeader`, `GraphQLHeader`; superfly/flyctl: `internal/uiex/client.go`.
    #[test]
    fn is_sent_as_flyctl_sends_it() {
        for (text, machines, web, rest) in [
            ("abc", "Bearer abc", "Bearer abc", "Bearer abc"),
            ("FlyV1 fm2_a,fm1r_b", "FlyV1 fm2_a,fm1r_b", "FlyV1 fm2_a,fm1r_b", "Bearer fm2_a,fm1r_b"),
            ("Bearer FlyV1 fm2_a, fo1_b", "FlyV1 fm2_a", "FlyV1 fm2_a,fo1_b", "Bearer fm2_a,fo1_b"),
        ] {
            let token = Token::parse(text).unwrap();
            assert_eq!(token.for_machines().expose(), machines);
            assert_eq!(token.for_web().expose(), web);
            assert_eq!(token.for_rest().expose(), rest);
            assert_eq!(format!("{token:?}"), "Token(…)");
        }
        assert!(Token::parse(" , ").is_none() && Token::parse("Bearer ").is_none());
    }

    #[test]
    fn the_configuration_file_has_more() {
        let none = |_: &str| None;
        assert_eq!(config_path(none, Some(Path::new("/home/me"))), Some(PathBuf::from("/home/me/.fly/config.yml")));
        assert_eq!(config_path(none, None), None);
        let env = |name: &str| (name == "FLY_CONFIG_DIR").then(|| "/fly".to_owned());
        assert_eq!(config_path(env, None), Some(PathBuf::from("/fly/config.yml")));
        let versions = known_secrets_versions("app_secrets_minvers:\n  shop: 4\n").unwrap();
        assert_eq!(versions, [("shop".to_owned(), 4)].into());
    }
}
