//! Workers that are killed in the middle of jobs.
//!
//! `SCORE_FLY_QUEUE_JOBS=1000` has as many jobs done; without it, a few are.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use score_fly_gitops::queue::{Held, Place};

use crate::{in_file, queue};

const LEASE: Duration = Duration::from_millis(500);
const MOST: u32 = 1000;
const WORKERS: usize = 3;

/// Where jobs are, and where is written which were done; this test then is a worker.
const PLACE: &str = "SCORE_FLY_QUEUE_PLACE";
const DONE: &str = "SCORE_FLY_QUEUE_DONE";

/// A worker, in a process of its own: it works until it is killed.
#[test]
fn worker() {
    let (Ok(place), Ok(done)) = (env::var(PLACE), env::var(DONE)) else { return };
    let mut queue = queue(&place.parse().unwrap());
    let mut done = OpenOptions::new().append(true).open(done).unwrap();
    let me = format!("worker-{}", std::process::id());
    loop {
        queue.recover(MOST).unwrap();
        let Some(job) = queue.claim(&me, LEASE).unwrap() else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        assert_eq!(job.body, format!("the text of {}", job.key));
        thread::sleep(Duration::from_millis(10));
        // One write, so lines of several workers do not mix.
        done.write_all(format!("{}\n", job.key).as_bytes()).unwrap();
        if queue.finish(&job, &me).unwrap() == Held::Lost {
            eprintln!("{} was given to another one", job.key);
        }
    }
}

fn start(place: &str, done: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::worker", "--nocapture"])
        .env(PLACE, place)
        .env(DONE, done)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Has jobs done by workers of which one after the other is killed, and looks at what was done.
pub(crate) fn none_is_lost(place: &Place, address: &str, folder: &Path) {
    let jobs: usize = env::var("SCORE_FLY_QUEUE_JOBS").map_or(40, |jobs| jobs.parse().unwrap());
    let done = folder.join("done");
    fs::write(&done, "").unwrap();
    let start_time = Instant::now();
    let mut queue = queue(place);
    for number in 0..jobs {
        let key = format!("app-{number}");
        queue.enqueue(&key, &format!("the text of {key}"), Duration::ZERO).unwrap();
    }
    let enqueued = start_time.elapsed();
    let mut workers: Vec<Child> = (0..WORKERS).map(|_| start(address, &done)).collect();
    let mut kills = 0;
    let all_done = |counts: &BTreeMap<String, usize>| counts.len() == jobs;
    let counts = || {
        let mut counts = BTreeMap::<String, usize>::new();
        fs::read_to_string(&done).unwrap().lines().for_each(|key| *counts.entry(key.to_owned()).or_default() += 1);
        counts
    };
    while !all_done(&counts()) {
        assert!(start_time.elapsed() < Duration::from_secs(300), "{kills} kills, {} of {jobs} done", counts().len());
        // Between two kills, some are done: the time is not a multiple of what a job takes.
        thread::sleep(Duration::from_millis(53));
        if !counts().is_empty() {
            // `kill` of a child is SIGKILL.
            let next = kills % WORKERS;
            workers[next].kill().unwrap();
            workers[next].wait().unwrap();
            workers[next] = start(address, &done);
            kills += 1;
        }
    }
    // What was done, but of which nobody could say so any more, comes again; then there is nothing.
    thread::sleep(LEASE * 2);
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let counts = counts();
    assert_eq!(counts.len(), jobs);
    let repeated: usize = counts.values().map(|count| count - 1).sum();
    println!(
        "{jobs} jobs, enqueued in {enqueued:?}, done in {:?}, {kills} kills, {repeated} done twice",
        start_time.elapsed()
    );
    assert!(kills > 0);
    // A worker has one job at a time; at the end, all are killed once more.
    assert!(repeated <= kills + WORKERS, "{repeated} repeated for {kills} kills");
}

#[test]
fn with_a_file_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let place = in_file(folder.path());
    let address = folder.path().join("jobs.db");
    none_is_lost(&place, address.to_str().unwrap(), folder.path());
}
