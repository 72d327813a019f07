//! Mending a fly.toml without touching what is not broken.

use serde_json::Value as Json;
use toml_edit::{Array, InlineTable, Item, Key, TableLike, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Fix, Location};
use crate::document::{Document, Toml};
use crate::map::{self, SortedMap};
use crate::prelude::*;
use crate::source::Source;

/// A step from a table or a list to what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Index(usize),
}

/// A fly.toml whose certain mistakes are mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The text: comments, layout and order are what they were.
    pub text: String,
    /// The mistakes that are gone.
    pub mended: Vec<Diagnostic>,
}

/// Mends what was found in a text, which is `toml`, as far as there is only one way to do it.
pub(super) fn fix(source: &Source, document: &Document<'_>, toml: &Toml<'_>, found: &Diagnostics) -> Option<Fixed> {
    let mut fixable: Vec<(usize, Fix, &Diagnostic)> = Vec::new();
    for found in found {
        let Some(fix) = &found.fix else { continue };
        let others = if let Fix::RemoveAll(others) = fix { others.as_slice() } else { &[] };
        let others = others.iter().filter_map(|other| document.place(other));
        let starts = found.location.iter().cloned().chain(others).filter_map(|place| start(&place, source));
        fixable.extend(starts.map(|start| (start, fix.clone(), found)));
    }
    if fixable.is_empty() {
        return None;
    }
    let mut ways: SortedMap<usize, Option<Vec<Step>>> = fixable.iter().map(|(start, ..)| (*start, None)).collect();
    find(toml.as_table(), &mut Vec::new(), &mut ways);
    let with_way =
        |(start, fix, found): (usize, Fix, &Diagnostic)| Some((ways.get(&start)?.clone()?, fix, found.clone()));
    let mut fixes: Vec<(Vec<Step>, Fix, Diagnostic)> = fixable.into_iter().filter_map(with_way).collect();
    // What stands deeper first, and a value before its key, so that a new name does not change the way.
    map::sort_by(&mut fixes, |(a, to_a, _), (b, to_b, _)| {
        b.len().cmp(&a.len()).then_with(|| a.cmp(b)).then_with(|| order(to_a).cmp(&order(to_b)))
    });
    fixes.dedup_by(|(a, to_a, _), (b, to_b, _)| a == b && order(to_a) == order(to_b));
    let mut document = toml.clone().into_mut();
    for (path, fix, _) in &fixes {
        apply(document.as_table_mut(), path, fix);
    }
    // toml_edit ends the lines that it writes with line feeds. Where a text has both kinds, nobody
    // knows which one is meant, and those within its values must stay.
    let count = |pattern: &str| source.text.matches(pattern).count();
    let windows = source.text.contains("\r\n") && count("\r\n") == count("\n");
    let text = document.to_string();
    let text = if windows { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text };
    let start = |found: &Diagnostic| found.location.as_ref().map(|location| location.span.start);
    map::sort_by(&mut fixes, |(.., a), (.., b)| start(a).cmp(&start(b)));
    let mut mended: Vec<Diagnostic> = fixes.into_iter().map(|(.., diagnostic)| diagnostic).collect();
    // One may have mended several places.
    mended.dedup();
    (text != source.text).then_some(Fixed { text, mended })
}

/// Of several fixes in one place, the one that comes first.
fn order(fix: &Fix) -> u8 {
    match fix {
        Fix::Set(_) => 0,
        Fix::Rename(_) => 1,
        Fix::Remove | Fix::RemoveAll(_) => 2,
    }
}

/// The byte at which a place in a text starts.
fn start(location: &Location, source: &Source) -> Option<usize> {
    (location.source == source.name).then_some(location.span.start as usize)
}

