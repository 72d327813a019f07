//! How the Score file, fly.toml and the working directory lie to each other.
//!
//! All of it is computed from how the paths are written, without asking the file system: flyctl
//! joins paths in the same way.

use std::env;
use std::path::{Component, Path, PathBuf};

use score_fly_core::convert::Paths;

/// The folder of a file; of a plain name, the current one.
pub(crate) fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// What `fly deploy`, run from here, needs to know about a Score file in `score` and a fly.toml
/// in `toml` (both folders).
pub(crate) fn relate(score: &Path, toml: &Path) -> Paths {
    let work = env::current_dir().unwrap_or_default();
    let (score, toml) = (normal(&work, score), normal(&work, toml));
    Paths {
        score_from_work: relative(&work, &score),
        score_from_toml: relative(&toml, &score),
        toml_from_work: relative(&work, &toml),
    }
}

/// `path` as seen from `work`, without `.` and `..`.
fn normal(work: &Path, path: &Path) -> PathBuf {
    // A path in full may name the working directory by way of links, which hides that they are
    // related. One that starts from here is kept as it is written.
    let path = match path.canonicalize() {
        Ok(real) if path.is_absolute() => real,
        _ => work.join(path),
    };
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The way from one folder to another, with slashes; empty if they are the same. Both are in full
/// and normal.
fn relative(from: &Path, to: &Path) -> String {
    let common = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    if common == 0 {
        return to.to_string_lossy().into_owned();
    }
    let up = from.components().skip(common).map(|_| "..".into());
    let down = to.components().skip(common).map(|component| component.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{normal, relative};

    #[test]
    fn finds_the_way() {
        for (from, to, way) in [
            ("/a/b", "/a/b", ""),
            ("/a/b", "/a/b/c/d", "c/d"),
            ("/a/b", "/a", ".."),
            ("/a/b/c", "/a/x", "../../x"),
            ("/", "/a", "a"),
            ("/a", "/", ".."),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), way, "{from} -> {to}");
        }
    }

    #[test]
    fn cleans_paths_as_they_are_written() {
        let work = Path::new("/no-such-folder/work");
        for (path, clean) in [
            ("", "/no-such-folder/work"),
            (".", "/no-such-folder/work"),
            ("./a/../b/", "/no-such-folder/work/b"),
            ("../x", "/no-such-folder/x"),
            ("../../../..", "/"),
            ("/no-such-folder/./y", "/no-such-folder/y"),
        ] {
            assert_eq!(normal(work, Path::new(path)), Path::new(clean), "{path}");
        }
    }
}
