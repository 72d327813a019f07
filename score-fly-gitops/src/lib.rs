//! A tree of apps in git, and what each app of it is to be.
//!
//! A folder with a `score.yaml`, a `fly.toml` or an `app.yaml` is an app, and one with a `project.yaml` says what the apps
//! below it have in common. [`load`] makes of the files of a tree its [apps](App), each with where every value came
//! from; trees that were made for FlyCD load by its rules, with a note at each of their traps.
//!
//! Loading is pure: files come in as data, and what a tree needs beyond those that are known is [said](Tree::needs), to be
//! loaded again once that is there. [`gather`] does that with a folder of this machine, and with repositories, which are
//! fetched into a [cache](Cache); [`sync`](sync::sync()) brings Fly in step with what came of it.
//!
//! ```
//! use score_fly_gitops::{Files, Forest, Place, load};
//!
//! let mut files = Files::default();
//! files.folders.extend(["".into(), "shop".into()]);
//! files.files.insert("project.yaml".into(), Ok("{project: all, defaults: {primary_region: ams}}".into()));
//! files.files.insert("shop/app.yaml".into(), Ok("{app: shop, build: {image: nginx}}".into()));
//! let forest = Forest { trees: [(Place::Here, Ok(files))].into(), ..Forest::default() };
//!
//! let tree = load(&forest, "");
//! assert!(tree.is_whole());
//! assert_eq!(tree.apps[0].config(), r#"{"app":"shop","build":{"image":"nginx"},"primary_region":"ams"}"#);
//! assert!(tree.apps[0].with_origins().contains("primary_region: \"ams\"  # project.yaml:1\n"));
//! ```
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::unreachable
    )
)]
#![warn(missing_docs)]

// The code in the README is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod app;
mod emit;
mod fields;
mod files;
mod flycd;
mod import;
pub mod install;
mod load;
mod merge;
mod node;
mod order;
mod project;
#[cfg(feature = "queue")]
pub mod queue;
mod read;
#[cfg(feature = "serve")]
pub mod serve;
mod settings;
pub mod sync;
mod window;

pub use app::{App, Broken, Kind};
pub use files::{Files, Forest, NAMES, Need, Place, Reference, Repository, SKIPPED};
pub use import::{Imported, import_flycd};
pub use load::{Tree, load};
pub use node::Meet;
pub use node::{Entry, Map, Node, Origin, Value};
pub use order::waves;
pub use project::Project;
pub use read::{Begin, Cache, Commit, Gathered, gather, import_folder, replace};
pub use settings::{AppSource, SecretSource, Settings};
pub use window::{Window, may_change};
