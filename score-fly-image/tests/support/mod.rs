//! What tests of several targets share.
#![allow(dead_code, reason = "each target uses its part")]

pub(crate) mod fake;
pub(crate) mod http;
pub(crate) mod images;
pub(crate) mod packing;
pub(crate) mod proxy;

use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use score_fly_image::{
    Archive, Arrival, Cache, Credentials, Error, Event, FLY_REGISTRY, Observer, Options, Pushed, Reference, Retries,
    push,
};

/// Retries without long waits.
pub(crate) const QUICK: Retries = Retries {
    attempts: 4,
    wait: Duration::from_millis(1),
    longest_wait: Duration::from_millis(20),
    manifest_attempts: 3,
    manifest_wait: Duration::from_millis(1),
};

pub(crate) fn options() -> Options<'static> {
    Options { retries: QUICK, ..Options::default() }
}

/// The ways in which an archive can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    File,
    Gzip,
    Stream,
}

pub(crate) const WAYS: [Given; 3] = [Given::File, Given::Gzip, Given::Stream];

/// An archive, and the folder that it is in.
pub(crate) struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn give(&self, bytes: &[u8], how: Given) -> Archive {
        let path = self.path("archive");
        match how {
            Given::File => std::fs::write(&path, bytes).unwrap(),
            Given::Gzip => std::fs::write(&path, images::gzip(bytes)).unwrap(),
            Given::Stream => return Archive::from_reader("archive", Trickle(Cursor::new(bytes.to_vec()))),
        }
        Archive::open(&path).unwrap()
    }
}

/// Reads in odd portions, as a pipe does.
struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(40_961);
        self.0.read(&mut buffer[..length])
    }
}

pub(crate) fn to(text: &str) -> Reference {
    Reference::parse(text, FLY_REGISTRY).unwrap()
}

pub(crate) fn push_to(archive: Archive, destination: &str, options: &Options<'_>) -> Result<Pushed, Error> {
    push(archive, &to(destination), options, &(), &|| false)
}

/// Pushes bytes in some way.
pub(crate) fn push_bytes(bytes: &[u8], how: Given, destination: &str, options: &Options<'_>) -> Result<Pushed, Error> {
    push_to(Kept::new().give(bytes, how), destination, options)
}

pub(crate) fn with<'a>(credentials: &'a Credentials, cache: Option<&'a Cache>) -> Options<'a> {
    Options { credentials: Some(credentials), cache, ..options() }
}

/// Remembers what it is told.
#[derive(Default)]
pub(crate) struct Notes(pub(crate) Mutex<Vec<String>>);

impl Observer for Notes {
    fn event(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
}

/// Counts how layers arrived.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<Vec<Arrival>>);

impl Observer for Arrivals {
    fn event(&self, event: &Event<'_>) {
        if let Event::Done { how, .. } = event {
            self.0.lock().unwrap().push(*how);
        }
    }
}

impl Arrivals {
    pub(crate) fn take(&self) -> Vec<Arrival> {
        let mut arrivals = std::mem::take(&mut *self.0.lock().unwrap());
        arrivals.sort();
        arrivals
    }
}

/// Holds what a registry has against an image: the config to the byte, and the layers by content.
pub(crate) fn assert_image(
    fake: &fake::Fake,
    repository: &str,
    reference: &str,
    image: &images::Image,
) -> serde_json::Value {
    let (_, manifest) = fake.manifest(repository, reference).expect("a manifest");
    let blob = |descriptor: &serde_json::Value| {
        let digest = descriptor["digest"].as_str().expect("a digest");
        fake.blob(repository, digest).unwrap_or_else(|| panic!("{digest} is there"))
    };
    assert!(blob(&manifest["config"]) == image.config());
    let layers = manifest["layers"].as_array().expect("layers");
    assert_eq!(layers.len(), image.layers.len());
    for (layer, expected) in layers.iter().zip(&image.layers) {
        let media_type = layer["mediaType"].as_str().unwrap_or_default();
        assert!(unpack(media_type, &blob(layer)) == *expected, "{media_type}");
    }
    manifest
}

/// The content of a layer that is compressed as its media type says.
pub(crate) fn unpack(media_type: &str, blob: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if media_type.ends_with("gzip") {
        flate2::read::MultiGzDecoder::new(blob).read_to_end(&mut bytes).unwrap();
    } else if media_type.ends_with("zstd") {
        zstd::Decoder::new(blob).unwrap().read_to_end(&mut bytes).unwrap();
    } else {
        bytes.extend(blob);
    }
    bytes
}
