# Made from docs/schema/facade.schema.json by `cargo xtask gen`. Do not edit.
"""The requests and responses of the native half, as types."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union, final


Action = Literal["createApp", "allocateAddress", "setSecrets", "runReleaseCommand", "createVolume", "extendVolume", "createMachine", "updateMachine", "replaceMachine", "labelMachine", "destroyMachine", "releaseAddress", "destroyVolume", "blocked"]
"""What a step does."""


class Address(TypedDict, total=False):
    """An address."""

    egress: bool
    """Whether it is for requests that go out."""
    ip: str
    """The address."""
    region: str
    """Its region, or `global`."""
    shared: bool
    """Whether other apps have it, too."""


AddressKind = Literal["v6", "shared_v4", "v4", "private_v6"]
"""Kinds of addresses."""


class Attached(TypedDict, total=False):
    """`[experimental.attached]`."""

    secrets: Union[AttachedSecrets, None]
    """Secrets that it shares."""


class AttachedSecrets(TypedDict, total=False):
    """`[experimental.attached.secrets]`."""

    export: dict[str, str]
    """Names of secrets by the name under which they are shared."""


AutoStop = Literal["off", "stop", "suspend"]
"""What the proxy does with idle machines. flyctl also takes booleans; these are the words."""


Base = Literal["score", "toml", "work"]
"""A folder from which the path of a local file may count."""


Build = TypedDict("Build", {
    "args": "dict[str, str]",
    "build-target": "Union[str, None]",
    "builder": "Union[str, None]",
    "buildpacks": "list[str]",
    "builtin": "Union[str, None]",
    "compose": "Union[Compose, None]",
    "compression": "Union[str, None]",
    "compression_level": "Union[int, None]",
    "dockerfile": "Union[str, None]",
    "ignorefile": "Union[str, None]",
    "image": "Union[str, None]",
    "settings": "dict[str, Setting]",
}, total=False)
"""`[build]`."""


class CacheDrive(TypedDict, total=False):
    """The cache of a machine."""

    size_mb: Union[int, None]
    """Its size in MiB."""


Cause = Literal["missing", "changed", "drifted", "secrets", "stagedSecrets", "unfinished", "surplus", "groupGone", "failed", "hostDown", "mount", "host", "standby", "release", "deploy", "asked", "services"]
"""Why something is done."""


class Change(TypedDict):
    """What becomes different about one field."""

    after: Any
    """What it becomes; null if it goes. What may be a secret is shown by its length only, here and in
    `before`."""
    before: Any
    """What it is; null if it is not there."""
    pointer: Pointer
    """The field, in the machine's config."""


class Check(TypedDict, total=False):
    """`[checks.*]`."""

    grace_period: Union[Duration, None]
    """Time after start in which failures do not count."""
    headers: dict[str, str]
    """Headers to send."""
    interval: Union[Duration, None]
    """Time between checks."""
    method: Union[str, None]
    """The HTTP method."""
    path: Union[str, None]
    """The path."""
    port: Union[int, None]
    """The port in the machine."""
    processes: list[str]
    """The process groups."""
    protocol: Union[str, None]
    """`http` or `https`."""
    timeout: Union[Duration, None]
    """How long one may take."""
    tls_server_name: Union[str, None]
    """The name to verify the certificate against."""
    tls_skip_verify: Union[bool, None]
    """Take any certificate."""
    type: Union[CheckType, None]
    """`http` or `tcp`."""


class DiagnosticView(TypedDict):
    """A diagnostic with its places resolved."""

    code: Code
    """The kind."""
    help: Union[str, None]
    """What to write instead."""
    location: Union[LocationView, None]
    """Where, if it stands in a text."""
    message: str
    """One sentence."""
    pointer: Pointer
    """JSON Pointer into the Score document, after overrides and upgrades. What is about outputs starts
    with `/outputs`, which no Score document has. It is empty for what has no place in either: a
    text as a whole, an option, or a fly.toml to write over."""
    related: list[RelatedView]
    """Other places that matter."""
    severity: Severity
    """How bad it is."""


@final
class CheckFlySuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    dockerfile: Union[str, None]
    """The one of them that flyctl looks for from fly.toml's folder instead."""
    files: list[str]
    """The local files that it names, as far as it shows in those that are given: paths from the
    directory in which flyctl runs."""
    fixed: Union[str, None]
    """The text with all mistakes mended for which there is only one way; absent if there are none."""
    status: Literal["success"]


@final
class CheckFlyFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    dockerfile: Union[str, None]
    """The one of them that flyctl looks for from fly.toml's folder instead."""
    files: list[str]
    """The local files that it names, as far as it shows in those that are given: paths from the
    directory in which flyctl runs."""
    fixed: Union[str, None]
    """The text with all mistakes mended for which there is only one way; absent if there are none."""
    status: Literal["failure"]


CheckFlyResponse = Union[CheckFlySuccess, CheckFlyFailure]
"""The answer of `check_fly`."""


@final
class CheckSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    status: Literal["success"]


@final
class CheckFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


CheckResponse = Union[CheckSuccess, CheckFailure]
"""The answer of `check`."""


class CheckState(TypedDict, total=False):
    """What a check found."""

    name: str
    """Its name."""
    status: str
    """`passing`, `warning` or `critical`."""


CheckType = Literal["http", "tcp"]
"""The kind of a check."""


Code = Literal["unreadable-file", "unwritable-file", "invalid-request", "unknown-code", "invalid-encoding", "invalid-yaml", "document-limit", "empty-document", "multiple-documents", "duplicate-key", "unknown-anchor", "invalid-merge", "non-string-key", "invalid-number", "ambiguous-scalar", "invalid-override", "override-not-applicable", "wrong-type", "missing-field", "unknown-field", "invalid-value", "invalid-name", "out-of-range", "conflicting-fields", "deprecated-form", "duplicate-target", "unknown-container", "before-cycle", "missing-probe", "placeholder-kept", "invalid-placeholder", "unknown-metadata", "unknown-resource", "missing-resource-outputs", "unknown-output", "invalid-outputs", "conflicting-resource", "resource-cycle", "no-provisioner", "unsupported-param", "provisioner-changed", "resource-not-provisioned", "missing-source-file", "source-not-text", "invalid-base64", "secret-not-allowed", "no-project", "invalid-provisioner", "invalid-env-file", "invalid-state", "missing-identity", "invalid-app-name", "needs-containers", "uses-containers", "processes-differ", "unclear-processes", "shared-by-processes", "container-port-conflict", "unknown-annotation", "invalid-annotation", "no-guest-fits", "invalid-variable-name", "reserved-variable", "relative-target", "invalid-target", "needs-side-files", "too-many-volumes", "invalid-volume", "volume-in-containers", "volume-renamed", "port-conflict", "invalid-route", "path-not-routed", "host-to-be-added", "udp-port-mismatch", "needs-dedicated-address", "liveness-cannot-restart", "duplicate-header", "secret-not-encodable", "invalid-fly-config", "unknown-fly-key", "former-key", "bare-duration", "implied-unit", "missing-setting", "unsplit-command", "env-not-text", "invalid-fly-value", "invalid-guest", "duplicate-service", "service-without-ports", "service-without-processes", "unknown-process-group", "ineffective-processes", "udp-handlers", "udp-auto-start", "force-https-without-http", "retired-region", "needs-shell", "https-not-served", "port-mismatch", "never-started", "invalid-check", "check-timing", "double-base64", "plaintext-secret", "invalid-command", "strategy-conflict", "ineffective-setting", "invalid-machine-config", "kept-as-config", "not-in-score", "unknown-runtime", "invalid-runtime", "invalid-function", "invalid-option", "template-failed", "path-conflict", "file-replaced", "runtime-moved", "faaso-difference", "invalid-tree", "shadowed-app", "flycd-difference"]
"""What kind of mistake or remark a diagnostic is. Each has a page in `docs/diagnostics/`."""


