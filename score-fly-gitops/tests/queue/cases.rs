//! What holds for every database.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use score_fly_gitops::queue::{Held, Job, Place, Queue, open};

use crate::queue;

const NOW: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(600);
/// A lease that is over once one looks again.
const SHORT: Duration = Duration::from_millis(20);

/// Every case, for a place that a call makes anew.
pub(crate) fn all(place: &mut dyn FnMut() -> Place) {
    let cases: [fn(&Place); 12] = [
        later_ones_coalesce,
        what_comes_while_one_runs_waits,
        the_oldest_comes_first,
        what_begins_so_comes_before_it,
        one_claims_a_job,
        a_delay_is_kept,
        a_newer_event_ends_a_delay,
        failing_is_repeated_with_a_delay_and_then_given_up,
        a_newer_one_takes_the_place_of_one_that_failed,
        a_lease_that_is_over_loses_the_job,
        what_ends_its_workers_is_given_up,
        deliveries_count_once,
    ];
    for case in cases {
        case(&place());
    }
}

fn claim(queue: &mut dyn Queue, worker: &str) -> Option<Job> {
    queue.claim(worker, LONG).unwrap()
}

fn taken(queue: &mut dyn Queue, worker: &str) -> Job {
    claim(queue, worker).expect("a job is due")
}

fn later_ones_coalesce(place: &Place) {
    let mut queue = queue(place);
    for body in ["1", "2", "3"] {
        queue.enqueue("shop", body, NOW).unwrap();
    }
    let job = taken(&mut *queue, "a");
    assert_eq!((job.key.as_str(), job.body.as_str(), job.attempts), ("shop", "3", 1));
    assert_eq!(queue.finish(&job, "a").unwrap(), Held::Kept);
    assert_eq!(claim(&mut *queue, "a"), None);
    // Done once, and it is not done again.
    assert_eq!(queue.finish(&job, "a").unwrap(), Held::Lost);
}

fn what_comes_while_one_runs_waits(place: &Place) {
    let (mut one, mut other) = (queue(place), queue(place));
    one.enqueue("shop", "1", NOW).unwrap();
    let first = taken(&mut *one, "a");
    one.enqueue("shop", "2", NOW).unwrap();
    other.enqueue("shop", "3", NOW).unwrap();
    other.enqueue("blog", "1", NOW).unwrap();
    let blog = taken(&mut *other, "b");
    assert_eq!(blog.key, "blog", "one of a key at a time");
    assert_eq!(claim(&mut *other, "b"), None);
    assert_eq!(one.finish(&first, "a").unwrap(), Held::Kept);
    let second = taken(&mut *other, "b");
    assert_eq!((second.key.as_str(), second.body.as_str(), second.attempts), ("shop", "3", 1));
}

fn the_oldest_comes_first(place: &Place) {
    let mut queue = queue(place);
    for key in ["c", "a", "b"] {
        queue.enqueue(key, "", NOW).unwrap();
        // Times are in milliseconds.
        thread::sleep(Duration::from_millis(3));
    }
    // It waits since its first event, not since its last.
    queue.enqueue("c", "", NOW).unwrap();
    let keys: Vec<String> = (0..3).map(|_| taken(&mut *queue, "a").key).collect();
    assert_eq!(keys, ["c", "a", "b"]);
}

/// Many at once, each with a connection of its own.
fn what_begins_so_comes_before_it(place: &Place) {
    let mut queue = queue(place);
    for key in ["a", "!first", "b"] {
        queue.enqueue(key, "", NOW).unwrap();
    }
    let keys = [(); 3].map(|()| taken(&mut *queue, "a").key);
    assert_eq!(keys, ["!first", "a", "b"]);
}

