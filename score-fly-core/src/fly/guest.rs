//! Machine sizes: which combinations of cpus and memory Fly sells.

use super::limits::{GUESTS, GuestLimits};
use super::words::CpuKind;
use crate::prelude::*;

/// A machine's cpus and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guest {
    /// Shares of cores, or whole ones.
    pub kind: CpuKind,
    /// How many.
    pub cpus: u16,
    /// Memory in MiB.
    pub memory_mib: u32,
}

/// What machines with a kind of cpu can have.
pub(super) fn limits_of(kind: CpuKind) -> &'static GuestLimits {
    let [shared, performance] = &GUESTS;
    match kind {
        CpuKind::Shared => shared,
        CpuKind::Performance => performance,
    }
}

impl Guest {
    /// The machine that flyctl knows by this name, such as `shared-cpu-2x` or `performance-4x`.
    /// Those with a GPU are left out: Fly no longer sells them.
    pub fn named(size: &str) -> Option<Self> {
        Self::all_named().find_map(|(name, guest)| (name == size).then_some(guest))
    }

    /// All names of [`Guest::named`], from small to large.
    pub fn names() -> impl Iterator<Item = String> {
        Self::all_named().map(|(name, _)| name)
    }

    fn all_named() -> impl Iterator<Item = (String, Self)> {
        GUESTS.iter().flat_map(|GuestLimits { kind, name, cpus, memory, .. }| {
            cpus.iter().map(move |&cpus| {
                (format!("{name}-{cpus}x"), Self { kind: *kind, cpus, memory_mib: memory.start() * u32::from(cpus) })
            })
        })
    }

    /// The memory as fly.toml writes it: `512mb`. flyctl reads `mb` as MiB.
    pub fn memory_text(self) -> String {
        format!("{}mb", self.memory_mib)
    }
}

/// The smallest machine with at least these cpus (in thousandths) and this memory (in bytes).
///
/// Smallest means the fewest cpus, and then the least memory. The machine is no smaller than
/// `floor`, and of the kind that is asked for: by `kind`, or by a performance machine as `floor`.
/// Otherwise it has shared cpus, and whole ones only where no shared machine is large enough.
/// `None` if there is no such machine.
pub fn smallest_guest(
    cpus_millis: u64,
    memory_bytes: u64,
    floor: Option<Guest>,
    kind: Option<CpuKind>,
) -> Option<Guest> {
    let kinds = match (kind, floor.map(|floor| floor.kind)) {
        (Some(CpuKind::Shared), Some(CpuKind::Performance)) => &[],
        (Some(CpuKind::Shared), _) => &[CpuKind::Shared][..],
        (Some(CpuKind::Performance), _) | (None, Some(CpuKind::Performance)) => &[CpuKind::Performance],
        (None, _) => &[CpuKind::Shared, CpuKind::Performance],
    };
    let cpus = cpus_millis.div_ceil(1000).max(floor.map_or(0, |floor| u64::from(floor.cpus)));
    let memory = memory_bytes.div_ceil(1 << 20).max(floor.map_or(0, |floor| u64::from(floor.memory_mib)));
    kinds.iter().find_map(|&kind| smallest_of_kind(kind, cpus, memory))
}

