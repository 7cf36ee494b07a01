//! Tokens: the words of headline and text with their folded form, their shape, and what stands
//! between them.
//!
//! All folded words stand in one string with a space between, so that a dictionary can be walked
//! from any word onwards without building a key.

mod cut;

use self::cut::Cutter;
use super::TagError;
use crate::article::MentionField;
use crate::budget::Budget;
use crate::offsets::{Bytes, Span};

/// What stands between a token and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Nothing, as before a possessive `’s`.
    Tight,
    /// Spaces.
    Space,
    /// A hyphen.
    Hyphen,
    /// The full stop of an initial or an abbreviation, and spaces.
    Abbreviation,
    /// A comma.
    Comma,
    /// An opening round bracket.
    Bracket,
    /// Other punctuation inside a sentence.
    Other,
    /// The end of a sentence, a line or a field.
    Break,
}

impl Gap {
    /// Whether a name may run over it.
    #[must_use]
    pub fn joins(self) -> bool {
        matches!(self, Self::Tight | Self::Space | Self::Hyphen | Self::Abbreviation)
    }
}

/// A word, a number, a possessive ending or a lone `&`.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte in its field.
    pub start: u32,
    /// First byte after, in its field.
    pub end: u32,
    pub(crate) fold_start: u32,
    pub(crate) fold_end: u32,
    /// What stands before it.
    pub gap: Gap,
    shape: u16,
}

const FIRST_UPPER: u16 = 1;
const LOWER: u16 = 2;
const MORE_UPPER: u16 = 4;
const DIGIT: u16 = 8;
const DOTTED: u16 = 16;
const POSSESSIVE: u16 = 32;
const OPENS: u16 = 64;
const SHOUTED: u16 = 128;
const TITLE_CASE: u16 = 256;
const LETTER: u16 = 512;
const QUOTED: u16 = 1024;

impl Token {
    fn is(self, shape: u16) -> bool {
        self.shape & shape != 0
    }

    /// Starts with a capital.
    #[must_use]
    pub fn capitalised(self) -> bool {
        self.is(FIRST_UPPER)
    }

    /// Has a capital anywhere (`iPhone`).
    #[must_use]
    pub fn has_upper(self) -> bool {
        self.is(FIRST_UPPER | MORE_UPPER)
    }

    /// Two letters or more, all capitals (`KFOR`, `U.N.`).
    #[must_use]
    pub fn all_upper(self) -> bool {
        self.is(FIRST_UPPER) && !self.is(LOWER) && (self.is(MORE_UPPER) || self.is(DOTTED))
    }

    /// One capital letter.
    #[must_use]
    pub fn initial(self) -> bool {
        self.is(FIRST_UPPER) && self.fold_end - self.fold_start == 1
    }

    /// Holds a digit.
    #[must_use]
    pub fn has_digit(self) -> bool {
        self.is(DIGIT)
    }

    /// Only digits.
    #[must_use]
    pub fn number(self) -> bool {
        self.is(DIGIT) && !self.is(LETTER)
    }

    /// The ending `’s`.
    #[must_use]
    pub fn possessive(self) -> bool {
        self.is(POSSESSIVE)
    }

    /// First of a sentence, a line, a quotation, or after a dash or colon: its capital says little.
    #[must_use]
    pub fn opens(self) -> bool {
        self.is(OPENS)
    }

    /// Stands in a line of capitals: its case says nothing.
    #[must_use]
    pub fn shouted(self) -> bool {
        self.is(SHOUTED)
    }

    /// Stands in a line where nearly each word has a capital.
    #[must_use]
    pub fn title_case(self) -> bool {
        self.is(TITLE_CASE)
    }

    /// The next character after it is a closing quotation mark and the one before an opening one.
    #[must_use]
    pub fn after_quote(self) -> bool {
        self.is(QUOTED)
    }
}

/// Headline and text of an article as tokens, the headline's first.
#[derive(Debug)]
pub struct Words<'t> {
    headline: &'t str,
    text: &'t str,
    tokens: Vec<Token>,
    folded: String,
    in_headline: usize,
}

impl<'t> Words<'t> {
    /// Cuts headline and text into tokens.
    ///
    /// # Errors
    /// [`TagError::TooLong`] from 2 GiB on; [`TagError::Budget`].
    pub fn new(headline: Option<&'t str>, text: &'t str, budget: &mut Budget) -> Result<Self, TagError> {
        let headline = headline.unwrap_or_default();
        let bytes = headline.len().saturating_add(text.len());
        if u32::try_from(bytes.saturating_mul(2)).is_err() {
            return Err(TagError::TooLong { bytes });
        }
        budget.spend(bytes)?;
        let mut words = Self {
            headline,
            text,
            tokens: Vec::with_capacity(bytes / 5 + 8),
            folded: String::with_capacity(bytes + bytes / 8 + 8),
            in_headline: 0,
        };
        Cutter::new(headline, &mut words).run();
        words.in_headline = words.tokens.len();
        Cutter::new(text, &mut words).run();
        Ok(words)
    }

