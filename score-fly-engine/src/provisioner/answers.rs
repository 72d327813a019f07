//! What built-in provisioners answer.

use score_fly_core::map::SortedMap;
use score_fly_core::score::Port;
use score_fly_core::secret::{Secret, Sensitive};
use serde_json::{Map, Value, json};
#[cfg(feature = "deploy")]
use uuid::Uuid;

use super::builtin::Builtin;
use super::call::{Call, Mode};
use super::error::{Error, Failure};
#[cfg(feature = "deploy")]
use super::fly::{SHARED_CLUSTER, call as at_fly};
use super::request::{Answer, Request, WorkloadView};

/// The class of environments whose variables are secrets.
const SECRET: &str = "secret";

impl Builtin {
    /// Makes the resource, or takes it down.
    pub(super) fn call(self, mode: Mode, request: &Request, call: Call<'_>) -> Result<Answer, Failure> {
        if self.is_at_fly() {
            return at_fly(self, mode, request, call);
        }
        match mode {
            Mode::Provision => Ok(self.provision(request)?),
            // These only look something up, or are made along with the app.
            Mode::Deprovision => Ok(Answer::default()),
        }
    }

    fn provision(self, request: &Request) -> Result<Answer, Error> {
        match self {
            Self::Dns => {
                let host = format!("{}.fly.dev", request.project.app_of(&request.source_workload));
                Ok(values([("url", json!(format!("https://{host}"))), ("host", json!(host))]))
            }
            Self::Environment => environment(request),
            Self::Service => service(request),
            Self::ServicePort => service_port(request),
            Self::Volume => Ok(volume(request)),
            Self::Route | Self::ManagedPostgres | Self::Postgres | Self::PostgresInstance | Self::Redis | Self::S3 => {
                Ok(Answer::default())
            }
        }
    }

    /// Decides what must stand in the state before the first call: the name of what resources share, so that a run that
    /// is killed leaves nothing that the next one does not find.
    pub(super) fn decide_names(self, app_prefix: &str, shared: &mut Map<String, Value>) {
        #[cfg(feature = "deploy")]
        if self == Self::Postgres {
            let entry = shared.entry(SHARED_CLUSTER).or_insert_with(|| json!({}));
            if let Some(entry) = entry.as_object_mut() {
                let digits: String = Uuid::new_v4().simple().to_string().chars().take(10).collect();
                entry.entry("app").or_insert_with(|| json!(format!("{app_prefix}pg-{digits}")));
            }
        }
        #[cfg(not(feature = "deploy"))]
        let _ = (app_prefix, shared);
    }
}

#[cfg(not(feature = "deploy"))]
fn at_fly(builtin: Builtin, _: Mode, _: &Request, _: Call<'_>) -> Result<Answer, Failure> {
    let problem = format!("this score-fly was built without what `{}` takes at Fly", builtin.name());
    Err(Error::Impossible(problem).into())
}

fn values<const N: usize>(values: [(&str, Value); N]) -> Answer {
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value));
    Answer { values: Some(values.collect()), ..Answer::default() }
}

/// The variables that workloads refer to.
fn environment(request: &Request) -> Result<Answer, Error> {
    let names: Vec<&str> = request.wanted.iter().map(String::as_str).collect();
    let environment = &request.project.environment;
    let missing: Vec<&str> = names.iter().copied().filter(|name| !environment.contains_key(*name)).collect();
    if !missing.is_empty() {
        let advice = "set it there, or give it with `--env-file`";
        return Err(Error::Impossible(format!("there is no {} in the environment: {advice}", list(&missing))));
    }
    let found = names.into_iter().filter_map(|name| Some((name.to_owned(), json!(environment.get(name)?))));
    if request.uid.class() == SECRET {
        let secrets = found.map(|(name, value)| (name, Secret::new(value)));
        return Ok(Answer { values: Some(SortedMap::new()), secrets: secrets.collect(), ..Answer::default() });
    }
    Ok(Answer { values: Some(found.collect()), ..Answer::default() })
}

/// The workload that a resource is named after: its id, or what the source workload calls it.
fn service(request: &Request) -> Result<Answer, Error> {
    let id = request.uid.id();
    let own = format!("{}.", request.source_workload);
    let name = id.strip_prefix(&own).unwrap_or(id);
    let workload = workload(request, name)?;
    let host = json!(request.project.host_of(name));
    let mut answer = values([("name", host.clone()), ("hostname", host)]);
    // A port without a name is clear only where there is no other.
    if let (Some(values), [port]) = (&mut answer.values, workload.ports.values().collect::<Vec<_>>().as_slice()) {
        values.insert("port".to_owned(), json!(port.target()));
    }
    Ok(answer)
}

/// Others reach a workload at the port that it listens on: Fly's private network leads past the
/// proxy, and with it past the port of the service.
fn service_port(request: &Request) -> Result<Answer, Error> {
    let params = request.params.expose();
    let Some(name) = params.get("workload").and_then(Value::as_str) else {
        return Err(Error::Impossible("the param `workload` has to name a workload".to_owned()));
    };
    let found = workload(request, name).and_then(|workload| port_of(name, workload, params.get("port")));
    let port = match (found, &request.params.0) {
        // What they say quotes the params.
        (Err(_), Sensitive::Secret(_)) => {
            let problem = "the params, in which there are secrets, name no port of a workload in this project";
            return Err(Error::Impossible(problem.to_owned()));
        }
        (found, _) => found?,
    };
    Ok(values([("hostname", json!(request.project.host_of(name))), ("port", json!(port.target()))]))
}

/// A volume is known by its name, and becomes what its params say when it is mounted.
fn volume(request: &Request) -> Answer {
    let id = request.uid.id();
    let own = format!("{}.", request.source_workload);
    let name = id.strip_prefix(&own).unwrap_or(id);
    let mut outputs = request.params.expose().clone();
    if !outputs.contains_key("source") {
        outputs.insert("source".to_owned(), json!(name));
    }
    Answer { values: Some(outputs), ..Answer::default() }
}

fn workload<'r>(request: &'r Request, name: &str) -> Result<&'r WorkloadView, Error> {
    let workloads = &request.project.workloads;
    workloads.get(name).ok_or_else(|| {
        let known: Vec<&str> = workloads.keys().map(String::as_str).collect();
        Error::Impossible(format!("there is no workload `{name}` in this project, only {}", list(&known)))
    })
}

/// A port by its name or its number.
fn port_of<'w>(name: &str, workload: &'w WorkloadView, port: Option<&Value>) -> Result<&'w Port, Error> {
    let wanted = match port {
        Some(Value::String(wanted)) => wanted.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => {
            let problem = "the param `port` has to be the name or the number of a port";
            return Err(Error::Impossible(problem.to_owned()));
        }
    };
    let by_number = || workload.ports.values().find(|port| port.port.to_string() == wanted);
    workload.ports.get(&wanted).or_else(by_number).ok_or_else(|| {
        let known: Vec<&str> = workload.ports.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("only {}", list(&known)) };
        Error::Impossible(format!("the service of the workload `{name}` has no port `{wanted}`: {known}"))
    })
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
