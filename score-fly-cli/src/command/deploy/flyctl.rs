//! Our flags as flyctl's.

use std::time::Duration;

use score_fly_core::deploy::{AddressKind, Lose, Policy, Scale, Stamp};
use score_fly_core::fly::config::Strategy;
use score_fly_engine::deploy::OnFailure;
use score_fly_engine::ops::deploy::How;
use score_fly_engine::ops::{generate, plan, via_flyctl};

use super::Deploy;
use crate::args::Global;

/// What flyctl is to do. The error is a sentence about all flags that it can't have.
pub(super) fn options(args: Deploy, global: Global) -> Result<via_flyctl::Options, String> {
    let Deploy { what, image_archive, image_label, how, for_flyctl, json, via: _ } = args;
    let waits = !how.no_wait;
    let plan = what.options(how.no_wait, global);
    let how = how.how();
    let plan::Options { files, score, project, beyond, policy, stamp: release, secrets: _, fly: _ } = plan;
    let score_fly_core::deploy::Options {
        app,
        organization,
        network,
        image,
        region,
        scale,
        groups,
        addresses,
        volume_size_gb,
        secrets: _,
        stamp,
    } = beyond;
    let Policy {
        strategy,
        max_unavailable,
        skip_release_command,
        update_only,
        only_regions,
        exclude_regions,
        only_groups,
        only_machines,
        exclude_machines,
        lose,
    } = policy;
    let How { max_concurrent, wait_timeout, release_timeout, smoke, detach, on_failure, wait_for_leases: _ } = how;
    let private = addresses == Some(vec![AddressKind::PrivateV6]);
    let is_plain = addresses.as_ref().is_none_or(Vec::is_empty) || private;
    let ha = scale.ha;
    let refusals = [
        ("--app", app.is_some()),
        ("--network", network.is_some()),
        ("--scale", !(Scale { ha: None, ..scale }).is_empty() || !groups.is_empty()),
        ("--address", !is_plain),
        ("--lose-machine, --lose-volume, --lose-address or --lose-secret", lose != Lose::default()),
        ("--on-failure stop", on_failure != OnFailure::Undo),
        ("--image-archive", image_archive.is_some()),
        ("--json", json),
        ("--no-wait", !waits),
        ("--version or --version-from", release.version.is_some()),
        ("--note", release.note.is_some()),
        ("a stamp", stamp != Stamp::default()),
    ];
    let refused: Vec<&str> = refusals.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect();
    if !refused.is_empty() {
        let flags = refused.join(", ");
        return Err(format!("flyctl has nothing like {flags}: leave that out, or leave out --via flyctl"));
    }
    let seconds = |time: Duration| format!("{}s", time.as_secs());
    let list = |codes: Vec<String>| Some(codes.join(",")).filter(|codes| !codes.is_empty());
    let valued = [
        ("--image", image),
        ("--image-label", image_label),
        ("--primary-region", region.filter(|region| !region.is_empty())),
        ("--strategy", strategy.map(Strategy::as_str).map(str::to_owned)),
        ("--max-unavailable", max_unavailable.map(|share| share.to_string())),
        ("--regions", list(only_regions)),
        ("--exclude-regions", list(exclude_regions)),
        ("--process-groups", list(only_groups)),
        ("--only-machines", list(only_machines)),
        ("--exclude-machines", list(exclude_machines)),
        ("--volume-initial-size", volume_size_gb.map(|size| size.to_string())),
        ("--max-concurrent", max_concurrent.map(|count| count.to_string())),
        ("--wait-timeout", wait_timeout.map(seconds)),
        ("--release-command-timeout", release_timeout.map(seconds)),
        ("--ha", ha.map(|ha| ha.to_string())),
        ("--smoke-checks", (!smoke).then(|| smoke.to_string())),
    ];
    let switches = [
        ("--skip-release-command", skip_release_command),
        ("--update-only", update_only),
        ("--no-public-ips", addresses.as_ref().is_some_and(Vec::is_empty)),
        ("--flycast", private),
        ("--detach", detach),
    ];
    let mut arguments: Vec<String> =
        valued.into_iter().filter_map(|(flag, value)| Some(format!("{flag}={}", value?))).collect();
    arguments.extend(switches.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned()));
    arguments.extend(for_flyctl);
    let generate = generate::Options { files, score, project, ..generate::Options::default() };
    Ok(via_flyctl::Options { generate, organization, arguments })
}
