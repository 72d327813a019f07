//! Built-in provisioners that own something at Fly.
//!
//! Whatever is made has a name that comes from the resource's id, which stands in the state before anything is called.
//! It is looked for by that name before it is made, so a run that is killed at any point can be run again.

mod add_ons;
mod cluster;
mod database;
mod managed;
mod sql;

use score_fly_api::{Client, Error as ApiError, Kind};
use score_fly_core::map::SortedMap;
use score_fly_core::secret::Secret;
use serde_json::Value;

use super::builtin::Builtin;
use super::call::{Call, Mode};
use super::error::{Error, Failure};
use super::request::{Answer, Request};
use crate::connection::{Connection, FlyOptions};
use crate::organization::{Unclear, organization};

pub(super) use database::SHARED as SHARED_CLUSTER;

/// One call of one of these provisioners.
struct Work<'w> {
    client: &'w Client,
    request: &'w Request,
    call: Call<'w>,
}

/// Makes the resource, or takes it down.
pub(super) fn call(builtin: Builtin, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
    let surroundings = call.surroundings;
    let connection =
        Connection::open(surroundings.root, surroundings.environment, surroundings.cancel, &FlyOptions::default());
    let connection = connection.map_err(|error| Error::Impossible(error.to_string()))?;
    let work = Work { client: &connection.client, request, call };
    let answer = match (builtin, mode) {
        (Builtin::PostgresInstance, Mode::Provision) => work.make_instance(),
        (Builtin::PostgresInstance, Mode::Deprovision) => work.drop_app(&work.name()),
        (Builtin::Postgres, Mode::Provision) => work.make_database(),
        (Builtin::Postgres, Mode::Deprovision) => work.drop_database(),
        (Builtin::ManagedPostgres, Mode::Provision) => work.make_managed(),
        (Builtin::ManagedPostgres, Mode::Deprovision) => work.drop_managed(),
        (Builtin::Redis, Mode::Provision) => work.make_redis(),
        (Builtin::Redis, Mode::Deprovision) => work.drop_add_on(score_fly_api::add_ons::REDIS),
        (Builtin::S3, Mode::Provision) => work.make_bucket(),
        (Builtin::S3, Mode::Deprovision) => work.drop_add_on(score_fly_api::add_ons::BUCKET),
        (
            Builtin::Dns
            | Builtin::Environment
            | Builtin::Route
            | Builtin::Service
            | Builtin::ServicePort
            | Builtin::Volume,
            _,
        ) => Ok(Answer::default()),
    };
    Ok(answer?)
}

/// How often something is looked for and made, if answers get lost.
const ATTEMPTS: u32 = 4;

/// The longest name that Fly takes for everything that is named here, and how much of it tells resources apart.
const NAME: usize = 60;
const DIGITS: usize = 10;

