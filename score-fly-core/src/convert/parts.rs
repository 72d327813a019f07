//! What a conversion works on.

use super::annotations::Annotations;
use super::options::Options;
use crate::fly::Config;
use crate::fly::config::Service;
use crate::prelude::*;
use crate::resolve::ResolvedContainer;
use crate::score::Workload;
use crate::secret::Secret;

/// A container to convert, and what that needs to know.
pub(super) struct Task<'a> {
    pub(super) workload: &'a Workload,
    pub(super) name: &'a str,
    pub(super) container: &'a ResolvedContainer<'a>,
    pub(super) annotations: &'a Annotations,
    pub(super) options: &'a Options,
}

/// An app whose secrets and files still come together, in any order.
#[derive(Default)]
pub(super) struct AppParts {
    pub(super) config: Config,
    pub(super) secrets: Vec<(String, Secret<String>)>,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl AppParts {
    /// An app of which only the services are known.
    pub(super) fn with_services(services: Vec<Service>) -> Self {
        Self { config: Config { services, ..Config::default() }, ..Self::default() }
    }
}
