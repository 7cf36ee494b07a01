//! The second pass: what a word was taken for elsewhere in the article speaks for what it is here
//! (Ratinov and Roth 2009; Krishnan and Manning 2006).

use rustc_hash::FxHashMap;

use super::article::Article;
use super::label::{CLASSES, Class, class_of, closes, opens, part_of};
use super::viterbi::Labels;
use crate::tag::token::{Gap, Token};

/// What the other places of a word say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// The class that most took it for; [`CLASSES`] for none.
    pub(super) class: u32,
    /// How many and how much at one.
    pub(super) sure: u32,
    /// The part of a name that it mostly was.
    pub(super) part: u32,
}

/// The votes on a token and its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Votes {
    pub(super) own: Option<Vote>,
    pub(super) before: u32,
    pub(super) after: u32,
    pub(super) doubt: u32,
    /// What the names right before and behind are, and what stands between; `None` where there are none.
    pub(super) beside: Option<Beside>,
    /// What most other names in brackets are; of one that stands in brackets.
    pub(super) bracketed: Option<u32>,
}

/// The names beside one, as in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// The class that the first pass gave the token; [`CLASSES`] for none.
    pub(super) own: u32,
    /// Class and separator of the name before; 0 for none.
    pub(super) before: u32,
    /// Of the name behind.
    pub(super) after: u32,
}

/// A name that the first pass found.
#[derive(Debug, Clone, Copy)]
struct Name {
    from: usize,
    to: usize,
    class: u32,
}

/// Words that may stand between two names of a list.
const BETWEEN: usize = 2;

/// How often a word was taken for what.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    classes: [u32; CLASSES + 1],
    parts: [u32; 4],
}

/// The counts of an article.
#[derive(Debug, Default)]
pub struct Ballot {
    counts: Vec<Count>,
    /// The count of each token's word, by place from 1 on; 0 for a token without a capital.
    of: Vec<u32>,
    /// All names, in their order.
    names: Vec<Name>,
    /// Classes of the names in brackets.
    bracketed: [u32; CLASSES],
}

/// Times from which on more makes no difference.
const MANY: u32 = 3;

impl Ballot {
    /// Counts the labels of a first pass.
    #[must_use]
    pub fn new(article: &Article<'_, '_>, labels: &Labels) -> Self {
        let mut places: FxHashMap<&str, u32> = FxHashMap::default();
        let mut ballot = Self { of: vec![0; article.words.len()], ..Self::default() };
        ballot.find_names(article, labels);
        for index in article.stretches.iter().flat_map(Clone::clone) {
            if !article.words.get(index).is_some_and(Token::has_upper) {
                continue;
            }
            let next = u32::try_from(ballot.counts.len()).map_or(u32::MAX, |counts| counts.saturating_add(1));
            let place = *places.entry(article.words.folded(index)).or_insert(next);
            if place == next {
                ballot.counts.push(Count::default());
            }
            if let Some(of) = ballot.of.get_mut(index) {
                *of = place;
            }
            let label = labels.get(index);
            let Some(count) = ballot.counts.get_mut(place as usize - 1) else { continue };
            let class = class_of(label).map_or(CLASSES, Class::number);
            if let Some(class) = count.classes.get_mut(class) {
                *class += 1;
            }
            if let Some(part) = count.parts.get_mut(part_of(label)).filter(|_| class < CLASSES) {
                *part += 1;
            }
        }
        ballot
    }

    fn find_names(&mut self, article: &Article<'_, '_>, labels: &Labels) {
        let mut from = 0;
        for index in article.stretches.iter().flat_map(Clone::clone) {
            let label = labels.get(index);
            let Some(class) = class_of(label) else { continue };
            if opens(label) {
                from = index;
            }
            if closes(label) {
                let name = Name { from, to: index + 1, class: number(class) };
                if in_brackets(article, name)
                    && let Some(count) = self.bracketed.get_mut(class.number())
                {
                    *count += 1;
                }
                self.names.push(name);
            }
        }
    }

