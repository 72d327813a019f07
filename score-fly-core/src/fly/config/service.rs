//! Services, and the checks on what they serve.

use alloc::borrow::Cow;

use crate::diagnostic::Diagnostics;
use crate::document::{Node, Value};
use crate::fly::Duration;
use crate::fly::field::Field;
use crate::fly::messages;
use crate::fly::sections::sections;
use crate::fly::words::{AutoStop, CheckType, ConcurrencyType, Handler, Protocol};
use crate::map::SortedMap;
use crate::pointer::Path;
use crate::prelude::*;

sections! {
    /// `[http_service]`.
    pub struct HttpService {
        /// The port in the machine.
        internal_port: Option<u16>,
        /// Redirect from HTTP to HTTPS.
        force_https: Option<bool>,
        /// What the proxy does with idle machines.
        auto_stop_machines: Option<AutoStop>,
        /// Whether the proxy starts machines.
        auto_start_machines: Option<bool>,
        /// How many machines keep running in the primary region.
        min_machines_running: Option<u32>,
        /// The process groups.
        processes: Vec<String>,
        /// Load limits.
        concurrency: Option<Concurrency>,
        /// TLS options.
        tls_options: Option<TlsOptions>,
        /// HTTP options.
        http_options: Option<HttpOptions>,
        /// Checks.
        checks: Vec<HttpCheck>,
        /// Commands run once for each deploy.
        machine_checks: Vec<MachineCheck>,
    }

    /// `[[services]]`.
    pub struct Service {
        /// `tcp` or `udp`.
        protocol: Option<Protocol>,
        /// The port in the machine.
        internal_port: Option<u16>,
        /// What the proxy does with idle machines.
        auto_stop_machines: Option<AutoStop>,
        /// Whether the proxy starts machines.
        auto_start_machines: Option<bool>,
        /// How many machines keep running in the primary region.
        min_machines_running: Option<u32>,
        /// The process groups.
        processes: Vec<String>,
        /// External ports.
        ports: Vec<ServicePort>,
        /// Load limits.
        concurrency: Option<Concurrency>,
        /// TCP checks.
        tcp_checks: Vec<TcpCheck>,
        /// HTTP checks.
        http_checks: Vec<HttpCheck>,
        /// Commands run once for each deploy.
        machine_checks: Vec<MachineCheck>,
    }

    /// `[[services.ports]]`.
    pub struct ServicePort {
        /// The external port.
        port: Option<u16>,
        /// First port of a range.
        start_port: Option<u16>,
        /// Last port of a range.
        end_port: Option<u16>,
        /// What the proxy does with connections.
        handlers: Vec<Handler>,
        /// Redirect from HTTP to HTTPS.
        force_https: Option<bool>,
        /// TLS options.
        tls_options: Option<TlsOptions>,
        /// HTTP options.
        http_options: Option<HttpOptions>,
        /// PROXY protocol options.
        proxy_proto_options: Option<ProxyProtoOptions>,
    }

    /// `tls_options`.
    pub struct TlsOptions {
        /// Protocols to negotiate, such as `h2`.
        alpn: Vec<String>,
        /// TLS versions, such as `TLSv1.3`.
        versions: Vec<String>,
        /// Serve a self-signed certificate when there is no other.
        default_self_signed: Option<bool>,
    }

    /// `http_options`.
    pub struct HttpOptions {
        /// Compress responses.
        compress: Option<bool>,
        /// Speak HTTP/2 without TLS to the app.
        h2_backend: Option<bool>,
        /// Seconds.
        idle_timeout: Option<u32>,
        /// Seconds.
        headers_read_timeout: Option<u32>,
        /// Changes to responses.
        response: Option<HttpResponseOptions>,
        /// Requests that go back to the same machine.
        replay_cache: Vec<ReplayCache>,
    }

    /// `http_options.response`.
    pub struct HttpResponseOptions {
        /// Headers by name.
        headers: SortedMap<String, ResponseHeader>,
        /// Add none of Fly's own headers.
        pristine: Option<bool>,
    }

    /// `http_options.replay_cache`.
    pub struct ReplayCache {
        /// The paths it is for.
        path_prefix: Option<String>,
        /// Seconds, at least 10.
        ttl_seconds: Option<u32>,
        /// `cookie` or `header`.
        kind as "type": Option<String>,
        /// The cookie's or header's name.
        name: Option<String>,
        /// Whether a request may bypass it.
        allow_bypass: Option<bool>,
    }

    /// `proxy_proto_options`.
    pub struct ProxyProtoOptions {
        /// `v1` or `v2`.
        version: Option<String>,
    }

    /// `concurrency`.
    pub struct Concurrency {
        /// What is counted.
        kind as "type": Option<ConcurrencyType>,
        /// Never more than this.
        hard_limit: Option<u32>,
        /// Prefer other machines from here on.
        soft_limit: Option<u32>,
    }

    /// `[[services.tcp_checks]]`.
    pub struct TcpCheck {
        /// Time between checks.
        interval: Option<Duration>,
        /// How long one may take.
        timeout: Option<Duration>,
        /// Time after start in which failures do not count.
        grace_period: Option<Duration>,
    }

    /// `[[services.http_checks]]`.
    pub struct HttpCheck {
        /// Time between checks.
        interval: Option<Duration>,
        /// How long one may take.
        timeout: Option<Duration>,
        /// Time after start in which failures do not count.
        grace_period: Option<Duration>,
        /// The HTTP method.
        method: Option<String>,
        /// The path.
        path: Option<String>,
        /// `http` or `https`.
        protocol: Option<String>,
        /// Take any certificate.
        tls_skip_verify: Option<bool>,
        /// The name to verify the certificate against.
        tls_server_name: Option<String>,
        /// Headers to send.
        headers: SortedMap<String, String>,
    }

    /// `[checks.*]`.
    pub struct Check {
        /// The port in the machine.
        port: Option<u16>,
        /// `http` or `tcp`.
        kind as "type": Option<CheckType>,
        /// Time between checks.
        interval: Option<Duration>,
        /// How long one may take.
        timeout: Option<Duration>,
        /// Time after start in which failures do not count.
        grace_period: Option<Duration>,
        /// The HTTP method.
        method: Option<String>,
        /// The path.
        path: Option<String>,
        /// `http` or `https`.
        protocol: Option<String>,
        /// Take any certificate.
        tls_skip_verify: Option<bool>,
        /// The name to verify the certificate against.
        tls_server_name: Option<String>,
        /// Headers to send.
        headers: SortedMap<String, String>,
        /// The process groups.
        processes: Vec<String>,
    }

    /// `[[machine_checks]]`.
    pub struct MachineCheck {
        /// The command.
        command: Vec<String>,
        /// The image it runs in.
        image: Option<String>,
        /// Replaces the image's ENTRYPOINT.
        entrypoint: Option<Vec<String>>,
        /// Signal that stops it.
        kill_signal: Option<String>,
        /// Time until it is killed.
        kill_timeout: Option<Duration>,
    }
}

