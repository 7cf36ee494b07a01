//! What a recogniser says and what a linker adds: the seams of the stage.

use jiff::civil::Date;

use super::TagError;
use super::kb::{Entry, RowRef};
use super::kind::Kind;
use super::link::Considered;
use super::token::Words;
use crate::budget::Budget;

/// A stretch of tokens that names something of a type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TypedSpan {
    /// First token.
    pub from: usize,
    /// First token after.
    pub to: usize,
    /// Type.
    pub kind: Kind,
    /// That span and type are right, 0 to 1.
    pub confidence: f64,
    /// What its text leads to in the knowledge base, where the recogniser looked it up.
    pub entry: Entry,
    /// First token of the span of the full form, where this is a short form of it (`Vucic`).
    pub full_form: Option<usize>,
}

impl TypedSpan {
    /// A span that stands for itself.
    #[must_use]
    pub fn new(from: usize, to: usize, kind: Kind, confidence: f64) -> Self {
        Self { from, to, kind, confidence, entry: Entry::default(), full_form: None }
    }
}

/// Finds names and says what type each is.
pub trait Recognizer: Send + Sync + std::fmt::Debug {
    /// Name and version of what runs for texts of that language, as `processing.model` states it.
    fn name(&self, language: Option<&str>) -> &str;

    /// Whether it weighs each word by the rest of the article, so that short forms which it leaves are
    /// none.
    fn reads_whole_article(&self, _language: Option<&str>) -> bool {
        false
    }

    /// The names in `words`: sorted, never overlapping, none across the two fields.
    ///
    /// # Errors
    /// [`TagError::Budget`] if the budget ends.
    fn recognize(
        &self,
        words: &Words<'_>,
        language: Option<&str>,
        budget: &mut Budget,
    ) -> Result<Vec<TypedSpan>, TagError>;
}

/// What a span stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The row of the knowledge base.
    pub at: RowRef,
    /// That the link is right, 0 to 1.
    pub confidence: f64,
}

/// Says which row of the knowledge base each span stands for.
pub trait Linker: Send + Sync + std::fmt::Debug {
    /// A link or none for each of `spans`, in their order. `date` is the day of the article, if known.
    ///
    /// # Errors
    /// [`TagError::Budget`] if the budget ends.
    fn link(
        &self,
        words: &Words<'_>,
        spans: &[TypedSpan],
        date: Option<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<Option<Link>>, TagError>;

    /// What was considered for each of `spans`, in their order.
    ///
    /// # Errors
    /// [`TagError::Budget`] if the budget ends.
    fn explain(
        &self,
        words: &Words<'_>,
        spans: &[TypedSpan],
        date: Option<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<Considered>, TagError>;
}
