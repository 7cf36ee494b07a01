//! Credits at the end of a text: `(Reporting by Mara Lindqvist in Oslo; Editing by Tom Okoro)`.
//!
//! Each clause opens with what was done and goes on with names. A line is taken only if every clause of it
//! reads so; what stands in brackets, if the first one does.

use super::byline;
use crate::article::{Credit, CreditKind};

/// The longest line of credits, in bytes.
const MAX_BYTES: usize = 600;
/// The most words of one name.
const MAX_NAME_WORDS: usize = 6;
/// The most deeds of one clause: `Reporting, writing and editing by`.
const MAX_DEEDS: usize = 4;

/// What is done for an article, in lower case, and how the record calls it.
const DEEDS: &[(&str, &str)] = &[
    ("reporting", "reporting"),
    ("reported", "reporting"),
    ("writing", "writing"),
    ("written", "writing"),
    ("editing", "editing"),
    ("edited", "editing"),
    ("compiling", "compiling"),
    ("compiled", "compiling"),
    ("translation", "translating"),
    ("translating", "translating"),
    ("translated", "translating"),
    ("research", "research"),
    ("graphics", "graphics"),
    ("graphic", "graphics"),
    ("photography", "photography"),
    ("photographs", "photography"),
    ("photos", "photography"),
    ("production", "production"),
    ("produced", "production"),
    ("fact-checking", "fact-checking"),
];

/// The same with the word for `by`, in languages that put it otherwise.
const CLAUSES: &[(&str, &str)] = &[
    ("bericht von", "reporting"),
    ("berichtet von", "reporting"),
    ("geschrieben von", "writing"),
    ("redigiert von", "editing"),
    ("bearbeitet von", "editing"),
    ("übersetzt von", "translating"),
    ("reportage de", "reporting"),
    ("reportage par", "reporting"),
    ("reportage", "reporting"),
    ("rédigé par", "writing"),
    ("édité par", "editing"),
    ("edité par", "editing"),
    ("version française", "translating"),
    ("traduit par", "translating"),
    ("reporte adicional de", "additional reporting"),
    ("reporte de", "reporting"),
    ("reportes de", "reporting"),
    ("redacción de", "writing"),
    ("editado por", "editing"),
    ("edición de", "editing"),
    ("traducido por", "translating"),
    ("traducción de", "translating"),
    ("reportagem adicional de", "additional reporting"),
    ("reportagem de", "reporting"),
    ("reportagem por", "reporting"),
    ("edição de", "editing"),
    ("edição por", "editing"),
    ("tradotto da", "translating"),
    ("in redazione a roma", "editing"),
    ("in redazione", "editing"),
    ("geschreven door", "writing"),
    ("bewerkt door", "editing"),
    ("подготовил", "writing"),
    ("подготовила", "writing"),
    ("редактор", "editing"),
];

/// What names where the news came from, in lower case.
const SOURCES: &[&str] = &[
    "with files from",
    "with inputs from",
    "with input from",
    "with agency inputs from",
    "with material from",
    "with reporting from",
    "with information from",
    "mit material von",
    "mit informationen von",
    "avec",
    "con información de",
    "con informaciones de",
    "com informações de",
    "con informazioni di",
    "met medewerking van",
];

/// What follows those who had a part in it.
const CONTRIBUTED: &[&str] = &[
    " contributed to this report",
    " contributed to this story",
    " contributed to this article",
    " contributed reporting",
    " also contributed to this report",
    " also contributed",
    " contributed",
];
/// What a contributor is; the name follows.
const WRITERS: &[&str] = &[
    "writer",
    "writers",
    "reporter",
    "reporters",
    "correspondent",
    "correspondents",
    "journalist",
    "journalists",
    "editor",
    "editors",
    "photographer",
    "photographers",
    "producer",
    "producers",
    "researcher",
    "researchers",
];
/// Words that open the second half of a place: `Albany, New York`.
const OPENS_PLACE: &[&str] =
    &["New", "North", "South", "West", "East", "Rhode", "Saudi", "British", "United", "Northern", "Western"];

/// Role of an agency that is named as the source.
const SOURCE: &str = "source";

/// Who is credited by `line`, a whole line at the end of a text. `None` if it is anything else.
pub(super) fn read(line: &str) -> Option<Vec<Credit>> {
    if line.len() > MAX_BYTES {
        return None;
    }
    let bare = line.trim_start_matches(['*', '_', ' ']);
    let unbracketed = inside(bare);
    let text = unbracketed.unwrap_or(bare).trim_end_matches(['*', '_', ' ']);
    clauses(text, unbracketed.is_some())
        .or_else(|| signature(text))
        .or_else(|| contributors(text))
        .or_else(|| agency(line).map(|credit| vec![credit]))
}

