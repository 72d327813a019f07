//! The keys under which deploys note things in the metadata of machines.
//!
//! Fly keeps them with the machine and shows them to everybody in the organization.

/// The id of the release at Fly.
pub const RELEASE_ID: &str = "fly_release_id";
/// The number of the release at Fly.
pub const RELEASE_VERSION: &str = "fly_release_version";
/// `v2` on machines that a deploy cares for.
pub const PLATFORM_VERSION: &str = "fly_platform_version";
/// The process group.
pub const PROCESS_GROUP: &str = "fly_process_group";
/// The process group of machines that run a release command.
pub const RELEASE_COMMAND_GROUP: &str = "fly_app_release_command";
/// The process group of machines that run a machine check.
pub const TEST_COMMAND_GROUP: &str = "fly_app_test_machine_command";
/// The process group of machines for `fly console`.
pub const CONSOLE_GROUP: &str = "fly_app_console";
/// On the throw-away machine of flyctl's canary deploys.
pub const FLYCTL_CANARY: &str = "fly_canary";

/// The version that was deployed, as its author counts.
pub const VERSION: &str = "score_fly_version";
/// The commit that was deployed.
pub const REVISION: &str = "score_fly_revision";
/// Where that commit is.
pub const SOURCE: &str = "score_fly_source";
/// What is new in the release, in a line.
pub const NOTE: &str = "score_fly_note";
/// The release that this one went back to, by its number or, if it has none, its version.
pub const BACK_TO: &str = "score_fly_back_to";
/// The tree of apps from which it was deployed, and what tells that app from any other that it could be.
pub const TREE: &str = "score_fly_tree";
/// The name of the preview that the app belongs to.
pub const PREVIEW: &str = "score_fly_preview";
/// Who answers for the preview.
pub const OWNER: &str = "score_fly_owner";
/// When the preview may be pruned, as RFC 3339 has it.
pub const EXPIRES: &str = "score_fly_expires";
/// The id of the deploy that changed the machine last.
pub const DEPLOY: &str = "score_fly_deploy";
/// The hash of the config that the machine was given, see [`config_hash`](super::config_hash): with another one
/// than that, somebody else has changed it since.
pub const CONFIG: &str = "score_fly_config";
/// The hash of the secrets that the machine has, see [`secrets_hash`](super::secrets_hash). It is known once they
/// are set, so whoever carries out a plan puts it in.
pub const SECRETS: &str = "score_fly_secrets";
/// The keys of its config, separated by commas, that came from the machine config that fly.toml brings along: what
/// stands there and is gone from fly.toml is taken out of the machine, and what others have put in stays.
pub const OWNS: &str = "score_fly_owns";
/// On the first machine of a group while its others are not there yet.
pub const UNFINISHED: &str = "score_fly_unfinished";
/// The id of the machine that this one takes over from.
pub const REPLACES: &str = "score_fly_replaces";
/// On machines that are there for the time of a deploy, such as a canary; what for.
pub const TEMPORARY: &str = "score_fly_temporary";

/// What changes from deploy to deploy without the machine being another one.
pub(super) const STAMPS: [&str; 12] =
    [VERSION, REVISION, SOURCE, NOTE, BACK_TO, TREE, PREVIEW, OWNER, EXPIRES, DEPLOY, CONFIG, SECRETS];

/// Those of them that are brought up to date by themselves, without a restart.
pub const RELEASE: [&str; 5] = [VERSION, REVISION, SOURCE, NOTE, BACK_TO];

/// So are these.
pub(super) const PREVIEWS: [&str; 3] = [PREVIEW, OWNER, EXPIRES];

/// What says how far a deploy came.
pub(super) const PROGRESS: [&str; 4] = [OWNS, UNFINISHED, REPLACES, TEMPORARY];
