//! Where a runtime comes from.

use std::fmt;

/// What is written behind `-r`, and in a function's `runtime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// One that is built in, by its name.
    Builtin(String),
    /// A folder: a path with a `/` in it, or one that starts with a dot. A relative one starts at the
    /// function's folder.
    Folder(String),
    /// A folder of a git repository, `https://host/repository#ref:path`; without a ref it is the head,
    /// and without a path the whole.
    Git {
        /// The repository, as git takes it.
        repository: String,
        /// A branch, a tag or a commit.
        reference: Option<String>,
        /// The folder in it.
        path: Option<String>,
    },
}

impl Reference {
    /// Reads a reference.
    ///
    /// # Errors
    /// If it is of none of the forms: one sentence without its end, and without the text, in which there may be
    /// a password.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || text.contains(char::is_control) {
            return Err("it is empty, or has control characters in it");
        }
        if printable(text) != text && text.starts_with("https://") {
            return Err("git knows how to log in, so there need not be a user in it");
        }
        let is_short = text.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
        match text.split_once("://") {
            Some(("https" | "ssh" | "file", _)) => Self::git(text),
            Some(("http", _)) => Err("what comes by `http://` can be changed on the way: write `https://`"),
            Some(_) => Err("a repository's address starts with `https://` or `ssh://`"),
            None if is_short => Self::git(text),
            None if text.contains(['/', '\\']) || text.starts_with('.') => Ok(Self::Folder(text.to_owned())),
            None => Ok(Self::Builtin(text.to_owned())),
        }
    }

    fn git(text: &str) -> Result<Self, &'static str> {
        let (repository, fragment) = text.split_once('#').map_or((text, ""), |(before, after)| (before, after));
        let (reference, path) = fragment.split_once(':').unwrap_or((fragment, ""));
        let path = path.trim_matches('/');
        if repository.starts_with('-') {
            return Err("a repository's address starts with `https://` or `ssh://`");
        }
        if reference.starts_with('-') || reference.contains(char::is_whitespace) {
            return Err("behind `#` stands a branch, a tag or a commit");
        }
        if path.split('/').any(|part| matches!(part, "." | "..")) {
            return Err("the path has to stay within the repository");
        }
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(Self::Git { repository: repository.to_owned(), reference: some(reference), path: some(path) })
    }
}

/// A reference as it may be printed: without a user, behind whom there may be a password.
pub(crate) fn printable(written: &str) -> String {
    let Some((scheme, rest)) = written.split_once("://") else { return written.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (server, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    format!("{scheme}://{server}{path}")
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin(text) | Self::Folder(text) => f.write_str(text),
            Self::Git { repository, reference, path } => {
                f.write_str(repository)?;
                match (reference.as_deref().unwrap_or_default(), path) {
                    ("", None) => Ok(()),
                    (reference, None) => write!(f, "#{reference}"),
                    (reference, Some(path)) => write!(f, "#{reference}:{path}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn tells_names_folders_and_repositories_apart() {
        let git = |repository: &str, reference: Option<&str>, path: Option<&str>| Reference::Git {
            repository: repository.to_owned(),
            reference: reference.map(str::to_owned),
            path: path.map(str::to_owned),
        };
        for (text, wanted) in [
            ("flask", Reference::Builtin("flask".to_owned())),
            (".", Reference::Folder(".".to_owned())),
            ("../go", Reference::Folder("../go".to_owned())),
            ("runtimes/go", Reference::Folder("runtimes/go".to_owned())),
            ("https://h/r.git", git("https://h/r.git", None, None)),
            ("https://h/r#v1", git("https://h/r", Some("v1"), None)),
            ("https://h/r#v1:runtimes/go", git("https://h/r", Some("v1"), Some("runtimes/go"))),
            ("https://h/r#:go", git("https://h/r", None, Some("go"))),
            ("git@h:o/r.git#main:go", git("git@h:o/r.git", Some("main"), Some("go"))),
        ] {
            assert_eq!(Reference::parse(text).as_ref(), Ok(&wanted), "{text}");
            assert_eq!(wanted.to_string(), text);
        }
    }

    #[test]
    fn refuses_what_git_would_take_for_something_else() {
        for text in
            ["", "http://h/r", "ftp://h/r", "https://h/r#--upload-pack=x", "https://h/r#v1:../x", "a\nb", "-o@h:r"]
        {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn prints_no_users() {
        assert_eq!(super::printable("https://me:secret@h/r#v1@2:p"), "https://h/r#v1@2:p");
        assert_eq!(super::printable("git@h:r"), "git@h:r");
    }
}
