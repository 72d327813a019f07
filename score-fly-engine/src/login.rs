//! Who one is to Fly: the token, found where flyctl finds it.

use std::fs;

use score_fly_api::token::{self, NoToken, Sources};
use score_fly_api::{Timestamp, Token};

use crate::environment::Environment;
use crate::root::Root;

/// The token. It never comes from a command line, where others could see it.
///
/// # Errors
/// If there is none, or it is of no use.
pub(crate) fn token(root: &Root, environment: &Environment) -> Result<Token, NoToken> {
    let config = flyctl_config(root, environment);
    let variable = |name: &str| environment.text(name);
    let sources = Sources { flag: None, env: &variable, config: config.as_deref(), now: Timestamp::now() };
    token::find(&sources).map(|(token, _)| token)
}

/// The text of flyctl's configuration file, if it is there.
pub(crate) fn flyctl_config(root: &Root, environment: &Environment) -> Option<String> {
    let path = token::config_path(|name| environment.text(name), environment.home())?;
    fs::read_to_string(root.at(&path)).ok()
}
