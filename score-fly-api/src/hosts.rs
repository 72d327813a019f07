//! Where Fly's APIs are.

use ureq::http::Uri;

/// The servers of Fly's APIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// The Machines API, which flyctl calls flaps.
    pub machines: String,
    /// GraphQL and logs.
    pub web: String,
    /// The REST part of the same server, which flyctl calls uiex.
    pub rest: String,
    /// The image registry: a host, without a scheme.
    pub registry: String,
}

/// An address that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} must be the address of a server, such as https://api.fly.io")]
pub struct InvalidHost {
    /// The environment variable that has it.
    pub variable: &'static str,
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            machines: "https://api.machines.dev".to_owned(),
            web: "https://api.fly.io".to_owned(),
            rest: "https://api.fly.io".to_owned(),
            registry: "registry.fly.io".to_owned(),
        }
    }
}

impl Hosts {
    /// The servers that the environment names, by the variables of flyctl: `FLY_FLAPS_BASE_URL`,
    /// `FLY_API_BASE_URL`, `FLY_UIEX_BASE_URL` and `FLY_REGISTRY_HOST`. `env` looks a variable up.
    ///
    /// # Errors
    ///
    /// If one of them is no address of a web server.
    pub fn from_env(env: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidHost> {
        let usual = Self::default();
        let address = |variable: &'static str, usual: String| {
            let Some(address) = env(variable).filter(|address| !address.is_empty()) else { return Ok(usual) };
            if is_server(&address) {
                Ok(address.trim_end_matches('/').to_owned())
            } else {
                Err(InvalidHost { variable })
            }
        };
        Ok(Self {
            machines: address("FLY_FLAPS_BASE_URL", usual.machines)?,
            web: address("FLY_API_BASE_URL", usual.web)?,
            rest: address("FLY_UIEX_BASE_URL", usual.rest)?,
            registry: env("FLY_REGISTRY_HOST").filter(|host| !host.is_empty()).unwrap_or(usual.registry),
        })
    }

    /// One server for all of them, such as a fake.
    pub fn all_at(address: &str) -> Self {
        let address = address.trim_end_matches('/').to_owned();
        let registry = address.split_once("://").map_or(address.as_str(), |(_, host)| host).to_owned();
        Self { machines: address.clone(), web: address.clone(), rest: address, registry }
    }
}

fn is_server(address: &str) -> bool {
    address.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::{Hosts, InvalidHost};

    #[test]
    fn the_environment_decides() {
        let env = |name: &str| match name {
            "FLY_FLAPS_BASE_URL" => Some("http://_api.internal:4280/".to_owned()),
            "FLY_REGISTRY_HOST" => Some("localhost:5000".to_owned()),
            "FLY_API_BASE_URL" => Some(String::new()),
            _ => None,
        };
        let hosts = Hosts::from_env(env).unwrap();
        assert_eq!(hosts.machines, "http://_api.internal:4280");
        assert_eq!((hosts.web.as_str(), hosts.rest.as_str()), ("https://api.fly.io", "https://api.fly.io"));
        assert_eq!(hosts.registry, "localhost:5000");
        // uiex has its own variable, and does not follow the other one.
        let only = |name: &str| (name == "FLY_API_BASE_URL").then(|| "http://127.0.0.1:1".to_owned());
        assert_eq!(Hosts::from_env(only).unwrap().rest, "https://api.fly.io");
        for wrong in ["api.fly.io", "ftp://x", "http://", "https://x?a=b"] {
            let env = |name: &str| (name == "FLY_UIEX_BASE_URL").then(|| wrong.to_owned());
            assert_eq!(Hosts::from_env(env), Err(InvalidHost { variable: "FLY_UIEX_BASE_URL" }), "{wrong}");
        }
    }
}
