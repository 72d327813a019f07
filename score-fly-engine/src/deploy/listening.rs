//! Whether somebody listens where services lead to. Without it a machine works, as far as Fly can see, and answers nobody.

use std::net::IpAddr;
use std::time::Duration;

use score_fly_api::Client;
use score_fly_api::machines::{ConfigJson, Machine, Process};
use serde_json::Value;

use super::run::Run;
use super::trouble::Trouble;

/// How long a program may take to listen. superfly/flyctl: `machines_deploymachinesapp.go`.
const LISTENS: Duration = Duration::from_secs(15);

/// How often to look.
const PAUSE: Duration = Duration::from_secs(1);

impl Run<'_> {
    /// Warns, once for each process group, if a machine that works listens on none of the ports of a service. That can't
    /// be told of a machine that has come to rest, or whose processes Fly does not show: nothing is said then.
    pub(super) fn look_for_listeners(&self, client: &Client, made: &Machine, group: &str) -> Result<(), Trouble> {
        let ports = made.config.as_ref().map(tcp_ports).unwrap_or_default();
        if ports.is_empty() || !self.looks_first(group) {
            return Ok(());
        }
        let deadline = client.now() + LISTENS;
        loop {
            let Ok(processes) = client.app(self.app()).machine(&made.id).processes() else { return Ok(()) };
            let unheard: Vec<u16> = ports.iter().copied().filter(|port| !is_heard(*port, &processes)).collect();
            if unheard.is_empty() || processes.is_empty() {
                return Ok(());
            }
            if client.now() >= deadline {
                self.warn(warning(&made.id, group, &unheard, &processes));
                return Ok(());
            }
            client.sleep(PAUSE)?;
        }
    }
}

/// The ports to which services lead by TCP.
fn tcp_ports(config: &ConfigJson) -> Vec<u16> {
    let services = config.0.get("services").and_then(Value::as_array).into_iter().flatten();
    let is_tcp = |service: &&Value| service.get("protocol").and_then(Value::as_str).unwrap_or("tcp") == "tcp";
    let port = |service: &Value| u16::try_from(service.get("internal_port")?.as_u64()?).ok();
    let mut ports: Vec<u16> = services.filter(is_tcp).filter_map(port).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The TCP addresses on which something listens.
fn addresses(processes: &[Process]) -> impl Iterator<Item = (&str, u16)> {
    let sockets = processes.iter().flat_map(|process| &process.listen_sockets);
    sockets.filter(|socket| socket.proto.starts_with("tcp")).filter_map(|socket| {
        let (host, port) = socket.address.rsplit_once(':')?;
        Some((host.trim_matches(['[', ']']), port.parse().ok()?))
    })
}

/// Whether Fly's proxy finds somebody on a port.
fn is_heard(port: u16, processes: &[Process]) -> bool {
    addresses(processes).any(|(host, heard)| heard == port && !is_local(host))
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn warning(machine: &str, group: &str, unheard: &[u16], processes: &[Process]) -> String {
    let list = |items: Vec<String>| items.join(", ");
    let ports = list(unheard.iter().map(|port| format!("0.0.0.0:{port}")).collect());
    let mut heard: Vec<String> = addresses(processes)
        .map(|(host, port)| if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
        .collect();
    heard.sort();
    heard.dedup();
    let heard = if heard.is_empty() { "no port at all".to_owned() } else { format!("{} only", list(heard)) };
    format!(
        "machine {machine} of `{group}` listens on {heard}, so Fly's proxy does not reach it: let it listen on {ports}, or \
         change `internal_port`"
    )
}

#[cfg(test)]
mod tests {
    use score_fly_api::machines::{ConfigJson, Process};
    use serde_json::{Value, json};

    use super::{is_heard, tcp_ports, warning};

    fn processes(addresses: &[&str]) -> Vec<Process> {
        let sockets: Vec<Value> =
            addresses.iter().map(|address| json!({ "proto": "tcp", "address": address })).collect();
        let udp = json!({ "pid": 2, "listen_sockets": [{ "proto": "udp", "address": "[::]:53" }] });
        serde_json::from_value(json!([{ "pid": 1, "listen_sockets": sockets }, udp])).unwrap()
    }

    #[test]
    fn ports_are_those_of_services_by_tcp() {
        let config = json!({ "services": [
            { "protocol": "tcp", "internal_port": 8080 }, { "internal_port": 80 }, { "internal_port": 8080 },
            { "protocol": "udp", "internal_port": 53 },
        ] });
        assert_eq!(tcp_ports(&ConfigJson::from_json(config).unwrap()), [80, 8080]);
    }

    #[test]
    fn who_listens_to_itself_is_not_heard() {
        for (address, heard) in [
            ("[::]:8080", true),
            ("0.0.0.0:8080", true),
            ("*:8080", true),
            ("[fdaa:0:1::2]:8080", true),
            ("127.0.0.1:8080", false),
            ("[::1]:8080", false),
            ("localhost:8080", false),
            ("[::]:18080", false),
        ] {
            assert_eq!(is_heard(8080, &processes(&[address])), heard, "{address}");
        }
        assert!(!is_heard(53, &processes(&[])), "that is UDP");
    }

    #[test]
    fn what_is_there_instead_is_told() {
        let said = warning("28b7", "app", &[80, 8080], &processes(&["[::]:3000", "127.0.0.1:8080"]));
        let expected = "machine 28b7 of `app` listens on 127.0.0.1:8080, [::]:3000 only, so Fly's proxy does not reach it: \
                        let it listen on 0.0.0.0:80, 0.0.0.0:8080, or change `internal_port`";
        assert_eq!(said, expected);
        assert!(warning("28b7", "app", &[80], &processes(&[])).contains("listens on no port at all, so"));
    }
}
