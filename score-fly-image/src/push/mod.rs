//! Pushing: one pass over the archive, in which layers are hashed, compressed and sent at once.

pub(crate) mod again;
mod blocks;
mod compress;
mod entry;
mod layer;
mod live;
mod options;
mod plan;
mod run;
mod send;
mod tag;
pub(crate) mod unpack;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread;

pub use options::{Compression, FLY_LIMIT, Options, Pushed, Retries};
pub(crate) use run::Run;

use crate::archive::index::Index;
use crate::archive::stream::Members;
use crate::archive::{Documents, Source};
use crate::image::{self, Image};
use crate::observe::{Event, Observer};
use crate::push::again::Origin;
use crate::push::blocks::Budget;
use crate::push::compress::Jobs;
use crate::push::entry::Entry;
use crate::push::layer::Feeder;
use crate::push::plan::Context;
use crate::push::send::serve;
use crate::registry::Registry;
use crate::{Archive, Digest, Error, Reference, Stop};

/// Pushes an image of `archive` to a repository, under a tag. Nothing is tagged unless all of the
/// image has arrived and is what its config says.
///
/// `stop` is asked all the time whether to give up; `&|| false` never does.
///
/// # Errors
///
/// See [`Error`]. Whatever fails, pushing again sends no layer that has arrived.
///
/// ```no_run
/// use score_fly_image::{Archive, Credentials, FLY_REGISTRY, Options, Reference, push};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let token = std::env::var("FLY_API_TOKEN")?;
/// let credentials = Credentials::fly(&token);
/// let options = Options { credentials: Some(&credentials), ..Options::default() };
/// let to = Reference::parse("shop:v1", FLY_REGISTRY)?;
/// let pushed = push(Archive::open("result")?, &to, &options, &(), &|| false)?;
/// println!("{}", pushed.image);
/// # Ok(())
/// # }
/// ```
pub fn push(
    archive: Archive,
    to: &Reference,
    options: &Options<'_>,
    observer: &dyn Observer,
    stop: &Stop<'_>,
) -> Result<Pushed, Error> {
    let format = options.format()?;
    let (name, source) = archive.into_parts();
    let run = Run::new(stop);
    let asked = || run.has_ended();
    // What can be known without reading layers is, before anybody is spoken to.
    let input = match source {
        Source::Folder(path) => Input::Index(Index::folder(&name, path)),
        Source::Tar(path) => Input::Index(Index::tar(&name, path)?),
        Source::Packed(path) => Input::Stream(Members::packed(&name, &path, &asked)?, Origin::Packed(path)),
        Source::Stream(input) => Input::Stream(Members::stream(&name, input, &asked)?, Origin::Once),
    };
    let input = match input {
        Input::Index(index) => {
            let (_, images) = image::all(&index)?;
            let image = image::select(&name, images, options.select.as_ref(), &options.platform)?;
            let faults = image.faults(&index, &options.platform)?;
            if !faults.is_empty() {
                return Err(Error::Unfit { archive: name, faults });
            }
            Chosen::Index(Arc::new(index), Box::new(image))
        }
        Input::Stream(members, origin) => Chosen::Stream(Box::new(members), origin),
    };

    let registry = Registry::new(to, options.credentials, options.retries, observer, &asked)?;
    thread::scope(|scope| {
        scope.spawn(|| run.watch(|| registry.shut_down()));
        let context = Context::new(&run, &registry, to, options, format, observer);
        let result = registry.greet().and_then(|()| {
            context.look_up_similar()?;
            let (image, names) = layers(&name, input, &context)?;
            context.tag(&name, &image, &names)
        });
        let result = result.map_err(|error| run.cause(error));
        run.end();
        result
    })
}

enum Input<'s> {
    Index(Index),
    Stream(Members<'s>, Origin),
}

enum Chosen<'s> {
    Index(Arc<Index>, Box<Image>),
    Stream(Box<Members<'s>>, Origin),
}

