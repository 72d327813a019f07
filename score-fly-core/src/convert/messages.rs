//! Wording of what Fly can't take of a workload.

use super::annotations::messages::related_annotation;
use super::containers::need::Need;
use crate::convert::target::TargetFault;
use crate::diagnostic::{Code, Diagnostic};
use crate::fly::config::CpuKind;
use crate::fly::secrets::Unencodable;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;

// The app.

pub(crate) fn invalid_app_name(at: &Path<'_>, app: &str, name: &str, prefix: &str) -> Diagnostic {
    let made = if prefix.is_empty() {
        String::new()
    } else {
        format!(", made of the prefix `{prefix}` and the workload's name `{name}`,")
    };
    let diagnostic =
        Diagnostic::new(Code::InvalidAppName, at, format!("the app name `{app}`{made} is not one that Fly takes"));
    diagnostic
        .with_help("an app name has at most 63 lower-case letters, digits and dashes, and no dash at its start or end")
}

pub(crate) fn invalid_region_option(region: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidRequest, &Path::ROOT, format!("the region `{region}` is not a region's code"))
        .with_help("a code has three lower-case letters, such as `ams`")
}

/// What to write instead into a Score file, where that is something else than in a fly.toml.
pub(crate) fn advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::PlaintextSecret => {
            "let a resource give it, as one of its secrets, or remove it and set it with `fly secrets set`"
        }
        Code::HttpsNotServed => "let a `route` lead to the port, or serve the port 443 by `tls` and `http`",
        Code::UdpPortMismatch => "let the program listen on the port itself, and leave out `targetPort`",
        _ => return None,
    })
}

/// What the annotation `config` at `fragment` says goes wrong with what the rest of the workload has become.
pub(crate) fn clash_with_fragment(found: Diagnostic, fragment: Pointer, about: Option<Pointer>) -> Diagnostic {
    let Diagnostic { code, message, .. } = found;
    let diagnostic = Diagnostic::new(code, &Path::ROOT, message)
        .at_pointer(fragment)
        .with_help("write that section into the annotation too, or leave out what it does not go with");
    match about {
        Some(about) => diagnostic.with_related_at(about, "it is about this"),
        None => diagnostic,
    }
}

// The image.

pub(crate) fn empty_image(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, at, "the image is empty")
        .with_help("write `.` for an image that is given when converting, or built from the Dockerfile")
}

pub(crate) fn empty_image_option() -> Diagnostic {
    Diagnostic::new(Code::InvalidRequest, &Path::ROOT, "the image that is given for `.` is empty")
        .with_help("give an image, or none to build one from the Dockerfile")
}

// Containers.

/// Why the workload needs containers.
pub(super) fn reason(need: Need<'_>) -> String {
    match need {
        Need::SeveralContainers { count } => format!("it has {count} containers"),
        Need::Before { container } => format!("others wait for `{container}`"),
        Need::ExecProbe { .. } => "a probe runs a command".to_owned(),
        Need::FileMode { .. } => "a file has permissions of its own".to_owned(),
    }
}

/// A diagnostic at a need: on its key, or for permissions on the value.
fn at_need(code: Code, at: &Path<'_>, need: Need<'_>, message: String) -> Diagnostic {
    let diagnostic = Diagnostic::new(code, at, message);
    if matches!(need, Need::FileMode { .. }) { diagnostic } else { diagnostic.on_key() }
}

pub(crate) fn uses_containers(at: &Path<'_>, need: Need<'_>) -> Diagnostic {
    let message = format!("the workload runs in Fly's containers, since {}", reason(need));
    at_need(Code::UsesContainers, at, need, message)
        .with_help("they are described in the machine config, which fly.toml's `machine_config` brings along")
}

pub(crate) fn needs_containers(at: &Path<'_>, need: Need<'_>) -> Diagnostic {
    let instead = match need {
        Need::SeveralContainers { .. } => {
            "make a workload of each container; apps reach each other at `<app>.internal`"
        }
        Need::Before { .. } => {
            "leave out `before`; what must run before a release can be the annotation `release-command`"
        }
        Need::ExecProbe { .. } => "use `httpGet`, or leave out the probe",
        Need::FileMode { .. } => "leave out `mode`, and set the permissions when the container starts",
    };
    let message = format!("the workload needs Fly's containers, which are not allowed, since {}", reason(need));
    at_need(Code::NeedsContainers, at, need, message)
        .with_help(format!("allow containers with `auto` or `always`, or {instead}"))
}

