//! The GraphQL part of api.fly.io, as far as flyctl's deploys, secrets, addresses, add-ons and releases
//! need it. Queries are run for what they ask: any selection and alias of the fields that are here. What
//! is not here is an error that names it, as the real schema answers.

mod mutation;
mod parse;
mod query;

use serde_json::{Map, Value, json};

use super::{Context, Route, ok, web};
use crate::http::Answer;
use crate::refusal::{Refusal, Result};
use crate::shape::Shape::{Any, Object, Text};
use crate::shape::{Shape, may, must};
use crate::world::World;
use parse::{Document, Field, Operation, Selection};

const REQUEST: Shape = Object(&[must("query", Text), may("variables", Any), may("operationName", Text)]);

pub(super) const ROUTES: &[Route] = &[web("POST", "/graphql", "graphql", run).must(REQUEST).open()];

/// What goes wrong with one field.
#[derive(Debug)]
pub(super) struct Wrong {
    message: String,
    code: &'static str,
}

type Found<T = Value> = std::result::Result<T, Wrong>;

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.status {
            401 => "UNAUTHORIZED",
            403 => "FORBIDDEN",
            404 => "NOT_FOUND",
            _ => "UNPROCESSABLE",
        };
        Self { message: refusal.message().to_owned(), code }
    }
}

pub(super) fn wrong(code: &'static str, message: &str) -> Wrong {
    Wrong { message: message.to_owned(), code }
}

/// The name of a request, by its first field: `graphql.app`.
pub(crate) fn call_name(body: &Value) -> Option<String> {
    let document = parse::parse(body.get("query")?.as_str()?).ok()?;
    let operation = pick(&document, body)?;
    operation.selections.iter().find_map(|selection| match selection {
        Selection::Field(field) => Some(format!("graphql.{}", field.name)),
        _ => None,
    })
}

fn pick<'d>(document: &'d Document, body: &Value) -> Option<&'d Operation> {
    let name = body.get("operationName").and_then(Value::as_str).filter(|name| !name.is_empty());
    match name {
        Some(name) => document.operations.iter().find(|operation| operation.name.as_deref() == Some(name)),
        None => document.operations.first(),
    }
}

fn failed(message: &str) -> Result<Answer> {
    ok(&json!({ "errors": [{ "message": message }] }))
}

/// Everything is answered with status 200.
fn run(context: &Context<'_>) -> Result<Answer> {
    if context.owner.is_empty() {
        let error =
            json!({ "message": "You must be authenticated to view this.", "extensions": { "code": "UNAUTHORIZED" } });
        return ok(&json!({ "data": null, "errors": [error] }));
    }
    let document = match parse::parse(context.text("query")) {
        Ok(document) => document,
        Err(message) => return failed(&format!("Parse error: {message}")),
    };
    let Some(operation) = pick(&document, &context.body) else { return failed("No such operation") };
    let variables = context.body.get("variables").cloned().unwrap_or_default();
    let mut turn = context.turn();
    let mut run = Run { context, document: &document, variables, world: &mut turn.world };
    let (mut data, mut errors) = (Map::new(), Vec::new());
    for field in run.fields(&operation.selections, 0) {
        let arguments = run.arguments(field);
        let found = if operation.mutation { run.change(field, &arguments) } else { run.ask(field, &arguments) };
        let value = found.unwrap_or_else(|wrong| {
            let code = json!({ "code": wrong.code });
            errors.push(json!({ "message": wrong.message, "path": [field.alias], "extensions": code }));
            Value::Null
        });
        data.insert(field.alias.clone(), value);
    }
    ok(&if errors.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "errors": errors }) })
}

/// One request being worked on.
struct Run<'r> {
    context: &'r Context<'r>,
    document: &'r Document,
    variables: Value,
    world: &'r mut World,
}

impl<'r> Run<'r> {
    /// The fields of selections, with those of fragments.
    fn fields(&self, selections: &'r [Selection], depth: usize) -> Vec<&'r Field> {
        let mut fields = Vec::new();
        for selection in selections {
            match selection {
                Selection::Field(field) => fields.push(field),
                Selection::Inline(inner) => fields.extend(self.fields(inner, depth + 1)),
                // A fragment may name itself.
                Selection::Spread(_) if depth > 10 => {}
                Selection::Spread(name) => {
                    fields
                        .extend(self.document.fragments.get(name).into_iter().flat_map(|f| self.fields(f, depth + 1)));
                }
            }
        }
        fields
    }

    fn arguments(&self, field: &Field) -> Value {
        parse::fill(&field.arguments.clone().into(), &self.variables)
    }

    /// The part of a value that was asked for.
    fn project(&self, kind: &str, value: &Value, selections: &'r [Selection]) -> Found {
        match value {
            Value::Array(items) => items.iter().map(|item| self.project(kind, item, selections)).collect(),
            Value::Object(object) if !selections.is_empty() => {
                let mut part = Map::new();
                for field in self.fields(selections, 0) {
                    if field.name == "__typename" {
                        part.insert(field.alias.clone(), json!(kind));
                        continue;
                    }
                    let inner = object.get(&field.name).ok_or_else(|| unknown(&field.name, kind))?;
                    part.insert(field.alias.clone(), self.project(&field.name, inner, &field.selections)?);
                }
                Ok(part.into())
            }
            other => Ok(other.clone()),
        }
    }
}

fn unknown(field: &str, kind: &str) -> Wrong {
    wrong("undefinedField", &format!("Field '{field}' doesn't exist on type '{kind}'"))
}