/// Credits that end a paragraph: the byte at which its own text ends, and who is credited.
pub(super) fn closing(paragraph: &str) -> Option<(usize, Vec<Credit>)> {
    let ends_before = |at: usize| {
        let before = paragraph.get(..at)?.trim_end_matches(' ');
        let ended = before.ends_with(['.', '!', '?', '…', '”', '"', '»', ')', '’']);
        ended.then_some(before.len())
    };
    if paragraph.ends_with([')', ']']) {
        let at = paragraph.rfind(['(', '['])?;
        let tail = paragraph.get(at..)?;
        let end = ends_before(at)?;
        let credits = inside(tail).filter(|_| tail.len() <= MAX_BYTES).and_then(|text| {
            clauses(text, true)
                .or_else(|| contributors(text))
                .or_else(|| agency(tail).map(|credit| vec![credit]))
        })?;
        return Some((end, credits));
    }
    // `… she said. – Reuters`, `… she said. REUTER`
    let at = paragraph.rfind(' ')? + 1;
    let word = paragraph.get(at..)?;
    let credit = agency(word)?;
    let before = paragraph.get(..at)?.trim_end_matches([' ', '-', '–', '—']);
    ends_before(before.len()).map(|end| (end, vec![credit]))
}

/// What stands between the brackets, if `text` is nothing else.
fn inside(text: &str) -> Option<&str> {
    let mut text = text;
    let mut found = None;
    while let Some(next) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')').or_else(|| rest.strip_suffix(").")))
        .or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))
    {
        text = next.trim();
        found = Some(text);
    }
    found
}

/// Clauses with a deed each. `bracketed`: only the first needs to read so.
fn clauses(text: &str, bracketed: bool) -> Option<Vec<Credit>> {
    let mut found = Vec::new();
    for clause in parted(text) {
        match clause_credits(clause) {
            Some(credits) => found.extend(credits),
            None if bracketed && !found.is_empty() => {}
            None => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The clauses of `text`: parted by a semicolon, a full stop that ends a sentence, `with additional`, or a
/// comma before another deed.
fn parted(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .flat_map(sentences)
        .flat_map(|clause| match clause.find(" with additional ") {
            Some(at) => [clause.get(..at), clause.get(at + " with ".len()..)],
            None => [Some(clause), None],
        })
        .flatten()
        .flat_map(at_deeds)
        .map(|clause| clause.trim_matches([' ', '.', ',']))
        .filter(|clause| !clause.is_empty())
}

/// Parts `written by Ana Lund, edited by Tom Okoro`, and no `reporting, writing and editing by Ana Lund`.
fn at_deeds(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(", ") {
        let (before, after) =
            (text.get(start..at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default());
        let next = after.split(',').next().unwrap_or_default();
        if role(before.trim_start()).is_some() && role(next).is_some() {
            found.push(before);
            start = at + 2;
        }
    }
    found.extend(text.get(start..));
    found
}

/// Parts `Reporting by Ana Lund. Editing by Tom Okoro`, and no `Ana D. Lund`.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let cut = whole.match_indices(". ").map(|(at, _)| at).find(|at| {
            let before = whole.get(..*at).unwrap_or_default();
            before.rsplit(' ').next().is_some_and(|word| word.chars().count() > 3 && !word.contains('.'))
        });
        match cut {
            Some(at) => {
                rest = whole.get(at + 2..);
                whole.get(..at)
            }
            None => Some(whole),
        }
    })
}

fn clause_credits(clause: &str) -> Option<Vec<Credit>> {
    let (role, people) = role(clause)?;
    let credits = names(people, &role);
    (!credits.is_empty()).then_some(credits)
}

