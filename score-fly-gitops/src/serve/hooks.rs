//! Webhooks: who sent them, and what they are about.
//!
//! | sender | after |
//! | --- | --- |
//! | GitHub | docs.github.com, "Validating webhook deliveries" and "Webhook events and payloads: push" |
//! | GitLab | docs.gitlab.com, "Webhooks" and "Webhook events: push events"; signing tokens: standardwebhooks.com |
//! | Gitea, Forgejo, Gogs | docs.gitea.com, "Webhooks", and Gitea's `services/webhook/deliver.go` |
//! | Bitbucket | support.atlassian.com, "Manage webhooks" and "Event payloads: push" |
//! | anybody | Flux's generic-hmac receiver: `X-Signature: sha256=…` over the body |

use std::borrow::Cow;

use serde_json::Value;

use super::keys::{Secrets, is_hmac, is_same};

/// Who sends webhooks. It follows from the address to which they are sent, and is never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// GitHub.
    GitHub,
    /// GitLab, with a secret token or a signing token.
    GitLab,
    /// Gitea, Forgejo and Gogs.
    Gitea,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Anybody who signs `{"repository": URL, "ref": REF}`.
    Generic,
}

/// A webhook that is to be believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// What tells it from others of the sender.
    pub id: Option<String>,
    /// Whether it is about a push: other events are heard and do nothing.
    pub is_push: bool,
    /// The addresses of the repository, in one form for all ways to write them: `host/owner/name`.
    pub repositories: Vec<String>,
    /// What was pushed, such as `refs/heads/main`.
    pub references: Vec<String>,
}

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is not signed, or not with a secret that is known.
    Signature,
    /// Its body is not what such senders send.
    Body,
}

/// The headers of a request, by their names in lower case.
pub type Headers<'h> = &'h dyn Fn(&str) -> Option<&'h str>;

/// Signed times may be so far off, in seconds, as the standard suggests.
const PATIENCE: u64 = 300;

/// The id of a delivery is not longer than that.
const LONGEST_ID: usize = 200;

impl Sender {
    /// The one of that name in addresses.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "github" => Self::GitHub,
            "gitlab" => Self::GitLab,
            "gitea" | "forgejo" | "gogs" => Self::Gitea,
            "bitbucket" => Self::Bitbucket,
            "generic" => Self::Generic,
            _ => return None,
        })
    }

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Bitbucket => "bitbucket",
            Self::Generic => "generic",
        }
    }

    /// The headers that tell a delivery from others.
    const fn ids(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["x-github-delivery"],
            Self::GitLab => &["webhook-id", "idempotency-key", "x-gitlab-event-uuid"],
            Self::Gitea => &["x-forgejo-delivery", "x-gitea-delivery", "x-gogs-delivery"],
            Self::Bitbucket => &["x-request-uuid"],
            Self::Generic => &["x-delivery"],
        }
    }

    /// The headers that say what happened.
    const fn events(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["x-github-event"],
            Self::GitLab => &["x-gitlab-event"],
            Self::Gitea => &["x-forgejo-event", "x-gitea-event", "x-gogs-event"],
            Self::Bitbucket => &["x-event-key"],
            Self::Generic => &["x-event"],
        }
    }

    /// Where the addresses of a repository stand in a body.
    const fn addresses(self) -> &'static [&'static str] {
        match self {
            Self::GitHub | Self::Gitea => &[
                "/repository/clone_url",
                "/repository/html_url",
                "/repository/ssh_url",
                "/repository/git_url",
                "/repository/url",
            ],
            Self::GitLab => &["/project/git_http_url", "/project/git_ssh_url", "/project/web_url"],
            Self::Bitbucket => &["/repository/links/html/href"],
            Self::Generic => &["/repository"],
        }
    }
}

