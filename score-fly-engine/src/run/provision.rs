//! A run through all resources.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use score_fly_core::graph::Graph;
use score_fly_core::resolve::Given;
use score_fly_core::resource::{Outputs, Uid};
use score_fly_core::{Diagnostics, Loaded};

use super::assign::Assigned;
use super::book::{Book, Fate};
use crate::parallel;
use crate::progress::Watch;
use crate::project::Project;
use crate::provisioner::{ProjectView, Provisioner, Sharing, Surroundings};
use crate::state::StateError;

/// What a run works on.
#[derive(Debug)]
pub struct Run<'r, 's> {
    /// The resources.
    pub graph: &'r Graph,
    /// All workloads by name.
    pub workloads: &'r BTreeMap<&'r str, &'r Loaded<'s>>,
    /// Who makes which resource.
    pub assigned: &'r Assigned,
    /// What provisioners may know of the project.
    pub view: Arc<ProjectView>,
    /// How many provisioners may be called at once.
    pub jobs: NonZero<usize>,
    /// Whether to leave those resources alone of which everything is known.
    pub only_new: bool,
    /// Whether nothing may be made: provisioners that leave traces are not called, and what only they could tell
    /// is foreseen.
    pub looks: bool,
    /// What provisioners may use of the world, and who ends them early.
    pub surroundings: Surroundings<'r>,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Provisioned {
    /// The outputs of the resources that there are, by uid; without those that the conversion makes.
    pub outputs: Outputs,
    /// The resources that were not provisioned, also for want of others.
    pub failed: BTreeSet<Uid>,
    /// Why. A resource that failed for want of another is not among it.
    pub diagnostics: Diagnostics,
    /// The resources that are yet to be made, so that their outputs are only foreseen.
    pub foreseen: BTreeSet<Uid>,
    /// How many provisioners were called.
    pub calls: usize,
}

impl Run<'_, '_> {
    /// Calls the provisioners. What they answer is written down at once; the project is not saved
    /// as a whole. If the run is cancelled, what was not made by then is among what failed.
    ///
    /// # Errors
    /// If an answer can't be written down. Nothing is called after that.
    pub fn provision(&self, project: &mut Project, progress: &Watch<'_>) -> Result<Provisioned, StateError> {
        let _listening = self.surroundings.cancel.listen();
        let book = Book {
            project: Mutex::new(project),
            shares: Mutex::default(),
            broken: Mutex::default(),
            calls: AtomicUsize::new(0),
        };
        let mut given = Given { outputs: Outputs::default(), ..Given::default() };
        let mut result = Provisioned::default();
        for level in &self.graph.levels {
            let (ready, blocked): (Vec<&Uid>, Vec<&Uid>) = level.iter().partition(|uid| {
                let needs = self.graph.resources.get(uid).map(|definition| &definition.needs);
                needs.into_iter().flatten().all(|need| !result.failed.contains(need))
            });
            result.failed.extend(blocked.into_iter().cloned());
            let mut fates = Vec::new();
            let (first, rest) = self.first_calls(&ready, &book);
            for uids in [first, rest] {
                let lanes = self.lanes(uids, &book);
                let work = |lane: &Vec<&Uid>| -> Vec<Fate> {
                    lane.iter().map(|uid| self.make(uid, &given, &book, progress)).collect()
                };
                let done = parallel::map(&lanes, self.jobs, work);
                fates.extend(lanes.into_iter().flatten().zip(done.into_iter().flatten()));
            }
            if let Some(error) = book.take_error() {
                return Err(error);
            }
            fates.sort_unstable_by_key(|(uid, _)| *uid);
            for (uid, fate) in fates {
                match fate {
                    // Without outputs, the conversion knows that it is up to it.
                    Fate::Made(_) if self.is_left_to_conversion(uid) => {}
                    Fate::Foreseen(outputs) => {
                        result.foreseen.insert(uid.clone());
                        given.outputs.0.insert(uid.as_str().to_owned(), outputs);
                    }
                    Fate::Made(outputs) => {
                        given.outputs.0.insert(uid.as_str().to_owned(), outputs);
                    }
                    Fate::Failed(diagnostics) => {
                        result.failed.insert(uid.clone());
                        result.diagnostics = result.diagnostics.into_iter().chain(diagnostics).collect();
                    }
                }
            }
        }
        result.outputs = given.outputs;
        result.calls = book.calls.into_inner();
        Ok(result)
    }

    fn is_left_to_conversion(&self, uid: &Uid) -> bool {
        self.assigned.provisioner(uid).is_some_and(Provisioner::leaves_it_to_conversion)
    }

    /// Sets aside what has to wait until it is known whether its provisioner reads and changes what
    /// provisioners share: that shows in the answer to its first call.
    fn first_calls<'u>(&self, ready: &[&'u Uid], book: &Book<'_>) -> (Vec<&'u Uid>, Vec<&'u Uid>) {
        let mut asked = BTreeSet::new();
        ready.iter().copied().partition(|uid| match self.assigned.provisioner(uid) {
            Some(provisioner) if book.sharing(provisioner) == Sharing::Unknown => asked.insert(&provisioner.id),
            _ => true,
        })
    }

    /// What may run at once: calls that share something follow each other in one lane, in the order
    /// of uids, so that each sees what the one before it left.
    fn lanes<'u>(&self, uids: Vec<&'u Uid>, book: &Book<'_>) -> Vec<Vec<&'u Uid>> {
        let shares = |uid: &&Uid| {
            self.assigned.provisioner(uid).is_some_and(|provisioner| book.sharing(provisioner) == Sharing::Always)
        };
        let (sharing, alone): (Vec<&Uid>, Vec<&Uid>) = uids.into_iter().partition(shares);
        let mut lanes: Vec<Vec<&Uid>> = alone.into_iter().map(|uid| vec![uid]).collect();
        lanes.extend((!sharing.is_empty()).then_some(sharing));
        lanes
    }
}
