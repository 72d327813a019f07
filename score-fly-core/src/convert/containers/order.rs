//! Which containers come before others.

use crate::convert::parts::Task;
use crate::fly::machine::{ContainerDependency, DependencyCondition};
use crate::map::SortedMap;
use crate::prelude::*;
use crate::score::{Container, ReadyState};

/// Whether a container only prepares others: they all wait for its end.
pub(super) fn is_init(container: &Container) -> bool {
    !container.before.is_empty() && container.before.values().all(|condition| condition.ready == ReadyState::Complete)
}

/// What each container waits for, by its name. Score writes down at the first of two who waits for
/// it, and Fly at the second for whom.
pub(super) fn dependencies<'s>(tasks: &'s [Task<'_>]) -> SortedMap<&'s str, Vec<ContainerDependency>> {
    let dependencies = tasks.iter().flat_map(|task| {
        task.container.written.before.iter().map(|(waiting, condition)| {
            let condition = match condition.ready {
                ReadyState::Started => DependencyCondition::Started,
                ReadyState::Healthy => DependencyCondition::Healthy,
                ReadyState::Complete => DependencyCondition::ExitedSuccessfully,
            };
            let dependency = ContainerDependency { name: Some(task.name.to_owned()), condition: Some(condition) };
            (waiting.as_str(), dependency)
        })
    });
    SortedMap::grouped(dependencies)
}
