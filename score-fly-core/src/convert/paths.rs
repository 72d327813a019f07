//! Paths as text, with `/` between their parts on every system: flyctl reads them so.

use crate::prelude::*;

/// `path`, which is relative to a folder, as seen from where that folder is `folder`.
pub(super) fn join(folder: &str, path: &str) -> String {
    let path = trim_current(path);
    let folder = trim_current(folder);
    if folder.is_empty() || is_absolute(path) {
        return path.to_owned();
    }
    let separator = if folder.ends_with('/') { "" } else { "/" };
    format!("{folder}{separator}{path}")
}

/// Whether `path` starts at a root, on Unix or on Windows.
fn is_absolute(path: &str) -> bool {
    let mut start = path.chars();
    match start.next() {
        Some('/' | '\\') => true,
        Some(drive) => drive.is_ascii_alphabetic() && start.next() == Some(':'),
        None => false,
    }
}

/// `path` without the `./` that it may start with.
fn trim_current(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    if path == "." { "" } else { path }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn joins() {
        let cases = [
            ("", "Dockerfile", "Dockerfile"),
            (".", "Dockerfile", "Dockerfile"),
            ("./", "./conf/app.yaml", "conf/app.yaml"),
            ("app", "Dockerfile", "app/Dockerfile"),
            ("./app/", "Dockerfile", "app/Dockerfile"),
            ("../app", "../conf.yaml", "../app/../conf.yaml"),
            ("/", "conf.yaml", "/conf.yaml"),
            ("app", "/etc/conf.yaml", "/etc/conf.yaml"),
            ("app", "C:\\conf.yaml", "C:\\conf.yaml"),
            ("app", ".env", "app/.env"),
        ];
        for (folder, path, expected) in cases {
            assert_eq!(join(folder, path), expected, "{folder} + {path}");
        }
    }
}
