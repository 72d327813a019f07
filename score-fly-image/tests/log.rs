//! What is logged, in a process of its own: other tests should not wait for a log.

#[path = "support/mod.rs"]
mod support;

use std::sync::Mutex;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use score_fly_image::Credentials;

use crate::support::fake::{Fake, Ways};
use crate::support::images::{Image, layer};
use crate::support::{Given, push_bytes, with};

/// What the log of everything that is linked in got to see.
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        LOG.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

/// At level `trace`, ureq shows every byte of a connection; the README says so.
#[test]
fn secrets_are_in_no_log() {
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Debug);
    let image = Image::new(vec![layer(1, 1000)]);
    let credentials = Credentials::new("x", "logged-hunter");
    let fake = Fake::start(Ways { basic: Some("x:logged-hunter".to_owned()), ..Ways::default() });
    push_bytes(&image.docker(), Given::File, &fake.at("shop"), &with(&credentials, None)).unwrap();
    let log = LOG.lock().unwrap();
    assert!(log.iter().any(|line| line.contains("PATCH")), "nothing was logged");
    let encoded = BASE64_STANDARD.encode("x:logged-hunter");
    assert!(!log.iter().any(|line| line.contains("logged-hunter") || line.contains(&encoded)));
}
