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

/// Whether a byte beyond ASCII begins a character.
fn is_first(byte: u8) -> bool {
    byte >= 0xC0
}

/// Whether white space or a comma may begin with it.
fn may_matter(byte: u8) -> bool {
    matches!(byte, 0xC2 | 0xD8 | 0xE1..=0xE3 | 0xEF)
}

fn first_of(text: &str, at: usize) -> char {
    text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default()
}

impl Measure {
    /// Of one text.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut collapsed, mut commas, mut ascii_commas) = (0, 0, 0);
        let mut space = false;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte.is_ascii() {
                let is_space = matches!(byte, b' ' | b'\t'..=b'\r');
                ascii_commas += usize::from(byte == b',');
                collapsed += usize::from(!(is_space && space));
                space = is_space;
            } else if is_first(byte) {
                let c = if may_matter(byte) { first_of(text, at) } else { 'a' };
                commas += usize::from(COMMAS.contains(&c));
                let is_space = c.is_whitespace();
                collapsed += usize::from(!(is_space && space));
                space = is_space;
            }
        }
        let starts = text.starts_with(char::is_whitespace);
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
        for (text, length, commas) in [
            ("", 0, 0),
            (" \n", 0, 0),
            (" a  b ", 3, 0),
            ("a,\u{ff0c} é\u{a0}", 5, 2),
            ("a\u{3000}\u{60c}b", 4, 1),
        ] {
            let measure = Measure::of(text);
            assert_eq!((measure.length(), measure.commas), (length, commas), "{text:?}");
            assert_eq!(measure.is_blank(), text.trim().is_empty(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parts_sum_up(parts in proptest::collection::vec("[ a,é\n\u{a0}\u{3000}’，،жx]{0,4}", 0..6)) {
            let summed = parts.iter().fold(Measure::default(), |sum, part| sum.then(Measure::of(part)));
            prop_assert_eq!(summed, Measure::of(&parts.concat()));
            let words: Vec<String> = parts.concat().split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(summed.length(), words.join(" ").chars().count());
        }
    }
}
