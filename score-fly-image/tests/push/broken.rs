//! Archives that are damaged, hostile or something else. None of them ends in a tag.

use std::fs;

use score_fly_image::{Archive, Error, Fault, Options, Platform, inspect};
use serde_json::json;

use crate::support::fake::{Fake, Ways};
use crate::support::images::{Image, add, archive, gzip, index, layer, tar};
use crate::support::packing::{xz, zstd};
use crate::support::{Given, Kept, WAYS, options, push_bytes, push_to};

/// Pushes in each way, and wants the same error from all of them, and from inspecting if it can tell.
fn refused(bytes: &[u8], code: &str) -> Vec<Error> {
    let errors = WAYS.map(|how| {
        let fake = Fake::start(Ways::default());
        let error = push_bytes(bytes, how, &fake.at("shop"), &options()).expect_err("an error");
        assert!(fake.state().manifests.is_empty());
        assert_eq!(error.code(), code, "{how:?}: {error}");
        let inspected = inspect(Kept::new().give(bytes, how), &Platform::default(), &(), &|| false);
        match inspected {
            Ok(contents) if code == "unfit-image" => {
                let codes = |faults: &[Fault]| faults.iter().map(Fault::code).collect::<Vec<_>>();
                assert_eq!(codes(&contents.images[0].faults), codes(error.faults()), "{how:?}");
            }
            Ok(_) => assert!(["several-images"].contains(&code), "inspecting finds nothing wrong"),
            Err(inspected) => assert_eq!(inspected.code(), code, "{how:?}: {inspected}"),
        }
        error
    });
    errors.into()
}

fn image() -> Image {
    Image::new(vec![layer(1, 3000), layer(2, 4 << 20)])
}

/// A docker-archive with these layers, whatever the image's config says of them.
fn with_layers(image: &Image, layers: &[(&str, &[u8])], listed: &[&str]) -> Vec<u8> {
    let config = image.config();
    let manifest = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": listed}]).to_string();
    let mut files = layers.to_vec();
    files.extend([("c.json", config.as_slice()), ("manifest.json", manifest.as_bytes())]);
    tar(&files)
}

#[test]
fn archives_that_are_cut_off() {
    let whole = image().docker();
    let ends = [600, 3000, 100_000, 1 << 20, whole.len() - 2000];
    for end in ends {
        for how in WAYS {
            let fake = Fake::start(Ways::default());
            let error = push_bytes(&whole[..end], how, &fake.at("shop"), &options()).unwrap_err();
            assert!(
                ["archive-truncated", "no-image-archive", "invalid-document"].contains(&error.code()),
                "{end} {how:?}: {error}"
            );
            assert!(fake.state().manifests.is_empty());
        }
    }
    // Cut off in what is compressed around it; of the last only the check is missing.
    for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd, xz] {
        let packed = pack(&whole);
        for cut in [packed.len() / 2, 3] {
            let fake = Fake::start(Ways::default());
            for how in [Given::File, Given::Stream] {
                let error = push_bytes(&packed[..packed.len() - cut], how, &fake.at("shop"), &options()).unwrap_err();
                assert_eq!(error.code(), "archive-truncated", "{error}");
                assert!(fake.state().manifests.is_empty());
            }
        }
    }
}

#[test]
fn archives_that_are_garbled() {
    let mut packed = gzip(&image().docker());
    let middle = packed.len() / 2;
    packed[middle..middle + 100].fill(0);
    let fake = Fake::start(Ways::default());
    for how in [Given::File, Given::Stream] {
        let error = push_bytes(&packed, how, &fake.at("shop"), &options()).unwrap_err();
        assert_eq!(error.code(), "archive-damaged", "{error}");
    }
    let mut plain = image().docker();
    let second = 512 + image().layers[0].len().next_multiple_of(512);
    plain[second] ^= 1;
    refused(&plain, "archive-damaged");
}

