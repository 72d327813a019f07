//! The placeholder vectors: what the Score reference implementation makes of each template. The
//! wording of its errors differs from ours; their kind and the placeholder that they are about do not.

use score_fly_core::map::SortedMap;
use score_fly_core::placeholder::{Placeholder, Reference};
use score_fly_core::resolve::{Given, resolve};
use score_fly_core::resource::{Outputs, ResourceOutputs};
use score_fly_core::score::{Container, Metadata, Resource, Workload};
use score_fly_core::{Code, diagnostic::Part};
use serde_json::{Value, json};

use Expected::{Errors, Text};
use Kind::{KeyNotFound, NoMetadataKey, NoOutput, NoResource, NoResourceName, NotAMapping, UnknownRoot};

#[derive(Debug, Clone, Copy)]
enum Expected {
    Text(&'static str),
    /// The body of each wrong placeholder, in order.
    Errors(&'static [(Kind, &'static str)]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    UnknownRoot,
    NoMetadataKey,
    NoResourceName,
    NoResource,
    NoOutput,
    KeyNotFound,
    NotAMapping,
}

impl Kind {
    /// The code, and words that only this kind of message has.
    fn matches(self, code: Code, message: &str) -> bool {
        let (codes, words): (&[Code], _) = match self {
            UnknownRoot => (&[Code::InvalidPlaceholder], "refers to neither `metadata` nor `resources`"),
            NoMetadataKey => (&[Code::InvalidPlaceholder], "names no metadata key"),
            NoResourceName => (&[Code::InvalidPlaceholder], "names no resource"),
            NoOutput => (&[Code::InvalidPlaceholder], "names no output of the resource"),
            NoResource => (&[Code::UnknownResource], "the workload has no resource"),
            KeyNotFound => (&[Code::UnknownMetadata, Code::UnknownOutput], "has no "),
            NotAMapping => (&[Code::UnknownMetadata, Code::UnknownOutput], "is not a mapping"),
        };
        let no_mapping = message.contains("is not a mapping");
        codes.contains(&code) && message.contains(words) && no_mapping == (self == NotAMapping)
    }
}

