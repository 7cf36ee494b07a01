//! What is seen of a candidate. Each trait is a number, mostly 0 or 1, and has one weight.

use jiff::civil::Date;

use super::around::{Around, Beside};
use super::candidates::Candidates;
use super::evidence::{Evidence, fits};
use crate::tag::domain;
use crate::tag::kb::format::{YEAR_ZERO, name, row};
use crate::tag::kb::{Candidate, RowRef};
use crate::tag::kind::Kind;

/// The names of the traits, in their order.
const NAMES: [&str; 92] = [
    "person",
    "organisation",
    "place",
    "group",
    "event",
    "product",
    "prior",
    "prior share",
    "best known",
    "many candidates",
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
    "country spoken of",
    "country known, not spoken of",
    "field spoken of",
    "field known, not spoken of",
    "team in sports",
    "team of this sport",
    "name alone, field spoken of",
    "name alone, country spoken of",
    "several words",
    "capitals",
    "its long form has no row",
    "surely a name",
    "in office on the day",
    "in a sport not played here",
    "little known",
    "group of a place",
    "place after in, at, from",
    "team after in, at, from",
    "organisation after in, at, from",
    "team before a number",
    "place before a number",
    "team in capitals",
    "prior of a person",
    "prior of an organisation",
    "prior of a place",
    "several words, its label",
    "person of several words",
    "country's team of this sport",
    "team of the chief sport",
    "team of the chief sport before a number",
    "place in sports, not after in, at, from",
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
    "state spoken of",
    "state known, not spoken of",
    "last name alone, prior",
    "first name alone, prior",
    "its label, a person",
    "its label, an organisation",
    "its label, a place",
    "prior share of a person",
    "prior share of an organisation",
    "prior share of a place",
    "no other candidate",
    "several words, not its label",
    "a first name",
    "first word of a sentence",
    "guessed type, not the span's",
    "shortened by rule, prior",
    "first name alone, field spoken of",
    "another candidate is so well known",
    "place in a dateline",
    "team in a dateline",
    "the label of another",
];

/// How many traits there are.
pub const TRAITS: usize = NAMES.len();

