//! Amounts: a number, or a range of two, and what it counts.

use super::number::{Decimal, Number};
use super::{Join, Scan, ValueSpan};
use crate::article::EntityValue;
use crate::offsets::Span;
use crate::tag::token::Token;

/// The number of an amount, or both of a range.
#[derive(Clone, Copy)]
pub(super) struct Figures<'w> {
    /// First token.
    pub(super) at: usize,
    pub(super) first: Number<'w>,
    /// The one that stands last: the second of a range.
    pub(super) last: Number<'w>,
    /// What the second of a range says.
    pub(super) to: Option<Decimal>,
}

pub(super) fn written(value: Option<Decimal>) -> Option<String> {
    value.map(Decimal::written)
}

impl<'t> Scan<'_, 't> {
    /// An amount whose number stands at the token, in digits or in words.
    pub(crate) fn amount(&self, at: usize) -> Option<ValueSpan> {
        let token = self.token(at)?;
        if !token.has_digit() {
            let mut number = self.number_in_words(at)?;
            let mut from = at;
            if self.entry(at).power != 0 {
                // `a million`, but `a few hundred`, `600-plus billion`, `multi-million`: who knows how many.
                let before = at.checked_sub(1).filter(|&before| before >= self.floor);
                match before.filter(|_| self.join(at) == Join::Space).map(|before| self.folded(before)) {
                    Some("a" | "an") => from -= 1,
                    _ => number.value = None,
                }
            }
            let mut span = self.counted(at, number, None)?;
            if from < at {
                let start = self.words.bytes(from, at).start();
                (span.from, span.bytes) = (from, Span::new(start, span.bytes.end()));
            }
            return Some(span);
        }
        let letters = self.folded(at).bytes().take_while(u8::is_ascii_alphabetic).count();
        // `Rs500`: the letters stick to the number.
        let glued = if letters > 0 { Some(self.glued(at, token, letters)?) } else { None };
        let number = self.number_in_digits(at, letters)?;
        if let Some(lead) = glued.or_else(|| self.lead(at, token)) {
            return self.money_after(at, &lead, number);
        }
        // A part of something longer: `3-1`, `555-1234`, `1/2`.
        let part = matches!(self.before(at), "." | "/" | ":" | "-" | "–")
            && self.token(at.wrapping_sub(1)).is_some_and(Token::has_digit);
        if part {
            return None;
        }
        let scaled = self.scale(number, false)?;
        let range = self.second(at, scaled.to).and_then(|second| {
            let second = self.scale(second, false)?;
            let first = if scaled.scaled { scaled.value } else { self.as_scaled(number, second) };
            let first = Number { value: first, ..scaled };
            (first.suffix.is_empty()).then_some((first, second))
        });
        if let Some((first, second)) = range
            && let Some(span) = self.counted(at, first, Some(second))
        {
            return Some(span);
        }
        if scaled.to > at
            && self.joined(scaled.to, &[Join::Dash])
            && self.token(scaled.to).is_some_and(Token::number)
        {
            return None;
        }
        self.counted(at, scaled, None)
    }

    /// The first number of a range takes the magnitude of the second: `5-10 million`.
    pub(super) fn as_scaled(&self, first: Number<'_>, second: Number<'_>) -> Option<Decimal> {
        if !second.scaled {
            return first.value;
        }
        let mut power = 0;
        for index in first.to..second.to {
            power += self.entry(index).power;
        }
        if power == 0 {
            let last = self.folded(second.to.saturating_sub(1));
            let letters = last.trim_start_matches(|letter: char| letter.is_ascii_digit());
            power = super::number::power_of_suffix(letters)?;
        }
        first.value?.times_ten_to(power)
    }

    /// The second number of a range, after a dash or `to`.
    fn second(&self, from: usize, to: usize) -> Option<Number<'_>> {
        // `from 2019 to 147 million`: a year is no lower end.
        let year = to == from + 1 && self.digits(from, 0).is_some_and(|(digits, _)| digits.len() == 4);
        let at = match self.join(to) {
            Join::Dash | Join::SpacedDash => to,
            Join::Space
                if !year && self.english && self.folded(to) == "to" && self.join(to + 1) == Join::Space =>
            {
                to + 1
            }
            _ => return None,
        };
        self.number_in_digits(at, 0)
    }

    /// What follows the number (or the range `first` to `second`) and makes it an amount.
    fn counted(&self, at: usize, first: Number<'_>, second: Option<Number<'_>>) -> Option<ValueSpan> {
        let last = second.unwrap_or(first);
        if second.is_some_and(|second| second.value.is_none()) {
            return None;
        }
        let figures = Figures { at, first, last, to: second.and_then(|second| second.value) };
        self.percent(figures)
            .or_else(|| self.money_before_sign(figures))
            .or_else(|| self.money_by_name(figures))
            .or_else(|| self.quantity(figures))
    }

    /// A minus before the number, where it can be no dash.
    fn negative(&self, at: usize) -> bool {
        matches!(self.before(at), " -" | " −" | "−" | " (-" | " (−") || (self.before(at) == "-" && at == 0)
    }

    pub(super) fn signed(&self, at: usize, span: &mut ValueSpan) {
        let before = self.before(at);
        if self.negative(at)
            && let Some(sign) = before.chars().next_back()
            && let EntityValue::Number { amount: Some(amount), .. } = &mut span.value
        {
            amount.insert(0, '-');
            span.bytes = Span::new(span.bytes.start() - sign.len_utf8(), span.bytes.end());
        }
    }
}
