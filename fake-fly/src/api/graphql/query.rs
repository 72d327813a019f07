//! What can be asked.
//!
//! fly-go: `resource_apps.go`, `resource_images.go`, `resource_releases.go`, `resource_ip_addresses.go`,
//! `resource_organizations.go`; superfly/flyctl: gql.

use serde_json::{Map, Value, json};

use super::parse::Field;
use super::{Found, Run, unknown, wrong};
use crate::world::{AddOn, App, Org, REGIONS, Release, Secrets};

impl<'r> Run<'r> {
    pub(super) fn ask(&mut self, field: &'r Field, arguments: &Value) -> Found {
        let text = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default();
        match field.name.as_str() {
            "app" => self.app(text("name"), field),
            "organization" => self.organization(text("slug"), field),
            "organizations" => {
                let all = self.world.orgs.iter().filter(|(slug, _)| self.context.check_org(slug).is_ok());
                let nodes: Vec<_> = all.map(|(slug, org)| org_json(slug, org)).collect();
                self.project("OrganizationConnection", &json!({ "nodes": nodes }), &field.selections)
            }
            "personalOrganization" => self.organization("personal", field),
            "apps" => {
                let role = arguments.get("role").and_then(Value::as_str);
                let of_org = |app: &&App| {
                    let id = text("organizationId");
                    id.is_empty() || self.world.orgs.get(&app.org).is_some_and(|org| org.id == id)
                };
                let apps = self.world.apps.values().filter(|app| self.context.check_app(app).is_ok()).filter(of_org);
                let apps = apps.filter(|app| role.is_none_or(|role| app.role.as_deref() == Some(role)));
                let nodes: Vec<_> = apps.map(|app| self.app_json(app)).collect();
                let page = json!({ "hasNextPage": false, "endCursor": "" });
                self.project("AppConnection", &json!({ "pageInfo": page, "nodes": nodes }), &field.selections)
            }
            "appNameAvailable" => {
                let name = text("name");
                Ok(json!(!self.world.apps.contains_key(name) && !self.world.foreign.contains(name)))
            }
            "viewer" | "currentUser" => {
                let user = json!({ "id": "user1", "email": "me@example.com", "name": "Me", "featureFlags": [] });
                self.project("User", &user, &field.selections)
            }
            "canPerformBluegreenDeployment" => {
                self.visible(text("name"))?;
                Ok(json!(self.world.conditions.bluegreen))
            }
            "latestImageDetails" => self.latest_image(text("image"), field),
            "latestImageTag" => {
                let repository = text("repository");
                if !repository.starts_with("flyio/") {
                    return Err(wrong("NOT_FOUND", "Unknown repository"));
                }
                Ok(json!(format!("{repository}:16@{}", self.world.image(repository).digest)))
            }
            "nearestRegion" => {
                let region =
                    json!({ "code": crate::world::NEAREST, "name": "Frankfurt, Germany", "gatewayAvailable": true });
                self.project("Region", &region, &field.selections)
            }
            "platform" => {
                let regions = REGIONS.iter().map(|region| {
                    json!({
                        "code": region.code, "name": region.name, "latitude": region.latitude,
                        "longitude": region.longitude, "gatewayAvailable": true, "requiresPaidPlan": false,
                    })
                });
                let platform =
                    json!({ "requestRegion": crate::world::NEAREST, "regions": regions.collect::<Vec<_>>() });
                self.project("Platform", &platform, &field.selections)
            }
            "addOn" => {
                let add_on =
                    self.world.add_ons.get(text("name")).filter(|add_on| self.context.check_org(&add_on.org).is_ok());
                let provider = text("provider");
                let add_on = add_on.filter(|add_on| provider.is_empty() || provider == add_on.kind);
                let json = add_on.map(|add_on| self.add_on_json(add_on, false));
                let json = json.ok_or_else(|| wrong("NOT_FOUND", "Could not find AddOn"))?;
                self.project("AddOn", &json, &field.selections)
            }
            "addOnProvider" => self.project("AddOnProvider", &provider_json(text("name")), &field.selections),
            "addOnPlans" => {
                let plan = json!({ "id": "ekQ85Yjkw155ohQ5ALYq0M", "name": "pay_as_you_go", "displayName": "Pay-as-you-go",
                    "description": "", "maxDataSize": "100 GB", "pricePerMonth": 0, "maxCommandsPerSec": 10000 });
                self.project("AddOnPlanConnection", &json!({ "nodes": [plan] }), &field.selections)
            }
            other => Err(unknown(other, "Queries")),
        }
    }

