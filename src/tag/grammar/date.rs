//! Dates of the calendar: days, weekdays, months, years, decades.

use super::currency::currency;
use super::lexicon::{COUNTED, DAY_PART, DOUBTFUL, Entry, FULL, LEADS_TIME, PLURAL};
use super::moment::{Turn, When, exists};
use super::{Join, Scan, Sense, ValueSpan};
use crate::offsets::Span;
use crate::tag::token::Token;

/// Words in capitals after a weekday that make it a name: `Sunday Times`.
const AFTER_WEEKDAY: [&str; 18] = [
    "times",
    "mail",
    "express",
    "telegraph",
    "mirror",
    "independent",
    "tribune",
    "standard",
    "post",
    "people",
    "herald",
    "star",
    "sun",
    "world",
    "night",
    "school",
    "group",
    "club",
];
/// Words before a weekday that make it a name: `Bloody Sunday`.
const BEFORE_WEEKDAY: [&str; 14] = [
    "black",
    "bloody",
    "super",
    "ash",
    "palm",
    "cyber",
    "good",
    "easter",
    "holy",
    "maundy",
    "whit",
    "giving",
    "fat",
    "sheffield",
];
/// Words that open a sentence with a capital and are no part of a name.
const OPENERS: [&str; 26] = [
    "a", "an", "its", "his", "her", "their", "our", "my", "some", "many", "all", "when", "while", "where",
    "with", "under", "these", "those", "at", "but", "if", "that", "into", "than", "only", "not",
];
/// Words that leave no doubt that a month or a year follows.
const SURE_LEADS: [&str; 14] = [
    "in", "since", "until", "till", "early", "late", "mid", "last", "next", "this", "during", "by", "from",
    "between",
];

