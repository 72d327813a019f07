//! What a token may do.

use serde::Deserialize;

use crate::call::{Call, Method};
use crate::client::Client;
use crate::error::Error;
use crate::json::or_default;

/// What Fly knows of a token.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TokenInfo {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub token_id: String,
    /// The organization that it is for.
    #[serde(deserialize_with = "or_default")]
    pub org_slug: String,
    /// The apps that it is for; all of the organization if there are none.
    #[serde(deserialize_with = "or_default")]
    pub apps: Vec<String>,
    /// Whose it is.
    #[serde(deserialize_with = "or_default")]
    pub user: String,
}

#[derive(Debug, Deserialize)]
struct Tokens {
    #[serde(default, deserialize_with = "or_default")]
    tokens: Vec<TokenInfo>,
}

impl Client {
    /// What the token may do. It can be several ones.
    ///
    /// # Errors
    ///
    /// [`Kind::Unauthorized`](crate::Kind::Unauthorized) if it is refused.
    pub fn token_info(&self) -> Result<Vec<TokenInfo>, Error> {
        let path = "/v1/tokens/current".to_owned();
        let call = Call::machines(Method::Get, path, ("tokens.current", ""), "look at the token".to_owned());
        self.send::<Tokens>(&call).map(|all| all.tokens)
    }
}
