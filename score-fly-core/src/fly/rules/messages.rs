//! Wording of what is wrong with a fly.toml that flyctl can read.

use core::fmt::Display;
use core::ops::RangeInclusive;

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::fly::Duration;
use crate::fly::config::{Protocol, Strategy};
use crate::fly::limits;
use crate::fly::machine::messages::group_help;
pub(crate) use crate::fly::machine::messages::{
    check_without_port, command, missing_file, unknown_group, unreadable_vm,
};
use crate::fly::messages::{quoted_list, subject};
use crate::fly::vm::{Asked, Fault};
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::suggest::nearest;

// Of any section.

/// A key that must be there; `example` shows how it is written.
pub(crate) fn missing(at: &Path<'_>, example: &str) -> Diagnostic {
    Diagnostic::new(Code::MissingField, at, format!("{} is missing", subject(at)))
        .with_help(format!("add it, such as `{example}`"))
}

pub(crate) fn out_of_range<T: Display>(at: &Path<'_>, value: T, range: &RangeInclusive<T>) -> Diagnostic {
    let (least, most) = (range.start(), range.end());
    let message = format!("{} is `{value}`, but goes from `{least}` to `{most}`", subject(at));
    Diagnostic::new(Code::OutOfRange, at, message)
}

pub(crate) fn value(at: &Path<'_>, value: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidFlyValue, at, format!("{} can't be `{value}`", subject(at))).with_help(help)
}

/// A word that is not one of the few that are possible.
pub(crate) fn word(at: &Path<'_>, written: &str, words: &[&str]) -> Diagnostic {
    let mended = words.iter().find(|word| word.eq_ignore_ascii_case(written));
    let help = match mended.copied().or_else(|| nearest(written, words.iter().copied())) {
        Some(near) => format!("write `{near}`"),
        None => format!("write one of {}", quoted_list(words)),
    };
    let diagnostic = value(at, written, &help);
    match mended {
        Some(word) => diagnostic.with_fix(Fix::Set((*word).into())),
        None => diagnostic,
    }
}

/// A key for which Fly has a default that may not be the one that is meant.
pub(crate) fn default_taken(at: &Path<'_>, example: &str) -> Diagnostic {
    Diagnostic::new(Code::MissingSetting, at, format!("{} is missing, so Fly takes its default", subject(at)))
        .with_help(format!("say what you mean, such as `{example}`"))
}

/// A setting that flyctl or Fly reads and does nothing with.
pub(crate) fn ineffective(at: &Path<'_>, why: &str) -> Diagnostic {
    Diagnostic::new(Code::IneffectiveSetting, at, format!("{} has no effect: {why}", subject(at)))
        .on_key()
        .with_help("remove it")
        .with_fix(Fix::Remove)
}

pub(crate) fn retired_region(at: &Path<'_>, region: &str) -> Diagnostic {
    let message = format!("Fly's regions are without `{region}`, as of August 2026");
    Diagnostic::new(Code::RetiredRegion, at, message)
        .with_help(format!("write one of {}", quoted_list(&limits::REGIONS)))
}

/// `word` is what makes it one for a shell.
pub(crate) fn needs_shell(at: &Path<'_>, word: &str) -> Diagnostic {
    let message = format!("`{word}` is for a shell, and {} runs without one", subject(at));
    Diagnostic::new(Code::NeedsShell, at, message).with_help("let a shell run it: `sh -c '…'`")
}

pub(crate) fn port_variable(at: &Path<'_>, value: &str, service: &Pointer, port: u16) -> Diagnostic {
    let message = format!("`PORT` is `{value}`, and the service leads to the port {port}");
    Diagnostic::new(Code::PortMismatch, at, message)
        .with_related_at(service.clone(), "the service is here")
        .with_help("write the same number for both")
}

// Names.

pub(crate) fn app_name(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidAppName, at, format!("`{name}` can't be the name of an app")).with_help(
        "an app's name has at most 63 lower-case letters, digits and dashes, and no dash at its start or end",
    )
}

pub(crate) fn variable_name(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidVariableName, at, format!("`{name}` can't be the name of a variable"))
        .with_help("a name has letters, digits and underscores, and does not begin with a digit")
        .on_key()
}

/// `instead` is what flyctl sets the variable to.
pub(crate) fn reserved_variable(at: &Path<'_>, name: &str, instead: &str) -> Diagnostic {
    let message = format!("flyctl itself sets the variable `{name}`, to {instead}");
    Diagnostic::new(Code::ReservedVariable, at, message).with_help("remove it, or choose another name").on_key()
}

pub(crate) fn secret_name(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidVariableName, at, format!("`{name}` can't be the name of a secret"))
        .with_help("a name has letters, digits and underscores, and does not begin with a digit")
}

