//! The links of an article: each different name once, long names before their short forms.

use jiff::civil::Date;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::around::Around;
use super::candidates::{self, Candidates};
use super::evidence::Evidence;
use super::traits::{self, LongForm, Seen};
use super::weights::LEAST_CONFIDENCE;
use super::{Considered, Weighed, score};
use crate::budget::Budget;
use crate::tag::TagError;
use crate::tag::kb::format::{row, word};
use crate::tag::kb::lookup::Lookup;
use crate::tag::kb::{Candidate, KnowledgeBase};
use crate::tag::kind::Kind;
use crate::tag::span::{Link, TypedSpan};
use crate::tag::token::{Token, Words};

/// Opening words of a longer name that may stand for it.
const MAX_OPENING: usize = 3;

/// One different name of an article: a folded string with a type, and what it may stand for.
struct Name {
    candidates: Candidates,
    seen: Seen,
    /// The name, by place, that this one is the opening of.
    long_form: Option<usize>,
    scores: SmallVec<[f64; 8]>,
    link: Option<Link>,
}

/// The links of an article.
pub(super) struct Resolved {
    names: Vec<Name>,
    /// The name of each span, by place.
    of_span: Vec<usize>,
    /// The span whose link a span takes over.
    same_as: Vec<Option<usize>>,
    evidence: Evidence,
}

impl Resolved {
    pub(super) fn of(
        kb: &Lookup<'_>,
        words: &Words<'_>,
        spans: &[TypedSpan],
        date: Option<Date>,
        budget: &mut Budget,
    ) -> Result<Self, TagError> {
        budget.spend(words.len() + spans.len() * 4)?;
        let mut resolved = Self {
            names: Vec::new(),
            of_span: Vec::with_capacity(spans.len()),
            same_as: Vec::new(),
            evidence: Evidence::of(words),
        };
        let mut places: FxHashMap<(&str, Kind, Around), usize> =
            FxHashMap::with_capacity_and_hasher(spans.len(), FxBuildHasher);
        let mut voters: FxHashSet<&str> = FxHashSet::with_capacity_and_hasher(spans.len(), FxBuildHasher);
        let mut openings: FxHashMap<&str, usize> = FxHashMap::default();
        for (index, span) in spans.iter().enumerate() {
            let (from, to) = candidates::bare(words, span);
            let key = words.folded_range(from, to);
            let around = Around::of(kb, words, span, spans.get(index + 1));
            let place = *places.entry((key, span.kind, around)).or_insert(resolved.names.len());
            if place == resolved.names.len() {
                let candidates = candidates::of(kb, words, span, resolved.evidence.sports());
                budget.spend(key.len() + candidates.len() * 4)?;
                if voters.insert(key) {
                    resolved.evidence.vote(span.kind, &candidates);
                }
                let first = words.get(from);
                let seen = Seen {
                    kind: span.kind,
                    tokens: to - from,
                    capitals: to == from + 1
                        && first.is_some_and(|first| first.all_upper() && !first.shouted()),
                    confidence: narrow(span.confidence),
                    around,
                    first_name: to == from + 1 && kb.word(key) & word::FIRST_NAME != 0,
                    opens: to == from + 1 && first.is_some_and(Token::opens),
                    upper: (from..to).all(|index| words.get(index).is_some_and(Token::all_upper)),
                    long_form: LongForm::Absent,
                    date,
                };
                resolved.names.push(Name {
                    candidates,
                    seen,
                    long_form: None,
                    scores: SmallVec::new(),
                    link: None,
                });
                if matches!(span.kind, Kind::Org | Kind::Fac | Kind::Event | Kind::Product | Kind::Law) {
                    for end in (from + 1..to).take(MAX_OPENING) {
                        openings.entry(words.folded_range(from, end)).or_insert(place);
                    }
                }
            }
            resolved.of_span.push(place);
        }
        for (index, span) in spans.iter().enumerate() {
            let (from, to) = candidates::bare(words, span);
            let place = resolved.of_span.get(index).copied().unwrap_or_default();
            let long = openings.get(words.folded_range(from, to)).copied();
            let person = matches!(span.kind, Kind::Person | Kind::Norp);
            if let Some(name) = resolved.names.get_mut(place)
                && !person
            {
                name.long_form = long.filter(|&long| long != place);
            }
        }
        resolved.same_as = spans
            .iter()
            .map(|span| spans.binary_search_by_key(&span.full_form?, |other| other.from).ok())
            .collect();
        resolved.settle(kb);
        Ok(resolved)
    }