class Compose(TypedDict, total=False):
    """`[build.compose]`."""

    file: Union[str, None]
    """The compose file."""


class Concurrency(TypedDict, total=False):
    """`concurrency`."""

    hard_limit: Union[int, None]
    """Never more than this."""
    soft_limit: Union[int, None]
    """Prefer other machines from here on."""
    type: Union[ConcurrencyType, None]
    """What is counted."""


ConcurrencyType = Literal["connections", "requests"]
"""What `concurrency` counts."""


class Config(TypedDict, total=False):
    """A whole fly.toml."""

    app: Union[str, None]
    """The app's name."""
    build: Union[Build, None]
    """Where the image comes from."""
    checks: dict[str, Check]
    """Checks that no service owns."""
    console_command: Union[str, None]
    """What `fly console` runs."""
    container: Union[str, None]
    """The container that gets the deployed image."""
    deploy: Union[Deploy, None]
    """How releases roll out."""
    env: dict[str, str]
    """Environment variables."""
    experimental: Union[Experimental, None]
    """Entrypoint and command of the image."""
    files: list[File]
    """Files put into the machine."""
    host_dedication_id: Union[str, None]
    """Dedicated host to run on."""
    http_service: Union[HttpService, None]
    """The usual web service on ports 80 and 443."""
    kill_signal: Union[str, None]
    """Signal that stops a machine; Fly's default is `SIGINT`."""
    kill_timeout: Union[Duration, None]
    """Time between the signal and the kill; Fly's default is 5 s, at most 300 s."""
    machine_checks: list[MachineCheck]
    """Commands run once for each deploy."""
    machine_config: Union[str, None]
    """Machine config as inline JSON, or the path of a `.json` file; carries several containers."""
    metrics: list[Metric]
    """Where Prometheus metrics are scraped."""
    mounts: list[Mount]
    """Volumes."""
    primary_region: Union[str, None]
    """Region code for new machines, also `PRIMARY_REGION` in their environment."""
    processes: dict[str, str]
    """Commands by process group."""
    restart: list[Restart]
    """When machines restart."""
    services: list[Service]
    """Services."""
    statics: list[Static]
    """Static files served by Fly's proxy."""
    swap_size_mb: Union[int, None]
    """Swap in MiB."""
    vm: list[Vm]
    """Machine sizes."""


class ContainerDependency(TypedDict, total=False):
    """A container that must come first."""

    condition: Union[DependencyCondition, None]
    """How far it must be."""
    name: Union[str, None]
    """Its name."""


class ContainerHealthcheck(TypedDict, total=False):
    """A check on a container: one of `http`, `tcp` and `exec`."""

    exec: Union[ExecHealthcheck, None]
    """A command."""
    failure_threshold: Union[int, None]
    """How many failures make it unhealthy."""
    grace_period: Union[int, None]
    """Seconds after start in which failures do not count."""
    http: Union[HttpHealthcheck, None]
    """A request."""
    interval: Union[int, None]
    """Seconds between checks."""
    kind: Union[HealthcheckKind, None]
    """What it is about."""
    name: Union[str, None]
    """Its name, of which there is one in a container."""
    success_threshold: Union[int, None]
    """How many successes make it healthy."""
    tcp: Union[TcpHealthcheck, None]
    """A connection."""
    timeout: Union[int, None]
    """How many seconds one may take."""
    unhealthy: Union[str, None]
    """What happens when it is unhealthy: `stop`, after which the restart policy holds."""


class ContainerMount(TypedDict, total=False):
    """A volume of the machine config in a container."""

    name: Union[str, None]
    """The volume's name."""
    path: Union[str, None]
    """Where it is mounted."""


class ContainerSecret(TypedDict, total=False):
    """A secret in the environment of a container or a process."""

    env_var: Union[str, None]
    """The variable."""
    name: Union[str, None]
    """The app secret."""


Containers = Literal["auto", "always", "never"]
"""Whether a workload runs in Fly's containers, which a machine has side by side, instead of in the
machine itself."""


@final
class FileContentText(TypedDict):
    """As text."""

    text: str


@final
class FileContentBase64(TypedDict):
    """Anything else, in base64."""

    base64: str


FileContent = Union[FileContentText, FileContentBase64]
"""The content of a file."""


class Scale(TypedDict, total=False):
    """How many machines there are to be of a process group, for which fly.toml has no words. If
    nothing is said, what is there stays."""

    count: Union[int, None]
    """How many machines in all."""
    ha: Union[bool, None]
    """Whether a group that has no machines yet gets a spare one; it does unless this is false."""
    regions: dict[str, int]
    """How many machines in each region, by its code. With `count`, the regions take turns, and the
    numbers here don't matter."""


class _ConvertSuccessRequired(TypedDict):
    config: Config
    """The same as data. After an update, only what Score speaks of."""
    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    files: dict[str, FileContent]
    """Files to write, by path from the directory in which `fly deploy` runs."""
    secrets: dict[str, str]
    """The app's secrets by name, in clear text."""
    secretsText: str
    """The same as text for `fly secrets import`."""
    status: Literal["success"]
    toml: str
    """fly.toml."""


@final
class ConvertSuccess(_ConvertSuccessRequired, total=False):
    """There are no errors."""

    scale: Scale
    """How many machines there are to be, for the options of a plan: fly.toml has no words for it."""


@final
class ConvertFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


ConvertResponse = Union[ConvertSuccess, ConvertFailure]
"""The answer of `convert`."""


CpuKind = Literal["shared", "performance"]
"""A kind of CPU."""


