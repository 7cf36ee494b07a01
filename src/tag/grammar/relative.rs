//! Times by their distance from the day of the article: `yesterday`, `last week`, `two years ago`.
//!
//! `stated` is that distance as a duration with a sign (`-P1D`, `P0W`, `P1M`); `iso` the day, week,
//! month or year that it leads to.

use jiff::civil::Date;

use super::clock::day_part;
use super::moment::{day_beside, days_from, months_from, week_of, weekend_of};
use super::unit::{Unit, unit};
use super::{Join, Scan, Sense, ValueSpan};
use crate::article::EntityValue;

/// Where a distance of `many` units from the anchor leads. Units below a day lead nowhere: the hour of
/// the article is not known here.
fn reached(anchor: Date, many: i64, letter: &str) -> Option<String> {
    match letter {
        "D" => day_beside(anchor, many),
        "W" => days_from(anchor, many.checked_mul(7)?).map(week_of),
        "M" => months_from(anchor, many).map(|day| format!("{:04}-{:02}", day.year(), day.month())),
        "Y" => {
            let year = i64::from(anchor.year()).checked_add(many)?;
            (1..=9999).contains(&year).then(|| format!("{year:04}"))
        }
        _ => None,
    }
}

fn stated(many: i64, letter: &str) -> String {
    let sign = if many < 0 { "-" } else { "" };
    match letter.strip_prefix('T') {
        Some(letter) => format!("{sign}PT{}{letter}", many.unsigned_abs()),
        None => format!("{sign}P{}{letter}", many.unsigned_abs()),
    }
}

impl Scan<'_, '_> {
    fn distant(&self, from: usize, to: usize, many: i64, letter: &str) -> ValueSpan {
        let iso = self.anchor.and_then(|anchor| reached(anchor, many, letter));
        self.span(from, to, Sense::Relative, EntityValue::Time { stated: stated(many, letter), iso })
    }

    /// A part of the day that lies `days` from the article's: `last night`.
    fn part_of_day(&self, from: usize, to: usize, days: i64, part: &str) -> ValueSpan {
        let day = self.anchor.and_then(|anchor| day_beside(anchor, days));
        let value = EntityValue::Time {
            stated: format!("{}T{part}", stated(days, "D")),
            iso: day.map(|day| format!("{day}T{part}")),
        };
        self.span(from, to, Sense::Relative, value)
    }

    /// `… ago` after a length of time.
    pub(crate) fn ago(&self, from: usize, to: usize, many: u32, length: &Unit) -> Option<ValueSpan> {
        let (each, letter) = length.time?;
        let many = i64::from(many).checked_mul(i64::from(each))?;
        self.is_word(to, "ago").then(|| self.distant(from, to + 1, -many, letter))
    }

    /// An expression that opens with one of its words.
    pub(crate) fn relative(&self, at: usize) -> Option<ValueSpan> {
        // `USA Today`, `The Last Days`: a capital inside a sentence is a name.
        if self.proper(at) {
            return None;
        }
        let days = match self.folded(at) {
            "yesterday" => -1,
            "today" => 0,
            "tomorrow" => 1,
            "tonight" => return Some(self.part_of_day(at, at + 1, 0, "NI")),
            word => return self.turned(at, word),
        };
        if self.join(at + 1) == Join::Space
            && let Some(part) = day_part(self.folded(at + 1))
        {
            return Some(self.part_of_day(at, at + 2, days, part));
        }
        Some(self.distant(at, at + 1, days, "D"))
    }

    /// `last`, `this`, `next` and a length of time.
    fn turned(&self, at: usize, word: &str) -> Option<ValueSpan> {
        if matches!(word, "a" | "an") {
            let length = unit(self.entry(at + 1).unit).filter(|_| self.join(at + 1) == Join::Space)?;
            return self.ago(at, at + 2, 1, length);
        }
        let many = match word {
            "last" => -1,
            "this" => 0,
            "next" => 1,
            _ => return None,
        };
        let named = at + 1;
        if self.join(named) != Join::Space || self.proper(named) {
            return None;
        }
        let to = named + 1;
        match self.folded(named) {
            "weekend" => {
                let iso = self.anchor.and_then(|anchor| days_from(anchor, many * 7)).and_then(weekend_of);
                let value = EntityValue::Time { stated: format!("{}-WE", stated(many, "W")), iso };
                Some(self.span(at, to, Sense::Relative, value))
            }
            "morning" | "afternoon" | "evening" | "night" => {
                let part = day_part(self.folded(named))?;
                (many != 1).then(|| self.part_of_day(at, to, many, part))
            }
            // `this second` is no time.
            "week" | "month" | "year" | "decade" | "century" => {
                let (each, letter) = unit(self.entry(named).unit)?.time?;
                (each == 1).then(|| self.distant(at, to, many, letter))
            }
            _ => None,
        }
    }
}
