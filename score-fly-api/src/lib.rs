//! A client of Fly.io's APIs: the Machines API, and of api.fly.io what deploys need. It works on blocking
//! threads, is shared between them, and can be told to stop.
//!
//! It knows how to ask, and has no opinion on what to ask for. What it cares for is in between: it stays
//! below Fly's rate limits, repeats what may be repeated, tells failures apart by what can be done about
//! them, and keeps tokens and secrets from being shown.
//!
//! ```
//! use score_fly_api::machines::{Launch, ConfigJson, Wait, WaitState};
//! use score_fly_api::{Client, Hosts, NewApp, Options, Token};
//!
//! # let fly = fake_fly::FakeFly::start(fake_fly::Pace::Real);
//! # let (address, text) = (fly.url(), fake_fly::FakeFly::TOKEN);
//! let token = Token::parse(text).expect("a token");
//! let client = Client::new(token, Options { hosts: Hosts::all_at(&address), ..Options::default() });
//!
//! client.create_app(&NewApp { name: "shop".to_owned(), org_slug: "personal".to_owned(), ..NewApp::default() })?;
//! let app = client.app("shop");
//!
//! let launch = Launch { config: ConfigJson::new("nginx"), region: "fra".to_owned(), ..Launch::default() };
//! let machine = app.create_machine(&launch)?;
//! let wait = Wait::state(WaitState::Started).version(&machine.instance_id).fresh();
//! app.machine(&machine.id).wait(&wait)?;
//!
//! assert_eq!(app.get()?.machine_count, 1);
//! # Ok::<(), score_fly_api::Error>(())
//! ```
//!
//! # Stopping
//!
//! [`Client::stop`] ends all calls within moments, from any thread. What must be done even then, such as
//! giving back a lease, goes through [`Client::cleanup`].
//!
//! # Lost answers
//!
//! What makes something is never repeated by itself when nobody knows whether it was done: the error says
//! so ([`Error::may_have_happened`]). Where there is a way to find out, there is a function that takes it:
//! [`Client::create_app`], [`AppCalls::create_machine_once`](apps::AppCalls::create_machine_once) and
//! [`MachineCalls::update_once`](machines::MachineCalls::update_once).
//!
//! # Watching
//!
//! An [`Observer`](trace::Observer) is told of every request and answer. There are no tokens and no secrets in it: they are of
//! types that don't show themselves.
#![warn(missing_docs)]

mod access;
pub mod add_ons;
pub mod addresses;
pub mod apps;
mod call;
pub mod certificates;
mod classify;
mod client;
mod clock;
mod error;
mod graphql;
mod hosts;
pub mod images;
mod json;
mod limit;
pub mod logs;
pub mod machines;
pub mod organizations;
mod patience;
pub mod platform;
pub mod postgres;
pub mod postgres_apps;
pub mod releases;
pub mod secrets;
mod time;
pub mod token;
pub mod trace;
pub mod volumes;

pub use access::TokenInfo;
pub use apps::{App, AppCalls, NameProbe, NewApp};
pub use client::{Client, Options, Retries};
pub use clock::{Clock, Stop, SystemClock};
pub use error::{Error, Holder, Kind};
pub use hosts::{Hosts, InvalidHost};
pub use score_fly_core::secret::Secret;
pub use time::{InvalidTimestamp, Timestamp};
pub use token::Token;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
