//! Functions: what says with which runtime and options a folder is built.

use score_fly_core::document::{Document, Node, Value};
use score_fly_core::pointer::Path;
use score_fly_core::{Diagnostics, Outcome, Source};
use serde_json::{Map, Value as Json};

use crate::files::Files;
use crate::messages::{self, Form};
use crate::reference::Reference;
use crate::runtime::{Origin, Runtime};
use crate::yaml::{Fields, with_document};

/// The name of the file that makes a folder a function.
pub const FUNCTION: &str = "function.yaml";

/// FaaSO's name of it.
pub const FUNKO: &str = "funko.yml";

/// A function's `function.yaml`, or the `funko.yml` of one of FaaSO's.
#[derive(Debug, Clone)]
pub struct Function<'s> {
    /// Its name, if the file says one: in a `funko.yml` it stands there, and else in `score.yaml`.
    pub name: Option<String>,
    /// What it is built with. One of FaaSO's may be built with nothing but its own files.
    pub runtime: Option<Reference>,
    /// The commit of a runtime that comes from git.
    pub commit: Option<String>,
    /// Whether the file is FaaSO's, where names of runtimes are those of FaaSO.
    pub is_funko: bool,
    document: Document<'s>,
}

impl<'s> Function<'s> {
    /// The text of the file in a function's folder.
    pub fn source(files: &Files) -> Outcome<Source> {
        let found = [FUNCTION, FUNKO].into_iter().find_map(|name| files.text(name));
        found.unwrap_or_else(|| Outcome::failed(Diagnostics::from_iter([messages::no_function(files)])))
    }

    /// Reads such a text. Its name tells which of the two it is.
    pub fn read(source: &'s Source) -> Outcome<Self> {
        let is_funko = source.name.ends_with(FUNKO);
        let outcome = with_document(source, |document, diagnostics| {
            let (root, at) = (&document.root, Path::ROOT);
            let keys: &[&str] =
                if is_funko { &["name", "options", "runtime"] } else { &["commit", "options", "runtime"] };
            let mut fields = Fields::new(Form::Function, root, &at, keys, diagnostics);
            let name = fields.get("name").and_then(|node| fields.text(node, &at.key("name"))).map(str::to_owned);
            if is_funko {
                fields.required("name", &at, "name: hello");
            }
            let runtime =
                if is_funko { fields.get("runtime") } else { fields.required("runtime", &at, "runtime: flask") };
            let runtime = runtime.and_then(|node| reference(node, &mut fields));
            let commit = fields.get("commit").and_then(|node| commit(node, &mut fields));
            Some((name, runtime, commit))
        });
        outcome.map(|((name, runtime, commit), document)| Self { name, runtime, commit, is_funko, document })
    }

    /// Where its runtime is: as `given`, or else as it says itself. One of FaaSO's does not mean our runtimes
    /// by their names, so there one has to be given.
    pub fn reference(&self, given: Option<&str>) -> Outcome<Option<Reference>> {
        let at = Path::ROOT.key("runtime");
        let diagnostic = match (given, &self.runtime) {
            (Some(given), _) => match Reference::parse(given) {
                Ok(reference) => return Outcome::new(Some(reference), Diagnostics::new()),
                Err(reason) => {
                    let found = Diagnostics::from_iter([messages::invalid_reference(&Path::ROOT, given, reason)]);
                    return Outcome::failed(found);
                }
            },
            (None, Some(Reference::Builtin(name))) if self.is_funko => messages::runtime_of_faaso(&at, name),
            (None, Some(Reference::Builtin(name))) if !Runtime::builtins().any(|known| known == name) => {
                messages::unknown_runtime(&at, name)
            }
            (None, runtime) => return Outcome::new(runtime.clone(), Diagnostics::new()),
        };
        Outcome::failed(Diagnostics::from_iter([diagnostic])).locate(&self.document)
    }

    /// The runtime that it says itself, where nothing can be fetched: one that is built in, or none.
    pub fn builtin(&self) -> Outcome<Option<Runtime>> {
        self.reference(None).and_then(|reference| match reference {
            None => Outcome::new(None, Diagnostics::new()),
            Some(Reference::Builtin(name)) => Runtime::builtin(&name).map(Some),
            Some(elsewhere) => {
                let at = Path::ROOT.key("runtime");
                let found = Diagnostics::from_iter([messages::runtime_elsewhere(&at, &elsewhere.to_string())]);
                Outcome::failed(found).locate(&self.document)
            }
        })
    }