/// Looks whether a webhook is signed with one of the secrets, and reads it. `header` gives headers by their names in
/// lower case, and `now` is in seconds since 1970. Without secrets, none is believed.
///
/// # Errors
/// If it is not to be believed.
pub fn verify(
    sender: Sender,
    header: Headers<'_>,
    body: &[u8],
    secrets: &Secrets,
    now: u64,
) -> Result<Delivery, Refused> {
    let given = |names: &[&str]| names.iter().find_map(|name| header(name)).filter(|text| !text.is_empty());
    // A form has the document in a field of its own. It is what GitHub sends unless it is told otherwise.
    let is_form = given(&["content-type"]).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let document = if is_form {
        let field = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
        Cow::Owned(field.map(|(_, value)| value.into_owned().into_bytes()).unwrap_or_default())
    } else {
        Cow::Borrowed(body)
    };
    // All but Gitea and its kin sign what they send.
    let signed = if sender == Sender::Gitea { document.as_ref() } else { body };
    let hex = |names: &[&str]| given(names).and_then(unhex);
    let prefixed = |names: &[&str]| given(names).and_then(|text| text.strip_prefix("sha256=")).and_then(unhex);
    let signature = match sender {
        Sender::GitHub => prefixed(&["x-hub-signature-256"]),
        Sender::Gitea => hex(&["x-forgejo-signature", "x-gitea-signature", "x-gogs-signature"])
            .or_else(|| prefixed(&["x-hub-signature-256"])),
        Sender::Bitbucket => prefixed(&["x-hub-signature"]),
        Sender::Generic => prefixed(&["x-signature"]),
        Sender::GitLab => None,
    };
    let is_believed = match (sender, signature) {
        (Sender::GitLab, _) => is_of_gitlab(header, body, secrets, now),
        (_, Some(signature)) => secrets.iter().any(|secret| is_hmac(secret.as_bytes(), &[signed], &signature)),
        (_, None) => false,
    };
    if !is_believed {
        return Err(Refused::Signature);
    }
    let document: Value = serde_json::from_slice(&document).map_err(|_| Refused::Body)?;
    let id = given(sender.ids()).map(str::to_owned);
    if id.as_ref().is_some_and(|id| id.len() > LONGEST_ID) {
        return Err(Refused::Body);
    }
    read(sender, id, given(sender.events()), &document)
}

/// Reads what a webhook is about.
fn read(sender: Sender, id: Option<String>, event: Option<&str>, body: &Value) -> Result<Delivery, Refused> {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
    let is_push = match sender {
        Sender::GitHub | Sender::Gitea => event == Some("push"),
        Sender::GitLab => match event {
            Some("System Hook") => matches!(text("/event_name"), Some("push" | "tag_push")),
            event => matches!(event, Some("Push Hook" | "Tag Push Hook")),
        },
        Sender::Bitbucket => event == Some("repo:push"),
        Sender::Generic => event.is_none_or(|event| event == "push"),
    };
    let repositories: Vec<String> = sender.addresses().iter().filter_map(|at| text(at)).map(known_as).collect();
    let references = match sender {
        Sender::Bitbucket => bitbucket_references(body),
        _ => text("/ref").map(str::to_owned).into_iter().collect(),
    };
    if is_push && repositories.is_empty() {
        return Err(Refused::Body);
    }
    Ok(Delivery { id, is_push, repositories, references })
}

/// GitLab sends a secret as it is, or signs with one as Standard Webhooks has it.
fn is_of_gitlab(header: Headers<'_>, body: &[u8], secrets: &Secrets, now: u64) -> bool {
    if let Some(token) = header("x-gitlab-token").filter(|token| !token.is_empty()) {
        return secrets.iter().any(|secret| is_same(secret, token));
    }
    let (Some(id), Some(time), Some(signatures)) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
    else {
        return false;
    };
    if time.parse::<u64>().map_or(true, |time| time.abs_diff(now) > PATIENCE) {
        return false;
    }
    let parts = [id.as_bytes(), b".", time.as_bytes(), b".", body];
    let signatures: Vec<_> = signatures
        .split(' ')
        .filter_map(|one| decode(one.strip_prefix("v1,")?))
        .filter(|one| one.len() == 32)
        .collect();
    secrets.iter().any(|secret| {
        // In the standard the key is what stands in base64 behind the prefix.
        let key = secret.strip_prefix("whsec_").and_then(decode).unwrap_or_else(|| secret.as_bytes().to_vec());
        signatures.iter().any(|signature| is_hmac(&key, &parts, signature))
    })
}

/// What a push to Bitbucket made, moved or removed.
fn bitbucket_references(body: &Value) -> Vec<String> {
    let changes = body.pointer("/push/changes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let references = changes.iter().filter_map(|change| {
        let at = ["new", "old"].into_iter().find_map(|key| change.get(key).filter(|at| at.is_object()))?;
        let name = at.get("name")?.as_str()?;
        let kind = if at.get("type")?.as_str()? == "tag" { "tags" } else { "heads" };
        Some(format!("refs/{kind}/{name}"))
    });
    references.collect()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

/// The address of a repository in a form in which all ways to write it are the same: `host/owner/name`.
pub(super) fn known_as(url: &str) -> String {
    let url = url.trim().to_ascii_lowercase();
    let (rest, is_url) = match url.split_once("://") {
        Some((_, rest)) => (rest, true),
        None => (url.as_str(), false),
    };
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) if is_url || !authority.contains(':') => (authority, path),
        // `git@host:owner/name`
        _ => rest.split_once(':').unwrap_or((rest, "")),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    format!("{host}/{path}")
}

#[cfg(test)]
mod tests;
