//! The shape of a machine config.
//!
//! fly-go: `machine_types.go`, `MachineConfig`; some keys are only in the `OpenAPI` document of the Machines
//! API.

use crate::shape::Shape::{Any, Bool, Count, List, Map, Number, Object, OneOf, Or, Text, Time};
use crate::shape::{Shape, TEXTS, may, must};

pub(crate) const CONFIG: Shape = Object(&[
    may("image", Text),
    may("init", INIT),
    may("env", Map(&Text)),
    may("guest", GUEST),
    may("metadata", Map(&Text)),
    may("mounts", List(&MOUNT)),
    may("services", List(&SERVICE)),
    may("checks", Map(&CHECK)),
    may("statics", List(&STATIC)),
    may("files", List(&FILE)),
    may("metrics", METRICS),
    may("restart", RESTART),
    may("stop_config", STOP),
    may("auto_destroy", Bool),
    may("schedule", Text),
    may("dns", DNS),
    may("standbys", TEXTS),
    may("processes", List(&PROCESS)),
    may("containers", List(&CONTAINER)),
    may("volumes", List(&VOLUME)),
    may("rootfs", Object(&[may("persist", PERSIST), may("size_gb", Count), may("fs_size_gb", Count)])),
    may("cache_drive", Object(&[may("size_mb", Count)])),
    may("spot", Object(&[may("max_price_fraction", Number)])),
    may("size", Text),
    may("disable_machine_autostart", Bool),
    may("required_host_features", TEXTS),
]);

const PERSIST: Shape = OneOf(&["", "none", "never", "restart", "always"]);

const INIT: Shape = Object(&[
    may("exec", TEXTS),
    may("entrypoint", TEXTS),
    may("cmd", TEXTS),
    may("tty", Bool),
    may("swap_size_mb", Count),
    may("kernel_args", TEXTS),
]);

pub(crate) const GUEST: Shape = Object(&[
    may("cpu_kind", Text),
    may("cpus", Count),
    may("memory_mb", Count),
    may("max_memory_mb", Count),
    may("gpus", Count),
    may("gpu_kind", Text),
    may("host_dedication_id", Text),
    may("persist_rootfs", PERSIST),
    may("kernel_args", TEXTS),
]);

const MOUNT: Shape = Object(&[
    may("volume", Text),
    may("name", Text),
    must("path", Text),
    may("encrypted", Bool),
    may("size_gb", Count),
    may("extend_threshold_percent", Count),
    may("add_size_gb", Count),
    may("size_gb_limit", Count),
    may("add_size_percent", Count),
    may("min_add_size_gb", Count),
]);

const SERVICE: Shape = Object(&[
    may("protocol", OneOf(&["tcp", "udp"])),
    may("internal_port", Count),
    may("autostop", Or(&Bool, &OneOf(&["off", "stop", "suspend"]))),
    may("autostart", Bool),
    may("min_machines_running", Count),
    may("ports", List(&PORT)),
    may("checks", List(&CHECK)),
    may(
        "concurrency",
        Object(&[
            may("type", OneOf(&["connections", "requests", ""])),
            may("hard_limit", Count),
            may("soft_limit", Count),
        ]),
    ),
    may("force_instance_key", Text),
    may("force_instance_description", Text),
]);

const PORT: Shape = Object(&[
    may("port", Count),
    may("start_port", Count),
    may("end_port", Count),
    may("handlers", List(&OneOf(&["http", "tls", "pg_tls", "proxy_proto", "edge_http"]))),
    may("force_https", Bool),
    may("tls_options", Object(&[may("alpn", TEXTS), may("versions", TEXTS), may("default_self_signed", Bool)])),
    may(
        "http_options",
        Object(&[
            may("compress", Bool),
            may("response", Object(&[may("headers", Map(&Any)), may("pristine", Bool)])),
            may("h2_backend", Bool),
            may("idle_timeout", Count),
            may("headers_read_timeout", Count),
            may("replay_cache", List(&Any)),
        ]),
    ),
    may("proxy_proto_options", Object(&[may("version", Text)])),
]);

