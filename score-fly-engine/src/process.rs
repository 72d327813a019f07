//! Running programs that may hang, print without end, or leave others behind.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much a program may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long it may run.
    pub(crate) time: Duration,
    /// How many bytes it may print on standard output.
    pub(crate) output: usize,
}

/// What came of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) stdout: Vec<u8>,
    pub(crate) status: ExitStatus,
}

/// Why nothing came of it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It could not be started, or not be watched.
    Io(io::Error),
    /// It ran for too long, and was ended.
    Time,
    /// It printed too much, and was ended.
    Output,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How long a program that is told to end may take for it.
const GRACE: Duration = Duration::from_secs(2);

/// How long those that a program has left behind may hold its output open: a server that it has
/// started never closes it.
const LINGER: Duration = Duration::from_millis(500);

/// Longer lines on standard error are passed on in pieces.
const LINE_LIMIT: u64 = 8 << 10;

enum Event {
    Output(Vec<u8>),
    Line(String),
    Closed,
}

/// Runs a program with `input` on its standard input. `said` gets each line that it prints on
/// standard error.
///
/// On Unix it gets a process group of its own, so that whatever it starts ends with it when it is
/// ended: at first all are asked to, and those that don't are killed.
pub(crate) fn run(command: &mut Command, input: Vec<u8>, limits: Limits, said: &dyn Fn(&str)) -> Result<Ended, Fault> {
    let deadline = Instant::now() + limits.time;
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut child = Group::new(child);

    let (sender, events) = sync_channel(64);
    if let (Some(mut stdin), Some(stdout), Some(stderr)) = child.pipes() {
        // A program may answer before it has read everything, or without reading at all. None of
        // these threads is waited for, since whoever has inherited a pipe can hold it open.
        thread::spawn(move || stdin.write_all(&input));
        let for_lines = sender.clone();
        thread::spawn(move || send_output(stdout, &sender));
        thread::spawn(move || send_lines(stderr, &for_lines));
    }

    let mut stdout = Vec::new();
    let mut open = 2;
    let mut exited: Option<(ExitStatus, Instant)> = None;
    let mut pause = Duration::from_millis(1);
    loop {
        if exited.is_none() {
            exited = child.process.try_wait()?.map(|status| (status, Instant::now() + LINGER));
        }
        let now = Instant::now();
        match exited {
            Some((status, until)) if open == 0 || now >= until.min(deadline) => return Ok(Ended { stdout, status }),
            None if now >= deadline => {
                child.end();
                return Err(Fault::Time);
            }
            _ => {}
        }
        let event = events.recv_timeout(pause);
        if let (Ok(_), Some((_, until))) = (&event, &mut exited) {
            *until = now + LINGER;
        }
        match event {
            Ok(Event::Output(bytes)) => stdout.extend(bytes),
            Ok(Event::Line(line)) => said(&line),
            Ok(Event::Closed) => open -= 1,
            Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(Duration::from_millis(20)),
            Err(RecvTimeoutError::Disconnected) => thread::sleep(pause),
        }
        if stdout.len() > limits.output {
            child.kill();
            return Err(Fault::Output);
        }
    }
}

fn send_output(mut stdout: ChildStdout, events: &SyncSender<Event>) {
    let mut buffer = [0; 8 << 10];
    while let Ok(length @ 1..) = stdout.read(&mut buffer) {
        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
        if events.send(Event::Output(bytes)).is_err() {
            return;
        }
    }
    let _ = events.send(Event::Closed);
}

fn send_lines(stderr: ChildStderr, events: &SyncSender<Event>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    while let Ok(1..) = reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line) {
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
        if events.send(Event::Line(text)).is_err() {
            return;
        }
        line.clear();
    }
    let _ = events.send(Event::Closed);
}

/// The groups of programs that are running, for [`end_all`].
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Asks all programs that are running to end: for a process that is about to end itself, since
/// their groups get no signal from the terminal.
pub fn end_all() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    for group in running.iter() {
        signal(*group, Signal::Term);
    }
}

/// A program, and whatever it has started.
struct Group {
    process: Child,
}

#[derive(Clone, Copy)]
enum Signal {
    Term,
    Kill,
}

impl Group {
    fn new(process: Child) -> Self {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert(process.id());
        Self { process }
    }

    fn pipes(&mut self) -> (Option<std::process::ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        (self.process.stdin.take(), self.process.stdout.take(), self.process.stderr.take())
    }

    /// Asks it to end, and makes it.
    fn end(&mut self) {
        signal(self.process.id(), Signal::Term);
        let until = Instant::now() + if cfg!(unix) { GRACE } else { Duration::ZERO };
        while Instant::now() < until && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(10));
        }
        self.kill();
    }

    /// Makes it end.
    fn kill(&mut self) {
        signal(self.process.id(), Signal::Kill);
        // Where there are no groups. It fails for one that has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.process.id());
    }
}

/// Sends a signal to all processes of a group. That fails if none is left.
#[cfg(unix)]
fn signal(group: u32, signal: Signal) {
    use rustix::process;
    let Some(group) = i32::try_from(group).ok().and_then(process::Pid::from_raw) else { return };
    let signal = match signal {
        Signal::Term => process::Signal::TERM,
        Signal::Kill => process::Signal::KILL,
    };
    let _ = process::kill_process_group(group, signal);
}

#[cfg(not(unix))]
fn signal(_: u32, _: Signal) {}
