//! How provisioners are called.

use std::fmt;

use crate::cancel::CancelToken;
use crate::environment::Environment;
use crate::root::Root;

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

/// What provisioners may use of the world.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'c> {
    /// The folder in which programs run.
    pub root: &'c Root,
    /// What they see.
    pub environment: &'c Environment,
    /// Who ends them early.
    pub cancel: &'c CancelToken,
}

/// What a call of a provisioner takes beside the request.
#[derive(Clone, Copy)]
pub struct Call<'c> {
    /// The world.
    pub surroundings: Surroundings<'c>,
    /// Gets the lines that the provisioner has for people.
    pub said: &'c dyn Fn(&str),
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("surroundings", &self.surroundings).finish_non_exhaustive()
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
