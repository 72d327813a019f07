//! Postgres servers in apps of their own: as much of Postgres and its `psql` as provisioning takes.
//!
//! <https://www.postgresql.org/docs/17/sql-commands.html>, <https://www.postgresql.org/docs/17/app-psql.html>.

use std::collections::BTreeMap;

use super::{App, Machine, Phase, World};

/// What a Postgres server has.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    /// Its roles with their passwords.
    pub(crate) roles: BTreeMap<String, String>,
    /// Its databases with their owners.
    pub(crate) databases: BTreeMap<String, String>,
}

impl Default for Postgres {
    fn default() -> Self {
        let postgres = || "postgres".to_owned();
        Self { roles: [(postgres(), String::new())].into(), databases: [(postgres(), postgres())].into() }
    }
}

/// An exit code, and what is printed as output and as errors.
pub(crate) type Printed = (i32, String, String);

/// What a statement comes to: lines, or an error.
type Ran = Result<Vec<String>, String>;

/// A part of a statement: a word in lower case, a name in quotes, a text, or a mark.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Name(String),
    Text(String),
    Mark(char),
}

impl World {
    /// What a command answers that is run in a machine of a Postgres app; nothing if it is of no such app.
    pub(crate) fn in_postgres(&mut self, app: &str, id: &str, words: &[&str], stdin: &str) -> Option<Printed> {
        let found = self.apps.get(app).filter(|app| app.role.as_deref() == Some("postgres_cluster"))?;
        if let ["printenv", name] = words {
            let value = found.secrets.entries.get(*name).map(|secret| secret.value.clone());
            return Some(
                value.map_or_else(|| (1, String::new(), String::new()), |value| (0, value + "\n", String::new())),
            );
        }
        let script = words.last().filter(|script| words.len() > 1 && script.contains("psql"))?;
        if !script.contains("OPERATOR_PASSWORD") {
            return Some((2, String::new(), "psql: error: fe_sendauth: no password supplied\n".to_owned()));
        }
        let is_primary = found.primary().is_some_and(|primary| primary.id == id);
        let mut server = found.postgres.clone();
        let printed = server.run(stdin, is_primary, script.contains("ON_ERROR_STOP=1"));
        if let Some(app) = self.apps.get_mut(app) {
            app.postgres = server;
        }
        Some(printed)
    }
}

impl App {
    /// The machine of a Postgres app that takes writes: the first one that runs.
    pub(crate) fn primary(&self) -> Option<&Machine> {
        let running = self.alive().filter(|machine| machine.phase == Phase::Started);
        running.min_by_key(|machine| (machine.created_at, machine.id.clone()))
    }
}

impl Postgres {
    /// Runs statements one after the other, each by itself. With an error, the exit code is 3 if that ends them.
    fn run(&mut self, text: &str, is_primary: bool, stops: bool) -> Printed {
        let (mut out, mut errors, mut code) = (String::new(), String::new(), 0);
        let tokens = match tokens(text) {
            Ok(tokens) => tokens,
            Err(error) => return (3, out, format!("ERROR:  {error}\n")),
        };
        for statement in tokens.split(|token| *token == Token::Mark(';')).filter(|statement| !statement.is_empty()) {
            match self.statement(statement, is_primary) {
                Ok(lines) => out.extend(lines.into_iter().map(|line| line + "\n")),
                Err(error) => {
                    errors.extend(["ERROR:  ", &error, "\n"]);
                    if stops {
                        code = 3;
                        break;
                    }
                }
            }
        }
        (code, out, errors)
    }

