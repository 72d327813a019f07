use score_fly_core::fly::config::{CpuKind, Vm};

use crate::support::{Try, annotated, at_annotation, workload};

fn resources(requests: &str, limits: &str) -> String {
    format!("resources:\n  requests: {{ {requests} }}\n  limits: {{ {limits} }}")
}

fn vm(kind: CpuKind, cpus: u16, memory: &str) -> Vec<Vm> {
    vec![Vm { memory: Some(memory.to_owned()), cpu_kind: Some(kind), cpus: Some(cpus), ..Vm::default() }]
}

#[test]
fn the_larger_of_requests_and_limits_gets_the_smallest_machine() {
    let cases = [
        ("", "memory: 256Mi", vm(CpuKind::Shared, 1, "256mb")),
        ("", "memory: 512Mi", vm(CpuKind::Shared, 1, "512mb")),
        // 512 MB are less than 512 MiB, but more than 256.
        ("memory: 512M", "", vm(CpuKind::Shared, 1, "512mb")),
        ("memory: 128Mi", "memory: 1.5Gi", vm(CpuKind::Shared, 1, "1536mb")),
        ("memory: 1Gi", "memory: 128Mi", vm(CpuKind::Shared, 1, "1024mb")),
        ("cpu: 500m", "cpu: '1.5'", vm(CpuKind::Shared, 2, "512mb")),
        // Three shared cpus do not exist.
        ("", "cpu: '3'", vm(CpuKind::Shared, 4, "1024mb")),
        // One cpu has at most 2048 MiB.
        ("cpu: '1'", "memory: 3Gi", vm(CpuKind::Shared, 2, "3072mb")),
        ("cpu: '9'", "", vm(CpuKind::Performance, 10, "20480mb")),
    ];
    for (requests, limits, expected) in cases {
        let case = Try::new(workload(&resources(requests, limits), ""));
        assert_eq!(case.app().config.vm, expected, "{requests}; {limits}");
    }
}

#[test]
fn without_a_wish_there_is_no_machine_size() {
    for container in ["", "resources: {}", "resources: { limits: {}, requests: {} }"] {
        assert_eq!(Try::new(workload(container, "")).app().config.vm, [], "{container}");
    }
}

#[test]
fn annotations_set_a_floor_and_a_kind() {
    let cases = [
        ("vm-size: shared-cpu-2x", "", vm(CpuKind::Shared, 2, "512mb")),
        ("vm-size: shared-cpu-2x", "memory: 600Mi", vm(CpuKind::Shared, 2, "768mb")),
        ("vm-size: performance-1x", "memory: 600Mi", vm(CpuKind::Performance, 1, "2048mb")),
        ("vm-cpu-kind: performance", "", vm(CpuKind::Performance, 1, "2048mb")),
        ("vm-cpu-kind: performance", "cpu: '2', memory: 5Gi", vm(CpuKind::Performance, 2, "5120mb")),
        ("vm-cpu-kind: shared", "cpu: '8'", vm(CpuKind::Shared, 8, "2048mb")),
    ];
    for (annotation, limits, expected) in cases {
        let case = Try::new(annotated(&format!("fly.score.dev/{annotation}"), &resources("", limits), ""));
        assert_eq!(case.app().config.vm, expected, "{annotation}; {limits}");
    }
}

#[test]
fn too_much_is_refused() {
    let cases = ["cpu: '17'", "memory: 129Gi", "memory: 99999999999Ei"];
    for limits in cases {
        let case = Try::new(workload(&resources("", limits), ""));
        assert_eq!(case.found(), ["no-guest-fits /containers/web/resources"], "{limits}");
    }
    let case = Try::new(annotated("fly.score.dev/vm-cpu-kind: shared", &resources("", "memory: 17Gi"), ""));
    let error = case.only();
    assert_eq!(error.pointer.as_str(), "/containers/web/resources");
    assert_eq!(error.related[0].pointer.as_str(), "/metadata/annotations/fly.score.dev~1vm-cpu-kind");
}

#[test]
fn a_floor_of_another_kind_is_refused() {
    let case = Try::new(annotated("fly.score.dev/vm-size: performance-1x\nfly.score.dev/vm-cpu-kind: shared", "", ""));
    assert_eq!(case.found(), [at_annotation("invalid-annotation", "vm-cpu-kind")]);
}
