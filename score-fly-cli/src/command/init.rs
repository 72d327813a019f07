//! `score-fly init`

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use score_fly_core::fly::names::is_app_name;
use score_fly_engine::encryption::Recipient;
use score_fly_engine::files::{self, Access};
use score_fly_engine::project::ProjectError;
use score_fly_engine::provisioner::{Builtin, Kind, Provisioner, fetch};
use score_fly_engine::state::{Imported, import};
use score_fly_engine::store::Waiting;
use score_fly_engine::{CancelToken, FileStore, Project, State, Store as _};

use crate::Exit;
use crate::cli::{Global, OpenArgs};
use crate::inputs::cannot;
use crate::output::{Reporter, Stream};
use crate::project::{ROOT, open, save, waits_for};

/// Make this folder a project
///
/// A project remembers its workloads, and the resources that were provisioned for them, in
/// `.score-fly/state.yaml`. Running this again changes nothing that is there already.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// What to put before a workload's name to make its app's; a new project needs it, and it can't
    /// be changed later
    ///
    /// Empty, as in `--fly-app-prefix ""`, it makes the workload's name the app's.
    #[arg(long, value_name = "PREFIX")]
    fly_app_prefix: Option<String>,

    /// The sample Score file to write, unless there is one; none if empty
    #[arg(short, long, default_value = "score.yaml", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    file: PathBuf,

    /// Write no sample Score file
    #[arg(long)]
    no_sample: bool,

    /// Take over provisioners and resources from `.score-flyio/state.yaml`
    #[arg(long)]
    import: bool,

    /// Provisioners to add before those that are there: a file, a folder, `-`, `https://…`, or a
    /// file or folder in a git repository, `git-https://host/repository.git/path`; may be repeated
    #[arg(long, value_name = "URI")]
    provisioners: Vec<String>,

    /// Encrypt the secrets in the state of the project, so that only whoever has the identity that
    /// belongs to RECIPIENT, a public key of age, can read them; may be repeated
    ///
    /// This is remembered. In a project that is there, the recipients that are given take the place of
    /// those that it had.
    #[arg(long, value_name = "RECIPIENT")]
    encrypt_to: Vec<Recipient>,

    /// Leave out the provisioners that are part of score-fly
    #[arg(long)]
    no_default_provisioners: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// Where score-flyio keeps its state.
const SCORE_FLYIO: &str = ".score-flyio/state.yaml";

const SAMPLE: &str = "\
apiVersion: score.dev/v1b1

metadata:
  name: example

containers:
  main:
    image: nginx:1.27

service:
  ports:
    web:
      port: 80
";

/// Runs it.
pub(crate) fn run(args: &Init, global: Global) -> Exit {
    let mut reporter = Reporter::new(global, Stream::Stderr);
    let Some(provisioners) = fetch_all(&args.provisioners, &mut reporter) else { return reporter.finish() };
    let project = if FileStore::new(ROOT).exists() { again(args, &mut reporter) } else { first(args, &mut reporter) };
    if project.is_some_and(|mut project| add(provisioners, &mut project, &mut reporter)) {
        sample(args, &mut reporter);
    }
    reporter.finish()
}

/// Makes a project where there is none.
fn first(args: &Init, reporter: &mut Reporter) -> Option<Project> {
    let foreign = Path::new(SCORE_FLYIO);
    let imported = match args.import.then(|| import(foreign)).transpose() {
        Ok(imported) => imported,
        Err(error) => {
            reporter.fail(&error.to_string());
            return None;
        }
    };
    let prefix = args.fly_app_prefix.clone().or(imported.as_ref().map(|imported| imported.state.app_prefix.clone()));
    let Some(prefix) = prefix else {
        reporter.fail("a new project needs --fly-app-prefix: what to put before a workload's name to make its app's");
        return None;
    };
    // What follows is the name of a workload.
    if !is_app_name(&format!("{prefix}x")) {
        reporter.fail(&format!(
            "`{prefix}` can't begin an app's name: it may have `a-z`, `0-9` and `-`, and starts with a letter or digit"
        ));
        return None;
    }
    let mut state = match &imported {
        Some(Imported { state, .. }) => state.clone(),
        None => State::new(""),
    };
    state.app_prefix = prefix;
    state.encrypt_to.clone_from(&args.encrypt_to);
    if !args.no_default_provisioners {
        state.provisioners.extend(Builtin::provisioners());
    }
    let waiting = |holder: &str| reporter.say(&waits_for(holder));
    let waiting = Waiting { wait: args.open.wait(), cancel: &CancelToken::new(), told: &waiting };
    let project = match Project::create(&FileStore::new(ROOT), state, waiting) {
        Ok(project) => project,
        // Another run was faster.
        Err(ProjectError::Exists) => return again(args, reporter),
        Err(error) => {
            reporter.fail(&error.to_string());
            return None;
        }
    };
    reporter.say(&format!("wrote {}", project.state_path().display()));
    match imported {
        Some(imported) => report_import(&imported, reporter),
        None if foreign.exists() => reporter.say(&format!(
            "{SCORE_FLYIO} is there: `score-fly init --import` takes over its provisioners and resources"
        )),
        None => {}
    }
    Some(project)
}

