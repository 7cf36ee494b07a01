//! Which names lead to a row. The sources' aliases hold codes, translations and descriptions; the
//! rules here are general and learn their word lists from the tables themselves.

use std::collections::{BTreeMap, HashMap, HashSet};

use copydesk::tag::kb::format::{MAX_NAME_TOKENS, name, row, word};
use copydesk::tag::{Kind, key_of};

use super::choose::Chosen;
use super::sources::{Sources, scaled};
use super::variants;

/// Words of English that stand at the head of a sentence or in a headline and name nothing.
const CLOSED_CLASS: &str = "a an and are as at be been but by can could did do does done down for from get gets \
    give gives go goes got had has have he her here hers him his how i if in into is it its just let may me might \
    mine more most much must my never no nor not now of off on once one only onto or other our ours out over own per \
    said same say says shall she should so some such than that the their theirs them then there these they this those \
    through to too two under until up upon us very was we were what when where which while who whom whose why will with \
    within without would yes yet you your yours about above after again against all along also although always among any \
    anyone anything around because before being below between both during each either else ever every everyone \
    everything few first five four further he'd her however inside instead last later least less like likely made make \
    many meanwhile near nearly neither next nine nobody none nothing often others otherwise perhaps rather seven \
    several since six someone something soon still ten though three three thus today together tomorrow toward towards \
    unless unlike via whatever whenever whether whoever whole yesterday monday tuesday wednesday thursday friday saturday \
    sunday january february march april june july august september october november december spring summer autumn winter \
    morning evening night day week month year god lord sir dear thanks please hello asked told added according despite \
    following including regarding concerning mr mrs ms dr prof st jr sr inc corp ltd co no vs etc north south east west \
    northern southern eastern western central upper lower great new old young big small high low good bad best better \
    white black red green blue brown gray grey yellow pink orange purple gold silver mother father brother sister son \
    daughter wife husband man woman men women people child children family friend friends world war peace life death love \
    home house school church court bank police army government state states country city town village street road river \
    sea lake island mountain land time times news media press report reports story photo video radio television tv channel \
    internet website page breaking update watch read click share subscribe copyright related advertisement mobile reading \
    nice bath same male sale most best split hit turn call target gap shell apple amazon oracle visa premier star sun moon \
    mars earth mercury heaven hope faith grace joy rose lily daisy victory justice liberty union unity prime minister \
    president chief leader official general major captain king queen prince princess lady baron duke earl count pope";

/// What the tables teach about words, and the names that are taken.
pub(crate) struct Naming {
    words: BTreeMap<String, u64>,
    /// Single-word labels of well-known places, and the best prior among them.
    places: HashMap<String, u8>,
    demonyms: HashSet<String>,
    /// Labels of places: an alias of a country that is one of them is a part of it.
    labels: HashMap<String, u32>,
}

impl Naming {
    /// Learns from the tables.
    pub(crate) fn learn(sources: &Sources, chosen: &[Chosen]) -> Self {
        let mut words: BTreeMap<String, u64> = BTreeMap::new();
        let mut places: HashMap<String, u8> = HashMap::new();
        let mut labels = HashMap::new();
        let mut demonyms = HashSet::new();
        for row in chosen {
            let key = key_of(&row.label);
            if row.kind.is_place() && !key.contains(' ') {
                let prior = places.entry(key.clone()).or_default();
                *prior = row.prior.max(*prior);
            }
            if row.kind == Kind::Norp {
                demonyms.extend(row.aliases.iter().map(|alias| key_of(alias)));
            }
            if row.kind.is_place() && row.prior >= scaled(0.3) {
                labels.insert(key, row.qid);
            }
        }
        for common in common_words(sources) {
            *words.entry(common).or_default() |= word::COMMON;
        }
        titles(sources, &mut words);
        people(sources, &places, &mut words);
        last_words(sources, &mut words);
        Self { words, places, demonyms, labels }
    }

