//! Wording of what Fly can't take of a workload.

use std::ops::RangeInclusive;

use crate::convert::annotations::{Annotation, PREFIX};
use crate::convert::target::TargetFault;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::fly::Duration;
use crate::fly::config::{CpuKind, Handler, Strategy};
use crate::fly::secrets::Unencodable;
use crate::pointer::Path;
use crate::source::{Position, PositionEncoding, Source};

/// A diagnostic at an annotation of the workload.
fn at_annotation(code: Code, key: &str, message: impl Into<String>) -> Diagnostic {
    let metadata = Path::ROOT.key("metadata");
    let annotations = metadata.key("annotations");
    Diagnostic::new(code, &annotations.key(key), message)
}

fn related_annotation(diagnostic: Diagnostic, key: &str, message: &str) -> Diagnostic {
    let metadata = Path::ROOT.key("metadata");
    let annotations = metadata.key("annotations");
    diagnostic.with_related(&annotations.key(key), message)
}

/// `` `a`, `b` and `c` ``
fn list<'t>(words: impl IntoIterator<Item = &'t str>, last: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((end, start)) if !start.is_empty() => format!("{} {last} {end}", start.join(", ")),
        _ => quoted.concat(),
    }
}

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

// The image.

pub(crate) fn empty_image(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidValue, at, "the image is empty")
        .with_help("write `.` for an image that is given when converting, or built from the Dockerfile")
}

pub(crate) fn empty_image_option() -> Diagnostic {
    Diagnostic::new(Code::InvalidRequest, &Path::ROOT, "the image that is given for `.` is empty")
        .with_help("give an image, or none to build one from the Dockerfile")
}

// Several containers.

pub(crate) fn several_containers(at: &Path<'_>, count: usize) -> Diagnostic {
    Diagnostic::new(
        Code::NeedsContainers,
        at,
        format!("the workload has {count} containers, which can't run on one machine yet"),
    )
    .on_key()
    .with_help("make a workload of each container; apps reach each other at `<app>.internal`")
}

pub(crate) fn before(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::NeedsContainers, at, "containers that wait for each other are not supported yet")
        .on_key()
        .with_help("leave out `before`; what must run before a release can be the annotation `release-command`")
}

pub(crate) fn exec_probe(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::NeedsContainers, at, "a probe that runs a command is not supported yet")
        .on_key()
        .with_help("use `httpGet`, or leave out the probe")
}

pub(crate) fn file_mode(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::NeedsContainers, at, "permissions of files are not supported yet")
        .with_help("leave out `mode`, and set the permissions when the container starts")
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

pub(crate) fn reserved_variable(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::ReservedVariable, at, format!("the variable `{name}` is set by Fly itself"))
        .on_key()
        .with_help("choose another name: Fly keeps `FLY_*`, `PRIMARY_REGION` and `RELEASE_COMMAND`")
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

pub(crate) fn too_many_volumes(at: &Path<'_>, first: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::TooManyVolumes, at, "a Fly machine takes one volume, and this is another")
        .on_key()
        .with_related(first, "the first volume is here")
        .with_help("put what must stay into one volume")
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

pub(crate) fn udp_port_mismatch(at: &Path<'_>, port: u16, target: u16) -> Diagnostic {
    Diagnostic::new(Code::UdpPortMismatch, at, format!("Fly can't lead the UDP port {port} to another one, {target}"))
        .with_help(format!("listen on {port}, and leave out `targetPort`"))
}

pub(crate) fn raw_tcp_port(at: &Path<'_>, port: u16) -> Diagnostic {
    Diagnostic::new(
        Code::RawTcpPort,
        at,
        format!("the port {port} is passed through as raw TCP, for which the app needs a dedicated address"),
    )
    .on_key()
    .because_of(&at.key("protocol"))
    .with_help(
        "allocate one with `fly ips allocate-v4`, or say with annotations what the port is for: \
         `service-<port>-handlers`, or `service-<port>-exposure: private`",
    )
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

// Annotations.

pub(crate) fn unknown_annotation(at: &Path<'_>, key: &str, suggestion: Option<&str>) -> Diagnostic {
    let help = match suggestion {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => format!("the documentation lists all annotations under `{PREFIX}`"),
    };
    Diagnostic::new(Code::UnknownAnnotation, at, format!("there is no annotation `{key}`")).on_key().with_help(help)
}

/// The annotation exists, but the port, probe or volume in its name does not.
pub(crate) fn unknown_subject(
    at: &Path<'_>,
    key: &str,
    row: &Annotation,
    subject: &str,
    known: &[String],
    suggestion: Option<&str>,
) -> Diagnostic {
    let (what, which) = match row.subject() {
        Some("port") => ("service port", "the service's ports are"),
        Some("volume") => ("volume", "the containers' volumes are"),
        _ => ("probe by HTTP", "the containers' probes by HTTP are"),
    };
    let help = match (suggestion, known) {
        (Some(suggestion), _) => format!("did you mean `{suggestion}`?"),
        (None, []) => format!("the workload has no {what}"),
        (None, known) => format!("{which} {}", list(known.iter().map(String::as_str), "and")),
    };
    let message = format!("the annotation `{key}` is about the {what} `{subject}`, which does not exist");
    Diagnostic::new(Code::UnknownAnnotation, at, message).on_key().with_help(help)
}

pub(crate) fn annotation_twice(at: &Path<'_>, key: &str, first_at: &Path<'_>, first: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidAnnotation, at, format!("the annotation `{key}` says the same as `{first}`"))
        .on_key()
        .with_related(first_at, "it is set here first")
        .with_help("leave out one of them")
}

/// `problem` ends a sentence that starts with the annotation.
pub(crate) fn invalid_annotation_value(at: &Path<'_>, key: &str, row: &Annotation, problem: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidAnnotation, at, format!("the annotation `{key}` {problem}"))
        .with_help(format!("it takes {}; for example `{}`", row.values, row.example))
}

pub(crate) fn annotation_of_private_port(key: &str, port: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect, since the port `{port}` is private"),
    )
    .on_key()
    .with_help("Fly's proxy does not serve private ports; leave out the annotation")
}