/// Runs in a project that is there already.
fn again(args: &Init, reporter: &mut Reporter) -> Option<Project> {
    let mut project = open(&args.open, reporter)?;
    let prefix = project.state.app_prefix.clone();
    if args.fly_app_prefix.as_ref().is_some_and(|given| *given != prefix) {
        reporter.fail(&format!("the prefix of this project is `{prefix}`, which can't be changed"));
        return None;
    }
    if !args.encrypt_to.is_empty() && project.state.encrypt_to != args.encrypt_to {
        project.state.encrypt_to.clone_from(&args.encrypt_to);
        if !save(&mut project, reporter) {
            return None;
        }
        reporter.say(&format!("encrypted the secrets in {}", project.state_path().display()));
    }
    if !args.import {
        return Some(project);
    }
    let is_ours = |one: &Provisioner| matches!(one.kind, Kind::Builtin(_));
    if !project.state.resources.is_empty() || !project.state.provisioners.iter().all(is_ours) {
        reporter.fail("this project has provisioners or resources already: only a new one can take over others");
        return None;
    }
    match import(Path::new(SCORE_FLYIO)) {
        Ok(imported) => {
            project.state.provisioners.splice(..0, imported.state.provisioners.clone());
            project.state.resources.clone_from(&imported.state.resources);
            project.state.shared_state.clone_from(&imported.state.shared_state);
            if !save(&mut project, reporter) {
                return None;
            }
            report_import(&imported, reporter);
            Some(project)
        }
        Err(error) => {
            reporter.fail(&error.to_string());
            None
        }
    }
}

/// Fetches provisioners from all addresses. Nothing is changed if one of them can't be read.
fn fetch_all(uris: &[String], reporter: &mut Reporter) -> Option<Vec<Provisioner>> {
    let mut provisioners: Vec<Provisioner> = Vec::new();
    let mut sound = true;
    for uri in uris {
        match fetch(uri, &CancelToken::new()) {
            Ok(fetched) => {
                provisioners.retain(|one| fetched.iter().all(|other| other.id != one.id));
                provisioners.splice(..0, fetched);
            }
            Err(faults) => {
                reporter.faults(&faults);
                sound = false;
            }
        }
    }
    sound.then_some(provisioners)
}

/// Puts provisioners before those of the project, in place of those that have their ids.
fn add(provisioners: Vec<Provisioner>, project: &mut Project, reporter: &mut Reporter) -> bool {
    if provisioners.is_empty() {
        return true;
    }
    let ids: Vec<String> = provisioners.iter().map(|one| one.id.clone()).collect();
    project.state.put_first(provisioners);
    let saved = save(project, reporter);
    if saved {
        for id in ids {
            reporter.say(&format!("added the provisioner {id}"));
        }
    }
    saved
}

fn report_import(Imported { state, workloads, left }: &Imported, reporter: &Reporter) {
    let (provisioners, resources) = (state.provisioners.len(), state.resources.len());
    reporter.say(&format!("took over from {SCORE_FLYIO}: provisioners {provisioners}, resources {resources}"));
    for sentence in left {
        reporter.say(sentence);
    }
    if !workloads.is_empty() {
        reporter.say(&format!("generate these workloads again from their Score files: {}", workloads.join(", ")));
    }
}

/// Writes the sample, unless there is something.
fn sample(args: &Init, reporter: &mut Reporter) {
    if args.no_sample || args.file.as_os_str().is_empty() || args.file.exists() {
        return;
    }
    let written = files::write(&args.file, SAMPLE.as_bytes(), Access::Usual);
    match written {
        Ok(()) => reporter.say(&format!("wrote {}", args.file.display())),
        Err(error) => reporter.fail(&cannot("write", &args.file, &error)),
    }
}
