//! The user's own entities: a table of tab-separated lines that wins over the built-in ones.
//!
//! ```text
//! id          name            type    country  aliases
//! Q222031     Aleksandar Vucic  PERSON  RS     Vucic|A. Vucic
//! desk-17     Tarnby Harbour    ORG     DK
//! ```
//!
//! The first line names the columns; `id`, `name` and `type` are needed. An id is a Wikidata id or any
//! word of the user's own. Empty lines and lines that open with `#` are passed over.

use sha2::{Digest, Sha256};

use super::format::{MAX_NAME_TOKENS, name, row};
use super::writer::{NewRow, TableWriter};
use crate::tag::kind::Kind;
use crate::tag::token::key_of;
use bytes::Bytes;

/// Bytes that such a table may have.
pub const MAX_OWN_BYTES: usize = 16 << 20;
/// Rows that such a table may have.
pub const MAX_OWN_ROWS: usize = 100_000;
/// Aliases that one row may have.
pub const MAX_OWN_ALIASES: usize = 64;
/// Bytes of an id, a name or an alias.
pub const MAX_OWN_NAME: usize = 200;

/// A table of the user's own that cannot be read. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnError {
    /// Too large.
    #[error("expected at most {MAX_OWN_BYTES} bytes, found {found}")]
    TooLarge {
        /// Bytes there are.
        found: usize,
    },
    /// Too many rows.
    #[error("line {line}: expected at most {MAX_OWN_ROWS} rows, found one more")]
    TooManyRows {
        /// The line of the first row too many.
        line: usize,
    },
    /// Not UTF-8.
    #[error("line {line}: expected UTF-8")]
    Encoding {
        /// The line.
        line: usize,
    },
    /// The first line lacks a column.
    #[error(
        "line {line}: expected the columns id, name and type (and if you like country and aliases), parted by tabs, found {found:?}"
    )]
    Columns {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A value that cannot be.
    #[error("line {line}: expected {expected} in column `{column}`, found {found:?}")]
    Value {
        /// The line.
        line: usize,
        /// The column.
        column: &'static str,
        /// What may stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
}

/// A table of the user's own, ready to be loaded beside the others.
#[derive(Debug, Clone)]
pub struct OwnTable {
    pub(super) file: Bytes,
    pub(super) ids: Vec<String>,
}

/// Where the columns are.
struct Columns {
    id: usize,
    name: usize,
    kind: usize,
    country: Option<usize>,
    aliases: Option<usize>,
}

impl Columns {
    fn read(line: usize, header: &str) -> Result<Self, OwnError> {
        let place = |wanted: &str| header.split('\t').position(|column| column.trim() == wanted);
        match (place("id"), place("name"), place("type")) {
            (Some(id), Some(name), Some(kind)) => {
                Ok(Self { id, name, kind, country: place("country"), aliases: place("aliases") })
            }
            _ => Err(OwnError::Columns { line, found: header.chars().take(80).collect() }),
        }
    }
}

impl OwnTable {
    /// Reads a table.
    ///
    /// # Errors
    /// [`OwnError`] with the number of the first line that is wrong.
    pub fn read(bytes: &[u8]) -> Result<Self, OwnError> {
        if bytes.len() > MAX_OWN_BYTES {
            return Err(OwnError::TooLarge { found: bytes.len() });
        }
        let hash: String = Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let mut writer = TableWriter::new(&format!("own-{hash}"));
        let mut ids = Vec::new();
        let mut columns: Option<Columns> = None;
        for (line, bytes) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
            let text = std::str::from_utf8(bytes).map_err(|_| OwnError::Encoding { line })?;
            let text = text.trim_start_matches('\u{feff}').trim_end_matches('\r');
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let Some(columns) = &columns else {
                columns = Some(Columns::read(line, text)?);
                continue;
            };
            if ids.len() >= MAX_OWN_ROWS {
                return Err(OwnError::TooManyRows { line });
            }
            ids.push(add(&mut writer, columns, line, text)?);
        }
        if columns.is_none() {
            return Err(OwnError::Columns { line: 1, found: String::new() });
        }
        let file = writer.finish().map_err(|_| OwnError::TooLarge { found: bytes.len() })?;
        Ok(Self { file: file.into(), ids })
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ids.len()
    }
}

