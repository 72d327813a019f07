//! Wording of what Fly can't take.

use toml_edit::TomlError;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::pointer::Path;
use crate::source::{Source, Span};

/// A fly.toml to write over is not TOML. What toml_edit says of it quotes no values.
pub(crate) fn invalid_toml(source: &Source, error: &TomlError) -> Diagnostic {
    let message = format!("`{}` is not valid TOML: {}", source.name, error.message());
    let mut diagnostic = Diagnostic::new(Code::InvalidFlyConfig, &Path::ROOT, message);
    diagnostic.location = error.span().map(|span| Location { source: source.name.clone(), span: Span::from(span) });
    diagnostic
}