@final
class DecodeSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    status: Literal["success"]
    text: str
    """The text."""


@final
class DecodeFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


DecodeResponse = Union[DecodeSuccess, DecodeFailure]
"""The answer of `decode`."""


DependencyCondition = Literal["started", "healthy", "exited_successfully"]
"""How far a container must be before another one starts."""


class Deploy(TypedDict, total=False):
    """`[deploy]`."""

    max_unavailable: Union[float, None]
    """Below 1 a fraction of the machines, otherwise a count."""
    release_command: Union[str, None]
    """Run once before a release."""
    release_command_timeout: Union[Duration, None]
    """How long that may take."""
    release_command_vm: Union[Vm, None]
    """The machine on which it runs."""
    seed_command: Union[str, None]
    """Run once before the first release."""
    strategy: Union[Strategy, None]
    """How machines are replaced."""
    wait_timeout: Union[Duration, None]
    """How long to wait for a machine."""


class DnsForwardRule(TypedDict, total=False):
    """Names for which another server is asked."""

    addr: Union[str, None]
    """The server's address."""
    basename: Union[str, None]
    """What they end in."""


class DnsOption(TypedDict, total=False):
    """An option of the resolver."""

    name: Union[str, None]
    """Its name."""
    value: Union[str, None]
    """Its value."""


Duration = str
"""A duration in the syntax of Go: `1m30s`, `500ms`."""


class EnvFrom(TypedDict, total=False):
    """A variable that says something about the machine."""

    env_var: Union[str, None]
    """The variable."""
    field_ref: Union[str, None]
    """What it says: `id`, `version`, `app_name`, `private_ip`, `region` or `image`."""


class ExecHealthcheck(TypedDict, total=False):
    """A check by a command."""

    command: list[str]
    """The command and its arguments."""


class Experimental(TypedDict, total=False):
    """`[experimental]`."""

    attached: Union[Attached, None]
    """What the app shares with others."""
    auto_rollback: Union[bool, None]
    """Read by nothing today."""
    cmd: Union[list[str], None]
    """Replaces the image's CMD."""
    enable_consul: Union[bool, None]
    """Read by nothing today."""
    enable_etcd: Union[bool, None]
    """Read by nothing today."""
    entrypoint: Union[list[str], None]
    """Replaces the image's ENTRYPOINT."""
    exec: Union[list[str], None]
    """Replaces both."""
    machine_config: Union[str, None]
    """Like `machine_config` at the top, and wins over it."""


class File(TypedDict, total=False):
    """`[[files]]`: exactly one of `local_path`, `secret_name` and `raw_value`."""

    guest_path: Union[str, None]
    """Where it is put; absolute."""
    local_path: Union[str, None]
    """A local file, relative to the directory in which flyctl runs."""
    processes: list[str]
    """The process groups."""
    raw_value: Union[str, None]
    """The content as text: flyctl encodes it."""
    secret_name: Union[str, None]
    """An app secret that holds the content in base64."""


@final
class FileReadText(TypedDict):
    """Its content as text."""

    text: str


@final
class FileReadBase64(TypedDict):
    """Its content in base64."""

    base64: str


@final
class FileReadUnreadable(TypedDict):
    """Why it can't be read."""

    unreadable: str


FileRead = Union[FileReadText, FileReadBase64, FileReadUnreadable]
"""What became of reading a file that is there."""


class _FlyRequestRequired(TypedDict):
    config: SourceText
    """The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`."""


class FlyRequest(_FlyRequestRequired, total=False):
    """What operations on a fly.toml take."""

    files: dict[str, Union[FileRead, None]]
    """The local files that it names, by path as it has them; null for those that do not exist. A check
    takes what is not listed to exist; a machine config needs the content."""
    group: Union[str, None]
    """The process group whose machines are meant; without it the default one."""
    levels: Levels
    """What is not to be told, and what is to be an error."""
    positionEncoding: PositionEncoding
    """How columns and offsets of diagnostics are counted."""


Handler = Literal["tls", "http", "pg_tls", "proxy_proto"]
"""What the proxy does with connections to a port; raw TCP without any."""


HealthcheckKind = Literal["readiness", "liveness"]
"""What a check on a container is about."""


Host = str
"""Whether a host answers. Nothing is said of one that does, in older answers."""


class HttpCheck(TypedDict, total=False):
    """`[[services.http_checks]]`."""

    grace_period: Union[Duration, None]
    """Time after start in which failures do not count."""
    headers: dict[str, str]
    """Headers to send."""
    interval: Union[Duration, None]
    """Time between checks."""
    method: Union[str, None]
    """The HTTP method."""
    path: Union[str, None]
    """The path."""
    protocol: Union[str, None]
    """`http` or `https`."""
    timeout: Union[Duration, None]
    """How long one may take."""
    tls_server_name: Union[str, None]
    """The name to verify the certificate against."""
    tls_skip_verify: Union[bool, None]
    """Take any certificate."""


class HttpHealthcheck(TypedDict, total=False):
    """A check by HTTP."""

    headers: list[MachineHeader]
    """Headers to send."""
    method: Union[str, None]
    """The HTTP method."""
    path: Union[str, None]
    """The path."""
    port: Union[int, None]
    """The port."""
    scheme: Union[str, None]
    """`http` or `https`."""
    tls_server_name: Union[str, None]
    """The name to verify the certificate against."""
    tls_skip_verify: Union[bool, None]
    """Take any certificate."""


class HttpOptions(TypedDict, total=False):
    """`http_options`."""

    compress: Union[bool, None]
    """Compress responses."""
    h2_backend: Union[bool, None]
    """Speak HTTP/2 without TLS to the app."""
    headers_read_timeout: Union[int, None]
    """Seconds."""
    idle_timeout: Union[int, None]
    """Seconds."""
    replay_cache: list[ReplayCache]
    """Requests that go back to the same machine."""
    response: Union[HttpResponseOptions, None]
    """Changes to responses."""


class HttpResponseOptions(TypedDict, total=False):
    """`http_options.response`."""

    headers: dict[str, ResponseHeader]
    """Headers by name."""
    pristine: Union[bool, None]
    """Add none of Fly's own headers."""


class HttpService(TypedDict, total=False):
    """`[http_service]`."""

    auto_start_machines: Union[bool, None]
    """Whether the proxy starts machines."""
    auto_stop_machines: Union[AutoStop, None]
    """What the proxy does with idle machines."""
    checks: list[HttpCheck]
    """Checks."""
    concurrency: Union[Concurrency, None]
    """Load limits."""
    force_https: Union[bool, None]
    """Redirect from HTTP to HTTPS."""
    http_options: Union[HttpOptions, None]
    """HTTP options."""
    internal_port: Union[int, None]
    """The port in the machine."""
    machine_checks: list[MachineCheck]
    """Commands run once for each deploy."""
    min_machines_running: Union[int, None]
    """How many machines keep running in the primary region."""
    processes: list[str]
    """The process groups."""
    tls_options: Union[TlsOptions, None]
    """TLS options."""


