//! The main container: the one that gets the image that is deployed.

use super::order::is_init;
use crate::convert::annotations::{AppAnnotations, messages};
use crate::convert::parts::Task;
use crate::diagnostic::Diagnostics;
use crate::prelude::*;
use crate::score::Workload;

/// Reports an annotation that names none of the containers.
pub(in crate::convert) fn check(workload: &Workload, annotations: &AppAnnotations, diagnostics: &mut Diagnostics) {
    if let Some(set) = &annotations.container
        && !workload.containers.contains_key(&set.value)
    {
        let names = workload.containers.keys().map(String::as_str);
        diagnostics.push(messages::unknown_container(&set.key, &set.value, names));
    }
}

/// The one that the annotation `container` names. Without it, the one whose image is `.`, or the
/// one called as the workload, or the first by name that does not only prepare others.
pub(super) fn choose<'s>(tasks: &[Task<'s>]) -> Option<&'s str> {
    let first = tasks.first()?;
    let annotated = first.annotations.app.container.as_ref();
    let named = annotated.and_then(|set| tasks.iter().find(|task| task.name == set.value));
    let built = || tasks.iter().find(|task| task.container.written.image == ".");
    let namesake = || tasks.iter().find(|task| task.name == task.workload.metadata.name);
    let lasting = || tasks.iter().find(|task| !is_init(task.container.written));
    Some(named.or_else(built).or_else(namesake).or_else(lasting).unwrap_or(first).name)
}
