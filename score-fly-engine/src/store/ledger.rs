//! Files to which lines are added, and nothing else is done until they get too long.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use score_fly_core::fly::names::is_app_name;

use crate::files::{self, Access};

/// How long a ledger gets, in bytes. Then its older half goes.
const MOST: u64 = 8 << 20;

/// Where the ledger of an app is, beside the state. Nothing for what can't be an app's name: a path, say.
pub(super) fn path(state: &Path, app: &str) -> Option<PathBuf> {
    is_app_name(app).then(|| state.with_file_name("releases").join(format!("{app}.jsonl")))
}

/// Adds a line, in one piece, so that a kill leaves all or the start of it. What follows the start of one begins a line
/// of its own.
pub(super) fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    files::for_owner(&mut options);
    let mut file = options.open(path)?;
    let length = file.metadata()?.len();
    if length > MOST {
        shorten(path)?;
        return append(path, line);
    }
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let mut piece = Vec::with_capacity(line.len() + 2);
    piece.extend((last != *b"\n").then_some(b'\n'));
    piece.extend(line);
    piece.push(b'\n');
    file.write_all(&piece)?;
    file.sync_data()?;
    if length == 0 { files::sync_folder(path) } else { Ok(()) }
}

fn shorten(path: &Path) -> io::Result<()> {
    let bytes = files::read(path, 2 * MOST)?;
    let middle = bytes.len() / 2;
    let kept = bytes.get(middle..).unwrap_or_default();
    let start = kept.iter().position(|byte| *byte == b'\n').map_or(kept.len(), |end| end + 1);
    files::write(path, kept.get(start..).unwrap_or_default(), Access::Owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state.yaml");
        assert_eq!(path(&state, "../shop"), None);
        let ledger = path(&state, "shop").unwrap();
        append(&ledger, b"{\"a\":1}").unwrap();
        // Somebody was killed.
        OpenOptions::new().append(true).open(&ledger).unwrap().write_all(b"{\"b\"").unwrap();
        append(&ledger, b"{\"c\":3}").unwrap();
        assert_eq!(fs::read_to_string(&ledger).unwrap(), "{\"a\":1}\n{\"b\"\n{\"c\":3}\n");
    }

    #[test]
    fn the_older_half_goes() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = path(&folder.path().join("state.yaml"), "shop").unwrap();
        fs::create_dir_all(ledger.parent().unwrap()).unwrap();
        let lines: String = (0..1_200_000).map(|number| format!("{number:07}")).collect::<Vec<_>>().join("\n");
        fs::write(&ledger, lines + "\n").unwrap();
        append(&ledger, b"last").unwrap();
        let text = fs::read_to_string(&ledger).unwrap();
        assert!(text.starts_with("0600001\n") && text.ends_with("1199999\nlast\n"), "{}", &text[..20]);
    }
}
