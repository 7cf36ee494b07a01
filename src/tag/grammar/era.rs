//! Centuries, and years of an era: `the 19th century`, `44 BC`, `AD 70`.

use super::lexicon::ORDINAL;
use super::moment::When;
use super::{Join, Scan, ValueSpan};
use crate::tag::token::Token;

impl Scan<'_, '_> {
    /// `the 20th century`, `the nineteenth century`, `the 8th century BC`.
    pub(crate) fn century_at(&self, at: usize) -> Option<ValueSpan> {
        let number = match self.digits(at, 0) {
            Some((digits, "st" | "nd" | "rd" | "th")) => digits.parse::<i16>().ok()?,
            Some(_) => return None,
            None => {
                let entry = self.entry(at);
                Some(i16::from(entry.number)).filter(|_| entry.has(ORDINAL))?
            }
        };
        let century = matches!(self.folded(at + 1), "century" | "centuries");
        if !century || !self.joined(at + 1, &[Join::Space, Join::Dash]) {
            return None;
        }
        match self.era(at + 2) {
            // Of astronomers' years: the year 0 is 1 BC.
            Some(true) if (1..=99).contains(&number) => {
                Some(self.dated(at, at + 3, When::Years(1 - 100 * number, 100 - 100 * number)))
            }
            Some(false) if (1..=22).contains(&number) => Some(self.dated(at, at + 3, When::Century(number))),
            None if (1..=22).contains(&number) => Some(self.dated(at, at + 2, When::Century(number))),
            _ => None,
        }
    }

    /// `44 BC`, `70 CE`, `AD 70`.
    pub(crate) fn year_of_era(&self, at: usize) -> Option<ValueSpan> {
        let (digits, "") = self.digits(at, 0)? else { return None };
        let year: i16 = digits.parse().ok().filter(|year| (1..=9999).contains(year))?;
        if let Some(before) = self.era(at + 1) {
            return Some(self.dated(at, at + 2, When::Year(if before { 1 - year } else { year })));
        }
        let opened =
            at.checked_sub(1).filter(|&before| before >= self.floor && self.folded(before) == "ad")?;
        let opens = self.token(opened).is_some_and(Token::all_upper) && self.join(at) == Join::Space;
        (opens && self.ends_number(at)).then(|| self.dated(opened, at + 1, When::Year(year)))
    }

    /// Whether the era that the token names is the one before the first year; `None` where it names none.
    fn era(&self, at: usize) -> Option<bool> {
        let capitals = self.token(at).is_some_and(Token::all_upper) && self.join(at) == Join::Space;
        match self.folded(at) {
            "bc" | "bce" if capitals => Some(true),
            "ad" | "ce" if capitals => Some(false),
            _ => None,
        }
    }
}
