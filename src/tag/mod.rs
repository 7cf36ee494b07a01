//! Entities: who, where, which organisation, with their Wikidata ids; when and how much, with values.
//!
//! Headline and text become tokens ([`Words`]); a [`Recognizer`] finds names and their types; short
//! forms are joined to the full form in the same article; a [`grammar`] finds dates and amounts with
//! their values; a [`Linker`] says which row of the
//! knowledge base ([`kb`]) each stands for; mentions are grouped into the entities of the record.
//! Both seams are traits: a better recogniser or linker is another implementation.

pub mod domain;
mod endings;
mod entities;
mod explain;
mod fold;
mod gazetteer;
pub mod grammar;
mod joins;
pub mod kb;
mod kind;
mod lexicon;
pub mod line;
mod link;
mod mend;
mod merge;
pub mod model;
mod own;
mod recognise;
mod retype;
mod rules;
mod scan;
mod span;
mod tagger;
mod token;
mod word_list;

pub use explain::{Explained, ExplainedCandidate};
pub use kind::Kind;
pub use link::{Considered, TRAITS, TraitLinker, Weighed, trait_names};
pub use recognise::GazetteerRecognizer;
pub use span::{Link, Linker, Recognizer, TypedSpan};
pub use tagger::{Qid, TagInput, TaggedMention, Tagger};
pub use token::{Gap, Token, Words, key_of};

use crate::article::{Rejection, StageName};
use crate::budget::BudgetExceeded;

/// A part of the program's own data that cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedError {
    /// The knowledge base.
    #[error(transparent)]
    Kb(#[from] kb::KbError),
    /// The model.
    #[error(transparent)]
    Model(#[from] model::ModelError),
}

/// An article that cannot be tagged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// Too long to count.
    #[error("expected an article of less than 2 GiB, found {bytes} bytes")]
    TooLong {
        /// Bytes of headline and text.
        bytes: usize,
    },
    /// The budget of steps is spent.
    #[error(transparent)]
    Budget(#[from] BudgetExceeded),
}

impl TagError {
    /// Stable and low in number.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "text_too_long",
            Self::Budget(_) => "budget_exceeded",
        }
    }
}

impl From<TagError> for Rejection {
    fn from(error: TagError) -> Self {
        match &error {
            TagError::Budget(exceeded) => Self::over_budget(StageName::Tag, exceeded),
            TagError::TooLong { .. } => Self::new(StageName::Tag, error.code(), error.to_string()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
