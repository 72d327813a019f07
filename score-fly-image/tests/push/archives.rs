//! Every kind of archive arrives whole.

use std::fs;
use std::sync::Mutex;

use score_fly_image::{
    Archive, Codec, Compression, Digest, Error, Format, Kind, Options, Platform, Selector, inspect, push,
};
use serde_json::json;

use crate::support::fake::{Fake, Ways};
use crate::support::images::{Compress, Image, add, archive, docker, gzip, index, layer, tar, with_link};
use crate::support::packing::{bzip2, xz, zstd};
use crate::support::{Given, Kept, Notes, WAYS, assert_image, options, push_bytes, push_to, to};

const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";
const OCI: &str = "application/vnd.oci.image.manifest.v1+json";

/// Three layers: tiny, two blocks, and more than is held back before sending.
fn image() -> Image {
    Image::new(vec![layer(1, 10_000), layer(2, 3 << 19), layer(3, 4 << 20)])
}

#[test]
fn docker_archives_of_every_compression() {
    // Making the last two takes long.
    let (image, less) = (image(), Image::new(vec![layer(1, 10_000), layer(2, 3 << 19), layer(3, 100)]));
    let plain = image.docker();
    for (name, image, bytes) in [
        ("plain", &image, plain.clone()),
        ("gz", &image, gzip(&plain)),
        ("zst", &image, zstd(&plain)),
        ("xz", &less, xz(&less.docker())),
        ("bz2", &less, bzip2(&less.docker())),
    ] {
        for how in [Given::File, Given::Stream] {
            let fake = Fake::start(Ways::default());
            let pushed =
                push_bytes(&bytes, how, &fake.at("shop:v1"), &options()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let manifest = assert_image(&fake, "shop", "v1", image);
            assert_eq!(fake.manifest("shop", &pushed.digest.to_string()).unwrap().0, DOCKER);
            assert_eq!(pushed.image, format!("{}/shop@{}", fake.address, pushed.digest));
            assert_eq!(pushed.config, image.id());
            let unpacked: usize = image.layers.iter().map(Vec::len).sum();
            assert_eq!((pushed.layers, pushed.unpacked), (3, unpacked as u64));
            let size: u64 = manifest["layers"].as_array().unwrap().iter().filter_map(|l| l["size"].as_u64()).sum();
            assert_eq!((pushed.size, pushed.sent), (size, size));
            // The manifest comes after everything else.
            let seen = fake.take_seen();
            let put = seen
                .iter()
                .position(|seen| seen.request.path.contains("/manifests/v1") && seen.request.method == "PUT");
            let after: Vec<_> = seen[put.unwrap() + 1..].iter().map(|seen| seen.request.method.as_str()).collect();
            assert_eq!(after, ["HEAD"]);
        }
    }
}

#[test]
fn the_same_archive_becomes_the_same_image_however_it_is_given() {
    let image = image();
    let digests = WAYS.map(|how| {
        let fake = Fake::start(Ways::default());
        push_bytes(&image.docker(), how, &fake.at("shop"), &options()).unwrap().digest
    });
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn what_new_versions_of_docker_save() {
    let image = image();
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&image.hybrid(), how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &image);
        let contents = inspect(Kept::new().give(&image.hybrid(), how), &Platform::default(), &(), &|| false).unwrap();
        assert_eq!((contents.kind, contents.images.len()), (Kind::DockerWithLayout, 1));
        assert_eq!(
            (contents.images[0].names.as_slice(), contents.images[0].faults.as_slice()),
            (&["shop:v1".to_owned()][..], &[][..])
        );
    }
}

#[test]
fn what_ko_writes() {
    let image = image();
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&image.ko(), how, &fake.at("shop:v1"), &options()).unwrap();
        let manifest = assert_image(&fake, "shop", "v1", &image);
        assert_eq!(manifest["layers"][1]["digest"], json!(Digest::of(&gzip(&image.layers[1]))));
    }
}

