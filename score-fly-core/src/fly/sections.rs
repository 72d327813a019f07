//! The macro that makes sections of configurations: a struct, its reader and its writer.

/// Each field is a key of the section, under its own name or the one after `as`.
macro_rules! sections {
    ($($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$field_doc:meta])* $field:ident $(as $key:literal)?: $type:ty,)*
    })*) => {
        $(
            #[derive(Debug, Clone, PartialEq, Default)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields, default))]
            $(#[$doc])*
            pub struct $name {
                $(
                    $(#[$field_doc])*
                    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "crate::fly::field::Field::is_absent"))]
                    $(#[cfg_attr(feature = "schema", schemars(rename = $key))])?
                    pub $field: $type,
                )*
            }

            impl $name {
                const KEYS: &[&str] = &[$($crate::fly::sections::key!($field $($key)?),)*];
            }

            impl $crate::fly::field::Field for $name {
                fn blank() -> Self {
                    Self::default()
                }

                fn fill(
                    &mut self,
                    node: &$crate::document::Node<'_>,
                    at: &$crate::pointer::Path<'_>,
                    diagnostics: &mut $crate::diagnostic::Diagnostics,
                ) -> bool {
                    let section = $crate::fly::field::Section::open(node, at, Self::KEYS, diagnostics);
                    let Some(mut section) = section else { return false };
                    $(section.read(&mut self.$field);)*
                    true
                }

                fn tree(&self, whole: bool) -> $crate::document::Value<'_> {
                    let mut table = $crate::fly::field::Table::new(Self::KEYS, whole);
                    $(table.put(&self.$field);)*
                    table.finish()
                }
            }

            #[cfg(test)]
            impl $crate::fly::sample::Sample for $name {
                fn sample(dice: &mut $crate::fly::sample::Dice) -> Self {
                    Self { $($field: $crate::fly::sample::Sample::sample(dice),)* }
                }

                fn says_nothing(&self) -> bool {
                    *self == Self::default()
                }
            }
        )*

        /// The keys of each section, by the name of its type.
        #[cfg(all(test, feature = "schema"))]
        pub(super) const SECTIONS: &[(&str, &[&str])] =
            &[$((stringify!($name), $name::KEYS),)*];
    };
}

/// The key of a field: its own name, unless it is given another.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

pub(crate) use {key, sections};
