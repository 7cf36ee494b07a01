//! The knowledge base: names of known people, organisations, places and groups, with Wikidata ids.
//!
//! Two files are loaded side by side: one under open terms, one of rows that come from share-alike
//! sources alone. `cargo run -p xtask -- kb` builds both. A table of the user's own ([`own`]) may go
//! before them.

pub mod format;
pub mod lookup;
pub mod own;
mod walk;
pub mod writer;

use std::fmt;

use bytes::Bytes;
use fst::raw::{Fst, Output};

use self::format::{COUNT_BITS, MAGIC, MAX_NAME_TOKENS, MAX_UNPACKED, POSTING_BYTES, ROW_BYTES};
use self::own::OwnTable;
pub use self::walk::Opening;
use self::walk::Reached;
use super::kind::Kind;
use super::token::Words;

/// How many files may be loaded side by side.
pub const MAX_TABLES: usize = 3;

/// A knowledge base that cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KbError {
    /// Not such a file, or another version of the format.
    #[error("expected a knowledge base that opens with CDKB0002, found {found:?}")]
    Magic {
        /// Its first bytes.
        found: Vec<u8>,
    },
    /// The sections do not add up.
    #[error("expected a knowledge base of {expected} bytes by its own header, found {found}")]
    Length {
        /// Bytes by the header.
        expected: usize,
        /// Bytes there are.
        found: usize,
    },
    /// A section is damaged.
    #[error("expected section `{section}` of the knowledge base to be whole: {cause}")]
    Section {
        /// Which.
        section: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// It does not unpack.
    #[error("expected a knowledge base of at most {MAX_UNPACKED} bytes packed with zstd: {cause}")]
    Packed {
        /// What is wrong.
        cause: String,
    },
    /// Too many files.
    #[error("expected at most {MAX_TABLES} knowledge base files, found {found}")]
    TooMany {
        /// How many were given.
        found: usize,
    },
}

/// One row, by file and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowRef {
    table: u8,
    row: u32,
}

/// A row as the tables hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The number of its Wikidata id; 0 where none is known.
    pub qid: u32,
    /// Type.
    pub kind: Kind,
    /// How well known it is, 0 to 255.
    pub prior: u8,
    /// ISO 3166-1 alpha-2, or two zeros.
    pub country: [u8; 2],
    /// Bits of [`format::row`].
    pub flags: u16,
    /// Field of life: a code of [`super::domain`]; 0 for none.
    pub domain: u8,
    /// First and last year, counted from [`format::YEAR_ZERO`]; 0 where unknown. Of a place: see [`Row::state`].
    pub years: [u8; 2],
}

impl Row {
    /// The postal code of the state of the United States that a place is or lies in; zeros where there is none.
    #[must_use]
    pub fn state(&self) -> [u8; 2] {
        if self.kind.is_place() { self.years } else { [0; 2] }
    }

    /// ISO 3166-1 alpha-2, if a country is known.
    #[must_use]
    pub fn country_code(&self) -> Option<&str> {
        std::str::from_utf8(&self.country).ok().filter(|code| *code != "\0\0")
    }
}

/// A row that a name may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is.
    pub at: RowRef,
    /// The row.
    pub row: Row,
    /// Bits of [`format::name`]: what is known of this name of it.
    pub name: u8,
}

/// What a name leads to, in each file; cheap to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Entry([u64; MAX_TABLES]);

impl Entry {
    /// Whether it leads to nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// One file.
struct Table {
    name: String,
    names: Fst<Bytes>,
    further: Fst<Bytes>,
    words: Fst<Bytes>,
    postings: Bytes,
    rows: Bytes,
    labels: Bytes,
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

impl Table {
    fn load(file: &Bytes) -> Result<Self, KbError> {
        if file.get(..8) != Some(MAGIC.as_slice()) {
            return Err(KbError::Magic { found: file.iter().take(8).copied().collect() });
        }
        let mut at: usize = 8 + 7 * 4;
        let mut sections = [const { Bytes::new() }; 7];
        for (index, section) in sections.iter_mut().enumerate() {
            let length = u32_at(file, 8 + index * 4).map_or(usize::MAX, |length| length as usize);
            let end = at.saturating_add(length);
            if end > file.len() {
                return Err(KbError::Length { expected: end, found: file.len() });
            }
            *section = file.slice(at..end);
            at = end;
        }
        if at != file.len() {
            return Err(KbError::Length { expected: at, found: file.len() });
        }
        let [name, names, further, words, postings, rows, labels] = sections;
        let damaged = |section, cause: String| KbError::Section { section, cause };
        Ok(Self {
            name: std::str::from_utf8(&name).map_err(|e| damaged("name", e.to_string()))?.to_owned(),
            names: Fst::new(names).map_err(|e| damaged("names", e.to_string()))?,
            further: Fst::new(further).map_err(|e| damaged("further names", e.to_string()))?,
            words: Fst::new(words).map_err(|e| damaged("words", e.to_string()))?,
            postings,
            rows,
            labels,
        })
    }

