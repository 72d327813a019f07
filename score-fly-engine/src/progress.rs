//! What is going on while provisioners are at work, while images are pushed, and while machines are changed.

use score_fly_core::resource::Uid;

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<'p> {
    /// Another run, in this process, is at work in the project, and is waited for.
    Waiting {
        /// The process, as far as it is known.
        holder: &'p str,
    },
    /// Provisioners are about to be called.
    Began {
        /// What for.
        act: Act,
        /// For how many resources at most.
        total: usize,
    },
    /// A provisioner is about to be called.
    Started(&'p Uid),
    /// It has a line for people.
    Said(&'p Uid, &'p str),
    /// It has answered, or failed.
    Finished(&'p Uid),
    /// Something about an image that is pushed.
    #[cfg(feature = "image")]
    Image(&'p score_fly_image::Event<'p>),
    /// No more provisioners are called for this, and no more of the image is pushed.
    Ended,
    /// A machine of an app has come further.
    #[cfg(feature = "deploy")]
    Machine(MachineProgress<'p>),
    /// Something goes on with an app.
    #[cfg(feature = "deploy")]
    Line {
        /// The app.
        app: &'p str,
        /// What, in a sentence without a full stop.
        line: &'p str,
    },
}

/// How far a machine is.
#[cfg(feature = "deploy")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineProgress<'p> {
    /// The app.
    pub app: &'p str,
    /// The machine; while it is being created, it has no id yet.
    pub machine: &'p str,
    /// Its process group.
    pub group: &'p str,
    /// Where it is.
    pub region: &'p str,
    /// How far it is.
    pub phase: MachinePhase<'p>,
}

/// How far a machine is in a deploy.
#[cfg(feature = "deploy")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MachinePhase<'p> {
    /// It is being created, and goes by what the plan calls it.
    Creating,
    /// It was created, and has an id now.
    Created {
        /// What the plan calls it.
        key: &'p str,
    },
    /// It gets another config.
    Updating,
    /// It starts.
    Starting,
    /// It runs what it is there for.
    Running,
    /// Its checks are looked at.
    Checking {
        /// How many pass.
        passing: usize,
        /// How many there are.
        total: usize,
    },
    /// It works.
    Healthy,
    /// It is as it is to be, and nobody looks further.
    Done,
    /// It stops.
    Stopping,
    /// It goes.
    Destroying,
    /// It is gone.
    Destroyed,
    /// It does not work.
    Failed,
    /// It is given back what it was made from.
    Restoring,
    /// It has that.
    Restored,
}

/// What provisioners are called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// To make resources.
    Provisioning,
    /// To take them down.
    TakingDown,
}

/// Is told what is going on, from several threads.
pub type Watch<'w> = dyn Fn(Progress<'_>) + Sync + 'w;
