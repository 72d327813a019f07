//! Provisioner files on this machine.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use score_fly_core::Source;

use super::file::read_file;
use super::kind::Provisioner;
use crate::faults::{Faults, unreadable};
use crate::system::words;

/// How much is read of one file, in bytes.
const LIMIT: u64 = 1 << 20;

/// A file, or all provisioner files of a folder. `shown` is how to call it.
pub(super) fn from_path(path: &Path, shown: &str) -> Result<Vec<Provisioner>, Faults> {
    let failed = |error: io::Error| unreadable(shown, &words(&error));
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return read_all(File::open(path).map_err(failed)?, shown);
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    let mut names: Vec<_> = entries.into_iter().map(|entry| entry.file_name()).collect();
    names.retain(|name| name.as_encoded_bytes().ends_with(b".provisioners.yaml"));
    names.sort();
    if names.is_empty() {
        return Err(unreadable(shown, "there is no file `*.provisioners.yaml` in this folder").into());
    }
    let mut provisioners = Vec::new();
    let mut faults = Faults::default();
    for name in names {
        let shown = Path::new(shown).join(&name).display().to_string();
        match from_path(&path.join(name), &shown) {
            Ok(found) => provisioners.extend(found),
            Err(found) => faults.extend(found),
        }
    }
    faults.or(provisioners)
}

/// Reads one file.
pub(super) fn read_all(from: impl Read, shown: &str) -> Result<Vec<Provisioner>, Faults> {
    let mut bytes = Vec::new();
    from.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| unreadable(shown, &words(&error)))?;
    if bytes.len() as u64 > LIMIT {
        return Err(unreadable(shown, &format!("it is larger than {LIMIT} bytes")).into());
    }
    let (source, diagnostics) = Source::from_bytes(shown, bytes).into_parts();
    let source = source.unwrap_or_default();
    let (provisioners, diagnostics) =
        if diagnostics.has_errors() { (None, diagnostics) } else { read_file(&source).into_parts() };
    Faults { diagnostics, texts: vec![source] }.or(provisioners.unwrap_or_default())
}
