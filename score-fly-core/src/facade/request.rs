//! Requests as JSON: read by the readers of Score files, so that every mistake is found at once and in its place.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::answer::FromJson;
use super::deploy::PlanRequest;
use super::fly::FlyRequest;
use super::messages;
use super::score::Request;
use super::stamp::StampRequest;
use super::text::{FileRead, LevelNames, SourceText};
use crate::convert::{Containers, Options, Paths};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Outcome};
use crate::document::{Document, Node, Value};
use crate::map::SortedMap;
use crate::pointer::{Path, Pointer};
use crate::prelude::*;
use crate::score::decode::reader::{Decoder, Fields};
use crate::source::PositionEncoding;

/// Each is there for Rust programs too.
macro_rules! from_json {
    ($($request:ty: $reader:ident,)*) => {
        $(
            impl $request {
                /// The request that a JSON value is. There is none if anything is wrong with it: a field that is not
                /// known is a mistake, so that a misspelt one does not go unnoticed.
                pub fn from_json(json: &Json) -> Outcome<Self> {
                    read(json, $reader)
                }
            }

            impl FromJson for $request {
                fn from_json(json: &Json) -> Outcome<Self> {
                    Self::from_json(json)
                }
            }
        )*
    };
}

from_json! {
    Request: request,
    FlyRequest: fly_request,
    PlanRequest: plan_request,
    StampRequest: stamp_request,
}

