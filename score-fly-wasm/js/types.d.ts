// Made from docs/schema/facade.schema.json by `cargo xtask gen`. Do not edit.

/** What a step does. */
export type Action = "createApp" | "allocateAddress" | "setSecrets" | "runReleaseCommand" | "createVolume" | "extendVolume" | "createMachine" | "updateMachine" | "replaceMachine" | "labelMachine" | "destroyMachine" | "releaseAddress" | "destroyVolume" | "blocked";

/** An address. */
export interface Address {
  /** Whether it is for requests that go out. */
  egress?: boolean;
  /** The address. */
  ip?: string;
  /** Its region, or `global`. */
  region?: string;
  /** Whether other apps have it, too. */
  shared?: boolean;
}

/** Kinds of addresses. */
export type AddressKind = "v6" | "shared_v4" | "v4" | "private_v6";

/** `[experimental.attached]`. */
export interface Attached {
  /** Secrets that it shares. */
  secrets?: AttachedSecrets | null;
}

/** `[experimental.attached.secrets]`. */
export interface AttachedSecrets {
  /** Names of secrets by the name under which they are shared. */
  export?: Record<string, string>;
}

/** What the proxy does with idle machines. flyctl also takes booleans; these are the words. */
export type AutoStop = "off" | "stop" | "suspend";

/** A folder from which the path of a local file may count. */
export type Base = "score" | "toml" | "work";

/** `[build]`. */
export interface Build {
  /** Build arguments. */
  args?: Record<string, string>;
  /** The stage of the Dockerfile. */
  "build-target"?: string | null;
  /** A buildpack builder. */
  builder?: string | null;
  /** Buildpacks. */
  buildpacks?: string[];
  /** A builtin. */
  builtin?: string | null;
  /** A compose file. */
  compose?: Compose | null;
  /** `gzip` or `zstd`. */
  compression?: string | null;
  /** 0 to 9. */
  compression_level?: number | null;
  /** A Dockerfile, relative to fly.toml. */
  dockerfile?: string | null;
  /** A file like .dockerignore, relative to fly.toml. */
  ignorefile?: string | null;
  /** A ready image. */
  image?: string | null;
  /** Settings of a builtin. */
  settings?: Record<string, Setting>;
}

/** The cache of a machine. */
export interface CacheDrive {
  /** Its size in MiB. */
  size_mb?: number | null;
}

/** Why something is done. */
export type Cause = "missing" | "changed" | "drifted" | "secrets" | "stagedSecrets" | "unfinished" | "surplus" | "groupGone" | "failed" | "hostDown" | "mount" | "host" | "standby" | "release" | "deploy" | "asked" | "services";

/** What becomes different about one field. */
export interface Change {
  /**
   * What it becomes; null if it goes. What may be a secret is shown by its length only, here and in
   * `before`.
   */
  after: unknown;
  /** What it is; null if it is not there. */
  before: unknown;
  /** The field, in the machine's config. */
  pointer: Pointer;
}

/** `[checks.*]`. */
export interface Check {
  /** Time after start in which failures do not count. */
  grace_period?: Duration | null;
  /** Headers to send. */
  headers?: Record<string, string>;
  /** Time between checks. */
  interval?: Duration | null;
  /** The HTTP method. */
  method?: string | null;
  /** The path. */
  path?: string | null;
  /** The port in the machine. */
  port?: number | null;
  /** The process groups. */
  processes?: string[];
  /** `http` or `https`. */
  protocol?: string | null;
  /** How long one may take. */
  timeout?: Duration | null;
  /** The name to verify the certificate against. */
  tls_server_name?: string | null;
  /** Take any certificate. */
  tls_skip_verify?: boolean | null;
  /** `http` or `tcp`. */
  type?: CheckType | null;
}

/** The answer of `check_fly`. */
export type CheckFlyResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** The one of them that flyctl looks for from fly.toml's folder instead. */
  dockerfile: string | null;
  /**
   * The local files that it names, as far as it shows in those that are given: paths from the
   * directory in which flyctl runs.
   */
  files: string[];
  /** The text with all mistakes mended for which there is only one way; absent if there are none. */
  fixed: string | null;
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  /** The one of them that flyctl looks for from fly.toml's folder instead. */
  dockerfile: string | null;
  /**
   * The local files that it names, as far as it shows in those that are given: paths from the
   * directory in which flyctl runs.
   */
  files: string[];
  /** The text with all mistakes mended for which there is only one way; absent if there are none. */
  fixed: string | null;
  status: "failure";
};

/** The answer of `check`. */
export type CheckResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** What a check found. */
export interface CheckState {
  /** Its name. */
  name?: string;
  /** `passing`, `warning` or `critical`. */
  status?: string;
}

/** The kind of a check. */
export type CheckType = "http" | "tcp";

/** What kind of mistake or remark a diagnostic is. Each has a page in `docs/diagnostics/`. */
export type Code = "unreadable-file" | "unwritable-file" | "invalid-request" | "unknown-code" | "invalid-encoding" | "invalid-yaml" | "document-limit" | "empty-document" | "multiple-documents" | "duplicate-key" | "unknown-anchor" | "invalid-merge" | "non-string-key" | "invalid-number" | "ambiguous-scalar" | "invalid-override" | "override-not-applicable" | "wrong-type" | "missing-field" | "unknown-field" | "invalid-value" | "invalid-name" | "out-of-range" | "conflicting-fields" | "deprecated-form" | "duplicate-target" | "unknown-container" | "before-cycle" | "missing-probe" | "placeholder-kept" | "invalid-placeholder" | "unknown-metadata" | "unknown-resource" | "missing-resource-outputs" | "unknown-output" | "invalid-outputs" | "conflicting-resource" | "resource-cycle" | "no-provisioner" | "unsupported-param" | "provisioner-changed" | "resource-not-provisioned" | "missing-source-file" | "source-not-text" | "invalid-base64" | "secret-not-allowed" | "no-project" | "invalid-provisioner" | "invalid-env-file" | "invalid-state" | "missing-identity" | "invalid-app-name" | "needs-containers" | "uses-containers" | "processes-differ" | "unclear-processes" | "shared-by-processes" | "container-port-conflict" | "unknown-annotation" | "invalid-annotation" | "no-guest-fits" | "invalid-variable-name" | "reserved-variable" | "relative-target" | "invalid-target" | "needs-side-files" | "too-many-volumes" | "invalid-volume" | "volume-in-containers" | "volume-renamed" | "port-conflict" | "invalid-route" | "path-not-routed" | "host-to-be-added" | "udp-port-mismatch" | "needs-dedicated-address" | "liveness-cannot-restart" | "duplicate-header" | "secret-not-encodable" | "invalid-fly-config" | "unknown-fly-key" | "former-key" | "bare-duration" | "implied-unit" | "missing-setting" | "unsplit-command" | "env-not-text" | "invalid-fly-value" | "invalid-guest" | "duplicate-service" | "service-without-ports" | "service-without-processes" | "unknown-process-group" | "ineffective-processes" | "udp-handlers" | "udp-auto-start" | "force-https-without-http" | "retired-region" | "needs-shell" | "https-not-served" | "port-mismatch" | "never-started" | "invalid-check" | "check-timing" | "double-base64" | "plaintext-secret" | "invalid-command" | "strategy-conflict" | "ineffective-setting" | "invalid-machine-config" | "kept-as-config" | "not-in-score" | "unknown-runtime" | "invalid-runtime" | "invalid-function" | "invalid-option" | "template-failed" | "path-conflict" | "file-replaced" | "runtime-moved" | "faaso-difference" | "invalid-tree" | "shadowed-app" | "flycd-difference";

