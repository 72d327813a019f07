//! Mending a fly.toml without touching what is not broken.

use serde_json::Value as Json;
use toml_edit::{Array, Document, InlineTable, Item, Key, TableLike, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Fix};
use crate::source::Source;

/// A step from a table or a list to what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Index(usize),
}

/// The text of a fly.toml with every certain fix applied that its diagnostics, from
/// [`check`](super::check()), have. Comments, layout and order stay; line ends become line feeds.
///
/// JSON and YAML stay as they are.
pub fn fix(source: &Source, diagnostics: &Diagnostics) -> String {
    let Ok(document) = Document::parse(source.text.as_str()) else { return source.text.clone() };
    let located = |diagnostic: &Diagnostic| {
        let location = diagnostic.location.as_ref().filter(|location| location.source == source.name)?;
        let path = find(document.as_table(), location.span.start as usize)?;
        Some((path, diagnostic.fix.clone()?))
    };
    let mut fixes: Vec<(Vec<Step>, Fix)> = diagnostics.iter().filter_map(located).collect();
    if fixes.is_empty() {
        return source.text.clone();
    }
    // What stands deeper first, so that a new name above does not change the way there.
    fixes.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    fixes.dedup_by(|(a, _), (b, _)| a == b);
    let mut document = document.into_mut();
    for (path, fix) in &fixes {
        apply(document.as_table_mut(), path, fix);
    }
    document.to_string().replace("\r\n", "\n")
}

/// The way to the key or the value that starts at a byte of the text.
fn find(table: &dyn TableLike, start: usize) -> Option<Vec<Step>> {
    let starts = |span: Option<std::ops::Range<usize>>| span.is_some_and(|span| span.start == start);
    table.iter().find_map(|(name, item)| {
        let below = if starts(table.key(name).and_then(Key::span)) || item.as_value().is_some_and(|v| starts(v.span()))
        {
            Some(Vec::new())
        } else {
            find_in(item, start)
        };
        below.map(|below| std::iter::once(Step::Key(name.to_owned())).chain(below).collect())
    })
}

fn find_in(item: &Item, start: usize) -> Option<Vec<Step>> {
    let in_tables = |mut tables: Box<dyn Iterator<Item = &dyn TableLike> + '_>| {
        tables
            .by_ref()
            .enumerate()
            .find_map(|(index, table)| Some(std::iter::once(Step::Index(index)).chain(find(table, start)?).collect()))
    };
    match item {
        Item::ArrayOfTables(tables) => in_tables(Box::new(tables.iter().map(|table| table as &dyn TableLike))),
        Item::Value(Value::Array(values)) => {
            let tables = values.iter().filter_map(Value::as_inline_table);
            in_tables(Box::new(tables.map(|table| table as &dyn TableLike)))
        }
        _ => find(item.as_table_like()?, start),
    }
}

fn apply(table: &mut dyn TableLike, path: &[Step], fix: &Fix) {
    match path {
        [Step::Key(name)] => match fix {
            Fix::Remove => drop(table.remove(name)),
            Fix::Rename(new) => rename(table, name, new),
            Fix::Set(json) => {
                if let (Some(old), Some(mut new)) = (table.get_mut(name).and_then(Item::as_value_mut), value(json)) {
                    *new.decor_mut() = old.decor().clone();
                    *old = new;
                }
            }
        },
        [Step::Key(name), Step::Index(index), rest @ ..] => match table.get_mut(name) {
            Some(Item::ArrayOfTables(tables)) => {
                if let Some(table) = tables.get_mut(*index) {
                    apply(table, rest, fix);
                }
            }
            Some(Item::Value(Value::Array(values))) => {
                let mut tables = values.iter_mut().filter_map(Value::as_inline_table_mut);
                if let Some(table) = tables.nth(*index) {
                    apply(table, rest, fix);
                }
            }
            _ => {}
        },
        [Step::Key(name), rest @ ..] => {
            if let Some(table) = table.get_mut(name).and_then(Item::as_table_like_mut) {
                apply(table, rest, fix);
            }
        }
        _ => {}
    }
}

