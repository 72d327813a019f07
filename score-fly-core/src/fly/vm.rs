//! The machine that a `[[vm]]` asks for, as flyctl works it out.

use super::config::Vm;
use super::guest::{Guest, limits_of};
use super::limits::GuestLimits;
use super::size;
use super::words::CpuKind;

/// Sizes with a GPU, which flyctl still knows, and the GPU that each has.
const GPU_SIZES: [(&str, &str); 4] =
    [("a100-40gb", "a100-pcie-40gb"), ("a100-80gb", "a100-sxm4-80gb"), ("l40s", "l40s"), ("a10", "a10")];

/// The GPU of a size, if it has one.
pub(crate) fn gpu_of_size(size: &str) -> Option<&'static str> {
    GPU_SIZES.iter().find(|(name, _)| *name == size).map(|(_, gpu)| *gpu)
}

/// Why Fly has no such machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has no machine with that many cpus; these are the numbers that there are.
    Cpus(&'static [u16]),
    /// At least so many MiB.
    TooLittleMemory(u64),
    /// At most so many MiB.
    TooMuchMemory(u64),
    /// Memory in multiples of so many MiB.
    OddMemory(u64),
}

/// The numbers of cpus and MiB, before anybody asked whether Fly has such a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) kind: CpuKind,
    pub(crate) cpus: u32,
    pub(crate) memory_mib: u64,
}

/// A value that flyctl can't make a machine of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable<'v> {
    /// The size is none that it knows.
    Size(&'v str),
    /// The memory is no amount, or none at all.
    Memory(&'v str),
}

/// What keeps a `[[vm]]` from asking for anything.
pub(crate) fn unreadable(vm: &Vm) -> impl Iterator<Item = Unreadable<'_>> {
    let unknown = |size: &&str| Guest::named(size).is_none() && gpu_of_size(size).is_none();
    let size = vm.size.as_deref().filter(unknown).map(Unreadable::Size);
    let memory = memory(vm).filter(|memory| mebibytes(memory).is_none()).map(Unreadable::Memory);
    size.into_iter().chain(memory)
}

/// flyctl takes an empty text for nothing.
fn memory(vm: &Vm) -> Option<&str> {
    vm.memory.as_deref().filter(|memory| !memory.is_empty())
}

/// flyctl takes no memory for a mistake.
fn mebibytes(text: &str) -> Option<u64> {
    size::mebibytes(text).filter(|memory| *memory > 0)
}

/// What a `[[vm]]` asks for: its size, or the smallest one; then `memory`; then each other key. The
/// memory of a size stays when only the cpus are others. `None` if something is [`unreadable`].
pub(crate) fn asked(vm: &Vm) -> Option<Asked> {
    let size = match (vm.size.as_deref(), &vm.gpu_kind) {
        (Some(size), _) if gpu_of_size(size).is_some() => {
            Guest { kind: CpuKind::Performance, cpus: 8, memory_mib: 32768 }
        }
        (Some(size), _) => Guest::named(size)?,
        (None, Some(_)) => Guest::named("performance-8x")?,
        (None, None) => Guest::named("shared-cpu-1x")?,
    };
    let memory = match memory(vm) {
        Some(text) => mebibytes(text)?,
        None => u64::from(size.memory_mib),
    };
    // flyctl takes zero for nothing.
    Some(Asked {
        kind: vm.cpu_kind.unwrap_or(size.kind),
        cpus: u32::from(vm.cpus.filter(|cpus| *cpus > 0).unwrap_or(size.cpus)),
        memory_mib: vm.memory_mb.filter(|memory| *memory > 0).map_or(memory, u64::from),
    })
}

impl Asked {
    /// Why Fly has no such machine, if it has none.
    pub(crate) fn fault(self) -> Option<Fault> {
        let Self { kind, cpus, memory_mib } = self;
        let GuestLimits { cpus: usual, cpus_on_request, memory, step, .. } = limits_of(kind);
        if !usual.iter().chain(*cpus_on_request).any(|known| u32::from(*known) == cpus) {
            return Some(Fault::Cpus(usual));
        }
        let (least, most) = (u64::from(*memory.start()) * u64::from(cpus), u64::from(*memory.end()) * u64::from(cpus));
        let step = u64::from(*step);
        if memory_mib < least {
            Some(Fault::TooLittleMemory(least))
        } else if memory_mib > most {
            Some(Fault::TooMuchMemory(most))
        } else {
            (memory_mib % step != 0).then_some(Fault::OddMemory(step))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn fault(vm: &Vm) -> Option<Fault> {
        asked(vm).unwrap().fault()
    }

    #[test]
    fn works_out_what_flyctl_does() {
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (Vm::default(), Some((CpuKind::Shared, 1, 256))),
            (Vm { size: text("shared-cpu-2x"), ..Vm::default() }, Some((CpuKind::Shared, 2, 512))),
            // The cpus alone don't change the memory.
            (Vm { cpus: Some(2), ..Vm::default() }, Some((CpuKind::Shared, 2, 256))),
            (Vm { cpu_kind: Some(CpuKind::Performance), ..Vm::default() }, Some((CpuKind::Performance, 1, 256))),
            // `memory_mb` wins over `memory`.
            (Vm { memory: text("1gb"), memory_mb: Some(512), ..Vm::default() }, Some((CpuKind::Shared, 1, 512))),
            (Vm { size: text("shared-cpu-3x"), ..Vm::default() }, None),
            (Vm { memory: text("512Mi"), ..Vm::default() }, None),
            (Vm { memory: text("0"), ..Vm::default() }, None),
        ];
        for (vm, expected) in cases {
            let asked = asked(&vm).map(|asked| (asked.kind, asked.cpus, asked.memory_mib));
            assert_eq!(asked, expected, "{vm:?}");
        }
    }

    #[test]
    fn knows_what_fly_has() {
        let vm = |kind, cpus, memory| Vm {
            cpu_kind: Some(kind),
            cpus: Some(cpus),
            memory_mb: Some(memory),
            ..Vm::default()
        };
        assert_eq!(fault(&vm(CpuKind::Shared, 6, 1536)), None);
        assert_eq!(fault(&vm(CpuKind::Shared, 3, 1024)), Some(Fault::Cpus(&[1, 2, 4, 6, 8])));
        assert_eq!(fault(&vm(CpuKind::Shared, 2, 256)), Some(Fault::TooLittleMemory(512)));
        assert_eq!(fault(&vm(CpuKind::Shared, 1, 2304)), Some(Fault::TooMuchMemory(2048)));
        assert_eq!(fault(&vm(CpuKind::Shared, 1, 300)), Some(Fault::OddMemory(256)));
        assert_eq!(fault(&vm(CpuKind::Performance, 1, 3072)), None);
        assert_eq!(fault(&vm(CpuKind::Performance, 1, 2560)), Some(Fault::OddMemory(1024)));
        assert_eq!(fault(&vm(CpuKind::Performance, 64, 131_072)), None);
    }
}
