//! What the names of classes and ids say of an element, and how near to a heading a text stands.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

/// Parts of names, parted by `|`. `None` if they are no expression: it finds nothing.
pub(super) type AnyOf = Option<Regex>;

/// Names longer than this, in bytes, are data: what lies behind is not looked at.
const MAX_NAMES: usize = 1_024;

/// Any of these parts, in any case.
pub(super) fn any_of(parts: &str) -> AnyOf {
    RegexBuilder::new(parts).case_insensitive(true).unicode(false).build().ok()
}

/// Whether one of the parts stands in `names`.
pub(super) fn holds(names: &str, any: &AnyOf) -> bool {
    let names = names.as_bytes();
    let names = names.get(..MAX_NAMES).unwrap_or(names);
    !names.is_empty() && any.as_ref().is_some_and(|any| any.is_match(names))
}

/// Groups of parts of names, all looked for in one go, in any case.
#[derive(Debug)]
pub(super) struct Groups {
    /// Finds parts; `None` if there are too many of them: nothing is found.
    parts: Option<AhoCorasick>,
    /// The bit of the group that each part is of.
    bits: Vec<u32>,
}

impl Groups {
    /// Of each group its parts, parted by `|`; `-?` in a part may be a hyphen or nothing, and `[-]` is a space, a
    /// hyphen, a low line or the end of the names.
    pub(super) fn of<'g>(groups: impl IntoIterator<Item = &'g str>) -> Self {
        let (mut parts, mut bits) = (Vec::new(), Vec::new());
        for (number, group) in groups.into_iter().enumerate() {
            let mut spelled: Vec<String> = group.split('|').map(str::to_owned).collect();
            for (mark, choices) in [("-?", &["", "-"][..]), ("[-]", &[" ", "-", "_"])] {
                while spelled.iter().any(|part| part.contains(mark)) {
                    let spell = |part: &String| {
                        let choices = if part.contains(mark) { choices } else { &[""] };
                        choices.iter().map(|choice| part.replacen(mark, choice, 1)).collect::<Vec<_>>()
                    };
                    spelled = spelled.iter().flat_map(spell).collect();
                }
            }
            bits.extend(spelled.iter().map(|_| 1 << number));
            parts.append(&mut spelled);
        }
        let mut builder = AhoCorasick::builder();
        let parts = builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(&parts).ok();
        Self { parts, bits }
    }

    /// The groups of which a part stands in `names`, as bits: the first group is 1.
    pub(super) fn said_by(&self, names: &str) -> u32 {
        let Some(parts) = self.parts.as_ref().filter(|_| !names.is_empty()) else { return 0 };
        // Ends are where a name may end.
        let ended = format!(" {names} ");
        let bit = |part: usize| self.bits.get(part).copied().unwrap_or_default();
        parts.find_overlapping_iter(&ended).fold(0, |said, found| said | bit(found.pattern().as_usize()))
    }
}

/// `names` as far as they are names.
pub(super) fn of_length(names: &str) -> &str {
    names.get(..names.floor_char_boundary(MAX_NAMES)).unwrap_or(names)
}

/// What the names on a page say, as bits that whoever looks gives them. Each is looked at once: a page says
/// the same names again and again.
#[derive(Debug, Default)]
pub(super) struct Said<'p> {
    known: FxHashMap<&'p str, u32>,
}

impl<'p> Said<'p> {
    /// What `names` say, looked at with `look` the first time.
    pub(super) fn of(&mut self, names: &'p str, look: impl FnOnce(&'p str) -> u32) -> u32 {
        if names.is_empty() {
            return 0;
        }
        *self.known.entry(names).or_insert_with(|| look(names))
    }
}

/// Where a text stands to the headings of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nearness {
    After,
    Before,
    Far,
}

/// Whether the text number `place` stands at most so many texts after, or before, one of `headings`.
pub(super) fn nearness(place: usize, headings: &[usize], after: usize, before: usize) -> Nearness {
    if headings.iter().any(|at| (*at..at + after).contains(&place)) {
        Nearness::After
    } else if headings.iter().any(|at| (place..place + before).contains(at)) {
        Nearness::Before
    } else {
        Nearness::Far
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_any_case_and_in_nothing_else() {
        let any = any_of("byline|post-date");
        assert!(holds("c-ByLine box", &any) && holds("post-date", &any));
        assert!(!holds("post date", &any) && !holds("", &any));
    }

    #[test]
    fn names_without_end_are_data() {
        let any = any_of("byline");
        let names = |length: usize| format!("{} byline", "x".repeat(length));
        assert!(holds(&names(MAX_NAMES - 7), &any) && !holds(&names(MAX_NAMES - 6), &any));
    }

    #[test]
    fn groups_are_told_apart() {
        let groups = Groups::of(["byline|sub-?title", "[-]ads[-]|line"]);
        let cases = [
            ("c-ByLine", 3),
            ("subtitle", 1),
            ("SUB-TITLE", 1),
            ("ads", 2),
            ("top_ads box", 2),
            ("loads", 0),
            ("", 0),
            ("x", 0),
        ];
        for (names, said) in cases {
            assert_eq!(groups.said_by(names), said, "{names}");
        }
    }

    #[test]
    fn names_are_looked_at_once() {
        let mut said = Said::default();
        assert_eq!(said.of("byline", |_| 2), 2);
        assert_eq!(said.of("byline", |_| unreachable!()), 2);
        assert_eq!(said.of("", |_| unreachable!()), 0);
    }

    #[test]
    fn near_is_so_many_texts_away() {
        let near = |place| nearness(place, &[10], 3, 2);
        assert_eq!(
            [8, 9, 10, 12, 13].map(near),
            [Nearness::Far, Nearness::Before, Nearness::After, Nearness::After, Nearness::Far]
        );
    }
}
