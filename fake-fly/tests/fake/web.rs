//! api.fly.io: releases, organizations, builds and GraphQL.

use std::time::Duration;

use crate::common::{call, get, machine, post, send, shop};
use fake_fly::{FakeFly, Pace};
use serde_json::{Value, json};

fn start() -> FakeFly {
    let fly = FakeFly::start(Pace::Skipping);
    shop(&fly);
    fly
}

#[track_caller]
fn ask(fly: &FakeFly, query: &str, variables: &Value) -> Value {
    let answer = post(fly, "/graphql", &json!({ "query": query, "variables": variables })).good();
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

fn errors(fly: &FakeFly, query: &str) -> Value {
    post(fly, "/graphql", &json!({ "query": query })).good()["errors"].clone()
}

/// superfly/flyctl: internal/uiex/releases.go.
#[test]
fn releases_are_written_and_read() {
    let fly = start();
    assert_eq!(get(&fly, "/api/v1/apps/shop/releases/current").status, 404);
    let body = json!({
        "app_name": "shop", "build_id": 12, "image": "registry.fly.io/shop:deployment-01J", "strategy": "ROLLING",
        "definition": { "app": "shop", "primary_region": "fra" },
    });
    let made = post(&fly, "/api/v1/releases", &body).good()["release"].clone();
    assert_eq!(
        (&made["version"], &made["status"], &made["strategy"]),
        (&json!(1), &json!("pending"), &json!("ROLLING"))
    );
    let path = format!("/api/v1/releases/{}", made["id"].as_str().unwrap());
    let change = |status: &str| call(&fly, "PATCH", &path, &json!({ "status": status, "metadata": null }));
    assert_eq!(change("running").good()["in_progress"], true);
    assert_eq!(change("complete").good()["stable"], true);
    assert_eq!(change("done").status, 400);
    post(&fly, "/api/v1/releases", &body).good();
    let listed = get(&fly, "/api/v1/apps/shop/releases?limit=1").good();
    assert_eq!((&listed["releases"][0]["version"], listed["releases"].as_array().unwrap().len()), (&json!(2), 1));
    assert!(listed["releases"][0].get("definition").is_none(), "the config is only in GraphQL");

    let query = "query($a:String!,$n:Int!){app(name:$a){releases:releasesUnprocessed(first:$n){nodes{id version \
                 description reason status imageRef stable user{id email name} createdAt}}}}";
    let nodes = ask(&fly, query, &json!({ "a": "shop", "n": 25 }))["app"]["releases"]["nodes"].clone();
    assert_eq!((&nodes[0]["version"], &nodes[1]["status"]), (&json!(2), &json!("complete")));
    let query = "query FlyctlConfigCurrentRelease($appName:String!){app(name:$appName){currentReleaseUnprocessed{\
                 configDefinition}}}";
    let config = ask(&fly, query, &json!({ "appName": "shop" }))["app"]["currentReleaseUnprocessed"].clone();
    assert_eq!(config["configDefinition"], body["definition"]);
}

#[test]
fn organizations_and_builds() {
    let fly = start();
    let orgs = get(&fly, "/api/v1/organizations?admin=false").good()["organizations"].clone();
    assert!(orgs[0]["internal_numeric_id"].is_number());
    assert_eq!(get(&fly, "/api/v1/organizations/personal").good()["organization"]["billing_status"], "CURRENT");
    let answer = post(&fly, "/api/v1/builds", &json!({ "app_name": "shop", "builder_type": "remote" }));
    assert_eq!(answer.status, 200);
    let id = answer.json()["id"].clone();
    let finished = post(&fly, "/api/v1/builds/finish", &json!({ "build_id": id, "status": "completed" })).good();
    assert_eq!(finished["status"], "completed");
    let query = "query { organizations(admin: false) { nodes { id slug internalNumericId type } } }";
    assert!(ask(&fly, query, &Value::Null)["organizations"]["nodes"][0]["internalNumericId"].is_string());
}

#[test]
fn an_image_is_resolved() {
    let fly = start();
    let query = "query($a:String!,$r:String!){app(name:$a){id image(ref:$r){id digest ref \
                 compressedSize:compressedSizeFull manifest}}}";
    let image = ask(&fly, query, &json!({ "a": "shop", "r": "nginx:1" }))["app"]["image"].clone();
    let digest = image["digest"].as_str().unwrap();
    assert_eq!(image["ref"], format!("registry-1.docker.io/library/nginx:1@{digest}"));
    assert!(image["compressedSize"].is_string());
    fly.with(|world| world.conditions.missing_images.insert("gone".to_owned()));
    assert_eq!(ask(&fly, query, &json!({ "a": "shop", "r": "gone" }))["app"]["image"], Value::Null);
}

#[test]
fn only_what_was_asked_for_is_answered() {
    let fly = start();
    machine(&fly, &json!({}));
    let query = "query($a:String!){appcompact:app(name:$a){id internalNumericId name hostname cnameTarget deployed \
                 network status appUrl platformVersion organization{id internalNumericId slug paidPlan} \
                 postgresAppRole:role{name}}}";
    let app = ask(&fly, query, &json!({ "a": "shop" }))["appcompact"].clone();
    assert_eq!(app.as_object().unwrap().len(), 12);
    assert_eq!((&app["deployed"], &app["platformVersion"]), (&json!(true), &json!("machines")));
    assert_eq!(app["postgresAppRole"], Value::Null);
    assert_eq!(
        errors(&fly, "{ app(name: \"shop\") { shoeSize } }")[0]["message"],
        "Field 'shoeSize' doesn't exist on type 'App'"
    );
    assert_eq!(errors(&fly, "{ weather }")[0]["message"], "Field 'weather' doesn't exist on type 'Queries'");
    let missing = errors(&fly, "{ app(name: \"none\") { id } }");
    assert_eq!(
        missing[0],
        json!({ "message": "Could not find App", "path": ["app"], "extensions": { "code": "NOT_FOUND" } })
    );
    assert_eq!(
        ask(&fly, "{ canPerformBluegreenDeployment(name: \"shop\") }", &Value::Null),
        json!({ "canPerformBluegreenDeployment": true })
    );
    let body = json!({ "query": "{ app(name: \"shop\") { id } }" }).to_string();
    let answer = send(&fly, "POST", "/graphql", &[("content-type", "application/json")], &body).unwrap();
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "UNAUTHORIZED");
    assert_eq!(fly.calls().last().unwrap().name, "graphql.app");
}

