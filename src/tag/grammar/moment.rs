//! Dates as values: what the words say by themselves, and what the day of the article makes of it.
//!
//! Both are ISO 8601, with `X` for a digit that is not said, as in TIMEX3: `XXXX-01-08`, `199X`,
//! `XXXX-WXX-7` (a Sunday). An interval is `start/end`.
//!
//! The rules of news: a weekday is the last one of that name, the day of the article included; after
//! `next`, the first one after it. A day or a month without a year is the nearest one; of two as near,
//! the past one.

use jiff::civil::Date;
use jiff::{Span as Length, ToSpan};

use crate::article::EntityValue;

/// What a word before or after says of a weekday or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Nothing.
    Plain,
    /// `last`.
    Last,
    /// `next`, `coming`.
    Next,
    /// `this`.
    This,
    /// `… of last year`: years from the article's.
    Year(i16),
}

/// A date of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// A day, and the last day where it is several of one month.
    Day { year: Option<i16>, month: u8, day: u8, last: Option<u8>, turn: Turn },
    /// A month.
    Month { year: Option<i16>, month: u8, turn: Turn },
    /// From one month, or day of it, to another: each a month and perhaps a day.
    Reach { first: (u8, Option<u8>), last: (u8, Option<u8>), year: Option<i16> },
    /// A feast whose day moves; only the year may be said.
    Feast(Option<i16>),
    /// A numeric date that may be read in two ways.
    Unclear { year: i16 },
    /// A year, as astronomers count: 0 is 1 BC.
    Year(i16),
    /// From one year to another.
    Years(i16, i16),
    /// Its first three digits.
    Decade(i16),
    /// The decade's digit, of a century that is not said.
    ShortDecade(i16),
    /// The century's number.
    Century(i16),
    /// 1 (Monday) to 7.
    Weekday { weekday: u8, turn: Turn },
    /// A weekday's part: `MO`, `AF`, `EV`, `NI`.
    PartOfWeekday { weekday: u8, turn: Turn, part: &'static str },
    /// Each weekday of that name.
    Weekdays(u8),
}

