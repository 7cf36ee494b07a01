//! Teasers of other articles: `Read more: Ferry line closes`, and at the end of a text
//! `More Ferry line closes after forty years`.

use std::sync::LazyLock;

use regex::Regex;

/// The longest teaser, in bytes.
const MAX_BYTES: usize = 240;
/// The fewest words of the title that a bare `More` announces.
const MIN_WORDS: usize = 3;

/// The most titles under a heading like `Related articles`, and the longest of them, in bytes.
const MAX_TITLES: usize = 8;
const MAX_TITLE: usize = 160;

/// Openings that announce another article wherever they stand, in lower case; a colon or a dash follows.
const ANNOUNCE: &[&str] = &[
    "read more",
    "read more on this",
    "read also",
    "also read",
    "see also",
    "read next",
    "read the full story",
    "related article",
    "related articles",
    "related story",
    "related stories",
    "related coverage",
    "related news",
    "you may also like",
    "you might also like",
    "more on this story",
    "more on this",
    "lesen sie auch",
    "lesen sie mehr",
    "lesen sie dazu",
    "lest auch",
    "mehr zum thema",
    "mehr dazu",
    "auch interessant",
    "lire aussi",
    "à lire aussi",
    "à lire également",
    "lire la suite",
    "lea también",
    "lee también",
    "lea además",
    "le puede interesar",
    "te puede interesar",
    "leggi anche",
    "potrebbe interessarti",
    "leia também",
    "leia mais",
    "veja também",
    "lees ook",
    "lees verder",
    "zie ook",
    "czytaj też",
    "czytaj także",
    "czytaj również",
    "zobacz też",
    "zobacz także",
    "pročitajte još",
    "pročitajte i",
    "pročitaj još",
    "opširnije",
    "možda će vas zanimati",
    "прочитајте још",
    "читайте также",
    "читайте ещё",
    "читайте еще",
    "по теме",
    "ayrıca okuyun",
    "ilgili haber",
    "bunu da okuyun",
];

/// The same, but other lines open so, too: they do at the end of a text only, and with a colon.
const ANNOUNCE_AT_END: &[&str] = &["more", "related", "recommended", "watch", "don't miss", "see more"];

/// Openings that announce another article where a title follows, in lower case.
const BARE: &[&str] = &["read more", "read also", "also read", "see also", "read next", "more"];

static ANNOUNCES: LazyLock<Option<Regex>> = LazyLock::new(|| opening(ANNOUNCE, r"(?: ?:|\s[-–—]) *[^ ]"));
static ANNOUNCES_AT_END: LazyLock<Option<Regex>> = LazyLock::new(|| opening(ANNOUNCE_AT_END, r": *[^ ]"));

/// A search for a line that opens with one of `phrases` and goes on as `after` says, up to the first
/// character of the title.
fn opening(phrases: &[&str], after: &str) -> Option<Regex> {
    Regex::new(&format!("(?i)^[►▶•*>]* *(?:{}){after}", phrases.join("|"))).ok()
}

/// The byte at which the title begins if `line` is a teaser, wherever in the text it stands.
pub(super) fn announced(line: &str) -> Option<usize> {
    if line.len() > MAX_BYTES {
        return None;
    }
    after(&ANNOUNCES, line)
}

fn after(search: &Option<Regex>, line: &str) -> Option<usize> {
    let end = search.as_ref()?.find(line)?.end();
    // The search takes the first character of the title with it.
    line.get(..end)?.char_indices().next_back().map(|(at, _)| at)
}

/// The byte at which the title begins if `line`, at the end of a text, is a teaser.
pub(super) fn title(line: &str) -> Option<usize> {
    if line.len() > MAX_BYTES {
        return None;
    }
    if let Some(at) = announced(line).or_else(|| after(&ANNOUNCES_AT_END, line)) {
        return Some(at);
    }
    for opening in BARE {
        let rest = line
            .split_at_checked(opening.len())
            .and_then(|(head, rest)| head.eq_ignore_ascii_case(opening).then_some(rest));
        let Some(title) = rest.and_then(|rest| rest.strip_prefix(' ')) else { continue };
        return reads_as_title(title).then(|| line.len() - title.len());
    }
    None
}

/// Whether `line` is a heading of teasers: `Related articles`, and nothing else.
fn is_heading(line: &str) -> bool {
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    bare != "read next" && ANNOUNCE.contains(&bare.as_str())
}

/// Where among the last lines of a text a heading stands below which there are titles and nothing else.
pub(super) fn block<'l>(
    lines: impl DoubleEndedIterator<Item = &'l str> + ExactSizeIterator,
) -> Option<usize> {
    let count = lines.len();
    for (below, line) in lines.rev().enumerate().take(MAX_TITLES + 1) {
        if line.len() <= MAX_TITLE && is_heading(line) {
            return (below > 0).then(|| count - 1 - below);
        }
        if line.len() > MAX_TITLE || !reads_as_title(line) {
            return None;
        }
    }
    None
}

/// A title begins with a capital and does not end as a sentence.
fn reads_as_title(text: &str) -> bool {
    let opens =
        text.trim_start_matches(['“', '‘', '"', '\'', '«']).chars().next().is_some_and(char::is_uppercase);
    let closed =
        text.trim_end_matches(['”', '’', '"', '\'', '»', ')']).ends_with(['.', '!', '…', ':', ';', ',']);
    opens && !closed && text.split_whitespace().nth(MIN_WORDS - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teasers() {
        for (line, expected) in [
            ("More Ferry line closes after forty years", "Ferry line closes after forty years"),
            ("Read more: ferry line closes", "ferry line closes"),
            ("READ ALSO Ferry line to close?", "Ferry line to close?"),
            ("More: Ferry", "Ferry"),
            ("Lire aussi : Le pont du port", "Le pont du port"),
            ("► Lesen Sie auch: Hafenbrücke zu", "Hafenbrücke zu"),
            ("Read also - Ferry line closes", "Ferry line closes"),
        ] {
            assert_eq!(title(line).map(|at| &line[at..]), Some(expected));
        }
    }

    #[test]
    fn no_teasers() {
        for line in [
            "More than 100 people fled.",
            "More than 100 people fled",
            "More Norwegians took the ferry in May.",
            "More ferries",
            "Moreover The Ferry Line",
            "Read more",
            "More",
            "The more Ferry lines close the better",
        ] {
            assert_eq!(title(line), None, "{line}");
        }
    }

    #[test]
    fn announced_in_the_middle() {
        assert_eq!(announced("READ MORE: Ferry line closes"), Some("READ MORE: ".len()));
        assert_eq!(announced("More: ferries are to come."), None);
        assert_eq!(announced("Read more books: the ferry library opens"), None);
    }

    #[test]
    fn blocks_of_titles() {
        let find = |lines: &[&str]| block(lines.iter().copied());
        assert_eq!(
            find(&["It rained.", "Related articles:", "Ferry line closes soon", "A bridge too far"]),
            Some(1)
        );
        assert_eq!(
            find(&["It rained.", "Related articles:", "Ferry line closes soon.", "A bridge too far"]),
            None
        );
        assert_eq!(find(&["It rained.", "Related articles"]), None);
    }
}
