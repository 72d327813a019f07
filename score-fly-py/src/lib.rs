//! The native half of the Python package: JSON text in, JSON text out.

use pyo3::prelude::*;

/// The native half of the package: JSON text in, JSON text out.
#[pymodule]
mod _native {
    use pyo3::prelude::*;
    use score_fly_core::facade;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Converts a Score file. Takes and gives JSON.
    #[pyfunction]
    fn convert_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::convert_json(request))
    }

    /// Finds mistakes in a Score file. Takes and gives JSON.
    #[pyfunction]
    fn check_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::check_json(request))
    }

    /// Lists what a Score file needs from the world. Takes and gives JSON.
    #[pyfunction]
    fn requirements_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::requirements_json(request))
    }

    /// Finds mistakes in a fly.toml. Takes and gives JSON.
    #[pyfunction]
    fn check_fly_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::check_fly_json(request))
    }

    /// Works out the machine config that flyctl sends for a fly.toml. Takes and gives JSON.
    #[pyfunction]
    fn machine_config_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::machine_config_json(request))
    }

    /// Makes a Score file of a fly.toml. Takes and gives JSON.
    #[pyfunction]
    fn import_fly_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::import_fly_json(request))
    }

    /// Decides what a deploy of a fly.toml does. Takes and gives JSON.
    #[pyfunction]
    fn plan_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::plan_json(request))
    }

    /// Reads what a machine says about its release. Takes and gives JSON.
    #[pyfunction]
    fn stamp_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::stamp_json(request))
    }

    /// Says what a request about a Score file still lacks. Takes and gives JSON.
    #[pyfunction]
    fn needs_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::needs_json(request))
    }

    /// Says what a request about a fly.toml still lacks. Takes and gives JSON.
    #[pyfunction]
    fn fly_needs_json(py: Python<'_>, request: &str) -> String {
        py.detach(|| facade::fly_needs_json(request))
    }

    /// Decodes the bytes of a text. Gives JSON.
    #[pyfunction]
    fn decode_json(py: Python<'_>, name: &str, data: &[u8]) -> String {
        py.detach(|| facade::decode_json(name, data))
    }

    /// The page about a diagnostic code, or None.
    #[pyfunction]
    fn explain(code: &str) -> Option<&'static str> {
        score_fly_core::Code::from_name(code).map(score_fly_core::Code::page)
    }

    /// The JSON Schema of Score files, as JSON.
    #[pyfunction]
    fn score_schema_json() -> &'static str {
        score_fly_core::score::SCHEMA
    }

    /// The JSON Schema of what the other functions take and give, as JSON.
    #[pyfunction]
    fn facade_schema_json(py: Python<'_>) -> String {
        py.detach(|| facade::schema().to_string())
    }

    /// Runs the command line and gives its exit code.
    #[pyfunction]
    fn main(py: Python<'_>, arguments: Vec<String>) -> u8 {
        py.detach(|| score_fly_cli::run_from(arguments).code())
    }
}