#[test]
fn digests_in_names_may_be_wrong() {
    // The name says the digest of a blob that the registry has, and the content is another.
    let image = image();
    let fake = Fake::start(Ways::default());
    push_bytes(&image.ko(), Given::File, &fake.at("shop:v1"), &options()).unwrap();
    let other = Image::new(vec![layer(7, 5 << 20)]);
    let name = format!("{}.tar.gz", Digest::of(&gzip(&image.layers[2])).hex());
    let manifest = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": [name]}]).to_string();
    let (config, blob) = (other.config(), gzip(&other.layers[0]));
    let bytes = tar(&[(&name, &blob), ("c.json", &config), ("manifest.json", manifest.as_bytes())]);
    for how in WAYS {
        push_bytes(&bytes, how, &fake.at("shop:v2"), &options()).unwrap();
        assert_image(&fake, "shop", "v2", &other);
    }
}

/// Writes an OCI layout into a folder.
fn unfold(files: &[(String, Vec<u8>)]) -> Kept {
    let kept = Kept::new();
    for (name, content) in files {
        let path = kept.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    kept
}

#[test]
fn oci_layouts_keep_their_blobs_and_in_their_format_their_digest() {
    let image = image();
    let files = image.layout(&|layer| (gzip(layer), "tar+gzip"));
    let (folder, bytes) = (unfold(&files), archive(&files));
    let blobs: Vec<Digest> = image.layers.iter().map(|layer| Digest::of(&gzip(layer))).collect();
    let original = Digest::of(&image.add_manifest(&|layer| (gzip(layer), "tar+gzip"), &mut Vec::new()));
    for (format, options, media_type) in
        [(None, options(), DOCKER), (Some(Format::Oci), Options { format: Some(Format::Oci), ..options() }, OCI)]
    {
        let archives = [
            Archive::open(folder.path("")).unwrap(),
            Archive::from_reader("stdin", std::io::Cursor::new(bytes.clone())),
            Archive::from_reader("stdin", std::io::Cursor::new(zstd(&bytes))),
        ];
        for archive in archives {
            let fake = Fake::start(Ways::default());
            let pushed = push_to(archive, &fake.at("shop:v1"), &options).unwrap();
            let manifest = assert_image(&fake, "shop", "v1", &image);
            assert_eq!(fake.manifest("shop", "v1").unwrap().0, media_type);
            let sent: Vec<_> = manifest["layers"].as_array().unwrap().iter().map(|layer| &layer["digest"]).collect();
            assert_eq!(json!(sent), json!(blobs));
            if format.is_some() {
                assert_eq!(pushed.digest, original);
            }
        }
    }
}

#[test]
fn layers_are_brought_to_the_compression_that_is_asked_for() {
    let image = Image::new(vec![layer(1, 3 << 19), layer(2, 100)]);
    let forms: [(&str, &Compress); 5] = [
        ("none", &|layer| (layer.to_vec(), "tar")),
        ("gzip", &|layer| (gzip(layer), "tar+gzip")),
        ("zstd", &|layer| (zstd(layer), "tar+zstd")),
        ("xz", &|layer| (xz(layer), "tar+xz")),
        ("bzip2", &|layer| (bzip2(layer), "tar+bzip2")),
    ];
    for (name, compress) in forms {
        let bytes = archive(&image.layout(compress));
        for (compression, format, end) in [
            (Compression::Gzip, None, Some("tar.gzip")),
            (Compression::Gzip, Some(Format::Oci), Some("tar+gzip")),
            (Compression::Zstd, None, Some("tar+zstd")),
            (
                Compression::Keep,
                None,
                [("none", "tar"), ("gzip", "tar.gzip")].into_iter().find(|(n, _)| *n == name).map(|(_, e)| e),
            ),
            (
                Compression::Keep,
                Some(Format::Oci),
                [("none", "tar"), ("gzip", "tar+gzip"), ("zstd", "tar+zstd")]
                    .into_iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, e)| e),
            ),
        ] {
            for how in [Given::File, Given::Stream] {
                let fake = Fake::start(Ways::default());
                let options = Options { compression, format, ..options() };
                let pushed = push_bytes(&bytes, how, &fake.at("shop:v1"), &options);
                match end {
                    Some(end) => {
                        pushed.unwrap();
                        let manifest = assert_image(&fake, "shop", "v1", &image);
                        let media_type = manifest["layers"][0]["mediaType"].as_str().unwrap();
                        assert!(media_type.ends_with(end), "{name} {compression:?} {media_type}");
                    }
                    None => {
                        let error = pushed.unwrap_err();
                        let codes: Vec<_> = error.faults().iter().map(score_fly_image::Fault::code).collect();
                        assert_eq!(codes, ["bad-layer"; 2], "{name} {compression:?}: {error}");
                        assert!(fake.state().manifests.is_empty());
                    }
                }
            }
        }
    }
    let docker_zstd = Options { compression: Compression::Zstd, format: Some(Format::Docker), ..options() };
    let error = push_bytes(&image.docker(), Given::File, "127.0.0.1:1/shop", &docker_zstd).unwrap_err();
    assert!(matches!(error, Error::FormatWithoutZstd));
}

