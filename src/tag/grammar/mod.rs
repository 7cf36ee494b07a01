//! Dates, times, amounts of money, percentages and quantities, each with its value: a grammar by
//! hand over the tokens, since what it has to know is a closed list and its values have to be exact.
//!
//! One pass. A token with a digit or with a word of `lexicon` may open a span; a rule then looks at
//! no more than [`LOOK_AHEAD`] tokens after it and [`LOOK_BACK`] before. Where the language is not
//! English, only what needs no language is read: ISO dates, currency signs and percent signs.
//!
//! The borders are those of newswire corpora: no preposition, no article, no `early` or `late`.
//! A `DATE` is a date that the calendar names (`Sunday`, `8 January`, `2019`, `the 1990s`), as in
//! MUC-6. What only the day of the article places (`yesterday`, `last week`, `two years ago`) is a
//! `TIME`, as is a time of day; a length of time (`five years`) is a `QUANTITY`. `Sense` is the one
//! place that decides so.

mod amount;
mod clock;
mod currency;
mod date;
mod era;
mod lexicon;
mod moment;
mod money;
mod number;
mod quantity;
mod relative;
#[cfg(test)]
mod tests;
mod unit;

use jiff::civil::Date;

use self::lexicon::{Entry, OPENS};
use super::TagError;
use super::kind::Kind;
use super::token::{Token, Words};
use crate::article::EntityValue;
use crate::budget::Budget;
use crate::offsets::{Bytes, Span};

/// Tokens after its first one that a span may take or ask about.
pub const LOOK_AHEAD: usize = 16;
/// Tokens before its first one that a rule may ask about.
pub const LOOK_BACK: usize = 3;

/// What an expression is; its [`Kind`] follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// A date by name or number.
    Calendar,
    /// A time of day, or a part of a day.
    Clock,
    /// A time by its distance from the day of the article.
    Relative,
    /// A length of time, or an age.
    Duration,
    /// An amount of money.
    Money,
    /// A percentage.
    Percent,
    /// A number with a unit.
    Quantity,
}

impl Sense {
    /// The type in the record.
    fn kind(self) -> Kind {
        match self {
            Self::Calendar => Kind::Date,
            Self::Clock | Self::Relative => Kind::Time,
            Self::Money => Kind::Money,
            Self::Percent => Kind::Percent,
            Self::Duration | Self::Quantity => Kind::Quantity,
        }
    }
}

/// A stretch of text with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSpan {
    /// First token.
    pub from: usize,
    /// First token after.
    pub to: usize,
    /// In its field; signs around the tokens (`$`, `%`) are in.
    pub bytes: Span<Bytes>,
    /// Type.
    pub kind: Kind,
    /// What it says.
    pub value: EntityValue,
    /// Its surroundings leave no other reading: `in May`, `May 8`; not `May` alone.
    pub firm: bool,
}

/// Finds them all: sorted, never overlapping, none across the two fields.
///
/// # Errors
/// [`TagError::Budget`] if the budget ends.
pub fn scan(
    words: &Words<'_>,
    language: Option<&str>,
    anchor: Option<Date>,
    budget: &mut Budget,
) -> Result<Vec<ValueSpan>, TagError> {
    budget.spend(words.len())?;
    let english = super::lexicon::is_for(language);
    let mut spans: Vec<ValueSpan> = Vec::with_capacity(words.len() / 24 + 2);
    let mut scan = Scan { words, anchor, english, floor: 0, taken: 0 };
    let mut at = 0;
    while let Some(token) = words.get(at) {
        let found = if token.has_digit() {
            budget.spend(LOOK_AHEAD)?;
            scan.opened_by_digits(at, token)
        } else if english {
            let entry = scan.entry(at);
            if entry.has(OPENS) {
                budget.spend(LOOK_AHEAD)?;
                scan.opened_by_word(at, token, entry)
            } else {
                None
            }
        } else {
            None
        };
        match found {
            Some(span) => {
                at = span.to.max(at + 1);
                scan.floor = at;
                scan.taken = span.bytes.end();
                spans.push(span);
            }
            None => at += 1,
        }
    }
    Ok(spans)
}

