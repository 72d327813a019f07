//! Archives as other tools make them.

use std::fs;
use std::path::{Path, PathBuf};

use score_fly_image::{Archive, Credentials, Kind, Platform, inspect};
use serde_json::Value;

use crate::programs::{Auth, PASSWORD, Server, program, require, run};
use crate::support::images::{Image, layer, tar};
use crate::support::{Kept, push_to, with};

/// The config's digest and the digests of the unpacked layers, of an image that skopeo copied.
fn facts(folder: &Path) -> (String, Vec<String>) {
    let read = |name: &str| -> Value { serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap() };
    let digest = read("manifest.json")["config"]["digest"].as_str().unwrap().to_owned();
    let config = read(digest.trim_start_matches("sha256:"));
    let diff_ids = config["rootfs"]["diff_ids"].as_array().unwrap();
    (digest, diff_ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect())
}

/// Pushes what a tool made, from a file and from standard input, and compares it with what skopeo makes
/// of the same archive.
fn check(server: &Server, name: &str, path: &Path, transport: &str) {
    let credentials = Credentials::fly(PASSWORD);
    let theirs = server.path(&format!("theirs-{name}"));
    let mut skopeo = program("skopeo", ["copy", "--quiet", "--insecure-policy"]);
    run(skopeo.arg(format!("{transport}:{}", path.display())).arg(format!("dir:{}", theirs.display())));
    let given = |how: &str| match how {
        "file" => Archive::open(path).unwrap(),
        _ if path.is_dir() => {
            // Folders come through a pipe as tar packs them.
            let packed = run(program("tar", ["-c", "-C"]).arg(path).arg("."));
            Archive::from_reader("-", std::io::Cursor::new(packed))
        }
        _ => Archive::from_reader("-", fs::File::open(path).unwrap()),
    };
    for how in ["file", "stdin"] {
        let place = format!("{name}-{how}");
        let pushed = push_to(given(how), &server.at(&place), &with(&credentials, None));
        let pushed = pushed.unwrap_or_else(|error| panic!("{place}: {error}"));
        let (config, diff_ids) = facts(&server.pull(&place));
        assert_eq!((config.clone(), diff_ids), facts(&theirs), "{place}");
        assert_eq!(pushed.config.to_string(), config);
        let contents = inspect(given(how), &Platform::default(), &(), &|| false).unwrap();
        assert_eq!(contents.images[0].faults, [], "{place}");
    }
}

/// An OCI layout that skopeo and umoci can work on.
fn layout(kept: &Kept) -> PathBuf {
    let image = Image::new(vec![layer(1, 300_000), layer(2, 4 << 20), tar(&[("bin/true", b"#!/bin/sh\n")])]);
    let (archive, layout) = (kept.path("hand.tar"), kept.path("layout"));
    fs::write(&archive, image.docker()).unwrap();
    let mut skopeo = program("skopeo", ["copy", "--quiet", "--insecure-policy"]);
    run(skopeo.arg(format!("docker-archive:{}", archive.display())).arg(format!("oci:{}:base", layout.display())));
    layout
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn archives_of_skopeo() {
    require();
    let (server, kept) = (Server::start(&Auth::Basic), Kept::new());
    let layout = layout(&kept);
    check(&server, "layout", &layout, "oci");
    for (name, transport, suffix) in [("docker", "docker-archive", ":shop:v1"), ("oci", "oci-archive", ":v1")] {
        let path = kept.path(name);
        let mut skopeo = program("skopeo", ["copy", "--quiet", "--insecure-policy"]);
        let to = format!("{transport}:{}{suffix}", path.display());
        run(skopeo.arg(format!("oci:{}:base", layout.display())).arg(to));
        check(&server, name, &path, transport);
    }
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn a_layout_of_umoci() {
    require();
    let (server, kept) = (Server::start(&Auth::Basic), Kept::new());
    let layout = layout(&kept);
    let image = format!("{}:base", layout.display());
    let content = kept.path("content");
    fs::create_dir_all(content.join("srv")).unwrap();
    fs::write(content.join("srv/hello"), "hello").unwrap();
    run(program("umoci", ["insert", "--rootless", "--image", &image]).arg(&content).arg("/"));
    run(&mut program("umoci", ["config", "--image", &image, "--config.entrypoint", "/srv/hello"]));
    run(&mut program("umoci", ["gc", "--layout", &layout.display().to_string()]));
    check(&server, "umoci", &layout, "oci");
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn archives_of_buildah() {
    require();
    let (server, kept) = (Server::start(&Auth::Basic), Kept::new());
    let root = kept.path("buildah");
    let buildah = |arguments: &[&str]| {
        let mut command = program("buildah", ["--storage-driver", "vfs", "--root"]);
        command.arg(root.join("root")).arg("--runroot").arg(root.join("run")).args(arguments);
        String::from_utf8(run(&mut command)).unwrap().trim().to_owned()
    };
    let file = kept.path("hello");
    fs::write(&file, "#!/bin/sh\necho hello\n").unwrap();
    let container = buildah(&["from", "scratch"]);
    buildah(&["copy", &container, &file.display().to_string(), "/bin/hello"]);
    buildah(&["config", "--cmd", "/bin/hello", "--port", "8080", &container]);
    buildah(&["commit", "--signature-policy", &policy(&kept), &container, "localhost/shop:v1"]);
    for (name, transport, suffix) in [("docker", "docker-archive", ":shop:v1"), ("oci", "oci-archive", ":v1")] {
        let path = kept.path(&format!("buildah-{name}"));
        let to = format!("{transport}:{}{suffix}", path.display());
        buildah(&["push", "--signature-policy", &policy(&kept), "localhost/shop:v1", &to]);
        check(&server, &format!("buildah-{name}"), &path, transport);
    }
}

/// A policy of signatures that allows everything.
fn policy(kept: &Kept) -> String {
    let path = kept.path("policy.json");
    fs::write(&path, r#"{"default":[{"type":"insecureAcceptAnything"}]}"#).unwrap();
    path.display().to_string()
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn several_images_as_skopeo_writes_them() {
    require();
    let kept = Kept::new();
    let layout = layout(&kept);
    let contents = inspect(Archive::open(&layout).unwrap(), &Platform::default(), &(), &|| false).unwrap();
    assert_eq!((contents.kind, contents.images[0].names.as_slice()), (Kind::Oci, &["base".to_owned()][..]));
    let path = layout.display().to_string();
    run(&mut program("umoci", ["tag", "--image", &format!("{path}:base"), "other"]));
    run(&mut program("umoci", ["config", "--image", &format!("{path}:other"), "--config.user", "me"]));
    let credentials = Credentials::fly(PASSWORD);
    let server = Server::start(&Auth::Basic);
    let error = push_to(Archive::open(&layout).unwrap(), &server.at("shop"), &with(&credentials, None)).unwrap_err();
    assert_eq!(error.code(), "several-images", "{error}");
    let options = score_fly_image::Options { select: "other".parse().ok(), ..with(&credentials, None) };
    push_to(Archive::open(&layout).unwrap(), &server.at("shop"), &options).unwrap();
    let theirs = kept.path("theirs");
    let mut skopeo = program("skopeo", ["copy", "--quiet", "--insecure-policy"]);
    run(skopeo.arg(format!("oci:{path}:other")).arg(format!("dir:{}", theirs.display())));
    assert_eq!(facts(&server.pull("shop:latest")), facts(&theirs));
}
