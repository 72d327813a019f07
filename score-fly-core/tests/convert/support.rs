//! What the tests share.

use score_fly_core::convert::Options;
use score_fly_core::fly::{self, App, Config};
use score_fly_core::resolve::Given;
use score_fly_core::resource::Outputs;
use score_fly_core::{Diagnostic, Diagnostics, Input, Source, convert};

/// A Score file with one container `web` of the image `nginx`, with these fields of the container
/// and these of the root.
pub(crate) fn workload(container: &str, root: &str) -> String {
    let container = indent(container);
    format!(
        "apiVersion: score.dev/v1b1\nmetadata: {{ name: shop }}\ncontainers:\n  web:\n    image: nginx\n{container}{root}"
    )
}

/// A Score file of such a container, with these annotations as `key: value` lines.
pub(crate) fn annotated(annotations: &str, container: &str, root: &str) -> String {
    let annotations = indent(annotations);
    workload(container, root)
        .replace("metadata: { name: shop }\n", &format!("metadata:\n  name: shop\n  annotations:\n{annotations}"))
}

/// The same lines, four columns further right.
pub(crate) fn indent(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}

/// A conversion to try.
#[derive(Default)]
pub(crate) struct Try {
    pub(crate) score: String,
    pub(crate) outputs: &'static str,
    pub(crate) files: Vec<(&'static str, &'static [u8])>,
    pub(crate) options: Options,
}

impl Try {
    pub(crate) fn new(score: impl Into<String>) -> Self {
        Self { score: score.into(), outputs: "{}", ..Self::default() }
    }

    pub(crate) fn run(&self) -> (Option<App>, Diagnostics) {
        let source = Source::new("score.yaml", &*self.score);
        let (outputs, found) = Outputs::read(&Source::new("outputs.yaml", self.outputs)).into_parts();
        assert!(found.is_empty(), "{found:#?}");
        let files = self.files.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec())).collect();
        let given = Given { outputs: outputs.unwrap(), files, ..Given::default() };
        convert(Input::new(&source), &given, &self.options).into_parts()
    }

    /// The app, when there is nothing to say about it.
    #[track_caller]
    pub(crate) fn app(&self) -> App {
        let (app, diagnostics) = self.run();
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        app.unwrap()
    }

    /// The app and `code /pointer` of warnings and notes, when there are no errors.
    #[track_caller]
    pub(crate) fn app_with_notes(&self) -> (App, Vec<String>) {
        let (app, diagnostics) = self.run();
        assert!(!diagnostics.has_errors(), "{diagnostics:#?}");
        (app.unwrap(), codes(&diagnostics))
    }

    /// `code /pointer` of everything that is found, in the order of where it stands.
    pub(crate) fn found(&self) -> Vec<String> {
        codes(&self.run().1)
    }

    /// The only diagnostic.
    #[track_caller]
    pub(crate) fn only(&self) -> Diagnostic {
        let found: Vec<Diagnostic> = self.run().1.into_iter().collect();
        let [diagnostic] = <[Diagnostic; 1]>::try_from(found).unwrap_or_else(|found| panic!("not one: {found:#?}"));
        diagnostic
    }
}

fn codes(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.pointer)).collect()
}

/// The pointer of one of our annotations.
pub(crate) fn at_annotation(code: &str, name: &str) -> String {
    format!("{code} /metadata/annotations/fly.score.dev~1{name}")
}

/// fly.toml of the app `shop` with the image `nginx` and the rest of this text.
#[track_caller]
pub(crate) fn config(rest: &str) -> Config {
    let read = |text| fly::read(&Source::new("fly.toml", text)).into_result().unwrap().0.config;
    read("app = 'shop'\n[build]\nimage = 'nginx'").merge(&read(rest))
}
