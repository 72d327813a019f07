//! `[[vm]]`.

use super::facts::{Facts, each};
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{CpuKind, Vm};
use crate::fly::size;
use crate::fly::vm::{Fault, asked, gpu_of_size, unreadable};
use crate::pointer::Path;

const PERSIST_ROOTFS: [&str; 4] = ["none", "never", "restart", "always"];

pub(super) fn machines(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("vm", &facts.config.vm, |at, vm| machine(vm, at, report));
}

/// An entry that names a group wins over one that names none; of two that are alike, flyctl takes the
/// first.
pub(super) fn repeated(facts: &Facts<'_>, report: &mut Diagnostics) {
    let config = facts.config;
    let named = config.vm.iter().enumerate().map(|(index, vm)| (vm.processes.as_slice(), index));
    let list = Path::ROOT.key("vm");
    for (group, machines) in config.by_process_group(named.filter(|(processes, _)| !processes.is_empty())) {
        for index in machines.into_iter().skip(1) {
            report.push(messages::second_vm(&list.index(index), group));
        }
    }
    let mut general = false;
    each("vm", &config.vm, |at, vm| {
        if vm.processes.is_empty() {
            if general {
                report.push(messages::second_general_vm(at));
            }
            general = true;
        }
    });
}

pub(super) fn machine(vm: &Vm, at: &Path<'_>, report: &mut Diagnostics) {
    gpu(vm, at, report);
    for value in unreadable(vm) {
        report.push(messages::unreadable_vm(at, value));
    }
    if vm.memory.as_deref().is_some_and(|memory| size::mebibytes(memory) > Some(0))
        && vm.memory_mb.is_some_and(|memory| memory > 0)
    {
        let why = "`memory_mb` wins over it";
        report.push(messages::ineffective(&at.key("memory"), why).with_related(&at.key("memory_mb"), "this is used"));
    }
    if let Some(word) = vm.persist_rootfs.as_deref().filter(|word| !word.is_empty() && !PERSIST_ROOTFS.contains(word)) {
        report.push(messages::word(&at.key("persist_rootfs"), word, &PERSIST_ROOTFS));
    }
    let fault = |vm: &Vm| asked(vm).and_then(|asked| Some((asked, asked.fault()?)));
    let found = if asked(vm).is_some() {
        fault(vm)
    } else {
        // Where only the memory can't be read, the cpus can be judged.
        fault(&Vm { memory: None, ..vm.clone() }).filter(|(_, fault)| matches!(fault, Fault::Cpus(_)))
    };
    let Some((asked, fault)) = found else { return };
    // The key that most probably is the wrong one.
    let memory = if vm.memory_mb.is_some() { Some("memory_mb") } else { vm.memory.as_ref().map(|_| "memory") };
    let kind = vm.cpu_kind.filter(|kind| *kind == CpuKind::Performance).map(|_| "cpu_kind");
    let cpus = vm.cpus.map(|_| "cpus");
    let key = match fault {
        Fault::Cpus(_) => cpus.or(kind),
        _ => memory.or(cpus).or(kind),
    };
    report.push(messages::guest(&at.key(key.unwrap_or("size")), asked, &fault));
}

fn gpu(vm: &Vm, at: &Path<'_>, report: &mut Diagnostics) {
    if vm.size.as_deref().and_then(gpu_of_size).is_some() {
        report.push(messages::gpu(&at.key("size")));
    } else if vm.gpu_kind.is_some() {
        report.push(messages::gpu(&at.key("gpu_kind")));
    } else if vm.gpus.is_some_and(|gpus| gpus > 0) {
        report.push(messages::gpu(&at.key("gpus")));
    }
}
