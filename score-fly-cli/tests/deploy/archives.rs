//! Deploying images from archives, with a registry in memory.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::registry::fake::{Fake, Ways};
use crate::registry::images::{Image, layer};
use crate::world::{Run, World, finish};

const SHOP: &str = r#"app = "shop"
primary_region = "fra"

[http_service]
internal_port = 80
"#;

/// A Fly, and a registry that takes the same token.
fn world() -> (World, Fake) {
    let world = World::new([("fly.toml", SHOP)]);
    let token = world.fly.env().into_iter().find_map(|(name, value)| (name == "FLY_API_TOKEN").then_some(value));
    let basic = token.map(|token| format!("x:{}", token.trim_start_matches("FlyV1 ")));
    assert!(basic.is_some());
    (world, Fake::start(Ways { basic, ..Ways::default() }))
}

fn deploy(world: &World, fake: &Fake, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = world.command(&[&["deploy", "--smoke-checks=false"], arguments].concat());
    command.env("FLY_REGISTRY_HOST", format!("http://{}", fake.address)).stdin(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    // It may end without reading.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    finish(child)
}

#[test]
fn an_archive_is_pushed_and_deployed_by_its_digest() {
    let (world, fake) = world();
    let first = Image::new(vec![layer(1, 1000), layer(2, 3 << 20)]);
    world.sandbox.write("image.tar", first.docker());
    let run = deploy(&world, &fake, &["--image-archive", "image.tar"], b"");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("created app shop in organization"), "{}", run.stderr);
    let deployed = |image: &Image| {
        let (_, manifest) = fake.manifest("shop", "latest").expect("an image");
        assert_eq!(manifest["config"]["digest"], json!(image.id()));
        let digests = fake.state().manifests.keys().map(|(_, name)| name.clone()).collect::<Vec<_>>();
        for machine in world.fly.machines("shop") {
            assert_eq!(machine["state"], json!("started"));
            let runs = machine["config"]["image"].as_str().expect("an image").to_owned();
            let digest = runs.strip_prefix(&format!("{}/shop@", fake.address)).expect("a digest");
            assert!(digests.iter().any(|known| known == digest), "{digest} {digests:?}");
            assert_eq!(fake.manifest("shop", digest).expect("an image").1, manifest);
        }
    };
    deployed(&first);
    assert_eq!(world.fly.machines("shop").len(), 2);

    // The same once more, as a stream: no layer is sent, and nothing is changed.
    let machines = world.fly.machines("shop");
    fake.take_seen();
    let again = deploy(&world, &fake, &["--image-archive", "-"], &first.docker());
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("0 B sent"), "{}", again.stderr);
    assert_eq!(world.fly.machines("shop"), machines);
    assert!(fake.take_seen().iter().all(|seen| seen.request.method != "PATCH"));

    let second = Image { command: "/bin/other", ..first };
    let changed = deploy(&world, &fake, &["--image-archive", "-"], &second.docker());
    assert_eq!(changed.code, Some(0), "{}", changed.stderr);
    deployed(&second);
}

#[test]
fn a_workload_gets_the_image_that_it_leaves_open() {
    let (world, fake) = world();
    let image = Image::new(vec![layer(1, 1000)]);
    world.sandbox.write("image.tar", image.docker());
    let score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers:\n  main: {image: .}\n";
    world.sandbox.write("score.yaml", score);
    let run = deploy(&world, &fake, &["--image-archive", "image.tar", "score.yaml"], b"");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let machines = world.fly.machines("web");
    assert!(!machines.is_empty());
    for machine in machines {
        let runs = machine["config"]["image"].as_str().expect("an image");
        assert!(runs.starts_with(&format!("{}/web@sha256:", fake.address)), "{runs}");
    }
}

#[test]
fn nothing_is_deployed_of_an_image_that_did_not_arrive() {
    let (world, fake) = world();
    let image = Image::new(vec![layer(1, 1000)]);
    world.sandbox.write("image.tar", image.docker());
    assert_eq!(deploy(&world, &fake, &["--image-archive", "image.tar"], b"").code, Some(0));
    let machines = world.fly.machines("shop");

    let arm = Image { platform: ("linux", "arm64"), ..Image::new(vec![layer(2, 1000)]) };
    world.sandbox.write("arm.tar", arm.docker());
    world.sandbox.write("cut.tar", &arm.docker()[..700]);
    world.sandbox.write("other.toml", SHOP.replace("shop", "other"));
    for (arguments, code, words) in [
        (&["--image-archive", "arm.tar"][..], 2, "error[wrong-platform]"),
        (&["--image-archive", "cut.tar"], 2, "error[archive-truncated]"),
        (&["--image-archive", "missing.tar"], 1, "cannot read `missing.tar`"),
        (&["--image-archive", "-", "-"], 1, "standard input, which can be read only once"),
        (&["--image-archive", "image.tar", "fly.toml", "other.toml"], 1, "--image-archive is meant for one"),
    ] {
        let run = deploy(&world, &fake, arguments, b"");
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
        assert_eq!(world.fly.machines("shop"), machines, "{arguments:?}");
    }
    // A registry that takes no images of this app.
    let denying = fake.also_at(Ways { basic: Some("x:another".to_owned()), ..Ways::default() });
    let denied = deploy(&world, &denying, &["--image-archive", "image.tar"], b"");
    assert_eq!(denied.code, Some(1));
    assert!(denied.stderr.contains("error[unauthorized]"), "{}", denied.stderr);
    assert_eq!(world.fly.machines("shop"), machines);
}
