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

/// What opens a byline in the languages of news, in lower case, longer ones before their own openings.
const OPENINGS: &[&str] = &[
    "veröffentlicht von",
    "gespeichert von",
    "geschrieben von",
    "erstellt von",
    "verfasst von",
    "autor:in:",
    "autor/in:",
    "autorin:",
    "autoren:",
    "autor:",
    "text und interview:",
    "interview:",
    "text:",
    "vom",
    "von",
    "posted by",
    "written by",
    "published by",
    "reported by",
    "story by",
    "words by",
    "authors:",
    "author:",
    "by",
    "publié par",
    "écrit par",
    "propos recueillis par",
    "par",
    "escrito por",
    "publicado por",
    "por",
    "scritto da",
    "a cura di",
    "di",
    "door",
    "av",
    "af",
    "автор:",
    "текст:",
    "tekst:",
    "yazan:",
    "penulis:",
];

/// What stands where a name should, in lower case: forms, placeholders, headings of bylines.
const NO_NAMES: &[&str] = &[
    "admin",
    "administrator",
    "super user",
    "no author",
    "unknown",
    "anonymous",
    "anónimo",
    "author",
    "authors",
    "autor",
    "autoren",
    "auteur",
    "auteurs",
    "autores",
    "name",
    "nom",
    "nombre",
    "posted",
    "follow",
    "veröffentlicht",
    "published",
    "by",
    "von",
    "minutes ago",
    "guest",
    "user",
    "root",
    "webmaster",
];

/// What joins two names.
const AND: &[&str] = &[" and ", " und ", " et ", " og ", " och ", " y ", " e ", " en ", " i "];

/// Degrees behind a name, in lower case without their last full stop.
const DEGREES: &[&str] = &["phd", "ph.d", "md", "m.d", "rd", "msc", "ba", "ma", "jr", "sr", "cfa", "dds"];

/// The most words of one name in a byline that a page shows.
const MAX_NAME_WORDS: usize = 5;
/// The longest initials behind a name, in bytes.
const MAX_INITIALS: usize = 6;

/// Words of a byline that begin in lower case.
const PARTICLES: &[&str] = &[
    "and", "de", "da", "do", "dos", "van", "von", "der", "den", "del", "della", "di", "du", "la", "le", "el",
    "al", "bin", "bint", "ibn", "of", "the", "for", "in", "at", "with", "y", "e",
];

/// Whether `word` is one that a name holds in lower case.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

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
        let element = after_opening(element.trim());
        for part in element.split([',', ';', '|', '•', '\n']).flat_map(|part| split_and(part)) {
            let name = bare(part);
            if is_name(name) && found.len() < MAX_CREDITS && !found.iter().any(|credit| credit.name == name) {
                found.push(Credit { name: name.to_owned(), kind: kind_of(name), role: "author".to_owned() });
            }
        }
    }
    found
}

/// Takes the bylines that a page shows where its metadata names nobody, or nobody but the site itself.
pub(super) fn sign(credits: &mut Vec<Credit>, bylines: &[String], site: Option<&str>) {
    let is_site = |name: &str| {
        let letters = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let (site, name) = (letters(site.unwrap_or_default()), letters(name));
        !site.is_empty() && (site.contains(&name) || name.contains(&site))
    };
    if credits.iter().any(|credit| credit.kind == CreditKind::Person && !is_site(&credit.name)) {
        return;
    }
    let shown: Vec<Credit> = bylines
        .iter()
        .map(|line| self::credits([line.as_str()]))
        .find(|found| {
            // A byline is a name or two; more words are a sentence.
            !found.is_empty() && found.iter().all(|credit| credit.name.split(' ').count() <= MAX_NAME_WORDS)
        })
        .unwrap_or_default();
    if shown.iter().any(|credit| !is_site(&credit.name)) || credits.is_empty() {
        *credits = shown;
    }
}

/// The rest of a byline after what opens it: `By`, `Von`, `Text:`, `Posted by`.
fn after_opening(line: &str) -> &str {
    let mut line = line;
    // `Veröffentlicht von`, `Interview: von`: at most two of them.
    for _ in 0..2 {
        let opening = OPENINGS.iter().find_map(|opening| {
            let head = line.get(..opening.len())?;
            let rest = line.get(opening.len()..)?;
            let same = head.eq_ignore_ascii_case(opening) || lower(head) == **opening;
            // A word ends here, unless the opening ends with a colon.
            let ends = opening.ends_with(':') || rest.starts_with([' ', ':', '\u{a0}']) || rest.is_empty();
            (same && ends).then(|| rest.trim_start_matches([' ', ':', '\u{a0}']))
        });
        match opening {
            Some(rest) => line = rest,
            None => break,
        }
    }
    line
}

