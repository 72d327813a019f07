//! Each call about what is around apps: the platform, releases, add-ons and databases.

use score_fly_api::add_ons::{BUCKET, NewAddOn, REDIS};
use score_fly_api::platform::Placement;
use score_fly_api::postgres::{ClusterStatus, NewCluster, Role};
use score_fly_api::postgres_apps::{IMAGE_REPOSITORY, NewSshCertificate, PostgresAttachment, ROLE};
use score_fly_api::releases::{NewRelease, ReleaseStatus};
use score_fly_api::{Kind, NewApp};
use serde_json::json;

use crate::common::{seconds, start};

#[test]
fn the_platform_and_the_organization() {
    let world = start();
    let client = &world.client;
    world.fly.with(|world| world.conditions.full_regions.insert("ams".to_owned()));
    let regions = client.regions().unwrap();
    assert_eq!(regions.nearest, "fra");
    let capacity = |code: &str| regions.regions.iter().find(|region| region.code == code).unwrap().capacity;
    assert_eq!((capacity("ams"), capacity("fra")), (Some(0), Some(120)));
    let wanted = |region: &str| Placement {
        org_slug: "personal".to_owned(),
        region: region.to_owned(),
        count: 2,
        ..Placement::default()
    };
    assert_eq!(client.placements(&wanted("ams,fra")).unwrap()[0].region, "fra");
    assert_eq!(*client.placements(&wanted("ams")).unwrap_err().kind(), Kind::Capacity);
    let organization = client.organization("personal").unwrap();
    assert_eq!(client.organizations().unwrap(), std::slice::from_ref(&organization));
    assert!(organization.personal && !organization.id.is_empty() && organization.billing_status == "CURRENT");
    assert_eq!(client.token_info().unwrap()[0].org_slug, "personal");
}

