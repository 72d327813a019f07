//! The GraphQL part of api.fly.io, for what has no other way. fly-go: `client.go`.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::call::{Body, Call, Method, Repeat};
use crate::classify;
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::json::or_default;

#[derive(Debug, Deserialize)]
struct Answer<T> {
    #[serde(default = "none")]
    data: Option<T>,
    #[serde(default, deserialize_with = "or_default")]
    errors: Vec<Wrong>,
}

fn none<T>() -> Option<T> {
    None
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wrong {
    #[serde(deserialize_with = "or_default")]
    message: String,
    #[serde(deserialize_with = "or_default")]
    extensions: Extensions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extensions {
    #[serde(deserialize_with = "or_default")]
    code: String,
}

/// What an answer of errors alone looks like: with them, `data` need not be of the expected form.
#[derive(Debug, Deserialize)]
struct OnlyErrors {
    #[serde(default, deserialize_with = "or_default")]
    errors: Vec<Wrong>,
}

impl Client {
    /// Asks something. `action` says what, for messages.
    ///
    /// # Errors
    ///
    /// If the call fails, or what is answered is not of this type.
    pub fn query<T>(&self, query: &str, variables: &Value, action: String) -> Result<T, Error>
    where
        T: DeserializeOwned + fmt::Debug,
    {
        self.graphql(Body::of(&json!({ "query": query, "variables": variables })), Repeat::Freely, action)
    }

    /// Changes something, with this input. It is not done again if the answer gets lost.
    ///
    /// # Errors
    ///
    /// If the call fails, or what is answered is not of this type.
    pub fn mutate<T>(&self, mutation: &str, input: &Value, action: String) -> Result<T, Error>
    where
        T: DeserializeOwned + fmt::Debug,
    {
        let body = Body::of(&json!({ "query": mutation, "variables": { "input": input } }));
        self.graphql(body, Repeat::Never, action)
    }

    fn graphql<T>(&self, body: Body, repeat: Repeat, action: String) -> Result<T, Error>
    where
        T: DeserializeOwned + fmt::Debug,
    {
        let call = Call::web(Method::Post, "/graphql".to_owned(), action).body(body).repeat(repeat);
        let answer = self.send_reading(&call, |text| {
            let wrong = serde_json::from_str::<OnlyErrors>(text).map(|only| only.errors).unwrap_or_default();
            match wrong.into_iter().next() {
                Some(wrong) => Ok(Err(classify::graphql(&wrong.message, &wrong.extensions.code))),
                None => crate::client::read_json::<Answer<T>>(text).map(Ok),
            }
        })?;
        let answer = answer.map_err(|error| self.scrub(&call, error).answered(200, None).during(&call.action, 1))?;
        debug_assert!(answer.errors.is_empty(), "they were looked at first");
        answer.data.ok_or_else(|| Error::new(Kind::Answer, "the answer is empty").during(&call.action, 1))
    }
}
