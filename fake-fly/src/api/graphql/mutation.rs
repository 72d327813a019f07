//! What can be changed.
//!
//! fly-go: `resource_ip_addresses.go`, `resource_secrets.go`; superfly/flyctl: gql.

use serde_json::{Value, json};

use super::parse::Field;
use super::query::{address_json, org_json, release_json};
use super::{Found, Run, unknown, wrong};
use crate::world::{Access, Release};

impl<'r> Run<'r> {
    pub(super) fn change(&mut self, field: &'r Field, arguments: &Value) -> Found {
        let input = arguments.get("input").unwrap_or(arguments);
        let (kind, payload) = match field.name.as_str() {
            "createApp" => ("CreateAppPayload", self.create_app(input)?),
            "deleteApp" => ("DeleteAppPayload", self.delete_app(input)?),
            "allocateIpAddress" => ("AllocateIPAddressPayload", self.allocate(input)?),
            "releaseIpAddress" => ("ReleaseIPAddressPayload", self.release(input)?),
            "createAddOn" => ("CreateAddOnPayload", self.create_add_on(input)?),
            "updateAddOn" => ("UpdateAddOnPayload", self.update_add_on(input)?),
            "deleteAddOn" => ("DeleteAddOnPayload", self.delete_add_on(input)?),
            "createTosAgreement" => ("CreateTosAgreementPayload", json!({ "clientMutationId": Value::Null })),
            "createLimitedAccessToken" => ("CreateLimitedAccessTokenPayload", self.create_token(input)?),
            "deleteLimitedAccessToken" => ("DeleteLimitedAccessTokenPayload", self.delete_token(input)),
            "setSecrets" => ("SetSecretsPayload", self.set_secrets(input)?),
            "unsetSecrets" => ("UnsetSecretsPayload", self.unset_secrets(input)?),
            "createRelease" => ("CreateReleasePayload", self.create_release(input)?),
            "updateRelease" => ("UpdateReleasePayload", self.update_release(input)?),
            "attachPostgresCluster" => ("AttachPostgresClusterPayload", self.attach_postgres(input)?),
            "issueCertificate" => {
                self.org_slug(input)?;
                let word = self.world.hex(16);
                let key =
                    text(input, "publicKey").is_empty().then(|| format!("-----BEGIN OPENSSH PRIVATE KEY----- {word}"));
                let certificate = format!("ssh-ed25519-cert-v01@openssh.com {word}");
                ("IssueCertificatePayload", json!({ "certificate": certificate, "key": key }))
            }
            "enablePostgresConsul" => {
                let app = self.app_name(input)?;
                let url = format!("https://:{}@consul.example/{app}", self.world.hex(12));
                ("EnablePostgresConsulPayload", json!({ "consulUrl": url }))
            }
            other => return Err(unknown(other, "Mutations")),
        };
        self.project(kind, &payload, &field.selections)
    }

    /// Mutations name an app by its id or by its name.
    fn app_name(&self, input: &Value) -> Found<String> {
        let id = text(input, "appId");
        let app = self.world.apps.values().find(|app| app.id == id || app.name == id);
        let app = app.ok_or_else(|| wrong("NOT_FOUND", "Could not find App"))?;
        self.context.check_app(app).map_err(|_| wrong("FORBIDDEN", "Not authorized to access this app"))?;
        Ok(app.name.clone())
    }

    /// Organizations are named by their ids.
    fn org_slug(&self, input: &Value) -> Found<String> {
        let id = text(input, "organizationId");
        let org = self.world.orgs.iter().find(|(slug, org)| org.id == id || slug.as_str() == id);
        let (slug, _) = org.ok_or_else(|| wrong("NOT_FOUND", "Could not find Organization"))?;
        self.context.check_org(slug).map_err(|_| wrong("FORBIDDEN", "Not authorized to access this organization"))?;
        Ok(slug.clone())
    }

