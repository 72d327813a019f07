//! What a project remembers from run to run.

use crate::encryption::Recipient;
use crate::fingerprint::FingerprintKey;
use crate::merge_patch::merge;
use crate::provisioner::Provisioner;
use score_fly_core::map::{SortedMap, SortedSet};
use score_fly_core::resource::Uid;
use score_fly_core::score::Workload;
use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::migrate::VERSION;

/// The state of a project.
///
/// All of it stands in every file, so that one that is cut short is recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The version of the form in which it is written.
    pub(super) version: u64,
    /// What stands before a workload's name in its app's.
    pub app_prefix: String,
    /// The primary region, unless a workload or a run names another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Who may read what may be secret in it: that is encrypted when it is written, if there is
    /// anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encrypt_to: Vec<Recipient>,
    /// A digest of what is encrypted, as long as that is so. Earlier versions wrote none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed_digest: Option<String>,
    /// The provisioners: the first one that matches makes a resource.
    pub provisioners: Vec<Provisioner>,
    /// The workloads by name.
    pub workloads: BTreeMap<String, WorkloadRecord>,
    /// The workloads of a project that was taken over and that have not been generated since. What they use is
    /// not known until then.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub awaited: BTreeSet<String>,
    /// The resources by uid.
    pub resources: BTreeMap<Uid, ResourceRecord>,
    /// The apps that were deployed, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub apps: BTreeMap<String, AppRecord>,
    /// The key of all fingerprints; made along with the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint_key: Option<FingerprintKey>,
    /// What is encrypted, as long as that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed: Option<String>,
    /// What provisioners share.
    pub shared_state: Map<String, Value>,
}

/// A workload of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkloadRecord {
    /// The Score file that it came from, relative to the project: what it mounts is found from there.
    pub file: PathBuf,
    /// The overrides files that were merged over it; standard input, which can't be read again, is none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<PathBuf>,
    /// The single values that were set after these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub override_properties: Vec<String>,
    /// The workload, after overrides.
    pub spec: Workload,
}

/// A resource of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceRecord {
    /// What names just this resource: unlike the uid, another one after it was taken down.
    pub guid: String,
    /// The workload whose params count.
    pub source_workload: String,
    /// The params that its provisioner was called with; as written, with their placeholders, if
    /// there were secrets among what filled them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<SortedMap<String, Value>>,
    /// The metadata, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<SortedMap<String, Value>>,
    /// The resources that its params refer to: it is taken down before them.
    #[serde(default, skip_serializing_if = "SortedSet::is_empty")]
    pub needs: SortedSet<Uid>,
    /// The id of the provisioner that made it, or that was about to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioner: Option<String>,
    /// Whether its provisioner is yet to answer for what stands here. It may have been called, and
    /// interrupted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// What the provisioner wants to be told the next time. There may be secrets in it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub state: Map<String, Value>,
    /// The outputs that may be printed.
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    pub outputs: SortedMap<String, Value>,
    /// The names of those that may not.
    #[serde(default, skip_serializing_if = "SortedSet::is_empty")]
    pub secret_outputs: SortedSet<String>,
    /// Their values. They are kept if the state is encrypted; if not, the provisioner is asked again.
    #[serde(skip)]
    pub secrets: SortedMap<String, Secret<Value>>,
}

/// What is known of an app that was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRecord {
    /// The secrets that it was sent, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SentSecret>,
}

/// What is known of a secret that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentSecret {
    /// The fingerprint of its value.
    pub fingerprint: String,
    /// What Fly called that value.
    pub digest: String,
}

impl ResourceRecord {
    /// Whether its provisioner ever answered. If not, it was only begun, and there may be nothing.
    pub fn is_answered(&self) -> bool {
        !self.pending || !self.state.is_empty() || !self.outputs.is_empty() || !self.secret_outputs.is_empty()
    }
}

impl State {
    /// The state of a new project.
    pub fn new(app_prefix: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            app_prefix: app_prefix.into(),
            region: None,
            encrypt_to: Vec::new(),
            sealed_digest: None,
            provisioners: Vec::new(),
            workloads: BTreeMap::new(),
            awaited: BTreeSet::new(),
            resources: BTreeMap::new(),
            apps: BTreeMap::new(),
            fingerprint_key: None,
            sealed: None,
            shared_state: Map::new(),
        }
    }

    /// The uids of all resources that a workload uses.
    pub fn used(&self) -> BTreeSet<Uid> {
        let specs = self.workloads.values().map(|workload| &workload.spec);
        specs
            .flat_map(|spec| {
                spec.resources.iter().map(|(name, resource)| Uid::new(&spec.metadata.name, name, resource))
            })
            .collect()
    }

    /// Whether it is known that no workload uses a resource any more.
    pub fn is_unused(&self, uid: &Uid, used: &BTreeSet<Uid>) -> bool {
        self.awaited.is_empty() && !used.contains(uid)
    }

    /// The uids of all resources that no workload uses any more, each before those that it needs.
    pub fn orphans(&self) -> Vec<Uid> {
        let used = self.used();
        let needs = |uid: &Uid| self.resources.get(uid).map(|record| &record.needs).into_iter().flatten();
        let mut users: BTreeMap<&Uid, usize> =
            self.resources.keys().filter(|uid| self.is_unused(uid, &used)).map(|uid| (uid, 0)).collect();
        for uid in users.keys().copied().collect::<Vec<_>>() {
            for need in needs(uid) {
                users.entry(need).and_modify(|users| *users += 1);
            }
        }
        // By the number of users: in a circle, which records of different runs may make, any resource
        // has to come first.
        let mut queue: BTreeSet<(usize, &Uid)> = users.iter().map(|(uid, users)| (*users, *uid)).collect();
        let mut order = Vec::new();
        while let Some((_, uid)) = queue.pop_first() {
            users.remove(uid);
            for need in needs(uid) {
                if let Some(users) = users.get_mut(need)
                    && queue.remove(&(*users, need))
                {
                    *users -= 1;
                    queue.insert((*users, need));
                }
            }
            order.push(uid.clone());
        }
        order
    }

    /// The provisioner of that id.
    pub fn provisioner(&self, id: &str) -> Option<&Provisioner> {
        self.provisioners.iter().find(|provisioner| provisioner.id == id)
    }

    /// Puts provisioners before all others, in place of those that have their ids. What one of these
    /// made is to be asked for anew, unless it is the same again.
    pub fn put_first(&mut self, provisioners: Vec<Provisioner>) {
        for new in &provisioners {
            if self.provisioner(&new.id).is_some_and(|old| old == new) {
                continue;
            }
            let made = self.resources.values_mut().filter(|record| record.provisioner.as_ref() == Some(&new.id));
            made.for_each(|record| record.pending = true);
        }
        self.provisioners.retain(|one| provisioners.iter().all(|new| new.id != one.id));
        self.provisioners.splice(..0, provisioners);
    }

    /// Changes what provisioners share by a JSON merge patch.
    pub(crate) fn share(&mut self, patch: &Map<String, Value>) {
        merge(&mut self.shared_state, patch);
    }
}
