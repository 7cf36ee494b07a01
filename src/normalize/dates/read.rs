//! Reads a text that is nothing but a date, or finds one in a short text, in the forms that occur in news.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::words;
use crate::article::Precision;

/// The longest text that is tried.
const MAX_BYTES: usize = 160;
/// Years that a date may have, as it is written.
pub(super) const YEARS: std::ops::RangeInclusive<i64> = 1000..=2999;
/// Years that the Thai calendar has when the Gregorian one has 1958 to 2099, and how far it is ahead.
const BUDDHIST: std::ops::RangeInclusive<i64> = 2501..=2642;
const BUDDHIST_AHEAD: i64 = 543;
/// Where the ten digits of other scripts begin. Source: Unicode 15, category Nd.
const ZEROS: [char; 12] = [
    '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{be6}', '\u{c66}', '\u{ce6}',
    '\u{e50}', '\u{1040}', '\u{ff10}',
];

/// What decides where a date can be read in two ways.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner<'l> {
    /// `01/08/2023` is the eighth of January.
    pub(crate) month_first: bool,
    /// ISO 639-1, for words that mean different months in two languages.
    pub(crate) language: Option<&'l str>,
}

/// A date as read: its parts, and the other way to read it if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadDate {
    /// Year, month, day; what the precision leaves out is 1.
    pub(crate) date: Date,
    /// The same with day and month in the other order, where both are possible.
    pub(crate) swapped: Option<Date>,
    /// Hour, minute, second.
    pub(crate) time: Option<(i8, i8, i8)>,
    /// Minutes east of UTC, if stated.
    pub(crate) offset: Option<i32>,
    /// The weekday, if stated.
    pub(crate) weekday: Option<Weekday>,
    /// How fine it is.
    pub(crate) precision: Precision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Number(i64, usize),
    Word(&'t str),
    Sign(char),
}

/// A digit of any script as the ASCII one.
fn ascii_digit(c: char) -> char {
    let zero =
        ZEROS.into_iter().find(|zero| (u32::from(*zero)..u32::from(*zero) + 10).contains(&u32::from(c)));
    zero.and_then(|zero| char::from_digit(u32::from(c) - u32::from(zero), 10)).unwrap_or(c)
}

/// Letters, and the signs that scripts of India and Thailand write words with.
fn is_of_word(c: char) -> bool {
    c.is_alphabetic() || ('\u{900}'..='\u{eff}').contains(&c)
}

/// Parts text into numbers, words (letters) and signs; white space only parts.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if first.is_alphabetic() {
            rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (head, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = tail;
        if first.is_ascii_digit() {
            // More digits than an i64 holds are no part of a date.
            out.push(head.parse().map_or(Token::Sign('?'), |value| Token::Number(value, head.len())));
        } else if first.is_alphabetic() {
            out.push(Token::Word(head));
        } else if !first.is_whitespace() {
            out.push(Token::Sign(first));
        }
    }
    out
}

#[derive(Default, Clone)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    /// Day and month could also be the other way round.
    either: bool,
    time: Option<(i8, i8, i8)>,
    seconds: bool,
    offset: Option<i32>,
    weekday: Option<Weekday>,
    /// A zone whose offset depends on the date.
    ruled: Option<&'static str>,
}

struct Reader<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    parts: Parts,
    manner: Manner<'t>,
}

/// Reads `text`. The manner settles `01/08/2023` where both orders are possible; the other reading
/// is kept in [`ReadDate::swapped`]. `None` if anything in the text is no part of a date.
pub(crate) fn read(text: &str, manner: Manner<'_>) -> Option<ReadDate> {
    if text.len() > MAX_BYTES || !text.chars().any(char::is_numeric) {
        return None;
    }
    let text = in_ascii(text);
    let mut reader = Reader { tokens: tokens(&text), at: 0, parts: Parts::default(), manner };
    while reader.at < reader.tokens.len() {
        reader.step()?;
    }
    reader.parts.finish()
}

/// The first date, as fine as a day, that stands in the head of `text`.
pub(crate) fn find(text: &str, manner: Manner<'_>) -> Option<ReadDate> {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = in_ascii(text.get(..end)?);
    let mut reader = Reader { tokens: tokens(&text), at: 0, parts: Parts::default(), manner };
    for start in 0..reader.tokens.len() {
        (reader.at, reader.parts) = (start, Parts::default());
        if !reader.opens() {
            continue;
        }
        let mut whole = None;
        while reader.at < reader.tokens.len() {
            let before = reader.parts.clone();
            if reader.step().is_none() {
                reader.parts = before;
                break;
            }
            if let Some(date) = reader.parts.clone().finish().filter(|date| date.precision >= Precision::Day)
            {
                whole = Some(date);
            }
        }
        if whole.is_some() {
            return whole;
        }
    }
    None
}