fn one_claims_a_job(place: &Place) {
    let mut first = queue(place);
    for number in 0..20 {
        first.enqueue(&format!("app-{number}"), "", NOW).unwrap();
    }
    let claimed: Vec<String> = thread::scope(|scope| {
        let worker = |name: usize| {
            move || {
                let mut queue = queue(place);
                let mut keys = Vec::new();
                while let Some(job) = claim(&mut *queue, &format!("worker-{name}")) {
                    keys.push(job.key);
                }
                keys
            }
        };
        let workers: Vec<_> = (0..4).map(|name| scope.spawn(worker(name))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut sorted = claimed.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((claimed.len(), sorted.len()), (20, 20), "{claimed:?}");
}

fn a_delay_is_kept(place: &Place) {
    let mut queue = queue(place);
    let start = Instant::now();
    let delay = Duration::from_millis(200);
    queue.enqueue("shop", "", delay).unwrap();
    while claim(&mut *queue, "a").is_none() {
        assert!(start.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(10));
    }
    // The clock of the database may count in whole milliseconds.
    assert!(start.elapsed() + Duration::from_millis(2) >= delay, "{:?}", start.elapsed());
}

fn a_newer_event_ends_a_delay(place: &Place) {
    let mut queue = queue(place);
    queue.enqueue("shop", "1", LONG).unwrap();
    assert_eq!(claim(&mut *queue, "a"), None);
    queue.enqueue("shop", "2", NOW).unwrap();
    // And one that could wait does not put it off.
    queue.enqueue("shop", "3", LONG).unwrap();
    assert_eq!(taken(&mut *queue, "a").body, "3");
}

fn failing_is_repeated_with_a_delay_and_then_given_up(place: &Place) {
    let mut queue = queue(place);
    queue.enqueue("shop", "1", NOW).unwrap();
    for attempt in 1..=3 {
        let job = taken(&mut *queue, "a");
        assert_eq!((job.body.as_str(), job.attempts), ("1", attempt));
        assert_eq!(queue.retry(&job, "a", NOW, 3).unwrap(), Held::Kept);
    }
    assert_eq!(claim(&mut *queue, "a"), None, "three are enough");
    queue.enqueue("shop", "2", NOW).unwrap();
    let job = taken(&mut *queue, "a");
    assert_eq!((job.body.as_str(), job.attempts), ("2", 1), "what comes later starts anew");
    assert_eq!(queue.retry(&job, "a", LONG, 3).unwrap(), Held::Kept);
    assert_eq!(claim(&mut *queue, "a"), None, "it is not due");
}

fn a_newer_one_takes_the_place_of_one_that_failed(place: &Place) {
    let mut queue = queue(place);
    queue.enqueue("shop", "1", NOW).unwrap();
    let job = taken(&mut *queue, "a");
    queue.enqueue("shop", "2", NOW).unwrap();
    assert_eq!(queue.retry(&job, "a", LONG, 3).unwrap(), Held::Kept);
    let job = taken(&mut *queue, "a");
    assert_eq!((job.body.as_str(), job.attempts), ("2", 1));
    queue.finish(&job, "a").unwrap().expect_kept();
    assert_eq!(claim(&mut *queue, "a"), None);
}

fn a_lease_that_is_over_loses_the_job(place: &Place) {
    let mut queue = queue(place);
    queue.enqueue("shop", "1", NOW).unwrap();
    let stalled = queue.claim("a", SHORT).unwrap().unwrap();
    // A worker that goes on keeps it.
    queue.beat("a", LONG).unwrap();
    thread::sleep(SHORT * 2);
    assert_eq!(queue.recover(5).unwrap(), 0);
    queue.beat("a", SHORT).unwrap();
    thread::sleep(SHORT * 2);
    assert_eq!(queue.recover(5).unwrap(), 1);
    // Of the same name, but it is another claim.
    let again = taken(&mut *queue, "a");
    assert_eq!((again.body.as_str(), again.attempts), ("1", 2));
    assert_eq!(queue.finish(&stalled, "a").unwrap(), Held::Lost);
    assert_eq!(queue.retry(&stalled, "a", NOW, 5).unwrap(), Held::Lost);
    assert_eq!(queue.retry(&stalled, "a", NOW, 1).unwrap(), Held::Lost);
    queue.finish(&again, "a").unwrap().expect_kept();

    // A newer one takes the place of what was taken back.
    queue.enqueue("shop", "2", NOW).unwrap();
    let _ = queue.claim("a", SHORT).unwrap().unwrap();
    queue.enqueue("shop", "3", NOW).unwrap();
    thread::sleep(SHORT * 2);
    assert_eq!(queue.recover(5).unwrap(), 1);
    assert_eq!(taken(&mut *queue, "b").body, "3");
    assert_eq!(claim(&mut *queue, "b"), None);
}

fn what_ends_its_workers_is_given_up(place: &Place) {
    let mut queue = queue(place);
    queue.enqueue("shop", "1", NOW).unwrap();
    for _ in 0..2 {
        assert!(queue.claim("a", SHORT).unwrap().is_some());
        thread::sleep(SHORT * 2);
        assert_eq!(queue.recover(2).unwrap(), 1);
    }
    assert_eq!(claim(&mut *queue, "a"), None);
}

fn deliveries_count_once(place: &Place) {
    let mut one = queue(place);
    assert!(one.remember("github", "1").unwrap());
    assert!(one.remember("gitlab", "1").unwrap());
    assert!(one.remember("github", "2").unwrap());
    assert!(!one.remember("github", "1").unwrap());
    drop(one);
    assert!(!queue(place).remember("gitlab", "1").unwrap(), "also after a restart");
}

trait Expect {
    fn expect_kept(self);
}

impl Expect for Held {
    fn expect_kept(self) {
        assert_eq!(self, Held::Kept);
    }
}

#[test]
fn in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    all(&mut || {
        count += 1;
        Place::File(folder.path().join(format!("jobs-{count}.db")))
    });
}

#[test]
fn places_are_told_apart() {
    assert_eq!("jobs.db".parse::<Place>().unwrap(), Place::File(PathBuf::from("jobs.db")));
    let place: Place = "postgres://me:hush@host/jobs".parse().unwrap();
    assert!(matches!(place, Place::Postgres(_)));
    assert!(!format!("{place:?}").contains("hush"));
}

#[test]
fn what_can_not_be_opened_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    std::fs::write(&path, "this is a text and no database, and it is longer than the head of one would be".repeat(20))
        .unwrap();
    let said = open(&Place::File(path.clone())).err().unwrap().to_string();
    assert_eq!(said, format!("{} can't be opened: file is not a database", path.display()));
    let missing = folder.path().join("not/there.db");
    let said = open(&Place::File(missing.clone())).err().unwrap().to_string();
    assert!(said.starts_with(&format!("{} can't be opened: ", missing.display())), "{said}");
}