class ImageRef(TypedDict, total=False):
    """An image, as its registry knows it."""

    digest: str
    """The digest, such as `sha256:…`."""
    registry: str
    """The host of the registry."""
    repository: str
    """The path of the repository."""
    tag: str
    """The tag."""


Impact = Literal["none", "restart", "replacement", "downtime", "data"]
"""What a step means for those who use the app. Later ones are worse."""


@final
class ImportSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    score: str
    """The text of the Score file."""
    status: Literal["success"]


@final
class ImportFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


ImportResponse = Union[ImportSuccess, ImportFailure]
"""The answer of `import_fly`."""


class Lease(TypedDict, total=False):
    """Who has a machine's lease."""

    expires_at: int
    """Until when, in seconds since 1970."""
    owner: str
    """The owner of the token."""


class LeftAlone(TypedDict):
    """Something that is there and is not touched, though it is not asked for."""

    id: str
    """Its id or name."""
    kind: str
    """What kind of thing it is: `machine`, `volume`, `secret` or `address`."""
    why: str
    """Why it is left alone, as the end of a sentence."""


class Levels(TypedDict, total=False):
    """What is said about codes."""

    allow: list[str]
    """Codes that are not to be told. In a Score file, errors are told in any case."""
    deny: list[str]
    """Codes that are errors, whatever they are by themselves."""
    denyWarnings: bool
    """Whether all warnings are errors."""


class LocationView(TypedDict):
    """A place in a text, as lines and columns."""

    end: Position
    """One past where it ends."""
    source: str
    """The source's name."""
    start: Position
    """Where it starts."""


class Lose(TypedDict, total=False):
    """What may be lost, by name."""

    addresses: list[str]
    """Addresses to give back."""
    machines: list[str]
    """Machines with volumes that may go or lose their mount, by id. Their volumes stay."""
    secrets: list[str]
    """Secrets to remove."""
    volumes: list[str]
    """Volumes to destroy with everything in them, by id. Machines that mount them are not touched, so
    they must be free, or become free by the same plan."""


Suspend = Literal["suspend"]
"""The word `suspend`."""


MachineAutostop = Union[bool, Suspend]
"""What the proxy does with idle machines: the API has booleans for two of the three words."""


class MachineCheck(TypedDict, total=False):
    """`[[machine_checks]]`."""

    command: list[str]
    """The command."""
    entrypoint: Union[list[str], None]
    """Replaces the image's ENTRYPOINT."""
    image: Union[str, None]
    """The image it runs in."""
    kill_signal: Union[str, None]
    """Signal that stops it."""
    kill_timeout: Union[Duration, None]
    """Time until it is killed."""


class MachineConfig(TypedDict, total=False):
    """What a machine is made from. flyctl fills in further metadata, and the image once it is built."""

    auto_destroy: Union[bool, None]
    """Whether it goes when it stops."""
    cache_drive: Union[CacheDrive, None]
    """Its cache."""
    checks: dict[str, MachineConfigCheck]
    """Checks that no service owns."""
    containers: list[MachineContainer]
    """Its containers."""
    disable_machine_autostart: Union[bool, None]
    """Whether the proxy starts it; `autostart` of services says it today."""
    dns: Union[MachineDns, None]
    """Names."""
    env: dict[str, str]
    """Environment variables."""
    files: list[MachineFile]
    """Files put into it."""
    guest: Union[MachineGuest, None]
    """Its size; without it, it keeps the size that it has."""
    image: Union[str, None]
    """The image."""
    init: MachineInit
    """What it runs."""
    metadata: dict[str, str]
    """Labels, by which flyctl knows its machines."""
    metrics: Union[MachineMetrics, None]
    """Where Prometheus metrics are scraped."""
    mounts: list[MachineMount]
    """Volumes."""
    processes: list[MachineProcess]
    """Processes beside the main one."""
    required_host_features: list[str]
    """What its host must have."""
    restart: Union[MachineRestart, None]
    """When it restarts."""
    rootfs: Union[MachineRootfs, None]
    """Its root file system."""
    schedule: Union[str, None]
    """When it runs, if not always."""
    services: list[MachineService]
    """What Fly's proxy serves."""
    size: Union[str, None]
    """The name of its size; `guest` says it today."""
    spot: Union[Spot, None]
    """What it may cost."""
    standbys: list[str]
    """The machines for which it stands in."""
    statics: list[MachineStatic]
    """Static files served by Fly's proxy."""
    stop_config: Union[StopConfig, None]
    """How it stops."""
    volumes: list[MachineVolume]
    """What containers can mount."""


class MachineConfigCheck(TypedDict, total=False):
    """A health check."""

    grace_period: Union[Duration, None]
    """Time after start in which failures do not count."""
    headers: list[MachineHeader]
    """Headers to send."""
    interval: Union[Duration, None]
    """Time between checks."""
    kind: Union[str, None]
    """What happens when it fails; of a check that no service owns."""
    method: Union[str, None]
    """The HTTP method."""
    path: Union[str, None]
    """The path."""
    port: Union[int, None]
    """The port in the machine."""
    protocol: Union[str, None]
    """`http` or `https`."""
    timeout: Union[Duration, None]
    """How long one may take."""
    tls_server_name: Union[str, None]
    """The name to verify the certificate against."""
    tls_skip_verify: Union[bool, None]
    """Take any certificate."""
    type: Union[CheckType, None]
    """`http` or `tcp`."""


@final
class MachineConfigSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    machine: MachineConfig
    """What flyctl sends."""
    status: Literal["success"]


@final
class MachineConfigFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


MachineConfigResponse = Union[MachineConfigSuccess, MachineConfigFailure]
"""The answer of `machine_config`."""


class MachineContainer(TypedDict, total=False):
    """One of the containers that a machine runs side by side. They share its network."""

    cmd: list[str]
    """Replaces the image's CMD."""
    depends_on: list[ContainerDependency]
    """What must have happened before it starts."""
    entrypoint: list[str]
    """Replaces the image's ENTRYPOINT."""
    env: dict[str, str]
    """Environment variables; those of the machine win."""
    env_from: list[EnvFrom]
    """Environment variables that say something about the machine."""
    exec: list[str]
    """Replaces the image's ENTRYPOINT and CMD."""
    files: list[MachineFile]
    """Files put into it."""
    healthchecks: list[ContainerHealthcheck]
    """Whether it is ready, and whether it is alive."""
    image: Union[str, None]
    """Its image; `.` is the one that is deployed."""
    mounts: list[ContainerMount]
    """Volumes of the machine config in it."""
    name: Union[str, None]
    """Its name."""
    restart: Union[MachineRestart, None]
    """When it restarts."""
    secrets: Union[list[ContainerSecret], None]
    """The app's secrets that it gets. Without a list it gets all."""
    stop: Union[StopConfig, None]
    """How it stops."""
    user: Union[str, None]
    """Replaces the image's user."""


