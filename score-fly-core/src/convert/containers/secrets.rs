//! The secrets of containers. An app's secrets share one set of names, and each container is given
//! its own.

use alloc::borrow::Cow;

use crate::convert::parts::AppParts;
use crate::convert::secrets;
use crate::diagnostic::Diagnostics;
use crate::fly::machine::{ContainerSecret, MachineContainer};
use crate::fly::names::is_identifier;
use crate::map::{self, Growing, SortedMap, SortedSet};
use crate::pointer::Path;
use crate::prelude::*;
use crate::secret::Secret;

/// The secrets of all containers, until it is known what they are called.
#[derive(Default)]
pub(super) struct Wanted<'w> {
    /// By the name that each would have by itself.
    by_name: Vec<(String, Use<'w>)>,
    /// Variables that are no secret in some container.
    public: Vec<&'w str>,
}

/// A container's use of a secret.
struct Use<'w> {
    /// The container's position and name.
    container: (usize, &'w str),
    holder: Holder<'w>,
    value: Secret<String>,
}

enum Holder<'w> {
    Variable(&'w str),
    /// The file with that target, and its position in the container.
    File(&'w str, usize),
}

impl<'w> Wanted<'w> {
    /// Takes note of a variable that is no secret.
    pub(super) fn public(&mut self, name: &'w str) {
        self.public.push(name);
    }

    pub(super) fn variable(&mut self, container: (usize, &'w str), name: &'w str, value: Secret<String>) {
        self.add(name.to_owned(), Use { container, holder: Holder::Variable(name), value });
    }

    pub(super) fn file(
        &mut self,
        container: (usize, &'w str),
        name: String,
        target: &'w str,
        index: usize,
        value: Secret<String>,
    ) {
        self.add(name, Use { container, holder: Holder::File(target, index), value });
    }

    fn add(&mut self, name: String, used: Use<'w>) {
        self.by_name.push((name, used));
    }

    /// Gives each secret its name, and each container those that it uses. A name means one value
    /// throughout the app: where containers differ, it gets the name of its container before it.
    pub(super) fn settle(self, containers: &mut [MachineContainer], app: &mut AppParts, diagnostics: &mut Diagnostics) {
        let public: SortedSet<&str> = self.public.into_iter().collect();
        let (shared, different): (Vec<_>, Vec<_>) =
            SortedMap::grouped(self.by_name).into_iter().partition(|(name, uses)| {
                let same = uses.windows(2).all(|pair| matches!(pair, [a, b] if a.value == b.value));
                same && !public.contains(name.as_str())
            });
        let shared_names = shared.iter().map(|(name, _)| Cow::Owned(name.clone()));
        let mut taken: Growing<'_> = shared_names.chain(public.into_iter().map(Cow::Borrowed)).zip(0..).collect();
        for (name, uses) in shared {
            for used in uses {
                used.give(&name, containers, app, diagnostics);
            }
        }
        for (name, uses) in different {
            for used in uses {
                let name = free(&used.prefixed(&name), &mut taken);
                used.give(&name, containers, app, diagnostics);
            }
        }
        for secrets in containers.iter_mut().filter_map(|container| container.secrets.as_mut()) {
            map::sort_by(secrets, |a, b| a.env_var.cmp(&b.env_var));
        }
    }
}

impl Use<'_> {
    /// `WEB_DATABASE_URL`
    fn prefixed(&self, name: &str) -> String {
        let container = self.container.1.to_ascii_uppercase().replace('-', "_");
        let prefixed = format!("{container}_{name}");
        // A container may be called `2` or `fly`.
        if is_identifier(&prefixed) && !prefixed.starts_with("FLY_") && prefixed != "PRIMARY_REGION" {
            prefixed
        } else {
            format!("_{prefixed}")
        }
    }

    fn give(self, name: &str, containers: &mut [MachineContainer], app: &mut AppParts, diagnostics: &mut Diagnostics) {
        let (index, owner) = self.container;
        let Some(container) = containers.get_mut(index) else { return };
        let at = Path::ROOT.key("containers");
        let at = at.key(owner);
        match self.holder {
            Holder::Variable(variable) => {
                let secret = ContainerSecret { env_var: Some(variable.to_owned()), name: Some(name.to_owned()) };
                container.secrets.get_or_insert_default().push(secret);
                secrets::add(app, name.to_owned(), self.value, &at.key("variables").key(variable), diagnostics);
            }
            Holder::File(target, index) => {
                if let Some(file) = container.files.get_mut(index) {
                    file.secret_name = Some(name.to_owned());
                }
                secrets::add(app, name.to_owned(), self.value, &at.key("files").key(target), diagnostics);
            }
        }
    }
}

/// `name`, or if that is taken, `name` with the first number that makes it free.
fn free(name: &str, taken: &mut Growing<'_>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1;
    while taken.insert(Cow::Owned(candidate.clone()), 0).is_some() {
        number += 1;
        candidate = format!("{name}_{number}");
    }
    candidate
}
