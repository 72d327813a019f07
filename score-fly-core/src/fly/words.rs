//! The words that fly.toml takes in some places.

use alloc::borrow::Cow;

use super::field::Field;
use super::overlay::replaced;
use crate::diagnostic::Diagnostics;
use crate::document::{Node, Value};
use crate::fly::messages;
use crate::pointer::Path;

macro_rules! words {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
                fn read(node: &Node<'_>, at: &Path<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
                    let word = node.as_str().and_then(Self::from_word);
                    if word.is_none() {
                        diagnostics.push(messages::not_a_word(at, &[$($word,)*]));
                    }
                    word
                }

                fn write(&self) -> Value<'_> {
                    Value::String(Cow::Borrowed(self.as_str()))
                }
            }

            replaced!($name);

            #[cfg(test)]
            impl super::sample::Sample for $name {
                fn sample(dice: &mut super::sample::Dice) -> Self {
                    dice.one_of(Self::ALL)
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

impl RestartPolicy {
    /// The word in a machine config.
    pub(crate) const fn in_machine(self) -> &'static str {
        match self {
            Self::Never => "no",
            Self::Always | Self::OnFailure => self.as_str(),
        }
    }
}
