use std::collections::BTreeMap;

use score_fly_core::convert::{Options, Paths};
use score_fly_core::fly::App;

use crate::support::{Try, config, workload};

fn files(app: &App) -> Vec<(&str, &[u8])> {
    app.files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect()
}

fn elsewhere() -> Options {
    let paths = Paths {
        score_from_work: "services/shop".to_owned(),
        score_from_toml: "../services/shop".to_owned(),
        toml_from_work: "deploy".to_owned(),
    };
    Options { paths, ..Options::default() }
}

#[test]
fn content_goes_to_a_side_file() {
    let container = "files:\n  /etc/app/config.yaml: { content: \"name: ${metadata.name}\\n\" }\n  /empty: { content: '' }\n  \
                     /logo: { binaryContent: /wA= }";
    let app = Try::new(workload(container, "")).app();
    let expected = "[[files]]\nguest_path = '/empty'\nlocal_path = 'fly_shop_files/empty'\n\
                    [[files]]\nguest_path = '/etc/app/config.yaml'\nlocal_path = 'fly_shop_files/etc/app/config.yaml'\n\
                    [[files]]\nguest_path = '/logo'\nlocal_path = 'fly_shop_files/logo'";
    assert_eq!(app.config, config(expected));
    assert_eq!(
        files(&app),
        [
            ("fly_shop_files/empty", b"".as_slice()),
            ("fly_shop_files/etc/app/config.yaml", b"name: shop\n"),
            ("fly_shop_files/logo", b"\xff\0"),
        ]
    );
}

#[test]
fn side_files_lie_beside_fly_toml_and_are_read_from_the_working_directory() {
    let case = Try { options: elsewhere(), ..Try::new(workload("files:\n  /a: { content: x }", "")) };
    let app = case.app();
    assert_eq!(app.config.files[0].local_path.as_deref(), Some("deploy/fly_shop_files/a"));
    assert_eq!(files(&app), [("deploy/fly_shop_files/a", b"x".as_slice())]);
}

#[test]
fn an_unchanged_source_is_referenced() {
    let container = "files:\n  /a: { source: ./conf/a.txt }\n  /b: { source: b.tmpl }\n  /c: { source: /etc/hosts, noExpand: true }";
    let files_given: Vec<(&str, &[u8])> =
        vec![("./conf/a.txt", b"plain"), ("b.tmpl", b"${metadata.name}"), ("/etc/hosts", b"${x}")];
    let case = Try { options: elsewhere(), files: files_given, ..Try::new(workload(container, "")) };
    let app = case.app();
    let paths: Vec<_> = app.config.files.iter().map(|file| file.local_path.as_deref().unwrap()).collect();
    assert_eq!(paths, ["services/shop/conf/a.txt", "deploy/fly_shop_files/b", "/etc/hosts"]);
    assert_eq!(files(&app), [("deploy/fly_shop_files/b", b"shop".as_slice())]);
}

#[test]
fn a_secret_makes_the_file_a_secret() {
    let container = "files:\n  /etc/app/config.yaml: { content: 'p: ${resources.db.password}' }";
    let case = Try {
        outputs: "db: { secrets: { password: hunter2 } }",
        ..Try::new(workload(container, "resources:\n  db: { type: postgres }\n"))
    };
    let app = case.app();
    let expected = "[[files]]\nguest_path = '/etc/app/config.yaml'\nsecret_name = 'FILE_ETC_APP_CONFIG_YAML'";
    assert_eq!(app.config, config(expected));
    assert_eq!(files(&app), []);
    // base64 of `p: hunter2`
    assert_eq!(app.secrets["FILE_ETC_APP_CONFIG_YAML"].expose(), "cDogaHVudGVyMg==");
}

#[test]
fn names_of_file_secrets_are_unique() {
    let container = "variables:\n  FILE_A: x\nfiles:\n  /a: { content: '1${resources.db.p}' }\n  /a-b: { content: '2${resources.db.p}' }\n  \
                     /a.b: { content: '3${resources.db.p}' }";
    let case = Try {
        outputs: "db: { secrets: { p: s } }",
        ..Try::new(workload(container, "resources:\n  db: { type: postgres }\n"))
    };
    let app = case.app();
    let names: BTreeMap<_, _> = app
        .config
        .files
        .iter()
        .map(|file| (file.guest_path.as_deref().unwrap(), file.secret_name.as_deref().unwrap()))
        .collect();
    assert_eq!(names, BTreeMap::from([("/a", "FILE_A_2"), ("/a-b", "FILE_A_B"), ("/a.b", "FILE_A_B_2")]));
    assert_eq!(app.secrets["FILE_A_B"].expose(), "MnM=");
    assert_eq!(app.secrets["FILE_A_B_2"].expose(), "M3M=");
}