    fn row(&self, row: u32) -> Option<Row> {
        let at = row as usize * ROW_BYTES;
        let bytes: &[u8; ROW_BYTES] = self.rows.get(at..at + ROW_BYTES)?.try_into().ok()?;
        let &[q0, q1, q2, q3, _, _, _, _, _, kind, prior, domain, c0, c1, f0, f1, y0, y1] = bytes;
        Some(Row {
            qid: u32::from_le_bytes([q0, q1, q2, q3]),
            kind: Kind::of_code(kind)?,
            prior,
            country: [c0, c1],
            flags: u16::from_le_bytes([f0, f1]),
            domain,
            years: [y0, y1],
        })
    }

    fn label(&self, row: u32) -> Option<&str> {
        let at = row as usize * ROW_BYTES;
        let bytes: &[u8; ROW_BYTES] = self.rows.get(at..at + ROW_BYTES)?.try_into().ok()?;
        let &[_, _, _, _, l0, l1, l2, l3, length, ..] = bytes;
        let label_at = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let label_end = label_at + usize::from(length);
        std::str::from_utf8(self.labels.get(label_at..label_end)?).ok()
    }
}

/// The loaded files.
pub struct KnowledgeBase {
    tables: Vec<Table>,
    name: String,
    /// The user's own table among `tables`, and the identifiers of its rows.
    own: Option<(usize, Vec<String>)>,
}

impl fmt::Debug for KnowledgeBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnowledgeBase").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KnowledgeBase {
    /// Loads files side by side; the first one's names win ties.
    ///
    /// # Errors
    /// [`KbError`] if a file is not whole.
    pub fn load(files: &[Bytes]) -> Result<Self, KbError> {
        if files.len() > MAX_TABLES {
            return Err(KbError::TooMany { found: files.len() });
        }
        let tables = files.iter().map(Table::load).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let name = names.join("+");
        Ok(Self { tables, name, own: None })
    }

    /// The same with a table of the user's own beside it; its rows win over all others.
    ///
    /// # Errors
    /// [`KbError::TooMany`] if there is no room for it.
    pub fn with_own(mut self, own: OwnTable) -> Result<Self, KbError> {
        if self.tables.len() >= MAX_TABLES {
            return Err(KbError::TooMany { found: self.tables.len() + 1 });
        }
        let table = Table::load(&own.file)?;
        self.name = format!("{}+{}", self.name, table.name);
        self.own = Some((self.tables.len(), own.ids));
        self.tables.push(table);
        Ok(self)
    }

    /// The files built into the program: the one under open terms, and if `share_alike` the one of rows
    /// under share-alike terms.
    ///
    /// # Errors
    /// [`KbError`] if the program was built with a damaged file.
    pub fn embedded(share_alike: bool) -> Result<Self, KbError> {
        let open = unpacked(include_bytes!("../../../data/kb/open.kb"))?;
        if !share_alike {
            return Self::load(&[open]);
        }
        Self::load(&[open, unpacked(include_bytes!("../../../data/kb/share-alike.kb"))?])
    }

    /// The names of the builds, joined by `+`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far a folded word leads into the names.
    #[must_use]
    pub fn opening(&self, folded: &str) -> Opening {
        self.opened(|names| Reached::over(names, folded).looked_ahead(names))
    }

    /// How far `reach` leads into the names of each file.
    fn opened(&self, reach: impl Fn(&Fst<Bytes>) -> Reached) -> Opening {
        let mut opening = Opening::default();
        for (reached, table) in opening.0.iter_mut().zip(&self.tables) {
            *reached = reach(&table.names);
        }
        opening
    }

    /// What the word that leads so far is a name of by itself: as [`KnowledgeBase::entry`] of it.
    #[must_use]
    pub fn entry_at(&self, opening: &Opening) -> Entry {
        let mut entry = Entry::default();
        for ((slot, table), reached) in entry.0.iter_mut().zip(&self.tables).zip(opening.0) {
            *slot = reached.value(&table.names);
        }
        entry
    }

