//! The file format of a knowledge base: two finite state transducers from folded names to postings,
//! and flat little-endian tables. Once unpacked it is read in place: loading checks the frame and
//! allocates nothing else that grows with the file.
//!
//! ```text
//! magic   8 bytes  "CDKB0002"
//! lengths 7 × u32  name, names, further, words, postings, rows, labels (bytes each)
//! name    the build's name, UTF-8
//! names   fst: folded name → first posting << 6 | postings (1 to 63)
//! further fst: names that only the linker asks for, once a mention is found: last names, short
//!         names of teams, names of little known rows; no text is searched for them
//! words   fst: folded word → bit set of what is known of the word (word::*)
//! postings u32 each: row (24 bits) | flags << 24
//! rows    18 bytes each: qid u32 | label u32 | label length u8 | kind u8 | prior u8 | domain u8 |
//!         country [u8; 2] | flags u16 | first year u8 | last year u8 (years after 1900; 0: unknown; of
//!         a place in the United States the two letters of its state)
//! labels  UTF-8
//! ```
//!
//! The files built into the program are packed with zstd.

/// Opens each file.
pub const MAGIC: &[u8; 8] = b"CDKB0002";
/// Bytes of a row.
pub const ROW_BYTES: usize = 18;
/// Bytes of a posting.
pub const POSTING_BYTES: usize = 4;
/// The homonym limit: rows that one name may lead to in one file.
pub const MAX_HOMONYMS: usize = 8;
/// The homonym limit of the further names.
pub const MAX_FURTHER_HOMONYMS: usize = 40;
/// Bits of a dictionary's value that count postings.
pub const COUNT_BITS: u32 = 6;
/// Bytes that a packed file may unpack to.
pub const MAX_UNPACKED: usize = 64 << 20;
/// The year that the years of rows count from.
pub const YEAR_ZERO: i16 = 1900;
/// Tokens that one name may have.
pub const MAX_NAME_TOKENS: usize = 12;
/// Rows that a file may hold: what 24 bits count.
pub const MAX_ROWS: usize = 1 << 24;

/// What is known of a name of a row: bits of a posting's flags.
pub mod name {
    /// An acronym: matches only in capitals (`US`, `WHO`).
    pub const ACRONYM: u8 = 1;
    /// A common English word, too: needs evidence beside its capital.
    pub const COMMON: u8 = 2;
    /// The row's label, not an alias.
    pub const LABEL: u8 = 4;
    /// A single word that is also a common first or last name of people.
    pub const PERSONAL: u8 = 8;
    /// The last name alone of a person.
    pub const LAST_NAME: u8 = 16;
    /// The first name alone of a person.
    pub const FIRST_NAME: u8 = 32;
    /// The place or the nickname alone of a team (`Boston`, `Dolphins`).
    pub const TEAM: u8 = 64;
    /// A name made by rule from a longer one: without `Inc`, without `United States`, its initials.
    pub const SHORTENED: u8 = 128;
}

/// What is known of a row: bits of its flags.
pub mod row {
    /// A country or territory.
    pub const COUNTRY: u16 = 1;
    /// A head of state or government, a minister, a governor.
    pub const OFFICE: u16 = 2;
    /// A first-level division or a city of note.
    pub const REGION: u16 = 4;
    /// No source gives the type; it is read off the name.
    pub const GUESSED_KIND: u16 = 8;
    /// A row of the user's own table.
    pub const OWN: u16 = 16;
    /// The adjective or the people of a place that is no country (`English`, `European`).
    pub const OF_PLACE: u16 = 32;
}

/// What is known of a word: bits.
pub mod word {
    /// First name of people.
    pub const FIRST_NAME: u64 = 1;
    /// Last name of people.
    pub const LAST_NAME: u64 = 2;
    /// A common word.
    pub const COMMON: u64 = 4;
    /// Last word of a title that stands before a person's name.
    pub const TITLE: u64 = 8;
    /// A first name that hardly is anything else.
    pub const MOSTLY_FIRST_NAME: u64 = 16;
    /// Names that end on it are mostly organisations (`Securities`, `Airlines`).
    pub const ENDS_ORGANISATION: u64 = 32;
    /// Names that end on it are mostly places (`Beach`, `Creek`).
    pub const ENDS_PLACE: u64 = 64;
}
