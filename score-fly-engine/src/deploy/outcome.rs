//! What came of a deploy.

use std::collections::BTreeMap;

use serde::Serialize;

use super::trouble::Trouble;

/// What came of a deploy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployed {
    /// The app.
    pub app: String,
    /// The id of the deploy.
    pub deploy: String,
    /// The number of the release at Fly, as far as Fly tells.
    pub release: Option<u64>,
    /// The version that it was labelled with.
    pub version: Option<String>,
    /// The id of the release at Fly.
    #[serde(skip)]
    pub release_id: Option<String>,
    /// Who did it, as Fly knows them.
    #[serde(skip)]
    pub user: Option<String>,
    /// How machines were replaced.
    pub strategy: String,
    /// The image, if one was named.
    pub image: Option<String>,
    /// Where the world finds it, if it has addresses.
    pub url: Option<String>,
    /// Every machine that was touched, and what stands there now.
    pub machines: Vec<MachineOutcome>,
    /// How many machines were as they were to be.
    pub unchanged: u32,
    /// What went wrong without being in the way, one sentence each.
    pub warnings: Vec<String>,
    /// Why it ended before it was done, if it did.
    pub failure: Option<String>,
    /// Fly's digests of the secrets that were set, by name.
    #[serde(skip)]
    pub secrets_set: BTreeMap<String, String>,
}

/// What came of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineOutcome {
    /// Its id.
    pub id: String,
    /// Its process group.
    pub group: String,
    /// Where it is.
    pub region: String,
    /// What stands there.
    pub stands: Stands,
}

/// What stands where a machine was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Stands {
    /// A new machine.
    Created,
    /// What was to be.
    Updated,
    /// What was there before, brought back.
    Restored,
    /// What was there before, since its turn did not come.
    Untouched,
    /// Something that does not work.
    Failed,
    /// Nothing any more.
    Destroyed,
    /// Nobody knows: look at it.
    Unknown,
}

impl Deployed {
    /// Notes why it ended early.
    pub(super) fn fail(&mut self, trouble: &Trouble) {
        self.failure = Some(trouble.to_string());
    }
}
