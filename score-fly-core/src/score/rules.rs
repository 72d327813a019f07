//! The rules of Score that a schema can't express.

use alloc::borrow::Cow;

use super::{Container, ReadyState, Workload};
use crate::diagnostic::{Diagnostics, Outcome};
use crate::map::Growing;
use crate::pointer::Path;
use crate::prelude::*;
use crate::score::messages;

/// Checks what holds between parts of a workload: who waits for whom, and that images are final.
///
/// There is always a value.
pub(super) fn check(workload: Workload) -> Outcome<Workload> {
    let mut diagnostics = Diagnostics::new();
    let containers = Path::ROOT.key("containers");
    for (name, container) in &workload.containers {
        let at = containers.key(name);
        if let Some(placeholder) = placeholder(&container.image) {
            diagnostics.push(messages::image_placeholder(&at.key("image"), placeholder, name));
        }
        check_before(&workload, name, container, &at, &mut diagnostics);
    }
    for circle in circles(&workload) {
        diagnostics.push(before_cycle(&circle, &containers));
    }
    Outcome::new(workload, diagnostics)
}

/// The first thing in an image that looks like a placeholder, such as `${VERSION:-latest}`.
fn placeholder(image: &str) -> Option<&str> {
    let (_, after) = image.split_once("${")?;
    let length = after.find('}').map_or(after.len(), |end| end + 1);
    let start = image.len() - after.len() - 2;
    image.get(start..start + 2 + length)
}

fn check_before(workload: &Workload, name: &str, container: &Container, at: &Path<'_>, diagnostics: &mut Diagnostics) {
    let has_probe = container.liveness_probe.is_some() || container.readiness_probe.is_some();
    let before = at.key("before");
    for (waiting, condition) in &container.before {
        let at = before.key(waiting);
        if waiting == name {
            diagnostics.push(messages::waits_for_itself(&at, name));
        } else if !workload.containers.contains_key(waiting) {
            // Nobody reads a longer list, and hostile input must not make this one slow.
            let others = workload.containers.keys().map(String::as_str).filter(|other| *other != name).take(20);
            diagnostics.push(messages::unknown_container(&at, waiting, others));
        }
        if condition.ready == ReadyState::Healthy && !has_probe {
            diagnostics.push(messages::missing_probe(&at.key("ready"), name, waiting));
        }
    }
}

/// Circles in which containers wait for each other, each by the names on it. A container is on at
/// most one of them, so that one tangle is one report; those of one container are left to
/// [`check_before`].
fn circles(workload: &Workload) -> Vec<Vec<&str>> {
    let mut circles: Vec<Vec<&str>> = Vec::new();
    let mut reported = Growing::new();
    let mut seen = Growing::new();
    for start in workload.containers.keys() {
        let mut path: Vec<&str> = Vec::new();
        let mut ahead = vec![(start.as_str(), 0)];
        // Depth first, without recursion: `ahead` holds who is to be visited, and how long the path
        // to them is.
        while let Some((name, depth)) = ahead.pop() {
            path.truncate(depth);
            if let Some(position) = path.iter().position(|on_path| *on_path == name) {
                let circle = path.get(position..).unwrap_or_default();
                if circle.len() > 1 && !circle.iter().any(|name| reported.contains_key(*name)) {
                    reported.extend(circle.iter().map(|name| (Cow::Borrowed(*name), 0)));
                    circles.push(circle.to_vec());
                }
            } else if seen.insert(Cow::Borrowed(name), 0).is_none() {
                path.push(name);
                let waiting = workload.containers.get(name).into_iter().flat_map(|container| container.before.keys());
                ahead.extend(waiting.rev().map(|waiting| (waiting.as_str(), depth + 1)));
            }
        }
    }
    circles
}

fn before_cycle(circle: &[&str], containers: &Path<'_>) -> crate::Diagnostic {
    let pairs = circle.iter().zip(circle.iter().cycle().skip(1));
    let mut entries = pairs.map(|(name, waiting)| (*name, *waiting));
    let (name, waiting) = entries.next().unwrap_or_default();
    let diagnostic = messages::before_cycle(&containers.key(name).key("before").key(waiting), circle);
    entries.fold(diagnostic, |diagnostic, (name, waiting)| {
        let message = format!("`{waiting}` waits for `{name}` here");
        diagnostic.with_related(&containers.key(name).key("before").key(waiting), message)
    })
}
