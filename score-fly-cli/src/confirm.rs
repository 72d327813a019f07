//! Asking before something is lost.

use std::io::{self, IsTerminal as _, Write as _};

/// Asks somebody at the terminal to type `word`. Nobody there is a no.
pub(crate) fn confirm(question: &str, word: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    let mut stderr = io::stderr().lock();
    let asked = write!(stderr, "{question}").and_then(|()| stderr.flush());
    let mut answer = String::new();
    asked.is_ok() && io::stdin().read_line(&mut answer).is_ok() && answer.trim() == word
}
