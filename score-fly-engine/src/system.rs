//! What the operating system says, and where things are in it.

use std::env;
use std::io;
use std::path::PathBuf;

/// An error of the system in its own words.
pub fn words(error: &io::Error) -> String {
    let words = error.to_string();
    // The number in brackets says nothing that the words do not.
    words.split_once(" (os error").map_or(words.as_str(), |(words, _)| words).to_owned()
}

/// A path as a shell would take it: `~/` is the user's folder.
pub(crate) fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
