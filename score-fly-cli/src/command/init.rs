//! `score-fly init`

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use score_fly_engine::encryption::Recipient;
use score_fly_engine::ops;
use score_fly_engine::ops::init::Options;

use crate::args::{Global, OpenArgs, region_code};
use crate::exit::Exit;
use crate::process::Process;

/// Turn this folder into a project
///
/// A project remembers its workloads, and the resources that were provisioned for them, in
/// `.score-fly/state.yaml`. Running it again leaves an existing project as it is. With --env, it creates an
/// environment of the project, whose state is `.score-fly/envs/NAME/state.yaml`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The prefix that turns a workload's name into its app's name [default: the folder's name]. It can't be
    /// changed later
    ///
    /// With an empty one, `--fly-app-prefix ""`, apps have the names of their workloads.
    #[arg(long, value_name = "PREFIX")]
    fly_app_prefix: Option<String>,

    /// The primary region of the project's apps, unless a run or a workload's annotation names another
    #[arg(long, value_name = "REGION", value_parser = region_code)]
    region: Option<String>,

    /// The sample Score file to write, unless the file exists; none if empty
    #[arg(short, long, default_value = "score.yaml", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    file: PathBuf,

    /// Write no sample Score file
    #[arg(long)]
    no_sample: bool,

    /// Take over the provisioners and resources in `.score-flyio/state.yaml`
    #[arg(long)]
    import: bool,

    /// Provisioners to add ahead of the existing ones: a file, a folder, `-`, `https://…`, or a
    /// file or folder in a git repository, `git-https://host/repository.git/path`; may be repeated
    #[arg(long, value_name = "URI")]
    provisioners: Vec<String>,

    /// Encrypt the secrets in the project's state to RECIPIENT, an age public key, so that only the
    /// owner of its identity can read them; may be repeated
    ///
    /// This is remembered. In an existing project, the given recipients replace the previous ones.
    // As text: what clap says of one that is wrong quotes it, and it may be the private key.
    #[arg(long, value_name = "RECIPIENT")]
    encrypt_to: Vec<String>,

    /// Leave out score-fly's built-in provisioners
    #[arg(long)]
    no_default_provisioners: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// Runs it.
pub(crate) fn run(args: Init, global: Global) -> Exit {
    let process = Process::heeding(global).with_piped_input();
    let recipients: Result<Vec<Recipient>, _> = args.encrypt_to.iter().map(|text| text.parse()).collect();
    let encrypt_to = match recipients {
        Ok(recipients) => recipients,
        Err(error) => {
            process.fail(&format!("--encrypt-to: {error}"));
            return process.finish();
        }
    };
    let options = Options {
        app_prefix: args.fly_app_prefix,
        region: args.region,
        sample: Some(args.file).filter(|file| !args.no_sample && !file.as_os_str().is_empty()),
        import: args.import,
        provisioners: args.provisioners,
        encrypt_to,
        default_provisioners: !args.no_default_provisioners,
        open: args.open.options(),
    };
    ops::init(&process.context(), &options);
    process.finish()
}
