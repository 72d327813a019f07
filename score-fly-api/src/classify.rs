//! Which kind of failure an answer tells of. Fly says it by status, by a code, and mostly in words.

use serde::Deserialize;

use crate::error::{Error, Holder, Kind};

/// The body of a refusal. fly-go: `flaps/flaps.go`, `handleAPIError`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    #[serde(deserialize_with = "crate::json::or_default")]
    error: String,
    #[serde(deserialize_with = "crate::json::or_default")]
    message: String,
    #[serde(deserialize_with = "crate::json::or_default")]
    status: String,
}

/// How much of a text that is no JSON is shown.
const SHOWN: usize = 200;

/// The error of an answer with this status and body.
pub(crate) fn refusal(status: u16, body: &str) -> Error {
    let refusal: Refusal = serde_json::from_str(body).unwrap_or_default();
    let said = [refusal.message, refusal.error].into_iter().find(|text| !text.trim().is_empty());
    let message = said.unwrap_or_else(|| in_words(status, body));
    let kind = by_code(&refusal.status).or_else(|| by_words(&message)).unwrap_or_else(|| by_status(status));
    let unclear = status >= 500 || status == 408;
    Error::new(kind, message).unclear(unclear)
}

/// What stands before Fly's servers answers in text, or in HTML, which nobody wants to read.
fn in_words(status: u16, body: &str) -> String {
    let line = body.trim().lines().next().unwrap_or_default();
    if !line.is_empty() && !line.starts_with(['<', '{', '[']) {
        return line.chars().take(SHOWN).collect();
    }
    match status {
        401 => "the token was refused",
        403 => "that is not allowed",
        404 => "there is no such thing",
        408 | 504 => "it took too long",
        429 => "there were too many requests",
        500.. => "Fly's servers are in trouble",
        _ => "the request was refused",
    }
    .to_owned()
}

fn by_code(code: &str) -> Option<Kind> {
    Some(match code {
        "insufficient_capacity" => Kind::Capacity,
        "volume_placement_capacity" => Kind::HostFull,
        "name_taken" => Kind::NameTaken,
        _ => return None,
    })
}

