//! Deploys by flyctl, for those who want exactly what it does.

use std::fs;
use std::path::PathBuf;

use super::context::Context;
use super::failure::{AboutApp, Failure};
use super::fly_file::{FlyFile, FlyText, is_fly_file};
use super::flyctl::Flyctl;
use super::generate::{self, generate};
use super::inputs;
use super::report::{Generated, Log, Report, Secrets, Toml};
use crate::faults::unreadable_file;

/// What flyctl is to deploy, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What is written for it: the files of Score, and how. fly.toml files among them are handed over as they are.
    pub generate: generate::Options,
    /// The organization of an app that is not there yet.
    pub organization: Option<String>,
    /// Further arguments of `fly deploy`.
    pub arguments: Vec<String>,
}

/// An app that flyctl is to deploy.
#[derive(Debug)]
struct HandedOver {
    app: String,
    toml: PathBuf,
    /// Its secrets, in the form of `fly secrets import`.
    secrets: Option<Vec<u8>>,
}

/// Writes what Score files become, as [`generate()`] does, and has flyctl deploy it. Gives the names of the apps that are
/// deployed.
pub fn via_flyctl(context: &Context<'_>, options: &Options) -> Report<Vec<String>> {
    let mut log = context.log();
    let deployed = run(context, options, &mut log);
    log.report(deployed)
}

fn run(context: &Context<'_>, options: &Options, log: &mut Log<'_>) -> Option<Vec<String>> {
    let Some(flyctl) = Flyctl::find(context) else {
        log.fail(AboutApp::NoFlyctl);
        return None;
    };
    let (mut score, mut apps) = (Vec::new(), Vec::new());
    for path in &options.generate.files {
        let is_toml = !inputs::is_dash(path) && is_one_of_flys(context, path, log)?;
        if is_toml {
            apps.push(of_fly_file(context, path, log)?);
        } else {
            score.push(path.clone());
        }
    }
    if !score.is_empty() || apps.is_empty() {
        let Report { result, notes } =
            generate(context, &generate::Options { files: score, ..options.generate.clone() });
        let mut written = context.log();
        written.keep(notes);
        let is_sound = written.is_sound();
        log.absorb(written);
        for generated in result.filter(|_| is_sound)? {
            apps.extend(log.take(of_generated(context, generated))?);
        }
    }
    let _listening = context.cancel.listen();
    let mut deployed = Vec::new();
    for app in apps {
        // Which of them need others is not known of files; so nothing follows one that fails.
        log.take(hand_over(context, flyctl, &app, options))?;
        deployed.push(app.app);
    }
    Some(deployed)
}

fn hand_over(
    context: &Context<'_>,
    flyctl: Flyctl,
    HandedOver { app, toml, secrets }: &HandedOver,
    options: &Options,
) -> Result<(), AboutApp> {
    if !flyctl.succeeds(context, &["status", "--json", "-a", app])? {
        let mut create = vec!["apps", "create", app.as_str()];
        create.extend(options.organization.iter().flat_map(|organization| ["--org", organization]));
        flyctl.run(context, app, &create, &[])?;
    }
    if let Some(secrets) = secrets {
        flyctl.run(context, app, &["secrets", "import", "--stage", "-a", app], secrets)?;
    }
    let toml = context.root.at(toml);
    let mut deploy = vec!["deploy".into(), "-c".into(), toml.into_os_string(), "-a".into(), app.into()];
    deploy.extend(options.arguments.iter().map(Into::into));
    flyctl.run(context, app, &deploy, &[])
}

fn is_one_of_flys(context: &Context<'_>, path: &std::path::Path, log: &mut Log<'_>) -> Option<bool> {
    let decoded = log.take(inputs::read(context, path))?;
    Some(is_fly_file(path, &decoded.source))
}

fn of_fly_file(context: &Context<'_>, path: &std::path::Path, log: &mut Log<'_>) -> Option<HandedOver> {
    let text = log.take(FlyText::read(context, path))?;
    let file = FlyFile::load(context, &text);
    let app = file.config().and_then(|config| config.app.clone()).filter(|app| !app.is_empty());
    if app.is_none() {
        log.fail(AboutApp::NotInFile { path: path.to_owned() });
    }
    Some(HandedOver { app: app?, toml: path.to_owned(), secrets: None })
}

fn of_generated(context: &Context<'_>, generated: Generated) -> Result<Option<HandedOver>, Failure> {
    let Toml::In(toml) = generated.toml else { return Ok(None) };
    let secrets = match generated.secrets {
        Secrets::None => None,
        Secrets::In(path) => Some(fs::read(context.root.at(&path)).map_err(|error| unreadable_file(&path, &error))?),
        Secrets::Text(text) => Some(text.expose().clone().into_bytes()),
    };
    Ok(Some(HandedOver { app: generated.app, toml, secrets: secrets.filter(|secrets| !secrets.is_empty()) }))
}
