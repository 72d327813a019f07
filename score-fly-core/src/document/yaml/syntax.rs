//! What the parser's errors mean, in words for people who write Score files.
//!
//! The parser names the rule that was broken and where it noticed. People want to know what they
//! wrote, so some places are moved to the cause: the tab, the opening quote or bracket.

use granit_parser::{ErrorKind, ScanError};

use super::limits::MAX_DEPTH;
use crate::diagnostic::Diagnostic;
use crate::document::messages;
use crate::prelude::*;
use crate::source::{Origin, SourceIndex, Span};

/// Where an error was noticed, and what was read up to there.
pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) source: SourceIndex,
    /// Where the parser stands.
    pub(super) at: usize,
    /// The end of the last part that was understood.
    pub(super) reached: usize,
    /// Where the mappings and lists start that are not complete.
    pub(super) open: &'a [Origin],
}

/// The diagnostic for a syntax error.
pub(super) fn explain(error: &ScanError, context: &Context<'_>) -> Diagnostic {
    use ErrorKind as E;
    let at = context.at;
    let say = |message: &str, help: &str| messages::invalid_yaml(context.char_at(at), message, help);
    match error.kind() {
        E::RecursionLimitExceeded => messages::nested_too_deeply(context.char_at(at), MAX_DEPTH),

        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => messages::invalid_yaml(
            context.tab(),
            "a tab stands where YAML takes only spaces",
            "use spaces for indentation",
        ),
        E::UnexpectedCharacter { character } => context.character(*character),
        E::BomInsideDocument => say("a byte order mark stands within the text", "remove it"),

        E::UnclosedQuotedScalar | E::UnexpectedEndOfPlainScalar => {
            context.after_quote(say("a quote is not closed", "close it in the line where it opens"))
        }
        E::InvalidQuotedScalarIndent => context.after_quote(say(
            "a quoted text goes on in a line that is not indented",
            "close the quote in the line where it opens, or indent this line",
        )),
        E::DocumentIndicatorInQuotedScalar => {
            context.after_quote(say("a quoted text holds a line with `---` or `...`", "close the quote before it"))
        }
        E::InvalidTrailingSingleQuotedScalar => context.after_quote(say(
            "there is more text after the closing quote",
            "within single quotes, write a quote twice: 'it''s'",
        )),
        E::InvalidTrailingDoubleQuotedScalar => context.after_quote(say(
            "there is more text after the closing quote",
            "within double quotes, write a quote as \\\"; between two values, write a comma or a colon",
        )),
        E::UnknownQuotedScalarEscape => {
            say("this text has an escape that YAML does not know", "write a backslash as \\\\, or use single quotes")
        }
        E::InvalidQuotedScalarHexEscape => say(
            "this text has an escape that lacks hexadecimal digits",
            "\\x takes two of them, \\u four and \\U eight; write a backslash as \\\\",
        ),
        E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => say(
            "this text has an escape that stands for no character",
            "write both halves of a surrogate pair, such as \\ud83d\\ude00, or the character itself",
        ),

        E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::UnclosedFlowCollection { .. } => match context.bracket_at(at).or_else(|| context.bracket()) {
            Some((bracket, origin)) => {
                messages::invalid_yaml(origin, &format!("this `{bracket}` is not closed"), "add the closing bracket")
            }
            None => say("a bracket is not closed", "add the closing bracket"),
        },
        E::ExpectedFlowMappingSeparator => context.after_bracket(say("expected `,` or `}` here", CLOSE_BRACKET)),
        E::ExpectedFlowSequenceSeparator => context.after_bracket(say("expected `,` or `]` here", CLOSE_BRACKET)),
        E::InvalidColonPlacement | E::FlowMappingValueAdjacentCollection => {
            context.after_bracket(say("a `:` can't stand here", CLOSE_BRACKET))
        }
        E::InvalidFlowScalarIndent => context.after_bracket(say(
            "a line within brackets is not indented",
            "indent the lines between the brackets, or close the bracket before this line",
        )),
        E::MisplacedFlowCollectionEnd => {
            say("this bracket closes nothing", "remove it, or quote the value if it is meant as text")
        }
        E::MismatchedFlowCollectionEnd { open, close } => {
            say(&format!("this `{open}` is closed by a `{close}`"), "let the brackets match")
        }
        E::BlockEntryInFlowCollection | E::PlainScalarStartsWithDashFlowIndicator => context.after_bracket(say(
            "a `-` can't start an item within brackets",
            "separate the items by commas, or close the bracket before this line",
        )),

        E::MappingValueNotAllowed => context.second_colon(),
        E::SimpleKeyExpected | E::InvalidSimpleKey | E::ExpectedNodeContent => context.no_key(),
        E::ExpectedBlockMappingKey if !context.line_before().trim().is_empty() => {
            say("there is more text after this value", "quote the whole value if it is meant as text")
        }
        E::ExpectedBlockMappingKey | E::InvalidIndentation => {
            say("this does not line up with the keys above it", "indent it exactly like the keys that it stands beside")
        }
        E::ExpectedBlockSequenceEntry => say(
            "this does not line up with the list above it",
            "start it with `- ` if it is an item, or indent it like the key that it stands beside",
        ),
        E::BlockSequenceEntryNotAllowed => {
            say("a list can't start here", "start it on a line of its own, or quote the value if `-` is meant as text")
        }
        E::MappingKeyNotAllowed => say("a key can't stand here", "start it on a line of its own"),
        E::InvalidBlockEntryWhitespace | E::InvalidMappingValueWhitespace => {
            say("a tab stands where YAML takes only spaces", "use spaces after `-`, `?` and `:`")
        }
        E::UnexpectedEof | E::UnexpectedEofBlockMapping | E::UnexpectedEofBlockSequence => {
            context.character(context.rest().chars().next().unwrap_or(' '))
        }

        E::InvalidBlockScalarHeader | E::ZeroBlockScalarIndent => say(
            "there is more than an indentation from 1 to 9, `-` and `+` after `|` or `>`",
            "start the text on the next line",
        ),
        E::InvalidBlockScalarIndent => say(
            "the lines of this text are indented unevenly",
            "indent its first lines no deeper than the first one with text",
        ),
        E::CommentNotSeparated => say("this comment stands too close", "put a space before `#`"),
        E::CommentInterceptedScalar => {
            say("a comment stands within a value that goes on below it", "move the comment, or quote the value")
        }
        E::MissingAnchorOrAliasName => {
            say("a name is missing after `*` or `&`", "quote the value if it is meant as text")
        }
        E::ExpectedTagBang
        | E::UndeclaredTagHandle
        | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => say("this tag can't be understood", "quote the value if `!` is meant as text"),
        E::InvalidDocumentEnd => say("there is more text after `...`", "remove it"),
        E::ExpectedDocumentStart
        | E::DuplicateVersionDirective
        | E::UnsupportedYamlMajorVersion
        | E::DuplicateTagDirective
        | E::MissingDocumentEndBeforeDirective
        | E::ExpectedTagDirectiveBang
        | E::InvalidDirectiveTerminator
        | E::MissingYamlVersionSeparator
        | E::MissingDirectiveName
        | E::InvalidDirectiveName
        | E::DirectiveByteLimitExceeded { .. }
        | E::TooManyReservedDirectiveParams { .. }
        | E::YamlVersionTooLong
        | E::MissingYamlVersion
        | E::InvalidTagDirectiveTerminator => messages::invalid_yaml(
            context.directive(),
            "this line starts with `%` but is no directive that stands before a `---`",
            "remove it, since Score files need no directives, or quote the text",
        ),
        // What remains can't happen to a text that is read whole from memory.
        _ => say("this is not well-formed YAML", "quote the value if it is meant as text"),
    }
}

