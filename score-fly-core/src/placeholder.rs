//! The `${…}` grammar: a template is read once into segments, and never scanned again.
