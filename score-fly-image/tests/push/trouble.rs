//! Registries and connections that fail.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use score_fly_image::{Credentials, Error, Event, Observer, Options, Retries, push};
use serde_json::json;

use crate::support::fake::{Fake, Misdeed, Ways};
use crate::support::http::{Request, Response, serve};
use crate::support::images::{Image, archive, gzip, layer, noise, tar};
use crate::support::{Given, Kept, Notes, QUICK, WAYS, assert_image, options, push_bytes, to};

/// A layer that is sent while it is compressed, and a tiny one.
fn image() -> Image {
    Image::new(vec![layer(1, 1000), layer(2, 4 << 20)])
}

fn misbehaving(mischief: impl Fn(&Request, usize) -> Option<Misdeed> + Send + Sync + 'static) -> Ways {
    Ways { mischief: Box::new(mischief), ..Ways::default() }
}

fn json_error(status: u16, code: &str) -> Response {
    Response::new(status).body(json!({"errors": [{"code": code, "message": "because"}]}).to_string())
}

#[test]
fn what_passes_is_waited_for() {
    let image = image();
    for status in [429, 500, 502, 503, 504] {
        for how in WAYS {
            // Each kind of request fails twice before it works.
            let fake = Fake::start(misbehaving(move |_, count| {
                let answer = Response::new(status).header("Retry-After", 0);
                (count < 2).then_some(Misdeed::After(answer))
            }));
            let notes = Notes::default();
            let kept = Kept::new();
            let pushed = push(kept.give(&image.docker(), how), &to(&fake.at("shop:v1")), &options(), &notes, &|| false);
            pushed.unwrap_or_else(|error| panic!("{status} {how:?}: {error}"));
            assert_image(&fake, "shop", "v1", &image);
            assert!(notes.0.lock().unwrap().iter().any(|note| note.starts_with("Retrying")));
        }
    }
}

#[test]
fn what_does_not_pass_is_given_up() {
    let image = image();
    let bytes = image.docker();
    for (path, method) in [
        ("/v2/", "GET"),
        ("/uploads/", "POST"),
        ("/uploads/", "PATCH"),
        ("/uploads/", "PUT"),
        ("/manifests/", "PUT"),
        ("/blobs/", "HEAD"),
    ] {
        for (answer, code) in [
            (json_error(429, "TOOMANYREQUESTS"), "rate-limited"),
            (Response::new(503).body("<html>oh no</html>"), "registry-failed"),
            (json_error(418, "UNSUPPORTED"), "registry-refused"),
            (json_error(403, "DENIED"), "denied"),
        ] {
            let text = answer.clone();
            let fake = Fake::start(misbehaving(move |request, _| {
                (request.method == method && request.path.contains(path)).then(|| Misdeed::After(text.clone()))
            }));
            let error = push_bytes(&bytes, Given::File, &fake.at("shop"), &options()).unwrap_err();
            assert_eq!(error.code(), code, "{method} {path}: {error}");
            assert!(
                !error.to_string().contains("html")
                    && !fake.state().manifests.contains_key(&("shop".to_owned(), "latest".to_owned()))
            );
        }
    }
}

#[test]
fn waits_as_long_as_it_is_told_but_not_for_ever() {
    let image = Image::new(vec![layer(1, 1000)]);
    for (after, least, most) in [("1", 900, 1900), ("100000", 1900, 2900)] {
        let fake = Fake::start(misbehaving(move |request, count| {
            let busy = Response::new(429).header("Retry-After", after);
            (request.method == "POST" && count == 0).then_some(Misdeed::Answer(busy))
        }));
        let retries = Retries { longest_wait: Duration::from_secs(2), ..QUICK };
        let start = Instant::now();
        push_bytes(&image.docker(), Given::File, &fake.at("shop"), &Options { retries, ..options() }).unwrap();
        // Not the upper end: the machine may be busy.
        assert!(start.elapsed() >= Duration::from_millis(least), "{after} {:?} {most}", start.elapsed());
    }
}