/** `[build.compose]`. */
export interface Compose {
  /** The compose file. */
  file?: string | null;
}

/** `concurrency`. */
export interface Concurrency {
  /** Never more than this. */
  hard_limit?: number | null;
  /** Prefer other machines from here on. */
  soft_limit?: number | null;
  /** What is counted. */
  type?: ConcurrencyType | null;
}

/** What `concurrency` counts. */
export type ConcurrencyType = "connections" | "requests";

/** A whole fly.toml. */
export interface Config {
  /** The app's name. */
  app?: string | null;
  /** Where the image comes from. */
  build?: Build | null;
  /** Checks that no service owns. */
  checks?: Record<string, Check>;
  /** What `fly console` runs. */
  console_command?: string | null;
  /** The container that gets the deployed image. */
  container?: string | null;
  /** How releases roll out. */
  deploy?: Deploy | null;
  /** Environment variables. */
  env?: Record<string, string>;
  /** Entrypoint and command of the image. */
  experimental?: Experimental | null;
  /** Files put into the machine. */
  files?: FlyFile[];
  /** Dedicated host to run on. */
  host_dedication_id?: string | null;
  /** The usual web service on ports 80 and 443. */
  http_service?: HttpService | null;
  /** Signal that stops a machine; Fly's default is `SIGINT`. */
  kill_signal?: string | null;
  /** Time between the signal and the kill; Fly's default is 5 s, at most 300 s. */
  kill_timeout?: Duration | null;
  /** Commands run once for each deploy. */
  machine_checks?: MachineCheck[];
  /** Machine config as inline JSON, or the path of a `.json` file; carries several containers. */
  machine_config?: string | null;
  /** Where Prometheus metrics are scraped. */
  metrics?: Metric[];
  /** Volumes. */
  mounts?: Mount[];
  /** Region code for new machines, also `PRIMARY_REGION` in their environment. */
  primary_region?: string | null;
  /** Commands by process group. */
  processes?: Record<string, string>;
  /** When machines restart. */
  restart?: Restart[];
  /** Services. */
  services?: Service[];
  /** Static files served by Fly's proxy. */
  statics?: Static[];
  /** Swap in MiB. */
  swap_size_mb?: number | null;
  /** Machine sizes. */
  vm?: Vm[];
}

/** A container that must come first. */
export interface ContainerDependency {
  /** How far it must be. */
  condition?: DependencyCondition | null;
  /** Its name. */
  name?: string | null;
}

/** A check on a container: one of `http`, `tcp` and `exec`. */
export interface ContainerHealthcheck {
  /** A command. */
  exec?: ExecHealthcheck | null;
  /** How many failures make it unhealthy. */
  failure_threshold?: number | null;
  /** Seconds after start in which failures do not count. */
  grace_period?: number | null;
  /** A request. */
  http?: HttpHealthcheck | null;
  /** Seconds between checks. */
  interval?: number | null;
  /** What it is about. */
  kind?: HealthcheckKind | null;
  /** Its name, of which there is one in a container. */
  name?: string | null;
  /** How many successes make it healthy. */
  success_threshold?: number | null;
  /** A connection. */
  tcp?: TcpHealthcheck | null;
  /** How many seconds one may take. */
  timeout?: number | null;
  /** What happens when it is unhealthy: `stop`, after which the restart policy holds. */
  unhealthy?: string | null;
}

/** A volume of the machine config in a container. */
export interface ContainerMount {
  /** The volume's name. */
  name?: string | null;
  /** Where it is mounted. */
  path?: string | null;
}

/** A secret in the environment of a container or a process. */
export interface ContainerSecret {
  /** The variable. */
  env_var?: string | null;
  /** The app secret. */
  name?: string | null;
}

/**
 * Whether a workload runs in Fly's containers, which a machine has side by side, instead of in the
 * machine itself.
 */
export type Containers = "auto" | "always" | "never";

