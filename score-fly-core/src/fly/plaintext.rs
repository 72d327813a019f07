//! Which values seem to be secrets: by what they look like, and by what they are called.
//!
//! flyctl goes by the name alone, and so takes `PASSWORD_MIN_LENGTH` for a secret.

use crate::prelude::*;

/// What the tokens and keys of well-known services begin with; nobody has them for anything else.
const PREFIXES: [&str; 16] = [
    "-----BEGIN ENCRYPTED PRIVATE KEY",
    "-----BEGIN OPENSSH PRIVATE KEY",
    "-----BEGIN PRIVATE KEY",
    "-----BEGIN RSA PRIVATE KEY",
    "-----BEGIN EC PRIVATE KEY",
    "AGE-SECRET-KEY-1",
    "FlyV1 fm",
    "ghp_",
    "github_pat_",
    "glpat-",
    "rk_live_",
    "sk-ant-",
    "sk_live_",
    "whsec_",
    "xoxb-",
    "xoxp-",
];

/// What public keys begin with.
const PUBLIC: [&str; 6] = ["-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC KEY", "age1", "ecdsa-", "pk_", "ssh-"];

/// What a name ends in that is one of a secret, whatever comes before it.
const SECRETS: [&str; 8] =
    ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "APIKEY", "SECRETKEY", "PRIVATEKEY", "ENCRYPTIONKEY"];

/// What may come after that, and changes nothing.
const SUFFIXES: [&str; 12] =
    ["BASE", "BASE64", "B64", "DEFAULT", "DEV", "HEX", "LIVE", "PROD", "PRODUCTION", "STAGING", "TEST", "VALUE"];

/// Kinds of keys that are secret. Of others, such as `SORT_KEY`, the value must look like it.
const SECRET_KEYS: [&str; 6] = ["API", "ENCRYPTION", "MASTER", "PRIVATE", "SECRET", "SIGNING"];

/// Kinds of keys that are meant to be seen.
const PUBLIC_KEYS: [&str; 6] = ["ANON", "PUBLIC", "PUBLISHABLE", "REACT", "SITE", "VITE"];

/// Settings, and not values of their own.
const WORDS: [&str; 14] = [
    "true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled", "required", "optional",
    "changeme", "default",
];

/// Whether the value of a variable of this name seems to be a secret.
pub fn is_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    if has_password(value) || PREFIXES.iter().any(|prefix| value.starts_with(prefix)) {
        return true;
    }
    if is_harmless(value) {
        return false;
    }
    let name = name.to_ascii_uppercase();
    let mut words: Vec<&str> = name.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    while words.pop_if(|word| SUFFIXES.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit())).is_some() {}
    let Some((last, kinds)) = words.split_last() else { return false };
    let is_of = |known: &[&str]| kinds.iter().any(|kind| known.contains(kind));
    match *last {
        "PASS" | "PWD" => true,
        _ if SECRETS.iter().any(|word| last.ends_with(word)) => !(last.ends_with("KEY") && is_of(&PUBLIC_KEYS)),
        "KEY" | "KEYS" | "TOKEN" => {
            !is_of(&PUBLIC_KEYS) && (is_of(&SECRET_KEYS) && *last != "TOKEN" || is_random(value))
        }
        _ => false,
    }
}

/// Whether a URL in a text has a password: `postgres://app:hunter2@db/app`.
pub fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let end = rest.find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace());
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        password.is_some_and(|(_, password)| !is_blank(password))
    })
}

/// A value that is still to be filled in, or hidden.
fn is_blank(value: &str) -> bool {
    value.starts_with(['$', '<', '{', '%', '[']) || value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.'))
}

/// A switch, a small number, a URL, a path, a public key, or nothing yet.
fn is_harmless(value: &str) -> bool {
    is_blank(value)
        || value.contains("://")
        || value.len() < 4 && value.bytes().all(|byte| byte.is_ascii_digit())
        || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
        || PUBLIC.iter().any(|prefix| value.starts_with(prefix))
        || is_path(value)
}

