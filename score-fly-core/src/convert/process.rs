//! `[experimental]`: what the machine runs.

use crate::fly::config::Experimental;
use crate::prelude::*;
use crate::score::Container;

/// `command` replaces the image's ENTRYPOINT and `args` its CMD.
///
/// On Fly an image keeps its CMD when only its ENTRYPOINT is replaced, so that a `command` alone
/// would get arguments that nobody meant for it: `exec` replaces both. An empty list counts as
/// absent, as in Kubernetes.
pub(super) fn convert(container: &Container) -> Option<Experimental> {
    let list = |list: &Option<Vec<String>>| list.clone().filter(|list| !list.is_empty());
    match (list(&container.args), list(&container.command)) {
        (None, None) => None,
        (None, command) => Some(Experimental { exec: command, ..Experimental::default() }),
        (cmd, entrypoint) => Some(Experimental { cmd, entrypoint, ..Experimental::default() }),
    }
}