    /// What is known of each word.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, u64)> {
        self.words.iter().map(|(word, &bits)| (word.as_str(), bits))
    }

    pub(super) fn bits(&self, folded: &str) -> u64 {
        self.words.get(folded).copied().unwrap_or(0)
    }

    pub(super) fn common(&self, folded: &str) -> bool {
        self.bits(folded) & word::COMMON != 0
    }

    /// Puts the folded names of `row` with their flags into `names`.
    pub(crate) fn names_of(&self, row: &Chosen, names: &mut BTreeMap<String, u8>) {
        self.add(row, &row.label, true, names);
        for alias in &row.aliases {
            if row.kind != Kind::Event || !variants::loses_number(&row.label, alias) {
                self.add(row, alias, false, names);
            }
        }
        if row.kind == Kind::Person {
            self.add_short_forms(row, names);
        }
    }

    /// Whether another place has that folded name as its label, or a group of people has it.
    pub(super) fn is_part(&self, folded: &str, qid: u32) -> bool {
        self.labels.get(folded).is_some_and(|&known| known != qid) || self.demonyms.contains(folded)
    }

    /// Whether a well-known place has that folded name.
    pub(super) fn is_place(&self, folded: &str) -> bool {
        self.labels.contains_key(folded)
    }

    fn add(&self, row: &Chosen, written: &str, is_label: bool, names: &mut BTreeMap<String, u8>) {
        let written = written.trim();
        if written.is_empty() || written.contains(['(', ')', '/', ':', ';', '@', '[', '"', '“', '#', '*']) {
            return;
        }
        let bare = ["the ", "The "].iter().find_map(|article| written.strip_prefix(article));
        if let Some(bare) = bare {
            self.add(row, bare, is_label, names);
            if !is_label {
                return;
            }
        }
        let key = key_of(written);
        let tokens = key.split(' ').filter(|token| *token != "'s").count();
        if key.is_empty() || tokens > MAX_NAME_TOKENS || !written.chars().any(char::is_uppercase) {
            return;
        }
        if key.chars().all(|c| c.is_numeric() || c == ' ') || key.chars().count() < 2 {
            return;
        }
        let acronym = !key.contains(' ') && !written.chars().any(char::is_lowercase);
        let mut flags = if is_label { name::LABEL } else { 0 };
        if tokens == 1 {
            if acronym {
                if !self.keeps_acronym(row, &key, is_label) {
                    return;
                }
            } else if !self.keeps_word(row, &key, is_label) {
                return;
            }
            if self.common(&key) || row.common_word {
                flags |= name::COMMON;
            }
            if self.bits(&key) & (word::FIRST_NAME | word::LAST_NAME) != 0 {
                flags |= name::PERSONAL;
            }
            // A long acronym may be written as a word (`Nato`), unless it is one.
            if acronym && (key.len() <= 3 || self.common(&key)) {
                flags |= name::ACRONYM;
            }
        } else if !is_label && !self.keeps_phrase(row, &key) {
            return;
        } else if key.split(' ').all(|token| self.common(token)) {
            flags |= name::COMMON;
        }
        names
            .entry(key)
            .and_modify(|known| *known = (*known | flags) & !(name::ACRONYM & !(*known & flags)))
            .or_insert(flags);
    }

    /// A code is no name: an acronym of a place has to spell one of its names.
    fn keeps_acronym(&self, row: &Chosen, key: &str, is_label: bool) -> bool {
        let spelled = std::iter::once(&row.label).chain(&row.aliases).any(|full| spells(key, full));
        match row.kind {
            Kind::Person | Kind::Norp => false,
            Kind::Org => key.len() >= 3 || spelled || is_label,
            _ if key.len() <= 4 => spelled,
            _ => true,
        }
    }

    fn keeps_word(&self, row: &Chosen, key: &str, is_label: bool) -> bool {
        let length = key.chars().count();
        match row.kind {
            // `Congo` as a word for its people loses to the place.
            Kind::Norp => {
                let place = self.places.get(key).is_some_and(|&prior| prior >= scaled(0.5));
                length >= 3 && !place && !(self.common(key) && length < 5)
            }
            Kind::Person => is_label && row.prior >= scaled(0.5) && !self.common(key) && length >= 4,
            _ if is_label => length >= 3 || row.flags & row::COUNTRY != 0,
            _ => {
                let elsewhere = self.labels.get(key).is_some_and(|&qid| qid != row.qid)
                    || self.places.get(key).is_some_and(|&prior| prior > row.prior);
                let taken = elsewhere || self.demonyms.contains(key) || self.common(key);
                let personal = self.bits(key) & (word::FIRST_NAME | word::LAST_NAME) != 0;
                let long = if row.kind == Kind::Org { length >= 3 } else { length >= 4 };
                long && !taken && !(personal && row.prior < scaled(0.6))
            }
        }
    }

    fn keeps_phrase(&self, row: &Chosen, key: &str) -> bool {
        let first = key.split(' ').next().unwrap_or_default();
        let last = key.split(' ').next_back().unwrap_or_default();
        match row.kind {
            Kind::Person => (self.bits(first) | self.bits(last)) & word::TITLE == 0,
            Kind::Norp => true,
            _ => {
                !self.demonyms.contains(key)
                    && self.labels.get(key).is_none_or(|&qid| qid == row.qid)
                    && !key.split(' ').all(|token| self.common(token))
            }
        }
    }

    /// The name without initials, and the last name alone of those whom everybody knows by it.
    fn add_short_forms(&self, row: &Chosen, names: &mut BTreeMap<String, u8>) {
        let key = key_of(&row.label);
        let tokens: Vec<&str> = key.split(' ').collect();
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        if tokens.len() < 2 {
            return;
        }
        let without: Vec<&str> = tokens.iter().copied().filter(|token| token.len() > 1).collect();
        if without.len() >= 2 && without.len() < tokens.len() && without.first() == Some(first) {
            names.entry(without.join(" ")).or_default();
        }
        let everybody_knows = row.prior >= scaled(if row.flags & row::OFFICE != 0 { 0.58 } else { 0.72 });
        let free = !self.common(last) && !self.places.contains_key(*last) && !self.demonyms.contains(*last);
        if everybody_knows && free && last.chars().count() >= 4 && self.bits(last) & word::FIRST_NAME == 0 {
            names.entry((*last).to_owned()).or_insert(name::PERSONAL);
        }
    }
}

