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
        Failure::NotOurs { .. } => ": --update keeps what others wrote into it, --force replaces it",
        #[cfg(feature = "image")]
        Failure::NoPassword { .. } => ": set SCORE_FLY_REGISTRY_PASSWORD, or pipe it in with --password-stdin",
        #[cfg(feature = "deploy")]
        Failure::Fly(error) => return fly::sentence(error),
        #[cfg(feature = "deploy")]
        Failure::App(failure) => return fly::about_app(failure),
        #[cfg(feature = "deploy")]
        Failure::Release(failure) => return fly::about_release(failure),
        #[cfg(feature = "deploy")]
        Failure::Deploy { app, trouble } => return fly::trouble(app, trouble),
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
        Setting::ImageArchive => "--image-archive",
        Setting::App => "--app",
        Setting::Secrets => "--secrets-file",
        Setting::Output => "--output",
        _ => "this flag",
    }
}

#[cfg(feature = "deploy")]
mod fly {
    use score_fly_api::{Error, Kind};
    use score_fly_core::release::NotFound;
    use score_fly_engine::deploy::Trouble;
    use score_fly_engine::ops::{AboutApp, AboutRelease};

    pub(super) fn sentence(error: &Error) -> String {
        match advice(error.kind()) {
            Some(advice) => format!("{error}: {advice}"),
            None => error.to_string(),
        }
    }