class MachineDns(TypedDict, total=False):
    """How a machine looks up names, and how it is looked up itself."""

    dns_forward_rules: list[DnsForwardRule]
    """Names that it asks other servers for."""
    hostname: Union[str, None]
    """Its own name."""
    hostname_fqdn: Union[str, None]
    """Its own name with the domain."""
    nameservers: list[str]
    """Servers that it asks."""
    options: list[DnsOption]
    """Options of its resolver."""
    searches: list[str]
    """Domains that it tries."""
    skip_registration: Union[bool, None]
    """Leaves it out of the names of the organization's network."""


class MachineFile(TypedDict, total=False):
    """A file put into a machine."""

    guest_path: Union[str, None]
    """Where it is put."""
    image_config: Union[str, None]
    """An image whose configuration is the content."""
    local_path: Union[str, None]
    """A local file with the content, which flyctl reads from the directory in which it runs."""
    mode: Union[int, None]
    """Permissions, as a number."""
    raw_value: Union[str, None]
    """The content, in base64."""
    secret_name: Union[str, None]
    """An app secret that holds the content in base64."""


class MachineGuest(TypedDict, total=False):
    """A machine's size."""

    cpu_kind: Union[CpuKind, None]
    """Shares of cores, or whole ones."""
    cpus: Union[int, None]
    """How many."""
    gpu_kind: Union[str, None]
    """Their model."""
    gpus: Union[int, None]
    """GPUs, which Fly no longer sells."""
    host_dedication_id: Union[str, None]
    """Dedicated host to run on."""
    kernel_args: list[str]
    """Arguments for the kernel."""
    max_memory_mb: Union[int, None]
    """Memory that it can grow to."""
    memory_mb: Union[int, None]
    """Memory in MiB."""
    persist_rootfs: Union[str, None]
    """Whether the root file system survives."""


class MachineHeader(TypedDict, total=False):
    """A header of a check."""

    name: str
    """Its name."""
    values: list[str]
    """Its values."""


class MachineInit(TypedDict, total=False):
    """What a machine runs."""

    cmd: list[str]
    """Replaces the image's CMD."""
    entrypoint: list[str]
    """Replaces the image's ENTRYPOINT."""
    exec: list[str]
    """Replaces the image's ENTRYPOINT and CMD."""
    kernel_args: list[str]
    """Arguments for the kernel."""
    swap_size_mb: Union[int, None]
    """Swap in MiB."""
    tty: Union[bool, None]
    """Whether it has a terminal."""


class MachineMetrics(TypedDict, total=False):
    """Where metrics are scraped."""

    https: Union[bool, None]
    """Scrape by HTTPS."""
    path: Union[str, None]
    """The path."""
    port: Union[int, None]
    """The port in the machine."""


class MachineMount(TypedDict, total=False):
    """A volume in a machine."""

    add_size_gb: Union[int, None]
    """By how many gigabytes."""
    add_size_percent: Union[int, None]
    """By how many percent of its size it grows."""
    encrypted: Union[bool, None]
    """Whether it is encrypted."""
    extend_threshold_percent: Union[int, None]
    """Fill level in percent at which it grows."""
    min_add_size_gb: Union[int, None]
    """By how many gigabytes at least."""
    name: Union[str, None]
    """The volume's name."""
    path: Union[str, None]
    """Where it is mounted."""
    size_gb: Union[int, None]
    """Its size when it is created, in gigabytes."""
    size_gb_limit: Union[int, None]
    """Up to how many gigabytes."""
    volume: Union[str, None]
    """The volume's id, which flyctl fills in."""


class MachineProcess(TypedDict, total=False):
    """A process of a machine."""

    cmd: list[str]
    """Replaces the image's CMD."""
    entrypoint: list[str]
    """Replaces the image's ENTRYPOINT."""
    env: dict[str, str]
    """Environment variables."""
    env_from: list[EnvFrom]
    """Environment variables that say something about the machine."""
    exec: list[str]
    """Replaces the image's ENTRYPOINT and CMD."""
    ignore_app_secrets: Union[bool, None]
    """Whether it gets these secrets only."""
    secrets: list[ContainerSecret]
    """Secrets that it gets."""
    user: Union[str, None]
    """Replaces the image's user."""


class MachineRestart(TypedDict, total=False):
    """When a machine restarts."""

    max_retries: Union[int, None]
    """How often, for `on-failure`."""
    policy: Union[str, None]
    """When."""


class MachineRootfs(TypedDict, total=False):
    """The root file system of a machine."""

    persist: Union[str, None]
    """Whether it survives."""
    size_gb: Union[int, None]
    """Its size in gigabytes."""


class MachineService(TypedDict, total=False):
    """A service of Fly's proxy."""

    autostart: Union[bool, None]
    """Whether the proxy starts machines."""
    autostop: Union[MachineAutostop, None]
    """What the proxy does with idle machines."""
    checks: list[MachineConfigCheck]
    """Checks on it."""
    concurrency: Union[Concurrency, None]
    """Load limits."""
    force_instance_description: Union[str, None]
    """What the key is for."""
    force_instance_key: Union[str, None]
    """Sends requests with this key to one machine."""
    internal_port: Union[int, None]
    """The port in the machine."""
    min_machines_running: Union[int, None]
    """How many machines keep running in the primary region."""
    ports: list[ServicePort]
    """External ports."""
    protocol: Union[Protocol, None]
    """`tcp` or `udp`."""


class MachineStatic(TypedDict, total=False):
    """Static files."""

    guest_path: str
    """The directory in the machine."""
    index_document: str
    """Served for a directory."""
    tigris_bucket: str
    """A bucket instead of the machine."""
    url_prefix: str
    """The URL prefix."""


class MachineVolume(TypedDict, total=False):
    """What containers can mount: a directory that is gone with the machine, or an image."""

    image: Union[str, None]
    """An image."""
    name: Union[str, None]
    """Its name."""
    temp_dir: Union[TempDir, None]
    """A directory."""


class Metric(TypedDict, total=False):
    """`[[metrics]]`."""

    https: Union[bool, None]
    """Scrape by HTTPS."""
    path: Union[str, None]
    """The path."""
    port: Union[int, None]
    """The port in the machine."""
    processes: list[str]
    """The process groups."""