/// What was done, as the record calls it, and the text that names who did it.
fn role(clause: &str) -> Option<(String, &str)> {
    let lowered = clause.to_lowercase();
    // Lower case may change a length; then offsets of one are none of the other.
    if lowered.len() != clause.len() {
        return None;
    }
    for (opening, role) in CLAUSES {
        if let Some(rest) = lowered.strip_prefix(opening)
            && rest.starts_with([' ', ':'])
        {
            return Some(((*role).to_owned(), people_after(clause, clause.len() - rest.len())?));
        }
    }
    for opening in SOURCES {
        if let Some(rest) = lowered.strip_prefix(opening)
            && rest.starts_with(' ')
        {
            let people = people_after(clause, clause.len() - rest.len())?;
            // `avec` and the like open sentences, too: only agencies follow them here.
            let sure = opening.contains(' ') || byline::is_agency(people);
            return sure.then(|| (SOURCE.to_owned(), people));
        }
    }
    let (deeds, _) = lowered.split_once(" by ").or_else(|| lowered.split_once(" by: "))?;
    let mut roles: Vec<String> = Vec::new();
    let mut more = false;
    for word in deeds.strip_prefix("with ").unwrap_or(deeds).split([' ', ',']).filter(|word| !word.is_empty())
    {
        match word {
            "additional" => more = true,
            "and" | "&" => {}
            word => {
                let (_, role) = DEEDS.iter().find(|(deed, _)| *deed == word)?;
                roles.push(if more { format!("additional {role}") } else { (*role).to_owned() });
                more = false;
            }
        }
        if roles.len() > MAX_DEEDS {
            return None;
        }
    }
    if roles.is_empty() {
        return None;
    }
    Some((roles.join(" and "), people_after(clause, deeds.len() + " by".len())?))
}

/// The text from byte `at` on, without the colon that may part it.
fn people_after(clause: &str, at: usize) -> Option<&str> {
    Some(clause.get(at..)?.trim_start_matches([' ', ':']))
}

/// Those named in `text`. Empty if it is no list of names.
fn names(text: &str, role: &str) -> Vec<Credit> {
    let mut found = Vec::new();
    let mut placed = false;
    for mut credit in byline::credits([text]) {
        // Where somebody wrote from, in other words for `in`.
        for place in [" à ", " en ", " em ", " aus ", " a ", " at "] {
            if let Some((name, _)) = credit.name.split_once(place) {
                credit.name = name.to_owned();
            }
        }
        let known = byline::is_agency(&credit.name);
        let mut words = credit.name.split(' ');
        let opens_place = words.next().is_some_and(|first| OPENS_PLACE.contains(&first));
        let single = words.next().is_none();
        if !known && (single || (opens_place && placed)) {
            // `Washington, D.C.`, `Albany, New York`: the second half of a place.
            continue;
        }
        if !known && !reads_as_name(&credit.name) {
            return Vec::new();
        }
        placed = text
            .split_once(credit.name.as_str())
            .is_some_and(|(_, after)| after.starts_with(" in ") || after.starts_with(" at "));
        credit.role.clear();
        credit.role.push_str(role);
        found.push(credit);
    }
    found
}

/// Whether each word of `name` begins as a name's does.
fn reads_as_name(name: &str) -> bool {
    let words = name.split(' ').count();
    words <= MAX_NAME_WORDS
        && name.split(' ').all(|word| {
            byline::is_particle(word) || word.chars().next().is_some_and(|first| !first.is_lowercase())
        })
        && name.split(' ').next().is_some_and(|first| !first.starts_with(char::is_lowercase) || words > 1)
}

/// `— By Mara Lindqvist`.
fn signature(text: &str) -> Option<Vec<Credit>> {
    byline::read(text.trim_start_matches(['-', '–', '—', ' ']))
}

/// `Associated Press writers Mara Lindqvist in Oslo and Tom Okoro contributed to this report.`
fn contributors(text: &str) -> Option<Vec<Credit>> {
    let mut found = Vec::new();
    for sentence in sentences(text) {
        let sentence = sentence.trim_end_matches(['.', ' ']);
        let who = CONTRIBUTED.iter().find_map(|ending| sentence.strip_suffix(ending))?;
        // The name follows what they are, at most some words in: `Harbour Post staff writer Ana Lund`.
        let mut people = who;
        let mut at = 0;
        for word in who.split(' ').take(MAX_NAME_WORDS) {
            at += word.len() + 1;
            if WRITERS.contains(&word.to_lowercase().as_str()) {
                people = who.get(at..)?;
            }
        }
        let credits = names(people, "contributing");
        let whole = people.len() == who.len();
        // Without what they are only a newsroom is believed: `Traffic and rain contributed.`
        if credits.is_empty() || (whole && credits.iter().any(|credit| credit.kind == CreditKind::Person)) {
            return None;
        }
        found.extend(credits);
    }
    (!found.is_empty()).then_some(found)
}

