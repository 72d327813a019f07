//! Reading GraphQL: operations, fields with aliases and arguments, and fragments.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A request, read.
#[derive(Debug, PartialEq)]
pub(super) struct Document {
    pub(super) operations: Vec<Operation>,
    pub(super) fragments: BTreeMap<String, Vec<Selection>>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Operation {
    pub(super) mutation: bool,
    pub(super) name: Option<String>,
    pub(super) selections: Vec<Selection>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Selection {
    Field(Field),
    /// A named fragment.
    Spread(String),
    Inline(Vec<Selection>),
}

#[derive(Debug, PartialEq)]
pub(super) struct Field {
    pub(super) alias: String,
    pub(super) name: String,
    /// Variables in them are `{"$": name}`.
    pub(super) arguments: Map<String, Value>,
    pub(super) selections: Vec<Selection>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Punctuation(char),
    Spread,
    Name(String),
    Text(String),
    Number(Value),
}

/// How deep selections and values may lie in each other.
const DEPTH: usize = 50;

pub(super) fn parse(text: &str) -> Result<Document, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let mut document = Document { operations: Vec::new(), fragments: BTreeMap::new() };
    while let Some(token) = parser.peek().cloned() {
        match token {
            Token::Punctuation('{') => {
                let selections = parser.selections()?;
                document.operations.push(Operation { mutation: false, name: None, selections });
            }
            Token::Name(word) if word == "fragment" => {
                parser.at += 1;
                let name = parser.name()?;
                // `on Type`
                parser.name()?;
                parser.name()?;
                document.fragments.insert(name, parser.selections()?);
            }
            Token::Name(word) if word == "query" || word == "mutation" => {
                parser.at += 1;
                let name = matches!(parser.peek(), Some(Token::Name(_))).then(|| parser.name()).transpose()?;
                if parser.eat('(') {
                    parser.skip_to_closing()?;
                }
                let selections = parser.selections()?;
                document.operations.push(Operation { mutation: word == "mutation", name, selections });
            }
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    Ok(document)
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '.' => {
                if chars.next() != Some('.') || chars.next() != Some('.') {
                    return Err("a single dot".to_owned());
                }
                tokens.push(Token::Spread);
            }
            '"' => tokens.push(Token::Text(string(&mut chars)?)),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = c.to_string();
                while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                tokens.push(Token::Name(name));
            }
            c if c.is_ascii_digit() || c == '-' => {
                let mut number = c.to_string();
                while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-')) {
                    number.push(c);
                }
                let value = serde_json::from_str(&number).map_err(|_| format!("{number} is no number"))?;
                tokens.push(Token::Number(value));
            }
            c if c.is_whitespace() || c == ',' => {}
            c if "{}()[]:!$=@|&".contains(c) => tokens.push(Token::Punctuation(c)),
            c => return Err(format!("unexpected character {c:?}")),
        }
    }
    Ok(tokens)
}