#[test]
fn what_is_no_archive_of_images() {
    for (bytes, words) in [
        (Vec::new(), "too short"),
        (b"hello".to_vec(), "too short"),
        (vec![0; 10_240], "nothing in it"),
        (b"#!/bin/sh\n".repeat(1000), "no tar"),
        (tar(&[("etc/passwd", b"root")]), "neither a manifest.json nor an index.json"),
        (tar(&[("repositories", b"{}")]), "very old"),
        (tar(&[("manifest.json", b"[]")]), "lists no images"),
        (tar(&[("index.json", b"{\"manifests\":[]}")]), "lists no images"),
        (tar(&[("./sub/manifest.json", b"[]")]), "neither"),
        (tar(&[("manifest.json/../manifest.json", b"[]")]), "neither"),
    ] {
        for how in WAYS {
            let error = push_bytes(&bytes, how, "127.0.0.1:1/shop", &Options { ..options() });
            // A file is looked at before anybody is called; nothing listens there.
            let error = match how {
                Given::File => error.unwrap_err(),
                _ => {
                    let fake = Fake::start(Ways::default());
                    push_bytes(&bytes, how, &fake.at("shop"), &options()).unwrap_err()
                }
            };
            assert_eq!(error.code(), "no-image-archive", "{how:?} {words}: {error}");
            let empty = bytes.is_empty() || bytes == b"hello";
            assert!(
                error.to_string().contains(words) || (empty && error.to_string().contains("nothing in it")),
                "{error}"
            );
            assert!(error.help().is_some());
        }
    }
    let error = Archive::open("/no/such/file").unwrap_err();
    assert_eq!(error.code(), "archive-unreadable");
    let folder = Kept::new();
    let error = push_to(Archive::open(folder.path("")).unwrap(), "127.0.0.1:1/shop", &options()).unwrap_err();
    assert_eq!(error.code(), "no-image-archive");
}

#[test]
fn documents_that_are_missing_or_wrong() {
    let image = image();
    let (good, bad) = (image.config(), b"{\"rootfs\":{\"diff_ids\":[\"sha256:zz\"]}}");
    let manifest = |config: &str| json!([{"Config": config, "RepoTags": null, "Layers": []}]).to_string();
    refused(&tar(&[("manifest.json", manifest("c.json").as_bytes())]), "missing-document");
    refused(&tar(&[("manifest.json", b"[{\"Config\":1}]")]), "invalid-document");
    refused(&tar(&[("manifest.json", b"[[[[[[[[")]), "invalid-document");
    refused(&tar(&[("c.json", bad), ("manifest.json", manifest("c.json").as_bytes())]), "invalid-document");
    refused(&tar(&[("manifest.json", "[".repeat(100_000).as_bytes())]), "invalid-document");
    let long = format!("[{}]", " ".repeat(1 << 20));
    refused(&tar(&[("manifest.json", long.as_bytes())]), "archive-too-large");
    let config = [b"{".to_vec(), b" ".repeat(4 << 20)].concat();
    refused(&tar(&[("c.json", &config), ("manifest.json", manifest("c.json").as_bytes())]), "archive-too-large");
    // Two of a name, of which different readers take different ones.
    let manifest = manifest("c.json");
    let twice: [(&str, &[u8]); 3] = [("c.json", &good), ("manifest.json", manifest.as_bytes()), ("c.json", &good)];
    refused(&tar(&twice), "duplicate-file");
}

