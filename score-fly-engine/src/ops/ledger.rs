//! What a project writes down of the releases of its apps.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use score_fly_api::apps::AppCalls;
use score_fly_api::machines::{ConfigJson, MachineFilter};
use score_fly_api::{Client, Timestamp};
use score_fly_core::Source;
use score_fly_core::deploy::{Desired, Observed};
use score_fly_core::fly::LoadedConfig;
use score_fly_core::fly::config::Config;
use score_fly_core::local::LocalFiles;
use score_fly_core::map::SortedMap;
use score_fly_core::release::{KnownFrom, Release};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::context::Context;
use super::project;
use super::report::{Log, Note};
use super::wanted::Wanted;
use crate::deploy::{Deployed, Settings, Trouble};
use crate::store::Store as _;

/// The releases of an app that the project wrote down: none if there is no project.
pub(super) fn read(context: &Context<'_>, app: &str, log: &mut Log<'_>) -> Vec<Release> {
    let store = project::store(context);
    let document = match store.ledger(app) {
        Ok(document) => document,
        Err(error) => {
            log.note(Note::NoHistory { app: app.to_owned(), from: KnownFrom::Ledger, why: error.to_string() });
            return Vec::new();
        }
    };
    let Some(document) = document else { return Vec::new() };
    let mut releases: BTreeMap<String, Release> = BTreeMap::new();
    for line in document.bytes.split(|byte| *byte == b'\n') {
        // What a killed run has left is the start of a line.
        let Ok(mut release) = serde_json::from_slice::<Release>(line) else { continue };
        let Some(deploy) = release.stamp.deploy.clone() else { continue };
        release.known_from = vec![KnownFrom::Ledger];
        // How it ended counts before how it began.
        if let Some(began) = releases.remove(&deploy) {
            release = release.and(began);
        }
        releases.insert(deploy, release);
    }
    releases.into_values().collect()
}

/// A release in the making, of which the project writes down that it begins, and how it ends.
pub(super) struct Entry<'e> {
    context: &'e Context<'e>,
    app: &'e str,
    release: Release,
}

impl<'e> Entry<'e> {
    /// Writes down that it begins. Without a project, nothing is written.
    pub(super) fn begin(
        context: &'e Context<'e>,
        wanted: &'e Wanted,
        (desired, observed): (&Desired, &Observed),
        settings: &Settings,
        log: &mut Log<'_>,
    ) -> Option<Self> {
        if !project::store(context).exists().unwrap_or_default() {
            return None;
        }
        let mut release = Release::default();
        release.stamp = desired.stamp.clone();
        release.stamp.deploy = Some(settings.deploy.to_string());
        release.image.clone_from(&desired.image);
        release.strategy = Some(settings.strategy.as_str().to_uppercase());
        release.at = Some(Timestamp::now().to_string());
        release.status = Some("running".to_owned());
        release.config = Some(desired.config.to_json());
        release.files = file_hashes(&desired.config, &wanted.files);
        release.volumes = Some(volumes(observed));
        let entry = Self { context, app: wanted.app(), release };
        entry.write(log);
        Some(entry)
    }

    /// Writes down how it ended, which secrets the app has now, and what is known of the release only now.
    pub(super) fn end(mut self, client: &Client, deployed: &Deployed, trouble: Option<&Trouble>, log: &mut Log<'_>) {
        let calls = client.cleanup();
        let calls = calls.app(self.app);
        let release = &mut self.release;
        release.number = deployed.release;
        release.id.clone_from(&deployed.release_id);
        release.user.clone_from(&deployed.user);
        let status = match trouble {
            None => "complete",
            Some(Trouble::Interrupted) => "interrupted",
            Some(_) => "failed",
        };
        release.status = Some(status.to_owned());
        if trouble.is_none() {
            // What can't be asked for is not noted.
            let secrets = calls.secrets(None).ok();
            release.secrets = secrets.map(|all| all.into_iter().map(|secret| (secret.name, secret.digest)).collect());
            release.image = release.image.take().map(|image| with_digest(image, &calls));
        }
        // What was said at the beginning need not be said again.
        (release.config, release.files, release.volumes) = (None, SortedMap::new(), None);
        self.write(log);
    }

    fn write(&self, log: &mut Log<'_>) {
        let line = serde_json::to_vec(&self.release).unwrap_or_default();
        if let Err(error) = project::store(self.context).note_in_ledger(self.app, &line) {
            log.note(Note::NotWrittenDown { app: self.app.to_owned(), why: error.to_string() });
        }
    }
}

/// The sizes of the volumes that there are.
pub(super) fn volumes(observed: &Observed) -> SortedMap<String, u32> {
    observed.volumes.iter().map(|volume| (volume.id.clone(), volume.size_gb)).collect()
}

/// The hashes of the local files that a configuration names. Their contents may be nobody else's business.
pub(super) fn file_hashes(config: &Config, files: &LocalFiles) -> SortedMap<String, String> {
    let source = Source::new("fly.json", config.to_json().to_string());
    let needs = LoadedConfig::read(&source).local_files(files);
    needs.iter().filter_map(|need| Some((need.path.clone(), hash(files.content(&need.path)?)))).collect()
}

/// The hash of a file's content.
pub(super) fn hash(content: &[u8]) -> String {
    let mut hash = "sha256:".to_owned();
    for byte in Sha256::digest(content) {
        // A text takes all that is written to it.
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

/// A release's configuration, if it can be read.
pub(super) fn config(release: &Release) -> Option<Config> {
    let text = release.config.as_ref().filter(|config| matches!(config, Value::Object(_)))?.to_string();
    let source = Source::new("fly.json", text);
    let (file, found) = LoadedConfig::read(&source).into_file().into_parts();
    file.filter(|_| !found.has_errors()).map(|file| file.config)
}

/// An image by its digest, which the machines know that run it.
fn with_digest(image: String, calls: &AppCalls<'_>) -> String {
    if image.contains('@') {
        return image;
    }
    let machines = calls.machines(&MachineFilter::default()).unwrap_or_default();
    let runs = machines.iter().find(|machine| machine.config.as_ref().and_then(ConfigJson::image) == Some(&image));
    match runs.map(|machine| machine.image_ref.digest.as_str()) {
        Some(digest) if !digest.is_empty() => format!("{image}@{digest}"),
        _ => image,
    }
}
