//! Short forms joined to the full form in the same article: last names, acronyms that a bracket
//! defines. By hash, so that a text of nothing but names stays linear.

use rustc_hash::FxHashMap;

use super::TagError;
use super::endings;
use super::kb::format::row;
use super::kb::{KnowledgeBase, Row};
use super::kind::Kind;
use super::lexicon;
use super::span::TypedSpan;
use super::token::{Gap, Token, Words};
use crate::budget::Budget;

/// Points each short form to its full form; where `fill` says so, adds those that the recogniser left.
///
/// # Errors
/// [`TagError::Budget`] if the budget ends.
pub(crate) fn join(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    spans: Vec<TypedSpan>,
    fill: bool,
    budget: &mut Budget,
) -> Result<Vec<TypedSpan>, TagError> {
    budget.spend(words.len() + spans.len())?;
    let mut known = ShortForms::of(words, &spans);
    if known.is_empty() {
        return Ok(spans);
    }
    let mut joined = Vec::with_capacity(spans.len() + spans.len() / 2);
    let mut at = 0;
    for mut span in spans {
        if fill {
            known.fill(words, at..span.from, &mut joined);
        }
        at = span.to;
        known.meet(words, &mut span, kb);
        joined.push(span);
    }
    if fill {
        known.fill(words, at..words.len(), &mut joined);
    }
    Ok(joined)
}

/// From this prior on a place keeps its name.
const WELL_KNOWN: u8 = 153;

/// From this confidence on a full form overrules what a table says of its last name.
const SURE: f64 = 0.75;

/// A country keeps its name, whoever in the article bears it.
fn stands_for_itself(kb: &KnowledgeBase, span: &TypedSpan) -> bool {
    let well_known = |place: &Row| place.kind.is_place() && place.prior >= WELL_KNOWN;
    span.kind == Kind::Norp
        || kb
            .candidates(span.entry)
            .any(|candidate| candidate.row.flags & row::COUNTRY != 0 || well_known(&candidate.row))
}

/// A full form: its first token, its type, and whether it is sure enough to overrule a table.
type FullForm = (usize, Kind, bool);

/// The full form that a span is.
fn full_form(span: &TypedSpan) -> FullForm {
    (span.from, span.kind, span.confidence >= SURE)
}

/// Folded short form → its full form.
struct ShortForms<'w> {
    last_names: FxHashMap<&'w str, FullForm>,
    first_names: FxHashMap<&'w str, FullForm>,
    acronyms: FxHashMap<&'w str, FullForm>,
}

impl<'w> ShortForms<'w> {
    /// The first full form of each in the article; the text's before the headline's, which shortens.
    fn of(words: &'w Words<'_>, spans: &[TypedSpan]) -> Self {
        let mut short = Self {
            last_names: FxHashMap::default(),
            first_names: FxHashMap::default(),
            acronyms: FxHashMap::default(),
        };
        let body = spans.partition_point(|span| span.from < words.in_headline());
        let (headline, text) = spans.split_at(body);
        for span in text.iter().chain(headline) {
            if span.kind == Kind::Person && !lexicon::has(last_name(words, span), lexicon::CALENDAR) {
                short.last_names.entry(last_name(words, span)).or_insert(full_form(span));
                if span.to - span.from > 1 {
                    short.first_names.entry(words.folded(span.from)).or_insert(full_form(span));
                }
            }
            let acronym_at = span.to;
            if defines(words, acronym_at) {
                short.acronyms.entry(words.folded(acronym_at)).or_insert(full_form(span));
            }
        }
        short
    }

    fn is_empty(&self) -> bool {
        self.last_names.is_empty() && self.acronyms.is_empty()
    }

    /// Short forms among tokens that no span covers.
    fn fill(&self, words: &Words<'_>, gap: std::ops::Range<usize>, joined: &mut Vec<TypedSpan>) {
        for index in gap {
            let Some(token) = words.get(index).filter(|token| token.capitalised() && !token.initial()) else {
                continue;
            };
            let folded = words.folded(index);
            let acronym = self.acronyms.get(folded).filter(|_| token.all_upper() || token.shouted());
            let full = acronym.or_else(|| {
                let name = self.last_names.get(folded).or_else(|| self.first_names.get(folded));
                name.filter(|_| alone(words, index, token))
            });
            if let Some(&(from, kind, _)) = full {
                let free = joined.last().is_none_or(|last: &TypedSpan| last.to < index);
                let start =
                    if kind == Kind::Person && free { with_particle(words, from, index) } else { index };
                let mut span = TypedSpan::new(start, index + 1, kind, 0.85);
                span.full_form = Some(from).filter(|&from| from != start);
                joined.push(span);
            }
        }
    }

    /// Takes a span of the recogniser: a full form is remembered, a short one joined.
    fn meet(&mut self, words: &'w Words<'_>, span: &mut TypedSpan, kb: &KnowledgeBase) {
        if span.to - span.from > 1 {
            if span.kind == Kind::Person && !lexicon::has(last_name(words, span), lexicon::CALENDAR) {
                // Of two with one last name, the one named last is meant.
                self.last_names.insert(last_name(words, span), full_form(span));
            }
            return;
        }
        let folded = words.folded(span.from);
        let full = self.acronyms.get(folded).or_else(|| self.last_names.get(folded));
        let Some(&(from, kind, sure)) = full.filter(|(from, _, _)| *from != span.from) else { return };
        if span.kind != kind && (!sure || stands_for_itself(kb, span)) {
            return;
        }
        span.kind = kind;
        span.confidence = span.confidence.max(0.85);
        span.full_form = Some(from);
    }
}

/// The last word of a name, `Jr.` and the numbers of kings aside.
fn last_name<'w>(words: &'w Words<'_>, span: &TypedSpan) -> &'w str {
    let last = (span.from..span.to).rev().take(2).find(|&index| !endings::is_one(words.folded(index)));
    words.folded(last.unwrap_or(span.from))
}

/// `bin Salman`: the small word before a last name belongs to it, where the full form has it.
fn with_particle(words: &Words<'_>, full_form: usize, index: usize) -> usize {
    let Some(before) =
        index.checked_sub(1).filter(|&before| lexicon::has(words.folded(before), lexicon::PARTICLE))
    else {
        return index;
    };
    let joined = words.get(index).is_some_and(|token| matches!(token.gap, Gap::Space | Gap::Hyphen));
    let in_full = (full_form + 1..full_form + 6)
        .any(|at| words.folded(at) == words.folded(before) && words.folded(at + 1) == words.folded(index));
    if joined && in_full && before >= full_form + 2 { before } else { index }
}

/// Whether the token is an acronym alone in brackets.
fn defines(words: &Words<'_>, index: usize) -> bool {
    words.get(index).is_some_and(|token| token.gap == Gap::Bracket && token.all_upper())
        && words.bracket_closes_after(index)
}

/// A last name alone, not a part of another hyphenated or longer name.
fn alone(words: &Words<'_>, index: usize, token: Token) -> bool {
    let hyphens = token.gap == Gap::Hyphen
        || words.get(index + 1).is_some_and(|next| next.gap == Gap::Hyphen && next.capitalised());
    !hyphens || token.shouted()
}