const CLOSE_BRACKET: &str = "separate values by commas, and close the bracket before the next key";

impl Context<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn origin(&self, start: usize, length: usize) -> Origin {
        let byte = |offset| u32::try_from(offset).unwrap_or_default();
        Origin { source: self.source, span: Span { start: byte(start), end: byte(start + length) } }
    }

    /// The character there, or nothing at the end of a line.
    fn char_at(&self, start: usize) -> Origin {
        let next = self.text.get(start..).and_then(|rest| rest.chars().next());
        self.origin(start, next.filter(|c| *c != '\n' && *c != '\r').map_or(0, char::len_utf8))
    }

    fn line_start(&self) -> usize {
        self.text.get(..self.at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// What stands before the parser on its line.
    fn line_before(&self) -> &str {
        self.text.get(self.line_start()..self.at).unwrap_or_default()
    }

    /// The last line with content before the parser's.
    fn line_above(&self) -> &str {
        let above = self.text.get(..self.line_start()).unwrap_or_default().trim_end();
        above.lines().next_back().unwrap_or_default()
    }

    /// The `%` that is meant: the first one after all that was understood that starts a line.
    fn directive(&self) -> Origin {
        let between = self.text.get(self.reached..self.at).unwrap_or_default();
        let percent = if between.starts_with('%') { Some(0) } else { between.find("\n%").map(|newline| newline + 1) };
        percent.map_or_else(|| self.char_at(self.at), |percent| self.origin(self.reached + percent, 1))
    }

    /// The tab that is meant: the parser stands before or after it.
    fn tab(&self) -> Origin {
        let start = self.line_start();
        let rest = self.text.get(start..).unwrap_or_default();
        let mut line_start = start;
        for line in rest.split_inclusive('\n') {
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            let tab = line.find('\t').filter(|tab| *tab < indentation || line_start + tab >= self.at);
            if let Some(tab) = tab {
                return self.origin(line_start + tab, 1);
            }
            line_start += line.len();
        }
        self.char_at(self.at)
    }

    fn character(&self, character: char) -> Diagnostic {
        let start = self.at + self.rest().find(character).unwrap_or_default();
        let origin = self.char_at(start);
        if character.is_control() {
            let message = format!("the control character U+{:04X} can't stand in YAML", u32::from(character));
            return messages::invalid_yaml(origin, &message, "remove it, or write it as an escape in double quotes");
        }
        let message = match character {
            '`' => "a plain value can't start with a backtick".to_owned(),
            _ => format!("a plain value can't start with `{character}`"),
        };
        messages::invalid_yaml(origin, &message, "quote the value")
    }

    /// Adds where the quote opens: the first one after all that was understood.
    fn after_quote(&self, diagnostic: Diagnostic) -> Diagnostic {
        let between = self.text.get(self.reached..self.at).unwrap_or_default();
        match between.find(['"', '\'']) {
            Some(quote) => diagnostic.with_related_origin(self.origin(self.reached + quote, 1), "the quote opens here"),
            None => diagnostic,
        }
    }

    fn bracket_at(&self, start: usize) -> Option<(char, Origin)> {
        let bracket = self.text.get(start..)?.chars().next().filter(|c| matches!(c, '[' | '{'))?;
        Some((bracket, self.origin(start, 1)))
    }

    /// The innermost bracket that is open.
    fn bracket(&self) -> Option<(char, Origin)> {
        self.open.iter().rev().find_map(|origin| self.bracket_at(origin.span.start as usize))
    }

    fn after_bracket(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.bracket() {
            Some((bracket, origin)) => diagnostic.with_related_origin(origin, format!("the `{bracket}` opens here")),
            None => diagnostic,
        }
    }

    /// `a: b: c`, or a line below a value that is indented although the value is complete.
    fn second_colon(&self) -> Diagnostic {
        let origin = self.char_at(self.at);
        if self.line_before().contains(": ") {
            return messages::invalid_yaml(
                origin,
                "a second `:` stands in this value",
                "quote the value if it is meant as text, or start a mapping on a line of its own",
            );
        }
        let above = self.line_above();
        let help = if above.contains(':') && !above.contains(": ") {
            "write a space after the `:` in the line above"
        } else {
            "indent the key like the keys that it stands beside, or remove the value above"
        };
        messages::invalid_yaml(origin, "a key can't stand here, since the line above holds a value already", help)
    }

    /// A line that is neither `key: value` nor an item.
    fn no_key(&self) -> Diagnostic {
        let line = self.rest().lines().next().unwrap_or_default();
        let help = if line.starts_with('-') {
            "write a space after `-`"
        } else if line.contains(':') {
            "write a space after `:`"
        } else {
            "write `key: value`, or indent the line if it goes on with the value above"
        };
        let length = line.split('#').next().unwrap_or_default().trim_end().len();
        messages::invalid_yaml(self.origin(self.at, length), "expected a key and a `:` here", help)
    }
}