#[test]
fn a_layer_whose_connection_breaks_is_sent_again() {
    // More than the 8 MiB that are sent in one piece; most of it can't be compressed.
    let image = Image::new(vec![layer(1, 1000), tar(&[("text", &[b' '; 1 << 20]), ("noise", &noise(2, 10 << 20))])]);
    let bytes = image.docker();
    for resumes in [true, false] {
        for cuts in [1, 2] {
            for how in WAYS {
                let fake = Fake::start(Ways {
                    resumes,
                    mischief: Box::new(move |request, count| {
                        (request.method == "PATCH" && (1..=cuts).contains(&count)).then_some(Misdeed::Cut(3 << 20))
                    }),
                    ..Ways::default()
                });
                let pushed = push_bytes(&bytes, how, &fake.at("shop:v1"), &options());
                pushed.unwrap_or_else(|error| panic!("{resumes} {cuts} {how:?}: {error}"));
                assert_image(&fake, "shop", "v1", &image);
                let seen = fake.take_seen();
                let pieces: Vec<&str> = seen.iter().filter_map(|seen| seen.request.header("content-range")).collect();
                // The pieces are of 8 MiB; after a break in the first, the rest of it comes from where it broke.
                let resumed = pieces.iter().any(|piece| piece.starts_with(&format!("{}-", 3 << 20)));
                assert_eq!(resumed, resumes && cuts == 2, "{pieces:?}");
            }
        }
    }
}

#[test]
fn blobs_that_are_sent_as_they_are_are_sent_again_as_well() {
    let image = image();
    let bytes = archive(&image.layout(&|layer| (gzip(layer), "tar+gzip")));
    for how in WAYS {
        let fake = Fake::start(misbehaving(|request, count| {
            (request.method == "PATCH" && (0..2).contains(&count)).then_some(Misdeed::Cut(1 << 20))
        }));
        push_bytes(&bytes, how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &image);
    }
}

#[test]
fn a_connection_that_always_breaks_is_given_up() {
    let image = image();
    for how in WAYS {
        let fake = Fake::start(misbehaving(|request, _| (request.method == "PATCH").then_some(Misdeed::Cut(1000))));
        let error = push_bytes(&image.docker(), how, &fake.at("shop"), &options()).unwrap_err();
        assert_eq!(error.code(), "registry-unreachable", "{error}");
        assert!(error.help().unwrap().contains("push again"));
        assert!(fake.state().manifests.is_empty());
    }
    // Nobody is there at all.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = push_bytes(&image.docker(), Given::File, &format!("{gone}/shop"), &options()).unwrap_err();
    assert_eq!(error.code(), "registry-unreachable", "{error}");
}

#[test]
fn answers_that_get_lost_do_no_harm() {
    let image = image();
    for method in ["POST", "PATCH", "PUT", "HEAD"] {
        let fake = Fake::start(misbehaving(move |request, count| {
            (request.method == method && count < 2).then_some(Misdeed::Silent)
        }));
        let pushed = push_bytes(&image.docker(), Given::File, &fake.at("shop:v1"), &options());
        pushed.unwrap_or_else(|error| panic!("{method}: {error}"));
        assert_image(&fake, "shop", "v1", &image);
    }
}

#[test]
fn uploads_may_go_on_at_relative_addresses() {
    let image = image();
    let fake = Fake::start(Ways { location: "relative".to_owned(), ..Ways::default() });
    push_bytes(&image.docker(), Given::File, &fake.at("shop:v1"), &options()).unwrap();
    assert_image(&fake, "shop", "v1", &image);
}

#[test]
fn redirects_are_followed() {
    let image = image();
    let storage = Fake::start(Ways::default());
    let there = storage.address;
    let fake = storage.also_at(misbehaving(move |request, _| {
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", query(request)) };
        let moved = Response::new(307).header("Location", format!("http://{there}{}{query}", request.path));
        (request.path != "/v2/").then_some(Misdeed::After(moved))
    }));
    push_bytes(&image.docker(), Given::Stream, &fake.at("shop:v1"), &options()).unwrap();
    assert_image(&storage, "shop", "v1", &image);
    let circle = Fake::start(misbehaving(|request, _| {
        (request.method == "POST")
            .then(|| Misdeed::After(Response::new(307).header("Location", "/v2/shop/blobs/uploads/")))
    }));
    let error = push_bytes(&image.docker(), Given::File, &circle.at("shop"), &options()).unwrap_err();
    assert_eq!(error.code(), "no-registry", "{error}");
}

