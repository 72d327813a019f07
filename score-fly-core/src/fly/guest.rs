//! Machine sizes: which combinations of cpus and memory Fly sells.
