//! The forms that the Score schema gives to strings: its patterns, as short matchers.

use core::ops::RangeInclusive;

use super::quantity;
use crate::diagnostic::Code;
use crate::prelude::*;

/// A form that some strings must have.
#[derive(Debug)]
pub(crate) struct Form {
    /// How a string that lacks it is reported.
    pub(crate) code: Code,
    /// What a string of this form is: "a container name".
    pub(crate) what: &'static str,
    /// Whether a string has the form.
    pub(crate) accepts: fn(&str) -> bool,
    /// The form in words, for advice.
    pub(crate) rule: &'static str,
    /// What was probably meant; offered only when it has the form.
    mend: fn(&str) -> String,
}

impl Form {
    /// What a string that lacks this form was probably meant to be.
    pub(crate) fn mended(&self, text: &str) -> Option<String> {
        Some((self.mend)(text)).filter(|mended| (self.accepts)(mended))
    }

    const fn name(what: &'static str) -> Self {
        let rule = "2 to 63 characters of `a-z`, `0-9` and `-`, with a letter or digit at both ends";
        Self { code: Code::InvalidName, what, accepts: is_name, rule, mend: dashed }
    }

    const fn type_name(what: &'static str) -> Self {
        let rule = "2 to 63 characters of `A-Z`, `a-z`, `0-9` and `-`, with a letter or digit at both ends";
        Self { code: Code::InvalidValue, what, accepts: is_type_name, rule, mend: dashed }
    }
}

pub(crate) const WORKLOAD_NAME: Form = Form::name("a workload name");
pub(crate) const CONTAINER_NAME: Form = Form::name("a container name");
pub(crate) const PORT_NAME: Form = Form::name("a port name");
pub(crate) const RESOURCE_NAME: Form = Form::name("a resource name");
pub(crate) const RESOURCE_TYPE: Form = Form::type_name("a resource type");
pub(crate) const RESOURCE_CLASS: Form = Form::type_name("a resource class");

pub(crate) const RESOURCE_ID: Form = Form {
    code: Code::InvalidValue,
    what: "a resource id",
    accepts: is_resource_id,
    rule: "2 to 63 characters: labels of `a-z`, `0-9` and `-`, joined by `.`, with a letter or digit at both ends of each",
    mend: |text| text.to_ascii_lowercase().replace('_', "-"),
};

pub(crate) const ANNOTATION_KEY: Form = Form {
    code: Code::InvalidName,
    what: "an annotation key",
    accepts: is_annotation_key,
    rule: "a name of 2 to 63 characters of `A-Z`, `a-z`, `0-9`, `.`, `_` and `-`, optionally after a lower-case domain \
           and `/`; each label of the domain has at least 2 characters",
    mend: lowered_prefix,
};

pub(crate) const VARIABLE_NAME: Form = Form {
    code: Code::InvalidName,
    what: "a variable name",
    accepts: |text| !text.is_empty() && !text.contains('='),
    rule: "at least one character, and no `=`",
    mend: |text| text.split('=').next().unwrap_or_default().trim().to_owned(),
};

/// Any string at all: the schema does not look at the targets of files and volumes.
pub(crate) const TARGET: Form = Form {
    code: Code::InvalidValue,
    what: "a target",
    accepts: |_| true,
    rule: "an absolute path in the container",
    mend: str::to_owned,
};

pub(crate) const FILE_MODE: Form = Form {
    code: Code::InvalidValue,
    what: "a file mode",
    accepts: |text| {
        let digits = text.strip_prefix('0').filter(|rest| rest.len() == 3).unwrap_or(text);
        digits.len() == 3 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'))
    },
    rule: "three octal digits, optionally after a `0`, such as `\"0644\"`",
    mend: |text| text.trim().replacen("0o", "0", 1),
};

pub(crate) const MEMORY: Form = Form {
    code: Code::InvalidValue,
    what: "an amount of memory",
    accepts: |text| quantity::memory_bytes(text).is_some(),
    rule: "a number above 0 and one of `K`, `M`, `G`, `T`, `P`, `E`, `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`, such as `512Mi` or `1.5G`; \
           without a unit it counts bytes",
    mend: mended_memory,
};

pub(crate) const CPU: Form = Form {
    code: Code::InvalidValue,
    what: "an amount of CPU",
    accepts: |text| quantity::cpu_millis(text).is_some(),
    rule: "a number of CPUs such as `2` or `0.5`, or whole thousandths of one such as `500m`",
    mend: |text| {
        let text = text.trim().trim_end_matches('.');
        if text.starts_with('.') { format!("0{text}") } else { text.to_ascii_lowercase() }
    },
};

pub(crate) const HEADER_NAME: Form = Form {
    code: Code::InvalidName,
    what: "a header name",
    accepts: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
    rule: "letters, digits, `_` and `-`",
    mend: |text| text.trim().trim_end_matches(':').to_owned(),
};

const LABEL_LENGTH: RangeInclusive<usize> = 2..=63;

/// `^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$`
fn is_name(text: &str) -> bool {
    is_type_name(text) && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// `^[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$`
fn is_type_name(text: &str) -> bool {
    LABEL_LENGTH.contains(&text.len()) && is_bounded(text, b"-")
}

/// `^[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*$`, 2 to 63 long
fn is_resource_id(text: &str) -> bool {
    let is_label = |label: &str| is_bounded(label, b"-") && !label.bytes().any(|byte| byte.is_ascii_uppercase());
    LABEL_LENGTH.contains(&text.len()) && text.split('.').all(is_label)
}

/// `^((<name>)(\.<name>)*/)?[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]$`, at most 316 long
fn is_annotation_key(text: &str) -> bool {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    text.len() <= 316
        && prefix.is_none_or(|prefix| prefix.split('.').all(is_name))
        && LABEL_LENGTH.contains(&name.len())
        && is_bounded(name, b"._-")
}

/// Whether `text` consists of letters, digits and `others`, with none of `others` at its ends.
fn is_bounded(text: &str, others: &[u8]) -> bool {
    let at_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    at_end(bytes.first())
        && at_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || others.contains(byte))
}

/// In lower case, with dashes for whatever names can't have.
fn dashed(text: &str) -> String {
    let dashed: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).take(63).collect();
    dashed.trim_matches('-').to_owned()
}

fn lowered_prefix(text: &str) -> String {
    match text.split_once('/') {
        Some((prefix, name)) => format!("{}/{name}", prefix.to_ascii_lowercase()),
        None => text.replace(' ', "-"),
    }
}

/// `512 MB`, `512mb` and `512MiB`, as people write them elsewhere.
fn mended_memory(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(number).unwrap_or_default();
    let unit = match unit.strip_suffix('i') {
        Some(unit) => format!("{}i", unit.to_ascii_uppercase()),
        None => unit.to_ascii_uppercase(),
    };
    let zero = if number.starts_with('.') { "0" } else { "" };
    format!("{zero}{number}{unit}")
}
