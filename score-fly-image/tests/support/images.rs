//! Archives made by hand, in the forms that `reference/images.md` and the specifications describe.

use std::io::Write as _;

use score_fly_image::Digest;
use serde_json::{Value, json};
use tar::{Builder, EntryType, Header};

/// Bytes without any pattern, by a generator of Marsaglia's (xorshift).
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// A tar with these files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // Names that the builder refuses are just what some tests are about.
        if name.contains("..") || name.starts_with('/') {
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        } else {
            builder.append_data(&mut header, name, *content).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// A layer with one file of text and noise, so that some of it can be compressed.
pub(crate) fn layer(seed: u64, length: usize) -> Vec<u8> {
    let text = format!("line {seed}\n").repeat(length / 20);
    let noise = noise(seed, length.saturating_sub(text.len()));
    tar(&[(&format!("text-{seed}"), text.as_bytes()), (&format!("noise-{seed}"), &noise)])
}

/// Gives a layer's blob, and the end of its media type.
pub(crate) type Compress = dyn Fn(&[u8]) -> (Vec<u8>, &'static str);

/// What is told of an image besides its layers.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) layers: Vec<Vec<u8>>,
    pub(crate) diff_ids: Vec<Digest>,
    pub(crate) platform: (&'static str, &'static str),
    pub(crate) names: Vec<&'static str>,
    pub(crate) command: &'static str,
}

impl Image {
    pub(crate) fn new(layers: Vec<Vec<u8>>) -> Self {
        let diff_ids = layers.iter().map(|layer| Digest::of(layer)).collect();
        Self { layers, diff_ids, platform: ("linux", "amd64"), names: vec!["shop:v1"], command: "/bin/shop" }
    }

    /// The config, with spaces in places that no program would give them: it must stay as it is.
    pub(crate) fn config(&self) -> Vec<u8> {
        let (os, architecture) = self.platform;
        let config = json!({"Cmd": [self.command], "Env": ["PATH=/bin"], "ExposedPorts": {"80/tcp": {}}, "User": "me"});
        let diff_ids = json!(self.diff_ids);
        format!(
            "{{ \"os\": \"{os}\",\n\t\"architecture\":\"{architecture}\", \"config\":{config}, \
             \"rootfs\": {{\"type\":\"layers\",\"diff_ids\":{diff_ids}}}}}\n"
        )
        .into_bytes()
    }

    pub(crate) fn id(&self) -> Digest {
        Digest::of(&self.config())
    }

    fn config_name(&self) -> String {
        format!("{}.json", self.id().hex())
    }

    /// The entry of `manifest.json`.
    fn item(&self) -> Value {
        let layers: Vec<String> = self.diff_ids.iter().map(|id| format!("{}/layer.tar", id.hex())).collect();
        json!({"Config": self.config_name(), "RepoTags": self.names, "Layers": layers})
    }

    /// As nix writes it: layers, the config, and the manifest last.
    pub(crate) fn docker(&self) -> Vec<u8> {
        docker(&[self])
    }

    /// As go-containerregistry writes it, which is what ko and crane use: layers are compressed and named after
    /// their blobs, the config after its digest.
    pub(crate) fn ko(&self) -> Vec<u8> {
        let mut files = vec![(self.id().to_string(), self.config())];
        let mut names = Vec::new();
        for blob in self.layers.iter().map(|layer| gzip(layer)) {
            let name = format!("{}.tar.gz", Digest::of(&blob).hex());
            if !names.contains(&name) {
                files.push((name.clone(), blob));
            }
            names.push(name);
        }
        let item = json!([{"Config": self.id(), "RepoTags": self.names, "Layers": names}]);
        files.push(("manifest.json".to_owned(), item.to_string().into_bytes()));
        archive(&files)
    }

    /// As Docker 25 and newer write it: at once a docker-archive and an OCI layout, of layers that are
    /// not compressed.
    pub(crate) fn hybrid(&self) -> Vec<u8> {
        let layout = self.layout(&|layer| (layer.to_vec(), "tar"));
        let layers: Vec<String> = self.diff_ids.iter().map(|id| format!("blobs/sha256/{}", id.hex())).collect();
        let item = json!([{
            "Config": format!("blobs/sha256/{}", self.id().hex()),
            "RepoTags": self.names,
            "Layers": layers,
        }]);
        let mut files = layout;
        files.push(("manifest.json".to_owned(), item.to_string().into_bytes()));
        archive(&files)
    }

    /// The files of an OCI layout.
    pub(crate) fn layout(&self, compress: &Compress) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let manifest = self.add_manifest(compress, &mut files);
        let (os, architecture) = self.platform;
        let descriptor = json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": Digest::of(&manifest),
            "size": manifest.len(),
            "platform": {"os": os, "architecture": architecture},
            "annotations": {"org.opencontainers.image.ref.name": self.names[0]},
        });
        add(&mut files, &manifest);
        files.push(("index.json".to_owned(), index(&[descriptor])));
        files.push(("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
        files
    }

    /// Adds the blobs of an OCI image, and gives its manifest.
    pub(crate) fn add_manifest(&self, compress: &Compress, files: &mut Vec<(String, Vec<u8>)>) -> Vec<u8> {
        let descriptor = |kind: String, bytes: &[u8]| json!({"mediaType": format!("application/vnd.oci.image.{kind}"), "digest": Digest::of(bytes), "size": bytes.len()});
        let mut layers = Vec::new();
        for layer in &self.layers {
            let (blob, end) = compress(layer);
            layers.push(descriptor(format!("layer.v1.{end}"), &blob));
            add(files, &blob);
        }
        add(files, &self.config());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("config.v1+json".to_owned(), &self.config()),
            "layers": layers,
            "annotations": {"made.by": "hand"},
        });
        serde_json::to_vec_pretty(&manifest).unwrap()
    }
}

/// Several images in one docker-archive.
pub(crate) fn docker(images: &[&Image]) -> Vec<u8> {
    let mut files = Vec::new();
    for image in images {
        let layers = image.layers.iter().zip(&image.diff_ids);
        let layers = layers.map(|(layer, id)| (format!("{}/layer.tar", id.hex()), layer.clone()));
        for (name, content) in layers.chain([(image.config_name(), image.config())]) {
            if files.iter().all(|(known, _)| *known != name) {
                files.push((name, content));
            }
        }
    }
    let items: Vec<Value> = images.iter().map(|image| image.item()).collect();
    files.push(("manifest.json".to_owned(), json!(items).to_string().into_bytes()));
    archive(&files)
}

pub(crate) fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    tar(&files)
}

/// Adds a blob under the name that an OCI layout gives it.
pub(crate) fn add(files: &mut Vec<(String, Vec<u8>)>, blob: &[u8]) {
    let name = format!("blobs/sha256/{}", Digest::of(blob).hex());
    if files.iter().all(|(known, _)| *known != name) {
        files.push((name, blob.to_vec()));
    }
}

pub(crate) fn index(manifests: &[Value]) -> Vec<u8> {
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": manifests,
    });
    index.to_string().into_bytes()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar in which `name` is a symbolic link.
pub(crate) fn with_link(files: &[(&str, &[u8])], name: &str, target: &str) -> Vec<u8> {
    let whole = tar(files);
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, name, target).unwrap();
    // The link first, without the end of its archive, and then the others.
    let mut bytes = builder.get_ref().clone();
    bytes.extend(whole);
    bytes
}
