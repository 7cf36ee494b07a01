//! Which rows go in, with their type, licence side and aliases as the sources give them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use copydesk::tag::kb::format::{YEAR_ZERO, row};
use copydesk::tag::{Kind, domain};

use super::sources::{Line, Sources, qid, scaled};
use super::states;

/// A row that goes in.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) qid: u32,
    pub(crate) label: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) prior: u8,
    pub(crate) country: [u8; 2],
    pub(crate) flags: u16,
    /// Its only sources are under share-alike terms.
    pub(crate) share_alike: bool,
    /// Where it comes from, for the attributions.
    pub(crate) sources: Vec<String>,
    /// The source marks the name as a dictionary word.
    pub(crate) common_word: bool,
    /// Field of life, by the description.
    pub(crate) domain: u8,
    /// First and last year of the first role, after 1900; 0 where unknown. Of a place the code of its state.
    pub(crate) years: [u8; 2],
    /// So little known that no text is searched for its names: only the linker asks for them.
    pub(crate) linker_only: bool,
}

/// Source keys whose terms are share-alike: the ODbL tables and the CC BY-SA list.
const SHARE_ALIKE: [&str; 5] = [
    "world-countries",
    "world-countries (plural rule)",
    "dr5hn",
    "dr5hn/countries-states-cities-database",
    "confirmordeny/supraverden",
];

/// Least prior of a row of the long table, by type: below it, homonyms cost more than names give.
fn least_prior(kind: Kind) -> f64 {
    match kind {
        Kind::Person | Kind::Org => 0.22,
        Kind::Gpe => 0.29,
        Kind::Loc | Kind::Fac => 0.26,
        Kind::Norp => 0.2,
        Kind::Event => 0.34,
        Kind::Product | Kind::Law => 0.45,
        // No table names them.
        Kind::Date | Kind::Time | Kind::Money | Kind::Percent | Kind::Quantity => f64::INFINITY,
    }
}

/// A city without an id goes in from this size on: its type is worth having even so.
const LEAST_POPULATION_UNLINKED: u64 = 60_000;

/// A year of a date, after 1900; 0 where it is none that a row can hold.
fn year(date: &str) -> u8 {
    let year: Option<i16> = date.get(..4).and_then(|year| year.parse().ok());
    year.and_then(|year| u8::try_from(year - YEAR_ZERO).ok()).unwrap_or(0)
}

pub(super) fn country(code: &str) -> [u8; 2] {
    match code.as_bytes() {
        &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && code != "ZZ" => [a, b],
        _ => [0; 2],
    }
}

pub(super) fn new(line: Line<'_>, sources: &Sources, kind: Kind) -> Chosen {
    let qid = line.qid("qid");
    let mut aliases: Vec<String> = line.list("aliases").map(str::to_owned).collect();
    if let Some(further) = sources.aliases.get(&qid).filter(|_| qid != 0) {
        aliases.extend(further.iter().cloned());
    }
    let from: Vec<String> = line.list("source").map(str::to_owned).collect();
    Chosen {
        qid,
        label: line.get("name").to_owned(),
        aliases,
        kind,
        prior: sources.prior_of(qid),
        country: country(line.get("country")),
        flags: 0,
        share_alike: from.iter().all(|source| SHARE_ALIKE.contains(&source.as_str())),
        sources: from,
        common_word: false,
        domain: domain::of_description(line.get("description")),
        years: [year(line.get("start")), year(line.get("end"))],
        linker_only: false,
    }
}

/// All rows that go in, in the order of the tables.
pub(crate) fn rows(sources: &Sources) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    // Some sources call a governed place a person of office.
    let ids = |lines: &dyn Fn(Line<'_>) -> bool| -> HashSet<u32> {
        let lines = sources.places.lines().filter(|&line| lines(line));
        lines.map(|line| line.qid("qid")).filter(|&qid| qid != 0).collect()
    };
    let mut no_people = ids(&|_| true);
    // And some call cities, which run buses, organisations. Blocs are no such places.
    let cities = ids(&|line| matches!(line.get("kind"), "city" | "capital" | "region"));
    organisations(sources, &cities, &mut chosen);
    no_people.extend(chosen.iter().map(|row| row.qid).filter(|&qid| qid != 0));
    people(sources, &no_people, &mut chosen);
    let organisation_qids: HashSet<u32> = chosen
        .iter()
        .filter(|row| row.kind != Kind::Person)
        .map(|row| row.qid)
        .filter(|&qid| qid != 0)
        .collect();
    places(sources, &organisation_qids, &mut chosen);
    more(sources, &mut chosen);
    demonyms(sources, &mut chosen);
    chosen
}

