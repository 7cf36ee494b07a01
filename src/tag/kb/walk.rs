//! Walks over the names of a file, word by word as they stand in a text.

use bytes::Bytes;
use fst::raw::{Fst, Node, Output};

use super::MAX_TABLES;
use super::format::MAX_NAME_TOKENS;
use crate::tag::token::{Gap, Words};

/// The node behind a word that opens no name: sections of a file are shorter.
const NOWHERE: u32 = u32::MAX;
/// From so many first letters of second words on, nearly all beginnings are there.
const MOST_FIRST_LETTERS: usize = 24;

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NOWHERE)
}

/// How far one word leads into the names of each file: worth keeping, since few words open most names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening(pub(super) [Reached; MAX_TABLES]);

/// How far one word leads into the names of a file; small, as many are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    /// The node behind it, or [`NOWHERE`].
    node: u32,
    /// Its bytes walked.
    walked: u32,
    output: u64,
    /// How the words begin that go on from it.
    next: Beginnings,
}

/// The first two letters of words, as bits that several may share: says quickly that a word is none of them.
#[derive(Debug, Clone, Copy)]
struct Beginnings(u64);

impl Beginnings {
    const NONE: Self = Self(0);
    const ANY: Self = Self(u64::MAX);

    fn bit(first: u8, second: u8) -> u64 {
        let letters = u32::from_le_bytes([first, second, 0, 0]);
        1 << (letters.wrapping_mul(0x9e37_79b1) >> (32 - 6))
    }

    fn insert(&mut self, first: u8, second: u8) {
        self.0 |= Self::bit(first, second);
    }

    /// Whether a word that `bytes` open on may be one of them. A space follows each word.
    fn may_have(self, bytes: &[u8]) -> bool {
        let &[first, second, ..] = bytes else { return true };
        self.0 & Self::bit(first, second) != 0
    }
}

impl Default for Reached {
    fn default() -> Self {
        Self { node: NOWHERE, walked: 0, output: 0, next: Beginnings::NONE }
    }
}

impl Reached {
    /// Goes from the root over one folded word.
    pub(super) fn over(names: &Fst<Bytes>, word: &str) -> Self {
        let mut node = names.root();
        let mut output = Output::zero();
        for (walked, &byte) in word.as_bytes().iter().enumerate() {
            let Some(index) = node.find_input(byte) else {
                return Self { walked: narrow(walked), ..Self::default() };
            };
            let transition = node.transition(index);
            output = output.cat(transition.out);
            node = names.node(transition.addr);
        }
        let walked = narrow(word.len());
        Self { node: narrow(node.addr()), output: output.value(), walked, next: Beginnings::ANY }
    }

    /// The same, knowing how the words begin that go on from it: worth it for a word that is kept.
    pub(super) fn looked_ahead(self, names: &Fst<Bytes>) -> Self {
        let next = if self.node == NOWHERE {
            Beginnings::NONE
        } else {
            let node = names.node(self.node as usize);
            node.find_input(b' ')
                .map_or(Beginnings::NONE, |space| beginnings(names, &names.node(node.transition(space).addr)))
        };
        Self { next, ..self }
    }

    /// What the name that ends on the node leads to; 0 where none does.
    pub(super) fn value(self, names: &Fst<Bytes>) -> u64 {
        if self.node == NOWHERE {
            return 0;
        }
        let node = names.node(self.node as usize);
        if node.is_final() { Output::new(self.output).cat(node.final_output()).value() } else { 0 }
    }

    /// Walks on over the tokens after `from`, whose word leads so far: gives `each` how many tokens make a
    /// name and what it leads to. All bytes walked.
    pub(super) fn walk(
        self,
        names: &Fst<Bytes>,
        words: &Words<'_>,
        from: usize,
        mut each: impl FnMut(usize, u64),
    ) -> usize {
        let reached_end = self.walked as usize;
        if self.node == NOWHERE {
            return reached_end;
        }
        let (folded, base) = words.folded_from(from);
        let mut node = names.node(self.node as usize);
        let mut output = Output::new(self.output);
        let mut token = from;
        let mut end = reached_end;
        for (walked, &byte) in folded.iter().enumerate().skip(reached_end) {
            if walked == end {
                if node.is_final() {
                    each(token + 1 - from, output.cat(node.final_output()).value());
                }
                token += 1;
                match words.get(token) {
                    Some(next) if next.gap.joins() || next.gap == Gap::Comma => {
                        end = next.fold_end as usize - base;
                    }
                    _ => return walked,
                }
                if token - from >= MAX_NAME_TOKENS {
                    return walked;
                }
                let second = token == from + 1;
                if second && !self.next.may_have(folded.get(walked + 1..).unwrap_or_default()) {
                    return walked;
                }
            }
            let Some(index) = node.find_input(byte) else { return walked };
            let transition = node.transition(index);
            output = output.cat(transition.out);
            node = names.node(transition.addr);
        }
        folded.len()
    }
}

/// How the words begin that go on from a node.
fn beginnings(names: &Fst<Bytes>, node: &Node<'_>) -> Beginnings {
    if node.len() > MOST_FIRST_LETTERS {
        return Beginnings::ANY;
    }
    let mut beginnings = Beginnings::NONE;
    for first in node.transitions() {
        let behind = names.node(first.addr);
        behind.transitions().for_each(|second| beginnings.insert(first.inp, second.inp));
        if behind.is_final() {
            beginnings.insert(first.inp, b' ');
        }
    }
    beginnings
}
