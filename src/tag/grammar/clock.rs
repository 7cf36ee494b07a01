//! Times of day: `5:30 p.m. EST`, `17:30 GMT`, `0600 hours`, `noon`.

use super::{Join, Scan, Sense, ValueSpan};
use crate::article::EntityValue;
use crate::offsets::Span;
use crate::tag::token::Token;

/// Zones whose letters leave one reading, and their offset. `IST`, `CST` and their kin are not here.
const ZONES: [(&str, &str); 22] = [
    ("gmt", "Z"),
    ("utc", "Z"),
    ("est", "-05:00"),
    ("edt", "-04:00"),
    ("cdt", "-05:00"),
    ("mdt", "-06:00"),
    ("mst", "-07:00"),
    ("pst", "-08:00"),
    ("pdt", "-07:00"),
    ("cet", "+01:00"),
    ("cest", "+02:00"),
    ("eet", "+02:00"),
    ("eest", "+03:00"),
    ("msk", "+03:00"),
    ("eat", "+03:00"),
    ("wat", "+01:00"),
    ("cat", "+02:00"),
    ("sast", "+02:00"),
    ("jst", "+09:00"),
    ("hkt", "+08:00"),
    ("aest", "+10:00"),
    ("aedt", "+11:00"),
];

/// Zones that are known to be zones, without an offset that is sure.
const UNSURE_ZONES: [&str; 5] = ["ist", "cst", "bst", "ast", "et"];

/// The letters of TIMEX3 for a part of a day.
pub(crate) fn day_part(word: &str) -> Option<&'static str> {
    Some(match word {
        "morning" => "MO",
        "afternoon" => "AF",
        "evening" => "EV",
        "night" => "NI",
        _ => return None,
    })
}

impl Scan<'_, '_> {
    /// Whether `a.m.`, `pm` or `o’clock` follows the token.
    pub(crate) fn clock_follows(&self, index: usize) -> bool {
        self.half_of_day(index + 1).is_some() || self.folded(index + 1) == "oclock"
    }

    /// `am`, `p.m.` at the token: hours to add, the token after, and the byte after in the field.
    fn half_of_day(&self, at: usize) -> Option<(bool, usize, usize)> {
        let joined = self.joined(at, &[Join::Space, Join::Dot]) || self.before(at).is_empty();
        if !joined || self.opens_field(at) {
            return None;
        }
        let token = self.token(at)?;
        match self.folded(at) {
            word @ ("am" | "pm") => Some((word == "pm", at + 1, token.end as usize)),
            word @ ("a" | "p") => {
                let second = self.token(at + 1).filter(|_| self.folded(at + 1) == "m")?;
                if !self.joined(at + 1, &[Join::Dot, Join::DotSpace]) {
                    return None;
                }
                Some((
                    word == "p",
                    at + 2,
                    second.end as usize + usize::from(self.words.after(at + 1).starts_with('.')),
                ))
            }
            _ => None,
        }
    }

    /// A time of day that opens with digits.
    pub(crate) fn clock(&self, at: usize) -> Option<ValueSpan> {
        let (digits, suffix) = self.digits(at, 0)?;
        let short = digits.len() <= 2;
        let mut hour: u8 = digits.get(..digits.len().min(2))?.parse().ok()?;
        let mut minute: u8 = 0;
        let (mut to, mut letters, mut told) = (at + 1, suffix, false);
        if short
            && suffix.is_empty()
            && matches!(self.join(to), Join::Colon | Join::Dot)
            && let Some((minutes, after)) = self.digits(to, 0)
            && minutes.len() == 2
        {
            let colon = self.join(to) == Join::Colon;
            minute = minutes.parse().ok()?;
            letters = after;
            to += 1;
            // `1:45:30` is a time that somebody took.
            if self.joined(to, &[Join::Colon, Join::Dot]) && self.token(to).is_some_and(Token::has_digit) {
                return None;
            }
            told = colon && digits.len() == 2;
        } else if !short {
            let zoned = self.zone(to).is_some_and(|(_, zone)| zone.is_some());
            let military = digits.len() == 4
                && suffix.is_empty()
                && self.join(to) == Join::Space
                && (matches!(self.folded(to), "hrs" | "hours") && digits.starts_with('0') || zoned);
            if !military {
                return None;
            }
            minute = digits.get(2..)?.parse().ok()?;
            told = true;
        }
        let mut end = self.token(to - 1)?.end as usize;
        let half = match letters {
            "am" | "pm" => Some((letters == "pm", to, end)),
            "a" | "p" if self.folded(to) == "m" && self.join(to) == Join::Dot => {
                let stop = usize::from(self.words.after(to).starts_with('.'));
                Some((letters == "p", to + 1, self.token(to)?.end as usize + stop))
            }
            "" => self.half_of_day(to),
            _ => return None,
        };
        if let Some((afternoon, after, byte)) = half {
            if !(1..=12).contains(&hour) {
                // `14:30 pm` happens.
                (hour > 12 && afternoon).then_some(())?;
            } else {
                hour = hour % 12 + if afternoon { 12 } else { 0 };
            }
            (to, end, told) = (after, byte, true);
        } else if self.folded(to) == "oclock" && self.join(to) == Join::Space && letters.is_empty() {
            end = self.token(to)?.end as usize;
            (to, told) = (to + 1, true);
        } else if matches!(self.folded(to), "hrs" | "hours") && told && self.join(to) == Join::Space && !short
        {
            end = self.token(to)?.end as usize;
            to += 1;
        }
        if !told && (to == at + 1 || self.zone(to).is_none()) {
            return None;
        }
        if hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
            return None;
        }
        let mut offset = "";
        if let Some((zone, known)) = self.zone(to) {
            offset = known.unwrap_or_default();
            end = self.token(zone)?.end as usize;
            to = zone + 1;
        }
        let written = format!("T{:02}:{minute:02}{offset}", hour % 24);
        Some(self.timed(at, to, end, written))
    }

    /// A zone at the token, in capitals; its offset where that is sure.
    fn zone(&self, at: usize) -> Option<(usize, Option<&'static str>)> {
        let token = self.token(at)?;
        if !token.all_upper()
            || self.opens_field(at)
            || self.join(at) != Join::Space && !matches!(self.words.after(at - 1), ". " | " (")
        {
            return None;
        }
        let word = self.folded(at);
        if let Some((_, offset)) = ZONES.iter().find(|(zone, _)| *zone == word) {
            return Some((at, Some(*offset))).filter(|_| self.words.after(at - 1) != " (");
        }
        UNSURE_ZONES.contains(&word).then_some((at, None)).filter(|_| self.words.after(at - 1) != " (")
    }

    fn timed(&self, from: usize, to: usize, end: usize, written: String) -> ValueSpan {
        let value = EntityValue::Time { stated: written.clone(), iso: Some(written) };
        let mut span = self.span(from, to, Sense::Clock, value);
        span.bytes = Span::new(span.bytes.start(), end.max(span.bytes.end()));
        span
    }

    /// `noon`, `midnight`.
    pub(crate) fn clock_word(&self, at: usize) -> Option<ValueSpan> {
        let token = self.token(at)?;
        if self.proper(at) || token.gap == crate::tag::token::Gap::Hyphen {
            return None;
        }
        let hour = if self.folded(at) == "noon" { 12 } else { 0 };
        Some(self.timed(at, at + 1, token.end as usize, format!("T{hour:02}:00")))
    }
}
