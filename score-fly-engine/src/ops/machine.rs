//! The machine config that flyctl makes of a fly.toml.

use std::path::PathBuf;

use score_fly_core::fly::MachineConfig;

use super::context::Context;
use super::fly_file::{FlyFile, FlyText};
use super::report::{Log, Report};

/// Which machine config.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The fly.toml, or the same as JSON or YAML.
    pub file: PathBuf,
    /// The process group, instead of the default one: `app`, or the first by name.
    pub group: Option<String>,
}

/// Works out what flyctl sends to Fly's API for each machine of a process group, but for what only a
/// deploy knows: the image that it builds, the ids of volumes, and the release.
pub fn machine(context: &Context<'_>, options: &Options) -> Report<MachineConfig> {
    let mut log = context.log();
    let machine = run(context, options, &mut log);
    log.report(machine)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<MachineConfig> {
    let text = log.take(FlyText::read(context, &options.file))?;
    let file = FlyFile::load(context, &text);
    let (machine, diagnostics) = file.machine_config(options.group.as_deref()).into_parts();
    let machine = machine.filter(|_| !diagnostics.has_errors());
    file.looked(diagnostics).note(log);
    machine
}
