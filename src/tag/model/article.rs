//! An article as the model sees it: where names may be, what each word is, which names of the
//! knowledge base stand there, and what the rest of the article says of a word's case.

use std::cmp::Ordering;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::clusters::ClusterTable;
use super::listed::Listed;
use super::word::{Lexis, NO_WORD, WordId};
use crate::tag::kb::format::MAX_NAME_TOKENS;
use crate::tag::kb::{Entry, KnowledgeBase};
use crate::tag::lexicon;
use crate::tag::token::{Gap, Token, Words};
use crate::tag::word_list::Sieve;

/// Small words that may stand between the capitals of one stretch.
const BRIDGE: usize = 3;
/// Words on each side that a feature looks at.
pub(super) const WINDOW: usize = 2;
/// What is looked at of a word's case in the whole article.
const SMALL_SOMEWHERE: u8 = 1;
const CAPITAL_INSIDE: u8 = 2;

/// One article, made ready for features.
pub struct Article<'a, 't> {
    pub(super) words: &'a Words<'t>,
    /// Stretches that may hold names; all else holds none.
    pub stretches: Vec<Range<usize>>,
    pub(super) ids: Vec<WordId>,
    pub(super) listed: Vec<Listed>,
    /// Case of the word elsewhere; only within stretches.
    pub(super) elsewhere: Vec<u8>,
    /// What stands before each token of a stretch and the one after it, finer than [`Gap`].
    pub(super) gaps: Vec<u8>,
    /// First and last token of the run of capitals that the token is in; only within stretches.
    pub(super) runs: Vec<(u32, u32)>,
    /// The longest name of the knowledge base from each token on that was looked at, in their order.
    heads: Vec<Head>,
    /// Bytes walked in the knowledge base.
    pub walked: usize,
}

/// The longest name of the knowledge base from a token on.
#[derive(Debug, Clone, Copy)]
struct Head {
    from: usize,
    /// 0 where there is none.
    tokens: usize,
    entry: Entry,
}

impl std::fmt::Debug for Article<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Article").field("stretches", &self.stretches.len()).finish_non_exhaustive()
    }
}

/// Whether a name may start or end on the token by its own letters.
fn strong(token: Token) -> bool {
    token.has_upper()
}

/// Whether a name that has reached the token before may go on over the one at `index`.
fn carries_on(words: &Words<'_>, index: usize, token: Token) -> bool {
    (token.possessive() && token.gap == Gap::Tight)
        || (token.has_digit() && matches!(token.gap, Gap::Space | Gap::Hyphen))
        || token.gap == Gap::Hyphen
        // `Yoon Suk - yeol`, as some agencies' systems space it.
        || (token.gap == Gap::Other && index.checked_sub(1).is_some_and(|before| words.after(before) == " - "))
}

impl<'a, 't> Article<'a, 't> {
    /// Reads an article.
    #[must_use]
    pub fn new(words: &'a Words<'t>, kb: &KnowledgeBase, clusters: &ClusterTable, lexis: &mut Lexis) -> Self {
        let mut article = Self {
            words,
            stretches: stretches(words),
            ids: vec![NO_WORD; words.len()],
            listed: vec![Listed::default(); words.len()],
            elsewhere: vec![0; words.len()],
            gaps: vec![0; words.len() + 1],
            runs: vec![(0, 0); words.len()],
            heads: Vec::new(),
            walked: 0,
        };
        article.name_words(kb, clusters, lexis);
        article.find_gaps();
        article.find_runs();
        article.look_up(kb, lexis);
        article.weigh_case();
        article
    }

    fn name_words(&mut self, kb: &KnowledgeBase, clusters: &ClusterTable, lexis: &mut Lexis) {
        let mut done = 0;
        for stretch in &self.stretches {
            let from = stretch.start.saturating_sub(WINDOW).max(done);
            let to = (stretch.end + WINDOW).min(self.words.len());
            for index in from..to {
                let Some(token) = self.words.get(index) else { break };
                let form = if token.possessive() { "'s" } else { self.words.written(index, index + 1) };
                if let Some(id) = self.ids.get_mut(index) {
                    *id = lexis.id(form, token.shouted(), kb, clusters);
                }
            }
            done = to;
        }
    }

