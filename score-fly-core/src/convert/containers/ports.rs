//! Ports that two containers of one machine seem to listen on.

use super::order::is_init;
use crate::convert::messages;
use crate::convert::parts::Task;
use crate::diagnostic::Diagnostics;
use crate::map::SortedMap;
use crate::pointer::Pointer;

/// Warns of ports that more than one container speaks of as its own: with a probe by HTTP, or with a
/// variable `PORT`. Containers share the machine's ports. It is no proof, since a probe may be about
/// a neighbour, and Score has no other words for who listens where. What only prepares others is
/// gone when they start.
pub(super) fn check(tasks: &[Task<'_>], diagnostics: &mut Diagnostics) {
    let claims = tasks.iter().filter(|task| !is_init(task.container.written)).flat_map(|task| {
        claimed(task).map(|(port, path)| {
            let pointer: Pointer = ["containers", task.name].into_iter().chain(path.iter().copied()).collect();
            (port, (task.name, pointer))
        })
    });
    for (port, mut claims) in SortedMap::grouped(claims) {
        claims.dedup_by_key(|(container, _)| *container);
        let mut claims = claims.into_iter();
        let Some((first, first_at)) = claims.next() else { continue };
        for (other, pointer) in claims {
            diagnostics.push(messages::container_port_conflict(pointer, port, (first, other), first_at.clone()));
        }
    }
}

/// The ports of a container, with where in it they stand.
fn claimed(task: &Task<'_>) -> impl Iterator<Item = (u16, &'static [&'static str])> {
    const READINESS: &[&str] = &["readinessProbe", "httpGet", "port"];
    const LIVENESS: &[&str] = &["livenessProbe", "httpGet", "port"];
    const VARIABLE: &[&str] = &["variables", "PORT"];
    let written = task.container.written;
    let probes = [(&written.readiness_probe, READINESS), (&written.liveness_probe, LIVENESS)];
    let probes = probes.map(|(probe, path)| Some((probe.as_ref()?.http_get.as_ref()?.port, path)));
    let variable = task.container.variables.get("PORT").and_then(Option::as_ref);
    let variable = variable.and_then(|variable| variable.value.public()?.parse().ok());
    probes.into_iter().flatten().chain(variable.map(|port| (port, VARIABLE)))
}
