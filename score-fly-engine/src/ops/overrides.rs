//! What changes a Score file on its way.

use std::path::PathBuf;

use score_fly_core::document::overrides::Override;

use super::context::Context;
use super::inputs::read_text;
use super::report::Log;

/// The overrides of a Score file.
#[derive(Debug, Clone, Default)]
pub(super) struct Overrides {
    /// The files, in their order.
    pub(super) files: Vec<PathBuf>,
    /// The single values that are set after them, as `PATH=VALUE`.
    #[cfg_attr(not(feature = "project"), expect(dead_code, reason = "only projects remember them"))]
    pub(super) properties: Vec<String>,
    /// All of them, as they were read.
    pub(super) read: Vec<Override>,
}

impl Overrides {
    /// Reads the files. Mistakes are noted; there is nothing to go on with if one can't be read.
    pub(super) fn read(
        context: &Context<'_>,
        files: &[PathBuf],
        properties: &[String],
        log: &mut Log<'_>,
    ) -> Option<Self> {
        let mut read_all = Vec::new();
        let mut sound = true;
        for path in files {
            match read_text(context, path, log) {
                Some(source) => read_all.push(Override::File(source)),
                None => sound = false,
            }
        }
        read_all.extend(properties.iter().map(Override::property));
        sound.then(|| Self { files: files.to_owned(), properties: properties.to_owned(), read: read_all })
    }
}
