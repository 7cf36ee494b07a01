//! Writes a knowledge base file. The same calls in any order of names give the same bytes.

use std::collections::BTreeMap;

use super::format::{COUNT_BITS, MAGIC, MAX_FURTHER_HOMONYMS, MAX_HOMONYMS, MAX_ROWS};
use crate::tag::kind::Kind;

/// A row to write.
#[derive(Debug, Clone, Copy)]
pub struct NewRow<'a> {
    /// The number of its Wikidata id; 0 for none.
    pub qid: u32,
    /// Main name; at most 255 bytes are kept.
    pub label: &'a str,
    /// Type.
    pub kind: Kind,
    /// How well known it is.
    pub prior: u8,
    /// ISO 3166-1 alpha-2, or two zeros.
    pub country: [u8; 2],
    /// Bits of [`super::format::row`].
    pub flags: u16,
    /// Field of life: a code of [`crate::tag::domain`]; 0 for none.
    pub domain: u8,
    /// First and last year, counted from [`super::format::YEAR_ZERO`]; 0 where unknown.
    pub years: [u8; 2],
}

impl<'a> NewRow<'a> {
    /// A row of which nothing but this is known.
    #[must_use]
    pub fn named(qid: u32, label: &'a str, kind: Kind, prior: u8) -> Self {
        Self { qid, label, kind, prior, country: [0; 2], flags: 0, domain: 0, years: [0; 2] }
    }
}

/// Folded name → its rows, each with bits of [`super::format::name`].
type Homonyms = BTreeMap<String, Vec<(u32, u8)>>;

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// More rows than a posting can name.
    #[error("expected at most {MAX_ROWS} rows, found {found}")]
    TooManyRows {
        /// How many.
        found: usize,
    },
    /// A section passes 4 GiB.
    #[error("expected sections of less than 4 GiB, found {found} bytes")]
    TooLong {
        /// How many bytes.
        found: usize,
    },
    /// The dictionary refused a key.
    #[error("cannot build the dictionary of {0}")]
    Dictionary(&'static str, #[source] fst::Error),
}

/// Collects rows, names and words; [`TableWriter::finish`] gives the file.
#[derive(Debug, Default)]
pub struct TableWriter {
    name: String,
    rows: Vec<u8>,
    labels: Vec<u8>,
    priors: Vec<u8>,
    names: Homonyms,
    further: Homonyms,
    words: BTreeMap<String, u64>,
}

impl TableWriter {
    /// An empty file of that name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Adds a row; gives its place.
    pub fn row(&mut self, row: NewRow<'_>) -> u32 {
        let place = u32::try_from(self.priors.len()).unwrap_or(u32::MAX);
        let mut label = row.label;
        while label.len() > usize::from(u8::MAX) {
            label = label.get(..label.floor_char_boundary(usize::from(u8::MAX))).unwrap_or_default();
        }
        let label_at = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        let label_length = u8::try_from(label.len()).unwrap_or(u8::MAX);
        self.rows.extend(row.qid.to_le_bytes());
        self.rows.extend(label_at.to_le_bytes());
        self.rows.extend([label_length, row.kind.code(), row.prior, row.domain]);
        self.rows.extend(row.country);
        self.rows.extend(row.flags.to_le_bytes());
        self.rows.extend(row.years);
        self.labels.extend(label.as_bytes());
        self.priors.push(row.prior);
        place
    }

    /// Adds a name of a row, folded by [`crate::tag::key_of`]; bits of [`super::format::name`].
    pub fn name(&mut self, folded: &str, row: u32, flags: u8) {
        add(&mut self.names, folded, row, flags);
    }

    /// Adds a name that only the linker asks for; as [`TableWriter::name`].
    pub fn further(&mut self, folded: &str, row: u32, flags: u8) {
        add(&mut self.further, folded, row, flags);
    }

    /// Adds what is known of a folded word: bits of [`super::format::word`].
    pub fn word(&mut self, folded: &str, bits: u64) {
        *self.words.entry(folded.to_owned()).or_default() |= bits;
    }

    /// How many rows and how many different names there are so far.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.priors.len(), self.names.len())
    }

    /// The file.
    ///
    /// # Errors
    /// [`WriteError`] if something passes what the format can count.
    pub fn finish(self) -> Result<Vec<u8>, WriteError> {
        if self.priors.len() > MAX_ROWS {
            return Err(WriteError::TooManyRows { found: self.priors.len() });
        }
        let mut postings: Vec<u8> = Vec::new();
        let names = dictionary(self.names, &self.priors, MAX_HOMONYMS, &mut postings)
            .map_err(|error| WriteError::Dictionary("names", error))?;
        let further = dictionary(self.further, &self.priors, MAX_FURTHER_HOMONYMS, &mut postings)
            .map_err(|error| WriteError::Dictionary("further names", error))?;
        let words =
            fst::Map::from_iter(self.words).map_err(|error| WriteError::Dictionary("words", error))?;
        let sections: [&[u8]; 7] = [
            self.name.as_bytes(),
            &names,
            &further,
            words.as_fst().as_bytes(),
            &postings,
            &self.rows,
            &self.labels,
        ];
        let mut file = MAGIC.to_vec();
        for section in sections {
            let length =
                u32::try_from(section.len()).map_err(|_| WriteError::TooLong { found: section.len() })?;
            file.extend(length.to_le_bytes());
        }
        sections.iter().for_each(|section| file.extend_from_slice(section));
        Ok(file)
    }
}

fn add(names: &mut Homonyms, folded: &str, row: u32, flags: u8) {
    let homonyms = names.entry(folded.to_owned()).or_default();
    match homonyms.iter_mut().find(|(known, _)| *known == row) {
        Some((_, known)) => *known |= flags,
        None => homonyms.push((row, flags)),
    }
}

/// Writes the postings of `names`, best known first and at most `limit` each; gives the dictionary.
fn dictionary(
    names: Homonyms,
    priors: &[u8],
    limit: usize,
    postings: &mut Vec<u8>,
) -> Result<Vec<u8>, fst::Error> {
    let mut dictionary = fst::MapBuilder::memory();
    for (folded, mut homonyms) in names {
        homonyms.sort_by_key(|&(row, _)| {
            let prior = priors.get(row as usize).copied().unwrap_or_default();
            (std::cmp::Reverse(prior), row)
        });
        homonyms.truncate(limit);
        let first = (postings.len() / 4) as u64;
        dictionary.insert(&folded, first << COUNT_BITS | homonyms.len() as u64)?;
        for (row, flags) in homonyms {
            postings.extend((row | u32::from(flags) << 24).to_le_bytes());
        }
    }
    dictionary.into_inner()
}
