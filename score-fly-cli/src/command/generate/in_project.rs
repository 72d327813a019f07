//! `score-fly generate` in a project.

use std::collections::BTreeSet;
use std::path::Path;

use score_fly_core::convert::Options;
use score_fly_core::resolve::Missing;
use score_fly_core::resource::{Outputs, Uid, first_match};
use score_fly_core::score::Workload;
use score_fly_engine::run::Provisioned;
use score_fly_engine::state::WorkloadRecord;
use score_fly_engine::{Project, State, parallel};

use super::{Generate, name_twice, read_all};
use crate::Exit;
use crate::conversion::{self, Shared};
use crate::output::Reporter;
use crate::paths::relate;
use crate::project::{open, report_orphans};
use crate::provisioning::{Wishes, provision};
use crate::score_file::ScoreFile;

/// Runs it. Nothing is provisioned, and nothing is remembered, if a Score file has errors.
pub(super) fn run(args: &Generate, mut shared: Shared, reporter: &mut Reporter) {
    let Some(mut project) = open(&args.provisioning.open, reporter) else { return };
    let prefix = &project.state.app_prefix;
    if args.score.fly_app_prefix.as_ref().is_some_and(|given| given != prefix) {
        reporter.fail(&format!("the prefix of this project is `{prefix}`, which can't be changed"));
        return;
    }
    shared.options.app_prefix.clone_from(prefix);

    let mut files = read_all(&args.files, &shared, reporter);
    for (name, files) in name_twice(&files) {
        reporter.fail(&format!("the workloads of {files} are both called `{name}`"));
    }
    for file in &mut files {
        leave_to_provisioners(file, &project.state);
    }
    check(&files, &shared, reporter);
    let named: BTreeSet<String> = files.iter().filter_map(ScoreFile::name).map(str::to_owned).collect();
    let others = project.state.workloads.iter().filter(|(name, _)| !named.contains(*name));
    files.extend(others.map(|(_, record)| {
        let mut file = ScoreFile::recorded(record);
        leave_to_provisioners(&mut file, &project.state);
        file
    }));
    if reporter.exit() != Exit::Done {
        return;
    }
    if files.is_empty() {
        report_orphans(&project.state, reporter);
        reporter.fail("there is no workload in this project yet: name a Score file");
        return;
    }
    if args.secrets_file.is_some() && files.len() > 1 {
        reporter.fail(&format!("--secrets-file is meant for one workload, and this project has {}", files.len()));
        return;
    }

    let Some(environment) = args.provisioning.env_file.read(reporter) else { return };
    remember(&mut project, &files, reporter);
    let wishes = Wishes {
        jobs: args.provisioning.jobs,
        only_new: args.provisioning.only_new,
        only: None,
        environment: &environment,
    };
    let provisioned = provision(&mut project, &files, &shared.outputs, wishes, reporter);
    let Some(Provisioned { outputs, failed, .. }) = provisioned else { return };
    write(args, &files, &shared.options, &outputs, |uid| failed.contains(uid), reporter);
    report_orphans(&project.state, reporter);
}

/// Sees to it that the conversion makes no resource that a provisioner makes.
fn leave_to_provisioners(file: &mut ScoreFile<'_>, state: &State) {
    let Some(workload) = &file.workload else { return };
    let is_left = |uid: &Uid| {
        let found = first_match(&state.provisioners, |provisioner| &provisioner.selector, uid);
        found.is_some_and(|provisioner| !provisioner.leaves_it_to_conversion())
    };
    let uids = workload.resources.iter().map(|(name, asked)| (name, Uid::new(&workload.metadata.name, name, asked)));
    file.made_elsewhere = uids.filter(|(_, uid)| is_left(uid)).map(|(name, _)| name.clone()).collect();
}

/// Reports what is wrong with Score files by themselves.
fn check(files: &[ScoreFile<'_>], shared: &Shared, reporter: &mut Reporter) {
    let attempts = parallel::map(files, parallel::all_cores(), |file| {
        conversion::check(file, &shared.options, shared.outputs_of(file).0)
    });
    for (file, attempt) in files.iter().zip(attempts) {
        // Warnings and notes come with the conversion.
        if attempt.diagnostics.has_errors() {
            attempt.report(file, reporter);
        }
    }
}

/// Puts the workloads into the state, and says which of them come from another file than before.
fn remember(project: &mut Project, files: &[ScoreFile<'_>], reporter: &Reporter) {
    for file in files {
        let Some(mut spec) = file.workload.clone() else { continue };
        for container in spec.containers.values_mut().filter(|container| container.image == ".") {
            if let Some(image) = &file.image {
                container.image.clone_from(image);
            }
        }
        let name = spec.metadata.name.clone();
        let record = WorkloadRecord { file: file.path.clone(), spec };
        let (new, old) = (file.path.clone(), project.state.workloads.insert(name.clone(), record));
        if let Some(old) = old.map(|old| old.file).filter(|old| !is_same_path(old, &new)) {
            let (new, old) = (new.display(), old.display());
            reporter.say(&format!("the workload {name} comes from {new} now, and no longer from {old}"));
        }
    }
}

/// Whether two paths, as they are written, lead to the same place.
fn is_same_path(one: &Path, other: &Path) -> bool {
    let way = |path: &Path| relate(path, Path::new("")).score_from_work;
    one == other || way(one) == way(other)
}

/// Writes what the workloads become. Those that lack a resource are only looked through.
fn write(
    args: &Generate,
    files: &[ScoreFile<'_>],
    options: &Options,
    outputs: &Outputs,
    failed: impl Fn(&Uid) -> bool + Sync,
    reporter: &mut Reporter,
) {
    let attempts = parallel::map(files, parallel::all_cores(), |file| {
        let workload = file.workload.as_ref();
        let lacks = |workload: &Workload| {
            let name = &workload.metadata.name;
            workload.resources.iter().any(|(resource, asked)| failed(&Uid::new(name, resource, asked)))
        };
        let missing = if workload.is_some_and(lacks) { Missing::Assume } else { Missing::Report };
        args.convert(
            file,
            options,
            (workload.map(|workload| outputs.for_workload(workload)).unwrap_or_default(), missing),
        )
    });
    for (file, attempt) in files.iter().zip(attempts) {
        attempt.report(file, reporter);
        if let (Some(name), Some(product)) = (file.name(), &attempt.product) {
            args.write(name, product, reporter);
        }
    }
}
