//! Annotations of the workload that say what Score has no words for. [`TABLE`] holds all of them.

pub(crate) mod messages;
mod model;
mod read;
mod table;
mod values;

pub(super) use model::{
    Annotations, AppAnnotations, AutoExtend, Exposure, PortAnnotations, ProbeAnnotations, Set, VolumeAnnotations,
};
pub use model::{PREFIX, SCORE_FLYIO_PREFIX};
pub(super) use read::read;
pub use table::{Annotation, TABLE};
