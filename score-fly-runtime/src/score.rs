//! The Score file of a function.

use std::fmt::Write as _;

use crate::runtime::Contract;

/// A workload that runs the image of a function: it is open to the web, its machines stop when nobody
/// asks for anything, and it has these secret files, from variables of the same names.
pub(crate) fn file(name: &str, contract: &Contract, secrets: &[String]) -> String {
    let Contract { port, health, user: _, stop_signal } = contract;
    let mut text = format!(
        "apiVersion: score.dev/v1b1
metadata:
  name: {name}
  annotations:
    # Machines stop when nobody asks for anything, and the next request starts one.
    fly.score.dev/service-https-auto-stop: stop
    fly.score.dev/service-https-auto-start: \"true\"
    fly.score.dev/service-https-min-running: \"0\"
    fly.score.dev/service-http-force-https: \"true\"
    fly.score.dev/kill-signal: {stop_signal}
service:
  ports:
    http:
      port: 80
      targetPort: {port}
    https:
      port: 443
      targetPort: {port}
containers:
  main:
    # Built from the Dockerfile beside this file.
    image: .
"
    );
    if !secrets.is_empty() {
        text.push_str("    files:\n");
        for secret in secrets {
            let _ = write!(text, "      /secrets/{secret}:\n        content: ${{resources.secrets.{secret}}}\n");
        }
    }
    let _ = write!(text, "    readinessProbe:\n      httpGet:\n        path: {health}\n        port: {port}\n");
    if !secrets.is_empty() {
        text.push_str("resources:\n  # Variables of the environment in which score-fly runs.\n");
        text.push_str("  secrets:\n    type: environment\n    class: secret\n");
    }
    text
}
