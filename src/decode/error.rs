//! Why a value could not be decoded.

use crate::article::{Rejection, StageName};
use crate::budget::BudgetExceeded;

/// A value that cannot be decoded: what was expected, what was found, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The value holds no byte.
    #[error("expected an article, found an empty value")]
    EmptyValue,
    /// The value is neither text nor markup.
    #[error("expected text, HTML, JSON, XML or WARC, found {found} ({bytes} bytes)")]
    BinaryValue {
        /// What the bytes look like.
        found: String,
        /// Length of the value.
        bytes: usize,
    },
    /// The value was to be JSON and is not.
    #[error("expected one JSON object, found {found} at line {line} column {column}")]
    BadJson {
        /// The parser's words.
        found: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The value was to be XML and cannot be read as such.
    #[error("expected {expected}, found {found} at line {line} column {column}")]
    BadXml {
        /// What would have been read.
        expected: &'static str,
        /// The parser's words.
        found: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in code points.
        column: usize,
    },
    /// The value was to be records of a web archive and is not.
    #[error("expected {expected}, found {found} at byte {offset}")]
    BadWarc {
        /// What would have been read.
        expected: &'static str,
        /// What stood there.
        found: String,
        /// Bytes before it, in the value after expansion.
        offset: usize,
    },
    /// It could be read, but it is not shaped as an article.
    #[error("expected {expected}, found {found}")]
    UnsupportedShape {
        /// What would have been understood.
        expected: &'static str,
        /// What stood there.
        found: String,
    },
    /// A compressed value grew past its cap.
    #[error(
        "expected at most {limit} bytes from the {codec} value of {bytes} bytes, found more; \
         `decode.max_expanded` sets the limit"
    )]
    ExpansionLimit {
        /// `gzip`, `zstd` or `deflate`.
        codec: &'static str,
        /// Compressed length.
        bytes: usize,
        /// The cap.
        limit: usize,
    },
    /// A compressed value is damaged, or compressed in a way that is not read.
    #[error("expected {expected}, found {found}")]
    BadCompression {
        /// What was expected.
        expected: String,
        /// What the decoder met.
        found: String,
    },
    /// No encoding gives readable text.
    #[error(
        "expected text, found bytes that are none in {encoding}: {bad} of {characters} characters unreadable"
    )]
    Undecodable {
        /// The encoding that came nearest.
        encoding: String,
        /// Unreadable characters.
        bad: usize,
        /// All characters.
        characters: usize,
    },
    /// Values nest too deep.
    #[error("expected at most {limit} levels of nesting in {what}, found more")]
    NestingLimit {
        /// What nests.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// XML holds too many elements.
    #[error("expected at most {limit} elements in an XML document, found more")]
    ElementLimit {
        /// The limit.
        limit: usize,
    },
    /// It was read, and holds no text.
    #[error("expected the text of an article, found none: {found}")]
    NoText {
        /// What was there instead.
        found: String,
    },
    /// The record's budget of steps is spent.
    #[error(transparent)]
    BudgetExceeded(#[from] BudgetExceeded),
}

impl DecodeError {
    /// Every code that [`DecodeError::code`] gives.
    pub const CODES: [&'static str; 13] = [
        "empty_value",
        "binary_value",
        "bad_json",
        "bad_xml",
        "bad_warc",
        "unsupported_shape",
        "expansion_limit",
        "bad_compression",
        "undecodable",
        "nesting_limit",
        "element_limit",
        "no_text",
        "budget_exceeded",
    ];

    /// The stable code of the error: a metric label, a header of the dead letter.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyValue => "empty_value",
            Self::BinaryValue { .. } => "binary_value",
            Self::BadJson { .. } => "bad_json",
            Self::BadXml { .. } => "bad_xml",
            Self::BadWarc { .. } => "bad_warc",
            Self::UnsupportedShape { .. } => "unsupported_shape",
            Self::ExpansionLimit { .. } => "expansion_limit",
            Self::BadCompression { .. } => "bad_compression",
            Self::Undecodable { .. } => "undecodable",
            Self::NestingLimit { .. } => "nesting_limit",
            Self::ElementLimit { .. } => "element_limit",
            Self::NoText { .. } => "no_text",
            Self::BudgetExceeded(_) => "budget_exceeded",
        }
    }
}

impl From<DecodeError> for Rejection {
    fn from(error: DecodeError) -> Self {
        Self::new(StageName::Decode, error.code(), error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_carries_stage_code_and_words() {
        let rejection = Rejection::from(DecodeError::EmptyValue);
        assert_eq!(rejection.stage, StageName::Decode);
        assert_eq!(rejection.code, "empty_value");
        assert_eq!(rejection.message, "expected an article, found an empty value");
        assert!(DecodeError::CODES.contains(&rejection.code));
    }
}
