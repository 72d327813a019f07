//! The closed list of diagnostic codes, each with its severity.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::suggest::nearest;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be emitted.
    Error,
    /// Something changes its meaning, or is about to go away.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The severity in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! codes {
    ($($variant:ident, $name:literal, $severity:ident, $summary:literal;)*) => {
        /// What kind of mistake or remark a diagnostic is. Each has a page in `docs/diagnostics/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $summary] #[serde(rename = $name)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the stages that report them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as users see it, in kebab-case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// One line on what it means.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }

            /// The page from `docs/diagnostics/`, in Markdown.
            #[cfg(feature = "pages")]
            pub const fn page(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../pages/", $name, ".md")),)*
                }
            }
        }
    };
}

codes! {
    // Files.
    UnreadableFile, "unreadable-file", Error, "a file can't be read";
    UnwritableFile, "unwritable-file", Error, "a file can't be written";

    // Reading text.
    InvalidRequest, "invalid-request", Error, "the request is not of the shape that the facade takes";
    UnknownCode, "unknown-code", Error, "there is no diagnostic of the name that is to be silenced, or to be an error";
    InvalidEncoding, "invalid-encoding", Error, "the input is not text in UTF-8 or UTF-16";
    InvalidYaml, "invalid-yaml", Error, "the text is not well-formed YAML";
    DocumentLimit, "document-limit", Error, "the document is too large or nested too deeply";
    EmptyDocument, "empty-document", Error, "there is nothing in the document";
    MultipleDocuments, "multiple-documents", Error, "the text holds more than one YAML document";
    DuplicateKey, "duplicate-key", Error, "a key stands twice in one mapping";
    UnknownAnchor, "unknown-anchor", Error, "an alias refers to an anchor that is not defined before it";
    InvalidMerge, "invalid-merge", Error, "a merge key has a value that can't be merged";
    NonStringKey, "non-string-key", Error, "a key is not a string";
    InvalidNumber, "invalid-number", Error, "a number can't be represented";
    AmbiguousScalar, "ambiguous-scalar", Warning, "other Score tools read this plain scalar differently";

    // Overrides.
    InvalidOverride, "invalid-override", Error, "an override is not of the form that overrides have";
    OverrideNotApplicable, "override-not-applicable", Error, "an override's path does not fit the document";

    // The Score schema.
    WrongType, "wrong-type", Error, "a value has the wrong type";
    MissingField, "missing-field", Error, "a required field is missing";
    UnknownField, "unknown-field", Error, "a field is not part of the Score specification";
    InvalidValue, "invalid-value", Error, "a value is not one that the Score specification allows";
    InvalidName, "invalid-name", Error, "a name does not follow the rules for names";
    OutOfRange, "out-of-range", Error, "a number lies outside its range";
    ConflictingFields, "conflicting-fields", Error, "exactly one of several fields must be set";
    DeprecatedForm, "deprecated-form", Warning, "a deprecated form was upgraded";
    DuplicateTarget, "duplicate-target", Warning, "two entries of a deprecated list have the same target";
    UnknownContainer, "unknown-container", Error, "`before` names a container that does not exist";
    BeforeCycle, "before-cycle", Error, "containers wait for each other in a circle";
    MissingProbe, "missing-probe", Error, "a container that others wait for until it is healthy has no probe";

    // Placeholders, resources and files.
    PlaceholderKept, "placeholder-kept", Warning, "a placeholder stands where none are filled";
    InvalidPlaceholder, "invalid-placeholder", Error, "a placeholder can't be understood";
    UnknownMetadata, "unknown-metadata", Error, "a placeholder refers to metadata that does not exist";
    UnknownResource, "unknown-resource", Error, "a placeholder refers to a resource that does not exist";
    MissingResourceOutputs, "missing-resource-outputs", Error, "a resource's outputs were not given";
    UnknownOutput, "unknown-output", Error, "a resource has no output of that name";
    InvalidOutputs, "invalid-outputs", Error, "the resource outputs are not of the form that outputs have";
    ConflictingResource, "conflicting-resource", Error, "workloads ask for different things of a resource that they share";
    ResourceCycle, "resource-cycle", Error, "resources need each other's outputs in a circle";
    NoProvisioner, "no-provisioner", Error, "no provisioner is for a resource";
    UnsupportedParam, "unsupported-param", Error, "a resource has a param that its provisioner does not support";
    ProvisionerChanged, "provisioner-changed", Error, "a resource was made by another provisioner than the one that is for it now";
    ResourceNotProvisioned, "resource-not-provisioned", Error, "a provisioner did not make a resource";
    MissingSourceFile, "missing-source-file", Error, "a file that the workload mounts could not be read";
    SourceNotText, "source-not-text", Error, "a binary file can't have placeholders expanded";
    InvalidBase64, "invalid-base64", Error, "`binaryContent` is not base64";
    SecretNotAllowed, "secret-not-allowed", Error, "a secret stands where it would be published";

    // Projects.
    NoProject, "no-project", Error, "there is no project in the folder";
    InvalidProvisioner, "invalid-provisioner", Error, "an entry of a provisioner file is no provisioner";
    InvalidEnvFile, "invalid-env-file", Error, "a line of a file of variables sets none";
    InvalidState, "invalid-state", Error, "the state of a project can't be used";
    MissingIdentity, "missing-identity", Error, "the secrets in a project's state can't be decrypted";

    // What Fly takes.
    InvalidAppName, "invalid-app-name", Error, "the app's name is not one that Fly takes";
    NeedsContainers, "needs-containers", Error, "this needs Fly's containers, which are not allowed";
    UsesContainers, "uses-containers", Note, "the workload runs in Fly's containers, for this reason";
    ProcessesDiffer, "processes-differ", Error, "process groups can't differ in this, which Fly has once for all of them";
    UnclearProcesses, "unclear-processes", Error, "it is not clear which process group a port of the service leads to";
    SharedByProcesses, "shared-by-processes", Note, "all process groups get a variable or file that only some containers have";
    ContainerPortConflict, "container-port-conflict", Warning, "two containers seem to listen on the same port";
    UnknownAnnotation, "unknown-annotation", Error, "an annotation under our prefix is not one that exists";
    InvalidAnnotation, "invalid-annotation", Error, "an annotation has a value that it can't have";
    NoGuestFits, "no-guest-fits", Error, "no Fly machine is as large as the workload asks for";
    InvalidVariableName, "invalid-variable-name", Error, "a variable's name is not one that Fly takes";
    ReservedVariable, "reserved-variable", Warning, "flyctl puts a value of its own in the place of a variable's";
    RelativeTarget, "relative-target", Error, "a mount's target is not an absolute path";
    InvalidTarget, "invalid-target", Error, "a mount's target can't be one, or is taken twice";
    NeedsSideFiles, "needs-side-files", Note, "a file can't be written into fly.toml itself";
    TooManyVolumes, "too-many-volumes", Error, "a Fly machine takes one volume";
    InvalidVolume, "invalid-volume", Error, "a volume asks for something that Fly's volumes can't do";
    VolumeInContainers, "volume-in-containers", Note, "a volume is the machine's, not a container's";
    VolumeRenamed, "volume-renamed", Note, "a volume's name was changed to one that Fly takes";
    PortConflict, "port-conflict", Error, "two ports of the service can't both be served";
    InvalidRoute, "invalid-route", Error, "a route can't lead where it is meant to";
    PathNotRouted, "path-not-routed", Warning, "Fly's proxy tells no paths apart";
    HostToBeAdded, "host-to-be-added", Note, "a host name has to be added to the app";
    UdpPortMismatch, "udp-port-mismatch", Error, "a UDP port must be the same inside and outside";
    NeedsDedicatedAddress, "needs-dedicated-address", Note, "a port needs a dedicated address, which `fly deploy` allocates only where it can ask";
    LivenessCannotRestart, "liveness-cannot-restart", Warning, "a liveness probe becomes a check, which never restarts the machine";
    DuplicateHeader, "duplicate-header", Error, "a probe sets a header twice";
    SecretNotEncodable, "secret-not-encodable", Error, "a secret's value can't be carried by `fly secrets import`";
    InvalidFlyConfig, "invalid-fly-config", Error, "a fly.toml, or a fragment of one, is not valid";

    // fly.toml by itself.
    UnknownFlyKey, "unknown-fly-key", Warning, "flyctl ignores a key that it does not know";
    FormerKey, "former-key", Note, "keys that only earlier versions of flyctl looked at";
    BareDuration, "bare-duration", Warning, "a duration is a bare number, which counts nanoseconds";
    ImpliedUnit, "implied-unit", Note, "a duration is a bare number, whose unit depends on where it stands";
    MissingSetting, "missing-setting", Warning, "a setting is missing, and Fly takes its default";
    UnsplitCommand, "unsplit-command", Warning, "a command line is taken for one word";
    EnvNotText, "env-not-text", Warning, "a variable is not text, and flyctl writes it in a way of its own";
    InvalidFlyValue, "invalid-fly-value", Error, "a value in fly.toml is not one that Fly takes";
    InvalidGuest, "invalid-guest", Error, "Fly has no machine of this size";
    DuplicateService, "duplicate-service", Error, "two services have the same internal port and protocol";
    ServiceWithoutPorts, "service-without-ports", Warning, "nothing outside reaches a service without ports";
    ServiceWithoutProcesses, "service-without-processes", Error, "a service does not say to which process group it belongs";
    UnknownProcessGroup, "unknown-process-group", Error, "a process group does not exist";
    IneffectiveProcesses, "ineffective-processes", Warning, "a section does not apply to the process groups that it seems to apply to";
    UdpHandlers, "udp-handlers", Error, "a UDP port has no handlers";
    UdpAutoStart, "udp-auto-start", Warning, "UDP traffic does not start machines";
    ForceHttpsWithoutHttp, "force-https-without-http", Error, "only a port that speaks HTTP can redirect to HTTPS";
    RetiredRegion, "retired-region", Warning, "Fly has no such region, or no longer";
    NeedsShell, "needs-shell", Warning, "a command is written for a shell, and runs without one";
    HttpsNotServed, "https-not-served", Warning, "nothing answers HTTPS where it is expected";
    PortMismatch, "port-mismatch", Warning, "the variable `PORT` is not the port that the service leads to";
    NeverStarted, "never-started", Warning, "machines are stopped, and nothing starts them again";
    InvalidCheck, "invalid-check", Warning, "a check can't pass, or not as it is written";
    CheckTiming, "check-timing", Warning, "Fly changes the timing of a check to one that it takes";
    DoubleBase64, "double-base64", Warning, "a file's content is in base64, and flyctl encodes it again";
    PlaintextSecret, "plaintext-secret", Warning, "a variable that everybody can read seems to hold a secret";
    InvalidCommand, "invalid-command", Error, "a command line can't be split into words";
    StrategyConflict, "strategy-conflict", Error, "a deploy strategy can't work with the rest of the app";
    IneffectiveSetting, "ineffective-setting", Warning, "a setting has no effect";
    InvalidMachineConfig, "invalid-machine-config", Error, "a machine config can't be used";

    // From fly.toml to Score.
    KeptAsConfig, "kept-as-config", Note, "Score can't say a part of fly.toml, which is kept as it is";
    NotInScore, "not-in-score", Warning, "no Score file becomes a fly.toml that is just this one";

    // Runtimes and functions.
    UnknownRuntime, "unknown-runtime", Error, "no runtime of that name is built in";
    InvalidRuntime, "invalid-runtime", Error, "a runtime is not of the form that runtimes have";
    InvalidFunction, "invalid-function", Error, "a function is not of the form that functions have";
    InvalidOption, "invalid-option", Error, "an option is not one that the function's runtime takes";
    TemplateFailed, "template-failed", Error, "a template of a runtime can't be filled";
    PathConflict, "path-conflict", Error, "a file can't have the path that it is to have";
    FileReplaced, "file-replaced", Warning, "a function has a file of its own instead of its runtime's";
    RuntimeMoved, "runtime-moved", Warning, "what a function's runtime refers to is another commit than it was";
    FaasoDifference, "faaso-difference", Note, "a function or runtime of another tool works differently here";

    // Trees of apps.
    InvalidTree, "invalid-tree", Error, "a tree of apps is not written as such trees are";
    ShadowedApp, "shadowed-app", Warning, "two files define one app or project, and the first one counts";
    FlycdDifference, "flycd-difference", Note, "a tree that was made for another tool works differently here, or hides a trap";
}

impl Code {
    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// The code whose name is so close to `name` that it may be meant.
    pub fn nearest(name: &str) -> Option<Self> {
        nearest(name, Self::ALL.iter().map(|code| code.as_str())).and_then(Self::from_name)
    }
}

/// As derived, without a branch for each of them.
impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
