//! Apps at Fly, by themselves.

use score_fly_api::{App, Client, NewApp};

use super::context::Context;
use super::failure::{AboutApp, Failure};
use super::report::{Log, Note, Report};
use crate::organization::Unclear;
use crate::session::{FlyOptions, Session};

/// Which app to create.
#[derive(Debug, Clone, Default)]
pub struct CreateOptions {
    /// Its name.
    pub name: String,
    /// Its organization. If there is none, it is that of the variable `FLY_ORG`, or the only one that there is.
    pub organization: Option<String>,
    /// A private network of its own.
    pub network: Option<String>,
    /// How Fly is talked to.
    pub fly: FlyOptions,
}

/// Creates an app, with nothing in it.
pub fn create(context: &Context<'_>, options: &CreateOptions) -> Report<App> {
    let mut log = context.log();
    let app = Session::open(context, &options.fly).and_then(|session| {
        let client = &session.client;
        let organization = organization(context, client, options.organization.as_deref())?;
        add(client, &options.name, organization, options.network.clone(), &mut log)
    });
    let app = log.take(app);
    log.report(app)
}

/// Creates an app, and waits until it is known everywhere.
pub(super) fn add(
    client: &Client,
    name: &str,
    organization: String,
    network: Option<String>,
    log: &mut Log<'_>,
) -> Result<App, Failure> {
    let network = network.unwrap_or_default();
    client.create_app(&NewApp { name: name.to_owned(), org_slug: organization, network, app_role_id: None })?;
    let app = client.wait_for_app(name, APPEARS)?;
    log.note(Note::CreatedApp { app: app.name.clone(), organization: app.organization.slug.clone() });
    Ok(app)
}

/// How long a new app may take to be known everywhere.
pub(crate) const APPEARS: std::time::Duration = std::time::Duration::from_secs(60);

/// The organization for a new app: the one that is named, or the only one that there is.
pub(crate) fn organization(context: &Context<'_>, client: &Client, named: Option<&str>) -> Result<String, Failure> {
    crate::organization::organization(context.environment, client, named).map_err(|unclear| match unclear {
        Unclear::Fly(error) => error.into(),
        Unclear::Several(organizations) => AboutApp::WhichOrganization { organizations }.into(),
    })
}
