//! Amounts: a number, and what it counts.

use super::currency::{Currency, currency, of_dollar, of_sign, prefix};
use super::lexicon::PLURAL;
use super::number::{Decimal, Number};
use super::unit::{Unit, unit};
use super::{Join, Scan, Sense, ValueSpan};
use crate::article::EntityValue;
use crate::offsets::Span;
use crate::tag::token::Token;

/// What stands before an amount of money.
struct Lead<'w> {
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

fn written(value: Option<Decimal>) -> Option<String> {
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
    fn as_scaled(&self, first: Number<'_>, second: Number<'_>) -> Option<Decimal> {
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

    /// The letters that open the token, as the sign of a currency.
    fn glued(&self, at: usize, token: Token, letters: usize) -> Option<Lead<'t>> {
        if !self.english || !token.capitalised() {
            return None;
        }
        let folded = self.folded(at).get(..letters)?;
        let (name, code, weak) = prefix(super::lexicon::entry(folded).prefix)?;
        let written = self.words.written(at, at + 1).get(..letters)?;
        let same = written == name || written.eq_ignore_ascii_case(name) && letters > 1;
        same.then_some(Lead { from: at, start: token.start as usize, unit: name, code, weak })
    }

    /// A sign, a code or letters before the number.
    fn lead(&self, at: usize, token: Token) -> Option<Lead<'t>> {
        let before = self.before(at);
        let trimmed = before.trim_end_matches([' ', '\u{a0}']);
        let start = token.start as usize;
        if before.len() <= trimmed.len() + 2
            && let Some(sign) = trimmed.chars().next_back()
            && let Some(code) = of_sign(sign)
        {
            let ahead = trimmed.len() - sign.len_utf8();
            let sign_at = start - before.len() + ahead;
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
    fn money_after(&self, at: usize, lead: &Lead<'_>, number: Number<'_>) -> Option<ValueSpan> {
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

    /// What follows the number (or the range `first` to `second`) and makes it an amount.
    fn counted(&self, at: usize, first: Number<'_>, second: Option<Number<'_>>) -> Option<ValueSpan> {
        let last = second.unwrap_or(first);
        if second.is_some_and(|second| second.value.is_none()) {
            return None;
        }
        let to_amount = second.and_then(|second| written(second.value));
        self.percent(at, first, last, to_amount.clone())
            .or_else(|| self.money_before_sign(at, first, last, to_amount.clone()))
            .or_else(|| self.money_by_name(at, first, last, to_amount.clone()))
            .or_else(|| self.quantity(at, first, last, to_amount))
    }

    /// A minus before the number, where it can be no dash.
    fn negative(&self, at: usize) -> bool {
        matches!(self.before(at), " -" | " −" | "−" | " (-" | " (−") || (self.before(at) == "-" && at == 0)
    }

    fn signed(&self, at: usize, span: &mut ValueSpan) {
        let before = self.before(at);
        if self.negative(at)
            && let Some(sign) = before.chars().next_back()
            && let EntityValue::Number { amount: Some(amount), .. } = &mut span.value
        {
            amount.insert(0, '-');
            span.bytes = Span::new(span.bytes.start() - sign.len_utf8(), span.bytes.end());
        }
    }

    fn percent(
        &self,
        at: usize,
        first: Number<'_>,
        last: Number<'_>,
        to_amount: Option<String>,
    ) -> Option<ValueSpan> {
        if !last.suffix.is_empty() {
            return None;
        }
        let after = self.words.after(last.to.checked_sub(1)?);
        let sign = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let space = after.len() - sign.len();
        let mut unit = "%";
        let (to, extra) = if sign.starts_with('%') && space <= 3 {
            (last.to, space + 1)
        } else if self.english && self.joined(last.to, &[Join::Space, Join::Dash]) {
            match self.folded(last.to) {
                "percent" | "pct" => (last.to + 1, 0),
                "per" if self.is_word(last.to + 1, "cent") => (last.to + 2, 0),
                "percentage" if self.folded(last.to + 1).starts_with("point") => {
                    unit = "pp";
                    (last.to + 2, 0)
                }
                _ => return None,
            }
        } else {
            return None;
        };
        let value = EntityValue::Number {
            amount: written(first.value),
            to: to_amount,
            unit: unit.to_owned(),
            duration: None,
        };
        let mut span = self.span(at, to, Sense::Percent, value);
        span.bytes = Span::new(span.bytes.start(), span.bytes.end() + extra);
        self.signed(at, &mut span);
        Some(span)
    }

    /// `500 €`.
    fn money_before_sign(
        &self,
        at: usize,
        first: Number<'_>,
        last: Number<'_>,
        to_amount: Option<String>,
    ) -> Option<ValueSpan> {
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
            to: to_amount,
            currency: code_of(code),
            unit: sign.to_string(),
        };
        let mut span = self.span(at, last.to, Sense::Money, value);
        let extra = after.len() - rest.len() + sign.len_utf8();
        span.bytes = Span::new(span.bytes.start(), span.bytes.end() + extra);
        Some(span)
    }

    /// `3.5 billion Australian dollars`, `3 mln dlrs`, `millions of yuan`.
    fn money_by_name(
        &self,
        at: usize,
        first: Number<'_>,
        last: Number<'_>,
        to_amount: Option<String>,
    ) -> Option<ValueSpan> {
        // `500m baht`
        let last = self.scale(last, true).filter(|last| last.suffix.is_empty() && self.english)?;
        let first_value = if last.scaled && to_amount.is_none() { last.value } else { first.value };
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
            to: to_amount,
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

    /// `10 km`, `5 square miles`, `200 mph`, `five years`, `45-year-old`.
    fn quantity(
        &self,
        at: usize,
        first: Number<'_>,
        last: Number<'_>,
        to_amount: Option<String>,
    ) -> Option<ValueSpan> {
        if !self.english || last.value.is_none() && self.entry(at).bits & PLURAL != 0 {
            return None;
        }
        if let Some(span) = self.degrees(at, first, last, to_amount.clone()) {
            return Some(span);
        }
        let (known, mut to, mut power) = if last.suffix.is_empty() {
            let mut place = last.to;
            if last.value.is_none() && self.is_word(place, "of") {
                place += 1;
            }
            if !self.joined(place, &[Join::Space, Join::Dash]) {
                return None;
            }
            let power = match self.folded(place) {
                "square" | "sq" => "2",
                "cubic" | "cu" => "3",
                _ => "",
            };
            let place = place + usize::from(!power.is_empty());
            let known = unit(self.entry(place).unit).filter(|known| power.is_empty() || known.length)?;
            (known, place + 1, power)
        } else {
            (unit(super::lexicon::entry(last.suffix).unit)?, last.to, "")
        };
        if known.time.is_some() {
            return self.duration(at, first, last, to_amount, known, to);
        }
        if known.length && self.before(to).starts_with('²') {
            power = "2";
        }
        let mut symbol = format!("{}{power}", known.symbol);
        // `degrees Celsius`
        if known.symbol == "deg" && self.join(to) == Join::Space {
            match self.folded(to) {
                "celsius" | "centigrade" | "c" => (symbol, to) = ("°C".to_owned(), to + 1),
                "fahrenheit" | "f" => (symbol, to) = ("°F".to_owned(), to + 1),
                _ => {}
            }
        }
        let rate = match self.folded(to) {
            "per" | "an" | "a" if self.join(to) == Join::Space && self.join(to + 1) == Join::Space => {
                match self.folded(to + 1) {
                    "hour" => "/h",
                    "second" => "/s",
                    "day" => "/d",
                    "year" => "/a",
                    _ => "",
                }
            }
            _ => "",
        };
        if !rate.is_empty() {
            symbol.push_str(rate);
            to += 2;
        }
        let value =
            EntityValue::Number { amount: written(first.value), to: to_amount, unit: symbol, duration: None };
        Some(self.span(at, to, Sense::Quantity, value))
    }

    /// `30 °C`, `30°`.
    fn degrees(
        &self,
        at: usize,
        first: Number<'_>,
        last: Number<'_>,
        to_amount: Option<String>,
    ) -> Option<ValueSpan> {
        if !last.suffix.is_empty() {
            return None;
        }
        let after = self.words.after(last.to.checked_sub(1)?);
        let rest = after.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(after).strip_prefix('°')?;
        let unit = match self.folded(last.to) {
            "c" if rest.trim_start().is_empty() => "°C",
            "f" if rest.trim_start().is_empty() => "°F",
            _ => return None,
        };
        let value = EntityValue::Number {
            amount: written(first.value),
            to: to_amount,
            unit: unit.to_owned(),
            duration: None,
        };
        let mut span = self.span(at, last.to + 1, Sense::Quantity, value);
        self.signed(at, &mut span);
        Some(span)
    }

    /// A length of time, an age, or with `ago` a time.
    fn duration(
        &self,
        at: usize,
        first: Number<'_>,
        last: Number<'_>,
        to_amount: Option<String>,
        known: &Unit,
        mut to: usize,
    ) -> Option<ValueSpan> {
        let (each, letter) = known.time?;
        let plural = self.folded(to - 1).ends_with('s');
        let single = first.value.and_then(Decimal::whole) == Some(1);
        // `the 2022 year`, `three second places`
        if !plural && !single && self.join(to - 1) != Join::Dash && last.suffix.is_empty() {
            return None;
        }
        if let (Some(many), None) = (first.value.and_then(Decimal::whole), &to_amount)
            && let Some(span) = self.ago(at, to, many, known)
        {
            return Some(span);
        }
        if self.folded(to) == "old" && self.joined(to, &[Join::Space, Join::Dash]) {
            to += 1;
        }
        let length = |value: Decimal| {
            let many =
                if each == 1 { value.written() } else { value.whole()?.checked_mul(each)?.to_string() };
            Some(match letter.strip_prefix('T') {
                Some(letter) => format!("PT{many}{letter}"),
                None => format!("P{many}{letter}"),
            })
        };
        let amount = |value: Decimal| {
            if each == 1 {
                Some(value.written())
            } else {
                Some(value.whole()?.checked_mul(each)?.to_string())
            }
        };
        let range = to_amount.is_some();
        let value = EntityValue::Number {
            amount: first.value.and_then(amount),
            to: to_amount.and_then(|_| last.value.and_then(amount)),
            unit: known.symbol.to_owned(),
            duration: first.value.filter(|_| !range).and_then(length),
        };
        Some(self.span(at, to, Sense::Duration, value))
    }
}
