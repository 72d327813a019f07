//! Jobs in both kinds of databases, and workers that are killed.

mod cases;
mod killed;
#[cfg(all(unix, feature = "postgres"))]
mod server;

use std::path::Path;

use score_fly_gitops::queue::{Place, Queue, open};

/// A database that is new.
fn in_file(folder: &Path) -> Place {
    Place::File(folder.join("jobs.db"))
}

fn queue(place: &Place) -> Box<dyn Queue> {
    open(place).unwrap()
}