impl HttpService {
    /// The service that it stands for, on the ports 80 and 443.
    pub(crate) fn to_service(&self) -> Service {
        let Self {
            internal_port,
            force_https,
            auto_stop_machines,
            auto_start_machines,
            min_machines_running,
            processes,
            concurrency,
            tls_options,
            http_options,
            checks,
            machine_checks,
        } = self.clone();
        let port = |port, handlers| ServicePort {
            port: Some(port),
            handlers,
            http_options: http_options.clone(),
            ..ServicePort::default()
        };
        let ports = vec![
            ServicePort { force_https, ..port(80, vec![Handler::Http]) },
            ServicePort { tls_options, ..port(443, vec![Handler::Http, Handler::Tls]) },
        ];
        Service {
            protocol: Some(Protocol::Tcp),
            internal_port,
            auto_stop_machines,
            auto_start_machines,
            min_machines_running,
            processes,
            ports,
            concurrency,
            tcp_checks: Vec::new(),
            http_checks: checks,
            machine_checks,
        }
    }
}

/// The same as one of `[checks]`, which has a port as well.
impl From<HttpCheck> for Check {
    fn from(check: HttpCheck) -> Self {
        let HttpCheck {
            interval,
            timeout,
            grace_period,
            method,
            path,
            protocol,
            tls_skip_verify,
            tls_server_name,
            headers,
        } = check;
        Self {
            port: None,
            kind: Some(CheckType::Http),
            interval,
            timeout,
            grace_period,
            method,
            path,
            protocol,
            tls_skip_verify,
            tls_server_name,
            headers,
            processes: Vec::new(),
        }
    }
}

impl From<TcpCheck> for Check {
    fn from(check: TcpCheck) -> Self {
        let TcpCheck { interval, timeout, grace_period } = check;
        Self { kind: Some(CheckType::Tcp), interval, timeout, grace_period, ..Self::default() }
    }
}

/// What happens to a header of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged))]
pub enum ResponseHeader {
    /// `false` removes it.
    Keep(bool),
    /// It is set to this.
    Set(String),
    /// It is set once to each of these.
    SetAll(Vec<String>),
}

impl Field for ResponseHeader {
    fn blank() -> Self {
        Self::Keep(false)
    }

    fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
        *self = match &node.value {
            Value::Bool(false) => Self::Keep(false),
            Value::String(text) => Self::Set(text.to_string()),
            Value::Sequence(_) => {
                let mut texts = Vec::new();
                texts.fill(node, at, diagnostics);
                Self::SetAll(texts)
            }
            other => {
                diagnostics.push(messages::wrong_type(at, "text, a list of text, or `false`", other));
                return false;
            }
        };
        true
    }

    fn tree(&self, _: bool) -> Value<'_> {
        match self {
            Self::Keep(value) => Value::Bool(*value),
            Self::Set(text) => Value::String(Cow::Borrowed(text)),
            Self::SetAll(texts) => texts.write(),
        }
    }
}
