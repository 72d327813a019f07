//! From the forms in which earlier versions wrote a state to today's.

use serde_json::Value;

/// What makes of one version's form the next one's.
pub(super) struct Step {
    /// The state, as it was read from YAML.
    pub(super) state: fn(&mut Value),
    /// A line of the journal that was left beside it.
    pub(super) change: fn(&mut Value),
}

/// The steps, of which the first leads from version 1 to version 2. Whoever changes the form adds one, and a
/// state in the form as it was to `tests/state`.
pub(super) const STEPS: &[Step] = &[];

/// The version of the form in which this score-fly writes state.
pub(super) const VERSION: u64 = version(STEPS);

/// The version of the form to which `steps` lead.
const fn version(steps: &[Step]) -> u64 {
    steps.len() as u64 + 1
}

/// The steps that are left to go from `version`; nothing, if there never was such a version.
pub(super) fn steps_from(version: u64, steps: &[Step]) -> Option<&[Step]> {
    steps.get(usize::try_from(version).ok()?.checked_sub(1)?..)
}

/// Brings a state to the form to which `steps` lead.
pub(super) fn migrate_state(state: &mut Value, steps: &[Step], version: u64) {
    for step in steps {
        (step.state)(state);
    }
    if let Some(written) = state.get_mut("version") {
        *written = version.into();
    }
}

/// Brings a line of a journal to the same form.
pub(super) fn migrate_change(change: &mut Value, steps: &[Step]) {
    for step in steps {
        (step.change)(change);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Step, migrate_change, migrate_state, steps_from, version};

    fn rename(value: &mut Value, from: &str, to: &str) {
        if let Some(object) = value.as_object_mut()
            && let Some(inner) = object.remove(from)
        {
            object.insert(to.to_owned(), inner);
        }
    }

    /// The form had `a` in version 1, `b` in version 2, and has `c` in version 3.
    const STEPS: &[Step] = &[
        Step { state: |state| rename(state, "a", "b"), change: |_| {} },
        Step { state: |state| rename(state, "b", "c"), change: |change| rename(change, "x", "y") },
    ];

    #[test]
    fn every_version_becomes_the_last_one() {
        for (from, key) in [(1, "a"), (2, "b"), (3, "c")] {
            let steps = steps_from(from, STEPS).expect("a version that there was");
            let (mut state, mut change) = (json!({"version": from, key: 1}), json!({"x": 2}));
            migrate_state(&mut state, steps, version(STEPS));
            migrate_change(&mut change, steps);
            assert_eq!(state, json!({"version": 3, "c": 1}));
            assert_eq!(change, if from == 3 { json!({"x": 2}) } else { json!({"y": 2}) });
        }
        assert!(steps_from(0, STEPS).is_none() && steps_from(4, STEPS).is_none());
    }
}
