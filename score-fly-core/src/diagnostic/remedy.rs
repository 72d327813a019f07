//! Ways out that lie outside the text.

use crate::prelude::*;

/// What to do about a diagnostic with a command or a call, beside what its help says. Each face
/// says it in its own words: the command line names its commands, a library its functions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Give the project a provisioner for a type of resources, or give this one's outputs.
    AddProvisioner {
        /// The type.
        resource_type: String,
    },
    /// Have a resource taken down by the provisioner that made it.
    TakeDown {
        /// The resource's uid.
        uid: String,
    },
    /// Drop a resource of which there may be nothing, or have it taken down to be sure.
    Drop {
        /// The resource's uid.
        uid: String,
    },
    /// Make a project in the folder.
    StartProject,
    /// Give an identity that decrypts what is encrypted in a project's state.
    GiveIdentity,
}