/// Fills in the ways to the keys and values that start at these bytes of the text. `way` leads to the
/// table.
fn find(table: &dyn TableLike, way: &mut Vec<Step>, ways: &mut SortedMap<usize, Option<Vec<Step>>>) {
    for (name, item) in table.iter() {
        way.push(Step::Key(name.to_owned()));
        for span in [table.key(name).and_then(Key::span), item.as_value().and_then(Value::span)].into_iter().flatten() {
            if let Some(unknown @ None) = ways.get_mut(&span.start) {
                *unknown = Some(way.clone());
            }
        }
        let mut each = |index: usize, table: &dyn TableLike| {
            way.push(Step::Index(index));
            find(table, way, ways);
            way.pop();
        };
        match item {
            Item::ArrayOfTables(tables) => tables.iter().enumerate().for_each(|(index, table)| each(index, table)),
            Item::Value(Value::Array(values)) => {
                let tables = values.iter().filter_map(Value::as_inline_table);
                tables.enumerate().for_each(|(index, table)| each(index, table));
            }
            _ => {
                if let Some(table) = item.as_table_like() {
                    find(table, way, ways);
                }
            }
        }
        way.pop();
    }
}

fn apply(table: &mut dyn TableLike, path: &[Step], fix: &Fix) {
    match path {
        [Step::Key(name)] => match fix {
            Fix::Remove | Fix::RemoveAll(_) => drop(table.remove(name)),
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
    let keys: Vec<Key> = table.iter().filter_map(|(name, _)| table.key(name).cloned()).collect();
    let items: Vec<Item> = table.iter_mut().map(|(_, item)| core::mem::take(item)).collect();
    table.clear();
    for (key, item) in keys.into_iter().zip(items) {
        let key = if key == *old {
            Key::new(new).with_leaf_decor(key.leaf_decor().clone()).with_dotted_decor(key.dotted_decor().clone())
        } else {
            key
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
    use super::*;
    use crate::fly::LoadedConfig;
    use crate::local::LocalFiles;

    fn mend(text: &str) -> Option<Fixed> {
        let source = Source::new("fly.toml", text);
        let loaded = LoadedConfig::read(&source);
        loaded.fix(&loaded.check(&LocalFiles::new()))
    }

    #[track_caller]
    fn assert_fixed(text: &str, expected: &str) {
        let fixed = mend(text).map_or_else(|| text.to_owned(), |fixed| fixed.text);
        assert_eq!(fixed, expected);
        assert_eq!(mend(&fixed), None);
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
    fn what_flyctl_had_once_goes() {
        assert_fixed(
            "[experimental]\nallowed_public_ports = []\ncmd = ['a']\n[[services]]\nprotocol = 'tcp'\ninternal_port = 80\n\
             script_checks = []\nports = [{ port = 80 }]\n[[services.tcp_checks]]\nrestart_limit = 0\ntimeout = '2s'\n",
            "[experimental]\ncmd = ['a']\n[[services]]\nprotocol = 'tcp'\ninternal_port = 80\n\
             ports = [{ port = 80 }]\n[[services.tcp_checks]]\ntimeout = '2s'\n",
        );
    }

    #[test]
    fn line_ends_stay() {
        assert_fixed("kill_timeout = 5 # s\r\n[env]\r\n", "kill_timeout = \"5s\" # s\r\n[env]\r\n");
        let value = "A = \"\"\"\n1\r\n2\n\"\"\"\n";
        assert_fixed(&format!("kill_timeout = 5\n[env]\n{value}"), &format!("kill_timeout = \"5s\"\n[env]\n{value}"));
    }

    #[test]
    fn says_what_it_mended() {
        let text = "[[vm]]\nmemory = '512Mi'\n[experimental]\nauto_rollback = true\n";
        let mended = mend(text).unwrap().mended;
        let starts: Vec<u32> = mended.iter().map(|found| found.location.as_ref().unwrap().span.start).collect();
        assert_eq!(starts, [16, 39], "{mended:#?}");
    }

    #[test]
    fn what_is_right_stays_byte_for_byte() {
        let text = "app='web'\r\n[env]\r\n  A = \"1\"   # x\r\n";
        assert_fixed(text, text);
        assert_fixed("app = [\n", "app = [\n");
    }
}
