//! Documentation that is made from the code: `UPDATE_DOCS=1` writes it, and otherwise it is compared.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use score_fly_core::Code;
use score_fly_core::convert::annotations::{Annotation, TABLE};
#[cfg(feature = "schema")]
use score_fly_core::facade;

fn compare(page: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/{page} is out of date: `cargo xtask gen` writes it anew");
}

#[test]
#[cfg(feature = "schema")]
fn schema() {
    compare("schema/facade.schema.json", &format!("{:#}\n", facade::schema()));
}

#[test]
fn index_of_diagnostics() {
    let mut page = "# Diagnostics\n
Every diagnostic has a code, which stays the same when its wording changes. An error keeps anything from
being written; a warning says that something changes its meaning or is about to go away; a note is worth
knowing. `score-fly explain <code>` prints these pages.

This page is made from the code: `cargo xtask gen` writes it anew.

| code | severity | meaning |
| --- | --- | --- |
"
    .to_owned();
    for code in Code::ALL {
        writeln!(page, "| [{code}]({code}.md) | {} | {} |", code.severity().as_str(), code.summary()).unwrap();
    }
    compare("diagnostics/README.md", &page);
}

#[test]
fn annotations() {
    let mut page = "# Annotations\n
What Fly has and Score does not is said with annotations in the workload's `metadata`, as texts:

```yaml
metadata:
  name: shop
  annotations:
    fly.score.dev/primary-region: ams
    fly.score.dev/service-www-handlers: tls, http
```

All of them begin with `fly.score.dev/`. Those with a yes in the last column are also taken under the
prefix of score-flyio, `score-flyio.astromechza.github.com/`. An annotation under one of the two prefixes
that is not in these tables is an error, as is one for a port, probe or volume that the workload does
not have. Annotations under other prefixes are left alone.

A duration is a number with `ms`, `s`, `m` or `h`, such as `1m30s`.

This page is made from the code: `cargo xtask gen` writes it anew.
"
    .to_owned();
    for (subject, title) in [
        (Some("port"), "Of a service port"),
        (Some("probe"), "Of a probe"),
        (Some("volume"), "Of a volume"),
        (None, "Of the app"),
    ] {
        write!(page, "\n## {title}\n\n| annotation | sets | values | example | score-flyio |\n").unwrap();
        page += "| --- | --- | --- | --- | --- |\n";
        for Annotation { name, sets, values, example, in_score_flyio, .. } in
            TABLE.iter().filter(|row| row.subject() == subject)
        {
            let score_flyio = if *in_score_flyio { "yes" } else { "no" };
            writeln!(page, "| `{name}` | {sets} | {values} | `{example}` | {score_flyio} |").unwrap();
        }
    }
    compare("annotations.md", &page);
}
