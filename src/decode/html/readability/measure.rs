//! How long a text is: white space collapsed, in code points, and summed up without reading it again.

/// The length of a text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    /// Code points, white space in a row being one.
    collapsed: usize,
    /// Whether it begins, and ends, with white space.
    starts: bool,
    ends: bool,
    /// Commas, of all scripts, and of ASCII alone.
    pub(super) commas: usize,
    pub(super) ascii_commas: usize,
}

/// The commas of other scripts.
const COMMAS: [char; 8] =
    ['\u{060C}', '\u{FE50}', '\u{FE10}', '\u{FE11}', '\u{2E41}', '\u{2E34}', '\u{2E32}', '\u{FF0C}'];

impl Measure {
    /// Of one text.
    pub(super) fn of(text: &str) -> Self {
        let (mut collapsed, mut commas, mut ascii_commas) = (0, 0, 0);
        let mut starts = false;
        let mut space = false;
        for c in text.chars() {
            let is_space = match c {
                ' ' | '\t'..='\r' => true,
                '\0'..='\u{7f}' => {
                    ascii_commas += usize::from(c == ',');
                    false
                }
                _ => {
                    commas += usize::from(COMMAS.contains(&c));
                    c.is_whitespace()
                }
            };
            starts |= is_space && collapsed == 0;
            collapsed += usize::from(!(is_space && space));
            space = is_space;
        }
        Self { collapsed, starts, ends: space, commas: commas + ascii_commas, ascii_commas }
    }

    /// Of this text and another behind it.
    pub(super) fn then(self, next: Self) -> Self {
        if self.collapsed == 0 {
            return next;
        }
        if next.collapsed == 0 {
            return self;
        }
        Self {
            collapsed: self.collapsed + next.collapsed - usize::from(self.ends && next.starts),
            starts: self.starts,
            ends: next.ends,
            commas: self.commas + next.commas,
            ascii_commas: self.ascii_commas + next.ascii_commas,
        }
    }

    /// Code points without white space around them.
    pub(super) fn length(&self) -> usize {
        let inner = self.collapsed - usize::from(self.starts);
        inner.saturating_sub(usize::from(self.ends))
    }

    /// Whether it is white space, if anything.
    pub(super) fn is_blank(&self) -> bool {
        self.collapsed == usize::from(self.starts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_in_a_row_is_one() {
        for (text, length, commas) in
            [("", 0, 0), (" \n", 0, 0), (" a  b ", 3, 0), ("a,\u{ff0c} é\u{a0}", 5, 2), ("a b", 3, 0)]
        {
            let measure = Measure::of(text);
            assert_eq!((measure.length(), measure.commas), (length, commas), "{text:?}");
            assert_eq!(measure.is_blank(), text.trim().is_empty(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parts_sum_up(parts in proptest::collection::vec("[ a,é\n]{0,4}", 0..6)) {
            let summed = parts.iter().fold(Measure::default(), |sum, part| sum.then(Measure::of(part)));
            prop_assert_eq!(summed, Measure::of(&parts.concat()));
            let words: Vec<String> = parts.concat().split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(summed.length(), words.join(" ").chars().count());
        }
    }
}
