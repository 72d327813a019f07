//! Machines one after the other, or as many at once as may be away.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use score_fly_core::deploy::{Action, Step};

use super::run::Run;
use super::trouble::Trouble;
use crate::parallel;

/// How many machines are changed at once that don't run: nobody notices. superfly/flyctl: `machines_deploymachinesapp.go`.
const AT_REST: usize = 30;

impl Run<'_> {
    /// Changes machines group by group at the same time. In each group, those that don't run come first; of both, one
    /// goes ahead, and then as many as may be away at once. If one fails, none is begun any more.
    pub(super) fn roll(&self, steps: &[&Step]) -> Result<(), Trouble> {
        let mut groups: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
        for step in steps {
            groups.entry(group(&step.action)).or_default().push(step);
        }
        let enough = AtomicBool::new(false);
        let results: Vec<Result<(), Trouble>> = thread::scope(|scope| {
            let enough = &enough;
            let groups: Vec<_> =
                groups.into_values().map(|steps| scope.spawn(move || self.roll_group(&steps, enough))).collect();
            let join = |group: thread::ScopedJoinHandle<'_, _>| {
                group.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            groups.into_iter().map(join).collect()
        });
        first(results)
    }

    fn roll_group(&self, steps: &[&Step], enough: &AtomicBool) -> Result<(), Trouble> {
        let (resting, running): (Vec<&Step>, Vec<&Step>) = steps.iter().copied().partition(|step| rests(&step.action));
        let at_rest = NonZero::new(resting.len().clamp(1, AT_REST)).unwrap_or(NonZero::<usize>::MIN);
        self.pool(&resting, at_rest, enough)?;
        self.pool(&running, self.settings.at_once(running.len()), enough)
    }

    fn pool(&self, steps: &[&Step], at_once: NonZero<usize>, enough: &AtomicBool) -> Result<(), Trouble> {
        let Some((ahead, rest)) = steps.split_first() else { return Ok(()) };
        self.renew_unless(ahead, enough)?;
        first(parallel::map(rest, at_once, |step| self.renew_unless(step, enough)))
    }

    fn renew_unless(&self, step: &Step, enough: &AtomicBool) -> Result<(), Trouble> {
        if enough.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.interrupted()?;
        self.renew(&step.action).inspect_err(|_| enough.store(true, Ordering::SeqCst))
    }

    /// Changes machines, as many at once as the settings say, and waits for none of them. Those that fail don't keep
    /// others from being changed.
    pub(super) fn all_at_once(&self, steps: &[&Step]) -> Result<(), Trouble> {
        first(parallel::map(steps, self.settings.max_concurrent, |step| {
            self.interrupted()?;
            self.renew(&step.action)
        }))
    }
}

/// The first thing that went wrong. That somebody asked for the end is the least telling of all.
pub(super) fn first(results: Vec<Result<(), Trouble>>) -> Result<(), Trouble> {
    let mut troubles: Vec<Trouble> = results.into_iter().filter_map(Result::err).collect();
    troubles.sort_by_key(|trouble| matches!(trouble, Trouble::Interrupted));
    troubles.into_iter().next().map_or(Ok(()), Err)
}

fn group(action: &Action) -> &str {
    match action {
        Action::UpdateMachine { group, .. } => group,
        Action::ReplaceMachine { new, .. } => &new.group,
        _ => "",
    }
}

/// Whether a machine stays at rest.
fn rests(action: &Action) -> bool {
    match action {
        Action::UpdateMachine { skip_launch, .. } => *skip_launch,
        Action::ReplaceMachine { new, .. } => new.skip_launch,
        _ => false,
    }
}