/// Whether `acronym` is the initials of `full`, small words counted or not.
pub(super) fn spells(acronym: &str, full: &str) -> bool {
    let key = key_of(full);
    let tokens: Vec<&str> = key.split(' ').collect();
    if tokens.len() < 2 {
        return false;
    }
    let initials = |small: bool| -> String {
        tokens
            .iter()
            .filter(|token| small || !matches!(**token, "of" | "the" | "and" | "for" | "de" | "la" | "des"))
            .filter_map(|token| token.chars().next())
            .collect()
    };
    initials(true) == acronym || initials(false) == acronym
}

/// Words that the descriptions write in lower case, and the closed classes.
fn common_words(sources: &Sources) -> HashSet<String> {
    let mut lower: HashMap<String, (u32, u32)> = HashMap::new();
    for table in [&sources.people, &sources.organisations, &sources.more] {
        for line in table.lines() {
            for token in
                line.get("description").split(|c: char| !c.is_alphabetic()).filter(|token| token.len() > 1)
            {
                let small = token.chars().next().is_some_and(char::is_lowercase);
                let count = lower.entry(token.to_lowercase()).or_default();
                if small {
                    count.0 += 1;
                } else {
                    count.1 += 1;
                }
            }
        }
    }
    let mut common: HashSet<String> = lower
        .into_iter()
        .filter(|(_, (small, capital))| *small >= 3 && *small * 3 >= *capital)
        .map(|(token, _)| key_of(&token))
        .filter(|key| !key.is_empty())
        .collect();
    common.extend(CLOSED_CLASS.split_whitespace().map(str::to_owned));
    let plurals: Vec<String> = common
        .iter()
        .filter(|word| word.len() > 3 && !word.ends_with('s'))
        .map(|word| format!("{word}s"))
        .collect();
    common.extend(plurals);
    common
}

