//! fly.toml files with the local files that they name.

use std::path::{Path, PathBuf};

use score_fly_core::diagnostic::{Diagnostic, Outcome};
use score_fly_core::fly::{self, LocalFiles, MachineConfig, names};
use score_fly_core::score::Workload;
use score_fly_core::{Diagnostics, Source, document};

use super::context::Context;
use super::failure::Failure;
use super::inputs::{self, Decoded, text};
use super::report::{Log, Quotable, Text};
use crate::root::folder;

/// A fly.toml, or the same as JSON or YAML.
#[derive(Debug)]
pub(super) struct FlyFile {
    path: PathBuf,
    source: Source,
    /// Why the bytes are no text, if they are none.
    undecodable: Diagnostics,
    local: LocalFiles,
    files_read: Vec<PathBuf>,
}

/// Whether a file is one of Fly's, and not a Score file: its name ends in `.toml`; or it starts with
/// `fly` and ends in `.json` or `.yaml`, and `apiVersion` is not one of Score's.
pub(super) fn is_fly_file(path: &Path, source: &Source) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends_in = |end: &str| path.extension().is_some_and(|extension| extension == end);
    is_toml(path) || name.starts_with("fly") && (ends_in("json") || ends_in("yaml")) && !is_score(source)
}

/// Whether a file has the name of a TOML file, which no Score file has.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

fn is_score(source: &Source) -> bool {
    let (document, _) = document::parse(source).into_parts();
    let version = document.as_ref().and_then(|document| document.root.as_mapping()?.get("apiVersion")?.as_str());
    version.is_some_and(|version| version.starts_with("score.dev/"))
}

impl FlyFile {
    /// Reads a fly.toml and the local files that it names.
    pub(super) fn read(context: &Context<'_>, path: &Path) -> Result<Self, Failure> {
        let decoded = inputs::read(context, path)?;
        if !is_toml(path) && is_score(&decoded.source) {
            return Err(Failure::NoFlyFile { path: path.to_owned() });
        }
        Ok(Self::new(context, path, decoded))
    }

    /// Reads the local files that a fly.toml at `path` names.
    pub(super) fn new(context: &Context<'_>, path: &Path, Decoded { source, diagnostics }: Decoded) -> Self {
        let mut file = Self {
            path: path.to_owned(),
            source,
            undecodable: diagnostics,
            local: LocalFiles::new(),
            files_read: vec![path.to_owned()],
        };
        if !file.undecodable.has_errors() {
            file.read_local(context);
        }
        file
    }

    fn read_local(&mut self, context: &Context<'_>) {
        let (config, _) = fly::read(&self.source).into_parts();
        let config = config.unwrap_or_default().config;
        let dockerfile = config.build.as_ref().and_then(|build| build.dockerfile.as_deref());
        loop {
            let names = fly::local_files(&config, &self.local);
            let new: Vec<String> = names.into_iter().filter(|name| !self.local.contains_key(name)).collect();
            if new.is_empty() {
                break;
            }
            for name in new {
                let beside = folder(&self.path).join(&name);
                // `fly deploy -c` finds a file from here, and `fly deploy FOLDER` from fly.toml's folder.
                let here = PathBuf::from(&name);
                let places = if dockerfile == Some(&name) { vec![beside] } else { vec![here, beside] };
                let found =
                    places.into_iter().find_map(|place| Some((inputs::read_mounted(context, &place).ok()?, place)));
                let (bytes, place) = found.unzip();
                self.files_read.extend(place);
                self.local.insert(name, bytes);
            }
        }
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Diagnostics {
        self.with_text(|source| fly::check_text(source, &self.local)).into_parts().1
    }

    /// The machine config that flyctl sends for a process group.
    pub(super) fn machine_config(&self, group: Option<&str>) -> Outcome<MachineConfig> {
        self.with_text(|source| fly::machine_config_of(source, group, &self.local))
    }

    /// The workload that becomes an equal fly.toml.
    pub(super) fn import(&self) -> Outcome<Workload> {
        self.with_text(score_fly_core::import)
    }

    fn with_text<T>(&self, next: impl FnOnce(&Source) -> Outcome<T>) -> Outcome<T> {
        if self.undecodable.has_errors() {
            return Outcome::failed(self.undecodable.clone());
        }
        next(&self.source)
    }

    /// Mends what there is only one way to mend, and says what it was. The file on the disk stays.
    pub(super) fn fix(&mut self) -> Vec<Diagnostic> {
        let fixed = if self.undecodable.has_errors() { None } else { fly::fix(&self.source, &self.local) };
        fixed.map_or_else(Vec::new, |fixed| {
            self.source.text = fixed.text;
            fixed.mended
        })
    }

    /// Its text.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Notes what was read, and what was found in it; lines in which a secret seems to stand are not to be shown.
    pub(super) fn note(&self, diagnostics: &Diagnostics, log: &mut Log<'_>) {
        for path in &self.files_read {
            log.read(path);
        }
        log.find(diagnostics, || {
            let quotable = Quotable::Without(secret_lines(&self.source.text));
            vec![Text { quotable, ..text(&self.source) }]
        });
    }
}

/// Where the lines start that seem to set a secret. They are told by the names in them, since a file
/// that can't be parsed has secrets as well.
fn secret_lines(text: &str) -> Vec<usize> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let sets_secret = |line: &str| {
        line.match_indices(['=', ':']).any(|(end, _)| {
            let before = line[..end].trim_end_matches(|c| !is_of_name(c));
            let name = before.rsplit(|c| !is_of_name(c)).next().unwrap_or_default();
            names::seems_secret(name)
        })
    };
    let starts = text.split_inclusive('\n').scan(0, |end, line| {
        let start = *end;
        *end += line.len();
        Some((start, line))
    });
    starts.filter(|(_, line)| sets_secret(line)).map(|(start, _)| start).collect()
}