type Reader<T> = fn(&mut Decoder<'_>, &Node<'_>, &Path<'_>) -> Option<T>;

fn read<T>(json: &Json, reader: Reader<T>) -> Outcome<T> {
    let document = Document { sources: Vec::new(), root: Value::from(json).into() };
    let mut decoder = Decoder::new(&document);
    // So that messages have a name for the whole.
    let read = reader(&mut decoder, &document.root, &Path::ROOT.key("request"));
    let below = |pointer: &Pointer| {
        let keys: Vec<_> = pointer.segments().skip(1).collect();
        keys.iter().map(AsRef::as_ref).collect()
    };
    let mistake =
        |found: Diagnostic| Diagnostic { code: Code::InvalidRequest, pointer: below(&found.pointer), ..found };
    let found: Diagnostics = decoder.diagnostics.into_iter().map(mistake).collect();
    match read {
        Some(read) if !found.has_errors() => Outcome::new(read, found),
        _ => Outcome::failed(found),
    }
}

fn request(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Request> {
    let mut fields = decoder.fields(node, at)?;
    let request = Request {
        score: fields.required("score", SOURCE, source).unwrap_or_default(),
        overrides: given(&mut fields, "overrides", |decoder, node, at| decoder.list(node, at, source)),
        override_properties: given(&mut fields, "overrideProperties", strings),
        outputs: given(&mut fields, "outputs", Decoder::open_map),
        outputs_text: nullable(&mut fields, "outputsText", source),
        files: given(&mut fields, "files", files),
        options: given(&mut fields, "options", options),
        existing: nullable(&mut fields, "existing", source),
        levels: given(&mut fields, "levels", levels),
        position_encoding: given(&mut fields, "positionEncoding", position_encoding),
    };
    fields.finish(|_| None);
    Some(request)
}

fn fly_request(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<FlyRequest> {
    let mut fields = decoder.fields(node, at)?;
    let request = FlyRequest {
        config: fields.required("config", SOURCE, source).unwrap_or_default(),
        files: given(&mut fields, "files", files),
        group: nullable(&mut fields, "group", Decoder::string),
        levels: given(&mut fields, "levels", levels),
        position_encoding: given(&mut fields, "positionEncoding", position_encoding),
    };
    fields.finish(|_| None);
    Some(request)
}

fn levels(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<LevelNames> {
    let mut fields = decoder.fields(node, at)?;
    let levels = LevelNames {
        allow: given(&mut fields, "allow", strings),
        deny: given(&mut fields, "deny", strings),
        deny_warnings: given(&mut fields, "denyWarnings", Decoder::boolean),
    };
    fields.finish(|_| None);
    Some(levels)
}

fn strings(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Vec<String>> {
    decoder.list(node, at, Decoder::string)
}

fn plan_request(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<PlanRequest> {
    let mut fields = decoder.fields(node, at)?;
    let request = PlanRequest {
        config: fields.required("config", SOURCE, source).unwrap_or_default(),
        files: given(&mut fields, "files", files),
        options: given(&mut fields, "options", typed),
        observed: given(&mut fields, "observed", typed),
        policy: given(&mut fields, "policy", typed),
        levels: given(&mut fields, "levels", levels),
        position_encoding: given(&mut fields, "positionEncoding", position_encoding),
    };
    fields.finish(|_| None);
    Some(request)
}

fn stamp_request(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<StampRequest> {
    let mut fields = decoder.fields(node, at)?;
    let machine =
        fields.required("machine", r#""machine": { "config": { "metadata": {} } }"#, |_, node, _| Some(node.to_json()));
    fields.finish(|_| None);
    Some(StampRequest { machine: machine.unwrap_or_default() })
}

/// What is read by its type, as Fly's answers are: up to the first mistake.
fn typed<T: DeserializeOwned>(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<T> {
    match serde_json::from_value(node.to_json()) {
        Ok(value) => Some(value),
        Err(error) => {
            decoder.report(messages::not_of_the_type(at, &error));
            None
        }
    }
}

fn options(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Options> {
    let mut fields = decoder.fields(node, at)?;
    let options = Options {
        app_prefix: given(&mut fields, "appPrefix", Decoder::string),
        image: nullable(&mut fields, "image", Decoder::string),
        region: nullable(&mut fields, "region", Decoder::string),
        inline_files: given(&mut fields, "inlineFiles", Decoder::boolean),
        containers: given(&mut fields, "containers", |decoder, node, at| {
            let words = [("auto", Containers::Auto), ("always", Containers::Always), ("never", Containers::Never)];
            decoder.choice(&words, node, at)
        }),
        paths: given(&mut fields, "paths", paths),
    };
    fields.finish(|_| None);
    Some(options)
}

fn paths(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<Paths> {
    let mut fields = decoder.fields(node, at)?;
    let paths = Paths {
        score_from_work: given(&mut fields, "scoreFromWork", Decoder::string),
        score_from_toml: given(&mut fields, "scoreFromToml", Decoder::string),
        toml_from_work: given(&mut fields, "tomlFromWork", Decoder::string),
    };
    fields.finish(|_| None);
    Some(paths)
}

/// How a text is written.
const SOURCE: &str = r#"{ "name": "score.yaml", "text": "…" }"#;

fn source(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<SourceText> {
    let mut fields = decoder.fields(node, at)?;
    let name = fields.required("name", r#""name": "score.yaml""#, Decoder::string);
    let text = fields.required("text", r#""text": "…""#, Decoder::string);
    fields.finish(|_| None);
    Some(SourceText { name: name?, text: text? })
}

/// The files by path, null for those that do not exist.
fn files(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<SortedMap<String, Option<FileRead>>> {
    let mut files = Vec::new();
    for entry in &decoder.mapping(node, at)?.entries {
        let path = &entry.key.text;
        let file = match entry.value.value {
            Value::Null => Some(None),
            _ => file(decoder, &entry.value, &at.key(path)).map(Some),
        };
        files.extend(file.map(|file| (path.to_string(), file)));
    }
    Some(files.into_iter().collect())
}

/// Exactly one of the ways in which the content of a file can be given.
fn file(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<FileRead> {
    let mut fields = decoder.fields(node, at)?;
    let text = fields.optional("text", Decoder::string).map(FileRead::Text);
    let base64 = fields.optional("base64", Decoder::string).map(FileRead::Base64);
    let unreadable = fields.optional("unreadable", Decoder::string).map(FileRead::Unreadable);
    fields.finish(|_| None);
    let mut given = [text, base64, unreadable].into_iter().flatten();
    let file = given.next();
    if node.as_mapping().is_some_and(|mapping| mapping.entries.len() != 1) {
        decoder.report(messages::not_one_content(at));
    }
    file
}

fn position_encoding(decoder: &mut Decoder<'_>, node: &Node<'_>, at: &Path<'_>) -> Option<PositionEncoding> {
    let words =
        [("utf-8", PositionEncoding::Utf8), ("utf-16", PositionEncoding::Utf16), ("utf-32", PositionEncoding::Utf32)];
    decoder.choice(&words, node, at)
}

/// The value of a field that may be left out.
fn given<'d, T: Default>(
    fields: &mut Fields<'_, 'd>,
    name: &'static str,
    read: impl FnOnce(&mut Decoder<'d>, &Node<'_>, &Path<'_>) -> Option<T>,
) -> T {
    fields.optional(name, read).unwrap_or_default()
}

/// The value of a field that may be left out, or null.
fn nullable<'d, T>(
    fields: &mut Fields<'_, 'd>,
    name: &'static str,
    read: impl FnOnce(&mut Decoder<'d>, &Node<'_>, &Path<'_>) -> Option<T>,
) -> Option<T> {
    fields.optional(name, |decoder, node, at| match node.value {
        Value::Null => None,
        _ => read(decoder, node, at),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mistakes<T>(read: Outcome<T>) -> Vec<String> {
        let (request, found) = read.into_parts();
        assert_eq!(request.is_none(), found.has_errors());
        assert!(found.iter().all(|found| found.code == Code::InvalidRequest));
        found.iter().map(|found| format!("{} {}", found.pointer, found.message)).collect()
    }

    fn score() -> Json {
        json!({ "name": "score.yaml", "text": "" })
    }

    #[test]
    fn a_request_may_be_short_or_say_everything() {
        let source = || SourceText { name: "score.yaml".to_owned(), text: String::new() };
        let (short, found) = Request::from_json(&json!({ "score": score() })).into_parts();
        assert!(found.is_empty());
        assert_eq!(short, Some(Request { score: source(), ..Request::default() }));
        let whole = Request {
            score: source(),
            overrides: vec![source()],
            override_properties: vec!["a=b".to_owned()],
            outputs: [("db".to_owned(), json!({ "values": {} }))].into_iter().collect(),
            outputs_text: Some(source()),
            files: [
                ("a".to_owned(), Some(FileRead::Text("t".to_owned()))),
                ("b".to_owned(), Some(FileRead::Base64("dA==".to_owned()))),
                ("c".to_owned(), Some(FileRead::Unreadable("it is not a file".to_owned()))),
                ("d".to_owned(), None),
            ]
            .into_iter()
            .collect(),
            options: Options {
                app_prefix: "x-".to_owned(),
                image: Some("i".to_owned()),
                region: Some("fra".to_owned()),
                inline_files: true,
                containers: Containers::Never,
                paths: Paths {
                    score_from_work: "a".to_owned(),
                    score_from_toml: "b".to_owned(),
                    toml_from_work: "c".to_owned(),
                },
            },
            existing: Some(source()),
            levels: LevelNames {
                allow: vec!["a".to_owned()],
                deny: vec!["b".to_owned(), "c".to_owned()],
                deny_warnings: true,
            },
            position_encoding: PositionEncoding::Utf16,
        };
        // Requests are written by serde, which knows their fields by their types.
        for request in [whole, Request { score: source(), ..Request::default() }] {
            let (read, found) = Request::from_json(&serde_json::to_value(&request).unwrap()).into_parts();
            assert_eq!((read, found.len()), (Some(request), 0));
        }
        let fly = FlyRequest { config: source(), group: Some("app".to_owned()), ..FlyRequest::default() };
        assert_eq!(FlyRequest::from_json(&serde_json::to_value(&fly).unwrap()).into_parts().0, Some(fly));
    }

    #[test]
    fn every_mistake_is_found_in_its_place() {
        let request = json!({
            "score": { "name": "score.yaml" },
            "overrides": [score(), "a: b"],
            "files": { "a/b": { "text": "", "base64": "" }, "c": 1, "d": null },
            "options": { "containers": "sometimes", "inlineFiles": "yes", "prefix": "x-" },
            "outputs": [],
            "existing": null,
            "positionEncoding": null,
            "option": {},
        });
        let expected = [
            "/score/text `text` is missing in `score`",
            "/overrides/1 an item of `overrides` must be a mapping, but is a string",
            "/outputs `outputs` must be a mapping, but is a list",
            "/files/a~1b a file has one of `text`, `base64` and `unreadable`",
            "/files/c `c` must be a mapping, but is a number",
            "/options/inlineFiles `inlineFiles` must be a boolean, but is a string",
            "/options/containers `containers` can't be `sometimes`",
            "/options/prefix `prefix` is not a field that `options` can have",
            "/positionEncoding `positionEncoding` must be a string, but is null",
            "/option `option` is not a field that `request` can have",
        ];
        let mut found = mistakes(Request::from_json(&request));
        found.sort();
        let mut expected: Vec<String> = expected.map(str::to_owned).into();
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(mistakes(Request::from_json(&json!([]))), [" `request` must be a mapping, but is a list"]);
        assert_eq!(mistakes(FlyRequest::from_json(&json!({}))), ["/config `config` is missing in `request`"]);
    }
}
