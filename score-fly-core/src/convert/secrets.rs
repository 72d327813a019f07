//! The app's secrets.

use super::messages;
use super::parts::AppParts;
use crate::diagnostic::Diagnostics;
use crate::fly::secrets;
use crate::pointer::Path;
use crate::prelude::*;
use crate::secret::Secret;

/// Adds a secret that comes from the variable or file at `at`, if `fly secrets import` can carry it.
pub(super) fn add(
    app: &mut AppParts,
    name: String,
    value: Secret<String>,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) {
    match secrets::encodable(&name, &value) {
        Ok(()) => app.secrets.push((name, value)),
        Err(reason) => diagnostics.push(messages::secret_not_encodable(at, &name, reason)),
    }
}
