#![doc = include_str!("../README.md")]

mod archive;
mod cache;
mod credentials;
mod digest;
mod error;
mod image;
mod inspect;
mod observe;
mod platform;
mod push;
mod reference;
mod registry;

pub use archive::Archive;
pub use archive::codec::Codec;
pub use cache::Cache;
pub use credentials::Credentials;
pub use digest::{Digest, InvalidDigest};
pub use error::{Error, Fault};
pub use image::manifest::Format;
pub use image::{Config, History, Kind, Process, Selector};
pub use inspect::{Contents, Found, Layer, inspect};
pub use observe::{Arrival, Event, Observer};
pub use platform::{InvalidPlatform, Platform};
pub use push::{Compression, FLY_LIMIT, Options, Pushed, Retries, push};
pub use reference::{FLY_REGISTRY, InvalidReference, Reference};

/// Whether to give up. It is asked often, and by several threads.
pub type Stop<'a> = dyn Fn() -> bool + Sync + 'a;
