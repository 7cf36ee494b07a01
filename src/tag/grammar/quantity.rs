//! Percentages, numbers with a unit, and lengths of time.

use super::amount::{Figures, written};
use super::lexicon::{self, PLURAL};
use super::number::Decimal;
use super::unit::{Unit, unit};
use super::{Join, Scan, Sense, ValueSpan};
use crate::article::EntityValue;
use crate::offsets::Span;

impl<'t> Scan<'_, 't> {
    pub(super) fn percent(&self, figures: Figures<'_>) -> Option<ValueSpan> {
        let Figures { at, first, last, .. } = figures;
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
            to: written(figures.to),
            unit: unit.to_owned(),
            duration: None,
        };
        let mut span = self.span(at, to, Sense::Percent, value);
        span.bytes = Span::new(span.bytes.start(), span.bytes.end() + extra);
        self.signed(at, &mut span);
        Some(span)
    }

    /// `10 km`, `5 square miles`, `200 mph`, `five years`, `45-year-old`.
    pub(super) fn quantity(&self, figures: Figures<'_>) -> Option<ValueSpan> {
        let Figures { at, first, last, .. } = figures;
        if !self.english || last.value.is_none() && self.entry(at).bits & PLURAL != 0 {
            return None;
        }
        if let Some(span) = self.degrees(figures) {
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
            (unit(lexicon::entry(last.suffix).unit)?, last.to, "")
        };
        if known.time.is_some() {
            return self.duration(figures, known, to);
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
        let value = EntityValue::Number {
            amount: written(first.value),
            to: written(figures.to),
            unit: symbol,
            duration: None,
        };
        Some(self.span(at, to, Sense::Quantity, value))
    }

    /// `30 °C`, `30°`.
    fn degrees(&self, figures: Figures<'_>) -> Option<ValueSpan> {
        let Figures { at, first, last, .. } = figures;
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
            to: written(figures.to),
            unit: unit.to_owned(),
            duration: None,
        };
        let mut span = self.span(at, last.to + 1, Sense::Quantity, value);
        self.signed(at, &mut span);
        Some(span)
    }

    /// A length of time, an age, or with `ago` a time.
    fn duration(&self, figures: Figures<'_>, known: &Unit, mut to: usize) -> Option<ValueSpan> {
        let Figures { at, first, last, to: end } = figures;
        let (each, letter) = known.time?;
        let plural = self.folded(to - 1).ends_with('s');
        let single = first.value.and_then(Decimal::whole) == Some(1);
        // `the 2022 year`, `three second places`
        if !plural && !single && self.join(to - 1) != Join::Dash && last.suffix.is_empty() {
            return None;
        }
        if let (Some(many), None) = (first.value.and_then(Decimal::whole), end)
            && let Some(span) = self.ago(at, to, many, known)
        {
            return Some(span);
        }
        if self.folded(to) == "old" && self.joined(to, &[Join::Space, Join::Dash]) {
            to += 1;
        }
        let amount = |value: Decimal| {
            if each == 1 {
                Some(value.written())
            } else {
                Some(value.whole()?.checked_mul(each)?.to_string())
            }
        };
        let length = |many: &String| match letter.strip_prefix('T') {
            Some(letter) => format!("PT{many}{letter}"),
            None => format!("P{many}{letter}"),
        };
        let many = first.value.and_then(amount);
        let value = EntityValue::Number {
            duration: many.as_ref().filter(|_| end.is_none()).map(length),
            amount: many,
            to: end.and_then(amount),
            unit: known.symbol.to_owned(),
        };
        Some(self.span(at, to, Sense::Duration, value))
    }
}
