//! Debian's docker-registry takes what is pushed, and skopeo reads it back.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use score_fly_image::{Cache, Compression, Credentials, Digest, Format, Options};
use serde_json::{Value, json};

use crate::programs::{Auth, PASSWORD, Server, USER, pack, program, require, run};
use crate::support::http::{Response, serve};
use crate::support::images::{Image, archive, gzip, layer};
use crate::support::packing::zstd;
use crate::support::{Given, Kept, WAYS, options, push_bytes, unpack, with};

fn image() -> Image {
    Image::new(vec![layer(1, 100_000), layer(2, 20 << 20), Vec::new(), layer(1, 100_000), layer(3, 3 << 20)])
}

/// Holds what skopeo has copied against the image.
fn assert_pulled(folder: &Path, image: &Image) {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let blob = |descriptor: &Value| {
        let digest = descriptor["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
        fs::read(folder.join(digest)).unwrap()
    };
    assert_eq!(manifest["config"]["digest"], json!(image.id()));
    assert!(blob(&manifest["config"]) == image.config());
    let layers = manifest["layers"].as_array().unwrap();
    assert_eq!(layers.len(), image.layers.len());
    for (descriptor, layer) in layers.iter().zip(&image.layers) {
        let content = unpack(descriptor["mediaType"].as_str().unwrap(), &blob(descriptor));
        assert!(content == *layer);
    }
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn pushes_are_read_back() {
    let image = image();
    let server = Server::start(&Auth::Basic);
    let credentials = Credentials::fly(PASSWORD);
    let docker = image.docker();
    let oci = archive(&image.layout(&|layer| (gzip(layer), "tar+gzip")));
    let zstd_layout = archive(&image.layout(&|layer| (zstd(layer), "tar+zstd")));
    let packed: Vec<(&str, Vec<u8>)> = [("gzip", &docker), ("xz", &docker), ("zstd", &docker), ("bzip2", &docker)]
        .into_iter()
        .map(|(name, bytes)| (name, pack(name, bytes)))
        .collect();
    let oci_format = || Options { format: Some(Format::Oci), ..with(&credentials, None) };
    let cases: Vec<(&str, Vec<u8>, Options<'_>)> = [
        ("docker", docker.clone(), with(&credentials, None)),
        ("hybrid", image.hybrid(), with(&credentials, None)),
        ("oci", oci.clone(), with(&credentials, None)),
        ("oci-as-it-is", oci, oci_format()),
        ("to-zstd", docker.clone(), Options { compression: Compression::Zstd, ..with(&credentials, None) }),
        ("from-zstd", zstd_layout.clone(), with(&credentials, None)),
        ("zstd-as-it-is", zstd_layout, Options { compression: Compression::Keep, ..oci_format() }),
        ("plain", docker, Options { compression: Compression::Keep, ..with(&credentials, None) }),
    ]
    .into_iter()
    .chain(packed.into_iter().map(|(name, bytes)| (name, bytes, with(&credentials, None))))
    .collect();
    for (name, bytes, options) in cases {
        for how in [Given::File, Given::Stream] {
            let place = format!("team/{name}:{how:?}").to_lowercase();
            let pushed = push_bytes(&bytes, how, &server.at(&place), &options)
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            let pulled = server.pull(&place);
            assert_pulled(&pulled, &image);
            assert_eq!(Digest::of(&fs::read(pulled.join("manifest.json")).unwrap()), pushed.digest);
            assert_pulled(&server.pull(&format!("team/{name}@{}", pushed.digest)), &image);
        }
    }
    assert!(!server.log().contains("fm2_"));
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn a_second_push_sends_no_layer_and_another_repository_mounts() {
    let image = image();
    let server = Server::start(&Auth::Basic);
    let credentials = Credentials::fly(PASSWORD);
    for how in WAYS {
        for cached in [true, false] {
            let kept = Kept::new();
            let cache = cached.then(|| Cache::open(kept.path("cache")).unwrap());
            let options = with(&credentials, cache.as_ref());
            let place = format!("again-{how:?}-{cached}").to_lowercase();
            let first = push_bytes(&image.docker(), how, &server.at(&place), &options).unwrap();
            assert!(first.sent > 5 << 20);
            let before = server.log().matches("http.request.method=PATCH").count();
            let second = push_bytes(&image.docker(), how, &server.at(&place), &options).unwrap();
            assert_eq!((second.sent, second.digest), (0, first.digest));
            assert_eq!(server.log().matches("http.request.method=PATCH").count(), before);
            if cached {
                let other = format!("{place}-other");
                let third = push_bytes(&image.docker(), how, &server.at(&other), &options).unwrap();
                assert_eq!(third.sent, 0);
                assert_pulled(&server.pull(&other), &image);
            }
        }
    }
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn a_wrong_password_is_refused() {
    let server = Server::start(&Auth::Basic);
    let bytes = Image::new(vec![layer(1, 100)]).docker();
    let wrong = Credentials::fly("fm2_wrong");
    for (options, help) in [(with(&wrong, None), "expired"), (options(), "FLY_API_TOKEN")] {
        let error = push_bytes(&bytes, Given::File, &server.at("shop"), &options).unwrap_err();
        assert_eq!(error.code(), "unauthorized", "{error}");
        assert!(error.help().unwrap().contains(help));
    }
}

/// A server of tokens, after Docker's "Token Authentication Specification": a JWT, signed by a key whose
/// certificate the registry trusts and which stands in the header `x5c`.
struct Tokens {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

impl Tokens {
    fn start() -> Self {
        require();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (key, certificate) = (path("key.pem"), path("cert.pem"));
        run(&mut program(
            "openssl",
            [
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=tests",
                "-keyout",
                &key,
                "-out",
                &certificate,
            ],
        ));
        let der = run(&mut program("openssl", ["x509", "-in", &certificate, "-outform", "DER"]));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&asked);
        let address = serve(move |request, _| {
            let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}")));
            if request.header("authorization") != Some(&expected) {
                return Some(Response::new(401));
            }
            log.lock().unwrap().push(request.query["scope"].join(" "));
            let access: Vec<Value> = request.query["scope"]
                .iter()
                .filter_map(|scope| {
                    let mut parts = scope.split(':');
                    let (kind, name, actions) = (parts.next()?, parts.next()?, parts.next()?);
                    Some(json!({"type": kind, "name": name, "actions": actions.split(',').collect::<Vec<_>>()}))
                })
                .collect();
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
            let header = json!({"typ": "JWT", "alg": "RS256", "x5c": [BASE64_STANDARD.encode(&der)]});
            let claims = json!({
                "iss": "tests", "sub": USER, "aud": request.query("service"), "exp": now + 60, "nbf": now - 60, "iat": now,
                "jti": "1", "access": access,
            });
            let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", part(&header), part(&claims));
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(file.path(), &signed).unwrap();
            let signature = run(Command::new("openssl").args(["dgst", "-sha256", "-sign", &key]).arg(file.path()));
            let token = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
            Some(Response::new(200).body(json!({"token": token, "expires_in": 60}).to_string()))
        });
        Self { address, asked, folder }
    }
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn a_server_of_tokens_lets_in() {
    let image = image();
    let tokens = Tokens::start();
    let server = Server::start(&Auth::Bearer(tokens.address, &tokens.folder.path().join("cert.pem")));
    let credentials = Credentials::fly(PASSWORD);
    let cache = Cache::default();
    for how in WAYS {
        let place = format!("team/{how:?}").to_lowercase();
        let pushed = push_bytes(&image.docker(), how, &server.at(&place), &with(&credentials, Some(&cache))).unwrap();
        assert_pulled(&server.pull(&place), &image);
        // The first is sent, the others mount from it.
        assert_eq!(pushed.sent == 0, how != Given::File);
    }
    let asked = tokens.asked.lock().unwrap().clone();
    assert!(asked.contains(&"repository:team/gzip:pull,push repository:team/file:pull".to_owned()), "{asked:?}");
    let wrong = Credentials::fly("fm2_wrong");
    let error = push_bytes(&image.docker(), Given::File, &server.at("team/other"), &with(&wrong, None)).unwrap_err();
    assert_eq!(error.code(), "unauthorized", "{error}");
}

/// The example `push`, which cargo builds next to the tests.
fn example() -> Command {
    let tests = std::env::current_exe().unwrap();
    let mut command = Command::new(tests.parent().unwrap().parent().unwrap().join("examples/push"));
    command.env("REGISTRY_USER", USER).env("REGISTRY_PASSWORD", PASSWORD);
    command
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn killed_in_the_middle_of_a_layer_and_pushed_again() {
    let image = Image::new(vec![layer(1, 2 << 20), layer(2, 60 << 20), layer(3, 1 << 20)]);
    let server = Server::start(&Auth::Basic);
    let kept = Kept::new();
    let path = kept.path("image.tar");
    fs::write(&path, image.docker()).unwrap();
    for (round, from_stdin) in [false, true].into_iter().enumerate() {
        // With a cache of its own: another round's blobs would be mounted.
        let cache = kept.path(&format!("cache-{round}"));
        let place = server.at(&format!("killed-{round}:v1"));
        let push = |example: &mut Command| {
            let input = fs::File::open(&path).unwrap();
            let archive = if from_stdin { "-".into() } else { path.clone() };
            example.arg(archive).arg(&place).arg("--cache").arg(&cache).stdin(input).spawn().unwrap()
        };
        let mut first = push(&mut example());
        // Until something of the large layer has arrived.
        let uploads = server.path(&format!("store/docker/registry/v2/repositories/killed-{round}/_uploads"));
        let start = Instant::now();
        while size_of(&uploads) < 4 << 20 {
            assert!(start.elapsed() < Duration::from_secs(60), "nothing arrives");
            assert!(first.try_wait().unwrap().is_none(), "it was too fast");
            std::thread::sleep(Duration::from_millis(2));
        }
        first.kill().unwrap();
        first.wait().unwrap();
        let tags = server.path(&format!("store/docker/registry/v2/repositories/killed-{round}/_manifests"));
        assert!(!tags.exists(), "it was tagged");
        assert!(push(&mut example()).wait().unwrap().success());
        assert_pulled(&server.pull(&format!("killed-{round}:v1")), &image);
    }
}

fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[test]
#[ignore = "needs programs of Debian: cargo xtask test images"]
fn a_server_that_dies_and_comes_back_is_no_obstacle() {
    // The registry of Debian can't go on with an upload that broke off: it begins anew.
    let image = Image::new(vec![layer(2, 40 << 20)]);
    let server = Server::start(&Auth::Basic);
    let upstream = server.address;
    let cut = Arc::new(Mutex::new(2));
    let left = Arc::clone(&cut);
    let proxy = crate::support::proxy::start(upstream, move |sent| {
        let mut left = left.lock().unwrap();
        // Two connections break after 3 MB.
        if sent > 3_000_000 && *left > 0 {
            *left -= 1;
            return true;
        }
        false
    });
    let credentials = Credentials::fly(PASSWORD);
    for how in WAYS {
        *cut.lock().unwrap() = 2;
        let place = format!("broken-{how:?}").to_lowercase();
        push_bytes(&image.docker(), how, &format!("{proxy}/{place}"), &with(&credentials, None)).unwrap();
        assert_eq!(*cut.lock().unwrap(), 0);
        assert_pulled(&server.pull(&place), &image);
    }
}
