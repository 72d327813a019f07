//! `score-fly image`

mod show;

use std::env;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use score_fly_core::secret::Secret;
use score_fly_engine::ops::image::{self, InspectOptions, PushOptions};
use score_fly_image::{Platform, Selector};

use crate::args::Global;
use crate::exit::Exit;
use crate::process::Process;

/// Look into image archives, and push them without Docker
///
/// An archive is what `docker save`, nix, buildah, skopeo, ko or bazel write: a docker-archive or an OCI layout, as a
/// file, a folder or on standard input, compressed or not.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct ImageArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Inspect(Inspect),
    Push(Push),
}

/// Show what is in an image archive, and what would keep it from running on Fly
///
/// All of the archive is read and verified. If an image can't be pushed as it is, the exit code is 2.
#[derive(Debug, Args)]
struct Inspect {
    /// The archive: a file, a folder, or `-` for standard input
    archive: PathBuf,

    /// What the images should run on
    #[arg(long, value_name = "OS/ARCH", default_value_t)]
    platform: Platform,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Push an image from an archive to a registry, and print it by its digest
///
/// Layers that the registry has are not sent again. The tag is set only after the whole image has arrived and was
/// verified.
///
/// For Fly's registry, the token comes from `FLY_ACCESS_TOKEN`, `FLY_API_TOKEN` or the login of flyctl; no other
/// registry gets it. For others, give `--registry-user` and the password in `SCORE_FLY_REGISTRY_PASSWORD` or on
/// standard input.
#[derive(Debug, Args)]
struct Push {
    /// The archive: a file, a folder, or `-` for standard input
    archive: PathBuf,

    /// Where to: an app, `APP[:TAG]`, or `REGISTRY/REPOSITORY[:TAG]`
    #[arg(value_name = "DESTINATION")]
    destination: String,

    /// Which image of an archive with several: its name, or `@0` for the first one
    #[arg(long, value_name = "NAME:TAG|@INDEX")]
    select: Option<Selector>,

    /// What the image must run on
    #[arg(long, value_name = "OS/ARCH", default_value_t)]
    platform: Platform,

    /// The format of the manifest; v2s2, or oci if layers are compressed with zstd
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// How layers are compressed; those that are so already are sent as they are
    #[arg(long, value_name = "HOW", value_enum, default_value_t)]
    compress: Compress,

    /// How many layers are sent at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    jobs: u8,

    /// Push images that are larger than the 8 GB that Fly's machines usually take
    #[arg(long)]
    any_size: bool,

    /// Forget which layers were pushed before, and remember none of these
    #[arg(long)]
    no_cache: bool,

    /// The user of a registry, instead of a token of Fly
    #[arg(long, value_name = "USER", env = "SCORE_FLY_REGISTRY_USER", hide_env_values = true)]
    registry_user: Option<String>,

    /// Read the user's password from standard input
    #[arg(long, requires = "registry_user")]
    password_stdin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Docker's manifest, version 2, schema 2
    V2s2,
    /// The manifest of the OCI image specification
    Oci,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Compress {
    /// With gzip, which everything can read
    #[default]
    Gzip,
    /// With zstd: faster and smaller
    Zstd,
    /// As they are in the archive
    Keep,
}

/// The variable with the password of a registry's user.
const PASSWORD: &str = "SCORE_FLY_REGISTRY_PASSWORD";

/// Runs it.
pub(crate) fn run(args: ImageArgs, global: Global) -> Exit {
    let process = Process::heeding(global).with_piped_input();
    match args.command {
        Command::Inspect(args) => inspect(args, &process),
        Command::Push(args) => push(args, &process),
    }
    process.finish()
}

fn inspect(args: Inspect, process: &Process) {
    let Inspect { archive, platform, json } = args;
    let report = image::inspect(&process.context(), &InspectOptions { archive, platform });
    let Some(contents) = report.result else { return };
    process.data(&if json { show::json(&contents) } else { show::table(&contents) });
    for fault in contents.images.iter().flat_map(|image| &image.faults) {
        process.refuse(Exit::Faulty, fault.code(), &fault.to_string(), Some(fault.help()));
    }
}

fn push(args: Push, process: &Process) {
    let password = match password(&args) {
        Ok(password) => password,
        Err(sentence) => return process.fail(&sentence),
    };
    let options = PushOptions {
        archive: args.archive,
        destination: args.destination,
        select: args.select,
        platform: args.platform,
        format: args.format.map(|format| match format {
            Format::V2s2 => score_fly_image::Format::Docker,
            Format::Oci => score_fly_image::Format::Oci,
        }),
        compression: match args.compress {
            Compress::Gzip => score_fly_image::Compression::Gzip,
            Compress::Zstd => score_fly_image::Compression::Zstd,
            Compress::Keep => score_fly_image::Compression::Keep,
        },
        jobs: args.jobs.into(),
        user: args.registry_user,
        password,
        any_size: args.any_size,
        cache: !args.no_cache,
        similar: Vec::new(),
    };
    if let Some(pushed) = image::push(&process.context(), &options).result {
        process.data(&format!("{}\n", pushed.image));
    }
}

/// In bytes, which is more than any token has.
const LONGEST_PASSWORD: u64 = 64 << 10;

/// The password of a registry's user, which is on no command line.
fn password(args: &Push) -> Result<Option<Secret<String>>, String> {
    if !args.password_stdin {
        let given = env::var(PASSWORD).ok().filter(|password| !password.is_empty());
        return Ok(given.map(Secret::new));
    }
    if args.archive == Path::new("-") {
        return Err(format!("the archive is on standard input already: give the password in {PASSWORD}"));
    }
    let mut text = String::new();
    io::stdin()
        .take(LONGEST_PASSWORD)
        .read_to_string(&mut text)
        .map_err(|error| format!("cannot read the password: {error}"))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        Err("there is no password on standard input".to_owned())
    } else {
        Ok(Some(Secret::new(password.to_owned())))
    }
}
