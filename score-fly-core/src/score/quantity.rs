//! Amounts of CPU and memory, read exactly.
