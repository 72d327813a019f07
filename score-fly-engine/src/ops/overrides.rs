//! What changes a Score file on its way: what is given for it, or what a project remembers of it.

use std::path::PathBuf;

use score_fly_core::document::overrides::Override;

use super::context::Context;
use super::conversion::read;
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
            match read(context, path, log) {
                Some(source) => read_all.push(Override::File(source)),
                None => sound = false,
            }
        }
        read_all.extend(properties.iter().map(Override::property));
        sound.then(|| Self { files: files.to_owned(), properties: properties.to_owned(), read: read_all })
    }
}

#[cfg(feature = "project")]
mod remembered {
    use score_fly_core::{Input, load};

    use super::super::context::Context;
    use super::super::inputs::is_dash;
    use super::super::report::Log;
    use super::super::score_file::ScoreText;
    use super::Overrides;
    use crate::state::{State, WorkloadRecord};

    impl Overrides {
        /// Gives Score files the overrides that a project remembers: those of the workload that came from the
        /// same file, or else those of the workload of the same name. Nothing, and notes, if one can't be read.
        pub(in super::super) fn recall(
            context: &Context<'_>,
            state: &State,
            texts: Vec<ScoreText>,
            log: &mut Log<'_>,
        ) -> Option<Vec<ScoreText>> {
            let has = |record: &&WorkloadRecord| !record.overrides.is_empty() || !record.override_properties.is_empty();
            let remembered: Vec<&WorkloadRecord> = state.workloads.values().filter(has).collect();
            if remembered.is_empty() {
                return Some(texts);
            }
            let recalled = texts.into_iter().map(|text| {
                let of_file = remembered
                    .iter()
                    .find(|record| !is_dash(&record.file) && context.root.is_same(&record.file, text.path()));
                let found = of_file.copied().or_else(|| {
                    let (workload, _) = load(Input { score: text.source(), overrides: &[] }).into_parts();
                    state.workloads.get(&workload?.metadata.name).filter(has)
                });
                let Some(record) = found else { return Some(text) };
                let overrides = Self::read(context, &record.overrides, &record.override_properties, log)?;
                Some(text.with_overrides(overrides))
            });
            // Each is tried, so that all that is missing is told at once.
            recalled.collect::<Vec<_>>().into_iter().collect()
        }
    }
}