pub(crate) fn annotation_of_udp_port(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` is about a UDP port, which has no handlers"),
    )
    .on_key()
    .with_help("leave it out: Fly passes UDP through as it is")
}

pub(crate) fn autostart_of_udp_port(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` is about a UDP port, for which Fly starts no machines"),
    )
    .with_help("leave it out, so that the machine keeps running")
}

pub(crate) fn annotation_without_handler(key: &str, any_of: &[Handler]) -> Diagnostic {
    let handlers = list(any_of.iter().map(|handler| handler.as_str()), "or");
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect without the handler {handlers}"),
    )
    .on_key()
    .with_help("name the port's handlers with the annotation `service-<port>-handlers`, or leave this one out")
}

pub(crate) fn annotations_disagree(key: &str, first: &str) -> Diagnostic {
    let diagnostic = at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` contradicts the annotation `{first}`"),
    );
    related_annotation(diagnostic, first, "the other annotation is here")
        .with_help("leave out one of them, or let both say the same")
}

pub(crate) fn skip_verify_without_https(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidAnnotation,
        key,
        format!("the annotation `{key}` has no effect, since the probe does not use HTTPS"),
    )
    .on_key()
    .with_help("set the probe's `scheme` to `HTTPS`, or leave out the annotation")
}

pub(crate) fn timing_out_of_range(key: &str, timing: Duration, range: &RangeInclusive<Duration>) -> Diagnostic {
    let message = format!("the annotation `{key}` is `{timing}`, which Fly does not take for this check");
    let (start, end) = (range.start(), range.end());
    at_annotation(Code::InvalidAnnotation, key, message).with_help(format!("it takes `{start}` to `{end}`"))
}

// The annotation `config`, and what one part of fly.toml asks of another.

/// `found` stands in `fragment`, the value of the annotation. A key that flyctl doesn't know would be
/// lost, so it is a mistake here.
pub(crate) fn in_fragment(key: &str, fragment: &Source, found: &Diagnostic) -> Diagnostic {
    let start = found.location.as_ref().map_or(0, |location| location.span.start);
    let Position { line, .. } = Position::of(&fragment.text, start, PositionEncoding::default());
    let said = format!("{} in line {line}", found.message);
    let diagnostic = if found.severity == Severity::Error || found.code == Code::UnknownFlyKey {
        let message = format!("the annotation `{key}` is not a fragment of fly.toml: {said}");
        at_annotation(Code::InvalidFlyConfig, key, message)
    } else {
        at_annotation(found.code, key, format!("in the annotation `{key}`, {said}"))
    };
    match &found.help {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic.with_help("write it as it would stand in fly.toml"),
    }
}

pub(crate) fn invalid_app_name_in_fragment(key: &str, app: &str) -> Diagnostic {
    at_annotation(Code::InvalidFlyConfig, key, format!("the app name `{app}` is not one that Fly takes"))
        .with_help("an app name has at most 63 lower-case letters, digits and dashes, and no dash at its start or end")
}

pub(crate) fn invalid_variable_in_fragment(key: &str, name: &str) -> Diagnostic {
    at_annotation(Code::InvalidFlyConfig, key, format!("`{name}` can't be the name of a variable on Fly")).with_help(
        "a name has letters, digits and underscores; Fly keeps `FLY_*`, `PRIMARY_REGION` and `RELEASE_COMMAND`",
    )
}

pub(crate) fn invalid_volume_in_fragment(key: &str, name: &str) -> Diagnostic {
    at_annotation(Code::InvalidFlyConfig, key, format!("`{name}` can't be the name of a volume on Fly"))
        .with_help("a name has 1 to 30 lower-case letters, digits and underscores")
}

pub(crate) fn strategy_with_volume(key: &str, strategy: Strategy) -> Diagnostic {
    let strategy = strategy.as_str();
    at_annotation(Code::InvalidAnnotation, key, format!("the deploy strategy `{strategy}` can't work with a volume"))
        .with_help(
            "use `rolling` or `immediate`: each machine has its own volume, and a new one would start without it",
        )
}

pub(crate) fn strategy_without_checks(key: &str, strategy: Strategy) -> Diagnostic {
    let strategy = strategy.as_str();
    at_annotation(Code::InvalidAnnotation, key, format!("the deploy strategy `{strategy}` needs a check"))
        .with_help("give a container a readiness probe with `httpGet`")
}

pub(crate) fn services_without_processes(key: &str) -> Diagnostic {
    at_annotation(
        Code::InvalidFlyConfig,
        key,
        format!("the annotation `{key}` adds process groups, and then each service must name its own"),
    )
    .with_help("write the services into the annotation too, with `processes`, or leave out the groups")
}
