//! Datelines: `PRISTINA, Jan 8 (Reuters) - After fighting …`.

use super::byline;
use super::dates;

/// How far into a lead the dash of a dateline may stand, in bytes.
const MAX_BYTES: usize = 140;
/// The longest place, in bytes.
const MAX_PLACE: usize = 80;
/// Letters that a place in capitals needs where neither date nor agency vouch for it: `IBM - …` is none.
const MIN_BARE_LETTERS: usize = 5;
/// The most words of a place that is not capitalised throughout.
const MAX_SLOPPY_WORDS: usize = 3;

/// A dateline as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundDateline {
    pub(super) place: Option<String>,
    pub(super) agency: Option<String>,
    /// `Jan 8`.
    pub(super) date: Option<String>,
    /// Byte at which the lead proper begins.
    pub(super) end: usize,
}

/// Words that a place holds in lower case.
const PARTICLES: &[&str] = &[
    "de", "da", "do", "del", "la", "le", "el", "al", "of", "the", "and", "on", "upon", "sur", "am", "an",
    "der", "in", "near",
];

/// Reads the dateline at the head of a lead.
pub(super) fn read(lead: &str) -> Option<FoundDateline> {
    let opens = lead.chars().next()?;
    if !(opens.is_uppercase() || opens == '(') {
        return None;
    }
    let mut window = lead.len().min(MAX_BYTES);
    while !lead.is_char_boundary(window) {
        window -= 1;
    }
    let window = lead.get(..window)?;
    let mut from = 0;
    let mut bare = None;
    // A dash may belong to the place (`BOSNIA-HERZEGOVINA`): the first one that parts wins, but one
    // that a date or an agency vouches for wins over one that nothing does.
    while let Some((at, length)) = window.get(from..).and_then(dash) {
        let head = window.get(..from + at)?;
        let end = from + at + length;
        if let Some((place, agency, date)) = parts(head) {
            let rest = lead.get(end..)?.trim_start_matches([' ', '-', '–', '—']);
            let vouched = agency.is_some() || date.is_some();
            let found = (!rest.is_empty()).then(|| FoundDateline {
                place,
                agency,
                date,
                end: lead.len() - rest.len(),
            });
            if vouched {
                return found;
            }
            bare = bare.or(found);
        }
        from = end;
    }
    bare
}

/// Reads a field that holds nothing but a dateline, or only its place: what it cannot take apart is the
/// place. `None` if there are no letters, or too many for a place.
pub(super) fn of_field(field: &str) -> Option<FoundDateline> {
    let field = field.trim().trim_end_matches(['-', '–', '—', ':', ' ']);
    if !field.contains(char::is_alphabetic) || field.len() > MAX_BYTES {
        return None;
    }
    let whole = || (Some(field.to_owned()), None, None);
    let (place, agency, date) = parts(field).unwrap_or_else(whole);
    Some(FoundDateline { place, agency, date, end: 0 })
}

impl FoundDateline {
    /// Whether a date or an agency says that it is one.
    pub(super) fn is_vouched(&self) -> bool {
        self.date.is_some() || self.agency.is_some()
    }
}

/// The next dash with white space on one side, or a long one: its place and length.
fn dash(text: &str) -> Option<(usize, usize)> {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..)?;
        let parts = match c {
            '—' => true,
            '–' | '-' => {
                before.is_whitespace() || before == ')' || after.starts_with([' ', '-']) || after.is_empty()
            }
            _ => false,
        };
        if parts && at > 0 {
            return Some((at, c.len_utf8()));
        }
        before = c;
    }
    None
}

type Parts = (Option<String>, Option<String>, Option<String>);

/// Place, agency and date of what stands before the dash. `None` if it is no dateline.
fn parts(head: &str) -> Option<Parts> {
    let mut head = head.trim();
    let mut agency = None;
    let mut date = None;
    let mut parted_by_comma = false;
    // Date and agency come in either order.
    for _ in 0..2 {
        if let Some((before, inside)) = head.strip_suffix(')').and_then(|head| head.rsplit_once('('))
            && agency.is_none()
            && is_agency(inside)
        {
            agency = Some(inside.trim().to_owned());
            head = before.trim_end();
        }
        // `OSLO, Jan 8, Reuters -`
        if let Some((before, after)) = head.rsplit_once(',')
            && agency.is_none()
            && date.is_none()
            && byline::is_agency(after.trim())
        {
            agency = Some(after.trim().to_owned());
            head = before.trim_end();
        }
        if date.is_none()
            && let Some((before, found)) = split_date(head)
        {
            parted_by_comma = before.ends_with(',');
            date = Some(found.to_owned());
            head = before.trim_end_matches([' ', ',', '-', '–']);
        }
    }
    if head.is_empty() {
        return agency.is_some().then_some((None, agency, date));
    }
    let vouched = agency.is_some() || date.is_some();
    // A comma and a date after it vouch even for `New york`, if it is short.
    let sloppy = parted_by_comma && head.split(' ').nth(MAX_SLOPPY_WORDS).is_none();
    is_place(head, vouched, sloppy).then(|| (Some(head.to_owned()), agency, date))
}

/// Parts a trailing `Jan 8`, `March 3, 2023`, `8 Jan` off.
fn split_date(head: &str) -> Option<(&str, &str)> {
    // At most month, day and year: the last one to three words.
    let starts =
        head.char_indices().rev().filter(|(_, c)| *c == ' ').map(|(at, _)| at + 1).chain([0]).take(3);
    let mut best = None;
    for start in starts {
        let (before, tail) = head.split_at_checked(start)?;
        if dates::is_day_and_month(tail) {
            best = Some((before.trim_end(), tail));
        }
    }
    best
}

