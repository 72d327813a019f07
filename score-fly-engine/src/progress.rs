//! What is going on while provisioners are at work, and while images are pushed.

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
