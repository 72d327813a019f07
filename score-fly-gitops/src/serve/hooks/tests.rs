//! Bodies are what the forges' documentation shows, reduced to what matters here; the sources stand in `hooks.rs`.

use super::{Delivery, Refused, Sender, known_as, verify};
use crate::serve::keys::{Secrets, hex, hmac};

const SECRET: &str = "s3cret";
const NOW: u64 = 1_800_000_000;

/// docs.github.com, "Webhook payload object for push"; Gitea's has the same keys.
const GITHUB: &str = r#"{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","after":"59b20b8d5c6ff8d09518216e87bd6ee4c66d4ac5",
"repository":{"id":1,"full_name":"Acme/Tree","url":"https://github.com/Acme/Tree","html_url":"https://github.com/Acme/Tree","git_url":"git://github.com/Acme/Tree.git",
"ssh_url":"git@github.com:Acme/Tree.git","clone_url":"https://github.com/Acme/Tree.git"},"commits":[]}"#;

/// docs.gitlab.com, "Webhook events": push events.
const GITLAB: &str = r#"{"object_kind":"push","event_name":"push","ref":"refs/heads/main","checkout_sha":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
"project":{"id":15,"web_url":"https://gitlab.com/acme/tree","git_ssh_url":"git@gitlab.com:acme/tree.git","git_http_url":"https://gitlab.com/acme/tree.git"}}"#;

/// support.atlassian.com, "Event payloads": push.
const BITBUCKET: &str = r#"{"repository":{"full_name":"acme/tree","links":{"html":{"href":"https://bitbucket.org/acme/tree"}}},
"push":{"changes":[{"new":{"type":"branch","name":"main"},"old":null,"created":true},{"new":null,"old":{"type":"tag","name":"v1"},"closed":true}]}}"#;

const GENERIC: &str = r#"{"repository":"https://example.com/acme/tree","ref":"refs/heads/main"}"#;

fn check(sender: Sender, headers: &[(&str, &str)], body: &str, secrets: &[&str]) -> Result<Delivery, Refused> {
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    verify(sender, &header, body.as_bytes(), &Secrets::new(secrets.iter().copied()), NOW)
}

fn sign(body: &str) -> String {
    hex(&hmac(SECRET.as_bytes(), &[body.as_bytes()]))
}

/// docs.github.com, "Testing the webhook payload validation".
#[test]
fn the_example_of_github_is_believed() {
    let signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(hex(&hmac(b"It's a Secret to Everybody", &[b"Hello, World!"])), signature);
}

/// Who sends, with which headers, what, and about which repository.
type Case<'c> = (Sender, [(&'c str, &'c str); 3], &'c str, &'c str);

#[test]
fn each_forge_is_believed_with_its_secret_and_not_without() {
    let with = |body: &str| format!("sha256={}", sign(body));
    let (github, gitea, bitbucket, generic) = (with(GITHUB), sign(GITHUB), with(BITBUCKET), with(GENERIC));
    let upper = gitea.to_uppercase();
    let cases: [Case<'_>; 8] = [
        (
            Sender::GitHub,
            [("x-hub-signature-256", &github), ("x-github-event", "push"), ("x-github-delivery", "1")],
            GITHUB,
            "github.com/acme/tree",
        ),
        (
            Sender::Gitea,
            [("x-gitea-signature", &gitea), ("x-gitea-event", "push"), ("x-gitea-delivery", "1")],
            GITHUB,
            "github.com/acme/tree",
        ),
        (
            Sender::Gitea,
            [("x-forgejo-signature", &upper), ("x-forgejo-event", "push"), ("x-forgejo-delivery", "1")],
            GITHUB,
            "github.com/acme/tree",
        ),
        (
            Sender::Gitea,
            [("x-gogs-signature", &gitea), ("x-gogs-event", "push"), ("x-gogs-delivery", "1")],
            GITHUB,
            "github.com/acme/tree",
        ),
        (
            Sender::GitLab,
            [("x-gitlab-token", SECRET), ("x-gitlab-event", "Push Hook"), ("idempotency-key", "1")],
            GITLAB,
            "gitlab.com/acme/tree",
        ),
        (
            Sender::GitLab,
            [("x-gitlab-token", SECRET), ("x-gitlab-event", "System Hook"), ("x-gitlab-event-uuid", "1")],
            GITLAB,
            "gitlab.com/acme/tree",
        ),
        (
            Sender::Bitbucket,
            [("x-hub-signature", &bitbucket), ("x-event-key", "repo:push"), ("x-request-uuid", "1")],
            BITBUCKET,
            "bitbucket.org/acme/tree",
        ),
        (
            Sender::Generic,
            [("x-signature", &generic), ("x-delivery", "1"), ("x-event", "push")],
            GENERIC,
            "example.com/acme/tree",
        ),
    ];
    for (sender, headers, body, repository) in cases {
        let delivery = check(sender, &headers, body, &["old", SECRET]).unwrap();
        assert!(delivery.is_push && delivery.repositories.iter().all(|known| known == repository), "{delivery:?}");
        assert_eq!((delivery.id.as_deref(), delivery.references[0].as_str()), (Some("1"), "refs/heads/main"));
        for secrets in [&["other"][..], &[""], &[]] {
            assert_eq!(check(sender, &headers, body, secrets), Err(Refused::Signature), "{sender:?} {secrets:?}");
        }
        for spoilt in ["", "sha256=", "sha256=00", "zz", &"+1".repeat(32), &"é".repeat(32)] {
            let mut headers = headers;
            headers[0].1 = spoilt;
            assert_eq!(check(sender, &headers, body, &[SECRET]), Err(Refused::Signature), "{sender:?} {spoilt}");
        }
        assert_eq!(check(sender, &headers[1..], body, &[SECRET]), Err(Refused::Signature), "no signature at all");
        if sender != Sender::GitLab {
            let changed = body.replace("main", "evil");
            assert_eq!(check(sender, &headers, &changed, &[SECRET]), Err(Refused::Signature));
        }
        let other = [headers[0], ("x-github-event", "ping"), ("x-gitea-event", "issues"), ("x-gogs-event", "issues")];
        let other: Vec<_> = other.into_iter().chain([("x-event-key", "repo:fork"), ("x-event", "ping")]).collect();
        assert!(!check(sender, &other, body, &[SECRET]).unwrap().is_push, "{sender:?}");
    }
    assert_eq!(
        check(Sender::Bitbucket, &cases_of_bitbucket(&bitbucket), BITBUCKET, &[SECRET]).unwrap().references,
        ["refs/heads/main", "refs/tags/v1"]
    );
}