fn query(request: &Request) -> String {
    let pairs = request.query.iter().flat_map(|(key, values)| values.iter().map(move |value| format!("{key}={value}")));
    pairs.collect::<Vec<_>>().join("&").replace("a=b", "a%3Db")
}

#[test]
fn a_registry_that_got_something_else_is_noticed() {
    let image = image();
    for (method, path, code) in [("PUT", "/blobs/", "garbled"), ("PUT", "/manifests/", "garbled")] {
        let fake = Fake::start(misbehaving(move |request, _| {
            let other = Response::new(201).header("Docker-Content-Digest", format!("sha256:{}", "0".repeat(64)));
            (request.method == method && request.path.contains(path)).then_some(Misdeed::After(other))
        }));
        let error = push_bytes(&image.docker(), Given::File, &fake.at("shop"), &options()).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    // Digests may be written in capitals.
    let fake = Fake::start(misbehaving(|request, _| {
        let digest = request.query("digest").unwrap_or_default().to_uppercase();
        let is_layer = request.method == "PUT" && request.path.contains("/uploads/");
        is_layer.then(|| Misdeed::After(Response::new(201).header("Docker-Content-Digest", digest)))
    }));
    let error = push_bytes(&image.docker(), Given::File, &fake.at("shop"), &options()).unwrap_err();
    // It only said that it has the blobs.
    assert_eq!(error.code(), "blobs-lost", "{error}");
}

#[test]
fn a_layer_that_got_damaged_on_its_way_is_sent_again() {
    let image = image();
    for how in WAYS {
        let fake = Fake::start(misbehaving(|request, count| {
            let damaged = json_error(400, "DIGEST_INVALID");
            (request.method == "PUT" && request.path.contains("/uploads/") && count < 2)
                .then_some(Misdeed::After(damaged))
        }));
        push_bytes(&image.docker(), how, &fake.at("shop:v1"), &options()).unwrap();
        assert_image(&fake, "shop", "v1", &image);
    }
}

#[test]
fn what_is_new_may_stay_unknown_for_a_while() {
    let image = Image::new(vec![layer(1, 1000)]);
    for (misses, fine) in [(3, true), (9, false)] {
        let fake = Fake::start(misbehaving(move |request, count| {
            let asks = request.method == "HEAD" && request.path.contains("/manifests/sha256:");
            (asks && count < misses).then(|| Misdeed::Answer(json_error(404, "MANIFEST_UNKNOWN")))
        }));
        let pushed = push_bytes(&image.docker(), Given::File, &fake.at("shop"), &options());
        assert_eq!(pushed.as_ref().map_err(Error::code).err(), (!fine).then_some("not-visible"));
    }
}

#[test]
fn what_is_no_registry_is_said_to_be_none() {
    let bytes = Image::new(vec![layer(1, 1000)]).docker();
    for answer in [
        Response::new(404).body("nginx"),
        Response::new(401),
        Response::new(401).header("WWW-Authenticate", "Negotiate"),
        Response::new(401).header("WWW-Authenticate", "Bearer service=\"x\""),
        Response::new(302).header("Location", "ftp://somewhere"),
    ] {
        let status = answer.status;
        let address = serve(move |_, _| Some(answer.clone()));
        let error = push_bytes(&bytes, Given::File, &format!("{address}/shop"), &options()).unwrap_err();
        assert!(["no-registry", "registry-refused"].contains(&error.code()), "{status} {error}");
    }
    // Uploads without an address, or with an impossible one.
    for location in [None, Some("ftp://else"), Some("")] {
        let fake = Fake::start(misbehaving(move |request, _| {
            let open = location.iter().fold(Response::new(202), |answer, place| answer.header("Location", place));
            (request.method == "POST").then_some(Misdeed::After(open))
        }));
        let error = push_bytes(&bytes, Given::File, &fake.at("shop"), &options()).unwrap_err();
        assert_eq!(error.code(), "no-registry", "{error}");
    }
}

#[test]
fn answers_are_not_read_without_end() {
    let bytes = Image::new(vec![layer(1, 1000)]).docker();
    let fake = Fake::start(misbehaving(|request, _| {
        let is_manifest = request.method == "GET" && request.path.contains("/manifests/");
        is_manifest.then(|| Misdeed::Answer(Response::new(200).body(vec![b' '; 5 << 20])))
    }));
    let error = push_bytes(&bytes, Given::File, &fake.at("shop"), &options()).unwrap_err();
    assert_eq!(error.code(), "no-registry", "{error}");
}

#[test]
fn a_failure_ends_the_push_at_once() {
    // The first layer is refused for good; 80 MB follow.
    struct Read(AtomicUsize);
    impl Observer for Read {
        fn event(&self, event: &Event<'_>) {
            if let Event::Read { bytes, .. } = event {
                self.0.fetch_add(usize::try_from(*bytes).unwrap(), Ordering::Relaxed);
            }
        }
    }
    let image = Image::new(vec![layer(1, 1000), tar(&[("zeros", &vec![0; 80 << 20])])]);
    let bytes = image.docker();
    for how in [Given::File, Given::Stream] {
        let fake = Fake::start(misbehaving(|request, _| {
            (request.method == "POST").then(|| Misdeed::After(json_error(403, "DENIED")))
        }));
        let read = Read(AtomicUsize::new(0));
        let kept = Kept::new();
        let error = push(kept.give(&bytes, how), &to(&fake.at("shop")), &options(), &read, &|| false).unwrap_err();
        assert_eq!(error.code(), "denied");
        assert!(read.0.load(Ordering::Relaxed) < 50 << 20, "{}", read.0.load(Ordering::Relaxed));
    }
}

#[test]
fn whoever_wants_to_stop_need_not_wait() {
    let image = Image::new(vec![tar(&[("noise", &noise(1, 12 << 20))])]);
    let bytes = image.docker();
    let credentials = Credentials::new("x", "secret");
    for hang in ["GET", "POST", "PATCH", "PUT"] {
        for how in WAYS {
            static HUNG: AtomicBool = AtomicBool::new(false);
            HUNG.store(false, Ordering::SeqCst);
            let fake = Fake::start(misbehaving(move |request, _| {
                (request.method == hang).then(|| {
                    HUNG.store(true, Ordering::SeqCst);
                    Misdeed::Hang
                })
            }));
            // A while after it hangs.
            let since = Mutex::new(None);
            let stop = || {
                let mut since = since.lock().unwrap();
                if HUNG.load(Ordering::SeqCst) {
                    since.get_or_insert_with(Instant::now);
                }
                since.is_some_and(|since: Instant| since.elapsed() > Duration::from_millis(100))
            };
            let kept = Kept::new();
            let options = Options { credentials: Some(&credentials), ..options() };
            let start = Instant::now();
            let error = push(kept.give(&bytes, how), &to(&fake.at("shop")), &options, &(), &stop).unwrap_err();
            assert!(matches!(error, Error::Stopped), "{hang} {how:?}: {error}");
            assert!(start.elapsed() < Duration::from_secs(20), "{hang} {how:?}");
            assert!(fake.state().manifests.is_empty());
        }
    }
}

#[test]
fn a_stream_that_never_ends_can_be_stopped() {
    let (reader, writer) = std::io::pipe().unwrap();
    let fake = Fake::start(Ways::default());
    let since = Instant::now();
    let stop = || since.elapsed() > Duration::from_millis(200);
    let archive = score_fly_image::Archive::from_reader("-", reader);
    let error = push(archive, &to(&fake.at("shop")), &options(), &(), &stop).unwrap_err();
    assert!(matches!(error, Error::Stopped), "{error}");
    drop(writer);
}
