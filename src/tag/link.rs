//! The first linker: how well known a row is, whether its type fits, whether its country is spoken
//! of in the article.

use std::sync::Arc;

use smallvec::SmallVec;

use super::TagError;
use super::kb::format::{name, row};
use super::kb::{Candidate, KnowledgeBase};
use super::kind::Kind;
use super::span::{Link, Linker, TypedSpan};
use super::token::Words;
use crate::budget::Budget;

/// Gain of a candidate whose country the article names.
const COUNTRY_NAMED: f64 = 0.12;
/// Gain of a candidate whose main name it is.
const MAIN_NAME: f64 = 0.06;
/// What "none of these" scores.
const NONE_OF_THESE: f64 = 0.05;
/// How fast a lead in score becomes certainty.
const STEEPNESS: f64 = 9.0;
/// Least certainty of a link.
const LEAST_CONFIDENCE: f64 = 0.4;

/// Links by prior, type and country.
#[derive(Debug, Clone)]
pub struct PriorLinker {
    kb: Arc<KnowledgeBase>,
}

impl PriorLinker {
    /// A linker on the rows of `kb`.
    #[must_use]
    pub fn new(kb: Arc<KnowledgeBase>) -> Self {
        Self { kb }
    }

    fn candidates(&self, words: &Words<'_>, span: &TypedSpan) -> SmallVec<[Candidate; 16]> {
        let entry = if span.entry.is_empty() {
            self.kb.entry(words.folded_range(span.from, span.to))
        } else {
            span.entry
        };
        let acronym = words.get(span.from).is_some_and(super::token::Token::all_upper);
        let mut candidates: SmallVec<[Candidate; 16]> = SmallVec::new();
        for candidate in self.kb.candidates(entry) {
            let written = acronym || candidate.name & name::ACRONYM == 0;
            // Both files may hold a row of one id; two sorts of place may share it.
            let known =
                candidate.row.qid != 0 && candidates.iter().any(|other| other.row.qid == candidate.row.qid);
            if written && !known && fits(span.kind, candidate.row.kind) {
                candidates.push(candidate);
            }
        }
        candidates
    }
}

/// Whether a row of type `row` may stand for a span of type `span`: sorts of places are one.
fn fits(span: Kind, row: Kind) -> bool {
    span == row || (span.is_place() && row.is_place())
}

/// The countries that an article names, one bit for each pair of letters.
#[derive(Debug, Default)]
struct Countries {
    bits: [u64; 11],
    any: bool,
}

impl Countries {
    fn place(country: [u8; 2]) -> Option<(usize, u64)> {
        let [a, b] = country.map(|letter| usize::from(letter.wrapping_sub(b'A')));
        (a < 26 && b < 26).then(|| ((a * 26 + b) / 64, 1 << ((a * 26 + b) % 64)))
    }

    fn add(&mut self, country: [u8; 2]) {
        if let Some((slot, bit)) = Self::place(country)
            && let Some(bits) = self.bits.get_mut(slot)
        {
            *bits |= bit;
            self.any = true;
        }
    }

    fn names(&self, country: [u8; 2]) -> bool {
        Self::place(country)
            .is_some_and(|(slot, bit)| self.bits.get(slot).is_some_and(|bits| bits & bit != 0))
    }
}

impl Linker for PriorLinker {
    fn link(
        &self,
        words: &Words<'_>,
        spans: &[TypedSpan],
        budget: &mut Budget,
    ) -> Result<Vec<Option<Link>>, TagError> {
        budget.spend(spans.len() * 4)?;
        let mut countries = Countries::default();
        for span in spans.iter().filter(|span| !span.entry.is_empty()) {
            if let Some(first) = self
                .kb
                .candidates(span.entry)
                .find(|candidate| candidate.row.flags & row::COUNTRY != 0 || candidate.row.kind == Kind::Norp)
            {
                countries.add(first.row.country);
            }
        }
        let mut links: Vec<Option<Link>> = Vec::with_capacity(spans.len());
        for span in spans {
            let link = if span.full_form.is_some() { None } else { self.best(words, span, &countries) };
            links.push(link);
        }
        for (index, span) in spans.iter().enumerate() {
            let Some(full_form) = span.full_form else { continue };
            let full = spans.binary_search_by_key(&full_form, |other| other.from).ok();
            let inherited = full.and_then(|full| links.get(full).copied().flatten());
            let own = if inherited.is_none() { self.best(words, span, &countries) } else { None };
            if let Some(link) = links.get_mut(index) {
                *link = inherited.or(own.filter(|_| span.kind != Kind::Person));
            }
        }
        Ok(links)
    }
}

impl PriorLinker {
    fn best(&self, words: &Words<'_>, span: &TypedSpan, countries: &Countries) -> Option<Link> {
        let candidates = self.candidates(words, span);
        let score = |candidate: &Candidate| {
            let mut score = f64::from(candidate.row.prior) / 255.0;
            if candidate.name & name::LABEL != 0 {
                score += MAIN_NAME;
            }
            if countries.any && countries.names(candidate.row.country) {
                score += COUNTRY_NAMED;
            }
            if candidate.row.kind == span.kind { score } else { score - 0.05 }
        };
        let scores: SmallVec<[f64; 16]> = candidates.iter().map(score).collect();
        let mut best: Option<(f64, &Candidate)> = None;
        for (&score, candidate) in scores.iter().zip(&candidates) {
            if best.is_none_or(|(leader, _)| score > leader) {
                best = Some((score, candidate));
            }
        }
        let (leader, candidate) = best.filter(|(_, candidate)| candidate.row.qid != 0)?;
        let rivals: f64 = scores.iter().map(|score| ((score - leader) * STEEPNESS).exp()).sum();
        let confidence = 1.0 / (rivals + ((NONE_OF_THESE - leader) * STEEPNESS).exp());
        (confidence >= LEAST_CONFIDENCE).then_some(Link { at: candidate.at, confidence })
    }
}
