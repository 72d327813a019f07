//! The form in which a state is kept: a text of YAML for the state, and a line of JSON for each change since
//! that was written. Writing the whole state after every call would make a run of many resources quadratic.

use std::io;

use serde::Deserialize as _;
use serde_json::Value;

use super::change::Change;
use super::error::{StateError, Text, reason};
use super::migrate::{STEPS, Step, VERSION, migrate_change, migrate_state, steps_from};
use super::model::State;
use crate::encryption::{Identities, Recipient, Undecryptable};
use crate::store::{Document, Kept};

/// A state that was read.
#[derive(Debug)]
pub(crate) struct Read {
    /// The state, as it is after what the journal says.
    pub(crate) state: State,
    /// Whether it is to be saved, since it was not read from a text that says the same.
    pub(crate) is_changed: bool,
}

impl State {
    /// Reads what is kept, and decrypts what is encrypted of it. Without identities, it is read as far as it is
    /// not encrypted: to be looked at, and never to be written.
    pub(crate) fn read(kept: &Kept, identities: Option<&Identities>) -> Result<Read, StateError> {
        let (mut state, steps) = parse(&kept.state)?;
        if let Some(identities) = identities {
            let text = Text::new(&kept.state);
            state.unseal(identities).map_err(|error| match error {
                Undecryptable::NoMatch => text.locked(&state.encrypt_to, identities),
                Undecryptable::Damaged(reason) => text.corrupt(reason, None),
                Undecryptable::Unrelated => text.mixed(),
            })?;
        }
        if let Some(journal) = &kept.journal {
            replay(journal, &mut state, steps, identities)?;
        }
        Ok(Read { state, is_changed: kept.journal.is_some() || !steps.is_empty() })
    }

    /// The text that is kept, with what may be secret encrypted, if there is somebody to encrypt it to. It is known
    /// to read back: what it takes the place of is gone afterwards.
    pub(crate) fn write(&self) -> io::Result<Vec<u8>> {
        let sealed = self.seal()?;
        let text = serde_yaml::to_string(&sealed).map_err(io::Error::other)?;
        // What is equal has the same text; what is not may have it, too, such as an empty list and none.
        let says_the_same =
            |again: Self| again == sealed || serde_yaml::to_string(&again).is_ok_and(|again| again == text);
        if serde_yaml::from_str(&text).is_ok_and(says_the_same) {
            Ok([HEADING.as_bytes(), text.as_bytes()].concat())
        } else {
            Err(io::Error::other(UNREADABLE))
        }
    }
}

impl Change {
    /// The line that is kept, encrypted as the state is.
    pub(crate) fn write(&self, recipients: &[Recipient]) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(&self.seal(recipients)?)?;
        let again = serde_json::from_slice::<Self>(&line).and_then(|read| serde_json::to_vec(&read));
        if !again.is_ok_and(|again| again == line) {
            return Err(io::Error::other(UNREADABLE));
        }
        line.push(b'\n');
        Ok(line)
    }
}

/// Why something is not written. It may hold secrets, so it is not said what does not fit.
const UNREADABLE: &str = "it could not be read back; what was there is kept";

const HEADING: &str = "# The state of a score-fly project. It may hold secrets: keep it to yourself.\n";

/// The state, and the steps that led from the form of its text to today's.
fn parse(document: &Document) -> Result<(State, &'static [Step]), StateError> {
    let corrupt = |reason: &str, at| Text::new(document).corrupt(reason, at);
    let text = str::from_utf8(&document.bytes)
        .map_err(|error| corrupt("it is not text in UTF-8", Some(error.valid_up_to())))?;
    if text.trim().is_empty() {
        return Err(corrupt("it is empty", None));
    }
    let (state, steps) = match serde_yaml::from_str::<State>(text) {
        Ok(state) if state.version == VERSION => (state, &[] as &[Step]),
        // Only now it is worth a look whose file it is, and of which version.
        result => migrate(document, text, result.err())?,
    };
    if state.encrypt_to.is_empty() != state.sealed.is_none() {
        return Err(corrupt("`encrypt_to` and `sealed` belong together, and one of them is missing", None));
    }
    Ok((state, steps))
}

/// The state in a text that is not of today's form, for the reason in `error`.
fn migrate(
    document: &Document,
    text: &str,
    error: Option<serde_yaml::Error>,
) -> Result<(State, &'static [Step]), StateError> {
    let corrupt = |error: &serde_yaml::Error| {
        Text::new(document).corrupt(reason(error), error.location().map(|location| location.index()))
    };
    let mut value: Value = serde_yaml::from_str(text).map_err(|error| corrupt(&error))?;
    let Some(version) = value.get("version").and_then(Value::as_u64) else {
        return Err(Text::new(document).foreign());
    };
    if version > VERSION {
        return Err(Text::new(document).newer(version));
    }
    let Some(steps) = steps_from(version, STEPS) else { return Err(Text::new(document).foreign()) };
    if let (true, Some(error)) = (steps.is_empty(), error) {
        return Err(corrupt(&error));
    }
    migrate_state(&mut value, steps, VERSION);
    // Where that came from is no longer known.
    let state = State::deserialize(value).map_err(|error| Text::new(document).corrupt(error, None))?;
    Ok((state, steps))
}

/// Applies a journal to a state.
fn replay(
    journal: &Document,
    state: &mut State,
    steps: &[Step],
    identities: Option<&Identities>,
) -> Result<(), StateError> {
    let text = Text::new(journal);
    let mut end = 0;
    for line in journal.bytes.split_inclusive(|byte| *byte == b'\n') {
        let start = end;
        end += line.len();
        // The last line may have been cut short, when the run was killed while it wrote it. The
        // call that it speaks of is then as good as not answered.
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let unreadable = |error: serde_json::Error| {
            text.corrupt_journal("this can't be read", start + error.column().saturating_sub(1))
        };
        let mut change: Change = if steps.is_empty() {
            serde_json::from_slice(line).map_err(unreadable)?
        } else {
            let mut value = serde_json::from_slice(line).map_err(unreadable)?;
            migrate_change(&mut value, steps);
            Change::deserialize(value).map_err(unreadable)?
        };
        if let Some(identities) = identities {
            change.unseal(identities).map_err(|error| match error {
                Undecryptable::NoMatch => text.locked(&state.encrypt_to, identities),
                Undecryptable::Damaged(reason) => text.corrupt_journal(reason, start),
                Undecryptable::Unrelated => text.corrupt_journal("its parts do not belong together", start),
            })?;
        }
        change.apply(state);
    }
    Ok(())
}
