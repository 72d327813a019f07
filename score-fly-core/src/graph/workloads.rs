//! Which workloads need which others.

use serde_json::Value;

use crate::map::{SortedMap, SortedSet};
use crate::prelude::*;
use crate::resource::Uid;
use crate::score::Workload;

/// The type of resources that are named after a workload, by convention.
const SERVICE: &str = "service";

/// The type of resources whose param `workload` names one, by convention.
const SERVICE_PORT: &str = "service-port";

/// The workloads by name, each with those of them that it calls by a resource of the type `service` or `service-port`.
///
/// Where some need each other in a circle, none of them has to wait for another one of it, so whoever goes by these
/// needs always comes to an end.
pub fn needs_of_workloads<'w>(
    workloads: impl IntoIterator<Item = &'w Workload>,
) -> SortedMap<String, SortedSet<String>> {
    let workloads: SortedMap<&str, &Workload> =
        workloads.into_iter().map(|workload| (workload.metadata.name.as_str(), workload)).collect();
    let direct: SortedMap<&str, SortedSet<&str>> = workloads
        .iter()
        .map(|(name, workload)| {
            let needs = called_by(workload).filter_map(|other| workloads.get_key_value(other.as_str()));
            (*name, needs.map(|(other, _)| *other).filter(|other| other != name).collect())
        })
        .collect();
    let far: SortedMap<&str, SortedSet<&str>> = direct.keys().map(|name| (*name, reached(name, &direct))).collect();
    let is_in_circle = |name: &str, other: &str| far.get(other).is_some_and(|reached| reached.contains(name));
    let acyclic = direct.iter().map(|(name, needs)| {
        let needs = needs.iter().filter(|other| !is_in_circle(name, other));
        ((*name).to_owned(), needs.map(|other| (*other).to_owned()).collect())
    });
    acyclic.collect()
}

/// The names that a workload's resources speak of.
fn called_by(workload: &Workload) -> impl Iterator<Item = String> {
    let own = &workload.metadata.name;
    workload.resources.iter().filter_map(move |(name, resource)| match resource.kind.as_str() {
        SERVICE => {
            let uid = Uid::new(own, name, resource);
            let id = uid.id();
            Some(id.strip_prefix(&format!("{own}.")).unwrap_or(id).to_owned())
        }
        SERVICE_PORT => resource.params.as_ref()?.get("workload").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    })
}

/// All that a workload needs, directly or by way of others.
fn reached<'w>(name: &str, direct: &SortedMap<&'w str, SortedSet<&'w str>>) -> SortedSet<&'w str> {
    let mut reached = SortedSet::new();
    let mut open: Vec<&'w str> = direct.get(name).into_iter().flat_map(SortedSet::iter).copied().collect();
    while let Some(other) = open.pop() {
        if reached.insert(other) {
            open.extend(direct.get(other).into_iter().flat_map(SortedSet::iter));
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::needs_of_workloads;
    use crate::Source;
    use crate::loaded::{Input, load};
    use crate::prelude::*;

    fn needs(workloads: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let loaded = workloads.iter().map(|(name, resources)| {
            let text = format!(
                "apiVersion: score.dev/v1b1\nmetadata: {{name: {name}}}\ncontainers: {{main: {{image: nginx}}}}\n\
                 resources: {resources}\n"
            );
            load(Input::new(&Source::new("score.yaml", text))).into_parts().0
        });
        let loaded: Option<Vec<_>> = loaded.collect();
        let needs = needs_of_workloads(loaded.iter().flatten());
        needs.into_iter().map(|(name, needs)| (name, needs.into_iter().collect())).collect()
    }

    #[test]
    fn services_name_workloads_by_their_name_their_id_or_a_param() {
        let found = needs(&[
            ("web", "{api: {type: service}, b: {type: service, id: jobs}, x: {type: service, id: elsewhere}}"),
            ("api", "{db: {type: postgres, id: jobs}, p: {type: service-port, params: {workload: jobs, port: web}}}"),
            ("jobs", "{jobs: {type: service}}"),
        ]);
        let expected = [("api", vec!["jobs"]), ("jobs", vec![]), ("web", vec!["api", "jobs"])];
        let own = |(name, needs): (&str, Vec<&str>)| (name.to_owned(), needs.into_iter().map(str::to_owned).collect());
        assert_eq!(found, expected.map(own));
    }

    #[test]
    fn nobody_waits_in_a_circle() {
        let found = needs(&[
            ("a", "{b: {type: service}}"),
            ("b", "{c: {type: service}, d: {type: service}}"),
            ("c", "{a: {type: service}}"),
            ("d", "{}"),
            ("e", "{a: {type: service}}"),
        ]);
        let found: Vec<String> =
            found.into_iter().map(|(name, needs)| format!("{name}: {}", needs.join(" "))).collect();
        assert_eq!(found, ["a: ", "b: d", "c: ", "d: ", "e: a"]);
    }
}