pub(crate) fn second_built_image(at: &Path<'_>, main: &str) -> Diagnostic {
    let message = format!("only the main container, `{main}`, can have the image that is built");
    Diagnostic::new(Code::InvalidValue, at, message).with_help(
        "name an image here, give the one that `.` stands for when converting, \
         or name this container in the annotation `container`",
    )
}

pub(crate) fn empty_probe_command(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, at, "the probe's command is empty")
        .with_help("write the program and its arguments, or leave out the probe")
}

/// Both containers, the one at `pointer` last, speak of the port as theirs.
pub(crate) fn container_port_conflict(
    pointer: Pointer,
    port: u16,
    (first, second): (&str, &str),
    first_at: Pointer,
) -> Diagnostic {
    let message = format!("the containers `{first}` and `{second}` both seem to listen on the port {port}");
    Diagnostic::new(Code::ContainerPortConflict, &Path::ROOT, message)
        .at_pointer(pointer)
        .with_related_at(first_at, format!("`{first}` speaks of it here"))
        .with_help("containers share the machine's ports: let each listen on a port of its own")
}

pub(crate) fn volume_at_two_targets(at: &Path<'_>, first: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidVolume, at, "another container mounts the volume at another target")
        .on_key()
        .with_related(first, "it is mounted here")
        .with_help("Fly mounts a volume once for the whole machine: let the targets be the same")
}

pub(crate) fn volume_in_containers(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::VolumeInContainers, at, "the volume is mounted for the whole machine, not for this container")
        .on_key()
        .with_help("Fly does not say which of several containers see it: look for it in a running machine, with `fly ssh console`")
}

// The machine's size.

pub(crate) fn no_guest_fits(
    at: &Path<'_>,
    cpu_millis: u64,
    memory_bytes: u64,
    kind: Option<(&str, CpuKind)>,
) -> Diagnostic {
    let cpus = cpu_millis.div_ceil(1000);
    let mib = memory_bytes.div_ceil(1 << 20);
    let which = kind.map_or(String::new(), |(_, kind)| format!(" with {} cpus", kind.as_str()));
    let asked = match (cpus, mib) {
        (0, _) => format!("{mib} MiB of memory"),
        (_, 0) => format!("{cpus} cpus"),
        _ => format!("{cpus} cpus and {mib} MiB of memory"),
    };
    let message = format!("no Fly machine{which} has {asked}, which the workload asks for");
    let diagnostic = Diagnostic::new(Code::NoGuestFits, at, message);
    match kind {
        Some((key, CpuKind::Shared)) => related_annotation(diagnostic, key, "the kind of cpus is set here")
            .with_help("ask for at most 8 cpus and 16384 MiB, or allow performance cpus"),
        _ => diagnostic.with_help("ask for at most 16 cpus and 131072 MiB"),
    }
}

// Variables and secrets.

pub(crate) fn invalid_variable_name(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidVariableName, at, format!("`{name}` can't be the name of a variable on Fly"))
        .on_key()
        .with_help("a name has letters, digits and underscores, and does not start with a digit")
}

pub(crate) fn secret_not_encodable(at: &Path<'_>, name: &str, reason: Unencodable) -> Diagnostic {
    Diagnostic::new(
        Code::SecretNotEncodable,
        at,
        format!("`fly secrets import` can't carry the secret `{name}`: {reason}"),
    )
    .with_help("give the value in another form, such as base64, and decode it in the app")
}

// Mounts.

pub(crate) fn invalid_target(at: &Path<'_>, target: &str, fault: TargetFault) -> Diagnostic {
    let (code, problem, help) = match fault {
        TargetFault::Relative => (
            Code::RelativeTarget,
            "is not an absolute path",
            "start it with `/`: a machine has no folder that it could be relative to",
        ),
        TargetFault::Parent => (Code::InvalidTarget, "has a `..`", "write the path that it leads to"),
        TargetFault::Control => {
            (Code::InvalidTarget, "has a control character", "leave out line breaks, tabs and the like")
        }
        TargetFault::Root => (Code::InvalidTarget, "is the root of the file system", "choose a path below `/`"),
        TargetFault::Folder => (Code::InvalidTarget, "ends in `/`, so it can't be a file", "write the file's own path"),
    };
    Diagnostic::new(code, at, format!("the target `{}` {problem}", target.escape_debug())).on_key().with_help(help)
}

pub(crate) fn target_taken(at: &Path<'_>, target: &str, other_at: &Path<'_>, other: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidTarget, at, format!("the file `{target}` can't stand beside the file `{other}`"))
        .on_key()
        .with_related(other_at, "the other file is here")
        .with_help("both are the same path, or one of them would be a folder")
}

