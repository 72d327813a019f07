//! Apps. <https://fly.io/docs/machines/api/apps-resource/>; fly-go: `flaps/flaps_apps.go`.

use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::call::{Body, Call, Method, encode};
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::json::{or_default, secret, text_or_number, words};
use crate::limit::Rate;

/// An app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct App {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// Its name, unique at Fly.
    pub name: String,
    /// Whether it ever had a machine.
    #[serde(deserialize_with = "or_default")]
    pub status: AppStatus,
    /// The private network that it is in.
    #[serde(deserialize_with = "or_default")]
    pub network: String,
    /// How many machines it has.
    #[serde(deserialize_with = "or_default")]
    pub machine_count: u64,
    /// How many volumes it has.
    #[serde(deserialize_with = "or_default")]
    pub volume_count: u64,
    /// Whose it is.
    #[serde(deserialize_with = "or_default")]
    pub organization: AppOrganization,
    /// What a name of one's own points to.
    #[serde(deserialize_with = "or_default")]
    pub cname_target: String,
    /// What it is for, such as `postgres_cluster`; empty for most.
    #[serde(deserialize_with = "or_default")]
    pub app_role: String,
}

words! {
    /// Whether an app ever had a machine.
    pub enum AppStatus {
        /// Not yet.
        Pending = "pending",
        /// It has, or had.
        Deployed = "deployed",
        /// Somebody put it to rest.
        Suspended = "suspended",
    }
}

/// The organization of an app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AppOrganization {
    /// Its name for people.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Its name in addresses and commands.
    #[serde(deserialize_with = "or_default")]
    pub slug: String,
    /// Its number.
    #[serde(deserialize_with = "text_or_number")]
    pub internal_numeric_id: String,
}

impl App {
    /// Whether it was deployed before: if not, this is its first deploy.
    pub fn is_deployed(&self) -> bool {
        matches!(self.status, AppStatus::Deployed | AppStatus::Suspended)
    }

    /// Where the world finds it.
    pub fn hostname(&self) -> String {
        format!("{}.fly.dev", self.name)
    }
}

/// A new app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewApp {
    /// Its name: lowercase letters, digits and dashes, fewer than 63.
    pub name: String,
    /// The organization, by its slug.
    pub org_slug: String,
    /// A private network of its own; the organization's if it is empty.
    pub network: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_role_id: Option<String>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameProbe {
    /// An app that the token may see.
    Yours(Box<App>),
    /// Somebody else's app.
    Theirs,
    /// Nothing yet.
    Free,
}

#[derive(Debug, Deserialize)]
struct AppList {
    #[serde(default, deserialize_with = "or_default")]
    apps: Vec<App>,
}

#[derive(Debug, Deserialize)]
struct NewToken {
    #[serde(deserialize_with = "secret")]
    token: Secret<String>,
}

/// One app: what can be done with it, and where the calls for its machines, volumes, secrets and addresses
/// begin.
#[derive(Debug, Clone, Copy)]
pub struct AppCalls<'c> {
    pub(crate) client: &'c Client,
    pub(crate) name: &'c str,
}

impl Client {
    /// The calls about one app. Nothing is sent for this.
    pub fn app<'c>(&'c self, name: &'c str) -> AppCalls<'c> {
        AppCalls { client: self, name }
    }

    /// The apps of an organization.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn list_apps(&self, org_slug: &str) -> Result<Vec<App>, Error> {
        let action = format!("list the apps of organization {org_slug}");
        let call = Call::machines(Method::Get, "/v1/apps".to_owned(), ("apps.list", ""), action);
        self.send::<AppList>(&call.param("org_slug", org_slug)).map(|list| list.apps)
    }

    /// Creates an app. Whether it is there can be asked afterwards, so if the answer gets lost, that is
    /// done, and an app without machines in this organization is taken for the new one.
    ///
    /// # Errors
    ///
    /// [`Kind::NameTaken`] if somebody has an app of that name, [`Kind::Forbidden`] if the token may create
    /// none, [`Kind::Limit`] if the organization may have no more.
    pub fn create_app(&self, new: &NewApp) -> Result<App, Error> {
        let action = format!("create app {} in organization {}", new.name, new.org_slug);
        let call = Call::machines(Method::Post, "/v1/apps".to_owned(), ("apps.create", ""), action);
        match self.send(&call.param("wait", "true").body(Body::of(new))) {
            Err(error) if error.may_have_happened() => match self.wait_for_app(&new.name, NEW_APP) {
                Ok(app) if app.organization.slug == new.org_slug && app.machine_count == 0 => Ok(app),
                _ => Err(error),
            },
            other => other,
        }
    }

    /// Waits until an app that was just created is known everywhere.
    ///
    /// # Errors
    ///
    /// If it is not within this time, or the call fails in another way than by not finding it.
    pub fn wait_for_app(&self, name: &str, within: Duration) -> Result<App, Error> {
        let app = self.app(name);
        // fly-go: `flaps/flaps_apps.go`, `WaitForApp`.
        self.patiently(within, |error| matches!(error.kind(), Kind::NotFound | Kind::Unauthorized), || app.get())
    }

    /// What a name stands for: an app of one's own, one of somebody else, or nothing.
    ///
    /// # Errors
    ///
    /// If the call fails in another way.
    pub fn probe_app_name(&self, name: &str) -> Result<NameProbe, Error> {
        match self.app(name).get() {
            Ok(app) => Ok(NameProbe::Yours(Box::new(app))),
            Err(error) if *error.kind() == Kind::Forbidden => Ok(NameProbe::Theirs),
            Err(error) if error.is_not_found() => Ok(NameProbe::Free),
            Err(error) => Err(error),
        }
    }
}

/// How long to look for an app whose creation was not answered.
const NEW_APP: Duration = Duration::from_secs(5);

impl<'c> AppCalls<'c> {
    /// The name of the app.
    pub fn name(&self) -> &'c str {
        self.name
    }

    /// A path of the Machines API below this app.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/apps/{}{rest}", encode(self.name))
    }

    /// A call about this app.
    pub(crate) fn call(&self, method: Method, rest: &str, limit: &'static str, what: &str) -> Call {
        Call::machines(method, self.path(rest), (limit, self.name), format!("{what} of app {}", self.name))
    }

    /// Reads the app.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] if there is none, [`Kind::Forbidden`] if it is somebody else's.
    pub fn get(&self) -> Result<App, Error> {
        let action = format!("read app {}", self.name);
        self.client.send(&Call::machines(Method::Get, self.path(""), ("apps.get", self.name), action))
    }

    /// Deletes the app, with its machines, volumes and addresses.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn delete(&self) -> Result<(), Error> {
        let action = format!("delete app {}", self.name);
        let call = Call::machines(Method::Delete, self.path(""), ("apps.delete", self.name), action);
        self.client.send_only(&call.rate(Rate::DELETE_APP))
    }

    /// Makes a token that may deploy this app, and nothing else. `expiry` is a duration as Go writes it,
    /// such as `720h`.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn create_deploy_token(&self, expiry: &str) -> Result<Secret<String>, Error> {
        let call = self.call(Method::Post, "/deploy_token", "apps.deploy_token", "create a deploy token");
        let body = Body::of(&serde_json::json!({ "expiry": expiry }));
        self.client.send::<NewToken>(&call.body(body)).map(|answer| answer.token)
    }
}