    /// All names that start at the token `from`: `ends[n - 1]` is what its first `n` tokens lead to.
    /// Gives the bytes walked, for the budget.
    #[must_use]
    pub fn names_from(&self, words: &Words<'_>, from: usize) -> ([Entry; MAX_NAME_TOKENS], usize) {
        self.names_after(&self.opened(|names| Reached::over(names, words.folded(from))), words, from)
    }

    /// As [`KnowledgeBase::names_from`], for a token whose word leads so far.
    #[must_use]
    pub fn names_after(
        &self,
        opening: &Opening,
        words: &Words<'_>,
        from: usize,
    ) -> ([Entry; MAX_NAME_TOKENS], usize) {
        let mut ends = [Entry::default(); MAX_NAME_TOKENS];
        let mut walked = 0;
        for (slot, (table, reached)) in self.tables.iter().zip(opening.0).enumerate() {
            walked += reached.walk(&table.names, words, from, noted(&mut ends, slot));
        }
        (ends, walked)
    }

    /// What a folded name leads to.
    #[must_use]
    pub fn entry(&self, folded: &str) -> Entry {
        let mut entry = Entry::default();
        for (slot, table) in entry.0.iter_mut().zip(&self.tables) {
            *slot = table.names.get(folded).map_or(0, Output::value);
        }
        entry
    }

    /// What a folded name leads to among the names that no text is searched for.
    #[must_use]
    pub fn further(&self, folded: &str) -> Entry {
        let mut entry = Entry::default();
        for (slot, table) in entry.0.iter_mut().zip(&self.tables) {
            *slot = table.further.get(folded).map_or(0, Output::value);
        }
        entry
    }

    /// Both: what a folded name leads to in texts, and what only once a mention is found.
    #[must_use]
    pub fn entries(&self, folded: &str) -> [Entry; 2] {
        [self.entry(folded), self.further(folded)]
    }

    /// What the names of the user's own table are that start at the token `from`; nothing without one.
    pub(crate) fn own_names_from(&self, words: &Words<'_>, from: usize) -> ([Entry; MAX_NAME_TOKENS], usize) {
        let mut ends = [Entry::default(); MAX_NAME_TOKENS];
        let table = self.own.as_ref().and_then(|&(slot, _)| Some((slot, self.tables.get(slot)?)));
        let walked = table.map_or(0, |(slot, Table { names, .. })| {
            let first = Reached::over(names, words.folded(from));
            first.walk(names, words, from, noted(&mut ends, slot))
        });
        (ends, walked)
    }

    /// Whether there is a table of the user's own.
    #[must_use]
    pub fn has_own(&self) -> bool {
        self.own.is_some()
    }

    /// The identifier of a row of the user's own table.
    #[must_use]
    pub fn own_id(&self, at: RowRef) -> Option<&str> {
        let (table, ids) = self.own.as_ref()?;
        ids.get(at.row as usize).filter(|_| usize::from(at.table) == *table).map(String::as_str)
    }

    /// The rows that an entry leads to: at most [`format::MAX_HOMONYMS`] a file
    /// ([`format::MAX_FURTHER_HOMONYMS`] of further names), best known first within each.
    pub fn candidates(&self, entry: Entry) -> impl Iterator<Item = Candidate> {
        self.tables.iter().zip(entry.0).enumerate().flat_map(|(slot, (table, value))| {
            let first = usize::try_from(value >> COUNT_BITS).unwrap_or(usize::MAX);
            let count = usize::try_from(value & ((1 << COUNT_BITS) - 1)).unwrap_or(0);
            let from = first.saturating_mul(POSTING_BYTES);
            let to = from.saturating_add(count * POSTING_BYTES);
            let postings = table.postings.get(from..to).unwrap_or_default();
            postings.chunks_exact(POSTING_BYTES).filter_map(move |posting| {
                let &[low, mid, high, name] = posting else { return None };
                let row = u32::from_le_bytes([low, mid, high, 0]);
                let at = RowRef { table: u8::try_from(slot).unwrap_or(u8::MAX), row };
                Some(Candidate { at, row: table.row(row)?, name })
            })
        })
    }

    /// The row at a place.
    #[must_use]
    pub fn row(&self, at: RowRef) -> Option<Row> {
        self.tables.get(usize::from(at.table))?.row(at.row)
    }

    /// The main name of the row at a place.
    #[must_use]
    pub fn label(&self, at: RowRef) -> Option<&str> {
        self.tables.get(usize::from(at.table))?.label(at.row)
    }

