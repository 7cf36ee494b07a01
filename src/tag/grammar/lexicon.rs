//! The words that the grammar knows, folded. One look-up gives all that the lists say of a word.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::currency::{CURRENCIES, PREFIXES};
use super::unit::UNITS;
use crate::tag::word_list::WordList;

/// The word may open a span.
pub(crate) const OPENS: u16 = 1 << 0;
/// A full month name; else an abbreviation, which needs a number beside it.
pub(crate) const FULL: u16 = 1 << 1;
/// `yesterday`, `last`, `next` …
pub(crate) const RELATIVE: u16 = 1 << 2;
/// `noon`, `midnight`.
pub(crate) const CLOCK_WORD: u16 = 1 << 3;
/// `Christmas` …
pub(crate) const HOLIDAY: u16 = 1 << 4;
/// Names a time before a month or a year: `in`, `since`, `early` …
pub(crate) const LEADS_TIME: u16 = 1 << 5;
/// `Sundays`.
pub(crate) const PLURAL: u16 = 1 << 6;
/// `millions`: an amount that is not said.
pub(crate) const VAGUE: u16 = 1 << 7;
/// Ordinal numbers before `century`.
pub(crate) const ORDINAL: u16 = 1 << 8;
/// Words that make the four digits before them a count: `people`, `hours` …
pub(crate) const COUNTED: u16 = 1 << 9;
/// Names that are as often something else than the month.
pub(crate) const DOUBTFUL: u16 = 1 << 10;
/// Part of a day: `morning`, `night` …
pub(crate) const DAY_PART: u16 = 1 << 11;

/// All that the lists say of a word; zero where they say nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) bits: u16,
    /// 1 to 12.
    pub(crate) month: u8,
    /// 1 (Monday) to 7.
    pub(crate) weekday: u8,
    /// Of a number word, plus one; an [`ORDINAL`]'s number.
    pub(crate) number: u8,
    /// Power of ten of `hundred`, `lakh`, `million` …
    pub(crate) power: u8,
    /// Place in [`UNITS`], plus one.
    pub(crate) unit: u8,
    /// Place in [`CURRENCIES`], plus one.
    pub(crate) currency: u8,
    /// Place in [`PREFIXES`], plus one.
    pub(crate) prefix: u8,
}

