//! A database in a file.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, ToSql, TransactionBehavior, params_from_iter};

use super::Broken;
use super::table::{Database, Dialect, Row, Statement, Value};

/// How long to wait for others who write.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Sqlite(Connection);

impl Sqlite {
    /// Opens a file, or makes it.
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        let connect = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            // With a log of its own, readers and a writer don't wait for each other. What is written is on the disk
            // before anybody hears of it, so that no loss of power takes it back.
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "full")?;
            Ok(Self(connection))
        };
        connect().map_err(|error: rusqlite::Error| Broken(format!("{} can't be opened: {error}", path.display())))
    }
}

impl Database for Sqlite {
    const DIALECT: Dialect = Dialect {
        now: "unixepoch('subsec')",
        identity: "integer primary key autoincrement",
        // One writes at a time.
        skip_locked: "",
    };

    fn define(&mut self, sql: &str) -> Result<(), Broken> {
        let define = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(sql)?;
            transaction.commit()
        };
        define(&mut self.0).map_err(broken)
    }

    fn change(&mut self, statements: &[Statement<'_>]) -> Result<u64, Broken> {
        let change = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut changed = 0;
            for Statement { sql, values } in statements {
                changed += transaction.execute(&numbered(sql), params_from_iter(values))?;
            }
            transaction.commit()?;
            Ok(u64::try_from(changed).unwrap_or(u64::MAX))
        };
        change(&mut self.0).map_err(broken)
    }

    fn row(&mut self, statement: &Statement<'_>) -> Result<Option<Row>, Broken> {
        let take = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let row = transaction
                .query_row(&numbered(&statement.sql), params_from_iter(&statement.values), |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()?;
            transaction.commit()?;
            Ok(row)
        };
        take(&mut self.0).map_err(broken)
    }
}

/// In SQLite, `$1` is a name, and `?1` a number.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Seconds(seconds) => ValueRef::Real(*seconds),
            Self::Whole(number) => ValueRef::Integer(*number),
        }))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn broken(error: rusqlite::Error) -> Broken {
    Broken(format!("the database of jobs can't do it: {error}"))
}
