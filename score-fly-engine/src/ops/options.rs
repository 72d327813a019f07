//! Options that use cases have in common.

use std::path::{Path, PathBuf};

use score_fly_core::convert::{Containers, Options};

use super::failure::{Failure, Setting};

/// What is done to Score files on their way.
#[derive(Debug, Clone, Default)]
pub struct ScoreOptions {
    /// Files to merge over the Score file; later ones win.
    pub overrides: Vec<PathBuf>,
    /// Single values to set after all files, as `PATH=VALUE`.
    pub override_properties: Vec<String>,
    /// The image of containers whose `image` is `.`. Without it, such a container is built from the Dockerfile
    /// next to the Score file.
    pub image: Option<String>,
    /// Files with the outputs of resources; a resource in a later file replaces the same one in an earlier one.
    pub outputs: Vec<PathBuf>,
    /// What to put before a workload's name to make its app's. In a project it can't differ from the project's.
    pub app_prefix: Option<String>,
    /// The primary region, unless a workload's annotation names another.
    pub region: Option<String>,
    /// Whether workloads run in Fly's containers.
    pub containers: Containers,
}

impl ScoreOptions {
    /// The files that these options name.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.overrides.iter().chain(&self.outputs).map(PathBuf::as_path)
    }

    /// Whether anything is to be laid over Score files.
    #[cfg(feature = "project")]
    pub(super) fn has_overrides(&self) -> bool {
        !self.overrides.is_empty() || !self.override_properties.is_empty()
    }

    /// Something that is given and speaks of one Score file. Like other Score tools, score-fly does
    /// not apply it to several: what fits one workload seldom fits another.
    pub(super) fn for_one_file(&self) -> Option<Setting> {
        let settings = [
            (Setting::Overrides, !self.overrides.is_empty()),
            (Setting::OverrideProperty, !self.override_properties.is_empty()),
            (Setting::Image, self.image.is_some()),
        ];
        settings.into_iter().find_map(|(setting, given)| given.then_some(setting))
    }

    /// Refuses, for several files, what is meant for one.
    pub(super) fn refuse_several(&self, files: usize) -> Result<(), Failure> {
        match self.for_one_file() {
            Some(setting) if files > 1 => Err(Failure::ForOneFile { setting }),
            _ => Ok(()),
        }
    }

    /// What the conversion is told.
    pub(super) fn conversion(&self, inline_files: bool) -> Options {
        Options {
            app_prefix: self.app_prefix.clone().unwrap_or_default(),
            image: self.image.clone(),
            // A variable that is set to nothing is as good as none.
            region: self.region.clone().filter(|region| !region.is_empty()),
            inline_files,
            containers: self.containers,
            ..Options::default()
        }
    }
}

/// How a project is opened to change it.
#[cfg(feature = "project")]
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// What to do while another run is at work in the project.
    pub wait: crate::store::Wait,
    /// Identity files of age, to decrypt the secrets in the state of the project. Further identities may stand in
    /// the environment, as `SCORE_FLY_IDENTITY`.
    pub identities: Vec<PathBuf>,
}
