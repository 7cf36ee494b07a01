//! What only the linker asks for, once a mention is found: rows too little known to search texts for,
//! and short names made by rule (last names, the place of a team, a company without its suffix).

use std::collections::{BTreeMap, HashSet};

use copydesk::tag::kb::format::{MAX_NAME_TOKENS, name, row, word};
use copydesk::tag::{Kind, domain, key_of};

use super::choose::{self, Chosen};
use super::names::{Naming, spells};
use super::sources::{Line, Sources, scaled};
use super::{states, variants};

/// Least prior of a row, by type.
fn least_prior(kind: Kind) -> f64 {
    match kind {
        Kind::Person => 0.13,
        Kind::Org => 0.105,
        Kind::Gpe => 0.215,
        Kind::Loc | Kind::Fac => 0.17,
        Kind::Norp => 0.15,
        Kind::Event => 0.2,
        Kind::Product | Kind::Law => 0.3,
        // No table names them.
        Kind::Date | Kind::Time | Kind::Money | Kind::Percent | Kind::Quantity => f64::INFINITY,
    }
}

/// Least prior of a person whose last or first name alone leads to them.
const LEAST_LAST_NAME: f64 = 0.17;
const LEAST_FIRST_NAME: f64 = 0.36;
/// Least prior of an organisation whose initials lead to it.
const LEAST_INITIALS: f64 = 0.25;

/// Words at the end of a company's name that papers leave out.
const SUFFIXES: [&str; 22] = [
    "inc",
    "corp",
    "corporation",
    "ltd",
    "limited",
    "plc",
    "co",
    "company",
    "companies",
    "llc",
    "lp",
    "group",
    "holdings",
    "holding",
    "ag",
    "sa",
    "nv",
    "spa",
    "gmbh",
    "ab",
    "asa",
    "incorporated",
];

/// Adds the rows that `choose` left out.
pub(super) fn rows(sources: &Sources, naming: &Naming, chosen: &mut Vec<Chosen>) {
    let known: HashSet<u32> = chosen.iter().filter(|row| row.kind != Kind::Norp).map(|row| row.qid).collect();
    let lines = sources.people.lines().map(|line| (line, Some(Kind::Person)));
    let more = sources.more.lines().map(|line| (line, kind_of(line)));
    for (line, kind) in lines.chain(more) {
        let qid = line.qid("qid");
        if qid == 0 || known.contains(&qid) || line.get("type") == "other" {
            continue;
        }
        let guessed = || guess(line.get("name"), naming).map(|kind| (kind, row::GUESSED_KIND));
        let Some((kind, flags)) = kind.map(|kind| (kind, 0)).or_else(guessed) else { continue };
        let mut further = choose::with_state(choose::new(line, sources, kind), line.get("description"));
        further.flags |= flags;
        if kind == Kind::Person {
            further.aliases.retain(|alias| !alias.contains([',', '@', '(']));
            if further.domain == 0 && !line.get("office_rank").is_empty() {
                further.domain = domain::of_description("politician");
            }
        }
        // Registers of clubs and of third-level divisions are long and mostly homonyms.
        let registered = matches!(line.get("source"), "reep" | "datamart");
        let least = least_prior(kind) + if registered { 0.08 } else { 0.0 };
        if further.prior >= scaled(least) {
            further.linker_only = true;
            if further.domain == 0 && kind == Kind::Org {
                further.domain = domain::of_description(&further.label);
            }
            chosen.push(further);
        }
    }
}

/// The type of a line of the long table; `None` where the source leaves it open or it is no entity.
fn kind_of(line: Line<'_>) -> Option<Kind> {
    let description = line.get("description");
    match line.get("type") {
        "person" => Some(Kind::Person),
        "organisation" => Some(Kind::Org),
        "place" => Some(choose::kind_of_place(description)),
        "norp" => Some(Kind::Norp),
        "event" => Some(Kind::Event),
        "product" => Some(Kind::Product),
        "work" => choose::has_word(description, &["newspaper", "journal", "magazine"]).then_some(Kind::Org),
        _ => choose::kind_of_description(description),
    }
}

