//! From files to apps as they are to be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use score_fly_core::deploy::{self, Desired};
use score_fly_core::diagnostic::Outcome;
use score_fly_core::fly::{App, Config, LoadedConfig, Scale};
use score_fly_core::local::LocalFiles;
use score_fly_core::map::SortedMap;
use score_fly_core::resource::Uid;
use score_fly_core::secret::Secret;
use score_fly_core::{Diagnostics, Source};
use serde_json::{Map, Value};

use super::context::Context;
use super::conversion::Product;
use super::fly_file::{FlyFile, FlyText};
use super::inputs;
use super::report::{Log, Text};
use crate::root::folder;

/// What an app is to be, as far as files say it.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The file that says it.
    pub(super) path: PathBuf,
    /// Its configuration.
    pub(super) config: Config,
    /// The local files that this names.
    pub(super) files: LocalFiles,
    /// Its secrets, which only Score files have.
    pub(super) secrets: BTreeMap<String, Secret<String>>,
    /// How many machines there are to be, as far as its file says it.
    pub(super) scale: Scale,
    /// Its fly.toml, if it is in no file.
    pub(super) toml: Option<String>,
    /// The resources that are yet to be made, so that what depends on them is not known.
    pub(super) awaits: Vec<Uid>,
    /// The version that its file says it has.
    pub(super) version: Option<String>,
    /// What machines of each process group are to be made from, where that is known and no file says it.
    pub(super) machines: Option<SortedMap<String, Map<String, Value>>>,
}

impl Wanted {
    /// The name of the app.
    pub(super) fn app(&self) -> &str {
        self.config.app.as_deref().unwrap_or_default()
    }

    /// The image that its file names.
    pub(super) fn image(&self) -> Option<&str> {
        self.config.build.as_ref()?.image.as_deref().filter(|image| !image.is_empty())
    }

    /// The app as it is to be, with what the caller says beyond the file.
    pub(super) fn desired(&self, options: &deploy::Options) -> Outcome<Desired> {
        let mut options = options.clone();
        let ha = options.scale.ha.or(self.scale.ha);
        if (Scale { ha: None, ..options.scale.clone() }).is_empty() {
            options.scale = self.scale.clone();
        }
        options.scale.ha = ha;
        if let Some(machines) = &self.machines {
            return Desired::of_machines(&self.config, machines, &options);
        }
        Desired::new(&self.config, &self.files, &options)
    }
}

/// Where the image of a workload is from that names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    /// It is to be built.
    Built,
    /// It comes from elsewhere, so nothing needs to be there for it.
    Comes,
}

/// What a fly.toml says. Notes what is wrong with it.
pub(super) fn of_fly_file(context: &Context<'_>, text: FlyText, log: &mut Log<'_>) -> Option<Wanted> {
    let file = FlyFile::load(context, &text);
    let found = file.check();
    let is_sound = !found.has_errors();
    let wanted = file.config().filter(|_| is_sound).map(|config| Wanted {
        path: text.path.clone(),
        config: config.clone(),
        files: file.local().clone(),
        secrets: BTreeMap::new(),
        scale: Scale::default(),
        toml: None,
        awaits: Vec::new(),
        version: None,
        machines: None,
    });
    file.looked(found).note(log);
    let wanted = wanted?;
    if wanted.app().is_empty() {
        log.fail(super::failure::AboutApp::NotInFile { path: text.path });
        return None;
    }
    Some(wanted)
}

/// What a workload becomes, without writing it anywhere: its files are at hand.
pub(super) fn of_product(
    context: &Context<'_>,
    path: &Path,
    Product { app: App { config, secrets, files, scale, version }, toml }: Product,
    image: Image,
    log: &mut Log<'_>,
) -> Option<Wanted> {
    let source = Source::new(format!("{} (as fly.toml)", path.display()), toml);
    let loaded = LoadedConfig::read(&source);
    let mut known: LocalFiles = files.into_iter().collect();
    if let (Image::Comes, Some(build)) = (image, &config.build)
        && let Some(unused) = &build.dockerfile
    {
        known.insert(unused.clone(), Vec::new());
    }
    let (files, _) = inputs::read_local(context, loaded.needs(known), folder(path));
    let found: Diagnostics = loaded.check(&files);
    if found.has_errors() {
        log.find(&found, || vec![Text { is_file: false, ..inputs::text(&source) }]);
        return None;
    }
    let secrets = secrets.into_iter().collect();
    let (toml, awaits) = (Some(source.text), Vec::new());
    Some(Wanted { path: path.to_owned(), config, files, secrets, scale, toml, awaits, version, machines: None })
}
