//! The features: each is a number, the hash of what is seen and where. Trainer and tagger share this
//! code, so a model can only mean what it was trained on.
//!
//! Features of one word by itself come from [`word_keys`], at each of five places around the token;
//! the sums of their weights are kept with the word. All others come from [`token_keys`], and those
//! of the second pass from [`vote_keys`].

use super::article::{Article, WINDOW};
use super::document::Votes;
use super::listed::Listed;
use super::word::{NO_WORD, ROLES, Word, WordId};
use crate::tag::token::{Gap, Token};

/// Places around a token at which a word is looked at: `PLACES[WINDOW]` is the token itself.
pub const PLACES: usize = 2 * WINDOW + 1;

/// The hash of a feature: never 0.
#[inline]
fn key(template: u32, a: u32, b: u32) -> u32 {
    let mut hash = (u64::from(template) << 32 | u64::from(a)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 29) ^ u64::from(b)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let [_, _, _, _, a, b, c, d] = (hash ^ (hash >> 31)).to_be_bytes();
    u32::from_be_bytes([a, b, c, d]).max(1)
}

/// Two small numbers in one.
fn pair(a: u32, b: u32) -> u32 {
    (a << 16) ^ b
}

/// Features of `word` at one of the [`PLACES`].
pub fn word_keys(word: &Word, place: usize, each: &mut impl FnMut(u32)) {
    let template = u32::try_from(place).unwrap_or(0) * 32;
    let distance = place.abs_diff(WINDOW);
    each(key(template, word.lower, 0));
    each(key(template + 1, word.clusters.fine(), 0));
    each(key(template + 2, word.clusters.middle(), 0));
    each(key(template + 3, word.shape, 0));
    if distance > 1 {
        return;
    }
    each(key(template + 4, word.clusters.coarse(), 0));
    each(key(template + 22, u32::from(word.clusters.row), 0));
    each(key(template + 5, word.form, 0));
    each(key(template + 6, word.bits, 0));
    each(key(template + 23, word.fame & 0x0EEE_EEEE, 0));
    if distance == 1 {
        let [_, _, _, _, ending, ..] = word.affixes;
        if ending != 0 {
            each(key(template + 7, ending, 0));
        }
        return;
    }
    each(key(template + 8, word.lower_clusters.middle(), word.shape));
    each(key(template + 9, word.lower_clusters.fine(), 0));
    each(key(template + 10, word.clusters.middle(), word.shape));
    for (number, &affix) in (0..).zip(&word.affixes) {
        if affix != 0 {
            each(key(template + 11 + number, affix, 0));
        }
    }
    for role in 0..ROLES {
        let level = word.fame >> (4 * role) & 15;
        if level != 0 {
            each(key(template + 24 + u32::try_from(role).unwrap_or(0), level, 0));
        }
    }
    each(key(template + 31, word.fame, 0));
    let mut bits = word.bits;
    while bits != 0 {
        each(key(template + 20, bits.trailing_zeros(), 0));
        bits &= bits - 1;
    }
}

fn case_code(token: Token) -> u32 {
    if token.possessive() {
        6
    } else if token.number() {
        5
    } else if token.initial() {
        3
    } else if token.all_upper() {
        2
    } else if token.capitalised() {
        1
    } else if token.has_upper() {
        4
    } else {
        0
    }
}

impl Article<'_, '_> {
    fn gap(&self, index: usize) -> Gap {
        self.words.get(index).map_or(Gap::Break, |token| token.gap)
    }

    /// The words at the [`PLACES`] around the token; none beyond the ends of its sentence.
    #[must_use]
    #[inline]
    pub fn words_around(&self, index: usize) -> [WordId; PLACES] {
        let id = |index: usize| self.ids.get(index).copied().unwrap_or(NO_WORD);
        let mut around = [NO_WORD; PLACES];
        let (before, from) = around.split_at_mut(WINDOW);
        for (distance, word) in (1..).zip(before.iter_mut().rev()) {
            if distance > index || self.gap(index + 1 - distance) == Gap::Break {
                break;
            }
            *word = id(index - distance);
        }
        for (distance, word) in from.iter_mut().enumerate() {
            if distance > 0 && self.gap(index + distance) == Gap::Break {
                break;
            }
            *word = id(index + distance);
        }
        around
    }
}

fn listed_code(listed: Listed) -> u32 {
    if listed.tokens == 0 {
        return 0;
    }
    u32::from(listed.kind) * 16 + u32::from(listed.part) * 4 + u32::from(listed.tokens.min(3))
}