    /// Says that what the runtime refers to is at the commit `now`, and not at the one that is recorded.
    pub fn moved(&self, now: &str) -> Diagnostics {
        let recorded = self.commit.as_deref().unwrap_or_default();
        let reference = self.runtime.as_ref().map(ToString::to_string).unwrap_or_default();
        let moved = messages::runtime_moved(&Path::ROOT.key("commit"), &reference, recorded, now);
        Outcome::<()>::failed(Diagnostics::from_iter([moved])).locate(&self.document).into_parts().1
    }

    /// The text that it was read from, with this commit.
    pub fn with_commit(&self, commit: &str) -> Option<String> {
        let text = &self.document.sources.first()?.text;
        let root = self.document.root.as_mapping()?;
        if let Some(recorded) = root.get("commit") {
            let span = recorded.origin.span;
            let (before, after) = (text.get(..span.start as usize)?, text.get(span.end as usize..)?);
            return Some(format!("{before}{commit}{after}"));
        }
        let runtime = root.get("runtime")?.origin.span.end as usize;
        let line = text.get(runtime..)?.find('\n').map_or(text.len(), |end| runtime + end);
        let (before, after) = text.split_at_checked(line)?;
        Some(format!("{before}\ncommit: {commit}{after}"))
    }

    /// Its options as they are written.
    pub(crate) fn written_options(&self) -> Map<String, Json> {
        let written = self.document.root.as_mapping().and_then(|mapping| mapping.get("options"));
        match written.map(Node::to_json) {
            Some(Json::Object(options)) => options,
            _ => Map::new(),
        }
    }

    /// Its options, as a runtime takes them: those that are not written have their defaults.
    pub(crate) fn options(&self, runtime: &Runtime) -> Outcome<Map<String, Json>> {
        let at = Path::ROOT.key("options");
        let written = self.document.root.as_mapping().and_then(|mapping| mapping.get("options"));
        let mut diagnostics = Diagnostics::new();
        let options = match runtime.origin {
            Origin::Ours => runtime.options.apply(written, &at, &mut diagnostics),
            Origin::Faaso => texts(written, &at, &mut diagnostics),
        };
        Outcome::new(options, diagnostics).locate(&self.document)
    }
}

fn reference(node: &Node<'_>, fields: &mut Fields<'_, '_, '_>) -> Option<Reference> {
    let at = Path::ROOT.key("runtime");
    let text = fields.text(node, &at)?;
    Reference::parse(text).map_err(|reason| fields.push(messages::invalid_reference(&at, text, reason))).ok()
}

fn commit(node: &Node<'_>, fields: &mut Fields<'_, '_, '_>) -> Option<String> {
    let at = Path::ROOT.key("commit");
    let text = fields.text(node, &at)?;
    if !(matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        let form = "a commit's full hash, of 40 or 64 digits";
        fields.push(messages::malformed(Form::Function, &at, "commit", text, form));
        return None;
    }
    Some(text.to_ascii_lowercase())
}

/// Options as FaaSO takes them: texts, and lists of texts.
fn texts(node: Option<&Node<'_>>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Map<String, Json> {
    let mut options = Map::new();
    let mapping = match node.map(|node| &node.value) {
        None | Some(Value::Null) => return options,
        Some(Value::Mapping(mapping)) => mapping,
        Some(other) => {
            diagnostics.push(messages::wrong_type(Form::Function, at, "a mapping", other));
            return options;
        }
    };
    for entry in &mapping.entries {
        let (name, at) = (&*entry.key.text, at.key(&entry.key.text));
        match &entry.value.value {
            Value::String(_) => {}
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate().filter(|(_, item)| item.as_str().is_none()) {
                    diagnostics.push(messages::option_of_other_type(&at.index(index), "a string", &item.value));
                }
            }
            other => diagnostics.push(messages::option_of_other_type(&at, "a string or a list of strings", other)),
        }
        options.insert(name.to_owned(), entry.value.to_json());
    }
    options
}
