//! What a deploy does, decided before anything is done.
//!
//! [`Desired`] is what a fly.toml asks for, [`Observed`] what Fly says there is, and [`Policy`] what the caller
//! allows; [`plan()`] is a pure function of the three. [`simulate()`] is what a step comes to, as far as a plan can
//! see: carrying out all steps of a plan that is not blocked leaves nothing to plan.
//!
//! Nothing is remembered outside Fly. What a later plan must know stands in the machines' metadata, under
//! the keys of [`label`].

mod back;
mod config;
mod decide;
mod desired;
mod diff;
mod hash;
pub mod label;
mod machine_check;
mod messages;
mod observed;
mod options;
mod plan;
mod policy;
mod simulate;
mod survey;
mod text;
mod view;
mod wanted;

pub use crate::fly::Scale;
pub use config::config_hash;
pub(crate) use config::{deployed_hash, deployed_values};
pub use decide::plan;
pub use desired::{Addresses, Desired, DesiredGroup, DesiredVolume, Placement, ReleaseCommand};
pub(crate) use diff::{differences, visible};
pub use hash::secrets_hash;
pub use machine_check::DesiredCheck;
pub use observed::{
    Address, AddressKind, CheckState, Host, ImageRef, Lease, Observed, ObservedApp, ObservedMachine, ObservedRelease,
    ObservedSecret, ObservedVolume, Organization, RememberedSecret,
};
pub use options::{Options, Stamp};
pub use plan::{Action, Cause, Change, Impact, LeftAlone, MachineRef, NewMachine, NewVolume, Plan, Step, VolumeRef};
pub use policy::{Lose, Policy};
pub use simulate::simulate;
pub use text::{Line, Mark};
pub use view::{ActionKind, PlanView, StepView};
