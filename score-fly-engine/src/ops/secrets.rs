//! The secrets of an app at Fly: what is known of them, and changing them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use score_fly_api::{Client, Error, Timestamp};
use score_fly_core::Source;
use score_fly_core::fly::names::is_identifier;
use score_fly_core::secret::Secret;
use serde::Serialize;

use super::context::Context;
use super::failure::{AboutApp, Failure};
use super::report::{Log, Note, Report};
use super::target::Which;
use crate::env_file;
use crate::faults::{Faults, unreadable_file};
use crate::session::{FlyOptions, Session};

/// What is known of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// Its name.
    pub name: String,
    /// What changes with its value. How it is made is Fly's affair.
    pub digest: String,
    /// When it was last set.
    pub updated_at: Option<Timestamp>,
    /// Whether it was set after the newest release, so that machines may not have it yet.
    pub staged: bool,
}

/// Which secrets are meant, of which app.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Of which app.
    pub which: Which,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// Where the value of a secret comes from. It is never the command line: others could read it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A variable of the environment that has the same name.
    Variable,
    /// Standard input, to its end.
    StandardInput,
    /// A file.
    File(PathBuf),
}

/// What to set.
#[derive(Debug, Clone, Default)]
pub struct SetOptions {
    /// Of which app.
    pub common: Options,
    /// Secrets by name.
    pub values: Vec<(String, From)>,
    /// Files with lines `NAME=value`; `-` is standard input.
    pub files: Vec<PathBuf>,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The app.
    pub app: String,
    /// The version of its secrets.
    pub version: u64,
    /// The names of those that have another value than before, or none any more.
    pub changed: Vec<String>,
}

/// The secrets of an app, without their values.
pub fn list(context: &Context<'_>, options: &Options) -> Report<Vec<Known>> {
    let mut log = context.log();
    let known = open(context, options, &mut log).and_then(|(session, app)| {
        let known = known(&session.client, &app);
        log.take(known)
    });
    log.report(known)
}

/// Sets secrets of an app, all at once or none. Machines get them with the next deploy.
pub fn set(context: &Context<'_>, options: &SetOptions) -> Report<Changed> {
    let mut log = context.log();
    let changed = (|| {
        let values = log.take(values(context, options))?;
        let values = values.into_iter().map(|(name, value)| (name, Some(value))).collect();
        change(context, &options.common, &values, &mut log)
    })();
    log.report(changed)
}

/// Removes secrets of an app, all at once. Machines keep them until the next deploy.
pub fn unset(context: &Context<'_>, options: &Options, names: &[String]) -> Report<Changed> {
    let mut log = context.log();
    let values = names.iter().map(|name| (name.clone(), None)).collect();
    let changed = change(context, options, &values, &mut log);
    log.report(changed)
}

fn open(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<(Session, String)> {
    let app = options.which.app(context, log)?;
    Some((log.take(Session::open(context, &options.fly))?, app))
}

/// The secrets of an app, and whether machines may not have them yet.
pub(super) fn known(client: &Client, app: &str) -> Result<Vec<Known>, Error> {
    let calls = client.app(app);
    let secrets = calls.secrets(None)?;
    // It is undocumented, and the list is of use without it.
    let released = calls.current_release().ok().flatten().and_then(|release| release.created_at);
    let known = secrets.into_iter().map(|secret| Known {
        staged: secret.updated_at.is_some_and(|updated| released.is_none_or(|released| updated > released)),
        name: secret.name,
        digest: secret.digest,
        updated_at: secret.updated_at,
    });
    Ok(known.collect())
}

fn change(
    context: &Context<'_>,
    options: &Options,
    values: &BTreeMap<String, Option<Secret<String>>>,
    log: &mut Log<'_>,
) -> Option<Changed> {
    let invalid: Vec<String> = values.keys().filter(|name| !is_identifier(name)).cloned().collect();
    if !invalid.is_empty() {
        log.fail(AboutApp::InvalidSecretNames { names: invalid });
        return None;
    }
    if values.is_empty() {
        log.fail(AboutApp::NoSecrets);
        return None;
    }
    let (session, app) = open(context, options, log)?;
    let calls = session.client.app(&app);
    let changed = calls.secrets(None).and_then(|before| {
        let missing: Vec<String> = values
            .iter()
            .filter(|(name, value)| value.is_none() && before.iter().all(|secret| secret.name != **name))
            .map(|(name, _)| name.clone())
            .collect();
        if !missing.is_empty() {
            return Ok(Err(AboutApp::UnknownSecrets { app: app.clone(), names: missing }));
        }
        let after = calls.set_secrets(values)?;
        let digest = |secrets: &[score_fly_api::secrets::AppSecret], name: &str| {
            secrets.iter().find(|secret| secret.name == name).map(|secret| secret.digest.clone())
        };
        let changed = values.keys().filter(|name| digest(&before, name) != digest(&after.secrets, name));
        Ok(Ok(Changed { app: app.clone(), version: after.version, changed: changed.cloned().collect() }))
    });
    let changed = log.take(changed)?;
    let changed = log.take(changed)?;
    log.note(Note::ChangedSecrets { app, names: changed.changed.clone(), of: values.len() });
    Some(changed)
}

/// The values, or why they can't be had.
fn values(context: &Context<'_>, options: &SetOptions) -> Result<BTreeMap<String, Secret<String>>, Failure> {
    let mut values = BTreeMap::new();
    let dashes = options.values.iter().filter(|(_, from)| *from == From::StandardInput).count()
        + options.files.iter().filter(|path| *path == Path::new("-")).count();
    if dashes > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let mut faults = Faults::default();
    for path in &options.files {
        let text = read(context, path)?;
        let source = Source::new(path.display().to_string(), text);
        let (read, diagnostics) = env_file::read(&source).into_parts();
        values.extend(read.unwrap_or_default().into_iter().map(|(name, value)| (name, Secret::new(value))));
        faults.extend(Faults { diagnostics, texts: vec![source] });
    }
    let mut missing = Vec::new();
    for (name, from) in &options.values {
        let value = match from {
            From::Variable => match context.environment.variable(name).and_then(|value| value.to_str()) {
                Some(value) => value.to_owned(),
                None => {
                    missing.push(name.clone());
                    continue;
                }
            },
            From::StandardInput => without_line_feed(read(context, Path::new("-"))?),
            From::File(path) => read(context, path)?,
        };
        values.insert(name.clone(), Secret::new(value));
    }
    if !missing.is_empty() {
        return Err(AboutApp::NoValues { names: missing }.into());
    }
    Ok(faults.or(values)?)
}

/// What is typed, or printed by most programs, ends in one that nobody means.
fn without_line_feed(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn read(context: &Context<'_>, path: &Path) -> Result<String, Failure> {
    let read = if path == Path::new("-") {
        let mut text = String::new();
        context.environment.standard_input().and_then(|mut input| input.read_to_string(&mut text)).map(|_| text)
    } else {
        fs::read_to_string(context.root.at(path))
    };
    Ok(read.map_err(|error| unreadable_file(path, &error))?)
}
