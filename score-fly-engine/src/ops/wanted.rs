//! From files to apps as they are to be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use score_fly_core::deploy::{self, Desired};
use score_fly_core::diagnostic::Outcome;
use score_fly_core::fly::{App, Config, LoadedConfig, Scale};
use score_fly_core::local::LocalFiles;
use score_fly_core::secret::Secret;
use score_fly_core::{Diagnostics, Source};

use super::context::Context;
use super::conversion::{self, Product, Shared};
use super::failure::Failure;
use super::fly_file::{FlyFile, FlyText, is_fly_file};
use super::inputs::{self, refuse_two_dashes};
use super::options::ScoreOptions;
use super::overrides::Overrides;
use super::project;
use super::report::{Log, Text};
use super::score_file::{ScoreFile, ScoreText, named_alike};
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
        Desired::new(&self.config, &self.files, &options)
    }
}

/// The file of an app where nothing else is named.
const USUAL: &str = "fly.toml";

/// Where the image of a workload is from that names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    /// It is to be built.
    Built,
    /// It comes from elsewhere, so nothing needs to be there for it.
    Comes,
}

/// Reads files, Score's and Fly's, and notes what is wrong with them; nothing if anything is.
pub(super) fn read_all(
    context: &Context<'_>,
    files: &[PathBuf],
    score: &ScoreOptions,
    image: Image,
    log: &mut Log<'_>,
) -> Option<Vec<Wanted>> {
    let usual = [PathBuf::from(USUAL)];
    let files = if files.is_empty() && context.root.at(Path::new(USUAL)).is_file() { &usual } else { files };
    if files.is_empty() {
        log.fail(super::failure::AboutApp::NoFiles);
        return None;
    }
    log.take(score.refuse_several(files.len()))?;
    log.take(refuse_two_dashes(score.files().chain(files.iter().map(PathBuf::as_path))))?;
    let mut score = score.clone();
    let state = if project::exists(context, log)? { Some(project::read(context, log)?) } else { None };
    if let Some(state) = &state {
        // Its apps are called so, whoever deploys them.
        score.app_prefix.get_or_insert_with(|| state.app_prefix.clone());
        score.region = score.region.filter(|region| !region.is_empty()).or_else(|| state.region.clone());
    }
    let shared = Shared::read(context, &score, true, log)?;
    let (mut texts, mut wanted) = (Vec::new(), Vec::new());
    for path in files {
        let Some(decoded) = log.take(inputs::read(context, path)) else { continue };
        if is_fly_file(path, &decoded.source) {
            wanted.extend(of_fly_file(context, FlyText::new(path, decoded), log));
        } else {
            texts.push(ScoreText::new(path, decoded));
        }
    }
    let texts = match &state {
        Some(state) if !score.has_overrides() => Overrides::recall(context, state, texts, log)?,
        _ => texts.into_iter().map(|text| text.with_overrides(shared.overrides.clone())).collect(),
    };
    let loaded: Vec<ScoreFile<'_>> =
        texts.iter().map(|text| ScoreFile::load(context, text, shared.options.image.as_deref())).collect();
    for (name, files) in named_alike(&loaded) {
        log.fail(Failure::SameName { name: name.to_owned(), files, others_are_written: false });
    }
    for file in &loaded {
        let outputs = shared.outputs_of(file);
        let attempt = conversion::convert(context, file, &shared.options, outputs, Path::new(""), |_| None);
        if let Some(product) = attempt.note(file, log) {
            wanted.extend(of_product(context, &file.path, product, image, log));
        }
    }
    log.is_sound().then_some(wanted)
}

fn of_fly_file(context: &Context<'_>, text: FlyText, log: &mut Log<'_>) -> Option<Wanted> {
    let file = FlyFile::load(context, &text);
    let found = file.check();
    let is_sound = !found.has_errors();
    let wanted = file.config().filter(|_| is_sound).map(|config| Wanted {
        path: text.path.clone(),
        config: config.clone(),
        files: file.local().clone(),
        secrets: BTreeMap::new(),
        scale: Scale::default(),
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
    Product { app: App { config, secrets, files, scale }, toml }: Product,
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
    Some(Wanted { path: path.to_owned(), config, files, secrets, scale })
}
