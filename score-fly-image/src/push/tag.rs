//! The end of a push: what arrived is held against the config, and only then gets a name.

use crate::digest::Digest;
use crate::image::Image;
use crate::image::manifest::{self, Blob};
use crate::observe::Event;
use crate::push::options::Pushed;
use crate::push::plan::Context;
use crate::push::unpack::Flaw;
use crate::{Error, Fault};

/// The longest manifest that registries take.
const LONGEST: usize = 4 << 20;

impl Context<'_> {
    /// Puts the image's config and manifest, if its layers are what they should be. `names` are the
    /// files of its layers.
    pub(super) fn tag(&self, archive: &str, image: &Image, names: &[String]) -> Result<Pushed, Error> {
        let (blobs, unpacked) = self.check(archive, image, names)?;
        let bytes = manifest::write(image, &blobs, self.format);
        if bytes.len() > LONGEST {
            let reason = format!("its manifest would have {} bytes, and registries take {LONGEST}", bytes.len());
            return Err(Error::TooMuch { archive: archive.to_owned(), reason });
        }
        self.run.going()?;
        self.observer.event(&Event::Tagging);
        self.send_config(&image.config_bytes)?;
        let put = self.registry.put_manifest(self.format.media_type(), &bytes);
        let digest = put.inspect_err(|error| {
            if matches!(error, Error::BlobsLost { .. }) {
                self.forget();
            }
        })?;
        self.registry.await_manifest(&digest)?;
        let mut files: Vec<&String> = names.iter().collect();
        files.sort();
        files.dedup();
        Ok(Pushed {
            image: self.to.by_digest(&digest),
            tagged: self.to.to_string(),
            digest,
            config: Digest::of(&image.config_bytes),
            layers: blobs.len(),
            sent: files.into_iter().filter_map(|name| self.result(name)).map(|outcome| outcome.sent).sum(),
            size: blobs.iter().map(|blob| blob.size).sum(),
            unpacked,
        })
    }

    /// The blobs of the image's layers, and how large they are when they are unpacked.
    fn check(&self, archive: &str, image: &Image, names: &[String]) -> Result<(Vec<Blob>, u64), Error> {
        let mut faults = Vec::new();
        let mut blobs = Vec::new();
        let mut size = 0;
        let mut largest = 0;
        let layers = image.layers.iter().zip(&image.config.rootfs.diff_ids).zip(names);
        for (number, ((layer, expected), name)) in (1..).zip(layers) {
            let name = name.clone();
            let Some(outcome) = self.result(&name) else {
                let reason = "it is neither a tar nor compressed".to_owned();
                faults.push(Fault::BadLayer { number, name, reason });
                continue;
            };
            if let (Some(expected), Some(found)) = (layer.digest, outcome.raw)
                && expected != found
            {
                faults.push(Fault::WrongDigest { number, name, expected, found });
                continue;
            }
            match (outcome.unpacked, outcome.blob) {
                (Err(Flaw::Large(bytes)), _) => largest = bytes.max(largest),
                (Err(Flaw::Bad(reason)), _) => faults.push(Fault::BadLayer { number, name, reason }),
                (Ok(unpacked), _) if unpacked.digest != *expected => {
                    faults.push(Fault::WrongLayer { number, name, expected: *expected, found: unpacked.digest });
                }
                (Ok(_), None) => {
                    let reason = "it did not get into the registry".to_owned();
                    faults.push(Fault::BadLayer { number, name, reason });
                }
                (Ok(unpacked), Some(blob)) => {
                    size += unpacked.bytes;
                    blobs.push(blob);
                }
            }
        }
        size = size.max(largest);
        if let Some(limit) = self.options.largest.filter(|limit| size > *limit) {
            faults.push(Fault::TooLarge { size, limit });
        }
        if faults.is_empty() { Ok((blobs, size)) } else { Err(Error::Unfit { archive: archive.to_owned(), faults }) }
    }
}
