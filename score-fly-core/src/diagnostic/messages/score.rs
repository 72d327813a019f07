//! Wording of what the Score schema forbids.