fn cases_of_bitbucket(signature: &str) -> [(&str, &str); 2] {
    [("x-hub-signature", signature), ("x-event-key", "repo:push")]
}

/// The scheme of github.com/standard-webhooks, `spec/standard-webhooks.md`, which GitLab follows.
#[test]
fn signing_tokens_of_gitlab_are_believed_while_they_are_fresh() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let key = b"a key of thirty-two bytes, or so";
    let token = format!("whsec_{}", engine.encode(key));
    let sign = |time: u64| {
        let signature = hmac(key, &[format!("msg_1.{time}.{GITLAB}").as_bytes()]);
        format!("v2,x v1,{} v1,{}", engine.encode([0; 32]), engine.encode(signature))
    };
    let check = |time: u64, signature: &str, secret: &str| {
        let (time, event) = (time.to_string(), ("x-gitlab-event", "Push Hook"));
        let id = ("webhook-id", "msg_1");
        let headers = [id, ("webhook-timestamp", time.as_str()), ("webhook-signature", signature), event];
        check(Sender::GitLab, &headers, GITLAB, &[secret])
    };
    for time in [NOW, NOW - 299, NOW + 299] {
        assert_eq!(check(time, &sign(time), &token).unwrap().id.as_deref(), Some("msg_1"));
    }
    for time in [NOW - 301, NOW + 301, 0] {
        assert_eq!(check(time, &sign(time), &token), Err(Refused::Signature));
    }
    assert_eq!(check(NOW, &sign(NOW - 1), &token), Err(Refused::Signature));
    assert_eq!(check(NOW, "v1,", &token), Err(Refused::Signature));
    assert_eq!(check(NOW, &sign(NOW), "whsec_b3RoZXI="), Err(Refused::Signature));
}

/// GitHub signs the form, and Gitea (`deliver.go`) the document in it.
#[test]
fn forms_are_read_as_well() {
    let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("payload", GITHUB).finish();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = |name, signature| [kind, (name, signature), ("x-github-event", "push"), ("x-gitea-event", "push")];
    let github = format!("sha256={}", sign(&form));
    let delivery = check(Sender::GitHub, &headers("x-hub-signature-256", &github), &form, &[SECRET]).unwrap();
    assert_eq!(delivery.references, ["refs/heads/main"]);
    let gitea = sign(GITHUB);
    assert!(check(Sender::Gitea, &headers("x-gitea-signature", &gitea), &form, &[SECRET]).unwrap().is_push);
    let github = format!("sha256={gitea}");
    let refused = check(Sender::GitHub, &headers("x-hub-signature-256", &github), &form, &[SECRET]);
    assert_eq!(refused, Err(Refused::Signature));
}

#[test]
fn what_no_such_sender_sends_is_refused() {
    for body in ["", "[]", "{", r#"{"ref":"refs/heads/main"}"#, r#"{"repository":{"clone_url":7}}"#] {
        let signature = format!("sha256={}", sign(body));
        let headers = [("x-hub-signature-256", signature.as_str()), ("x-github-event", "push")];
        assert_eq!(check(Sender::GitHub, &headers, body, &[SECRET]), Err(Refused::Body), "{body}");
    }
    let (signature, id) = (format!("sha256={}", sign(GITHUB)), "x".repeat(201));
    let headers = [("x-hub-signature-256", signature.as_str()), ("x-github-delivery", &id)];
    assert_eq!(check(Sender::GitHub, &headers, GITHUB, &[SECRET]), Err(Refused::Body));
}

#[test]
fn all_ways_to_write_an_address_are_the_same() {
    for url in [
        "https://github.com/Acme/Tree",
        "https://me@github.com/acme/tree.git",
        "git@github.com:acme/tree.git",
        "ssh://git@github.com:22/acme/tree.git",
        "git://github.com/acme/tree.git/",
    ] {
        assert_eq!(known_as(url), "github.com/acme/tree", "{url}");
    }
    assert_eq!(known_as("file:///srv/tree"), "/srv/tree");
}