/// `/run/secrets/key`, `./key.pem`; but not base64 that happens to begin with a slash.
fn is_path(value: &str) -> bool {
    let starts = ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start));
    let ends = [".pem", ".key", ".crt", ".json", ".txt"].iter().any(|end| value.ends_with(end));
    starts && !value.contains(['+', '=']) && !is_mixed(value) || ends
}

/// Both cases and digits, as base64 has them.
fn is_mixed(value: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| value.as_bytes().iter().any(kind);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// Text that nobody made up: long, without spaces, and hexadecimal or mixed.
fn is_random(value: &str) -> bool {
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    value.len() >= 16
        && !value.contains(char::is_whitespace)
        && (is_hex && has_digit && !value.bytes().all(|byte| byte.is_ascii_digit()) || is_mixed(value))
}

#[cfg(test)]
mod tests {
    use super::{has_password, is_secret};

    #[test]
    fn secrets_are_told_by_name_and_value() {
        for (name, value) in [
            ("SESSION_SECRET", "hunter2"),
            ("PGPASSWORD", "12345678"),
            ("SMTP_PASS", "hunter2"),
            ("SECRET_KEY_BASE", "0f8a"),
            ("STRIPE_API_KEY_2", "abc-def"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
            ("RAILS_MASTER_KEY", "5f4dcc3b5aa765d61d8327deb882cf99"),
            ("APP_KEY", "base64:Wm9vbSBab29tIFpvb20hISEhISEhIQ=="),
            ("BOT_TOKEN", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
            ("SIGNING_KEY", "/Wm9vbSBab29tIFpvb20hISEhISEhIQ"),
            ("apiKey", "hunter2"),
            ("REDIS", "redis://:hunter2@cache:6379"),
            ("CACHE", "https://user:hunter2@example.com/path"),
            ("STRIPE", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ] {
            assert!(is_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn what_only_sounds_like_one_is_none() {
        for (name, value) in [
            ("PASSWORD_MIN_LENGTH", "12"),
            ("MYSQL_RANDOM_ROOT_PASSWORD", "1"),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes"),
            ("DATABASE_URL", "sqlite:///data/app.db"),
            ("DATABASE_URL", "postgres://app@db.internal:5432/app"),
            ("DATABASE_URL", "postgres://app:${PASSWORD}@db/app"),
            ("SECRET_KEY_FILE", "/run/secrets/key"),
            ("JWT_PRIVATE_KEY", "/etc/keys/jwt.pem"),
            ("TLS_KEY", "certs/server.key"),
            ("SESSION_COOKIE_NAME", "_shop_key"),
            ("SESSION_KEY", "_shop_session"),
            ("SORT_KEY", "created_at"),
            ("KEYCLOAK_REALM", "shop"),
            ("MAX_TOKEN", "4096"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("JWT_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----"),
            ("NEXT_PUBLIC_API_KEY", "AIzaSyD4abcdefghij0123456789"),
            ("RECAPTCHA_SITE_KEY", "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI"),
            ("STRIPE_KEY", "pk_live_TYooMQauvdEDq54NiTphI7jx"),
            ("VAPID_PUBLIC_KEY", "BEl62iUYgUivxIkv69yViEuiBIa"),
            ("SECRET_TOKEN_TTL", "3600"),
            ("API_KEY", "${API_KEY}"),
            ("PWD", "/app"),
            ("URL", "https://example.com:8080/@team"),
            ("SENTRY_DSN", "https://5f4dcc3b5aa765d6@o1.ingest.sentry.io/1"),
        ] {
            assert!(!is_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn passwords_in_urls() {
        assert!(has_password("a=x://y http://u:p@h"));
        assert!(!has_password("http://h:80/u:p@h") && !has_password("http://u:@h") && !has_password("u:p@h"));
    }
}