/// A name without what surrounds it: a place, a title behind it, the initials of a desk, a sign of a list.
fn bare(part: &str) -> &str {
    let mut name = part.split(" in ").next().unwrap_or_default().trim();
    for word in AND {
        name = name.strip_prefix(word.trim_start()).unwrap_or(name);
    }
    for end in [" for", " am", " on", " at", " um", " le"] {
        name = name.strip_suffix(end).unwrap_or(name);
    }
    for tail in [" says:", " says", " said", " sagt:", " Alle Artikel", " schreibt:", " escribió:"] {
        // Who comments is no author.
        if name.ends_with(tail) && tail != " Alle Artikel" {
            return "";
        }
        name = name.strip_suffix(tail).unwrap_or(name);
    }
    // `Elena Lund (elu)`: the initials under which she writes.
    if let Some((before, inside)) = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("))
        && inside.len() <= MAX_INITIALS
        && inside.chars().all(|c| c.is_lowercase() || c == '.')
    {
        name = before;
    }
    name.trim_matches([' ', '-', '–', '—', '·', '*', ':', '\u{a0}', '/']).trim()
}

/// Whether this can be somebody's name.
fn is_name(name: &str) -> bool {
    let lowered = lower(name);
    let words = name.split(' ').count();
    let has_digits = name.chars().any(|c| c.is_ascii_digit());
    !name.is_empty()
        && !name.contains(['@', '*', '<', '>', '{', '…', '!', '?'])
        && !name.contains("://")
        // `dpa/lno` is a desk; with spaces round it a slash parts things.
        && (!name.contains('/') || words == 1)
        // Somebody who writes as `rider77`.
        && !(has_digits && (words > 1 || !name.starts_with(char::is_alphabetic)))
        && name.chars().any(char::is_alphabetic)
        && !NO_NAMES.contains(&lowered.as_str())
        && !lowered.contains("erforderlich")
        && !lowered.contains("required")
        && !super::dates::is_weekday_or_month(name)
        && !is_role(name)
}

/// Parts `A and B`, but not `Ministry of Trade and Industry`.
fn split_and(part: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for name in part.split('&') {
        let whole =
            kind_of(name) == CreditKind::Organisation && (name.contains(" of ") || name.contains(" für "));
        let lowered = lower(name);
        // Lower case may change a length; then the word is not looked for.
        if whole || lowered.len() != name.len() {
            names.push(name);
            continue;
        }
        let mut start = 0;
        let mut found: Vec<(usize, &str)> = AND.iter().flat_map(|and| lowered.match_indices(and)).collect();
        found.sort_unstable();
        for (at, and) in found {
            // `Juan y Ana`, and not `Juan García y Vega`, which is one.
            let other = name.get(at + and.len()..).unwrap_or_default();
            let one_name = and == " y " || and == " e ";
            if at < start || one_name && (name.get(start..at).is_some_and(is_one_word) || is_one_word(other))
            {
                continue;
            }
            names.extend(name.get(start..at));
            start = at + and.len();
        }
        names.extend(name.get(start..));
    }
    names
}

/// Looks no further than the first space: it is asked of the whole rest of a line for each of its words.
fn is_one_word(text: &str) -> bool {
    !text.contains(' ')
}

/// `Staff Writer`, `Reporter`, `PhD`: what somebody is, not who.
fn is_role(name: &str) -> bool {
    let lowered = lower(name);
    DEGREES.contains(&lowered.trim_end_matches('.'))
        || lowered.split(' ').next_back().is_some_and(|last| ROLE_WORDS.contains(&last))
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
    fn a_list_without_end_is_parted() {
        let names = credits([format!("Ana Lund{}", " y Per Ek".repeat(50_000)).as_str()]);
        assert_eq!(
            names.iter().map(|credit| credit.name.as_str()).collect::<Vec<_>>(),
            ["Ana Lund", "Per Ek"]
        );
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
        assert_eq!(names(&["Veröffentlicht von Mara Lund und Tom Ek"]), ["Mara Lund", "Tom Ek"]);
        assert_eq!(names(&["Text: Mara Lund (mlu)"]), ["Mara Lund"]);
        assert_eq!(names(&["Mara Lund, PhD", "dpa/lno"]), ["Mara Lund", "dpa/lno"]);
        assert_eq!(names(&["Mara Lund og Tom Ek"]), ["Mara Lund", "Tom Ek"]);
        assert_eq!(names(&["Juan García y Vega"]), ["Juan García y Vega"]);
        assert_eq!(names(&["Name (erforderlich)", "admin", "Troll says:"]), Vec::<String>::new());
    }

    #[test]
    fn a_byline_that_is_shown_counts_where_metadata_name_only_the_site() {
        let signed = |stated: &str, byline: &str| {
            let mut credits = credits([stated]);
            sign(&mut credits, &[byline.to_owned()], Some("Harbour Post"));
            credits.into_iter().map(|credit| credit.name).collect::<Vec<_>>()
        };
        assert_eq!(signed("Harbour Post", "By Mara Lund"), ["Mara Lund"]);
        assert_eq!(signed("Tom Ek", "By Mara Lund"), ["Tom Ek"]);
        assert_eq!(signed("", "Mara Lund"), ["Mara Lund"]);
        assert_eq!(signed("Harbour Post", "See what our readers say of it"), ["Harbour Post"]);
    }
}