    fn create_app(&mut self, input: &Value) -> Found {
        let org = self.org_slug(input)?;
        let network = text(input, "network");
        let name = self.world.create_app(
            text(input, "name"),
            &org,
            network,
            input.get("appRoleId").and_then(Value::as_str),
        )?;
        let name = name.name.clone();
        Ok(json!({ "app": self.world.app(&name).map(|app| self.app_json(app))? }))
    }

    fn delete_app(&mut self, input: &Value) -> Found {
        let name = self.app_name(input)?;
        let org = self.world.app(&name)?.org.clone();
        self.context.check_org(&org).map_err(|_| wrong("FORBIDDEN", "Not authorized to delete this app"))?;
        self.world.apps.remove(&name);
        let org = self.world.orgs.get(&org).map(|found| org_json(&org, found));
        Ok(json!({ "organization": org }))
    }

    fn allocate(&mut self, input: &Value) -> Found {
        let app = self.app_name(input)?;
        let address = self.world.allocate(&app, text(input, "type"), text(input, "region"), "")?;
        let shared = address.kind == "shared_v4";
        let of_app = self.world.app(&app).map(|app| self.app_json(app))?;
        Ok(json!({ "ipAddress": if shared { Value::Null } else { address_json(&address) }, "app": of_app }))
    }

    fn release(&mut self, input: &Value) -> Found {
        let app = self.app_name(input)?;
        let (ip, id) = (text(input, "ip"), text(input, "ipAddressId"));
        let addresses = &mut self.world.app_mut(&app)?.addresses;
        let place = addresses.iter().position(|address| address.ip == ip || address.ip == id);
        addresses.remove(place.ok_or_else(|| wrong("NOT_FOUND", "Could not find IPAddress"))?);
        Ok(json!({ "clientMutationId": Value::Null, "app": self.world.app(&app).map(|app| self.app_json(app))? }))
    }

    fn create_add_on(&mut self, input: &Value) -> Found {
        let org = match text(input, "appId") {
            "" => self.org_slug(input)?,
            _ => {
                let app = self.app_name(input)?;
                self.world.app(&app)?.org.clone()
            }
        };
        let name = self.world.create_add_on(text(input, "type"), &org, input)?;
        let json = self.world.add_ons.get(&name).map(|add_on| self.add_on_json(add_on, true));
        Ok(json!({ "addOn": json }))
    }

    fn update_add_on(&mut self, input: &Value) -> Found {
        let id = text(input, "addOnId");
        let add_on = self.world.add_ons.values_mut().find(|add_on| add_on.id == id);
        let add_on = add_on.ok_or_else(|| wrong("NOT_FOUND", "Could not find AddOn"))?;
        self.context.check_org(&add_on.org).map_err(|_| wrong("FORBIDDEN", "Not authorized to access this add-on"))?;
        let set = |key: &str, value: &mut Value| {
            if let Some(new) = input.get(key).filter(|new| !new.is_null()) {
                value.clone_from(new);
            }
        };
        set("options", &mut add_on.options);
        set("metadata", &mut add_on.metadata);
        set("readRegions", &mut add_on.read_regions);
        if let Some(plan) = input.get("planId").and_then(Value::as_str) {
            plan.clone_into(&mut add_on.plan);
        }
        let name = add_on.name.clone();
        Ok(json!({ "addOn": self.world.add_ons.get(&name).map(|add_on| self.add_on_json(add_on, false)) }))
    }

    fn delete_add_on(&mut self, input: &Value) -> Found {
        let name = text(input, "name");
        let provider = text(input, "provider");
        let add_on = self.world.add_ons.get(name).filter(|add_on| provider.is_empty() || provider == add_on.kind);
        let org = &add_on.ok_or_else(|| wrong("NOT_FOUND", "Could not find AddOn"))?.org;
        self.context.check_org(org).map_err(|_| wrong("FORBIDDEN", "Not authorized to access this add-on"))?;
        self.world.add_ons.remove(name);
        Ok(json!({ "deletedAddOnName": name }))
    }

