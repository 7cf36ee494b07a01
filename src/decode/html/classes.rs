//! What the names of classes and ids say of an element, and how near to a heading a text stands.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Names longer than this, in bytes, are data: what lies behind is not looked at.
const MAX_NAMES: usize = 1_024;

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
        let mut ended = String::with_capacity(names.len() + 2);
        ended.push(' ');
        ended.push_str(names);
        ended.push(' ');
        let bit = |part: usize| self.bits.get(part).copied().unwrap_or_default();
        parts.find_overlapping_iter(&ended).fold(0, |said, found| said | bit(found.pattern().as_usize()))
    }
}

/// `names` as far as they are names.
pub(super) fn of_length(names: &str) -> &str {
    names.get(..names.floor_char_boundary(MAX_NAMES)).unwrap_or(names)
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
    fn names_without_end_are_data() {
        assert_eq!(of_length("byline"), "byline");
        assert_eq!(of_length(&"é".repeat(MAX_NAMES)).len(), MAX_NAMES);
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
    fn near_is_so_many_texts_away() {
        let near = |place| nearness(place, &[10], 3, 2);
        assert_eq!(
            [8, 9, 10, 12, 13].map(near),
            [Nearness::Far, Nearness::Before, Nearness::After, Nearness::After, Nearness::Far]
        );
    }
}
