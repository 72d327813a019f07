//! The releases of an app, from all who tell of them. Each is enough: what one does not tell is noted, and the others
//! are asked.

use std::num::NonZero;

use score_fly_api::machines::{Machine, MachineFilter};
use score_fly_api::releases::Release as ApiRelease;
use score_fly_api::{Client, Error, Kind};
use score_fly_core::deploy::label;
use score_fly_core::release::{History, KnownFrom, Release};
use serde_json::Value;

use super::about_release::AboutRelease;
use super::context::Context;
use super::ledger;
use super::report::{Log, Note};
use crate::parallel;

/// How many of Fly's releases are asked for.
const RELEASES: u32 = 100;

/// How many machines of a group are asked for their former versions: those that are there longest know most.
const ASKED: usize = 3;

/// How many at once.
const AT_ONCE: NonZero<usize> = NonZero::new(8).unwrap();

/// What is known of the releases of an app. There is nothing, and a note, only if nobody knows anything and somebody
/// could not be asked.
pub(super) fn gather(context: &Context<'_>, client: &Client, app: &str, log: &mut Log<'_>) -> Option<History> {
    let mut trouble = None;
    let mut note = |from: KnownFrom, error: Error, log: &mut Log<'_>| {
        log.note(Note::NoHistory { app: app.to_owned(), from, why: error.to_string() });
        trouble.get_or_insert(error);
    };
    let told = match of_fly(client, app) {
        Ok(told) => told,
        Err(error) => {
            note(KnownFrom::Fly, error, log);
            Vec::new()
        }
    };
    let (labelled, failed) = of_machines(client, app);
    if let Some(error) = failed {
        note(KnownFrom::Machines, error, log);
    }
    let written = ledger::read(context, app, log);
    let history = History::of([told, labelled, written]);
    match trouble {
        Some(error) if *error.kind() == Kind::Stopped || history.releases().is_empty() => {
            log.fail(error);
            None
        }
        _ => Some(history),
    }
}

/// As [`gather`], where nothing can be done without a release.
pub(super) fn gather_some(context: &Context<'_>, client: &Client, app: &str, log: &mut Log<'_>) -> Option<History> {
    let history = gather(context, client, app, log)?;
    if history.releases().is_empty() {
        log.fail(AboutRelease::None { app: app.to_owned() });
        return None;
    }
    Some(history)
}

/// What Fly remembers; without the configurations, if that is all it tells.
fn of_fly(client: &Client, app: &str) -> Result<Vec<Release>, Error> {
    let calls = client.app(app);
    let told = calls.release_history(RELEASES).or_else(|error| match error.kind() {
        Kind::Stopped => Err(error),
        _ => calls.releases(RELEASES).map_err(|_| error),
    })?;
    Ok(told.into_iter().map(of_api).collect())
}

fn of_api(told: ApiRelease) -> Release {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let mut release = Release::default();
    release.number = Some(told.version);
    release.id = given(told.id);
    release.image = given(told.image_ref);
    release.strategy = given(told.strategy);
    release.user = given(told.user);
    release.at = told.created_at.map(|time| time.to_string());
    release.status = given(told.status);
    release.config = told.definition.filter(Value::is_object);
    release.known_from = vec![KnownFrom::Fly];
    release
}

/// What machines say, and their former versions, with what went wrong.
fn of_machines(client: &Client, app: &str) -> (Vec<Release>, Option<Error>) {
    let calls = client.app(app);
    let mut machines = match calls.machines(&MachineFilter::default()) {
        Ok(machines) => machines,
        Err(error) => return (Vec::new(), Some(error)),
    };
    machines.retain(|machine| !machine.state.is_gone());
    machines.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    let now = |machine: &Machine| Release::of_machine(&machine.known_config()?.0, Some(&machine.id));
    let mut releases: Vec<Release> = machines.iter().filter_map(now).collect();
    let mut counts = std::collections::BTreeMap::new();
    machines.retain(|machine| {
        let config = machine.known_config();
        let group = config.and_then(|config| config.process_group()).unwrap_or_default().to_owned();
        let is_managed = config.is_some_and(|config| config.label(label::PLATFORM_VERSION) == Some("v2"));
        let count = counts.entry(group).or_insert(0);
        *count += 1;
        is_managed && *count <= ASKED
    });
    let asked = parallel::map(&machines, AT_ONCE, |machine| calls.machine(&machine.id).versions());
    let mut trouble = None;
    for answer in asked {
        match answer {
            Ok(versions) => {
                let former = versions.iter().filter_map(|version| Release::of_machine(&version.user_config.0, None));
                releases.extend(former);
            }
            // It went meanwhile.
            Err(error) if error.is_not_found() => {}
            Err(error) => trouble = Some(error),
        }
    }
    (releases, trouble)
}
