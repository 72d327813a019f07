//! `[[vm]]`: the machine's size.

use super::annotations::{Annotations, AppAnnotations};
use crate::convert::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{CpuKind, Vm};
use crate::fly::guest;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::{Container, ResourceAmounts, Workload, quantity};

/// The machine of all containers.
pub(super) fn of_all(workload: &Workload, annotations: &Annotations, diagnostics: &mut Diagnostics) -> Vec<Vm> {
    let containers: Vec<_> = workload.containers.iter().map(|(name, container)| (name.as_str(), container)).collect();
    convert(&containers, annotations, diagnostics).into_iter().collect()
}

/// Reports annotations that no machine goes by.
pub(super) fn check(annotations: &AppAnnotations, diagnostics: &mut Diagnostics) {
    if let Some((size, kind)) = contradiction(annotations) {
        diagnostics.push(crate::convert::annotations::messages::annotations_disagree(kind, size));
    }
}

/// The annotations of a size and of the cpus that it has not.
fn contradiction(annotations: &AppAnnotations) -> Option<(&str, &str)> {
    let (size, kind) = (annotations.vm_size.as_ref()?, annotations.vm_cpu_kind.as_ref()?);
    let contradict = (size.value.kind, kind.value) == (CpuKind::Performance, CpuKind::Shared);
    contradict.then_some((&size.key, &kind.key))
}

/// The smallest machine with what these containers together ask for. Nothing if neither they nor
/// annotations ask for anything: then Fly's default stands, or what `fly scale` has set.
///
/// Always with all three keys, since flyctl does not fit one to another.
pub(super) fn convert(
    containers: &[(&str, &Container)],
    annotations: &Annotations,
    diagnostics: &mut Diagnostics,
) -> Option<Vm> {
    let size = annotations.app.vm_size.as_ref();
    let kind = annotations.app.vm_cpu_kind.as_ref();
    let asked: Vec<(&str, Asked)> =
        containers.iter().filter_map(|(name, container)| Some((*name, Asked::by(container)?))).collect();
    if (asked.is_empty() && size.is_none() && kind.is_none()) || contradiction(&annotations.app).is_some() {
        return None;
    }
    let cpu_millis = asked.iter().fold(0_u64, |sum, (_, asked)| sum.saturating_add(asked.cpu_millis));
    let memory_bytes = asked.iter().fold(0_u64, |sum, (_, asked)| sum.saturating_add(asked.memory_bytes));
    let found =
        guest::smallest_guest(cpu_millis, memory_bytes, size.map(|size| size.value), kind.map(|kind| kind.value));
    let Some(guest) = found else {
        let kind = kind.map(|kind| (kind.key.as_str(), kind.value));
        let containers = Path::ROOT.key("containers");
        // Annotations alone can't ask for too much, so some container does.
        let container = containers.key(asked.first().map_or("", |(name, _)| name));
        let at = container.key("resources");
        diagnostics.push(messages::no_guest_fits(&at, cpu_millis, memory_bytes, kind));
        return None;
    };
    Some(Vm { memory: Some(guest.memory_text()), cpu_kind: Some(guest.kind), cpus: Some(guest.cpus), ..Vm::default() })
}

/// What a container asks for: of requests and limits the larger.
#[derive(Default)]
struct Asked {
    cpu_millis: u64,
    memory_bytes: u64,
}

impl Asked {
    /// `None` if it asks for nothing. An amount that can't be read was reported when decoding.
    fn by(container: &Container) -> Option<Self> {
        let resources = container.resources.as_ref()?;
        let amounts = || resources.requests.iter().chain(&resources.limits);
        let cpu = |amounts: &ResourceAmounts| quantity::cpu_millis(amounts.cpu.as_deref()?);
        let memory = |amounts: &ResourceAmounts| quantity::memory_bytes(amounts.memory.as_deref()?);
        let cpu_millis = amounts().filter_map(cpu).max();
        let memory_bytes = amounts().filter_map(memory).max().map(|bytes| u64::try_from(bytes).unwrap_or(u64::MAX));
        (cpu_millis.is_some() || memory_bytes.is_some()).then(|| Self {
            cpu_millis: cpu_millis.unwrap_or_default(),
            memory_bytes: memory_bytes.unwrap_or_default(),
        })
    }
}
