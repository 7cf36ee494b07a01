//! Reads the vectors of a spaCy model as its package holds them: a matrix, a map from the hash of a
//! word to a row, and the words.

use std::path::Path;

use anyhow::{Context, ensure};

use super::kmeans::LANES;

/// Words and the vectors that they share.
pub(super) struct Vectors {
    /// Numbers of a vector, filled up.
    pub(super) width: usize,
    /// All rows, one after the other, each of length 1.
    pub(super) rows: Vec<f32>,
    /// Each word with its row, in the order of the words.
    pub(super) words: Vec<(String, u32)>,
}

/// `MurmurHash64A` with seed 1, as spaCy's string store hashes words (Austin Appleby, public domain).
fn murmur(word: &str) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let bytes = word.as_bytes();
    let mut hash = 1_u64 ^ (bytes.len() as u64).wrapping_mul(M);
    let mut eights = bytes.chunks_exact(8);
    for eight in eights.by_ref() {
        let mut k = u64::from_le_bytes(eight.try_into().unwrap_or_default()).wrapping_mul(M);
        k ^= k >> 47;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    let rest = eights.remainder();
    if !rest.is_empty() {
        let tail = rest.iter().rev().fold(0_u64, |tail, &byte| (tail << 8) | u64::from(byte));
        hash = (hash ^ tail).wrapping_mul(M);
    }
    hash ^= hash >> 47;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 47)
}

/// The rows of a matrix of 32-bit floats in numpy's format, scaled to length 1.
fn matrix(path: &Path) -> anyhow::Result<(usize, Vec<f32>)> {
    let bytes = std::fs::read(path).with_context(|| format!("expected {}", path.display()))?;
    let head = bytes.get(8..10).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes);
    let body_from = 10 + usize::from(head.context("expected a numpy file, found less than its head")?);
    let head = String::from_utf8_lossy(bytes.get(10..body_from).unwrap_or_default());
    ensure!(head.contains("'<f4'"), "expected floats of 32 bits, found {head}");
    let shape = head.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(shape, _)| shape);
    let width = shape
        .and_then(|shape| shape.split(',').nth(1))
        .and_then(|width| width.trim().parse::<usize>().ok())
        .with_context(|| format!("expected the shape of a matrix, found {head}"))?;
    let mut rows: Vec<f32> = bytes
        .get(body_from..)
        .unwrap_or_default()
        .chunks_exact(4)
        .map(|number| f32::from_le_bytes(number.try_into().unwrap_or_default()))
        .collect();
    // Rows are filled up with zeros to what is multiplied side by side.
    let padded = width.next_multiple_of(LANES);
    rows = rows
        .chunks_exact(width)
        .flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0.0, padded - width)))
        .collect();
    let width = padded;
    for row in rows.chunks_exact_mut(width) {
        let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            row.iter_mut().for_each(|x| *x /= length);
        }
    }
    Ok((width, rows))
}

/// The map from hashes to rows: msgpack, a map of unsigned integers.
fn rows_of_hashes(path: &Path) -> anyhow::Result<Vec<(u64, u32)>> {
    let bytes = std::fs::read(path).with_context(|| format!("expected {}", path.display()))?;
    let mut at = 0;
    let mut take = |length: usize| {
        let part = bytes.get(at..at + length).context("expected more of the map of keys")?;
        at += length;
        Ok::<u64, anyhow::Error>(part.iter().fold(0, |number, &byte| (number << 8) | u64::from(byte)))
    };
    let count = match take(1)? {
        0xdf => take(4)?,
        0xde => take(2)?,
        other => anyhow::bail!("expected a map of keys, found byte {other:#x}"),
    };
    let mut number = || {
        Ok::<u64, anyhow::Error>(match take(1)? {
            small @ 0..=0x7f => small,
            0xcc => take(1)?,
            0xcd => take(2)?,
            0xce => take(4)?,
            0xcf => take(8)?,
            other => anyhow::bail!("expected an unsigned integer, found byte {other:#x}"),
        })
    };
    (0..count).map(|_| Ok((number()?, u32::try_from(number()?)?))).collect()
}

/// Reads `vocab/` of an unpacked package.
pub(super) fn read(folder: &Path) -> anyhow::Result<Vectors> {
    let (width, rows) = matrix(&folder.join("vectors"))?;
    let mut of_hash = rows_of_hashes(&folder.join("key2row"))?;
    of_hash.sort_unstable();
    let path = folder.join("strings.json");
    let strings = std::fs::read(&path).with_context(|| format!("expected {}", path.display()))?;
    let mut strings: Vec<String> = serde_json::from_slice(&strings)?;
    strings.sort_unstable();
    let words = strings
        .into_iter()
        .filter_map(|word| {
            let hash = murmur(&word);
            let at = of_hash.binary_search_by_key(&hash, |(key, _)| *key).ok()?;
            of_hash.get(at).map(|&(_, row)| (word, row))
        })
        .collect();
    Ok(Vectors { width, rows, words })
}