/** The answer of `convert`. */
export type ConvertResponse = {
  /** The same as data. After an update, only what Score speaks of. */
  config: Config;
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** Files to write, by path from the directory in which `fly deploy` runs. */
  files: Record<string, FileContent>;
  /** How many machines there are to be, for the options of a plan: fly.toml has no words for it. */
  scale?: Scale;
  /** The app's secrets by name, in clear text. */
  secrets: Record<string, string>;
  /** The same as text for `fly secrets import`. */
  secretsText: string;
  status: "success";
  /** fly.toml. */
  toml: string;
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** A kind of CPU. */
export type CpuKind = "shared" | "performance";

/** The answer of `decode`. */
export type DecodeResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "success";
  /** The text. */
  text: string;
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** How far a container must be before another one starts. */
export type DependencyCondition = "started" | "healthy" | "exited_successfully";

/** `[deploy]`. */
export interface Deploy {
  /** Below 1 a fraction of the machines, otherwise a count. */
  max_unavailable?: number | null;
  /** Run once before a release. */
  release_command?: string | null;
  /** How long that may take. */
  release_command_timeout?: Duration | null;
  /** The machine on which it runs. */
  release_command_vm?: Vm | null;
  /** Run once before the first release. */
  seed_command?: string | null;
  /** How machines are replaced. */
  strategy?: Strategy | null;
  /** How long to wait for a machine. */
  wait_timeout?: Duration | null;
}

/** A diagnostic with its places resolved. */
export interface DiagnosticView {
  /** The kind. */
  code: Code;
  /** What to write instead. */
  help: string | null;
  /** Where, if it stands in a text. */
  location: LocationView | null;
  /** One sentence. */
  message: string;
  /**
   * JSON Pointer into the Score document, after overrides and upgrades. What is about outputs
   * starts with `/outputs`, which no Score document has. It is empty for what has no place in
   * either: a text as a whole, an option, or a fly.toml to write over.
   */
  pointer: Pointer;
  /** Other places that matter. */
  related: RelatedView[];
  /** How bad it is. */
  severity: Severity;
}

/** Names for which another server is asked. */
export interface DnsForwardRule {
  /** The server's address. */
  addr?: string | null;
  /** What they end in. */
  basename?: string | null;
}

/** An option of the resolver. */
export interface DnsOption {
  /** Its name. */
  name?: string | null;
  /** Its value. */
  value?: string | null;
}

/** A duration in the syntax of Go: `1m30s`, `500ms`. */
export type Duration = string;

/** A variable that says something about the machine. */
export interface EnvFrom {
  /** The variable. */
  env_var?: string | null;
  /** What it says: `id`, `version`, `app_name`, `private_ip`, `region` or `image`. */
  field_ref?: string | null;
}

/** A check by a command. */
export interface ExecHealthcheck {
  /** The command and its arguments. */
  command?: string[];
}

/** `[experimental]`. */
export interface Experimental {
  /** What the app shares with others. */
  attached?: Attached | null;
  /** Read by nothing today. */
  auto_rollback?: boolean | null;
  /** Replaces the image's CMD. */
  cmd?: string[] | null;
  /** Read by nothing today. */
  enable_consul?: boolean | null;
  /** Read by nothing today. */
  enable_etcd?: boolean | null;
  /** Replaces the image's ENTRYPOINT. */
  entrypoint?: string[] | null;
  /** Replaces both. */
  exec?: string[] | null;
  /** Like `machine_config` at the top, and wins over it. */
  machine_config?: string | null;
}

/** `[[files]]`: exactly one of `local_path`, `secret_name` and `raw_value`. */
export interface FlyFile {
  /** Where it is put; absolute. */
  guest_path?: string | null;
  /** A local file, relative to the directory in which flyctl runs. */
  local_path?: string | null;
  /** The process groups. */
  processes?: string[];
  /** The content as text: flyctl encodes it. */
  raw_value?: string | null;
  /** An app secret that holds the content in base64. */
  secret_name?: string | null;
}

/** The content of a file. */
export type FileContent = {
  text: string;
} | {
  base64: string;
};

/** What became of reading a file that is there. */
export type FileRead = {
  text: string;
} | {
  base64: string;
} | {
  unreadable: string;
};

/** What operations on a fly.toml take. */
export interface FlyRequest {
  /** The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`. */
  config: SourceText;
  /**
   * The local files that it names, by path as it has them; null for those that do not exist. A check
   * takes what is not listed to exist; a machine config needs the content.
   */
  files?: Record<string, FileRead | null>;
  /** The process group whose machines are meant; without it the default one. */
  group?: string | null;
  /** What is not to be told, and what is to be an error. */
  levels?: Levels;
  /** How columns and offsets of diagnostics are counted. */
  positionEncoding?: PositionEncoding;
}

/** What the proxy does with connections to a port; raw TCP without any. */
export type Handler = "tls" | "http" | "pg_tls" | "proxy_proto";

/** What a check on a container is about. */
export type HealthcheckKind = "readiness" | "liveness";

/** Whether a host answers. Nothing is said of one that does, in older answers. */
export type Host = string;

/** `[[services.http_checks]]`. */
export interface HttpCheck {
  /** Time after start in which failures do not count. */
  grace_period?: Duration | null;
  /** Headers to send. */
  headers?: Record<string, string>;
  /** Time between checks. */
  interval?: Duration | null;
  /** The HTTP method. */
  method?: string | null;
  /** The path. */
  path?: string | null;
  /** `http` or `https`. */
  protocol?: string | null;
  /** How long one may take. */
  timeout?: Duration | null;
  /** The name to verify the certificate against. */
  tls_server_name?: string | null;
  /** Take any certificate. */
  tls_skip_verify?: boolean | null;
}

/** A check by HTTP. */
export interface HttpHealthcheck {
  /** Headers to send. */
  headers?: MachineHeader[];
  /** The HTTP method. */
  method?: string | null;
  /** The path. */
  path?: string | null;
  /** The port. */
  port?: number | null;
  /** `http` or `https`. */
  scheme?: string | null;
  /** The name to verify the certificate against. */
  tls_server_name?: string | null;
  /** Take any certificate. */
  tls_skip_verify?: boolean | null;
}

/** `http_options`. */
export interface HttpOptions {
  /** Compress responses. */
  compress?: boolean | null;
  /** Speak HTTP/2 without TLS to the app. */
  h2_backend?: boolean | null;
  /** Seconds. */
  headers_read_timeout?: number | null;
  /** Seconds. */
  idle_timeout?: number | null;
  /** Requests that go back to the same machine. */
  replay_cache?: ReplayCache[];
  /** Changes to responses. */
  response?: HttpResponseOptions | null;
}

/** `http_options.response`. */
export interface HttpResponseOptions {
  /** Headers by name. */
  headers?: Record<string, ResponseHeader>;
  /** Add none of Fly's own headers. */
  pristine?: boolean | null;
}

/** `[http_service]`. */
export interface HttpService {
  /** Whether the proxy starts machines. */
  auto_start_machines?: boolean | null;
  /** What the proxy does with idle machines. */
  auto_stop_machines?: AutoStop | null;
  /** Checks. */
  checks?: HttpCheck[];
  /** Load limits. */
  concurrency?: Concurrency | null;
  /** Redirect from HTTP to HTTPS. */
  force_https?: boolean | null;
  /** HTTP options. */
  http_options?: HttpOptions | null;
  /** The port in the machine. */
  internal_port?: number | null;
  /** Commands run once for each deploy. */
  machine_checks?: MachineCheck[];
  /** How many machines keep running in the primary region. */
  min_machines_running?: number | null;
  /** The process groups. */
  processes?: string[];
  /** TLS options. */
  tls_options?: TlsOptions | null;
}

/** An image, as its registry knows it. */
export interface ImageRef {
  /** The digest, such as `sha256:…`. */
  digest?: string;
  /** The host of the registry. */
  registry?: string;
  /** The path of the repository. */
  repository?: string;
  /** The tag. */
  tag?: string;
}

/** What a step means for those who use the app. Later ones are worse. */
export type Impact = "none" | "restart" | "replacement" | "downtime" | "data";

/** The answer of `import_fly`. */
export type ImportResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** The text of the Score file. */
  score: string;
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** Who has a machine's lease. */
export interface Lease {
  /** Until when, in seconds since 1970. */
  expires_at?: number;
  /** The owner of the token. */
  owner?: string;
}

/** Something that is there and is not touched, though it is not asked for. */
export interface LeftAlone {
  /** Its id or name. */
  id: string;
  /** What kind of thing it is: `machine`, `volume`, `secret` or `address`. */
  kind: string;
  /** Why it is left alone, as the end of a sentence. */
  why: string;
}

/** What is said about codes. */
export interface Levels {
  /** Codes that are not to be told. In a Score file, errors are told in any case. */
  allow?: string[];
  /** Codes that are errors, whatever they are by themselves. */
  deny?: string[];
  /** Whether all warnings are errors. */
  denyWarnings?: boolean;
}

/** A place in a text, as lines and columns. */
export interface LocationView {
  /** One past where it ends. */
  end: TextPosition;
  /** The source's name. */
  source: string;
  /** Where it starts. */
  start: TextPosition;
}

/** What may be lost, by name. */
export interface Lose {
  /** Addresses to give back. */
  addresses?: string[];
  /** Machines with volumes that may go or lose their mount, by id. Their volumes stay. */
  machines?: string[];
  /** Secrets to remove. */
  secrets?: string[];
  /**
   * Volumes to destroy with everything in them, by id. Machines that mount them are not touched, so
   * they must be free, or become free by the same plan.
   */
  volumes?: string[];
}

/** What the proxy does with idle machines: the API has booleans for two of the three words. */
export type MachineAutostop = boolean | Suspend;

/** `[[machine_checks]]`. */
export interface MachineCheck {
  /** The command. */
  command?: string[];
  /** Replaces the image's ENTRYPOINT. */
  entrypoint?: string[] | null;
  /** The image it runs in. */
  image?: string | null;
  /** Signal that stops it. */
  kill_signal?: string | null;
  /** Time until it is killed. */
  kill_timeout?: Duration | null;
}

/** What a machine is made from. flyctl fills in further metadata, and the image once it is built. */
export interface MachineConfig {
  /** Whether it goes when it stops. */
  auto_destroy?: boolean | null;
  /** Its cache. */
  cache_drive?: CacheDrive | null;
  /** Checks that no service owns. */
  checks?: Record<string, MachineConfigCheck>;
  /** Its containers. */
  containers?: MachineContainer[];
  /** Whether the proxy starts it; `autostart` of services says it today. */
  disable_machine_autostart?: boolean | null;
  /** Names. */
  dns?: MachineDns | null;
  /** Environment variables. */
  env?: Record<string, string>;
  /** Files put into it. */
  files?: MachineFile[];
  /** Its size; without it, it keeps the size that it has. */
  guest?: MachineGuest | null;
  /** The image. */
  image?: string | null;
  /** What it runs. */
  init?: MachineInit;
  /** Labels, by which flyctl knows its machines. */
  metadata?: Record<string, string>;
  /** Where Prometheus metrics are scraped. */
  metrics?: MachineMetrics | null;
  /** Volumes. */
  mounts?: MachineMount[];
  /** Processes beside the main one. */
  processes?: MachineProcess[];
  /** What its host must have. */
  required_host_features?: string[];
  /** When it restarts. */
  restart?: MachineRestart | null;
  /** Its root file system. */
  rootfs?: MachineRootfs | null;
  /** When it runs, if not always. */
  schedule?: string | null;
  /** What Fly's proxy serves. */
  services?: MachineService[];
  /** The name of its size; `guest` says it today. */
  size?: string | null;
  /** What it may cost. */
  spot?: Spot | null;
  /** The machines for which it stands in. */
  standbys?: string[];
  /** Static files served by Fly's proxy. */
  statics?: MachineStatic[];
  /** How it stops. */
  stop_config?: StopConfig | null;
  /** What containers can mount. */
  volumes?: MachineVolume[];
}

/** A health check. */
export interface MachineConfigCheck {
  /** Time after start in which failures do not count. */
  grace_period?: Duration | null;
  /** Headers to send. */
  headers?: MachineHeader[];
  /** Time between checks. */
  interval?: Duration | null;
  /** What happens when it fails; of a check that no service owns. */
  kind?: string | null;
  /** The HTTP method. */
  method?: string | null;
  /** The path. */
  path?: string | null;
  /** The port in the machine. */
  port?: number | null;
  /** `http` or `https`. */
  protocol?: string | null;
  /** How long one may take. */
  timeout?: Duration | null;
  /** The name to verify the certificate against. */
  tls_server_name?: string | null;
  /** Take any certificate. */
  tls_skip_verify?: boolean | null;
  /** `http` or `tcp`. */
  type?: CheckType | null;
}

/** The answer of `machine_config`. */
export type MachineConfigResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** What flyctl sends. */
  machine: MachineConfig;
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** One of the containers that a machine runs side by side. They share its network. */
export interface MachineContainer {
  /** Replaces the image's CMD. */
  cmd?: string[];
  /** What must have happened before it starts. */
  depends_on?: ContainerDependency[];
  /** Replaces the image's ENTRYPOINT. */
  entrypoint?: string[];
  /** Environment variables; those of the machine win. */
  env?: Record<string, string>;
  /** Environment variables that say something about the machine. */
  env_from?: EnvFrom[];
  /** Replaces the image's ENTRYPOINT and CMD. */
  exec?: string[];
  /** Files put into it. */
  files?: MachineFile[];
  /** Whether it is ready, and whether it is alive. */
  healthchecks?: ContainerHealthcheck[];
  /** Its image; `.` is the one that is deployed. */
  image?: string | null;
  /** Volumes of the machine config in it. */
  mounts?: ContainerMount[];
  /** Its name. */
  name?: string | null;
  /** When it restarts. */
  restart?: MachineRestart | null;
  /** The app's secrets that it gets. Without a list it gets all. */
  secrets?: ContainerSecret[] | null;
  /** How it stops. */
  stop?: StopConfig | null;
  /** Replaces the image's user. */
  user?: string | null;
}

/** How a machine looks up names, and how it is looked up itself. */
export interface MachineDns {
  /** Names that it asks other servers for. */
  dns_forward_rules?: DnsForwardRule[];
  /** Its own name. */
  hostname?: string | null;
  /** Its own name with the domain. */
  hostname_fqdn?: string | null;
  /** Servers that it asks. */
  nameservers?: string[];
  /** Options of its resolver. */
  options?: DnsOption[];
  /** Domains that it tries. */
  searches?: string[];
  /** Leaves it out of the names of the organization's network. */
  skip_registration?: boolean | null;
}

/** A file put into a machine. */
export interface MachineFile {
  /** Where it is put. */
  guest_path?: string | null;
  /** An image whose configuration is the content. */
  image_config?: string | null;
  /** A local file with the content, which flyctl reads from the directory in which it runs. */
  local_path?: string | null;
  /** Permissions, as a number. */
  mode?: number | null;
  /** The content, in base64. */
  raw_value?: string | null;
  /** An app secret that holds the content in base64. */
  secret_name?: string | null;
}

/** A machine's size. */
export interface MachineGuest {
  /** Shares of cores, or whole ones. */
  cpu_kind?: CpuKind | null;
  /** How many. */
  cpus?: number | null;
  /** Their model. */
  gpu_kind?: string | null;
  /** GPUs, which Fly no longer sells. */
  gpus?: number | null;
  /** Dedicated host to run on. */
  host_dedication_id?: string | null;
  /** Arguments for the kernel. */
  kernel_args?: string[];
  /** Memory that it can grow to. */
  max_memory_mb?: number | null;
  /** Memory in MiB. */
  memory_mb?: number | null;
  /** Whether the root file system survives. */
  persist_rootfs?: string | null;
}

/** A header of a check. */
export interface MachineHeader {
  /** Its name. */
  name?: string;
  /** Its values. */
  values?: string[];
}

/** What a machine runs. */
export interface MachineInit {
  /** Replaces the image's CMD. */
  cmd?: string[];
  /** Replaces the image's ENTRYPOINT. */
  entrypoint?: string[];
  /** Replaces the image's ENTRYPOINT and CMD. */
  exec?: string[];
  /** Arguments for the kernel. */
  kernel_args?: string[];
  /** Swap in MiB. */
  swap_size_mb?: number | null;
  /** Whether it has a terminal. */
  tty?: boolean | null;
}

/** Where metrics are scraped. */
export interface MachineMetrics {
  /** Scrape by HTTPS. */
  https?: boolean | null;
  /** The path. */
  path?: string | null;
  /** The port in the machine. */
  port?: number | null;
}

/** A volume in a machine. */
export interface MachineMount {
  /** By how many gigabytes. */
  add_size_gb?: number | null;
  /** By how many percent of its size it grows. */
  add_size_percent?: number | null;
  /** Whether it is encrypted. */
  encrypted?: boolean | null;
  /** Fill level in percent at which it grows. */
  extend_threshold_percent?: number | null;
  /** By how many gigabytes at least. */
  min_add_size_gb?: number | null;
  /** The volume's name. */
  name?: string | null;
  /** Where it is mounted. */
  path?: string | null;
  /** Its size when it is created, in gigabytes. */
  size_gb?: number | null;
  /** Up to how many gigabytes. */
  size_gb_limit?: number | null;
  /** The volume's id, which flyctl fills in. */
  volume?: string | null;
}

/** A process of a machine. */
export interface MachineProcess {
  /** Replaces the image's CMD. */
  cmd?: string[];
  /** Replaces the image's ENTRYPOINT. */
  entrypoint?: string[];
  /** Environment variables. */
  env?: Record<string, string>;
  /** Environment variables that say something about the machine. */
  env_from?: EnvFrom[];
  /** Replaces the image's ENTRYPOINT and CMD. */
  exec?: string[];
  /** Whether it gets these secrets only. */
  ignore_app_secrets?: boolean | null;
  /** Secrets that it gets. */
  secrets?: ContainerSecret[];
  /** Replaces the image's user. */
  user?: string | null;
}

/** When a machine restarts. */
export interface MachineRestart {
  /** How often, for `on-failure`. */
  max_retries?: number | null;
  /** When. */
  policy?: string | null;
}

/** The root file system of a machine. */
export interface MachineRootfs {
  /** Whether it survives. */
  persist?: string | null;
  /** Its size in gigabytes. */
  size_gb?: number | null;
}

/** A service of Fly's proxy. */
export interface MachineService {
  /** Whether the proxy starts machines. */
  autostart?: boolean | null;
  /** What the proxy does with idle machines. */
  autostop?: MachineAutostop | null;
  /** Checks on it. */
  checks?: MachineConfigCheck[];
  /** Load limits. */
  concurrency?: Concurrency | null;
  /** What the key is for. */
  force_instance_description?: string | null;
  /** Sends requests with this key to one machine. */
  force_instance_key?: string | null;
  /** The port in the machine. */
  internal_port?: number | null;
  /** How many machines keep running in the primary region. */
  min_machines_running?: number | null;
  /** External ports. */
  ports?: ServicePort[];
  /** `tcp` or `udp`. */
  protocol?: Protocol | null;
}

/** Static files. */
export interface MachineStatic {
  /** The directory in the machine. */
  guest_path?: string;
  /** Served for a directory. */
  index_document?: string;
  /** A bucket instead of the machine. */
  tigris_bucket?: string;
  /** The URL prefix. */
  url_prefix?: string;
}

/** What containers can mount: a directory that is gone with the machine, or an image. */
export interface MachineVolume {
  /** An image. */
  image?: string | null;
  /** Its name. */
  name?: string | null;
  /** A directory. */
  temp_dir?: TempDir | null;
}

/** `[[metrics]]`. */
export interface Metric {
  /** Scrape by HTTPS. */
  https?: boolean | null;
  /** The path. */
  path?: string | null;
  /** The port in the machine. */
  port?: number | null;
  /** The process groups. */
  processes?: string[];
}

/** `[[mounts]]`. */
export interface Mount {
  /** By how much, 1GB to 100GB. */
  auto_extend_size_increment?: string | null;
  /** Up to how much, at most 500GB. */
  auto_extend_size_limit?: string | null;
  /** Fill level in percent at which the volume grows, 50 to 99. */
  auto_extend_size_threshold?: number | null;
  /** Where it is mounted. */
  destination?: string | null;
  /** Size at creation, such as `10gb`. */
  initial_size?: string | null;
  /** The process groups. */
  processes?: string[];
  /** Whether snapshots are taken daily. */
  scheduled_snapshots?: boolean | null;
  /** Days that snapshots are kept, 1 to 60. */
  snapshot_retention?: number | null;
  /** The volume's name. */
  source?: string | null;
}

/** A local file that is needed. */
export interface Need {
  /** Where to look for it, in this order. */
  from: Base[];
  /** Its path, as it is written, or in full. */
  path: string;
}

/** The answer of `needs` and `fly_needs`. */
export type NeedsResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /**
   * The files. What they hold may need further ones, so ask again with these among the request's
   * `files`, until there are no more.
   */
  files: Need[];
  /** The resources whose outputs it refers to. None for a fly.toml. */
  resources: ResourceRequest[];
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** Everything that there is of an app. */
export interface Observed {
  /** Its addresses: `ips` of `GET /v1/apps/{app}/ip_assignments`. */
  addresses?: Address[];
  /** The app: `GET /v1/apps/{app}`. Null if there is none of that name. */
  app?: ObservedApp | null;
  /** Its machines: `GET /v1/apps/{app}/machines`. */
  machines?: ObservedMachine[];
  /** Its newest release, if there is one. */
  release?: ObservedRelease | null;
  /** What the caller remembers of the secrets that it set, by name. */
  remembered?: Record<string, RememberedSecret>;
  /** Its secrets: `secrets` of `GET /v1/apps/{app}/secrets`. */
  secrets?: ObservedSecret[];
  /** Its volumes: `GET /v1/apps/{app}/volumes`. */
  volumes?: ObservedVolume[];
}

/** An app. */
export interface ObservedApp {
  /** Its name. */
  name?: string;
  /** Its private network. */
  network?: string;
  /** Whose it is. */
  organization?: Organization;
  /** `pending` before its first machine. */
  status?: string;
}

/** A machine. */
export interface ObservedMachine {
  /** What its checks found last. */
  checks?: CheckState[];
  /** What it is made from, whole. It is not there while its host does not answer. */
  config?: Record<string, unknown> | null;
  /** Whether Fly's proxy leaves it out. */
  cordoned?: boolean;
  /** Whether its host answers: `ok`, or something else. */
  host_status?: Host;
  /** Its id. */
  id?: string;
  /** The image that it runs. */
  image_ref?: ImageRef;
  /** What is known of its config while its host does not answer. Never the base of an update. */
  incomplete_config?: Record<string, unknown> | null;
  /** The version of its config. */
  instance_id?: string;
  /** Who has its lease, if that was asked for. */
  lease?: Lease | null;
  /** Its name. */
  name?: string;
  /** Where it is. It stays there. */
  region?: string;
  /** What it does: `started`, `stopped` and others. */
  state?: string;
  /** When it last changed. */
  updated_at?: string;
}

/** A release. */
export interface ObservedRelease {
  /** When it was begun. */
  created_at?: string;
  /** How far it is: `complete`, `failed` and others. */
  status?: string;
  /** Its number. */
  version?: number;
}

/** What is known of a secret: everything but its value. */
export interface ObservedSecret {
  /** What changes with its value. */
  digest?: string;
  /** Its name. */
  name?: string;
  /** When it was last set. */
  updated_at?: string;
}

/** A volume. */
export interface ObservedVolume {
  /** The machine that mounts it. */
  attached_machine_id?: string | null;
  /** Whether its host answers. */
  host_status?: Host;
  /** Its id. */
  id?: string;
  /** Its name. */
  name?: string;
  /** Where it is. It stays there. */
  region?: string;
  /** Its size in gigabytes. */
  size_gb?: number;
  /** What it does: `created`, `destroying` and others. */
  state?: string;
}

/** What the caller decides. */
export interface Options {
  /** Put before the workload's name to make the app's. */
  appPrefix?: string;
  /** Whether the workload runs in Fly's containers. */
  containers?: Containers;
  /** Stands in for the image `.`. */
  image?: string | null;
  /**
   * Write the content of files, and the machine config, into fly.toml where they can stand there,
   * instead of side files.
   */
  inlineFiles?: boolean;
  /** How places relate to each other. */
  paths?: Paths;
  /** The primary region; an annotation of the workload wins. */
  region?: string | null;
}

/** An organization. */
export interface Organization {
  /** Its slug. */
  slug?: string;
}

/**
 * The folders that paths in fly.toml are relative to. Empty means that the Score file, fly.toml
 * and the working directory of `fly deploy` are all in one place.
 */
export interface Paths {
  /** The Score file's folder as seen from fly.toml's. flyctl reads `dockerfile` from there. */
  scoreFromToml?: string;
  /**
   * The Score file's folder as seen from the directory in which `fly deploy` runs. flyctl reads
   * `local_path` from there.
   */
  scoreFromWork?: string;
  /**
   * fly.toml's folder as seen from the directory in which `fly deploy` runs. Side files go
   * into fly.toml's folder.
   */
  tomlFromWork?: string;
}

/** What a deploy does, in the order in which it does it. */
export interface Plan {
  /** The app. */
  app: string;
  /** Whether there is something that can't be done, so that nothing of the plan is. */
  blocked: boolean;
  /** What is there and is not touched, though it is not asked for. */
  leftAlone: LeftAlone[];
  /** The steps. There are none if all is as it is to be. */
  steps: Step[];
  /** All of it as text, for people. */
  text: string;
  /** How many machines are as they are to be. */
  unchanged: number;
}

/** What the caller says beyond fly.toml. What is left out is as fly.toml has it. */
export interface PlanOptions {
  /** Which kinds of addresses there are to be. If nothing is said, a new app gets what its services need. */
  addresses?: AddressKind[] | null;
  /** The app's name. */
  app?: string | null;
  /** How many machines there are to be of other process groups, by name. */
  groups?: Record<string, Scale>;
  /** The image, best by its digest. */
  image?: string | null;
  /** The private network of a new app. */
  network?: string | null;
  /** The slug of the organization that a new app belongs to. */
  organization?: string | null;
  /** The region of new machines. */
  region?: string | null;
  /** How many machines there are to be: of the default process group, but `ha` is for all. */
  scale?: Scale;
  /** The names of the secrets that are to be set, each with a fingerprint of its value, or null. */
  secrets?: Record<string, string | null>;
  /** What machines are labelled with. */
  stamp?: Stamp;
  /** The size of new volumes in gigabytes, for mounts without `initial_size`. */
  volumeSizeGb?: number | null;
}

/** What a plan is made from. */
export interface PlanRequest {
  /** The fly.toml; JSON or YAML if its name ends in `.json` or `.yaml`. */
  config: SourceText;
  /** The local files that it names, by path as it has them; null for those that do not exist. */
  files?: Record<string, FileRead | null>;
  /** What is not to be told, and what is to be an error. */
  levels?: Levels;
  /** What there is, as Fly's APIs answer it. Without it, nothing. */
  observed?: Observed;
  /** What is to be beyond fly.toml. */
  options?: PlanOptions;
  /** What is allowed, and which part of the app is meant. */
  policy?: Policy;
  /** How columns and offsets of diagnostics are counted. */
  positionEncoding?: PositionEncoding;
}

/** The answer of `plan`. */
export type PlanResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** The plan. */
  plan: Plan;
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** A JSON Pointer, such as `/containers/web/image`. */
export type Pointer = string;

/**
 * What the caller allows, and which part of the app is meant. If nothing is said, all of it, and nothing may be
 * lost.
 */
export interface Policy {
  /** Not these machines. */
  excludeMachines?: string[];
  /** No machines in these regions. */
  excludeRegions?: string[];
  /** What may be lost, by name. */
  lose?: Lose;
  /** How many machines of a group may be away at once: below 1 a fraction, otherwise a count. */
  maxUnavailable?: number | null;
  /** Only these process groups, if there are any. */
  onlyGroups?: string[];
  /** Only these machines by id, if there are any; none are created then. */
  onlyMachines?: string[];
  /** Only machines in these regions, if there are any. */
  onlyRegions?: string[];
  /** Leave out the release command. */
  skipReleaseCommand?: boolean;
  /** How machines are replaced; as fly.toml says, or else `rolling`. */
  strategy?: Strategy | null;
  /** Only change machines that are there: create none, and destroy none. */
  updateOnly?: boolean;
}

/** A place in a text, for people and editors. */
export interface TextPosition {
  /** Column, from 1, in units of the requested encoding. */
  column: number;
  /** Line, from 1. */
  line: number;
  /** Offset from the start of the text, from 0, in units of the requested encoding. */
  offset: number;
}

/** How columns and offsets are counted. */
export type PositionEncoding = "utf-8" | "utf-16" | "utf-32";

/** A transport protocol. */
export type Protocol = "tcp" | "udp";

/** `proxy_proto_options`. */
export interface ProxyProtoOptions {
  /** `v1` or `v2`. */
  version?: string | null;
}

/** Another place that has to do with a diagnostic. */
export interface RelatedView {
  /** Where, if it stands in a text. */
  location: LocationView | null;
  /** What is there. */
  message: string;
}

/** What a machine says about the release that it has. What it does not say is null. */
export interface ReleaseStamp {
  /** The release that this one went back to, by its number or version. */
  backTo: string | null;
  /** The hash of the config that the deploy gave it. */
  config: string | null;
  /** The id of the deploy that changed the machine last. */
  deploy: string | null;
  /** What is new, in a line. */
  note: string | null;
  /** The number of the release at Fly. */
  release: number | null;
  /** The commit; `-dirty` behind it says that there were changes that are in no commit. */
  revision: string | null;
  /** Where that commit is. */
  source: string | null;
  /** The version, as its author counts. */
  version: string | null;
}

/** What the caller remembers of a secret that it set. */
export interface RememberedSecret {
  /** The digest that Fly answered. */
  digest: string;
  /** The fingerprint of the value that it set. */
  fingerprint: string;
}

/** `http_options.replay_cache`. */
export interface ReplayCache {
  /** Whether a request may bypass it. */
  allow_bypass?: boolean | null;
  /** The cookie's or header's name. */
  name?: string | null;
  /** The paths it is for. */
  path_prefix?: string | null;
  /** Seconds, at least 10. */
  ttl_seconds?: number | null;
  /** `cookie` or `header`. */
  type?: string | null;
}

/** What every operation on a Score file takes. */
export interface ScoreRequest {
  /** A fly.toml to write over: its comments, order and further keys stay. */
  existing?: SourceText | null;
  /**
   * The files that the workload mounts, by `source` as it writes them; null for those that do not
   * exist.
   */
  files?: Record<string, FileRead | null>;
  /** What is not to be told, and what is to be an error. */
  levels?: Levels;
  /** What the caller decides. */
  options?: Options;
  /**
   * Outputs of resources, by name or uid: `{"db": {"values": {…}, "secrets": {…}}}`. A bare map
   * is taken as values.
   */
  outputs?: Record<string, unknown>;
  /** More outputs, as a YAML or JSON text; mistakes in it are located. `outputs` wins. */
  outputsText?: SourceText | null;
  /** `path=value`, set after that, from left to right; an empty value removes the key. */
  overrideProperties?: string[];
  /** YAML mappings that are merged over it, from left to right. */
  overrides?: SourceText[];
  /** How columns and offsets of diagnostics are counted. */
  positionEncoding?: PositionEncoding;
  /** The Score file. */
  score: SourceText;
}

/** What a workload needs from the world. */
export interface Requirements {
  /** The local files that it mounts. */
  files: SourceFileRequest[];
  /** The containers whose image is `.`: to be given, or built from a Dockerfile. */
  images: string[];
  /** The resources, by name. */
  resources: ResourceRequest[];
}

/** The answer of `requirements`. */
export type RequirementsResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** What it needs. */
  requirements: Requirements;
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** A resource that a workload asks for. */
export interface ResourceRequest {
  /** Its class. */
  class: string;
  /** Its id, if it is shared. */
  id: string | null;
  /** Its metadata, as written. */
  metadata: Record<string, unknown> | null;
  /** What the workload calls it. */
  name: string;
  /** The outputs that the workload refers to, as dotted paths. */
  outputs: string[];
  /** Its parameters, as written: placeholders are not filled. */
  params: Record<string, unknown> | null;
  /** Its type. */
  type: string;
  /** Its identity: `type.class#id`. */
  uid: string;
}

/** What happens to a header of a response. */
export type ResponseHeader = boolean | string | string[];

/** `[[restart]]`. */
export interface Restart {
  /** When. */
  policy?: RestartPolicy | null;
  /** The process groups. */
  processes?: string[];
  /** How often, for `on-failure`. */
  retries?: number | null;
}

/** When machines restart. */
export type RestartPolicy = "always" | "never" | "on-failure";

/**
 * How many machines there are to be of a process group, for which fly.toml has no words. If nothing is said, what
 * is there stays.
 */
export interface Scale {
  /** How many machines in all. */
  count?: number | null;
  /** Whether a group that has no machines yet gets a spare one; it does unless this is false. */
  ha?: boolean | null;
  /**
   * How many machines in each region, by its code. With `count`, the regions take turns, and the numbers
   * here don't matter.
   */
  regions?: Record<string, number>;
}

/** `[[services]]`. */
export interface Service {
  /** Whether the proxy starts machines. */
  auto_start_machines?: boolean | null;
  /** What the proxy does with idle machines. */
  auto_stop_machines?: AutoStop | null;
  /** Load limits. */
  concurrency?: Concurrency | null;
  /** HTTP checks. */
  http_checks?: HttpCheck[];
  /** The port in the machine. */
  internal_port?: number | null;
  /** Commands run once for each deploy. */
  machine_checks?: MachineCheck[];
  /** How many machines keep running in the primary region. */
  min_machines_running?: number | null;
  /** External ports. */
  ports?: ServicePort[];
  /** The process groups. */
  processes?: string[];
  /** `tcp` or `udp`. */
  protocol?: Protocol | null;
  /** TCP checks. */
  tcp_checks?: TcpCheck[];
}

/** `[[services.ports]]`. */
export interface ServicePort {
  /** Last port of a range. */
  end_port?: number | null;
  /** Redirect from HTTP to HTTPS. */
  force_https?: boolean | null;
  /** What the proxy does with connections. */
  handlers?: Handler[];
  /** HTTP options. */
  http_options?: HttpOptions | null;
  /** The external port. */
  port?: number | null;
  /** PROXY protocol options. */
  proxy_proto_options?: ProxyProtoOptions | null;
  /** First port of a range. */
  start_port?: number | null;
  /** TLS options. */
  tls_options?: TlsOptions | null;
}

/** A setting of a builtin. */
export type Setting = boolean | number | string;

/** How bad a diagnostic is. */
export type Severity = "error" | "warning" | "note";

/** A local file that a workload mounts. */
export interface SourceFileRequest {
  /** The container. */
  container: string;
  /** The file, as written: relative to the Score file, or absolute. */
  source: string;
  /** Where it is mounted. */
  target: string;
}

/** A named text. */
export interface SourceText {
  /** What diagnostics call it. */
  name: string;
  /** The text. */
  text: string;
}

/** What a machine may cost. */
export interface Spot {
  /** The part of the usual price. */
  max_price_fraction?: number | null;
}

/** What machines are labelled with, so that one sees later what was deployed. */
export interface Stamp {
  /** The release that is gone back to, by its number or version. */
  backTo?: string | null;
  /** The id of this deploy. */
  deploy?: string | null;
  /** When the preview may be pruned, as RFC 3339 has it. */
  expires?: string | null;
  /** What is new, in a line. */
  note?: string | null;
  /** Who answers for the preview. */
  owner?: string | null;
  /** The name of the preview that the app belongs to. */
  preview?: string | null;
  /** The commit. */
  revision?: string | null;
  /** Where that commit is. */
  source?: string | null;
  /** The tree of apps that it comes from, and what tells the app that is wanted there from any other. */
  tree?: string | null;
  /** The version, as its author counts. */
  version?: string | null;
}

/** A machine whose release is to be read. */
export interface StampRequest {
  /** The machine as the Machines API shows it; or its config, or its metadata. */
  machine: unknown;
}

/** The answer of `stamp`. */
export type StampResponse = {
  /** Warnings and notes. */
  diagnostics: DiagnosticView[];
  /** What it says; null if it says nothing of a release. */
  stamp: ReleaseStamp | null;
  status: "success";
} | {
  /** All of them, with warnings and notes. */
  diagnostics: DiagnosticView[];
  status: "failure";
};

/** `[[statics]]`. */
export interface Static {
  /** The directory in the machine. */
  guest_path?: string | null;
  /** Served for a directory. */
  index_document?: string | null;
  /** A bucket instead of the machine. */
  tigris_bucket?: string | null;
  /** The URL prefix. */
  url_prefix?: string | null;
}

/** One step of a plan. */
export interface Step {
  /** What is done. */
  action: Action;
  /** Why. */
  causes: Cause[];
  /** What becomes different, field by field: of a machine's config, or of whatever else it is. */
  changes: Change[];
  /** The process group, if it is about a machine. */
  group: string | null;
  /** What to do instead, if it can't be done. */
  help: string | null;
  /** What it means for those who use the app. */
  impact: Impact;
  /** Where it is, if it has a place. */
  region: string | null;
  /**
   * To what: the id of a machine or volume, or what the plan calls a new one; the app's name, an address, its
   * kind if it is new, or a command. Empty for secrets, whose names are in `changes`.
   */
  target: string;
  /** What is done, in a few words. */
  text: string;
}

/** How a machine stops. */
export interface StopConfig {
  /** The signal. */
  signal?: string | null;
  /** Time between the signal and the kill. */
  timeout?: Duration | null;
}

/** How machines are replaced. */
export type Strategy = "canary" | "rolling" | "immediate" | "bluegreen";

/** The word `suspend`. */
export type Suspend = "suspend";

/** `[[services.tcp_checks]]`. */
export interface TcpCheck {
  /** Time after start in which failures do not count. */
  grace_period?: Duration | null;
  /** Time between checks. */
  interval?: Duration | null;
  /** How long one may take. */
  timeout?: Duration | null;
}

/** A check by connecting. */
export interface TcpHealthcheck {
  /** The port. */
  port?: number | null;
}

/** A directory that is gone with the machine. */
export interface TempDir {
  /** Its size in MiB, if it lies on disk. */
  size_mb?: number | null;
  /** Where it lies. */
  storage_type?: string | null;
}

/** `tls_options`. */
export interface TlsOptions {
  /** Protocols to negotiate, such as `h2`. */
  alpn?: string[];
  /** Serve a self-signed certificate when there is no other. */
  default_self_signed?: boolean | null;
  /** TLS versions, such as `TLSv1.3`. */
  versions?: string[];
}

/** `[[vm]]`. */
export interface Vm {
  /** `shared` or `performance`. */
  cpu_kind?: CpuKind | null;
  /** How many. */
  cpus?: number | null;
  /** The GPU model. */
  gpu_kind?: string | null;
  /** GPUs, which Fly no longer sells. */
  gpus?: number | null;
  /** Dedicated host to run on. */
  host_dedication_id?: string | null;
  /** Arguments for the kernel. */
  kernel_args?: string[];
  /** Read by nothing today. */
  max_memory_mb?: number | null;
  /** Memory, such as `512mb`. */
  memory?: string | null;
  /** Memory in MiB; wins over `memory`. */
  memory_mb?: number | null;
  /** Whether the root file system survives: `never`, `restart` or `always`. */
  persist_rootfs?: string | null;
  /** The process groups. */
  processes?: string[];
  /** A named size, such as `shared-cpu-1x`. */
  size?: string | null;
}
