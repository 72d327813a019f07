//! A session with Fly: the token, the servers, and an end on request.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use score_fly_api::{Client, Clock, Hosts, Options, SystemClock, token, trace};

use crate::login;
use crate::ops::{Context, Failure};

/// What a caller may decide about its sessions with Fly.
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

/// How often to look whether a session is over. Nobody waits for that.
const LOOK: Duration = Duration::from_millis(100);

impl Session {
    /// Finds the token and the servers where flyctl does. Nothing is sent for this.
    ///
    /// # Errors
    /// If there is no token, or a variable that names a server names none.
    pub fn open(context: &Context<'_>, options: &FlyOptions) -> Result<Self, Failure> {
        let Context { root, environment, cancel, .. } = context;
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
        let (watched, stopping, token) = (Arc::downgrade(&alive), client.clone(), (*cancel).clone());
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
        Ok(Self { client, known_secrets, _alive: alive })
    }
}
