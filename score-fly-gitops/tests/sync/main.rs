//! Trees on this machine and in git, and a Fly that follows them.

mod apps;
#[cfg(unix)]
mod http;
mod install;
#[cfg(unix)]
mod remotes;
mod volumes;
mod world;

#[path = "../../../score-fly-api/tests/support/clock.rs"]
mod clock;