    /// How many tokens there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// How many of the tokens are the headline's.
    #[must_use]
    pub fn in_headline(&self) -> usize {
        self.in_headline
    }

    /// The token at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).copied()
    }

    /// The folded form of the token at `index`; empty past the end.
    #[must_use]
    pub fn folded(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| {
            self.folded.get(token.fold_start as usize..token.fold_end as usize).unwrap_or_default()
        })
    }

    /// The folded form of the tokens `from..to`, a space between each.
    #[must_use]
    pub fn folded_range(&self, from: usize, to: usize) -> &str {
        let (Some(first), Some(last)) = (self.tokens.get(from), self.tokens.get(to.saturating_sub(1))) else {
            return "";
        };
        self.folded.get(first.fold_start as usize..last.fold_end as usize).unwrap_or_default()
    }

    /// All folded bytes from the token at `index` on, and where that starts.
    pub(crate) fn folded_from(&self, index: usize) -> (&[u8], usize) {
        let start = self.tokens.get(index).map_or(self.folded.len(), |token| token.fold_start as usize);
        (self.folded.as_bytes().get(start..).unwrap_or_default(), start)
    }

    /// The field that holds the token at `index`.
    #[must_use]
    pub fn field(&self, index: usize) -> MentionField {
        if index < self.in_headline { MentionField::Headline } else { MentionField::Text }
    }

    /// The bytes of the tokens `from..to` in their field.
    #[must_use]
    pub fn bytes(&self, from: usize, to: usize) -> Span<Bytes> {
        let start = self.tokens.get(from).map_or(0, |token| token.start as usize);
        let end = self.tokens.get(to.saturating_sub(1)).map_or(start, |token| token.end as usize);
        Span::new(start, end)
    }

    /// The bytes of the name `from..to` in its field: as [`Words::bytes`], with the full stop of an
    /// abbreviation that closes it (`Inc.`, `Jr.`) unless it may end the sentence as well.
    #[must_use]
    pub fn name_bytes(&self, from: usize, to: usize) -> Span<Bytes> {
        let span = self.bytes(from, to);
        let last = to.saturating_sub(1);
        if !matches!(self.folded(last), "inc" | "corp" | "ltd" | "co" | "cos" | "bros" | "jr" | "sr") {
            return span;
        }
        let Some(after) = self.after(last).strip_prefix('.') else { return span };
        let goes_on = after.chars().find(|letter| *letter != ' ').map_or_else(
            || {
                !after.is_empty()
                    && self
                        .get(to)
                        .is_some_and(|next| !next.has_upper() && self.field(to) == self.field(last))
            },
            |sign| matches!(sign, ',' | '\'' | '’' | '(' | '-' | ';' | ')'),
        );
        if goes_on { Span::new(span.start(), span.end() + 1) } else { span }
    }

    /// The tokens `from..to` as written.
    #[must_use]
    pub fn written(&self, from: usize, to: usize) -> &'t str {
        let field = if from < self.in_headline { self.headline } else { self.text };
        self.bytes(from, to).of(field)
    }

    /// The text between the token at `index` and the one before it in its field.
    #[must_use]
    pub fn before(&self, index: usize) -> &'t str {
        if index > 0 && index != self.in_headline {
            return self.after(index - 1);
        }
        let field = if index < self.in_headline { self.headline } else { self.text };
        self.tokens.get(index).and_then(|token| field.get(..token.start as usize)).unwrap_or_default()
    }

    /// Whether a closing round bracket follows the token at `index`, spelled or after a space or not.
    pub(crate) fn bracket_closes_after(&self, index: usize) -> bool {
        let after = self.after(index).trim_start_matches(' ');
        after.starts_with(')') || after.starts_with("-RRB-")
    }

    /// The text between the token at `index` and the next one.
    #[must_use]
    pub fn after(&self, index: usize) -> &'t str {
        let field = if index < self.in_headline { self.headline } else { self.text };
        let from = self.tokens.get(index).map_or(0, |token| token.end as usize);
        let last = if index < self.in_headline { self.in_headline } else { self.tokens.len() };
        let to = match self.tokens.get(index + 1) {
            Some(next) if index + 1 < last => next.start as usize,
            _ => field.len(),
        };
        field.get(from..to).unwrap_or_default()
    }
}

