//! Carrying out plans at Fly.
//!
//! What is to be done is decided in `score-fly-core` (`deploy::plan`). Here it is done: machine after machine, each held
//! by a lease and looked at until it works, and taken back if one does not. Nothing is remembered outside of Fly: whoever
//! is killed in between and runs again sees what is there, and goes on from that.

mod bluegreen;
mod canary;
mod carry_out;
mod health;
mod id;
mod listening;
mod machine_checks;
mod machines;
mod observe;
mod outcome;
mod record;
mod release_command;
mod rolling;
mod run;
mod settings;
mod steps;
mod trouble;
mod undo;

pub use id::DeployId;
pub use observe::observe;
pub(crate) use observe::observed_secrets;
pub use outcome::{Deployed, MachineOutcome, Stands};
pub(crate) use run::makes_release;
pub use run::{Failed, Run};
pub use settings::{OnFailure, Settings};
pub use trouble::{Check, Sick, Trouble};
