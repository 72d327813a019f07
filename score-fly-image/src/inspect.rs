//! What is in an archive, and whether it could be pushed.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

use crate::archive::codec::{Codec, MAGIC};
use crate::archive::index::Index;
use crate::archive::stream::{Members, reading};
use crate::archive::{Documents, Source};
use crate::digest::{Hasher, Hashing};
use crate::image::{self, Image, Kind};
use crate::observe::{Event, Observer};
use crate::push::unpack::reason;
use crate::{Archive, Config, Digest, Error, FLY_LIMIT, Fault, Platform, Stop};

/// What is in an archive.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contents {
    /// What kind of archive it is.
    pub kind: Kind,
    /// Its images.
    pub images: Vec<Found>,
}

/// An image in an archive.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Found {
    /// Its place in the archive's list, which `--select @0` counts.
    pub index: usize,
    /// The names that the archive gives it.
    pub names: Vec<String>,
    /// The digest of its manifest, if the archive has one.
    pub manifest: Option<Digest>,
    /// The digest of its config, which is what Docker calls the image's id.
    pub id: Digest,
    /// Its config.
    pub config: Config,
    /// Its layers.
    pub layers: Vec<Layer>,
    /// What keeps it from being pushed to Fly.
    pub faults: Vec<Fault>,
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layer {
    /// Its name in the archive.
    pub name: String,
    /// What it is when it is unpacked, by the image's config.
    pub diff_id: Option<Digest>,
    /// The digest of its file, if the file was read.
    pub digest: Option<Digest>,
    /// The size of its file.
    pub size: u64,
    /// How it is compressed.
    pub codec: Codec,
    /// Its size when it is unpacked.
    pub unpacked: u64,
    /// What made it, if the config says.
    pub created_by: Option<String>,
}

impl Found {
    /// The bytes of its layers when they are unpacked.
    pub fn unpacked(&self) -> u64 {
        self.layers.iter().map(|layer| layer.unpacked).sum()
    }
}

/// Reads all of an archive, and says what is in it and what keeps it from being pushed to Fly. No
/// registry is asked.
///
/// # Errors
///
/// See [`Error`]: those of reading an archive.
///
/// ```no_run
/// use score_fly_image::{Archive, Platform, inspect};
///
/// let contents = inspect(Archive::open("image.tar.gz")?, &Platform::default(), &(), &|| false)?;
/// for image in &contents.images {
///     println!("{} {:?}: {} layers", image.id, image.names, image.layers.len());
///     for fault in &image.faults {
///         println!("  {}: {fault}", fault.code());
///     }
/// }
/// # Ok::<(), score_fly_image::Error>(())
/// ```
pub fn inspect(
    archive: Archive,
    platform: &Platform,
    observer: &dyn Observer,
    stop: &Stop<'_>,
) -> Result<Contents, Error> {
    let (name, source) = archive.into_parts();
    let mut reader = Reader { archive: name.clone(), files: BTreeMap::new(), observer, stop };
    let mut members = match source {
        Source::Folder(path) => return reader.index(&Index::folder(&name, path), platform),
        Source::Tar(path) => return reader.index(&Index::tar(&name, path)?, platform),
        Source::Packed(path) => Members::packed(&name, &path, stop)?,
        Source::Stream(input) => Members::stream(&name, input, stop)?,
    };
    while let Some(candidate) = members.next()? {
        reader.file(&candidate.name, candidate.size, candidate.content)?;
    }
    let rest = members.finish()?;
    let (kind, images) = image::all(&rest)?;
    reader.contents(&rest, kind, images, platform)
}

struct Reader<'a> {
    archive: String,
    files: BTreeMap<String, File>,
    observer: &'a dyn Observer,
    stop: &'a Stop<'a>,
}

/// A file that may be a layer.
struct File {
    digest: Digest,
    size: u64,
    codec: Codec,
    unpacked: Result<(Digest, u64), String>,
}

