//! What the names of classes and ids on a page say, to all who ask: each name is looked at once, for all of them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::classes::{Groups, of_length};
use super::readability::words;
use super::{beside, dated, names, signed};

/// What each asks for, in its own order, one bit a group: the first is bit 0.
static GROUPS: LazyLock<Groups> = LazyLock::new(|| {
    let asked = [&names::PARTS[..], &dated::PARTS, &signed::PARTS, &[beside::PARTS], &words::PARTS];
    Groups::of(asked.concat())
});
const DATED: usize = names::PARTS.len();
const SIGNED: usize = DATED + dated::PARTS.len();
const BESIDE: usize = SIGNED + signed::PARTS.len();
const READABILITY: usize = BESIDE + 1;
const MICROFORMAT: usize = READABILITY + words::PARTS.len();

/// What some names say, as bits.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Saying(u32);

impl Saying {
    /// What `names` say: classes or an id, in any case.
    pub(super) fn of(names: &str) -> Self {
        if names.is_empty() {
            return Self::default();
        }
        let said = Self(GROUPS.said_by(of_length(names)));
        // All of these say when, too.
        let is_microformat = said.for_dated() & dated::SAYS_DATED != 0
            && names.split([' ', '\n']).any(|name| dated::MICROFORMATS.contains(&name));
        Self(said.0 | u32::from(is_microformat) << MICROFORMAT)
    }

    fn bits(self, from: usize, to: usize) -> u32 {
        self.0 >> from & ((1 << (to - from)) - 1)
    }

    /// The groups of [`names`].
    pub(super) fn for_names(self) -> u32 {
        self.bits(0, DATED)
    }

    /// The groups of [`dated`].
    pub(super) fn for_dated(self) -> u32 {
        self.bits(DATED, SIGNED)
    }

    /// The groups of [`signed`].
    pub(super) fn for_signed(self) -> u32 {
        self.bits(SIGNED, BESIDE)
    }

    /// Whether they say that an element stands beside the article.
    pub(super) fn is_beside(self) -> bool {
        self.bits(BESIDE, READABILITY) != 0
    }

    /// The groups of [`words`].
    pub(super) fn for_readability(self) -> u32 {
        self.bits(READABILITY, MICROFORMAT)
    }

    /// Whether one of them is a class of a microformat that holds a date.
    pub(super) fn is_microformat(self) -> bool {
        self.bits(MICROFORMAT, MICROFORMAT + 1) != 0
    }
}

/// What the names on a page say, remembered: a page says the same names again and again.
#[derive(Debug, Default)]
pub(super) struct Said<'p> {
    known: FxHashMap<&'p str, Saying>,
}

impl<'p> Said<'p> {
    /// What `names` say, looked at the first time.
    pub(super) fn of(&mut self, names: &'p str) -> Saying {
        if names.is_empty() {
            return Saying::default();
        }
        *self.known.entry(names).or_insert_with(|| Saying::of(names))
    }

    /// What the class and the id among these attributes say.
    pub(super) fn of_attributes(&mut self, attributes: &[(&'p str, &'p str)]) -> (Saying, Saying) {
        let (mut class, mut id) = ("", "");
        for &(name, value) in attributes {
            match name {
                "class" => class = value,
                "id" => id = value,
                _ => {}
            }
        }
        (self.of(class), self.of(id))
    }

    /// The same of names that have most likely been looked at.
    pub(super) fn known(&self, names: &str) -> Saying {
        self.known.get(names).copied().unwrap_or_else(|| Saying::of(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_who_ask_are_told_of_their_own_groups() {
        let cases = [
            ("", (0, 0, 0, false, false)),
            ("x1 y2", (0, 0, 0, false, false)),
            // `author`: of `names`, near a date, may hold an author.
            ("c-author", (1 << 4, 2, 8, false, false)),
            // A date, and beside the article.
            ("post-date timestamp", (1 << 7 | 1 << 10, 1, 2, true, true)),
            ("dt-published", (0, 1, 0, false, true)),
        ];
        for (names, expected) in cases {
            let said = Saying::of(names);
            let told = (
                said.for_names(),
                said.for_dated(),
                said.for_signed(),
                said.is_beside(),
                said.is_microformat(),
            );
            assert_eq!(told, expected, "{names}");
        }
    }

    #[test]
    fn what_is_remembered_is_the_same() {
        let mut said = Said::default();
        assert_eq!(said.of("byline"), Saying::of("byline"));
        assert_eq!(said.of("byline"), said.known("byline"));
        assert_eq!(said.known("sidebar"), Saying::of("sidebar"));
        assert_eq!(said.of(""), Saying::default());
    }
}