#[test]
fn links_stand_for_layers_once() {
    // As versions of Docker before 25 wrote a layer that comes twice.
    let (first, shared) = (layer(1, 1000), layer(2, 2000));
    let image = Image::new(vec![shared.clone(), first.clone(), shared.clone()]);
    let config = image.config();
    let manifest =
        json!([{"Config": "c.json", "RepoTags": null, "Layers": ["a/layer.tar", "b/layer.tar", "c/layer.tar"]}]);
    let manifest = manifest.to_string();
    let files: [(&str, &[u8]); 4] = [
        ("a/layer.tar", &shared),
        ("b/layer.tar", &first),
        ("c.json", &config),
        ("manifest.json", manifest.as_bytes()),
    ];
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&with_link(&files, "c/layer.tar", "../a/layer.tar"), how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &image);
        // A link to a link, or out of the archive, is none.
        for target in ["../c/layer.tar", "../../a/layer.tar", "/a/layer.tar"] {
            let error = push_bytes(&with_link(&files, "c/layer.tar", target), how, &fake.at("shop"), &options());
            assert_eq!(error.unwrap_err().faults()[0].code(), "missing-layer", "{target}");
        }
    }
}

#[test]
fn of_several_images_one_is_chosen() {
    let one = Image { names: vec!["shop:v1", "shop:stable"], ..Image::new(vec![layer(1, 100)]) };
    let two = Image { names: vec!["docker.io/library/shop:v2"], ..Image::new(vec![layer(1, 100), layer(2, 100)]) };
    let bytes = docker(&[&one, &two]);
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        let error = push_bytes(&bytes, how, &fake.at("shop"), &options()).unwrap_err();
        assert_eq!(error.code(), "several-images");
        assert!(
            error.to_string().contains("`shop:v1 (linux/amd64)`, `docker.io/library/shop:v2 (linux/amd64)`"),
            "{error}"
        );
        for (selector, image) in [("shop:stable", &one), ("shop:v2", &two), ("@0", &one), ("@1", &two)] {
            let select = selector.parse::<Selector>().ok();
            push_bytes(&bytes, how, &fake.at("shop:v1"), &Options { select, ..options() }).unwrap();
            assert_image(&fake, "shop", "v1", image);
        }
        for selector in ["shop:v3", "@2"] {
            let select = selector.parse::<Selector>().ok();
            let error = push_bytes(&bytes, how, &fake.at("shop"), &Options { select, ..options() }).unwrap_err();
            assert_eq!(error.code(), "no-such-image");
            assert!(error.to_string().contains(selector), "{error}");
        }
    }
}

