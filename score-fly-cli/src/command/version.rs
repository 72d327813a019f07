//! `score-fly version` and `score-fly check-version`

use clap::Args;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Reporter, Stream};

/// Print the version
#[derive(Debug, Args)]
pub(crate) struct Version {}

/// Fail unless this version is one that is wanted, as other Score tools do
#[derive(Debug, Args)]
pub(crate) struct CheckVersion {
    /// A version such as `0.1.0`, or one after `=`, `>`, `>=`, `<` or `<=`; several are separated by commas, and all
    /// must hold
    #[arg(value_parser = constraint, value_delimiter = ',', allow_hyphen_values = true)]
    constraint: Vec<Constraint>,
}

/// How a version compares with one that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Constraint {
    operator: &'static str,
    wanted: [u64; 3],
}

const OPERATORS: [&str; 5] = [">=", "<=", ">", "<", "="];

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn constraint(text: &str) -> Result<Constraint, String> {
    let text = text.trim();
    let operator = OPERATORS.into_iter().find(|operator| text.starts_with(operator));
    let rest = text.trim_start_matches(operator.unwrap_or_default()).trim().trim_start_matches('v');
    let wanted = numbers(rest).ok_or("write a version such as `>= 0.1.0`")?;
    Ok(Constraint { operator: operator.unwrap_or("="), wanted })
}

/// The numbers of a version; those that are left out are zero.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    let mut parts = version.split('.');
    for (index, part) in parts.by_ref().take(3).enumerate() {
        numbers[index] = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

impl Constraint {
    fn holds(self, version: [u64; 3]) -> bool {
        match self.operator {
            ">=" => version >= self.wanted,
            "<=" => version <= self.wanted,
            ">" => version > self.wanted,
            "<" => version < self.wanted,
            _ => version == self.wanted,
        }
    }
}

/// Prints the version.
pub(crate) fn run(_: &Version, global: Global) -> Exit {
    let reporter = Reporter::new(global, Stream::Stderr);
    reporter.data(&format!("score-fly {VERSION}\n"));
    reporter.finish()
}

/// Compares the version with what is wanted.
pub(crate) fn check(args: &CheckVersion, global: Global) -> Exit {
    let reporter = Reporter::new(global, Stream::Stderr);
    let version = VERSION.split(['-', '+']).next().and_then(numbers).unwrap_or_default();
    for Constraint { operator, wanted: [major, minor, patch] } in
        args.constraint.iter().filter(|constraint| !constraint.holds(version))
    {
        reporter.fail(&format!("this is version {VERSION}, and {operator} {major}.{minor}.{patch} is wanted"));
    }
    reporter.finish()
}

#[cfg(test)]
mod tests {
    use super::constraint;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (text, holds) in [
            ("1.2.3", true),
            ("= v1.2.3", true),
            (">= 1.2", true),
            ("> 1.2.3", false),
            ("<1.10.0", true),
            ("<= 1.2.2", false),
            ("1.2", false),
        ] {
            assert_eq!(constraint(text).unwrap().holds([1, 2, 3]), holds, "{text}");
        }
        for text in ["", "x", "1.2.3.4", "~1.2", "1.2.3-rc.1"] {
            constraint(text).unwrap_err();
        }
    }
}
