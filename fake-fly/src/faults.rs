//! Faults: what goes wrong with a call.

use serde::{Deserialize, Serialize};

use crate::log::Call;

/// What goes wrong with calls of one kind.
///
/// It happens to the first such call, or to those that [`Fault::skip`] and [`Fault::times`] say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The name of the call, as in [`Call::name`], or `*` for any.
    pub on: String,
    /// Only calls about this app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// Only calls about this machine or volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How many such calls go well before.
    #[serde(default)]
    pub skip: u32,
    /// How many go wrong.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Nothing is done, and this is answered.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The `error` of the answer.
        message: String,
        /// The `status` of the answer's body, such as `insufficient_capacity`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// It is done, but this is answered.
    CommitThen {
        /// The HTTP status.
        status: u16,
        /// The `error` of the answer.
        message: String,
    },
    /// Nothing is done, and the connection is closed.
    HangUp,
    /// It is done, and the connection is closed.
    CommitThenHangUp,
    /// It is done and answered so many milliseconds later.
    Delay {
        /// Milliseconds on the fake's clock.
        millis: u64,
    },
    /// From this call on nobody is heard, as if the caller had been killed before it.
    Kill,
    /// This call is done, and from then on nobody is heard, as if the caller had been killed after it.
    CommitThenKill,
}

impl Fault {
    /// A fault of the next call of this name.
    pub fn on(name: &str, effect: Effect) -> Self {
        Self { on: name.to_owned(), app: None, id: None, skip: 0, times: 1, effect }
    }

    /// The next call of this name is refused.
    pub fn refuse(name: &str, status: u16, message: &str) -> Self {
        Self::on(name, Effect::Refuse { status, message: message.to_owned(), code: None })
    }

    /// The next call of this name is done, but answered with an error.
    pub fn commit_then(name: &str, status: u16, message: &str) -> Self {
        Self::on(name, Effect::CommitThen { status, message: message.to_owned() })
    }

    /// Only calls about this app.
    pub fn app(mut self, app: &str) -> Self {
        self.app = Some(app.to_owned());
        self
    }

    /// Only calls about this machine or volume.
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// So many calls go well before.
    pub fn skip(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// So many calls go wrong; [`u32::MAX`] is all of them.
    pub fn times(mut self, calls: u32) -> Self {
        self.times = calls;
        self
    }

    fn is_for(&self, call: &Call) -> bool {
        (self.on == "*" || self.on == call.name)
            && self.app.as_ref().is_none_or(|app| call.app.as_ref() == Some(app))
            && self.id.as_ref().is_none_or(|id| call.id.as_ref() == Some(id))
    }
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    coming: Vec<Fault>,
    /// Nobody is heard.
    pub(crate) deaf: bool,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.coming.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn coming(&self) -> &[Fault] {
        &self.coming
    }

    /// What goes wrong with this call. Every fault that it is for counts it, and the first one that is
    /// due happens.
    pub(crate) fn next(&mut self, call: &Call) -> Option<Effect> {
        let mut effect = None;
        for fault in self.coming.iter_mut().filter(|fault| fault.is_for(call)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if effect.is_none() && fault.times > 0 {
                fault.times -= u32::from(fault.times < u32::MAX);
                effect = Some(fault.effect.clone());
            }
        }
        self.coming.retain(|fault| fault.times > 0);
        effect
    }
}
