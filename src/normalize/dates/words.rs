//! Words that dates are written with. Months and weekdays of English, and of the languages whose
//! words are spelled so differently that no two collide; a table a language.

use jiff::civil::Weekday;

/// January to December in English, French, Spanish, Portuguese, Italian, German, Dutch, Swedish,
/// Danish and Norwegian, with the usual short forms. Source: CLDR 45, calendars/gregorian, as facts.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "jan", "janvier", "janv", "enero", "ene", "janeiro", "gennaio", "januar", "jänner",
        "januari",
    ],
    &["february", "feb", "février", "févr", "febrero", "fevereiro", "febbraio", "februar", "februari", "fev"],
    &["march", "mar", "mars", "marzo", "março", "märz", "maart", "marts"],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maio", "maggio", "mei", "maj"],
    &["june", "jun", "juin", "junio", "junho", "giugno", "juni"],
    &["july", "jul", "juillet", "juil", "julio", "julho", "luglio", "juli"],
    &["august", "aug", "août", "agosto", "ago", "augustus", "augusti"],
    &["september", "sept", "sep", "septembre", "septiembre", "setembro", "settembre", "set"],
    &["october", "oct", "octobre", "octubre", "outubro", "ottobre", "oktober", "okt", "out"],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &[
        "december",
        "dec",
        "décembre",
        "déc",
        "diciembre",
        "dic",
        "dezembro",
        "dicembre",
        "dezember",
        "dez",
        "desember",
    ],
];

/// Monday to Sunday in the same languages, as far as they are spelled alike in no two of them.
const WEEKDAYS: [(Weekday, &[&str]); 7] = [
    (Weekday::Monday, &["monday", "mon", "lundi", "lunes", "montag", "lunedì", "maandag"]),
    (Weekday::Tuesday, &["tuesday", "tue", "tues", "mardi", "martes", "dienstag", "martedì", "dinsdag"]),
    (Weekday::Wednesday, &["wednesday", "wed", "mercredi", "miércoles", "mittwoch", "mercoledì", "woensdag"]),
    (
        Weekday::Thursday,
        &["thursday", "thu", "thur", "thurs", "jeudi", "jueves", "donnerstag", "giovedì", "donderdag"],
    ),
    (Weekday::Friday, &["friday", "fri", "vendredi", "viernes", "freitag", "venerdì", "vrijdag"]),
    (Weekday::Saturday, &["saturday", "sat", "samedi", "sábado", "samstag", "sabato", "zaterdag"]),
    (Weekday::Sunday, &["sunday", "sun", "dimanche", "domingo", "sonntag", "domenica", "zondag"]),
];

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

/// The month 1 to 12 that a lower-case word names.
pub(super) fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(at + 1).ok()
}

/// The weekday that a lower-case word names.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(_, names)| names.contains(&word)).map(|(day, _)| *day)
}

/// The offset in minutes that a lower-case zone name means.
pub(super) fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, offset)| *offset)
}

/// Whether a lower-case word may stand beside a date.
pub(super) fn is_noise(word: &str) -> bool {
    NOISE.contains(&word)
}