/// `text` with the digits of all scripts as ASCII ones.
fn in_ascii(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(|c| !c.is_ascii() && c.is_numeric()) {
        return text.chars().map(ascii_digit).collect::<String>().into();
    }
    text.into()
}

impl<'t> Reader<'t> {
    fn peek(&self, ahead: usize) -> Option<Token<'t>> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn sign(&self, ahead: usize) -> Option<char> {
        match self.peek(ahead) {
            Some(Token::Sign(sign)) => Some(sign),
            _ => None,
        }
    }

    fn number(&self, ahead: usize) -> Option<(i64, usize)> {
        match self.peek(ahead) {
            Some(Token::Number(value, digits)) => Some((value, digits)),
            _ => None,
        }
    }

    fn word(&self, ahead: usize) -> Option<String> {
        match self.peek(ahead) {
            Some(Token::Word(word)) => Some(word.to_lowercase()),
            _ => None,
        }
    }

    /// Whether a date may begin here: with a number, a month or a weekday.
    fn opens(&self) -> bool {
        match self.peek(0) {
            Some(Token::Number(..)) => true,
            Some(Token::Word(word)) => {
                let word = word.to_lowercase();
                words::month(&word, self.manner.language).is_some() || words::weekday(&word).is_some()
            }
            _ => false,
        }
    }

    fn step(&mut self) -> Option<()> {
        match self.peek(0)? {
            Token::Sign(sign) => self.read_sign(sign),
            Token::Word(_) => self.read_word(),
            Token::Number(value, digits) => self.read_number(value, digits),
        }
    }

    fn read_sign(&mut self, sign: char) -> Option<()> {
        let clock = self.parts.time.is_some();
        if clock
            && matches!(sign, '+' | '-' | '\u{2212}')
            && self.number(1).is_some()
            && self.parts.offset.is_none_or(|o| o == 0)
        {
            return self.read_offset(sign);
        }
        self.at += 1;
        matches!(sign, ',' | '.' | '-' | '–' | '—' | '|' | ':' | '(' | ')' | '[' | ']' | '/' | '•' | '·')
            .then_some(())
    }

    fn read_offset(&mut self, sign: char) -> Option<()> {
        let (value, digits) = self.number(1)?;
        let (hours, minutes, taken) = match (digits, self.sign(2), self.number(3)) {
            (4, _, _) => (value / 100, value % 100, 2),
            (1 | 2, Some(':'), Some((minutes, 2))) => (value, minutes, 4),
            (1 | 2, _, _) => (value, 0, 2),
            _ => return None,
        };
        if hours > 14 || minutes > 59 {
            return None;
        }
        let offset = i32::try_from(hours * 60 + minutes).ok()?;
        self.parts.offset = Some(if sign == '+' { offset } else { -offset });
        self.at += taken;
        Some(())
    }

    fn read_word(&mut self) -> Option<()> {
        let word = self.word(0)?;
        if word == "t" && self.parts.day.is_some() && self.number(1).is_some() {
            self.at += 1;
            return Some(());
        }
        // `a.m.`, `p.m.`, and `am`, `pm` right after the time.
        if let Some((_, taken)) = self.half_of_day() {
            return self.parts.time.is_none().then(|| self.at += taken);
        }
        if let Some(offset) = words::zone(&word).filter(|_| self.parts.time.is_some()) {
            self.parts.offset = Some(offset);
            self.at += 1;
            return Some(());
        }
        if let Some(zone) = words::ruled_zone(&word).filter(|_| self.parts.time.is_some()) {
            self.parts.ruled = Some(zone);
            self.at += 1;
            return Some(());
        }
        let month = words::month(&word, self.manner.language);
        if let Some(month) = month.filter(|_| self.parts.month.is_none()) {
            self.parts.month = Some(month);
            self.at += 1;
            return Some(());
        }
        let short = || words::short_german_weekday(&word).filter(|_| matches!(self.sign(1), Some('.' | ',')));
        if let Some(weekday) = words::weekday(&word).or_else(short) {
            self.parts.weekday = Some(weekday);
            self.at += 1;
            return Some(());
        }
        self.at += 1;
        words::is_noise(&word).then_some(())
    }

    /// `true` for the afternoon, and how many tokens say so.
    fn half_of_day(&self) -> Option<(bool, usize)> {
        let word = self.word(0)?;
        match word.as_str() {
            "am" => Some((false, 1)),
            "pm" => Some((true, 1)),
            "a" | "p" if self.sign(1) == Some('.') && self.word(2).as_deref() == Some("m") => {
                Some((word == "p", if self.sign(3) == Some('.') { 4 } else { 3 }))
            }
            _ => None,
        }
    }

    /// `2023年1月8日`, `2023년 1월 8일`: a character behind each number says what it is.
    fn read_counted(&mut self, value: i64, digits: usize) -> Option<()> {
        let word = self.word(1)?;
        let mut characters = word.chars();
        let part = characters.next()?;
        match part {
            '年' | '년' if digits == 4 && YEARS.contains(&value) => {
                self.parts.year = i16::try_from(gregorian(value)).ok();
            }
            '月' | '월' if (1..=12).contains(&value) => self.parts.month = i8::try_from(value).ok(),
            '日' | '일' if (1..=31).contains(&value) => self.parts.day = i8::try_from(value).ok(),
            _ => return None,
        }
        self.at += 2;
        Some(())
    }

    fn read_number(&mut self, value: i64, digits: usize) -> Option<()> {
        if self.read_counted(value, digits).is_some() {
            return Some(());
        }
        if self.parts.time.is_none()
            && (self.read_time(value, digits).is_some() || self.read_basic_time(value, digits).is_some())
        {
            return Some(());
        }
        if self.parts.year.is_none()
            && self.parts.month.is_none()
            && self.parts.day.is_none()
            && self.read_numeric(value, digits).is_some()
        {
            return Some(());
        }
        self.read_loose(value, digits)
    }

    /// `10:33`, `10:33:05.79`, `5:30 p.m.`, `5 pm`, `10h33`.
    fn read_time(&mut self, value: i64, digits: usize) -> Option<()> {
        if digits > 2 || value > 23 {
            return None;
        }
        let mut hour = i8::try_from(value).ok()?;
        let (mut minute, mut second, mut taken, mut seconds) = (0_i8, 0_i8, 1_usize, false);
        let parted = self.sign(1) == Some(':') || self.word(1).as_deref() == Some("h");
        match self.number(2).filter(|_| parted) {
            Some((minutes, 2)) if minutes < 60 => {
                minute = i8::try_from(minutes).ok()?;
                taken = 3;
                if self.sign(3) == Some(':')
                    && let Some((value, 2)) = self.number(4)
                    && value <= 60
                {
                    // A leap second is the last one that jiff can hold.
                    second = i8::try_from(value.min(59)).ok()?;
                    seconds = true;
                    taken = 5;
                    // Fractions, `.79` or `:79` as old wires write them.
                    if matches!(self.sign(5), Some('.' | ',' | ':')) && self.number(6).is_some() {
                        taken = 7;
                    }
                }
            }
            _ => {}
        }
        let before = self.at;
        self.at += taken;
        let half = self.half_of_day();
        if taken == 1 && half.is_none() {
            self.at = before;
            return None;
        }
        if let Some((afternoon, more)) = half {
            if !(1..=12).contains(&hour) {
                self.at = before;
                return None;
            }
            hour = hour % 12 + if afternoon { 12 } else { 0 };
            self.at += more;
        }
        self.parts.time = Some((hour, minute, second));
        self.parts.seconds = seconds;
        Some(())
    }

    /// `103305` or `1033` behind `20230108T`: the basic form of ISO 8601, in which NITF has its dates.
    fn read_basic_time(&mut self, value: i64, digits: usize) -> Option<()> {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.tokens.get(at));
        if !matches!((before(2), before(1)), (Some(Token::Number(_, 8)), Some(Token::Word("T" | "t")))) {
            return None;
        }
        let (hour, minute, second) = match digits {
            6 => (value / 10_000, value / 100 % 100, value % 100),
            4 => (value / 100, value % 100, 0),
            _ => return None,
        };
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let part = |value: i64| i8::try_from(value).ok();
        self.parts.time = Some((part(hour)?, part(minute)?, part(second.min(59))?));
        self.parts.seconds = digits == 6;
        self.at += 1;
        Some(())
    }

    /// `2023.01.08`, `2023-01`, `20230108`, `08/01/2023`, `08.01.23`.
    fn read_numeric(&mut self, value: i64, digits: usize) -> Option<()> {
        if digits == 8 {
            let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
            self.parts.set(year, month, Some(day))?;
            self.at += 1;
            return Some(());
        }
        let sign = self.sign(1).filter(|sign| matches!(sign, '.' | '-' | '/'))?;
        let (second, second_digits) = self.number(2).filter(|(_, digits)| *digits <= 2)?;
        let third = self.number(4).filter(|_| self.sign(3) == Some(sign));
        if digits == 4 {
            let Some((day, 1 | 2)) = third else {
                if second_digits != 2 || !matches!(sign, '-' | '/') {
                    return None;
                }
                self.parts.set(value, second, None)?;
                self.at += 3;
                return Some(());
            };
            self.parts.set(value, second, Some(day))?;
            self.at += 5;
            return Some(());
        }
        let (year, year_digits) = third?;
        let year = match year_digits {
            4 => year,
            2 => year + if year < 70 { 2000 } else { 1900 },
            _ => return None,
        };
        // With full stops the day comes first wherever such dates are written.
        let month_first = self.manner.month_first && sign != '.';
        let (day, month) = if month_first { (second, value) } else { (value, second) };
        let right = self.parts.set(year, month, Some(day)).is_some();
        if !right {
            self.parts.set(year, day, Some(month))?;
        }
        self.parts.either = right && sign != '.' && value != second && value <= 12 && second <= 12;
        self.at += 5;
        Some(())
    }

    /// A day beside a month's name, or a year.
    fn read_loose(&mut self, value: i64, digits: usize) -> Option<()> {
        let mut taken = 1;
        if digits <= 2 && self.parts.day.is_none() && (1..=31).contains(&value) {
            let ordinal =
                self.word(1).is_some_and(|word| matches!(word.as_str(), "st" | "nd" | "rd" | "th" | "er"));
            taken += usize::from(ordinal);
            self.parts.day = i8::try_from(value).ok();
        } else if digits == 4 && self.parts.year.is_none() && YEARS.contains(&value) {
            self.parts.year = i16::try_from(gregorian(value)).ok();
        } else {
            return None;
        }
        self.at += taken;
        Some(())
    }
}

