//! An app with one machine, from nothing to its end:
//!
//! ```text
//! cargo run -p fake-fly                               # and set the variables that it prints, or those of your own account
//! cargo run -p score-fly-api --example machine -- my-app
//! ```

use std::error::Error;
use std::io::{self, Write};

use score_fly_api::machines::{ConfigJson, Launch, Wait, WaitState};
use score_fly_api::token::{self, Sources};
use score_fly_api::{Client, Hosts, NewApp, Options, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("say how the app is to be called")?;
    run(&name, &|variable| std::env::var(variable).ok(), &mut io::stdout())
}

/// Makes the app, tells of it, and takes it away again.
pub(crate) fn run(name: &str, env: &dyn Fn(&str) -> Option<String>, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let (token, _) = token::find(&Sources { flag: None, env, config: None, now: Timestamp::now() })?;
    let client = Client::new(token, Options { hosts: Hosts::from_env(env)?, ..Options::default() });

    let org_slug = env("FLY_ORG").unwrap_or_else(|| "personal".to_owned());
    client.create_app(&NewApp { name: name.to_owned(), org_slug, ..NewApp::default() })?;
    let app = client.app(name);

    let launch = Launch { config: ConfigJson::new("nginx"), region: "fra".to_owned(), ..Launch::default() };
    let machine = app.create_machine(&launch)?;
    let started = Wait::state(WaitState::Started).version(&machine.instance_id).fresh();
    app.machine(&machine.id).wait(&started)?;
    writeln!(out, "machine {} runs in {}", machine.id, machine.region)?;

    // Whatever goes wrong says what it is, and what can be done about it.
    if let Err(error) = client.app("no-such-app").get() {
        writeln!(out, "{error} ({:?})", error.kind())?;
    }

    app.delete()?;
    writeln!(out, "app {name} is gone")?;
    Ok(())
}
