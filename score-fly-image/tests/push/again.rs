//! What is there already is not sent.

use score_fly_image::{Archive, Arrival, Cache, Compression, Digest, Format, Options, push};

use crate::support::fake::{Fake, Misdeed, Ways};
use crate::support::http::Response;
use crate::support::images::{Image, archive, gzip, layer};
use crate::support::{Arrivals, Given, Kept, WAYS, assert_image, options, push_bytes, to};

fn image() -> Image {
    Image::new(vec![layer(1, 10_000), layer(2, 4 << 20), layer(3, 1 << 20)])
}

/// The bytes of blobs and manifests that were sent, and how often blobs were asked for.
fn traffic(fake: &Fake) -> (u64, usize) {
    let seen = fake.take_seen();
    let blobs = seen.iter().filter(|seen| seen.request.method == "PATCH" || seen.request.method == "PUT");
    let sent = blobs.filter(|seen| !seen.request.path.contains("/manifests/")).map(|seen| seen.bytes).sum();
    (sent, seen.iter().filter(|seen| seen.request.method == "HEAD").count())
}

#[test]
fn a_second_push_sends_nothing_with_a_cache_or_without() {
    let image = image();
    let zipped = archive(&image.layout(&|layer| (gzip(layer), "tar+gzip")));
    for bytes in [image.docker(), image.hybrid(), image.ko(), zipped] {
        for how in WAYS {
            for cached in [true, false] {
                let kept = Kept::new();
                let open = || cached.then(|| Cache::open(kept.path("cache/layers")).unwrap());
                let fake = Fake::start(Ways::default());
                let cache = open();
                let options_ = Options { cache: cache.as_ref(), ..options() };
                let first = push_bytes(&bytes, how, &fake.at("shop:v1"), &options_).unwrap();
                assert!(traffic(&fake).0 > 3 << 20 && first.sent > 3 << 20);
                let cache = open();
                let options_ = Options { cache: cache.as_ref(), ..options() };
                let second = push_bytes(&bytes, how, &fake.at("shop:v1"), &options_).unwrap();
                assert_eq!((traffic(&fake).0, second.sent), (0, 0), "{how:?} {cached}");
                assert_eq!(second.digest, first.digest);
                assert_image(&fake, "shop", "v1", &image);
            }
        }
    }
}

#[test]
fn with_a_cache_a_file_is_not_even_read() {
    let image = image();
    let kept = Kept::new();
    let cache = Cache::default();
    let fake = Fake::start(Ways::default());
    let options = Options { cache: Some(&cache), ..options() };
    let read = |archive: Archive| {
        let notes = crate::support::Notes::default();
        push(archive, &to(&fake.at("shop:v1")), &options, &notes, &|| false).unwrap();
        notes.0.into_inner().unwrap().iter().filter(|note| note.starts_with("Read")).count()
    };
    assert!(read(kept.give(&image.docker(), Given::File)) > 0);
    assert_eq!(read(kept.give(&image.docker(), Given::File)), 0);
}

#[test]
fn layers_of_another_image_of_the_repository_are_found() {
    let base = layer(1, 5 << 20);
    let (old, new) = (Image::new(vec![base.clone(), layer(2, 100)]), Image::new(vec![base, layer(3, 4 << 20)]));
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        push_bytes(&old.docker(), how, &fake.at("shop:old"), &options()).unwrap();
        fake.take_seen();
        let similar = Options { similar: vec!["old".to_owned(), "missing".to_owned()], ..options() };
        push_bytes(&new.docker(), how, &fake.at("shop:new"), &similar).unwrap();
        assert_image(&fake, "shop", "new", &new);
        let (sent, _) = traffic(&fake);
        assert!((2 << 20..3 << 20).contains(&sent), "{sent}");
    }
}

