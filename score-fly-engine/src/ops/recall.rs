//! What a project remembers of the overrides of Score files.

use score_fly_core::{Input, load};

use super::context::Context;
use super::inputs::is_dash;
use super::overrides::Overrides;
use super::report::Log;
use super::score_file::ScoreText;
use crate::state::{State, WorkloadRecord};

impl Overrides {
    /// Gives Score files the overrides that a project remembers: those of the workload that came from the
    /// same file, or else those of the workload of the same name. Nothing, and notes, if one can't be read.
    pub(super) fn recall(
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
