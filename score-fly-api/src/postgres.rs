//! Managed Postgres. fly-go: `flaps/flaps_managed_postgres.go`.

use std::time::Duration;

use score_fly_core::secret::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::call::{Body, Call, Method, Repeat, encode};
use crate::client::Client;
use crate::error::{Error, Kind};
use crate::json::{or_default, secret, text_or_number, time, words};
use crate::time::Timestamp;

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Cluster {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// How far it is.
    #[serde(deserialize_with = "or_default")]
    pub status: ClusterStatus,
    /// Where it is.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// Its plan, which says what it costs.
    #[serde(deserialize_with = "or_default")]
    pub plan: String,
    /// Its size in gigabytes.
    #[serde(deserialize_with = "or_default")]
    pub disk_size_gb: u64,
    /// The version of Postgres.
    #[serde(deserialize_with = "text_or_number")]
    pub pg_major_version: String,
    /// Where it can be reached, in the private network.
    #[serde(deserialize_with = "or_default")]
    pub endpoints: Endpoints,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
}

words! {
    /// How far a cluster is.
    pub enum ClusterStatus {
        /// It is being made.
        Creating = "creating",
        /// Nearly so.
        Initializing = "initializing",
        /// It can be used.
        Ready = "ready",
        /// It goes.
        Deleting = "deleting",
        /// It is gone.
        Deleted = "deleted",
        /// It could not be made.
        Failed = "failed",
        /// Another word for that.
        Error = "error",
    }
}

/// Where a cluster can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Endpoints {
    /// Where one can write.
    #[serde(deserialize_with = "or_default")]
    pub primary: Primary,
}

/// Where the instance can be reached that takes writes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Primary {
    /// Postgres itself.
    #[serde(deserialize_with = "or_default")]
    pub direct: Endpoint,
    /// Its connection pooler.
    #[serde(deserialize_with = "or_default")]
    pub pooler: Endpoint,
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Endpoint {
    /// The host.
    #[serde(deserialize_with = "or_default")]
    pub host: String,
    /// The port.
    #[serde(deserialize_with = "or_default")]
    pub port: u16,
}

/// A new cluster. It costs from the first hour on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NewCluster {
    /// The organization, by its slug.
    pub org_slug: String,
    /// Where.
    pub region: String,
    /// Its plan: `basic`, `starter`, `launch`, `scale` or `Performance`.
    pub plan: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its size in gigabytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_size_gb: Option<u64>,
    /// The version of Postgres: 16 or 17.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pg_major_version: Option<String>,
    /// Whether it can work with places on earth.
    pub postgis_enabled: bool,
}

/// How somebody logs in to a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Credentials {
    /// The name.
    pub username: String,
    /// The password.
    #[serde(deserialize_with = "secret")]
    pub password: Secret<String>,
}

words! {
    /// What a user of a cluster may do.
    pub enum Role {
        /// Change the schema.
        SchemaAdmin = "schema_admin",
        /// Write.
        Writer = "writer",
        /// Read.
        Reader = "reader",
    }
}

/// A user of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct User {
    /// The name.
    pub username: String,
    /// What it may do.
    #[serde(deserialize_with = "or_default")]
    pub role: Role,
}

#[derive(Debug, Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Attachment {
    app_name: String,
}

/// One cluster, and what can be done with it.
#[derive(Debug, Clone, Copy)]
pub struct ClusterCalls<'c> {
    client: &'c Client,
    id: &'c str,
}

impl Client {
    /// The calls about one cluster of Managed Postgres. Nothing is sent for this.
    pub fn postgres<'c>(&'c self, id: &'c str) -> ClusterCalls<'c> {
        ClusterCalls { client: self, id }
    }

    /// The clusters of an organization.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn postgres_clusters(&self, org_slug: &str) -> Result<Vec<Cluster>, Error> {
        let action = format!("list the Postgres clusters of organization {org_slug}");
        let call = Call::machines(Method::Get, "/v1/postgres".to_owned(), ("postgres.list", ""), action);
        self.send::<Envelope<Vec<Cluster>>>(&call.param("org_slug", org_slug)).map(|all| all.data)
    }

    /// Creates a cluster, which takes minutes; see [`ClusterCalls::wait_until_ready`].
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn create_postgres_cluster(&self, new: &NewCluster) -> Result<Cluster, Error> {
        let action = format!("create a Postgres cluster in organization {}", new.org_slug);
        let call = Call::machines(Method::Post, "/v1/postgres".to_owned(), ("postgres.create", ""), action);
        self.send::<Envelope<Cluster>>(&call.body(Body::of(new))).map(|made| made.data)
    }
}

/// superfly/flyctl looks that often.
const POLL: Duration = Duration::from_secs(5);

