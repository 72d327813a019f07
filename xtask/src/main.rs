//! Tasks for people who work on score-fly.
fn main() {}
