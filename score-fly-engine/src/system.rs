//! What the operating system says.

use std::io;

/// An error of the system in its own words.
pub(crate) fn words(error: &io::Error) -> String {
    let words = error.to_string();
    // The number in brackets says nothing that the words do not.
    words.split_once(" (os error").map_or(words.as_str(), |(words, _)| words).to_owned()
}