impl ClusterCalls<'_> {
    fn call(&self, method: Method, rest: &str, limit: &'static str, what: &str) -> Call {
        let path = format!("/v1/postgres/{}{rest}", encode(self.id));
        Call::machines(method, path, (limit, self.id), format!("{what} Postgres cluster {}", self.id))
    }

    fn data<T: DeserializeOwned + std::fmt::Debug>(&self, call: &Call) -> Result<T, Error> {
        self.client.send::<Envelope<T>>(call).map(|envelope| envelope.data)
    }

    /// Reads the cluster.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`] if there is none, or none any more.
    pub fn get(&self) -> Result<Cluster, Error> {
        self.data(&self.call(Method::Get, "", "postgres.get", "read"))
    }

    /// Waits until the cluster can be used, this long on the client's clock.
    ///
    /// # Errors
    ///
    /// If it can't in time, or could not be made.
    pub fn wait_until_ready(&self, within: Duration) -> Result<Cluster, Error> {
        let action = format!("create Postgres cluster {}", self.id);
        let deadline = self.client.now() + within;
        loop {
            let cluster = self.get()?;
            let error = match &cluster.status {
                ClusterStatus::Ready => return Ok(cluster),
                ClusterStatus::Failed | ClusterStatus::Error => {
                    return Err(Error::new(Kind::Other, "Fly could not make it").during(&action, 1));
                }
                status => Error::new(Kind::TimedOut, format!("it is not ready in time, but {status}")),
            };
            if self.client.now() + POLL > deadline {
                return Err(error.during(&action, 1));
            }
            self.client.sleep(POLL)?;
        }
    }

    /// Deletes the cluster, with what is in it.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn delete(&self) -> Result<(), Error> {
        self.client.send_only(&self.call(Method::Delete, "", "postgres.delete", "delete"))
    }

    /// The users.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn users(&self) -> Result<Vec<User>, Error> {
        self.data(&self.call(Method::Get, "/users", "postgres.users", "list the users of"))
    }

    /// Creates a user.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn create_user(&self, username: &str, role: &Role) -> Result<User, Error> {
        let call = self.call(Method::Post, "/users", "postgres.create_user", "create a user of");
        self.data(&call.body(Body::of(&json!({ "username": username, "role": role }))))
    }

    /// Deletes a user.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn delete_user(&self, username: &str) -> Result<(), Error> {
        let path = format!("/users/{}", encode(username));
        self.client.send_only(&self.call(Method::Delete, &path, "postgres.delete_user", "delete a user of"))
    }

    /// How a user logs in.
    ///
    /// # Errors
    ///
    /// [`Kind::Unavailable`] if the cluster is not ready.
    pub fn credentials(&self, username: &str) -> Result<Credentials, Error> {
        let path = format!("/users/{}/credentials", encode(username));
        self.data(&self.call(Method::Get, &path, "postgres.credentials", "read the credentials of a user of"))
    }

    /// Gives a user another password.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn rotate_password(&self, username: &str) -> Result<Credentials, Error> {
        let path = format!("/users/{}/rotate_password", encode(username));
        let what = "change the password of a user of";
        self.data(&self.call(Method::Post, &path, "postgres.rotate_password", what).repeat(Repeat::Freely))
    }

    /// The names of the databases.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn databases(&self) -> Result<Vec<String>, Error> {
        let call = self.call(Method::Get, "/databases", "postgres.databases", "list the databases of");
        Ok(self.data::<Vec<Named>>(&call)?.into_iter().map(|database| database.name).collect())
    }

    /// Creates a database.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn create_database(&self, name: &str) -> Result<(), Error> {
        let call = self.call(Method::Post, "/databases", "postgres.create_database", "create a database of");
        self.client.send_only(&call.body(Body::of(&json!({ "name": name }))))
    }

    /// The names of the apps that are attached.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn attachments(&self) -> Result<Vec<String>, Error> {
        let call = self.call(Method::Get, "/attachments", "postgres.attachments", "list the apps attached to");
        Ok(self.data::<Vec<Attachment>>(&call)?.into_iter().map(|attachment| attachment.app_name).collect())
    }

    /// Writes down that an app uses the cluster. It is only that: the app gets no secret.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn attach(&self, app_name: &str) -> Result<(), Error> {
        let call = self.call(Method::Post, "/attachments", "postgres.attach", "attach an app to");
        let body = Body::of(&json!({ "app_name": app_name }));
        self.client.send_only(&call.repeat(Repeat::Freely).body(body))
    }

    /// Writes down that an app uses the cluster no more.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn detach(&self, app_name: &str) -> Result<(), Error> {
        let path = format!("/attachments/{}", encode(app_name));
        self.client.send_only(&self.call(Method::Delete, &path, "postgres.detach", "detach an app from"))
    }
}
