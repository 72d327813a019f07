//! What could not be done, with what to do about it, in the words of the command line.

use score_fly_engine::ops::{Failure, Setting};

/// One sentence about a failure.
pub(crate) fn sentence(failure: &Failure) -> String {
    let advice = match failure {
        Failure::NoScoreFile { path } => {
            return format!("`{}` is no Score file: of a fly.toml, `score-fly import` makes one", path.display());
        }
        Failure::ForOneFile { setting } => {
            let flag = flag(*setting);
            return format!("{flag} is meant for one Score file, and several are given: run score-fly once for each");
        }
        Failure::ForScoreFile { setting, path } => {
            return format!("{} is meant for a Score file, and `{}` is one of Fly's", flag(*setting), path.display());
        }
        Failure::NothingToFix => return "--fix mends fly.toml files, and none is given".to_owned(),
        Failure::NoFlyFile { .. } => ": `score-fly generate` makes a fly.toml of it",
        Failure::IsThere { .. } => ": --force replaces it",
        #[cfg(feature = "image")]
        Failure::NoPassword { .. } => ": set SCORE_FLY_REGISTRY_PASSWORD, or pipe it in with --password-stdin",
        #[cfg(feature = "project")]
        Failure::InProject(failure) => return project::sentence(failure),
        _ => "",
    };
    format!("{failure}{advice}")
}

/// What to do about a failure, if that is the same for several, and told once.
pub(crate) fn hint(failure: &Failure) -> Option<&'static str> {
    match failure {
        #[cfg(feature = "project")]
        Failure::InProject(failure) => project::hint(failure),
        _ => None,
    }
}

/// The flag that sets something.
fn flag(setting: Setting) -> &'static str {
    match setting {
        Setting::Overrides => "--overrides-file",
        Setting::OverrideProperty => "--override-property",
        Setting::Image => "--image",
        Setting::Secrets => "--secrets-file",
        _ => "this flag",
    }
}

#[cfg(feature = "project")]
mod project {
    use score_fly_engine::ops::InProject;
    use score_fly_engine::run::DeprovisionError;

    pub(super) fn sentence(failure: &InProject) -> String {
        let advice = match failure {
            InProject::NoPrefix => {
                return "a new project needs --fly-app-prefix: what to put before a workload's name to make its app's"
                    .to_owned();
            }
            InProject::OneSecretsFile { workloads } => {
                return format!("--secrets-file is meant for one workload, and this project has {workloads}");
            }
            InProject::NoServer => return "--http-url is no address of a server".to_owned(),
            InProject::UnknownWorkload { name } => {
                return format!("there is no workload `{name}`; `score-fly workloads list` shows all of them");
            }
            InProject::UnknownProvisioner { id } => {
                return format!("there is no provisioner `{id}`; `score-fly provisioners list` shows all of them");
            }
            InProject::Needed { uid, .. } => {
                const COMMAND: &str = "score-fly resources deprovision";
                return format!(
                    "{failure}: run `{COMMAND} '{uid}'` first, or `{COMMAND} --forget '{uid}'` if there is nothing to \
                     take down"
                );
            }
            InProject::UnknownResource { .. } | InProject::NotTakenDown(DeprovisionError::Unknown { .. }) => {
                "; `score-fly resources list` shows all of them"
            }
            InProject::NotTakenDown(DeprovisionError::NoProvisioner { uid, .. }) => {
                return format!(
                    "{failure}: add it again, or drop the record with `score-fly resources deprovision --forget '{uid}'`"
                );
            }
            _ => "",
        };
        format!("{failure}{advice}")
    }

    pub(super) fn hint(failure: &InProject) -> Option<&'static str> {
        const FORGET: &str = "`score-fly resources deprovision --forget UID` drops a resource without calling its \
                              provisioner: whatever that made stays";
        match failure {
            InProject::NotTakenDown(DeprovisionError::Unknown { .. }) => None,
            InProject::NotTakenDown(_) | InProject::StillNeeded { .. } => Some(FORGET),
            _ => None,
        }
    }
}
