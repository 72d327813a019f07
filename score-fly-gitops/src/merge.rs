//! How one tree is laid over another.

use std::collections::{BTreeMap, BTreeSet};

use score_fly_core::Diagnostics;
use score_fly_core::diagnostic::Code;

use crate::node::{Meet, Node, Value};

/// Lays `over` over `base`. Maps are merged, and anything else is replaced; lists meet as the file of the upper one
/// says, or else that of the lower one. Null takes away what is below it.
///
/// Where FlyCD's rules hold, lists are appended and null does nothing, which is noted where it matters.
pub(crate) fn lay(base: &mut Node, over: Node, notes: &mut Diagnostics) {
    let of_flycd = base.of_flycd || over.of_flycd;
    match (&mut base.value, over.value) {
        (Value::Map(below), Value::Map(above)) => {
            for (key, entry) in above {
                let is_null = matches!(entry.node.value, Value::Null);
                match below.get_mut(&key) {
                    Some(there) if is_null && (there.node.of_flycd || entry.node.of_flycd) => {
                        notes.push(entry.node.origin.say(
                            Code::FlycdDifference,
                            format!(
                                "`{key}` is null, which does nothing by FlyCD's rules: it stays as it is in {}",
                                there.node.origin.line()
                            ),
                        ));
                    }
                    Some(_) if is_null => {
                        below.remove(&key);
                    }
                    Some(there) => lay(&mut there.node, entry.node, notes),
                    None if is_null => {}
                    None => {
                        below.insert(key, entry);
                    }
                }
            }
            base.of_flycd = of_flycd;
            base.origin = over.origin;
        }
        (Value::List(below), Value::List(above)) => {
            let said = over.meet.or_else(|| base.meet.take());
            let meet = said.clone().or_else(|| of_flycd.then_some(Meet::Append)).unwrap_or(Meet::Replace);
            if of_flycd && said.is_none() && !above.is_empty() && !below.is_empty() {
                let maps = above.iter().chain(below.iter()).any(|item| item.as_map().is_some());
                let trap = if maps { "; FlyCD itself can't compare lists of maps, and fails here" } else { "" };
                let message = format!(
                    "this list comes behind the one in {}, as by FlyCD's rules, which can't replace one{trap}",
                    base.origin.line()
                );
                notes.push(over.origin.say(Code::FlycdDifference, message));
            }
            meet_lists(below, above, &meet, notes);
            base.of_flycd = of_flycd;
            base.meet = said;
            base.origin = over.origin;
        }
        (below, above) => {
            let is_null = matches!(above, Value::Null);
            if is_null && of_flycd {
                return;
            }
            *below = above;
            (base.origin, base.meet, base.of_flycd) = (over.origin, over.meet, over.of_flycd);
        }
    }
}

fn meet_lists(below: &mut Vec<Node>, above: Vec<Node>, meet: &Meet, notes: &mut Diagnostics) {
    match meet {
        Meet::Replace => *below = above,
        Meet::Append => {
            let mut known: BTreeSet<String> = below.iter().map(|item| item.to_json().to_string()).collect();
            below.extend(above.into_iter().filter(|item| known.insert(item.to_json().to_string())));
        }
        Meet::ByKey(key) => {
            let value = |node: &Node| node.get(key).map(|value| value.to_json().to_string());
            let mut places: BTreeMap<String, usize> =
                below.iter().enumerate().rev().filter_map(|(place, item)| Some((value(item)?, place))).collect();
            for item in above {
                let wanted = value(&item);
                match wanted.as_ref().and_then(|wanted| below.get_mut(*places.get(wanted)?)) {
                    Some(there) => lay(there, item, notes),
                    None => {
                        places.extend(wanted.map(|wanted| (wanted, below.len())));
                        below.push(item);
                    }
                }
            }
        }
    }
}
