//! Runtimes.

use score_fly_core::Diagnostics;
use serde_json::{Map, Value, json};

use crate::files::{Files, can_be_part};
use crate::messages;
use crate::schema::Schema;
use crate::template::{Dialect, SUFFIX, Templates};

/// All that functions of a kind have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Runtime {
    /// Its name.
    pub name: String,
    /// What it is for: one line.
    pub description: String,
    /// What its server keeps to.
    pub contract: Contract,
    /// What functions can set.
    pub options: Schema,
    /// Names of files and folders that are no part of a function, wherever they stand in it.
    pub ignore: Vec<String>,
    pub(crate) origin: Origin,
    /// What a new function starts with.
    pub(crate) template: Files,
    /// What is added when a function is built.
    pub(crate) build: Files,
}

/// What the server of a runtime keeps to, so that a workload can be made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// The port on which it listens.
    pub port: u16,
    /// The path at which it answers with 200 when it is well.
    pub health: String,
    /// Who runs it: a number or a name, but not root.
    pub user: String,
    /// The signal that tells it to stop.
    pub stop_signal: String,
}

/// In whose form a runtime was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Ours,
    Faaso,
}

/// The file that describes a runtime.
pub(crate) const MANIFEST: &str = "runtime.yaml";

impl Runtime {
    /// Everything that can be found without a function: fills all templates for one that sets no
    /// options, and looks at the Dockerfile that comes of it.
    pub fn check(&self) -> Diagnostics {
        let (_, mut diagnostics) = self.templates("example", None).fill(&self.template).into_parts();
        let options = self.options.samples();
        let (build, found) = self.templates("example", Some(options)).fill(&self.build).into_parts();
        diagnostics.extend(found);
        let dockerfile = build.as_ref().and_then(|build| Some(build.text("Dockerfile")?.into_parts().0?.text));
        if let Some(text) = dockerfile.filter(|_| !diagnostics.has_errors()) {
            let user = last_user(&text);
            let is_root = user.is_none_or(|user| matches!(user.split(':').next(), Some("root" | "0")));
            if is_root {
                diagnostics.push(messages::runs_as_root(&self.build.name_of("Dockerfile"), &self.contract.user));
            }
        }
        diagnostics
    }

    /// What fills its templates, for a function of that name: with options when it is built, and
    /// without when it is new.
    pub(crate) fn templates(&self, name: &str, options: Option<Map<String, Value>>) -> Templates {
        let mut names = json!({ "name": name, "runtime": self.name });
        if self.origin == Origin::Ours {
            let Contract { port, health, user, stop_signal: _ } = &self.contract;
            names = json!({ "name": name, "runtime": self.name, "port": port, "health": health, "user": user });
        }
        if let (Some(options), Value::Object(names)) = (options, &mut names) {
            names.insert("options".to_owned(), Value::Object(options));
        }
        let dialect = if self.origin == Origin::Ours { Dialect::Ours } else { Dialect::Crinja };
        Templates::new(dialect, names)
    }

    /// Whether a file or folder in a function's folder is part of the function, by its path from there.
    pub fn takes(&self, path: &str) -> bool {
        // FaaSO leaves out what is hidden at the top.
        let is_hidden = self.origin == Origin::Faaso && path.starts_with('.');
        let is_ignored = path.split('/').any(|part| self.ignore.iter().any(|ignored| ignored == part));
        !is_hidden && !is_ignored && can_be_part(path)
    }

    /// No two files may come to have the same path, and none may stand where another needs a folder.
    pub(crate) fn check_files(&self, diagnostics: &mut Diagnostics) {
        let mut all = Files::new("");
        let parts = [(&self.template, false), (&self.build, true)].into_iter();
        let paths = parts.flat_map(|(files, built)| files.iter().map(move |(path, _)| (files, path, built)));
        for (files, path, built) in paths {
            let filled = path.strip_suffix(SUFFIX).unwrap_or(path);
            let name = files.name_of(path);
            if all.contains(filled) {
                // In FaaSO's runtimes the user's file is meant to win.
                if self.origin == Origin::Faaso && built && self.template_has(filled) {
                    continue;
                }
                diagnostics.push(messages::path_twice(&name, filled));
            } else if let Some(other) = all.in_the_way_of(filled) {
                diagnostics.push(messages::runtime_path_blocked(&name, other));
            } else if let Err(invalid) = all.insert(filled, "") {
                diagnostics.push(messages::invalid_path(&invalid));
            }
        }
        if !all.contains("Dockerfile") {
            diagnostics.push(messages::no_dockerfile(&self.build.name_of("Dockerfile.j2")));
        }
    }
}

impl Runtime {
    /// Whether a new function starts with a file of that path.
    pub(crate) fn template_has(&self, path: &str) -> bool {
        self.template.contains(path) || self.template.contains(&format!("{path}{SUFFIX}"))
    }
}

/// The user of the last stage of a Dockerfile.
fn last_user(dockerfile: &str) -> Option<&str> {
    let instructions = dockerfile.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
    instructions.fold(None, |user, (instruction, rest)| match instruction.to_ascii_uppercase().as_str() {
        "FROM" => None,
        "USER" => Some(rest.trim()),
        _ => user,
    })
}

#[cfg(test)]
mod tests {
    use super::last_user;

    #[test]
    fn the_last_stage_decides_who_runs() {
        assert_eq!(last_user("FROM a AS b\nUSER 1\nFROM c\nRUN x\n"), None);
        assert_eq!(last_user("FROM a\nUSER root\nRUN x\n user app:app \nCMD y\n"), Some("app:app"));
        assert_eq!(last_user(""), None);
    }
}
