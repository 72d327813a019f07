//! The command line of score-fly.
fn main() {}