#[test]
fn layers_that_are_not_what_the_config_says() {
    let image = image();
    let (one, two) = (&image.layers[0][..], &image.layers[1][..]);
    let other = layer(9, 3000);
    let faults = |bytes: &[u8]| -> Vec<String> {
        let errors = refused(bytes, "unfit-image");
        errors[0].faults().iter().map(ToString::to_string).collect()
    };
    let listed = ["1/layer.tar", "2/layer.tar"];
    let swapped = faults(&with_layers(&image, &[("1/layer.tar", two), ("2/layer.tar", one)], &listed));
    assert_eq!(swapped.len(), 2);
    assert!(swapped[0].starts_with("layer 1 is not the one that the config means (`1/layer.tar`)"), "{swapped:?}");
    let tampered = faults(&with_layers(&image, &[("1/layer.tar", &other), ("2/layer.tar", two)], &listed));
    assert_eq!(tampered.len(), 1);
    let missing = faults(&with_layers(&image, &[("1/layer.tar", one)], &listed));
    assert_eq!(missing, ["layer 2 is not in the archive (`2/layer.tar`)"]);
    let fewer = faults(&with_layers(&image, &[("1/layer.tar", one)], &listed[..1]));
    assert_eq!(fewer, ["its manifest lists 1 layers, and its config 2"]);
    for cut in [gzip(one), zstd(one), xz(one)] {
        let cut =
            faults(&with_layers(&image, &[("1/layer.tar", &cut[..cut.len() - 5]), ("2/layer.tar", two)], &listed));
        assert_eq!(cut, ["layer 1 can't be unpacked (`1/layer.tar`): it ends too early"]);
    }
    // The same file for two layers.
    let same = faults(&with_layers(&image, &[("1/layer.tar", one)], &["1/layer.tar", "1/layer.tar"]));
    assert_eq!(same.len(), 1);
    assert!(same[0].starts_with("layer 2"), "{same:?}");
}

#[test]
fn blobs_that_are_not_what_their_names_say() {
    let image = Image::new(vec![layer(1, 3000), layer(2, 3 << 19)]);
    for compress in [
        |layer: &[u8]| (gzip(layer), "tar+gzip"),
        |layer: &[u8]| (layer.to_vec(), "tar"),
        |layer: &[u8]| (xz(layer), "tar+xz"),
    ] {
        let mut files = image.layout(&compress);
        let (replaced, first) = (compress(&layer(9, 3000)).0, compress(&image.layers[0]).0);
        let blob = files.iter_mut().find(|(_, content)| *content == first).unwrap();
        blob.1 = replaced;
        let errors = refused(&archive(&files), "unfit-image");
        assert_eq!(errors[0].faults()[0].code(), "wrong-digest");
    }
    // A config or manifest that was changed, which would have other digests.
    for changed in ["\"architecture\"", "made.by"] {
        let mut files = image.layout(&|layer| (gzip(layer), "tar+gzip"));
        for (name, content) in files.iter_mut().filter(|(name, _)| name.starts_with("blobs/")) {
            if let Ok(text) = std::str::from_utf8(content)
                && text.contains(changed)
            {
                assert!(!name.is_empty());
                *content = text.replace(changed, &changed.to_uppercase()).into_bytes();
            }
        }
        refused(&archive(&files), "archive-damaged");
    }
}

#[test]
fn images_for_other_machines() {
    let arm = Image { platform: ("linux", "arm64"), ..image() };
    let errors = refused(&arm.docker(), "unfit-image");
    assert_eq!(
        errors[0].to_string(),
        "the image in `archive` can't be pushed: it is for linux/arm64, and linux/amd64 is wanted"
            .replace("archive", errors[0].to_string().split('`').nth(1).unwrap())
    );
    let none = Image { platform: ("", ""), ..image() };
    refused(&none.docker(), "unfit-image");
    // All that is wrong is said at once.
    let bytes = with_layers(&arm, &[("1/layer.tar", &arm.layers[0])], &["1/layer.tar", "2/layer.tar", "3/layer.tar"]);
    let codes: Vec<_> = refused(&bytes, "unfit-image")[0].faults().iter().map(Fault::code).collect();
    assert_eq!(codes, ["wrong-platform", "layer-count", "missing-layer", "missing-layer"]);
}