/// `Reuters`, `AP`, `Harbour News`: what may stand in the brackets of a dateline.
fn is_agency(inside: &str) -> bool {
    let inside = inside.trim();
    let words = inside.split_whitespace().count();
    byline::is_agency(inside)
        || (words <= 4
            && inside.split_whitespace().all(|word| word.chars().next().is_some_and(char::is_uppercase))
            && (words == 1 || byline::kind_of(inside) != crate::article::CreditKind::Person))
}

/// Whether `text` can be the place of a dateline. Unvouched, it must be all in capitals and long enough.
/// `sloppy`: words in lower case may be part of it.
fn is_place(text: &str, vouched: bool, sloppy: bool) -> bool {
    if text.len() > MAX_PLACE {
        return false;
    }
    let mut capitals = true;
    let mut letters = 0;
    for word in text.split([' ', ',', '/', '-', '(', ')', '&', '\'', '’']).filter(|word| !word.is_empty()) {
        let Some(first) = word.chars().next() else { continue };
        if !word.chars().all(|c| c.is_alphabetic() || c == '.') {
            return false;
        }
        let small = !first.is_uppercase();
        if small && first.is_lowercase() && !sloppy && !PARTICLES.contains(&word) {
            return false;
        }
        letters += word.chars().filter(|c| c.is_alphabetic()).count();
        capitals &= small || !word.chars().any(char::is_lowercase);
    }
    let first_is_capital = text.chars().next().is_some_and(char::is_uppercase);
    first_is_capital && letters > 0 && (vouched || (capitals && letters >= MIN_BARE_LETTERS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lead: &str, place: Option<&str>, agency: Option<&str>, date: Option<&str>, rest: &str) {
        let found = read(lead).unwrap_or_else(|| panic!("{lead} has a dateline"));
        assert_eq!(
            (found.place.as_deref(), found.agency.as_deref(), found.date.as_deref(), &lead[found.end..]),
            (place, agency, date, rest)
        );
    }

    #[test]
    fn datelines() {
        check(
            "OSLO, Jan 8 (Reuters) - Rain fell.",
            Some("OSLO"),
            Some("Reuters"),
            Some("Jan 8"),
            "Rain fell.",
        );
        check("OSLO, Jan 8 - Rain fell.", Some("OSLO"), None, Some("Jan 8"), "Rain fell.");
        check("OSLO (AP) — Rain fell.", Some("OSLO"), Some("AP"), None, "Rain fell.");
        check("BERGEN, Norway (AP) —Rain fell.", Some("BERGEN, Norway"), Some("AP"), None, "Rain fell.");
        check("BERGEN – Rain fell.", Some("BERGEN"), None, None, "Rain fell.");
        check(
            "NEW YORK, March 3, 2023 -- Rain fell.",
            Some("NEW YORK"),
            None,
            Some("March 3, 2023"),
            "Rain fell.",
        );
        check("OSLO, N.Y., - Jan 8 - Rain fell.", Some("OSLO, N.Y."), None, Some("Jan 8"), "Rain fell.");
        check("OSLO, Jan 8, Reuter - Rain fell.", Some("OSLO"), Some("Reuter"), Some("Jan 8"), "Rain fell.");
        check("New bergen, jan 8 - Rain fell.", Some("New bergen"), None, Some("jan 8"), "Rain fell.");
        check("OSLO/BERGEN, 8 Jan - Rain fell.", Some("OSLO/BERGEN"), None, Some("8 Jan"), "Rain fell.");
        check("Oslo, Jan. 8 - Rain fell.", Some("Oslo"), None, Some("Jan. 8"), "Rain fell.");
        check("(Reuters) - Rain fell.", None, Some("Reuters"), None, "Rain fell.");
        check("STRATFORD-UPON-AVON - Rain fell.", Some("STRATFORD-UPON-AVON"), None, None, "Rain fell.");
    }

    #[test]
    fn fields() {
        let cases = [
            ("OSLO, March 5 (AP) -", Some("OSLO"), Some("AP"), Some("March 5")),
            ("Paris January 8", Some("Paris"), None, Some("January 8")),
            ("Bergen, Norway", Some("Bergen, Norway"), None, None),
            ("Bergen", Some("Bergen"), None, None),
            ("The port of Bergen, 3rd quay", Some("The port of Bergen, 3rd quay"), None, None),
            ("(Reuters) -", None, Some("Reuters"), None),
        ];
        for (field, place, agency, date) in cases {
            let found = of_field(field).unwrap();
            let found = (found.place.as_deref(), found.agency.as_deref(), found.date.as_deref());
            assert_eq!(found, (place, agency, date), "{field}");
        }
        assert_eq!((of_field(""), of_field(" 12 -"), of_field(&"a".repeat(200))), (None, None, None));
    }

    #[test]
    fn none() {
        for lead in [
            "The bridge - closed since May - is open.",
            "IBM - a company - sold it.",
            "Rain fell on Oslo.",
            "She (Reuters) said - no",
            "oslo - rain",
            "Oslo – The city sleeps.",
            "OSLO, Jan 8 -",
            "",
            "A well-known bridge - the oldest one",
            "In 1998 - the war",
        ] {
            assert_eq!(read(lead), None, "{lead}");
        }
    }
}
