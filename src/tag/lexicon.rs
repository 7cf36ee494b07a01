//! Small closed lists of English that the rules lean on; all folded. One look-up gives all that the
//! lists say of a word.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::word_list::WordList;

/// Whether what is made for English is for texts in that language (BCP 47): it is where none is known, too.
pub(crate) fn is_for(language: Option<&str>) -> bool {
    matches!(primary(language), None | Some("und" | "en"))
}

/// The language without region and script.
pub(crate) fn primary(language: Option<&str>) -> Option<&str> {
    language.and_then(|tag| tag.split('-').next())
}

/// Words that close the name of an organisation.
pub(crate) const CLOSES_ORGANISATION: u16 = 1 << 0;
/// Words that open the name of an organisation when `of` or `for` follows.
pub(crate) const OPENS_ORGANISATION: u16 = 1 << 1;
/// Words that close the name of a place.
pub(crate) const CLOSES_PLACE: u16 = 1 << 2;
/// Words that close the name of a building.
pub(crate) const CLOSES_FACILITY: u16 = 1 << 3;
/// Small words inside names of organisations and places.
pub(crate) const CONNECTS: u16 = 1 << 4;
/// Small words inside names of people.
pub(crate) const PARTICLE: u16 = 1 << 5;
/// Verbs of speech.
pub(crate) const SPEAKS: u16 = 1 << 6;
/// Words of suffixes that a comma may part from their name.
pub(crate) const FOLLOWS_COMMA: u16 = 1 << 7;
/// Acronyms of English that name no one: offices, degrees, measures, illnesses.
pub(crate) const PLAIN_ACRONYM: u16 = 1 << 8;
/// Days and months: last names only beside a first name.
pub(crate) const CALENDAR: u16 = 1 << 9;
/// Words that hang on a name by a hyphen without being part of it.
pub(crate) const JOINS_BY_HYPHEN: u16 = 1 << 10;

/// Heads of the names of laws and treaties.
pub(crate) const HEADS_LAW: u16 = 1 << 11;
/// Heads of the names of events.
pub(crate) const HEADS_EVENT: u16 = 1 << 12;

/// The lists.
const LISTS: [(u16, &str); 13] = [
    (
        CLOSES_ORGANISATION,
        "inc corp corporation ltd limited llc plc gmbh co company group holdings bank university college \
         institute ministry party police association federation confederation union council commission \
         committee agency authority court tribunal organisation organization foundation department board \
         club fc front movement congress parliament assembly army navy forces force guard airlines \
         airways society trust fund centre center bureau service services network league alliance \
         coalition academy school laboratory laboratories industries motors pharmaceuticals technologies \
         partners secretariat directorate senate chamber syndicate consortium initiative times tribune \
         herald gazette government cabinet administration",
    ),
    (
        OPENS_ORGANISATION,
        "ministry university department bank institute office court council association federation \
         confederation party college committee commission organisation organization board bureau centre \
         center union league society academy school faculty directorate chamber fund alliance movement \
         congress authority agency church coalition foundation",
    ),
    (
        CLOSES_PLACE,
        "river lake sea ocean bay gulf strait island islands peninsula valley mountain mountains hills \
         desert province county district region state oblast prefecture municipality governorate",
    ),
    (
        CLOSES_FACILITY,
        "airport stadium bridge hospital hotel prison palace museum cathedral mosque temple station \
         tower arena highway street avenue road square",
    ),
    (CONNECTS, "of for and the de del la on & des du do da di"),
    (
        PARTICLE,
        "de del della der den van von da dos das di du la le al el bin ibn ben bint ter ten y e abu ul \
         ur",
    ),
    (
        SPEAKS,
        "said says told added stated tweeted explained noted argued warned replied recalled insisted \
         testified remarked commented",
    ),
    (FOLLOWS_COMMA, "inc ltd llc corp co jr sr dc"),
    (
        PLAIN_ACRONYM,
        "pm mp mps mla mlas mep meps mec ceo cfo coo cto vp tv id pr hr it ai gdp gnp lng lpg hiv aids \
         covid sars dna rna usd eur gbp jpy cny phd mba ba ma bsc msc ngo ngos faq vip vips suv atm gps \
         sms pcr ppe icu er lgbt lgbtq am ok gmt utc est pst cet diy ipo vat cctv dj mc cv pdf url usb \
         ied wmd asap rip sos mvp kg km mw gw lgbtqi dvd cd fm",
    ),
    (
        CALENDAR,
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june \
         july august september october november december",
    ),
    (
        JOINS_BY_HYPHEN,
        "led based backed born run style era made owned bound like elect wide only held type free driven \
         funded built aided",
    ),
    (
        HEADS_LAW,
        "act acts law laws bill treaty constitution convention conventions protocol directive amendment accord accords \
         charter statute ordinance decree pact covenant agreement code",
    ),
    (
        HEADS_EVENT,
        "cup games olympics paralympics festival championship championships war summit marathon tournament expo \
         exposition biennale awards revolution uprising earthquake hurricane typhoon cyclone referendum carnival \
         massacre genocide riots siege battle prix olympiad olympic conference election elections",
    ),
];

static WORDS: LazyLock<WordList<u16>> = LazyLock::new(|| {
    let mut words: FxHashMap<&'static str, u16> = FxHashMap::default();
    for (bit, list) in LISTS {
        for word in list.split_whitespace() {
            *words.entry(word).or_default() |= bit;
        }
    }
    WordList::new(words)
});

/// All that the lists say of a folded word.
pub(crate) fn bits(word: &str) -> u16 {
    WORDS.get(word)
}

/// Whether one of `lists` has the folded word.
pub(crate) fn has(word: &str, lists: u16) -> bool {
    bits(word) & lists != 0
}

/// Numbers of popes and parts: no acronyms.
pub(crate) fn roman(word: &str) -> bool {
    word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x' | b'l' | b'c'))
}