class Mount(TypedDict, total=False):
    """`[[mounts]]`."""

    auto_extend_size_increment: Union[str, None]
    """By how much, 1GB to 100GB."""
    auto_extend_size_limit: Union[str, None]
    """Up to how much, at most 500GB."""
    auto_extend_size_threshold: Union[int, None]
    """Fill level in percent at which the volume grows, 50 to 99."""
    destination: Union[str, None]
    """Where it is mounted."""
    initial_size: Union[str, None]
    """Size at creation, such as `10gb`."""
    processes: list[str]
    """The process groups."""
    scheduled_snapshots: Union[bool, None]
    """Whether snapshots are taken daily."""
    snapshot_retention: Union[int, None]
    """Days that snapshots are kept, 1 to 60."""
    source: Union[str, None]
    """The volume's name."""


Need = TypedDict("Need", {
    "from": "list[Base]",
    "path": "str",
})
"""A local file that is needed."""


ResourceRequest = TypedDict("ResourceRequest", {
    "class": "str",
    "id": "Union[str, None]",
    "metadata": "Union[dict[str, Any], None]",
    "name": "str",
    "outputs": "list[str]",
    "params": "Union[dict[str, Any], None]",
    "type": "str",
    "uid": "str",
})
"""A resource that a workload asks for."""


@final
class NeedsSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    files: list[Need]
    """The files. What they hold may need further ones, so ask again with these among the request's
    `files`, until there are no more."""
    resources: list[ResourceRequest]
    """The resources whose outputs it refers to. None for a fly.toml."""
    status: Literal["success"]


@final
class NeedsFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


NeedsResponse = Union[NeedsSuccess, NeedsFailure]
"""The answer of `needs` and `fly_needs`."""


class Observed(TypedDict, total=False):
    """Everything that there is of an app."""

    addresses: list[Address]
    """Its addresses: `ips` of `GET /v1/apps/{app}/ip_assignments`."""
    app: Union[ObservedApp, None]
    """The app: `GET /v1/apps/{app}`. Null if there is none of that name."""
    machines: list[ObservedMachine]
    """Its machines: `GET /v1/apps/{app}/machines`."""
    release: Union[ObservedRelease, None]
    """Its newest release, if there is one."""
    remembered: dict[str, RememberedSecret]
    """What the caller remembers of the secrets that it set, by name."""
    secrets: list[ObservedSecret]
    """Its secrets: `secrets` of `GET /v1/apps/{app}/secrets`."""
    volumes: list[ObservedVolume]
    """Its volumes: `GET /v1/apps/{app}/volumes`."""


class ObservedApp(TypedDict, total=False):
    """An app."""

    name: str
    """Its name."""
    network: str
    """Its private network."""
    organization: Organization
    """Whose it is."""
    status: str
    """`pending` before its first machine."""


class ObservedMachine(TypedDict, total=False):
    """A machine."""

    checks: list[CheckState]
    """What its checks found last."""
    config: Union[dict[str, Any], None]
    """What it is made from, whole. It is not there while its host does not answer."""
    cordoned: bool
    """Whether Fly's proxy leaves it out."""
    host_status: Host
    """Whether its host answers: `ok`, or something else."""
    id: str
    """Its id."""
    image_ref: ImageRef
    """The image that it runs."""
    incomplete_config: Union[dict[str, Any], None]
    """What is known of its config while its host does not answer. Never the base of an update."""
    instance_id: str
    """The version of its config."""
    lease: Union[Lease, None]
    """Who has its lease, if that was asked for."""
    name: str
    """Its name."""
    region: str
    """Where it is. It stays there."""
    state: str
    """What it does: `started`, `stopped` and others."""
    updated_at: str
    """When it last changed."""


class ObservedRelease(TypedDict, total=False):
    """A release."""

    created_at: str
    """When it was begun."""
    status: str
    """How far it is: `complete`, `failed` and others."""
    version: int
    """Its number."""


class ObservedSecret(TypedDict, total=False):
    """What is known of a secret: everything but its value."""

    digest: str
    """What changes with its value."""
    name: str
    """Its name."""
    updated_at: str
    """When it was last set."""


class ObservedVolume(TypedDict, total=False):
    """A volume."""

    attached_machine_id: Union[str, None]
    """The machine that mounts it."""
    host_status: Host
    """Whether its host answers."""
    id: str
    """Its id."""
    name: str
    """Its name."""
    region: str
    """Where it is. It stays there."""
    size_gb: int
    """Its size in gigabytes."""
    state: str
    """What it does: `created`, `destroying` and others."""


class Options(TypedDict, total=False):
    """What the caller decides."""

    appPrefix: str
    """Put before the workload's name to make the app's."""
    containers: Containers
    """Whether the workload runs in Fly's containers."""
    image: Union[str, None]
    """Stands in for the image `.`."""
    inlineFiles: bool
    """Write the content of files, and the machine config, into fly.toml where they can stand there,
    instead of side files."""
    paths: Paths
    """How places relate to each other."""
    region: Union[str, None]
    """The primary region; an annotation of the workload wins."""


class Organization(TypedDict, total=False):
    """An organization."""

    slug: str
    """Its slug."""


class Paths(TypedDict, total=False):
    """The folders that paths in fly.toml are relative to. Empty means that the Score file, fly.toml
    and the working directory of `fly deploy` are all in one place."""

    scoreFromToml: str
    """The Score file's folder as seen from fly.toml's. flyctl reads `dockerfile` from there."""
    scoreFromWork: str
    """The Score file's folder as seen from the directory in which `fly deploy` runs. flyctl reads
    `local_path` from there."""
    tomlFromWork: str
    """fly.toml's folder as seen from the directory in which `fly deploy` runs. Side files go into
    fly.toml's folder."""


class Plan(TypedDict):
    """What a deploy does, in the order in which it does it."""

    app: str
    """The app."""
    blocked: bool
    """Whether there is something that can't be done, so that nothing of the plan is."""
    leftAlone: list[LeftAlone]
    """What is there and is not touched, though it is not asked for."""
    steps: list[Step]
    """The steps. There are none if all is as it is to be."""
    text: str
    """All of it as text, for people."""
    unchanged: int
    """How many machines are as they are to be."""


class PlanOptions(TypedDict, total=False):
    """What the caller says beyond fly.toml. What is left out is as fly.toml has it."""

    addresses: Union[list[AddressKind], None]
    """Which kinds of addresses there are to be. If nothing is said, a new app gets what its services
    need."""
    app: Union[str, None]
    """The app's name."""
    groups: dict[str, Scale]
    """How many machines there are to be of other process groups, by name."""
    image: Union[str, None]
    """The image, best by its digest."""
    network: Union[str, None]
    """The private network of a new app."""
    organization: Union[str, None]
    """The slug of the organization that a new app belongs to."""
    region: Union[str, None]
    """The region of new machines."""
    scale: Scale
    """How many machines there are to be: of the default process group, but `ha` is for all."""
    secrets: dict[str, Union[str, None]]
    """The names of the secrets that are to be set, each with a fingerprint of its value, or null."""
    stamp: Stamp
    """What machines are labelled with."""
    volumeSizeGb: Union[int, None]
    """The size of new volumes in gigabytes, for mounts without `initial_size`."""


