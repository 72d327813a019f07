//! Destroying apps, with everything in them.

use std::time::Duration;

use score_fly_api::machines::MachineFilter;
use score_fly_api::{Client, Error, Kind};
use serde::Serialize;

use super::context::Context;
use super::failure::AboutApp;
use super::report::{Note, Report};
use super::target::Which;
use crate::session::{FlyOptions, Session};

/// Which apps to destroy.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which ones.
    pub which: Which,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// What is lost with an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loss {
    /// The app.
    pub app: String,
    /// Its organization.
    pub organization: String,
    /// Its machines: id and region.
    pub machines: Vec<String>,
    /// Its volumes: id, name, and how large they are.
    pub volumes: Vec<String>,
    /// Its addresses, which may not be had again.
    pub addresses: Vec<String>,
    /// The names of its secrets.
    pub secrets: Vec<String>,
}

/// How long an app may take to go.
const GOES: Duration = Duration::from_secs(60);

/// Destroys apps. `confirm` is asked for each of them, with what is lost; if it says no, the app stays.
pub fn destroy(context: &Context<'_>, options: &Options, confirm: &dyn Fn(&Loss) -> bool) -> Report<Vec<Loss>> {
    let mut log = context.log();
    let session = log.take(Session::open(context, &options.fly));
    let apps = options.which.apps(context, &mut log);
    let (Some(session), Some(apps)) = (session, apps) else { return log.report(None) };
    let _listening = context.cancel.listen();
    let mut destroyed = Vec::new();
    for app in apps {
        let loss = match survey(&session.client, &app) {
            Ok(loss) => loss,
            Err(error) if options.which.app.is_none() && *error.kind() == Kind::NotFound => {
                log.note(Note::NoApp(app));
                continue;
            }
            Err(error) => {
                log.fail(error);
                continue;
            }
        };
        if !confirm(&loss) {
            log.fail(AboutApp::NotConfirmed { app });
            continue;
        }
        match take_down(&session.client, &app) {
            Ok(()) => {
                log.note(Note::DestroyedApp(app));
                destroyed.push(loss);
            }
            Err(error) => log.fail(error),
        }
    }
    log.report(Some(destroyed))
}

/// What is lost with an app.
pub(super) fn survey(client: &Client, name: &str) -> Result<Loss, Error> {
    let calls = client.app(name);
    let app = calls.get()?;
    let machines = calls.machines(&MachineFilter { summary: true, ..MachineFilter::default() })?;
    let volumes = calls.volumes()?;
    let addresses = calls.addresses()?;
    let secrets = calls.secrets(None)?;
    let machines = machines.iter().filter(|machine| !machine.state.is_gone());
    let volumes = volumes.iter().filter(|volume| !volume.is_gone());
    Ok(Loss {
        app: app.name,
        organization: app.organization.slug,
        machines: machines.map(|machine| format!("{} in {}", machine.id, machine.region)).collect(),
        volumes: volumes
            .map(|volume| format!("{} ({}, {} GB, {})", volume.name, volume.id, volume.size_gb, volume.region))
            .collect(),
        addresses: addresses.into_iter().map(|address| address.ip).collect(),
        secrets: secrets.into_iter().map(|secret| secret.name).collect(),
    })
}

/// Destroys an app, and waits until it is gone.
pub(super) fn take_down(client: &Client, name: &str) -> Result<(), Error> {
    client.app(name).delete().and_then(|()| wait_until_gone(client, name))
}

fn wait_until_gone(client: &Client, name: &str) -> Result<(), Error> {
    let app = client.app(name);
    let until = client.now() + GOES;
    loop {
        match app.get() {
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Forbidden) => return Ok(()),
            Err(error) => return Err(error),
            // Fly took the order, and goes on by itself.
            Ok(_) if client.now() >= until => return Ok(()),
            Ok(_) => client.sleep(Duration::from_secs(1))?,
        }
    }
}
