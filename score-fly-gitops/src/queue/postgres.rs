//! A database that several share.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::{ToSql, Type};
use postgres::{Client, Config};
use rustls::crypto::ring;
use rustls::{ClientConfig, ConfigBuilder};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Broken;
use super::table::{Database, Dialect, Row, Statement, Value};

/// How often a statement is tried that others have crossed.
const TRIES: usize = 10;

pub(super) struct Postgres {
    config: Config,
    tls: MakeRustlsConnect,
    /// A connection that ended is made anew.
    client: Option<Client>,
}

impl Postgres {
    /// What is at this address. Where the server has TLS, its certificate must be one that this machine trusts.
    pub(super) fn new(address: &str) -> Result<Self, Broken> {
        let mut config: Config =
            address.parse().map_err(|error| said("the address of the database is wrong", &error))?;
        // Without these, nobody would notice a server that is gone.
        config.connect_timeout(Duration::from_secs(10));
        config.tcp_user_timeout(Duration::from_secs(30));
        if config.get_application_name().is_none() {
            config.application_name("score-fly");
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(ConfigBuilder::with_platform_verifier)
            .map_err(|error| Broken(format!("there is no TLS: {error}")))?
            .with_no_client_auth();
        Ok(Self { config, tls: MakeRustlsConnect::new(tls), client: None })
    }

    /// Does something by the connection, and again if others have crossed it.
    fn with<T>(&mut self, mut work: impl FnMut(&mut Client) -> Result<T, postgres::Error>) -> Result<T, Broken> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut client = match self.client.take() {
                Some(client) if !client.is_closed() => client,
                _ => self
                    .config
                    .connect(self.tls.clone())
                    .map_err(|error| said("the database of jobs can't be reached", &error))?,
            };
            let result = work(&mut client);
            self.client = Some(client);
            match result {
                Ok(value) => return Ok(value),
                Err(error) if tries < TRIES && is_crossed(&error) => {}
                Err(error) => return Err(said("the database of jobs can't do it", &error)),
            }
        }
    }
}

impl Database for Postgres {
    const DIALECT: Dialect = Dialect {
        now: "extract(epoch from statement_timestamp())::double precision",
        identity: "bigint generated always as identity primary key",
        skip_locked: "for update skip locked",
    };

    fn define(&mut self, sql: &str) -> Result<(), Broken> {
        // Two who make the same table at once would fail. What is sent as one is one transaction; the number is
        // `score-fly` as on a telephone.
        let alone = format!("select pg_advisory_xact_lock(726733359); {sql}");
        self.with(|client| client.batch_execute(&alone))
    }

    fn change(&mut self, statements: &[Statement<'_>]) -> Result<u64, Broken> {
        self.with(|client| {
            let mut transaction = client.transaction()?;
            let mut changed = 0;
            for Statement { sql, values } in statements {
                changed += transaction.execute_typed(sql, &typed(values))?;
            }
            transaction.commit()?;
            Ok(changed)
        })
    }

    fn row(&mut self, statement: &Statement<'_>) -> Result<Option<Row>, Broken> {
        self.with(|client| {
            let row = client.query_typed_opt(&statement.sql, &typed(&statement.values))?;
            row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))).transpose()
        })
    }
}

/// Whether somebody else's change came between, such as a job of the same key that was put to wait: then it works next time.
fn is_crossed(error: &postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [SqlState::UNIQUE_VIOLATION, SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED]
            .contains(code)
    })
}

/// With types, a statement needs no name, which poolers of connections would lose.
fn typed<'a>(values: &'a [Value<'a>]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    let typed = |value: &'a Value<'a>| -> (&'a (dyn ToSql + Sync), Type) {
        match value {
            Value::Text(text) => (text, Type::TEXT),
            Value::Seconds(seconds) => (seconds, Type::FLOAT8),
            Value::Whole(number) => (number, Type::INT8),
        }
    };
    values.iter().map(typed).collect()
}

/// The error, with what it comes from: its own text says little.
fn said(what: &str, error: &postgres::Error) -> Broken {
    let mut text = format!("{what}: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    Broken(text)
}
