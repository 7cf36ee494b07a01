//! What is seen of a candidate. Each trait is a number, mostly 0 or 1, and has one weight. What is seen of the
//! mention is the same for all its candidates and stands first, then what is there or not, then what is measured.

use jiff::civil::Date;

use super::around::{Around, Beside};
use super::candidates::Candidates;
use super::evidence::{Evidence, fits};
use crate::tag::domain;
use crate::tag::kb::format::{YEAR_ZERO, name, row};
use crate::tag::kb::{Candidate, RowRef};
use crate::tag::kind::Kind;

/// The names of the traits of the mention itself.
const MENTION_NAMES: [&str; MENTION] = [
    "person",
    "organisation",
    "place",
    "group",
    "event",
    "product",
    "many candidates",
    "several words",
    "capitals",
    "its long form has no row",
    "surely a name",
    "no other candidate",
    "a first name",
    "first word of a sentence",
];

/// The names of the traits of a candidate that are there or not.
const FLAG_NAMES: [&str; FLAGS] = [
    "best known",
    "its label",
    "an acronym",
    "a common word",
    "also a person's name",
    "last name alone",
    "first name alone",
    "short for a team",
    "shortened by rule",
    "short for a name before",
    "same type",
    "another sort of place",
    "place for organisation",
    "organisation for place",
    "not a person",
    "not the person",
    "people for country",
    "type guessed",
    "a country",
    "a region or capital",
    "of office",
    "country known, not spoken of",
    "field known, not spoken of",
    "in office on the day",
    "little known",
    "group of a place",
    "place after in, at, from",
    "team after in, at, from",
    "organisation after in, at, from",
    "team before a number",
    "place before a number",
    "team in capitals",
    "several words, its label",
    "person of several words",
    "team of the chief sport",
    "team of the chief sport before a number",
    "of the chief sport",
    "its field spoken of beside",
    "sport beside",
    "field known, another beside",
    "team beside a word of teams",
    "place beside a word of teams",
    "of office after a title",
    "person after a title",
    "lies in the place that follows",
    "lies elsewhere than the place that follows",
    "state known, not spoken of",
    "its label, a person",
    "its label, an organisation",
    "its label, a place",
    "several words, not its label",
    "guessed type, not the span's",
    "place in a dateline",
    "team in a dateline",
    "the label of another",
];

/// The names of the traits of a candidate that are measured.
const MEASURE_NAMES: [&str; MEASURES] = [
    "prior",
    "prior share",
    "country spoken of",
    "field spoken of",
    "team in sports",
    "team of this sport",
    "name alone, field spoken of",
    "name alone, country spoken of",
    "in a sport not played here",
    "prior of a person",
    "prior of an organisation",
    "prior of a place",
    "country's team of this sport",
    "place in sports, not after in, at, from",
    "state spoken of",
    "last name alone, prior",
    "first name alone, prior",
    "prior share of a person",
    "prior share of an organisation",
    "prior share of a place",
    "shortened by rule, prior",
    "first name alone, field spoken of",
    "another candidate is so well known",
];

/// How many traits of each sort there are.
pub(super) const MENTION: usize = 14;
pub(super) const FLAGS: usize = 55;
pub(super) const MEASURES: usize = 23;

/// How many traits there are.
pub const TRAITS: usize = MENTION + FLAGS + MEASURES;

/// The names of the traits, in the order of their weights.
#[must_use]
pub fn trait_names() -> [&'static str; TRAITS] {
    let mut names = [""; TRAITS];
    let all = MENTION_NAMES.iter().chain(&FLAG_NAMES).chain(&MEASURE_NAMES);
    names.iter_mut().zip(all).for_each(|(place, name)| *place = name);
    names
}

/// A longer form of a name in the article, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LongForm {
    /// There is none.
    Absent,
    /// No row was chosen for it.
    Unlinked,
    /// This row was.
    Linked(RowRef),
}

/// What the mention itself shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) kind: Kind,
    pub(super) tokens: usize,
    /// One token, all capitals, in a line that is not.
    pub(super) capitals: bool,
    pub(super) confidence: f32,
    /// What stands around it.
    pub(super) around: Around,
    /// One word that is a first name of people.
    pub(super) first_name: bool,
    /// One word, the first of a sentence or a line.
    pub(super) opens: bool,
    /// All capitals, whatever the line.
    pub(super) upper: bool,
    pub(super) long_form: LongForm,
    pub(super) date: Option<Date>,
}

