//! What of a state may be secret: taken out of it and encrypted, and put back.

use std::collections::BTreeMap;
use std::{io, mem};

use base64::Engine as _;
use score_fly_core::resource::Uid;
use score_fly_core::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::change::Change;
use super::model::{ResourceRecord, State};
use crate::encryption::{self, Identities, Recipient, Undecryptable};
use crate::fingerprint::FingerprintKey;
use crate::provisioner::Kind;

/// What may be secret, apart from the rest. It is written in encrypted form only.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hidden {
    /// Provisioners by id, of which only a part stands in clear.
    provisioners: BTreeMap<String, Kind>,
    resources: BTreeMap<Uid, HiddenResource>,
    /// What provisioners share, or a change of it.
    shared: Map<String, Value>,
    /// With it, values that are easy to guess could be told by their fingerprints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint_key: Option<FingerprintKey>,
    /// A digest of the part in clear that belongs to it. Earlier versions wrote none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    belongs_to: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HiddenResource {
    state: Map<String, Value>,
    /// Secret outputs.
    outputs: BTreeMap<String, Value>,
}

impl HiddenResource {
    fn take(record: &mut ResourceRecord) -> Self {
        let outputs = mem::take(&mut record.secrets);
        Self {
            state: mem::take(&mut record.state),
            outputs: outputs.into_iter().map(|(name, value)| (name, value.expose().clone())).collect(),
        }
    }

    fn put_back(self, record: &mut ResourceRecord) {
        record.state = self.state;
        record.secrets = self.outputs.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
    }
}

impl Hidden {
    fn encrypt(&self, recipients: &[Recipient]) -> io::Result<String> {
        encryption::encrypt(recipients, &serde_json::to_vec(self)?)
    }

    fn decrypt(armored: &str, identities: &Identities) -> Result<Self, Undecryptable> {
        // What serde would say may quote it.
        serde_json::from_slice(&encryption::decrypt(identities, armored)?)
            .map_err(|_| Undecryptable::Damaged("what is encrypted is of another form".to_owned()))
    }
}

impl State {
    /// The state as it is written: with what may be secret encrypted, if there is somebody to
    /// encrypt it to.
    pub(super) fn seal(&self) -> io::Result<Self> {
        let mut state = self.clone();
        if state.encrypt_to.is_empty() {
            return Ok(state);
        }
        let mut hidden = Hidden {
            shared: mem::take(&mut state.shared_state),
            fingerprint_key: state.fingerprint_key.take(),
            ..Hidden::default()
        };
        for provisioner in &mut state.provisioners {
            if let Some(public) = provisioner.kind.without_secrets() {
                hidden.provisioners.insert(provisioner.id.clone(), mem::replace(&mut provisioner.kind, public));
            }
        }
        for (uid, record) in &mut state.resources {
            hidden.resources.insert(uid.clone(), HiddenResource::take(record));
        }
        hidden.belongs_to = Some(state.digest()?);
        let sealed = hidden.encrypt(&state.encrypt_to)?;
        state.sealed_digest = Some(digest(sealed.as_bytes()));
        state.sealed = Some(sealed);
        Ok(state)
    }

    /// What tells whether an encrypted part belongs to this one in clear: all that there is of provisioners and
    /// resources. Workloads, which two branches of a repository may well change apart, don't count.
    fn digest(&self) -> io::Result<String> {
        let plain = serde_json::to_vec(&(&self.provisioners, &self.resources))?;
        Ok(digest(&plain))
    }

    /// Puts back what [`seal`](Self::seal) took.
    pub(super) fn unseal(&mut self, identities: &Identities) -> Result<(), Undecryptable> {
        let sealed_digest = self.sealed_digest.take();
        let Some(armored) = self.sealed.take() else { return Ok(()) };
        let mut hidden = Hidden::decrypt(&armored, identities)?;
        let digest = self.digest().map_err(|error| Undecryptable::Damaged(error.to_string()))?;
        let is_known = |id: &String| self.provisioner(id).is_some();
        if hidden.belongs_to.is_some_and(|other| other != digest)
            || sealed_digest.is_some_and(|other| other != self::digest(armored.as_bytes()))
            || !hidden.resources.keys().all(|uid| self.resources.contains_key(uid))
            || !hidden.provisioners.keys().all(is_known)
        {
            return Err(Undecryptable::Unrelated);
        }
        self.shared_state = hidden.shared;
        self.fingerprint_key = hidden.fingerprint_key;
        for provisioner in &mut self.provisioners {
            if let Some(kind) = hidden.provisioners.remove(&provisioner.id) {
                provisioner.kind = kind;
            }
        }
        for (uid, resource) in hidden.resources {
            if let Some(record) = self.resources.get_mut(&uid) {
                resource.put_back(record);
            }
        }
        Ok(())
    }
}

/// The SHA-256 of some bytes, as text.
fn digest(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes))
}

impl Change {
    /// As [`State::seal`].
    pub(super) fn seal(&self, recipients: &[Recipient]) -> io::Result<Self> {
        let mut change = self.clone();
        if recipients.is_empty() {
            return Ok(change);
        }
        let mut hidden = Hidden { shared: mem::take(&mut change.shared), ..Hidden::default() };
        if let Some(record) = &mut change.resource {
            hidden.resources.insert(change.uid.clone(), HiddenResource::take(record));
        }
        change.sealed = Some(hidden.encrypt(recipients)?);
        Ok(change)
    }

    /// As [`State::unseal`].
    pub(super) fn unseal(&mut self, identities: &Identities) -> Result<(), Undecryptable> {
        let Some(armored) = self.sealed.take() else { return Ok(()) };
        let mut hidden = Hidden::decrypt(&armored, identities)?;
        self.shared = hidden.shared;
        if let (Some(record), Some(resource)) = (&mut self.resource, hidden.resources.remove(&self.uid)) {
            resource.put_back(record);
        }
        Ok(())
    }
}
