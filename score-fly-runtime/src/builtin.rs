//! The runtimes that are built in.

use crate::files::Files;

/// The files of a runtime, from its folder in `runtimes`.
macro_rules! runtime {
    ($name:literal: $($path:literal),* $(,)?) => {
        ($name, &[$(($path, include_bytes!(concat!("../runtimes/", $name, "/", $path)))),*])
    };
}

type Embedded = (&'static str, &'static [(&'static str, &'static [u8])]);

/// In the order of their names. What must not be taken for files of this package, such as another
/// Cargo.toml, ends in `.j2` even if there is nothing to fill in it.
const RUNTIMES: &[Embedded] = &[
    runtime!("axum":
        "runtime.yaml",
        "build/.dockerignore",
        "build/Dockerfile.j2",
        "build/src/main.rs.j2",
        "template/.gitignore.j2",
        "template/Cargo.lock.j2",
        "template/Cargo.toml.j2",
        "template/README.md.j2",
        "template/src/lib.rs.j2",
    ),
    runtime!("express":
        "runtime.yaml",
        "build/.dockerignore",
        "build/Dockerfile.j2",
        "build/server.js.j2",
        "template/.gitignore.j2",
        "template/README.md.j2",
        "template/function.js.j2",
        "template/package-lock.json.j2",
        "template/package.json.j2",
    ),
    runtime!("flask":
        "runtime.yaml",
        "build/.dockerignore",
        "build/Dockerfile.j2",
        "build/gunicorn.conf.py.j2",
        "build/server-requirements.txt",
        "build/wsgi.py.j2",
        "template/.gitignore.j2",
        "template/README.md.j2",
        "template/function.py.j2",
        "template/requirements.in",
        "template/requirements.txt",
    ),
    runtime!("static":
        "runtime.yaml",
        "build/.dockerignore",
        "build/Caddyfile.j2",
        "build/Dockerfile.j2",
        "template/.gitignore.j2",
        "template/README.md.j2",
        "template/public/index.html.j2",
    ),
];

/// Their names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    RUNTIMES.iter().map(|(name, _)| *name)
}

/// The files of the one of that name.
pub(crate) fn files(name: &str) -> Option<Files> {
    let (name, embedded) = RUNTIMES.iter().find(|(known, _)| *known == name)?;
    let mut files = Files::new(*name);
    for (path, content) in *embedded {
        files.insert(*path, *content).ok()?;
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{files, names};

    /// The paths of the files in a folder, from `root`.
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).expect("below").to_str().expect("text").replace('\\', "/"));
            }
        }
    }

    #[test]
    fn all_files_of_the_folder_are_there() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtimes");
        let mut found = Vec::new();
        walk(&folder, &folder, &mut found);
        found.sort();
        let embedded = names().flat_map(|name| {
            let files = files(name).expect("it is built in");
            files.iter().map(|(path, _)| format!("{name}/{path}")).collect::<Vec<_>>()
        });
        let mut embedded: Vec<String> = embedded.collect();
        embedded.sort();
        assert_eq!(embedded, found);
    }
}
