//! What in a fly.toml Score speaks of, and how its parts are known again.

/// Whether Score speaks of `key` in the table at `path`: such a key goes when the workload no
/// longer has it. What is not listed stays, as somebody wrote it by hand.
///
/// Variables in `[env]` are not listed: people add their own there, and one too many does less harm
/// than one that is lost.
pub(super) fn is_owned(path: &[&str], key: &str) -> bool {
    match path {
        [] => matches!(key, "app" | "machine_config" | "container" | "mounts" | "services" | "checks" | "files" | "vm"),
        ["experimental"] => matches!(key, "entrypoint" | "cmd" | "exec"),
        ["build"] => matches!(key, "image" | "dockerfile" | "ignorefile"),
        ["services"] => matches!(key, "ports" | "http_checks"),
        ["services", "ports"] => key == "handlers",
        ["checks", _] | ["services", "http_checks"] => matches!(
            key,
            "type" | "port" | "method" | "path" | "protocol" | "headers" | "tls_skip_verify" | "tls_server_name"
        ),
        ["checks"] | ["checks", _, "headers"] | ["services", "http_checks", "headers"] => true,
        ["files"] => matches!(key, "local_path" | "secret_name" | "raw_value"),
        // flyctl lets `memory_mb` win over the `memory` that we write.
        ["vm"] => matches!(key, "size" | "memory" | "memory_mb" | "cpu_kind" | "cpus"),
        _ => false,
    }
}

/// The keys by which an element of the list at `path` is known: those of one group must agree.
/// `None` where elements are known by their position.
pub(super) fn identity(path: &[&str]) -> Option<&'static [&'static [&'static str]]> {
    match path {
        ["mounts"] => Some(&[&["source"], &["destination"]]),
        ["services"] => Some(&[&["internal_port", "protocol"]]),
        ["services", "ports"] => Some(&[&["port", "start_port", "end_port"]]),
        ["files"] => Some(&[&["guest_path"]]),
        ["statics"] => Some(&[&["url_prefix"]]),
        _ => None,
    }
}

/// The model's name for a key: flyctl reads some sections under several.
pub(super) fn canonical<'k>(path: &[&str], key: &'k str) -> &'k str {
    match (path, key) {
        ([], "mount") => "mounts",
        ([], "compute" | "computes") => "vm",
        ([], "metric") => "metrics",
        (["build"], "build_target") => "build-target",
        _ => key,
    }
}