fn string(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut literal = "\"".to_owned();
    while let Some(c) = chars.next() {
        literal.push(c);
        match c {
            '"' => return serde_json::from_str(&literal).map_err(|error| error.to_string()),
            '\\' => literal.extend(chars.next()),
            _ => {}
        }
    }
    Err("a string has no end".to_owned())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("unexpected end")?;
        self.at += 1;
        Ok(token)
    }

    fn eat(&mut self, punctuation: char) -> bool {
        let found = self.peek() == Some(&Token::Punctuation(punctuation));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, punctuation: char) -> Result<(), String> {
        let token = self.peek().cloned();
        if self.eat(punctuation) { Ok(()) } else { Err(format!("expected {punctuation:?}, got {token:?}")) }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Name(name) => Ok(name),
            other => Err(format!("expected a name, got {other:?}")),
        }
    }

    /// The definitions of variables say nothing that is needed.
    fn skip_to_closing(&mut self) -> Result<(), String> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::Punctuation('(') => depth += 1,
                Token::Punctuation(')') => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn selections(&mut self) -> Result<Vec<Selection>, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("too deep".to_owned());
        }
        self.expect('{')?;
        let mut selections = Vec::new();
        while !self.eat('}') {
            selections.push(self.selection()?);
        }
        self.depth -= 1;
        Ok(selections)
    }

    fn selection(&mut self) -> Result<Selection, String> {
        if self.peek() == Some(&Token::Spread) {
            self.at += 1;
            return match self.peek() {
                Some(Token::Name(word)) if word != "on" => self.name().map(Selection::Spread),
                Some(Token::Name(_)) => {
                    self.at += 1;
                    self.name()?;
                    self.selections().map(Selection::Inline)
                }
                _ => self.selections().map(Selection::Inline),
            };
        }
        let first = self.name()?;
        let (alias, name) = if self.eat(':') { (first, self.name()?) } else { (first.clone(), first) };
        let mut arguments = Map::new();
        if self.eat('(') {
            while !self.eat(')') {
                let key = self.name()?;
                self.expect(':')?;
                let value = self.value()?;
                arguments.insert(key, value);
            }
        }
        while self.eat('@') {
            self.name()?;
            if self.eat('(') {
                self.skip_to_closing()?;
            }
        }
        let has_selections = self.peek() == Some(&Token::Punctuation('{'));
        let selections = if has_selections { self.selections()? } else { Vec::new() };
        Ok(Selection::Field(Field { alias, name, arguments, selections }))
    }

    fn value(&mut self) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("too deep".to_owned());
        }
        let value = match self.next()? {
            Token::Punctuation('$') => json!({ "$": self.name()? }),
            Token::Punctuation('[') => {
                let mut items = Vec::new();
                while !self.eat(']') {
                    items.push(self.value()?);
                }
                items.into()
            }
            Token::Punctuation('{') => {
                let mut object = Map::new();
                while !self.eat('}') {
                    let key = self.name()?;
                    self.expect(':')?;
                    object.insert(key, self.value()?);
                }
                object.into()
            }
            Token::Text(text) => text.into(),
            Token::Number(number) => number,
            Token::Name(word) => match word.as_str() {
                "true" => true.into(),
                "false" => false.into(),
                "null" => Value::Null,
                // A word of an enumeration.
                _ => word.into(),
            },
            other => return Err(format!("expected a value, got {other:?}")),
        };
        self.depth -= 1;
        Ok(value)
    }
}

/// An argument with its variables filled in.
pub(super) fn fill(value: &Value, variables: &Value) -> Value {
    match value {
        Value::Object(object) => match object.get("$").and_then(Value::as_str) {
            Some(name) => variables.get(name).cloned().unwrap_or_default(),
            None => {
                object.iter().map(|(key, value)| (key.clone(), fill(value, variables))).collect::<Map<_, _>>().into()
            }
        },
        Value::Array(items) => items.iter().map(|item| fill(item, variables)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Selection, fill, parse};

    #[test]
    fn reads_what_flyctl_sends() {
        let document = parse(
            "query ($appName: String!, $n: Int! = 25) { appcompact: app(name: $appName) { id, ...Org ... on App { \
             releases: releasesUnprocessed(first: $n, status: COMPLETE) { nodes { id } } } } } # end\n\
             fragment Org on App { organization { slug } }",
        )
        .unwrap();
        let [Selection::Field(app)] = document.operations[0].selections.as_slice() else { panic!("one field") };
        assert_eq!((app.alias.as_str(), app.name.as_str()), ("appcompact", "app"));
        assert_eq!(fill(&app.arguments.clone().into(), &json!({ "appName": "shop" })), json!({ "name": "shop" }));
        assert_eq!(app.selections.len(), 3);
        assert_eq!(app.selections[1], Selection::Spread("Org".to_owned()));
        assert!(document.fragments.contains_key("Org"));
        for wrong in ["query {", "{ a(b: ) }", "{ a } }", "{ \"", "{ a.b }", &"{ a ".repeat(60)] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