fn people(sources: &Sources, others: &HashSet<u32>, chosen: &mut Vec<Chosen>) {
    for line in sources.people.lines() {
        let rank: u8 = line.get("office_rank").parse().unwrap_or(0);
        let mut row = new(line, sources, Kind::Person);
        let recent = line.get("start") >= "2016";
        if others.contains(&row.qid) || (rank < 3 && !recent && row.prior < scaled(0.33)) {
            continue;
        }
        if let Some(kind) = misfiled(line.get("description")) {
            row.kind = kind;
        }
        if rank >= 4 {
            row.flags |= row::OFFICE;
        }
        // A title in the alias stands outside the name.
        row.aliases.retain(|alias| !alias.contains([',', '@', '(']));
        chosen.push(row);
    }
}

/// The type of what a table of people holds by mistake.
fn misfiled(description: &str) -> Option<Kind> {
    let opens = |openings: &[&str]| openings.iter().any(|opening| description.starts_with(opening));
    if opens(&["capital ", "city in ", "town in ", "county seat ", "province capital ", "district in "]) {
        Some(Kind::Gpe)
    } else if opens(&["United States federal executive department", "defunct game developer", "music school"])
        || description.contains("association football club")
    {
        Some(Kind::Org)
    } else {
        None
    }
}

fn organisations(sources: &Sources, cities: &HashSet<u32>, chosen: &mut Vec<Chosen>) {
    for line in sources.organisations.lines() {
        let mut row = new(line, sources, Kind::Org);
        if cities.contains(&row.qid) {
            continue;
        }
        row.common_word = line.list("note").any(|note| note.contains("common_word"));
        let description = line.get("description");
        // The brand index calls municipalities operators: they are places.
        if row.domain == 0 && line.get("kind") == "company" {
            row.domain = domain::of_description("company");
        }
        if ["municipality", "commune in", "Verbandsgemeinde", "district of", "town in", "city in"]
            .iter()
            .any(|word| description.contains(word))
        {
            row.kind = Kind::Gpe;
        }
        chosen.push(row);
    }
}

fn places(sources: &Sources, organisations: &HashSet<u32>, chosen: &mut Vec<Chosen>) {
    for line in sources.places.lines() {
        let mut row = new(line, sources, Kind::Gpe);
        let population: u64 = line.get("population").parse().unwrap_or(0);
        // Blocs stand among the territories, too; they are organisations.
        if row.qid != 0 && organisations.contains(&row.qid) {
            continue;
        }
        if row.qid == 0 {
            if population < LEAST_POPULATION_UNLINKED {
                continue;
            }
            row.prior = scaled(0.05 + 0.04 * (population as f64 / 60_000.0).log2().min(6.0));
        }
        // The id of such a row is the share-alike table's, whoever has the name.
        if line.get("qid_confidence") == "low" {
            row.share_alike = true;
        }
        if line.get("country") == "US" {
            let state = if line.get("kind") == "region" { line.get("name") } else { line.get("admin1") };
            row.years = states::code(state).unwrap_or_default();
        }
        match line.get("kind") {
            "country" => {
                row.flags |= row::COUNTRY;
                row.qid = country_qid(line, sources);
                row.prior = sources.prior_of(row.qid);
            }
            "territory" | "historical_country" => row.flags |= row::COUNTRY,
            "region" | "capital" => row.flags |= row::REGION,
            _ => {}
        }
        chosen.push(row);
    }
}

