//! How far machines are: a line for each on a terminal, written over as they go on, and plain lines elsewhere.

use std::io::{self, Write as _};

use score_fly_core::deploy::label;
use score_fly_engine::progress::{MachinePhase, MachineProgress};

use crate::untrusted::clean;

/// The machines of a run.
#[derive(Debug, Default)]
pub(crate) struct Machines {
    lines: Vec<Line>,
    /// How many lines stand on the terminal.
    drawn: usize,
}

#[derive(Debug)]
struct Line {
    app: String,
    machine: String,
    place: String,
    said: String,
}

impl Machines {
    /// Notes how far a machine is, and gives the line about it if that is new.
    pub(crate) fn note(&mut self, progress: &MachineProgress<'_>) -> Option<String> {
        let MachineProgress { app, machine, group, region, phase } = *progress;
        let said = words(phase);
        let group = match group {
            label::RELEASE_COMMAND_GROUP => "release command",
            label::TEST_COMMAND_GROUP => "machine check",
            group => group,
        };
        let place = if region.is_empty() { group.to_owned() } else { format!("{group}, {region}") };
        let known = match phase {
            // Until now, it went by what the plan calls it.
            MachinePhase::Created { key } => self.find(app, key).or_else(|| self.find(app, machine)),
            _ => self.find(app, machine),
        };
        let index = known.unwrap_or_else(|| {
            let [app, machine] = [app, machine].map(str::to_owned);
            self.lines.push(Line { app, machine, place: String::new(), said: String::new() });
            self.lines.len() - 1
        });
        let line = self.lines.get_mut(index)?;
        machine.clone_into(&mut line.machine);
        let is_new = line.said != said;
        (line.place, line.said) = (place, said);
        is_new.then(|| line.text())
    }

    fn find(&self, app: &str, machine: &str) -> Option<usize> {
        self.lines.iter().position(|line| line.app == app && line.machine == machine)
    }

    /// Writes all lines over those that stand on the terminal.
    pub(crate) fn draw(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let mut text = self.over();
        // Lines that are too long must not go on in the next one, or there would be more than are counted.
        text.push_str("\u{1b}[?7l");
        for line in &self.lines {
            text.push_str(&clean(&line.text()));
            text.push('\n');
        }
        text.push_str("\u{1b}[?7h");
        self.drawn = self.lines.len();
        write(&text);
    }

    /// Takes the lines away, for something that is to stand above them.
    pub(crate) fn clear(&mut self) {
        let text = self.over();
        write(&text);
    }

    /// Leaves the lines of an app where they stand, and takes those of others away: both what follows and those come
    /// below them.
    pub(crate) fn settle(&mut self, app: &str) {
        let was_drawn = self.drawn > 0;
        let mut text = self.over();
        for line in self.lines.extract_if(.., |line| line.app == app) {
            if was_drawn {
                text.push_str(&clean(&line.text()));
                text.push('\n');
            }
        }
        write(&text);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn over(&mut self) -> String {
        let drawn = std::mem::take(&mut self.drawn);
        if drawn == 0 { String::new() } else { format!("\r\u{1b}[{drawn}A\u{1b}[J") }
    }
}

impl Line {
    fn text(&self) -> String {
        format!("{}: machine {} ({}) {}", self.app, self.machine, self.place, self.said)
    }
}

fn words(phase: MachinePhase<'_>) -> String {
    match phase {
        MachinePhase::Creating => "is being created",
        MachinePhase::Created { .. } => "was created",
        MachinePhase::Updating => "gets its new config",
        MachinePhase::Starting => "starts",
        MachinePhase::Running => "runs",
        MachinePhase::Checking { passing, total } => return format!("passes {passing} of {total} checks"),
        MachinePhase::Healthy => "works",
        MachinePhase::Done => "is done",
        MachinePhase::Stopping => "stops",
        MachinePhase::Destroying => "is being destroyed",
        MachinePhase::Destroyed => "is gone",
        MachinePhase::Failed => "does not work",
        MachinePhase::Restoring => "gets back what it had",
        MachinePhase::Restored => "has what it had before",
        _ => "goes on",
    }
    .to_owned()
}

/// If this fails, nobody is left to tell.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
