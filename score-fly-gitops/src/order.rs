//! Which apps have to be deployed before others.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::App;
use crate::fields::wrong;

/// Finds what apps depend on that is not there, and those that wait for each other.
pub(crate) fn check(apps: &mut [App]) {
    let names: BTreeSet<String> = apps.iter().map(|app| app.name.clone()).collect();
    let needs: BTreeMap<String, Vec<String>> =
        apps.iter().map(|app| (app.name.clone(), app.settings.depends_on.clone())).collect();
    let waves = waves(&needs);
    for app in apps {
        let Some(list) = app.effective.get("gitops").and_then(|section| section.get("depends_on")) else { continue };
        let Some(items) = list.as_list() else { continue };
        for item in items {
            let Some(name) = item.as_str().filter(|name| !names.contains(*name)) else { continue };
            let help = "name an app of this tree, as it is called at Fly";
            app.diagnostics.push(wrong(item, format!("there is no app `{name}` in this tree"), help));
        }
        if !waves.contains_key(&app.name) && app.settings.depends_on.iter().all(|name| names.contains(name)) {
            let message = format!("the app `{}` waits for itself, or for others that wait for each other", app.name);
            app.diagnostics.push(wrong(list, message, "take one of them out of a `depends_on`"));
        }
    }
}

/// In which wave each app can be deployed: all that it depends on is in earlier ones. Apps that wait for each other, or
/// for such, are in none; names that nobody has are not waited for.
pub fn waves(needs: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, usize> {
    let mut waves: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: BTreeMap<&String, usize> = BTreeMap::new();
    let mut users: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (app, on) in needs {
        let on: BTreeSet<&String> = on.iter().filter(|name| needs.contains_key(*name)).collect();
        open.insert(app, on.len());
        for name in on {
            users.entry(name).or_default().push(app);
        }
    }
    let mut ready: Vec<&String> = open.iter().filter(|(_, count)| **count == 0).map(|(app, _)| *app).collect();
    let mut wave = 0;
    while !ready.is_empty() {
        let mut next = Vec::new();
        for app in ready {
            waves.insert(app.clone(), wave);
            for user in users.get(app).into_iter().flatten() {
                let Some(count) = open.get_mut(*user) else { continue };
                *count -= 1;
                if *count == 0 {
                    next.push(*user);
                }
            }
        }
        (ready, wave) = (next, wave + 1);
    }
    waves
}
