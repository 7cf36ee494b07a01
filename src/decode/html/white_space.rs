//! The words of a text between its white space, as `split_whitespace` gives them, in less time: most of a page's
//! text is read so, more than once.

/// The words of `text`, in order.
pub(super) fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// Whether it has no words.
pub(super) fn is_blank(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.iter().position(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')) {
        None => true,
        Some(at) => bytes.get(at).is_some_and(|byte| may_be_space(*byte)) && words(text).next().is_none(),
    }
}

/// The iterator that [`words`] gives.
#[derive(Debug, Clone)]
pub(super) struct Words<'t> {
    text: &'t str,
    at: usize,
}

/// Bytes with which white space may begin: beyond ASCII, all of Unicode's begins with one of four.
#[expect(clippy::indexing_slicing, reason = "evaluated while compiling: a byte too far would not compile")]
const MAY_BE_SPACE: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut may_be: &[usize] = &[0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0xC2, 0xE1, 0xE2, 0xE3];
    while let [byte, rest @ ..] = may_be {
        bytes[*byte] = true;
        may_be = rest;
    }
    bytes
};

#[inline]
fn may_be_space(byte: u8) -> bool {
    MAY_BE_SPACE.get(usize::from(byte)).copied().unwrap_or_default()
}

/// How many bytes of white space stand at `at`; 0 if none does.
#[inline]
fn space(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at) {
        Some(b' ' | b'\t'..=b'\r') => 1,
        Some(byte) if may_be_space(*byte) => {
            let next = text.get(at..).and_then(|rest| rest.chars().next());
            next.filter(|c| c.is_whitespace()).map_or(0, char::len_utf8)
        }
        _ => 0,
    }
}

impl Words<'_> {
    /// Where the next word stands, in bytes.
    pub(super) fn next_place(&mut self) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        loop {
            match space(self.text, start) {
                0 => break,
                length => start += length,
            }
        }
        let mut end = start;
        loop {
            let rest = bytes.get(end..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| may_be_space(*byte)) else {
                end += rest.len();
                break;
            };
            end += length;
            if space(self.text, end) > 0 {
                break;
            }
            end += 1;
        }
        self.at = end;
        (start < end).then_some((start, end))
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let (start, end) = self.next_place()?;
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stand_between_white_space_of_any_kind() {
        let cases: [(&str, &[&str]); 5] = [
            ("", &[]),
            (" \n\t", &[]),
            ("One", &["One"]),
            (" One\u{a0}two\u{2003}\u{3000}three\r\n", &["One", "two", "three"]),
            ("à\u{85}ê â\u{1680}’\u{200b}x", &["à", "ê", "â", "’\u{200b}x"]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn they_are_those_that_the_library_finds(text in "([ \t\na-cé’—]|\\PC|\u{a0}|\u{2009}|\u{3000}|\u{85}){0,40}") {
            prop_assert_eq!(words(&text).collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
            prop_assert_eq!(is_blank(&text), text.trim().is_empty());
        }
    }
}
