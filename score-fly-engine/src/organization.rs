//! Which organization at Fly something new is for.

use score_fly_api::{Client, Error};

use crate::environment::Environment;

/// Why that is not clear.
#[derive(Debug)]
pub(crate) enum Unclear {
    /// Fly does not say which there are.
    Fly(Error),
    /// There are these, as far as the token may see them.
    Several(Vec<String>),
}

/// The organization by its slug: the one that is named, here or by flyctl's variables, or the only one that there is.
pub(crate) fn organization(environment: &Environment, client: &Client, named: Option<&str>) -> Result<String, Unclear> {
    let variables = ["FLY_ORG", "FLY_ORGANIZATION"];
    let named = named.map(str::to_owned);
    if let Some(slug) = named.or_else(|| variables.into_iter().find_map(|name| environment.text(name))) {
        return Ok(slug);
    }
    let slugs = organizations(client).map_err(Unclear::Fly)?;
    <[String; 1]>::try_from(slugs).map(|[slug]| slug).map_err(Unclear::Several)
}

/// The organizations that the token may see, by their slugs.
pub(crate) fn organizations(client: &Client) -> Result<Vec<String>, Error> {
    // The list of organizations is undocumented, and not for every token. The token itself may know its own.
    match client.organizations() {
        Ok(all) => Ok(all.into_iter().map(|organization| organization.slug).collect()),
        Err(error) => match client.token_info() {
            Ok(tokens) if tokens.iter().any(|token| !token.org_slug.is_empty()) => {
                Ok(tokens.into_iter().map(|token| token.org_slug).filter(|slug| !slug.is_empty()).collect())
            }
            _ => Err(error),
        },
    }
}
