//! What a deploy does, decided from what is to be and what is there.
//!
//! Expected steps are worked out by hand from what flyctl and Fly's API do (superfly/flyctl
//! `internal/command/deploy`, superfly/fly-go `flaps`, <https://fly.io/docs/machines/api/>).

mod changes;
mod data;
mod first;
mod properties;
mod support;
mod text;
mod update;
mod worlds;