fn by_status(status: u16) -> Kind {
    match status {
        400 | 422 => Kind::Invalid,
        401 => Kind::Unauthorized,
        402 => Kind::Limit,
        403 => Kind::Forbidden,
        404 | 410 => Kind::NotFound,
        408 => Kind::TimedOut,
        409 => Kind::Busy,
        412 => Kind::WrongState,
        429 => Kind::RateLimited,
        500.. => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// Words that tell a kind, in lower case. The first that is there counts.
const WORDS: &[(&str, Kind)] = &[
    ("manifest_unknown", Kind::Image),
    ("manifest unknown", Kind::Image),
    ("failed to get manifest", Kind::Image),
    ("failed to pull", Kind::Image),
    ("unable to pull", Kind::Image),
    ("image not found", Kind::Image),
    ("could not find image", Kind::Image),
    ("insufficient resources to create new machine with existing volume", Kind::HostFull),
    ("could not reserve resource for machine", Kind::HostFull),
    ("deploys to this host are temporarily disabled", Kind::HostFull),
    ("could not find a candidate host", Kind::Capacity),
    ("insufficient resources available", Kind::Capacity),
    ("insufficient ips available", Kind::Capacity),
    ("no capacity", Kind::Capacity),
    ("name has already been taken", Kind::NameTaken),
    ("uniqueness constraint violated", Kind::NameTaken),
    ("machine limit", Kind::Limit),
    ("contact billing@fly.io", Kind::Limit),
    ("payment method", Kind::Limit),
    ("governor policy blocked", Kind::Limit),
    ("concurrent update", Kind::Busy),
    ("machine version", Kind::VersionMoved),
    ("current_version", Kind::VersionMoved),
    ("target region", Kind::Region),
    ("you must be authenticated", Kind::Unauthorized),
    ("not authorized to", Kind::Forbidden),
    ("unknown repository", Kind::NotFound),
];

fn by_words(message: &str) -> Option<Kind> {
    let lower = message.to_lowercase();
    if let Some((_, rest)) = lower.split_once("lease currently held by ") {
        return Some(Kind::LeaseHeld(holder(rest)));
    }
    if lower.contains("unique machine name violation") {
        return Some(Kind::MachineNameTaken { machine: word_after(&lower, "machine id ") });
    }
    for words in ["claimed by machine", "bound to machine"] {
        if lower.contains(words) {
            return Some(Kind::VolumeInUse { machine: word_after(&lower, words) });
        }
    }
    if lower.starts_with("could not find ") {
        return Some(
            WORDS.iter().find(|(words, _)| lower.contains(words)).map_or(Kind::NotFound, |(_, kind)| kind.clone()),
        );
    }
    WORDS.iter().find(|(words, _)| lower.contains(words)).map(|(_, kind)| kind.clone())
}

/// From "ab12@tokens.fly.io, expires at 2026-08-21T10:00:13Z".
fn holder(text: &str) -> Holder {
    let (owner, rest) = text.split_once(',').unwrap_or((text, ""));
    let until = rest.split_once("expires at ").map(|(_, until)| until.trim().to_uppercase());
    Holder { owner: word(owner), until: until.and_then(|until| until.split(' ').next()?.parse().ok()) }
}

fn word_after(text: &str, words: &str) -> Option<String> {
    word(text.split_once(words)?.1)
}

fn word(text: &str) -> Option<String> {
    let text = text.trim_start_matches([' ', ':']).split([' ', ',', ';', '"']).next()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// The error of a GraphQL answer: with status 200, it says what is wrong in its body.
pub(crate) fn graphql(message: &str, code: &str) -> Error {
    let by_code = match code {
        "UNAUTHORIZED" => Some(Kind::Unauthorized),
        "FORBIDDEN" => Some(Kind::Forbidden),
        "NOT_FOUND" => Some(Kind::NotFound),
        _ => None,
    };
    Error::new(by_code.or_else(|| by_words(message)).unwrap_or(Kind::Other), message)
}

#[cfg(test)]
mod tests {
    use super::{graphql, refusal};
    use crate::error::{Holder, Kind};

    /// Messages as Fly's servers were seen to word them.
    #[test]
    fn kinds_are_told_by_words_codes_and_status() {
        let holder = Holder {
            owner: Some("ab12@tokens.fly.io".to_owned()),
            until: Some("2026-08-21T10:00:13Z".parse().unwrap()),
        };
        let machine = || Some("3287eeeb342085".to_owned());
        for (status, body, kind) in [
            (401, r#"{"error":"unauthorized"}"#, Kind::Unauthorized),
            (403, r#"{"error":"unauthorized"}"#, Kind::Forbidden),
            (404, r#"{"error":"machine not found"}"#, Kind::NotFound),
            (
                422,
                r#"{"error":"Validation failed: Name has already been taken","status":"name_taken"}"#,
                Kind::NameTaken,
            ),
            (422, r#"{"error":"could not find a candidate host","status":"insufficient_capacity"}"#, Kind::Capacity),
            (422, r#"{"error":"could not find a candidate host"}"#, Kind::Capacity),
            (
                422,
                r#"{"error":"Your organization has reached its machine limit. Please contact billing@fly.io"}"#,
                Kind::Limit,
            ),
            (422, r#"{"error":"invalid config.guest.memory_mb, minimum required 256 MiB"}"#, Kind::Invalid),
            (
                409,
                r#"{"error":"machine ID 3287eeeb342085 lease currently held by ab12@tokens.fly.io, expires at 2026-08-21T10:00:13Z"}"#,
                Kind::LeaseHeld(holder),
            ),
            (409, r#"{"error":"aborted: machine update failed due to concurrent update"}"#, Kind::Busy),
            (409, r#"{"error":"machine is replacing: concurrent update in progress"}"#, Kind::Busy),
            (
                409,
                r#"{"error":"already_exists: unique machine name violation, machine ID 3287eeeb342085 already exists with name \"a\""}"#,
                Kind::MachineNameTaken { machine: machine() },
            ),
            (
                409,
                r#"{"error":"aborted: could not reserve resource for machine: insufficient CPUs available to fulfill request on the current host"}"#,
                Kind::HostFull,
            ),
            (409, r#"{"error":"aborted: insufficient IPs available"}"#, Kind::Capacity),
            (409, r#"{"error":"aborted: no capacity"}"#, Kind::Capacity),
            (
                412,
                r#"{"error":"insufficient resources to create new machine with existing volume id 'vol_1'","status":"volume_placement_capacity"}"#,
                Kind::HostFull,
            ),
            (
                412,
                r#"{"error":"failed_precondition: volume vol_1 is already claimed by machine 3287eeeb342085"}"#,
                Kind::VolumeInUse { machine: machine() },
            ),
            (
                412,
                r#"{"error":"failed_precondition: unable to start machine from current state: 'created'"}"#,
                Kind::WrongState,
            ),
            (412, r#"{"error":"failed_precondition: machine version does not match"}"#, Kind::VersionMoved),
            (400, r#"{"error":"failed to get manifest a/b:1: MANIFEST_UNKNOWN: manifest unknown"}"#, Kind::Image),
            (400, r#"{"error":"invalid_argument: target region xxx not found"}"#, Kind::Region),
            (400, r#"{"error":"governor policy blocked start"}"#, Kind::Limit),
            (408, r#"{"error":"deadline_exceeded: machine failed to reach desired state"}"#, Kind::TimedOut),
            (410, r#"{"error":"cluster was deleted"}"#, Kind::NotFound),
            (429, "rate limit exceeded", Kind::RateLimited),
            (503, "no healthy upstream", Kind::Unavailable),
            (502, "<html>…", Kind::Unavailable),
            (418, "", Kind::Other),
        ] {
            assert_eq!(*refusal(status, body).kind(), kind, "{status} {body}");
        }
        assert_eq!(*graphql("Could not find App", "").kind(), Kind::NotFound);
        assert_eq!(*graphql("You must be authenticated to view this.", "UNAUTHORIZED").kind(), Kind::Unauthorized);
        assert_eq!(*graphql("Not authorized to access this app", "").kind(), Kind::Forbidden);
    }

    #[test]
    fn messages_are_flys_own() {
        assert_eq!(refusal(422, r#"{"error":"a","message":"b","details":null}"#).message(), "b");
        assert_eq!(refusal(503, "no healthy upstream\nmore").message(), "no healthy upstream");
        assert_eq!(refusal(502, "<html><body>").message(), "Fly's servers are in trouble");
        assert_eq!(refusal(400, r#"{"errors":[]}"#).message(), "the request was refused");
        assert!(refusal(502, "").may_have_happened() && refusal(408, "").may_have_happened());
        assert!(!refusal(409, "").may_have_happened() && !refusal(429, "").may_have_happened());
    }
}
