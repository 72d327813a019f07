//! Tasks for people who work on score-fly.
#[cfg(feature = "wasm")]
mod bindgen;
fn main() {
    #[cfg(feature = "wasm")]
    {
        let a: Vec<String> = std::env::args().collect();
        bindgen::run(std::path::Path::new(&a[1]), std::path::Path::new(&a[2])).unwrap();
    }
}
