//! Values that must never be printed.

use core::fmt;

/// A value that a resource marked secret, or that was made from one.
///
/// It has no `Display` and no `Serialize`, and its `Debug` hides the value, so it can't end up in
/// a file or a message by accident. Whoever opens it says so with [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides `value`.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Opens the secret. Only what makes other secrets from it and the writers of secrets call this.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Makes another secret from this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Secret<U> {
        Secret(change(self.0))
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A value together with the knowledge of whether a secret took part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sensitive<T> {
    /// May be printed.
    Public(T),
    /// Must not be printed.
    Secret(Secret<T>),
}

impl<T> Sensitive<T> {
    /// Wraps `value`, as a secret if `secret`.
    pub fn new(value: T, secret: bool) -> Self {
        if secret { Self::Secret(Secret::new(value)) } else { Self::Public(value) }
    }

    /// Changes the value; what is made from a secret is one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sensitive<U> {
        match self {
            Self::Public(value) => Sensitive::Public(change(value)),
            Self::Secret(secret) => Sensitive::Secret(secret.map(change)),
        }
    }

    /// The value if it may be printed.
    pub fn public(&self) -> Option<&T> {
        match self {
            Self::Public(value) => Some(value),
            Self::Secret(_) => None,
        }
    }
}