    /// The profiles `deploy`, for one app, and `deploy_organization`.
    fn create_token(&mut self, input: &Value) -> Found {
        let org = self.org_slug(input)?;
        let access = match text(input, "profile") {
            "deploy_organization" => Access::Organization(org),
            "deploy" => {
                let id = input.pointer("/profileParams/app_id").and_then(Value::as_str).unwrap_or_default();
                let app = self.world.apps.values().find(|app| app.id == id || app.name == id);
                Access::App(app.ok_or_else(|| wrong("NOT_FOUND", "Could not find App"))?.name.clone())
            }
            other => return Err(wrong("UNPROCESSABLE", &format!("Unknown profile {other}"))),
        };
        let token = format!("fake-token-{}", self.world.hex(16));
        self.world.add_token(&token, access);
        let json = json!({
            "id": token, "name": text(input, "name"), "tokenHeader": format!("Bearer {token}"),
            "token": token, "expiresAt": Value::Null,
        });
        Ok(json!({ "limitedAccessToken": json }))
    }

    fn delete_token(&mut self, input: &Value) -> Value {
        self.world.remove_token(text(input, "id"));
        json!({ "token": text(input, "id") })
    }

    fn secrets_changed(&mut self, input: &Value, values: Vec<(String, Option<String>)>) -> Found {
        let name = self.app_name(input)?;
        let now = self.world.now;
        self.world.app_mut(&name)?.secrets.change(values, now);
        let app = self.world.app(&name)?;
        let release = app.releases.last().map(|release| release_json(release, app));
        Ok(json!({ "app": self.app_json(app), "release": release }))
    }

    fn set_secrets(&mut self, input: &Value) -> Found {
        let secrets = input.get("secrets").and_then(Value::as_array).into_iter().flatten();
        let values = secrets.map(|secret| (text(secret, "key").to_owned(), Some(text(secret, "value").to_owned())));
        self.secrets_changed(input, values.collect())
    }

    fn unset_secrets(&mut self, input: &Value) -> Found {
        let keys = input.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        self.secrets_changed(input, keys.map(|key| (key.to_owned(), None)).collect())
    }

    fn create_release(&mut self, input: &Value) -> Found {
        let name = self.app_name(input)?;
        let (id, created_at) = (format!("rel{}", self.world.hex(12)), self.world.now);
        let app = self.world.app_mut(&name)?;
        app.releases.push(Release {
            id,
            version: app.releases.last().map_or(0, |release| release.version) + 1,
            status: "pending".to_owned(),
            strategy: text(input, "strategy").to_owned(),
            user: self.context.user.clone(),
            image: text(input, "image").to_owned(),
            definition: input.get("definition").cloned().unwrap_or_default(),
            metadata: Value::Null,
            created_at,
        });
        let app = self.world.app(&name)?;
        Ok(json!({ "release": app.releases.last().map(|release| release_json(release, app)) }))
    }

    fn update_release(&mut self, input: &Value) -> Found {
        let id = text(input, "releaseId");
        let mut all = self.world.apps.values_mut().flat_map(|app| app.releases.iter_mut());
        let release =
            all.find(|release| release.id == id).ok_or_else(|| wrong("NOT_FOUND", "Could not find Release"))?;
        text(input, "status").clone_into(&mut release.status);
        Ok(json!({ "release": { "id": release.id, "status": release.status } }))
    }

    /// A record, which says which app uses which cluster.
    fn attach_postgres(&mut self, input: &Value) -> Found {
        let app = self.app_name(input)?;
        let cluster = text(input, "postgresClusterAppId");
        let cluster = self.world.apps.values().find(|app| app.id == cluster || app.name == cluster);
        let cluster = cluster.ok_or_else(|| wrong("NOT_FOUND", "Could not find App"))?;
        let of_org = self.world.orgs.get(&cluster.org).map(|org| org_json(&cluster.org, org));
        let json = self.world.app(&app).map(|app| self.app_json(app))?;
        let cluster = json!({ "id": cluster.id, "name": cluster.name, "organization": of_org });
        Ok(json!({
            "app": json, "postgresClusterApp": cluster, "environmentVariableName": text(input, "variableName"),
            "connectionString": Value::Null,
        }))
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
