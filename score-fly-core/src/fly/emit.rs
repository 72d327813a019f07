//! From the model to text, in flyctl's own key order.

use super::Config;

/// fly.toml as text.
pub fn emit(config: &Config) -> String {
    let _ = config;
    String::new()
}