    fn find_gaps(&mut self) {
        for stretch in &self.stretches {
            for index in stretch.start..=stretch.end {
                if let Some(gap) = self.gaps.get_mut(index) {
                    *gap = gap_code(self.words, index);
                }
            }
        }
    }

    /// A capital, or a small word that joins two.
    fn find_runs(&mut self) {
        for stretch in self.stretches.clone() {
            let mut first = stretch.start;
            while first < stretch.end {
                let mut last = first;
                if self.capital(first) {
                    loop {
                        if self.joined(last + 1) && self.capital(last + 1) && last + 1 < stretch.end {
                            last += 1;
                        } else if last + 2 < stretch.end
                            && self.joined(last + 1)
                            && self.joined(last + 2)
                            && joint(self.words.folded(last + 1))
                            && self.capital(last + 2)
                        {
                            last += 2;
                        } else {
                            break;
                        }
                    }
                }
                let narrow = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
                let run = (narrow(first), narrow(last));
                self.runs.get_mut(first..=last).unwrap_or_default().fill(run);
                first = last + 1;
            }
        }
    }

    fn joined(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|token| token.gap.joins() && !token.possessive())
    }

    fn capital(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(Token::has_upper)
    }

    /// The longest name of the knowledge base over each token.
    fn look_up(&mut self, kb: &KnowledgeBase, lexis: &mut Lexis) {
        for stretch in self.stretches.clone() {
            for from in stretch.clone() {
                let Some(token) = self.words.get(from) else { break };
                if !(token.has_upper() || self.opens_with_article(from)) {
                    continue;
                }
                let word = self.ids.get(from).copied().unwrap_or(NO_WORD);
                let opening = lexis.opening(word, self.words.folded(from), kb);
                let (ends, walked) = kb.names_after(&opening, self.words, from);
                self.walked += walked;
                let longest = ends.iter().rposition(|entry| !entry.is_empty());
                let entry = longest.and_then(|at| ends.get(at)).copied().unwrap_or_default();
                self.heads.push(Head { from, tokens: longest.map_or(0, |at| at + 1), entry });
                for tokens in (1..=MAX_NAME_TOKENS.min(stretch.end - from)).rev() {
                    let entry = ends.get(tokens - 1).copied().unwrap_or_default();
                    if entry.is_empty() || !self.ends_as_name(from, tokens) {
                        continue;
                    }
                    if let Some(listed) = lexis.listed(entry, token.all_upper(), kb) {
                        let tokens_of_name = u8::try_from(tokens).unwrap_or(u8::MAX);
                        self.list(from, tokens, Listed { tokens: tokens_of_name, ..listed });
                        break;
                    }
                }
            }
        }
    }

    /// What the name `span` leads to, where the walk over the article told; `None` where it has to be looked
    /// up. `at` is where to go on among the heads: spans come in order.
    pub(super) fn entry(&self, span: Range<usize>, at: &mut usize) -> Option<Entry> {
        while self.heads.get(*at).is_some_and(|head| head.from < span.start) {
            *at += 1;
        }
        let head = self.heads.get(*at).filter(|head| head.from == span.start)?;
        let walks = |index: usize| {
            self.words.get(index).is_some_and(|token| token.gap.joins() || token.gap == Gap::Comma)
        };
        if !(span.start + 1..span.end).all(walks) {
            return None;
        }
        match span.len().cmp(&head.tokens) {
            Ordering::Less => None,
            Ordering::Equal => Some(head.entry),
            Ordering::Greater => Some(Entry::default()),
        }
    }

    fn list(&mut self, from: usize, tokens: usize, listed: Listed) {
        let places = self.listed.get_mut(from..from + tokens).unwrap_or_default();
        for (index, place) in places.iter_mut().enumerate() {
            if place.tokens >= listed.tokens {
                continue;
            }
            let part = match (index == 0, index + 1 == tokens) {
                (true, true) => 3,
                (true, false) => 0,
                (false, true) => 2,
                (false, false) => 1,
            };
            *place = Listed { part, ..listed };
        }
    }

    /// `al-`, `el-` and their kin before a capital.
    fn opens_with_article(&self, index: usize) -> bool {
        matches!(self.words.folded(index), "al" | "el" | "ash" | "as" | "an" | "ad")
            && self.words.get(index + 1).is_some_and(|next| next.gap == Gap::Hyphen && next.capitalised())
    }

    /// A capital, a digit or `'s` at its end, no comma inside but before `Inc.`.
    fn ends_as_name(&self, from: usize, tokens: usize) -> bool {
        let last = from + tokens - 1;
        let comma = (from + 1..=last).any(|index| {
            self.words.get(index).is_some_and(|token| token.gap == Gap::Comma)
                && !lexicon::has(self.words.folded(index), lexicon::FOLLOWS_COMMA)
        });
        !comma
            && self.words.get(last).is_some_and(|token| {
                token.has_upper() || (last > from && (token.has_digit() || token.possessive()))
            })
    }

    /// What the article says of the case of words whose own capital says little.
    fn weigh_case(&mut self) {
        let mut seen: FxHashMap<&str, u8> = FxHashMap::default();
        let mut sieve = Sieve::default();
        for stretch in &self.stretches {
            for index in stretch.clone() {
                if self.words.get(index).is_some_and(doubtful) {
                    let word = self.words.folded(index);
                    seen.insert(word, 0);
                    sieve.insert(word);
                }
            }
        }
        if seen.is_empty() {
            return;
        }
        for index in 0..self.words.len() {
            let Some(token) = self.words.get(index) else { break };
            let says = if !token.has_upper() {
                SMALL_SOMEWHERE
            } else if doubtful(token) {
                continue;
            } else {
                CAPITAL_INSIDE
            };
            let word = self.words.folded(index);
            if sieve.may_hold(word)
                && let Some(known) = seen.get_mut(word)
            {
                *known |= says;
            }
        }
        for stretch in &self.stretches {
            for index in stretch.clone() {
                if self.words.get(index).is_some_and(doubtful)
                    && let Some(place) = self.elsewhere.get_mut(index)
                {
                    *place = 4 | seen.get(self.words.folded(index)).copied().unwrap_or(0);
                }
            }
        }
    }
}