/// The type of a row by its name alone.
fn guess(label: &str, naming: &Naming) -> Option<Kind> {
    let key = key_of(label);
    let tokens: Vec<&str> = key.split(' ').collect();
    let (first, last) = (tokens.first()?, tokens.last()?);
    let is = |token: &str, bits: u64| naming.bits(token) & bits != 0;
    let capitals = label.split(' ').all(|part| part.chars().next().is_some_and(char::is_uppercase));
    if is(last, word::ENDS_ORGANISATION) || matches!(*last, "club" | "team" | "party" | "bank") {
        Some(Kind::Org)
    } else if is(last, word::ENDS_PLACE) {
        Some(Kind::Gpe)
    } else if capitals
        && (2..=3).contains(&tokens.len())
        && is(first, word::FIRST_NAME)
        && !naming.common(last)
    {
        Some(Kind::Person)
    } else if capitals && (2..=4).contains(&tokens.len()) && tokens.iter().any(|token| !naming.common(token))
    {
        // Two or more capitals: a name of something that companies and institutions have.
        Some(Kind::Org)
    } else {
        None
    }
}

/// The further names of a row, folded, with their flags; none that is among `known` with the same flags.
pub(super) fn names(row: &Chosen, naming: &Naming, known: &BTreeMap<String, u8>) -> BTreeMap<String, u8> {
    let mut names = BTreeMap::new();
    let mut add = |key: &str, flags: u8| {
        let tokens = key.split(' ').count();
        if key.chars().count() < 2 || tokens > MAX_NAME_TOKENS || known.contains_key(key) {
            return;
        }
        if key.chars().all(|letter| letter.is_numeric() || letter == ' ') {
            return;
        }
        let mut flags = flags;
        if key.split(' ').all(|token| naming.common(token)) {
            flags |= name::COMMON;
        }
        if tokens == 1 && naming.bits(key) & (word::FIRST_NAME | word::LAST_NAME) != 0 {
            flags |= name::PERSONAL;
        }
        names.entry(key.to_owned()).and_modify(|known| *known &= flags).or_insert(flags);
    };
    let labelled = std::iter::once((&row.label, name::LABEL));
    for (written, flags) in labelled.chain(row.aliases.iter().map(|alias| (alias, 0))) {
        if !plain(written) || (row.kind == Kind::Event && variants::loses_number(&row.label, written)) {
            continue;
        }
        // A peerage stands after the name, a dash between two names is a hyphen to papers.
        let written = written.split(", ").next().unwrap_or(written).replace('–', "-");
        let key = key_of(&written);
        let bare = key.strip_prefix("the ").unwrap_or(&key);
        // Tables give the parts of a country as names of it.
        let wide = row.kind.is_place() && row.flags & (row::COUNTRY | row::REGION) != 0;
        if flags == 0 && wide && naming.is_part(bare, row.qid) {
            // Of a country's nothing says that its parts are meant; a region may bear its capital's name.
            if row.flags & row::COUNTRY == 0 {
                add(bare, name::SHORTENED);
            }
            continue;
        }
        add(bare, flags | acronym(&written));
        if matches!(row.kind, Kind::Org | Kind::Fac | Kind::Event)
            && let Some(respelled) = variants::respelled(bare)
        {
            add(&respelled, flags);
        }
        if row.kind == Kind::Person && written.contains(['ä', 'ö', 'ü', 'Ö', 'Ü', 'Ä']) {
            let spelled = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")]
                .into_iter()
                .fold(written.clone(), |name, (letter, spelled)| name.replace(letter, spelled));
            add(&key_of(&spelled), name::SHORTENED);
        }
        match row.kind {
            Kind::Org => {
                short_names(row, bare, naming, &mut add);
                for turned in variants::turned(bare) {
                    add(&turned, name::SHORTENED);
                    if let Some(respelled) = variants::respelled(&turned) {
                        add(&respelled, name::SHORTENED);
                    }
                }
                if let Some(rest) = variants::without_article(bare) {
                    add(rest, name::SHORTENED);
                }
            }
            Kind::Person if flags == name::LABEL => short_forms(row, bare, naming, &mut add),
            _ => {}
        }
    }
    if matches!(row.kind, Kind::Org | Kind::Fac) && row.prior >= scaled(LEAST_INITIALS) {
        initials(row, &mut add);
    }
    if row.kind.is_place()
        && row.flags & row::REGION != 0
        && let Some(short) = states::abbreviation(row.years)
        && states::code(&row.label) == Some(row.years)
    {
        add(&key_of(short), 0);
    }
    names
}

fn plain(written: &str) -> bool {
    let odd = written.contains(['(', ')', '/', ':', ';', '@', '[', '"', '“', '#', '*']);
    !odd && written.chars().any(char::is_uppercase)
}

fn acronym(written: &str) -> u8 {
    let acronym = !written.contains(' ') && !written.chars().any(char::is_lowercase) && written.len() <= 4;
    if acronym { name::ACRONYM } else { 0 }
}

