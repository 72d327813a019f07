//! Requests and answers as data: what every face that is not Rust calls.
//!
//! Each operation is there twice: typed, and as JSON text. Both are total: a request that is not
//! of the right shape is answered by a diagnostic.

mod answer;
mod deploy;
mod fly;
mod messages;
mod request;
#[cfg(feature = "schema")]
mod schema;
mod score;
mod stamp;
mod text;

pub use self::answer::{Answer, Nothing};
pub use self::deploy::{PlanRequest, Planned, plan, plan_json};
pub use self::fly::{
    FlyCheck, FlyRequest, Import, Machine, check_fly, check_fly_json, fly_needs, fly_needs_json, import_fly,
    import_fly_json, machine_config, machine_config_json,
};
#[cfg(feature = "schema")]
pub use self::schema::schema;
pub use self::score::{
    Check, Conversion, Needed, Request, Wanted, check, check_json, convert, convert_json, needs, needs_json,
    requirements, requirements_json,
};
pub use self::stamp::{StampRequest, Stamped, stamp, stamp_json};
pub use self::text::{Decoded, FileContent, FileRead, LevelNames, SourceText, decode, decode_json};

/// The version of this crate.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
