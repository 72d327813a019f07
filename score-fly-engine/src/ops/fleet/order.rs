//! Work in the order in which its parts need each other, and otherwise at the same time.

use std::num::NonZero;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// What became of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Fate<T> {
    /// It was worked on.
    Done(T),
    /// It was left, since these that it needs failed or were left.
    Left(Vec<usize>),
}

struct Now<T> {
    /// What became of each part, and whether that is well.
    fates: Vec<Option<(Fate<T>, bool)>>,
    begun: Vec<bool>,
}

/// Works on each part when those that it needs are done, on `jobs` of them at once. `needs` may not be in a circle.
/// `work` says whether it went well: if not, what needs the part is left, and nothing else.
pub(in super::super) fn in_order<T: Send>(
    needs: &[Vec<usize>],
    jobs: NonZero<usize>,
    work: impl Fn(usize) -> (T, bool) + Sync,
) -> Vec<Fate<T>> {
    let begun = vec![false; needs.len()];
    let now = Mutex::new(Now { fates: needs.iter().map(|_| None).collect(), begun });
    let changed = Condvar::new();
    let worker = || {
        let mut guard = now.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match guard.next(needs) {
                Next::Part(index) => {
                    drop(guard);
                    let (done, is_well) = work(index);
                    guard = now.lock().unwrap_or_else(PoisonError::into_inner);
                    guard.settle(index, Fate::Done(done), is_well);
                    changed.notify_all();
                }
                Next::Later => guard = changed.wait(guard).unwrap_or_else(PoisonError::into_inner),
                Next::Nothing => {
                    changed.notify_all();
                    return;
                }
            }
        }
    };
    thread::scope(|scope| {
        // As many as the system has to give, beside this one.
        let others =
            (1..jobs.get().min(needs.len())).map_while(|_| thread::Builder::new().spawn_scoped(scope, worker).ok());
        let others: Vec<_> = others.collect();
        worker();
        for other in others {
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    let fates = now.into_inner().unwrap_or_else(PoisonError::into_inner).fates;
    fates.into_iter().flatten().map(|(fate, _)| fate).collect()
}

enum Next {
    Part(usize),
    /// All that can be begun is, and something else comes behind it.
    Later,
    Nothing,
}

impl<T> Now<T> {
    fn settle(&mut self, index: usize, fate: Fate<T>, is_well: bool) {
        if let Some(place) = self.fates.get_mut(index) {
            *place = Some((fate, is_well));
        }
    }

    /// Takes the first part that can be begun, after leaving those that never can.
    fn next(&mut self, needs_of: &[Vec<usize>]) -> Next {
        let (mut waits, mut index) = (false, 0);
        while let Some(needs) = needs_of.get(index) {
            let known = |need: &usize| self.fates.get(*need).and_then(Option::as_ref);
            let is_ready = needs.iter().all(|need| known(need).is_some());
            if self.begun.get(index) != Some(&false) || !is_ready {
                waits |= !is_ready;
                index += 1;
                continue;
            }
            let bad: Vec<usize> =
                needs.iter().copied().filter(|need| known(need).is_some_and(|(_, is_well)| !is_well)).collect();
            if let Some(begun) = self.begun.get_mut(index) {
                *begun = true;
            }
            if bad.is_empty() {
                return Next::Part(index);
            }
            self.settle(index, Fate::Left(bad), false);
            // Some that need it may stand before it.
            (waits, index) = (false, 0);
        }
        if waits { Next::Later } else { Next::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;
    use std::sync::{Barrier, Mutex};

    use super::{Fate, in_order};

    const FOUR: NonZero<usize> = NonZero::new(4).unwrap();

    #[test]
    fn what_is_needed_comes_first() {
        let needs = [vec![], vec![0], vec![0], vec![1, 2], vec![]];
        for jobs in [NonZero::<usize>::MIN, FOUR] {
            let order = Mutex::new(Vec::new());
            let fates = in_order(&needs, jobs, |index| {
                let done = order.lock().unwrap().clone();
                assert!(needs[index].iter().all(|need| done.contains(need)), "{index}: {done:?}");
                order.lock().unwrap().push(index);
                (index * 10, true)
            });
            assert_eq!(fates, [0, 10, 20, 30, 40].map(Fate::Done));
        }
    }

    #[test]
    fn what_needs_something_that_failed_is_left_and_nothing_else() {
        let needs = [vec![1], vec![2], vec![], vec![], vec![3]];
        let (done, left) = (Fate::Done, |need| Fate::Left(vec![need]));
        for jobs in [NonZero::<usize>::MIN, FOUR] {
            let fates = in_order(&needs, jobs, |index| (index, index != 2));
            assert_eq!(fates, [left(1), left(2), done(2), done(3), done(4)]);
        }
    }

    #[test]
    fn what_needs_nothing_is_done_at_once() {
        // Each waits for the other: one after the other would never end.
        let both = Barrier::new(2);
        in_order(&[vec![], vec![]], FOUR, |_| {
            both.wait();
            ((), true)
        });
    }
}
