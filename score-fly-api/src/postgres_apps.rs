//! Postgres in an app of one's own, as `fly postgres create` makes it: what its cluster manager needs besides
//! machines, volumes and secrets. fly-go: `resource_postgres.go`, `resource_ssh.go`.

use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::error::Error;
use crate::json::secret;

/// The role of apps that are Postgres clusters: for [`NewApp::app_role_id`](crate::NewApp::app_role_id).
pub const ROLE: &str = "postgres_cluster";

/// The repository of the image that Fly maintains for them; see
/// [`Client::latest_image_tag`](Client::latest_image_tag).
pub const IMAGE_REPOSITORY: &str = "flyio/postgres-flex";

/// Which certificate for SSH is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSshCertificate {
    /// The organization, by its id.
    pub organization_id: String,
    /// The users that it is for.
    pub principals: Vec<String>,
    /// The apps that it is for.
    pub app_names: Vec<String>,
    /// For how many hours.
    pub valid_hours: u64,
    /// The public key; if it is empty, Fly makes a pair of keys.
    pub public_key: String,
}

/// A certificate for SSH.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SshCertificate {
    /// The certificate.
    pub certificate: String,
    /// The private key, if Fly made one.
    #[serde(default, deserialize_with = "crate::json::maybe_secret")]
    pub key: Option<Secret<String>>,
}

/// That an app uses a database of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostgresAttachment {
    /// The app, by its id.
    pub app_id: String,
    /// The cluster, by the id of its app.
    pub postgres_cluster_app_id: String,
    /// The database.
    pub database_name: String,
    /// Its user.
    pub database_user: String,
    /// The secret of the app that has its address.
    pub variable_name: String,
    /// Whether all that was done otherwise, so that this is only a record.
    pub manual_entry: bool,
}

impl Client {
    /// Gives a cluster a place in Fly's Consul, in which its machines agree on who takes writes. The answer is
    /// its address, with a password in it.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn enable_postgres_consul(&self, app_name: &str) -> Result<Secret<String>, Error> {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Enabled {
            enable_postgres_consul: Consul,
        }
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Consul {
            #[serde(deserialize_with = "secret")]
            consul_url: Secret<String>,
        }
        let mutation =
            "mutation($input: EnablePostgresConsulInput!) { enablePostgresConsul(input: $input) { consulUrl } }";
        let input = serde_json::json!({ "appId": app_name });
        let action = format!("enable Consul for Postgres app {app_name}");
        self.mutate::<Enabled>(mutation, &input, action).map(|answer| answer.enable_postgres_consul.consul_url)
    }

    /// Has a certificate for SSH issued, with which the machines of a cluster reach each other.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn issue_ssh_certificate(&self, new: &NewSshCertificate) -> Result<SshCertificate, Error> {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Issued {
            issue_certificate: SshCertificate,
        }
        let mutation =
            "mutation($input: IssueCertificateInput!) { issueCertificate(input: $input) { certificate key } }";
        let input = serde_json::to_value(new).unwrap_or_default();
        let action = format!("issue an SSH certificate for {}", new.app_names.join(", "));
        self.mutate::<Issued>(mutation, &input, action).map(|answer| answer.issue_certificate)
    }

    /// Writes down that an app uses a cluster.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn record_postgres_attachment(&self, attachment: &PostgresAttachment) -> Result<(), Error> {
        let mutation = "mutation($input: AttachPostgresClusterInput!) { attachPostgresCluster(input: $input) { app { name } \
                        postgresClusterApp { name } } }";
        let input = serde_json::to_value(attachment).unwrap_or_default();
        let action = format!("record that app {} uses a Postgres cluster", attachment.app_id);
        self.mutate::<Value>(mutation, &input, action).map(|_| ())
    }
}
