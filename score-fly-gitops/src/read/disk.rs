//! Files of this machine.

use std::fs;
use std::io;
use std::path::Path;

use crate::files::{Files, NAMES, SKIPPED, join};

/// A file of a tree is not larger than that.
pub(super) const LARGEST: u64 = 4 << 20;

/// More folders than that are no tree of apps.
const MOST_FOLDERS: usize = 100_000;

/// Reads what matters to a tree in a folder and below it. Links to folders are not followed.
///
/// # Errors
/// If the folder itself can't be read, or there is too much below it.
pub(super) fn read(root: &Path, start: &str, files: &mut Files) -> Result<(), String> {
    let mut open = vec![start.to_owned()];
    while let Some(folder) = open.pop() {
        if files.folders.len() >= MOST_FOLDERS {
            return Err(format!("there are more than {MOST_FOLDERS} folders in it"));
        }
        let entries = match fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if folder == start => return Err(sentence(&error)),
            // One in which nobody may look is none of this tree.
            Err(_) => continue,
        };
        files.folders.insert(folder.clone());
        for entry in entries.filter_map(Result::ok) {
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            let path = join(&folder, &name);
            if kind.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if NAMES.contains(&name.as_str()) {
                files.files.insert(path, text(&entry.path()));
            }
        }
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| sentence(&error))?.len();
    if size > LARGEST {
        return Err("it is larger than 4 MiB".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| sentence(&error))?;
    String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())
}

fn sentence(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "it is no folder".to_owned(),
        _ => error.to_string(),
    }
}
