//! Redis by Upstash, and buckets by Tigris.

use std::time::Duration;

use score_fly_api::add_ons::{AddOn, BUCKET, NewAddOn, REDIS};
use serde_json::{Map, Value, json};

use super::{Work, outputs, refused};
use crate::provisioner::error::Error;
use crate::provisioner::request::Answer;

/// How long an add-on may take. flyctl's time.
const READY: Duration = Duration::from_secs(240);

/// What is kept of a bucket, by what its provider calls it: its keys are told once.
const KEPT: [(&str, &str); 5] = [
    ("bucket", "BUCKET_NAME"),
    ("endpoint", "AWS_ENDPOINT_URL_S3"),
    ("region", "AWS_REGION"),
    ("access_key_id", "AWS_ACCESS_KEY_ID"),
    ("secret_key", "AWS_SECRET_ACCESS_KEY"),
];

impl Work<'_> {
    pub(super) fn make_redis(&self) -> Result<Answer, Error> {
        let name = self.name();
        let there = self.client.add_on(&name, REDIS).map_err(|error| refused(&error))?;
        let redis = match there {
            Some(there) => there,
            None => {
                let mut new = NewAddOn::redis(&name, &self.organization_id()?, &self.region()?);
                if let Some(options) = new.options.as_object_mut() {
                    options.insert("eviction".to_owned(), self.flag("eviction")?.into());
                }
                self.say(&format!("creating Redis {name}"));
                self.ensure(|| self.client.add_on(&name, REDIS), || self.client.create_add_on(&new))?
            }
        };
        let url = redis.public_url.map(|url| url.expose().clone()).unwrap_or_default();
        let parts = Parts::of(&url).ok_or_else(|| Error::Impossible(format!("Redis {name} tells no address")))?;
        let Parts { username, password, host, port } = parts;
        let answer = outputs(
            [("host", json!(host)), ("port", json!(port)), ("username", json!(username))],
            [("password", password.to_owned()), ("url", url.clone())],
        );
        Ok(answer)
    }

    pub(super) fn make_bucket(&self) -> Result<Answer, Error> {
        let name = self.name();
        let kept = self.kept();
        let there = self.client.add_on(&name, BUCKET).map_err(|error| refused(&error))?;
        let state = match (there, kept) {
            (Some(_), Some(kept)) => kept,
            (None, Some(_)) => {
                return Err(Error::Impossible(format!(
                    "bucket {name} is not there any more; `score-fly resources deprovision '{}'` forgets it, and the next \
                     run makes another one",
                    self.request.uid
                )));
            }
            (there, None) => {
                // Nobody was ever told the keys of one that a run that was cut off has made, so nothing is in it.
                if there.is_some() {
                    self.say(&format!("bucket {name} was made without telling its keys; making it anew"));
                    self.client.delete_add_on(&name, BUCKET).map_err(|error| refused(&error))?;
                }
                self.new_bucket(&name)?
            }
        };
        self.client.wait_for_add_on(&name, BUCKET, READY).map_err(|error| refused(&error))?;
        let of = |key: &str| state.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (id, secret) = (of("access_key_id"), of("secret_key"));
        let mut answer = outputs(
            [("bucket", json!(of("bucket"))), ("endpoint", json!(of("endpoint"))), ("region", json!(of("region")))],
            [
                ("access_key_id", id.clone()),
                ("secret_key", secret.clone()),
                ("aws_access_key_id", id),
                ("aws_secret_key", secret),
            ],
        );
        answer.state = Some(state);
        Ok(answer)
    }

    /// A new bucket: what is to be kept of it. If the answer gets lost, so are its keys, and it is made once more.
    fn new_bucket(&self, name: &str) -> Result<Map<String, Value>, Error> {
        let mut new = NewAddOn::bucket(name, &self.organization_id()?);
        if let Some(options) = new.options.as_object_mut() {
            options.insert("public".to_owned(), self.flag("public")?.into());
        }
        self.say(&format!("creating bucket {name}"));
        let made: AddOn = self.ensure(
            || {
                // One that is there by now has no keys that anybody knows.
                self.client.delete_add_on(name, BUCKET)?;
                Ok(None)
            },
            || self.client.create_add_on(&new),
        )?;
        let told = |(key, variable): &(&str, &str)| {
            Some(((*key).to_owned(), Value::String(made.environment.get(*variable)?.expose().clone())))
        };
        let kept: Map<String, Value> = KEPT.iter().filter_map(told).collect();
        if kept.len() < KEPT.len() {
            return Err(Error::Impossible(format!("bucket {name} does not tell its keys")));
        }
        Ok(kept)
    }

    /// What was kept of the bucket, if it was told.
    fn kept(&self) -> Option<Map<String, Value>> {
        let of = |(key, _): &(&str, &str)| Some(((*key).to_owned(), self.request.state.get(*key)?.clone()));
        KEPT.iter().map(of).collect()
    }

    pub(super) fn drop_add_on(&self, kind: &str) -> Result<Answer, Error> {
        self.client.delete_add_on(&self.name(), kind).map_err(|error| refused(&error))?;
        Ok(Answer::default())
    }

    /// The organization by the id that add-ons want.
    fn organization_id(&self) -> Result<String, Error> {
        let slug = self.organization()?;
        self.client.organization(&slug).map(|organization| organization.id).map_err(|error| refused(&error))
    }
}

/// The parts of an address with a password in it.
struct Parts<'u> {
    username: &'u str,
    password: &'u str,
    host: &'u str,
    port: &'u str,
}

impl<'u> Parts<'u> {
    fn of(url: &'u str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let (login, place) = rest.trim_end_matches('/').rsplit_once('@')?;
        let (username, password) = login.split_once(':')?;
        let (host, port) = place.rsplit_once(':').unwrap_or((place, "6379"));
        (!host.is_empty()).then_some(Self { username, password, host, port })
    }
}
