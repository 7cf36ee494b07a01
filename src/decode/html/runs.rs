//! Words in a row that one text shares with another.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

/// Words in a row that are compared.
pub(super) const RUN: usize = 3;

/// The words of a text, each as a number: letters and digits, in any case.
pub(super) fn words(text: &str) -> Vec<u64> {
    // Some six bytes a word.
    let mut words = Vec::with_capacity(text.len() / 6 + 1);
    let mut word: Option<FxHasher> = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase().hash(word.get_or_insert_default());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            let word = word.get_or_insert_default();
            c.to_lowercase().for_each(|c| c.hash(word));
        } else if let Some(word) = word.take() {
            words.push(word.finish());
        }
    }
    words.extend(word.map(|word| word.finish()));
    words
}

/// The runs of a text.
#[derive(Debug, Default)]
pub(super) struct Runs {
    words: FxHashSet<u64>,
    runs: FxHashSet<[u64; RUN]>,
    count: usize,
}

impl Runs {
    pub(super) fn of(text: &str) -> Self {
        let words = words(text);
        Self { runs: windows(&words).collect(), count: words.len(), words: words.into_iter().collect() }
    }

    /// How many words the text has.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The share of the runs of `words` that the text has; of fewer words than a run, whether it has them all.
    pub(super) fn share(&self, words: &[u64]) -> f64 {
        let held = if words.len() < RUN {
            return f64::from(u8::from(
                !words.is_empty() && words.iter().all(|word| self.words.contains(word)),
            ));
        } else {
            windows(words).filter(|run| self.runs.contains(run)).count()
        };
        ratio(held, words.len() + 1 - RUN)
    }
}

fn windows(words: &[u64]) -> impl Iterator<Item = [u64; RUN]> {
    words.array_windows::<RUN>().copied()
}

/// `part` of `whole`; nothing of nothing.
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    let exact = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { exact(part) / exact(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_shared_in_any_case_and_by_whole_words() {
        let runs = Runs::of("The ferry ran aground at noon.");
        let share = |text: &str| runs.share(&words(text));
        assert_eq!(share("the FERRY ran aground"), 1.0);
        assert_eq!(share("A ferry ran aground off Oslo"), 0.25);
        assert_eq!(share("at noon"), 1.0);
        assert_eq!(share("at night"), 0.0);
        assert_eq!(share(""), 0.0);
        assert_eq!(runs.count(), 6);
    }
}
