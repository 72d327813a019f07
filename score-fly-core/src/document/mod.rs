//! Documents: trees that know where each key and value stands.

mod bytes;
mod json;
mod locate;
pub(crate) mod messages;
mod node;
pub mod overrides;
mod scalar;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

pub(crate) use json::of_json;
pub(crate) use locate::Locator;
pub use node::{Document, Entry, Key, Mapping, Node, Number, Value};
pub use toml::parse_toml;
pub(crate) use toml::{Toml, read_toml};
pub use yaml::parse;