/// What is seen of one candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    /// A bit for each that is there, from the lowest on.
    pub(super) flags: u64,
    pub(super) measures: [f32; MEASURES],
}

/// What is seen of a mention: the same for each of its candidates.
pub(super) fn of_mention(seen: &Seen, candidates: &Candidates) -> [f32; MENTION] {
    let is = |condition: bool| f32::from(u8::from(condition));
    let span = seen.kind;
    let many = (candidates.len() as f32).ln();
    [
        is(span == Kind::Person),
        is(span == Kind::Org),
        is(span.is_place()),
        is(span == Kind::Norp),
        is(span == Kind::Event),
        is(span == Kind::Product),
        many,
        is(seen.tokens > 1),
        is(seen.capitals),
        is(seen.long_form == LongForm::Unlinked),
        seen.confidence,
        is(many <= 0.0),
        is(seen.first_name),
        is(seen.opens),
    ]
}

/// What is seen of each candidate.
pub(super) fn of_each(
    seen: &Seen,
    candidates: &Candidates,
    evidence: &Evidence,
) -> impl Iterator<Item = Traits> {
    let prior = |candidate: &Candidate| f32::from(candidate.row.prior) / 255.0;
    let best = candidates.iter().map(prior).fold(0.0, f32::max);
    let all: f32 = candidates.iter().map(|other| ((prior(other) - best) * 9.0).exp()).sum();
    let country_name = candidates.iter().any(|candidate| candidate.row.flags & row::COUNTRY != 0);
    let labelled = candidates
        .iter()
        .any(|candidate| candidate.name & name::LABEL != 0 && fits(seen.kind, candidate.row.kind));
    let sports = evidence.sport();
    let chief = evidence.chief_sport();
    candidates.iter().map(move |candidate| {
        let share = ((prior(candidate) - best) * 9.0).exp() / all.max(1.0);
        let standing =
            Standing { prior: prior(candidate), best, share, country_name, labelled, sports, chief };
        of_one(seen, candidate, evidence, standing)
    })
}

/// All traits of a candidate, in the order of [`trait_names`].
pub(super) fn in_order(mention: &[f32; MENTION], traits: &Traits) -> [f32; TRAITS] {
    let mut all = [0.0; TRAITS];
    let flags = (0..FLAGS).map(|place| f32::from(u8::from(traits.flags >> place & 1 == 1)));
    let in_order = mention.iter().copied().chain(flags).chain(traits.measures);
    all.iter_mut().zip(in_order).for_each(|(place, seen)| *place = seen);
    all
}

/// Where a candidate stands among the others, and what the article is about.
#[derive(Clone, Copy)]
struct Standing {
    prior: f32,
    best: f32,
    share: f32,
    /// A country has the name, too.
    country_name: bool,
    /// The name is the label of one that the type fits.
    labelled: bool,
    /// The share of the votes for sports.
    sports: f32,
    /// The votes of the game that has most.
    chief: f32,
}

