//! The local files that a configuration names.

use super::config::{Build, Config};
use super::machine::base_text::{self, BaseText};
use crate::local::{Base, LocalFiles, Need};
use crate::prelude::*;

/// flyctl finds most files from the directory in which it runs. `fly deploy FOLDER` runs in the folder
/// of fly.toml, so they may just as well be there.
const FROM_WORK: &[Base] = &[Base::Work, Base::Toml];

/// All local files that a configuration names, as far as it shows in those that are known: files to
/// put into the machine or one of its containers, the Dockerfile, and the machine config, which may name
/// further ones.
pub(super) fn files(config: &Config, known: &LocalFiles) -> Vec<Need> {
    let build = config.build.as_ref();
    let dockerfile = build.and_then(dockerfile_path);
    let (base, machine_config) = match BaseText::of(config).0 {
        BaseText::File(path) => (known.content(path), Some(path)),
        BaseText::Inline(text) => (Some(text.as_bytes()), None),
        BaseText::Absent | BaseText::Unusable => (None, None),
    };
    let named = base.map(base_text::local_files).unwrap_or_default();
    let files = config.files.iter().filter_map(|file| file.local_path.as_deref());
    let compose = build.and_then(|build| build.compose.as_ref());
    let compose = compose.and_then(|compose| compose.file.as_deref());
    let from_work = files.chain(machine_config).chain(compose).chain(named.iter().map(String::as_str));
    let mut needs: Vec<Need> = from_work.map(|path| Need::new(path, FROM_WORK)).collect();
    needs.extend(dockerfile.map(|path| Need::new(path, &[Base::Toml])));
    needs.retain(|need| !need.path.is_empty());
    needs.sort_unstable();
    needs.dedup_by(|a, b| a.path == b.path);
    needs
}

/// The Dockerfile, from fly.toml's folder: flyctl joins even an absolute path to that. One on the web is
/// no local file.
pub(super) fn dockerfile_path(build: &Build) -> Option<&str> {
    let path = build.dockerfile.as_deref()?;
    let is_url = path.starts_with("http://") || path.starts_with("https://");
    (!is_url).then(|| path.trim_start_matches('/'))
}
