//! A connection with Fly: the token and the servers, found where flyctl finds them, and an end on request.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use score_fly_api::token::{self, NoToken};
use score_fly_api::{Client, Clock, Hosts, InvalidHost, Options, SystemClock, trace};

use crate::cancel::CancelToken;
use crate::environment::Environment;
use crate::login;
use crate::root::Root;

/// What a caller may decide about how it talks to Fly.
#[derive(Clone, Default)]
pub struct FlyOptions {
    /// Who is told of every request and answer. There are no tokens and no secrets in them.
    pub trace: Option<Arc<dyn trace::Observer>>,
    /// The clock by which calls are repeated and waited for; the system's, if there is none.
    pub clock: Option<Arc<dyn Clock>>,
}

impl fmt::Debug for FlyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlyOptions").finish_non_exhaustive()
    }
}

/// A connection with Fly. When the run is cancelled, what its client has under way ends within moments; what
/// [`Client::cleanup`] gives goes on, until somebody wants the end at once.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// The versions of apps' secrets that flyctl has seen on this machine, by app.
    pub(crate) known_secrets: BTreeMap<String, u64>,
    pub(crate) alive: Arc<()>,
}

/// Why Fly can't be talked to. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotConnected {
    #[error(transparent)]
    Token(#[from] NoToken),
    #[error(transparent)]
    Host(#[from] InvalidHost),
}

/// How often to look whether a connection is over. Nobody waits for that.
const LOOK: Duration = Duration::from_millis(100);

impl Connection {
    /// Finds the token and the servers where flyctl does. Nothing is sent for this.
    pub(crate) fn open(
        root: &Root,
        environment: &Environment,
        cancel: &CancelToken,
        options: &FlyOptions,
    ) -> Result<Self, NotConnected> {
        let hosts = Hosts::from_env(|name| environment.text(name))?;
        let token = login::token(root, environment)?;
        let config = login::flyctl_config(root, environment).unwrap_or_default();
        let options = Options {
            hosts,
            clock: options.clock.clone().unwrap_or_else(|| Arc::new(SystemClock::new())),
            observer: options.trace.clone(),
            ..Options::default()
        };
        let client = Client::new(token, options);
        let alive = Arc::new(());
        let (watched, stopping, token) = (Arc::downgrade(&alive), client.clone(), cancel.clone());
        thread::spawn(move || {
            let mut stopped = false;
            while watched.strong_count() > 0 {
                if token.sleep(LOOK) {
                    continue;
                }
                if !std::mem::replace(&mut stopped, true) {
                    stopping.stop();
                }
                if token.is_urgent() {
                    return stopping.cleanup().stop();
                }
                thread::sleep(LOOK);
            }
        });
        let known_secrets = token::known_secrets_versions(&config).unwrap_or_default();
        Ok(Self { client, known_secrets, alive })
    }
}
