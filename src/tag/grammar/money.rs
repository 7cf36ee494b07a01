//! Money: a sign or a code before the number, a sign after it, or the name of a currency.

use super::amount::{Figures, written};
use super::currency::{Currency, currency, of_dollar, of_sign, prefix};
use super::number::Number;
use super::{Join, Scan, Sense, ValueSpan, lexicon};
use crate::article::EntityValue;
use crate::offsets::Span;
use crate::tag::token::Token;

/// What stands before an amount of money.
pub(super) struct Lead<'w> {
    /// First token of it, or of the number.
    from: usize,
    /// First byte of it in the field.
    start: usize,
    /// The sign or the letters.
    unit: &'w str,
    /// ISO 4217; empty where more than one is meant by it.
    code: &'static str,
    /// So short that the number has to look like an amount.
    weak: bool,
}

fn code_of(code: &str) -> Option<String> {
    (!code.is_empty()).then(|| code.to_owned())
}

impl<'t> Scan<'_, 't> {
    /// The letters that open the token, as the sign of a currency.
    pub(super) fn glued(&self, at: usize, token: Token, letters: usize) -> Option<Lead<'t>> {
        if !self.english || !token.capitalised() {
            return None;
        }
        let folded = self.folded(at).get(..letters)?;
        let (name, code, weak) = prefix(lexicon::entry(folded).prefix)?;
        let written = self.words.written(at, at + 1).get(..letters)?;
        let same = written == name || written.eq_ignore_ascii_case(name) && letters > 1;
        same.then_some(Lead { from: at, start: token.start as usize, unit: name, code, weak })
    }

    /// A sign, a code or letters before the number.
    pub(super) fn lead(&self, at: usize, token: Token) -> Option<Lead<'t>> {
        let before = self.before(at);
        let trimmed = before.trim_end_matches([' ', '\u{a0}']);
        let start = token.start as usize;
        if before.len() <= trimmed.len() + 2
            && let Some(sign) = trimmed.chars().next_back()
            && let Some(code) = of_sign(sign)
        {
            let ahead = trimmed.len() - sign.len_utf8();
            let sign_at = start - before.len() + ahead;
            // Of `00€ 5` the sign belongs to the amount before it.
            if at == self.floor && !self.opens_field(at) && sign_at < self.taken {
                return None;
            }
            let unit = trimmed.get(ahead..)?;
            let mut lead = Lead { from: at, start: sign_at, unit, code, weak: false };
            let letters = at.checked_sub(1).filter(|&p| p >= self.floor && at != self.words.in_headline());
            if let Some(letters) = letters {
                let between = before.get(..ahead).unwrap_or_default();
                let close = matches!(between, "" | ".");
                let known = self
                    .token(letters)
                    .filter(|token| token.capitalised() && (close || (between == " " && token.all_upper())));
                let code = match sign {
                    '$' => of_dollar(self.folded(letters)),
                    '₵' if self.folded(letters) == "gh" => Some(code),
                    _ => None,
                };
                if let (Some(known), Some(code)) = (known, code) {
                    lead = Lead { from: letters, start: known.start as usize, unit, code, weak: false };
                }
            }
            return Some(lead);
        }
        if !self.english || !self.joined(at, &[Join::Space, Join::DotSpace, Join::Dot]) {
            return None;
        }
        let letters = at.checked_sub(1).filter(|&letters| letters >= self.floor)?;
        let (name, code, weak) = prefix(self.entry(letters).prefix)?;
        let word = self.words.written(letters, letters + 1);
        let known = self.token(letters)?;
        let same =
            word == name || (word.eq_ignore_ascii_case(name) && known.capitalised() && known.all_upper());
        let stop = self.join(at) == Join::Space || name.chars().any(|letter| letter.is_ascii_lowercase());
        (same && stop && !weak).then_some(Lead {
            from: letters,
            start: known.start as usize,
            unit: name,
            code,
            weak: false,
        })
    }

    /// Money with its sign before it.
    pub(super) fn money_after(&self, at: usize, lead: &Lead<'_>, number: Number<'_>) -> Option<ValueSpan> {
        let number = if lead.unit == "R" { self.in_groups(at, number)? } else { number };
        let mut first = self.scale(number, self.english)?;
        let mut second = None;
        let other = self.second_with_sign(first.to).and_then(|other| self.scale(other, self.english));
        if let Some(other) = other.filter(|other| other.suffix.is_empty()) {
            if !first.scaled {
                first.value = self.as_scaled(number, other);
            }
            second = Some(other);
        }
        let last = second.unwrap_or(first);
        if !last.suffix.is_empty() || !first.suffix.is_empty() {
            return None;
        }
        if lead.weak && !last.scaled && last.to == at + 1 && self.folded(at).len() < 5 {
            return None;
        }
        let mut to = last.to;
        // `$5 million dollars`
        if self.english && self.join(to) == Join::Space && self.entry(to).currency != 0 && lead.unit == "$" {
            to += 1;
        }
        let value = EntityValue::Money {
            amount: written(first.value),
            to: second.and_then(|second| written(second.value)),
            currency: code_of(lead.code),
            unit: lead.unit.to_owned(),
        };
        let mut span = self.span(lead.from, to, Sense::Money, value);
        span.bytes = Span::new(lead.start, span.bytes.end());
        Some(span)
    }

    /// `R120 000`: South Africa parts thousands by a space.
    fn in_groups<'w>(&'w self, at: usize, mut number: Number<'w>) -> Option<Number<'w>> {
        while number.to < at + 4
            && number.suffix.is_empty()
            && self.join(number.to) == Join::Space
            && let Some((group, "")) = self.digits(number.to, 0)
            && group.len() == 3
        {
            number.value = number.value?.times_thousand_and(group);
            number.to += 1;
        }
        Some(number)
    }

    /// As [`Scan::second`], where the sign may stand before it again: `$5-$10`.
    fn second_with_sign(&self, to: usize) -> Option<Number<'_>> {
        let between = self.words.after(to.checked_sub(1)?);
        if to == self.words.in_headline() || to >= self.words.len() {
            return None;
        }
        let dash = between
            .strip_prefix(['-', '–'])
            .filter(|sign| sign.is_empty() || sign.chars().all(|sign| of_sign(sign).is_some()));
        dash?;
        self.number_in_digits(to, 0)
    }

    /// `500 €`.
    pub(super) fn money_before_sign(&self, figures: Figures<'_>) -> Option<ValueSpan> {
        let Figures { at, first, last, .. } = figures;
        if !last.suffix.is_empty() {
            return None;
        }
        let after = self.words.after(last.to.checked_sub(1)?);
        let rest = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let sign = rest.chars().next().filter(|sign| *sign != '$')?;
        let code = of_sign(sign)?;
        // `5 €10`: the sign is the next number's.
        if rest.len() == sign.len_utf8() && self.token(last.to).is_some_and(Token::has_digit) {
            return None;
        }
        let value = EntityValue::Money {
            amount: written(first.value),
            to: written(figures.to),
            currency: code_of(code),
            unit: sign.to_string(),
        };
        let mut span = self.span(at, last.to, Sense::Money, value);
        let extra = after.len() - rest.len() + sign.len_utf8();
        span.bytes = Span::new(span.bytes.start(), span.bytes.end() + extra);
        Some(span)
    }

    /// `3.5 billion Australian dollars`, `3 mln dlrs`, `millions of yuan`.
    pub(super) fn money_by_name(&self, figures: Figures<'_>) -> Option<ValueSpan> {
        let Figures { at, first, last, .. } = figures;
        // `500m baht`
        let last = self.scale(last, true).filter(|last| last.suffix.is_empty() && self.english)?;
        let first_value = if last.scaled && figures.to.is_none() { last.value } else { first.value };
        let mut name = last.to;
        if self.is_word(name, "of") && last.value.is_none() {
            name += 1;
        }
        let joins = [Join::Space, Join::Dash, Join::SpacedDash];
        let (mut found, mut adjective) = (None, None);
        for skipped in 0..=2 {
            let place = name + skipped;
            if !self.joined(place, &joins) {
                break;
            }
            if let Some(known) = currency(self.entry(place).currency) {
                found = Some((place, known));
                adjective = self.whose_money(known, name, skipped)?;
                break;
            }
        }
        let (place, known): (usize, &Currency) = found?;
        let many = last.to > at + 1 || last.scaled;
        // `the 10 million mark`
        if known.name == "mark" && adjective.is_none() {
            return None;
        }
        if known.doubtful
            && adjective.is_none()
            && !(last.scaled || (many && known.name != "pound" && known.name != "won"))
        {
            return None;
        }
        // A sum of one doubtful word in capitals is a name.
        if known.doubtful && self.proper(place) {
            return None;
        }
        let sterling = usize::from(known.name == "pound" && self.is_word(place + 1, "sterling"));
        let code = if sterling == 1 { "GBP" } else { adjective.unwrap_or(known.code) };
        let value = EntityValue::Money {
            amount: written(first_value),
            to: written(figures.to),
            currency: code_of(code).filter(|_| !known.part),
            unit: known.name.to_owned(),
        };
        Some(self.span(at, place + 1 + sterling, Sense::Money, value))
    }

    /// The code that the `skipped` words from `from` on give to the currency; `None` where they have
    /// nothing to do with it.
    #[expect(clippy::option_option, reason = "no words between is not the same as words that do not fit")]
    fn whose_money(&self, known: &Currency, from: usize, skipped: usize) -> Option<Option<&'static str>> {
        if skipped == 0 {
            return Some(None);
        }
        let words = self.words.folded_range(from, from + skipped);
        let last = self.folded(from + skipped - 1);
        known.whose(words).or_else(|| known.whose(last)).map(Some)
    }
}
