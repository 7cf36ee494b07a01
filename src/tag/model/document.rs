//! The second pass: what a word was taken for elsewhere in the article speaks for what it is here
//! (Ratinov and Roth 2009; Krishnan and Manning 2006).

use rustc_hash::FxHashMap;

use super::article::Article;
use super::label::{CLASSES, class_of, part_of};
use super::viterbi::Labels;
use crate::tag::token::Token;

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
}

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
}

/// Times from which on more makes no difference.
const MANY: u32 = 3;

impl Ballot {
    /// Counts the labels of a first pass.
    #[must_use]
    pub fn new(article: &Article<'_, '_>, labels: &Labels) -> Self {
        let mut places: FxHashMap<&str, u32> = FxHashMap::default();
        let mut ballot = Self { counts: Vec::new(), of: vec![0; article.words.len()] };
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
            let class = class_of(label).map_or(CLASSES, super::label::Class::number);
            if let Some(class) = count.classes.get_mut(class) {
                *class += 1;
            }
            if let Some(part) = count.parts.get_mut(part_of(label)).filter(|_| class < CLASSES) {
                *part += 1;
            }
        }
        ballot
    }

    /// What other places say of the token, which the first pass gave that label.
    fn vote(&self, index: usize, label: usize) -> Option<Vote> {
        let place = self.of.get(index)?.checked_sub(1)?;
        let mut count = *self.counts.get(place as usize)?;
        let class = class_of(label).map_or(CLASSES, super::label::Class::number);
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

    /// The votes on the token at `index`.
    #[must_use]
    pub fn votes(&self, article: &Article<'_, '_>, labels: &Labels, index: usize) -> Votes {
        let none = 15;
        let of = |index: usize| self.vote(index, labels.get(index));
        let beside = |index: Option<usize>| index.and_then(of).map_or(none, |vote| vote.class);
        let own = of(index);
        if own.is_none() {
            return Votes::default();
        }
        Votes {
            own,
            before: beside(index.checked_sub(1)),
            after: beside(Some(index + 1)),
            doubt: u32::from(article.elsewhere.get(index).copied().unwrap_or(0)),
        }
    }
}