/// Brings all layers into the registry. Gives the image, and the names of the files that are its layers.
fn layers(archive: &str, input: Chosen<'_>, context: &Context<'_>) -> Result<(Image, Vec<String>), Error> {
    let workers = thread::available_parallelism().map_or(2, NonZero::get).clamp(1, 4);
    let budget = Budget::new(4 * workers + 8);
    let (jobs, queue) = Jobs::new(workers);
    let (tasks, waiting) = sync_channel(0);
    let waiting = Mutex::new(waiting);
    let codec = context.codec();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| queue.work(codec).unwrap_or_else(|error| context.run.fail(Error::Spool(error))));
        }
        for _ in 0..context.options.jobs.clamp(1, 16) {
            scope.spawn(|| serve(context, &waiting));
        }
        // The queues end with this, and with them the threads.
        let lines = layer::Lines { scope, budget, jobs, tasks };
        let read = match input {
            Chosen::Index(index, image) => from_index(&index, *image, context, &lines),
            Chosen::Stream(members, origin) => from_stream(archive, *members, &origin, context, &lines),
        };
        if let Err(error) = read {
            context.run.fail(error);
            return Err(Error::Stopped);
        }
        read
    })
    .and_then(|chosen| context.run.going().map(|()| chosen))
}

/// Reads only what the registry lacks.
fn from_index(
    index: &Arc<Index>,
    image: Image,
    context: &Context<'_>,
    lines: &layer::Lines<'_, '_>,
) -> Result<(Image, Vec<String>), Error> {
    let mut names = Vec::new();
    let mut wanted: Vec<Entry> = Vec::new();
    // An image may have the same layer several times, and under several names.
    let mut same = BTreeMap::new();
    for (layer, diff_id) in image.layers.iter().zip(&image.config.rootfs.diff_ids) {
        let Some((name, size)) = index.file(&layer.name)? else { continue };
        let first = same.entry((*diff_id, layer.digest)).or_insert_with(|| {
            let (number, claimed, expected) = (wanted.len(), layer.digest, Some(*diff_id));
            wanted.push(Entry { number, name: name.clone(), size, claimed, expected });
            name
        });
        names.push(first.clone());
    }
    let origin = Origin::Index(Arc::clone(index));
    let feeder = Feeder { context, lines, archive: index.archive(), origin: &origin };
    let bytes = wanted.iter().map(|entry| entry.size).sum();
    context.observer.event(&Event::Expected { layers: wanted.len(), bytes });
    for (entry, at_hand) in wanted.iter().zip(context.at_hand_all(&wanted)?) {
        context.run.going()?;
        if let Some(at_hand) = at_hand {
            context.arrived(entry, at_hand);
        } else {
            let input = index.open(&entry.name);
            let input = input.map_err(|error| Error::reading(index.archive(), &entry.name, error))?;
            feeder.feed(entry, input)?;
        }
    }
    Ok((image, names))
}

/// Reads everything, and learns only at the end what it was.
fn from_stream(
    archive: &str,
    mut members: Members<'_>,
    origin: &Origin,
    context: &Context<'_>,
    lines: &layer::Lines<'_, '_>,
) -> Result<(Image, Vec<String>), Error> {
    let feeder = Feeder { context, lines, archive, origin };
    let mut number = 0;
    while let Some(candidate) = members.next()? {
        context.run.going()?;
        let claimed = candidate.name.strip_prefix("blobs/sha256/").and_then(Digest::from_hex);
        let entry = Entry { number, name: candidate.name, size: candidate.size, claimed, expected: None };
        feeder.feed(&entry, candidate.content)?;
        number += 1;
    }
    let rest = members.finish()?;
    let (_, images) = image::all(&rest)?;
    let (options, archive) = (context.options, archive.to_owned());
    let image = image::select(&archive, images, options.select.as_ref(), &options.platform)?;
    let faults = image.faults(&rest, &options.platform)?;
    if !faults.is_empty() {
        return Err(Error::Unfit { archive, faults });
    }
    let names = image.layers.iter().map(|layer| rest.file(&layer.name).map(|found| found.unwrap_or_default().0));
    let names = names.collect::<Result<_, _>>()?;
    Ok((image, names))
}
