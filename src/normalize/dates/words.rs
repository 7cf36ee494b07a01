//! Words that dates are written with.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday;

use super::languages::{LANGUAGES, WEEK};

/// Each month's names in all languages. Of two languages the first keeps the word.
static MONTHS: LazyLock<HashMap<&'static str, i8>> = LazyLock::new(|| {
    let mut months = HashMap::new();
    for language in LANGUAGES {
        for (month, names) in (1..).zip(language.months) {
            for name in names.split(' ') {
                months.entry(name).or_insert(month);
            }
        }
    }
    months
});

/// Each weekday's names in all languages.
static WEEKDAYS: LazyLock<HashMap<&'static str, Weekday>> = LazyLock::new(|| {
    let mut weekdays = HashMap::new();
    for language in LANGUAGES {
        for (weekday, names) in WEEK.into_iter().zip(language.weekdays) {
            for name in names.split(' ') {
                weekdays.entry(name).or_insert(weekday);
            }
        }
    }
    weekdays
});

/// German weekdays in two letters: words of other languages, too, so only with a full stop or a comma.
const GERMAN_SHORT: [&str; 7] = ["mo", "di", "mi", "do", "fr", "sa", "so"];

/// English weekdays in full: what a lead speaks of ("said on Sunday").
pub(super) const ENGLISH_WEEKDAYS: &[(&str, Weekday)] = &[
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

/// Zones by name, in minutes east of UTC. Only names that mean one offset in news practice; `IST` and
/// `CST` outside North America are why the list is short. Source: RFC 5322 section 4.3, IANA tz.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("bst", 60),
    ("cet", 60),
    ("cest", 120),
    ("west", 60),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("trt", 180),
    ("eat", 180),
    ("wat", 60),
    ("cat", 120),
    ("sast", 120),
    ("gst", 240),
    ("pkt", 300),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
];

/// Words that may stand round a date without changing it.
const NOISE: &[&str] = &[
    "vom",
    "von",
    "stand",
    "datum",
    "erschienen",
    "erstellt",
    "aktualisiert",
    "geändert",
    "publicada",
    "actualizado",
    "publicação",
    "atualizado",
    "às",
    "alle",
    "ore",
    "klo",
    "kl",
    "г",
    "года",
    "опубликовано",
    "обновлено",
    "р",
    "godz",
    "dnia",
    "r",
    "tarihinde",
    "saat",
    "jam",
    "pukul",
    "น",
    "เวลา",
    "วันที่",
    "a",
    "las",
    "published",
    "updated",
    "posted",
    "modified",
    "last",
    "first",
    "created",
    "issued",
    "released",
    "on",
    "at",
    "the",
    "of",
    "date",
    "time",
    "local",
    "de",
    "del",
    "le",
    "den",
    "am",
    "um",
    "uhr",
    "à",
    "el",
    "di",
    "hrs",
    "hours",
    "and",
    "publié",
    "mis",
    "jour",
    "veröffentlicht",
    "publicado",
    "pubblicato",
];

/// Zones by names that mean one offset in winter and another in summer: news says `5 pm ET` all the year.
const RULED_ZONES: &[(&str, &str)] = &[
    ("et", "America/New_York"),
    ("ct", "America/Chicago"),
    ("mt", "America/Denver"),
    ("pt", "America/Los_Angeles"),
    ("uk", "Europe/London"),
    ("mez", "Europe/Berlin"),
    ("mesz", "Europe/Berlin"),
];

/// The month 1 to 12 that a lower-case word names, in this language where languages differ.
pub(super) fn month(word: &str, language: Option<&str>) -> Option<i8> {
    let own = LANGUAGES.iter().find(|names| language == Some(names.tag));
    let has = |names: &&str| names.split(' ').any(|name| name == word);
    let own = own.and_then(|names| names.months.iter().position(has));
    own.and_then(|at| i8::try_from(at + 1).ok()).or_else(|| MONTHS.get(word).copied())
}

/// The weekday that a lower-case word names.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.get(word).copied()
}

/// The weekday that a German word of two letters stands for.
pub(super) fn short_german_weekday(word: &str) -> Option<Weekday> {
    let at = GERMAN_SHORT.iter().position(|short| *short == word)?;
    WEEK.get(at).copied()
}

/// Whether a lower-case word is the English name of a weekday or a month.
pub(super) fn is_english(word: &str) -> bool {
    LANGUAGES.first().is_some_and(|english| {
        english.months.iter().chain(&english.weekdays).any(|names| names.split(' ').any(|name| name == word))
    })
}

/// The offset in minutes that a lower-case zone name means.
pub(super) fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, offset)| *offset)
}

/// The IANA zone whose rules a lower-case zone name follows.
pub(super) fn ruled_zone(word: &str) -> Option<&'static str> {
    RULED_ZONES.iter().find(|(name, _)| *name == word).map(|(_, zone)| *zone)
}

/// Whether a lower-case word may stand beside a date.
pub(super) fn is_noise(word: &str) -> bool {
    NOISE.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_languages_have_twelve_months_each() {
        assert!(LANGUAGES.len() >= 40);
        for language in LANGUAGES {
            for (number, names) in (1..).zip(language.months) {
                for name in names.split(' ') {
                    assert_eq!(name, name.to_lowercase(), "{}", language.tag);
                    assert_eq!(month(name, Some(language.tag)), Some(number), "{} {name}", language.tag);
                }
            }
        }
        assert_eq!(month("listopada", Some("hr")), Some(10));
        assert_eq!(month("listopada", None), Some(11));
    }
}
