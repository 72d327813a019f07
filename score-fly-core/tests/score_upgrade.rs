//! The deprecated list forms of `files` and `volumes`.

mod score_support;

use score_fly_core::Code;
use score_fly_core::score::{Container, ContainerFile, Volume};
use score_support::{container, errors, only, place, read};

fn web(text: &str) -> Container {
    read(text).0.unwrap().containers.remove("web").unwrap()
}

#[test]
fn files_become_a_map() {
    let text = container(
        "files: [{ target: /a, content: [one, 2, true, 1.5, \"\"], mode: \"0600\" }, { target: b, source: c }]",
    );
    let files = web(&text).files;
    let first = ContainerFile {
        mode: Some("0600".into()),
        content: Some("one\n2\ntrue\n1.5\n".into()),
        ..ContainerFile::default()
    };
    assert_eq!(files["/a"], first);
    assert_eq!(files["b"], ContainerFile { source: Some("c".into()), ..ContainerFile::default() });
    let found = only(&text);
    assert_eq!((found.code, found.pointer.as_str()), (Code::DeprecatedForm, "/containers/web/files"));
    assert_eq!(
        found.help.as_deref(),
        Some("write a mapping with the targets as its keys: `files: { /a: { content: …, mode: … } }`")
    );
}

#[test]
fn volumes_become_a_map() {
    let text = container("volumes: [{ target: /a, source: b, read_only: true }, { source: c, target: /d }]");
    let volumes = web(&text).volumes;
    assert_eq!(volumes["/a"], Volume { source: "b".into(), path: None, read_only: Some(true) });
    assert_eq!(volumes["/d"], Volume { source: "c".into(), path: None, read_only: None });
    let found = only(&text);
    assert_eq!((found.code, found.pointer.as_str()), (Code::DeprecatedForm, "/containers/web/volumes"));
}

#[test]
fn empty_lists_become_empty_maps() {
    let container = web(&container("files: [], volumes: []"));
    assert!(container.files.is_empty() && container.volumes.is_empty());
    assert_eq!(
        only(&score_support::container("files: []")).help.as_deref().map(|help| help.ends_with("`files: {}`")),
        Some(true)
    );
}

#[test]
fn only_lists_are_upgraded() {
    assert_eq!(errors(&container("files: { /a: { content: [x] } }")), ["wrong-type /containers/web/files/~1a/content"]);
    assert_eq!(
        errors(&container("volumes: { /a: { source: x, read_only: true } }")),
        ["unknown-field /containers/web/volumes/~1a/read_only"]
    );
    assert_eq!(
        errors(&container("volumes: [{ target: /a, source: x, read_only: yes }]")),
        ["unknown-field /containers/web/volumes/~1a/read_only"]
    );
    assert_eq!(
        errors(&container("volumes: [{ target: /a, source: x, read_only: true, readOnly: true }]")),
        ["unknown-field /containers/web/volumes/~1a/read_only"]
    );
}

#[test]
fn items_need_a_target() {
    let text = container("files: [{ content: x }, { target: 1, content: x }, { target: /c, content: x }, text, null]");
    assert_eq!(
        errors(&text),
        [
            "missing-field /containers/web/files/0/target",
            "wrong-type /containers/web/files/1/target",
            "wrong-type /containers/web/files/3",
            "wrong-type /containers/web/files/4",
        ]
    );
    assert_eq!(web(&text).files.keys().collect::<Vec<_>>(), ["/c"]);
}

#[test]
fn lines_are_scalars() {
    let text = container("files: [{ target: /a, content: [x, null, [y], { z: 1 }] }]");
    let at = "wrong-type /containers/web/files/0/content/";
    assert_eq!(errors(&text), ["1", "2", "3"].map(|index| format!("{at}{index}")));
}

#[test]
fn the_last_of_a_target_counts() {
    let text = container("files: [{ target: /a, content: one }, { target: /a, content: two }]");
    assert_eq!(web(&text).files["/a"].content.as_deref(), Some("two"));
    let (_, diagnostics) = read(&text);
    let found: Vec<_> = diagnostics.iter().filter(|found| found.code == Code::DuplicateTarget).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].related[0].location.as_ref().unwrap().span.slice(&text), "/a");
}

#[test]
fn compose_volumes_show_their_score_form() {
    let (_, diagnostics) = read(&container("volumes: [\"data:/var/lib/data:ro\"]"));
    let help = diagnostics.iter().find(|found| found.code == Code::WrongType).unwrap().help.clone();
    assert_eq!(help.as_deref(), Some("write `volumes: { /var/lib/data: { source: data } }`"));
}

#[test]
fn places_are_those_of_the_list() {
    let text = "\
apiVersion: score.dev/v1b1
metadata: { name: ab }
containers:
  web:
    image: .
    files:
      - target: /a
        content: x
        mode: 0644
      - target: /b
      - content: y
";
    let (_, diagnostics) = read(text);
    let found: Vec<String> =
        diagnostics.iter().map(|found| format!("{} {} {}", place(text, found), found.code, found.pointer)).collect();
    assert_eq!(
        found,
        [
            "6:5 deprecated-form /containers/web/files",
            "9:15 wrong-type /containers/web/files/~1a/mode",
            "10:17 conflicting-fields /containers/web/files/~1b",
            "11:9 missing-field /containers/web/files/2/target",
        ]
    );
}