    fn visible(&self, name: &str) -> Found<&App> {
        let app = self.world.app(name).map_err(|_| wrong("NOT_FOUND", "Could not find App"))?;
        self.context.check_app(app).map_err(|_| wrong("FORBIDDEN", "Not authorized to access this app"))?;
        Ok(app)
    }

    /// An app. Some of its fields take arguments.
    fn app(&self, name: &str, field: &'r Field) -> Found {
        let app = self.visible(name)?;
        let plain = self.app_json(app);
        let mut part = Map::new();
        for field in self.fields(&field.selections, 0) {
            let arguments = self.arguments(field);
            let first = arguments
                .get("first")
                .and_then(Value::as_u64)
                .map_or(usize::MAX, |n| n.try_into().unwrap_or(usize::MAX));
            let releases = || app.releases.iter().rev().map(|release| release_json(release, app)).collect::<Vec<_>>();
            let value = match field.name.as_str() {
                "image" => self.image(arguments.get("ref").and_then(Value::as_str).unwrap_or_default()),
                "releases" | "releasesUnprocessed" => {
                    let status = arguments.get("status").and_then(Value::as_str).map(str::to_ascii_lowercase);
                    let mut nodes = releases();
                    nodes.retain(|node| status.as_ref().is_none_or(|status| node["status"] == status.as_str()));
                    nodes.truncate(first);
                    json!({ "nodes": nodes })
                }
                "currentRelease" => {
                    releases().into_iter().find(|node| node["status"] == "complete").unwrap_or_default()
                }
                "currentReleaseUnprocessed" => releases().into_iter().next().unwrap_or_default(),
                "addOns" => {
                    let kind = arguments.get("type").and_then(Value::as_str);
                    self.add_ons(kind, |add_on| add_on.app.as_deref() == Some(&app.id))
                }
                other => plain.get(other).cloned().ok_or_else(|| unknown(other, "App"))?,
            };
            part.insert(field.alias.clone(), self.project(&field.name, &value, &field.selections)?);
        }
        Ok(part.into())
    }

