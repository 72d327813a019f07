//! Remedies in the words of the command line.

use std::borrow::Cow;

use score_fly_core::Diagnostic;
use score_fly_core::diagnostic::Remedy;

/// The diagnostic with its remedy among its help.
pub(crate) fn worded(diagnostic: &Diagnostic) -> Cow<'_, Diagnostic> {
    let Some(words) = diagnostic.remedy.as_ref().and_then(words) else { return Cow::Borrowed(diagnostic) };
    let help = match &diagnostic.help {
        Some(help) => format!("{help} ({words})"),
        None => words,
    };
    Cow::Owned(diagnostic.clone().with_help(help))
}

/// Which commands and flags to use.
fn words(remedy: &Remedy) -> Option<String> {
    Some(match remedy {
        #[cfg(feature = "project")]
        Remedy::AddProvisioner { resource_type } if is_at_fly(resource_type) => format!(
            "`score-fly provisioners add my-{resource_type} {resource_type} --builtin {resource_type}` has it made at Fly, \
             where it costs something; `--static-json '{{\"…\": \"…\"}}'` names what is there, or --outputs"
        ),
        Remedy::AddProvisioner { resource_type } => format!(
            "`score-fly provisioners add my-{resource_type} {resource_type} --static-json '{{\"…\": \"…\"}}'`, or \
             --outputs"
        ),
        Remedy::TakeDown { uid } => format!("`score-fly resources deprovision '{uid}'` takes it down"),
        Remedy::Drop { uid } => format!(
            "`score-fly resources deprovision --forget '{uid}'` drops it, and `score-fly resources deprovision \
             '{uid}'` has it taken down"
        ),
        Remedy::StartProject => "`score-fly init`".to_owned(),
        Remedy::GiveIdentity => "--identity names a file with one, or it stands in SCORE_FLY_IDENTITY".to_owned(),
        _ => return None,
    })
}

/// Whether something built in makes resources of this type at Fly.
#[cfg(feature = "project")]
fn is_at_fly(resource_type: &str) -> bool {
    use score_fly_engine::provisioner::Builtin;
    Builtin::named(resource_type).is_some_and(Builtin::is_at_fly)
}
