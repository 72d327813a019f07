//! A controller: a loop around [`sync`](crate::sync::sync()) that forges wake up.
//!
//! A webhook, a start and the passing of time have one and the same effect: a look at the tree waits in the
//! [queue](crate::queue). The look finds the apps that are not as the tree says, and each of them waits there in turn, to be
//! brought in step by itself. What is done is decided from git and from Fly each time, never from what a webhook says. So a
//! webhook that is lost costs time and nothing else, and so does a controller that is killed.

mod board;
mod clerk;
mod decide;
mod hooks;
mod jobs;
mod keys;
mod login;
mod metrics;
mod notify;
mod options;
mod page;
mod run;
mod web;
mod work;

pub use hooks::{Delivery, Headers, Refused, Sender, verify};
pub use keys::{Secrets, TOKEN, WEBHOOK_SECRET};
pub use notify::{NOTIFY_URL, SLACK_URL};
pub use options::{Options, Retries, Said, repository};
pub use run::serve;