#[rustfmt::skip]
const VECTORS: &[(u32, &str, Expected)] = &[
    (1, "", Text("")),
    (2, "abc", Text("abc")),
    (3, "$abc", Text("$abc")),
    (4, "abc $$ abc", Text("abc $ abc")),
    (5, "$${abc}", Text("${abc}")),
    (6, "$$${abc}", Errors(&[(UnknownRoot, "abc")])),
    (7, "$$$${abc}", Text("$${abc}")),
    (8, "$$$$${abc}", Errors(&[(UnknownRoot, "abc")])),
    (9, "$${abc .4t3298y *(^&(*}", Text("${abc .4t3298y *(^&(*}")),
    (10, "my name is ${metadata.name}", Text("my name is web")),
    (11, r"my name is ${metadata.thing\.two}", Errors(&[(KeyNotFound, r"metadata.thing\.two")])),
    (12, "my name is ${}", Errors(&[(UnknownRoot, "")])),
    (13, "${missing}", Errors(&[(UnknownRoot, "missing")])),
    (14, "${metadata}", Errors(&[(NoMetadataKey, "metadata")])),
    (15, "${metadata.missing}", Errors(&[(KeyNotFound, "metadata.missing")])),
    (16, "${metadata.name.foo}", Errors(&[(NotAMapping, "metadata.name.foo")])),
    (17, "${resources.missing}", Errors(&[(NoResource, "resources.missing")])),
    (18, "$", Text("$")),
    (19, "$$", Text("$")),
    (20, "$$$", Text("$$")),
    (21, "$$$$", Text("$$")),
    (22, "$$$$$", Text("$$$")),
    (23, "a$", Text("a$")),
    (24, "$ {metadata.name}", Text("$ {metadata.name}")),
    (25, "x${metadata.name}y${metadata.name}", Text("xwebyweb")),
    (26, "$$${metadata.name}", Text("$web")),
    (27, "$$$$${metadata.name}", Text("$$web")),
    (28, r"\${metadata.name}", Text(r"\web")),
    (29, r"\\${metadata.name}", Text(r"\\web")),
    (30, "$${}", Text("${}")),
    (31, "${ metadata.name }", Errors(&[(UnknownRoot, " metadata.name ")])),
    (32, "${metadata.name", Text("${metadata.name")),
    (33, "$${metadata.name", Text("${metadata.name")),
    (34, "$${", Text("${")),
    (35, "${metadata.name}}", Text("web}")),
    (36, "${{metadata.name}}", Errors(&[(UnknownRoot, "{metadata.name")])),
    (37, "{${metadata.name}}", Text("{web}")),
    (38, "${${metadata.name}}", Errors(&[(UnknownRoot, "${metadata.name")])),
    (39, "$${a}b}", Text("${a}b}")),
    (40, "$$${metadata.name}$$", Text("$web$")),
    (41, "$}{$", Text("$}{$")),
    (42, "${metadata.name}$", Text("web$")),
    (43, "${metadata\n.name}", Errors(&[(UnknownRoot, "metadata\n.name")])),
    (44, "${metadata.key with space}", Text("sp")),
    (45, "${metadata.n}", Text("5")),
    (46, "${metadata.f}", Text("1.5")),
    (47, "${metadata.ten}", Text("10")),
    (48, "${metadata.big}", Text("12345678901")),
    (49, "${metadata.exp}", Text("1e+21")),
    (50, "${metadata.small}", Text("1e-7")),
    (51, "${metadata.bt}", Text("true")),
    (52, "${metadata.nul}", Text("null")),
    (53, "[${metadata.empty}]", Text("[]")),
    (54, "${metadata.m}", Text(r#"{"a":"x\u003cy\u003e\u0026z","b":1}"#)),
    (55, "${metadata.l}", Text(r#"[1,"two",null]"#)),
    (56, "${metadata.l.0}", Errors(&[(NotAMapping, "metadata.l.0")])),
    (57, r"${metadata.a\.b}", Text("dotted")),
    (58, "${metadata.a.b}", Errors(&[(KeyNotFound, "metadata.a.b")])),
    (59, r"${metadata.annotations.x\.io/y}", Text("ann")),
    (60, "${metadata.annotations.x.io/y}", Errors(&[(KeyNotFound, "metadata.annotations.x.io/y")])),
    (61, "${metadata.}", Text("emptykey")),
    (62, "${metadata..}", Errors(&[(NotAMapping, "metadata..")])),
    (63, "${.metadata}", Errors(&[(UnknownRoot, ".metadata")])),
    (64, "${Metadata.name}", Errors(&[(UnknownRoot, "Metadata.name")])),
    (65, r"${metadata.back\slash}", Text("bs")),
    (66, "${metadata.nul.x}", Errors(&[(NotAMapping, "metadata.nul.x")])),
    (67, "${metadata.uni}", Text("é<")),
    (68, "${metadata.dollar}", Text("${metadata.name} $$")),
    (69, "${resources}", Errors(&[(NoResourceName, "resources")])),
    (70, "${resources.}", Errors(&[(NoResource, "resources.")])),
    (71, "${resources.db}", Errors(&[(NoOutput, "resources.db")])),
    (72, "${resources.db.}", Errors(&[(KeyNotFound, "resources.db.")])),
    (73, "${resources.db.host}", Text("h")),
    (74, "${resources.db.port}", Text("5432")),
    (75, "${resources.my-db.port}", Text("5432")),
    (76, "${resources.db.nested}", Text(r#"{"k":"v","nil":null}"#)),
    (77, "${resources.db.nested.k}", Text("v")),
    (78, "${resources.db.nested.nil}", Text("null")),
    (79, "${resources.db.nil}", Text("null")),
    // Go reads a null output as an empty map; to us null is no mapping, wherever it stands.
    (80, "${resources.db.nil.x}", Errors(&[(NotAMapping, "resources.db.nil.x")])),
    (81, "${resources.db.list}", Text(r#"["a"]"#)),
    (82, "${resources.db.list.0}", Errors(&[(NotAMapping, "resources.db.list.0")])),
    (83, "${resources.db.missing}", Errors(&[(KeyNotFound, "resources.db.missing")])),
    (84, "${resources.missing.x}", Errors(&[(NoResource, "resources.missing.x")])),
    (85, "${env.FOO}", Errors(&[(UnknownRoot, "env.FOO")])),
    (86, "${externals.dns.host}", Errors(&[(UnknownRoot, "externals.dns.host")])),
    (87, "${FOO:-default}", Errors(&[(UnknownRoot, "FOO:-default")])),
    (88, "$(FOO)", Text("$(FOO)")),
    (89, "${a}${b}", Errors(&[(UnknownRoot, "a"), (UnknownRoot, "b")])),
    (90, "${metadata.name}${bad}", Errors(&[(UnknownRoot, "bad")])),
    (91, "é${metadata.name}é", Text("éwebé")),
];

fn map<V>(value: Value) -> SortedMap<String, V>
where
    V: serde::de::DeserializeOwned,
{
    serde_json::from_value(value).unwrap()
}

fn workload(template: &str) -> Workload {
    let resource = Resource { kind: "postgres".to_owned(), ..Resource::default() };
    Workload {
        metadata: Metadata {
            name: "web".to_owned(),
            annotations: map(json!({"x.io/y": "ann"})),
            extra: map(json!({
                "n": 5, "f": 1.5, "ten": 10.0, "big": 12_345_678_901_u64, "exp": 1e21, "small": 1e-7, "bt": true,
                "nul": null, "empty": "", "m": {"b": 1, "a": "x<y>&z"}, "l": [1, "two", null], "a.b": "dotted",
                "key with space": "sp", "": "emptykey", r"back\slash": "bs", "uni": "é<",
                "dollar": "${metadata.name} $$",
            })),
        },
        containers: [(
            "main".to_owned(),
            Container { variables: [("V".to_owned(), template.to_owned())].into(), ..Container::default() },
        )]
        .into(),
        resources: [("db".to_owned(), resource.clone()), ("my-db".to_owned(), resource)].into(),
        ..Workload::default()
    }
}

fn given(outputs: &Value) -> Given {
    let outputs = ResourceOutputs { values: map(outputs.clone()), ..ResourceOutputs::default() };
    Given {
        outputs: Outputs([("db".to_owned(), outputs.clone()), ("my-db".to_owned(), outputs)].into()),
        ..Given::default()
    }
}

/// The variable, or the code, message and placeholder of each error.
fn filled(workload: &Workload, given: &Given) -> Result<String, Vec<(Code, String, String)>> {
    match resolve(workload, given).into_result() {
        Ok((resolved, _)) => {
            Ok(resolved.containers["main"].variables["V"].clone().unwrap().value.public().unwrap().clone())
        }
        Err(diagnostics) => Err(diagnostics
            .into_iter()
            .map(|diagnostic| {
                assert_eq!(diagnostic.pointer.as_str(), "/containers/main/variables/V");
                let Part::Text(text) = diagnostic.part else { panic!("{} is not about a text", diagnostic.message) };
                (diagnostic.code, diagnostic.message, text)
            })
            .collect()),
    }
}

#[test]
fn fills_as_the_reference_implementation_does() {
    let given = given(&json!({
        "host": "h", "port": 5432, "nested": {"k": "v", "nil": null}, "list": ["a"], "nil": null,
    }));
    assert_eq!(VECTORS.len(), 91);
    for (number, template, expected) in VECTORS {
        let found = filled(&workload(template), &given);
        match (found, expected) {
            (Ok(text), Text(expected)) => assert_eq!(text, *expected, "vector {number}: {template}"),
            (Err(found), Errors(expected)) => {
                assert_eq!(found.len(), expected.len(), "vector {number}: {template}: {found:?}");
                for ((code, message, text), (kind, body)) in found.iter().zip(*expected) {
                    assert!(kind.matches(*code, message), "vector {number}: {template}: {message} is not {kind:?}");
                    assert_eq!(*text, format!("${{{body}}}"), "vector {number}: {template}");
                }
            }
            (found, expected) => panic!("vector {number}: {template}: {found:?}, but expected {expected:?}"),
        }
    }
}

#[test]
fn fills_what_upstream_tests_fill() {
    let given = given(&json!({
        "DEBUG": "${DEBUG}", "name": {"user": "${DB_NAME_USER?required}"}, "x": "a",
        "host": "localhost", "port": 5432, "username": "u", "password": "p$$", "database": "d",
    }));
    for (template, expected) in [
        ("${resources.db.DEBUG}", "${DEBUG}"),
        ("${resources.db.name.user}", "${DB_NAME_USER?required}"),
        ("${resources.db.x}", "a"),
        ("${metadata.other}", r#"{"key":"value"}"#),
        (r"${metadata.annotations.key\.com/foo-bar}", "thing"),
        (
            "postgresql://${resources.db.username}:${resources.db.password}@${resources.db.host}:${resources.db.port}/${resources.db.database}",
            "postgresql://u:p$$@localhost:5432/d",
        ),
    ] {
        let mut workload = workload(template);
        workload.metadata.extra.insert("other".to_owned(), json!({"key": "value"}));
        workload.metadata.annotations.insert("key.com/foo-bar".to_owned(), "thing".to_owned());
        assert_eq!(filled(&workload, &given).unwrap(), expected, "{template}");
    }
    let found = filled(&workload("${resources.db.y}"), &given).unwrap_err();
    assert!(KeyNotFound.matches(found[0].0, &found[0].1), "{found:?}");
}

#[test]
fn splits_keys_at_dots_that_are_not_escaped() {
    for (body, expected) in [
        ("", &[""] as &[&str]),
        ("a.", &["a", ""]),
        ("a..b", &["a", "", "b"]),
        (r"\.", &["."]),
        (r"a\\.b", &[r"a\.b"]),
        (r"a\b.c", &[r"a\b", "c"]),
        (r"\.a\.\..b", &[".a..", "b"]),
    ] {
        let body = format!("metadata.{body}");
        let reference = Placeholder { text: "", body: &body }.reference();
        assert_eq!(reference, Ok(Reference::Metadata(expected.iter().map(|key| (*key).into()).collect())), "{body}");
    }
}

#[test]
fn takes_linear_time_for_placeholders_without_an_end() {
    let template = "${".repeat(500_000);
    assert_eq!(filled(&workload(&template), &given(&json!({}))).unwrap(), template);
}