pub(crate) fn plaintext_secret(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::PlaintextSecret, at, format!("`{name}` seems to be a secret, and everybody can read it here"))
        .with_help(format!("remove it, and set it with `fly secrets set {name}=…`"))
        .on_key()
}

pub(crate) fn volume_name(at: &Path<'_>, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::InvalidVolume, at, format!("`{name}` can't be the name of a volume"));
    diagnostic.with_help("a volume's name has 1 to 30 lower-case letters, digits and underscores")
}

// Process groups.

pub(crate) fn service_without_processes(at: &Path<'_>, groups: &[&str]) -> Diagnostic {
    let service = at.parent().map(subject).unwrap_or_default();
    let example = groups.first().copied().unwrap_or("app");
    Diagnostic::new(
        Code::ServiceWithoutProcesses,
        at,
        format!("{service} does not say to which process group it belongs"),
    )
    .with_help(format!("add it, such as `processes = [\"{example}\"]`; the groups are {}", quoted_list(groups)))
}

pub(crate) fn unmatched_group(at: &Path<'_>, group: &str, groups: &[&str]) -> Diagnostic {
    let message = format!("there is no process group `{group}`, so that this applies to none");
    group_help(Diagnostic::new(Code::IneffectiveProcesses, at, message), group, groups)
}

pub(crate) fn only_default_group(at: &Path<'_>, group: &str) -> Diagnostic {
    let message = format!("{} applies to the process group `{group}` only", subject(at));
    Diagnostic::new(Code::IneffectiveProcesses, at, message)
        .on_key()
        .with_help(format!("say so with `processes = [\"{group}\"]`, or name other groups"))
}

pub(crate) fn file_processes(at: &Path<'_>) -> Diagnostic {
    let message = "`fly deploy` puts all files into the machines of all process groups".to_owned();
    Diagnostic::new(Code::IneffectiveProcesses, at, message)
        .on_key()
        .with_help("remove `processes`")
        .with_fix(Fix::Remove)
}

pub(crate) fn second_metrics(at: &Path<'_>, group: &str) -> Diagnostic {
    Diagnostic::new(Code::IneffectiveSetting, at, format!("the process group `{group}` has `metrics` before this"))
        .with_help("keep one for each group")
}

pub(crate) fn second_vm(at: &Path<'_>, group: &str) -> Diagnostic {
    Diagnostic::new(Code::IneffectiveSetting, at, format!("the process group `{group}` has a `vm` before this"))
        .with_help("keep one for each group")
}

pub(crate) fn second_general_vm(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::IneffectiveSetting, at, "there is a `vm` for all process groups before this")
        .with_help("keep one, or say with `processes` for which groups each is")
}

// Machines.

pub(crate) fn guest(at: &Path<'_>, asked: Asked, fault: &Fault) -> Diagnostic {
    let Asked { kind, cpus, memory_mib } = asked;
    let kind = kind.as_str();
    let (message, help) = match fault {
        Fault::Cpus(known) => {
            let known: Vec<String> = known.iter().map(u16::to_string).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            (format!("there is no machine with {cpus} {kind} cpus"), format!("write one of {}", quoted_list(&known)))
        }
        Fault::TooLittleMemory(least) => (
            format!("a machine with {cpus} {kind} cpus needs more memory than {memory_mib} MiB"),
            format!("write at least `memory = \"{least}mb\"`"),
        ),
        Fault::TooMuchMemory(most) => (
            format!("a machine with {cpus} {kind} cpus can't have {memory_mib} MiB of memory"),
            format!("write at most `memory = \"{most}mb\"`, or more cpus"),
        ),
        Fault::OddMemory(step) => {
            (format!("a machine can't have {memory_mib} MiB of memory"), format!("write a multiple of {step} MiB"))
        }
    };
    Diagnostic::new(Code::InvalidGuest, at, message).with_help(help)
}

pub(crate) fn gpu(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidGuest, at, "Fly no longer has machines with a GPU")
        .with_help("choose a size without one")
}

// Volumes.

/// `group` is a process group, if there are several.
pub(crate) fn second_mount(at: &Path<'_>, group: Option<&str>, first: &Path<'_>) -> Diagnostic {
    let message = match group {
        Some(group) => format!("a Fly machine takes one volume, and those of the process group `{group}` have one"),
        None => "a Fly machine takes one volume, and this is another".to_owned(),
    };
    Diagnostic::new(Code::TooManyVolumes, at, message)
        .on_key()
        .with_related(first, "the first volume is here")
        .with_help("put what must stay into one volume, in folders of its own")
}

