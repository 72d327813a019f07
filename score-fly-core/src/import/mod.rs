//! From a fly.toml to a Score file that becomes an equal one.
//!
//! No rule of the conversion is repeated here: what a part of fly.toml may be in Score is tried, and
//! kept if the conversion makes that part of it again. All else goes to the annotation `config`, so
//! the whole is right even where Score has no word for a part.

mod draft;
mod residue;
mod yaml;

pub use yaml::to_yaml;

use crate::convert::annotations::PREFIX;
use crate::convert::{self, Options};
use crate::diagnostic::{Diagnostics, Outcome, messages::import as messages};
use crate::fly::config::Field;
use crate::fly::{self, App, Config};
use crate::resolve::{self, Given, Missing};
use crate::score::Workload;
use crate::source::Source;

/// Makes a workload of a fly.toml. Converting it gives an app that flyctl makes the same machines of.
///
/// What Score and its annotations can't say stands in the annotation `config`, and is reported. There is
/// no value if the file has mistakes with which a workload can't be converted.
pub fn import(source: &Source) -> Outcome<Workload> {
    fly::with_file(source, |file| workload(source, &file.config))
}

fn workload(source: &Source, config: &Config) -> Outcome<Workload> {
    let wanted = config.clone().canonical();
    let mut workload = draft::workload(&wanted);
    let (made, _) = convert(&workload);
    let mut diagnostics = Diagnostics::new();
    let (wanted_tree, config_tree) = (wanted.write(), config.write());
    let fragment = residue::fragment(&made.write(), &wanted_tree, &config_tree, &mut diagnostics);
    if !fragment.entries.is_empty() {
        workload.metadata.annotations.insert(format!("{PREFIX}config"), fly::emit_mapping(&fragment));
    }
    let (made, found) = convert(&workload);
    if let Some(error) = found.iter().find(|found| found.severity == crate::Severity::Error) {
        let (_, mut faults) = fly::check(source, &fly::LocalFiles::new()).into_parts();
        if !faults.has_errors() {
            faults.push(messages::not_convertible(&error.message));
        }
        return Outcome::failed(faults);
    }
    residue::differences(&made.write(), &wanted_tree, &mut diagnostics);
    Outcome::new(workload, diagnostics)
}

/// The canonical fly.toml that a workload becomes.
fn convert(workload: &Workload) -> (Config, Diagnostics) {
    let given = Given { missing: Missing::Assume, ..Given::default() };
    let options = Options { inline_files: true, ..Options::default() };
    let outcome = resolve::resolve(workload.clone(), &given);
    let (app, diagnostics) = outcome.and_then(|resolved| convert::convert(&resolved, &options)).into_parts();
    (app.map_or_else(Config::default, |App { config, .. }| config).canonical(), diagnostics)
}
