//! Offsets that carry their unit in their type.
//!
//! The record counts Unicode code points, the code counts bytes of UTF-8; a [`Span`] of one cannot
//! be used for the other. [`CodePointIndex`] converts, both ways, in one sweep or by look-up.

use std::fmt;
use std::marker::PhantomData;

use serde::{Serialize, Serializer};

/// Marks an offset that counts bytes of UTF-8. Never leaves the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bytes {}

/// Marks an offset that counts Unicode code points (scalar values): the unit of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodePoints {}

/// A half-open range `start..end` of a text, in the unit `U`. `start <= end` always holds.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span<U> {
    start: usize,
    end: usize,
    unit: PhantomData<U>,
}

// Written out: derives would ask the same of the unit, which has no values.
impl<U> Clone for Span<U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U> Copy for Span<U> {}

impl<U> fmt::Debug for Span<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.start, self.end)
    }
}

impl<U> Span<U> {
    /// The span `start..end`; an `end` before `start` gives the empty span at `start`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start), unit: PhantomData }
    }

    /// First offset inside.
    #[must_use]
    pub fn start(self) -> usize {
        self.start
    }

    /// First offset after.
    #[must_use]
    pub fn end(self) -> usize {
        self.end
    }

    /// How many units it covers.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one unit.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl Span<Bytes> {
    /// The part of `text` that it covers; empty where it does not fall on character boundaries of
    /// that text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

impl Serialize for Span<CodePoints> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end).serialize(serializer)
    }
}

/// How many bytes lie between two remembered counts.
const STRIDE: usize = 128;

/// Converts between byte offsets and code point offsets of one text.
///
/// Built in one pass; each look-up then reads at most 128 bytes. A text of plain ASCII needs
/// no table at all.
#[derive(Debug)]
pub struct CodePointIndex<'t> {
    text: &'t str,
    /// `before[i]`: code points that start before byte `i * STRIDE`. Empty for ASCII.
    before: Vec<u32>,
    code_points: usize,
}

/// Whether a byte of UTF-8 opens a code point.
fn opens(byte: &u8) -> bool {
    byte & 0xC0 != 0x80
}

impl<'t> CodePointIndex<'t> {
    /// Indexes `text`.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        if text.is_ascii() {
            return Self { text, before: Vec::new(), code_points: text.len() };
        }
        let mut before = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut code_points = 0_usize;
        for chunk in text.as_bytes().chunks(STRIDE) {
            before.push(u32::try_from(code_points).unwrap_or(u32::MAX));
            code_points += chunk.iter().filter(|byte| opens(byte)).count();
        }
        Self { text, before, code_points }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Code points in the whole text.
    #[must_use]
    pub fn code_points(&self) -> usize {
        self.code_points
    }

    /// The code point offset of byte offset `byte` (a character boundary, or the text's length).
    #[must_use]
    pub fn code_point_of(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let Some(&before) = self.before.get(byte / STRIDE) else {
            return if self.before.is_empty() { byte } else { self.code_points };
        };
        let from = byte / STRIDE * STRIDE;
        let rest = self.text.as_bytes().get(from..byte).unwrap_or_default();
        before as usize + rest.iter().filter(|byte| opens(byte)).count()
    }

    /// The byte offset of code point offset `code_point`; past the end, the text's length.
    #[must_use]
    pub fn byte_of(&self, code_point: usize) -> usize {
        if code_point >= self.code_points {
            return self.text.len();
        }
        if self.before.is_empty() {
            return code_point;
        }
        let wanted = u32::try_from(code_point).unwrap_or(u32::MAX);
        let block = self.before.partition_point(|&before| before <= wanted).saturating_sub(1);
        let mut missing = code_point - self.before.get(block).map_or(0, |&before| before as usize);
        let from = block * STRIDE;
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        for (i, byte) in rest.iter().enumerate() {
            if opens(byte) {
                if missing == 0 {
                    return from + i;
                }
                missing -= 1;
            }
        }
        self.text.len()
    }

    /// The same span in code points.
    #[must_use]
    pub fn span(&self, span: Span<Bytes>) -> Span<CodePoints> {
        Span::new(self.code_point_of(span.start()), self.code_point_of(span.end()))
    }

    /// The same span in bytes.
    #[must_use]
    pub fn byte_span(&self, span: Span<CodePoints>) -> Span<Bytes> {
        Span::new(self.byte_of(span.start()), self.byte_of(span.end()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_span_of_code_points_is_a_pair_in_json() {
        let span: Span<CodePoints> = Span::new(3, 7);
        assert_eq!(serde_json::to_string(&span).unwrap(), "[3,7]");
    }

    #[test]
    fn the_end_never_lies_before_the_start() {
        let span: Span<Bytes> = Span::new(5, 2);
        assert_eq!((span.start(), span.end(), span.is_empty()), (5, 5, true));
    }

    proptest! {
        #[test]
        fn both_ways_agree_with_counting(text in "\\PC{0,400}") {
            let index = CodePointIndex::new(&text);
            prop_assert_eq!(index.code_points(), text.chars().count());
            for (code_point, (byte, _)) in text.char_indices().enumerate() {
                prop_assert_eq!(index.code_point_of(byte), code_point);
                prop_assert_eq!(index.byte_of(code_point), byte);
            }
            prop_assert_eq!(index.code_point_of(text.len()), index.code_points());
            prop_assert_eq!(index.byte_of(index.code_points()), text.len());
        }
    }
}