fn date(year: i16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Whether there is such a day, in some year.
pub(crate) fn exists(year: Option<i16>, month: u8, day: u8) -> bool {
    date(year.unwrap_or(2000), month, day).is_some()
}

/// That many days after (before, if negative) the day.
pub(crate) fn days_from(day: Date, days: i64) -> Option<Date> {
    let length: Length = Length::new().try_days(days).ok()?;
    day.checked_add(length).ok()
}

/// That many months after the day.
pub(crate) fn months_from(day: Date, months: i64) -> Option<Date> {
    day.checked_add(Length::new().try_months(months).ok()?).ok()
}

/// `2023-W01`.
pub(crate) fn week_of(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// The day of that weekday that is meant.
pub(crate) fn resolve_weekday(anchor: Date, weekday: u8, turn: Turn) -> Option<Date> {
    let today = i64::from(anchor.weekday().to_monday_one_offset());
    let back = (today - i64::from(weekday)).rem_euclid(7);
    let ahead = (7 - back) % 7;
    let days = match turn {
        Turn::Plain | Turn::Year(_) => -back,
        Turn::Last if back == 0 => -7,
        Turn::Last => -back,
        Turn::Next if ahead == 0 => 7,
        Turn::Next | Turn::This => ahead,
    };
    days_from(anchor, days)
}

/// Four digits, and the sign of a year before the year 0.
fn year_in_digits(year: i16) -> String {
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}", year.unsigned_abs())
}

fn resolve_month(anchor: Date, month: u8, turn: Turn) -> i16 {
    let (year, now) = (anchor.year(), i16::from(anchor.month()));
    let ahead = i16::from(month) - now;
    year + match turn {
        Turn::This => 0,
        Turn::Year(years) => years,
        Turn::Last => -i16::from(ahead >= 0),
        Turn::Next => i16::from(ahead <= 0),
        Turn::Plain if ahead >= 6 => -1,
        Turn::Plain if ahead < -6 => 1,
        Turn::Plain => 0,
    }
}

fn resolve_day(anchor: Date, month: u8, day: u8, turn: Turn) -> Option<i16> {
    if let Turn::Year(years) = turn {
        return Some(anchor.year() + years);
    }
    let distance = |candidate: Date| {
        let days = candidate.since(anchor).ok().map_or(i32::MAX, |length| length.get_days());
        (days.abs(), days > 0)
    };
    [-1, 0, 1]
        .into_iter()
        .filter_map(|years| date(anchor.year() + years, month, day))
        .min_by_key(|candidate| distance(*candidate))
        .map(Date::year)
}

impl When {
    /// The value of the record.
    pub(crate) fn value(self, anchor: Option<Date>) -> EntityValue {
        let stated = self.stated();
        let iso = if stated.contains("XXXX") || matches!(self, Self::ShortDecade(_)) {
            anchor.and_then(|anchor| self.resolved(anchor))
        } else {
            Some(stated.clone())
        };
        EntityValue::Time { stated, iso }
    }

    fn stated(self) -> String {
        let year_of = |year: Option<i16>| year.map_or_else(|| "XXXX".to_owned(), year_in_digits);
        match self {
            Self::Day { year, month, day, last, .. } => {
                let year = year_of(year);
                let first = format!("{year}-{month:02}-{day:02}");
                last.map_or_else(|| first.clone(), |last| format!("{first}/{year}-{month:02}-{last:02}"))
            }
            Self::Month { year, month, .. } => format!("{}-{month:02}", year_of(year)),
            Self::Reach { first, last, year } => {
                let wraps = year.is_some() && last < first;
                let part = |year: String, (month, day): (u8, Option<u8>)| {
                    day.map_or_else(
                        || format!("{year}-{month:02}"),
                        |day| format!("{year}-{month:02}-{day:02}"),
                    )
                };
                let opened = year.map(|year| year - i16::from(wraps));
                format!("{}/{}", part(year_of(opened), first), part(year_of(year), last))
            }
            Self::Feast(year) => year_of(year),
            Self::Unclear { year } => format!("{year:04}-XX-XX"),
            Self::Year(year) => year_in_digits(year),
            Self::Years(first, last) => format!("{}/{}", year_in_digits(first), year_in_digits(last)),
            Self::Decade(decade) => format!("{decade:03}X"),
            Self::ShortDecade(digit) => format!("XX{digit}X"),
            Self::Century(number) => format!("{:02}XX", number - 1),
            Self::Weekday { weekday, .. } | Self::Weekdays(weekday) => format!("XXXX-WXX-{weekday}"),
            Self::PartOfWeekday { weekday, part, .. } => format!("XXXX-WXX-{weekday}T{part}"),
        }
    }

    fn resolved(self, anchor: Date) -> Option<String> {
        match self {
            Self::Day { month, day, last, turn, .. } => {
                let year = resolve_day(anchor, month, day, turn)?;
                Some(Self::Day { year: Some(year), month, day, last, turn }.stated())
            }
            Self::Month { month, turn, .. } => {
                Some(Self::Month { year: Some(resolve_month(anchor, month, turn)), month, turn }.stated())
            }
            Self::Reach { first, last, .. } => {
                let opened = resolve_month(anchor, first.0, Turn::Plain);
                let year = Some(opened + i16::from(last < first));
                Some(Self::Reach { first, last, year }.stated())
            }
            Self::Weekday { weekday, turn } => Some(resolve_weekday(anchor, weekday, turn)?.to_string()),
            Self::PartOfWeekday { weekday, turn, part } => {
                Some(format!("{}T{part}", resolve_weekday(anchor, weekday, turn)?))
            }
            Self::ShortDecade(digit) => {
                let decade = anchor.year() / 10;
                Some(Self::Decade(decade - (decade - digit).rem_euclid(10)).stated())
            }
            _ => None,
        }
    }
}

/// The day before or after the article's, as `2023-01-07`.
pub(crate) fn day_beside(anchor: Date, days: i64) -> Option<String> {
    days_from(anchor, days).map(|day| day.to_string())
}

/// The weekend of the week of that day, as an interval.
pub(crate) fn weekend_of(day: Date) -> Option<String> {
    let to_saturday = 6 - i64::from(day.weekday().to_monday_one_offset());
    let saturday = days_from(day, to_saturday)?;
    Some(format!("{saturday}/{}", saturday.checked_add(1.day()).ok()?))
}