/// Gives a key another name at its place among the others.
fn rename(table: &mut dyn TableLike, old: &str, new: &str) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let Some(decorated) = table.key(&name).cloned() else { continue };
        let Some(item) = table.remove(&name) else { continue };
        let key = if name == old {
            Key::new(new)
                .with_leaf_decor(decorated.leaf_decor().clone())
                .with_dotted_decor(decorated.dotted_decor().clone())
        } else {
            decorated
        };
        *table.entry_format(&key).or_insert(Item::None) = item;
    }
}

fn value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64()?.into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => items.iter().filter_map(value).collect::<Array>().into(),
        Json::Object(object) => {
            object.iter().filter_map(|(key, json)| Some((key.as_str(), value(json)?))).collect::<InlineTable>().into()
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::fly::check;

    #[track_caller]
    fn assert_fixed(text: &str, expected: &str) {
        let source = Source::new("fly.toml", text);
        let (_, diagnostics) = check(&source, &BTreeMap::new()).into_parts();
        let fixed = fix(&source, &diagnostics);
        assert_eq!(fixed, expected, "{diagnostics:#?}");
        let again = Source::new("fly.toml", fixed.as_str());
        let (_, diagnostics) = check(&again, &BTreeMap::new()).into_parts();
        assert_eq!(fix(&again, &diagnostics), fixed);
    }

    #[test]
    fn values_are_set_in_place() {
        assert_fixed(
            "# Ours.\napp = 'web'\nkill_timeout   = 30 # half a minute\n\n[[vm]]\n  memory = \"512Mi\" # enough\n",
            "# Ours.\napp = 'web'\nkill_timeout   = \"30s\" # half a minute\n\n[[vm]]\n  memory = \"512mb\" # enough\n",
        );
        assert_fixed(
            "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\nports = [{ port = 80 }]\n\
             tcp_checks = [{ interval = 5000, timeout = '1s' }]\nconcurrency = '20,25'\n",
            "[[services]]\nprotocol = 'tcp'\ninternal_port = 80\nports = [{ port = 80 }]\n\
             tcp_checks = [{ interval = \"5s\", timeout = '1s' }]\n\
             concurrency = { hard_limit = 25, soft_limit = 20, type = \"requests\" }\n",
        );
    }

    #[test]
    fn keys_are_renamed_in_place() {
        assert_fixed(
            "app = 'web'\n\n# The data.\n[[mount]]\nsource = 'data' # one\ndestination = '/data'\n\n[[vm]]\ncpus = 1\n",
            "app = 'web'\n\n# The data.\n[[mounts]]\nsource = 'data' # one\ndestination = '/data'\n\n[[vm]]\ncpus = 1\n",
        );
        assert_fixed(
            "[build]\n# The last stage.\nbuild_target = 'x' # this\nimage = 'y'\n",
            "[build]\n# The last stage.\nbuild-target = 'x' # this\nimage = 'y'\n",
        );
    }

    #[test]
    fn what_has_no_effect_goes() {
        assert_fixed(
            "[experimental]\nauto_rollback = true\ncmd = ['a']\n\n[[services]]\nprotocol = 'udp'\ninternal_port = 53\n\n\
             [[services.ports]]\nport = 53\nhandlers = ['tls'] # no\n",
            "[experimental]\ncmd = ['a']\n\n[[services]]\nprotocol = 'udp'\ninternal_port = 53\n\n\
             [[services.ports]]\nport = 53\n",
        );
    }

    #[test]
    fn what_is_right_stays_byte_for_byte() {
        let text = "app='web'\r\n[env]\r\n  A = \"1\"   # x\r\n";
        assert_fixed(text, text);
        assert_fixed("app = [\n", "app = [\n");
    }
}
