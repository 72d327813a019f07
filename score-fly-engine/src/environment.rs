//! What a run may see of the world around the process.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

/// How standard input is opened, when it is read.
pub type OpenInput = fn() -> io::Result<Box<dyn Read + Send>>;

/// What a run may see of the world around the process: variables, the user's folder and standard input. Nothing
/// of it is looked up; whoever starts a run says what there is, and programs that it starts see the same
/// variables. Only web requests find their proxies by the variables of the process itself.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
    standard_input: Option<OpenInput>,
}

impl Environment {
    /// One with these variables.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self { variables: variables.into_iter().collect(), ..Self::default() }
    }

    /// With the folder of the user, for which `~` stands in paths.
    #[must_use]
    pub fn with_home(self, home: Option<PathBuf>) -> Self {
        Self { home, ..self }
    }

    /// With a variable more, or with another value of it.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// With a standard input, for which the path `-` stands.
    #[must_use]
    pub fn with_standard_input(self, open: OpenInput) -> Self {
        Self { standard_input: Some(open), ..self }
    }

    /// A variable.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// A variable that is text and not empty.
    #[cfg(feature = "image")]
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.variable(name)?.to_str().map(str::to_owned).filter(|text| !text.is_empty())
    }

    /// The folder of the user.
    #[cfg(feature = "image")]
    pub(crate) fn home(&self) -> Option<&std::path::Path> {
        self.home.as_deref()
    }

    /// Opens standard input.
    pub(crate) fn standard_input(&self) -> io::Result<Box<dyn Read + Send>> {
        match self.standard_input {
            Some(open) => open(),
            None => Err(io::Error::new(io::ErrorKind::Unsupported, "there is none")),
        }
    }
}

impl fmt::Debug for Environment {
    /// Values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "project")]
mod programs {
    use std::collections::BTreeMap;
    use std::env;
    use std::ffi::{OsStr, OsString};
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::Environment;
    use crate::encryption::IDENTITY_VARIABLE;
    use crate::root::Root;

    impl Environment {
        /// A path as a shell would take it: `~/` is the user's folder.
        pub(crate) fn at_home(&self, path: &str) -> PathBuf {
            match (path.strip_prefix("~/"), &self.home) {
                (Some(rest), Some(home)) => home.join(rest),
                _ => PathBuf::from(path),
            }
        }

        /// The variables that programs and workloads may see, which is all but identities.
        fn open_variables(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
            self.variables.iter().filter(|(name, _)| *name != IDENTITY_VARIABLE)
        }

        /// Those that are text.
        pub(crate) fn texts(&self) -> BTreeMap<String, String> {
            let text = |text: &OsString| text.to_str().map(str::to_owned);
            self.open_variables().filter_map(|(name, value)| Some((text(name)?, text(value)?))).collect()
        }

        /// A program to be started in `root`: a path, or a name to look up in `PATH`.
        pub(crate) fn command(&self, program: &Path, root: &Root) -> Command {
            let program = if is_name(program) { program.to_owned() } else { root.at(program) };
            #[expect(clippy::disallowed_methods, reason = "this is where programs are started, for all others")]
            let mut command = Command::new(program);
            if !root.path().as_os_str().is_empty() {
                command.current_dir(root.path());
            }
            command.env_clear().envs(self.open_variables());
            command
        }

        /// Whether there is such a program.
        pub(crate) fn has_program(&self, program: &Path, root: &Root) -> bool {
            if !is_name(program) {
                return can_run(&root.at(program));
            }
            let folders = self.variable("PATH").unwrap_or(OsStr::new(""));
            env::split_paths(folders).any(|folder| can_run(&root.at(&folder).join(program)))
        }
    }

    /// Whether there is a file that may be run.
    fn can_run(path: &Path) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
        }
        #[cfg(not(unix))]
        path.is_file()
    }

    /// Whether it is a name to look up, and not a path.
    fn is_name(program: &Path) -> bool {
        program.components().count() == 1 && !program.has_root()
    }
}