    /// Long names first, so that their short forms know what became of them.
    fn settle(&mut self, kb: &KnowledgeBase) {
        for short in [false, true] {
            for place in 0..self.names.len() {
                let long = self.names.get(place).and_then(|name| name.long_form);
                if long.is_some() != short {
                    continue;
                }
                let long = long.and_then(|long| self.names.get(long)).filter(|long| long.long_form.is_none());
                let long = long.map_or(LongForm::Absent, |long| {
                    long.link.map_or(LongForm::Unlinked, |link| LongForm::Linked(link.at))
                });
                if let Some(name) = self.names.get_mut(place) {
                    name.settle(kb, &self.evidence, long);
                }
            }
        }
    }

    /// The name that speaks for a span: its own, or that of its full form where that has a link.
    fn speaker(&self, index: usize) -> Option<(&Name, Option<usize>)> {
        let own = self.names.get(*self.of_span.get(index)?)?;
        let full = self.same_as.get(index).copied().flatten();
        let of_full = full.and_then(|full| self.names.get(*self.of_span.get(full)?));
        match of_full {
            // A last name alone is the person of that name in the article, or nobody.
            Some(of_full) if of_full.link.is_some() || own.seen.kind == Kind::Person => Some((of_full, full)),
            _ => Some((own, None)),
        }
    }

    /// The link of a span.
    pub(super) fn link(&self, index: usize) -> Option<Link> {
        self.speaker(index).and_then(|(name, _)| name.link)
    }

    /// What was considered for a span.
    pub(super) fn considered(&self, index: usize) -> Considered {
        let Some((name, same_as)) = self.speaker(index) else {
            return Considered { candidates: Vec::new(), same_as: None, none: 1.0, link: None };
        };
        let all = certainty(&name.scores);
        let mention = traits::of_mention(&name.seen, &name.candidates);
        let mut candidates: Vec<Weighed> = name
            .candidates
            .iter()
            .zip(traits::of_each(&name.seen, &name.candidates, &self.evidence))
            .zip(&name.scores)
            .map(|((candidate, traits), &score)| Weighed {
                at: candidate.at,
                traits: traits::in_order(&mention, &traits),
                score,
                confidence: (score - all).exp(),
            })
            .collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
        Considered { candidates, same_as, none: (-all).exp(), link: name.link }
    }
}

/// A share between 0 and 1, as traits hold it.
#[expect(clippy::cast_possible_truncation, reason = "a share loses digits that say nothing")]
fn narrow(share: f64) -> f32 {
    share as f32
}

/// The logarithm of the sum of all certainties, "none of these" (score 0) included.
fn certainty(scores: &[f64]) -> f64 {
    let most = scores.iter().copied().fold(0.0, f64::max);
    let sum: f64 = scores.iter().map(|score| (score - most).exp()).sum();
    most + (sum + (-most).exp()).ln()
}

impl Name {
    /// Weighs the candidates.
    fn settle(&mut self, kb: &KnowledgeBase, evidence: &Evidence, long_form: LongForm) {
        if let LongForm::Linked(at) = long_form
            && !self.candidates.iter().any(|candidate| candidate.at == at)
            && let Some(row) = kb.row(at)
        {
            self.candidates.push(Candidate { at, row, name: 0 });
        }
        self.seen.long_form = long_form;
        let of_mention = score::of_mention(&traits::of_mention(&self.seen, &self.candidates));
        self.scores = traits::of_each(&self.seen, &self.candidates, evidence)
            .map(|traits| of_mention + score::of_candidate(&traits))
            .collect();
        self.link = self.best();
    }

    fn best(&self) -> Option<Link> {
        let mut best: Option<(f64, &Candidate)> = None;
        for (&score, candidate) in self.scores.iter().zip(&self.candidates) {
            // Of two alike, the one whose place is first, as in the list of what was considered.
            let first = |(leader, known): (f64, &Candidate)| (score, known.at) > (leader, candidate.at);
            if best.is_none_or(first) {
                best = Some((score, candidate));
            }
        }
        let (score, candidate) = best?;
        if candidate.row.flags & row::OWN != 0 {
            return Some(Link { at: candidate.at, confidence: 1.0 });
        }
        let confidence = (score - certainty(&self.scores)).exp();
        (confidence >= LEAST_CONFIDENCE).then_some(Link { at: candidate.at, confidence })
    }
}