const CHECK: Shape = Object(&[
    may("type", OneOf(&["http", "tcp"])),
    may("port", Count),
    may("kind", OneOf(&["informational", "readiness"])),
    may("interval", Time),
    may("timeout", Time),
    may("grace_period", Time),
    may("method", Text),
    may("path", Text),
    may("protocol", OneOf(&["http", "https"])),
    may("headers", List(&HEADER)),
    may("tls_skip_verify", Bool),
    may("tls_server_name", Text),
]);

const HEADER: Shape = Object(&[must("name", Text), may("values", TEXTS)]);

const STATIC: Shape = Object(&[
    must("guest_path", Text),
    must("url_prefix", Text),
    may("tigris_bucket", Text),
    may("index_document", Text),
]);

const FILE: Shape = Object(&[
    must("guest_path", Text),
    may("raw_value", Text),
    may("secret_name", Text),
    may("image_config", Text),
    may("mode", Count),
]);

const METRICS: Shape = Object(&[may("port", Count), may("path", Text), may("https", Bool)]);

const RESTART: Shape = Object(&[
    may("policy", OneOf(&["no", "on-failure", "always", "spot-price"])),
    may("max_retries", Count),
    may("gpu_bid_price", Number),
]);

const STOP: Shape = Object(&[may("signal", Text), may("timeout", Time)]);

const DNS: Shape = Object(&[
    may("skip_registration", Bool),
    may("nameservers", TEXTS),
    may("searches", TEXTS),
    may("options", List(&Object(&[may("name", Text), may("value", Text)]))),
    may("dns_forward_rules", List(&Object(&[may("basename", Text), may("addr", Text)]))),
    may("hostname", Text),
    may("hostname_fqdn", Text),
]);

const SECRET: Shape = Object(&[must("env_var", Text), may("name", Text)]);

const PROCESS: Shape = Object(&[
    may("exec", TEXTS),
    may("entrypoint", TEXTS),
    may("cmd", TEXTS),
    may("user", Text),
    may("env", Map(&Text)),
    may("secrets", List(&SECRET)),
    may("ignore_app_secrets", Bool),
    may("env_from", List(&ENV_FROM)),
]);

const ENV_FROM: Shape = Object(&[must("env_var", Text), may("field_ref", Text)]);

const CONTAINER: Shape = Object(&[
    must("name", Text),
    must("image", Text),
    may("exec", TEXTS),
    may("entrypoint", TEXTS),
    may("cmd", TEXTS),
    may("user", Text),
    may("env", Map(&Text)),
    may("secrets", List(&SECRET)),
    may("env_from", List(&ENV_FROM)),
    may("files", List(&FILE)),
    may("restart", RESTART),
    may("stop", STOP),
    may(
        "depends_on",
        List(&Object(&[must("name", Text), may("condition", OneOf(&["exited_successfully", "healthy", "started"]))])),
    ),
    may("healthchecks", List(&HEALTHCHECK)),
    may("mounts", List(&Object(&[must("name", Text), must("path", Text)]))),
]);

const HEALTHCHECK: Shape = Object(&[
    may("name", Text),
    may("interval", Count),
    may("grace_period", Count),
    may("success_threshold", Count),
    may("failure_threshold", Count),
    may("timeout", Count),
    may("kind", OneOf(&["readiness", "liveness"])),
    may("unhealthy", OneOf(&["stop"])),
    may(
        "http",
        Object(&[
            must("port", Count),
            may("method", Text),
            may("path", Text),
            may("headers", List(&HEADER)),
            may("scheme", OneOf(&["http", "https"])),
            may("tls_skip_verify", Bool),
            may("tls_server_name", Text),
        ]),
    ),
    may("tcp", Object(&[must("port", Count)])),
    may("exec", Object(&[must("command", TEXTS)])),
]);

const VOLUME: Shape = Object(&[
    must("name", Text),
    may("temp_dir", Object(&[must("storage_type", OneOf(&["disk", "memory"])), may("size_mb", Count)])),
    may("image", Text),
    may("config", Any),
]);