    /// The names beside the token, and what names in brackets are; `at` is where to go on among the names.
    fn around(
        &self,
        article: &Article<'_, '_>,
        index: usize,
        at: &mut usize,
    ) -> (Option<Beside>, Option<u32>) {
        while self.names.get(*at).is_some_and(|name| name.to <= index) {
            *at += 1;
        }
        let own = self.names.get(*at).filter(|name| name.from <= index);
        let (from, to) = own.map_or((index, index + 1), |own| (own.from, own.to));
        let code = |name: &Name, from: usize, to: usize| {
            separator(article, from, to).map(|separator| (name.class + 1) * 32 + separator)
        };
        let before = at.checked_sub(1).and_then(|before| self.names.get(before));
        let before = before.and_then(|name| code(name, name.to, from)).unwrap_or(0);
        let after = self.names.get(*at + usize::from(own.is_some()));
        let after = after.and_then(|name| code(name, to, name.from)).unwrap_or(0);
        let class = own.map_or(NO_CLASS, |own| own.class);
        let beside = Beside { own: class, before, after };
        let bracketed =
            in_brackets(article, Name { from, to, class }).then(|| self.of_brackets(class)).flatten();
        (Some(beside).filter(|beside| beside.before != 0 || beside.after != 0), bracketed)
    }

    /// What most other names in brackets are.
    fn of_brackets(&self, own: u32) -> Option<u32> {
        let others = (0..)
            .zip(self.bracketed)
            .map(|(class, times)| (class, times - u32::from(class == own && times > 0)));
        others
            .filter(|(_, times)| *times > 1)
            .max_by_key(|&(class, times)| (times, std::cmp::Reverse(class)))
            .map(|(class, _)| class)
    }

    /// What other places say of the token, which the first pass gave that label.
    fn vote(&self, index: usize, label: usize) -> Option<Vote> {
        let place = self.of.get(index)?.checked_sub(1)?;
        let mut count = *self.counts.get(place as usize)?;
        let class = class_of(label).map_or(CLASSES, Class::number);
        if let Some(own) = count.classes.get_mut(class) {
            *own = own.saturating_sub(1);
        }
        if let Some(own) = count.parts.get_mut(part_of(label)).filter(|_| class < CLASSES) {
            *own = own.saturating_sub(1);
        }
        let all: u32 = count.classes.iter().sum();
        if all == 0 {
            return None;
        }
        let (class, most) =
            (0..).zip(count.classes).max_by_key(|&(class, times)| (times, std::cmp::Reverse(class)))?;
        let (part, _) =
            (0..).zip(count.parts).max_by_key(|&(part, times)| (times, std::cmp::Reverse(part)))?;
        let at_one = if most == all { 2 } else { u32::from(most * 4 >= all * 3) };
        Some(Vote { class, sure: at_one * 4 + all.min(MANY), part })
    }

    /// The votes on the token at `index`; `at` is where to go on among the names: tokens come in order.
    #[must_use]
    pub fn votes(&self, article: &Article<'_, '_>, labels: &Labels, index: usize, at: &mut usize) -> Votes {
        if !article.words.get(index).is_some_and(Token::has_upper) {
            return Votes::default();
        }
        let none = 15;
        let (around, bracketed) = self.around(article, index, at);
        let of = |index: usize| self.vote(index, labels.get(index));
        let beside = |index: Option<usize>| index.and_then(of).map_or(none, |vote| vote.class);
        let own = of(index);
        if own.is_none() {
            return Votes { beside: around, bracketed, ..Votes::default() };
        }
        Votes {
            beside: around,
            bracketed,
            own,
            before: beside(index.checked_sub(1)),
            after: beside(Some(index + 1)),
            doubt: u32::from(article.elsewhere.get(index).copied().unwrap_or(0)),
        }
    }
}

/// The number of no class.
#[expect(clippy::cast_possible_truncation, reason = "a handful")]
const NO_CLASS: u32 = CLASSES as u32;

fn number(class: Class) -> u32 {
    u32::try_from(class.number()).unwrap_or(NO_CLASS)
}

/// Whether a name stands alone in brackets.
fn in_brackets(article: &Article<'_, '_>, name: Name) -> bool {
    article.words.get(name.from).is_some_and(|token| token.gap == Gap::Bracket)
        && article.words.after(name.to - 1).starts_with(')')
}

/// What stands between two names of a list, `from..to` being the tokens between; `None` where they are far
/// apart or in two sentences.
fn separator(article: &Article<'_, '_>, from: usize, to: usize) -> Option<u32> {
    let words = article.words;
    let between = to.checked_sub(from).filter(|tokens| *tokens <= BETWEEN)?;
    if (from..=to).any(|index| words.get(index).is_none_or(|token| token.gap == Gap::Break)) {
        return None;
    }
    let joins = (from..to).any(|index| matches!(words.folded(index), "and" | "or" | "&"));
    let sign = u32::from(article.gaps.get(from).copied().unwrap_or(0));
    Some(match (between, joins) {
        (0, _) => sign,
        (_, true) => 20 + u32::from(sign == 4),
        (1, false) => 22,
        (_, false) => 23,
    })
}
