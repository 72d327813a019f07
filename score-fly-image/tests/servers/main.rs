//! Against real servers and tools, as Debian has them: docker-registry, skopeo, umoci, buildah and others. They
//! run only when asked for, by `cargo xtask test images`.

mod programs;
mod registry;
mod tools;

#[path = "../support/mod.rs"]
mod support;