/// An index in an index, for two platforms, with what buildx attaches, and a third platform that the
/// layout does not have.
fn nested(arm: &Image, amd: &Image) -> Vec<u8> {
    let mut files = Vec::new();
    let mut descriptors = Vec::new();
    for image in [arm, amd] {
        let manifest = image.add_manifest(&|layer| (gzip(layer), "tar+gzip"), &mut files);
        add(&mut files, &manifest);
        let (os, architecture) = image.platform;
        descriptors.push(json!({"mediaType": OCI, "digest": Digest::of(&manifest), "size": manifest.len(),
            "platform": {"os": os, "architecture": architecture}}));
    }
    let attestation = br#"{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":null}"#;
    add(&mut files, attestation);
    descriptors.push(json!({"mediaType": OCI, "digest": Digest::of(attestation), "size": attestation.len(),
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"}}));
    descriptors.push(json!({"mediaType": OCI, "digest": Digest::of(b"absent"), "size": 6,
        "platform": {"os": "linux", "architecture": "s390x"}}));
    let inner = index(&descriptors);
    add(&mut files, &inner);
    let outer = json!({"mediaType": "application/vnd.oci.image.index.v1+json", "digest": Digest::of(&inner), "size": inner.len(),
        "annotations": {"io.containerd.image.name": "docker.io/acme/shop:v1", "org.opencontainers.image.ref.name": "v1"}});
    files.push(("index.json".to_owned(), index(&[outer])));
    files.push(("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
    archive(&files)
}

#[test]
fn of_an_index_the_platform_is_chosen() {
    let arm = Image { platform: ("linux", "arm64"), ..Image::new(vec![layer(1, 100)]) };
    let amd = Image::new(vec![layer(2, 100)]);
    let bytes = nested(&arm, &amd);
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&bytes, how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &amd);
        for select in [None, Some(Selector::Name("acme/shop:v1".to_owned())), Some(Selector::Name("v1".to_owned()))] {
            let platform = Platform { architecture: "arm64".to_owned(), ..Platform::default() };
            push_bytes(&bytes, how, &fake.at("shop:arm"), &Options { platform, select, ..options() }).unwrap();
            assert_image(&fake, "shop", "arm", &arm);
        }
        let platform = Platform { architecture: "riscv64".to_owned(), ..Platform::default() };
        let error = push_bytes(&bytes, how, &fake.at("shop"), &Options { platform, ..options() }).unwrap_err();
        assert_eq!(error.code(), "no-such-image");
        assert!(
            error.to_string().contains("for linux/riscv64, only `docker.io/acme/shop:v1 (linux/arm64)`"),
            "{error}"
        );
    }
}

#[test]
fn empty_layers_and_empty_files_arrive() {
    let image = Image::new(vec![Vec::new(), vec![0; 1024], tar(&[]), layer(1, 100), Vec::new()]);
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&image.docker(), how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &image);
        let layout = archive(&image.layout(&|layer| (layer.to_vec(), "tar")));
        let keep = Options { compression: Compression::Keep, format: Some(Format::Oci), ..options() };
        push_bytes(&layout, how, &fake.at("shop:v2"), &keep).unwrap();
        assert_image(&fake, "shop", "v2", &image);
    }
    let none = Image::new(Vec::new());
    let fake = Fake::start(Ways::default());
    push_bytes(&none.docker(), Given::File, &fake.at("shop:v1"), &options()).unwrap();
    assert_image(&fake, "shop", "v1", &none);
}

#[test]
fn layers_that_nearly_vanish_arrive() {
    // Far more blocks than are held in memory become less than what is held back before it is sent.
    let image = Image::new(vec![tar(&[("zeros", &vec![0; 48 << 20])]), layer(1, 100)]);
    let bytes = image.docker();
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&bytes, how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &image);
    }
}

