//! What to do about fields that Score does not have, but that people write: those of other tools,
//! of older versions of Score, and those that stand in the wrong place.

pub(crate) fn root(name: &str) -> Option<&'static str> {
    Some(match name {
        "kind" => "remove it: every Score file describes one workload",
        "spec" | "template" => {
            "remove it: `service`, `containers` and `resources` stand at the top level, as in \
             `{ apiVersion: score.dev/v1b1, metadata: { name: my-app }, containers: { main: { image: my-image } } }`"
        }
        "workloads" | "services" | "apps" => {
            "write one file for each workload, such as \
             `{ apiVersion: score.dev/v1b1, metadata: { name: my-app }, containers: { main: { image: my-image } } }`"
        }
        "name" => "write `metadata: { name: … }`",
        "annotations" => "move it under `metadata`",
        "version" => "write `apiVersion: score.dev/v1b1`",
        "ports" => "move it under `service`",
        "volumes" => "mount volumes in `containers.*.volumes`, and declare them as resources of the type `volume`",
        "image" | "variables" | "command" | "args" | "files" => "move it into a container, under `containers`",
        "environment" | "env" => "write `variables` in a container, under `containers`",
        _ if name.starts_with("x-") => {
            "move it under `metadata`, which may have any field: a Score file has no extensions"
        }
        _ => return None,
    })
}

pub(crate) fn service(name: &str) -> Option<&'static str> {
    Some(match name {
        "port" | "targetPort" | "protocol" => "give the port a name: `ports: { web: { port: 80, targetPort: 8080 } }`",
        "type" => {
            "remove it: whether a port is public is said by the annotation `fly.score.dev/service-<port>-exposure`"
        }
        _ => return None,
    })
}

pub(crate) fn port(name: &str) -> Option<&'static str> {
    Some(match name {
        "containerPort" | "target" | "internalPort" => "write `targetPort`, the port on which the container listens",
        "published" | "externalPort" | "hostPort" => "write `port`, the port to which others connect",
        "name" => "remove it: the key of the port is its name",
        _ => return None,
    })
}

pub(crate) fn container(name: &str) -> Option<&'static str> {
    Some(match name {
        "environment" | "env" | "vars" => "write `variables`, a mapping of names to strings",
        "env_file" | "envFrom" => "write each variable under `variables`",
        "ports" | "expose" | "port" => {
            "move it to the top level: `service: { ports: { web: { port: 80, targetPort: 8080 } } }`"
        }
        "entrypoint" => "write `command`, which replaces the image's ENTRYPOINT",
        "cmd" => "write `args`, which replaces the image's CMD",
        "build" | "dockerfile" => "write `image: .`, and the image is built from the Dockerfile next to the Score file",
        "pullPolicy" | "imagePullPolicy" | "pull_policy" => {
            "remove it: Score has no pull policy, and Fly pulls the image at each deployment"
        }
        "depends_on" | "dependsOn" => {
            "write `before` in the container that is waited for: `before: { <this container>: { ready: started } }`"
        }
        "healthcheck" | "probe" | "startupProbe" => "write `readinessProbe` or `livenessProbe`",
        "liveness" => "write `livenessProbe`",
        "readiness" => "write `readinessProbe`",
        "restart" | "restartPolicy" => "remove it: restarts are set by the annotation `fly.score.dev/restart`",
        "limits" | "requests" | "cpu" | "memory" | "deploy" => {
            "write `resources: { limits: { cpu: \"0.5\", memory: 512Mi } }`"
        }
        "volumeMounts" | "mounts" => "write `volumes: { /data: { source: \"${resources.data}\" } }`",
        "name" | "container_name" => "remove it: the key of the container is its name",
        "service" => "move it to the top level: the service belongs to the workload",
        "replicas" | "scale" => "remove it: the number of machines is set with `fly scale count`",
        _ => return None,
    })
}

pub(crate) fn file(name: &str) -> Option<&'static str> {
    Some(match name {
        "target" | "path" | "mountPath" => "remove it: the key of the file is its target",
        "value" | "text" | "data" => "write `content`",
        "permissions" | "chmod" => "write `mode`, such as `mode: \"0644\"`",
        _ => return None,
    })
}

pub(crate) fn volume(name: &str) -> Option<&'static str> {
    Some(match name {
        "target" | "mountPath" => "remove it: the key of the volume is its target",
        "read_only" => "write `readOnly`",
        "subPath" => "write `path`",
        "size" => {
            "remove it: the size is an output of the volume's resource, or the annotation `fly.score.dev/volume-<name>-size`"
        }
        _ => return None,
    })
}

pub(crate) fn container_resources(name: &str) -> Option<&'static str> {
    Some(match name {
        "cpu" | "memory" => "move it under `limits` or `requests`: `limits: { cpu: \"0.5\", memory: 512Mi }`",
        _ => return None,
    })
}

/// For probes, and for what stands in them.
pub(crate) fn probe(name: &str) -> Option<&'static str> {
    Some(match name {
        "initialDelaySeconds" | "initialDelay" | "startPeriod" | "start_period" => {
            "remove it, and set the annotation `fly.score.dev/probe-readiness-grace-period` or \
             `fly.score.dev/probe-liveness-grace-period` to a duration such as `10s`"
        }
        "periodSeconds" | "period" | "interval" => {
            "remove it, and set the annotation `fly.score.dev/probe-readiness-interval` or \
             `fly.score.dev/probe-liveness-interval` to a duration such as `15s`"
        }
        "timeoutSeconds" | "timeout" => {
            "remove it, and set the annotation `fly.score.dev/probe-readiness-timeout` or \
             `fly.score.dev/probe-liveness-timeout` to a duration such as `2s`"
        }
        "failureThreshold" | "successThreshold" | "retries" => "remove it: Fly's checks have no thresholds",
        "tcpSocket" | "grpc" => "write `httpGet` or `exec`: Score has no other probes",
        "path" | "port" | "scheme" | "host" => "move it under `httpGet`: `httpGet: { path: /healthz, port: 8080 }`",
        "command" | "test" => "move it under `exec`: `exec: { command: [\"/bin/true\"] }`",
        "headers" => "write `httpHeaders`, a list of `{ name: …, value: … }`",
        _ => return None,
    })
}

pub(crate) fn resource(name: &str) -> Option<&'static str> {
    Some(match name {
        "properties" => "remove it: Score gave it up in 2024, and placeholders alone say which outputs are used",
        "annotations" => "move it under `metadata`",
        "parameters" | "config" => "write `params`",
        "name" => "remove it: the key of the resource is its name",
        _ => return None,
    })
}
