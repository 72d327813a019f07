//! When changes may be made.

use score_fly_core::Diagnostics;
use serde::Serialize;

use crate::fields::{Fields, wrong};
use crate::node::Node;

/// A time of the week in which changes may be made, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The days, from 0 for Monday; all if there are none.
    pub days: Vec<u8>,
    /// The minute of the day at which it opens.
    pub from: u16,
    /// The one at which it closes. If that is not after the first, it closes on the next day.
    pub to: u16,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Window {
    /// Whether it is open at a time, in seconds since 1970.
    pub fn is_open(&self, seconds: u64) -> bool {
        // 1970 began on a Thursday.
        let (day, minute) = ((seconds / 86_400 + 3) % 7, seconds / 60 % 1_440);
        let (from, to) = (u64::from(self.from), u64::from(self.to));
        let on = |day: u64| self.days.is_empty() || self.days.iter().any(|known| u64::from(*known) == day);
        if from < to {
            return on(day) && (from..to).contains(&minute);
        }
        on(day) && minute >= from || on((day + 6) % 7) && minute < to
    }
}

/// Whether changes may be made at a time.
pub fn may_change(windows: &[Window], seconds: u64) -> bool {
    windows.is_empty() || windows.iter().any(|window| window.is_open(seconds))
}

pub(crate) fn read(node: &Node, found: &mut Diagnostics) -> Option<Window> {
    let mut fields = Fields::new("a window", node, &["days", "from", "to"], found);
    let mut days = Vec::new();
    for (index, day) in fields.texts("days").into_iter().enumerate() {
        let known = DAYS.iter().position(|known| day.eq_ignore_ascii_case(known));
        match (known.and_then(|known| u8::try_from(known).ok()), fields.list("days").get(index)) {
            (Some(known), _) => days.push(known),
            (None, Some(item)) => {
                fields.found.push(wrong(
                    item,
                    format!("there is no day `{day}`"),
                    format!("there are {}", DAYS.join(", ")),
                ));
            }
            (None, None) => {}
        }
    }
    let mut minute = |key: &str| {
        let text = fields.needed(key, "write a time in UTC, such as `\"08:30\"`")?;
        let minute = text.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
        });
        if minute.is_none()
            && let Some(node) = fields.get(key)
        {
            fields.found.push(wrong(
                node,
                format!("`{text}` is no time of the day"),
                "write it as `\"08:30\"`, in UTC",
            ));
        }
        minute
    };
    let (from, to) = (minute("from"), minute("to"));
    Some(Window { days, from: from?, to: to? })
}

#[cfg(test)]
mod tests {
    use super::Window;

    /// 2026-11-21 is a Saturday; at noon, `1_795_262_400` seconds have passed.
    const SATURDAY_NOON: u64 = 1_795_262_400;

    #[test]
    fn windows_open_and_close() {
        let window = |days: &[u8], from, to| Window { days: days.to_vec(), from, to };
        for (window, hours, open) in [
            (window(&[5], 600, 800), 0, true),
            (window(&[4], 600, 800), 0, false),
            (window(&[], 720, 721), 0, true),
            (window(&[], 0, 720), 0, false),
            // Over midnight, by the day on which it opens.
            (window(&[5], 1320, 360), 10, true),
            (window(&[5], 1320, 360), 17, true),
            (window(&[5], 1320, 360), 18, false),
            (window(&[6], 1320, 360), 17, false),
        ] {
            assert_eq!(window.is_open(SATURDAY_NOON + hours * 3600), open, "{window:?} {hours}");
        }
    }
}