impl Entry {
    pub(crate) fn has(self, bits: u16) -> bool {
        self.bits & bits != 0
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may", ""),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep sept"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
];

const WEEKDAYS: [(&str, &str, &str); 7] = [
    ("monday", "mondays", "mon"),
    ("tuesday", "tuesdays", "tue tues"),
    ("wednesday", "wednesdays", "wed"),
    ("thursday", "thursdays", "thu thur thurs"),
    ("friday", "fridays", "fri"),
    ("saturday", "saturdays", "sat"),
    ("sunday", "sundays", "sun"),
];

const NUMBERS: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen \
    fourteen fifteen sixteen seventeen eighteen nineteen";
const TENS: &str = "twenty thirty forty fifty sixty seventy eighty ninety";
const ORDINALS: &str = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth";

const POWERS: [(&str, u8); 7] = [
    ("hundred", 2),
    ("thousand", 3),
    ("lakh lakhs lac lacs", 5),
    ("million mln mn", 6),
    ("crore crores cr", 7),
    ("billion bln bn", 9),
    ("trillion trn tn", 12),
];

const LISTS: [(u16, &str); 9] = [
    (RELATIVE | OPENS, "yesterday today tomorrow tonight last next this a an"),
    (CLOCK_WORD | OPENS, "noon midnight"),
    (
        HOLIDAY | OPENS,
        "christmas easter ramadan diwali halloween thanksgiving hanukkah passover eid new valentine good",
    ),
    (
        LEADS_TIME,
        "in since until till till by from to between before after during through throughout of early late mid \
         last next this past each every around circa year years and or for on as end beginning start fiscal \
         previous following coming post pre late-mid the spring summer autumn fall winter month months week \
         both either about dated ended ending starting effective still",
    ),
    (VAGUE | OPENS, "hundreds thousands lakhs crores millions billions trillions tens dozens"),
    (OPENS, "half several"),
    (DOUBTFUL, "may march april june august"),
    (DAY_PART, "morning afternoon evening night"),
    (
        COUNTED,
        "people hours hrs gmt utc persons voters seats votes cases deaths houses homes jobs workers employees \
         children women men students troops soldiers families families units meters members copies calories \
         villages schools cars vehicles points pounds words pages participants villas square cubic times \
         local hundred thousand million billion crore lakh",
    ),
];

static WORDS: LazyLock<WordList<Entry>> = LazyLock::new(|| WordList::new(words()));

fn place(index: usize) -> u8 {
    u8::try_from(index + 1).unwrap_or(0)
}

fn words() -> FxHashMap<&'static str, Entry> {
    let mut words: FxHashMap<&'static str, Entry> = FxHashMap::default();
    let mut set = |list: &'static str, change: &dyn Fn(&mut Entry)| {
        for word in list.split_whitespace() {
            change(words.entry(word).or_default());
        }
    };
    for (index, (full, short)) in MONTHS.into_iter().enumerate() {
        set(full, &|entry| (entry.month, entry.bits) = (place(index), entry.bits | OPENS | FULL));
        set(short, &|entry| (entry.month, entry.bits) = (place(index), entry.bits | OPENS));
    }
    for (index, (full, plural, short)) in WEEKDAYS.into_iter().enumerate() {
        set(full, &|entry| (entry.weekday, entry.bits) = (place(index), entry.bits | OPENS | FULL));
        set(plural, &|entry| {
            (entry.weekday, entry.bits) = (place(index), entry.bits | OPENS | FULL | PLURAL);
        });
        set(short, &|entry| (entry.weekday, entry.bits) = (place(index), entry.bits | OPENS));
    }
    for (index, word) in NUMBERS.split_whitespace().enumerate() {
        set(word, &|entry| (entry.number, entry.bits) = (place(index), entry.bits | OPENS));
    }
    for (index, word) in TENS.split_whitespace().enumerate() {
        set(word, &|entry| (entry.number, entry.bits) = (place(index * 10 + 20), entry.bits | OPENS));
    }
    for (index, word) in ORDINALS.split_whitespace().enumerate() {
        set(word, &|entry| (entry.number, entry.bits) = (place(index), entry.bits | OPENS | ORDINAL));
    }
    for (list, power) in POWERS {
        set(list, &|entry| (entry.power, entry.bits) = (power, entry.bits | OPENS));
    }
    for (bits, list) in LISTS {
        set(list, &|entry| entry.bits |= bits);
    }
    for (index, unit) in UNITS.iter().enumerate() {
        set(unit.names, &|entry| entry.unit = place(index));
    }
    for (index, currency) in CURRENCIES.iter().enumerate() {
        set(currency.names, &|entry| entry.currency = place(index));
    }
    for (index, prefix) in PREFIXES.iter().enumerate() {
        set(prefix.0, &|entry| entry.prefix = place(index));
    }
    words
}

/// All that the lists say of a folded word.
pub(crate) fn entry(word: &str) -> Entry {
    if word.len() < 2 && !matches!(word, "a" | "n" | "p" | "r") {
        return Entry::default();
    }
    WORDS.get(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_be_several_things() {
        let second = entry("second");
        assert!(second.has(ORDINAL) && second.unit != 0);
        assert_eq!((entry("may").month, entry("may").has(DOUBTFUL)), (5, true));
        assert_eq!(entry("sept").month, 9);
        assert_eq!(entry("ninety").number, 91);
        assert_eq!(entry("tarnby"), Entry::default());
    }

    #[test]
    fn places_in_tables_fit_a_byte() {
        assert!(UNITS.len() < 255 && CURRENCIES.len() < 255 && PREFIXES.len() < 255);
    }
}
