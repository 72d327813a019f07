//! Listing what a workload needs.

use score_fly_core::local::LocalFiles;
use score_fly_core::resource::{requirements, requirements_with};
use score_fly_core::score::Workload;
use serde_json::{Value, json};

#[test]
fn requirements_list_what_is_used() {
    let workload: Workload = serde_json::from_value(json!({
        "apiVersion": "score.dev/v1b1",
        "metadata": {"name": "web"},
        "containers": {
            "b": {"image": ".", "files": {
                "/expanded": {"source": "a.conf"},
                "/raw": {"source": "b.conf", "noExpand": true},
                "/inline": {"content": "${resources.db.name}"},
                "/inline-raw": {"content": "${resources.db.raw}", "noExpand": true},
            }},
            "a": {
                "image": "nginx",
                "variables": {"A": r"${resources.db.a\.b.c} $${resources.db.escaped}", "B": "${resources.gone.x}"},
                "volumes": {"/s3": {"source": "${resources.bucket}"}, "/v": {"source": "${resources.data}"}},
            },
        },
        "resources": {
            "db": {"type": "postgres", "class": "large", "id": "main", "metadata": {"annotations": {"x": "y"}}},
            "data": {"type": "volume"},
            "bucket": {"type": "s3"},
            "app": {"type": "x", "class": "", "params": {"p": [{"q": "${resources.db.port}"}]}},
        },
    }))
    .unwrap();
    let files = LocalFiles::from([
        ("a.conf".to_owned(), b"${resources.db.from-file}".to_vec()),
        ("b.conf".to_owned(), b"${resources.db.from-raw-file}".to_vec()),
    ]);
    let expected = |outputs: Value| {
        json!({
            "resources": [
                {"name": "app", "uid": "x.default#web.app", "type": "x", "class": "default", "id": null,
                 "metadata": null, "params": {"p": [{"q": "${resources.db.port}"}]}, "outputs": []},
                {"name": "bucket", "uid": "s3.default#web.bucket", "type": "s3", "class": "default", "id": null,
                 "metadata": null, "params": null, "outputs": ["source"]},
                {"name": "data", "uid": "volume.default#web.data", "type": "volume", "class": "default", "id": null,
                 "metadata": null, "params": null, "outputs": []},
                {"name": "db", "uid": "postgres.large#main", "type": "postgres", "class": "large", "id": "main",
                 "metadata": {"annotations": {"x": "y"}}, "params": null, "outputs": outputs},
            ],
            "files": [
                {"container": "b", "target": "/expanded", "source": "a.conf"},
                {"container": "b", "target": "/raw", "source": "b.conf"},
            ],
            "images": ["b"],
        })
    };
    let found = serde_json::to_value(requirements(&workload)).unwrap();
    assert_eq!(found, expected(json!([r"a\.b.c", "name", "port"])));
    let found = serde_json::to_value(requirements_with(&workload, &files)).unwrap();
    assert_eq!(found, expected(json!([r"a\.b.c", "from-file", "name", "port"])));
}
