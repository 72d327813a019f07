//! A session with Fly: the token, the servers, and an end on request.

use std::collections::BTreeMap;
use std::sync::Arc;

use score_fly_api::Client;

pub use crate::connection::FlyOptions;
use crate::connection::{Connection, NotConnected};
use crate::ops::{Context, Failure};

/// A session with Fly. When the run is cancelled, what its client has under way ends within moments; what
/// [`Client::cleanup`] gives goes on, until somebody wants the end at once.
#[derive(Debug)]
pub struct Session {
    /// The client.
    pub client: Client,
    /// The versions of apps' secrets that flyctl has seen on this machine, by app.
    pub known_secrets: BTreeMap<String, u64>,
    _alive: Arc<()>,
}

impl Session {
    /// Finds the token and the servers where flyctl does. Nothing is sent for this.
    ///
    /// # Errors
    /// If there is no token, or a variable that names a server names none.
    pub fn open(context: &Context<'_>, options: &FlyOptions) -> Result<Self, Failure> {
        let Context { root, environment, cancel, .. } = context;
        match Connection::open(root, environment, cancel, options) {
            Ok(Connection { client, known_secrets, alive }) => Ok(Self { client, known_secrets, _alive: alive }),
            Err(NotConnected::Token(error)) => Err(error.into()),
            Err(NotConnected::Host(error)) => Err(error.into()),
        }
    }
}
