//! Paragraphs that a text says twice.

use rustc_hash::FxHashSet;

use super::clean::CleanLine;

/// A shorter paragraph, in bytes, may be said twice: a refrain, a score, `No comment.`
const MIN_BYTES: usize = 60;

/// Which of `lines` say again what one before said. Empty if none does.
pub(super) fn repeated(lines: &[CleanLine<'_>]) -> Vec<usize> {
    // Two of the same length are rare; only such are compared.
    let mut lengths: Vec<(usize, usize)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.text.len() >= MIN_BYTES)
        .map(|(at, line)| (line.text.len(), at))
        .collect();
    lengths.sort_unstable();
    let mut found = Vec::new();
    for same in lengths.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1) {
        let mut known: FxHashSet<&str> = FxHashSet::default();
        for (_, at) in same {
            if lines.get(*at).is_some_and(|line| !known.insert(&line.text)) {
                found.push(*at);
            }
        }
    }
    found.sort_unstable();
    found
}
