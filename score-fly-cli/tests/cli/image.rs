//! Images from archives, with a registry in memory.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::registry::fake::{Fake, Misdeed, Ways};
use crate::registry::http::Response;
use crate::registry::images::{Image, docker, layer};
use crate::sandbox::Sandbox;

const TOKEN: &str = "fm2_hunter22,fm2_other==";

fn image() -> Image {
    Image::new(vec![layer(1, 1000), layer(2, 3 << 20)])
}

/// A folder with `image.tar`.
fn sandbox(image: &Image) -> Sandbox {
    let sandbox = Sandbox::new([]);
    sandbox.write("image.tar", image.docker());
    sandbox
}

fn fly(token: &str) -> Ways {
    Ways { basic: Some(format!("x:{token}")), ..Ways::default() }
}

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The binary, with nothing around it but what the test says.
fn command(sandbox: &Sandbox, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = sandbox.command(arguments);
    for name in ["FLY_ACCESS_TOKEN", "FLY_API_TOKEN", "FLY_REGISTRY_HOST", "FLY_CONFIG_DIR"] {
        command.env_remove(name);
    }
    command.env("HOME", sandbox.path()).env("XDG_CACHE_HOME", sandbox.path().join("cache"));
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(sandbox: &Sandbox, arguments: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Ended {
    let mut child = command(sandbox, arguments, variables).stdin(Stdio::piped()).spawn().expect("the binary starts");
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ended { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

#[test]
fn an_image_is_pushed_and_named_by_its_digest() {
    let (image, fake) = (image(), Fake::start(fly(TOKEN)));
    let sandbox = sandbox(&image);
    let host = format!("http://{}", fake.address);
    let variables = [("FLY_REGISTRY_HOST", host.as_str()), ("FLY_API_TOKEN", &format!("FlyV1 {TOKEN}"))];
    for (archive, input) in [("image.tar", Vec::new()), ("-", image.docker())] {
        fake.state().manifests.clear();
        let ended = run(&sandbox, &["image", "push", archive, "shop:v1"], &variables, &input);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let (_, manifest) = fake.manifest("shop", "v1").expect("a manifest");
        assert_eq!(manifest["config"]["digest"], json!(image.id()));
        let digest = ended.stdout.trim().strip_prefix(&format!("{}/shop@", fake.address)).expect("a name").to_owned();
        assert!(fake.manifest("shop", &digest).is_some());
        let layers = manifest["layers"].as_array().map(Vec::len);
        assert!(
            ended.stderr.contains(&format!("as {}/shop:v1: {} layers", fake.address, layers.unwrap_or(0))),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("hunter22"));
    }
    // The second time nothing was sent, thanks to the cache.
    let patches = fake.take_seen().iter().filter(|seen| seen.request.method == "PATCH").count();
    assert_eq!(patches, 3);
    assert!(sandbox.path().join("cache/score-fly/layers.jsonl").is_file());
    let quiet = run(&sandbox, &["image", "push", "-q", "image.tar", "shop:v1"], &variables, b"");
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
    // Without a cache, and without a folder for one.
    fs::remove_dir_all(sandbox.path().join("cache")).unwrap();
    let without = run(&sandbox, &["image", "push", "--no-cache", "image.tar", "shop:v1"], &variables, b"");
    assert_eq!(without.code, Some(0), "{}", without.stderr);
    assert!(fs::read_to_string(sandbox.path().join("cache/score-fly/layers.jsonl")).unwrap_or_default().is_empty());
}

#[test]
fn the_token_is_found_where_flyctl_has_it() {
    let (image, fake) = (image(), Fake::start(fly(TOKEN)));
    let sandbox = sandbox(&image);
    let host = format!("http://{}", fake.address);
    let push = |variables: &[(&str, &str)]| {
        let variables = [&[("FLY_REGISTRY_HOST", host.as_str())], variables].concat();
        run(&sandbox, &["image", "push", "image.tar", "shop"], &variables, b"")
    };
    let none = push(&[]);
    assert_eq!(none.code, Some(1));
    assert!(none.stderr.starts_with("layer") || none.stderr.starts_with("error[unauthorized]"), "{}", none.stderr);
    assert!(none.stderr.contains("FLY_API_TOKEN") && fake.state().manifests.is_empty());
    assert_eq!(push(&[("FLY_API_TOKEN", "wrong-token"), ("FLY_ACCESS_TOKEN", TOKEN)]).code, Some(0));
    sandbox.write(".fly/config.yml", format!("access_token: {TOKEN}\nlast_login: 2001-01-01T00:00:00Z\n"));
    let old = push(&[]);
    assert_eq!(old.code, Some(1));
    assert!(old.stderr.contains("older than 30 days"), "{}", old.stderr);
    sandbox.write(".fly/config.yml", format!("access_token: {TOKEN}\n"));
    assert_eq!(push(&[]).code, Some(0));
}

#[test]
fn other_registries_get_no_token_of_fly() {
    let (image, fake) = (image(), Fake::start(Ways::default()));
    let sandbox = sandbox(&image);
    let place = fake.at("team/shop:v1");
    let ended = run(&sandbox, &["image", "push", "image.tar", &place], &[("FLY_API_TOKEN", TOKEN)], b"");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(fake.take_seen().iter().all(|seen| seen.request.header("authorization").is_none()));
}

#[test]
fn users_of_registries_have_passwords() {
    let image = image();
    let fake = Fake::start(Ways { basic: Some("me:open sesame".to_owned()), ..Ways::default() });
    let sandbox = sandbox(&image);
    let place = fake.at("team/shop:v1");
    let arguments = ["image", "push", "image.tar", &place, "--registry-user", "me"];
    let none = run(&sandbox, &arguments, &[("FLY_API_TOKEN", TOKEN)], b"");
    assert_eq!(none.code, Some(1));
    assert!(
        none.stderr.contains("no password for the user `me`") && none.stderr.contains("--password-stdin"),
        "{}",
        none.stderr
    );
    let given = run(&sandbox, &arguments, &[("SCORE_FLY_REGISTRY_PASSWORD", "open sesame")], b"");
    assert_eq!(given.code, Some(0), "{}", given.stderr);
    let piped = run(&sandbox, &[&arguments[..], &["--password-stdin"]].concat(), &[], b"open sesame\n");
    assert_eq!(piped.code, Some(0), "{}", piped.stderr);
    let empty = run(&sandbox, &[&arguments[..], &["--password-stdin"]].concat(), &[], b"\n");
    assert!(empty.code == Some(1) && empty.stderr.contains("no password on standard input"), "{}", empty.stderr);
    let both = run(&sandbox, &["image", "push", "-", &place, "--registry-user", "me", "--password-stdin"], &[], b"x");
    assert!(both.code == Some(1) && both.stderr.contains("on standard input already"), "{}", both.stderr);
}

#[test]
fn what_is_wrong_is_said_in_each_format_and_nothing_is_tagged() {
    let arm = Image { platform: ("linux", "arm64"), ..image() };
    let fake = Fake::start(Ways::default());
    let sandbox = sandbox(&arm);
    sandbox.write("cut.tar", &arm.docker()[..100_000]);
    let other = Image { names: vec!["shop:v2"], command: "/bin/other", ..image() };
    sandbox.write("two.tar", docker(&[&image(), &other]));
    let place = fake.at("shop");
    let push = |archive: &str, format: &str| {
        run(&sandbox, &["image", "push", archive, &place, "--diagnostics", format], &[], b"")
    };
    let human = push("image.tar", "human");
    assert_eq!(human.code, Some(2));
    assert!(
        human.stderr.starts_with(
            "error[wrong-platform]: the image can't be pushed: it is for linux/arm64, and linux/amd64 is wanted\n"
        ) && human.stderr.contains("= help: Fly's machines run linux/amd64"),
        "{}",
        human.stderr
    );
    let plain = push("two.tar", "plain");
    assert_eq!(plain.code, Some(1));
    assert_eq!(
        plain.stderr,
        "error[several-images]: `two.tar` has several images: `shop:v1 (linux/amd64)`, `shop:v2 (linux/amd64)`\n\
         help: name one with `--select NAME:TAG`, or by its place with `--select @0`\n"
    );
    let json: Value = serde_json::from_str(&push("cut.tar", "json").stderr).expect("JSON");
    let failure = json["failures"][0].as_str().unwrap_or_default().to_owned();
    assert!(failure.starts_with("archive-truncated: `cut.tar` is cut off"), "{failure}");
    let github = push("missing.tar", "github");
    assert_eq!(github.code, Some(1));
    assert!(
        github.stderr.starts_with("::error title=score-fly archive-unreadable::cannot read `missing.tar`"),
        "{}",
        github.stderr
    );
    assert!(fake.state().manifests.is_empty());
    assert!(fake.state().blobs.is_empty());
    let selected = run(&sandbox, &["image", "push", "two.tar", &place, "--select", "shop:v2"], &[], b"");
    assert_eq!(selected.code, Some(0), "{}", selected.stderr);
}

#[test]
fn a_registry_that_refuses_is_quoted_without_secrets() {
    let image = image();
    let fake = Fake::start(Ways {
        mischief: Box::new(|request, _| {
            let said = BASE64_STANDARD
                .decode(request.header("authorization").unwrap_or_default().trim_start_matches("Basic "));
            let said = String::from_utf8(said.unwrap_or_default()).unwrap_or_default();
            let errors = json!({"errors": [{"code": "DENIED", "message": format!("{said} may not\u{1b}[31m")}]});
            (request.method == "POST").then(|| Misdeed::After(Response::new(403).body(errors.to_string())))
        }),
        ..fly(TOKEN)
    });
    let sandbox = sandbox(&image);
    let host = format!("http://{}", fake.address);
    let ended = run(
        &sandbox,
        &["image", "push", "image.tar", "shop", "-v"],
        &[("FLY_REGISTRY_HOST", &host), ("FLY_API_TOKEN", TOKEN), ("RUST_LOG", "trace")],
        b"",
    );
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("error[denied]") && ended.stderr.contains("may not"), "{}", ended.stderr);
    assert!(ended.stderr.contains("fly tokens create deploy"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("hunter22") && !ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
}

#[test]
fn an_archive_is_looked_into() {
    let image = Image::new(vec![layer(1, 30_000)]);
    let sandbox = sandbox(&image);
    let table = run(&sandbox, &["image", "inspect", "image.tar"], &[], b"");
    assert_eq!((table.code, table.stderr.as_str()), (Some(0), ""));
    let id = image.id();
    let diff_id: String = image.diff_ids[0].hex().chars().take(12).collect();
    // 30,720 bytes and 2 files: 1,024 for each of their ends and headers, and 1,024 at the end.
    let size = image.layers[0].len();
    let size = format!("{}.{} kB", size / 1000, size % 1000 / 100);
    assert_eq!(
        table.stdout,
        format!(
            "docker-archive, 1 image\n\n\
             image       @0 shop:v1\n\
             id          {id}\n\
             platform    linux/amd64\n\
             size        {size} unpacked, in 1 layer\n\
             command     /bin/shop\n\
             user        me\n\
             ports       80/tcp\n\
             variable    PATH=/bin\n\n\
             LAYER  UNPACKED  IN ARCHIVE  COMPRESSION  DIFF ID       CREATED BY\n\
             1      {size:8}  {size:10}  none         {diff_id}\n"
        )
    );
    let stdin = run(&sandbox, &["image", "inspect", "-", "--json", "--platform", "linux/arm64"], &[], &image.docker());
    assert_eq!(stdin.code, Some(2));
    let json: Value = serde_json::from_str(&stdin.stdout).expect("JSON");
    let found = &json["images"][0];
    assert_eq!((found["id"].clone(), found["config"]["command"].clone()), (json!(id), json!(["/bin/shop"])));
    assert_eq!(found["layers"][0]["diffId"], json!(image.diff_ids[0]));
    // What docs/images.md says, and no more.
    let fields = |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>().join(" "));
    let told = [&json, found, &found["config"], &found["layers"][0], &found["faults"][0]].map(fields);
    let told: Vec<&str> = told.iter().flatten().map(String::as_str).collect();
    assert_eq!(
        told,
        [
            "images kind",
            "config created faults id index layers manifest names platform unpackedSize",
            "command entrypoint env labels ports stopSignal user volumes workingDir",
            "compression createdBy diffId digest name size unpackedSize",
            "code help message"
        ]
    );
    assert_eq!(found["faults"][0]["code"], json!("wrong-platform"));
    assert!(stdin.stderr.starts_with("error[wrong-platform]"), "{}", stdin.stderr);
}

/// On a terminal, which `script` of util-linux makes.
#[cfg(target_os = "linux")]
#[test]
fn bars_show_how_far_it_is_to_those_who_watch() {
    let fake = Fake::start(Ways::default());
    let sandbox = sandbox(&image());
    let watched = |place: &str, flags: &str| {
        let line = format!("{} image push image.tar {place} {flags}", env!("CARGO_BIN_EXE_score-fly"));
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(sandbox.path());
        command.env("HOME", sandbox.path()).env("XDG_CACHE_HOME", sandbox.path().join("cache")).stdin(Stdio::null());
        let output = command.output().expect("script, of the package bsdutils, starts");
        let shown = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success(), "{shown}");
        shown
    };
    let shown = watched(&fake.at("shop:v1"), "");
    // A bar for a layer, and one for all of them.
    assert!(shown.contains("[........................] 0 B of "), "{shown}");
    assert!(shown.contains(" of 2 layers, ") && shown.contains(" s left"), "{shown}");
    // In the end they are gone, and only what was done stands there.
    let (_, left) = shown.rsplit_once("\u{1b}[J").expect("what takes them away");
    assert!(left.starts_with("pushed sha256:") && left.contains(&format!("{}/shop@sha256:", fake.address)), "{left}");
    // Who wants to see nothing, or plain lines, gets no bars.
    assert!(!watched(&fake.at("quiet:v1"), "-q").contains('['));
    let plain = watched(&fake.at("plain:v1"), "--diagnostics plain");
    assert!(plain.contains("layer 1 of 2: ") && !plain.contains('['), "{plain}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_push_that_waits() {
    let fake = Fake::start(Ways {
        mischief: Box::new(|request, _| (request.method == "POST").then_some(Misdeed::Hang)),
        ..Ways::default()
    });
    let sandbox = sandbox(&image());
    let place = fake.at("shop");
    let child = command(&sandbox, &["image", "push", "image.tar", &place], &[]).stdin(Stdio::null()).spawn();
    let child = child.expect("the binary starts");
    let start = std::time::Instant::now();
    while fake.state().seen.iter().filter(|seen| seen.request.method == "GET").count() < 2 {
        assert!(start.elapsed().as_secs() < 30, "it does not begin");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap_or_default();
    assert!(stderr.contains("interrupted: nothing is tagged"), "{stderr}");
}

/// Every code has a line in the documentation, and the other way round.
#[test]
fn codes_are_documented() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = fs::read_to_string(root.join("score-fly-image/src/error.rs")).unwrap();
    let mut codes: Vec<&str> = source
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.split_once("\","))
        .map(|(code, _)| code)
        .filter(|text| !text.contains(' '))
        .collect();
    let page = fs::read_to_string(root.join("docs/images.md")).unwrap();
    let (_, page) = page.split_once("## What can go wrong").expect("the section");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let mut documented: Vec<&str> = rows.map(|(code, _)| code).collect();
    codes.sort_unstable();
    documented.sort_unstable();
    assert!(codes.len() > 30);
    assert_eq!(codes, documented);
}
