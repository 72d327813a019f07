//! How apps at Fly are.

use std::time::Duration;

use score_fly_api::machines::{Machine, MachineFilter, label};
use score_fly_api::{Client, Error, Kind, Timestamp};
use serde::Serialize;

use super::context::Context;
use super::report::Report;
use super::secrets;
use super::target::Which;
use crate::session::{FlyOptions, Session};

/// Which apps to look at.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which ones.
    pub which: Which,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// How an app is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppStatus {
    /// Its name.
    pub app: String,
    /// Its organization.
    pub organization: String,
    /// `pending` before it has its first machine, then `deployed`; `suspended` if somebody put it to rest;
    /// `not deployed` if files speak of it and it is not there.
    pub status: String,
    /// Where the world finds it, if it has addresses.
    pub hostname: String,
    /// The newest release, as far as Fly tells.
    pub release: Option<ReleaseStatus>,
    /// Its machines.
    pub machines: Vec<MachineStatus>,
    /// Its volumes.
    pub volumes: Vec<VolumeStatus>,
    /// Its addresses.
    pub addresses: Vec<AddressStatus>,
    /// The names of secrets that were set after the newest release.
    pub staged_secrets: Vec<String>,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseStatus {
    /// Its number.
    pub version: u64,
    /// How far it is.
    pub status: String,
    /// Who made it.
    pub user: String,
    /// When.
    pub created_at: Option<Timestamp>,
}

/// How a machine is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineStatus {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its process group; nothing if no deploy cares for it.
    pub group: Option<String>,
    /// Where it is.
    pub region: String,
    /// What it does.
    pub state: String,
    /// The number of the release that it was changed by last.
    pub release: Option<String>,
    /// The version of that release, as its author counts.
    pub version: Option<String>,
    /// Its image.
    pub image: String,
    /// Its checks.
    pub checks: Vec<CheckStatus>,
    /// Whether its host answers.
    pub reachable: bool,
    /// Whether Fly's proxy leaves it out.
    pub cordoned: bool,
    /// How it ended last, if it did since it started.
    pub last_exit: Option<LastExit>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckStatus {
    /// Its name.
    pub name: String,
    /// `passing`, `warning` or `critical`.
    pub status: String,
    /// What it saw.
    pub output: String,
}

/// How what ran in a machine ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LastExit {
    /// The exit code.
    pub code: i32,
    /// Whether it had too little memory.
    pub out_of_memory: bool,
    /// Whether somebody asked for it.
    pub requested: bool,
    /// When.
    pub at: Option<Timestamp>,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeStatus {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// Its size.
    pub size_gb: u64,
    /// The machine that has it.
    pub machine: Option<String>,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressStatus {
    /// The address.
    pub ip: String,
    /// Its kind, such as `shared_v4`.
    pub kind: String,
}

/// How apps are.
pub fn status(context: &Context<'_>, options: &Options) -> Report<Vec<AppStatus>> {
    let mut log = context.log();
    let session = log.take(Session::open(context, &options.fly));
    let apps = options.which.apps(context, &mut log);
    let (Some(session), Some(apps)) = (session, apps) else { return log.report(None) };
    let look = |app: &String| look_if_there(&session.client, app, &options.which);
    let found = apps.iter().filter_map(|app| log.take(look(app))).collect();
    log.report(Some(found))
}

/// How often to look again.
const PAUSE: Duration = Duration::from_secs(2);

/// Shows how apps are, again and again. Being cancelled is how that ends.
pub fn watch(context: &Context<'_>, options: &Options, show: &dyn Fn(&[AppStatus])) -> Report<()> {
    let mut log = context.log();
    let session = log.take(Session::open(context, &options.fly));
    let apps = options.which.apps(context, &mut log);
    let (Some(session), Some(apps)) = (session, apps) else { return log.report(None) };
    let _listening = context.cancel.listen();
    loop {
        let look = |app: &String| look_if_there(&session.client, app, &options.which);
        let found: Result<Vec<_>, _> = apps.iter().map(look).collect();
        match found {
            Ok(found) => show(&found),
            Err(error) if *error.kind() == Kind::Stopped => break,
            Err(error) => {
                log.fail(error);
                return log.report(None);
            }
        }
        if session.client.sleep(PAUSE).is_err() {
            break;
        }
    }
    log.report(Some(()))
}

/// As [`look`], for an app that need not be there: it may be deployed one day.
fn look_if_there(client: &Client, name: &str, which: &Which) -> Result<AppStatus, Error> {
    match look(client, name) {
        Err(error) if which.app.is_none() && *error.kind() == Kind::NotFound => {
            Ok(AppStatus { app: name.to_owned(), status: "not deployed".to_owned(), ..AppStatus::default() })
        }
        looked => looked,
    }
}

fn look(client: &Client, name: &str) -> Result<AppStatus, Error> {
    let calls = client.app(name);
    let app = calls.get()?;
    let mut machines = calls.machines(&MachineFilter::default())?;
    machines.retain(|machine| !machine.state.is_gone());
    let volumes = calls.volumes()?.into_iter().filter(|volume| !volume.is_gone());
    let addresses = calls.addresses()?;
    // Undocumented, so it may fail while all else works.
    let release = calls.current_release().ok().flatten();
    let secrets = secrets::known(client, name)?;
    let mut machines: Vec<_> = machines.iter().map(machine).collect();
    machines.sort_by(|a, b| (&a.group, &a.region, &a.id).cmp(&(&b.group, &b.region, &b.id)));
    Ok(AppStatus {
        hostname: app.hostname(),
        app: app.name,
        organization: app.organization.slug,
        status: app.status.to_string(),
        release: release.map(|release| ReleaseStatus {
            version: release.version,
            status: release.status,
            user: release.user,
            created_at: release.created_at,
        }),
        machines,
        volumes: volumes
            .map(|volume| VolumeStatus {
                id: volume.id,
                name: volume.name,
                region: volume.region,
                size_gb: volume.size_gb,
                machine: volume.attached_machine_id,
            })
            .collect(),
        addresses: addresses
            .into_iter()
            .map(|address| AddressStatus { kind: address.kind().to_string(), ip: address.ip })
            .collect(),
        staged_secrets: secrets.into_iter().filter(|secret| secret.staged).map(|secret| secret.name).collect(),
    })
}

fn machine(machine: &Machine) -> MachineStatus {
    let config = machine.known_config();
    let label = |key: &str| config.and_then(|config| config.label(key)).map(str::to_owned);
    MachineStatus {
        id: machine.id.clone(),
        name: machine.name.clone(),
        group: label(label::PLATFORM_VERSION).and(config).and_then(|config| config.process_group()).map(str::to_owned),
        region: machine.region.clone(),
        state: machine.state.to_string(),
        release: label(label::RELEASE_VERSION),
        version: label(score_fly_core::deploy::label::VERSION),
        image: machine.image_ref.to_string(),
        checks: machine
            .real_checks()
            .map(|check| CheckStatus {
                name: check.name.clone(),
                status: check.status.to_string(),
                output: check.output.clone(),
            })
            .collect(),
        reachable: machine.is_reachable(),
        cordoned: machine.cordoned,
        last_exit: machine.last_exit().map(|exit| LastExit {
            code: exit.exit_code,
            out_of_memory: exit.oom_killed,
            requested: exit.requested_stop,
            at: exit.exited_at,
        }),
        updated_at: machine.updated_at,
    }
}