class _PlanRequestRequired(TypedDict):
    config: SourceText
    """The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`."""


class PlanRequest(_PlanRequestRequired, total=False):
    """What a plan is made from."""

    files: dict[str, Union[FileRead, None]]
    """The local files that it names, by path as it has them; null for those that do not exist."""
    levels: Levels
    """What is not to be told, and what is to be an error."""
    observed: Observed
    """What there is, as Fly's APIs answer it. Without it, nothing."""
    options: PlanOptions
    """What is to be beyond fly.toml."""
    policy: Policy
    """What is allowed, and which part of the app is meant."""
    positionEncoding: PositionEncoding
    """How columns and offsets of diagnostics are counted."""


@final
class PlanSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    plan: Plan
    """The plan."""
    status: Literal["success"]


@final
class PlanFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


PlanResponse = Union[PlanSuccess, PlanFailure]
"""The answer of `plan`."""


Pointer = str
"""A JSON Pointer, such as `/containers/web/image`."""


class Policy(TypedDict, total=False):
    """What the caller allows, and which part of the app is meant. If nothing is said, all of it, and
    nothing may be lost."""

    excludeMachines: list[str]
    """Not these machines."""
    excludeRegions: list[str]
    """No machines in these regions."""
    lose: Lose
    """What may be lost, by name."""
    maxUnavailable: Union[float, None]
    """How many machines of a group may be away at once: below 1 a fraction, otherwise a count."""
    onlyGroups: list[str]
    """Only these process groups, if there are any."""
    onlyMachines: list[str]
    """Only these machines by id, if there are any; none are created then."""
    onlyRegions: list[str]
    """Only machines in these regions, if there are any."""
    skipReleaseCommand: bool
    """Leave out the release command."""
    strategy: Union[Strategy, None]
    """How machines are replaced; as fly.toml says, or else `rolling`."""
    updateOnly: bool
    """Only change machines that are there: create none, and destroy none."""


class Position(TypedDict):
    """A place in a text, for people and editors."""

    column: int
    """Column, from 1, in units of the requested encoding."""
    line: int
    """Line, from 1."""
    offset: int
    """Offset from the start of the text, from 0, in units of the requested encoding."""


PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]
"""How columns and offsets are counted."""


Protocol = Literal["tcp", "udp"]
"""A transport protocol."""


class ProxyProtoOptions(TypedDict, total=False):
    """`proxy_proto_options`."""

    version: Union[str, None]
    """`v1` or `v2`."""


class RelatedView(TypedDict):
    """Another place that has to do with a diagnostic."""

    location: Union[LocationView, None]
    """Where, if it stands in a text."""
    message: str
    """What is there."""


class ReleaseStamp(TypedDict):
    """What a machine says about the release that it has. What it does not say is null."""

    backTo: Union[str, None]
    """The release that this one went back to, by its number or version."""
    config: Union[str, None]
    """The hash of the config that the deploy gave it."""
    deploy: Union[str, None]
    """The id of the deploy that changed the machine last."""
    note: Union[str, None]
    """What is new, in a line."""
    release: Union[int, None]
    """The number of the release at Fly."""
    revision: Union[str, None]
    """The commit; `-dirty` behind it says that there were changes that are in no commit."""
    source: Union[str, None]
    """Where that commit is."""
    version: Union[str, None]
    """The version, as its author counts."""


class RememberedSecret(TypedDict):
    """What the caller remembers of a secret that it set."""

    digest: str
    """The digest that Fly answered."""
    fingerprint: str
    """The fingerprint of the value that it set."""


class ReplayCache(TypedDict, total=False):
    """`http_options.replay_cache`."""

    allow_bypass: Union[bool, None]
    """Whether a request may bypass it."""
    name: Union[str, None]
    """The cookie's or header's name."""
    path_prefix: Union[str, None]
    """The paths it is for."""
    ttl_seconds: Union[int, None]
    """Seconds, at least 10."""
    type: Union[str, None]
    """`cookie` or `header`."""


class _RequestRequired(TypedDict):
    score: SourceText
    """The Score file."""


class Request(_RequestRequired, total=False):
    """What every operation on a Score file takes."""

    existing: Union[SourceText, None]
    """A fly.toml to write over: its comments, order and further keys stay."""
    files: dict[str, Union[FileRead, None]]
    """The files that the workload mounts, by `source` as it writes them; null for those that do not
    exist."""
    levels: Levels
    """What is not to be told, and what is to be an error."""
    options: Options
    """What the caller decides."""
    outputs: dict[str, Any]
    """Outputs of resources, by name or uid: `{"db": {"values": {…}, "secrets": {…}}}`. A bare map is
    taken as values."""
    outputsText: Union[SourceText, None]
    """More outputs, as a YAML or JSON text; mistakes in it are located. `outputs` wins."""
    overrideProperties: list[str]
    """`path=value`, set after that, from left to right; an empty value removes the key."""
    overrides: list[SourceText]
    """YAML mappings that are merged over it, from left to right."""
    positionEncoding: PositionEncoding
    """How columns and offsets of diagnostics are counted."""


class Requirements(TypedDict):
    """What a workload needs from the world."""

    files: list[SourceFileRequest]
    """The local files that it mounts."""
    images: list[str]
    """The containers whose image is `.`: to be given, or built from a Dockerfile."""
    resources: list[ResourceRequest]
    """The resources, by name."""


@final
class RequirementsSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    requirements: Requirements
    """What it needs."""
    status: Literal["success"]


@final
class RequirementsFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


RequirementsResponse = Union[RequirementsSuccess, RequirementsFailure]
"""The answer of `requirements`."""


ResponseHeader = Union[bool, str, list[str]]
"""What happens to a header of a response."""


class Restart(TypedDict, total=False):
    """`[[restart]]`."""

    policy: Union[RestartPolicy, None]
    """When."""
    processes: list[str]
    """The process groups."""
    retries: Union[int, None]
    """How often, for `on-failure`."""


RestartPolicy = Literal["always", "never", "on-failure"]
"""When machines restart."""


