//! What process groups run: `[processes]`, and the entrypoint that they share.

use super::messages;
use crate::convert::parts::Task;
use crate::diagnostic::Diagnostics;
use crate::fly::config::{Config, Experimental};
use crate::fly::shlex;
use crate::pointer::Path;
use crate::prelude::*;

/// A group's words take the place of the image's CMD, and there is one ENTRYPOINT for all. So of containers with
/// `command` the words that all begin with become the entrypoint; each must have more, since without any Fly would add
/// the image's CMD. (Source: flyctl's `init.cmd` is the group's command, and `init.entrypoint` that of `[experimental]`.)
pub(super) fn convert(tasks: &[Task<'_>], at: &Path<'_>, config: &mut Config, diagnostics: &mut Diagnostics) {
    let programs: Vec<Program<'_>> = tasks.iter().map(Program::of).collect();
    let Some(first) = programs.first() else { return };
    let without = programs.iter().find(|program| program.command == 0);
    let mut shared = 0;
    match without {
        Some(without) => {
            for program in programs.iter().filter(|program| program.command > 0) {
                diagnostics.push(messages::entrypoint_of_some(&at.key(program.name).key("command"), without.name));
            }
        }
        None if programs.iter().all(|program| program.words == first.words) => {
            shared = first.words.len();
            let exec = Some(first.start(shared));
            config.experimental = Some(Experimental { exec, ..Experimental::default() });
        }
        None => {
            shared = programs.iter().map(|program| program.shared_with(first)).min().unwrap_or_default();
            if shared == 0 {
                let other = programs.iter().skip(1).find(|program| program.shared_with(first) == 0);
                let other = other.or_else(|| programs.get(1)).unwrap_or(first);
                let at_first = at.key(first.name);
                diagnostics.push(messages::different_entrypoints(
                    &at.key(other.name).key("command"),
                    &at_first.key("command"),
                ));
            }
            let entrypoint = Some(first.start(shared));
            config.experimental = Some(Experimental { entrypoint, ..Experimental::default() });
        }
    }
    let commands = programs.iter().map(|program| {
        let own = program.words.get(shared..).unwrap_or_default();
        (program.name.to_owned(), shlex::join(own))
    });
    config.processes = commands.collect();
}

/// What a container runs.
struct Program<'a> {
    name: &'a str,
    /// `command` and `args`.
    words: Vec<&'a str>,
    /// How many of them are of `command`.
    command: usize,
}

impl<'a> Program<'a> {
    fn of(task: &Task<'a>) -> Self {
        let written = task.container.written;
        let command = written.command.iter().flatten();
        let args = written.args.iter().flatten();
        let count = written.command.as_ref().map_or(0, Vec::len);
        Self { name: task.name, words: command.chain(args).map(String::as_str).collect(), command: count }
    }

    /// The first words.
    fn start(&self, count: usize) -> Vec<String> {
        self.words.iter().take(count).map(|word| (*word).to_owned()).collect()
    }

    /// How many words of `command` can be the entrypoint of both.
    fn shared_with(&self, other: &Self) -> usize {
        let same = self.words.iter().zip(&other.words).take_while(|(one, other)| one == other).count();
        let most = |program: &Self| program.command.min(program.words.len().saturating_sub(1));
        same.min(most(self)).min(most(other))
    }
}
