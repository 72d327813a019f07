//! The same work on several items at once.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More than this many at once only get in each other's way.
const MOST: usize = 256;

/// As many jobs as the machine runs at once: for work that keeps it busy.
pub(crate) fn all_cores() -> NonZero<usize> {
    thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

/// Applies `work` to every item, to `jobs` of them at once. The results are in the order of the
/// items.
pub(crate) fn map<'i, T: Sync, R: Send>(
    items: &'i [T],
    jobs: NonZero<usize>,
    work: impl Fn(&'i T) -> R + Sync,
) -> Vec<R> {
    if items.len() < 2 || jobs.get() == 1 {
        return items.iter().map(work).collect();
    }
    let workers = jobs.get().min(items.len()).min(MOST);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        // As many as the system has to give, beside this one.
        let start = |_| thread::Builder::new().spawn_scoped(scope, take).ok();
        let workers: Vec<_> = (1..workers).map_while(start).collect();
        let mut done = take();
        for worker in workers {
            done.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::all_cores;

    #[test]
    fn keeps_the_order_of_items() {
        let items: Vec<u64> = (0..500).collect();
        let squares: Vec<u64> = items.iter().map(|item| item * item).collect();
        assert_eq!(super::map(&items, all_cores(), |item| item * item), squares);
    }

    #[test]
    fn works_on_nothing() {
        assert_eq!(super::map(&[], all_cores(), |item: &u8| *item), Vec::<u8>::new());
    }
}