/// Adds the row of a line; gives its id.
fn add(writer: &mut TableWriter, columns: &Columns, line: usize, text: &str) -> Result<String, OwnError> {
    let cell = |column: usize| text.split('\t').nth(column).unwrap_or_default().trim();
    let wrong = |column: &'static str, expected: &str, found: &str| OwnError::Value {
        line,
        column,
        expected: expected.to_owned(),
        found: found.chars().take(80).collect(),
    };
    let id = cell(columns.id);
    let qid = id.strip_prefix('Q').and_then(|number| number.parse().ok());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if id.is_empty() || id.len() > MAX_OWN_NAME || !id.chars().all(plain) {
        return Err(wrong("id", "a Wikidata id or a word of letters, digits, `-`, `_`, `.` and `:`", id));
    }
    if qid == Some(0) {
        return Err(wrong("id", "a Wikidata id above Q0", id));
    }
    let label = cell(columns.name);
    let kind = cell(columns.kind);
    let Some(kind) = Kind::NAMES.into_iter().find(|known| known.as_str() == kind) else {
        let kinds: Vec<&str> = Kind::NAMES.iter().map(|kind| kind.as_str()).collect();
        return Err(wrong("type", &format!("one of {}", kinds.join(", ")), kind));
    };
    let code = columns.country.map_or("", cell);
    let country = match code.as_bytes() {
        [] => [0; 2],
        &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => [a, b],
        _ => return Err(wrong("country", "two capitals (ISO 3166-1) or nothing", code)),
    };
    let flags = row::OWN;
    let place =
        writer.row(NewRow { country, flags, ..NewRow::named(qid.unwrap_or(0), label, kind, u8::MAX) });
    let aliases: Vec<&str> = columns.aliases.map_or("", cell).split('|').map(str::trim).collect();
    if aliases.len() > MAX_OWN_ALIASES {
        return Err(wrong("aliases", &format!("at most {MAX_OWN_ALIASES}"), &aliases.len().to_string()));
    }
    let names = std::iter::once(("name", label));
    let further = aliases.into_iter().filter(|alias| !alias.is_empty()).map(|alias| ("aliases", alias));
    for (column, written) in names.chain(further) {
        let key = key_of(written);
        if key.is_empty() || written.len() > MAX_OWN_NAME || key.split(' ').count() > MAX_NAME_TOKENS {
            let expected = format!("a name of 1 to {MAX_NAME_TOKENS} words and {MAX_OWN_NAME} bytes");
            return Err(wrong(column, &expected, written));
        }
        writer.name(&key, place, if column == "name" { name::LABEL } else { 0 });
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_a_bad_line_is_told_by_its_number() {
        let good = "\u{feff}# ours\r\nid\tname\ttype\tcountry\taliases\r\nQ7\tLima Port\tFAC\tPE\tthe Port|LP\r\n\ndesk-1\tTarnby Pilots\tORG\n";
        assert_eq!(OwnTable::read(good.as_bytes()).unwrap().rows(), 2);
        for (table, message) in [
            ("", "line 1: expected the columns id, name and type"),
            ("id\tname\nQ1\tx", "line 1: expected the columns"),
            ("id\tname\ttype\n\nQ1\tx\tRIVER", "line 3: expected one of PERSON, ORG"),
            ("id\tname\ttype\nQ0\tx\tORG", "line 2: expected a Wikidata id above Q0"),
            ("id\tname\ttype\na b\tx\tORG", "line 2: expected a Wikidata id or a word"),
            ("id\tname\ttype\na\t\tORG", "line 2: expected a name of 1 to 12 words"),
            ("id\tname\ttype\tcountry\na\tx\tORG\tPeru", "line 2: expected two capitals"),
        ] {
            let error = OwnTable::read(table.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let error = OwnTable::read(b"id\tname\ttype\n\xff").unwrap_err();
        assert_eq!(error, OwnError::Encoding { line: 2 });
    }
}