impl Scan<'_, '_> {
    /// The day of a month at the token: its number, 1 to 31, and whether it is an ordinal.
    fn day_number(&self, index: usize) -> Option<(u8, bool)> {
        let (digits, suffix) = self.digits(index, 0)?;
        let ordinal = matches!(suffix, "st" | "nd" | "rd" | "th");
        let day: u8 = digits.parse().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)?;
        (ordinal || suffix.is_empty()).then_some((day, ordinal)).filter(|_| self.ends_number(index))
    }

    /// The number at the token does not go on: no `4,000`, `4.5`, `4:30`, `4%`.
    pub(super) fn ends_number(&self, index: usize) -> bool {
        let after = self.words.after(index);
        if after.trim_start_matches([' ', '\u{a0}']).starts_with(['%', '°']) || after.starts_with(['×', '$'])
        {
            return false;
        }
        let goes_on = matches!(after, "." | ":" | ",")
            && self.folded(index + 1).starts_with(|c: char| c.is_ascii_digit());
        !goes_on
    }

    /// Whether what follows the number makes it a count: `5 people`, `4 million`.
    fn counts(&self, index: usize) -> bool {
        if !self.joined(index + 1, &[Join::Space, Join::Dash]) {
            return false;
        }
        let next = self.entry(index + 1);
        let money =
            currency(next.currency).is_some_and(|known| !known.doubtful && !self.capitalised(index + 1));
        next.has(COUNTED) || next.unit != 0 || next.power != 0 || money
    }

    /// The four digits of a year at the token.
    fn year_number(&self, index: usize) -> Option<i16> {
        let (digits, "") = self.digits(index, 0)? else { return None };
        let year: i16 =
            digits.parse().ok().filter(|year| digits.len() == 4 && (1000..2200).contains(year))?;
        Some(year).filter(|_| self.ends_number(index))
    }

    /// A year after a day or a month: `, 2023`, ` 2023`.
    fn year_after(&self, index: usize) -> Option<(i16, usize)> {
        let joined = self.joined(index, &[Join::Space, Join::Comma]);
        let year = self.year_number(index).filter(|_| joined)?;
        (!self.counts(index) || self.join(index) == Join::Comma).then_some((year, index + 1))
    }

    fn month_at(&self, index: usize) -> Option<u8> {
        let entry = self.entry(index);
        let token = self.token(index)?;
        // `may`, `march` and `august` are words of their own.
        let plain = token.capitalised() || (entry.has(FULL) && !matches!(entry.month, 3 | 5 | 8));
        (entry.month != 0 && plain).then_some(entry.month)
    }

    /// `last`, `next`, `this` before the token.
    fn turn(&self, at: usize) -> Turn {
        let Some(before) = at.checked_sub(1).filter(|_| self.join(at) == Join::Space) else {
            return Turn::Plain;
        };
        match self.folded(before) {
            "last" | "past" | "previous" => Turn::Last,
            "next" | "coming" | "following" => Turn::Next,
            "this" => Turn::This,
            _ => Turn::Plain,
        }
    }

    /// `this year`, `of last year` after a date.
    fn turn_after(&self, to: usize) -> Option<Turn> {
        let at = if self.is_word(to, "of") { to + 1 } else { to };
        let years = match self.folded(at) {
            "last" => -1,
            "this" => 0,
            "next" => 1,
            _ => return None,
        };
        (self.join(at) == Join::Space && self.is_word(at + 1, "year")).then_some(Turn::Year(years))
    }

    /// A second day that makes a range: `23-24`, `7 to 10`, `4 and 5`.
    fn last_day(&self, first: u8, to: usize) -> Option<(u8, usize)> {
        let at = if self.joined(to, &[Join::Dash, Join::Slash, Join::SpacedDash]) {
            to
        } else if self.join(to) == Join::Space
            && matches!(self.folded(to), "to" | "and" | "or" | "through" | "&")
        {
            (self.join(to + 1) == Join::Space).then_some(to + 1)?
        } else {
            return None;
        };
        let (last, _) = self.day_number(at)?;
        (last > first && !self.counts(at) && !self.clock_follows(at)).then_some((last, at + 1))
    }

    /// `July 8 [to 10][, 2023]`: the date and the token after it.
    fn month_and_day(&self, at: usize) -> Option<(When, usize)> {
        let month = self.month_at(at)?;
        let entry = self.entry(at);
        let joins: &[Join] =
            if entry.has(FULL) { &[Join::Space] } else { &[Join::Space, Join::DotSpace, Join::Dot] };
        if !self.joined(at + 1, joins) {
            return None;
        }
        let (day, _) = self.day_number(at + 1)?;
        let mut to = at + 2;
        let mut last = None;
        if let Some((second, after)) = self.last_day(day, to) {
            (last, to) = (Some(second), after);
        } else if self.counts(at + 1) && !entry.has(FULL) {
            return None;
        }
        let year = self.year_after(to);
        if let Some((_, after)) = year {
            to = after;
        }
        let year = year.map(|(year, _)| year);
        let turn = self.turn_after(to).unwrap_or(Turn::Plain);
        exists(year, month, last.unwrap_or(day)).then_some((When::Day { year, month, day, last, turn }, to))
    }

    /// `8 July [2023]`, `7 to 10 July`, `the 8th of July`.
    fn day_and_month(&self, at: usize) -> Option<(When, usize)> {
        let (day, ordinal) = self.day_number(at)?;
        let (mut to, mut last) = (at + 1, None);
        if let Some((second, after)) = self.last_day(day, to) {
            (last, to) = (Some(second), after);
        }
        if self.is_word(to, "of") && ordinal {
            to += 1;
        }
        if !self.joined(to, &[Join::Space, Join::Dash]) {
            return None;
        }
        let month = self.month_at(to)?;
        let dashed = self.join(to) == Join::Dash;
        let full = self.entry(to).has(FULL);
        // `Mar del Plata`, `5 May wrote`: no, but a month with a day before it is hardly anything else.
        to += 1;
        let mut year = None;
        if !full && self.joined(to, &[Join::DotSpace, Join::Dot]) && self.year_number(to).is_some() {
            year = self.year_number(to).map(|year| (year, to + 1));
        } else if dashed && self.join(to) == Join::Dash {
            year = self.year_number(to).map(|year| (year, to + 1));
        } else if let Some(found) = self.year_after(to) {
            year = Some(found);
        }
        if let Some((_, after)) = year {
            to = after;
        }
        let year = year.map(|(year, _)| year);
        let turn = self.turn_after(to).unwrap_or(Turn::Plain);
        exists(year, month, last.unwrap_or(day)).then_some((When::Day { year, month, day, last, turn }, to))
    }

    pub(super) fn dated(&self, from: usize, to: usize, when: When) -> ValueSpan {
        self.span(from, to, Sense::Calendar, when.value(self.anchor))
    }

    /// A date that opens with the number of its day.
    pub(crate) fn day_first(&self, at: usize) -> Option<ValueSpan> {
        let inside = self.joined(at, &[Join::Dot, Join::Colon, Join::Slash])
            && self.token(at.wrapping_sub(1)).is_some_and(Token::has_digit);
        if inside {
            return None;
        }
        let (when, to) = self.day_and_month(at)?;
        Some(self.dated(at, to, when))
    }

    /// A date that opens with its month.
    pub(crate) fn month_first(&self, at: usize, token: Token, entry: Entry) -> Option<ValueSpan> {
        self.month_at(at)?;
        if let Some(span) = self.reach(at) {
            return Some(span);
        }
        let march = entry.has(DOUBTFUL);
        if let Some((when, to)) = self.month_and_day(at) {
            // `Long March 5` is a rocket.
            let named = march
                && at > 0
                && self.join(at) == Join::Space
                && self.proper(at - 1)
                && !self.token(at - 1).is_some_and(Token::all_upper)
                && matches!(when, When::Day { year: None, .. })
                && self.entry(at - 1).bits & LEADS_TIME == 0;
            return (!named).then(|| self.dated(at, to, when));
        }
        let of = usize::from(self.is_word(at + 1, "of"));
        let joins: &[Join] = if entry.has(FULL) {
            &[Join::Space, Join::Comma]
        } else {
            &[Join::Space, Join::DotSpace, Join::Comma, Join::Dash]
        };
        if self.joined(at + 1 + of, joins)
            && let Some(year) = self.year_number(at + 1 + of).filter(|_| !self.counts(at + 1 + of))
        {
            let when = When::Month { year: Some(year), month: entry.month, turn: Turn::Plain };
            return Some(self.dated(at, at + 2 + of, when));
        }
        self.month_alone(at, token, entry)
    }

    /// `December to April`, `July 31 to August 4`, where it stands by itself; after `from` or `between`
    /// they are two dates.
    fn reach(&self, at: usize) -> Option<ValueSpan> {
        if self.join(at) != Join::None {
            return None;
        }
        let point = |index: usize| {
            let entry = self.entry(index);
            let month = self.month_at(index).filter(|_| entry.has(FULL))?;
            let day = self.day_number(index + 1).filter(|_| self.join(index + 1) == Join::Space);
            let day = day.map(|(day, _)| day).filter(|day| exists(None, month, *day));
            Some(((month, day), index + 1 + usize::from(day.is_some())))
        };
        let (first, middle) = point(at)?;
        let worded = self.join(middle) == Join::Space
            && matches!(self.folded(middle), "to" | "through" | "until")
            && self.join(middle + 1) == Join::Space;
        let dashed = self.joined(middle, &[Join::Dash, Join::SpacedDash]);
        if !(worded || dashed) {
            return None;
        }
        let (last, mut to) = point(middle + usize::from(worded))?;
        if first.1.is_some() != last.1.is_some() {
            return None;
        }
        let year = self.year_after(to);
        to = year.map_or(to, |(_, after)| after);
        Some(self.dated(at, to, When::Reach { first, last, year: year.map(|(year, _)| year) }))
    }

    /// A month without a day or a year, where it is hardly a name or another word.
    fn month_alone(&self, at: usize, token: Token, entry: Entry) -> Option<ValueSpan> {
        // `…/september-11-1973`: an address.
        let number_follows = self.join(at + 1) == Join::Dash && self.token(at + 1).is_some_and(Token::number);
        if !entry.has(FULL) || number_follows {
            return None;
        }
        let before = at
            .checked_sub(1)
            .filter(|_| self.joined(at, &[Join::Space, Join::Dash, Join::SpacedDash, Join::Slash]));
        let lead = before.is_some_and(|before| {
            let entry = self.entry(before);
            entry.has(LEADS_TIME) || entry.month != 0 || entry.weekday != 0
        });
        let sure = before.is_some_and(|before| SURE_LEADS.contains(&self.folded(before)));
        let later = self.turn_after(at + 1);
        let owner = self.token(at + 1).is_some_and(Token::possessive);
        if entry.has(DOUBTFUL) && later.is_none() {
            let next_proper = self.join(at + 1) == Join::Space && self.capitalised(at + 1);
            let allowed = if entry.month == 5 || entry.month == 3 {
                let marched = self.join(at + 1) == Join::Space
                    && matches!(
                        self.folded(at + 1),
                        "on" | "of" | "for" | "against" | "said" | "says" | "told"
                    );
                sure || (lead && !(owner || marched || next_proper))
            } else {
                let name_before = before.is_some_and(|before| self.proper(before)) && !lead;
                sure || !next_proper && (lead || !(token.opens() || name_before || owner))
            };
            if !allowed || token.shouted() {
                return None;
            }
        }
        let turn = later.unwrap_or_else(|| self.turn(at));
        let mut span = self.dated(at, at + 1, When::Month { year: None, month: entry.month, turn });
        span.firm = sure || later.is_some();
        Some(span)
    }

    /// A weekday, with the date or the part of the day after it.
    pub(crate) fn weekday(&self, at: usize, token: Token, entry: Entry) -> Option<ValueSpan> {
        let weekday = entry.weekday;
        if entry.has(PLURAL) {
            return Some(self.dated(at, at + 1, When::Weekdays(weekday)));
        }
        if !token.capitalised() && !entry.has(FULL) {
            return None;
        }
        // `Sunday, 8 January 2023`, `Sun, Jan 8`.
        let joins: &[Join] = if entry.has(FULL) {
            &[Join::Space, Join::Comma]
        } else {
            &[Join::Space, Join::Comma, Join::DotSpace]
        };
        if self.joined(at + 1, joins) {
            let the = usize::from(self.folded(at + 1) == "the" && self.join(at + 2) == Join::Space);
            let date = self
                .month_and_day(at + 1)
                .or_else(|| self.day_and_month(at + 1 + the))
                .or_else(|| self.day_in_numbers(at + 1).map(|when| (when, at + 4)));
            if let Some((when, to)) = date {
                return Some(self.dated(at, to, when));
            }
        }
        if !entry.has(FULL) {
            return None;
        }
        let shouted = token.shouted() || token.title_case();
        if self.join(at + 1) == Join::Space
            && self.capitalised(at + 1)
            && !shouted
            && AFTER_WEEKDAY.contains(&self.folded(at + 1))
        {
            return None;
        }
        if at > 0
            && self.join(at) == Join::Space
            && self.capitalised(at - 1)
            && BEFORE_WEEKDAY.contains(&self.folded(at - 1))
        {
            return None;
        }
        let turn = self.turn(at);
        if self.join(at + 1) == Join::Space && self.entry(at + 1).has(DAY_PART) {
            let part = super::clock::day_part(self.folded(at + 1))?;
            let when = When::PartOfWeekday { weekday, turn, part };
            return Some(self.span(at, at + 2, Sense::Clock, when.value(self.anchor)));
        }
        Some(self.dated(at, at + 1, When::Weekday { weekday, turn }))
    }

    /// `2023-01-08`, `2023/01/08`: the same in every language.
    pub(crate) fn iso_date(&self, at: usize) -> Option<ValueSpan> {
        let join = self.join(at + 1);
        if !matches!(join, Join::Dash | Join::Slash | Join::Dot) || self.join(at + 2) != join {
            return None;
        }
        let (year, "") = self.digits(at, 0)? else { return None };
        let (month, "") = self.digits(at + 1, 0)? else { return None };
        let (day, "") = self.digits(at + 2, 0)? else { return None };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) || !self.ends_number(at + 2) {
            return None;
        }
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        let when = When::Day { year: Some(year), month, day, last: None, turn: Turn::Plain };
        exists(Some(year), month, day).then(|| self.dated(at, at + 3, when))
    }

    /// `28/01/2022`, `1.2.2022`: which of the two is the day is said only where one is above 12.
    pub(crate) fn numeric_date(&self, at: usize) -> Option<ValueSpan> {
        let when = self.day_in_numbers(at)?;
        Some(self.dated(at, at + 3, when))
    }

    fn day_in_numbers(&self, at: usize) -> Option<When> {
        let join = self.join(at + 1);
        if !matches!(join, Join::Dash | Join::Slash | Join::Dot) || self.join(at + 2) != join {
            return None;
        }
        let small = |index: usize| {
            let (digits, suffix) = self.digits(index, 0)?;
            digits.parse::<u8>().ok().filter(|_| digits.len() <= 2 && suffix.is_empty())
        };
        let (first, second) = (small(at)?, small(at + 1)?);
        let year = self.year_number(at + 2).filter(|year| *year >= 1900)?;
        let day_first = exists(Some(year), second, first);
        let month_first = exists(Some(year), first, second);
        let day = |month, day| When::Day { year: Some(year), month, day, last: None, turn: Turn::Plain };
        match (day_first, month_first) {
            (true, true) if first != second => Some(When::Unclear { year }),
            (true, _) => Some(day(second, first)),
            (false, true) => Some(day(first, second)),
            (false, false) => None,
        }
    }

    /// `the 1990s`, `the ’80s`.
    pub(crate) fn decade(&self, at: usize) -> Option<ValueSpan> {
        let (digits, "s") = self.digits(at, 0)? else { return None };
        let number: i16 = digits.parse().ok().filter(|number: &i16| number % 10 == 0)?;
        if digits.len() == 4 && (1000..2200).contains(&number) {
            return Some(self.dated(at, at + 1, When::Decade(number / 10)));
        }
        let paired = at > 1
            && self.joined(at, &[Join::Space])
            && matches!(self.folded(at - 1), "and" | "or" | "to")
            && self.digits(at - 2, 0).is_some_and(|(digits, suffix)| digits.len() == 4 && suffix == "s");
        let apostrophe = self.before(at).chars().next_back().filter(|mark| matches!(mark, '\'' | '’' | '‘'));
        let lead = at > 0
            && self.joined(at, &[Join::Space, Join::Dash])
            && matches!(self.folded(at - 1), "the" | "early" | "late" | "mid");
        if digits.len() != 2 || !(lead || paired || apostrophe.is_some()) {
            return None;
        }
        let mut span = self.dated(at, at + 1, When::ShortDecade(number / 10));
        let sign = apostrophe.map_or(0, char::len_utf8);
        span.bytes = Span::new(span.bytes.start() - sign, span.bytes.end());
        Some(span)
    }

    /// The token has a capital that makes it a part of a name.
    fn names(&self, index: usize) -> bool {
        self.capitalised(index)
            && !(self.token(index).is_some_and(Token::opens) && OPENERS.contains(&self.folded(index)))
    }

    /// A year by itself, or a range of years.
    pub(crate) fn year(&self, at: usize) -> Option<ValueSpan> {
        let year = self.year_number(at)?;
        let before = at.checked_sub(1).filter(|_| self.join(at) != Join::None);
        let lead = before.is_some_and(|before| {
            let entry = self.entry(before);
            entry.has(LEADS_TIME) || entry.month != 0 || entry.weekday != 0
        });
        match self.join(at) {
            Join::Dash | Join::Slash | Join::Dot | Join::Colon if !lead => return None,
            // `World Expo 2030`, `the 2015 Act`'s kin: a part of a name.
            Join::Space if !lead && before.is_some_and(|before| self.names(before)) => return None,
            // `1800 247 600`.
            Join::Space if before.is_some_and(|before| self.token(before).is_some_and(Token::number)) => {
                return None;
            }
            _ => {}
        }
        if self.before(at).ends_with(['$', '€', '£', '₹', '#', '×', '+', '=', '_']) {
            return None;
        }
        if let Some((last, to)) = self.last_year(year, at + 1) {
            return Some(self.dated(at, to, When::Years(year, last)));
        }
        let next = at + 1;
        let number_follows = self.joined(next, &[Join::Space, Join::Dash, Join::Slash, Join::Dot])
            && self.token(next).is_some_and(Token::number);
        if number_follows || self.counts(at) || self.words.after(at).starts_with(['/', '×', '=', '_']) {
            return None;
        }
        let bracket = self.before(at).ends_with('(') && self.words.after(at).starts_with(')');
        // A round number of four digits is as often a count; the older, the more.
        let modern = (1900..2051).contains(&year) || ((1700..1900).contains(&year) && year % 10 != 0);
        let sure = before.is_some_and(|before| {
            let word = self.folded(before);
            let paired =
                matches!(word, "and" | "to" | "or") && before > 0 && self.year_number(before - 1).is_some();
            SURE_LEADS.contains(&word)
                || matches!(word, "around" | "circa" | "about")
                || self.entry(before).month != 0
                || paired
        });
        if !(modern || sure || bracket) {
            return None;
        }
        let mut span = self.dated(at, next, When::Year(year));
        span.firm = lead;
        Some(span)
    }

    /// `2019-20`, `2019/2020`, `1914–1918` after the year.
    fn last_year(&self, year: i16, to: usize) -> Option<(i16, usize)> {
        if !self.joined(to, &[Join::Dash, Join::Slash, Join::SpacedDash]) {
            return None;
        }
        let (digits, "") = self.digits(to, 0)? else { return None };
        let number: i16 = digits.parse().ok()?;
        let last = match digits.len() {
            4 => number,
            2 if self.join(to) != Join::SpacedDash => year - year % 100 + number,
            _ => return None,
        };
        let spread = last - year;
        (spread > 0
            && spread < 1000
            && last < 2200
            && self.ends_number(to)
            && !self.joined(to + 1, &[Join::Dash, Join::Slash]))
        .then_some((last, to + 1))
    }

    /// Feasts; the day of some is the same each year.
    pub(crate) fn holiday(&self, at: usize) -> Option<ValueSpan> {
        if !self.capitalised(at) {
            return None;
        }
        let next = |index: usize, word: &str| self.is_word(index, word) && self.capitalised(index);
        if let Some(to) = self.moving_feast(at) {
            let year = self.year_after(to);
            let when = When::Feast(year.map(|(year, _)| year));
            return Some(self.dated(at, year.map_or(to, |(_, after)| after), when));
        }
        let owned = usize::from(self.token(at + 1).is_some_and(Token::possessive));
        let (month, day, to) = match self.folded(at) {
            "christmas" if next(at + 1, "eve") => (12, 24, at + 2),
            "christmas" if next(at + 1, "day") => (12, 25, at + 2),
            "christmas" if self.join(at + 1) == Join::Space && self.capitalised(at + 1) => return None,
            "christmas" => (12, 25, at + 1),
            "halloween" => (10, 31, at + 1),
            "valentine" if next(at + 1 + owned, "day") => (2, 14, at + 2 + owned),
            "new" if next(at + 1, "year") => {
                let after = at + 2 + usize::from(self.token(at + 2).is_some_and(Token::possessive));
                if next(after, "eve") {
                    (12, 31, after + 1)
                } else if next(after, "day") {
                    (1, 1, after + 1)
                } else {
                    return None;
                }
            }
            _ => return None,
        };
        let year = self.year_after(to);
        let to = year.map_or(to, |(_, after)| after);
        let when = When::Day { year: year.map(|(year, _)| year), month, day, last: None, turn: Turn::Plain };
        Some(self.dated(at, to, when))
    }

    /// The token after `Easter Monday`, `Good Friday`, `Eid al-Adha` …
    fn moving_feast(&self, at: usize) -> Option<usize> {
        let weekday = self.join(at + 1) == Join::Space && self.entry(at + 1).weekday != 0;
        let alone = !(self.join(at + 1) == Join::Space && self.capitalised(at + 1));
        match self.folded(at) {
            "good" if self.is_word(at + 1, "friday") && self.capitalised(at + 1) => Some(at + 2),
            "easter" if weekday => Some(at + 2),
            "eid" => {
                let joins = [Join::Space, Join::Dash];
                let the = self.joined(at + 1, &joins) && matches!(self.folded(at + 1), "al" | "ul" | "el");
                let to = at + 1 + usize::from(the);
                let named = matches!(self.folded(to), "adha" | "fitr" | "azha" | "fitri");
                if named && self.joined(to, &joins) { Some(to + 1) } else { Some(at + 1).filter(|_| alone) }
            }
            "easter" | "ramadan" | "diwali" | "thanksgiving" | "hanukkah" | "passover" => {
                Some(at + 1).filter(|_| alone)
            }
            _ => None,
        }
    }
}