impl Work<'_> {
    fn say(&self, line: &str) {
        (self.call.said)(line);
    }

    /// What the resource is called at Fly: no other one ever was or will be called so.
    fn name(&self) -> String {
        let digits = self.digits();
        let room = NAME - DIGITS - 1;
        let id = self.request.uid.id().to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let start: String = format!("{}{id}", self.request.project.app_prefix).chars().take(room).collect();
        format!("{}-{digits}", start.trim_matches('-'))
    }

    /// Digits of the resource's own id.
    fn digits(&self) -> String {
        self.request.guid.chars().filter(char::is_ascii_hexdigit).take(DIGITS).collect()
    }

    /// A param that is a text.
    fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        match self.request.params.expose().get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(Error::Impossible(format!("the param `{name}` has to be a text"))),
        }
    }

    /// A param that is a number of gigabytes.
    fn gigabytes(&self, name: &str) -> Result<Option<u64>, Error> {
        let Some(value) = self.request.params.expose().get(name) else { return Ok(None) };
        let number =
            value.as_u64().or_else(|| value.as_str()?.parse().ok()).filter(|number| (1..=500).contains(number));
        let wrong = || Error::Impossible(format!("the param `{name}` has to be a number of gigabytes, from 1 to 500"));
        number.map(Some).ok_or_else(wrong)
    }

    /// A param that is yes or no; without it, it is no.
    fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.request.params.expose().get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(_) => Err(Error::Impossible(format!("the param `{name}` has to be `true` or `false`"))),
        }
    }

    /// The organization that it is for: that of the param, of the environment, or the only one.
    fn organization(&self) -> Result<String, Error> {
        let named = self.text("organization")?;
        organization(self.call.surroundings.environment, self.client, named).map_err(|unclear| match unclear {
            Unclear::Fly(error) => refused(&error),
            Unclear::Several(all) => Error::Impossible(format!(
                "nothing says which organization it is for: give the param `organization`, or set FLY_ORG{}",
                if all.is_empty() { String::new() } else { format!("; there are {}", all.join(", ")) }
            )),
        })
    }

    /// Where it is to be: as the param says, the environment, or else near to whoever asks.
    fn region(&self) -> Result<String, Error> {
        if let Some(region) = self.text("region")? {
            return Ok(region.to_owned());
        }
        let environment = self.call.surroundings.environment;
        let variables = ["FLY_REGION", "FLY_REGION_NAME"];
        if let Some(region) = variables.into_iter().find_map(|name| environment.text(name)) {
            return Ok(region);
        }
        let nearest = self.client.regions().map_err(|error| refused(&error))?.nearest;
        if nearest.is_empty() {
            return Err(Error::Impossible("nothing says where it is to be: give the param `region`".to_owned()));
        }
        Ok(nearest)
    }

    /// What `look` finds, or else what `make` makes. If the answer of that gets lost, it is looked for again before
    /// anything is made once more.
    fn ensure<T>(
        &self,
        look: impl Fn() -> Result<Option<T>, ApiError>,
        make: impl Fn() -> Result<T, ApiError>,
    ) -> Result<T, Error> {
        let mut attempt = 0;
        loop {
            if let Some(there) = look().map_err(|error| refused(&error))? {
                return Ok(there);
            }
            attempt += 1;
            match make() {
                Err(error) if attempt < ATTEMPTS && error.may_have_happened() && !self.client.is_stopped() => {
                    self.client.sleep(std::time::Duration::from_millis(500)).map_err(|error| refused(&error))?;
                }
                done => return done.map_err(|error| refused(&error)),
            }
        }
    }

    /// Deletes an app with everything in it, if it is there.
    fn drop_app(&self, name: &str) -> Result<Answer, Error> {
        match self.client.app(name).delete() {
            Err(error) if !error.is_not_found() => Err(refused(&error)),
            done => {
                if done.is_ok() {
                    self.say(&format!("deleted app {name}"));
                }
                Ok(Answer::default())
            }
        }
    }
}

/// What Fly refuses, with what to do about it.
fn refused(error: &ApiError) -> Error {
    let advice = match error.kind() {
        Kind::Stopped => return Error::Interrupted,
        Kind::Unauthorized => "log in with `fly auth login`, or set FLY_API_TOKEN to a token that is valid",
        Kind::Forbidden => {
            "the token may not do that, or it is somebody else's; a token of the organization can (`fly tokens create \
             org`)"
        }
        Kind::Limit => "the organization may have no more, or Fly's billing wants something",
        Kind::Capacity => "there is no room in that region; give another one with the param `region`",
        Kind::Region => "give a region of Fly with the param `region`",
        Kind::Network | Kind::Unavailable | Kind::TimedOut => "run it again: what was made is found by its name",
        _ => return Error::Impossible(error.to_string()),
    };
    Error::Impossible(format!("{error}: {advice}"))
}

/// An answer of outputs that may be shown, and of those that may not.
fn outputs<const V: usize, const S: usize>(values: [(&str, Value); V], secrets: [(&str, String); S]) -> Answer {
    let values: SortedMap<String, Value> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let secrets = secrets.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(Value::String(value))));
    Answer { values: Some(values), secrets: secrets.collect(), ..Answer::default() }
}
