//! Keys of the whole app that only annotations and options set.

use super::annotations::AppAnnotations;
use super::messages;
use super::options::Options;
use crate::diagnostic::Diagnostics;
use crate::fly::Scale;
use crate::fly::config::{Build, Config, Deploy, Restart};
use crate::fly::names::is_region;
use crate::score::Workload;

/// Sets the region, how machines stop and restart, and how releases roll out.
pub(super) fn convert(
    annotations: &AppAnnotations,
    options: &Options,
    config: &mut Config,
    diagnostics: &mut Diagnostics,
) {
    config.primary_region = match (&annotations.primary_region, &options.region) {
        (Some(region), _) => Some(region.value.clone()),
        (None, Some(region)) if !is_region(region) => {
            diagnostics.push(messages::invalid_region_option(region));
            None
        }
        (None, region) => region.clone(),
    };
    config.kill_signal = annotations.kill_signal.as_ref().map(|signal| signal.value.clone());
    config.kill_timeout = annotations.kill_timeout.as_ref().map(|timeout| timeout.value);
    config.swap_size_mb = annotations.swap_size.as_ref().map(|size| size.value);
    if let Some(restart) = &annotations.restart {
        config.restart.push(Restart { policy: Some(restart.value), ..Restart::default() });
    }
    let deploy = Deploy {
        strategy: annotations.deploy_strategy.as_ref().map(|strategy| strategy.value),
        release_command: annotations.release_command.as_ref().map(|command| command.value.clone()),
        release_command_timeout: annotations.release_command_timeout.as_ref().map(|timeout| timeout.value),
        release_command_vm: annotations.release_command_vm.as_ref().map(|vm| vm.value.clone()),
        ..Deploy::default()
    };
    config.deploy = (deploy != Deploy::default()).then_some(deploy);
    config.statics = annotations.statics.as_ref().map(|statics| statics.value.clone()).unwrap_or_default();
    config.metrics = annotations.metrics.as_ref().map(|metrics| metrics.value.clone()).unwrap_or_default();
}

/// Adds the arguments with which a Dockerfile is built. An image that the caller gives was built already; one that the
/// workload names never is.
pub(super) fn build_args(
    annotations: &AppAnnotations,
    workload: &Workload,
    build: Option<&mut Build>,
    diagnostics: &mut Diagnostics,
) {
    let Some(args) = &annotations.build_args else { return };
    if !workload.containers.values().any(|container| container.image == ".") {
        diagnostics.push(super::annotations::messages::annotation_without_build(&args.key));
    }
    if let Some(build) = build.filter(|build| build.dockerfile.is_some()) {
        build.args = args.value.clone();
    }
}

/// How many machines there are to be, for which fly.toml has no words.
pub(super) fn scale(annotations: &AppAnnotations) -> Scale {
    Scale {
        regions: annotations.regions.as_ref().map(|regions| regions.value.clone()).unwrap_or_default(),
        count: annotations.count.as_ref().map(|count| count.value),
        ha: annotations.ha.as_ref().map(|ha| ha.value),
    }
}
