//! `2 hours ago`, `vor 3 Stunden`, `yesterday`: read against the moment at which the page was fetched.

use jiff::{Timestamp, ToSpan};

/// The longest text that is tried, in bytes.
const MAX_BYTES: usize = 60;
/// More units than this are no age that a page shows.
const MAX_COUNT: i64 = 400;

/// What a unit lasts, in minutes.
const MINUTE: i64 = 1;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// Words that say that the number before or after them is an age.
const AGO: &[&str] = &[
    "ago",
    "vor",
    "hace",
    "há",
    "atrás",
    "fa",
    "geleden",
    "sedan",
    "siden",
    "sitten",
    "temu",
    "назад",
    "тому",
    "önce",
    "منذ",
    "lalu",
    "yang",
    "trước",
    "prije",
    "pre",
];
/// Of French, two words.
const AGO_FRENCH: &str = "il y a";

/// Units, by how their words begin.
const UNITS: &[(&str, i64)] = &[
    ("min", MINUTE),
    ("мин", MINUTE),
    ("хв", MINUTE),
    ("dakika", MINUTE),
    ("دقيق", MINUTE),
    ("hour", HOUR),
    ("hr", HOUR),
    ("stunde", HOUR),
    ("hora", HOUR),
    ("heure", HOUR),
    ("or", HOUR),
    ("uur", HOUR),
    ("uren", HOUR),
    ("timm", HOUR),
    ("time", HOUR),
    ("tunti", HOUR),
    ("godzin", HOUR),
    ("час", HOUR),
    ("годин", HOUR),
    ("saat", HOUR),
    ("ساع", HOUR),
    ("jam", HOUR),
    ("day", DAY),
    ("tag", DAY),
    ("día", DAY),
    ("dia", DAY),
    ("jour", DAY),
    ("giorn", DAY),
    ("dag", DAY),
    ("päiv", DAY),
    ("dni", DAY),
    ("dzień", DAY),
    ("дн", DAY),
    ("день", DAY),
    ("gün", DAY),
    ("أيام", DAY),
    ("يوم", DAY),
    ("hari", DAY),
    ("week", WEEK),
    ("woche", WEEK),
    ("semana", WEEK),
    ("semaine", WEEK),
    ("settiman", WEEK),
];

/// Days by a name of their own, and how far they are back.
const NAMED: &[(&str, i64)] = &[
    ("today", 0),
    ("heute", 0),
    ("hoy", 0),
    ("hoje", 0),
    ("oggi", 0),
    ("aujourd'hui", 0),
    ("yesterday", 1),
    ("gestern", 1),
    ("ayer", 1),
    ("ontem", 1),
    ("ieri", 1),
    ("hier", 1),
];

/// The moment that `text` means at `as_of`, and whether it is finer than a day. `None` if it is no age.
pub(super) fn read(text: &str, as_of: Timestamp) -> Option<(Timestamp, bool)> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = text.trim().to_lowercase().replace('’', "'");
    let bare = text.trim_end_matches('.');
    if let Some((_, back)) = NAMED.iter().find(|(name, _)| *name == bare) {
        return Some((as_of.checked_sub((back * 24).hours()).ok()?, false));
    }
    let words: Vec<&str> = text.split([' ', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    let says_ago = words.iter().any(|word| AGO.contains(word)) || text.contains(AGO_FRENCH);
    if !says_ago {
        return None;
    }
    for (at, word) in words.iter().enumerate() {
        let Some(count) = count_of(word) else { continue };
        let Some(unit) = words.get(at + 1).and_then(|unit| unit_of(unit)) else { continue };
        let back = (count * unit).minutes();
        return Some((as_of.checked_sub(back).ok()?, unit < DAY));
    }
    None
}

/// Whether `text` is nothing but an age: `2 hours ago`. A day by its name may be a heading.
pub(super) fn is_age(text: &str) -> bool {
    if text.len() > MAX_BYTES {
        return false;
    }
    let text = text.trim().to_lowercase();
    let (mut said, mut counts, mut units) = (text.starts_with(AGO_FRENCH), 0, 0);
    let words = text.strip_prefix(AGO_FRENCH).unwrap_or(&text).trim_end_matches('.').split([' ', '\u{a0}']);
    for word in words.filter(|word| !word.is_empty()) {
        if AGO.contains(&word) {
            said = true;
        } else if count_of(word).is_some() {
            counts += 1;
        } else if unit_of(word).is_some() {
            units += 1;
        } else {
            return false;
        }
    }
    said && counts == 1 && units == 1
}

fn count_of(word: &str) -> Option<i64> {
    let count = match word {
        "a" | "an" | "one" | "einer" | "einem" | "una" | "un" | "une" => Some(1),
        word => word.parse::<i64>().ok(),
    };
    count.filter(|count| (0..=MAX_COUNT).contains(count))
}

fn unit_of(word: &str) -> Option<i64> {
    UNITS.iter().find(|(opening, _)| word.starts_with(opening)).map(|(_, minutes)| *minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let as_of: Timestamp = "2023-01-08T10:33:00Z".parse().unwrap();
        for (text, expected) in [
            ("2 hours ago", Some(("2023-01-08T08:33:00Z", true))),
            ("an hour ago", Some(("2023-01-08T09:33:00Z", true))),
            ("vor 3 Stunden", Some(("2023-01-08T07:33:00Z", true))),
            ("il y a 5 minutes", Some(("2023-01-08T10:28:00Z", true))),
            ("hace 2 días", Some(("2023-01-06T10:33:00Z", false))),
            ("3 часа назад", Some(("2023-01-08T07:33:00Z", true))),
            ("Yesterday", Some(("2023-01-07T10:33:00Z", false))),
            ("2 hours", None),
            ("long ago", None),
            ("9999999999 hours ago", None),
            ("", None),
        ] {
            let found = read(text, as_of).map(|(moment, fine)| (moment.to_string(), fine));
            let found = found.as_ref().map(|(moment, fine)| (moment.as_str(), *fine));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn nothing_but_an_age() {
        for text in ["2 godziny temu", "An hour ago", "vor 3 Stunden", "il y a 5 minutes", "3 часа назад"]
        {
            assert!(is_age(text), "{text}");
        }
        for text in
            ["", "Yesterday", "2 hours", "Two hours ago", "2 hours ago it sank", "2 hours 5 minutes", "Ago"]
        {
            assert!(!is_age(text), "{text}");
        }
    }
}
