use crate::support::{Try, annotated, at_annotation, config, workload};

const FROM_RESOURCE: &str = "volumes:\n  /data: { source: '${resources.store}' }";
const RESOURCES: &str = "resources:\n  store: { type: volume }\n";

#[test]
fn a_volume_becomes_a_mount() {
    for container in [
        "volumes:\n  /data: { source: data }",
        "volumes:\n  /data/: { source: data, path: '', readOnly: false }",
        "volumes:\n  //data: { source: data, path: / }",
    ] {
        let app = Try::new(workload(container, "")).app();
        assert_eq!(app.config, config("[[mounts]]\nsource = 'data'\ndestination = '/data'"), "{container}");
    }
}

#[test]
fn dashes_in_names_are_changed_with_a_note() {
    let (app, notes) = Try::new(workload("volumes:\n  /data: { source: shop-data-1 }", "")).app_with_notes();
    assert_eq!(app.config, config("[[mounts]]\nsource = 'shop_data_1'\ndestination = '/data'"));
    assert_eq!(notes, ["volume-renamed /containers/web/volumes/~1data/source"]);
}

#[test]
fn other_names_are_refused() {
    for name in ["Data", "da.ta", "''", "a-name-that-is-longer-than-thirty-characters"] {
        let case = Try::new(workload(&format!("volumes:\n  /data: {{ source: {name} }}"), ""));
        assert_eq!(case.found(), ["invalid-volume /containers/web/volumes/~1data/source"], "{name}");
    }
}

#[test]
fn a_machine_takes_one_volume() {
    let case = Try::new(workload("volumes:\n  /a: { source: a }\n  /b: { source: b }\n  /c: { source: a }", ""));
    assert_eq!(
        case.found(),
        ["too-many-volumes /containers/web/volumes/~1b", "too-many-volumes /containers/web/volumes/~1c"]
    );
}

#[test]
fn what_volumes_can_not_do_is_refused() {
    let case = Try::new(workload("volumes:\n  /data: { source: data, path: /sub, readOnly: true }", ""));
    assert_eq!(
        case.found(),
        [
            "invalid-volume /containers/web/volumes/~1data/path",
            "invalid-volume /containers/web/volumes/~1data/readOnly"
        ]
    );
    for (target, code) in [("/", "invalid-target"), ("data", "relative-target"), ("/a/../b", "invalid-target")] {
        let case = Try::new(workload(&format!("volumes:\n  {target}: {{ source: data }}"), ""));
        assert_eq!(case.found(), [format!("{code} /containers/web/volumes/{}", target.replace('/', "~1"))]);
    }
    let case = Try::new(workload("files:\n  /data: { content: x }\nvolumes:\n  /data/: { source: data }", ""));
    assert_eq!(case.found(), ["invalid-target /containers/web/volumes/~1data~1"]);
}

#[test]
fn the_outputs_of_a_volume_resource_set_the_mount() {
    let outputs = "store: { source: store-1, size: 10, type: volume, snapshot_retention: '14', scheduled_snapshots: true, \
                   auto_extend_size_threshold: 80, auto_extend_size_increment: 5GB, auto_extend_size_limit: '100' }";
    let expected = "[[mounts]]\nsource = 'store_1'\ndestination = '/data'\ninitial_size = '10gb'\nsnapshot_retention = 14\n\
                    scheduled_snapshots = true\nauto_extend_size_threshold = 80\nauto_extend_size_increment = '5gb'\n\
                    auto_extend_size_limit = '100gb'";
    for container in [FROM_RESOURCE, "volumes:\n  /data: { source: '${resources.store.source}' }"] {
        let (app, _) = Try { outputs, ..Try::new(workload(container, RESOURCES)) }.app_with_notes();
        assert_eq!(app.config, config(expected), "{container}");
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    for outputs in [
        "store: { source: s, size: 0 }",
        "store: { source: s, size: 501 }",
        "store: { source: s, size: 1.5 }",
        "store: { source: s, size: 10Gi }",
        "store: { source: s, snapshot_retention: 61 }",
        "store: { source: s, snapshot_retention: 0 }",
        "store: { source: s, scheduled_snapshots: daily }",
        "store: { source: s, auto_extend_size_threshold: 49, auto_extend_size_increment: 1 }",
        "store: { source: s, auto_extend_size_threshold: 100, auto_extend_size_increment: 1 }",
        "store: { source: s, auto_extend_size_threshold: 50, auto_extend_size_increment: 101 }",
        "store: { source: s, auto_extend_size_limit: 100 }",
        "store: { source: s, auto_extend_size_threshold: 50 }",
    ] {
        let found = Try { outputs, ..Try::new(workload(FROM_RESOURCE, RESOURCES)) }.found();
        assert!(!found.is_empty(), "{outputs}");
        for found in found {
            assert_eq!(found, "invalid-volume /containers/web/volumes/~1data/source", "{outputs}");
        }
    }
}

#[test]
fn annotations_set_the_mount_and_win() {
    let expected = "[[mounts]]\nsource = 'shop_data'\ndestination = '/data'\ninitial_size = '20gb'\nsnapshot_retention = 7\n\
                    auto_extend_size_threshold = 80\nauto_extend_size_increment = '5gb'\nauto_extend_size_limit = '100gb'";
    // By the name in the file, by the one on Fly, and by the resource.
    for name in ["shop-data", "shop_data", "store"] {
        let annotations = format!(
            "fly.score.dev/volume-{name}-size: 20gb\n\
             fly.score.dev/volume-{name}-snapshot-retention: '7'\n\
             fly.score.dev/volume-{name}-auto-extend: '{{\"threshold\": 80, \"increment\": \"5gb\", \"limit\": 100}}'"
        );
        let outputs = "store: { source: shop-data, size: 3, snapshot_retention: 1 }";
        let case = Try { outputs, ..Try::new(annotated(&annotations, FROM_RESOURCE, RESOURCES)) };
        assert_eq!(case.app_with_notes().0.config, config(expected), "{name}");
    }
}

#[test]
fn values_of_annotations_are_checked() {
    for (name, value) in [
        ("size", "'0'"),
        ("size", "10Gi"),
        ("size", "1.5gb"),
        ("snapshot-retention", "'61'"),
        ("snapshot-retention", "x"),
        ("auto-extend", "'80'"),
        ("auto-extend", "'{\"threshold\": 80}'"),
        ("auto-extend", "'{\"increment\": 5}'"),
        ("auto-extend", "'{\"threshold\": 80, \"increment\": 5, \"max\": 7}'"),
        ("auto-extend", "'{\"threshold\": 80, \"increment\": 5, \"limit\": 501}'"),
    ] {
        let case = Try::new(annotated(
            &format!("fly.score.dev/volume-data-{name}: {value}"),
            "volumes:\n  /data: { source: data }",
            "",
        ));
        assert_eq!(case.found(), [at_annotation("invalid-annotation", &format!("volume-data-{name}"))], "{value}");
    }
}

#[test]
fn an_annotation_about_a_volume_that_could_not_be_resolved_is_no_second_mistake() {
    let case = Try::new(annotated(
        "fly.score.dev/volume-store-size: 20gb",
        "volumes:\n  /data: { source: '${resources.missing}' }",
        "",
    ));
    assert_eq!(case.found(), ["unknown-resource /containers/web/volumes/~1data/source"]);
}