pub(crate) fn relative_path(at: &Path<'_>, path: &str) -> Diagnostic {
    Diagnostic::new(Code::RelativeTarget, at, format!("{} is `{path}`, which is not an absolute path", subject(at)))
        .with_help(format!("write `/{}`", path.trim_start_matches("./")))
}

pub(crate) fn volume_over_root(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::InvalidVolume, at, "a volume can't be mounted at `/`")
        .with_help("mount it at a folder, such as `/data`")
}

pub(crate) fn volume_size(at: &Path<'_>, size: &str, range: &RangeInclusive<u16>) -> Diagnostic {
    let (least, most) = (range.start(), range.end());
    Diagnostic::new(Code::InvalidVolume, at, format!("{} can't be `{size}`", subject(at)))
        .with_help(format!("write whole gigabytes from {least} to {most}, such as `10gb`"))
}

// Services.

pub(crate) fn service_without_ports(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::ServiceWithoutPorts, at, "the service has no `ports`, so that nothing outside reaches it")
        .with_help(
            "add `[[services.ports]]`, or remove the service: machines of one organization reach each other without",
        )
}

pub(crate) fn stray_checks(at: &Path<'_>) -> Diagnostic {
    let message = format!("{} are not those of `[http_service]`, but of another service, without a port", subject(at));
    Diagnostic::new(Code::IneffectiveSetting, at, message)
        .on_key()
        .with_help("write `[[http_service.checks]]`, whose checks are by HTTP")
}

pub(crate) fn duplicate_service(at: &Pointer, protocol: Protocol, port: u16, first: &Pointer) -> Diagnostic {
    let protocol = protocol.as_str();
    let message = format!("there is a service for the internal port {port} of `{protocol}` before this");
    Diagnostic::new(Code::DuplicateService, &Path::ROOT, message)
        .at_pointer(at.clone())
        .with_related_at(first.clone(), "the first is here")
        .with_help("Fly keeps one of the two; write one service with the ports of both")
}

pub(crate) fn port_taken(at: &Pointer, protocol: Protocol, port: u16, first: &Pointer) -> Diagnostic {
    let protocol = protocol.as_str();
    Diagnostic::new(Code::PortConflict, &Path::ROOT, format!("the port {port} of `{protocol}` is served already"))
        .at_pointer(at.clone())
        .with_related_at(first.clone(), "it is served here")
        .with_help("give each service ports of its own")
}

pub(crate) fn empty_port_range(at: &Path<'_>, start: u16, end: u16) -> Diagnostic {
    value(at, &end.to_string(), &format!("write `{start}` or more, since `start_port` is `{start}`"))
}

pub(crate) fn force_https(at: &Path<'_>, handlers: &Path<'_>) -> Diagnostic {
    let message = "a port without the handler `http` can't redirect to HTTPS";
    Diagnostic::new(Code::ForceHttpsWithoutHttp, at, message)
        .with_related(handlers, "its handlers")
        .with_help("set `force_https` on the port with `handlers = [\"http\"]`, which is usually 80")
}

/// A redirect to HTTPS, on an app that has none.
pub(crate) fn redirect_to_nothing(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::HttpsNotServed, at, "this redirects to HTTPS, and the app has no port 443")
        .with_help("add a port with `port = 443` and `handlers = [\"tls\", \"http\"]`")
}

pub(crate) fn http_without_tls(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::HttpsNotServed, at, "the port 443 speaks plain HTTP, where browsers want HTTPS")
        .with_help("write `handlers = [\"tls\", \"http\"]`")
}

pub(crate) fn never_started(at: &Path<'_>, start: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::NeverStarted, at, "machines are stopped when they are idle, and nothing starts them again")
        .with_related(start, "this turns starting off")
        .with_help("turn both off, or both on")
}

pub(crate) fn udp_handlers(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::UdpHandlers, at, "a UDP port has no handlers, since Fly passes UDP on as it is")
        .on_key()
        .with_help("remove them")
        .with_fix(Fix::Remove)
}

pub(crate) fn udp_port(at: &Path<'_>, outside: u16, inside: u16) -> Diagnostic {
    let message = format!("the UDP port {outside} can't lead to the port {inside}, since Fly changes nothing in UDP");
    Diagnostic::new(Code::UdpPortMismatch, at, message).with_help("write the same number for both")
}

pub(crate) fn udp_auto_start(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::UdpAutoStart, at, "UDP traffic does not start machines")
        .on_key()
        .with_help("leave machines running: `auto_stop_machines = \"off\"`")
}

pub(crate) fn udp_auto_stop(at: &Path<'_>) -> Diagnostic {
    Diagnostic::new(Code::UdpAutoStart, at, "UDP traffic does not start the machines that this stops")
        .on_key()
        .with_help("leave machines running: `auto_stop_machines = \"off\"`")
}

