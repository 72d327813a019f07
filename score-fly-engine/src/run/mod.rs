//! Provisioning runs: every resource of a project, in the order in which they need each other.

mod assign;
mod book;
mod call;
mod deprovision;
mod foresee;
mod prime;
mod provision;

pub use assign::{Assigned, assign};
pub use deprovision::{DeprovisionError, Gone, deprovision, forget};
pub use foresee::is_foreseen;
pub use prime::prime;
pub use provision::{Provisioned, Run};
