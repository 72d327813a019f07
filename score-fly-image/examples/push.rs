//! Pushes an archive: `push ARCHIVE|- DESTINATION [--cache FILE] [--zstd|--keep] [--oci]`. `REGISTRY_USER` and
//! `REGISTRY_PASSWORD` say who pushes.

use std::env;
use std::error::Error;
use std::io;

use score_fly_image::{Archive, Cache, Compression, Credentials, FLY_REGISTRY, Format, Options, Reference, push};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (archive, to) = arguments.next().zip(arguments.next()).ok_or("push ARCHIVE|- DESTINATION")?;
    let credentials = env::var("REGISTRY_PASSWORD").ok().map(|password| {
        let user = env::var("REGISTRY_USER").unwrap_or_else(|_| "x".to_owned());
        Credentials::new(user, password)
    });
    let mut options = Options { credentials: credentials.as_ref(), ..Options::default() };
    let mut cache = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--cache" => cache = Some(Cache::open(arguments.next().ok_or("--cache FILE")?)?),
            "--zstd" => options.compression = Compression::Zstd,
            "--keep" => options.compression = Compression::Keep,
            "--oci" => options.format = Some(Format::Oci),
            other => return Err(format!("there is no {other}").into()),
        }
    }
    options.cache = cache.as_ref();
    let archive = if archive == "-" { Archive::from_reader("-", io::stdin()) } else { Archive::open(archive)? };
    let pushed = push(archive, &Reference::parse(&to, FLY_REGISTRY)?, &options, &(), &|| false)?;
    println!("{} {}", pushed.image, pushed.sent);
    Ok(())
}
