//! What Fly remembers of a deploy. The calls are undocumented, so a deploy goes on if they fail, and says so.

use score_fly_api::releases::{NewRelease, ReleaseStatus};

use super::run::Run;
use super::trouble::Trouble;

/// A release at Fly, if it could be written down.
#[derive(Debug)]
pub(super) struct Record(Option<String>);

impl Record {
    /// Writes down that it begins, as flyctl does.
    pub(super) fn begin(run: &Run<'_>) -> Self {
        let image = run.desired.image.clone().or_else(|| {
            let images =
                run.observed.machines.iter().filter_map(|machine| machine.config.as_ref()?.get("image")?.as_str());
            images.map(str::to_owned).next()
        });
        let new = NewRelease {
            app_name: run.app().to_owned(),
            build_id: 0,
            definition: run.desired.config.to_json(),
            image: image.unwrap_or_default(),
            strategy: run.settings.strategy.as_str().to_uppercase(),
        };
        match run.client.create_release(&new) {
            Ok(release) => {
                run.learn_release(&release);
                let record = Self(Some(release.id));
                record.update(run, &ReleaseStatus::Running, None);
                record
            }
            Err(error) => {
                run.warn(format!("Fly does not write the release down: {error}"));
                Self(None)
            }
        }
    }

    /// Writes down how it ended.
    pub(super) fn end(&self, run: &Run<'_>, trouble: Option<&Trouble>) {
        let (status, note) = match trouble {
            None => (ReleaseStatus::Complete, String::new()),
            Some(Trouble::Interrupted) => (ReleaseStatus::Interrupted, Trouble::Interrupted.to_string()),
            Some(trouble) => (ReleaseStatus::Failed, trouble.to_string()),
        };
        self.update(run, &status, Some(&note));
    }

    fn update(&self, run: &Run<'_>, status: &ReleaseStatus, note: Option<&str>) {
        let Some(id) = &self.0 else { return };
        if run.cleanup.is_stopped() {
            return;
        }
        if let Err(error) = run.cleanup.update_release(id, status, note) {
            run.warn(format!("Fly does not write down how far the release is: {error}"));
        }
    }
}
