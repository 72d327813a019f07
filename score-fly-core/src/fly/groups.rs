//! Process groups: which there are, and which parts of a configuration belong to them.

use super::config::Config;
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