fn titles(sources: &Sources, words: &mut BTreeMap<String, u64>) {
    for line in sources.titles.lines().filter(|line| line.get("type") != "ex_prefix") {
        for written in [line.get("title"), line.get("expands_to")] {
            let key = key_of(written.trim_end_matches('.'));
            if let Some(last) = key.split(' ').next_back().filter(|last| last.len() > 1) {
                *words.entry(last.to_owned()).or_default() |= word::TITLE | word::COMMON;
            }
        }
    }
}

fn people(sources: &Sources, places: &HashMap<String, u8>, words: &mut BTreeMap<String, u64>) {
    let mut first_names: HashMap<String, u32> = HashMap::new();
    let mut last_names: HashMap<String, u32> = HashMap::new();
    let labels = sources.people.lines().map(|line| line.get("name"));
    let further =
        sources.more.lines().filter(|line| line.get("type") == "person").map(|line| line.get("name"));
    for label in labels.chain(further) {
        let key = key_of(label);
        let tokens: Vec<&str> = key.split(' ').collect();
        let (Some(first), Some(last), 2..) = (tokens.first(), tokens.last(), tokens.len()) else { continue };
        *first_names.entry((*first).to_owned()).or_default() += 1;
        *last_names.entry((*last).to_owned()).or_default() += 1;
    }
    for (folded, count) in first_names {
        let known = words.get(&folded).copied().unwrap_or(0);
        if folded.chars().count() < 2 || count < 4 || (known & word::COMMON != 0 && count < 40) {
            continue;
        }
        let mut bits = word::FIRST_NAME;
        let place = places.get(&folded).is_some_and(|&prior| prior >= scaled(0.45));
        let last = last_names.get(&folded).copied().unwrap_or(0);
        if !place && known & word::COMMON == 0 && count > last {
            bits |= word::MOSTLY_FIRST_NAME;
        }
        *words.entry(folded).or_default() |= bits;
    }
    for (folded, count) in last_names {
        if folded.chars().count() >= 2 && count >= 4 {
            *words.entry(folded).or_default() |= word::LAST_NAME;
        }
    }
}

/// Words on which the names of organisations or of places end, learned from the labels of all rows.
fn last_words(sources: &Sources, words: &mut BTreeMap<String, u64>) {
    /// Labels that must end on a word.
    const LEAST_LABELS: u32 = 15;
    let mut ends: HashMap<String, [u32; 3]> = HashMap::new();
    let mut count = |label: &str, kind: usize| {
        let key = key_of(label);
        let Some((_, last)) = key.rsplit_once(' ') else { return };
        if let Some(slot) = ends.entry(last.to_owned()).or_default().get_mut(kind) {
            *slot += 1;
        }
    };
    sources.organisations.lines().for_each(|line| count(line.get("name"), 0));
    sources.places.lines().for_each(|line| count(line.get("name"), 1));
    sources.people.lines().for_each(|line| count(line.get("name"), 2));
    for line in sources.more.lines() {
        match line.get("type") {
            "organisation" => count(line.get("name"), 0),
            "place" => count(line.get("name"), 1),
            "person" => count(line.get("name"), 2),
            _ => {}
        }
    }
    for (last, [organisations, places, people]) in ends {
        let all = organisations + places + people;
        let plain = last.len() >= 3 && last.chars().all(char::is_alphabetic);
        let bits = if !plain {
            0
        } else if organisations >= LEAST_LABELS && organisations * 10 >= all * 7 {
            word::ENDS_ORGANISATION
        } else if places >= LEAST_LABELS && places * 10 >= all * 7 {
            word::ENDS_PLACE
        } else {
            0
        };
        if bits != 0 {
            *words.entry(last).or_default() |= bits;
        }
    }
}
