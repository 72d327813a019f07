//! One request, and its answer.

use std::io::Read;
use std::time::Duration;

use ureq::http::request::Builder;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, SendBody};

use crate::registry::answer::{Answer, Peer, Trouble};
use crate::{Error, Stop};

/// The connections to a registry.
pub(super) struct Wire<'a> {
    agent: Agent,
    pub(super) peer: Peer<'a>,
    stop: &'a Stop<'a>,
}

const SECOND: Duration = Duration::from_secs(1);

/// The longest answer: a manifest.
const ANSWER: u64 = 4 << 20;

impl<'a> Wire<'a> {
    pub(super) fn new(peer: Peer<'a>, stop: &'a Stop<'a>) -> Self {
        let mut config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .user_agent(concat!("score-fly-image/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(16)
            .max_idle_connections_per_host(16)
            .input_buffer_size(16 << 10)
            .timeout_resolve(Some(10 * SECOND))
            .timeout_connect(Some(10 * SECOND))
            .timeout_per_write(Some(60 * SECOND))
            // Some registries read a blob again before they say that they have it.
            .timeout_recv_response(Some(600 * SECOND))
            .timeout_recv_body(Some(60 * SECOND));
        if peer.to.is_local() {
            config = config.proxy(None);
        }
        Self { agent: config.build().new_agent(), peer, stop }
    }

    /// Breaks all connections, so that whoever waits for one goes on.
    pub(super) fn shut_down(&self) {
        self.agent.clone().shutdown();
    }

    /// Sends a request and reads its answer, if that is short.
    pub(super) fn send(
        &self,
        request: Builder,
        bytes: Option<&[u8]>,
        body: Option<&mut dyn Read>,
    ) -> Result<Answer, Trouble> {
        if (self.stop)() {
            return Err(Trouble::Final(Error::Stopped));
        }
        let mut slice = bytes.unwrap_or_default();
        let sent = match (body, bytes) {
            (Some(body), _) => request.body(SendBody::from_reader(body)).map(|request| self.agent.run(request)),
            (None, Some(_)) => {
                let body: &mut dyn Read = &mut slice;
                request.body(SendBody::from_reader(body)).map(|request| self.agent.run(request))
            }
            (None, None) => request.body(()).map(|request| self.agent.run(request)),
        };
        let sent = sent.map_err(|_| Trouble::Final(self.peer.protocol("an address or a header is invalid")))?;
        let mut response = sent.map_err(|error| self.broken(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let read = response.body_mut().as_reader().take(ANSWER + 1).read_to_end(&mut body);
        match read {
            // What an error says is only for people.
            Err(_) if status >= 400 => {}
            Err(error) => return Err(self.broken(&error.into())),
            Ok(length) if length as u64 > ANSWER => {
                return Err(Trouble::Final(self.peer.protocol("an answer is far too long")));
            }
            Ok(_) => {}
        }
        Ok(Answer { status, headers: response.headers().clone(), body, elsewhere: false, login: None })
    }

    fn broken(&self, error: &ureq::Error) -> Trouble {
        if (self.stop)() {
            return Trouble::Final(Error::Stopped);
        }
        let unreachable = |reason: &str| Error::Unreachable { registry: self.peer.name(), reason: reason.to_owned() };
        match error {
            ureq::Error::HostNotFound => Trouble::Final(unreachable("there is no such host")),
            ureq::Error::BadUri(_) => Trouble::Final(unreachable("it is no address of a server")),
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::TlsRequired => {
                Trouble::Final(unreachable(&self.peer.clean(error.to_string())))
            }
            ureq::Error::Timeout(_) => Trouble::again("it takes too long"),
            error => Trouble::again(&self.peer.clean(error.to_string())),
        }
    }
}
