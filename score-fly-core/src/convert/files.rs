//! `[[files]]`.
//!
//! flyctl's documentation has `raw_value` in base64, but flyctl encodes it itself, and takes an
//! empty one for none. A side file with `local_path` is right whatever flyctl does, and holds any
//! bytes, so that is the default.

use base64ct::{Base64, Encoding as _};

use super::outputs::Output;
use super::parts::{AppParts, Task};
use super::target::{self, Names};
use super::{messages, paths, secrets};
use crate::diagnostic::Diagnostics;
use crate::fly::config::File;
use crate::map::Growing;
use crate::pointer::Path;
use crate::prelude::*;
use crate::resolve::ResolvedContainer;
use crate::secret::{Secret, Sensitive};

/// Characters that file names can't have on Windows, or that separate folders there.
const NOT_IN_FILE_NAMES: [char; 8] = ['\\', ':', '*', '?', '"', '<', '>', '|'];

/// Adds a container's files, the secrets that hold their content, and the side files that they need.
pub(super) fn convert(
    task: &Task<'_>,
    names: &mut FileNames,
    at: &Path<'_>,
    app: &mut AppParts,
    diagnostics: &mut Diagnostics,
) {
    let at = at.key("files");
    for Placed { target, guest_path, holder, .. } in placed(task, names, &at, diagnostics) {
        let mut file = File { guest_path: Some(guest_path.clone()), ..File::default() };
        match holder {
            Holder::Secret { name, value } => {
                secrets::add(app, name.clone(), value, &at.key(target), diagnostics);
                file.secret_name = Some(name);
            }
            Holder::Source(path) => file.local_path = Some(path),
            Holder::Content(content) => match raw_value(content).filter(|_| task.options.inline_files) {
                Some(text) => file.raw_value = Some(text),
                None => {
                    let path = names.side_file(&guest_path);
                    if task.options.inline_files {
                        let empty = content.is_empty();
                        diagnostics.push(messages::needs_side_files(&at.key(target), &path, empty));
                    }
                    app.files.push((path.clone(), content.to_vec()));
                    file.local_path = Some(path);
                }
            },
        }
        app.config.files.push(file);
    }
}

/// A file that has its place.
pub(super) struct Placed<'w> {
    /// The target as it is written.
    pub(super) target: &'w str,
    pub(super) guest_path: String,
    /// Its permissions.
    pub(super) mode: Option<&'w str>,
    pub(super) holder: Holder<'w>,
}

/// What holds the content of a file.
pub(super) enum Holder<'w> {
    /// An app secret, with the content in base64.
    Secret { name: String, value: Secret<String> },
    /// The source itself, as `fly deploy` sees it.
    Source(String),
    /// Whatever the caller makes of the content.
    Content(&'w [u8]),
}

/// The files of a container whose targets can be ones, with the names of the secrets among them.
pub(super) fn placed<'w>(
    task: &Task<'w>,
    names: &mut FileNames,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Placed<'w>> {
    let targets: Vec<&str> = task.container.files.keys().copied().collect();
    let mut taken = Growing::new();
    let mut placed = Vec::new();
    for (index, (target, file)) in task.container.files.iter().enumerate() {
        let place = at.key(target);
        let guest_path = match target::normalise_file(target) {
            Ok(path) => path,
            Err(fault) => {
                diagnostics.push(messages::invalid_target(&place, target, fault));
                continue;
            }
        };
        if let Some(other) = target::clash(&taken, &guest_path).and_then(|first| targets.get(first)) {
            diagnostics.push(messages::target_taken(&place, target, &at.key(other), other));
            continue;
        }
        taken.insert(guest_path.clone().into(), index);
        let Some(content) = &file.content else { continue };
        let holder = match (&content.bytes, content.unchanged_source) {
            (Sensitive::Secret(content), _) => Holder::Secret {
                name: names.secret(&guest_path),
                value: content.clone().map(|bytes| Base64::encode_string(&bytes)),
            },
            (Sensitive::Public(_), Some(source)) => {
                Holder::Source(paths::join(&task.options.paths.score_from_work, source))
            }
            (Sensitive::Public(content), None) => Holder::Content(content),
        };
        placed.push(Placed { target, guest_path, mode: file.written.mode.as_deref(), holder });
    }
    placed
}

/// The content as a `raw_value`, if it can be one: flyctl takes an empty one for none at all.
fn raw_value(content: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(content).ok()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Names for what holds the content of files.
pub(super) struct FileNames {
    /// The folder of side files, as `fly deploy` sees it.
    folder: String,
    side_files: Names,
    secrets: Names,
}

impl FileNames {
    /// `below` is put to the folder of the workload's side files.
    pub(super) fn new(task: &Task<'_>, below: &str) -> Self {
        let folder = format!("{}{below}", Output::Files.name(&task.workload.metadata.name));
        let folder = paths::join(&task.options.paths.toml_from_work, &folder);
        let mut names = Self { folder, side_files: Names::default(), secrets: Names::default() };
        names.keep_free_of(task.container);
        names
    }

    /// Gives no secret the name of one of the container's variables.
    pub(super) fn keep_free_of(&mut self, container: &ResolvedContainer<'_>) {
        for variable in container.variables.keys() {
            self.secrets.take(variable);
        }
    }

    /// `fly_<workload>_files/etc/app/config.yaml`
    pub(super) fn side_file(&mut self, guest_path: &str) -> String {
        let name = self.side_files.take(&guest_path.replace(NOT_IN_FILE_NAMES, "_"));
        format!("{}{name}", self.folder)
    }

    /// `FILE_ETC_APP_CONFIG_YAML`
    fn secret(&mut self, guest_path: &str) -> String {
        let path: String =
            guest_path.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        self.secrets.take(&format!("FILE{path}"))
    }
}
