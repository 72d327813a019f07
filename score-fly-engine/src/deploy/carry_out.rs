//! Carrying out a plan from its beginning to its end.

use super::outcome::Deployed;
use super::record::Record;
use super::run::{Failed, Run, makes_release};

impl Run<'_> {
    /// Does what the plan says. If that can't be done to its end, what was changed is taken back, as far as the
    /// settings say so.
    ///
    /// # Errors
    /// Why it ended before it was done, with what stands where then.
    pub fn carry_out(self) -> Result<Deployed, Box<Failed>> {
        let mut record = None;
        let done = self.prepare().and_then(|()| {
            // If somebody else is at work, there is no release.
            self.hold()?;
            if makes_release(self.plan) {
                record = Some(Record::begin(&self));
            }
            self.steps()
        });
        if let Err(trouble) = &done {
            self.now().outcome.fail(trouble);
            if self.may_undo() {
                self.undo();
            }
            self.note_untouched();
        }
        if let Some(record) = record {
            record.end(&self, done.as_ref().err());
        }
        match self.leases.release_all() {
            Err(_) if self.cleanup.is_stopped() => {
                let left = self.settings.term.ttl.as_secs();
                self.warn(format!(
                    "it was ended at once; the leases of machines run out by themselves within {left} s"
                ));
            }
            Err(errors) => errors.iter().for_each(|error| self.warn(format!("{error}; the lease runs out by itself"))),
            Ok(()) => {}
        }
        let mut deployed = self.now().outcome.clone();
        deployed.machines.sort_by(|a, b| (&a.group, &a.region, &a.id).cmp(&(&b.group, &b.region, &b.id)));
        match done {
            Ok(()) => Ok(deployed),
            Err(trouble) => Err(Box::new(Failed { trouble, deployed })),
        }
    }
}
