//! Provisioners of all kinds.

use score_fly_core::map::SortedSet;
use score_fly_core::resource::Selector;
use score_fly_core::secret::Sensitive;
use serde::{Deserialize, Serialize};

use super::builtin::Builtin;
use super::call::{Call, Mode, Sharing};
use super::cmd::Cmd;
use super::error::{Error, Failure};
use super::http::Http;
use super::protocol::Protocol;
use super::request::{Answer, Request};
use super::static_outputs::Static;
use super::template::Template;

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
    /// The params that it understands; whoever calls it sees to it that there are no others. Unset: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_params: Option<SortedSet<String>>,
    /// The outputs that it must give; without one of them its answer is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_outputs: Option<SortedSet<String>>,
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
    /// A server.
    Http(Http),
    /// Templates.
    Template(Template),
    /// A part of score-fly.
    Builtin(Builtin),
}

impl Kind {
    /// What of it may be shown to everybody, if that is not all.
    pub(crate) fn without_secrets(&self) -> Option<Self> {
        match self {
            Self::Static(outputs) if !outputs.secrets.is_empty() => Some(Self::Static(outputs.without_secrets())),
            Self::Http(http) if http.label() != http.url => {
                Some(Self::Http(Http { url: http.label(), ..http.clone() }))
            }
            Self::Static(_) | Self::Cmd(_) | Self::Http(_) | Self::Template(_) | Self::Builtin(_) => None,
        }
    }
}

impl Provisioner {
    /// Makes the resource, or sees that it is still there.
    ///
    /// # Errors
    /// If the provisioner can't be called, fails, or does not answer as provisioners do. The
    /// failure carries what it answered nevertheless, which is to be recorded.
    pub fn provision(&self, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        let answer = self.call(Mode::Provision, request, call)?;
        let outputs = self.missing_outputs(request, &answer);
        if outputs.is_empty() {
            return Ok(answer);
        }
        Err(Failure { error: Error::MissingOutputs { outputs }, answer: Some(Box::new(answer)) })
    }

    /// Takes the resource down.
    ///
    /// # Errors
    /// As [`provision`](Self::provision), except that an answer without any text will do.
    pub fn deprovision(&self, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        self.call(Mode::Deprovision, request, call)
    }

    /// Calls it, and takes of its answer what a state can keep.
    fn call(&self, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        let tells = self.tells_secrets();
        let hide = |answer: &mut Answer| {
            if !tells && matches!(request.params.0, Sensitive::Secret(_)) {
                answer.hide_values();
            }
        };
        match self.ask(mode, request, call) {
            Ok(mut answer) => {
                hide(&mut answer);
                match answer.drop_too_deep() {
                    None => Ok(answer),
                    Some(what) => Err(Failure { error: Error::TooDeep { what }, answer: Some(Box::new(answer)) }),
                }
            }
            Err(mut failure) => {
                if let Some(answer) = &mut failure.answer {
                    hide(answer);
                    answer.drop_too_deep();
                }
                Err(failure)
            }
        }
    }

    /// Whether its answers say which outputs are secrets. Those of all others are secrets as soon as one took part in
    /// the params.
    fn tells_secrets(&self) -> bool {
        match &self.kind {
            Kind::Static(_) | Kind::Http(_) => true,
            Kind::Cmd(cmd) => cmd.protocol == Protocol::ScoreFlyio,
            Kind::Template(template) => !template.uses_params(),
            Kind::Builtin(_) => false,
        }
    }

    /// Every kind is asked in both modes: what makes something must not be forgotten when it is taken down.
    fn ask(&self, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        match &self.kind {
            Kind::Static(outputs) => Ok(outputs.call(mode)),
            Kind::Cmd(cmd) => cmd.call(mode, request, call),
            Kind::Http(http) => http.call(mode, request, call),
            Kind::Template(template) => Ok(template.call(mode, request, call)?),
            Kind::Builtin(builtin) => builtin.call(mode, request, call),
        }
    }

    fn missing_outputs(&self, request: &Request, answer: &Answer) -> SortedSet<String> {
        let values = answer.values.as_ref().unwrap_or(&request.outputs);
        let given = |name: &String| values.contains_key(name) || answer.secrets.contains_key(name);
        self.expected_outputs.iter().flatten().filter(|name| !given(name)).cloned().collect()
    }

    /// What its calls have to do with shared state.
    pub fn sharing(&self) -> Sharing {
        match &self.kind {
            Kind::Cmd(_) | Kind::Http(_) => Sharing::Unknown,
            Kind::Template(template) if template.shares() => Sharing::Always,
            Kind::Static(_) | Kind::Template(_) => Sharing::Never,
            Kind::Builtin(builtin) => builtin.sharing(),
        }
    }

    /// Whether a call leaves something behind that only the state remembers. If not, there is no
    /// loss in a call that is forgotten.
    pub fn leaves_traces(&self) -> bool {
        match &self.kind {
            Kind::Static(_) => false,
            Kind::Cmd(_) | Kind::Http(_) => true,
            Kind::Template(template) => template.keeps_state(),
            Kind::Builtin(builtin) => builtin.leaves_traces(),
        }
    }

    /// Whether it can be asked for what another one has made: it is told the same, and takes down as well.
    pub(crate) fn can_follow(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Cmd(new), Kind::Cmd(old)) => {
                new.protocol == old.protocol && (new.knows_modes() || !old.knows_modes())
            }
            (Kind::Http(_), Kind::Http(_)) => true,
            (Kind::Builtin(new), Kind::Builtin(old)) => new == old,
            (Kind::Template(new), Kind::Template(old)) => new.keeps_state() || !old.keeps_state(),
            (Kind::Static(_) | Kind::Cmd(_) | Kind::Http(_) | Kind::Template(_) | Kind::Builtin(_), _) => false,
        }
    }

    /// Whether a call costs something. If not, it is not worth missing what may have changed
    /// around the resource: the environment, or the port of another workload.
    pub fn is_costly(&self) -> bool {
        match &self.kind {
            Kind::Cmd(_) | Kind::Http(_) | Kind::Template(_) => true,
            Kind::Static(_) => false,
            Kind::Builtin(builtin) => builtin.is_costly(),
        }
    }

    /// Decides what must stand in the state before the first call.
    pub(crate) fn decide_names(&self, app_prefix: &str, shared: &mut serde_json::Map<String, serde_json::Value>) {
        if let Kind::Builtin(builtin) = &self.kind {
            builtin.decide_names(app_prefix, shared);
        }
    }

    /// Whether there is nothing to be made, since the conversion of the workload does it.
    pub fn leaves_it_to_conversion(&self) -> bool {
        match &self.kind {
            Kind::Builtin(builtin) => builtin.leaves_it_to_conversion(),
            Kind::Static(_) | Kind::Cmd(_) | Kind::Http(_) | Kind::Template(_) => false,
        }
    }

    /// The kind and what matters most of it, for lists.
    pub fn summary(&self) -> String {
        match &self.kind {
            Kind::Static(outputs) => format!("static, {} outputs", outputs.values.len() + outputs.secrets.len()),
            Kind::Cmd(cmd) => format!("cmd {}", cmd.binary),
            Kind::Http(http) => format!("http {}", http.server()),
            Kind::Template(_) => "template".to_owned(),
            Kind::Builtin(builtin) if builtin.is_at_fly() => format!("built in, {}", builtin.name()),
            Kind::Builtin(_) => "built in".to_owned(),
        }
    }
}
