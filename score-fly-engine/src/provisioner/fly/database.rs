//! Databases on one Postgres server, which the project's resources share.

use score_fly_core::secret::Secret;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::cluster::{Primary, host};
use super::sql::{hex, identifier, literal};
use super::{Work, outputs};
use crate::provisioner::error::Error;
use crate::provisioner::request::Answer;

/// Where the server stands in what provisioners share: score-flyio's key. It has the name of the `app`, and its
/// `databases` by the ids of their resources.
pub(in crate::provisioner) const SHARED: &str = "builtin-provisioners-postgres";

/// The longest name that Postgres takes, and how many digits of it tell resources apart.
const LONGEST: usize = 63;
const DIGITS: usize = 8;

impl Work<'_> {
    /// The app of the server, whose name was decided before.
    fn server(&self) -> Option<&str> {
        self.request.shared.get(SHARED)?.get("app")?.as_str()
    }

    pub(super) fn make_database(&self) -> Result<Answer, Error> {
        let app = self.server().ok_or_else(|| Error::Impossible("the server has no name yet".to_owned()))?;
        let primary = self.cluster(app)?;
        let operator = self.password(&primary)?;
        let (name, password) = (self.database(), self.derived(&operator));
        self.create_database(&primary, &name, &password)?;
        let mut answer = outputs(
            [
                ("host", json!(host(app))),
                ("port", json!("5432")),
                ("username", json!(name)),
                ("name", json!(name)),
                ("database", json!(name)),
            ],
            [("password", password.expose().clone())],
        );
        answer.shared = patch(&json!({ "databases": { self.request.guid.clone(): name } }));
        Ok(answer)
    }

    pub(super) fn drop_database(&self) -> Result<Answer, Error> {
        let Some(app) = self.server() else { return Ok(Answer::default()) };
        let shared = self.request.shared.get(SHARED);
        let databases = shared.and_then(|shared| shared.get("databases")?.as_object());
        let others = databases.into_iter().flatten().any(|(guid, _)| *guid != self.request.guid);
        // Those that score-flyio made are on its list.
        let foreign =
            shared.and_then(|shared| shared.get("dbNames")?.as_array()).is_some_and(|names| !names.is_empty());
        if !others && !foreign {
            self.drop_app(app)?;
            let shared = [(SHARED.to_owned(), Value::Null)].into_iter().collect();
            return Ok(Answer { shared, ..Answer::default() });
        }
        let primary = self.cluster(app)?;
        let name = identifier(&self.database());
        let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE);\nDROP ROLE IF EXISTS {name};\n");
        self.sql(&primary, Secret::new(sql))?;
        let shared = patch(&json!({ "databases": { self.request.guid.clone(): null } }));
        Ok(Answer { shared, ..Answer::default() })
    }

    /// Creates what is not there of a database and its owner, of the same name.
    fn create_database(&self, primary: &Primary, name: &str, password: &Secret<String>) -> Result<(), Error> {
        let (quoted, text) = (identifier(name), literal(name));
        let look = format!(
            "SELECT 'role' FROM pg_roles WHERE rolname = {text};\nSELECT 'database' FROM pg_database WHERE datname = {text};\n"
        );
        let there = self.sql(primary, Secret::new(look))?;
        let is_there = |what: &str| there.expose().lines().any(|line| line.trim() == what);
        let mut statements = Vec::new();
        if !is_there("role") {
            statements.push(format!("CREATE ROLE {quoted} LOGIN;\n"));
        }
        statements.push(format!("ALTER ROLE {quoted} LOGIN PASSWORD {};\n", literal(password.expose())));
        if !is_there("database") {
            self.say(&format!("creating database {name}"));
            // An owner may do everything in it, in the schema `public` as well.
            statements.push(format!("CREATE DATABASE {quoted} OWNER {quoted};\n"));
        }
        self.sql(primary, Secret::new(statements.concat())).map(|_| ())
    }

    /// The name of the database, and of its owner.
    fn database(&self) -> String {
        let digits: String = self.digits().chars().take(DIGITS).collect();
        let id = self.request.uid.id().to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let start: String = id.chars().take(LONGEST - DIGITS - 1).collect();
        format!("{start}_{digits}")
    }

    /// The owner's password: it follows from that of the server and the id of the resource, so it is the same in every
    /// run and stands nowhere.
    fn derived(&self, operator: &Secret<String>) -> Secret<String> {
        let key = operator.expose().as_bytes();
        let inner = Sha256::new().chain_update(key).chain_update([0]).chain_update(&self.request.guid).finalize();
        let outer = Sha256::new().chain_update(key).chain_update([1]).chain_update(inner).finalize();
        Secret::new(hex(outer.get(..20).unwrap_or_default()))
    }
}

/// A change of what is shared about the server.
fn patch(change: &Value) -> Map<String, Value> {
    [(SHARED.to_owned(), change.clone())].into_iter().collect()
}