fn of_one(seen: &Seen, candidate: &Candidate, evidence: &Evidence, standing: Standing) -> Traits {
    let row = candidate.row;
    let is = |condition: bool| f32::from(u8::from(condition));
    let named = |flag: u8| candidate.name & flag != 0;
    let flagged = |flag: u16| row.flags & flag != 0;
    let (span, kind) = (seen.kind, row.kind);
    let alone = named(name::LAST_NAME) || named(name::FIRST_NAME);
    let country_row = flagged(row::COUNTRY) || kind == Kind::Norp;
    // Its own vote is no evidence for it; only names that stand for themselves have voted.
    let voted =
        if fits(span, kind) && !alone && !named(name::TEAM | name::COMMON) { standing.share } else { 0.0 };
    let country = evidence.country(row.country, if country_row { 2.0 * voted } else { voted });
    let country_known = row.country != [0; 2];
    let field = evidence.domain(row.domain, voted);
    let sport = domain::is_sport(row.domain);
    let sports = standing.sports;
    let team = named(name::TEAM);
    let chief = evidence.is_chief_sport(row.domain, standing.chief);
    let beside = seen.around.beside;
    let near = seen.around.field;
    let state = row.state();
    let state_known = state != [0; 2];
    let state_votes = evidence.state(state, if flagged(row::REGION) { 2.0 * voted } else { voted });
    let within = seen.around.within.holds(row.country, state).filter(|_| kind.is_place());
    let label = named(name::LABEL);
    let first = named(name::FIRST_NAME);
    let both_sports = domain::is_sport(near) && sport;
    let flags = [
        standing.prior >= standing.best,
        named(name::LABEL),
        named(name::ACRONYM),
        named(name::COMMON),
        named(name::PERSONAL) && kind != Kind::Person,
        named(name::LAST_NAME),
        named(name::FIRST_NAME),
        team,
        named(name::SHORTENED),
        seen.long_form == LongForm::Linked(candidate.at),
        span == kind,
        span != kind && span.is_place() && kind.is_place(),
        span == Kind::Org && kind.is_place(),
        span.is_place() && kind == Kind::Org,
        span == Kind::Person && kind != Kind::Person,
        span != Kind::Person && kind == Kind::Person,
        (span == Kind::Norp) != (kind == Kind::Norp),
        flagged(row::GUESSED_KIND),
        flagged(row::COUNTRY),
        flagged(row::REGION),
        flagged(row::OFFICE),
        country_known && country < 0.05,
        row.domain != 0 && field < 0.05,
        in_office(row.years, flagged(row::OFFICE), seen.date),
        standing.prior < 0.3,
        flagged(row::OF_PLACE),
        beside == Beside::Preposition && kind.is_place(),
        beside == Beside::Preposition && team,
        beside == Beside::Preposition && kind == Kind::Org,
        beside == Beside::Number && team,
        beside == Beside::Number && kind.is_place(),
        seen.upper && team,
        seen.tokens > 1 && named(name::LABEL),
        seen.tokens > 1 && kind == Kind::Person,
        team && chief,
        team && chief && beside == Beside::Number,
        chief,
        near != 0 && near == row.domain,
        both_sports,
        near != 0 && row.domain != 0 && near != row.domain && !both_sports,
        sport && kind == Kind::Org && seen.around.team,
        kind.is_place() && seen.around.team,
        seen.around.titled && flagged(row::OFFICE),
        seen.around.titled && kind == Kind::Person,
        within == Some(true),
        within == Some(false),
        state_known && state_votes < 0.05,
        label && kind == Kind::Person,
        label && kind == Kind::Org,
        label && kind.is_place(),
        seen.tokens > 1 && !label,
        flagged(row::GUESSED_KIND) && !fits(span, kind),
        seen.around.dateline && kind.is_place(),
        seen.around.dateline && team,
        standing.labelled && !label && !alone && !team,
    ];
    let measures = [
        standing.prior,
        standing.share,
        country,
        field,
        is(team) * sports,
        is(team) * field,
        is(alone) * field,
        is(alone) * country,
        is(sport) * (1.0 - sports),
        is(kind == Kind::Person) * standing.prior,
        is(kind == Kind::Org) * standing.prior,
        is(kind.is_place()) * standing.prior,
        is(team && standing.country_name) * field,
        is(kind.is_place() && beside != Beside::Preposition) * sports,
        state_votes,
        is(named(name::LAST_NAME)) * standing.prior,
        is(first) * standing.prior,
        is(kind == Kind::Person) * standing.share,
        is(kind == Kind::Org) * standing.share,
        is(kind.is_place()) * standing.share,
        is(named(name::SHORTENED)) * standing.prior,
        is(first) * field,
        is(standing.prior < standing.best) * (1.0 - (standing.best - standing.prior)),
    ];
    Traits { flags: bits(flags), measures }
}

/// A bit for each flag, from the lowest on.
fn bits(flags: [bool; FLAGS]) -> u64 {
    let mut bytes = [0; FLAGS.next_multiple_of(8)];
    bytes.iter_mut().zip(flags).for_each(|(byte, there)| *byte = u8::from(there));
    let eights = bytes.chunks_exact(8).filter_map(|eight| eight.try_into().ok().map(u64::from_le_bytes));
    // Eight flags at once: the product has the lowest bit of byte n at bit 56 + n.
    (0..)
        .zip(eights)
        .fold(0, |bits, (place, eight)| bits | eight.wrapping_mul(0x0102_0408_1020_4080) >> 56 << (8 * place))
}

/// Whether a role of office had begun and not ended on the day.
fn in_office(years: [u8; 2], office: bool, date: Option<Date>) -> bool {
    let Some(date) = date else { return false };
    let [first, last] = years.map(|year| i16::from(year) + YEAR_ZERO);
    office && years != [0; 2] && first <= date.year() && (last == YEAR_ZERO || date.year() <= last)
}
