use crate::support::{Try, config, workload};

const OUTPUTS: &str = "db: { values: { host: db.internal }, secrets: { password: hunter2 } }";
const RESOURCES: &str = "resources:\n  db: { type: postgres }\n";

#[test]
fn variables_become_env() {
    let case = Try::new(workload("variables:\n  PORT: '8080'\n  EMPTY: ''\n  NAME: ${metadata.name}", ""));
    assert_eq!(case.app().config, config("[env]\nPORT = '8080'\nEMPTY = ''\nNAME = 'shop'"));
}

#[test]
fn what_a_secret_took_part_in_becomes_a_secret_of_the_same_name() {
    let variables =
        "variables:\n  HOST: ${resources.db.host}\n  URL: pg://u:${resources.db.password}@${resources.db.host}";
    let case = Try { outputs: OUTPUTS, ..Try::new(workload(variables, RESOURCES)) };
    let app = case.app();
    assert_eq!(app.config, config("[env]\nHOST = 'db.internal'"));
    let secrets: Vec<(&str, &str)> =
        app.secrets.iter().map(|(name, value)| (name.as_str(), value.expose().as_str())).collect();
    assert_eq!(secrets, [("URL", "pg://u:hunter2@db.internal")]);
}

#[test]
fn names_that_fly_does_not_take_are_refused() {
    let case = Try::new(workload("variables:\n  GOOD_1: x\n  with-dash: x\n  1ST: x\n  dotted.name: x", ""));
    assert_eq!(
        case.found(),
        [
            "invalid-variable-name /containers/web/variables/with-dash",
            "invalid-variable-name /containers/web/variables/1ST",
            "invalid-variable-name /containers/web/variables/dotted.name",
        ]
    );
}

#[test]
fn names_that_flyctl_sets_are_told_where_it_does() {
    let text = "variables:\n  FLY_REGION: x\n  FLY_PROCESS_GROUP: x\n  PRIMARY_REGION: x\n  RELEASE_COMMAND: x";
    let mut case = Try::new(workload(text, ""));
    assert_eq!(case.found(), ["reserved-variable /containers/web/variables/FLY_PROCESS_GROUP"]);
    case.options.region = Some("ams".to_owned());
    assert_eq!(
        case.found(),
        [
            "reserved-variable /containers/web/variables/FLY_PROCESS_GROUP",
            "reserved-variable /containers/web/variables/PRIMARY_REGION",
        ]
    );
}

#[test]
fn a_secret_that_can_not_be_imported_is_refused_without_showing_it() {
    // Lines before the last one may not end in three quotes.
    let outputs = "db: { secrets: { password: \"hunter2\\\"\\\"\\\"\\nsecond\" } }";
    let case = Try { outputs, ..Try::new(workload("variables:\n  P: ${resources.db.password}", RESOURCES)) };
    let error = case.only();
    assert_eq!((error.code.as_str(), error.pointer.as_str()), ("secret-not-encodable", "/containers/web/variables/P"));
    assert!(!format!("{error:?}").contains("hunter2"));
    assert!(error.message.contains("three double quotes"), "{}", error.message);
}