pub(crate) fn soft_above_hard(at: &Path<'_>, soft: u32, hard: u32) -> Diagnostic {
    value(at, &soft.to_string(), &format!("write at most `{hard}`, which is the `hard_limit`"))
}

// Checks.

pub(crate) fn timing_changed(at: &Path<'_>, timing: Duration, instead: Duration) -> Diagnostic {
    let change = if timing < instead { "raises" } else { "lowers" };
    let message = format!("Fly {change} {} from `{timing}` to `{instead}`", subject(at));
    Diagnostic::new(Code::CheckTiming, at, message)
        .with_help(format!("write `\"{instead}\"`"))
        .with_fix(Fix::Set(instead.to_string().into()))
}

pub(crate) fn check_path(at: &Path<'_>, path: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidCheck, at, format!("{} does not begin with `/`", subject(at)))
        .with_help(format!("write `\"/{path}\"`"))
}

pub(crate) fn check_method(at: &Path<'_>, method: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidCheck, at, format!("there is no HTTP method `{method}`")).with_help("write `\"GET\"`")
}

pub(crate) fn timeout_above_interval(at: &Path<'_>, timeout: Duration, interval: Duration) -> Diagnostic {
    let message = format!("the check may take `{timeout}`, and the next one begins after `{interval}`");
    Diagnostic::new(Code::InvalidCheck, at, message).with_help("write a timeout that is shorter than the interval")
}

pub(crate) fn interval_too_short(at: &Path<'_>, interval: Duration, least: Duration) -> Diagnostic {
    Diagnostic::new(Code::OutOfRange, at, format!("{} is `{interval}`, but must be at least `{least}`", subject(at)))
}

// Files.

pub(crate) fn file_sources(at: &Path<'_>, given: &[&str], empty_text: bool) -> Diagnostic {
    let (message, help) = match given {
        [] if empty_text => (
            "the file has no content: flyctl takes an empty `raw_value` for none".to_owned(),
            "name an empty file with `local_path`",
        ),
        [] => ("the file has no content".to_owned(), "give it one of `local_path`, `secret_name` and `raw_value`"),
        [first, ..] => (
            format!("the file has more than one content: {}; flyctl takes `{first}`", quoted_list(given)),
            "keep one of them",
        ),
    };
    Diagnostic::new(Code::ConflictingFields, at, message).with_help(help)
}

pub(crate) fn guest_path_taken(at: &Pointer, path: &str, first: &Pointer) -> Diagnostic {
    Diagnostic::new(
        Code::InvalidTarget,
        &Path::ROOT,
        format!("there is a file for `{path}` before this, which it replaces"),
    )
    .at_pointer(at.clone())
    .with_related_at(first.clone(), "the first is here")
    .with_help("keep one of them")
}

pub(crate) fn double_base64(at: &Path<'_>) -> Diagnostic {
    let message = format!("{} seems to be base64, which flyctl would encode once more", subject(at));
    Diagnostic::new(Code::DoubleBase64, at, message)
        .with_help("write the content itself, or name a file with `local_path`")
}

// Images and releases.

pub(crate) fn strategy_with_volume(at: &Path<'_>, strategy: Strategy, mount: &Path<'_>) -> Diagnostic {
    let strategy = strategy.as_str();
    Diagnostic::new(Code::StrategyConflict, at, format!("the strategy `{strategy}` can't work with a volume"))
        .with_related(mount, "the volume is here")
        .with_help(
            "use `rolling` or `immediate`: each machine has its own volume, and a new one would start without it",
        )
}

pub(crate) fn strategy_without_checks(at: &Path<'_>, strategy: Strategy) -> Diagnostic {
    let strategy = strategy.as_str();
    Diagnostic::new(
        Code::StrategyConflict,
        at,
        format!("the strategy `{strategy}` needs a check that tells when machines are ready"),
    )
    .with_help("add a check by HTTP, in Score with a readiness probe, or use `rolling`")
}

pub(crate) fn too_many_statics(at: &Path<'_>, most: usize, more: usize) -> Diagnostic {
    Diagnostic::new(Code::InvalidFlyValue, at, format!("Fly takes {most} `statics`, and there are {more} more"))
        .with_help("put the folders into one, or serve them from the app")
}

// Containers.

pub(crate) fn container_without_image(at: &Path<'_>, name: &str) -> Diagnostic {
    Diagnostic::new(Code::InvalidMachineConfig, at, format!("the container `{name}` has no image"))
        .with_help("give it one; only the container of the app gets the deployed image")
}
