//! What goes wrong, told apart by what can be done about it.

use std::fmt;

use crate::time::Timestamp;

/// Why a call failed. It is told with what was to be done, Fly's own message and the id of the request, by
/// which Fly's support finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    kind: Kind,
    action: String,
    message: String,
    status: Option<u16>,
    request_id: Option<String>,
    attempts: u32,
    may_have_happened: bool,
}

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The token is missing, wrong or expired.
    Unauthorized,
    /// The token may not do that, or it belongs to somebody else.
    Forbidden,
    /// There is no such thing, or not yet: what was just created may not be found for a while.
    NotFound,
    /// The name is taken, maybe by somebody else.
    NameTaken,
    /// A machine of the app has the name.
    MachineNameTaken {
        /// Its id, if Fly told it.
        machine: Option<String>,
    },
    /// The organization may not have more, or something is to be cleared with Fly's billing.
    Limit,
    /// There is no room in the region.
    Capacity,
    /// There is no room on the host of the machine, or on that of the volume.
    HostFull,
    /// Somebody else is at work on the machine.
    LeaseHeld(Holder),
    /// The machine is being changed just now.
    Busy,
    /// The machine is of another version than it was taken for.
    VersionMoved,
    /// It is in no state for that.
    WrongState,
    /// The volume is in another machine.
    VolumeInUse {
        /// The machine, if Fly told it.
        machine: Option<String>,
    },
    /// The image is not there, or can't be pulled.
    Image,
    /// There is no such region.
    Region,
    /// Something in the request is not as Fly wants it.
    Invalid,
    /// Too many requests, even after waiting.
    RateLimited,
    /// Fly did not get done in time.
    TimedOut,
    /// Fly's servers are in trouble.
    Unavailable,
    /// The server could not be reached, or the connection broke.
    Network,
    /// What was answered is not what was expected.
    Answer,
    /// The client was told to stop.
    Stopped,
    /// Something else.
    Other,
}

/// Who has the lease of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// The owner of the token, such as `ab12@tokens.fly.io`.
    pub owner: Option<String>,
    /// Until when, unless it is renewed.
    pub until: Option<Timestamp>,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            action: String::new(),
            message: message.into(),
            status: None,
            request_id: None,
            attempts: 1,
            may_have_happened: false,
        }))
    }

    pub(crate) fn answered(mut self, status: u16, request_id: Option<String>) -> Self {
        self.0.status = Some(status);
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn during(mut self, action: &str, attempts: u32) -> Self {
        action.clone_into(&mut self.0.action);
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn unclear(mut self, may_have_happened: bool) -> Self {
        self.0.may_have_happened = may_have_happened;
        self
    }

    pub(crate) fn map_message(mut self, change: impl FnOnce(String) -> String) -> Self {
        self.0.message = change(std::mem::take(&mut self.0.message));
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// What was to be done, such as `update machine 3287eeeb342085 of app shop`.
    pub fn action(&self) -> &str {
        &self.0.action
    }

    /// Fly's message, or what happened on the way.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// By which Fly's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How often it was tried.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether Fly may have done it nevertheless: the answer got lost, or came from something before the
    /// server. Whoever wants to repeat it looks first.
    pub fn may_have_happened(&self) -> bool {
        self.0.may_have_happened
    }

    /// Whether there is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == Kind::NotFound
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { action, message, status, request_id, attempts, .. } = &*self.0;
        if !action.is_empty() {
            write!(f, "can't {action}: ")?;
        }
        f.write_str(message)?;
        let status = status.map(|status| format!("status {status}"));
        let request = request_id.as_ref().map(|id| format!("request {id}"));
        let attempts = (*attempts > 1).then(|| format!("{attempts} attempts"));
        let notes: Vec<_> = [status, request, attempts].into_iter().flatten().collect();
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

impl std::error::Error for Error {}
