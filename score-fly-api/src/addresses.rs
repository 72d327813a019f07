//! IP addresses. fly-go: `flaps/flaps_ip_assignments.go`.

use serde::{Deserialize, Serialize};

use crate::apps::AppCalls;
use crate::call::{Body, Method, encode};
use crate::error::Error;
use crate::json::{or_default, time, words};
use crate::time::Timestamp;

words! {
    /// Kinds of addresses.
    pub enum AddressKind {
        /// An IPv4 address of its own, which costs.
        V4 = "v4",
        /// An IPv6 address of its own.
        V6 = "v6",
        /// An IPv4 address that is shared with other apps.
        SharedV4 = "shared_v4",
        /// An IPv6 address in the private network, for Flycast.
        PrivateV6 = "private_v6",
        /// An IPv4 address for requests that go out.
        EgressV4 = "egress_v4",
        /// An IPv6 address for requests that go out.
        EgressV6 = "egress_v6",
    }
}

/// An address of an app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Address {
    /// The address.
    pub ip: String,
    /// Its region, or `global`.
    #[serde(deserialize_with = "or_default")]
    pub region: String,
    /// The service that it is for.
    #[serde(deserialize_with = "or_default")]
    pub service_name: String,
    /// Whether other apps have it, too.
    #[serde(deserialize_with = "or_default")]
    pub shared: bool,
    /// Whether it is for requests that go out.
    #[serde(deserialize_with = "or_default")]
    pub egress: bool,
    /// Since when.
    #[serde(deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// The private network that it is in, if it is not the app's.
    pub network: Option<AddressNetwork>,
}

/// The private network of an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AddressNetwork {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Whose it is.
    #[serde(deserialize_with = "or_default")]
    pub org_slug: String,
}

impl Address {
    /// Its kind, which Fly does not say: it is told from the address itself.
    pub fn kind(&self) -> AddressKind {
        let six = self.ip.contains(':');
        match (self.egress, six) {
            (true, false) => AddressKind::EgressV4,
            (true, true) => AddressKind::EgressV6,
            (false, false) if self.shared => AddressKind::SharedV4,
            (false, false) => AddressKind::V4,
            (false, true) if self.network.is_some() || self.ip.starts_with("fdaa:") => AddressKind::PrivateV6,
            (false, true) => AddressKind::V6,
        }
    }
}

/// A new address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewAddress {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: AddressKind,
    /// Its region; global if it is empty.
    pub region: String,
    /// For a private address: in the network of this organization.
    pub org_slug: String,
    /// For a private address: in this network.
    pub network: String,
    /// The service that it is for.
    pub service_name: String,
}

impl From<AddressKind> for NewAddress {
    fn from(kind: AddressKind) -> Self {
        let [region, org_slug, network, service_name] = Default::default();
        Self { kind, region, org_slug, network, service_name }
    }
}

#[derive(Debug, Deserialize)]
struct AddressList {
    #[serde(default, deserialize_with = "or_default")]
    ips: Vec<Address>,
}

impl AppCalls<'_> {
    /// The addresses of the app.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn addresses(&self) -> Result<Vec<Address>, Error> {
        let call = self.call(Method::Get, "/ip_assignments", "ips.list", "list the addresses");
        self.client.send::<AddressList>(&call).map(|list| list.ips)
    }

    /// Gives the app an address. If the answer gets lost, compare [`AppCalls::addresses`] before and after.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn allocate_address(&self, new: &NewAddress) -> Result<Address, Error> {
        let call =
            self.call(Method::Post, "/ip_assignments", "ips.assign", &format!("allocate a {} address", new.kind));
        self.client.send(&call.body(Body::of(new)))
    }

    /// Takes an address away from the app. Nobody knows whether it can be had again.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn release_address(&self, ip: &str) -> Result<(), Error> {
        let path = format!("/ip_assignments/{}", encode(ip));
        self.client.send_only(&self.call(Method::Delete, &path, "ips.release", &format!("release address {ip}")))
    }
}
