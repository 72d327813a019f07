//! `[[files]]`.

use base64ct::{Base64, Encoding as _};

use super::facts::{Facts, each};
use super::messages;
use crate::diagnostic::Diagnostics;
use crate::fly::names;
use crate::map::SortedMap;
use crate::prelude::*;

/// Text that is shorter can be base64 by chance.
const SHORTEST_BASE64: usize = 16;

pub(super) fn sources(facts: &Facts<'_>, report: &mut Diagnostics) {
    each("files", &facts.config.files, |at, file| {
        let sources =
            [("local_path", &file.local_path), ("secret_name", &file.secret_name), ("raw_value", &file.raw_value)];
        // flyctl takes an empty text for none.
        let given: Vec<&str> = sources
            .into_iter()
            .filter(|(_, value)| value.as_deref().is_some_and(|value| !value.is_empty()))
            .map(|(key, _)| key)
            .collect();
        // An empty path takes away what the image has there.
        let removes = given.is_empty() && file.local_path.is_some();
        if given.len() != 1 && !removes {
            report.push(messages::file_sources(at, &given, file.raw_value.is_some()));
        }
        if let Some(path) = file.local_path.as_deref().filter(|path| facts.is_missing(path)) {
            report.push(messages::missing_file(&at.key("local_path"), path, facts.files));
        }
        if let Some(name) = file.secret_name.as_deref().filter(|name| !name.is_empty() && !names::is_identifier(name)) {
            report.push(messages::secret_name(&at.key("secret_name"), name));
        }
        if file.raw_value.as_deref().is_some_and(is_base64) {
            report.push(messages::double_base64(&at.key("raw_value")));
        }
    });
}

fn is_base64(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= SHORTEST_BASE64 && Base64::decode_vec(text).is_ok_and(|bytes| core::str::from_utf8(&bytes).is_ok())
}

/// Of two files at one path flyctl takes the later one.
pub(super) fn guest_paths(facts: &Facts<'_>, report: &mut Diagnostics) {
    let mut by_path = Vec::new();
    each("files", &facts.config.files, |at, file| {
        let key = at.key("guest_path");
        match file.guest_path.as_deref() {
            None | Some("") => report.push(messages::missing(&key, "guest_path = \"/etc/app.conf\"")),
            Some(path) if !path.starts_with('/') => report.push(messages::relative_path(&key, path)),
            Some(path) => by_path.push((path, key.to_pointer())),
        }
    });
    for (path, places) in SortedMap::grouped(by_path) {
        for (first, place) in places.iter().zip(places.iter().skip(1)) {
            report.push(messages::guest_path_taken(place, path, first));
        }
    }
}

/// `fly deploy` puts all files into all machines.
pub(super) fn processes(facts: &Facts<'_>, report: &mut Diagnostics) {
    if facts.config.processes.len() < 2 {
        return;
    }
    each("files", &facts.config.files, |at, file| {
        if !file.processes.is_empty() {
            report.push(messages::file_processes(&at.key("processes")));
        }
    });
}