fn more(sources: &Sources, chosen: &mut Vec<Chosen>) {
    for line in sources.more.lines() {
        let description = line.get("description");
        let kind = match line.get("type") {
            "person" => Some(Kind::Person),
            "organisation" => Some(Kind::Org),
            "place" => Some(kind_of_place(description)),
            "norp" => Some(Kind::Norp),
            "event" => Some(Kind::Event),
            "product" => Some(Kind::Product),
            "" => kind_of_description(description),
            _ => None,
        };
        let Some(kind) = kind else { continue };
        let popularity: f64 = line.get("popularity").parse().unwrap_or(0.0);
        if popularity < least_prior(kind) {
            continue;
        }
        chosen.push(with_state(new(line, sources, kind), description));
    }
}

/// A place of the United States knows its state.
pub(super) fn with_state(mut row: Chosen, description: &str) -> Chosen {
    if row.kind.is_place()
        && let Some(state) = states::of_description(description)
    {
        row.years = state;
        row.country = *b"US";
    }
    row
}

pub(super) fn has_word(description: &str, words: &[&str]) -> bool {
    description.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

pub(super) fn kind_of_place(description: &str) -> Kind {
    const NATURE: [&str; 28] = [
        "ocean",
        "sea",
        "river",
        "lake",
        "mountain",
        "mountains",
        "island",
        "islands",
        "desert",
        "continent",
        "strait",
        "gulf",
        "bay",
        "peninsula",
        "range",
        "volcano",
        "peak",
        "glacier",
        "valley",
        "canal",
        "forest",
        "archipelago",
        "cape",
        "waterfall",
        "park",
        "subcontinent",
        "planet",
        "moon",
    ];
    const BUILT: [&str; 22] = [
        "airport",
        "stadium",
        "bridge",
        "building",
        "palace",
        "museum",
        "church",
        "cathedral",
        "mosque",
        "temple",
        "station",
        "castle",
        "tower",
        "skyscraper",
        "prison",
        "hospital",
        "monument",
        "theatre",
        "theater",
        "arena",
        "venue",
        "fortress",
    ];
    if has_word(description, &BUILT) {
        Kind::Fac
    } else if has_word(description, &NATURE)
        && !has_word(description, &["city", "town", "country", "municipality"])
    {
        Kind::Loc
    } else {
        Kind::Gpe
    }
}

/// The type of a row that the source leaves open, by the words of its description.
pub(super) fn kind_of_description(description: &str) -> Option<Kind> {
    const ORGANISATION: [&str; 36] = [
        "force",
        "forces",
        "organisation",
        "organization",
        "company",
        "corporation",
        "party",
        "militia",
        "group",
        "agency",
        "ministry",
        "university",
        "club",
        "team",
        "bank",
        "newspaper",
        "broadcaster",
        "channel",
        "union",
        "federation",
        "association",
        "institute",
        "council",
        "court",
        "army",
        "navy",
        "police",
        "airline",
        "league",
        "charity",
        "foundation",
        "network",
        "publisher",
        "manufacturer",
        "alliance",
        "parliament",
    ];
    const PERSON: [&str; 22] = [
        "politician",
        "actor",
        "actress",
        "singer",
        "footballer",
        "player",
        "writer",
        "journalist",
        "lawyer",
        "businessman",
        "businesswoman",
        "economist",
        "director",
        "musician",
        "general",
        "president",
        "minister",
        "diplomat",
        "activist",
        "athlete",
        "racer",
        "coach",
    ];
    const WORK: [&str; 12] = [
        "film",
        "album",
        "song",
        "novel",
        "book",
        "series",
        "video",
        "episode",
        "character",
        "game",
        "poem",
        "list",
    ];
    if description.is_empty() || has_word(description, &WORK) {
        return None;
    }
    if has_word(description, &PERSON) {
        return Some(Kind::Person);
    }
    if has_word(description, &ORGANISATION) {
        return Some(Kind::Org);
    }
    let place = kind_of_place(description);
    let settled = has_word(
        description,
        &[
            "city",
            "town",
            "village",
            "municipality",
            "district",
            "province",
            "region",
            "capital",
            "country",
            "state",
        ],
    );
    (place != Kind::Gpe || settled).then_some(place)
}

/// Words of nationality lead to their country; other groups stand for themselves.
fn demonyms(sources: &Sources, chosen: &mut Vec<Chosen>) {
    let countries = country_qids(sources);
    let mut by_word: BTreeMap<&str, Chosen> = BTreeMap::new();
    for line in sources.demonyms.lines() {
        let open: Vec<String> =
            line.list("source").filter(|source| !source.contains("BY-NC")).map(str::to_owned).collect();
        let word = line.get("demonym");
        if open.is_empty() || word.len() < 3 || line.get("type") == "city_or_region" {
            continue;
        }
        let national = line.get("type") == "nationality";
        let qid = if national { nationality_qid(line, &countries) } else { 0 };
        let row = Chosen {
            qid,
            label: word.to_owned(),
            aliases: vec![word.to_owned()],
            kind: Kind::Norp,
            prior: if qid == 0 { scaled(0.3) } else { sources.prior_of(qid) },
            country: if national { country(line.get("country")) } else { [0; 2] },
            flags: 0,
            share_alike: open.iter().all(|source| SHARE_ALIKE.contains(&source.as_str())),
            sources: open,
            common_word: false,
            domain: 0,
            years: [0; 2],
            linker_only: false,
        };
        // Of several countries with one word, the best known has it; a nationality goes before a group.
        let better =
            by_word.get(word).is_none_or(|known| (known.qid == 0, row.prior) > (row.qid == 0, known.prior));
        if better {
            by_word.insert(word, row);
        }
    }
    // All words of one country are names of one row.
    let given: HashMap<String, usize> =
        by_word.iter().map(|(word, row)| ((*word).to_owned(), row.sources.len())).collect();
    let mut by_country: BTreeMap<(bool, u32), Chosen> = BTreeMap::new();
    for (word, row) in by_word {
        if row.qid == 0 {
            chosen.push(row);
            continue;
        }
        match by_country.entry((row.share_alike, row.qid)) {
            Entry::Vacant(entry) => {
                entry.insert(row);
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                // The word that most sources give names the nationality; of two, the shorter.
                let rank = |sources: usize, word: &str| (std::cmp::Reverse(sources), word.len());
                if rank(row.sources.len(), word)
                    < rank(given.get(&known.label).copied().unwrap_or(0), &known.label)
                {
                    known.label = word.to_owned();
                }
                known.aliases.push(word.to_owned());
                for source in row.sources {
                    if !known.sources.contains(&source) {
                        known.sources.push(source);
                    }
                }
            }
        }
    }
    chosen.extend(by_country.into_values());
}

/// The id of each country by its code, as the table of places has it.
fn country_qids(sources: &Sources) -> HashMap<&str, u32> {
    let countries = sources.places.lines().filter(|line| matches!(line.get("kind"), "country" | "territory"));
    let mut qids = HashMap::new();
    for line in countries.filter(|line| line.qid("qid") != 0) {
        qids.entry(line.get("country")).or_insert_with(|| country_qid(line, sources));
    }
    qids
}

/// Sources disagree on whether a country is its kingdom or republic (the Netherlands): the best known
/// of the ids that they give is what papers mean; a part of it with a row of its own (England) is not.
fn country_qid(line: Line<'_>, sources: &Sources) -> u32 {
    let others =
        line.list("note").flat_map(|note| note.strip_prefix("other_qids ").unwrap_or("").split(' ')).map(qid);
    let part = |id: u32| {
        sources.places.lines().any(|place| place.qid("qid") == id && place.get("name") != line.get("name"))
    };
    let others = others.filter(|&id| id != 0 && !part(id));
    std::iter::once(line.qid("qid"))
        .chain(others)
        .max_by_key(|&id| (sources.prior_of(id), std::cmp::Reverse(id)))
        .unwrap_or(0)
}

/// The id of the country of a nationality: the place's, so that both are one number.
fn nationality_qid(line: Line<'_>, countries: &HashMap<&str, u32>) -> u32 {
    countries.get(line.get("country")).copied().unwrap_or_else(|| line.qid("country_qid"))
}
