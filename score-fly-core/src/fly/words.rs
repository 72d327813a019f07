//! The words that fly.toml and machine configs take in some places.

use alloc::borrow::Cow;

use super::field::Field;
use crate::diagnostic::Diagnostics;
use crate::document::{Node, Value};
use crate::fly::messages;
use crate::pointer::Path;
use crate::prelude::*;

/// Which of the words stands at a node; another value is reported.
fn one_of(words: &[&str], node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let index = node.as_str().and_then(|text| words.iter().position(|word| *word == text));
    if index.is_none() {
        diagnostics.push(messages::not_a_word(at, words));
    }
    index
}

macro_rules! words {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            #[non_exhaustive]
            pub enum $name {
                $($(#[$variant_doc])* #[cfg_attr(feature = "schema", schemars(rename = $word))] $variant,)*
            }

            impl $name {
                /// All of them, in the order of their meaning.
                pub const ALL: &[Self] = &[$(Self::$variant,)*];

                /// The word in fly.toml.
                pub const fn as_str(self) -> &'static str {
                    match self { $(Self::$variant => $word,)* }
                }

                /// The one of that word.
                pub fn from_word(word: &str) -> Option<Self> {
                    Self::ALL.iter().copied().find(|value| value.as_str() == word)
                }
            }

            impl Field for $name {
                fn blank() -> Self {
                    let [first, ..] = [$(Self::$variant,)*];
                    first
                }

                fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
                    let index = one_of(&[$($word,)*], node, at, diagnostics);
                    let Some(word) = index.and_then(|index| Self::ALL.get(index)) else { return false };
                    *self = *word;
                    true
                }

                fn tree(&self, _: bool) -> Value<'_> {
                    Value::String(Cow::Borrowed(self.as_str()))
                }
            }

            #[cfg(test)]
            impl super::sample::Sample for $name {
                fn sample(dice: &mut super::sample::Dice) -> Self {
                    dice.one_of(Self::ALL)
                }
            }
        )*
    };
}

/// Words of Fly's API, which may get more of them: one that is not known here is kept as it is.
macro_rules! open_words {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
            #[non_exhaustive]
            pub enum $name {
                $($(#[$variant_doc])* $variant,)*
                /// Another word.
                Other(String),
            }

            impl $name {
                /// The word in a machine config.
                pub fn as_str(&self) -> &str {
                    match self {
                        $(Self::$variant => $word,)*
                        Self::Other(word) => word,
                    }
                }
            }

            impl From<&str> for $name {
                fn from(word: &str) -> Self {
                    match word {
                        $($word => Self::$variant,)*
                        _ => Self::Other(word.to_owned()),
                    }
                }
            }

            impl Field for $name {
                fn blank() -> Self {
                    Self::Other(String::new())
                }

                fn fill(&mut self, node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> bool {
                    let Some(word) = String::read(node, at, diagnostics) else { return false };
                    *self = Self::from(word.as_str());
                    true
                }

                fn tree(&self, _: bool) -> Value<'_> {
                    Value::String(Cow::Borrowed(self.as_str()))
                }
            }

            #[cfg(feature = "schema")]
            impl schemars::JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }

                fn inline_schema() -> bool {
                    true
                }

                fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    String::json_schema(generator)
                }
            }

            #[cfg(test)]
            impl super::sample::Sample for $name {
                fn sample(dice: &mut super::sample::Dice) -> Self {
                    Self::from(dice.one_of(&[$($word,)* "another"]))
                }
            }
        )*
    };
}

words! {
    /// What the proxy does with idle machines. flyctl also takes booleans; these are the words.
    pub enum AutoStop {
        /// Nothing.
        Off = "off",
        /// Stops them.
        Stop = "stop",
        /// Suspends them to disk.
        Suspend = "suspend",
    }

    /// A transport protocol.
    pub enum Protocol {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
    }

    /// What the proxy does with connections to a port; raw TCP without any.
    pub enum Handler {
        /// Terminates TLS.
        Tls = "tls",
        /// Speaks HTTP.
        Http = "http",
        /// Terminates TLS as `PostgreSQL` does.
        PgTls = "pg_tls",
        /// Sends the PROXY protocol's header.
        ProxyProto = "proxy_proto",
    }

    /// What `concurrency` counts.
    pub enum ConcurrencyType {
        /// Connections.
        Connections = "connections",
        /// Requests.
        Requests = "requests",
    }

    /// The kind of a check.
    pub enum CheckType {
        /// An HTTP request.
        Http = "http",
        /// A TCP connection.
        Tcp = "tcp",
    }

    /// When machines restart.
    pub enum RestartPolicy {
        /// Whenever they stop.
        Always = "always",
        /// Never.
        Never = "never",
        /// When they fail.
        OnFailure = "on-failure",
    }

    /// How machines are replaced.
    pub enum Strategy {
        /// One first, then the rest.
        Canary = "canary",
        /// One after another.
        Rolling = "rolling",
        /// All at once.
        Immediate = "immediate",
        /// A second set beside the first.
        BlueGreen = "bluegreen",
    }

    /// A kind of CPU.
    pub enum CpuKind {
        /// Shares of a core.
        Shared = "shared",
        /// Whole cores.
        Performance = "performance",
    }

    /// How far a container must be before another one starts.
    pub enum DependencyCondition {
        /// It runs.
        Started = "started",
        /// Its checks succeed.
        Healthy = "healthy",
        /// It ended with success.
        ExitedSuccessfully = "exited_successfully",
    }

    /// What a check on a container is about.
    pub enum HealthcheckKind {
        /// Whether it is ready for traffic.
        Readiness = "readiness",
        /// Whether it works at all.
        Liveness = "liveness",
    }
}

open_words! {
    /// When a machine, or a container in it, restarts.
    pub enum MachineRestartPolicy {
        /// Never.
        No = "no",
        /// When it fails.
        OnFailure = "on-failure",
        /// Whenever it stops.
        Always = "always",
        /// When there is room at the price that is bid.
        SpotPrice = "spot-price",
    }

    /// Whether the root file system of a machine survives.
    pub enum PersistRootfs {
        /// No.
        Never = "never",
        /// When it restarts.
        Restart = "restart",
        /// When it is updated as well.
        Always = "always",
    }

    /// When a machine is started.
    pub enum Schedule {
        /// Every hour.
        Hourly = "hourly",
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
    }

    /// What a check that no service owns does when it fails.
    pub enum CheckKind {
        /// Nothing; it is shown.
        Informational = "informational",
        /// It takes the machine out of the proxy's hands.
        Readiness = "readiness",
    }

    /// Where a directory that is gone with the machine lies.
    pub enum StorageType {
        /// On disk.
        Disk = "disk",
        /// In memory.
        Memory = "memory",
    }
}

impl RestartPolicy {
    /// The same in a machine config.
    pub(crate) const fn in_machine(self) -> MachineRestartPolicy {
        match self {
            Self::Never => MachineRestartPolicy::No,
            Self::Always => MachineRestartPolicy::Always,
            Self::OnFailure => MachineRestartPolicy::OnFailure,
        }
    }
}