#[test]
fn addresses_by_graphql() {
    let fly = start();
    let id = ask(&fly, "{ app(name: \"shop\") { id } }", &Value::Null)["app"]["id"].clone();
    let allocate = "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { ipAddress { id \
                    address type region createdAt } } }";
    let input = json!({ "input": { "appId": id, "type": "v6", "region": "" } });
    let address = ask(&fly, allocate, &input)["allocateIpAddress"]["ipAddress"]["address"].clone();
    let shared =
        "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) { app { sharedIpAddress } } }";
    ask(&fly, shared, &json!({ "input": { "appId": "shop", "type": "shared_v4" } }));
    let list = "query($appName: String!) { app(name: $appName) { ipAddresses { nodes { id address type region createdAt \
                serviceName network { name organization { slug } } } } sharedIpAddress } }";
    let app = ask(&fly, list, &json!({ "appName": "shop" }))["app"].clone();
    assert_eq!((&app["ipAddresses"]["nodes"][0]["address"], &app["sharedIpAddress"]), (&address, &json!("66.241.1.2")));
    let release = "mutation($input: ReleaseIPAddressInput!) { releaseIpAddress(input: $input) { clientMutationId } }";
    ask(&fly, release, &json!({ "input": { "appId": id, "ip": address } }));
    assert_eq!(fly.addresses("shop").len(), 1);
}

#[test]
fn add_ons_tell_their_keys_once() {
    let fly = start();
    let org = ask(&fly, "{ organization(slug: \"personal\") { id } }", &Value::Null)["organization"]["id"].clone();
    let create = "mutation($input: CreateAddOnInput!) { createAddOn(input: $input) { addOn { name publicUrl ssoLink \
                  environment primaryRegion } } }";
    let input = json!({ "input": {
        "type": "tigris", "organizationId": org, "name": "shop-files", "options": { "website": { "domain_name": "" } },
    } });
    let bucket = ask(&fly, create, &input)["createAddOn"]["addOn"].clone();
    assert_eq!(bucket["environment"]["BUCKET_NAME"], "shop-files");
    assert!(bucket["environment"]["AWS_SECRET_ACCESS_KEY"].as_str().unwrap().starts_with("tsec_"));
    let query = "{ addOn(name: \"shop-files\", provider: \"tigris\") { status errorMessage environment } }";
    assert_eq!(ask(&fly, query, &Value::Null)["addOn"]["status"], "pending");
    fly.clock().advance(Duration::from_secs(4));
    let ready = json!({ "status": "ready", "errorMessage": null, "environment": null });
    assert_eq!(ask(&fly, query, &Value::Null)["addOn"], ready);
    let input = json!({ "input": { "type": "upstash_redis", "organizationId": org, "name": "cache" } });
    let redis = ask(&fly, create, &input)["createAddOn"]["addOn"].clone();
    assert!(redis["publicUrl"].as_str().unwrap().starts_with("redis://default:"));
    let list = "{ organization(slug: \"personal\") { addOns(type: upstash_redis) { nodes { name } } } }";
    assert_eq!(ask(&fly, list, &Value::Null)["organization"]["addOns"]["nodes"], json!([{ "name": "cache" }]));
    let delete =
        "mutation { deleteAddOn(input: { name: \"cache\", provider: \"upstash_redis\" }) { deletedAddOnName } }";
    assert_eq!(ask(&fly, delete, &Value::Null)["deleteAddOn"]["deletedAddOnName"], "cache");
    assert_eq!(errors(&fly, delete)[0]["message"], "Could not find AddOn");
}
