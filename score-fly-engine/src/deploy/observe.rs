//! What there is at Fly.

use std::thread;

use score_fly_api::apps::AppCalls;
use score_fly_api::machines::{Machine, MachineFilter};
use score_fly_api::releases::Release;
use score_fly_api::secrets::AppSecret;
use score_fly_api::volumes::Volume;
use score_fly_api::{App, Client, Error, Timestamp, addresses};
use score_fly_core::deploy::{
    Address, CheckState, Host, ImageRef, Lease, Observed, ObservedApp, ObservedMachine, ObservedRelease,
    ObservedSecret, ObservedVolume, Organization,
};

/// What there is of an app; nothing at all if there is none of that name.
///
/// # Errors
/// If Fly does not say. That it does not tell releases is none: that call is undocumented.
pub fn observe(client: &Client, name: &str) -> Result<Observed, Error> {
    let calls = client.app(name);
    let app = match calls.get() {
        Ok(app) => app,
        Err(error) if error.is_not_found() => return Ok(Observed::default()),
        Err(error) => return Err(error),
    };
    let (machines, volumes, addresses, secrets, release) = ask(calls);
    Ok(Observed {
        app: Some(of_app(&app)),
        machines: machines?.iter().map(observed_machine).collect(),
        volumes: volumes?.iter().map(of_volume).collect(),
        addresses: addresses?.iter().map(of_address).collect(),
        secrets: observed_secrets(&secrets?),
        release: release.ok().flatten().as_ref().map(of_release),
        ..Observed::default()
    })
}

type Answers = (
    Result<Vec<Machine>, Error>,
    Result<Vec<Volume>, Error>,
    Result<Vec<addresses::Address>, Error>,
    Result<Vec<AppSecret>, Error>,
    Result<Option<Release>, Error>,
);

/// Asks for everything at once: that takes as long as the slowest answer.
fn ask(calls: AppCalls<'_>) -> Answers {
    thread::scope(|scope| {
        let filter = MachineFilter { include_leases: true, ..MachineFilter::default() };
        let machines = scope.spawn(move || calls.machines(&filter));
        let volumes = scope.spawn(move || calls.volumes());
        let addresses = scope.spawn(move || calls.addresses());
        let secrets = scope.spawn(move || calls.secrets(None));
        let release = calls.current_release();
        (join(machines), join(volumes), join(addresses), join(secrets), release)
    })
}

fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn of_app(app: &App) -> ObservedApp {
    ObservedApp {
        name: app.name.clone(),
        status: app.status.to_string(),
        network: app.network.clone(),
        organization: Organization { slug: app.organization.slug.clone() },
    }
}

fn time(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}

/// A machine, as plans want it.
pub(super) fn observed_machine(machine: &Machine) -> ObservedMachine {
    let image = &machine.image_ref;
    ObservedMachine {
        id: machine.id.clone(),
        name: machine.name.clone(),
        state: machine.state.to_string(),
        region: machine.region.clone(),
        instance_id: machine.instance_id.clone(),
        config: machine.config.as_ref().map(|config| config.0.clone()),
        incomplete_config: machine.incomplete_config.as_ref().map(|config| config.0.clone()),
        image_ref: ImageRef {
            registry: image.registry.clone(),
            repository: image.repository.clone(),
            tag: image.tag.clone(),
            digest: image.digest.clone(),
        },
        checks: machine
            .checks
            .iter()
            .map(|check| CheckState { name: check.name.clone(), status: check.status.to_string() })
            .collect(),
        lease: machine.lease.as_ref().map(|lease| Lease {
            owner: lease.owner.clone(),
            expires_at: lease
                .expires_at
                .map(|time| u64::try_from(time.millis() / 1000).unwrap_or_default())
                .unwrap_or_default(),
        }),
        cordoned: machine.cordoned,
        host_status: Host(machine.host_status.to_string()),
        updated_at: time(machine.updated_at),
    }
}

fn of_volume(volume: &Volume) -> ObservedVolume {
    ObservedVolume {
        id: volume.id.clone(),
        name: volume.name.clone(),
        state: volume.state.clone(),
        size_gb: u32::try_from(volume.size_gb).unwrap_or(u32::MAX),
        region: volume.region.clone(),
        attached_machine_id: volume.attached_machine_id.clone(),
        host_status: Host(volume.host_status.to_string()),
    }
}

fn of_address(address: &addresses::Address) -> Address {
    Address { ip: address.ip.clone(), region: address.region.clone(), shared: address.shared, egress: address.egress }
}

/// Secrets, as plans want them.
pub(crate) fn observed_secrets(secrets: &[AppSecret]) -> Vec<ObservedSecret> {
    let secret = |secret: &AppSecret| ObservedSecret {
        name: secret.name.clone(),
        digest: secret.digest.clone(),
        updated_at: time(secret.updated_at),
    };
    secrets.iter().map(secret).collect()
}

fn of_release(release: &Release) -> ObservedRelease {
    ObservedRelease { version: release.version, status: release.status.clone(), created_at: time(release.created_at) }
}
