//! The provisioners that a project has from the start.

use score_fly_core::resource::Selector;

use super::builtin::Builtin;
use super::kind::{Kind, Provisioner};

impl Builtin {
    /// Those that cost nothing, as provisioners for the types of their names. They belong after all others, so
    /// that these can stand in for them.
    pub fn provisioners() -> impl Iterator<Item = Provisioner> {
        let free = Self::ALL.into_iter().filter(|builtin| !builtin.is_at_fly());
        free.map(|builtin| Provisioner {
            id: format!("{}{}", Self::SCHEME, builtin.name()),
            selector: Selector { kind: builtin.name().to_owned(), class: None, resource_id: None },
            description: Some(builtin.description().to_owned()),
            supported_params: Some(builtin.supported_params()),
            expected_outputs: None,
            kind: Kind::Builtin(builtin),
        })
    }
}
