//! The records of a WARC, one after the other.

use super::headers::{Headers, head};
use crate::decode::DecodeError;

/// A record.
#[derive(Debug)]
pub(super) struct Record<'v> {
    /// Its fields.
    pub(super) headers: Headers,
    /// Its block.
    pub(super) block: &'v [u8],
    /// Where the block stands in the value.
    pub(super) offset: usize,
}

impl Record<'_> {
    /// `WARC-Type`, lower case.
    pub(super) fn kind(&self) -> String {
        self.headers.get("warc-type").unwrap_or("untyped").to_ascii_lowercase()
    }
}

/// The records of a value; it ends at the first that cannot be read.
pub(super) fn records(value: &[u8]) -> Records<'_> {
    Records { value, at: 0 }
}

/// See [`records`].
#[derive(Debug)]
pub(super) struct Records<'v> {
    value: &'v [u8],
    at: usize,
}

impl<'v> Records<'v> {
    fn read(&mut self) -> Result<Record<'v>, DecodeError> {
        let rest = self.value.get(self.at..).unwrap_or_default();
        let first = rest.get(..memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        if !first.starts_with(b"WARC/") {
            return Err(DecodeError::BadWarc {
                expected: "a WARC record",
                found: shown(first),
                offset: self.at,
            });
        }
        let head = head(rest, self.at)?;
        let offset = self.at + head.length;
        let length = head.headers.get("content-length");
        let length =
            length.and_then(|length| length.parse::<usize>().ok()).ok_or_else(|| DecodeError::BadWarc {
                expected: "the length of the block in `Content-Length`",
                found: length.map_or_else(|| "none".to_owned(), |length| shown(length.as_bytes())),
                offset,
            })?;
        let left = self.value.len() - offset.min(self.value.len());
        let end = offset.saturating_add(length);
        let block = self.value.get(offset..end).ok_or_else(|| DecodeError::BadWarc {
            expected: "the whole block of a record",
            found: format!("{left} of {length} bytes of the block: it is cut short"),
            offset: self.value.len(),
        })?;
        self.at = end;
        Ok(Record { headers: head.headers, block, offset })
    }
}

impl<'v> Iterator for Records<'v> {
    type Item = Result<Record<'v>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.value.get(self.at..)?;
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.at += blank;
        if blank == rest.len() {
            return None;
        }
        let record = self.read();
        if record.is_err() {
            self.at = self.value.len();
        }
        Some(record)
    }
}

/// The start of some bytes, for an error.
pub(super) fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..40).unwrap_or(bytes));
    format!("`{}`", text.trim_end().escape_debug())
}
