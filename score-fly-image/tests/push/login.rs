//! Logging in, and to whom secrets are told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use score_fly_image::{Cache, Credentials, Error, Options, Reference};
use serde_json::json;

use crate::support::fake::{Fake, Misdeed, Ways};
use crate::support::http::{Response, serve};
use crate::support::images::{Image, layer};
use crate::support::{Given, WAYS, assert_image, options, push_bytes, to, with};

const SECRET: &str = "fm2_hunter22,fm2_other==";

fn image() -> Image {
    Image::new(vec![layer(1, 1000), layer(2, 4 << 20)])
}

fn basic() -> Ways {
    Ways { basic: Some(format!("x:{SECRET}")), ..Ways::default() }
}

/// A server of tokens, after Docker's "Token Authentication Specification". It gives each token once,
/// and tells what it was asked for.
struct Tokens {
    address: String,
    good: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tokens {
    fn start(expires_in: Option<u64>) -> Self {
        let good: Arc<Mutex<Vec<String>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (given, log) = (Arc::clone(&good), Arc::clone(&asked));
        let address = serve(move |request, _| {
            let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("x:{SECRET}")));
            if request.header("authorization") != Some(&expected) {
                return Some(Response::new(401).body(r#"{"details":"incorrect username or password"}"#));
            }
            assert_eq!(request.query("service"), Some("fake"));
            log.lock().unwrap().push(request.query["scope"].join(" "));
            let mut given = given.lock().unwrap();
            let token = format!("token-{}", given.len());
            given.push(token.clone());
            let body = json!({"token": token, "access_token": token, "expires_in": expires_in});
            Some(Response::new(200).body(body.to_string()))
        });
        Self { address: format!("http://{address}/token"), good, asked }
    }

    fn ways(&self) -> Ways {
        Ways { bearer: Some((self.address.clone(), Arc::clone(&self.good))), ..Ways::default() }
    }
}

#[test]
fn basic_and_bearer() {
    let image = image();
    let credentials = Credentials::fly(&format!("FlyV1 {SECRET}"));
    for how in WAYS {
        let fake = Fake::start(basic());
        push_bytes(&image.docker(), how, &fake.at("shop:v1"), &with(&credentials, None)).unwrap();
        assert_image(&fake, "shop", "v1", &image);

        let tokens = Tokens::start(Some(300));
        let fake = Fake::start(tokens.ways());
        push_bytes(&image.docker(), how, &fake.at("team/shop:v1"), &with(&credentials, None)).unwrap();
        assert_image(&fake, "team/shop", "v1", &image);
        // One token is enough for all of it.
        assert_eq!(*tokens.asked.lock().unwrap(), ["repository:team/shop:pull,push"]);
        // The registry itself never gets the password.
        let passwords = fake
            .take_seen()
            .iter()
            .filter(|seen| seen.request.header("authorization").is_some_and(|it| it.starts_with("Basic")))
            .count();
        assert_eq!(passwords, 0);
    }
}

/// What a registry says of a token that is over, by RFC 6750.
fn invalid_token() -> Misdeed {
    Misdeed::Answer(Response::new(401).header("WWW-Authenticate", r#"Bearer realm="here",error="invalid_token""#))
}

#[test]
fn a_login_that_is_over_is_renewed() {
    let image = image();
    let credentials = Credentials::fly(SECRET);
    for how in WAYS {
        let tokens = Tokens::start(None);
        // The token is over whenever something is asked for the first time; bodies can't always be sent again.
        let over: Mutex<BTreeMap<String, String>> = Mutex::default();
        let fake = Fake::start(Ways {
            mischief: Box::new(move |request, _| {
                let shown = request.header("authorization").unwrap_or_default().to_owned();
                let mut over = over.lock().unwrap();
                let first = over.entry(format!("{} {}", request.method, request.path)).or_insert_with(|| shown.clone());
                (*first == shown).then(invalid_token)
            }),
            ..tokens.ways()
        });
        push_bytes(&image.docker(), how, &fake.at("shop:v1"), &with(&credentials, None)).unwrap();
        assert_image(&fake, "shop", "v1", &image);
        let refused = fake.take_seen().iter().filter(|seen| seen.status == 401).count();
        let renewed = tokens.asked.lock().unwrap().len();
        assert!(refused > 10 && renewed > 5, "{refused} {renewed}");
    }
}

#[test]
fn a_token_that_is_never_accepted_is_given_up() {
    let credentials = Credentials::fly(SECRET);
    let tokens = Tokens::start(None);
    let fake = Fake::start(Ways {
        mischief: Box::new(|request, _| (request.method == "POST").then(invalid_token)),
        ..tokens.ways()
    });
    let image = Image::new(vec![layer(1, 1000)]);
    let error = push_bytes(&image.docker(), Given::File, &fake.at("shop"), &with(&credentials, None)).unwrap_err();
    assert_eq!(error.code(), "unauthorized", "{error}");
    // The first one, and another two.
    assert_eq!(tokens.asked.lock().unwrap().len(), 3);
}

#[test]
fn a_registry_may_ask_for_a_login_only_when_something_is_pushed() {
    let image = Image::new((1..9).map(|seed| layer(seed, 1000)).collect());
    let credentials = Credentials::fly(SECRET);
    let tokens = Tokens::start(None);
    for ways in [basic(), tokens.ways()] {
        let fake = Fake::start(Ways { open_for_reading: true, ..ways });
        push_bytes(&image.docker(), Given::File, &fake.at("shop:v1"), &with(&credentials, None)).unwrap();
        assert_image(&fake, "shop", "v1", &image);
        let error = push_bytes(&image.docker(), Given::File, &fake.at("shop"), &options()).unwrap_err();
        assert_eq!(error.code(), "unauthorized", "{error}");
    }
}

#[test]
fn mounting_asks_for_the_other_repository_as_well() {
    let image = image();
    let credentials = Credentials::fly(SECRET);
    let (tokens, cache) = (Tokens::start(Some(300)), Cache::default());
    let fake = Fake::start(tokens.ways());
    for repository in ["one", "two"] {
        let options = with(&credentials, Some(&cache));
        push_bytes(&image.docker(), Given::File, &fake.at(repository), &options).unwrap();
    }
    assert_eq!(
        *tokens.asked.lock().unwrap(),
        ["repository:one:pull,push", "repository:two:pull,push", "repository:two:pull,push repository:one:pull"]
    );
}

#[test]
fn refusals_say_what_to_do_and_repeat_no_secret() {
    let image = image();
    let bytes = image.docker();
    let tokens = Tokens::start(None);
    let credentials = Credentials::new("x", SECRET);
    let wrong = Credentials::new("x", "fm2_wrongwrong");
    let echo = |status: u16, code: &'static str| Ways {
        // Servers that repeat what they got.
        mischief: Box::new(move |request, _| {
            let said = request.header("authorization").unwrap_or_default().trim_start_matches("Basic ");
            let plain = BASE64_STANDARD.decode(said).unwrap_or_default();
            let message = format!("{said} {} not allowed", String::from_utf8_lossy(&plain));
            let body = json!({"errors": [{"code": code, "message": message}]}).to_string();
            (request.method == "POST").then(|| Misdeed::After(Response::new(status).body(body)))
        }),
        ..basic()
    };
    for (ways, credentials, code, words, help) in [
        (basic(), None, "unauthorized", "UNAUTHORIZED", "FLY_API_TOKEN"),
        (basic(), Some(&wrong), "unauthorized", "does not accept the credentials", "expired"),
        (tokens.ways(), Some(&wrong), "unauthorized", "incorrect username or password", "expired"),
        (tokens.ways(), None, "unauthorized", "does not accept", "FLY_API_TOKEN"),
        (echo(403, "DENIED"), Some(&credentials), "denied", "denies pushing to `shop`", "deploy this app"),
        (echo(401, "UNAUTHORIZED"), Some(&credentials), "unauthorized", "not allowed", "expired"),
        (
            echo(404, "NAME_UNKNOWN"),
            Some(&credentials),
            "no-repository",
            "has no repository `shop`",
            "score-fly apps create",
        ),
        (echo(400, "DENIED"), Some(&credentials), "denied", "not allowed", "deploy this app"),
    ] {
        let fake = Fake::start(ways);
        let options = Options { credentials, ..options() };
        let error = push_bytes(&bytes, Given::File, &fake.at("shop"), &options).unwrap_err();
        let text = format!("{error} {error:?}");
        assert_eq!(error.code(), code, "{text}");
        assert!(text.contains(words), "{text}");
        assert!(error.help().unwrap().contains(help), "{:?}", error.help());
        for secret in ["hunter22", "fm2_other", "wrongwrong", &BASE64_STANDARD.encode(format!("x:{SECRET}"))] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(fake.state().manifests.is_empty() && fake.state().blobs.is_empty());
    }
}

#[test]
fn strangers_get_no_credentials() {
    let image = image();
    let credentials = Credentials::new("x", SECRET);
    let tokens = Tokens::start(None);
    for ways in [basic as fn() -> Ways, || Ways::default()] {
        for bearer in [false, true] {
            for how in WAYS {
                let mut ways = ways();
                if bearer {
                    ways = tokens.ways();
                }
                // Uploads go on at another port, which is another origin.
                let storage = Fake::start(Ways::default());
                let stranger = storage.also_at(Ways::default());
                ways.location = format!("http://{}", stranger.address);
                let fake = storage.also_at(ways);
                push_bytes(&image.docker(), how, &fake.at("shop:v1"), &with(&credentials, None)).unwrap();
                assert_image(&fake, "shop", "v1", &image);
                let host = stranger.address.to_string();
                let seen = storage.take_seen();
                let strange: Vec<_> = seen.iter().filter(|seen| seen.request.header("host") == Some(&host)).collect();
                assert!(strange.len() >= 4, "{}", strange.len());
                for seen in strange {
                    assert_eq!(seen.request.header("authorization"), None);
                    assert!(!format!("{seen:?}").contains("hunter22"));
                }
            }
        }
    }
}

#[test]
fn strangers_who_ask_for_credentials_get_none_either() {
    let image = image();
    let credentials = Credentials::new("x", SECRET);
    let storage = Fake::start(Ways::default());
    let stranger = storage.also_at(basic());
    let fake = storage.also_at(Ways { location: format!("http://{}", stranger.address), ..basic() });
    for how in WAYS {
        let error = push_bytes(&image.docker(), how, &fake.at("shop:v1"), &with(&credentials, None)).unwrap_err();
        assert_eq!(error.code(), "unauthorized");
        let host = stranger.address.to_string();
        let told = storage.take_seen().into_iter().filter(|seen| seen.request.header("host") == Some(&host));
        assert!(told.map(|seen| seen.request.header("authorization").is_some()).all(|told| !told));
    }
    // And neither does whoever a redirect leads to.
    let fake = storage.also_at(Ways {
        mischief: Box::new(move |request, _| {
            let moved = Response::new(307).header("Location", format!("http://{}{}", stranger.address, request.path));
            (request.method == "POST").then_some(Misdeed::After(moved))
        }),
        ..basic()
    });
    let error = push_bytes(&image.docker(), Given::File, &fake.at("shop:v1"), &with(&credentials, None)).unwrap_err();
    assert_eq!(error.code(), "unauthorized", "{error}");
    assert!(
        storage
            .take_seen()
            .iter()
            .any(|seen| seen.request.method == "POST" && seen.request.header("authorization").is_none())
    );
}

#[test]
fn credentials_are_not_sent_in_the_open() {
    let credentials = Credentials::new("x", SECRET);
    let open: Reference = to("http://registry.invalid/shop");
    let archive = crate::support::Kept::new();
    let archive = archive.give(&image().docker(), Given::Stream);
    let error = score_fly_image::push(archive, &open, &with(&credentials, None), &(), &|| false).unwrap_err();
    assert!(matches!(error, Error::Exposed { .. }));
    // A server of tokens that is not on this machine would have to be protected.
    let fake =
        Fake::start(Ways { bearer: Some(("http://tokens.invalid/".to_owned(), Arc::default())), ..Ways::default() });
    let error = push_bytes(&image().docker(), Given::File, &fake.at("shop"), &with(&credentials, None)).unwrap_err();
    assert_eq!(error.code(), "no-registry");
    assert!(error.to_string().contains("without TLS"), "{error}");
}
