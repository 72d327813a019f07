//! Ports that two containers of one machine seem to listen on.

use alloc::collections::BTreeMap;

use super::is_init;
use crate::convert::Scope;
use crate::convert::messages;
use crate::diagnostic::Diagnostics;
use crate::pointer::Pointer;

/// Warns of ports that more than one container speaks of as its own: with a probe by HTTP, or with a
/// variable `PORT`. Containers share the machine's ports. It is no proof, since a probe may be about
/// a neighbour, and Score has no other words for who listens where. What only prepares others is
/// gone when they start.
pub(super) fn check(scopes: &[Scope<'_>], diagnostics: &mut Diagnostics) {
    let mut claims: BTreeMap<u16, (&str, Pointer)> = BTreeMap::new();
    for scope in scopes.iter().filter(|scope| !is_init(scope.container)) {
        let mut own: BTreeMap<u16, Pointer> = BTreeMap::new();
        for (port, path) in claimed(scope) {
            let pointer = ["containers", scope.name].into_iter().chain(path.iter().copied()).collect();
            own.entry(port).or_insert(pointer);
        }
        for (port, pointer) in own {
            match claims.get(&port) {
                Some((first, first_at)) => {
                    let both = (*first, scope.name);
                    diagnostics.push(messages::container_port_conflict(pointer, port, both, first_at.clone()));
                }
                None => {
                    claims.insert(port, (scope.name, pointer));
                }
            }
        }
    }
}

/// The ports of a container, with where in it they stand.
fn claimed(scope: &Scope<'_>) -> impl Iterator<Item = (u16, &'static [&'static str])> {
    const READINESS: &[&str] = &["readinessProbe", "httpGet", "port"];
    const LIVENESS: &[&str] = &["livenessProbe", "httpGet", "port"];
    const VARIABLE: &[&str] = &["variables", "PORT"];
    let probes = [(&scope.container.readiness_probe, READINESS), (&scope.container.liveness_probe, LIVENESS)];
    let probes = probes.map(|(probe, path)| Some((probe.as_ref()?.http_get.as_ref()?.port, path)));
    let variable = scope.resolved.variables.get("PORT").and_then(|value| value.public()?.parse().ok());
    probes.into_iter().flatten().chain(variable.map(|port| (port, VARIABLE)))
}
