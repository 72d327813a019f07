//! `[build]`: where the image comes from.

use super::options::Options;
use super::{messages, paths};
use crate::diagnostic::Diagnostics;
use crate::fly::config::Build;
use crate::pointer::Path;
use crate::prelude::*;

/// The image of a container that is not the one that is deployed. Fly builds only that one.
pub(super) fn ready_image(
    image: &str,
    options: &Options,
    main: &str,
    at: &Path<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    if (image, &options.image) == (".", &None) {
        diagnostics.push(messages::second_built_image(at, main));
        return None;
    }
    convert(image, options, at, diagnostics)?.image
}

/// A ready image, or for `.` the image that the caller names, or else the Dockerfile beside the
/// Score file.
///
/// flyctl reads `dockerfile` and `ignorefile` against fly.toml's folder, and does not mind if there
/// is no ignorefile.
pub(super) fn convert(image: &str, options: &Options, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Build> {
    let image = match (image, options.image.as_deref()) {
        ("", _) => {
            diagnostics.push(messages::empty_image(at));
            return None;
        }
        (".", Some("")) => {
            diagnostics.push(messages::empty_image_option());
            return None;
        }
        (".", None) => {
            let beside_score = |name| Some(paths::join(&options.paths.score_from_toml, name));
            return Some(Build {
                dockerfile: beside_score("Dockerfile"),
                ignorefile: beside_score(".dockerignore"),
                ..Build::default()
            });
        }
        (".", Some(image)) | (image, _) => image,
    };
    Some(Build { image: Some(image.to_owned()), ..Build::default() })
}
