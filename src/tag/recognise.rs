//! The first recogniser: the names of the knowledge base, and rules for names that it lacks.

use std::sync::Arc;

use super::TagError;
use super::kb::KnowledgeBase;
use super::kb::format::word;
use super::kind::Kind;
use super::lexicon;
use super::scan::Scan;
use super::span::{Recognizer, TypedSpan};
use super::token::{Gap, Token, Words};
use crate::budget::Budget;

/// Longest match against the knowledge base, then rules.
#[derive(Debug, Clone)]
pub struct GazetteerRecognizer {
    kb: Arc<KnowledgeBase>,
}

impl GazetteerRecognizer {
    /// A recogniser on the names of `kb`.
    #[must_use]
    pub fn new(kb: Arc<KnowledgeBase>) -> Self {
        Self { kb }
    }
}

impl Recognizer for GazetteerRecognizer {
    fn name(&self, _language: Option<&str>) -> &str {
        "gazetteer-1"
    }

    fn recognize(
        &self,
        words: &Words<'_>,
        language: Option<&str>,
        budget: &mut Budget,
    ) -> Result<Vec<TypedSpan>, TagError> {
        budget.spend(words.len())?;
        let scan = Scan::new(words, &self.kb, language);
        let mut spans: Vec<TypedSpan> = Vec::with_capacity(words.len() / 8 + 4);
        let mut at = 0;
        while let Some(token) = words.get(at) {
            if !(token.has_upper() || scan.opens_with_article(at)) {
                at += 1;
                continue;
            }
            if let Some(start) = scan.spelled_before(at) {
                define(&mut spans, start, at);
            }
            let (span, walked) = scan.name_at(at, token);
            budget.spend(1 + walked)?;
            match span {
                Some(span) => {
                    at = span.to.max(at + 1);
                    spans.push(span);
                }
                None => at += 1,
            }
        }
        Ok(spans)
    }
}

/// Puts the full form `start..bracket` of a defined acronym into `spans`, over what was found there.
fn define(spans: &mut Vec<TypedSpan>, start: usize, bracket: usize) {
    let mut exact = None;
    while let Some(last) = spans.last().copied().filter(|span| span.to > start) {
        if last.from < start {
            return;
        }
        if (last.from, last.to) == (start, bracket) {
            exact = Some(last);
        }
        spans.pop();
    }
    spans.push(exact.unwrap_or_else(|| TypedSpan::new(start, bracket, Kind::Org, 0.85)));
}

impl Scan<'_, '_> {
    /// The name that starts at the token, and the steps it took.
    fn name_at(&self, at: usize, token: Token) -> (Option<TypedSpan>, usize) {
        let (found, walked) = self.longest_name(at);
        let longest = found.map_or(0, |found| found.tokens);
        if self.english {
            let organisation = self.closed_name(at).filter(|ruled| ruled.tokens > longest);
            // After a title, a village of that name is the less likely reading.
            let weak = longest == 1 && found.is_some_and(|found| !found.firm) && self.after_title(at);
            let person =
                self.person(at).filter(|ruled| ruled.tokens > longest || (weak && ruled.tokens == longest));
            let ruled = match (organisation, person) {
                (Some(a), Some(b)) => Some(if b.tokens > a.tokens { b } else { a }),
                (a, b) => a.or(b),
            };
            let overruled = ruled.filter(|ruled| {
                // `Christian` is a group, too: then the last name has to be known.
                let Some(found) = found.filter(|_| ruled.kind == Kind::Person) else { return true };
                let last = at + ruled.tokens - 1;
                match found.kind {
                    Kind::Norp => {
                        ruled.tokens == 2 && self.is(last, word::LAST_NAME) && !self.is(last, word::COMMON)
                    }
                    _ => true,
                }
            });
            if let Some(ruled) = overruled {
                let span = TypedSpan::new(at, at + ruled.tokens, ruled.kind, ruled.confidence);
                return (Some(span), walked);
            }
        }
        if let Some(found) = found {
            let mut span = TypedSpan::new(at, at + found.tokens, found.kind, found.confidence);
            span.entry = found.entry;
            return (Some(span), walked);
        }
        (self.acronym(at, token), walked)
    }

    /// Capitals that no table knows and no bracket defines: mostly an organisation.
    fn acronym(&self, at: usize, token: Token) -> Option<TypedSpan> {
        let folded = self.words.folded(at);
        let letters = (3..=6).contains(&folded.len()) && !token.has_digit() && folded.is_ascii();
        let alone = token.gap != Gap::Hyphen && !self.next_is_hyphen(at);
        (self.english
            && token.all_upper()
            && !token.shouted()
            && letters
            && alone
            && !self.is(at, word::COMMON | word::TITLE | word::FIRST_NAME)
            && !lexicon::roman(folded)
            && !lexicon::has(folded, lexicon::PLAIN_ACRONYM)
            && !self.before_amount(at)
            && !self.lower_elsewhere(at))
        .then(|| TypedSpan::new(at, at + 1, Kind::Org, 0.5))
    }

    fn next_is_hyphen(&self, at: usize) -> bool {
        self.words.get(at + 1).is_some_and(|next| next.gap == Gap::Hyphen)
    }
}