#[test]
fn a_large_secret_file_is_refused() {
    // In base64 on one line this is longer than `fly secrets import` reads.
    let content = "x".repeat(50_000);
    let case = Try {
        outputs: "db: { secrets: { p: s } }",
        ..Try::new(workload(
            &format!("files:\n  /a: {{ content: '{content}${{resources.db.p}}' }}"),
            "resources:\n  db: { type: postgres }\n",
        ))
    };
    assert_eq!(case.found(), ["secret-not-encodable /containers/web/files/~1a"]);
}

#[test]
fn text_can_stand_in_fly_toml() {
    let container =
        "files:\n  /text: { content: \"a\\n'b'\\n\" }\n  /empty: { content: '' }\n  /logo: { binaryContent: /wA= }";
    let options = Options { inline_files: true, ..Options::default() };
    let (app, notes) = Try { options, ..Try::new(workload(container, "")) }.app_with_notes();
    // In plain text: flyctl puts it into base64 itself.
    let expected = "[[files]]\nguest_path = '/empty'\nlocal_path = 'fly_shop_files/empty'\n\
                    [[files]]\nguest_path = '/logo'\nlocal_path = 'fly_shop_files/logo'\n\
                    [[files]]\nguest_path = '/text'\nraw_value = \"a\\n'b'\\n\"";
    assert_eq!(app.config, config(expected));
    assert_eq!(files(&app), [("fly_shop_files/empty", b"".as_slice()), ("fly_shop_files/logo", b"\xff\0")]);
    assert_eq!(
        notes,
        ["needs-side-files /containers/web/files/~1empty", "needs-side-files /containers/web/files/~1logo"]
    );
}

#[test]
fn targets_that_no_file_can_have_are_refused() {
    let container = "files:\n  etc/a: { content: x }\n  '': { content: x }\n  /: { content: x }\n  /etc/: { content: x }\n  \
                     /../a: { content: x }\n  \"/a\\nb\": { content: x }";
    assert_eq!(
        Try::new(workload(container, "")).found(),
        [
            "relative-target /containers/web/files/etc~1a",
            "relative-target /containers/web/files/",
            "invalid-target /containers/web/files/~1",
            "invalid-target /containers/web/files/~1etc~1",
            "invalid-target /containers/web/files/~1..~1a",
            "invalid-target /containers/web/files/~1a\nb",
        ]
    );
}

#[test]
fn targets_that_mean_the_same_are_refused() {
    for (first, second) in [("/a//b", "/a/b"), ("/a/./b", "/a/b"), ("/a", "/a/b"), ("/a/b", "/a/b/c")] {
        let container = format!("files:\n  {first}: {{ content: x }}\n  {second}: {{ content: x }}");
        let pointer = second.replace('/', "~1");
        assert_eq!(
            Try::new(workload(&container, "")).found(),
            [format!("invalid-target /containers/web/files/{pointer}")],
            "{first} {second}"
        );
    }
}

#[test]
fn side_files_never_share_a_name_or_leave_their_folder() {
    let container = "files:\n  /etc/App: { content: '1' }\n  /etc/app: { content: '2' }\n  '/etc/..\\..\\x': { content: '3' }\n  \
                     '/etc/..:..:x': { content: '4' }";
    let app = Try::new(workload(container, "")).app();
    assert_eq!(
        files(&app),
        [
            ("fly_shop_files/etc/.._.._x", b"4".as_slice()),
            ("fly_shop_files/etc/.._.._x_2", b"3"),
            ("fly_shop_files/etc/App", b"1"),
            ("fly_shop_files/etc/app_2", b"2"),
        ]
    );
    let targets: Vec<_> = app.config.files.iter().map(|file| file.guest_path.as_deref().unwrap()).collect();
    assert_eq!(targets, ["/etc/..:..:x", "/etc/..\\..\\x", "/etc/App", "/etc/app"]);
}
