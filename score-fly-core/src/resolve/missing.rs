//! Outputs that were needed and not given.

use super::{Given, messages};
use crate::diagnostic::Diagnostics;
use crate::map::SortedSet;
use crate::prelude::*;
use crate::resource::requirements_with;
use crate::score::Workload;

/// One diagnostic for each resource that was asked in vain, with all that is asked of it.
pub(super) fn outputs_not_given(workload: &Workload, given: &Given, without: Vec<&str>) -> Diagnostics {
    if without.is_empty() {
        return Diagnostics::new();
    }
    let without: SortedSet<&str> = without.into_iter().collect();
    requirements_with(workload, &given.files)
        .resources
        .iter()
        .filter(|request| without.contains(request.name.as_str()))
        .map(messages::missing_resource_outputs)
        .collect()
}
