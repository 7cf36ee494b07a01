//! Bylines and credits: who is named as an author, and what each of them is.

use crate::article::{Credit, CreditKind};

/// The longest line that can be a byline, in bytes, and the most words of it.
const MAX_BYTES: usize = 200;
const MAX_WORDS: usize = 18;
/// The most authors that one record credits.
const MAX_CREDITS: usize = 64;

/// News agencies by the names they are credited with.
const AGENCIES: &[&str] = &[
    "reuters",
    "reuter",
    "thomson reuters",
    "ap",
    "the associated press",
    "associated press",
    "afp",
    "agence france-presse",
    "dpa",
    "xinhua",
    "tass",
    "itar-tass",
    "interfax",
    "ria novosti",
    "tanjug",
    "beta",
    "hina",
    "srna",
    "ansa",
    "efe",
    "pti",
    "press trust of india",
    "ani",
    "ians",
    "kyodo",
    "kyodo news",
    "yonhap",
    "jiji",
    "upi",
    "united press international",
    "bloomberg",
    "bloomberg news",
    "anadolu agency",
    "aa",
    "pa",
    "pa media",
    "press association",
    "aap",
    "canadian press",
    "the canadian press",
    "ukrinform",
    "belta",
    "mti",
    "pap",
    "ctk",
    "apa",
    "ats",
    "antara",
    "bernama",
    "wam",
    "mena",
    "irna",
    "sana",
    "petra",
    "nan",
    "lusa",
    "stt",
    "ritzau",
    "ntb",
];

/// Words that only the name of an organisation, a desk or a department holds.
const ORGANISATION_WORDS: &[&str] = &[
    "news",
    "times",
    "post",
    "press",
    "agency",
    "staff",
    "desk",
    "bureau",
    "team",
    "editorial",
    "board",
    "newsroom",
    "ministry",
    "department",
    "office",
    "university",
    "institute",
    "center",
    "centre",
    "council",
    "online",
    "media",
    "tv",
    "radio",
    "network",
    "report",
    "reports",
    "service",
    "services",
    "editors",
    "reporters",
    "correspondents",
    "newspaper",
    "magazine",
    "daily",
    "herald",
    "tribune",
    "gazette",
    "broadcasting",
    "corporation",
    "company",
    "foundation",
    "association",
    "committee",
    "party",
    "government",
    "inc",
    "ltd",
    "llc",
    ".com",
    ".org",
    ".net",
];

/// Words that say what an author is; such an element of a byline names nobody.
const ROLE_WORDS: &[&str] = &[
    "writer",
    "reporter",
    "correspondent",
    "editor",
    "columnist",
    "contributor",
    "journalist",
    "producer",
    "analyst",
    "critic",
    "photographer",
];

/// Words of a byline that begin in lower case.
const PARTICLES: &[&str] = &[
    "and", "de", "da", "do", "dos", "van", "von", "der", "den", "del", "della", "di", "du", "la", "le", "el",
    "al", "bin", "bint", "ibn", "of", "the", "for", "in", "at", "with", "y", "e",
];

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// What a credited name is.
pub(super) fn kind_of(name: &str) -> CreditKind {
    let name = lower(name);
    let name = name.trim_end_matches('.');
    if AGENCIES.contains(&name) {
        return CreditKind::Agency;
    }
    let organisation = name.split([' ', '-', '/']).any(|word| ORGANISATION_WORDS.contains(&word))
        || ORGANISATION_WORDS.iter().any(|word| word.starts_with('.') && name.ends_with(word));
    if organisation { CreditKind::Organisation } else { CreditKind::Person }
}

/// Whether a name is one of a known agency.
pub(super) fn is_agency(name: &str) -> bool {
    kind_of(name) == CreditKind::Agency
}

/// The rest of `text` after `By`.
fn after_by(text: &str) -> Option<&str> {
    let (by, rest) = text.split_at_checked(2)?;
    let rest = rest.strip_prefix([' ', ':'])?;
    by.eq_ignore_ascii_case("by").then(|| rest.trim_start_matches([' ', ':']))
}

