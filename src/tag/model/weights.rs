//! The weights: a row of small integers for each feature that counts, found by the feature's hash.

use std::hint::black_box;

use bytes::Bytes;

use super::ModelError;
use super::label::{LABELS, LANES};

/// Opens the file.
pub const MAGIC: &[u8; 8] = b"CDNE0001";

/// Scores of the labels of a token, in steps of the model's scale.
pub type Scores = [i16; LANES];

/// The weights of a model, in memory a table with open addressing.
///
/// ```text
/// magic        8 bytes "CDNE0001"
/// name length  u32, name UTF-8
/// scale        f32: how many steps are 1
/// transitions  LABELS × LABELS × i16: from × to
/// rows         u32 how many; then for each the key u32 and LABELS × i8, by key
/// ```
#[derive(Debug, Clone)]
pub struct Weights {
    name: String,
    scale: f32,
    transitions: [[i16; LANES]; LABELS],
    /// A Bloom filter in blocks of a word (Putze, Sanders and Singler 2007): a feature's upper bits say which
    /// word, its lower ones two bits of it, set where a row has them. Most features that are asked for have
    /// no row, and what says so should stay in the processor's cache.
    known: Vec<u64>,
    /// By how much a feature is shifted to give its word.
    shift: u32,
    slots: Vec<Slot>,
    mask: usize,
}

/// A row beside its feature, so that both come with one line of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Slot {
    /// 0 where the slot is free.
    key: u32,
    row: [i8; LANES],
}

/// Features that one token has at most, in one pass.
const MOST_KEYS: usize = 64;

/// Features of one token that may have weights.
#[derive(Debug)]
pub struct Sifted {
    keys: [u32; MOST_KEYS],
    count: usize,
}

impl Default for Sifted {
    fn default() -> Self {
        Self { keys: [0; MOST_KEYS], count: 0 }
    }
}

impl Sifted {
    /// Makes room for the next token.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// Whether no feature was noted that may have weights.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn keys(&self) -> &[u32] {
        self.keys.get(..self.count).unwrap_or(&self.keys)
    }
}

/// The bits of a feature in its word of the filter.
#[inline]
fn marks(key: u32) -> u64 {
    1 << (key % 64) | 1 << (key / 64 % 64)
}

/// Bits for each row in what says which features have none.
const BITS_A_ROW: usize = 8;

/// Reads numbers from a file, one after the other.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], ModelError> {
        let end = self.at.saturating_add(length);
        let found = self.bytes.get(self.at..end).ok_or(ModelError::Length {
            part: "weights",
            expected: end,
            found: self.bytes.len(),
        })?;
        self.at = end;
        Ok(found)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
}

impl Weights {
    /// Reads the weights.
    ///
    /// # Errors
    /// [`ModelError`] if the file is not whole.
    pub fn load(file: &Bytes) -> Result<Self, ModelError> {
        let mut reader = Reader { bytes: file, at: 0 };
        if reader.take(8)? != MAGIC {
            return Err(ModelError::Magic { part: "weights" });
        }
        let length = u32::from_le_bytes(reader.array()?) as usize;
        let name = String::from_utf8_lossy(reader.take(length)?).into_owned();
        let scale = f32::from_le_bytes(reader.array()?);
        let mut transitions = [[0_i16; LANES]; LABELS];
        for row in &mut transitions {
            for weight in row.iter_mut().take(LABELS) {
                *weight = i16::from_le_bytes(reader.array()?);
            }
        }
        let rows = u32::from_le_bytes(reader.array()?) as usize;
        let whole = reader.at.saturating_add(rows.saturating_mul(4 + LABELS));
        if whole != file.len() {
            return Err(ModelError::Length { part: "weights", expected: whole, found: file.len() });
        }
        let capacity = (rows * 2 + 1).next_power_of_two();
        let bits = (rows * BITS_A_ROW).next_power_of_two().clamp(128, 1 << 31);
        let mut weights = Self {
            name,
            scale,
            transitions,
            known: vec![0; bits / 64],
            shift: 32 - (bits / 64).trailing_zeros(),
            slots: vec![Slot { key: 0, row: [0; LANES] }; capacity],
            mask: capacity - 1,
        };
        for _ in 0..rows {
            let key = u32::from_le_bytes(reader.array()?);
            let written: [u8; LABELS] = reader.array()?;
            let mut row = [0_i8; LANES];
            for (weight, byte) in row.iter_mut().zip(written) {
                *weight = i8::from_le_bytes([byte]);
            }
            weights.insert(key, row);
        }
        Ok(weights)
    }

