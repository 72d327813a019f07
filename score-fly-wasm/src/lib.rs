//! The WebAssembly half of the npm package: JSON text in, JSON text out.

use score_fly_core::facade;
use wasm_bindgen::prelude::wasm_bindgen;

/// Converts a Score file.
#[wasm_bindgen(js_name = convertJson, skip_typescript)]
pub fn convert_json(request: &str) -> String {
    facade::convert_json(request)
}

/// Finds mistakes in a Score file.
#[wasm_bindgen(js_name = checkJson, skip_typescript)]
pub fn check_json(request: &str) -> String {
    facade::check_json(request)
}

/// Lists what a Score file needs from the world.
#[wasm_bindgen(js_name = requirementsJson, skip_typescript)]
pub fn requirements_json(request: &str) -> String {
    facade::requirements_json(request)
}

/// Finds mistakes in a fly.toml.
#[wasm_bindgen(js_name = checkFlyJson, skip_typescript)]
pub fn check_fly_json(request: &str) -> String {
    facade::check_fly_json(request)
}

/// Works out the machine config that flyctl sends for a fly.toml.
#[wasm_bindgen(js_name = machineConfigJson, skip_typescript)]
pub fn machine_config_json(request: &str) -> String {
    facade::machine_config_json(request)
}

/// Makes a Score file of a fly.toml.
#[wasm_bindgen(js_name = importFlyJson, skip_typescript)]
pub fn import_fly_json(request: &str) -> String {
    facade::import_fly_json(request)
}

/// Says what a request about a Score file still lacks.
#[wasm_bindgen(js_name = needsJson, skip_typescript)]
pub fn needs_json(request: &str) -> String {
    facade::needs_json(request)
}

/// Says what a request about a fly.toml still lacks.
#[wasm_bindgen(js_name = flyNeedsJson, skip_typescript)]
pub fn fly_needs_json(request: &str) -> String {
    facade::fly_needs_json(request)
}

/// Decodes the bytes of a file into a text.
#[wasm_bindgen(js_name = decodeJson, skip_typescript)]
pub fn decode_json(name: &str, bytes: &[u8]) -> String {
    facade::decode_json(name, bytes)
}

/// The version of score-fly.
#[wasm_bindgen(skip_typescript)]
pub fn version() -> String {
    facade::version().to_owned()
}
