//! The labels of a machine, which change without a new version and without a restart.

use std::collections::BTreeMap;

use serde_json::json;

use super::MachineCalls;
use crate::call::{Body, Method, encode};
use crate::error::Error;

impl MachineCalls<'_> {
    /// All labels.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn labels(&self) -> Result<BTreeMap<String, String>, Error> {
        let call = self.call(Method::Get, "/metadata", "metadata.get", "read the labels of");
        self.client().send::<Option<BTreeMap<String, String>>>(&call).map(Option::unwrap_or_default)
    }

    /// Sets a label.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn set_label(&self, key: &str, value: &str) -> Result<(), Error> {
        let path = format!("/metadata/{}", encode(key));
        let call = self.change(&path, "metadata.set_key", "set a label of", None);
        self.client().send_only(&call.body(Body::of(&json!({ "value": value }))))
    }

    /// Removes a label.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub fn remove_label(&self, key: &str) -> Result<(), Error> {
        let path = format!("/metadata/{}", encode(key));
        self.client().send_only(&self.call(Method::Delete, &path, "metadata.delete_key", "remove a label of"))
    }

    /// Sets these labels, and removes those without a value, if the machine has this version.
    ///
    /// # Errors
    ///
    /// [`Kind::VersionMoved`](crate::Kind::VersionMoved) if it has another one.
    pub fn change_labels(&self, labels: &BTreeMap<String, Option<String>>, version: Option<&str>) -> Result<(), Error> {
        let mut body = json!({ "metadata": labels });
        if let (Some(version), Some(object)) = (version, body.as_object_mut()) {
            object.insert("machine_version".to_owned(), version.into());
        }
        let call = self.call(Method::Patch, "/metadata", "metadata.merge", "change the labels of");
        self.client().send_only(&call.body(Body::of(&body)))
    }
}