/// The names of the traits, in the order of their weights.
#[must_use]
pub fn trait_names() -> [&'static str; TRAITS] {
    NAMES
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

/// The traits of each candidate.
pub(super) fn of(
    seen: &Seen,
    candidates: &Candidates,
    evidence: &Evidence,
) -> impl Iterator<Item = [f32; TRAITS]> {
    let prior = |candidate: &Candidate| f32::from(candidate.row.prior) / 255.0;
    let best = candidates.iter().map(prior).fold(0.0, f32::max);
    let all: f32 = candidates.iter().map(|other| ((prior(other) - best) * 9.0).exp()).sum();
    let many = (candidates.len() as f32).ln();
    let country_name = candidates.iter().any(|candidate| candidate.row.flags & row::COUNTRY != 0);
    let labelled = candidates
        .iter()
        .any(|candidate| candidate.name & name::LABEL != 0 && fits(seen.kind, candidate.row.kind));
    candidates.iter().map(move |candidate| {
        let share = ((prior(candidate) - best) * 9.0).exp() / all.max(1.0);
        let standing = Standing { prior: prior(candidate), best, share, many, country_name, labelled };
        of_one(seen, candidate, evidence, standing)
    })
}

/// Where a candidate stands among the others.
#[derive(Clone, Copy)]
struct Standing {
    prior: f32,
    best: f32,
    share: f32,
    many: f32,
    /// A country has the name, too.
    country_name: bool,
    /// The name is the label of one that the type fits.
    labelled: bool,
}

fn of_one(seen: &Seen, candidate: &Candidate, evidence: &Evidence, standing: Standing) -> [f32; TRAITS] {
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
    let sports = evidence.sport();
    let team = named(name::TEAM);
    let chief = evidence.is_chief_sport(row.domain);
    let beside = seen.around.beside;
    let near = seen.around.field;
    let state = row.state();
    let state_known = state != [0; 2];
    let state_votes = evidence.state(state, if flagged(row::REGION) { 2.0 * voted } else { voted });
    let within = seen.around.within.holds(row.country, state).filter(|_| kind.is_place());
    let label = named(name::LABEL);
    let first = named(name::FIRST_NAME);
    let both_sports = domain::is_sport(near) && sport;
    [
        is(span == Kind::Person),
        is(span == Kind::Org),
        is(span.is_place()),
        is(span == Kind::Norp),
        is(span == Kind::Event),
        is(span == Kind::Product),
        standing.prior,
        standing.share,
        is(standing.prior >= standing.best),
        standing.many,
        is(named(name::LABEL)),
        is(named(name::ACRONYM)),
        is(named(name::COMMON)),
        is(named(name::PERSONAL) && kind != Kind::Person),
        is(named(name::LAST_NAME)),
        is(named(name::FIRST_NAME)),
        is(team),
        is(named(name::SHORTENED)),
        is(seen.long_form == LongForm::Linked(candidate.at)),
        is(span == kind),
        is(span != kind && span.is_place() && kind.is_place()),
        is(span == Kind::Org && kind.is_place()),
        is(span.is_place() && kind == Kind::Org),
        is(span == Kind::Person && kind != Kind::Person),
        is(span != Kind::Person && kind == Kind::Person),
        is((span == Kind::Norp) != (kind == Kind::Norp)),
        is(flagged(row::GUESSED_KIND)),
        is(flagged(row::COUNTRY)),
        is(flagged(row::REGION)),
        is(flagged(row::OFFICE)),
        country,
        is(country_known && country < 0.05),
        field,
        is(row.domain != 0 && field < 0.05),
        is(team) * sports,
        is(team) * field,
        is(alone) * field,
        is(alone) * country,
        is(seen.tokens > 1),
        is(seen.capitals),
        is(seen.long_form == LongForm::Unlinked),
        seen.confidence,
        is(in_office(row.years, flagged(row::OFFICE), seen.date)),
        is(sport) * (1.0 - sports),
        is(standing.prior < 0.3),
        is(flagged(row::OF_PLACE)),
        is(beside == Beside::Preposition && kind.is_place()),
        is(beside == Beside::Preposition && team),
        is(beside == Beside::Preposition && kind == Kind::Org),
        is(beside == Beside::Number && team),
        is(beside == Beside::Number && kind.is_place()),
        is(seen.upper && team),
        is(kind == Kind::Person) * standing.prior,
        is(kind == Kind::Org) * standing.prior,
        is(kind.is_place()) * standing.prior,
        is(seen.tokens > 1 && named(name::LABEL)),
        is(seen.tokens > 1 && kind == Kind::Person),
        is(team && standing.country_name) * field,
        is(team && chief),
        is(team && chief && beside == Beside::Number),
        is(kind.is_place() && beside != Beside::Preposition) * sports,
        is(chief),
        is(near != 0 && near == row.domain),
        is(both_sports),
        is(near != 0 && row.domain != 0 && near != row.domain && !both_sports),
        is(sport && kind == Kind::Org && seen.around.team),
        is(kind.is_place() && seen.around.team),
        is(seen.around.titled && flagged(row::OFFICE)),
        is(seen.around.titled && kind == Kind::Person),
        is(within == Some(true)),
        is(within == Some(false)),
        state_votes,
        is(state_known && state_votes < 0.05),
        is(named(name::LAST_NAME)) * standing.prior,
        is(first) * standing.prior,
        is(label && kind == Kind::Person),
        is(label && kind == Kind::Org),
        is(label && kind.is_place()),
        is(kind == Kind::Person) * standing.share,
        is(kind == Kind::Org) * standing.share,
        is(kind.is_place()) * standing.share,
        is(standing.many <= 0.0),
        is(seen.tokens > 1 && !label),
        is(seen.first_name),
        is(seen.opens),
        is(flagged(row::GUESSED_KIND) && !fits(span, kind)),
        is(named(name::SHORTENED)) * standing.prior,
        is(first) * field,
        is(standing.prior < standing.best) * (1.0 - (standing.best - standing.prior)),
        is(seen.around.dateline && kind.is_place()),
        is(seen.around.dateline && team),
        is(standing.labelled && !label && !alone && !team),
    ]
}

/// Whether a role of office had begun and not ended on the day.
fn in_office(years: [u8; 2], office: bool, date: Option<Date>) -> bool {
    let Some(date) = date else { return false };
    let [first, last] = years.map(|year| i16::from(year) + YEAR_ZERO);
    office && years != [0; 2] && first <= date.year() && (last == YEAR_ZERO || date.year() <= last)
}
