//! Local files: those that a configuration names, and what they hold.

use super::config::Config;
use super::machine::base_text::{self, BaseText};
use crate::map::SortedMap;
use crate::prelude::*;

/// The content of local files by the paths that fly.toml has for them; `None` for those that do not
/// exist. What is not listed is taken to exist.
pub type LocalFiles = SortedMap<String, Option<Vec<u8>>>;

/// The local files that a configuration names: files to put into the machine or one of its containers,
/// the Dockerfile, and the machine config.
///
/// A machine config in a file of its own names further files: `known` is where its content is looked
/// for, so whoever reads files asks again once it is there.
///
/// flyctl looks for the Dockerfile from fly.toml's folder, and for all others from the directory in
/// which it runs.
pub fn local_files(config: &Config, known: &LocalFiles) -> Vec<String> {
    let build = config.build.as_ref();
    let dockerfile = build.and_then(|build| build.dockerfile.as_deref()).filter(|path| !is_url(path));
    let (base, machine_config) = match BaseText::of(config).0 {
        BaseText::File(path) => (known.get(path).and_then(Option::as_deref), Some(path)),
        BaseText::Inline(text) => (Some(text.as_bytes()), None),
        BaseText::Absent | BaseText::Unusable => (None, None),
    };
    let files = config.files.iter().filter_map(|file| file.local_path.as_deref());
    let mut paths: Vec<String> = files.chain(dockerfile).chain(machine_config).map(str::to_owned).collect();
    paths.extend(base.map(base_text::local_files).unwrap_or_default());
    paths.retain(|path| !path.is_empty());
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// flyctl downloads a Dockerfile from such an address.
pub(super) fn is_url(path: &str) -> bool {
    path.starts_with("http://") || path.starts_with("https://")
}
