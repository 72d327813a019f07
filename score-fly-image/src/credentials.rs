//! Who pushes.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// A user and a password or token. It is sent to the registry and to the server of tokens that the
/// registry names, and to nobody else; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    secret: String,
}

impl Credentials {
    /// A user of a registry, with a password or token.
    pub fn new(user: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { user: user.into(), secret: secret.into() }
    }

    /// Fly's registry takes any user with a token of Fly. A scheme in front of the token is left
    /// out, and so are the parts that are no macaroons if there are macaroons, as flyctl does it.
    pub fn fly(token: &str) -> Self {
        let mut token = token.trim();
        while let Some(rest) = ["FlyV1 ", "Bearer "].iter().find_map(|scheme| token.strip_prefix(scheme)) {
            token = rest.trim_start();
        }
        let parts = || token.split(',').map(str::trim).filter(|part| !part.is_empty());
        let is_macaroon = |part: &&str| ["fm1r", "fm1a", "fm2"].iter().any(|start| part.starts_with(start));
        let macaroons: Vec<&str> = parts().filter(is_macaroon).collect();
        let sent = if macaroons.is_empty() { parts().collect() } else { macaroons };
        Self::new("x", sent.join(","))
    }

    /// What the header `Authorization` says.
    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", self.user, self.secret)))
    }

    /// `text` without the secret, which a server might repeat.
    pub(crate) fn clean(&self, text: &str) -> String {
        let encoded = self.basic();
        let mut text = text.replace(encoded.trim_start_matches("Basic "), HIDDEN);
        for part in std::iter::once(self.secret.as_str()).chain(self.secret.split(',')) {
            // Very short ones would tear the text to pieces, and protect nothing.
            if part.len() > 3 {
                text = text.replace(part, HIDDEN);
            }
        }
        text
    }
}

const HIDDEN: &str = "***";

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    #[test]
    fn fly_tokens_lose_their_scheme_and_what_is_no_macaroon() {
        for (token, secret) in [
            ("FlyV1 fm2_a,fm2_b\n", "fm2_a,fm2_b"),
            ("Bearer FlyV1 fm1r_a,plain,fm2_b==", "fm1r_a,fm2_b=="),
            ("plain", "plain"),
        ] {
            assert_eq!(Credentials::fly(token), Credentials::new("x", secret), "{token}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let credentials = Credentials::new("me", "hunter22,fm2_x");
        assert_eq!(format!("{credentials:?}"), "Credentials { user: \"me\", .. }");
        assert_eq!(credentials.basic(), "Basic bWU6aHVudGVyMjIsZm0yX3g=");
        assert_eq!(credentials.clean("no hunter22, no fm2_x, no bWU6aHVudGVyMjIsZm0yX3g="), "no ***, no ***, no ***");
    }
}