/// All features of the token at `index` but those of single words and of votes. `word` gives the word
/// of a number.
pub fn token_keys(
    article: &Article<'_, '_>,
    index: usize,
    word: &impl Fn(WordId) -> Word,
    each: &mut impl FnMut(u32),
) {
    const T: u32 = 256;
    let Some(token) = article.words.get(index) else { return };
    let [_, before, this, after, _] = article.words_around(index);
    let [before, this, after] = [before, this, after].map(word);
    let token_at = |index: Option<usize>| index.and_then(|index| article.words.get(index));
    let (previous, next) = (token_at(index.checked_sub(1)), token_at(Some(index + 1)));
    let gap_at = |index: usize| u32::from(article.gaps.get(index).copied().unwrap_or(0));
    let gaps = (gap_at(index), gap_at(index + 1));
    let case = case_code(token);
    let case_before = previous.map_or(7, case_code);
    let case_after = next.map_or(7, case_code);
    let line = if token.shouted() { 2 } else { u32::from(token.title_case()) };
    let elsewhere = u32::from(article.elsewhere.get(index).copied().unwrap_or(0));
    let doubt = line * 32 + u32::from(token.opens()) * 16 + u32::from(token.after_quote()) * 8 + elsewhere;

    each(key(T, pair(gaps.0, gaps.1), case));
    each(key(T + 1, gaps.0, before.lower));
    each(key(T + 2, gaps.1, after.lower));
    each(key(T + 3, pair(gaps.0 * 16 + case_before, gaps.1 * 16 + case_after), case));
    each(key(T + 4, doubt, case));
    each(key(T + 5, doubt, this.lower_clusters.middle()));
    each(key(T + 6, this.lower, before.lower));
    each(key(T + 7, this.lower, after.lower));
    each(key(T + 8, pair(before.clusters.middle(), this.clusters.middle()), gaps.0));
    each(key(T + 9, pair(this.clusters.middle(), after.clusters.middle()), gaps.1));
    each(key(T + 10, pair(before.clusters.coarse(), after.clusters.coarse()), this.clusters.coarse()));
    each(key(T + 11, this.bits, before.bits));
    each(key(T + 12, this.bits, after.bits));

    let listed = article.listed.get(index).copied().unwrap_or_default();
    let code = listed_code(listed);
    if listed.tokens > 0 {
        each(key(T + 13, code, 0));
        each(key(T + 14, code, u32::from(listed.prior)));
        each(key(T + 15, u32::from(listed.kinds), u32::from(listed.part)));
        each(key(T + 16, pair(code, u32::from(listed.flags)), doubt));
        each(key(T + 17, u32::from(listed.kinds), before.clusters.middle()));
        each(key(T + 18, u32::from(listed.kinds), after.clusters.middle()));
    }
    let around = |index: Option<usize>| {
        listed_code(index.and_then(|index| article.listed.get(index)).copied().unwrap_or_default())
    };
    let (code_before, code_after) = (around(index.checked_sub(1)), around(Some(index + 1)));
    each(key(T + 19, pair(code_before, code), gaps.0));
    each(key(T + 20, pair(code, code_after), gaps.1));

    if token.has_upper() {
        let (first, last) = article.runs.get(index).copied().unwrap_or((0, 0));
        let run = first as usize..last as usize + 1;
        let place = u32::try_from(index).unwrap_or(first);
        let length = (last - first).min(5);
        let from = (place - first).min(3);
        let left = (last - place).min(3);
        let shape = pair(length, from * 8 + left);
        each(key(T + 21, shape, line));
        let word_at = |index: usize| article.ids.get(index).copied().map(word).unwrap_or_default();
        let (first, last) = (word_at(run.start), word_at(run.end - 1));
        if left > 0 {
            each(key(T + 22, last.lower, from));
            each(key(T + 23, last.clusters.fine(), from));
            each(key(T + 24, last.bits, from));
        }
        if from > 0 {
            each(key(T + 25, first.lower, left));
            each(key(T + 26, first.clusters.fine(), left));
            each(key(T + 27, first.bits, left));
        }
        if length > 0 {
            let word_beside = |index: usize, broken: bool| {
                let id = article.ids.get(index).copied().filter(|_| !broken).unwrap_or(NO_WORD);
                word(id).lower
            };
            let behind = word_beside(run.end, article.gap(run.end) == Gap::Break);
            each(key(T + 28, behind, u32::from(article.gap(run.end) == Gap::Space)));
            let ahead = word_beside(run.start.wrapping_sub(1), article.gap(run.start) == Gap::Break);
            each(key(T + 29, ahead, u32::from(article.gap(run.start) == Gap::Space)));
        }
    }
    if line == 2 {
        each(key(T + 30, this.lower, 0));
        each(key(T + 31, code, elsewhere));
    }
}

/// Features of the second pass: what the same words were in the rest of the article.
pub fn vote_keys(votes: &Votes, each: &mut impl FnMut(u32)) {
    const T: u32 = 512;
    if let Some(beside) = votes.beside {
        each(key(T + 8, pair(beside.before, beside.after), beside.own));
        if beside.before != 0 {
            each(key(T + 9, beside.before, beside.own));
        }
        if beside.after != 0 {
            each(key(T + 10, beside.after, beside.own));
        }
    }
    if let Some(bracketed) = votes.bracketed {
        each(key(T + 11, bracketed, votes.beside.unwrap_or_default().own));
    }
    let Some(own) = votes.own else { return };
    each(key(T, own.class, own.sure));
    each(key(T + 1, pair(own.class, own.part), own.sure));
    each(key(T + 2, own.class, votes.doubt));
    each(key(T + 3, pair(own.class, votes.before), votes.after));
}
