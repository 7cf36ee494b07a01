//! Which row of the knowledge base a mention stands for: candidates by name, traits of each, a linear
//! score with weights learned on labelled articles, and "none of these" as one more candidate.
//!
//! Two rounds over the different names of an article. The first lets each name speak for the
//! countries and the fields of life that its best-known candidates belong to ([`evidence`]); the
//! second weighs each candidate against that. Work is linear in the mentions: a name is looked up
//! once, has at most [`candidates::MAX_CANDIDATES`] candidates, and candidates never meet each other.

mod around;
mod candidates;
mod evidence;
mod resolve;
mod score;
mod traits;
mod weights;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::civil::Date;

pub use self::traits::{TRAITS, trait_names};
use super::TagError;
use super::kb::lookup::Memories;
use super::kb::{KnowledgeBase, RowRef};
use super::span::{Link, Linker, TypedSpan};
use super::token::Words;
use crate::budget::Budget;

/// What the linker made of a span: for people who ask why, and for learning the weights.
#[derive(Debug, Clone)]
pub struct Considered {
    /// The candidates, best first.
    pub candidates: Vec<Weighed>,
    /// The span whose link this one takes over, by place among the spans, where it does.
    pub same_as: Option<usize>,
    /// The score of "none of these" is 0; its share of the certainty.
    pub none: f64,
    /// The row that was chosen.
    pub link: Option<Link>,
}

/// A candidate with its score.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The row.
    pub at: RowRef,
    /// What is seen of it, in the order of [`trait_names`].
    pub traits: [f32; TRAITS],
    /// The sum of what its traits weigh.
    pub score: f64,
    /// Its share of the certainty, 0 to 1.
    pub confidence: f64,
}

/// Links by a weighted sum of traits.
#[derive(Debug)]
pub struct TraitLinker {
    kb: Arc<KnowledgeBase>,
    memories: Memories,
}

impl TraitLinker {
    /// A linker on the rows of `kb`.
    #[must_use]
    pub fn new(kb: Arc<KnowledgeBase>) -> Self {
        Self { kb, memories: Memories::default() }
    }
}

impl Linker for TraitLinker {
    fn link(
        &self,
        words: &Words<'_>,
        spans: &[TypedSpan],
        date: Option<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<Option<Link>>, TagError> {
        let resolved = resolve::Resolved::of(&self.memories.on(&self.kb), words, spans, date, budget)?;
        Ok((0..spans.len()).map(|index| resolved.link(index)).collect())
    }

    fn explain(
        &self,
        words: &Words<'_>,
        spans: &[TypedSpan],
        date: Option<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<Considered>, TagError> {
        let resolved = resolve::Resolved::of(&self.memories.on(&self.kb), words, spans, date, budget)?;
        Ok((0..spans.len()).map(|index| resolved.considered(index)).collect())
    }
}

/// What the trait at a place weighs.
pub(super) fn weight_of(place: usize) -> f64 {
    weights::WEIGHTS.get(place).map_or(0.0, |&(_, weight)| weight)
}
