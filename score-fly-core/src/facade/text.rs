//! Texts and files in requests and answers.

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Serialize};

use super::answer::{Answer, text};
use super::messages;
use crate::diagnostic::{Diagnostics, Levels, Outcome, Sources};
use crate::local::{LocalFile, LocalFiles};
use crate::map::SortedMap;
use crate::prelude::*;
use crate::source::{PositionEncoding, Source};

/// What is said about codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Levels"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LevelNames {
    /// Codes that are not to be told. In a Score file, errors are told in any case.
    pub allow: Vec<String>,
    /// Codes that are errors, whatever they are by themselves.
    pub deny: Vec<String>,
    /// Whether all warnings are errors.
    pub deny_warnings: bool,
}

impl LevelNames {
    /// The codes, with what is said about names that are none.
    pub(super) fn read(&self) -> (Levels, Diagnostics) {
        Levels::from_names(&self.allow, &self.deny, self.deny_warnings)
    }
}

/// A named text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceText {
    /// What diagnostics call it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum FileContent {
    /// As text.
    Text(String),
    /// Anything else, in base64.
    Base64(String),
}

/// What became of reading a file that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum FileRead {
    /// Its content as text.
    Text(String),
    /// Its content in base64.
    Base64(String),
    /// Why it can't be read.
    Unreadable(String),
}

/// What becomes of a text that is decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Decode"))]
#[serde(rename_all = "camelCase")]
pub struct Decoded {
    /// The text.
    pub text: String,
}

/// Decodes bytes into the text that requests take: UTF-8, or UTF-16 with a byte order mark.
pub fn decode(name: &str, bytes: Vec<u8>) -> Answer<Decoded> {
    let (source, found) = Source::from_bytes(name, bytes).into_parts();
    let source = source.unwrap_or_default();
    let decoded = Outcome::new(Decoded { text: source.text.clone() }, found);
    // As the message counts.
    Answer::new(decoded, &Sources::new([&source], PositionEncoding::Utf32))
}

/// [`decode`], to JSON.
pub fn decode_json(name: &str, bytes: &[u8]) -> String {
    text(&decode(name, bytes.to_vec()))
}

/// The files of a request.
pub(super) fn local_files(files: &SortedMap<String, Option<FileRead>>) -> Outcome<LocalFiles> {
    let mut diagnostics = Diagnostics::new();
    let mut local = LocalFiles::new();
    for (path, file) in files {
        let file = match file {
            None => LocalFile::Absent,
            Some(FileRead::Text(text)) => LocalFile::Content(text.clone().into_bytes()),
            Some(FileRead::Unreadable(reason)) => LocalFile::Unreadable(reason.clone()),
            Some(FileRead::Base64(text)) => match Base64::decode_vec(text) {
                Ok(bytes) => LocalFile::Content(bytes),
                Err(_) => {
                    diagnostics.push(messages::not_base64(path));
                    continue;
                }
            },
        };
        local.insert(path, file);
    }
    Outcome::new(local, diagnostics)
}

impl From<SourceText> for Source {
    fn from(text: SourceText) -> Self {
        Self { name: text.name, text: text.text }
    }
}

impl From<Vec<u8>> for FileContent {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Base64(Base64::encode_string(error.as_bytes())), Self::Text)
    }
}

impl From<FileContent> for FileRead {
    fn from(content: FileContent) -> Self {
        match content {
            FileContent::Text(text) => Self::Text(text),
            FileContent::Base64(text) => Self::Base64(text),
        }
    }
}
