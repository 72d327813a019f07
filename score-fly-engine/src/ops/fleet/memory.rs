//! What a project remembers of the secrets that were sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use score_fly_core::secret::Secret;

use crate::fingerprint::FingerprintKey;
use crate::project::Project;
use crate::run::is_foreseen;
use crate::state::{AppRecord, SentSecret, StateError};

/// What is remembered of the secrets that were sent: nothing without a project.
#[derive(Debug, Default)]
pub(in super::super) struct Memory {
    /// Held until the end of the run, so that no other one changes it meanwhile.
    project: Option<Mutex<Project>>,
    key: Option<FingerprintKey>,
}

impl Memory {
    /// What a project remembers.
    pub(super) fn of(mut project: Project) -> Self {
        if project.state.fingerprint_key.is_none() {
            // Without a key, those fingerprints that there are say nothing.
            project.state.apps.values_mut().for_each(|app| app.secrets.clear());
            project.state.fingerprint_key = FingerprintKey::random();
        }
        Self { key: project.state.fingerprint_key.clone(), project: Some(Mutex::new(project)) }
    }

    /// The fingerprint of a value, if it is known, and fingerprints are kept.
    pub(in super::super) fn fingerprint(&self, app: &str, name: &str, value: &Secret<String>) -> Option<String> {
        let key = self.key.as_ref().filter(|_| !is_foreseen(value.expose()))?;
        Some(key.of(app, name, value))
    }

    /// The secrets that an app was sent, by name.
    pub(in super::super) fn sent(&self, app: &str) -> BTreeMap<String, SentSecret> {
        let Some(project) = &self.project else { return BTreeMap::new() };
        let project = project.lock().unwrap_or_else(PoisonError::into_inner);
        project.state.apps.get(app).map(|app| app.secrets.clone()).unwrap_or_default()
    }

    /// Remembers that an app was sent secrets with these values, and what Fly calls them.
    ///
    /// # Errors
    /// If the state can't be written.
    pub(in super::super) fn remember<'d>(
        &self,
        app: &str,
        values: &BTreeMap<String, Secret<String>>,
        digests: impl IntoIterator<Item = (&'d String, &'d String)>,
    ) -> Result<(), StateError> {
        let Some(project) = &self.project else { return Ok(()) };
        let sent: Vec<(String, SentSecret)> = digests
            .into_iter()
            .filter_map(|(name, digest)| {
                let fingerprint = self.fingerprint(app, name, values.get(name)?)?;
                Some((name.clone(), SentSecret { fingerprint, digest: digest.clone() }))
            })
            .collect();
        if sent.is_empty() {
            return Ok(());
        }
        let mut project = project.lock().unwrap_or_else(PoisonError::into_inner);
        let record: &mut AppRecord = project.state.apps.entry(app.to_owned()).or_default();
        record.secrets.extend(sent);
        project.save()
    }

    /// Forgets the secrets of an app that are gone.
    ///
    /// # Errors
    /// If the state can't be written.
    pub(in super::super) fn forget(&self, app: &str, names: &[String]) -> Result<(), StateError> {
        let Some(project) = self.project.as_ref().filter(|_| !names.is_empty()) else { return Ok(()) };
        let mut project = project.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(record) = project.state.apps.get_mut(app) else { return Ok(()) };
        record.secrets.retain(|name, _| !names.contains(name));
        project.save()
    }
}