    /// Bits of [`format::word`]: what is known of a folded word.
    #[must_use]
    pub fn word(&self, folded: &str) -> u64 {
        self.tables.iter().map(|table| table.words.get(folded).map_or(0, Output::value)).fold(0, |a, b| a | b)
    }
}

/// Notes at `ends[n - 1]` what `n` tokens lead to in the file `slot`.
fn noted(ends: &mut [Entry; MAX_NAME_TOKENS], slot: usize) -> impl FnMut(usize, u64) {
    move |tokens, value| {
        if let Some(entry) = ends.get_mut(tokens - 1).and_then(|entry| entry.0.get_mut(slot)) {
            *entry = value;
        }
    }
}

/// The best known of `candidates`; of several the one of the first file.
#[must_use]
pub fn best_known(candidates: impl Iterator<Item = Candidate>) -> Option<Candidate> {
    candidates.max_by_key(|candidate| (candidate.row.prior, std::cmp::Reverse(candidate.at)))
}

/// A packed file, unpacked.
fn unpacked(packed: &[u8]) -> Result<Bytes, KbError> {
    let damaged = |error: std::io::Error| KbError::Packed { cause: error.to_string() };
    zstd::bulk::decompress(packed, MAX_UNPACKED).map(Bytes::from).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::writer::{NewRow, TableWriter};
    use super::*;
    use crate::budget::Budget;

    fn small() -> Bytes {
        let mut writer = TableWriter::new("test");
        let lima = writer.row(NewRow { country: *b"PE", ..NewRow::named(7, "Lima", Kind::Gpe, 200) });
        let beans = writer.row(NewRow::named(0, "Lima", Kind::Org, 3));
        writer.name("lima", beans, 0);
        writer.name("lima", lima, format::name::LABEL);
        writer.name("lima de sol", lima, 0);
        writer.word("maria", format::word::FIRST_NAME);
        writer.finish().unwrap().into()
    }

    #[test]
    fn names_lead_to_rows_best_known_first() {
        let kb = KnowledgeBase::load(&[small()]).unwrap();
        let words = Words::new(None, "Lima de Sol, Lima", &mut Budget::default()).unwrap();
        let (ends, _) = kb.names_from(&words, 0);
        let found: Vec<_> = kb.candidates(ends[0]).map(|c| (c.row.qid, c.row.kind)).collect();
        assert_eq!(found, [(7, Kind::Gpe), (0, Kind::Org)]);
        assert!(ends[1].is_empty() && !ends[2].is_empty());
        assert_eq!(kb.label(kb.candidates(ends[2]).next().unwrap().at), Some("Lima"));
        let (ends, _) = kb.names_from(&words, 3);
        assert!(!ends[0].is_empty(), "the last token of a text ends a name");
        assert_eq!(kb.entry("lima"), ends[0]);
        for word in ["lima", "lim", "lima de", "limas", ""] {
            assert_eq!(kb.entry_at(&kb.opening(word)), kb.entry(word), "{word}");
        }
        assert_eq!(kb.word("maria"), format::word::FIRST_NAME);
    }

    #[test]
    fn a_word_that_is_kept_leads_where_it_does_anew() {
        let mut writer = TableWriter::new("test");
        let row = writer.row(NewRow::named(7, "Lima", Kind::Gpe, 200));
        for name in ["lima", "lima de sol", "lima b", "lima b c", "lima é", "lima 9", "san", "san lima 's"] {
            writer.name(name, row, 0);
        }
        let kb = KnowledgeBase::load(&[writer.finish().unwrap().into()]).unwrap();
        let text = "Lima de Sol, Lima B. Lima b c, lima d lima dé, lima Б lima 9 san lima's san";
        let words = Words::new(None, text, &mut Budget::default()).unwrap();
        for from in 0..words.len() {
            let kept = kb.opening(words.folded(from));
            assert_eq!(kb.names_after(&kept, &words, from).0, kb.names_from(&words, from).0, "{from}");
        }
        let longest = |from: usize| kb.names_from(&words, from).0.iter().rposition(|end| !end.is_empty());
        assert_eq!(
            [longest(0), longest(3), longest(5), longest(14), longest(16)],
            [Some(2), Some(1), Some(2), Some(1), Some(2)]
        );
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let whole = small();
        assert!(matches!(KnowledgeBase::load(&[Bytes::from_static(b"PK")]), Err(KbError::Magic { .. })));
        let cut = whole.slice(..whole.len() - 1);
        assert_eq!(
            KnowledgeBase::load(&[cut]).unwrap_err(),
            KbError::Length { expected: whole.len(), found: whole.len() - 1 }
        );
    }
}
