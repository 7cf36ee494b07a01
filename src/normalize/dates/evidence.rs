//! What speaks for a date, and what against it: each with its place, its reading and how far it is trusted.

use super::published::Candidate;
use crate::article::{Evidence, OtherDate};
use crate::decode::FOREIGN_PLACE;

/// How far each kind of place is trusted. Machines write the first ones for machines; an address is written once
/// and not changed; what a page shows may be the date of something else.
const WEIGHTS: [(&str, f64); 11] = [
    ("field", 0.95),
    ("json_ld", 0.95),
    ("meta", 0.9),
    ("microdata", 0.8),
    ("time_element", 0.7),
    ("url", 0.6),
    ("visible", 0.5),
    ("date_line", 0.5),
    ("script", 0.3),
    ("dateline", 0.3),
    ("weekday", 0.2),
];
/// A `time` that is marked as that of publication, and one that belongs to something else.
const MARKED: f64 = 0.85;
const BESIDE: f64 = 0.4;
/// All other kinds: they never decide alone.
const LEAST: f64 = 0.1;

/// Dates that were not taken and are told.
const MAX_AGAINST: usize = 16;

/// Why a date is not taken.
pub(super) const ANOTHER_DAY: &str = "another day";
/// The same.
pub(super) const AFTER_AS_OF: &str = "after as_of";
/// The same.
pub(super) const UNREAD: &str = "unread";
/// The same, where there is no other.
pub(super) const NEVER_ALONE: &str = "dates no article alone";

/// How far a place is trusted, 0 to 1.
pub(super) fn weight(kind: &str, place: Option<&str>) -> f64 {
    match (kind, place) {
        ("time_element", Some(FOREIGN_PLACE)) => BESIDE,
        ("time_element", Some(_)) => MARKED,
        _ => WEIGHTS.iter().find(|(known, _)| *known == kind).map_or(LEAST, |(_, weight)| *weight),
    }
}

/// Whether an article may be dated by this alone: when a server last touched a page says little.
pub(super) fn may_decide(candidate: &Candidate<'_>) -> bool {
    weight(candidate.kind, candidate.place) > LEAST
}

/// A candidate that speaks for the date.
pub(super) fn of(candidate: &Candidate<'_>, reading: String) -> Evidence {
    Evidence {
        kind: candidate.kind.to_owned(),
        place: candidate.place.map(str::to_owned),
        text: candidate.text.to_owned(),
        reading,
        weight: weight(candidate.kind, candidate.place),
    }
}

/// Something in the text that fits the date.
pub(super) fn spoken(kind: &'static str, text: &str, reading: String) -> Evidence {
    Evidence {
        kind: kind.to_owned(),
        place: None,
        text: text.to_owned(),
        reading,
        weight: weight(kind, None),
    }
}

/// Adds a candidate that was not taken, as long as there are not too many.
pub(super) fn add(
    against: &mut Vec<OtherDate>,
    candidate: &Candidate<'_>,
    reading: Option<String>,
    because: &'static str,
) {
    // A text of the page in which no date stands after all is none.
    if against.len() >= MAX_AGAINST || reading.is_none() && matches!(candidate.kind, "visible" | "url") {
        return;
    }
    against.push(OtherDate {
        kind: candidate.kind.to_owned(),
        place: candidate.place.map(str::to_owned),
        text: candidate.text.to_owned(),
        reading,
        weight: weight(candidate.kind, candidate.place),
        because,
    });
}