/// A line that is nothing but an agency: `(AFP)`, `— Reuters`, `Reuter`.
fn agency(line: &str) -> Option<Credit> {
    let name = line.trim_matches(['(', ')', '[', ']', '-', '–', '—', ' ', '.', '/', '*']);
    let opens = name.chars().next()?;
    (opens.is_uppercase() && byline::is_agency(name)).then(|| Credit {
        name: name.to_owned(),
        kind: CreditKind::Agency,
        role: SOURCE.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(credits: &[Credit]) -> Vec<(&str, &str)> {
        credits.iter().map(|credit| (credit.role.as_str(), credit.name.as_str())).collect()
    }

    #[track_caller]
    fn check(line: &str, expected: &[(&str, &str)]) {
        let credits = read(line).unwrap_or_else(|| panic!("{line} is a line of credits"));
        assert_eq!(found(&credits), expected, "{line}");
    }

    #[test]
    fn lines_of_credits() {
        check(
            "(Reporting by Mara Lindqvist in Oslo and Tom Okoro; Editing by Ana D. Lund)",
            &[("reporting", "Mara Lindqvist"), ("reporting", "Tom Okoro"), ("editing", "Ana D. Lund")],
        );
        check(
            "Reporting by Mara Lindqvist, Tom Okoro and Ana Lund; additional reporting by Bo Falk in Bergen; \
             writing and editing by Eva Moss.",
            &[
                ("reporting", "Mara Lindqvist"),
                ("reporting", "Tom Okoro"),
                ("reporting", "Ana Lund"),
                ("additional reporting", "Bo Falk"),
                ("writing and editing", "Eva Moss"),
            ],
        );
        check(
            "(Reporting by Mara Lindqvist in Albany, New York, and Tom Okoro in Washington, D.C.; Our Oslo desk)",
            &[("reporting", "Mara Lindqvist"), ("reporting", "Tom Okoro")],
        );
        check("Additional reporting by Bo van der Falk.", &[("additional reporting", "Bo van der Falk")]);
        check("Edited by: Eva Moss", &[("editing", "Eva Moss")]);
        check(
            "Reporting by Mara Lindqvist. Editing by Eva Moss.",
            &[("reporting", "Mara Lindqvist"), ("editing", "Eva Moss")],
        );
        check("— By Mara Lindqvist", &[("author", "Mara Lindqvist")]);
        check(
            "Associated Press writers Mara Lindqvist in Oslo and Tom Okoro in Lagos contributed to this report.",
            &[("contributing", "Mara Lindqvist"), ("contributing", "Tom Okoro")],
        );
        check(
            "The Associated Press contributed to this report.",
            &[("contributing", "The Associated Press")],
        );
        check("(With inputs from PTI)", &[("source", "PTI")]);
        check("(AFP)", &[("source", "AFP")]);
        check("— Reuters", &[("source", "Reuters")]);
        check(
            "(Geschrieben von Eva Moss, redigiert von Tom Okoro)",
            &[("writing", "Eva Moss"), ("editing", "Tom Okoro")],
        );
        check(
            "(Reporte de Ana Lund; editado por Eva Moss)",
            &[("reporting", "Ana Lund"), ("editing", "Eva Moss")],
        );
    }

    #[test]
    fn other_lines() {
        for line in [
            "Reporting by the council was late.",
            "Reporting by noon, the crews had left.",
            "Editing by hand takes time.",
            "Rain and wind contributed to this report.",
            "Heavy rain contributed.",
            "Mara Lindqvist contributed to this report with a letter.",
            "(The council met in Oslo.)",
            "(Oslo)",
            "Written by candlelight, the letter is hard to read.",
            "By noon the traffic had returned.",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn ends_of_paragraphs() {
        let check = |paragraph: &str, rest: &str, credits: &[(&str, &str)]| {
            let (end, found_credits) = closing(paragraph).unwrap();
            assert_eq!((&paragraph[..end], found(&found_credits)), (rest, credits.to_vec()));
        };
        check(
            "It rained. (Reporting by Mara Lindqvist; Editing by Tom Okoro)",
            "It rained.",
            &[("reporting", "Mara Lindqvist"), ("editing", "Tom Okoro")],
        );
        check("“It rained.” (ANI)", "“It rained.”", &[("source", "ANI")]);
        check("It rained. – Reuters", "It rained.", &[("source", "Reuters")]);
        check("It rained. REUTER", "It rained.", &[("source", "REUTER")]);
        for paragraph in [
            "She works for the Associated Press (AP)",
            "It rained (in Oslo).",
            "She called Reuters",
            "Reuters",
        ] {
            assert_eq!(closing(paragraph), None, "{paragraph}");
        }
    }
}