#[test]
fn images_that_are_too_large() {
    let image = image();
    let size: u64 = image.layers.iter().map(|layer| layer.len() as u64).sum();
    for how in WAYS {
        for (largest, fits) in [(Some(size), true), (Some(size - 1), false), (Some(1000), false), (None, true)] {
            let fake = Fake::start(Ways::default());
            let pushed = push_bytes(&image.docker(), how, &fake.at("shop"), &Options { largest, ..options() });
            match pushed {
                Ok(_) => assert!(fits),
                Err(error) => {
                    assert!(!fits && error.faults().iter().all(|fault| fault.code() == "image-too-large"), "{error}");
                    assert!(fake.state().manifests.is_empty());
                }
            }
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    // 256 MB of zeros in 256 KB, once more compressed; 32 MB are allowed.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 256 << 20), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    let image = Image::new(vec![layer(1, 100)]);
    let bytes = with_layers(&image, &[("1/layer.tar", &bomb)], &["1/layer.tar"]);
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        let largest = Options { largest: Some(32 << 20), ..options() };
        let error = push_bytes(&bytes, how, &fake.at("shop"), &largest).unwrap_err();
        assert_eq!(error.faults()[0].code(), "image-too-large", "{how:?}: {error}");
        assert!(fake.state().manifests.is_empty());
    }
}

#[test]
fn indexes_that_lead_astray() {
    // An index that lists itself can't be written, since its digest would be in it; but one can be deep,
    let mut files = Vec::new();
    let mut inner = index(&[]);
    for _ in 0..8 {
        add(&mut files, &inner);
        let descriptor = json!({"mediaType": "application/vnd.oci.image.index.v1+json",
            "digest": score_fly_image::Digest::of(&inner), "size": inner.len()});
        inner = index(&[descriptor]);
    }
    files.push(("index.json".to_owned(), inner));
    refused(&archive(&files), "archive-too-large");
    // or list the same many times over.
    let leaf = index(&[]);
    let descriptor = json!({"mediaType": "application/vnd.oci.image.index.v1+json",
        "digest": score_fly_image::Digest::of(&leaf), "size": leaf.len()});
    let mut files = vec![("index.json".to_owned(), index(&vec![descriptor; 3000]))];
    add(&mut files, &leaf);
    refused(&archive(&files), "archive-too-large");
    // Digests are no paths.
    for digest in ["sha256:../../../etc/passwd", "../../etc/passwd", "sha512:00", ""] {
        let descriptor =
            json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 1});
        refused(&tar(&[("index.json", &index(&[descriptor]))]), "invalid-document");
    }
    let descriptor = json!({"mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": score_fly_image::Digest::of(b"x"), "size": 1});
    refused(&tar(&[("index.json", &index(&[descriptor]))]), "missing-document");
}

#[test]
fn names_lead_nowhere() {
    let image = Image::new(vec![layer(1, 100)]);
    for name in ["/etc/passwd", "../../../../etc/passwd", "c.json/../../etc/passwd", "\0", "a\u{202e}b"] {
        let bytes = with_layers(&image, &[], &[name]);
        let errors = refused(&bytes, "unfit-image");
        assert_eq!(errors[0].faults()[0].code(), "missing-layer");
    }
    // Not even in a folder, where a link may lead out of it: what is there has another digest.
    let folder = Kept::new();
    for (name, content) in image.layout(&|layer| (layer.to_vec(), "tar")) {
        let path = folder.path(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let blob = folder.path(&format!("blobs/sha256/{}", image.diff_ids[0].hex()));
    fs::remove_file(&blob).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &blob).unwrap();
    let fake = Fake::start(Ways::default());
    let error = push_to(Archive::open(folder.path("")).unwrap(), &fake.at("shop"), &options()).unwrap_err();
    assert_eq!(error.faults()[0].code(), "wrong-digest");
    assert!(fake.state().blobs.is_empty() && fake.state().manifests.is_empty());
}

#[test]
fn a_tampered_layer_is_noticed_before_it_is_kept() {
    let image = image();
    let bytes = with_layers(
        &image,
        &[("1/layer.tar", &layer(9, 4 << 20)), ("2/layer.tar", &image.layers[1])],
        &["1/layer.tar", "2/layer.tar"],
    );
    let fake = Fake::start(Ways::default());
    push_bytes(&bytes, Given::File, &fake.at("shop"), &options()).unwrap_err();
    // Of a file, it is known what a layer should be before it is sent.
    assert_eq!(fake.state().blobs.len(), 1);
}