    pub(super) fn app_json(&self, app: &App) -> Value {
        let org = self.world.orgs.get(&app.org).map(|org| org_json(&app.org, org)).unwrap_or_default();
        let plain =
            app.addresses.iter().filter(|address| !address.kind.starts_with("egress") && address.kind != "shared_v4");
        let addresses = plain.map(address_json);
        let egress = app.addresses.iter().filter(|address| address.kind.starts_with("egress"));
        let egress = egress.map(|address| {
            json!({
                "id": address.ip, "ip": address.ip, "region": address.region,
                "version": if address.ip.contains(':') { 6 } else { 4 }, "updatedAt": address.created_at.to_string(),
            })
        });
        let shared = app.addresses.iter().find(|address| address.kind == "shared_v4");
        let machines = app.alive().map(|machine| {
            json!({
                "id": machine.id, "name": machine.name, "state": machine.phase.name(), "region": machine.region,
                "instanceId": machine.version.id, "createdAt": machine.created_at.to_string(),
                "config": machine.config(), "app": { "name": app.name }, "host": { "id": "host" },
                "ips": { "nodes": [{ "family": "v6", "kind": "privatenet", "ip": machine.private_ip, "maskSize": 112 }] },
                "egressIpAddresses": { "nodes": [] },
            })
        });
        let newest = app.releases.last();
        let current = newest.map(|release| release_json(release, app)).unwrap_or_default();
        let definition = newest.map(|release| release.definition.clone()).unwrap_or_default();
        json!({
            "id": app.id,
            "internalId": app.number.to_string(),
            "internalNumericId": app.number,
            "name": app.name,
            "hostname": app.hostname(),
            "cnameTarget": app.cname_target(),
            "deployed": app.deployed,
            "network": app.network,
            "status": app.status(),
            "state": if app.deployed { "DEPLOYED" } else { "PENDING" },
            "appUrl": format!("https://{}/", app.hostname()),
            "platformVersion": "machines",
            "version": app.releases.last().map(|release| release.version),
            "createdAt": app.created_at.to_string(),
            "role": app.role.as_ref().map(|role| json!({ "name": role })),
            "organization": org,
            "ipAddresses": { "nodes": addresses.collect::<Vec<_>>() },
            "sharedIpAddress": shared.map(|address| &address.ip),
            "egressIpAddresses": { "nodes": egress.collect::<Vec<_>>() },
            "machines": { "nodes": machines.collect::<Vec<_>>() },
            "secrets": app.secrets.entries.iter().map(|(name, entry)| {
                let plain = Secrets::entry(name, entry);
                json!({ "name": name, "digest": plain["digest"], "createdAt": plain["created_at"] })
            }).collect::<Vec<_>>(),
            "currentRelease": current,
            "config": { "definition": definition },
            "imageDetails": Value::Null,
            "services": [],
            "limitedAccessTokens": { "nodes": [] },
            "currentLock": Value::Null,
            "currentPlacement": [],
            "regions": [],
            "backupRegions": [],
        })
    }

    /// `compressedSize` is a number in a text.
    fn image(&self, reference: &str) -> Value {
        if self.world.conditions.is_missing(reference) {
            return Value::Null;
        }
        let image = self.world.image(reference);
        let name = format!("{}/{}", image.registry, image.repository);
        let with_tag = image.tag.as_ref().map_or_else(|| name.clone(), |tag| format!("{name}:{tag}"));
        json!({
            "id": format!("img_{}", image.digest.get(7..19).unwrap_or_default()),
            "digest": image.digest,
            "ref": format!("{with_tag}@{}", image.digest),
            "compressedSize": "52428800",
            "compressedSizeFull": "52428800",
            "manifest": { "annotations": {} },
            "configDigest": image.digest,
            "config": {},
            "absoluteRef": format!("{name}@{}", image.digest),
        })
    }

    fn latest_image(&self, reference: &str, field: &'r Field) -> Found {
        let image = self.world.image(reference);
        if !image.repository.starts_with("flyio/") {
            return Err(wrong("NOT_FOUND", "Unknown repository"));
        }
        let details = json!({
            "registry": image.registry, "repository": image.repository, "tag": image.tag, "version": "v0.0.1",
            "digest": image.digest,
        });
        self.project("ImageVersion", &details, &field.selections)
    }

    fn organization(&self, slug: &str, field: &'r Field) -> Found {
        let org = self.world.orgs.get(slug).filter(|_| self.context.check_org(slug).is_ok());
        let plain = org_json(slug, org.ok_or_else(|| wrong("NOT_FOUND", "Could not find Organization"))?);
        let mut part = Map::new();
        for field in self.fields(&field.selections, 0) {
            let arguments = self.arguments(field);
            let value = if field.name == "addOns" {
                self.add_ons(arguments.get("type").and_then(Value::as_str), |add_on| add_on.org == slug)
            } else {
                plain.get(&field.name).cloned().ok_or_else(|| unknown(&field.name, "Organization"))?
            };
            part.insert(field.alias.clone(), self.project(&field.name, &value, &field.selections)?);
        }
        Ok(part.into())
    }

