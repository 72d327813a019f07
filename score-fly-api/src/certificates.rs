//! Certificates for names of one's own. fly-go: `flaps/flaps_certificates.go`.

use score_fly_core::secret::Secret;
use serde::Deserialize;

use crate::apps::AppCalls;
use crate::call::{Body, Call, Method, Repeat, encode};
use crate::error::Error;
use crate::json::or_default;

/// A name of one's own, and how far its certificate is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Certificate {
    /// The name.
    pub hostname: String,
    /// Whether it works.
    #[serde(deserialize_with = "or_default")]
    pub configured: bool,
    /// Whether Fly gets the certificate.
    #[serde(deserialize_with = "or_default")]
    pub acme_requested: bool,
    /// How far it is.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    /// What DNS has to say for it.
    #[serde(deserialize_with = "or_default")]
    pub dns_requirements: DnsRequirements,
    /// What does not work yet.
    #[serde(deserialize_with = "or_default")]
    pub validation_errors: Vec<ValidationError>,
}

/// What DNS has to say: either the addresses, or the name that it is an alias of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DnsRequirements {
    /// IPv4 addresses.
    #[serde(deserialize_with = "or_default")]
    pub a: Vec<String>,
    /// IPv6 addresses.
    #[serde(deserialize_with = "or_default")]
    pub aaaa: Vec<String>,
    /// The name.
    #[serde(deserialize_with = "or_default")]
    pub cname: String,
    /// A record that proves that the name is one's own.
    pub acme_challenge: Option<AcmeChallenge>,
}

/// A record by which a certificate can be had before traffic comes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AcmeChallenge {
    /// The name of the record.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What it is an alias of.
    #[serde(deserialize_with = "or_default")]
    pub target: String,
}

/// What does not work yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ValidationError {
    /// In short.
    #[serde(deserialize_with = "or_default")]
    pub code: String,
    /// In words.
    #[serde(deserialize_with = "or_default")]
    pub message: String,
    /// What to do.
    #[serde(deserialize_with = "or_default")]
    pub remediation: String,
}

#[derive(Debug, Deserialize)]
struct CertificateList {
    #[serde(default, deserialize_with = "or_default")]
    certificates: Vec<Certificate>,
    #[serde(default, deserialize_with = "or_default")]
    next_cursor: String,
}

impl AppCalls<'_> {
    fn certificate_call(&self, method: Method, rest: &str, limit: &'static str, what: &str) -> Call {
        self.call(method, &format!("/certificates{rest}"), limit, what)
    }

    /// The certificates of the app.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn certificates(&self) -> Result<Vec<Certificate>, Error> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let call = self.certificate_call(Method::Get, "", "certificates.list", "list the certificates");
            let call = call.param("limit", "500").maybe("cursor", Some(cursor.as_str()).filter(|c| !c.is_empty()));
            let page: CertificateList = self.client.send(&call)?;
            let is_last = page.next_cursor.is_empty() || page.next_cursor == cursor || page.certificates.is_empty();
            all.extend(page.certificates);
            if is_last {
                return Ok(all);
            }
            cursor = page.next_cursor;
        }
    }

    /// Lets Fly get a certificate for a name.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn request_certificate(&self, hostname: &str) -> Result<Certificate, Error> {
        let what = format!("request a certificate for {hostname}");
        let call = self.certificate_call(Method::Post, "/acme", "certificates.acme", &what);
        let body = Body::of(&serde_json::json!({ "hostname": hostname }));
        self.client.send(&call.repeat(Repeat::Freely).body(body))
    }

    /// Brings a certificate of one's own, as PEM.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn import_certificate(
        &self,
        hostname: &str,
        chain: &str,
        private_key: &Secret<String>,
    ) -> Result<Certificate, Error> {
        let what = format!("import the certificate for {hostname}");
        let call = self.certificate_call(Method::Post, "/custom", "certificates.custom", &what);
        let body = Body::of(&serde_json::json!({ "hostname": hostname, "fullchain": chain }));
        self.client.send(&call.repeat(Repeat::Freely).body(body.hide(&["private_key"], private_key)))
    }

    /// Looks once more whether all is right for a name.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn check_certificate(&self, hostname: &str) -> Result<Certificate, Error> {
        let what = format!("check the certificate for {hostname}");
        let path = format!("/{}/check", encode(hostname));
        let call = self.certificate_call(Method::Post, &path, "certificates.check", &what);
        self.client.send(&call.repeat(Repeat::Freely))
    }

    /// Reads how far a name is.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn certificate(&self, hostname: &str) -> Result<Certificate, Error> {
        let what = format!("read the certificate for {hostname}");
        let path = format!("/{}", encode(hostname));
        self.client.send(&self.certificate_call(Method::Get, &path, "certificates.get", &what))
    }

    /// Removes a name, with its certificates.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn delete_certificate(&self, hostname: &str) -> Result<(), Error> {
        let what = format!("delete the certificate for {hostname}");
        let path = format!("/{}", encode(hostname));
        self.client.send_only(&self.certificate_call(Method::Delete, &path, "certificates.delete", &what))
    }
}
