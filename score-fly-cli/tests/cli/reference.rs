//! `docs/cli.md` says what the binary says.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use clap::{Command, CommandFactory as _};
use score_fly_cli::cli::Cli;

/// Everything below this line of the page is made from the help of the commands.
const MARK: &str = "<!-- Below: the help of the commands, written by `cargo xtask gen`. -->\n";

#[test]
fn the_reference_is_up_to_date() {
    let mut command = Cli::command().term_width(100);
    command.build();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    let written = fs::read_to_string(&path).unwrap();
    let (head, _) = written.split_once(MARK).expect("the page has the mark");
    let mut page = format!("{head}{MARK}");
    section(&mut command, &mut page);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    } else {
        assert!(written == page, "docs/cli.md is out of date: `cargo xtask gen` writes it anew");
    }
}

/// The help of a command, and then of the commands below it.
fn section(command: &mut Command, page: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", lines.join("\n")).unwrap();
    for command in command.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        section(command, page);
    }
}
