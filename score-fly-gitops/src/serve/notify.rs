//! Telling others what happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use score_fly_core::secret::Secret;
use score_fly_engine::Environment;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::board::{Board, Event};
use super::keys::{Secrets, WEBHOOK_SECRET, hex, hmac};
use crate::sync::State;

/// The variable with the address to which everything that happens to an app is sent as JSON. It is signed as webhooks of
/// the generic kind are.
pub const NOTIFY_URL: &str = "SCORE_FLY_NOTIFY_URL";

/// The variable with the address of a webhook of Slack's, or of anything that takes the same.
pub const SLACK_URL: &str = "SCORE_FLY_SLACK_URL";

/// So many wait to be sent.
const MOST_WAITING: usize = 1000;

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often one is sent that nobody takes.
const TRIES: u32 = 3;

/// Who tells others.
#[derive(Debug)]
pub(super) struct Notifier {
    plain: Option<Secret<String>>,
    slack: Option<Secret<String>>,
    secrets: Secrets,
    agent: Agent,
    board: Arc<Board>,
    sender: SyncSender<Event>,
    receiver: Mutex<Receiver<Event>>,
}

impl Notifier {
    /// The error says what is wrong with an address, and does not show it: those of Slack are secrets.
    pub(super) fn new(environment: &Environment, board: &Arc<Board>) -> Result<Self, String> {
        let address = |name: &str| match environment.variable(name).and_then(|url| url.to_str()).map(str::trim) {
            None | Some("") => Ok(None),
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
                Ok(Some(Secret::new(url.to_owned())))
            }
            Some(_) => Err(format!("the variable {name} holds no address that begins with https://")),
        };
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .user_agent(concat!("score-fly/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            plain: address(NOTIFY_URL)?,
            slack: address(SLACK_URL)?,
            secrets: Secrets::of(environment, WEBHOOK_SECRET),
            agent: config.into(),
            board: Arc::clone(board),
            sender,
            receiver: Mutex::new(receiver),
        })
    }

    /// Has something told, without waiting for that.
    pub(super) fn tell(&self, event: Event) {
        if (self.plain.is_some() || self.slack.is_some()) && self.sender.try_send(event).is_err() {
            self.board.now().counts.unsent += 1;
        }
    }

    /// Sends what there is to tell until it is over, and then what is left, once.
    pub(super) fn send_all(&self, is_over: &AtomicBool) {
        let receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let event = match receiver.recv_timeout(Duration::from_millis(200)) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) if !is_over.load(Ordering::SeqCst) => continue,
                Err(_) => return,
            };
            let document = json!({"version": 1, "event": event});
            for (url, body) in [(&self.plain, &document), (&self.slack, &slack(&event))] {
                let Some(url) = url else { continue };
                let is_taken = (1..=TRIES).any(|tries| {
                    let is_taken = self.send(url.expose(), body);
                    if !is_taken && tries < TRIES && !is_over.load(Ordering::SeqCst) {
                        thread::sleep(Duration::from_secs(u64::from(tries)));
                    }
                    is_taken
                });
                self.board.now().counts.unsent += u64::from(!is_taken);
            }
        }
    }

    fn send(&self, url: &str, body: &Value) -> bool {
        let body = body.to_string();
        let mut request = self.agent.post(url).header("Content-Type", "application/json");
        if let Some(secret) = self.secrets.iter().next() {
            let signature = hex(&hmac(secret.as_bytes(), &[body.as_bytes()]));
            request = request.header("X-Signature", format!("sha256={signature}"));
        }
        request.send(body).is_ok_and(|answer| answer.status().is_success())
    }
}

/// What Slack shows: api.slack.com, "Sending messages using incoming webhooks" and "Formatting text for app surfaces".
fn slack(event: &Event) -> Value {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mark = match event.state {
        State::Failed | State::Skipped => ":x:",
        State::Deployed | State::InSync => ":white_check_mark:",
        _ => ":information_source:",
    };
    let (app, summary) = (escape(&event.app), escape(&event.summary));
    json!({"text": format!("{mark} *{app}* ({}): {summary}", event.state.as_str())})
}

#[cfg(test)]
mod tests {
    use super::slack;
    use crate::serve::board::Event;
    use crate::sync::State;

    #[test]
    fn what_slack_is_told_can_name_nobody() {
        let summary = "<!channel> & co".to_owned();
        let event = Event { at: 0, app: "shop".into(), state: State::Failed, summary, commit: None };
        assert_eq!(slack(&event)["text"], ":x: *shop* (failed): &lt;!channel&gt; &amp; co");
    }
}
