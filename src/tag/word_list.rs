//! A fixed list of words, asked about each word of every article, most of which it does not have.

use rustc_hash::FxHashMap;

/// Bits of the sieve: 4 KiB, which stay in the processor's cache, for lists of some hundred words.
const BITS: usize = 1 << 15;

/// What words look like: says quickly of most words that they are not among those inserted.
#[derive(Debug)]
pub(crate) struct Sieve(Box<[u64]>);

impl Default for Sieve {
    fn default() -> Self {
        Self(vec![0; BITS / 64].into_boxed_slice())
    }
}

impl Sieve {
    /// Adds a word.
    pub(crate) fn insert(&mut self, word: &str) {
        let bit = bit_of(word.as_bytes());
        if let Some(bits) = self.0.get_mut(bit / 64) {
            *bits |= 1 << (bit % 64);
        }
    }

    /// Whether the word may have been inserted.
    #[inline]
    pub(crate) fn may_hold(&self, word: &str) -> bool {
        let bit = bit_of(word.as_bytes());
        self.0.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }
}

/// Words with what is to be said of each.
#[derive(Debug)]
pub(crate) struct WordList<V> {
    sieve: Sieve,
    words: FxHashMap<&'static str, V>,
}

impl<V: Copy + Default> WordList<V> {
    /// A list of these words.
    pub(crate) fn new(words: FxHashMap<&'static str, V>) -> Self {
        let mut sieve = Sieve::default();
        words.keys().for_each(|word| sieve.insert(word));
        Self { sieve, words }
    }

    /// What is to be said of a word; the default where the list does not have it.
    #[inline]
    pub(crate) fn get(&self, word: &str) -> V {
        if !self.sieve.may_hold(word) {
            return V::default();
        }
        self.words.get(word).copied().unwrap_or_default()
    }
}

/// The bit for what a word looks like: its length, its first, middle and last byte.
#[inline]
fn bit_of(word: &[u8]) -> usize {
    let byte = |at: usize| word.get(at).copied().unwrap_or(0);
    let [length, ..] = word.len().to_le_bytes();
    let looks = u32::from_le_bytes([byte(0), byte(word.len() / 2), byte(word.len().wrapping_sub(1)), length]);
    (looks.wrapping_mul(0x9e37_79b1) >> (32 - BITS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_its_words_and_no_others() {
        let words = ["march", "may", "a", "", "ninety", "été"];
        let list = WordList::new(words.into_iter().zip(1_u8..).collect());
        for (word, value) in words.into_iter().zip(1_u8..) {
            assert_eq!(list.get(word), value, "{word}");
        }
        for word in ["match", "mey", "b", "ete", "marchmarch", "ma"] {
            assert_eq!(list.get(word), 0, "{word}");
        }
    }
}
