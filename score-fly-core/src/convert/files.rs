//! `[[files]]`.
//!
//! flyctl's documentation has `raw_value` in base64, but flyctl encodes it itself, and takes an
//! empty one for none. A side file with `local_path` is right whatever flyctl does, and holds any
//! bytes, so that is the default.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::target::{self, Names, Taken};
use super::{Options, paths, secrets};
use crate::diagnostic::{Diagnostics, messages};
use crate::fly::App;
use crate::fly::config::File;
use crate::pointer::Path;
use crate::resolve::{ResolvedContainer, ResolvedFile};
use crate::score::{Container, Workload};
use crate::secret::Sensitive;

/// Characters that file names can't have on Windows, or that separate folders there.
const NOT_IN_FILE_NAMES: [char; 8] = ['\\', ':', '*', '?', '"', '<', '>', '|'];

/// Adds a container's files, the secrets that hold their content, and the side files that they need.
pub(super) fn convert(
    workload: &Workload,
    container: &Container,
    resolved: &ResolvedContainer,
    options: &Options,
    at: &Path<'_>,
    app: &mut App,
    diagnostics: &mut Diagnostics,
) {
    let mut names = FileNames::new(workload, container, options);
    let mut taken: Taken<&str> = Taken::new();
    let at = at.key("files");
    for written in container.files.keys() {
        let place = at.key(written);
        let guest_path = match target::normalise_file(written) {
            Ok(path) => path,
            Err(fault) => {
                diagnostics.push(messages::convert::invalid_target(&place, written, fault));
                continue;
            }
        };
        if let Some(other) = target::clash(&taken, &guest_path) {
            diagnostics.push(messages::convert::target_taken(&place, written, &at.key(other), other));
            continue;
        }
        if let Some(file) = resolved.files.get(written) {
            let file = convert_file(file, &guest_path, &mut names, options, &place, app, diagnostics);
            app.config.files.push(file);
        }
        taken.insert(guest_path, written.as_str());
    }
}

fn convert_file(
    file: &ResolvedFile,
    guest_path: &str,
    names: &mut FileNames,
    options: &Options,
    at: &Path<'_>,
    app: &mut App,
    diagnostics: &mut Diagnostics,
) -> File {
    let mut converted = File { guest_path: Some(guest_path.to_owned()), ..File::default() };
    match (&file.content, &file.unchanged_source) {
        (Sensitive::Secret(content), _) => {
            let name = names.secret(guest_path);
            let value = content.clone().map(|bytes| BASE64.encode(bytes));
            secrets::add(app, name.clone(), value, at, diagnostics);
            converted.secret_name = Some(name);
        }
        (Sensitive::Public(_), Some(source)) => {
            converted.local_path = Some(paths::join(&options.paths.score_from_work, source));
        }
        (Sensitive::Public(content), None) => {
            if options.inline_files
                && let Some(text) = raw_value(content)
            {
                converted.raw_value = Some(text);
                return converted;
            }
            let path = names.side_file(guest_path);
            if options.inline_files {
                diagnostics.push(messages::convert::needs_side_files(at, &path, content.is_empty()));
            }
            app.files.insert(path.clone(), content.clone());
            converted.local_path = Some(path);
        }
    }
    converted
}

/// The content as a `raw_value`, if it can be one: flyctl takes an empty one for none at all.
fn raw_value(content: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(content).ok()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Names for what holds the content of files.
struct FileNames {
    /// The folder of side files, as `fly deploy` sees it.
    folder: String,
    side_files: Names,
    secrets: Names,
}

impl FileNames {
    fn new(workload: &Workload, container: &Container, options: &Options) -> Self {
        let folder = format!("fly_{}_files", workload.metadata.name);
        let mut secrets = Names::default();
        for variable in container.variables.keys() {
            secrets.take(variable);
        }
        Self { folder: paths::join(&options.paths.toml_from_work, &folder), side_files: Names::default(), secrets }
    }

    /// `fly_<workload>_files/etc/app/config.yaml`
    fn side_file(&mut self, guest_path: &str) -> String {
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