/// The folded key of a name: its tokens joined by a space. Empty if the name holds no word, or
/// anything that a name in running text does not run over (a comma, a bracket, a full stop).
#[must_use]
pub fn key_of(name: &str) -> String {
    let mut budget = Budget::new(u64::MAX);
    let Ok(words) = Words::new(None, name, &mut budget) else { return String::new() };
    let runs_on = (1..words.len()).all(|index| {
        words.get(index).is_some_and(|token| token.gap.joins() || matches!(token.gap, Gap::Comma))
    });
    if runs_on { words.folded_range(0, words.len()).to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<(String, String, Gap)> {
        let words = Words::new(None, text, &mut Budget::default()).unwrap();
        (0..words.len())
            .map(|i| {
                (words.written(i, i + 1).to_owned(), words.folded(i).to_owned(), words.get(i).unwrap().gap)
            })
            .collect()
    }

    fn check(text: &str, expected: &[(&str, &str, Gap)]) {
        let expected: Vec<_> = expected.iter().map(|&(w, f, g)| (w.to_owned(), f.to_owned(), g)).collect();
        assert_eq!(cut(text), expected, "{text}");
    }

    #[test]
    fn possessives_and_dotted_acronyms() {
        check(
            "NATO’s U.N. envoy",
            &[
                ("NATO", "nato", Gap::Break),
                ("’s", "'s", Gap::Tight),
                ("U.N.", "un", Gap::Space),
                ("envoy", "envoy", Gap::Space),
            ],
        );
        check(
            "O’Neill, J. Doe. AT&T",
            &[
                ("O’Neill", "oneill", Gap::Break),
                ("J", "j", Gap::Comma),
                ("Doe", "doe", Gap::Abbreviation),
                ("AT&T", "at&t", Gap::Break),
            ],
        );
        check(
            "Guinea-Bissau (KFOR)",
            &[
                ("Guinea", "guinea", Gap::Break),
                ("Bissau", "bissau", Gap::Hyphen),
                ("KFOR", "kfor", Gap::Bracket),
            ],
        );
    }

    #[test]
    fn text_that_was_cut_into_tokens() {
        check(
            "Peru 's Foo -LRB- KFOR -RRB- `` No , '' -LRB-x",
            &[
                ("Peru", "peru", Gap::Break),
                ("'s", "'s", Gap::Tight),
                ("Foo", "foo", Gap::Space),
                ("KFOR", "kfor", Gap::Bracket),
                ("No", "no", Gap::Other),
                ("LRB", "lrb", Gap::Other),
                ("x", "x", Gap::Hyphen),
            ],
        );
        check("a ' s", &[("a", "a", Gap::Break), ("s", "s", Gap::Other)]);
        let words = Words::new(None, "Foo -LRB- KFOR -RRB- `` No", &mut Budget::default()).unwrap();
        assert!(words.bracket_closes_after(1) && !words.bracket_closes_after(0));
        assert!(words.get(2).unwrap().opens() && words.get(2).unwrap().after_quote());
    }

    #[test]
    fn a_name_has_the_full_stop_of_its_abbreviation() {
        for (text, name) in [
            ("Salt Inc. said", "Salt Inc."),
            ("Salt Inc., a", "Salt Inc."),
            ("Salt Inc. He", "Salt Inc"),
            ("Salt Inc.", "Salt Inc"),
            ("Salt Hall. a", "Salt Hall"),
        ] {
            let words = Words::new(None, text, &mut Budget::default()).unwrap();
            assert_eq!(words.name_bytes(0, 2).of(text), name, "{text}");
        }
    }

    #[test]
    fn lines_of_capitals_and_title_case_are_known() {
        let words = Words::new(
            Some("MINISTER VISITS LIMA"),
            "A Minister Visits Lima After Long Delay\nHe left Lima",
            &mut Budget::default(),
        )
        .unwrap();
        assert!(words.get(0).unwrap().shouted());
        assert!(!words.get(4).unwrap().shouted() && words.get(4).unwrap().title_case());
        let last = words.get(words.len() - 1).unwrap();
        assert!(!last.shouted() && !last.title_case());
    }

    #[test]
    fn keys_fold_names() {
        assert_eq!(key_of("Aleksandar Vučić"), "aleksandar vucic");
        assert_eq!(key_of("U.S.A."), "usa");
        assert_eq!(key_of("Foo (bar)"), "");
        assert_eq!(key_of("McDonald's"), "mcdonald 's");
    }

    proptest! {
        #[test]
        fn tokens_are_sorted_disjoint_and_slice(text in "\\PC{0,200}") {
            let words = Words::new(Some(&text), &text, &mut Budget::default()).unwrap();
            let mut end = 0;
            for index in words.in_headline()..words.len() {
                let span = words.bytes(index, index + 1);
                prop_assert!(span.start() >= end && !span.is_empty());
                prop_assert!(!span.of(&text).is_empty());
                prop_assert!(!words.folded(index).is_empty());
                end = span.end();
            }
        }
    }
}
