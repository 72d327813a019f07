//! Organizations. superfly/flyctl: `internal/uiex/organizations.go`.

use serde::Deserialize;

use crate::call::{Call, Method, encode};
use crate::client::Client;
use crate::error::Error;
use crate::json::{or_default, text_or_number};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Organization {
    /// Its id, which GraphQL wants.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// Its number.
    #[serde(deserialize_with = "text_or_number")]
    pub internal_numeric_id: String,
    /// Its name in addresses and commands.
    pub slug: String,
    /// Its name for people.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Whether it is one person's own.
    #[serde(deserialize_with = "or_default")]
    pub personal: bool,
    /// Whether it pays.
    #[serde(deserialize_with = "or_default")]
    pub paid_plan: bool,
    /// How it stands with Fly's billing: `CURRENT` if all is well.
    #[serde(deserialize_with = "or_default")]
    pub billing_status: String,
}

#[derive(Debug, Deserialize)]
struct All {
    #[serde(default, deserialize_with = "or_default")]
    organizations: Vec<Organization>,
}

#[derive(Debug, Deserialize)]
struct One {
    organization: Organization,
}

impl Client {
    /// The organizations that the token may see.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn organizations(&self) -> Result<Vec<Organization>, Error> {
        let call = Call::rest(Method::Get, "/api/v1/organizations".to_owned(), "list the organizations".to_owned());
        self.send::<All>(&call.param("admin", "false")).map(|all| all.organizations)
    }

    /// Reads an organization.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn organization(&self, slug: &str) -> Result<Organization, Error> {
        let path = format!("/api/v1/organizations/{}", encode(slug));
        let call = Call::rest(Method::Get, path, format!("read organization {slug}"));
        self.send::<One>(&call).map(|one| one.organization)
    }
}