    fn add_ons(&self, kind: Option<&str>, is_wanted: impl Fn(&AddOn) -> bool) -> Value {
        let all = self.world.add_ons.values().filter(|add_on| is_wanted(add_on));
        let all = all.filter(|add_on| kind.is_none_or(|kind| kind == add_on.kind));
        json!({ "nodes": all.map(|add_on| self.add_on_json(add_on, false)).collect::<Vec<_>>() })
    }

    /// The environment is there only right after the add-on was made.
    pub(super) fn add_on_json(&self, add_on: &AddOn, fresh: bool) -> Value {
        let org = self.world.orgs.get(&add_on.org).map(|org| org_json(&add_on.org, org));
        let app = self.world.apps.values().find(|app| Some(&app.id) == add_on.app.as_ref());
        let app = app.map(|app| json!({ "id": app.id, "name": app.name }));
        json!({
            "id": add_on.id,
            "name": add_on.name,
            "status": add_on.status,
            "errorMessage": Value::Null,
            "publicUrl": add_on.public_url,
            "token": Value::Null,
            "privateIp": Value::Null,
            "password": Value::Null,
            "ssoLink": Value::Null,
            "environment": if fresh { add_on.environment.clone() } else { Value::Null },
            "primaryRegion": add_on.primary_region,
            "readRegions": add_on.read_regions,
            "options": add_on.options,
            "metadata": add_on.metadata,
            "addOnPlan": { "id": add_on.plan, "name": "pay_as_you_go", "displayName": "Pay-as-you-go", "description": "" },
            "addOnProvider": provider_json(&add_on.kind),
            "organization": org,
            "app": app,
            "apps": { "nodes": app.iter().collect::<Vec<_>>() },
        })
    }
}

fn provider_json(kind: &str) -> Value {
    json!({
        "id": kind, "name": kind, "displayName": kind, "selectName": true, "selectRegion": kind != "tigris",
        "selectReplicaRegions": kind != "tigris", "asyncProvisioning": kind == "tigris", "autoProvision": false,
        "nameSuffix": Value::Null, "detectPlatform": false, "provisioningInstructions": Value::Null,
        "excludedRegions": [], "tosAgreement": "", "tosUrl": "", "beta": false, "internal": false,
    })
}

/// In GraphQL, the number of an organization is a text.
pub(super) fn org_json(slug: &str, org: &Org) -> Value {
    json!({
        "id": org.id,
        "internalNumericId": org.number.to_string(),
        "slug": slug,
        "rawSlug": slug,
        "name": org.name,
        "type": if org.personal { "PERSONAL" } else { "SHARED" },
        "paidPlan": true,
        "billable": true,
        "billingStatus": "CURRENT",
        "viewerRole": "admin",
        "remoteBuilderImage": "",
        "remoteBuilderApp": Value::Null,
        "addOnSsoLink": "",
        "members": { "edges": [] },
        "limitedAccessTokens": { "nodes": [] },
    })
}

pub(super) fn address_json(address: &crate::world::Address) -> Value {
    let kind = if address.kind == "private_v6" { "private_v6" } else { address.kind.as_str() };
    json!({
        "id": address.ip, "address": address.ip, "type": kind, "region": address.region,
        "createdAt": address.created_at.to_string(), "serviceName": address.service,
        "network": address.network.as_object().map(|network| {
            json!({ "name": network.get("name"), "organization": { "slug": network.get("org_slug") } })
        }),
    })
}

pub(super) fn release_json(release: &Release, app: &App) -> Value {
    json!({
        "id": release.id,
        "version": release.version,
        "description": "Deploy image",
        "reason": "deploy",
        "status": release.status,
        "imageRef": release.image,
        "image": { "ref": release.image },
        "stable": release.status == "complete",
        "inProgress": release.status == "running",
        "deploymentStrategy": release.strategy,
        "revertedTo": Value::Null,
        "evaluationId": "",
        "metadata": release.metadata,
        "configDefinition": release.definition,
        "user": { "id": "user1", "email": release.user, "name": release.user },
        "createdAt": release.created_at.to_string(),
        "app": { "id": app.id, "name": app.name },
    })
}