#[test]
fn what_another_tool_compressed_is_not_trusted() {
    // The repository has the layer, under the same tag, but not as the blob that we would make, and the
    // config there is wrong about it.
    let image = image();
    for how in WAYS {
        let fake = Fake::start(Ways::default());
        let layout = archive(&image.layout(&|layer| (gzip(layer), "tar+gzip")));
        push_bytes(&layout, Given::File, &fake.at("shop:v1"), &options()).unwrap();
        fake.take_seen();
        push_bytes(&image.docker(), how, &fake.at("shop:v1"), &options()).unwrap();
        let manifest = assert_image(&fake, "shop", "v1", &image);
        assert!(manifest["layers"][1]["digest"] != serde_json::json!(Digest::of(&gzip(&image.layers[1]))));
        assert!(traffic(&fake).0 > 3 << 20);
    }
}

#[test]
fn blobs_are_mounted_from_repositories_that_have_them() {
    let image = image();
    let zipped = archive(&image.layout(&|layer| (gzip(layer), "tar+gzip")));
    for bytes in [image.docker(), zipped] {
        for how in WAYS {
            for mounts in [true, false] {
                let cache = Cache::default();
                let fake = Fake::start(Ways { mounts, ..Ways::default() });
                let options = Options { cache: Some(&cache), ..options() };
                push_bytes(&bytes, how, &fake.at("team/one:v1"), &options).unwrap();
                fake.take_seen();
                let arrivals = Arrivals::default();
                let kept = Kept::new();
                push(kept.give(&bytes, how), &to(&fake.at("two:v1")), &options, &arrivals, &|| false).unwrap();
                assert_image(&fake, "two", "v1", &image);
                let (sent, _) = traffic(&fake);
                if mounts {
                    assert_eq!(arrivals.take(), [Arrival::Mounted; 3]);
                    assert_eq!(sent, image.config().len() as u64);
                } else {
                    assert_eq!(arrivals.take(), [Arrival::Sent; 3]);
                }
            }
        }
    }
}

#[test]
fn a_cache_is_asked_for_what_fits() {
    let image = image();
    let cache = Cache::default();
    let fake = Fake::start(Ways::default());
    for (compression, format, end) in [
        (Compression::Gzip, None, "tar.gzip"),
        (Compression::Zstd, None, "tar+zstd"),
        (Compression::Keep, Some(Format::Oci), "tar"),
        (Compression::Gzip, Some(Format::Oci), "tar+gzip"),
    ] {
        for how in WAYS {
            let options = Options { cache: Some(&cache), compression, format, ..options() };
            push_bytes(&image.docker(), how, &fake.at("shop:v1"), &options).unwrap();
            let manifest = assert_image(&fake, "shop", "v1", &image);
            assert!(manifest["layers"][1]["mediaType"].as_str().unwrap().ends_with(end), "{manifest}");
        }
    }
}

#[test]
fn blobs_that_the_registry_has_lost_are_sent_again() {
    let image = image();
    let cache = Cache::default();
    let fake = Fake::start(Ways::default());
    let options = Options { cache: Some(&cache), ..options() };
    push_bytes(&image.docker(), Given::File, &fake.at("shop:v1"), &options).unwrap();
    // Pruned: it says so when it is asked.
    fake.state().blobs.clear();
    fake.state().manifests.clear();
    push_bytes(&image.docker(), Given::File, &fake.at("shop:v1"), &options).unwrap();
    assert_image(&fake, "shop", "v1", &image);
    // Pruned, and it does not know.
    let sly = fake.also_at(Ways {
        mischief: Box::new(|request, _| {
            let asks = request.method == "HEAD" && request.path.contains("/blobs/");
            asks.then(|| Misdeed::Answer(Response::new(200)))
        }),
        ..Ways::default()
    });
    fake.state().blobs.clear();
    fake.state().manifests.clear();
    let error = push_bytes(&image.docker(), Given::File, &sly.at("shop:v1"), &options).unwrap_err();
    assert_eq!(error.code(), "blobs-lost", "{error}");
    assert!(fake.state().manifests.is_empty());
}