#[test]
fn ten_thousand_empty_layers_are_one_blob() {
    let image = Image::new(vec![vec![0; 1024]; 10_000]);
    // All under names of their own.
    let mut files: Vec<(String, Vec<u8>)> =
        (0..10_000).map(|number| (format!("{number}/layer.tar"), vec![0; 1024])).collect();
    let names: Vec<&String> = files.iter().map(|(name, _)| name).collect();
    let manifest = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": names}]).to_string();
    files.push(("c.json".to_owned(), image.config()));
    files.push(("manifest.json".to_owned(), manifest.into_bytes()));
    let bytes = archive(&files);
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        let pushed = push_bytes(&bytes, how, &fake.at("shop:v1"), &options()).unwrap();
        assert_eq!(pushed.layers, 10_000);
        assert_eq!(fake.manifest("shop", "v1").unwrap().1["layers"].as_array().unwrap().len(), 10_000);
        // The layer and the config; several senders may begin at once.
        let sent = fake.take_seen().iter().filter(|seen| seen.request.method == "PATCH").count();
        assert!((2..=8).contains(&sent), "{sent}");
    }
}

struct Sum<'m>(&'m Mutex<(u64, u64, usize, u64)>);
impl score_fly_image::Observer for Sum<'_> {
    fn event(&self, event: &score_fly_image::Event<'_>) {
        use score_fly_image::Event;
        let mut told = self.0.lock().unwrap();
        match event {
            Event::Read { bytes, .. } => told.0 += bytes,
            Event::Sent { bytes, .. } => told.1 += bytes,
            Event::Done { .. } => told.2 += 1,
            Event::Expected { bytes, .. } => told.3 += bytes,
            _ => {}
        }
    }
}

#[test]
fn what_is_told_while_it_goes_on_adds_up() {
    let image = image();
    let fake = Fake::start(Ways::default());
    let told = Mutex::new((0_u64, 0_u64, 0_usize, 0_u64));
    let archive = Kept::new();
    let pushed =
        push(archive.give(&image.docker(), Given::File), &to(&fake.at("shop")), &options(), &Sum(&told), &|| false);
    let size: usize = image.layers.iter().map(Vec::len).sum();
    assert_eq!(*told.lock().unwrap(), (size as u64, pushed.unwrap().sent, 3, size as u64));
}

#[test]
fn inspecting_tells_what_is_there() {
    let image = Image::new(vec![layer(1, 5000), layer(2, 100)]);
    let zipped = image.layout(&|layer| (gzip(layer), "tar+gzip"));
    for how in WAYS {
        let kept = Kept::new();
        let look = |bytes: &[u8]| inspect(kept.give(bytes, how), &Platform::default(), &(), &|| false).unwrap();
        let docker = look(&image.docker());
        assert_eq!(docker.kind, Kind::Docker);
        let found = &docker.images[0];
        assert_eq!((found.id, found.manifest, found.names.as_slice()), (image.id(), None, &["shop:v1".to_owned()][..]));
        let process = &found.config.config;
        assert_eq!((process.cmd.as_slice(), process.user.as_str()), (&["/bin/shop".to_owned()][..], "me"));
        assert!(process.exposed_ports.contains_key("80/tcp") && found.faults.is_empty());
        assert_eq!(found.layers[0].diff_id, Some(image.diff_ids[0]));
        assert_eq!(
            (found.layers[0].size, found.layers[0].unpacked),
            (image.layers[0].len() as u64, image.layers[0].len() as u64)
        );
        let oci = look(&archive(&zipped));
        let found = &oci.images[0];
        assert_eq!((oci.kind, found.layers[0].codec, found.id), (Kind::Oci, Codec::Gzip, image.id()));
        assert_eq!(found.layers[0].digest, Some(Digest::of(&gzip(&image.layers[0]))));
        assert_eq!(found.unpacked(), image.layers.iter().map(|layer| layer.len() as u64).sum::<u64>());
    }
    let notes = Notes::default();
    let reads = inspect(Kept::new().give(&image.docker(), Given::File), &Platform::default(), &notes, &|| false);
    assert!(reads.is_ok() && !notes.0.lock().unwrap().is_empty());
    let stopped = inspect(Kept::new().give(&image.docker(), Given::File), &Platform::default(), &(), &|| true);
    assert!(matches!(stopped, Err(Error::Stopped)));
}
