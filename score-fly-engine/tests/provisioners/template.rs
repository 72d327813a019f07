//! Templates.

use score_fly_core::secret::{Secret, Sensitive};
use score_fly_engine::provisioner::{Answer, Kind, Mode, Params, Template};
use serde_json::json;

use crate::support::{answer, call, error, map, redis, values};

fn outputs(text: &str) -> Kind {
    Kind::Template(Template { outputs: Some(text.to_owned()), ..Template::default() })
}

#[test]
fn each_template_sees_what_those_before_it_gave() {
    let template = Template {
        init: Some("name: {{ Id }}-{{ Params.size }}".to_owned()),
        state: Some("password: {{ State.password | default('first') }}\nname: {{ Init.name }}".to_owned()),
        shared: Some("count: {{ (Shared.count | default(0)) + 1 }}".to_owned()),
        outputs: Some("host: {{ State.name }}.example\ncount: {{ Shared.count }}".to_owned()),
        secrets: Some("url: redis://:{{ State.password | urlencode }}@{{ State.name }}".to_owned()),
        info_logs: None,
    };
    let mut request = redis();
    request.shared = map(json!({"count": 4, "other": true}));
    let answered = answer(Kind::Template(template.clone()), &request);
    assert_eq!(answered.state, Some(map(json!({"password": "first", "name": "main-cache-3"}))));
    assert_eq!(answered.shared, map(json!({"count": 5})));
    assert_eq!(answered.values, Some(values(json!({"host": "main-cache-3.example", "count": 5}))));
    assert_eq!(answered.secrets["url"], Secret::new(json!("redis://:first@main-cache-3")));

    request.state = map(json!({"password": "a/b"}));
    let again = answer(Kind::Template(template), &request);
    assert_eq!(again.secrets["url"], Secret::new(json!("redis://:a%2Fb@main-cache-3")));
}

#[test]
fn sees_all_that_score_compose_gives() {
    let mut request = redis();
    request.metadata = values(json!({"owner": "team"}));
    let text = "all: {{ [Uid, Type, Class, Id, Metadata.owner, SourceWorkload] | tojson }}
by-name: {{ WorkloadServices.shop.Ports.web.TargetPort }}
by-number: {{ WorkloadServices['shop']['Ports']['8080']['Name'] }}
service: {{ WorkloadServices.worker.ServiceName }}";
    let expected = json!({
        "all": ["redis.default#main-cache", "redis", "default", "main-cache", "team", "shop"],
        "by-name": 80,
        "by-number": "web",
        "service": "acme-worker.internal",
    });
    assert_eq!(answer(outputs(text), &request).values, Some(values(expected)));
}

#[test]
fn gives_nothing_for_empty_templates_and_takes_nothing_down() {
    assert_eq!(
        answer(outputs("{% if Params.size > 5 %}a: 1{% endif %}\n# nothing"), &redis()).values,
        Some(values(json!({})))
    );
    let (result, _) = call(outputs("a: {{ Missing }}"), Mode::Deprovision, &redis());
    assert_eq!(result.expect("an answer"), Answer::default());
}

#[test]
fn random_texts_are_long_and_new() {
    let text = "{{ random() }}{{ random(100) }}{{ random(0) }}";
    let made = |()| answer(outputs(&format!("made: {text}")), &redis()).values.expect("values")["made"].clone();
    let (first, second) = (made(()), made(()));
    let first = first.as_str().expect("text");
    assert_eq!(first.len(), 116);
    assert!(first.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_ne!(first, second);
}

#[test]
fn encodes_in_base64() {
    assert_eq!(
        answer(outputs("a: {{ 'user:pässword' | b64encode }}"), &redis()).values,
        Some(values(json!({"a": "dXNlcjpww6Rzc3dvcmQ="})))
    );
}

#[test]
fn errors_show_the_template_and_no_values() {
    let mut request = redis();
    request.state = map(json!({"password": "hunter2", "yaml": "a: b: hunter2"}));
    for (text, problem) in [
        ("a: 1\nb: {{ State.pasword }}", "uses what is not there, in line 2: `b: {{ State.pasword }}`"),
        ("a: {{ State.password.x.y }}", "uses what is not there, in line 1: `a: {{ State.password.x.y }}`"),
        ("a: {{ State.password / 2 }}", "can't be filled, in line 1: `a: {{ State.password / 2 }}`"),
        ("a: {{ State.password | int }}", "can't be filled, in line 1: `a: {{ State.password | int }}`"),
        (
            "a: {{ State.password | sha }}",
            "uses a filter that there is not, in line 1: `a: {{ State.password | sha }}`",
        ),
        ("a: {{ password(3) }}", "calls a function that there is not, in line 1: `a: {{ password(3) }}`"),
        ("a: {% if %}", "is no Jinja, in line 1: `a: {% if %}`"),
        ("{{ State.password }}", "gives text, not a mapping"),
        ("a: {{ State.yaml }}", "gives no YAML once it is filled in line 1, column 5"),
    ] {
        assert_eq!(error(outputs(text), &request), format!("the template `outputs` {problem}"));
    }
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    let text = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
    let message = error(outputs(text), &redis());
    assert!(message.starts_with("the template `outputs` takes too many steps"), "{message}");
}

#[test]
fn lines_for_people_are_passed_on_unless_secrets_went_in() {
    let template = Template {
        outputs: Some("host: {{ Id }}.example".to_owned()),
        secrets: Some("password: hidden".to_owned()),
        info_logs: Some("- made {{ Outputs.host }}\n- 'of size {{ Params.size }}'".to_owned()),
        ..Template::default()
    };
    let (answered, said) = call(Kind::Template(template.clone()), Mode::Provision, &redis());
    assert!(answered.is_ok());
    assert_eq!(said, ["made main-cache.example", "of size 3"]);
    let mut request = redis();
    request.params = Params(Sensitive::Secret(Secret::new(request.params.expose().clone())));
    assert!(call(Kind::Template(template.clone()), Mode::Provision, &request).1.is_empty());
    // What is a secret for sure is not there at all.
    let leaking = Template { info_logs: Some("- '{{ Secrets.password }}'".to_owned()), ..template.clone() };
    assert!(error(Kind::Template(leaking), &redis()).contains("uses what is not there"));
    let mapping = Template { info_logs: Some("a: 1".to_owned()), ..template };
    assert!(error(Kind::Template(mapping), &redis()).contains("something else than a list of texts"));
}
