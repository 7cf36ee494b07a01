//! Which names of the knowledge base stand in the text: the longest that case and neighbours allow.

use super::kb::format::{MAX_NAME_TOKENS, name, row};
use super::kb::{Candidate, Entry, best_known};
use super::kind::Kind;
use super::lexicon;
use super::scan::Scan;

/// A name found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) tokens: usize,
    pub(crate) kind: Kind,
    pub(crate) entry: Entry,
    pub(crate) confidence: f64,
    /// A country, or so well known that its neighbours cannot make it part of something else.
    pub(crate) firm: bool,
}

/// Priors on the scale of a row.
const WELL_KNOWN: u8 = 153;
const KNOWN: u8 = 115;
const LITTLE_KNOWN: u8 = 76;

impl Scan<'_, '_> {
    /// The longest acceptable name that starts at the token `from`, and the bytes walked.
    pub(crate) fn longest_name(&self, from: usize) -> (Option<Found>, usize) {
        let (ends, walked) = self.kb.names_from(self.words, from);
        for tokens in (1..=MAX_NAME_TOKENS).rev() {
            let entry = ends.get(tokens - 1).copied().unwrap_or_default();
            if entry.is_empty() || !self.written_as_name(from, tokens) {
                continue;
            }
            let accepted =
                self.kb.candidates(entry).filter(|candidate| self.accepts(from, tokens, candidate));
            if let Some(best) = best_known(accepted) {
                return (Some(self.found(tokens, entry, &best)), walked);
            }
        }
        (None, walked)
    }

    fn found(&self, tokens: usize, entry: Entry, best: &Candidate) -> Found {
        let prior = f64::from(best.row.prior) / 255.0;
        let length: f64 = if tokens > 1 { 0.85 } else { 0.6 };
        let firm = best.row.flags & row::COUNTRY != 0 || tokens > 1 || best.row.prior >= WELL_KNOWN;
        Found { tokens, kind: best.row.kind, entry, confidence: (length + 0.35 * prior).min(0.99), firm }
    }

    /// Capitals at both ends, small words only inside, no comma but before `Inc.`.
    fn written_as_name(&self, from: usize, tokens: usize) -> bool {
        let last = from + tokens - 1;
        for index in from..=last {
            let Some(token) = self.words.get(index) else { return false };
            if index > from
                && token.gap == super::token::Gap::Comma
                && !lexicon::has(self.words.folded(index), lexicon::FOLLOWS_COMMA)
            {
                return false;
            }
            if token.has_upper() || token.possessive() || (token.has_digit() && index > from) {
                continue;
            }
            let small = token.fold_end - token.fold_start <= 4;
            let arabic = index == from && self.opens_with_article(index);
            if !arabic && (index == from || index == last || !small) {
                return false;
            }
        }
        true
    }

    fn accepts(&self, from: usize, tokens: usize, candidate: &Candidate) -> bool {
        let Some(first) = self.words.get(from) else { return false };
        let row = candidate.row;
        let has = |flag: u8| candidate.name & flag != 0;
        if tokens > 1
            && !(tokens == 2 && self.words.get(from + 1).is_some_and(super::token::Token::possessive))
        {
            return !has(name::COMMON)
                || (row.prior >= LITTLE_KNOWN && !first.shouted() && !first.title_case());
        }
        let length = first.fold_end - first.fold_start;
        if first.all_upper()
            && (self.before_amount(from) || lexicon::has(self.words.folded(from), lexicon::PLAIN_ACRONYM))
        {
            return false;
        }
        if has(name::ACRONYM) {
            return first.all_upper() && !(first.shouted() && (has(name::COMMON) || length < 3));
        }
        // `IN`, `IT`: codes and shouts, unless the table has the acronym.
        if first.all_upper() && length <= 3 && row.kind != Kind::Org {
            return false;
        }
        // Capitals within a line of small letters are an acronym, unless a dateline opens with them.
        let odd_capitals = first.all_upper() && !first.shouted() && !first.opens();
        if odd_capitals && row.kind.is_place() && row.prior < KNOWN {
            return false;
        }
        if has(name::COMMON) {
            let case_speaks = !first.opens() && !first.title_case() && !first.shouted();
            return case_speaks
                && !self.lower_elsewhere(from)
                && row.kind != Kind::Person
                && (row.prior >= WELL_KNOWN || row.kind == Kind::Norp);
        }
        let country = row.flags & row::COUNTRY != 0;
        if country || row.kind == Kind::Norp {
            return true;
        }
        if first.opens() && self.lower_elsewhere(from) {
            return false;
        }
        // `Busse` is a village and the plural of a bus.
        if self.nouns_in_capitals && row.prior < KNOWN {
            return false;
        }
        if row.prior >= WELL_KNOWN {
            return !(has(name::PERSONAL) && row.kind != Kind::Person && self.beside_capitals(from));
        }
        if self.beside_capitals(from) {
            return false;
        }
        match row.kind {
            Kind::Org => row.prior >= LITTLE_KNOWN && !has(name::PERSONAL),
            Kind::Gpe | Kind::Loc | Kind::Fac => !has(name::PERSONAL) || row.prior >= KNOWN,
            _ => true,
        }
    }
}
