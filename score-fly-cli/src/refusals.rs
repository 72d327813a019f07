//! What is said of images that can't be read or pushed: each reason by itself, with a code and advice.

use score_fly_image::Error;

use crate::exit::Exit;

/// One reason.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) exit: Exit,
    pub(crate) code: &'static str,
    pub(crate) sentence: String,
    pub(crate) help: Option<&'static str>,
}

/// All reasons for which something failed.
pub(crate) fn of(error: &Error) -> Vec<Refusal> {
    if error.faults().is_empty() {
        return vec![Refusal {
            exit: exit(error),
            code: error.code(),
            sentence: error.to_string(),
            help: error.help(),
        }];
    }
    let faults = error.faults().iter().map(|fault| Refusal {
        exit: Exit::Faulty,
        code: fault.code(),
        sentence: format!("the image can't be pushed: {fault}"),
        help: Some(fault.help()),
    });
    faults.collect()
}

/// Whether the archive is at fault, or something else.
fn exit(error: &Error) -> Exit {
    match error {
        Error::Truncated { .. }
        | Error::Damaged { .. }
        | Error::NotAnImage { .. }
        | Error::TooMuch { .. }
        | Error::Duplicate { .. }
        | Error::MissingDocument { .. }
        | Error::InvalidDocument { .. } => Exit::Faulty,
        _ => Exit::Failed,
    }
}
