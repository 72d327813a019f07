//! FaaSO's names.

/// FaaSO's names of the runtimes that it has built in. They mean its runtimes, and not ours of the same
/// names.
pub const RUNTIMES: [&str; 3] = ["express", "flask", "kemal"];
