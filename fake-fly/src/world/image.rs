//! Images: references and digests. Every image is there, unless a condition says otherwise.

use serde_json::{Value, json};

use super::{World, hash};

/// A reference, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageRef {
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) tag: Option<String>,
    pub(crate) digest: String,
}

impl World {
    /// Says which digest a reference has from now on, as a push does.
    pub fn push_image(&mut self, reference: &str, digest: &str) {
        self.images.insert(reference.to_owned(), digest.to_owned());
    }

    pub(crate) fn image(&self, reference: &str) -> ImageRef {
        let (name, digest) = match reference.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (reference, None),
        };
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (name, None),
        };
        let has_host = |host: &str| host.contains(['.', ':']) || host == "localhost";
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if has_host(host) => (host.to_owned(), rest.to_owned()),
            Some(_) => ("registry-1.docker.io".to_owned(), path.to_owned()),
            None => ("registry-1.docker.io".to_owned(), format!("library/{path}")),
        };
        let tag = tag.or_else(|| digest.is_none().then(|| "latest".to_owned()));
        let digest = digest.or_else(|| self.images.get(reference).cloned()).unwrap_or_else(|| digest_of(reference));
        ImageRef { registry, repository, tag, digest }
    }
}

/// A digest that goes with a text.
fn digest_of(text: &str) -> String {
    let digits = (0..4_u8).map(|part| format!("{:016x}", hash(&[text.as_bytes(), &[part]].concat())));
    format!("sha256:{}", digits.collect::<String>())
}

impl ImageRef {
    /// fly-go: `machine_types.go`, `MachineImageRef`.
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({ "registry": self.registry, "repository": self.repository, "digest": self.digest });
        if let (Some(tag), Some(object)) = (&self.tag, json.as_object_mut()) {
            object.insert("tag".to_owned(), json!(tag));
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use crate::moment::Moment;
    use crate::world::World;

    #[test]
    fn references_are_taken_apart() {
        let world = World::new(Moment::from_millis(0));
        for (reference, registry, repository, tag) in [
            ("nginx", "registry-1.docker.io", "library/nginx", Some("latest")),
            ("me/app:1", "registry-1.docker.io", "me/app", Some("1")),
            ("registry.fly.io/shop:deployment-01J", "registry.fly.io", "shop", Some("deployment-01J")),
            ("localhost:5000/a/b", "localhost:5000", "a/b", Some("latest")),
            ("registry.fly.io/shop@sha256:ab", "registry.fly.io", "shop", None),
        ] {
            let image = world.image(reference);
            let parts = (image.registry.as_str(), image.repository.as_str(), image.tag.as_deref());
            assert_eq!(parts, (registry, repository, tag), "{reference}");
        }
        assert_eq!(world.image("a@sha256:ab").digest, "sha256:ab");
        assert_eq!(world.image("a").digest.len(), "sha256:".len() + 64);
    }
}
