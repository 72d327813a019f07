//! Running programs that may hang, print without end, or leave others behind.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::cancel::CancelToken;

/// How much a program may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long it may run.
    pub(crate) time: Duration,
    /// How many bytes it may print on standard output. Without a limit, that is passed on line by line, as is what it
    /// prints on standard error, and not kept.
    pub(crate) output: Option<usize>,
}

/// What came of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What it printed on standard output, as far as that was read.
    pub(crate) stdout: Vec<u8>,
    /// How it ended; nothing, if it was killed.
    pub(crate) status: Option<ExitStatus>,
    /// Why it was told to end, if it was.
    pub(crate) cut: Option<Cut>,
}

impl Ended {
    /// Whether it says that it did what it was asked for.
    pub(crate) fn is_done(&self) -> bool {
        self.status.is_some_and(|status| status.success()) && !matches!(self.cut, Some(Cut::Time | Cut::Output))
    }
}

/// Why a program was told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It ran for too long.
    Time,
    /// It printed too much.
    Output,
    /// The run was cancelled.
    Cancelled,
}

/// How long a program that is told to end may take for it.
const GRACE: Duration = Duration::from_secs(2);

/// How long those that a program has left behind may be silent before they are no longer listened to, and how long
/// they are listened to at all: a server that it has started never closes its output.
const LINGER: Duration = Duration::from_millis(500);
const LISTEN: Duration = Duration::from_secs(3);

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
/// ended: at first all are asked to, and those that don't are killed. That happens when its time is
/// over, and when the run is cancelled: its group gets no signals from the terminal. What it printed
/// by then is there nevertheless.
///
/// # Errors
/// If it can't be started, or not be watched.
pub(crate) fn run(
    command: &mut Command,
    input: Vec<u8>,
    limits: Limits,
    cancel: &CancelToken,
    said: &dyn Fn(&str),
) -> io::Result<Ended> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut child = Group(child);
    let (sender, events) = sync_channel(64);
    if let (Some(mut stdin), Some(stdout), Some(stderr)) = child.pipes() {
        // A program may answer before it has read everything, or without reading at all. None of
        // these threads is waited for, since whoever has inherited a pipe can hold it open.
        let for_lines = sender.clone();
        let started = start("input", move || stdin.write_all(&input))
            .and_then(|()| match limits.output {
                Some(_) => start("output", move || send_output(stdout, &sender)),
                None => start("output", move || send_lines(stdout, &sender)),
            })
            .and_then(|()| start("lines", move || send_lines(stderr, &for_lines)));
        if let Err(error) = started {
            child.kill();
            return Err(error);
        }
    }

    let mut heard = Heard { stdout: Vec::new(), open: 2 };
    let output = limits.output.unwrap_or(usize::MAX);
    let mut cut = None;
    let mut deadline = Instant::now() + limits.time;
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.0.try_wait()? {
            break Some(status);
        }
        if cut.is_none() && cancel.is_cancelled() {
            // It may still answer what it has made so far.
            cut = Some(Cut::Cancelled);
            deadline = Instant::now() + GRACE;
            signal(child.0.id(), Signal::Term);
        } else if heard.stdout.len() > output {
            cut = Some(Cut::Output);
            break None;
        } else if Instant::now() >= deadline {
            if cut.is_some() || cfg!(not(unix)) {
                cut = cut.or(Some(Cut::Time));
                break None;
            }
            cut = Some(Cut::Time);
            deadline = Instant::now() + GRACE;
            signal(child.0.id(), Signal::Term);
        }
        match events.recv_timeout(pause) {
            Ok(event) => heard.take(event, said),
            Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(Duration::from_millis(20)),
            Err(RecvTimeoutError::Disconnected) => thread::sleep(pause),
        }
    };
    if cut.is_some() {
        child.kill();
    }
    // What it printed may still be on its way.
    let end = Instant::now() + LISTEN;
    while heard.open > 0 && heard.stdout.len() <= output {
        let left = end.saturating_duration_since(Instant::now());
        match events.recv_timeout(left.min(LINGER)) {
            Ok(event) if !left.is_zero() => heard.take(event, said),
            _ => break,
        }
    }
    if heard.stdout.len() > output {
        cut = cut.or(Some(Cut::Output));
        child.kill();
    }
    Ok(Ended { stdout: heard.stdout, status, cut })
}

/// Starts a thread that nobody waits for.
fn start<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(|_| ())
}

/// What a program has printed so far.
struct Heard {
    stdout: Vec<u8>,
    /// How many of its streams are open.
    open: usize,
}

impl Heard {
    fn take(&mut self, event: Event, said: &dyn Fn(&str)) {
        match event {
            Event::Output(bytes) => self.stdout.extend(bytes),
            Event::Line(line) => said(&line),
            Event::Closed => self.open -= 1,
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

fn send_lines(stream: impl Read, events: &SyncSender<Event>) {
    let mut reader = BufReader::new(stream);
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

/// A program, and whatever it has started.
struct Group(Child);

#[derive(Clone, Copy)]
enum Signal {
    Term,
    Kill,
}

impl Group {
    fn pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        (self.0.stdin.take(), self.0.stdout.take(), self.0.stderr.take())
    }

    /// Makes it end.
    fn kill(&mut self) {
        signal(self.0.id(), Signal::Kill);
        // Where there are no groups. It fails for one that has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
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
