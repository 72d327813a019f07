//! The JavaScript for a `.wasm`, by the same version of wasm-bindgen that it was built with.
//!
//! Only there with the feature `wasm`, which compiles for a while.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::shell::Result;

/// Writes `glue.js` and `glue_bg.wasm` into `output`.
pub(crate) fn run(input: &Path, output: &Path) -> Result {
    Bindgen::new()
        .input_path(input)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .out_name("glue")
                .typescript(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                // The entries say where the WebAssembly is; bundlers need not look for it here.
                .omit_default_module_path(true)
                .generate(output)
        })
        .map_err(|error| format!("wasm-bindgen: {error:#}").into())
}
