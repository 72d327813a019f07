//! What the npm package knows of deploys: JSON text in, JSON text out. It is apart from the conversion, so that pages
//! which only convert need not load it.

use score_fly_core::facade;
use wasm_bindgen::prelude::wasm_bindgen;

/// Decides what a deploy of a fly.toml does.
#[wasm_bindgen(js_name = planJson, skip_typescript)]
pub fn plan_json(request: &str) -> String {
    facade::plan_json(request)
}

/// Reads what a machine says about its release.
#[wasm_bindgen(js_name = stampJson, skip_typescript)]
pub fn stamp_json(request: &str) -> String {
    facade::stamp_json(request)
}