/// Small words within names.
fn joint(folded: &str) -> bool {
    matches!(folded, "of" | "for" | "de" | "del" | "da" | "do" | "&" | "the" | "bin" | "al" | "la" | "and")
}

/// What stands before a token: the kind of gap, and for punctuation its first sign.
fn gap_code(words: &Words<'_>, index: usize) -> u8 {
    let sign =
        || index.checked_sub(1).and_then(|before| words.after(before).trim_start_matches(' ').chars().next());
    match words.get(index).map_or(Gap::Break, |token| token.gap) {
        Gap::Tight => 0,
        Gap::Space => 1,
        Gap::Hyphen => 2,
        Gap::Abbreviation => 3,
        Gap::Comma => 4,
        Gap::Bracket => 5,
        Gap::Other => match sign() {
            Some(')' | ']') => 6,
            Some('(' | '[') => 7,
            Some('/' | '|') => 8,
            Some('-' | '–' | '—') => 9,
            Some(':') => 10,
            Some('"' | '“' | '”' | '\'' | '‘' | '’' | '«' | '»') => 11,
            _ => 12,
        },
        Gap::Break => match sign() {
            Some('.' | '!' | '?') => 13,
            Some(')' | ';' | '"' | '”' | '’') => 14,
            _ => 15,
        },
    }
}

/// Whether the token's capital says little.
fn doubtful(token: Token) -> bool {
    token.has_upper() && (token.opens() || token.shouted() || token.title_case())
}

/// The stretches of tokens from capital to capital.
fn stretches(words: &Words<'_>) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for index in 0..words.len() {
        let Some(token) = words.get(index) else { break };
        if token.gap == Gap::Break {
            stretches.extend(open.take());
        }
        if strong(token) {
            // `al-Sadr`, `2022 World Cup`: what stands right before belongs to it.
            let joined = token.gap == Gap::Hyphen || token.gap == Gap::Space;
            let reach = usize::from(
                joined
                    && index > 0
                    && words
                        .get(index - 1)
                        .is_some_and(|before| token.gap == Gap::Hyphen || before.has_digit()),
            );
            match &mut open {
                Some(open) => open.end = index + 1,
                None => open = Some(index - reach..index + 1),
            }
        } else if let Some(stretch) = &mut open {
            if stretch.end == index && carries_on(words, index, token) {
                stretch.end = index + 1;
            } else if index >= stretch.end + BRIDGE {
                stretches.extend(open.take());
            }
        }
    }
    stretches.extend(open);
    stretches
}
