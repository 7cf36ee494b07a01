//! The text as the rules see it: tokens, what is known of each word, and its neighbours.

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::kb::KnowledgeBase;
use super::kb::format::word;
use super::lexicon;
use super::token::{Gap, Words};

/// One article under the rules.
pub(crate) struct Scan<'a, 't> {
    pub(crate) words: &'a Words<'t>,
    pub(crate) kb: &'a KnowledgeBase,
    /// Bits of [`word`] for each token with a capital; 0 for the others.
    bits: Vec<u8>,
    /// Folded words that stand in lower case somewhere in the article: their capital at the head of a
    /// sentence says nothing.
    lower: FxHashSet<&'a str>,
    /// The rules of English apply.
    pub(crate) english: bool,
    /// The language gives every noun a capital: one capital alone says little.
    pub(crate) nouns_in_capitals: bool,
}

impl<'a, 't> Scan<'a, 't> {
    pub(crate) fn new(words: &'a Words<'t>, kb: &'a KnowledgeBase, language: Option<&str>) -> Self {
        let english = lexicon::is_for(language);
        let nouns_in_capitals = matches!(lexicon::primary(language), Some("de" | "lb"));
        let mut bits = vec![0_u8; words.len()];
        let mut lower = FxHashSet::with_capacity_and_hasher(words.len() / 2, FxBuildHasher);
        for (index, slot) in bits.iter_mut().enumerate() {
            let Some(token) = words.get(index) else { break };
            if token.has_upper() {
                *slot = u8::try_from(kb.word(words.folded(index)) & 0xFF).unwrap_or(0);
            } else if !token.has_digit() && !token.possessive() {
                lower.insert(words.folded(index));
            }
        }
        Self { words, kb, bits, lower, english, nouns_in_capitals }
    }

    /// Whether anything of `bits` is known of the word of that token.
    pub(crate) fn is(&self, index: usize, bits: u64) -> bool {
        self.bits.get(index).is_some_and(|&known| u64::from(known) & bits != 0)
    }

    /// Whether the article writes the word in lower case somewhere.
    pub(crate) fn lower_elsewhere(&self, index: usize) -> bool {
        self.lower.contains(self.words.folded(index))
    }

    /// Whether the token has a capital that means something: not at the head of a sentence where
    /// the word is a common one.
    pub(crate) fn proper(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|token| {
            token.capitalised()
                && !token.shouted()
                && !(token.opens() && (self.is(index, word::COMMON) || self.lower_elsewhere(index)))
        })
    }

    /// Whether a capitalised word that is no common one stands right before or after.
    pub(crate) fn beside_capitals(&self, index: usize) -> bool {
        let beside = |other: usize, gap: Option<Gap>| {
            gap.is_some_and(|gap| matches!(gap, Gap::Space | Gap::Abbreviation))
                && self.proper(other)
                && !self.is(other, word::COMMON | word::TITLE)
        };
        let before = index
            .checked_sub(1)
            .is_some_and(|before| beside(before, self.words.get(index).map(|token| token.gap)));
        before || beside(index + 1, self.words.get(index + 1).map(|token| token.gap))
    }

    /// `al-`, `el-` and their kin before a capital.
    pub(crate) fn opens_with_article(&self, index: usize) -> bool {
        matches!(self.words.folded(index), "al" | "el" | "ash" | "as" | "an" | "ad")
            && self.words.get(index + 1).is_some_and(|next| next.gap == Gap::Hyphen && next.capitalised())
    }

    /// `US$5`, `USD 5`: the sign of a currency.
    pub(crate) fn before_amount(&self, index: usize) -> bool {
        let number_follows =
            || self.words.get(index + 1).is_some_and(|next| next.number() && next.gap != Gap::Hyphen);
        let after = self.words.after(index);
        after.trim_start().starts_with(['$', '£', '€'])
            || (after == " " && self.words.folded(index).len() == 3 && number_follows())
    }
}