/// First name, last name, and both without what stands between.
fn short_forms(row: &Chosen, key: &str, naming: &Naming, add: &mut impl FnMut(&str, u8)) {
    let tokens: Vec<&str> =
        key.split(' ').filter(|token| !matches!(*token, "jr" | "sr" | "ii" | "iii" | "iv")).collect();
    let &[first, .., last] = tokens.as_slice() else { return };
    if tokens.len() > 2 && tokens.len() < 5 {
        add(&format!("{first} {last}"), name::SHORTENED);
    }
    if row.prior >= scaled(LEAST_LAST_NAME)
        && last.chars().count() > 2
        && naming.bits(last) & word::TITLE == 0
    {
        add(last, name::LAST_NAME);
        // `Suu Kyi`, `van Gogh`.
        if tokens.len() > 2 {
            add(
                &tokens.iter().skip(tokens.len() - 2).copied().collect::<Vec<_>>().join(" "),
                name::LAST_NAME,
            );
        }
    }
    if row.prior >= scaled(LEAST_FIRST_NAME)
        && first.chars().count() > 2
        && naming.bits(first) & word::TITLE == 0
    {
        add(first, name::FIRST_NAME);
    }
}

/// Without what papers leave out; of a team its place and its nickname.
fn short_names(row: &Chosen, key: &str, naming: &Naming, add: &mut impl FnMut(&str, u8)) {
    let tokens: Vec<&str> = key.split(' ').collect();
    let mut end = tokens.len();
    while end > 1
        && tokens.get(end - 1).is_some_and(|last| SUFFIXES.contains(last) || matches!(*last, "&" | "and"))
    {
        end -= 1;
    }
    if end < tokens.len() {
        add(&tokens.iter().take(end).copied().collect::<Vec<_>>().join(" "), name::SHORTENED);
    }
    for opening in ["united states ", "us ", "fc ", "national "] {
        if let Some(rest) = key.strip_prefix(opening).filter(|rest| rest.len() > 3) {
            add(rest, name::SHORTENED);
        }
    }
    if let Some(rest) = key.strip_prefix("united states ") {
        add(&format!("us {rest}"), name::SHORTENED);
    }
    if let Some(rest) = key.strip_prefix("us ") {
        add(&format!("united states {rest}"), name::SHORTENED);
    }
    let lower = row.label.to_lowercase();
    let team = domain::is_sport(row.domain)
        || ["national", "club", "team", "f.c.", "fc "].iter().any(|word| lower.contains(word));
    if team {
        team_names(&tokens, naming, add);
    }
}

fn team_names(tokens: &[&str], naming: &Naming, add: &mut impl FnMut(&str, u8)) {
    if let Some(at) = tokens.iter().position(|token| *token == "national").filter(|at| *at > 0) {
        add(&tokens.iter().take(at).copied().collect::<Vec<_>>().join(" "), name::TEAM);
        return;
    }
    if let Some(at) =
        tokens.iter().position(|token| matches!(*token, "county" | "cricket")).filter(|at| *at > 0)
    {
        add(&tokens.iter().take(at).copied().collect::<Vec<_>>().join(" "), name::TEAM);
    }
    let bare: Vec<&str> = tokens
        .iter()
        .copied()
        .filter(|token| {
            !matches!(*token, "fc" | "f" | "c" | "afc" | "club" | "football" | "sc" | "ac" | "as" | "cf")
        })
        .collect();
    if bare.len() < tokens.len() && !bare.is_empty() {
        add(&bare.join(" "), name::TEAM);
    }
    for split in (1..bare.len()).rev() {
        let (front, back) = bare.split_at(split);
        let (front, back) = (front.join(" "), back.join(" "));
        if naming.is_place(&front) {
            add(&front, name::TEAM);
            add(&back, name::TEAM);
            return;
        }
        if naming.is_place(&back) {
            add(&back, name::TEAM);
            add(&front, name::TEAM);
        }
    }
}

/// Initials of three to five letters.
fn initials(row: &Chosen, add: &mut impl FnMut(&str, u8)) {
    let key = key_of(&row.label);
    let letters: String = key
        .split(' ')
        .filter(|token| !matches!(*token, "of" | "the" | "and" | "for" | "de" | "la" | "des" | "&"))
        .filter_map(|token| token.chars().next())
        .collect();
    if (3..=5).contains(&letters.len()) && spells(&letters, &row.label) {
        add(&letters, name::SHORTENED | name::ACRONYM);
    }
}