impl Reader<'_> {
    fn index(mut self, index: &Index, platform: &Platform) -> Result<Contents, Error> {
        let (kind, images) = image::all(index)?;
        let layers: Vec<&str> =
            images.iter().flat_map(|image| &image.layers).map(|layer| layer.name.as_str()).collect();
        for layer in layers {
            let Some((name, size)) = index.file(layer)? else { continue };
            if !self.files.contains_key(&name) {
                let input = index.open(&name).map_err(|error| reading(&self.archive, &name, error))?;
                self.file(&name, size, input)?;
            }
        }
        self.contents(index, kind, images, platform)
    }

    /// Reads a file that may be a layer.
    fn file(&mut self, name: &str, bytes: u64, input: impl Read + Send) -> Result<(), Error> {
        let number = self.files.len();
        self.observer.event(&Event::Begun { layer: number, name, bytes });
        let broken = |error| reading(&self.archive, name, error);
        let mut raw = Hasher::default();
        let mut input = Watched { input: Hashing { input, hasher: &mut raw }, reader: self, number, failed: false };
        let mut start = Vec::new();
        input.by_ref().take(MAGIC as u64).read_to_end(&mut start).map_err(broken)?;
        let codec = Codec::of(&start);
        let mut plain = Hasher::default();
        let unpacked =
            codec.decoder(BufReader::with_capacity(128 << 10, io::Cursor::new(start).chain(&mut input))).and_then(
                |decoder| io::copy(&mut Hashing { input: decoder, hasher: &mut plain }.take(MOST), &mut io::sink()),
            );
        let unpacked = match unpacked {
            Err(error) if input.failed => return Err(broken(error)),
            Err(error) => Err(reason(codec, &error)),
            Ok(_) => Ok((plain.bytes(), plain.digest())).map(|(bytes, digest)| (digest, bytes)),
        };
        io::copy(&mut input, &mut io::sink()).map_err(broken)?;
        let size = raw.bytes();
        self.files.insert(name.to_owned(), File { digest: raw.digest(), size, codec, unpacked });
        Ok(())
    }

    fn contents(
        &self,
        documents: &dyn Documents,
        kind: Kind,
        images: Vec<Image>,
        platform: &Platform,
    ) -> Result<Contents, Error> {
        let images = images.into_iter().map(|image| self.image(documents, image, platform));
        Ok(Contents { kind, images: images.collect::<Result<_, _>>()? })
    }

    fn image(&self, documents: &dyn Documents, image: Image, platform: &Platform) -> Result<Found, Error> {
        let mut faults = image.faults(documents, platform)?;
        let mut layers = Vec::new();
        let made = image.config.history.iter().filter(|step| !step.empty_layer);
        let mut made = made.map(|step| step.created_by.clone());
        let mut diff_ids = image.config.rootfs.diff_ids.iter().copied();
        for (number, layer) in (1..).zip(&image.layers) {
            let (diff_id, created_by) = (diff_ids.next(), made.next().flatten());
            let name = documents.file(&layer.name)?.map(|(name, _)| name);
            let file = name.as_ref().and_then(|name| self.files.get(name));
            let name = name.unwrap_or_else(|| layer.name.clone());
            let mut found = Layer {
                name: name.clone(),
                diff_id,
                digest: None,
                size: 0,
                codec: Codec::Plain,
                unpacked: 0,
                created_by,
            };
            let Some(file) = file else {
                let missing = faults
                    .iter()
                    .any(|fault| matches!(fault, Fault::MissingLayer { number: known, .. } if *known == number));
                if !missing {
                    let reason = "it is neither a tar nor compressed".to_owned();
                    faults.push(Fault::BadLayer { number, name, reason });
                }
                layers.push(found);
                continue;
            };
            (found.digest, found.size, found.codec) = (Some(file.digest), file.size, file.codec);
            match (&file.unpacked, layer.digest, diff_id) {
                (_, Some(expected), _) if expected != file.digest => {
                    faults.push(Fault::WrongDigest { number, name, expected, found: file.digest });
                }
                (Err(reason), _, _) => faults.push(Fault::BadLayer { number, name, reason: reason.clone() }),
                (Ok((digest, _)), _, Some(expected)) if expected != *digest => {
                    faults.push(Fault::WrongLayer { number, name, expected, found: *digest });
                }
                _ => {}
            }
            found.unpacked = file.unpacked.as_ref().map_or(0, |(_, bytes)| *bytes);
            layers.push(found);
        }
        let size: u64 = layers.iter().map(|layer| layer.unpacked).sum();
        if size > FLY_LIMIT {
            faults.push(Fault::TooLarge { size, limit: FLY_LIMIT });
        }
        Ok(Found {
            index: image.index,
            names: image.names,
            manifest: image.manifest.map(|manifest| manifest.digest),
            id: Digest::of(&image.config_bytes),
            config: image.config,
            layers,
            faults,
        })
    }
}

/// How much of a layer is unpacked. More than this is too much anyway.
const MOST: u64 = FLY_LIMIT + 1;

/// Input that tells how far it was read, and whether it was at fault.
struct Watched<'r, 'a, R> {
    input: R,
    reader: &'r Reader<'a>,
    number: usize,
    failed: bool,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.reader.stop)() {
            self.failed = true;
            return Err(crate::error::STOPPED.into());
        }
        let length = self.input.read(buffer).inspect_err(|_| self.failed = true)?;
        self.reader.observer.event(&Event::Read { layer: self.number, bytes: length as u64 });
        Ok(length)
    }
}