/// What stands between a token and the one before, as the grammar reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// Nothing: a field starts, a line ends, or something else that no expression runs over.
    None,
    /// Spaces.
    Space,
    /// A comma, with or without a space after it.
    Comma,
    /// A hyphen or dash with nothing around.
    Dash,
    /// A dash between spaces.
    SpacedDash,
    /// A full stop with nothing after.
    Dot,
    /// A full stop and a space.
    DotSpace,
    /// A slash.
    Slash,
    /// A colon with nothing after.
    Colon,
}

/// One article under the grammar.
pub(crate) struct Scan<'a, 't> {
    words: &'a Words<'t>,
    anchor: Option<Date>,
    english: bool,
    /// First token that is not in a span yet.
    floor: usize,
    /// The byte behind the last span, which may have taken a sign behind its last token.
    taken: usize,
}

impl<'t> Scan<'_, 't> {
    /// All that the lists say of the token's word.
    fn entry(&self, index: usize) -> Entry {
        lexicon::entry(self.words.folded(index))
    }

    fn token(&self, index: usize) -> Option<Token> {
        self.words.get(index)
    }

    fn folded(&self, index: usize) -> &str {
        self.words.folded(index)
    }

    /// The text before the token, back to the token before; empty at the start of a field.
    fn before(&self, index: usize) -> &'t str {
        if self.opens_field(index) {
            return self.words.before(index);
        }
        self.words.after(index - 1)
    }

    /// Whether the token is the first of the headline or of the text.
    fn opens_field(&self, index: usize) -> bool {
        index == 0 || index == self.words.in_headline()
    }

    /// What joins the token to the one before.
    fn join(&self, index: usize) -> Join {
        if self.opens_field(index) || index >= self.words.len() {
            return Join::None;
        }
        match self.words.after(index - 1) {
            " " | "\u{a0}" | "\u{202f}" | "\u{2009}" | "  " => Join::Space,
            ", " | "," => Join::Comma,
            "-" | "–" | "—" | "\u{2011}" | "\u{2010}" => Join::Dash,
            " - " | " – " | " — " => Join::SpacedDash,
            "." => Join::Dot,
            ". " => Join::DotSpace,
            "/" => Join::Slash,
            ":" => Join::Colon,
            _ => Join::None,
        }
    }

    fn joined(&self, index: usize, joins: &[Join]) -> bool {
        joins.contains(&self.join(index))
    }

    /// The token stands after one space and is that folded word.
    fn is_word(&self, index: usize, word: &str) -> bool {
        self.folded(index) == word && self.join(index) == Join::Space
    }

    /// Starts with a capital that the sentence did not ask for.
    fn proper(&self, index: usize) -> bool {
        self.token(index).is_some_and(|token| {
            token.capitalised() && !token.opens() && !token.shouted() && !token.title_case()
        })
    }

    fn capitalised(&self, index: usize) -> bool {
        self.token(index).is_some_and(Token::capitalised)
    }

    /// A span of the tokens `from..to`.
    fn span(&self, from: usize, to: usize, sense: Sense, value: EntityValue) -> ValueSpan {
        let bytes = self.words.bytes(from, to);
        ValueSpan { from, to, bytes, kind: sense.kind(), value, firm: true }
    }

    fn opened_by_digits(&self, at: usize, token: Token) -> Option<ValueSpan> {
        if !self.english {
            return self.iso_date(at).or_else(|| self.amount(at));
        }
        if !token.number() && self.folded(at).as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
            return self.amount(at);
        }
        self.iso_date(at)
            .or_else(|| self.numeric_date(at))
            .or_else(|| self.day_first(at))
            .or_else(|| self.clock(at))
            .or_else(|| self.year_of_era(at))
            .or_else(|| self.amount(at))
            .or_else(|| self.century_at(at))
            .or_else(|| self.decade(at))
            .or_else(|| self.year(at))
    }

    fn opened_by_word(&self, at: usize, token: Token, entry: Entry) -> Option<ValueSpan> {
        if entry.weekday != 0 {
            return self.weekday(at, token, entry);
        }
        if entry.month != 0 {
            return self.month_first(at, token, entry);
        }
        if entry.has(lexicon::RELATIVE) {
            return self.relative(at);
        }
        if entry.has(lexicon::CLOCK_WORD) {
            return self.clock_word(at);
        }
        if entry.has(lexicon::HOLIDAY) {
            return self.holiday(at);
        }
        if entry.has(lexicon::ORDINAL) {
            return self.century_at(at);
        }
        self.amount(at)
    }
}
