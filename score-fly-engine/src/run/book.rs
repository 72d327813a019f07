//! What calls at the same time write down.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};

use score_fly_core::Diagnostic;
use score_fly_core::resource::ResourceOutputs;

use crate::project::Project;
use crate::provisioner::{Provisioner, Sharing};
use crate::state::StateError;

/// What became of one resource.
pub(super) enum Fate {
    Made(ResourceOutputs),
    Foreseen(ResourceOutputs),
    Failed(Vec<Diagnostic>),
}

/// Where calls at the same time write down what they know.
pub(super) struct Book<'p> {
    pub(super) project: Mutex<&'p mut Project>,
    /// Whether provisioners share something, as far as their answers have shown it.
    pub(super) shares: Mutex<BTreeMap<String, bool>>,
    /// Why nothing can be written down any more.
    pub(super) broken: Mutex<Option<StateError>>,
    /// How many provisioners were called.
    pub(super) calls: AtomicUsize,
}

impl Book<'_> {
    /// Whether calls of a provisioner have to follow each other.
    pub(super) fn sharing(&self, provisioner: &Provisioner) -> Sharing {
        let shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        match (provisioner.sharing(), shares.get(&provisioner.id)) {
            (Sharing::Unknown, Some(true)) => Sharing::Always,
            (Sharing::Unknown, Some(false)) => Sharing::Never,
            (known, _) => known,
        }
    }

    pub(super) fn learn(&self, provisioner: &Provisioner, has_shared: bool) {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        *shares.entry(provisioner.id.clone()).or_default() |= has_shared;
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(super) fn take_error(&self) -> Option<StateError> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