    /// What to do about a refusal of Fly.
    fn advice(kind: &Kind) -> Option<&'static str> {
        Some(match kind {
            Kind::Unauthorized => {
                "the token is wrong or expired; log in with `fly auth login`, or set FLY_API_TOKEN to a new one"
            }
            Kind::Forbidden => {
                "the token may not do that, or the app is somebody else's; a deploy token of one app can't create apps, \
                 one of the organization can (`fly tokens create org`)"
            }
            Kind::NameTaken => "somebody has an app of that name, and names are unique at Fly; choose another one",
            Kind::Limit => {
                "the organization may have no more, or Fly's billing wants something: see https://fly.io/dashboard"
            }
            Kind::Capacity => "there is no room in that region; choose another one, or a smaller size",
            Kind::HostFull => {
                "there is no room on the host of that machine or volume; take a smaller size, or fork the volume to \
                 another host"
            }
            Kind::VolumeInUse { .. } => "wait until that machine is gone, or let the plan take another volume",
            Kind::MachineNameTaken { .. } => "destroy the machine of that name, or wait until it is gone",
            Kind::Region => "name one of the regions of https://fly.io/docs/reference/regions",
            Kind::Invalid => "Fly does not take that; change what it speaks of, and run it again",
            Kind::Busy | Kind::WrongState => "something else is under way with it; run it again when that is over",
            Kind::TimedOut => "see what stands there with `score-fly status`, and run it again",
            Kind::LeaseHeld(_) => "somebody else is at work on it; wait until that is done, and run it again",
            Kind::VersionMoved => "somebody else has changed it meanwhile; run it again",
            Kind::Image => "see that the image is in the registry, and that its name is right",
            Kind::RateLimited => "try again in a minute",
            Kind::Unavailable => "see https://status.flyio.net, and try again",
            Kind::Network => "look at the network, and run it again: what was done is found and not done twice",
            _ => return None,
        })
    }

    /// Why a deploy ended early, with what was said last and what to do.
    pub(super) fn trouble(app: &str, trouble: &Trouble) -> String {
        let said: Vec<String> = trouble.lines().iter().map(|line| format!("\n  | {line}")).collect();
        let advice = match trouble {
            Trouble::Fly(error) | Trouble::NoRoom { error, .. } => {
                advice(error.kind()).map(|advice| format!(": {advice}")).unwrap_or_default()
            }
            Trouble::Sick { machine, .. } => format!("; see `score-fly logs -a {app} --machine {machine}`"),
            Trouble::ReleaseCommand { .. } => "; no machine of the app was changed".to_owned(),
            Trouble::NoBluegreen => "; take --strategy rolling, or ask for more at https://fly.io/dashboard".to_owned(),
            Trouble::LeaseLost { .. } => "; run it again when nobody else deploys".to_owned(),
            Trouble::Interrupted => "; run it again to go on from what is there".to_owned(),
            _ => String::new(),
        };
        format!("app {app}: {trouble}{advice}{}", said.concat())
    }

    pub(super) fn about_release(failure: &AboutRelease) -> String {
        let advice = match failure {
            AboutRelease::Version(invalid) => match &invalid.suggestion {
                Some(suggestion) => return format!("{failure}; give --version {suggestion}"),
                None => "; give a version by the rules of semver.org, such as --version 1.4.2",
            },
            AboutRelease::NoAnnotation { .. } => ": add `fly.score.dev/version: \"1.4.2\"` to its annotations",
            AboutRelease::NoRepository => ": give the version with --version",
            AboutRelease::NoTag => ": tag a commit, as with `git tag v1.4.2`, or give the version with --version",
            AboutRelease::Taken { .. } => ": give another version; `score-fly releases` shows those that there are",
            AboutRelease::NotFound { why: NotFound::Several { .. }, .. } => ": give more of it",
            AboutRelease::None { .. } => ": `score-fly deploy` makes the first one",
            AboutRelease::NoImage { .. } | AboutRelease::ImageGone { .. } => {
                ": push it again, or go back to another release; `score-fly releases` shows all of them"
            }
            AboutRelease::NoConfig { .. } => ": go back to its image alone with --image-only",
            AboutRelease::NoFiles { .. } => {
                ": check out what they were, and run it again; or go back to the image alone with --image-only"
            }
            AboutRelease::NotConfirmed { .. } => "; --yes confirms it where nobody can type",
            _ => "",
        };
        format!("{failure}{advice}")
    }

    pub(super) fn about_app(failure: &AboutApp) -> String {
        let advice = match failure {
            AboutApp::None => ": give --app or a file, set FLY_APP, or run this where a project or fly.toml is",
            AboutApp::Several { .. } => ": name one with --app",
            AboutApp::NotInFile { .. } => ": add `app = \"NAME\"`",
            AboutApp::NotConfirmed { .. } => "; --yes confirms it where nobody can type",
            AboutApp::WhichOrganization { .. } => ": name it with --org, or set FLY_ORG",
            AboutApp::NoFiles => ": name Score files or fly.toml files",
            AboutApp::NoImage { .. } => {
                ": name it with --image, bring it along with --image-archive, or install flyctl, which builds it"
            }
            AboutApp::NoFlyctl => ": see https://fly.io/docs/flyctl/install",
            AboutApp::Twice { .. } => ": name one of them",
            AboutApp::Left { failed, .. } if failed.is_empty() => "; run it again to go on",
            AboutApp::NoSuchImage { .. } => ": push it first, or look at its name",
            AboutApp::NoSecrets => ": give NAME=-, NAME=@FILE, NAME or --env-file",
            AboutApp::UnknownSecrets { .. } => "; `score-fly secrets list` shows all of them",
            AboutApp::NoValues { .. } => ": set it, or give NAME=- and the value on standard input, or NAME=@FILE",
            _ => "",
        };
        format!("{failure}{advice}")
    }
}

#[cfg(feature = "project")]
mod project {
    use score_fly_engine::ops::{InProject, Setting};
    use score_fly_engine::run::DeprovisionError;

    pub(super) fn sentence(failure: &InProject) -> String {
        let advice = match failure {
            InProject::ForOneWorkload { setting, workloads } => {
                let flag = super::flag(*setting);
                let advice = if *setting == Setting::Output { "; --output-folder takes several" } else { "" };
                return format!("{flag} is meant for one workload, and this project has {workloads}{advice}");
            }
            InProject::OtherEnvironments { env: Some(env), .. } => {
                return format!("{failure}: `score-fly init --env {env}` makes it");
            }
            InProject::OtherEnvironments { env: None, .. } => {
                return format!("{failure}: name one with --env, or set SCORE_FLY_ENV");
            }
            InProject::NotConfirmed => return format!("{failure}; --yes confirms it where nobody can type"),
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
            InProject::Replaced { uid, .. } => {
                return format!(
                    "{failure}: give the new one another id, or run `score-fly resources deprovision '{uid}'` first"
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
