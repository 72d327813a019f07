//! Images in archives: what is in them, and how they get into a registry.

use std::path::{Path, PathBuf};

use score_fly_api::token::NoToken;
use score_fly_core::secret::Secret;
use score_fly_image::{
    Archive, Cache, Compression, Contents, Credentials, Error, Event, FLY_LIMIT, FLY_REGISTRY, Format, Platform,
    Pushed, Reference, Selector,
};

use super::context::Context;
use super::failure::Failure;
use super::report::{Log, Note, Observer, Report, Unfinished};
use crate::login;
use crate::progress::Progress;

/// Which archive to look into.
#[derive(Debug, Clone, Default)]
pub struct InspectOptions {
    /// The archive; `-` is standard input.
    pub archive: PathBuf,
    /// What its images should run on.
    pub platform: Platform,
}

/// Which image to push, and where to.
#[derive(Debug, Clone)]
pub struct PushOptions {
    /// The archive; `-` is standard input.
    pub archive: PathBuf,
    /// `APP[:TAG]`, or `REGISTRY/REPOSITORY[:TAG]`.
    pub destination: String,
    /// Which image of the archive, if it has several.
    pub select: Option<Selector>,
    /// What it must run on.
    pub platform: Platform,
    /// The format of its manifest.
    pub format: Option<Format>,
    /// How its layers are compressed.
    pub compression: Compression,
    /// How many layers are sent at the same time.
    pub jobs: usize,
    /// A user of the registry, instead of a token of Fly.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Secret<String>>,
    /// Whether the image may be larger than Fly's machines usually take.
    pub any_size: bool,
    /// Whether layers are remembered, so that they need not be compressed again.
    pub cache: bool,
    /// Tags or digests of the same repository whose layers may be the same.
    pub similar: Vec<String>,
}

impl Default for PushOptions {
    fn default() -> Self {
        let image = score_fly_image::Options::default();
        Self {
            archive: PathBuf::new(),
            destination: String::new(),
            select: None,
            platform: image.platform,
            format: None,
            compression: image.compression,
            jobs: image.jobs,
            user: None,
            password: None,
            any_size: false,
            cache: true,
            similar: Vec::new(),
        }
    }
}

/// Says what is in an archive of images, and what would keep each from being pushed.
pub fn inspect(context: &Context<'_>, options: &InspectOptions) -> Report<Contents> {
    let mut log = context.log();
    let _listening = context.cancel.listen();
    let contents = open(context, &options.archive)
        .and_then(|archive| {
            let stop = || context.cancel.is_cancelled();
            Ok(score_fly_image::inspect(archive, &options.platform, &(), &stop)?)
        })
        .map_err(|failure| fail(&mut log, failure))
        .ok();
    log.report(contents)
}

/// Pushes an image to a registry. Nothing is tagged unless all of it has arrived and is what it says.
///
/// For Fly's registry, which the variable `FLY_REGISTRY_HOST` may name otherwise, a token is looked for where
/// flyctl does, unless a user is given. No other registry gets that token.
pub fn push(context: &Context<'_>, options: &PushOptions) -> Report<Pushed> {
    let mut log = context.log();
    let pushed = push_noting(context, options, &mut log);
    log.report(pushed)
}

/// Pushes an image as a part of something larger. What came of it is noted; there is no image if it failed, or
/// if the run was cancelled.
pub(crate) fn push_noting(context: &Context<'_>, options: &PushOptions, log: &mut Log<'_>) -> Option<Pushed> {
    let _listening = context.cancel.listen();
    let pushed = try_push(context, options);
    context.observer.progressed(Progress::Ended);
    let pushed = pushed.map_err(|failure| fail(log, failure)).ok()?;
    log.note(Note::Pushed(pushed.clone()));
    Some(pushed)
}

/// Passes on what is told of an image.
struct Watching<'c>(&'c dyn Observer);

impl score_fly_image::Observer for Watching<'_> {
    fn event(&self, event: &Event<'_>) {
        self.0.progressed(Progress::Image(event));
    }
}

fn fail(log: &mut Log<'_>, failure: Failure) {
    match failure {
        Failure::Image(error) if matches!(*error, Error::Stopped) => log.note(Note::Cancelled(Unfinished::Pushing)),
        failure => log.fail(failure),
    }
}

fn try_push(context: &Context<'_>, options: &PushOptions) -> Result<Pushed, Failure> {
    let fly = context.environment.text("FLY_REGISTRY_HOST").unwrap_or_else(|| FLY_REGISTRY.to_owned());
    let to = destination(&options.destination, &fly)?;
    let is_fly = destination("app", &fly)?.registry() == to.registry();
    let credentials = credentials(context, options, is_fly)?;
    let cache = cache(context).filter(|_| options.cache);
    let archive = open(context, &options.archive)?;
    let push = score_fly_image::Options {
        credentials: credentials.as_ref(),
        select: options.select.clone(),
        platform: options.platform.clone(),
        format: options.format,
        compression: options.compression,
        jobs: options.jobs,
        largest: (!options.any_size).then_some(FLY_LIMIT),
        cache: cache.as_ref(),
        similar: options.similar.clone(),
        ..score_fly_image::Options::default()
    };
    let stop = || context.cancel.is_cancelled();
    Ok(score_fly_image::push(archive, &to, &push, &Watching(context.observer), &stop)?)
}

fn destination(text: &str, fly: &str) -> Result<Reference, Error> {
    Reference::parse(text, fly).map_err(|error| Error::Destination { text: text.to_owned(), error })
}

fn open(context: &Context<'_>, path: &Path) -> Result<Archive, Failure> {
    if path == Path::new("-") {
        const NAME: &str = "standard input";
        let input = context.environment.standard_input();
        let input = input.map_err(|error| Error::Unreadable { archive: NAME.to_owned(), error })?;
        return Ok(Archive::from_reader(NAME, input));
    }
    // It is called what whoever gave it calls it.
    let name = path.display().to_string();
    match Archive::open(context.root.at(path)) {
        Ok(archive) => Ok(archive.named(name)),
        Err(Error::Unreadable { error, .. }) => Err(Error::Unreadable { archive: name, error }.into()),
        Err(error) => Err(error.into()),
    }
}

/// Who pushes.
fn credentials(context: &Context<'_>, options: &PushOptions, is_fly: bool) -> Result<Option<Credentials>, Failure> {
    match (&options.user, &options.password) {
        (Some(user), Some(password)) => Ok(Some(Credentials::new(user, password.expose()))),
        (Some(user), None) => Err(Failure::NoPassword { user: user.clone() }),
        (None, _) if !is_fly => Ok(None),
        (None, _) => {
            match login::token(context.root, context.environment) {
                Ok(token) => Ok(Some(Credentials::fly(token.text().expose()))),
                // Whether one is needed is up to the registry.
                Err(NoToken::Missing) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }
    }
}

/// What is remembered of layers. Without it, pushing only takes longer.
fn cache(context: &Context<'_>) -> Option<Cache> {
    let environment = context.environment;
    let folder = environment.text("XDG_CACHE_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| Some(environment.home()?.join(".cache")))?;
    Cache::open(context.root.at(&folder).join("score-fly/layers.jsonl")).ok()
}
