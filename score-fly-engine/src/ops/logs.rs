//! The logs of apps.

use std::time::Duration;

use score_fly_api::Kind;
use score_fly_api::logs::{LogFilter, LogLine};

use super::context::Context;
use super::report::Report;
use super::target::Which;
use crate::session::{FlyOptions, Session};

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Of which app.
    pub which: Which,
    /// Only those of this machine.
    pub machine: Option<String>,
    /// Only those of this region.
    pub region: Option<String>,
    /// Whether to go on with new ones until the run is cancelled.
    pub follow: bool,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// How often to ask for new lines.
const PAUSE: Duration = Duration::from_secs(1);

/// Gives the newest lines of an app's logs to `line`, one after the other. Being cancelled is how following them ends.
pub fn logs(context: &Context<'_>, options: &Options, line: &dyn Fn(&LogLine)) -> Report<()> {
    let mut log = context.log();
    let session = log.take(Session::open(context, &options.fly));
    let app = options.which.app(context, &mut log);
    let (Some(session), Some(app)) = (session, app) else { return log.report(None) };
    let _listening = context.cancel.listen();
    let calls = session.client.app(&app);
    let mut filter = LogFilter { after: None, machine: options.machine.clone(), region: options.region.clone() };
    let done = loop {
        match calls.logs(&filter) {
            Ok(page) => {
                page.lines.iter().for_each(line);
                let more = page.next != filter.after && !page.lines.is_empty();
                filter.after = page.next.or(filter.after);
                if !more && !options.follow {
                    break Ok(());
                }
                if !more && session.client.sleep(PAUSE).is_err() {
                    break Ok(());
                }
            }
            Err(error) if *error.kind() == Kind::Stopped => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    let done = log.take(done);
    log.report(done)
}
