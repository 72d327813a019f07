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
    /// How many bytes it may print on standard output.
    pub(crate) output: usize,
}

/// What came of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) stdout: Vec<u8>,
    pub(crate) status: ExitStatus,
    /// Whether it was told to end.
    pub(crate) interrupted: bool,
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
    /// It was told to end, did not, and was made to.
    Interrupted,
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
/// ended: at first all are asked to, and those that don't are killed. That happens when its time is
/// over, and when the run is cancelled: its group gets no signals from the terminal.
pub(crate) fn run(
    command: &mut Command,
    input: Vec<u8>,
    limits: Limits,
    cancel: &CancelToken,
    said: &dyn Fn(&str),
) -> Result<Ended, Fault> {
    let mut deadline = Instant::now() + limits.time;
    let mut interrupted = false;
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut child = Group(child);

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
            if !interrupted && cancel.is_cancelled() {
                // It may still answer what it has made so far.
                interrupted = true;
                signal(child.0.id(), Signal::Term);
                deadline = deadline.min(Instant::now() + GRACE);
            }
            exited = child.0.try_wait()?.map(|status| (status, Instant::now() + LINGER));
        }
        let now = Instant::now();
        match exited {
            Some((status, until)) if open == 0 || now >= until.min(deadline) => {
                if interrupted {
                    child.kill();
                }
                return Ok(Ended { stdout, status, interrupted });
            }
            None if now >= deadline && interrupted => {
                child.kill();
                return Err(Fault::Interrupted);
            }
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

    /// Asks it to end, and makes it.
    fn end(&mut self) {
        signal(self.0.id(), Signal::Term);
        let until = Instant::now() + if cfg!(unix) { GRACE } else { Duration::ZERO };
        while Instant::now() < until && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(10));
        }
        self.kill();
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