/// A year of the Thai calendar as the one of the Gregorian.
fn gregorian(year: i64) -> i64 {
    if BUDDHIST.contains(&year) { year - BUDDHIST_AHEAD } else { year }
}

impl Parts {
    fn set(&mut self, year: i64, month: i64, day: Option<i64>) -> Option<()> {
        let year = gregorian(year);
        let year = i16::try_from(year).ok().filter(|_| YEARS.contains(&year))?;
        let month = i8::try_from(month).ok()?;
        let day = day.map(i8::try_from).transpose().ok()?;
        Date::new(year, month, day.unwrap_or(1)).ok()?;
        (self.year, self.month, self.day) = (Some(year), Some(month), day);
        Some(())
    }

    fn finish(self) -> Option<ReadDate> {
        let year = self.year?;
        let precision = match (self.month, self.day, self.time) {
            (Some(_), Some(_), Some(_)) if self.seconds => Precision::Second,
            (Some(_), Some(_), Some(_)) => Precision::Minute,
            (Some(_), Some(_), None) => Precision::Day,
            (Some(_), None, None) => Precision::Month,
            (None, None, None) => Precision::Year,
            _ => return None,
        };
        let date = Date::new(year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?;
        let offset = self.offset.or_else(|| {
            let (hour, minute, second) = self.time?;
            let zone = TimeZone::get(self.ruled?).ok()?;
            let offset = zone.to_ambiguous_timestamp(date.at(hour, minute, second, 0)).compatible().ok()?;
            Some(zone.to_offset(offset).seconds() / 60)
        });
        let swapped = if self.either { Date::new(year, self.day?, self.month?).ok() } else { None };
        Some(ReadDate { date, swapped, time: self.time, offset, weekday: self.weekday, precision })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Precision::{Day, Minute, Month, Second, Year};

    #[track_caller]
    fn check(text: &str, expected: &str, precision: Precision) {
        let read = read(text, Manner::default()).unwrap_or_else(|| panic!("{text} is a date"));
        let (hour, minute, second) = read.time.unwrap_or_default();
        let mut shown = format!("{} {hour:02}:{minute:02}:{second:02}", read.date);
        if let Some(offset) = read.offset {
            shown.push_str(&format!(" {offset}"));
        }
        assert_eq!(shown, expected, "{text}");
        assert_eq!(read.precision, precision, "{text}");
    }

    #[test]
    fn forms() {
        check("2023.01.08 10:33", "2023-01-08 10:33:00", Minute);
        check("2023-01-08T10:33:05Z", "2023-01-08 10:33:05 0", Second);
        check("2023-01-08T10:33:05.123+01:00", "2023-01-08 10:33:05 60", Second);
        check("2023-01-08 10:33 +0530", "2023-01-08 10:33:00 330", Minute);
        check("Jan. 8, 2023, 5:30 p.m. EST", "2023-01-08 17:30:00 -300", Minute);
        check("January 8th, 2023", "2023-01-08 00:00:00", Day);
        check("Published on Sunday, 8 January 2023 at 12:05 am", "2023-01-08 00:05:00", Minute);
        check("Sun, 08 Jan 2023 10:33:00 GMT", "2023-01-08 10:33:00 0", Second);
        check("26-FEB-1987 15:01:01.79", "1987-02-26 15:01:01", Second);
        check("08/01/2023", "2023-01-08 00:00:00", Day);
        check("13/01/2023", "2023-01-13 00:00:00", Day);
        check("01/13/2023", "2023-01-13 00:00:00", Day);
        check("08.01.23", "2023-01-08 00:00:00", Day);
        check("20230108", "2023-01-08 00:00:00", Day);
        check("20230108T103305Z", "2023-01-08 10:33:05 0", Second);
        check("20230108T103305+0100", "2023-01-08 10:33:05 60", Second);
        check("20230108T1033", "2023-01-08 10:33:00", Minute);
        check("8. Januar 2023, 10:33 Uhr", "2023-01-08 10:33:00", Minute);
        check("le 8 janvier 2023 à 10h33", "2023-01-08 10:33:00", Minute);
        check("10:33 GMT+3, 8 Jan 2023", "2023-01-08 10:33:00 180", Minute);
        check("2023-01", "2023-01-01 00:00:00", Month);
        check("January 2023", "2023-01-01 00:00:00", Month);
        check("2023", "2023-01-01 00:00:00", Year);
        check("5 pm, May 4, 2023", "2023-05-04 17:00:00", Minute);
        check("5:30 p.m. ET, Jan 8, 2023", "2023-01-08 17:30:00 -300", Minute);
        check("5:30 p.m. ET, July 8, 2023", "2023-07-08 17:30:00 -240", Minute);
        check("Di., 25.01.2022 - 14:45", "2022-01-25 14:45:00", Minute);
        check("8 stycznia 2023", "2023-01-08 00:00:00", Day);
        check("8 января 2023 г. 10:33", "2023-01-08 10:33:00", Minute);
        check("2023年1月8日 10:33", "2023-01-08 10:33:00", Minute);
        check("2023년 1월 8일", "2023-01-08 00:00:00", Day);
        check("2566年1月8日", "2023-01-08 00:00:00", Day);
        check("٨ يناير ٢٠٢٣", "2023-01-08 00:00:00", Day);
        check("८ जनवरी २०२३", "2023-01-08 00:00:00", Day);
        check("8 มกราคม 2566", "2023-01-08 00:00:00", Day);
        check("8 กุมภาพันธ์ 2566", "2023-02-08 00:00:00", Day);
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            "Sunday",
            "10:33",
            "2023 was the wettest year",
            "2023.13.08",
            "30 Feb 2023",
            "Jan 8",
            "31/31/2023",
            "99999999999999999999",
            "100 people",
            "2023.01.08 25:33",
            "13:30 pm 2023-01-08",
            "20230108T253305Z",
            "20230108 103305",
            "3023年1月8日",
        ] {
            assert_eq!(read(text, Manner::default()), None, "{text}");
        }
    }

    #[test]
    fn a_date_is_found_among_other_words() {
        for (text, expected) in [
            ("Posted on September 21, 2020 by Adi Lund", Some("2020-09-21")),
            ("Janic Lund, 01.12.2021", Some("2021-12-01")),
            ("31.01.2022  2. HBL", Some("2022-01-31")),
            ("Kultur, 2.11.22", Some("2022-11-02")),
            ("Pressemitteilung vom 25. Januar 2022 | Berlin", Some("2022-01-25")),
            ("Wochenbericht 14. - 20. Januar 2022", Some("2022-01-20")),
            ("Gespeichert von ra am 24. Juli 2017 - 18:55", Some("2017-07-24")),
            ("In 2022 it rained on 14 days", None),
            ("May 2022", None),
            ("call 0800 12 34 56", None),
        ] {
            let found = find(text, Manner::default()).map(|found| found.date.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn both_orders_are_kept_where_both_are_possible() {
        let day_first = read("08/01/2023", Manner::default()).unwrap();
        let month_first = read("08/01/2023", Manner { month_first: true, language: None }).unwrap();
        assert_eq!(day_first.date.to_string(), "2023-01-08");
        assert_eq!(day_first.swapped.unwrap().to_string(), "2023-08-01");
        assert_eq!(month_first.date, day_first.swapped.unwrap());
        assert_eq!(read("08/08/2023", Manner::default()).unwrap().swapped, None);
        assert_eq!(read("2023-01-08", Manner::default()).unwrap().swapped, None);
    }
}
