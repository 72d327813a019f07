//! Which names Fly takes.

use alloc::borrow::Cow;

/// The signals that Fly's API takes.
pub(crate) const SIGNALS: [&str; 7] = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM"];

/// Whether this can be the code of one of Fly's regions: `ams`.
pub fn is_region(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether an app can have this name: lower-case letters, digits and dashes, at most 63, without a
/// dash at either end. The app's name is the DNS label in `<app>.fly.dev`, hence the limit.
pub fn is_app_name(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether a volume can have this name: lower-case letters, digits and underscores, at most 30.
pub fn is_volume_name(name: &str) -> bool {
    (1..=30).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// The volume name that stands for a Score name: each dash becomes an underscore. `None` if Fly
/// doesn't take even that.
pub fn volume_name(name: &str) -> Option<Cow<'_, str>> {
    let mapped = if name.contains('-') { Cow::Owned(name.replace('-', "_")) } else { Cow::Borrowed(name) };
    is_volume_name(&mapped).then_some(mapped)
}

/// Whether a secret or an environment variable can have this name: an ASCII letter or an
/// underscore, then letters, digits and underscores.
pub fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether flyctl takes this for the name of a variable that holds a secret.
pub fn seems_secret(name: &str) -> bool {
    const WORDS: [&str; 5] = ["KEY", "PRIVATE", "DATABASE_URL", "PASSWORD", "SECRET"];
    const OTHERS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "TIGRIS_ACCESS_KEY_ID"];
    WORDS.iter().any(|word| name.contains(word)) && !OTHERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_names() {
        for name in ["a", "0", "web", "my-app-2", &"a".repeat(63)] {
            assert!(is_app_name(name), "{name}");
        }
        for name in ["", "-", "-web", "web-", "Web", "my_app", "my.app", "wéb", &"a".repeat(64)] {
            assert!(!is_app_name(name), "{name}");
        }
    }

    #[test]
    fn volume_names() {
        for name in ["d", "data", "data_1", "_", &"a".repeat(30)] {
            assert!(is_volume_name(name), "{name}");
        }
        for name in ["", "my-data", "Data", "data.1", "dâta", &"a".repeat(31)] {
            assert!(!is_volume_name(name), "{name}");
        }
    }

    #[test]
    fn dashes_become_underscores() {
        assert_eq!(volume_name("my-data-2").as_deref(), Some("my_data_2"));
        assert!(matches!(volume_name("data"), Some(Cow::Borrowed("data"))));
        assert_eq!(volume_name("My-Data"), None);
        assert_eq!(volume_name(""), None);
        assert_eq!(volume_name(&"a-".repeat(16)), None);
    }

    #[test]
    fn identifiers() {
        for name in ["A", "_", "DB_URL", "db2"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "2DB", "DB-URL", "DB URL", "DB.URL", "É", "\u{feff}A"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