    fn insert(&mut self, key: u32, row: [i8; LANES]) {
        if let Some(word) = self.known.get_mut((key >> self.shift) as usize) {
            *word |= marks(key);
        }
        let mut at = key as usize & self.mask;
        while self.slots.get(at).is_some_and(|taken| taken.key != 0) {
            at = (at + 1) & self.mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Slot { key, row };
        }
    }

    /// 1 where the feature may have a row, 0 where it has none.
    #[inline]
    fn may_know(&self, key: u32) -> usize {
        let word = self.known.get((key >> self.shift) as usize).copied().unwrap_or(0);
        let marks = marks(key);
        usize::from(word & marks == marks)
    }

    /// Adds the weights of a feature to `scores`.
    #[inline]
    pub fn add(&self, key: u32, scores: &mut Scores) {
        let mut at = key as usize & self.mask;
        while let Some(slot) = self.slots.get(at) {
            // Whether the slot is the feature's or free is chance: both are one way for the processor.
            let taken = if slot.key == key { -1 } else { 0 };
            for (score, &weight) in scores.iter_mut().zip(&slot.row) {
                *score = score.wrapping_add(i16::from(weight & taken));
            }
            if (slot.key == key) | (slot.key == 0) {
                return;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// Notes the feature where it may have weights, without a branch that the processor would have to guess.
    #[expect(clippy::indexing_slicing, reason = "hot; the place is cut to the length")]
    #[inline]
    pub fn sift(&self, key: u32, sifted: &mut Sifted) {
        debug_assert!(sifted.count < MOST_KEYS, "expected fewer features of a token");
        sifted.keys[sifted.count % MOST_KEYS] = key;
        sifted.count += self.may_know(key);
    }

    /// Adds the weights of the features that were noted to `scores`.
    #[expect(clippy::indexing_slicing, reason = "hot; the mask is the last slot")]
    #[inline]
    pub fn add_sifted(&self, sifted: &Sifted, scores: &mut Scores) {
        let keys = sifted.keys();
        // The table is larger than the processor's inner caches: all lines are asked for before one is
        // waited for.
        let touched = keys.iter().fold(0, |touched, &key| touched ^ self.slots[key as usize & self.mask].key);
        black_box(touched);
        for &key in keys {
            self.add(key, scores);
        }
    }

    /// The name of the model.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many steps of a score are 1 on the scale of logarithms of odds.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// The weights of labels that follow each other: from × to.
    #[must_use]
    pub fn transitions(&self) -> &[[i16; LANES]; LABELS] {
        &self.transitions
    }
}

/// The bytes of a file of weights; `rows` sorted by key, none of them 0.
#[must_use]
pub fn write(
    name: &str,
    scale: f32,
    transitions: &[[i16; LABELS]; LABELS],
    rows: &[(u32, [i8; LABELS])],
) -> Vec<u8> {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let mut file = Vec::with_capacity(2048 + rows.len() * (4 + LABELS));
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&count(name.len()));
    file.extend_from_slice(name.as_bytes());
    file.extend_from_slice(&scale.to_le_bytes());
    for weight in transitions.iter().flatten() {
        file.extend_from_slice(&weight.to_le_bytes());
    }
    file.extend_from_slice(&count(rows.len()));
    for (key, row) in rows {
        file.extend_from_slice(&key.to_le_bytes());
        file.extend(row.iter().flat_map(|weight| weight.to_le_bytes()));
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut row = [0_i8; LABELS];
        row[3] = -7;
        let rows = [(5, row), (5 + 1024, row)];
        let file = Bytes::from(write("small", 32.0, &[[2; LABELS]; LABELS], &rows));
        let weights = Weights::load(&file).unwrap();
        let mut scores = [0; LANES];
        for key in [5, 1029, 6] {
            weights.add(key, &mut scores);
        }
        assert_eq!((scores[3], scores[0], weights.name(), weights.transitions()[1][2]), (-14, 0, "small", 2));
        let (mut sifted, mut together) = (Sifted::default(), [0; LANES]);
        [5, 1029, 6].into_iter().for_each(|key| weights.sift(key, &mut sifted));
        weights.add_sifted(&sifted, &mut together);
        assert_eq!(together, scores);
        sifted.clear();
        weights.add_sifted(&sifted, &mut together);
        assert_eq!(together, scores);
        assert!(matches!(Weights::load(&file.slice(..file.len() - 1)), Err(ModelError::Length { .. })));
        assert!(matches!(Weights::load(&file.slice(1..)), Err(ModelError::Magic { .. })));
    }
}
