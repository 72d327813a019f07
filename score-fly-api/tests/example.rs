//! The example does what it says, at a Fly on this machine.

use fake_fly::{FakeFly, Pace};

#[allow(dead_code, reason = "its main function is for people")]
#[path = "../examples/machine.rs"]
mod example;

#[test]
fn an_app_comes_and_goes() {
    let fly = FakeFly::start(Pace::Real);
    let variables = fly.env();
    let env = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let mut out = Vec::new();
    example::run("shop", &env, &mut out).expect("it works");
    let out = String::from_utf8(out).expect("text");
    let lines: Vec<&str> = out.lines().collect();
    let [machine, error, gone] = lines[..] else { panic!("{out}") };
    assert!(machine.starts_with("machine ") && machine.ends_with(" runs in fra"), "{machine}");
    assert!(error.starts_with("can't read app no-such-app: ") && error.ends_with("(NotFound)"), "{error}");
    assert_eq!(gone, "app shop is gone");
    assert!(fly.app("shop").is_null());
}
