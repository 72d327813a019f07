//! Process groups: which there are, and which parts of a configuration belong to them.

use super::config::Config;
use crate::map::{SortedMap, SortedSet};
use crate::prelude::*;

/// The group of an app without `[processes]`.
const IMPLICIT: &str = "app";

impl Config {
    /// The process groups, in the order of their names. There is always one.
    pub fn process_groups(&self) -> Vec<&str> {
        if self.processes.is_empty() { vec![IMPLICIT] } else { self.processes.keys().map(String::as_str).collect() }
    }

    /// The group to which belongs what names none: `app`, or the first by name.
    pub fn default_process_group(&self) -> &str {
        match self.processes.keys().next() {
            Some(first) if !self.processes.contains_key(IMPLICIT) => first,
            _ => IMPLICIT,
        }
    }

    /// Whether there is such a group.
    pub(crate) fn has_process_group(&self, group: &str) -> bool {
        if self.processes.is_empty() { group == IMPLICIT } else { self.processes.contains_key(group) }
    }

    /// The groups, each with the items that belong to it by their `processes`, in their order.
    pub(crate) fn by_process_group<'c, T: Clone>(
        &'c self,
        items: impl IntoIterator<Item = (&'c [String], T)>,
    ) -> SortedMap<&'c str, Vec<T>> {
        let mut belonging = Vec::new();
        for (processes, item) in items {
            if processes.is_empty() {
                belonging.push((self.default_process_group(), item));
                continue;
            }
            // A group may be named twice.
            let groups: SortedSet<&str> = processes.iter().map(String::as_str).collect();
            let groups = groups.iter().filter(|group| self.has_process_group(group));
            belonging.extend(groups.map(|group| (*group, item.clone())));
        }
        SortedMap::grouped(belonging)
    }

    /// Whether anything tells when a machine is ready.
    pub(crate) fn has_checks(&self) -> bool {
        !self.checks.is_empty()
            || self.http_service.as_ref().is_some_and(|service| !service.checks.is_empty())
            || self.services.iter().any(|service| !service.http_checks.is_empty() || !service.tcp_checks.is_empty())
    }

    /// Whether a section with these `processes` belongs to a group.
    pub(crate) fn belongs(&self, processes: &[String], group: &str) -> bool {
        if processes.is_empty() {
            self.default_process_group() == group
        } else {
            processes.iter().any(|process| process == group)
        }
    }
}