pub(crate) fn needs_side_files(at: &Path<'_>, path: &str, empty: bool) -> Diagnostic {
    let problem = if empty { "empty" } else { "not text" };
    Diagnostic::new(Code::NeedsSideFiles, at, format!("the file is {problem}, so fly.toml needs `{path}` beside it"))
        .on_key()
        .with_help("write the side files too, where fly.toml looks for them")
}

pub(crate) fn read_only_volume(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidVolume, at, "Fly can't mount a volume for reading only")
        .with_help("leave out `readOnly`")
}

pub(crate) fn volume_path(at: &Path<'_>, path: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidVolume, at, format!("Fly can't mount only the path `{path}` of a volume"))
        .with_help("leave out `path`, and use the folder below the target")
}

pub(crate) fn invalid_volume_name(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidVolume, at, format!("`{name}` can't be the name of a volume on Fly"))
        .with_help("a name has 1 to 30 lower-case letters, digits and underscores; a dash becomes an underscore")
}

pub(crate) fn volume_renamed(at: &Path<'_>, name: &str, taken: &str) -> Diagnostic {
    Diagnostic::new(Code::VolumeRenamed, at, format!("the volume `{name}` is called `{taken}` on Fly"))
        .with_help("Fly takes no dashes in the names of volumes")
}

pub(crate) fn volume_over_file(at: &Path<'_>, target: &str, file: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidTarget, at, format!("the volume `{target}` is mounted where the file `{file}` is"))
        .on_key()
        .with_help("choose another target for one of them")
}

pub(crate) fn invalid_volume_setting(at: &Path<'_>, key: &str, value: &str) -> Diagnostic {
    let help = match key {
        "size" => "a volume has 1 to 500 whole gigabytes, such as `10` or `10gb`",
        "snapshot_retention" => "snapshots are kept for 1 to 60 days",
        "scheduled_snapshots" => "it is `true` or `false`",
        "auto_extend_size_threshold" => "it is a percentage from 50 to 99",
        "auto_extend_size_increment" => "it is 1 to 100 whole gigabytes, such as `5gb`",
        _ => "it is 1 to 500 whole gigabytes, such as `100gb`",
    };
    Diagnostic::new(
        Code::InvalidVolume,
        at,
        format!("the volume's resource has the output `{key}` with `{value}`, which Fly's volumes can't have"),
    )
    .with_help(help)
}

pub(crate) fn incomplete_auto_extend(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidVolume, at, "the volume's resource says only in part how the volume grows")
        .with_help("give both outputs `auto_extend_size_threshold` and `auto_extend_size_increment`, or none")
}

// Services.

pub(crate) fn port_conflict(at: &Path<'_>, port: u16, first_at: &Path<'_>, first: &str) -> Diagnostic {
    Diagnostic::new(Code::PortConflict, at, format!("the port {port} is already served by `{first}`"))
        .with_related(first_at, "it is served here")
        .with_help("give each port of the service its own number; `targetPort` may be the same")
}

/// `port` and `others` are names and numbers of ports at `ports`.
pub(crate) fn needs_dedicated_address(ports: &Path<'_>, port: (&str, u16), others: &[(&str, u16)]) -> Diagnostic {
    let (name, number) = port;
    let message = format!(
        "`fly deploy` wants a dedicated IPv4 address for the port {number}, and allocates none where it can't ask"
    );
    let note = Diagnostic::new(Code::NeedsDedicatedAddress, &ports.key(name), message).on_key().with_help(
        "allocate one with `fly ips allocate-v4`; if only your other apps use the port, \
         say so with the annotation `service-<port>-exposure: private`",
    );
    others
        .iter()
        .fold(note, |note, (name, number)| note.with_related(&ports.key(name), format!("for the port {number} too")))
}

// Checks.

pub(crate) fn liveness_cannot_restart(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(
        Code::LivenessCannotRestart,
        at,
        "the liveness probe becomes a check that holds up deploys, but never restarts the machine",
    )
    .on_key()
    .with_help("let the process exit when it can't go on: Fly restarts machines whose process fails")
}

pub(crate) fn duplicate_header(at: &Path<'_>, name: &str, first: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::DuplicateHeader, at, format!("the header `{name}` is set twice"))
        .with_related(first, "it is set here first")
        .with_help("Fly's checks send one value for each header; `host` sets the header `Host`")
}
