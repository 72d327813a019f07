//! What waits to be done, kept where a killed process can't lose it.
//!
//! A job is a text under a key, such as the name of an app. Of each key at most one job waits and at most one runs: what comes
//! while one waits takes its place, and what comes while one runs waits for its end. The database itself sees to both, by two
//! unique indexes, so it holds for all processes that share it.
//!
//! Whoever [claims](Queue::claim) a job has it for a time, the lease, and says with [`beat`](Queue::beat) that it goes on. If
//! that stops, the job is [taken back](Queue::recover) and given to another one. So a job is done at least once, and a second
//! time only if its worker ended, or stood still, in the middle of it. All times are those of the database.
//!
//! Calls block, those to Postgres with a runtime of their own inside: make them in threads and not in tasks of tokio.
//!
//! ```
//! use std::time::Duration;
//!
//! use score_fly_gitops::queue::{self, Held, Place};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let place = Place::File(folder.path().join("jobs.db"));
//! let mut queue = queue::open(&place)?;
//! queue.enqueue("shop", "commit 1", Duration::ZERO)?;
//! queue.enqueue("shop", "commit 2", Duration::ZERO)?;
//!
//! let job = queue.claim("me", Duration::from_secs(60))?.expect("one waits");
//! assert_eq!((job.key.as_str(), job.body.as_str()), ("shop", "commit 2"));
//! assert_eq!(queue.finish(&job, "me")?, Held::Kept);
//! assert!(queue.claim("me", Duration::from_secs(60))?.is_none());
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
mod table;

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use score_fly_core::secret::Secret;

/// Jobs that wait, and those that somebody works at.
pub trait Queue: Send {
    /// Has a job done, after a time if there is a delay. It is safe once this returns.
    ///
    /// If one of that key waits already, its text becomes this one's, and it starts at the earlier one of both times.
    ///
    /// # Errors
    /// If the database can't do it.
    fn enqueue(&mut self, key: &str, body: &str, delay: Duration) -> Result<(), Broken>;

    /// Takes the job that has waited longest, for the time of the lease; those whose keys begin with `!` come first. Nothing, if none is due, or others of the same keys
    /// run.
    ///
    /// # Errors
    /// If the database can't do it. A job that was taken although no answer came is what the next call gives.
    fn claim(&mut self, worker: &str, lease: Duration) -> Result<Option<Job>, Broken>;

    /// Says that a job is done, or needs no repetition. It is forgotten.
    ///
    /// # Errors
    /// If the database can't do it.
    fn finish(&mut self, job: &Job, worker: &str) -> Result<Held, Broken>;

    /// Has a job repeated after a time, unless a newer one of its key waits, which then takes its place. After `most` attempts
    /// it is forgotten.
    ///
    /// # Errors
    /// If the database can't do it.
    fn retry(&mut self, job: &Job, worker: &str, delay: Duration, most: u32) -> Result<Held, Broken>;

    /// Says that a worker is still at all that it has claimed, which it then keeps for this time from now.
    ///
    /// # Errors
    /// If the database can't do it.
    fn beat(&mut self, worker: &str, lease: Duration) -> Result<(), Broken>;

    /// Takes jobs from workers whose leases are over, to have them repeated. What has had `most` attempts is forgotten: it may be
    /// what ends those who work at it. Gives how many were taken.
    ///
    /// # Errors
    /// If the database can't do it.
    fn recover(&mut self, most: u32) -> Result<u64, Broken>;

    /// Notes what a sender has delivered, for 30 days. `false`: it came before.
    ///
    /// # Errors
    /// If the database can't do it.
    fn remember(&mut self, sender: &str, delivery: &str) -> Result<bool, Broken>;
}

/// A job that somebody has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What tells it from others.
    pub id: i64,
    /// What it is about. No two of one key run at once.
    pub key: String,
    /// What is to be done.
    pub body: String,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// What tells this claim from others of the same job.
    turn: i64,
}

/// Whether a job was still its worker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Held {
    /// It was, and what was asked for is done.
    Kept,
    /// The lease was over, and somebody else has the job, or has finished it. Nothing was done.
    Lost,
}

/// Where jobs are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file, which is made if need be; on a disk of this machine, with nothing to set up. It is a database of SQLite.
    File(PathBuf),
    /// A database of Postgres, which several controllers may share: an address that begins with `postgres://`. Tables are made
    /// if need be.
    Postgres(Secret<String>),
}

impl FromStr for Place {
    type Err = Infallible;

    /// What begins with `postgres://` or `postgresql://` is the address of a database; anything else is a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_address = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        Ok(if is_address { Self::Postgres(Secret::new(text.to_owned())) } else { Self::File(text.into()) })
    }
}

/// A database that could not do what it was asked for: a sentence without its end. There are no passwords in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// Opens what is kept in a place, or begins it.
///
/// # Errors
/// If there is no way to the database, or it is none.
pub fn open(place: &Place) -> Result<Box<dyn Queue>, Broken> {
    match place {
        Place::File(path) => Ok(Box::new(table::Table::new(sqlite::Sqlite::open(path)?)?)),
        #[cfg(feature = "postgres")]
        Place::Postgres(address) => Ok(Box::new(table::Table::new(postgres::Postgres::new(address.expose())?)?)),
        #[cfg(not(feature = "postgres"))]
        Place::Postgres(_) => Err(Broken("this score-fly was built without Postgres".to_owned())),
    }
}
