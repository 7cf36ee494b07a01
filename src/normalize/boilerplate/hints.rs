//! Words that every line of some kinds has. Most lines have none of them, and the searches for those kinds,
//! which go through a line from end to end, are spared.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{notices, prompts};

/// What the ASCII lines have one of that are notices or speak of a newsletter, in lower case.
static HINTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let phrases = notices::COOKIES.iter().chain(prompts::PHRASES).filter(|phrase| phrase.is_ascii());
    let longest = phrases.filter_map(|phrase| phrase.split(' ').max_by_key(|word| word.len()));
    let hints = longest.chain(notices::OF_COPYRIGHT);
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(hints).ok()
});

/// Whether `line` may be a notice of the law, or say what only a prompt says.
pub(super) fn are_in(line: &str) -> bool {
    !line.is_ascii() || HINTS.as_ref().is_none_or(|hints| hints.is_match(line))
}
