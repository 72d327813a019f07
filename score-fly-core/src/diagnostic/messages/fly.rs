//! Wording of what Fly can't take.
