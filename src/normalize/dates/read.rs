//! Reads a text that is nothing but a date, in the forms that occur in news.

use jiff::civil::{Date, Weekday};

use super::words;
use crate::article::Precision;

/// The longest text that is tried.
const MAX_BYTES: usize = 160;

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

/// Parts text into numbers, words (letters) and signs; white space only parts.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if first.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
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

#[derive(Default)]
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
}

struct Reader<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    parts: Parts,
    month_first: bool,
}

/// Reads `text`. `month_first` settles `01/08/2023` where both orders are possible; the other reading
/// is kept in [`ReadDate::swapped`]. `None` if anything in the text is no part of a date.
pub(crate) fn read(text: &str, month_first: bool) -> Option<ReadDate> {
    if text.len() > MAX_BYTES || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut reader = Reader { tokens: tokens(text), at: 0, parts: Parts::default(), month_first };
    while reader.at < reader.tokens.len() {
        reader.step()?;
    }
    reader.parts.finish()
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
        if let Some(month) = words::month(&word).filter(|_| self.parts.month.is_none()) {
            self.parts.month = Some(month);
            self.at += 1;
            return Some(());
        }
        if let Some(weekday) = words::weekday(&word) {
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

    fn read_number(&mut self, value: i64, digits: usize) -> Option<()> {
        if self.parts.time.is_none() && self.read_time(value, digits).is_some() {
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
        let month_first = self.month_first && sign != '.';
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
        } else if digits == 4 && self.parts.year.is_none() && (1000..=2999).contains(&value) {
            self.parts.year = i16::try_from(value).ok();
        } else {
            return None;
        }
        self.at += taken;
        Some(())
    }
}

impl Parts {
    fn set(&mut self, year: i64, month: i64, day: Option<i64>) -> Option<()> {
        let year = i16::try_from(year).ok().filter(|year| (1000..=2999).contains(year))?;
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
        let swapped = if self.either { Date::new(year, self.day?, self.month?).ok() } else { None };
        Some(ReadDate {
            date,
            swapped,
            time: self.time,
            offset: self.offset,
            weekday: self.weekday,
            precision,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Precision::{Day, Minute, Month, Second, Year};

    #[track_caller]
    fn check(text: &str, expected: &str, precision: Precision) {
        let read = read(text, false).unwrap_or_else(|| panic!("{text} is a date"));
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
        check("8. Januar 2023, 10:33 Uhr", "2023-01-08 10:33:00", Minute);
        check("le 8 janvier 2023 à 10h33", "2023-01-08 10:33:00", Minute);
        check("10:33 GMT+3, 8 Jan 2023", "2023-01-08 10:33:00 180", Minute);
        check("2023-01", "2023-01-01 00:00:00", Month);
        check("January 2023", "2023-01-01 00:00:00", Month);
        check("2023", "2023-01-01 00:00:00", Year);
        check("5 pm, May 4, 2023", "2023-05-04 17:00:00", Minute);
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
        ] {
            assert_eq!(read(text, false), None, "{text}");
        }
    }

    #[test]
    fn both_orders_are_kept_where_both_are_possible() {
        let day_first = read("08/01/2023", false).unwrap();
        let month_first = read("08/01/2023", true).unwrap();
        assert_eq!(day_first.date.to_string(), "2023-01-08");
        assert_eq!(day_first.swapped.unwrap().to_string(), "2023-08-01");
        assert_eq!(month_first.date, day_first.swapped.unwrap());
        assert_eq!(read("08/08/2023", false).unwrap().swapped, None);
        assert_eq!(read("2023-01-08", false).unwrap().swapped, None);
    }
}