/// The smallest machine of one kind with at least these whole cpus and MiB.
fn smallest_of_kind(kind: CpuKind, cpus: u64, memory_mib: u64) -> Option<Guest> {
    let limits = limits_of(kind);
    limits.cpus.iter().filter(|&&count| u64::from(count) >= cpus).find_map(|&count| {
        let steps = u32::try_from(memory_mib.div_ceil(u64::from(limits.step))).ok()?;
        let memory_mib = steps.checked_mul(limits.step)?.max(limits.memory.start() * u32::from(count));
        (memory_mib <= limits.memory.end() * u32::from(count)).then_some(Guest { kind, cpus: count, memory_mib })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// Every machine that Fly's rules allow, written out from its tables and not from ours.
    fn catalogue() -> Vec<Guest> {
        let mut guests = Vec::new();
        for cpus in [1, 2, 4, 6, 8] {
            for memory_mib in (256 * u32::from(cpus)..=2048 * u32::from(cpus)).step_by(256) {
                guests.push(Guest { kind: CpuKind::Shared, cpus, memory_mib });
            }
        }
        for cpus in [1, 2, 4, 6, 8, 10, 12, 14, 16] {
            for memory_mib in (2048 * u32::from(cpus)..=8192 * u32::from(cpus)).step_by(1024) {
                guests.push(Guest { kind: CpuKind::Performance, cpus, memory_mib });
            }
        }
        guests
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands for what a search finds")]
    fn guest(kind: CpuKind, cpus: u16, memory_mib: u32) -> Option<Guest> {
        Some(Guest { kind, cpus, memory_mib })
    }

    #[test]
    fn knows_the_named_sizes() {
        assert_eq!(Guest::named("shared-cpu-1x"), guest(CpuKind::Shared, 1, 256));
        assert_eq!(Guest::named("shared-cpu-6x"), guest(CpuKind::Shared, 6, 1536));
        assert_eq!(Guest::named("performance-1x"), guest(CpuKind::Performance, 1, 2048));
        assert_eq!(Guest::named("performance-16x"), guest(CpuKind::Performance, 16, 32768));
        for unknown in ["", "shared-cpu-3x", "performance-32x", "a100-40gb", "Shared-cpu-1x"] {
            assert_eq!(Guest::named(unknown), None, "{unknown}");
        }
        assert_eq!(Guest::names().count(), 14);
        assert!(Guest::names().all(|name| Guest::named(&name).is_some_and(|guest| catalogue().contains(&guest))));
    }

    #[test]
    fn picks_the_smallest() {
        let cases = [
            // Nothing at all still needs a machine.
            (0, 0, guest(CpuKind::Shared, 1, 256)),
            // One byte over a step is the next step.
            (1000, 256 * MIB, guest(CpuKind::Shared, 1, 256)),
            (1000, 256 * MIB + 1, guest(CpuKind::Shared, 1, 512)),
            // The memory that comes with the cpus.
            (1001, 0, guest(CpuKind::Shared, 2, 512)),
            (2500, 0, guest(CpuKind::Shared, 4, 1024)),
            // The cpus that come with the memory.
            (250, 2049 * MIB, guest(CpuKind::Shared, 2, 2304)),
            (250, 16384 * MIB, guest(CpuKind::Shared, 8, 16384)),
            // Shared machines end here.
            (250, 16384 * MIB + 1, guest(CpuKind::Performance, 4, 17408)),
            (8001, 0, guest(CpuKind::Performance, 10, 20480)),
            (16000, 131_072 * MIB, guest(CpuKind::Performance, 16, 131_072)),
            (16001, 0, None),
            (0, 131_072 * MIB + 1, None),
            (u64::MAX, u64::MAX, None),
        ];
        for (cpus, memory, expected) in cases {
            assert_eq!(smallest_guest(cpus, memory, None, None), expected, "{cpus} {memory}");
        }
    }

    #[test]
    fn keeps_to_floor_and_kind() {
        let shared4 = Guest::named("shared-cpu-4x");
        let performance2 = Guest::named("performance-2x");
        assert_eq!(smallest_guest(0, 0, shared4, None), shared4);
        assert_eq!(smallest_guest(500, 5000 * MIB, shared4, None), guest(CpuKind::Shared, 4, 5120));
        assert_eq!(smallest_guest(8000, 0, shared4, None), guest(CpuKind::Shared, 8, 2048));
        assert_eq!(smallest_guest(0, 0, performance2, None), performance2);
        assert_eq!(smallest_guest(0, 0, shared4, Some(CpuKind::Performance)), guest(CpuKind::Performance, 4, 8192));
        assert_eq!(smallest_guest(0, 0, performance2, Some(CpuKind::Shared)), None);
        assert_eq!(smallest_guest(0, 16385 * MIB, None, Some(CpuKind::Shared)), None);
        assert_eq!(smallest_guest(0, 0, None, Some(CpuKind::Performance)), guest(CpuKind::Performance, 1, 2048));
    }

    #[test]
    fn no_legal_machine_is_smaller() {
        let catalogue = catalogue();
        let mut fitting = 0;
        for cpus_millis in (0..=17_000).step_by(500) {
            for memory_mib in (0..=140_000).step_by(128) {
                for kind in [None, Some(CpuKind::Shared), Some(CpuKind::Performance)] {
                    let memory = u64::from(memory_mib) * MIB;
                    let expected = catalogue
                        .iter()
                        .filter(|guest| kind.is_none_or(|kind| guest.kind == kind))
                        .filter(|guest| u64::from(guest.cpus) * 1000 >= cpus_millis && guest.memory_mib >= memory_mib)
                        .min_by_key(|guest| (guest.kind, guest.cpus, guest.memory_mib))
                        .copied();
                    let found = smallest_guest(cpus_millis, memory, None, kind);
                    assert_eq!(found, expected, "{cpus_millis} {memory_mib} {kind:?}");
                    fitting += usize::from(found.is_some());
                }
            }
        }
        assert!(fitting > 25_000, "{fitting}");
    }

    #[test]
    fn writes_memory_for_flyctl() {
        assert_eq!(Guest { kind: CpuKind::Shared, cpus: 1, memory_mib: 1536 }.memory_text(), "1536mb");
    }
}