/// The names of a line that is a byline (`By Jane Doe and JOHN ROE, Associated Press`). `None` if the
/// line is anything else.
pub(super) fn read(line: &str) -> Option<Vec<Credit>> {
    if line.len() > MAX_BYTES {
        return None;
    }
    let rest = after_by(line)?;
    let ends_as_sentence = rest.ends_with(['.', '!', '?', ':', ';', ',']) && !rest.ends_with("r.");
    if ends_as_sentence || rest.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut capitalised = 0;
    for (count, word) in rest.split([' ', ',', '/', '&', '-']).filter(|word| !word.is_empty()).enumerate() {
        let first = word.chars().find(|c| c.is_alphabetic())?;
        let particle = PARTICLES.contains(&word);
        if count >= MAX_WORDS
            || (count == 0 && particle)
            || !(particle || first.is_uppercase() || !first.is_lowercase())
        {
            return None;
        }
        if super::dates::is_weekday_or_month(word) && count == 0 {
            return None;
        }
        capitalised += usize::from(!particle);
    }
    let credits = credits([rest]);
    let known = credits.iter().any(|credit| credit.kind != CreditKind::Person);
    (!credits.is_empty() && (capitalised >= 2 || known)).then_some(credits)
}

/// The credits in what a source states as its authors: one name an element, or several in one.
pub(super) fn credits<'s>(stated: impl IntoIterator<Item = &'s str>) -> Vec<Credit> {
    let mut found: Vec<Credit> = Vec::new();
    for element in stated {
        let element = after_by(element.trim()).unwrap_or(element);
        for part in element.split([',', ';', '|', '•', '\n']).flat_map(|part| split_and(part)) {
            let name = part.split(" in ").next().unwrap_or_default().trim().trim_start_matches("and ").trim();
            let name = name.strip_suffix(" for").unwrap_or(name);
            let is_name = !name.is_empty()
                && !name.contains(['@', '/'])
                && !name.chars().any(|c| c.is_ascii_digit())
                && name.chars().any(char::is_alphabetic)
                && !is_role(name);
            if is_name && found.len() < MAX_CREDITS && !found.iter().any(|credit| credit.name == name) {
                found.push(Credit { name: name.to_owned(), kind: kind_of(name), role: "author".to_owned() });
            }
        }
    }
    found
}

/// Parts `A and B`, but not `Ministry of Trade and Industry`.
fn split_and(part: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for name in part.split('&') {
        let whole = kind_of(name) == CreditKind::Organisation && name.contains(" of ");
        let lowered = lower(name);
        // Lower case may change a length; then the word is not looked for.
        if whole || lowered.len() != name.len() {
            names.push(name);
            continue;
        }
        let mut start = 0;
        for (at, and) in lowered.match_indices(" and ") {
            names.extend(name.get(start..at));
            start = at + and.len();
        }
        names.extend(name.get(start..));
    }
    names
}

/// `Staff Writer`, `Reporter`: what somebody is, not who.
fn is_role(name: &str) -> bool {
    lower(name).split(' ').next_back().is_some_and(|last| ROLE_WORDS.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use CreditKind::{Agency, Organisation, Person};

    #[track_caller]
    fn check(line: &str, expected: &[(&str, CreditKind)]) {
        let found = read(line).unwrap_or_else(|| panic!("{line} is a byline"));
        let found: Vec<_> = found.iter().map(|credit| (credit.name.as_str(), credit.kind)).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn bylines() {
        check("By Mara Lindqvist", &[("Mara Lindqvist", Person)]);
        check("by Mara Lindqvist, Reuters", &[("Mara Lindqvist", Person), ("Reuters", Agency)]);
        check(
            "By MARA LINDQVIST and Tom Okoro, Associated Press",
            &[("MARA LINDQVIST", Person), ("Tom Okoro", Person), ("Associated Press", Agency)],
        );
        check("By Tom Okoro, Staff Writer", &[("Tom Okoro", Person)]);
        check("By: Ludwig van der Berg in Oslo", &[("Ludwig van der Berg", Person)]);
        check("By Harbour Times Staff", &[("Harbour Times Staff", Organisation)]);
        check("By AFP", &[("AFP", Agency)]);
    }

    #[test]
    fn no_bylines() {
        for line in [
            "By noon the traffic had returned.",
            "By noon",
            "By Friday Oslo",
            "By 2023",
            "Bystanders Saw It",
            "By far the largest",
            "By Oslo",
            "By Mara Lindqvist won the race.",
            "By",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn stated_authors() {
        let names = |stated: &[&str]| {
            credits(stated.iter().copied()).into_iter().map(|credit| credit.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&["Mara Lindqvist", "Tom Okoro"]), ["Mara Lindqvist", "Tom Okoro"]);
        assert_eq!(names(&["By Mara Lindqvist and Tom Okoro"]), ["Mara Lindqvist", "Tom Okoro"]);
        assert_eq!(names(&["mara@paper.example", "Tom Okoro", "Tom Okoro"]), ["Tom Okoro"]);
        assert_eq!(names(&["Ministry of Trade and Industry"]), ["Ministry of Trade and Industry"]);
    }
}
