//! Which rows a name may lead to.

use smallvec::SmallVec;

use crate::tag::kb::Candidate;
use crate::tag::kb::format::{name, row};
use crate::tag::kb::lookup::Lookup;
use crate::tag::kind::Kind;
use crate::tag::span::TypedSpan;
use crate::tag::token::{Token, Words};

/// The most candidates that one name has: those with the best prior stay.
pub(super) const MAX_CANDIDATES: usize = 48;

/// From this prior on the last name alone may stand for a person.
const KNOWN: u8 = 46;
/// From this prior on what is found as a person may be a place, and from this one on something else.
const WELL_KNOWN_PLACE: u8 = 128;
const WELL_KNOWN: u8 = 64;

/// Words of a name that are tried with an apostrophe.
const MOST_APOSTROPHES: usize = 3;

/// The candidates of one name.
pub(super) type Candidates = SmallVec<[Candidate; 8]>;

/// Words that papers hang on a company's name and tables mostly do not, or the other way round.
const SUFFIXES: [&str; 15] = [
    "inc",
    "corp",
    "corporation",
    "ltd",
    "limited",
    "plc",
    "co",
    "company",
    "llc",
    "ag",
    "sa",
    "nv",
    "spa",
    "gmbh",
    "group",
];

/// The tokens of a span without what stands outside a name: a leading `the`, a possessive ending.
pub(super) fn bare(words: &Words<'_>, span: &TypedSpan) -> (usize, usize) {
    let (mut from, mut to) = (span.from, span.to);
    if to > from + 1 && words.folded(from) == "the" {
        from += 1;
    }
    if to > from + 1 && words.get(to - 1).is_some_and(Token::possessive) {
        to -= 1;
    }
    (from, to)
}

/// All that the tables have for the span; short names of teams only where the article speaks of sports.
pub(super) fn of(kb: &Lookup<'_>, words: &Words<'_>, span: &TypedSpan, sports: bool) -> Candidates {
    let (from, to) = bare(words, span);
    let mut found = Candidates::new();
    let whole = words.folded_range(from, to);
    let capitals = words.get(from).is_some_and(Token::all_upper);
    let take = |found: &mut Candidates, mut candidate: Candidate, flags: u8| {
        candidate.name |= flags;
        let team = candidate.name & name::TEAM != 0;
        let written = candidate.name & name::ACRONYM == 0 || capitals;
        if written && (sports || !team) && plausible(span.kind, &candidate) {
            add(found, candidate);
        }
    };
    let [entry, further] = kb.entries(whole);
    if (from, to) == (span.from, span.to) && !span.entry.is_empty() && span.entry != entry {
        // A name of the user's own table.
        [span.entry, further]
            .into_iter()
            .flat_map(|entry| kb.candidates(entry))
            .for_each(|candidate| take(&mut found, candidate, 0));
    } else {
        kb.each(whole, |candidate| take(&mut found, candidate, 0));
    }
    // `Hambros Bank Ltd`, `U.S. Navy's`.
    let mut end = to;
    while end > from + 1 && SUFFIXES.contains(&words.folded(end - 1)) {
        end -= 1;
        if matches!(words.folded(end - 1), "&" | "and") && end > from + 1 {
            end -= 1;
        }
    }
    if end < to {
        let short = words.folded_range(from, end);
        kb.each(short, |candidate| take(&mut found, candidate, name::SHORTENED));
    }
    // `S. Holm`, as lists of scores have it.
    if span.kind == Kind::Person && to == from + 2 && words.get(from).is_some_and(Token::initial) {
        let initial = words.folded(from);
        let last = words.folded(from + 1);
        kb.each(last, |candidate| {
            let label = kb.label(candidate.at).unwrap_or_default();
            if candidate.name & name::LAST_NAME != 0 && opens_on(label, initial) {
                add(&mut found, Candidate { name: name::SHORTENED, ..candidate });
            }
        });
    }
    if found.is_empty() {
        // `Moodys`, `Readers Digest`: the apostrophe is lost.
        for index in (from..to).take(MOST_APOSTROPHES) {
            let Some(stem) = words.folded(index).strip_suffix('s').filter(|stem| stem.len() > 3) else {
                continue;
            };
            let before = words.folded_range(from, index);
            let after = words.folded_range(index + 1, to);
            let key = [before, stem, "'s", after].join(" ");
            kb.each(key.trim(), |candidate| take(&mut found, candidate, name::SHORTENED));
        }
    }
    if found.is_empty() && to == from + 1 {
        // `Taiwans`, `Irans`: likewise.
        if let Some(stem) = whole.strip_suffix('s').filter(|stem| stem.len() > 3) {
            let [listed, _] = kb.entries(stem);
            kb.candidates(listed).for_each(|candidate| take(&mut found, candidate, name::SHORTENED));
        }
    }
    // A group that no table gives an id is the one of that name that has one.
    let own = |candidate: &Candidate| candidate.row.flags & row::OWN != 0;
    if found.iter().any(|candidate| candidate.row.kind == Kind::Norp && candidate.row.qid != 0) {
        found
            .retain(|candidate| candidate.row.kind != Kind::Norp || candidate.row.qid != 0 || own(candidate));
    }
    if found.iter().any(|candidate| candidate.row.flags & row::OWN != 0) {
        found.retain(|candidate| candidate.row.flags & row::OWN != 0);
    }
    found
}

/// Whether a label opens on a folded letter.
fn opens_on(label: &str, initial: &str) -> bool {
    let first: String = label.chars().take(1).flat_map(char::to_lowercase).collect();
    first == initial
}

/// A person of that name that no table holds is likelier than a village that few know, or than anybody
/// that few know whose last name alone it is.
fn plausible(span: Kind, candidate: &Candidate) -> bool {
    let alone = candidate.name & (name::LAST_NAME | name::FIRST_NAME) != 0;
    let guessed = candidate.row.flags & row::GUESSED_KIND != 0;
    let least = if span == Kind::Person && candidate.row.kind != Kind::Person && !guessed {
        if candidate.row.kind.is_place() { WELL_KNOWN_PLACE } else { WELL_KNOWN }
    } else if alone {
        KNOWN
    } else {
        0
    };
    candidate.row.prior >= least || candidate.row.flags & row::OWN != 0
}

/// Adds a candidate, or what its name says to the one of the same id that is there.
fn add(found: &mut Candidates, candidate: Candidate) {
    let own = candidate.row.flags & row::OWN != 0;
    if candidate.row.qid != 0
        && let Some(known) = found.iter_mut().find(|known| known.row.qid == candidate.row.qid)
    {
        let norp = |row: Kind| row == Kind::Norp;
        if own {
            *known = candidate;
            return;
        }
        // A country and its people share an id: both stay, for the type decides.
        if norp(known.row.kind) == norp(candidate.row.kind) {
            known.name |= candidate.name & name::LABEL;
            return;
        }
        if found.iter().filter(|known| known.row.qid == candidate.row.qid).count() > 1 {
            return;
        }
    }
    if found.len() < MAX_CANDIDATES {
        found.push(candidate);
    } else if let Some(least) =
        found.iter_mut().min_by_key(|known| (known.row.prior, std::cmp::Reverse(known.at)))
        && (own || least.row.prior < candidate.row.prior)
    {
        *least = candidate;
    }
}
