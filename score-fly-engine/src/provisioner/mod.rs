//! Provisioners: what makes resources, and takes them down again.

mod cmd;
mod error;
mod request;
mod static_outputs;

use std::collections::BTreeSet;

use score_fly_core::resource::Selector;
use serde::{Deserialize, Serialize};

pub use cmd::Cmd;
pub use error::{Error, Failure};
pub use request::{Answer, Params, ProjectView, Request, WorkloadView};
pub use static_outputs::Static;

/// A provisioner, as it stands in a project's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provisioner {
    /// Its name in this project. Resources remember by it who made them.
    pub id: String,
    /// The resources that it is for.
    #[serde(flatten)]
    pub selector: Selector,
    /// What it does, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The params that it understands; others are an error. Unset: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_params: Option<BTreeSet<String>>,
    /// The outputs that it must give; without one of them its answer is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_outputs: Option<BTreeSet<String>>,
    /// How it is called.
    #[serde(flatten)]
    pub kind: Kind,
}

/// The kinds of provisioners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Always the same outputs.
    Static(Static),
    /// A program.
    Cmd(Cmd),
}

/// What a provisioner is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Make the resource, or see that it is still there.
    Provision,
    /// Take it down.
    Deprovision,
}

impl Mode {
    /// As `SCORE_PROVISIONER_MODE` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Deprovision => "deprovision",
        }
    }
}

/// What calls of a provisioner have to do with the state that all resources share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// They leave it alone, so several may run at once.
    Never,
    /// That shows only in its answers.
    Unknown,
    /// They read and change it, so they run one after the other.
    Always,
}

impl Provisioner {
    /// Makes the resource, or sees that it is still there.
    ///
    /// # Errors
    /// If the provisioner can't be called, fails, or does not answer as provisioners do. The
    /// failure carries what it answered nevertheless, which is to be recorded.
    pub fn provision(&self, request: &Request) -> Result<Answer, Failure> {
        if let Some(supported) = &self.supported_params
            && let Some(param) = request.params.names().find(|name| !supported.contains(*name))
        {
            return Err(Error::UnsupportedParam { param: param.to_owned(), supported: supported.clone() }.into());
        }
        let answer = self.call(Mode::Provision, request)?;
        match self.missing_output(request, &answer) {
            Some(output) => Err(Failure { error: Error::MissingOutput { output }, answer: Some(Box::new(answer)) }),
            None => Ok(answer),
        }
    }

    /// Takes the resource down.
    ///
    /// # Errors
    /// As [`provision`](Self::provision), except that an answer without any text will do.
    pub fn deprovision(&self, request: &Request) -> Result<Answer, Failure> {
        self.call(Mode::Deprovision, request)
    }

    fn call(&self, mode: Mode, request: &Request) -> Result<Answer, Failure> {
        match &self.kind {
            Kind::Static(outputs) => Ok(outputs.call()),
            Kind::Cmd(cmd) => cmd.call(mode, request),
        }
    }

    fn missing_output(&self, request: &Request, answer: &Answer) -> Option<String> {
        let values = answer.values.as_ref().unwrap_or(&request.outputs);
        let given = |name: &String| values.contains_key(name) || answer.secrets.contains_key(name);
        self.expected_outputs.iter().flatten().find(|name| !given(name)).cloned()
    }

    /// What its calls have to do with shared state.
    pub fn sharing(&self) -> Sharing {
        match &self.kind {
            Kind::Static(_) => Sharing::Never,
            Kind::Cmd(_) => Sharing::Unknown,
        }
    }

    /// Whether a call leaves something behind that only the state remembers. If not, there is no
    /// loss in a call that is forgotten.
    pub fn leaves_traces(&self) -> bool {
        match &self.kind {
            Kind::Static(_) => false,
            Kind::Cmd(_) => true,
        }
    }

    /// The kind and what matters most of it, for lists.
    pub fn summary(&self) -> String {
        match &self.kind {
            Kind::Static(outputs) => format!("static, {} outputs", outputs.0.len()),
            Kind::Cmd(cmd) => format!("cmd {}", cmd.binary),
        }
    }
}