#[test]
fn releases_and_images() {
    let world = start();
    let app = world.client.app("shop");
    assert_eq!(app.current_release().unwrap(), None);
    let definition = json!({ "app": "shop", "primary_region": "fra" });
    let new = NewRelease {
        app_name: "shop".to_owned(),
        build_id: 0,
        definition: definition.clone(),
        image: "nginx".to_owned(),
        strategy: "ROLLING".to_owned(),
    };
    let release = world.client.create_release(&new).unwrap();
    assert_eq!((release.version, release.status.as_str()), (1, "pending"));
    let running = world.client.update_release(&release.id, &ReleaseStatus::Running, None).unwrap();
    assert!(running.in_progress);
    world.client.update_release(&release.id, &ReleaseStatus::Failed, Some("checks did not pass")).unwrap();
    world.client.create_release(&new).unwrap();
    assert_eq!(app.current_release().unwrap().unwrap().version, 2);
    let releases = app.releases(10).unwrap();
    assert_eq!(releases.iter().map(|release| release.version).collect::<Vec<_>>(), [2, 1]);
    let history = app.release_history(1).unwrap();
    assert_eq!((history.len(), history[0].definition.as_ref()), (1, Some(&definition)));
    assert_eq!((history[0].strategy.as_str(), history[0].user.ends_with("@tokens.fly.io")), ("ROLLING", true));
    assert!(history[0].created_at.is_some());

    let image = app.resolve_image("nginx:1").unwrap().unwrap();
    assert!(image.reference.ends_with(&image.digest) && image.digest.starts_with("sha256:"));
    world.fly.with(|world| world.conditions.missing_images.insert("gone".to_owned()));
    assert_eq!(app.resolve_image("gone:1").unwrap(), None);
    assert!(app.may_deploy_bluegreen().unwrap());
    assert!(world.client.latest_image_tag("flyio/postgres-flex").unwrap().starts_with("flyio/postgres-flex:"));
    assert_eq!(*world.client.latest_image_tag("nginx").unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn add_ons() {
    let world = start();
    let client = &world.client;
    let organization = client.organization("personal").unwrap().id;
    let bucket = client.create_add_on(&NewAddOn::bucket("shop-files", &organization)).unwrap();
    assert_eq!(bucket.environment["BUCKET_NAME"].expose(), "shop-files");
    let again = client.create_add_on(&NewAddOn::bucket("shop-files", &organization));
    assert_eq!(*again.unwrap_err().kind(), Kind::NameTaken);
    assert_eq!(client.add_on("shop-files", BUCKET).unwrap().unwrap().status, "pending");
    let error = client.wait_for_add_on("shop-files", BUCKET, seconds(1)).unwrap_err();
    assert_eq!(*error.kind(), Kind::TimedOut);
    let ready = client.wait_for_add_on("shop-files", BUCKET, seconds(240)).unwrap();
    assert_eq!((ready.status.as_str(), ready.environment.len()), ("ready", 0));
    let redis = client.create_add_on(&NewAddOn::redis("cache", &organization, "fra")).unwrap();
    assert!(redis.public_url.unwrap().expose().starts_with("redis://default:"));
    assert_eq!(client.add_ons("personal", REDIS).unwrap()[0].name, "cache");
    client.delete_add_on("cache", REDIS).unwrap();
    client.delete_add_on("cache", REDIS).unwrap();
    assert_eq!(client.add_on("cache", REDIS).unwrap(), None);
}

#[test]
fn managed_postgres() {
    let world = start();
    let client = &world.client;
    let new = NewCluster {
        org_slug: "personal".to_owned(),
        region: "fra".to_owned(),
        plan: "basic".to_owned(),
        name: Some("db".to_owned()),
        ..NewCluster::default()
    };
    let made = client.create_postgres_cluster(&new).unwrap();
    assert_eq!((made.status, made.name.as_str()), (ClusterStatus::Creating, "db"));
    let cluster = client.postgres(&made.id);
    assert_eq!(*cluster.wait_until_ready(seconds(10)).unwrap_err().kind(), Kind::TimedOut);
    let ready = cluster.wait_until_ready(seconds(600)).unwrap();
    assert!(ready.endpoints.primary.pooler.host.starts_with("pgbouncer."));
    assert_eq!(ready.endpoints.primary.direct.port, 5432);
    cluster.create_user("shop", &Role::Writer).unwrap();
    assert_eq!(cluster.users().unwrap().last().unwrap().role, Role::Writer);
    let credentials = cluster.credentials("shop").unwrap();
    assert_ne!(cluster.rotate_password("shop").unwrap().password, credentials.password);
    cluster.delete_user("shop").unwrap();
    cluster.create_database("shop").unwrap();
    assert!(cluster.databases().unwrap().contains(&"shop".to_owned()));
    cluster.attach("shop").unwrap();
    cluster.attach("shop").unwrap();
    assert_eq!(cluster.attachments().unwrap(), ["shop"]);
    cluster.detach("shop").unwrap();
    assert_eq!(client.postgres_clusters("personal").unwrap().len(), 1);
    cluster.delete().unwrap();
    client.sleep(seconds(5)).unwrap();
    assert_eq!(*cluster.get().unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn postgres_apps() {
    let world = start();
    let client = &world.client;
    let new = NewApp {
        name: "db".to_owned(),
        org_slug: "personal".to_owned(),
        app_role_id: Some(ROLE.to_owned()),
        ..NewApp::default()
    };
    let cluster = client.create_app(&new).unwrap();
    assert_eq!(cluster.app_role, ROLE);
    assert!(client.latest_image_tag(IMAGE_REPOSITORY).unwrap().starts_with(IMAGE_REPOSITORY));
    let url = client.enable_postgres_consul("db").unwrap();
    assert!(url.expose().ends_with("@consul.example/db"));
    let wanted = NewSshCertificate {
        organization_id: client.organization("personal").unwrap().id,
        principals: vec!["root".to_owned(), "fly".to_owned()],
        app_names: vec!["db".to_owned()],
        valid_hours: 876_600,
        public_key: String::new(),
    };
    let issued = client.issue_ssh_certificate(&wanted).unwrap();
    assert!(issued.certificate.starts_with("ssh-ed25519-cert-v01@openssh.com "));
    let attachment = PostgresAttachment {
        app_id: client.app("shop").get().unwrap().id,
        postgres_cluster_app_id: cluster.id,
        database_name: "shop".to_owned(),
        database_user: "shop".to_owned(),
        variable_name: "DATABASE_URL".to_owned(),
        manual_entry: true,
    };
    client.record_postgres_attachment(&attachment).unwrap();
    let key = issued.key.as_ref().unwrap().expose();
    for line in world.seen.lines() {
        assert!(!line.contains(url.expose()) && !line.contains(key.as_str()), "{line}");
    }
}
