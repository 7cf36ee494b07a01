//! Word clusters: which words are used alike, in three grains, from vectors of words.
//!
//! The file holds no vectors, only a number for the hash of each word; `xtask clusters` makes it.

use bytes::Bytes;

use super::ModelError;

/// Opens the file.
pub const MAGIC: &[u8; 8] = b"CDCL0002";
/// Buckets of the table: by the upper half of a word's hash.
pub const BUCKETS: usize = 1 << 16;
/// How many clusters there are in each grain, from fine to coarse.
pub const GRAINS: [usize; 3] = [1024, 256, 64];

/// The clusters of a word; zeros for a word that the table lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clusters {
    /// The vector that the word shares with those most like it, from 1 on.
    pub row: u16,
    /// The cluster in each of the [`GRAINS`], from 1 on.
    pub grains: [u16; GRAINS.len()],
}

impl Clusters {
    /// The cluster of the coarsest grain.
    pub(crate) fn coarse(&self) -> u32 {
        let [.., coarse] = self.grains;
        u32::from(coarse)
    }

    /// The cluster of the grain before the coarsest.
    pub(crate) fn middle(&self) -> u32 {
        let [_, middle, _] = self.grains;
        u32::from(middle)
    }

    /// The cluster of the finest grain.
    pub(crate) fn fine(&self) -> u32 {
        let [fine, ..] = self.grains;
        u32::from(fine)
    }
}

/// The table, read in place.
///
/// ```text
/// magic    8 bytes "CDCL0002"
/// rows     u32 how many; for each its cluster in each grain, from 1 on, as u16 (zeros where no word has it)
/// buckets  (BUCKETS + 1) × u32: the first word of each bucket
/// words    u16 lower half of the hash | u16 row from 0 on, sorted within a bucket
/// ```
///
/// The default is a table that knows no word.
#[derive(Debug, Clone, Default)]
pub struct ClusterTable {
    rows: Bytes,
    buckets: Bytes,
    words: Bytes,
}

/// The hash of a word as the table knows it (FNV-1a, 32 bits).
#[must_use]
pub fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

impl ClusterTable {
    /// Reads a table.
    ///
    /// # Errors
    /// [`ModelError`] if the file is not whole.
    pub fn load(file: &Bytes) -> Result<Self, ModelError> {
        if file.get(..8) != Some(MAGIC.as_slice()) {
            return Err(ModelError::Magic { part: "clusters" });
        }
        let rows = u32_at(file, 8).unwrap_or(u32::MAX) as usize;
        let buckets_from = rows.saturating_mul(GRAINS.len() * 2).saturating_add(12);
        let words_from = buckets_from.saturating_add((BUCKETS + 1) * 4);
        let words = u32_at(file, words_from.saturating_sub(4)).unwrap_or(u32::MAX) as usize;
        let expected = words_from.saturating_add(words.saturating_mul(4));
        if file.len() != expected {
            return Err(ModelError::Length { part: "clusters", expected, found: file.len() });
        }
        Ok(Self {
            rows: file.slice(12..buckets_from),
            buckets: file.slice(buckets_from..words_from),
            words: file.slice(words_from..),
        })
    }

    /// The clusters of a word as written.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<Clusters> {
        let hash = hash(word);
        let bucket = (hash >> 16) as usize;
        let low = u16::try_from(hash & 0xFFFF).ok()?;
        let from = u32_at(&self.buckets, bucket * 4)? as usize;
        let to = u32_at(&self.buckets, bucket * 4 + 4)? as usize;
        let words = self.words.get(from * 4..to * 4)?;
        let row = words
            .chunks_exact(4)
            .find_map(|entry| (u16_at(entry, 0) == Some(low)).then(|| u16_at(entry, 2)).flatten())?;
        let mut clusters = Clusters { row: row + 1, ..Clusters::default() };
        let from = usize::from(row) * GRAINS.len() * 2;
        for (grain, at) in clusters.grains.iter_mut().zip((from..).step_by(2)) {
            *grain = u16_at(&self.rows, at)?;
        }
        Some(clusters)
    }
}