class Service(TypedDict, total=False):
    """`[[services]]`."""

    auto_start_machines: Union[bool, None]
    """Whether the proxy starts machines."""
    auto_stop_machines: Union[AutoStop, None]
    """What the proxy does with idle machines."""
    concurrency: Union[Concurrency, None]
    """Load limits."""
    http_checks: list[HttpCheck]
    """HTTP checks."""
    internal_port: Union[int, None]
    """The port in the machine."""
    machine_checks: list[MachineCheck]
    """Commands run once for each deploy."""
    min_machines_running: Union[int, None]
    """How many machines keep running in the primary region."""
    ports: list[ServicePort]
    """External ports."""
    processes: list[str]
    """The process groups."""
    protocol: Union[Protocol, None]
    """`tcp` or `udp`."""
    tcp_checks: list[TcpCheck]
    """TCP checks."""


class ServicePort(TypedDict, total=False):
    """`[[services.ports]]`."""

    end_port: Union[int, None]
    """Last port of a range."""
    force_https: Union[bool, None]
    """Redirect from HTTP to HTTPS."""
    handlers: list[Handler]
    """What the proxy does with connections."""
    http_options: Union[HttpOptions, None]
    """HTTP options."""
    port: Union[int, None]
    """The external port."""
    proxy_proto_options: Union[ProxyProtoOptions, None]
    """PROXY protocol options."""
    start_port: Union[int, None]
    """First port of a range."""
    tls_options: Union[TlsOptions, None]
    """TLS options."""


Setting = Union[bool, int, float, str]
"""A setting of a builtin."""


Severity = Literal["error", "warning", "note"]
"""How bad a diagnostic is."""


class SourceFileRequest(TypedDict):
    """A local file that a workload mounts."""

    container: str
    """The container."""
    source: str
    """The file, as written: relative to the Score file, or absolute."""
    target: str
    """Where it is mounted."""


class SourceText(TypedDict):
    """A named text."""

    name: str
    """What diagnostics call it."""
    text: str
    """The text."""


class Spot(TypedDict, total=False):
    """What a machine may cost."""

    max_price_fraction: Union[float, None]
    """The part of the usual price."""


class Stamp(TypedDict, total=False):
    """What machines are labelled with, so that one sees later what was deployed."""

    backTo: Union[str, None]
    """The release that is gone back to, by its number or version."""
    deploy: Union[str, None]
    """The id of this deploy."""
    expires: Union[str, None]
    """When the preview may be pruned, as RFC 3339 has it."""
    note: Union[str, None]
    """What is new, in a line."""
    owner: Union[str, None]
    """Who answers for the preview."""
    preview: Union[str, None]
    """The name of the preview that the app belongs to."""
    revision: Union[str, None]
    """The commit."""
    source: Union[str, None]
    """Where that commit is."""
    tree: Union[str, None]
    """The tree of apps that it comes from, and what tells the app that is wanted there from any other."""
    version: Union[str, None]
    """The version, as its author counts."""


class StampRequest(TypedDict):
    """A machine whose release is to be read."""

    machine: Any
    """The machine as the Machines API shows it; or its config, or its metadata."""


@final
class StampSuccess(TypedDict):
    """There are no errors."""

    diagnostics: list[DiagnosticView]
    """Warnings and notes."""
    stamp: Union[ReleaseStamp, None]
    """What it says; null if it says nothing of a release."""
    status: Literal["success"]


@final
class StampFailure(TypedDict):
    """There are errors."""

    diagnostics: list[DiagnosticView]
    """All of them, with warnings and notes."""
    status: Literal["failure"]


StampResponse = Union[StampSuccess, StampFailure]
"""The answer of `stamp`."""


class Static(TypedDict, total=False):
    """`[[statics]]`."""

    guest_path: Union[str, None]
    """The directory in the machine."""
    index_document: Union[str, None]
    """Served for a directory."""
    tigris_bucket: Union[str, None]
    """A bucket instead of the machine."""
    url_prefix: Union[str, None]
    """The URL prefix."""


class Step(TypedDict):
    """One step of a plan."""

    action: Action
    """What is done."""
    causes: list[Cause]
    """Why."""
    changes: list[Change]
    """What becomes different, field by field: of a machine's config, or of whatever else it is."""
    group: Union[str, None]
    """The process group, if it is about a machine."""
    help: Union[str, None]
    """What to do instead, if it can't be done."""
    impact: Impact
    """What it means for those who use the app."""
    region: Union[str, None]
    """Where it is, if it has a place."""
    target: str
    """To what: the id of a machine or volume, or what the plan calls a new one; the app's name, an
    address, its kind if it is new, or a command. Empty for secrets, whose names are in `changes`."""
    text: str
    """What is done, in a few words."""


class StopConfig(TypedDict, total=False):
    """How a machine stops."""

    signal: Union[str, None]
    """The signal."""
    timeout: Union[Duration, None]
    """Time between the signal and the kill."""


Strategy = Literal["canary", "rolling", "immediate", "bluegreen"]
"""How machines are replaced."""


class TcpCheck(TypedDict, total=False):
    """`[[services.tcp_checks]]`."""

    grace_period: Union[Duration, None]
    """Time after start in which failures do not count."""
    interval: Union[Duration, None]
    """Time between checks."""
    timeout: Union[Duration, None]
    """How long one may take."""


class TcpHealthcheck(TypedDict, total=False):
    """A check by connecting."""

    port: Union[int, None]
    """The port."""


class TempDir(TypedDict, total=False):
    """A directory that is gone with the machine."""

    size_mb: Union[int, None]
    """Its size in MiB, if it lies on disk."""
    storage_type: Union[str, None]
    """Where it lies."""


class TlsOptions(TypedDict, total=False):
    """`tls_options`."""

    alpn: list[str]
    """Protocols to negotiate, such as `h2`."""
    default_self_signed: Union[bool, None]
    """Serve a self-signed certificate when there is no other."""
    versions: list[str]
    """TLS versions, such as `TLSv1.3`."""


class Vm(TypedDict, total=False):
    """`[[vm]]`."""

    cpu_kind: Union[CpuKind, None]
    """`shared` or `performance`."""
    cpus: Union[int, None]
    """How many."""
    gpu_kind: Union[str, None]
    """The GPU model."""
    gpus: Union[int, None]
    """GPUs, which Fly no longer sells."""
    host_dedication_id: Union[str, None]
    """Dedicated host to run on."""
    kernel_args: list[str]
    """Arguments for the kernel."""
    max_memory_mb: Union[int, None]
    """Read by nothing today."""
    memory: Union[str, None]
    """Memory, such as `512mb`."""
    memory_mb: Union[int, None]
    """Memory in MiB; wins over `memory`."""
    persist_rootfs: Union[str, None]
    """Whether the root file system survives: `never`, `restart` or `always`."""
    processes: list[str]
    """The process groups."""
    size: Union[str, None]
    """A named size, such as `shared-cpu-1x`."""
