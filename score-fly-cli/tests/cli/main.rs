//! Runs the binary as users do: arguments and files in; streams, files and exit codes out.

#[cfg(feature = "image")]
#[path = "../support/registry.rs"]
mod registry;
mod sandbox;

#[cfg(unix)]
mod attacks;
mod check;
mod convert;
mod diagnostics;
mod encryption;
mod envs;
mod fly;
#[cfg(feature = "functions")]
mod functions;
mod generate;
#[cfg(feature = "image")]
mod image;
mod project;
mod provisioners;
mod reference;
#[cfg(unix)]
mod robust;
mod tools;
