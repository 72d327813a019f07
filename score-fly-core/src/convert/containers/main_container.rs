//! The main container: the one that gets the image that is deployed.

use super::is_init;
use crate::convert::Scope;
use crate::convert::annotations::AppAnnotations;
use crate::convert::annotations::messages;
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
pub(super) fn choose<'s>(scopes: &[Scope<'s>]) -> Option<&'s str> {
    let first = scopes.first()?;
    let annotated = first.annotations.app.container.as_ref();
    let named = annotated.and_then(|set| scopes.iter().find(|scope| scope.name == set.value));
    let built = || scopes.iter().find(|scope| scope.container.image == ".");
    let namesake = || scopes.iter().find(|scope| scope.name == scope.workload.metadata.name);
    let lasting = || scopes.iter().find(|scope| !is_init(scope.container));
    Some(named.or_else(built).or_else(namesake).or_else(lasting).unwrap_or(first).name)
}
