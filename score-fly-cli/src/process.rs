//! The process as use cases see it: its working directory, its variables and its standard input.

use std::env;
use std::io;
use std::ops::Deref;

use score_fly_core::diagnostic::Levels;
use score_fly_engine::ops::Context;
use score_fly_engine::{CancelToken, Environment, Root};

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Reporter, Stream};

/// One run of a command in this process.
pub(crate) struct Process {
    reporter: Reporter,
    root: Root,
    environment: Environment,
    levels: Levels,
    token: CancelToken,
    /// Who tells which signal cancelled the token.
    #[cfg(any(feature = "image", feature = "project"))]
    heed: Option<crate::signals::Heed>,
}

impl Process {
    /// A run whose diagnostics go to `stream`.
    pub(crate) fn new(global: Global, stream: Stream) -> Self {
        let levels = global.levels.cloned().unwrap_or_default();
        Self {
            reporter: Reporter::new(global, stream),
            root: Root::new(env::current_dir().unwrap_or_default()).in_env(global.env()),
            environment: Environment::new(env::vars_os())
                .with_home(env::home_dir())
                .with_standard_input(|| Ok(Box::new(io::stdin()))),
            levels,
            token: CancelToken::new(),
            #[cfg(any(feature = "image", feature = "project"))]
            heed: None,
        }
    }

    /// A run that signals cancel while it does what ends in good order.
    #[cfg(any(feature = "image", feature = "project"))]
    pub(crate) fn heeding(global: Global) -> Self {
        let heed = crate::signals::Heed::new();
        Self { token: heed.token().clone(), heed: Some(heed), ..Self::new(global, Stream::Stderr) }
    }

    /// With a standard input that is nobody who would have to type.
    #[cfg(any(feature = "image", feature = "project"))]
    pub(crate) fn with_piped_input(mut self) -> Self {
        use std::io::IsTerminal as _;

        fn open() -> io::Result<Box<dyn io::Read + Send>> {
            if io::stdin().is_terminal() {
                return Err(io::Error::other("standard input is a terminal: pipe a file into it"));
            }
            Ok(Box::new(io::stdin()))
        }
        self.environment = self.environment.with_standard_input(open);
        self
    }

    /// Where a use case works, and who watches it.
    pub(crate) fn context(&self) -> Context<'_> {
        let Self { reporter, root, environment, levels, token, .. } = self;
        Context { root, environment, observer: reporter, levels, cancel: token }
    }

    /// How it ended, where Ctrl-C is the way to end it.
    #[cfg(feature = "deploy")]
    pub(crate) fn finish_quietly(self) -> Exit {
        self.reporter.finish()
    }

    /// Whether data goes to somebody at a terminal.
    #[cfg(feature = "deploy")]
    #[allow(clippy::unused_self, reason = "it is a question to the process")]
    pub(crate) fn writes_to_terminal(&self) -> bool {
        use std::io::IsTerminal as _;
        io::stdout().is_terminal()
    }

    /// How it ended.
    pub(crate) fn finish(self) -> Exit {
        let exit = self.reporter.finish();
        #[cfg(any(feature = "image", feature = "project"))]
        if let Some(signal) = self.heed.and_then(|heed| heed.signal()) {
            return exit.max(Exit::Interrupted(signal));
        }
        exit
    }
}

impl Deref for Process {
    type Target = Reporter;

    fn deref(&self) -> &Reporter {
        &self.reporter
    }
}