    fn statement(&mut self, statement: &[Token], is_primary: bool) -> Ran {
        use Token::{Mark, Name, Text, Word};
        let words: Vec<&str> = statement
            .iter()
            .map(|token| match token {
                Word(word) => word.as_str(),
                Name(_) => "\"\"",
                Text(_) => "''",
                Mark('(') => "(",
                Mark(')') => ")",
                Mark('=') => "=",
                Mark(_) => "?",
            })
            .collect();
        let names: Vec<&String> =
            statement.iter().filter_map(|token| if let Name(name) = token { Some(name) } else { None }).collect();
        let texts: Vec<&String> =
            statement.iter().filter_map(|token| if let Text(text) = token { Some(text) } else { None }).collect();
        if words.first() != Some(&"select") && !is_primary {
            let what = words.iter().take(2).map(|word| word.to_uppercase()).collect::<Vec<_>>().join(" ");
            return Err(format!("cannot execute {what} in a read-only transaction"));
        }
        match (words.as_slice(), names.as_slice(), texts.as_slice()) {
            (
                ["select", "''", "from", table @ ("pg_roles" | "pg_database"), "where", column, "=", "''"],
                _,
                [told, name],
            ) => {
                let is_there = match (*table, *column) {
                    ("pg_roles", "rolname") => self.roles.contains_key(*name),
                    ("pg_database", "datname") => self.databases.contains_key(*name),
                    (_, column) => return Err(format!("column \"{column}\" does not exist")),
                };
                Ok(if is_there { vec![(*told).clone()] } else { Vec::new() })
            }
            (["create", "role" | "user", "\"\""] | ["create", "role" | "user", "\"\"", "login"], [name], _) => {
                if self.roles.contains_key(*name) {
                    return Err(format!("role \"{name}\" already exists"));
                }
                self.roles.insert((*name).clone(), String::new());
                Ok(Vec::new())
            }
            (["alter", "role", "\"\"", "login", "password", "''"], [name], [password]) => {
                let role = self.roles.get_mut(*name).ok_or_else(|| format!("role \"{name}\" does not exist"))?;
                (*password).clone_into(role);
                Ok(Vec::new())
            }
            (["create", "database", "\"\"", "owner", "\"\""], [name, owner], _) => {
                if !self.roles.contains_key(*owner) {
                    return Err(format!("role \"{owner}\" does not exist"));
                }
                if self.databases.contains_key(*name) {
                    return Err(format!("database \"{name}\" already exists"));
                }
                self.databases.insert((*name).clone(), (*owner).clone());
                Ok(Vec::new())
            }
            (["drop", "database", "if", "exists", "\"\"", "with", "(", "force", ")"], [name], _) => {
                self.databases.remove(*name);
                Ok(Vec::new())
            }
            (["drop", "role", "if", "exists", "\"\""], [name], _) => {
                if self.databases.values().any(|owner| owner == *name) {
                    return Err(format!("role \"{name}\" cannot be dropped because some objects depend on it"));
                }
                self.roles.remove(*name);
                Ok(Vec::new())
            }
            _ => Err(format!("syntax error at or near \"{}\"", words.first().copied().unwrap_or_default())),
        }
    }
}

/// "Lexical Structure": <https://www.postgresql.org/docs/17/sql-syntax-lexical.html>.
fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        match first {
            '"' | '\'' => {
                let mut inside = String::new();
                loop {
                    match chars.next() {
                        Some(c) if c == first && chars.peek() == Some(&first) => {
                            chars.next();
                            inside.push(first);
                        }
                        Some(c) if c == first => break,
                        Some(c) => inside.push(c),
                        None => return Err("unterminated quoted string".to_owned()),
                    }
                }
                tokens.push(if first == '"' { Token::Name(inside) } else { Token::Text(inside) });
            }
            c if c.is_ascii_alphanumeric() || c == '_' => {
                let mut word = String::from(c.to_ascii_lowercase());
                while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    word.push(c.to_ascii_lowercase());
                }
                tokens.push(Token::Word(word));
            }
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Mark(c)),
        }
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::Postgres;

    #[test]
    fn it_is_as_strict_as_postgres() {
        let mut server = Postgres::default();
        let mut run = |text: &str| server.run(text, true, true);
        assert_eq!(run("CREATE ROLE \"a\"\"b\" LOGIN; ALTER ROLE \"a\"\"b\" LOGIN PASSWORD 'it''s';").0, 0);
        assert_eq!(run("SELECT 'yes' FROM pg_roles WHERE rolname = 'a\"b';").1, "yes\n");
        assert_eq!(run("CREATE ROLE \"a\"\"b\" LOGIN;").2, "ERROR:  role \"a\"b\" already exists\n");
        assert_eq!(run("CREATE DATABASE \"d\" OWNER \"nobody\";").2, "ERROR:  role \"nobody\" does not exist\n");
        assert_eq!(run("CREATE DATABASE \"d\" OWNER \"a\"\"b\";").0, 0);
        assert!(run("DROP ROLE IF EXISTS \"a\"\"b\";").2.contains("objects depend on it"));
        assert!(run("VACUUM;").2.contains("syntax error"));
        assert_eq!(server.roles["a\"b"], "it's");
        assert!(server.run("DROP DATABASE IF EXISTS \"d\" WITH (FORCE);", false, true).2.contains("read-only"));
    }
}
